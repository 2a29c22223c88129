"""Checks of what is shared, of the support asked for, and of what the partners say."""

from ami_portal.questionnaire.answers import is_typed_only
from ami_portal.questionnaire.licences import reciprocal_in, unknown_licences
from applications.enums import CheckResult

from .facts import Facts, Params, Result, enumerated, settled, worst

# Families of licences that oblige whoever reuses, or restrict it: reciprocal, non-commercial, without derivatives.
NOT_PERMISSIVE = (
    "GPL-", "AGPL-", "LGPL-", "MPL-", "EUPL-", "CECILL-1", "CECILL-2", "CECILL-C", "OSL-", "EPL-", "CDDL-", "CPAL-",
    "CC-BY-SA-", "CC-BY-NC-", "CC-BY-ND-", "ODbL-", "SSPL-", "BUSL-", "QPL-", "RPL-", "GFDL-",
)  # fmt: skip
FAVOURABLE, RESERVED, UNFAVOURABLE = "favourable", "reserved", "unfavourable"


def open_source(facts: Facts, params: Params) -> Result:
    """Every program, algorithm or documentation shared has a permissive licence, or one to be had by choice (OR)."""
    rows = facts.tables.get(params["table"], ())
    checked = [row for row in rows if settled(row.get(params["kind_column"])) in params["checked_kinds"]]
    wrong: list[str] = []
    doubtful: list[str] = []
    fine: list[str] = []
    for row in checked:
        _licence(
            str(settled(row.get(params.get("title_column", "title"))) or "résultat sans titre"),
            row.get(params["licence_column"]),
            wrong,
            doubtful,
            fine,
        )
    unsorted = sum(1 for row in rows if settled(row.get(params["kind_column"])) is None)
    if unsorted:
        doubtful.append(f"{unsorted} résultat(s) sans nature déclarée.")
    if not checked:
        doubtful.append("Aucun programme, algorithme ou documentation n’est annoncé.")
    count = (
        f"{len(checked)} résultat{'s' if len(checked) > 1 else ''} à partager sous licence permissive, sur {len(rows)}."
    )
    mend = "Lisez la démarche d’ouverture, et demandez-vous si ces licences conviennent." if wrong or doubtful else ""
    evidence = " ".join([count, *wrong, *doubtful, *fine])
    return Result(worst(wrong, doubtful), evidence, [params["table"]], mend)


def _licence(title: str, licence: object, wrong: list[str], doubtful: list[str], fine: list[str]) -> None:
    expression = settled(licence)
    if is_typed_only(licence) or expression is None or unknown_licences(str(expression)):
        typed = licence["typed"] if isinstance(licence, dict) else expression
        said = f"« {typed} » n’est pas une licence connue" if typed else "aucune licence n’est donnée"
        doubtful.append(f"« {title} » : {said}.")
        return
    binding = reciprocal_in(str(expression))
    named = enumerated([f"{key}" for key in binding])
    if not binding:
        fine.append(f"« {title} » : {expression}, permissive.")
    elif any(key.startswith(NOT_PERMISSIVE) for key in binding):
        wrong.append(f"« {title} » : {expression} oblige à {named}, qui n’est pas permissive.")
    else:
        doubtful.append(f"« {title} » : {named} n’est pas dans la liste des licences permissives de référence.")


def coherent_support(facts: Facts, params: Params) -> Result:
    """Never met by itself: the contradictions that can be found are shown, coherence is judged by a person."""
    question, justification = params["question"], params["justification"]
    asked = facts.answer(question) or []
    found_at = [question, justification]
    advice = []
    for rule in params.get("rules", ()):
        if rule["support"] in asked and facts.answer(rule["question"]) not in rule["values"]:
            advice.append(rule["advice"])
            found_at.append(rule["question"])
    count = f"{len(asked)} soutien{'s' if len(asked) > 1 else ''} demandé{'s' if len(asked) > 1 else ''}"
    shown = f" : {facts.shown[question]}." if facts.shown.get(question) else "."
    words = facts.words(justification)
    reasons = f"Justification : {words} mot{'s' if words > 1 else ''}." if words else "Aucune justification."
    found = advice or ["Aucune contradiction relevée avec les autres réponses."]
    evidence = " ".join([count + shown, reasons, *found])
    return Result(CheckResult.UNKNOWN, evidence, found_at, "Lisez la justification, puis décidez.")


def partner_opinion(facts: Facts, params: Params) -> Result:
    """What the partner of each dataset said on one aspect: one unfavourable opinion is enough to stop the dossier,
    unless the opinions of the call are advisory."""
    aspect = params["aspect"]
    stances = {opinion.dataset: opinion.stances.get(aspect, "") for opinion in facts.opinions}
    by_stance = {
        stance: [facts.datasets.get(code, code) for code, said in stances.items() if said == stance]
        for stance in (FAVOURABLE, RESERVED, UNFAVOURABLE, "")
    }
    words = {FAVOURABLE: "Favorable", RESERVED: "Favorable avec réserves", UNFAVOURABLE: "Défavorable", "": "Attendu"}
    evidence = " ".join(f"{words[stance]} : {enumerated(names)}." for stance, names in by_stance.items() if names)
    if by_stance[UNFAVOURABLE] and not facts.opinions_stop:
        return Result(CheckResult.UNKNOWN, f"{evidence} L’avis est consultatif.", [], "Lisez le motif du partenaire.")
    if by_stance[UNFAVOURABLE]:
        return Result(CheckResult.NOT_MET, evidence, [], "Lisez le motif du partenaire.")
    if not stances or by_stance[""]:
        return Result(CheckResult.UNKNOWN, evidence or "Aucun avis n’est encore demandé.", [], "Attendez chaque avis.")
    if by_stance[RESERVED]:
        return Result(CheckResult.UNKNOWN, evidence, [], "Lisez les réserves du partenaire.")
    return Result(CheckResult.MET, evidence, [])
