"""A call edited part by part: what is typed, a page that shows what it changes and for whom, then the act."""

import datetime as dt
import json
from collections.abc import Callable, Iterator, Mapping
from dataclasses import dataclass
from typing import Any

from django.contrib import messages
from django.forms.utils import ErrorDict
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ami_portal.desk import calls
from ami_portal.desk.calls.editing import REASON
from ami_portal.kernel import clock
from ami_portal.kernel.config import ConfigError, Problem
from ami_portal.kernel.http import page
from ami_portal.workflow import TransitionRefused
from applications.models import Call

from . import call_forms, call_words, document_forms, english_forms, piece_forms, rule_forms
from .builder import CONFIGURE
from .pages import CONFIRMED, show
from .parts import ADD, Part, fields_of, sentence
from .rules import calls_visible_to

AGAIN = "revoir"
NOTHING = "Rien n’a changé : il n’y a rien à enregistrer."


@dataclass(frozen=True)
class Chapter:
    """A page of a call's document: the units that it edits, its parts, what its edits never touch."""

    slug: str
    title: str
    intro: str
    units: tuple[tuple[str, ...], ...]
    parts: Callable[[Call, Mapping[str, Any], dt.datetime], list[Part]]
    untouched: tuple[str, ...] = ()
    has_dates: bool = False


TEXTS = Chapter(
    "textes",
    "Textes et calendrier",
    "Ce que le public lit de l’appel, ses dates, ses rappels et ses durées de conservation.",
    (
        *(("call", name) for name in ("title", "operator", "contact", "summary", "purpose", "opinions", "rules")),
        *(("call", name) for name in ("operator_named", "completion", "consultation", "data_retention")),
        ("call", "data_access_path"),
        *(("call", "calendar", name) for name in ("opens_at", "closes_at", "rounds", "steps", "reminder_days")),
        ("supports",),
    ),
    call_forms.parts,
    ("Les récépissés, les lettres et les conventions déjà établis gardent leurs mots.",),
    has_dates=True,
)
DOCUMENTS = Chapter(
    "documents",
    "Lettres, accusé de réception et convention",
    "Les textes des documents. Chacun se lit sous son texte, rempli avec un dossier d’exemple.",
    tuple(("call", "texts", name) for name in document_forms.NAMES),
    document_forms.parts,
    ("Les documents déjà établis gardent leurs mots.",),
)
ELIGIBILITY = Chapter(
    "criteres",
    "Critères de recevabilité et d’éligibilité",
    "Les critères, dans l’ordre où on les examine, et le contrôle qui éclaire chaque décision.",
    (("call", "decisions"), ("eligibility",)),
    rule_forms.eligibility,
    ("Les décisions déjà prises restent ce qu’elles sont ; un critère décidé garde sa façon de l’être.",),
)
PIECES = Chapter(
    "justificatifs",
    "Pièces justificatives",
    "Les pièces demandées, leur durée de validité, et quand chacune doit être valable.",
    (("supporting_documents",),),
    piece_forms.pieces,
    ("Les vérifications déjà faites, et les dates que les personnes ont lues sur les pièces.",),
)
GRID = Chapter(
    "grille",
    "Grille du jury",
    "L’échelle, les rubriques, leurs poids et leurs points. Une fois une note donnée, seuls les mots se corrigent.",
    (("selection",),),
    rule_forms.grid,
    ("Les notes déjà données.",),
)
REGULATION = Chapter(
    "reglement",
    "Règlement financier",
    "Dès qu’un dossier est déposé, un changement demande une nouvelle version : dépôts et conventions gardent la leur.",
    (("regulation",),),
    rule_forms.regulation,
    ("Les dépôts et les conventions gardent la version en vigueur quand ils ont été faits.",),
)
ENGLISH = Chapter(
    "anglais",
    "Textes en anglais",
    "La traduction de chaque texte. Le français seul fait foi ; un texte français modifié perd sa traduction.",
    (("translations",),),
    english_forms.parts,
)
CHAPTERS = {chapter.slug: chapter for chapter in (TEXTS, DOCUMENTS, ELIGIBILITY, PIECES, GRID, REGULATION, ENGLISH)}


def chapters_of(call: Call) -> list[Chapter]:
    """The pages that edit a call; the translations only where it has some."""
    return [chapter for chapter in CHAPTERS.values() if chapter is not ENGLISH or call.translations]


