"""What a ranking reads of a session: submitted reviews, dossiers with the amounts that they may receive, the rules."""

from decimal import Decimal
from statistics import median

from django.db.models import Count, Max, Prefetch, Q

from ami_portal.kernel.money import cents
from applications import reading
from applications.models import Dossier, DossierVersion

from . import grids, ranking_rules
from .enums import ReviewState
from .models import Ranking, Review, Session
from .rules import JUDGED
from .standing import Entry, Inputs, Judged, Rules, Standing, Weighted, standing_from


def inputs_of(session: Session) -> Inputs:
    """All that the ranking of a session is computed from; a constant number of queries."""
    call = session.call
    grid, rules = grids.grid_of(call), ranking_rules.rules_of(call, envelope=session.envelope)
    codes = {point.pk: f"{heading.code}/{point.code}" for heading in grid.rows for point in heading.points.all()}
    dossiers = list(_dossiers(session))
    return Inputs(
        (grid.scale.lowest, grid.scale.highest),
        tuple(
            Weighted(row.code, row.weight, tuple(point.code for point in row.points.all())) for row in grid.rows
        ),
        tuple(_entry(dossier, call.max_grant, rules) for dossier in dossiers),
        tuple(
            Judged(dossier.ref, review.juror.ref, {codes[score.point_id]: score.value for score in review.scores.all()})
            for dossier in dossiers
            for review in dossier.reviews.all()
        ),
        rules,
        session.seed,
    )  # fmt: skip


def _dossiers(session: Session) -> list[Dossier]:
    reviews = Review.objects.filter(state=ReviewState.SUBMITTED).select_related("juror").prefetch_related("scores")
    standing = DossierVersion.objects.filter(withdrawn_at=None)
    judged = Dossier.objects.filter(call=session.call_id, state__in=JUDGED).select_related("call")
    rows = judged.prefetch_related(
        Prefetch("reviews", queryset=reviews),
        Prefetch("versions", queryset=standing),
        "opinions",
        "dossier_datasets__version__dataset",
    )
    return list(rows.order_by("ref"))


def _entry(dossier: Dossier, most: Decimal, rules: Rules) -> Entry:
    is_stopped = any(opinion.holds_back for opinion in dossier.opinions.all())
    return Entry(dossier.ref, _amount(dossier, most), _groups(dossier, rules), fundable=not is_stopped)


def _amount(dossier: Dossier, most: Decimal) -> Decimal:
    """What a dossier may receive: the median of what its jurors recommend, or else what it asks for; never more than it
    asks, nor than the call gives."""
    asked = most if dossier.amount_requested is None else min(dossier.amount_requested, most)
    said = [row.recommended_amount for row in dossier.reviews.all() if row.recommended_amount is not None]
    return min(cents(median(said)), asked) if said else asked


def _groups(dossier: Dossier, rules: Rules) -> frozenset[str]:
    """The groups of the call's quotas that a dossier is of; its deposit is read only where a quota counts answers."""
    wanted = {quota.group for quota in rules.quotas}
    found = {f"dataset={row.version.dataset.code}" for row in dossier.dossier_datasets.all()}
    questions = {group.partition("=")[0] for group in wanted} - {"dataset"}
    for version in dossier.versions.all() if questions else ():
        for item in reading.frozen(version).items():
            if item.code in questions:
                given = item.value if isinstance(item.value, list) else [item.value]
                found |= {f"{item.code}={option}" for option in given}
    return frozenset(found & wanted)


def mark_of(session: Session) -> str:
    """What a ranking is computed from, in a few words: it changes when a review comes, leaves or is written again, when
    a dossier comes or leaves, when a partner answers, when the envelope changes. One query."""
    submitted = Q(reviews__state=ReviewState.SUBMITTED)
    found = Dossier.objects.filter(call=session.call_id, state__in=JUDGED).aggregate(
        dossiers=Count("pk", distinct=True),
        submitted=Count("reviews", filter=submitted, distinct=True),
        last=Max("reviews__submitted_at", filter=submitted),
        answered=Max("opinions__given_at"),
    )
    last, answered = ((found[name].isoformat() if found[name] else "") for name in ("last", "answered"))
    return f"{found['dossiers']} {found['submitted']} {last} {answered} {session.envelope}"


def standing_kept(session: Session) -> tuple[Ranking | None, Standing | None]:
    """The ranking of a session as it was computed last; nothing before it was asked, or answered."""
    row = Ranking.objects.filter(session=session).first()
    return row, standing_from(row.content) if row and row.content else None


def envelope_of(session: Session) -> Decimal | None:
    """The envelope in force: that of the session, or else that of the call; None when neither says one."""
    return ranking_rules.rules_of(session.call, envelope=session.envelope).envelope
