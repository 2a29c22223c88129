"""The requests for completion of a dossier: what the running one lets change, what became of the others."""

from dataclasses import dataclass
from typing import Any

from django.db.models import Exists, OuterRef, QuerySet

from . import drafts, freezing, reading
from .comparison import Difference, differences
from .enums import CompletionOutcome
from .models import CompletionPoint, CompletionRequest, Dossier, DossierVersion
from .reading import FrozenDossier


@dataclass(frozen=True)
class Point:
    """One point as its team sees it. `section` is where it is answered."""

    asked: CompletionPoint
    section: str
    is_changed: bool
    todo: tuple[str, ...] = ()


@dataclass(frozen=True)
class Running:
    """A request under way: its points, what the reply would change, what still forbids to send it."""

    request: CompletionRequest
    points: tuple[Point, ...]
    appeared: frozenset[str]
    changes: tuple[Difference, ...]
    is_pending: bool
    missing: tuple[Any, ...]

    @property
    def open_codes(self) -> frozenset[str]:
        """The questions that may change: those that it names, and those that their answers make appear."""
        return frozenset(point.asked.question for point in self.points) | self.appeared

    @property
    def left(self) -> int:
        """How many points still stand as they were deposited."""
        return sum(not point.is_changed for point in self.points)

    @property
    def can_be_sent(self) -> bool:
        """Whether the reply may go: something changed, and the dossier is as complete as a deposit is."""
        return bool(self.changes) and not self.is_pending and not self.missing


@dataclass(frozen=True)
class Past:
    """A request that has ended, and what its reply changed."""

    request: CompletionRequest
    changes: tuple[Difference, ...]


def past(dossier: Dossier) -> list[Past]:
    """The requests that have ended, the last one first: two queries."""
    rows = dossier.completions.filter(ended_at__isnull=False).select_related("version", "answer", "asked_by")
    return [Past(request, _replied(request)) for request in rows.prefetch_related("points").order_by("-number")]


def _replied(request: CompletionRequest) -> tuple[Difference, ...]:
    if request.answer is None:
        return ()
    return tuple(differences(reading.frozen(request.version), reading.frozen(request.answer)))


def versions_of(dossier: Dossier) -> QuerySet[DossierVersion]:
    """The deposits of a dossier, the last one first. `replies` says that one is a reply, `is_completed` that a reply
    stands in its place."""
    answered = CompletionRequest.objects.filter(version=OuterRef("pk"), outcome=CompletionOutcome.ANSWERED)
    replying = CompletionRequest.objects.filter(answer=OuterRef("pk"))
    rows = dossier.versions.select_related("pdf", "receipt", "submitted_by").order_by("-number")
    return rows.annotate(is_completed=Exists(answered), replies=Exists(replying))


def running_request(dossier: Dossier) -> CompletionRequest | None:
    """The request under way, with its points; None when there is none: then no query but for a returned dossier."""
    if not dossier.is_returned:
        return None
    rows = CompletionRequest.objects.filter(dossier=dossier, ended_at=None).select_related("version", "asked_by")
    return rows.prefetch_related("points").first()


def running(dossier: Dossier, draft: drafts.Draft) -> Running | None:
    """The request under way beside the answers of now; None when there is none."""
    request = running_request(dossier)
    if request is None:
        return None
    deposit = reading.frozen(request.version)
    now = freezing.content_of(dossier, drafts.in_french(dossier, draft))
    changes = tuple(differences(deposit, reading.parse(now)))
    changed = {one.code for one in changes}
    missing = draft.completeness.missing
    points = []
    for asked in request.points.all():
        todo = tuple(one.todo for one in missing if one.address.question == asked.question)
        section = draft.form.section_of(asked.question).code
        points.append(Point(asked, section, asked.question in changed, todo))
    is_pending = any(files.pending for files in draft.files.values())
    return Running(request, tuple(points), appeared(draft, deposit), changes, is_pending, missing)


def appeared(draft: drafts.Draft, deposit: FrozenDossier) -> frozenset[str]:
    """The questions asked now that the deposit did not hold: an answer to a point makes them appear."""
    held = {item.code for item in deposit.items()}
    return frozenset(one.code for one in draft.form.questions() if draft.is_shown(one) and one.code not in held)


def may_change(dossier: Dossier, question: str) -> bool:
    """Whether the request under way lets the answer to `question` change: one query, and more for what it does not
    name."""
    points = CompletionPoint.objects.filter(request__dossier=dossier, request__ended_at=None)
    if points.filter(question=question).exists():
        return True
    request = running_request(dossier)
    if request is None:
        return False
    return question in appeared(drafts.load(dossier), reading.frozen(request.version))
