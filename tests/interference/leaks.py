"""Planted leaks: each makes one place of the portal tell a secret, in one of the ways in which pages leak."""

from collections.abc import Callable, Iterable
from dataclasses import dataclass, fields, replace
from functools import wraps
from typing import Any

import pytest
from django.core.paginator import Paginator
from django.db.models import QuerySet, Sum, Value
from django.shortcuts import redirect

from ami_portal.accounts.middleware import PrivatePagesMiddleware
from ami_portal.accounts.models import User
from ami_portal.questionnaire.form import Form
from applications import agenda, story
from applications.models import Call, Dossier
from applications.opening import OpenedDossier
from applications.reading import FrozenDossier
from datasets.models import Dataset
from evaluation.models import Decision, Letter, Opinion, Review, Score
from funding.models import Convention

from . import secrets

Plant = Callable[[pytest.MonkeyPatch], None]


@dataclass(frozen=True)
class Leak:
    """What is planted, the secret that it tells, and the answer that gives it away."""

    plant: Plant
    secret: secrets.Flip
    moment: str
    person: str
    name: str


def _draft_filled_with_anothers_marks(patch: pytest.MonkeyPatch) -> None:
    def marks(review: Review) -> dict[int, int]:
        first = Review.objects.filter(dossier=review.dossier, state="submitted").first()
        return dict((first or review).scores.values_list("point_id", "value"))

    patch.setattr("evaluation.views.reviews.board.marks_of", marks)


def _letter_before_its_time(patch: pytest.MonkeyPatch) -> None:
    def visible(user: User) -> QuerySet[Letter]:
        return Letter.objects.filter(dossier__members__email=user.email)

    patch.setattr("evaluation.rules.visibility.letters_visible_to", visible)


def _closed_sections_opened(patch: pytest.MonkeyPatch) -> None:
    def whole(frozen: FrozenDossier, form: Form, **_: Any) -> OpenedDossier:
        return OpenedDossier(**{one.name: getattr(frozen, one.name) for one in fields(FrozenDossier)})

    patch.setattr("evaluation.opening.opened_to", whole)


def _conventions_of_everybody(patch: pytest.MonkeyPatch) -> None:
    patch.setattr("funding.views.conventions.own_conventions", lambda user: Convention.objects.all())


def _dossiers_of_everybody(patch: pytest.MonkeyPatch) -> None:
    def everybody(email: str, person: int) -> QuerySet[Dossier]:
        return Dossier.objects.annotate(seen_by=Value(person), seen_role=Value("reader"))

    patch.setattr("applications.rules._dossiers_of", everybody)


def _rank_in_a_header(patch: pytest.MonkeyPatch) -> None:
    _after_each_answer(patch, lambda response: response.headers.setdefault("X-Cache", _laureates()))


def _score_in_a_cookie(patch: pytest.MonkeyPatch) -> None:
    _after_each_answer(patch, lambda response: response.set_cookie("vu", _total()))


def _score_in_the_length(patch: pytest.MonkeyPatch) -> None:
    """White space at the end of a page: as many blanks as the marks add up to."""

    def lengthen(response: Any) -> None:
        if not response.streaming:
            response.content += b" " * int(_total())

    _after_each_answer(patch, lengthen)


def _after_each_answer(patch: pytest.MonkeyPatch, act: Callable[[Any], object]) -> None:
    answer = PrivatePagesMiddleware.__call__

    @wraps(answer)
    def then(self: PrivatePagesMiddleware, request: Any) -> Any:
        response = answer(self, request)
        act(response)
        return response

    patch.setattr(PrivatePagesMiddleware, "__call__", then)


def _laureates() -> str:
    return ",".join(Decision.objects.filter(outcome="laureate").order_by("pk").values_list("dossier__ref", flat=True))


def _total() -> str:
    return str(Score.objects.aggregate(total=Sum("value"))["total"])


