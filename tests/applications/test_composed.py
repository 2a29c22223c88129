"""A composed answer: its parts are saved, contested, read and frozen one by one."""

import pytest

from ami_portal.questionnaire.answers import Address
from applications import actions, drafts, freezing, reading
from applications.actions import StaleAnswer
from applications.enums import MemberRole
from applications.models import Answer
from evaluation.facts import facts_of
from tests import people
from tests.applications import small

pytestmark = pytest.mark.django_db
SHOWN = (
    "Prénom : Claire\nNom : <b>Martin</b>\nAdresse électronique : c.martin@labo.example\nORCID : 0000-0002-1825-0097"
)
CONTACT = {
    "given_name": "Claire",
    "family_name": "<b>Martin</b>",
    "email": "c.martin@labo.example",
    "orcid": "https://orcid.org/0000-0002-1825-0097",
}


@pytest.fixture
def draft():
    owner = people.a_person("claire@labo.example")
    dossier = small.a_full_draft(small.a_small_call(), owner)
    dossier.owner = owner
    return dossier


def type_parts(dossier, **parts):
    for part, raw in parts.items():
        small.type_in(dossier, "contact", raw, actor=dossier.owner, column=part)


def test_two_people_on_two_parts_never_collide_and_on_one_part_both_texts_are_told(draft):
    colleague = people.a_person("paul@labo.example")
    actions.invite_member(draft, colleague.email, MemberRole.EDITOR, actor=draft.owner)
    name, email = Address("contact", "", "given_name"), Address("contact", "", "email")
    actions.save_answer(draft, name, "Claire", seen_version=0, actor=draft.owner)
    actions.save_answer(draft, email, "paul@labo.example", seen_version=0, actor=colleague)
    with pytest.raises(StaleAnswer) as stale:
        actions.save_answer(draft, name, "Paul", seen_version=0, actor=colleague)
    assert (stale.value.typed, stale.value.version) == ("Claire", 1)
    kept = Answer.objects.filter(dossier=draft, question="contact").values_list("column", "value", "version")
    assert sorted(kept) == [("email", "paul@labo.example", 1), ("given_name", "Claire", 1)]


@pytest.mark.parametrize(
    "address", [Address("contact"), Address("contact", "", "age"), Address("contact", "1", "email")]
)
def test_only_its_parts_can_be_saved(draft, address):
    with pytest.raises(KeyError):
        actions.save_answer(draft, address, "x", seen_version=0, actor=draft.owner)


def test_a_facultative_person_begun_is_asked_for_whole(draft):
    assert drafts.load(draft).completeness.is_complete
    type_parts(draft, email="c.martin@labo")
    assert [(str(item.address), item.label) for item in drafts.load(draft).completeness.missing] == [
        ("contact.given_name", "Responsable scientifique – Prénom"),
        ("contact.family_name", "Responsable scientifique – Nom"),
        ("contact.email", "Responsable scientifique – Adresse électronique"),
    ]


def test_the_page_shows_each_part_as_a_field_and_saves_it_without_a_script(draft):
    client = people.client_of(draft.owner)
    address = f"/dossiers/{draft.ref}/rubriques/annexes"
    page = client.get(address).content.decode()
    for part in CONTACT:
        assert page.count(f'name="q.contact.{part}"') == 1
        assert f'id="q-contact.{part}"' in page
    sent = {f"q.contact.{part}": raw for part, raw in CONTACT.items()} | {
        f"v.contact.{part}": "0:x" for part in CONTACT
    }
    assert client.post(address, sent).status_code == 302
    page = client.get(address).content.decode()
    assert 'value="&lt;b&gt;Martin&lt;/b&gt;"' in page
    assert 'value="0000-0002-1825-0097"' in page


def test_it_is_frozen_as_it_is_read_and_told_to_checks(draft):
    type_parts(draft, **CONTACT)
    version = actions.submit_dossier(draft, actor=draft.owner)
    item = reading.frozen(version).item("contact")
    assert item.value == CONTACT | {"orcid": "0000-0002-1825-0097"}
    assert (item.shown, item.is_empty) == (SHOWN, False)
    assert reading.frozen(version).item("partner").is_empty
    version.dossier.call.regulation = {}
    facts = facts_of(version)
    assert (facts.progress.missing, facts.answers["contact"]["family_name"]) == ((), "<b>Martin</b>")


def test_a_preview_shows_the_text_as_typed(draft):
    type_parts(draft, **CONTACT)
    page = people.client_of(draft.owner).get(f"/dossiers/{draft.ref}/apercu").content.decode()
    assert "Nom : &lt;b&gt;Martin&lt;/b&gt;<br>" in page
    content = freezing.content_of(draft, drafts.load(draft))
    assert reading.parse(content).item("contact").shown == SHOWN
