"""Sections given to members: who holds what, what « prête » means, who is told, and what the pages show."""

import datetime as dt

import pytest
import time_machine
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts
from applications.actions import NotEditable
from applications.actions.sharing import WAIT
from applications.enums import MemberRole
from applications.models import GivenSection
from applications.sharing import given_in, team_of
from tests import people
from tests.applications import small
from tests.applications.test_pages import queries_of
from tests.documents import files

PAUL, ANNE = "paul@labo.example", "anne@labo.example"


def an_editor(dossier, owner, email):
    actions.invite_member(dossier, email, MemberRole.EDITOR, actor=owner)
    return people.a_person(email)


@pytest.fixture
def paul(dossier, owner):
    return an_editor(dossier, owner, PAUL)


def address(name, dossier, **more):
    return reverse(f"applications:{name}", kwargs={"ref": dossier.ref, **more})


def held(dossier):
    return dict(dossier.given_sections.order_by("section").values_list("section", "member__email"))


def state(dossier, user, section="project"):
    dossier.refresh_from_db()
    return given_in(team_of(dossier), drafts.load(dossier), user)[section].state


def tell(minutes=6):
    at = clock.now() + dt.timedelta(minutes=minutes)
    with time_machine.travel(at, tick=False):
        return actions.tell_sharing(at=at)


def told(kind="applications.sections_shared"):
    return list(Message.objects.filter(kind=kind).order_by("pk").values_list("to_email", "title"))


# Giving


def test_a_section_is_given_and_no_one_is_locked_out(dossier, owner, paul):
    actions.give_section(dossier, "project", PAUL, actor=owner)
    actions.give_section(dossier, "project", PAUL, actor=owner)  # twice is once
    assert held(dossier) == {"project": PAUL}
    for person in (owner, paul):
        assert small.type_in(dossier, "title", f"De {person.first_name}", actor=person).version
    event = AuditEvent.objects.get(verb="dossier.give_section")
    assert (event.actor, event.data["section"], "paul" in str(event.data)) == (owner, "project", False)


def test_given_to_another_what_was_said_of_it_is_forgotten(dossier, owner, paul):
    an_editor(dossier, owner, ANNE)
    actions.give_section(dossier, "project", PAUL, actor=owner)
    actions.mark_section_ready(dossier, "project", actor=paul)
    actions.give_section(dossier, "project", ANNE, actor=owner)
    assert (held(dossier), state(dossier, owner)) == ({"project": ANNE}, "pas encore prête")
    for _ in range(2):
        actions.take_section(dossier, "project", actor=owner)
    assert held(dossier) == {}
    assert AuditEvent.objects.filter(verb="dossier.take_section").count() == 1


@pytest.mark.parametrize("email", [PAUL, "claire@labo.example", "inconnue@labo.example"])
def test_a_section_is_given_to_an_editor_only(dossier, owner, email):
    actions.invite_member(dossier, PAUL, MemberRole.READER, actor=owner)
    with pytest.raises(TransitionRefused, match="à un rédacteur"):
        actions.give_section(dossier, "project", email, actor=owner)
    assert held(dossier) == {}


def test_only_the_owner_gives_in_a_draft_that_is_open(dossier, owner, paul):
    for act in (actions.take_section, lambda *args, actor: actions.give_section(*args, PAUL, actor=actor)):
        with pytest.raises(TransitionRefused, match="droit"):
            act(dossier, "project", actor=paul)
        with pytest.raises(KeyError):
            act(dossier, "inconnue", actor=owner)
        with time_machine.travel(dossier.closes_at, tick=False), pytest.raises(NotEditable):
            act(dossier, "project", actor=owner)


def test_several_are_given_together_or_none(dossier, owner, paul):
    actions.give_section(dossier, "annexes", PAUL, actor=owner)
    with pytest.raises(TransitionRefused, match="à un rédacteur"):
        actions.share_sections(dossier, {"project": PAUL, "annexes": "", "budget": ANNE}, actor=owner)
    assert held(dossier) == {"annexes": PAUL}
    actions.share_sections(dossier, {"project": PAUL, "annexes": ""}, actor=owner)
    assert held(dossier) == {"project": PAUL}


# Leaving


def test_who_leaves_or_only_reads_holds_nothing(dossier, owner, paul):
    anne = an_editor(dossier, owner, ANNE)
    actions.share_sections(dossier, {"project": PAUL, "budget": ANNE}, actor=owner)
    actions.invite_member(dossier, PAUL, MemberRole.EDITOR, actor=owner)  # again: nothing changes
    assert held(dossier) == {"budget": ANNE, "project": PAUL}
    actions.invite_member(dossier, PAUL, MemberRole.READER, actor=owner)
    actions.remove_member(dossier.members.get(email=anne.email), actor=owner)
    assert held(dossier) == {}


