"""An instant of publication set beforehand: by whom, kept by the clock, taken back with a reason, all or nothing."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.documents import store
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from evaluation import actions
from evaluation.models import Letter, Session
from tests.people import client_of

from . import scenes
from .helpers import journal, refusal
from .test_publication import build, outside, snapshot

IN_TWO_HOURS = dt.timedelta(hours=2)


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    session, first, second = scenes.frozen(call)
    for dossier in (first, second):
        kept = {"subject": dossier.ref, "content": b"%PDF-1", "filename": "lettre.pdf", "media_type": "application/pdf"}
        document = store.keep("letter", **kept, at=clock.now())
        Letter.objects.create(dossier=dossier, kind=dossier.decision.outcome, document=document)
    return SimpleNamespace(call=call, session=session, first=first, second=second, secretary=scenes.secretary())


@pytest.fixture
def scheduled(scene):
    """The publication set for two hours from now."""
    scene.publish_at = clock.now() + IN_TWO_HOURS
    actions.schedule_publication(scene.session, publish_at=scene.publish_at, actor=scene.secretary)
    scene.session.refresh_from_db()
    return scene


def tick(at):
    with time_machine.travel(at, tick=False):
        return actions.publish_due(at=clock.now())


def to_secretary(scene):
    return list(Message.objects.filter(to_email=scene.secretary.email).values_list("kind", flat=True))


def test_the_clock_publishes_everything_at_the_instant_and_not_before(scheduled):
    before, seen = snapshot(), outside(scheduled)
    assert (tick(scheduled.publish_at - dt.timedelta(seconds=1)), snapshot(), outside(scheduled)) == (0, before, seen)
    assert (tick(scheduled.publish_at), tick(scheduled.publish_at)) == (1, 0)
    at = scheduled.publish_at
    assert snapshot() == ([("laureate", at), ("rejected", at)], [at, at], [at], [("published", at)], 2)
    assert to_secretary(scheduled) == ["evaluation.publication_done"]
    assert journal(scheduled.call.code, "session")[-2:] == [
        ("session.schedule", "", ""),
        ("session.publish", "frozen", "published"),
    ]
    assert AuditEvent.objects.get(verb="session.publish").actor is None


def test_a_publication_held_by_a_letter_waits_is_told_once_and_happens_whole_when_it_can(scheduled):
    Letter.objects.filter(dossier=scheduled.second).delete()
    before = snapshot()
    assert (tick(scheduled.publish_at), tick(scheduled.publish_at + dt.timedelta(minutes=1))) == (0, 0)
    assert (snapshot(), to_secretary(scheduled)) == (before, ["evaluation.publication_held"])
    build(scheduled.second)
    later = scheduled.publish_at + dt.timedelta(minutes=2)
    assert (tick(later), snapshot()[3]) == (1, [("published", later)])


def test_what_fails_half_way_has_not_begun_and_the_next_minute_does_it(scheduled, monkeypatch):
    real, before = actions.publication.notifications.result_published, snapshot()

    def failing(dossier, *, at):
        if dossier == scheduled.second:
            raise OSError("the disk is full")
        real(dossier, at=at)

    monkeypatch.setattr("evaluation.actions.publication.notifications.result_published", failing)
    assert (tick(scheduled.publish_at), snapshot()) == (0, before)
    monkeypatch.undo()
    assert (tick(scheduled.publish_at), snapshot()[4]) == (1, 2)


def test_it_is_taken_back_with_a_reason_and_then_nothing_happens(scheduled):
    session, secretary = scheduled.session, scheduled.secretary
    assert "pas le droit" in refusal(actions.cancel_publication, session, reason="x", actor=scenes.instructor())
    assert "Donnez le motif" in refusal(actions.cancel_publication, session, reason=" ", actor=secretary)
    actions.cancel_publication(session, reason="Le ministre annonce vendredi.", actor=secretary)
    event = AuditEvent.objects.get(verb="session.unschedule")
    assert (event.data["reason"], event.actor) == ("Le ministre annonce vendredi.", secretary)
    before = snapshot()
    assert (tick(scheduled.publish_at), snapshot()) == (0, before)
    assert (
        refusal(actions.cancel_publication, session, reason="x", actor=secretary) == "Aucune publication n’est prévue."
    )


def test_an_instant_is_set_once_to_come_on_frozen_decisions_by_the_secretary(scene):
    at, secretary, session = clock.now(), scene.secretary, scene.session
    said = {"publish_at": at + IN_TWO_HOURS, "actor": secretary}
    assert "pas le droit" in refusal(actions.schedule_publication, session, **(said | {"actor": scenes.instructor()}))
    assert "passé" in refusal(actions.schedule_publication, session, **(said | {"publish_at": at}))
    early = scenes.a_session(scenes.a_closed_call("AUTRE-2026"))
    assert "Évaluation en cours" in refusal(actions.schedule_publication, early, **said)
    actions.schedule_publication(session, **said)
    assert "déjà prévue" in refusal(actions.schedule_publication, session, **said)
    assert "annulez-la pour publier" in refusal(actions.publish_results, session, actor=secretary)


def test_an_instant_set_before_another_freezing_is_void(scheduled):
    frozen_at = clock.now() + dt.timedelta(minutes=5)
    Session.objects.filter(pk=scheduled.session.pk).update(frozen_at=frozen_at)
    assert (tick(scheduled.publish_at), Session.objects.get(pk=scheduled.session.pk).scheduled_at) == (0, None)


def test_the_page_shows_what_will_be_done_sets_it_and_takes_it_back(scene):
    client, url = client_of(scene.secretary), reverse("admin:staff_jury_schedule", args=[scene.call.code])
    day = clock.today() + dt.timedelta(days=2)
    typed = {"day": day.isoformat(), "time": "09:30"}
    assert "Fixez l’instant" in client.get(url).content.decode()
    assert client.post(url, {"day": "hier", "time": "25:00"}).status_code == 422
    shown = client.post(url, typed)
    assert (shown.status_code, "Fixer cet instant" in shown.content.decode()) == (200, True)
    assert Session.objects.get(pk=scene.session.pk).publish_at is None
    past = client.post(url, typed | {"day": (clock.today() - dt.timedelta(days=1)).isoformat()}).content.decode()
    assert ("Cet instant est passé" in past, "Fixer cet instant</button>" in past) == (True, False)
    page = client.post(url, typed | {"confirme": "oui"}, follow=True).content.decode()
    assert "Annuler cette publication" in page
    assert clock.paris(Session.objects.get(pk=scene.session.pk).publish_at).strftime("%d %H:%M") == f"{day:%d} 09:30"
    publish = client.get(reverse("admin:staff_jury_publish", args=[scene.call.code]))
    assert "La publication est prévue" in publish.context["confirmation"].obstacles[0]
    assert client.post(url, {"annuler": "oui", "reason": ""}).status_code == 422
    assert "est annulée" in client.post(url, {"annuler": "oui", "reason": "Report."}, follow=True).content.decode()
    actions.publish_results(scene.session, actor=scene.secretary)
    assert client.get(url).status_code == 302


def test_a_publication_leaves_the_letters_of_before_it_as_they_were(scene):
    """A dossier once refused, then taken up again, has had a letter: it is neither counted nor released anew."""
    earlier = clock.now() - dt.timedelta(days=30)
    document = store.keep(
        "letter", subject="R", content=b"%PDF-0", filename="l.pdf", media_type="application/pdf", at=earlier
    )
    kept = {"dossier": scene.second, "number": 5, "kind": "ineligible", "document": document, "released_at": earlier}
    old = Letter.objects.create(**kept)
    Letter.objects.filter(dossier=scene.second, kind="rejected").delete()
    assert "pas encore prêtes" in refusal(actions.publish_results, scene.session, actor=scene.secretary)
    build(scene.second)
    actions.publish_results(scene.session, actor=scene.secretary)
    old.refresh_from_db()
    assert old.released_at == earlier
