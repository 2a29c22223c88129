"""The part of a call's file that this room reads: the headings of selection, their weights and points; the letters."""

from collections.abc import Iterator, Mapping
from typing import Any

from django.db.models import Q

from ami_portal.kernel import clock
from ami_portal.kernel.config import Checks, ConfigError, Path, Problem, among, repeated, shown
from ami_portal.kernel.text import sha256_of
from applications.call_config import checking
from applications.models import Call

from . import letters, ranking_rules
from .enums import OpinionState, ReviewState, Stance
from .grounds import ASPECTS
from .models import Charter, EligibilityItem, Opinion, Review, Score, SecondLook, SelectionHeading, SelectionPoint

LETTERS = (
    *("letter_laureate", "letter_reserve", "letter_called", "letter_rejected"),
    *("letter_inadmissible", "letter_ineligible", "letter_appeal_accepted", "letter_appeal_rejected"),
    "letter_jury_appeal_accepted",
)


def grid(config: Mapping[str, Any]) -> list[Problem]:
    """What is wrong in the grid: its scale, its weights, its codes."""
    scale, headings = config["selection"]["scale"], config["selection"]["headings"]
    path: Path = ("selection", "headings")
    found = repeated(headings, path)
    if scale["max"] <= scale["min"]:
        found.append(
            Problem(("selection", "scale", "max"), "le maximum n’est pas au-dessus du minimum", "une note de plus")
        )
    elif len(scale["labels"]) != (wanted := scale["max"] - scale["min"] + 1):
        said = f"{len(scale['labels'])} mots pour {wanted} notes"
        found.append(Problem(("selection", "scale", "labels"), said, "un mot par note, de min à max"))
    found += _guides(scale, scale["guides"], ("selection", "scale", "guides"))
    if (total := sum(raw["weight"] for raw in headings)) != 100:
        found.append(Problem(path, f"la somme des poids est {total}", "100 est attendu"))
    for rank, raw in enumerate(headings):
        found += repeated(raw["points"], (*path, rank, "points"))
        for place, point in enumerate(raw["points"]):
            found += _guides(scale, point["guides"], (*path, rank, "points", place, "guides"))
    return found


def _guides(scale: Mapping[str, Any], guides: Any, path: Path) -> Iterator[Problem]:
    """What each mark means is said of every mark, or of none."""
    wanted = scale["max"] - scale["min"] + 1
    if guides and len(guides) != wanted:
        yield Problem(path, f"{len(guides)} repères pour {wanted} notes", "un repère par note, de min à max, ou aucun")


def jury(config: Mapping[str, Any]) -> Iterator[Problem]:
    """What is wrong in what is asked of the jury: bounds that cross, codes said twice, questions that are not asked."""
    asked, path = config["selection"]["jury"], ("selection", "jury")
    if not asked:
        return
    if asked["load"]["min"] > asked["load"]["max"]:
        yield Problem((*path, "load", "min"), "le minimum dépasse le maximum", "un nombre de dossiers plus petit")
    yield from repeated(asked["profiles"], (*path, "profiles"))
    yield from repeated(asked["fields"], (*path, "fields"))
    codes = [question["code"] for section in config["form"]["sections"] for question in section["questions"]]
    for rank, field in enumerate(asked["fields"]):
        for place, code in enumerate(field["questions"]):
            if code not in codes:
                found = f"{shown(code)} n’est pas une question"
                yield Problem((*path, "fields", rank, "questions", place), found, among(codes, code))


