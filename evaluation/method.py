"""The method of a ranking, as a juror reads it: ten lines, on the page of the ranking and in what is kept of it."""

from collections.abc import Mapping

from .standing import Rules


def method_of(rules: Rules, *, draws: int, headings: Mapping[str, str]) -> list[str]:
    """The ten lines for the rules of a call; `headings` are the words of its headings by code."""
    order = "des moyennes" if rules.order == "raw" else "des notes corrigées"
    return [
        "Chaque évaluation donne une note sur 100 : chaque rubrique compte selon son poids, ses points à égalité.",
        "La note d’un dossier est la moyenne des évaluations remises ; une évaluation qui manque n’est pas un zéro.",
        "Certains notent plus bas, d’autres plus haut : un dossier ne doit ni en pâtir, ni en profiter.",
        "Cet écart s’estime là où plusieurs ont lu les mêmes dossiers ; ce que le hasard peut expliquer est écarté.",
        "La note corrigée est la moyenne, moins l’écart de celles et ceux qui ont évalué le dossier.",
        f"Les rangs plausibles viennent de {draws} jurys tirés d’après ce modèle : le vrai y est neuf fois sur dix.",
        f"L’ordre qui fait foi est celui {order}, comme le dit l’appel ; l’autre est montré à côté.",
        _ties(rules, headings),
        _funded(rules),
        "Un drapeau signale chaque dossier que l’autre ordre financerait, ou ne financerait plus. Le jury décide.",
    ]


def announced(rules: Rules, *, headings: Mapping[str, str], seed: str) -> str:
    """What the public reads beforehand of how equals are told apart; `seed` is empty until the session is opened."""
    if not rules.ties and not rules.draw:
        return ""
    said = _ties(rules, headings)
    if not rules.draw:
        return said
    where = f"« {seed} »" if seed else "le code de l’appel et l’instant où s’ouvre la séance du jury"
    return f"{said} La graine est {where} ; l’empreinte SHA-256 de « graine référence » la plus petite passe d’abord."


def _ties(rules: Rules, headings: Mapping[str, str]) -> str:
    said = ", puis ".join(f"« {headings.get(code, code)} »" for code in rules.ties)
    first = f"À note égale, la moyenne décide dans {said}. " if said else ""
    if rules.draw:
        return f"{first}Ce qui reste égal est tiré au sort par la graine publique : chacun peut le refaire."
    return f"{first}Ce qui reste égal partage son rang ; le jury tranche si l’enveloppe ne suffit pas à tous."


def _funded(rules: Rules) -> str:
    if rules.method == "line":
        return "L’enveloppe finance les premiers de l’ordre, tant que leurs montants y tiennent ensemble."
    return "L’enveloppe finance l’ensemble dont la somme des notes est la plus grande, sous les règles de l’appel."
