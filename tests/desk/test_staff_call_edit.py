"""A call edited in the portal by the route of its file: shown first, done once, never over a colleague's edit."""

import datetime as dt
import json
from pathlib import Path

import pytest
import time_machine
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.desk.calls.copying import duplicate_call
from ami_portal.desk.staff.chapters import CHAPTERS
from ami_portal.kernel import clock
from ami_portal.kernel.text import sha256_of
from ami_portal.workflow import TransitionRefused
from applications.models import CalendarMove, Call, CallLoad
from tests import people, scenes
from tests.calls.written_back import plan_written_back

from .forms_read import posted
from .staff_rows import text_of

OTHER = Path(__file__).resolve().parents[1] / "calls" / "ehds-2027.yaml"


@pytest.fixture
def admin(db):
    return people.staff(Role.ADMINISTRATOR)


@pytest.fixture
def call(db):
    return scenes.a_call()


@pytest.fixture
def client(admin):
    return people.client_of(admin)


def url(call, chapter="textes"):
    return reverse("admin:staff_call_edit", args=[call.code, chapter])


def typed(client, call, chapter="textes", **changes):
    """What the page would send, with some fields typed otherwise."""
    return posted(client.get(url(call, chapter))) | {name.replace("__", "-"): value for name, value in changes.items()}


def done(client, call, data, chapter="textes"):
    return client.post(url(call, chapter), data | {"confirme": "oui"}, follow=True)


@pytest.mark.parametrize("other", [False, True], ids=["real", "rounds"])
def test_pages_sent_back_untouched_change_nothing(client, other):
    call = calls.load(calls.read(OTHER)) if other else scenes.a_call()
    before = calls.dump(call)
    for chapter in CHAPTERS:
        page = client.post(url(call, chapter), typed(client, call, chapter), follow=True)
        assert "Rien n’a changé" in text_of(page), text_of(page)[400:1800]
    assert (calls.dump(call), AuditEvent.objects.filter(verb="call.edit").count()) == (before, 0)


def test_an_edit_is_shown_then_done_and_its_file_says_the_same(client, admin, call):
    data = typed(client, call, call__title="Données d’industriels", call__calendar__reminder_days="7, 21")
    data |= {"call-calendar-steps-2-removed": "on", "call-calendar-steps-4-label": "Bilan"}
    data |= {"call-calendar-steps-4-position": "1", "call-rules-0-text": "Toute personne morale."}
    shown = text_of(client.post(url(call), data))
    said = ["Titre", "Étapes – Bilan", "[retiré : results", "0 brouillon ouvert", "Revenir à la saisie"]
    assert [words for words in said if words not in shown] == []
    assert (Call.objects.get().title, AuditEvent.objects.filter(verb="call.edit").count()) == (call.title, 0)
    assert "est modifié" in text_of(done(client, call, data))
    call = Call.objects.get()
    assert (call.title, call.reminder_days) == ("Données d’industriels", [21, 7])
    assert [step["code"] for step in call.steps] == ["bilan", "eligibility", "jury", "funding"]
    event = AuditEvent.objects.get(verb="call.edit")
    assert (event.actor, event.data["replaced"]["call.title"][:5]) == (admin, "Appel")
    assert event.data["changed"] == [
        "call.title",
        "call.calendar.reminder_days",
        "call.calendar.steps",
        "call.rules",
    ]
    assert list(plan_written_back(call)) == ["AMI-DI-2026 : rien ne change."]
    assert "Données d’industriels" in text_of(people.client_of(None).get(reverse("call_detail", args=[call.code])))


def test_the_file_loaded_last_does_not_undo_an_edit(client, call):
    file = calls.dump(call)
    done(client, call, typed(client, call, call__title="Un autre titre"))
    assert CallLoad.objects.count() == 1
    assert "call.title a été modifié dans le portail ; le portail est gardé." in str(
        list(calls.plan(file, at=clock.now()))
    )


def test_a_date_that_was_read_moves_with_its_reason(client, call):
    data = typed(client, call, call__calendar__steps__1__ends_on="2027-06-30")
    refused = client.post(url(call), data)
    assert (refused.status_code, "le motif, que le public lira avec elle" in text_of(refused)) == (422, True)
    done(client, call, data | {"reason": "Le jury se réunit plus tard."})
    move = CalendarMove.objects.get()
    assert (move.date, move.after, move.by) == ("steps.jury.ends_on", "2027-06-30", call.operator)
    public = text_of(people.client_of(None).get(reverse("call_detail", args=[call.code])))
    assert "Jury : fin" in public
    assert "Le jury se réunit plus tard." in public