def test_a_handover_keeps_what_is_given(dossier, owner, paul):
    an_editor(dossier, owner, ANNE)
    actions.share_sections(dossier, {"project": PAUL, "budget": ANNE}, actor=owner)
    actions.mark_section_ready(dossier, "project", actor=paul)
    actions.hand_over_dossier(dossier.members.get(email=PAUL), actor=owner)
    assert (held(dossier), state(dossier, paul)) == ({"budget": ANNE, "project": PAUL}, "prête à relire")
    actions.give_section(dossier, "project", owner.email, actor=paul)
    assert held(dossier)["project"] == owner.email


# Ready


def test_ready_says_what_is_missing_and_twice_is_once(dossier, owner, paul):
    actions.give_section(dossier, "project", PAUL, actor=owner)
    assert [actions.mark_section_ready(dossier, "project", actor=paul) for _ in range(2)] == [5, 5]
    assert state(dossier, owner) == "prête à relire"
    event = AuditEvent.objects.get(verb="dossier.mark_ready")
    assert (event.actor, event.data) == (paul, {"section": "project", "missing": 5})


def test_only_its_holder_says_it_ready(dossier, owner, paul):
    an_editor(dossier, owner, ANNE)
    actions.give_section(dossier, "project", ANNE, actor=owner)
    for person in (owner, paul):
        with pytest.raises(TransitionRefused, match="pas confiée"):
            actions.mark_section_ready(dossier, "project", actor=person)
    with pytest.raises(TransitionRefused, match="pas confiée"):
        actions.unmark_section_ready(dossier, "project", actor=paul)
    with time_machine.travel(dossier.closes_at, tick=False), pytest.raises(NotEditable):
        actions.mark_section_ready(dossier, "project", actor=paul)


def test_any_later_edit_by_anyone_shows(call, owner):
    dossier = small.a_full_draft(call, owner)
    paul = an_editor(dossier, owner, PAUL)
    row = str(dossier.rows.get(question="costs").row)
    protocol = dossier.attachments.get(question="protocol")
    changes = [
        ("project", lambda: small.type_in(dossier, "title", "Autre", actor=owner)),
        ("budget", lambda: small.type_in(dossier, "costs", "Autre", actor=owner, row=row, column="what")),
        ("budget", lambda: actions.add_row(dossier, "costs", actor=owner)),
        ("budget", lambda: actions.remove_row(dossier, "costs", row, actor=paul)),
        ("annexes", lambda: small.type_in(dossier, "contact", "Anne", actor=owner, column="family_name")),
        ("annexes", lambda: actions.deposit_file(dossier, "cv", files.uploaded(), actor=owner)),
        ("annexes", lambda: actions.remove_file(protocol, actor=owner)),
    ]
    codes = ("project", "budget", "annexes")
    actions.share_sections(dossier, dict.fromkeys(codes, PAUL), actor=owner)
    for section, act in changes:
        for code in codes:
            actions.mark_section_ready(dossier, code, actor=paul)
        act()
        expected = dict.fromkeys(codes, "prête à relire") | {section: "modifiée depuis"}
        assert {code: state(dossier, owner, code) for code in codes} == expected


def test_the_same_content_again_is_ready_again(call, owner):
    dossier = small.a_full_draft(call, owner)
    paul = an_editor(dossier, owner, PAUL)
    actions.share_sections(dossier, {"project": PAUL, "budget": PAUL}, actor=owner)
    for code in ("project", "budget"):
        actions.mark_section_ready(dossier, code, actor=paul)
    row = str(dossier.rows.get(question="costs").row)
    small.type_in(dossier, "linkage_other", "", actor=paul)
    small.type_in(dossier, "title", "Autre", actor=owner)
    actions.remove_row(dossier, "costs", row, actor=owner)
    assert [state(dossier, owner, code) for code in ("project", "budget")] == ["modifiée depuis"] * 2
    small.type_in(dossier, "title", small.ANSWERS["title"], actor=owner)
    actions.restore_row(dossier, "costs", row, actor=owner)
    assert [state(dossier, owner, code) for code in ("project", "budget")] == ["prête à relire"] * 2


def test_the_owner_sends_it_back_and_its_holder_is_told_once(dossier, owner, paul):
    actions.give_section(dossier, "project", PAUL, actor=owner)
    actions.mark_section_ready(dossier, "project", actor=paul)
    for _ in range(2):
        actions.unmark_section_ready(dossier, "project", actor=owner)
    assert state(dossier, owner) == "pas encore prête"
    assert told("applications.section_to_finish") == [(PAUL, f"{dossier.ref} – une rubrique est à reprendre")]
    mail = Message.objects.get(kind="applications.section_to_finish")
    assert address("dossier_section", dossier, section="project") in mail.body
    actions.mark_section_ready(dossier, "project", actor=paul)
    actions.unmark_section_ready(dossier, "project", actor=paul)
    assert len(told("applications.section_to_finish")) == 1


