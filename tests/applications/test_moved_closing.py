"""The call's file moves a closing: those whom it closes are told, once, and nobody else."""

import datetime as dt

from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications import actions
from applications.models import CalendarMove, Call, Dossier
from tests import people
from tests.applications import small

DAY = dt.timedelta(days=1)


def moved(call, date="closes_at", *, before, after):
    return CalendarMove.objects.create(
        call=call, date=date, before=before.isoformat(), after=after.isoformat(), decided_at=clock.now(), by="Comité",
        reason="Panne.",
    )  # fmt: skip


def told(move):
    for _ in range(2):
        actions.tell_moved_closing(move_id=move.pk)
    return list(
        Message.objects.filter(kind="applications.closing_moved").order_by("to_email").values_list("to_email", "body")
    )


def test_those_who_draft_and_those_who_deposited_learn_it_once(call, dossier, owner):
    deposited = small.a_full_draft(call, people.a_person("paul@labo.example"))
    actions.submit_dossier(deposited, actor=people.User.objects.get(email="paul@labo.example"))
    for email, changes in (
        ("parti@labo.example", {"state": "withdrawn"}),
        ("prolonge@labo.example", {"extended_until": call.closes_at + 9 * DAY}),
    ):
        other = actions.start_dossier(call, actor=people.a_person(email))
        Dossier.objects.filter(pk=other.pk).update(**changes)
    before = call.closes_at
    Call.objects.filter(pk=call.pk).update(closes_at=before + 7 * DAY)
    mails = told(moved(call, before=before, after=before + 7 * DAY))
    assert [email for email, _ in mails] == [owner.email, "paul@labo.example"]
    assert ("Ce dossier n’est pas déposé." in mails[0][1], "Ce dossier est déposé." in mails[1][1]) == (True, True)
    assert "Panne" not in mails[0][1]


def test_of_several_rounds_only_the_one_that_moved_is_told(call, dossier, owner):
    later = small.a_full_draft(call, people.a_person("paul@labo.example"))
    first = call.closes_at
    rounds = [("un", "Tour un", call.opens_at, first), ("deux", "Tour deux", first, first + 30 * DAY)]
    Call.objects.filter(pk=call.pk).update(
        closes_at=first + 30 * DAY,
        rounds=[
            {"code": code, "label": label, "opens_at": opens.isoformat(), "closes_at": closes.isoformat()}
            for code, label, opens, closes in rounds
        ],
    )
    Dossier.objects.filter(pk=later.pk).update(state="submitted", submitted_at=clock.now(), round="deux")
    ((email, body),) = told(moved(call, "rounds.un.closes_at", before=first - DAY, after=first))
    assert (email, "« Petit appel », Tour un, passe du" in body.replace("\u00a0", " ")) == (owner.email, True)