def test_the_opening_moves_until_it_comes_and_the_hours_are_those_of_paris(client, admin, call):
    copy = duplicate_call(call, code="DEUX", title="Deux", days=365, actor=admin)
    data = typed(client, copy, call__calendar__opens_at="2027-10-31T02:30")
    assert "une heure qui existe une seule fois" in text_of(client.post(url(copy), data))
    done(client, copy, data | {"call-calendar-opens_at": "2027-10-01T08:15"})
    copy.refresh_from_db()
    assert (copy.opens_at, CalendarMove.objects.count()) == (dt.datetime(2027, 10, 1, 6, 15, tzinfo=dt.UTC), 0)
    with time_machine.travel(copy.opens_at, tick=False):
        client = people.client_of(admin)
        sent = typed(client, copy, call__calendar__opens_at="2027-11-01T08:15")
        assert "Rien n’a changé" in text_of(client.post(url(copy), sent, follow=True))


def test_two_people_never_overwrite_each_other_unknowingly(client, call):
    mine = typed(client, call, call__title="Le mien", call__summary="Mon résumé.")
    done(client, call, typed(client, call, call__title="Le sien", call__purpose="Son objet."))
    stale = client.post(url(call), mine | {"confirme": "oui"})
    said = text_of(stale)
    assert (stale.status_code, "Administrator Martin a modifié cette partie" in said) == (409, True)
    assert ("[retiré : sien ]" in said, "[ajouté : mien ]" in said, "Son objet" in said) == (True, True, False)
    assert Call.objects.get().title == "Le sien"
    done(client, call, posted(stale))
    call = Call.objects.get()
    assert (call.title, call.summary, call.purpose) == ("Le mien", "Mon résumé.", "Son objet.")


def test_the_english_of_a_text_is_written_again_once_its_french_changed(client):
    call = calls.load(calls.read(OTHER))
    done(client, call, typed(client, call, call__title="Des outils pour l’espace européen"))
    assert "Tools for the European health data space" not in str(calls.dump(Call.objects.get())["translations"])
    data = typed(client, call, "anglais")
    french = next(name for name in data if name == f"en-call-{sha256_of('Des outils pour l’espace européen')[:16]}")
    shown = text_of(client.post(url(call, "anglais"), data | {french: "Tools for the European space"}))
    assert "Anglais de « Des outils pour l’espace européen » [ajouté : Tools" in shown
    done(client, call, data | {french: "Tools for the European space"}, "anglais")
    call = Call.objects.get()
    assert call.translations["Des outils pour l’espace européen"] == "Tools for the European space"
    assert list(plan_written_back(call)) == ["EHDS-2027 : rien ne change."]


def test_a_call_begins_and_ceases_to_let_dossiers_be_completed(client, call):
    done(client, call, typed(client, call, call__completion__days="5", call__completion__working_days="on"))
    assert Call.objects.get().completion == {"days": 5, "working_days": True}
    done(client, call, typed(client, call, call__completion__days=""))
    assert Call.objects.get().completion == {}


REFUSED = [
    ({"call-title": ""}, "Intitulé : Ce champ est obligatoire"),
    ({"call-contact": "nulle-part"}, "Adresse électronique de contact : Saisissez une adresse"),
    ({"call-calendar-reminder_days": "7, demain"}, "séparés par des virgules"),
    ({"call-calendar-reminder_days": "400"}, "attendu : un nombre de jours avant la clôture"),
    ({"call-calendar-steps-0-ends_on": "2020-01-01"}, "Fin : L’étape finit avant de commencer"),
    ({"supports-0-removed": "on"}, "Le choix « FUNDING » n’est pas dans supports"),
    ({"seen": "pas du json"}, "a modifié cette partie"),
]


def test_what_would_not_hold_is_said_beside_its_field_and_nothing_typed_is_lost(client, call):
    data = typed(client, call, call__summary="<b>Tapé</b>")
    for changes, words in REFUSED:
        page = client.post(url(call), data | changes)
        assert (page.status_code in (409, 422), words in text_of(page)) == (True, True), words
        assert "&lt;b&gt;Tapé&lt;/b&gt;" in page.content.decode()
    assert AuditEvent.objects.filter(verb="call.edit").count() == 0


