"""A dataset joins an open call; a call is copied as the start of the next, which the public does not see yet."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.desk.calls.copying import duplicate_call
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.questionnaire import editing
from ami_portal.questionnaire.editing import Place
from ami_portal.questionnaire.models import FormRevision
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.actions.building import Change, digest_of
from applications.models import Call
from datasets.models import Dataset, DatasetVersion
from tests import people, scenes
from tests.applications import small

from .staff_rows import text_of


@pytest.fixture
def admin(db):
    return people.staff(Role.ADMINISTRATOR)


@pytest.fixture
def client(admin):
    return people.client_of(admin)


def url(name, call):
    return reverse(f"admin:{name}", args=[call.code])


def another(published=True):
    dataset = Dataset.objects.create(code="base-c", title="Base C", partner=Dataset.objects.first().partner)
    at = clock.now() if published else None
    return DatasetVersion.objects.create(dataset=dataset, version="1", summary="Une autre.", published_at=at)


# Datasets


def test_a_dataset_joins_and_those_who_draft_are_told(admin, client):
    call, owner = small.a_small_call(), people.a_person("claire@labo.example")
    dossier = actions.start_dossier(call, actor=owner)
    DatasetVersion.objects.update(published_at=clock.now())
    assert "Toutes les bases décrites au catalogue" in text_of(client.get(url("staff_call_datasets", call)))
    version = another()
    page = text_of(client.get(url("staff_call_datasets", call)))
    assert ("Base C" in page, "1 brouillon" in page) == (True, True)
    refused = client.post(url("staff_call_datasets", call), {"version": ""})
    assert (refused.status_code, "1 point à corriger" in text_of(refused)) == (422, True)
    done = client.post(url("staff_call_datasets", call), {"version": version.pk}, follow=True)
    assert "« Base C » rejoint l’appel" in text_of(done)
    scenes.run_jobs()
    mail = Message.objects.get(kind="applications.dataset_opened")
    assert (mail.to_email, mail.subject_ref) == (owner.email, dossier.ref)
    event = AuditEvent.objects.get(verb="call.open_dataset")
    assert (event.subject, event.actor, event.data) == (call.code, admin, {"dataset": "base-c", "version": "1"})
    small.type_in(dossier, "datasets", ["base-c"], actor=owner)
    assert dossier.dossier_datasets.get().version == version


@pytest.mark.parametrize(
    ("prepare", "sentence"),
    [
        (lambda call: another(published=False), "n’est pas publiée"),
        (lambda call: call.call_datasets.first().version, "déjà ouverte"),
        (lambda call: Call.objects.update(closes_at=clock.now()) and another(), "clos"),
    ],
)
def test_a_dataset_that_cannot_join(admin, prepare, sentence):
    call = small.a_small_call()
    DatasetVersion.objects.update(published_at=clock.now())
    with pytest.raises(TransitionRefused, match=sentence):
        actions.open_dataset(call, prepare(call), actor=admin)


# A form revised here


def test_a_form_published_here_is_written_back_in_the_calls_file_and_loads_as_it_is(admin):
    call = scenes.a_call()
    actions.start_form_draft(call, actor=admin)
    node = {"code": "why", "type": "choice", "label": "Pourquoi ?", "options": [{"code": "a", "label": "Utile"}]}
    change = Change("add", Place(question="why"), lambda form: editing.added(form, Place("lead"), node))
    draft = actions.edit_form_draft(call, change, actor=admin)
    revision = actions.publish_form(call, seen=digest_of(draft), actor=admin)
    loaded = calls.load(calls.dump(Call.objects.get(pk=call.pk)), actor=admin)
    assert (loaded.form_revision, FormRevision.objects.filter(code=revision.code).count()) == (revision, 2)


# The next call


def test_a_call_is_the_start_of_the_next(admin, client):
    call = scenes.a_call("AMI-DI-2026")
    assert "AMI-DI-2026" in text_of(client.get(url("staff_call_duplicate", call)))
    sent = {"code": "AMI-DI-2027", "title": "L’appel suivant", "days": "365"}
    page = client.post(url("staff_call_duplicate", call), sent, follow=True)
    assert "Pas encore public" in text_of(page)
    copy = Call.objects.get(code="AMI-DI-2027")
    one, other = calls.dump(call), calls.dump(copy)
    for config in (one, other):
        config["call"] |= {"code": "", "title": "", "calendar": ""}
        config["regulation"]["works_start_after"] = ""
    assert one == other
    assert clock.paris(copy.closes_at).replace(tzinfo=None) - clock.paris(call.closes_at).replace(
        tzinfo=None
    ) == dt.timedelta(days=365)
    assert copy.form_revision == call.form_revision
    event = AuditEvent.objects.get(verb="call.duplicate")
    assert (event.subject, event.data) == (copy.code, {"source": call.code, "days": 365})


def test_the_public_sees_a_copy_once_it_is_published_or_opens(admin, client):
    copy = duplicate_call(scenes.a_call("UN"), code="DEUX", title="L’appel caché", days=365, actor=admin)
    visitor, owner = people.client_of(None), people.client_of(people.a_person())
    pages = [
        (visitor, reverse("call_detail", args=["DEUX"])),
        (visitor, reverse("call_form", args=["DEUX"])),
        (owner, reverse("applications:dossier_start", args=["DEUX"])),
    ]
    assert [who.get(address).status_code for who, address in pages] == [404, 404, 404]
    assert "L’appel caché" not in text_of(visitor.get("/"))
    with time_machine.travel(copy.opens_at, tick=False):
        assert visitor.get(pages[0][1]).status_code == 200
    assert "Rendre l’appel public" in text_of(client.get(url("staff_call_publish", copy)))
    for _ in range(2):
        client.post(url("staff_call_publish", copy))
    assert [who.get(address).status_code for who, address in pages] == [200, 200, 200]
    assert AuditEvent.objects.filter(verb="call.publish").count() == 1
    assert "est déjà public" in text_of(client.get(url("staff_call_publish", copy), follow=True))


@pytest.mark.parametrize(
    ("changes", "sentence"),
    [
        ({"code": "ami 2027"}, "Écrivez des majuscules"),
        ({"code": "AMI-DI-2026"}, "porte déjà ce code"),
        ({"days": "0"}, "supérieure ou égale à 1"),
        ({"days": "3"}, "L’ouverture serait déjà passée"),
        ({"title": ""}, "Ce champ est obligatoire"),
    ],
)
def test_a_copy_that_cannot_be_is_said_and_nothing_typed_is_lost(client, changes, sentence):
    call = scenes.a_call("AMI-DI-2026")
    sent = {"code": "AMI-DI-2027", "title": "Un titre tapé", "days": "365"} | changes
    page = client.post(url("staff_call_duplicate", call), sent)
    assert (page.status_code, sentence in text_of(page)) == (422, True)
    assert f'value="{sent["code"]}"' in page.content.decode()
    assert Call.objects.count() == 1


def test_these_acts_are_the_administrators(admin):
    call, other = small.a_small_call(), people.staff(Role.INSTRUCTOR)
    for act in (
        lambda: actions.open_dataset(call, call.call_datasets.first().version, actor=other),
        lambda: actions.publish_call(call, actor=other),
        lambda: duplicate_call(call, code="X", title="X", days=1, actor=other),
    ):
        with pytest.raises(TransitionRefused, match="droit"):
            act()
