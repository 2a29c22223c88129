"""What is read of an evaluation as a whole: the ranking for staff."""

from dataclasses import dataclass
from decimal import Decimal

from django.db.models import Exists, OuterRef, Prefetch, Q, QuerySet

from ami_portal.accounts.models import User
from applications.models import Dossier, DossierMember

from . import grids, ranking, ranking_rules, scoring
from .enums import ASIDE, ReviewState
from .models import Decision, Opinion, Review, Session
from .rules import JUDGED, stands_aside
from .standing import key_of


@dataclass(frozen=True)
class ReviewRow:
    """One review as staff see it. `score` is over 100, None until it is submitted; `headings` the mean mark of each."""

    review: Review
    score: Decimal | None
    headings: tuple[Decimal | None, ...]


@dataclass(frozen=True)
class RankingRow:
    """One dossier of the ranking. `score` is the mean of the submitted reviews; `rank` None without any."""

    dossier: Dossier
    rank: int | None
    score: Decimal | None
    reviews: tuple[ReviewRow, ...]
    decision: Decision | None
    is_stopped: bool

    @property
    def submitted(self) -> int:
        """How many reviews count."""
        return sum(row.score is not None for row in self.reviews)

    @property
    def expected(self) -> int:
        """How many reviews were entrusted, recusals apart."""
        return sum(row.review.state not in ASIDE for row in self.reviews)

    @property
    def spread(self) -> Decimal | None:
        """How far apart the highest and the lowest score are; None with fewer than two."""
        scores = [row.score for row in self.reviews if row.score is not None]
        return max(scores) - min(scores) if len(scores) > 1 else None


def ranking_of(session: Session, *, reader: User | None = None) -> list[RankingRow]:
    """The ranking of a session, the best first, dossiers without a score last; a constant number of queries. Between
    equal means the call's rule decides.

    With `reader`, the dossiers that this person has a part in, stands aside from, or still has to review are left out:
    no duty ranks above a conflict of interest. Ranks stay those of the whole.
    """
    grid = grids.grid_of(session.call)
    dossiers = list(_dossiers(session))
    rows = [(dossier, tuple(_review_row(review, grid) for review in dossier.reviews.all())) for dossier in dossiers]
    means = [scoring.mean(row.score for row in reviews) for _, reviews in rows]
    rules = ranking_rules.rules_of(session.call)
    keys = [
        key_of(dossier.ref, mean, _by_heading(reviews, grid), rules, session.seed)
        for (dossier, reviews), mean in zip(rows, means, strict=True)
    ]
    hidden = hidden_from(reader, session) if reader else frozenset()
    table = [
        RankingRow(
            dossier, rank, mean, reviews, _decision(dossier), any(item.holds_back for item in dossier.opinions.all())
        )
        for (dossier, reviews), mean, rank in zip(rows, means, ranking.rank(keys), strict=True)
        if dossier.pk not in hidden
    ]
    return sorted(table, key=lambda row: (row.rank is None, row.rank or 0, row.dossier.ref))


def _by_heading(reviews: tuple[ReviewRow, ...], grid: grids.Grid) -> dict[str, Decimal | None]:
    """The mean mark of each heading over the reviews that count."""
    columns = zip(*(row.headings for row in reviews), strict=True) if reviews else ((),) * len(grid.headings)
    return {heading.code: scoring.mean(column) for heading, column in zip(grid.headings, columns, strict=True)}


def _dossiers(session: Session) -> QuerySet[Dossier]:
    reviews = Review.objects.select_related("juror").prefetch_related("scores").order_by("assigned_at", "pk")
    return (
        Dossier.objects.filter(call=session.call_id, state__in=JUDGED)
        .select_related("decision")
        .prefetch_related(Prefetch("reviews", queryset=reviews), Prefetch("opinions", queryset=Opinion.objects.all()))
        .order_by("ref")
    )


def _review_row(review: Review, grid: grids.Grid) -> ReviewRow:
    if review.state != ReviewState.SUBMITTED:
        return ReviewRow(review, None, tuple(None for _ in grid.headings))
    marks = marks_of(review)
    means = tuple(scoring.heading_score(heading, grid.scale, marks) for heading in grid.headings)
    return ReviewRow(review, scoring.score(grid.headings, grid.scale, marks), means)


def marks_of(review: Review) -> dict[int, int]:
    """The marks of a review by point, read from what was prefetched when it was."""
    return {score.point_id: score.value for score in review.scores.all()}


def _decision(dossier: Dossier) -> Decision | None:
    return getattr(dossier, "decision", None)


def hidden_from(reader: User, session: Session) -> frozenset[int]:
    """The dossiers of a session that a person has a part in, stood aside from, or still has to review."""
    dossiers = Dossier.objects.filter(call=session.call_id)
    members = DossierMember.objects.filter(dossier=OuterRef("pk"), email=reader.email)
    reviews = Review.objects.filter(dossier=OuterRef("pk"), juror=reader).exclude(
        state__in=(ReviewState.SUBMITTED, ReviewState.REPLACED)
    )
    own = dossiers.filter(Q(Exists(members)) | Q(Exists(reviews)) | stands_aside(reader, "pk"))
    return frozenset(own.values_list("pk", flat=True))