# The form


def test_hidden_and_vanished_sections_are_not_listed_and_come_back(call, dossier, owner, paul):
    asked = {"question": "linkage", "values": ["snds"]}
    sections = small.FORM["sections"]
    actions.share_sections(dossier, {"project": PAUL, "annexes": PAUL}, actor=owner)

    def listed():
        dossier.refresh_from_db()
        return list(given_in(team_of(dossier), drafts.load(dossier), owner))

    small.revise(call, {"sections": [*sections[:2], sections[2] | {"shown_if": asked}]})
    assert listed() == ["project"]
    small.type_in(dossier, "linkage", ["snds"], actor=owner)
    assert listed() == ["project", "annexes"]
    small.revise(call, {"sections": sections[:2]})
    assert listed() == ["project"]
    page = people.client_of(paul).get(address("dossier_detail", dossier)).content.decode()
    assert address("dossier_section", dossier, section="annexes") not in page
    small.revise(call, {"sections": [*sections, small.FORM["sections"][2] | {"code": "more", "questions": [
        {"code": "extra", "type": "text", "label": "Plus"}]}]})  # fmt: skip
    assert listed() == ["project", "annexes"]


# Mails


def test_one_mail_tells_all_that_was_given_in_a_few_minutes(dossier, owner, paul):
    start = clock.now()
    for minute, section in enumerate(("project", "budget", "annexes")):
        with time_machine.travel(start + dt.timedelta(minutes=minute), tick=False):
            actions.give_section(dossier, section, PAUL, actor=owner)
    with time_machine.travel(start, tick=False):
        assert [tell(4), tell(5), tell(5), tell(60)] == [0, 1, 0, 0]
    assert told() == [(PAUL, f"{dossier.ref} – 3 rubriques à rédiger")]
    mail = Message.objects.get(kind="applications.sections_shared")
    for words in ("- Projet\n- Budget\n- Annexes", "n’est pas déposé", address("dossier_detail", dossier)):
        assert words in mail.body


def test_the_owner_learns_once_a_day_that_all_is_ready(dossier, owner, paul):
    anne, noon = an_editor(dossier, owner, ANNE), clock.from_paris(clock.today(), dt.time(12))
    actions.share_sections(dossier, {"project": PAUL, "budget": ANNE}, actor=owner)
    expected = (owner.email, f"{dossier.ref} – les rubriques confiées sont prêtes à relire")
    for hours, count in ((0, 1), (1, 1), (24, 2)):
        with time_machine.travel(noon + dt.timedelta(hours=hours), tick=False):
            actions.mark_section_ready(dossier, "project", actor=paul)
            if not hours:
                assert told("applications.sections_ready") == []
            actions.mark_section_ready(dossier, "budget", actor=anne)
            assert told("applications.sections_ready") == [expected] * count
            actions.unmark_section_ready(dossier, "budget", actor=anne)


def test_what_is_given_and_taken_back_at_once_is_not_told(dossier, owner, paul):
    actions.give_section(dossier, "project", PAUL, actor=owner)
    actions.take_section(dossier, "project", actor=owner)
    assert (tell(), told()) == (1, [])
    actions.give_section(dossier, "project", PAUL, actor=owner)
    tell()
    actions.share_sections(dossier, {"project": "", "budget": PAUL}, actor=owner)
    tell()
    assert told()[1:] == [(PAUL, f"{dossier.ref} – 1 rubrique à rédiger")]
    body = Message.objects.filter(kind="applications.sections_shared").order_by("pk").last().body
    assert "ne vous est plus confiée ; ce que vous y avez écrit reste dans le dossier :\n- Projet" in body
    actions.invite_member(dossier, PAUL, MemberRole.READER, actor=owner)
    tell()
    assert told()[2:] == [(PAUL, f"{dossier.ref} – vos rubriques ont changé")]


def test_nothing_is_told_of_a_dossier_that_is_closed(dossier, owner, paul):
    with time_machine.travel(dossier.closes_at - dt.timedelta(minutes=1), tick=False):
        actions.give_section(dossier, "project", PAUL, actor=owner)
        assert (tell(), told()) == (1, [])


@pytest.mark.parametrize("count", [1, 3])
def test_a_quiet_minute_asks_one_question(dossier, owner, count, django_assert_num_queries):
    for number in range(count):
        an_editor(dossier, owner, f"p{number}@labo.example")
        actions.give_section(dossier, ("project", "budget", "annexes")[number], f"p{number}@labo.example", actor=owner)
    with django_assert_num_queries(1):
        actions.tell_sharing(at=clock.now() + WAIT / 2)


# Pages


