"""Checks of what is shared, of the support asked for, and of what the partners say."""

from dataclasses import replace

from ami_portal.questionnaire.answers import is_typed_only
from ami_portal.questionnaire.licences import FOR_PROGRAMS, FOR_WORKS, PERMISSIVE, reciprocal_in, unknown_licences
from applications.enums import CheckResult

from .facts import Facts, OpinionFact, Params, Result, Row, enumerated, settled
from .results import MET, NOT_MET, UNKNOWN, all_of, to_give, to_set

# Families of licences that oblige whoever reuses, or restrict it: reciprocal, non-commercial, without derivatives.
NOT_PERMISSIVE = (
    "GPL-", "AGPL-", "LGPL-", "MPL-", "EUPL-", "CECILL-1", "CECILL-2", "CECILL-C", "OSL-", "EPL-", "CDDL-", "CPAL-",
    "CC-BY-SA-", "CC-BY-NC-", "CC-BY-ND-", "ODbL-", "SSPL-", "BUSL-", "QPL-", "RPL-", "GFDL-",
)  # fmt: skip
FAVOURABLE, RESERVED, UNFAVOURABLE = "favourable", "reserved", "unfavourable"
PASSED_OVER, HELD_REFUSED = "passed_over", "held_refused"
SAID = {
    FAVOURABLE: "Favorable",
    RESERVED: "Favorable avec réserves",
    UNFAVOURABLE: "Défavorable",
    HELD_REFUSED: "Pas rendu, base tenue pour refusée",
    PASSED_OVER: "Pas rendu, examen poursuivi sans lui",
    "": "Attendu",
}
"""What a partner said, or what was decided of its silence, in the order of the evidence."""


def open_source(facts: Facts, params: Params) -> Result:
    """Every result to be shared has a permissive licence that fits it, or one to be had by choice (OR)."""
    table, kind_column = params["table"], params["kind_column"]
    rows = facts.tables.get(table, ())
    kinds = [settled(row.get(kind_column)) for row in rows]
    checked = [rank for rank, kind in enumerate(kinds) if kind in params["checked_kinds"]]
    looked_at = {*params["checked_kinds"], *params.get("data_kinds", ())}
    parts = [_licence(rank, rows[rank], str(kind), params) for rank, kind in enumerate(kinds) if kind in looked_at]
    if unsorted := [rank for rank, kind in enumerate(kinds) if kind is None]:
        lines = enumerated([str(rank + 1) for rank in unsorted])
        mend = to_give(f"dire la nature du résultat {lines}", *((table, rank, kind_column) for rank in unsorted))
        evidence = f"{len(unsorted)} résultat(s) sans nature déclarée."
        parts.append(Result(UNKNOWN, evidence, [table], mend=mend, label="Nature des résultats"))
    if not checked:
        evidence = "Aucun programme, algorithme ou documentation n’est annoncé."
        parts.append(Result(UNKNOWN, evidence, [table], label="Résultats à partager"))
    found = all_of(parts, are_apart=True)
    count = (
        f"{len(checked)} résultat{'s' if len(checked) > 1 else ''} à partager sous licence permissive, sur {len(rows)}."
    )
    look = "" if found.result == MET else "Lisez la démarche d’ouverture, et demandez-vous si ces licences conviennent."
    return Result(found.result, f"{count} {found.evidence}", [table], look, found.mend, found.parts)


def _licence(rank: int, row: Row, kind: str, params: Params) -> Result:
    """One result: a program asks for a licence of programs, a documentation takes one of works too. Data take one of
    works; what is said of them is for a person, unless the call counts them with the others."""
    table, column = params["table"], params["licence_column"]
    title = str(settled(row.get(params.get("title_column", "title"))) or "résultat sans titre")
    is_data, is_document = kind in params.get("data_kinds", ()), kind in params.get("document_kinds", ())
    fitting = FOR_WORKS if is_data else PERMISSIVE if is_document else FOR_PROGRAMS
    example = "CC-BY-4.0" if is_data or is_document else "MIT"
    text = f"nommer une licence permissive pour le résultat {rank + 1} (par exemple {example})"
    mend = to_set(text, (table, rank, column), value=example)
    label = f"Résultat {rank + 1}"
    licence = row.get(column)
    expression = settled(licence)
    if is_typed_only(licence) or expression is None or unknown_licences(str(expression)):
        typed = licence["typed"] if isinstance(licence, dict) else expression
        said = f"« {typed} » n’est pas une licence connue" if typed else "aucune licence n’est donnée"
        return Result(UNKNOWN, f"« {title} » : {said}.", [table], mend=mend, label=label)
    binding = reciprocal_in(str(expression), fitting)
    if not binding:
        return Result(MET, f"« {title} » : {expression}, permissive.", [table], label=label)
    named = enumerated(binding)
    if any(key.startswith(NOT_PERMISSIVE) for key in binding):
        evidence = f"« {title} » : {expression} oblige à {named}, qui n’est pas permissive."
        refused = NOT_MET if kind in params["checked_kinds"] else UNKNOWN
        return Result(refused, evidence, [table], mend=mend, label=label)
    if not reciprocal_in(str(expression)):
        made_for = "de programmes, pas de données" if is_data else "de documents ou de données, pas de programmes"
        evidence = f"« {title} » : {named} est une licence {made_for}."
    else:
        evidence = f"« {title} » : {named} n’est pas dans la liste des licences permissives de référence."
    return Result(UNKNOWN, evidence, [table], mend=mend, label=label)