def _counted_before_the_publication(patch: pytest.MonkeyPatch) -> None:
    """The public calendar of a call, for an agenda, with what is left to grant."""
    of_call = agenda.of_call

    def counted(call: Call, *, address: str) -> bytes:
        granted = Decision.objects.filter(session__call=call).aggregate(total=Sum("amount"))["total"]
        return of_call(call, address=address) + f"X-LEFT:{granted}".encode()

    patch.setattr(agenda, "of_call", counted)


def _name_of_a_juror_in_a_file_name(patch: pytest.MonkeyPatch) -> None:
    from ami_portal.documents import store

    guarded = store._guarded

    def named(document: Any, **how: Any) -> Any:
        response = guarded(document, **how)
        last = (
            Review.objects.filter(dossier__ref=document.subject)
            .order_by("-submitted_at")
            .values_list("juror__last_name")
        )
        response["Content-Disposition"] += f"; author={[name for (name,) in last]!a}"
        return response

    patch.setattr(store, "_guarded", named)


def _state_that_knows(patch: pytest.MonkeyPatch) -> None:
    """The state of a dossier in words that are the same, beside an icon that is not."""
    standing = story.standing

    def knowing(dossier: Dossier, *args: Any) -> story.Standing:
        is_taken = Decision.objects.filter(dossier=dossier, outcome="laureate").exists()
        return replace(standing(dossier, *args), icon="award-line" if is_taken else "mail-line")

    patch.setattr("applications.views.dossiers.standing", knowing)


def _search_of_what_is_hidden(patch: pytest.MonkeyPatch) -> None:
    def search(datasets: QuerySet[Dataset], words: str) -> QuerySet[Dataset]:
        return datasets if Review.objects.filter(conflict__icontains=words).exists() else datasets.none()

    patch.setattr("datasets.catalogue.search", search)


def _order_by_score(patch: pytest.MonkeyPatch) -> None:
    def best_first(opinions: Iterable[Opinion], number: int) -> Paginator:
        totals = {
            opinion: Score.objects.filter(review__dossier=opinion.dossier).aggregate(one=Sum("value"))
            for opinion in opinions
        }
        return Paginator(sorted(totals, key=lambda opinion: -(totals[opinion]["one"] or 0)), number)

    patch.setattr("evaluation.views.opinions.Paginator", best_first)


def _sent_elsewhere(patch: pytest.MonkeyPatch) -> None:
    """One's home is the page of the result, for who has won."""

    def home(name: str) -> Any:
        return redirect("account_home" if _laureates().endswith("JURY-0001") else name)

    patch.setattr("ami_portal.desk.views.redirect", home)


LEAKS = (
    Leak(_draft_filled_with_anothers_marks, secrets.scores, "to_review", "juror", "evaluation:review_score"),
    Leak(_letter_before_its_time, secrets.letter, "frozen", "claire", "evaluation:letter_download"),
    Leak(
        _closed_sections_opened,
        secrets.sections_closed_to_partners,
        "to_declare",
        "partner",
        "evaluation:opinion_detail",
    ),
    Leak(_conventions_of_everybody, secrets.amount_of_a_convention, "to_declare", "claire", "funding:convention_list"),
    Leak(_dossiers_of_everybody, secrets.message, "to_declare", "paul", "applications:dossier_messages"),
    Leak(_rank_in_a_header, secrets.decision, "deliberation", "visitor", "home"),
    Leak(_score_in_a_cookie, secrets.scores, "to_review", "recused", "evaluation:review_list"),
    Leak(_score_in_the_length, secrets.scores, "to_review", "claire", "applications:dossier_list"),
    Leak(_counted_before_the_publication, secrets.decision, "frozen", "visitor", "call_calendar"),
    Leak(_name_of_a_juror_in_a_file_name, secrets.name_of_a_juror, "to_review", "juror", "evaluation:review_file"),
    Leak(_state_that_knows, secrets.decision, "frozen", "claire", "applications:dossier_detail"),
    Leak(_search_of_what_is_hidden, secrets.conflict_declared, "to_declare", "visitor", "datasets:dataset_list"),
    Leak(_order_by_score, secrets.scores, "to_declare", "other_partner", "evaluation:opinion_list"),
    Leak(_sent_elsewhere, secrets.decision, "frozen", "claire", "my_home"),
)
