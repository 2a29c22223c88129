"""Tell those who draft of the answers published about their calls, at most once a day and a person."""

import datetime as dt
from typing import Any

from django.db import transaction
from django.db.models import Count, DateTimeField, Exists, F, Max, OuterRef, Q, QuerySet, Subquery
from django.db.models.functions import Coalesce, Greatest

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from applications import notifications
from applications.enums import DossierState, QuestionState
from applications.models import AnswersDigest, Call, DigestRefusal, DossierMember, VisitorQuestion

HOUR = dt.time(17, 0)
FROM, UNTIL = dt.time(8, 0), dt.time(20, 0)


def send_digests(*, at: dt.datetime) -> int:
    """Send the digests that are due, at five in Paris or as soon as a clock that was down is back; answer how many.

    Called every minute, by as many clocks as there are. Each tells of what was published since the one before, or
    since the person is in the dossier, up to the last five o'clock.
    """
    local = clock.paris(at)
    if not FROM <= local.time() < UNTIL:
        return 0
    day = local.date() if local.time() >= HOUR else local.date() - dt.timedelta(days=1)
    until = clock.from_paris(day, HOUR)
    if not VisitorQuestion.objects.filter(state=QuestionState.ANSWERED, decided_at__lt=until).exists():
        return 0
    readers = list(_with_news(until, at).order_by("reader").values_list("reader", flat=True).distinct())
    return sum(_send(reader, until, at) for reader in readers)


def _with_news(until: dt.datetime, at: dt.datetime) -> Any:
    """The memberships of drafts of people with an account, with something published that they were not told of."""
    account = User.objects.filter(email=OuterRef("email"), is_active=True).values("pk")[:1]
    told = AnswersDigest.objects.filter(reader=OuterRef("reader")).order_by().values("reader")
    last = Subquery(told.annotate(last=Max("until")).values("last"), output_field=DateTimeField())
    drafting = DossierMember.objects.filter(
        Q(dossier__call__closes_at__gt=at) | Q(dossier__extended_until__gt=at), dossier__state=DossierState.DRAFT
    )
    rows = drafting.annotate(reader=Subquery(account)).filter(reader__isnull=False)
    rows = rows.annotate(since=Greatest(F("invited_at"), Coalesce(last, F("invited_at"))))
    news = _published(until).filter(call=OuterRef("dossier__call"), decided_at__gte=OuterRef("since"))
    refused = DigestRefusal.objects.filter(reader=OuterRef("reader"))
    today = AnswersDigest.objects.filter(reader=OuterRef("reader"), sent_on=clock.paris(at).date())
    return rows.filter(Exists(news), ~Exists(refused), ~Exists(today))


def _published(until: dt.datetime) -> QuerySet[VisitorQuestion]:
    return VisitorQuestion.objects.filter(state=QuestionState.ANSWERED, decided_at__lt=until)


@transaction.atomic
def _send(reader_id: int, until: dt.datetime, at: dt.datetime) -> bool:
    """One digest: its row says that the person was told, and is there before the mail is queued."""
    reader = User.objects.select_for_update(of=("self",)).get(pk=reader_id)
    since: dict[int, dt.datetime] = {}
    for row in _with_news(until, at).filter(reader=reader_id).values_list("dossier__call", "since"):
        since[row[0]] = min(row[1], since.get(row[0], row[1]))
    if not since:
        return False
    AnswersDigest.objects.create(reader=reader, sent_on=clock.paris(at).date(), until=until)
    fresh = Q(pk__in=[])
    for call, instant in since.items():
        fresh |= Q(call=call, decided_at__gte=instant)
    counts = dict(_published(until).filter(fresh).order_by().values_list("call").annotate(Count("pk")))
    news = [(call, counts[call.pk]) for call in Call.objects.filter(pk__in=counts).order_by("code")]
    notifications.answers_published(reader, news, at=at)
    return True


@transaction.atomic
def choose_digests(*, wanted: bool, actor: User) -> None:
    """Receive, or no longer receive, the mail that tells of the answers published. Twice is once."""
    at = clock.now()
    User.objects.select_for_update(of=("self",)).only("pk").get(pk=actor.pk)
    refusals = DigestRefusal.objects.filter(reader=actor)
    if wanted != refusals.exists():
        return
    if wanted:
        refusals.delete()
        AnswersDigest.objects.get_or_create(
            reader=actor, sent_on=clock.paris(at).date(), defaults={"until": at}
        )  # what was published meanwhile is no news
    else:
        DigestRefusal.objects.create(reader=actor, refused_at=at)
    trail.record("account.choose_digests", subject=actor.ref, actor=actor, at=at, wanted=wanted)