def test_from_the_team_page_only_what_was_changed_changes(dossier, owner, paul):
    client, url = people.client_of(owner), address("sections_give", dossier)
    actions.give_section(dossier, "annexes", PAUL, actor=owner)  # since the page was shown
    sent = {"give.project": PAUL, "seen.project": "", "give.annexes": "", "seen.annexes": "", "give.autre": PAUL}
    page = client.post(url, sent, follow=True).content.decode()
    assert "La répartition est enregistrée." in page
    assert held(dossier) == {"annexes": PAUL, "project": PAUL}
    assert "Rien n’a changé." in client.post(url, {}, follow=True).content.decode()
    refused = client.post(url, {"give.project": ANNE, "seen.project": PAUL}, follow=True).content.decode()
    assert "à un rédacteur de l’équipe" in refused
    assert people.client_of(paul).post(url, sent).status_code == 403
    removed = client.post(address("member_remove", dossier), {"email": PAUL}, follow=True).content.decode()
    assert "Ses rubriques vous reviennent : Projet, Annexes." in removed
    assert GivenSection.objects.count() == 0


def test_from_the_page_of_the_section_and_back(dossier, owner, paul):
    url = address("dossier_section", dossier, section="project")
    answer = people.client_of(owner).post(url, {"section_give": "1", "give_to": PAUL}, follow=True)
    for words in ("C’est noté.", "Rubrique confiée à <strong>Paul Martin</strong>", "pas encore prête"):
        assert words in answer.content.decode()
    theirs = people.client_of(paul)
    page = theirs.get(url).content.decode()
    for words in ("Cette rubrique vous est confiée.", "Il y manque 5 points : vous pouvez la dire prête"):
        assert words in page
    typed = {"v.title": "0:", "q.title": "De Paul", "section_ready": "1"}  # without a script: saved, then ready
    page = theirs.post(url, typed, follow=True).content.decode()
    assert "dite prête à relire ; il y manque encore 4 points." in page
    overview = people.client_of(owner).get(address("dossier_detail", dossier)).content.decode()
    for words in ("1 rubrique prête à relire, sur 1 confiée.", "Confiée à Paul Martin", "prête à relire"):
        assert words in overview
    assert "Vos rubriques" in theirs.get(address("dossier_detail", dossier)).content.decode()
    live = theirs.get(address("progress", dossier), {"rubrique": "project"}).json()
    assert ("prête à relire" in live["given"], "Elle n’est pas prête" in live["ready"]) == (True, True)
    page = people.client_of(owner).post(url, {"section_ready": "0"}, follow=True).content.decode()
    assert "n’est plus dite prête" in page
    refused = people.client_of(owner).post(url, {"section_ready": "1"}, follow=True).content.decode()
    assert "ne vous est pas confiée" in refused


def test_nothing_is_said_ready_while_an_answer_is_contested(dossier, owner, paul):
    actions.give_section(dossier, "project", PAUL, actor=owner)
    small.type_in(dossier, "title", "De Claire", actor=owner)
    sent = {"v.title": "0:", "q.title": "De Paul", "section_ready": "1"}
    answer = people.client_of(paul).post(address("dossier_section", dossier, section="project"), sent)
    assert (answer.status_code, state(dossier, owner)) == (409, "pas encore prête")


def test_closed_or_deposited_it_is_shown_and_does_not_change(call, owner):
    dossier = small.a_full_draft(call, owner)
    an_editor(dossier, owner, PAUL)
    actions.give_section(dossier, "project", PAUL, actor=owner)
    submit = people.client_of(owner).get(address("dossier_submit", dossier)).content.decode()
    for words in (
        "1 rubrique confiée n’est pas prête à relire",
        "Cela n’empêche pas de déposer.",
        "Déposer le dossier",
    ):
        assert words in submit
    actions.submit_dossier(dossier, actor=owner)
    client = people.client_of(owner)
    section = address("dossier_section", dossier, section="project")
    for url in (address("dossier_detail", dossier), address("dossier_team", dossier), section):
        page = client.get(url).content.decode()
        assert "Paul Martin" in page
        assert 'name="give' not in page
    refused = client.post(address("sections_give", dossier), {"give.project": ""}, follow=True).content.decode()
    assert "n’est plus un brouillon" in refused
    assert held(dossier) == {"project": PAUL}


def test_pages_ask_the_same_queries_for_one_and_for_three(dossier, owner):
    pages = [("dossier_team", {}), ("dossier_detail", {}), ("dossier_section", {"section": "project"}),
             ("dossier_submit", {})]  # fmt: skip
    client, counts = people.client_of(owner), []
    for number, section in enumerate(("project", "budget", "annexes")):
        an_editor(dossier, owner, f"p{number}@labo.example")
        actions.give_section(dossier, section, f"p{number}@labo.example", actor=owner)
        counts.append([queries_of(client, address(name, dossier, **more)) for name, more in pages])
    assert counts[0] == counts[2]