def test_a_line_is_added_and_the_text_taken_up_again_without_a_judgement(client, call):
    data = typed(client, call, call__title="")
    more = client.post(url(call), data | {"ajouter": "call-rules"})
    assert (more.status_code, "Ce champ est obligatoire" in text_of(more)) == (200, False)
    assert int(posted(more)["call-rules-nombre"]) == int(data["call-rules-nombre"]) + 1
    again = posted(client.post(url(call), data | {"revoir": "oui"}))
    assert json.loads(again["seen"]) == json.loads(data["seen"])
    assert again["call-title"] == ""


def test_an_edit_is_the_administrators(call):
    edit = calls.Edit((("call", "title"),), {}, dict)
    with pytest.raises(TransitionRefused, match="droit"):
        calls.edit_call(call, edit, actor=people.staff(Role.INSTRUCTOR))
    assert people.client_of(people.staff(Role.INSTRUCTOR, email="i@hdh.example")).get(url(call)).status_code == 403


def with_rounds(client, call):
    """What the page would send once two rounds are written on it."""
    data = typed(client, call) | {"ajouter": "call-calendar-rounds"}
    data = posted(client.post(url(call), data))
    for rank, (name, opens, closes) in enumerate(
        [("Printemps", "2028-03-01T09:00", "2028-03-31T18:00"), ("Automne", "2028-09-01T09:00", "2028-10-02T18:00")]
    ):
        prefix = f"call-calendar-rounds-{rank}"
        data |= {f"{prefix}-label": name, f"{prefix}-opens_at": opens, f"{prefix}-closes_at": closes}
    return data


def test_a_call_is_given_rounds_then_loses_them_by_the_route_of_its_file(client, admin, call):
    copy = duplicate_call(call, code="TOURS", title="Deux tours", days=500, actor=admin)
    before = calls.dump(copy)
    shown = text_of(client.post(url(copy), with_rounds(client, copy)))
    assert [words for words in ("Printemps", "Automne") if words not in shown] == []
    done(client, copy, with_rounds(client, copy))
    copy.refresh_from_db()
    assert [window.label for window in copy.windows] == ["Printemps", "Automne"]
    assert (copy.opens_at, copy.closes_at) == (copy.windows[0].opens_at, copy.windows[1].closes_at)
    assert list(plan_written_back(copy)) == ["TOURS : rien ne change."]
    data = typed(client, copy)
    assert "call-calendar-opens_at" not in data
    done(client, copy, data | {f"call-calendar-rounds-{rank}-removed": "on" for rank in (0, 1)})
    copy.refresh_from_db()
    assert (copy.rounds, len(copy.windows)) == ([], 1)
    again = calls.dump(copy)
    dates = {"opens_at", "closes_at"}
    assert {key: value for key, value in again["call"]["calendar"].items() if key not in dates} == {
        key: value for key, value in before["call"]["calendar"].items() if key not in dates
    }


def test_rounds_of_a_call_that_the_public_has_read_say_why(client, admin, call):
    copy = duplicate_call(call, code="TOURS", title="Deux tours", days=500, actor=admin)
    Call.objects.filter(pk=copy.pk).update(published_at=clock.now())
    data = with_rounds(client, copy)
    assert "le motif, que le public lira avec elle" in text_of(client.post(url(copy), data))
    done(client, copy, data | {"reason": "Deux périodes conviennent mieux."})
    moves = list(CalendarMove.objects.filter(call=copy).values_list("date", "before").order_by("date"))
    names = [f"rounds.{code}.{side}" for code in ("automne", "printemps") for side in ("closes_at", "opens_at")]
    assert moves == [(name, "") for name in names]
    removed = {f"call-calendar-rounds-{rank}-removed": "on" for rank in (0, 1)} | {"reason": "Non."}
    refused = client.post(url(copy), typed(client, copy) | removed)
    assert refused.status_code == 422  # what everybody read has its history
    assert len(Call.objects.get(code="TOURS").windows) == 2


def test_an_open_call_is_given_no_round(client, call):
    assert "call-calendar-rounds-nombre" not in typed(client, call)
