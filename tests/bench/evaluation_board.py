"""The rows of the bench on the staff's board of the evaluation: 10 000 dossiers and 30 000 reviews, against a tenth."""

import datetime as dt
from collections.abc import Callable, Sequence

from django.db import connection
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from applications.enums import DossierState
from applications.models import Call, Dossier, DossierMember
from evaluation.actions.progress import refresh_progress
from evaluation.enums import ReviewState, SessionState
from evaluation.models import DossierProgress, Review, Session
from tests import people, scenes
from tests.bench.measure import Row, compare, queries_of
from tests.bench.visitors import bare_save, staff_member

CODE, JURORS, EACH = "AMI-BENCH-6", 60, 3
STATES = [*[ReviewState.SUBMITTED] * 7, ReviewState.DRAFT, ReviewState.DRAFT, ReviewState.TO_DECLARE]


def _board() -> tuple[Call, list[User]]:
    """A call whose jury scores, and its jurors; made at the first call."""
    call = Call.objects.filter(code=CODE).first() or scenes.a_call(CODE, closes_in_days=-30)
    Session.objects.get_or_create(call=call, defaults={"state": SessionState.SCORING, "opened_at": clock.now()})
    emails = [f"jure-{number}@banc.example" for number in range(JURORS)]
    known = {user.email: user for user in User.objects.filter(email__in=emails)}
    return call, [known.get(email) or people.a_juror(email) for email in emails]


def grow_to(count: int) -> None:
    """Bring the dossiers before the jury to `count`, each with three reviews, as the acts would leave them."""
    call, jurors = _board()
    present = Dossier.objects.filter(call=call).count()
    at = clock.now() - dt.timedelta(days=20)
    Dossier.objects.bulk_create(
        (
            Dossier(
                call=call,
                form_revision=call.form_revision,
                ref=f"{CODE}-{number:05d}",
                state=DossierState.ELIGIBLE,
                title=f"Projet {number}",
                lead_name=f"Organisme {number % 97}",
                created_at=at,
                submitted_at=at,
            )
            for number in range(present, count)
        ),
        batch_size=500,
    )
    added = list(Dossier.objects.filter(call=call, progress=None).order_by("pk"))
    members = (DossierMember(dossier=one, email="porteur@banc.example", role="owner", invited_at=at) for one in added)
    DossierMember.objects.bulk_create(members, batch_size=500)
    reviews = [review for number, one in enumerate(added, present) for review in _reviews(one, number, jurors)]
    Review.objects.bulk_create(reviews, batch_size=500)
    DossierProgress.objects.bulk_create(
        (_progress(one, reviews[place * EACH : (place + 1) * EACH]) for place, one in enumerate(added)), batch_size=500
    )
    for juror in jurors:  # counted by the act itself
        refresh_progress(added[0] if added else Dossier.objects.filter(call=call)[0], juror.pk)
    with connection.cursor() as cursor:
        cursor.execute("ANALYZE")


def _reviews(dossier: Dossier, number: int, jurors: Sequence[User]) -> list[Review]:
    at = clock.now() - dt.timedelta(days=10, minutes=number)
    states = [STATES[(number * EACH + place) % len(STATES)] for place in range(EACH)]
    return [
        Review(
            dossier=dossier,
            juror=jurors[(number + place * 7) % JURORS],
            state=state,
            assigned_at=at,
            declared_at=None if state == ReviewState.TO_DECLARE else at,
            submitted_at=at if state == ReviewState.SUBMITTED else None,
        )
        for place, state in enumerate(states)
    ]


def _progress(dossier: Dossier, reviews: Sequence[Review]) -> DossierProgress:
    submitted = sum(review.state == ReviewState.SUBMITTED for review in reviews)
    waits = [review.assigned_at for review in reviews if review.state != ReviewState.SUBMITTED]
    return DossierProgress(
        dossier=dossier,
        call_id=dossier.call_id,
        entrusted=EACH,
        submitted=submitted,
        waits_since=min(waits, default=None),
        score=62 if submitted else None,
    )


def board_queries() -> Row:
    """What the board asks of the database, session and person included, with 10 000 dossiers and 30 000 reviews."""
    grow_to(10_000)
    client = people.client_of(people.staff(Role.JURY_SECRETARY, email="suivi@hdh.example"))
    address = reverse("admin:staff_progress", args=[CODE])

    def read() -> None:
        answer = client.get(address, headers={"host": "localhost"})
        if answer.status_code != 200 or answer.content.count(b'data-label="Dossier"') != 25:
            raise RuntimeError(f"the board was not shown: {answer.status_code}")

    read()
    return Row("board_queries", queries_of(read), bar=12)


def board_10x() -> Row:
    """The board with 10 000 dossiers against 1 000, each against the bare save of the same moment."""
    address = reverse("admin:staff_progress", args=[CODE])
    costs = []
    person = staff_member("suivi-10@hdh.example", Role.JURY_SECRETARY)
    for count in (1_000, 10_000):
        grow_to(count)
        seconds, bare = compare(lambda turn: person.get(address), bare_save(person), rounds=60)
        costs.append(seconds / bare)
    return Row("board_10x", costs[1] / costs[0], bar=1.3)


MEASURES: list[Callable[[], Row]] = [board_10x, board_queries]