def coherent_support(facts: Facts, params: Params) -> Result:
    """Never met by itself: the contradictions that can be found are shown, coherence is judged by a person."""
    question, justification = params["question"], params["justification"]
    asked = facts.answer(question) or []
    count = f"{len(asked)} soutien{'s' if len(asked) > 1 else ''} demandé{'s' if len(asked) > 1 else ''}"
    shown = f" : {facts.shown[question]}." if facts.shown.get(question) else "."
    if words := facts.words(justification):
        evidence = f"Justification : {words} mot{'s' if words > 1 else ''}."
        reasons = Result(MET, evidence, [justification])
    else:
        mend = to_give(f"répondre à « {facts.label(justification)} »", (justification,))
        reasons = Result(UNKNOWN, "Aucune justification.", [justification], mend=mend)
    rules = [_contradiction(facts, question, asked, rule) for rule in params.get("rules", ())]
    found = replace(all_of([one for one in rules if one] or [_none_found(question)]), parts=())
    parts = (reasons.named("Justification"), found.named("Sans contradiction avec les autres réponses"))
    evidence = " ".join([count + shown, reasons.evidence, found.evidence])
    found_at = list(dict.fromkeys([question, justification, *found.found_at]))
    return Result(UNKNOWN, evidence, found_at, "Lisez la justification, puis décidez.", parts=parts)


def _none_found(question: str) -> Result:
    return Result(MET, "Aucune contradiction relevée avec les autres réponses.", [question])


def _contradiction(facts: Facts, question: str, asked: list[str], rule: Params) -> Result | None:
    if rule["support"] not in asked or facts.answer(rule["question"]) in rule["values"]:
        return None
    left = [one for one in asked if one != rule["support"]]
    mend = to_set(f"ne pas demander ce soutien ({rule['support']})", (question,), value=left)
    return Result(UNKNOWN, rule["advice"], [question, rule["question"]], mend=mend)


def partner_opinion(facts: Facts, params: Params) -> Result:
    """What the partner of each dataset said on one aspect: one unfavourable opinion is enough to stop the dossier,
    once it takes effect, unless the opinions of the call are advisory."""
    aspect = params["aspect"]
    stances = {one.dataset: one.ending or one.stances.get(aspect, "") for one in facts.opinions}
    by_stance = {
        stance: [facts.datasets.get(code, code) for code, said in stances.items() if said == stance] for stance in SAID
    }
    evidence = " ".join(f"{SAID[stance]} : {enumerated(names)}." for stance, names in by_stance.items() if names)
    if any(_is_ruled_out(one, aspect) for one in facts.opinions):
        return Result(CheckResult.NOT_MET, f"{evidence} L’instruction refuse la base.", [], "Lisez son motif.")
    if by_stance[UNFAVOURABLE] and not facts.opinions_stop:
        kept = all(one.ruling for one in facts.opinions if stances[one.dataset] == UNFAVOURABLE)
        said = "L’instruction s’en écarte, avec son motif." if kept else "L’avis est consultatif."
        return Result(CheckResult.UNKNOWN, f"{evidence} {said}", [], "Lisez le motif du partenaire.")
    if any(stances[one.dataset] in (UNFAVOURABLE, HELD_REFUSED) and one.is_heard for one in facts.opinions):
        return Result(CheckResult.NOT_MET, evidence, [], "Lisez le motif du partenaire.")
    if by_stance[UNFAVOURABLE]:
        said = f"{evidence} L’équipe y répond avant qu’il prenne effet."
        return Result(CheckResult.UNKNOWN, said, [], "Décidez de la suite une fois l’équipe entendue.")
    if not stances or by_stance[""]:
        return Result(CheckResult.UNKNOWN, evidence or "Aucun avis n’est encore demandé.", [], "Attendez chaque avis.")
    if by_stance[PASSED_OVER]:
        return Result(CheckResult.UNKNOWN, evidence, [], "Un silence ne dit rien : appréciez sans cet avis.")
    if by_stance[RESERVED]:
        return Result(CheckResult.UNKNOWN, evidence, [], "Lisez les réserves du partenaire.")
    return Result(CheckResult.MET, evidence, [])


def _is_ruled_out(opinion: OpinionFact, aspect: str) -> bool:
    """Whether staff refuse a dataset on an aspect: the one that its partner refuses, or both where it refuses none."""
    refused = [name for name, stance in opinion.stances.items() if stance == UNFAVOURABLE]
    return opinion.ruling == "refused" and (aspect in refused or not refused)