class Sheet:
    """One chapter of one call as a person has it before them: the parts, the reason of moved dates, what they saw."""

    def __init__(self, chapter: Chapter, call: Call, data: Any, at: dt.datetime) -> None:
        config = calls.dump(call)
        self.chapter, self.call = chapter, call
        self.parts = chapter.parts(call, config, at)
        for part in self.parts:
            part.read(config, data)
        self.move = call_forms.MoveForm(data) if chapter.has_dates else None
        self.seen = _seen(data) if data is not None else calls.marks(config, chapter.units)

    @property
    def forms(self) -> list[Any]:
        """Every form of the page, in its order."""
        return [form for _, form in fields_of(self.parts)] + ([self.move] if self.move else [])

    @property
    def has_previews(self) -> bool:
        """Whether some text of the page fills a document."""
        return any(preview for form in self.forms for _, preview in getattr(form, "shown", ()))

    @property
    def seen_text(self) -> str:
        """What the page carries to tell later what somebody else changed."""
        return json.dumps(self.seen)

    def is_valid(self) -> bool:
        """Whether every form has a right shape."""
        return not [form for form in self.forms if not form.is_valid()]

    def quiet(self) -> None:
        """Show what was typed without judging it yet."""
        for form in self.forms:
            form._errors = ErrorDict()  # a row is being added, or the text is taken up again

    def edit(self) -> calls.Edit:
        """What valid forms say."""
        reason = self.move.cleaned_data["reason"] if self.move else ""
        return calls.Edit(self.chapter.units, self.seen, self._written, reason)

    def _written(self, config: Mapping[str, Any]) -> dict[str, Any]:
        result = dict(config)
        for part in sorted(self.parts, key=lambda part: -len(part.path)):  # a row, then the list that holds it
            part.write(result)
        return result

    def take(self, problems: list[Problem]) -> None:
        """Say each problem beside its field, in the part that holds it, or else above the page."""
        deepest = sorted(self.parts, key=lambda part: -len(part.path))
        for problem in problems:
            if self.move and problem.path == REASON:
                self.move.add_error("reason", sentence(problem))
            elif not any(part.take(problem) for part in deepest):
                place = problem.place or call_words.place(problem.path)
                self.forms[0].add_error(None, f"{place} : {sentence(problem)}")


def _seen(data: Any) -> dict[str, str]:
    try:
        seen = json.loads(data.get("seen", ""))
    except ValueError:
        return {}
    return {str(name): str(mark) for name, mark in seen.items()} if isinstance(seen, dict) else {}


@page(CONFIGURE, visible=calls_visible_to, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def edit(request: HttpRequest, obj: Call, chapter: str) -> HttpResponse:
    """Write one chapter; see what it changes; do it. What was typed stays on each page."""
    if chapter not in CHAPTERS:
        raise Http404
    at = clock.now()
    sheet = Sheet(CHAPTERS[chapter], obj, request.POST if request.method == "POST" else None, at)
    if request.method != "POST":
        return _page(request, sheet)
    if AGAIN in request.POST or ADD in request.POST:
        sheet.quiet()
        return _page(request, sheet)
    if not sheet.is_valid():
        return _page(request, sheet, status=422)
    try:
        plan = calls.plan_edit(obj, sheet.edit(), at=at)
        if not plan.changes:
            messages.info(request, NOTHING)
            return redirect("admin:staff_call", code=obj.code)
        if problems := [*plan.problems, *calls.rehearse(plan)]:
            raise ConfigError(problems)
        if CONFIRMED not in request.POST:
            return _confirmation(request, sheet, plan)
        calls.edit_call(obj, sheet.edit(), actor=request.user)
    except calls.StaleEdit as stale:
        sheet.seen = stale.marks
        return _page(request, sheet, status=409, stale=stale, disputed=call_words.told(stale.disputed))
    except ConfigError as error:
        sheet.take(error.problems)
        return _page(request, sheet, status=422)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return redirect("admin:staff_call", code=obj.code)
    messages.success(request, "L’appel est modifié. Le journal garde ce qui est remplacé.")
    return redirect("admin:staff_call", code=obj.code)


def _page(request: HttpRequest, sheet: Sheet, *, status: int = 200, **context: Any) -> HttpResponse:
    title = f"{sheet.call.code} – {sheet.chapter.title}"
    return show(
        request, "admin/portal/call_edit.html", title=title, status=status, call=sheet.call, sheet=sheet, **context
    )


def _confirmation(request: HttpRequest, sheet: Sheet, plan: calls.Plan) -> HttpResponse:
    return show(
        request,
        "admin/portal/call_edit_confirm.html",
        title=f"{sheet.call.code} – {sheet.chapter.title} : ce qui change",
        call=sheet.call,
        sheet=sheet,
        changes=call_words.told(change.sides for change in plan.changes if change.sides),
        concerned=plan.concerned,
        carried=list(_carried(request)),
        back=reverse("admin:staff_call", args=[sheet.call.code]),
    )


def _carried(request: HttpRequest) -> Iterator[tuple[str, str]]:
    """What was typed, sent again by the button."""
    for name, values in request.POST.lists():
        if name not in ("csrfmiddlewaretoken", CONFIRMED, AGAIN, ADD):
            yield from ((name, value) for value in values)