def chasing(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Reminders count their days from the end of the step « jury »."""
    steps = config["call"]["calendar"]["steps"]
    if config["selection"]["reminder_days"] and not any(
        step["code"] == "jury" and step.get("ends_on") for step in steps
    ):
        yield Problem(
            ("selection", "reminder_days"),
            "l’appel n’a pas d’étape « jury » avec une fin, d’où compter ces jours",
            "cette étape dans call.calendar.steps, ou aucun rappel",
        )


def places(config: Mapping[str, Any]) -> Iterator[Problem]:
    """The places of the letters."""
    written = [name for name in LETTERS if name in config["call"]["texts"]]
    return checking.places(config, written, letters.PLACES)


def answers(config: Mapping[str, Any]) -> Iterator[Problem]:
    """A call that admits appeals has the letters that answer them."""
    if not config["call"]["decisions"].get("appeal"):
        return
    for name in ("letter_appeal_accepted", "letter_appeal_rejected"):
        if name not in config["call"]["texts"]:
            found = "cette lettre manque, et l’appel admet un recours gracieux"
            yield Problem(("call", "texts", name), found, "un texte")
    accepted = "letter_jury_appeal_accepted"
    if config["call"]["decisions"]["appeal"].get("jury") and accepted not in config["call"]["texts"]:
        found = "cette lettre manque, et les décisions du jury se contestent"
        yield Problem(("call", "texts", accepted), found, "un texte qui dit que le dossier rejoint la liste")


def consultation(config: Mapping[str, Any]) -> Iterator[Problem]:
    """Two grounds of a refusal do not bear the same code."""
    for aspect in ASPECTS:
        path: Path = ("call", "consultation", aspect, "grounds")
        yield from repeated(config["call"]["consultation"][aspect]["grounds"], path)


CHECKS: Checks = (
    (("selection",), grid),
    (("selection", "form"), jury),
    (("selection", "call"), chasing),
    (("selection",), ranking_rules.rules),
    (("selection", "form"), ranking_rules.answers),
    (("selection", "datasets"), ranking_rules.datasets),
    (("call",), places),
    (("call",), answers),
    (("call",), consultation),
)


def load(config: Mapping[str, Any], call: Call) -> None:
    """Create or bring up to date the grid of a call. Raises ConfigError once marks were given on another one."""
    _keep_charter(call, str(config["call"]["texts"].get("charter", "")))
    headings = config["selection"]["headings"]
    given = Score.objects.filter(point__heading__call=call)
    if given.exists() and _measures(headings) != _measures(dump(call)["headings"]):
        raise ConfigError(
            [Problem(("selection",), "la grille change alors que des notes sont données", "la même grille")]
        )
    for position, raw in enumerate(headings, start=1):
        heading, _ = SelectionHeading.objects.update_or_create(
            call=call,
            code=raw["code"],
            defaults={
                "position": position,
                "label": raw["label"],
                "weight": raw["weight"],
                "special_attention": raw["special_attention"],
            },
        )
        for place, point in enumerate(raw["points"], start=1):
            SelectionPoint.objects.update_or_create(
                heading=heading,
                code=point["code"],
                defaults={"position": place, **{name: point[name] for name in ("label", "help", "guides")}},
            )
        heading.points.exclude(code__in=[point["code"] for point in raw["points"]]).delete()
    SelectionHeading.objects.filter(call=call).exclude(code__in=[raw["code"] for raw in headings]).delete()


def _keep_charter(call: Call, text: str) -> None:
    """The charter in force: another text replaces it, which the jury then accepts again; the former one is kept."""
    sha256, at = sha256_of(text), clock.now()
    current = Charter.objects.filter(call=call, replaced_at=None).exclude(sha256=sha256)
    current.update(replaced_at=at)
    if text and not Charter.objects.filter(call=call, replaced_at=None).exists():
        Charter.objects.create(call=call, sha256=sha256, text=text, since=at)


def settled(here: Mapping[str, Any], config: Mapping[str, Any], call: Call) -> Iterator[Problem]:
    """What a config changes of a call although somebody was already judged by it: the words may still be mended."""
    before, after = here["selection"]["scale"], config["selection"]["scale"]
    rescaled = (before["min"], before["max"]) != (after["min"], after["max"])
    if rescaled and Score.objects.filter(point__heading__call=call).exists():
        found = "l’échelle change alors que des notes sont données"
        yield Problem(("selection", "scale"), found, "la même échelle")
    reranked = here["selection"]["ranking"] != config["selection"]["ranking"]
    if reranked and Review.objects.filter(dossier__call=call, state=ReviewState.SUBMITTED).exists():
        found = "la règle du classement change alors que des évaluations sont remises"
        yield Problem(("selection", "ranking"), found, "la même règle ; l’enveloppe se change dans la séance du jury")
    reread = here["call"]["opinions"] != config["call"]["opinions"]
    if reread and Opinion.objects.filter(dossier__call=call, state=OpinionState.GIVEN).exists():
        found = "l’effet des avis change alors que des avis sont rendus"
        yield Problem(("call", "opinions"), found, "le même effet")
    hearing, hears = (bool(one["call"]["consultation"]["answer"]) for one in (here, config))
    refused = Q(neutrality=Stance.UNFAVOURABLE) | Q(feasibility=Stance.UNFAVOURABLE)
    if hearing != hears and Opinion.objects.filter(refused, dossier__call=call).exists():
        found = "le droit de répondre avant l’effet change alors que des avis défavorables sont rendus"
        yield Problem(("call", "consultation", "answer"), found, "un délai" if hearing else "pas de délai")
    yield from _founded(config["call"]["consultation"], call)
    yield from _decided(here["eligibility"], config["eligibility"], call)


def _founded(after: Mapping[str, Any], call: Call) -> Iterator[Problem]:
    """The grounds that an opinion took from the call's list, and that are no more in it."""
    firsts = list(SecondLook.objects.filter(opinion__dossier__call=call).values_list("first", flat=True))
    for aspect in ASPECTS:
        taken = Opinion.objects.filter(dossier__call=call).exclude(**{f"{aspect}_ground": ""})
        listed = [row["code"] for row in after[aspect]["grounds"]]
        first = {row[f"{aspect}_ground"] for row in firsts}
        gone = sorted({*taken.values_list(f"{aspect}_ground", flat=True), *filter(None, first)} - set(listed))
        if gone:
            found = f"{', '.join(gone)} : motif d’un avis rendu, et absent"
            yield Problem(("call", "consultation", aspect, "grounds"), found, "le motif")


def _decided(before: Any, after: Any, call: Call) -> Iterator[Problem]:
    """The criteria whose check or judge changes although they were decided for a dossier."""
    old = {row["code"]: _how(row) for row in before}
    changed = [row["code"] for row in after if old.get(row["code"], _how(row)) != _how(row)]
    items = EligibilityItem.objects.filter(criterion__call=call, criterion__code__in=changed).exclude(decision="")
    decided = set(items.values_list("criterion__code", flat=True)) if changed else set()
    for rank, row in enumerate(after):
        if row["code"] in decided:
            found = "ce critère a déjà été décidé pour un dossier"
            yield Problem(
                ("eligibility", rank, "check"),
                found,
                "le même acte, le même contrôle, les mêmes réglages, les mêmes décideurs",
            )


def _how(row: Mapping[str, Any]) -> list[Any]:
    """How a criterion is decided, whatever its words."""
    return [row.get(name) for name in ("act", "check", "params", "decided_by", "overruled_by", "two_people")]


def _measures(headings: Any) -> list[Any]:
    """What a mark is worth: the codes and the weights, whatever the words."""
    return [(raw["code"], raw["weight"], [point["code"] for point in raw["points"]]) for raw in headings]


def dump(call: Call) -> dict[str, Any]:
    """The grid as the file says it."""
    rows = SelectionHeading.objects.filter(call=call).prefetch_related("points")
    return {
        "scale": {"guides": [], **call.text("scale")},
        **asked_of(call),
        **(call.texts.get("judging") or {"reminder_days": []}),
        "deliberation": call.texts.get("deliberation") or {},
        "headings": [
            {
                "code": row.code,
                "label": row.label,
                "weight": row.weight,
                "special_attention": row.special_attention,
                "points": [
                    {"code": point.code, "label": point.label, "help": point.help, "guides": point.guides}
                    for point in row.points.all()
                ],
            }
            for row in rows
        ],
    }


def asked_of(call: Call) -> dict[str, Any]:
    """What a call asks of its jury and of its ranking, as its file says it."""
    return {"jury": jury_of(call), "ranking": ranking_rules.ranking_of(call)}


def jury_of(call: Call) -> dict[str, Any]:
    """What a call asks of its jury (reviews by dossier, loads, profiles, fields); empty when it says nothing of it."""
    return call.texts.get("jury") or {}
