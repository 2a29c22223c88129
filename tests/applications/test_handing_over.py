"""A dossier handed over to an editor: roles, mails, journal, and who may not."""

import pytest
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.enums import MemberRole
from applications.models import Sealing
from tests import people

PAUL = "paul@labo.example"


@pytest.fixture
def paul(dossier, owner):
    """An editor with an account."""
    paul = people.a_person(PAUL)
    actions.invite_member(dossier, PAUL, MemberRole.EDITOR, actor=owner)
    return paul


def team(dossier):
    return dict(dossier.members.values_list("email", "role"))


def member(dossier, email=PAUL):
    return dossier.members.get(email=email)


def test_the_editor_owns_and_the_owner_edits(dossier, owner, paul):
    actions.ask_sealing(dossier, actor=owner)
    actions.hand_over_dossier(member(dossier), actor=owner)
    assert team(dossier) == {owner.email: "editor", PAUL: "owner"}
    assert not Sealing.objects.exists()
    mails = Message.objects.filter(kind="applications.handed_over").order_by("pk").values_list("to_email", "title")
    assert list(mails) == [
        (owner.email, f"{dossier.ref} – le dossier est confié"),
        (PAUL, f"{dossier.ref} – le dossier vous est confié"),
    ]
    event = AuditEvent.objects.get(verb="dossier.hand_over")
    assert (event.actor, "paul" in str(event.data)) == (owner, False)
    actions.ask_sealing(dossier, actor=paul)
    actions.hand_over_dossier(member(dossier, owner.email), actor=paul)
    assert team(dossier) == {owner.email: "owner", PAUL: "editor"}


def test_who_cannot_receive_it(dossier, owner):
    actions.invite_member(dossier, PAUL, MemberRole.EDITOR, actor=owner)
    with pytest.raises(TransitionRefused, match="pas encore de compte"):
        actions.hand_over_dossier(member(dossier), actor=owner)
    people.a_person(PAUL)
    actions.invite_member(dossier, PAUL, MemberRole.READER, actor=owner)
    for email in (PAUL, owner.email):
        with pytest.raises(TransitionRefused, match="à un rédacteur"):
            actions.hand_over_dossier(member(dossier, email), actor=owner)
    assert team(dossier) == {owner.email: "owner", PAUL: "reader"}


def test_only_the_owner_hands_over_and_once(dossier, owner, paul):
    with pytest.raises(TransitionRefused, match="droit"):
        actions.hand_over_dossier(member(dossier), actor=paul)
    actions.hand_over_dossier(member(dossier), actor=owner)
    with pytest.raises(TransitionRefused, match="droit"):
        actions.hand_over_dossier(member(dossier), actor=owner)


def test_the_page_says_what_changes_then_does_it(dossier, owner, paul):
    client = people.client_of(owner)
    url = reverse("applications:dossier_hand_over", kwargs={"ref": dossier.ref})
    assert (
        f"{url}?email=paul%40labo.example"
        in client.get(reverse("applications:dossier_team", args=[dossier.ref])).content.decode()
    )
    page = client.get(url, {"email": PAUL}).content.decode()
    for words in (f"Paul Martin ({PAUL}) deviendra le porteur", "Vous resterez rédacteur", "Ne pas le confier"):
        assert words in page
    assert f"{PAUL} est le porteur du dossier" in client.post(url, {"email": PAUL}, follow=True).content.decode()
    assert client.post(url, {"email": PAUL}).status_code == 403
    assert team(dossier)[PAUL] == "owner"


def test_the_page_of_who_cannot_receive_it(dossier, owner):
    actions.invite_member(dossier, PAUL, MemberRole.EDITOR, actor=owner)
    client, url = people.client_of(owner), reverse("applications:dossier_hand_over", kwargs={"ref": dossier.ref})
    assert "ne peut pas être confié" in client.get(url, {"email": PAUL}).content.decode()
    assert "pas encore de compte" in client.post(url, {"email": PAUL}, follow=True).content.decode()
    assert client.get(url, {"email": "inconnue@labo.example"}).status_code == 404
