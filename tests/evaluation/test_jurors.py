"""A juror's profile, their invitation, the charter: what is kept, what is refused, what opens and what closes."""

import datetime as dt
from types import SimpleNamespace

import pytest
from django.db import IntegrityError, transaction

from ami_portal.accounts.enums import Role
from ami_portal.desk.jury_entry import join_jury
from ami_portal.kernel.text import sha256_of
from ami_portal.notifications.models import Message
from applications.models import Call
from evaluation import actions, call_config, seating
from evaluation.actions.jurors import SaidProfile, SaidSeat, SaidStay, StaleProfile
from evaluation.models import Charter, CharterAcceptance, Conflict, JurorProfile, JuryInvitation, Seat
from evaluation.rules import charter_in_force, invitations_to, readable_reviews
from tests.people import a_person, client_of, with_role
from tests.scenes import accept_charter, run_jobs

from . import scenes
from .helpers import journal, refusal

SINCE = dt.date(2018, 9, 1)
LEAD = SaidStay("Université de la scène", "130 025 265", SINCE, None)
KNOWN = SaidProfile("0000-0002-1825-0097", (LEAD,))


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    dossier = scenes.ready_for_jury(call)
    review = scenes.a_draft_review(dossier)
    run_jobs()
    return SimpleNamespace(call=call, dossier=dossier, review=review, juror=review.juror, secretary=scenes.secretary())


def invite(scene, email="ana@loin.example", known=KNOWN):
    said = {"email": email, "first_name": "Ana", "last_name": "Dubreuil", "known": known}
    return actions.invite_juror(scene.call, **said, actor=scene.secretary)


def test_a_profile_is_compared_with_the_dossiers_and_bounds_the_load(scene):
    seat = SaidSeat(scene.call, ("oncology",), 1)
    said = SaidProfile("https://orcid.org/0000-0002-1825-0097", (LEAD,), ((SINCE, SINCE),), (seat,))
    profile = actions.set_profile(scene.juror, said, seen_version=0, actor=scene.juror)
    assert (profile.orcid, profile.version, scene.juror.juror_stays.get().siren) == (
        "0000-0002-1825-0097",
        1,
        "130025265",
    )
    assert (scene.juror.juror_absences.count(), Seat.objects.get().offered) == (1, 1)
    run_jobs()
    assert {"organisation"} <= set(Conflict.objects.values_list("kind", flat=True))
    bounds = seating.problem_of(scenes.a_session(scene.call), leaving_out=scene.secretary)[0].loads
    assert bounds[scene.juror.ref] == (0, 1)
    assert journal(scene.juror.ref, "juror") == [("juror.set_profile", "", "")]


@pytest.mark.parametrize(
    ("said", "words"),
    [
        (SaidProfile("0000-0002-1825-0098"), "ORCID n’existe pas"),
        (SaidProfile("", (SaidStay("A", "130025266", SINCE, None),)), "SIREN n’existe pas"),
        (SaidProfile("", (SaidStay(" ", "", SINCE, None),)), "nom de chaque organisme"),
        (SaidProfile("", (SaidStay("A", "", dt.date(2999, 1, 1), None),)), "début passé"),
        (SaidProfile("", (SaidStay("A", "", SINCE, dt.date(2017, 1, 1)),)), "une fin qui vient après"),
        (SaidProfile("", (), ((SINCE, dt.date(2017, 1, 1)),)), "finit avant de commencer"),
        (SaidProfile("", (LEAD,) * 21), "20 lignes au plus"),
    ],
)
def test_a_profile_that_cannot_be_is_refused(scene, said, words):
    assert words in refusal(actions.set_profile, scene.juror, said, seen_version=0, actor=scene.juror)
    assert not JurorProfile.objects.exists()


def test_a_profile_is_its_juror_s_or_the_secretary_s_and_never_silently_replaced(scene):
    act, said = actions.set_profile, SaidProfile("")
    for person in (scenes.juror("autre@loin.example"), scenes.instructor()):
        assert "pas le droit" in refusal(act, scene.juror, said, seen_version=0, actor=person)
    assert "pas membre du jury" in refusal(act, scenes.instructor(), said, seen_version=0, actor=scene.secretary)
    actions.set_profile(scene.juror, said, seen_version=0, actor=scene.secretary)
    with pytest.raises(StaleProfile):
        actions.set_profile(scene.juror, said, seen_version=0, actor=scene.juror)
    bad = SaidProfile("", seats=(SaidSeat(scene.call, ("autre",), None),))
    assert "pas de cet appel" in refusal(act, scene.juror, bad, seen_version=1, actor=scene.juror)


def test_an_invitation_accepted_gives_the_role_the_charter_and_the_profile_together(scene):
    invitation = invite(scene)
    message = Message.objects.get(kind="evaluation.jury_invitation")
    assert (message.to_email, f"/jury/invitations/{invitation.uuid}/" in message.body) == (invitation.email, True)
    guest = a_person(invitation.email)
    assert "a changé" in refusal(join_jury, invitation, charter_sha256="0" * 64, actor=guest)
    assert not guest.role_grants.exists()
    join_jury(invitation, charter_sha256=charter_in_force(scene.call).sha256, actor=guest)
    assert list(guest.role_grants.values_list("role", flat=True)) == [Role.JUROR]
    assert (guest.juror_profile.orcid, guest.juror_stays.get().name) == ("0000-0002-1825-0097", LEAD.name)
    assert CharterAcceptance.objects.filter(juror=guest).count() == 1
    run_jobs()
    assert Conflict.objects.filter(juror=guest, kind="organisation").exists()
    assert Message.objects.get(kind="evaluation.jury_invitation_answered").to_email == scene.secretary.email
    again = refusal(join_jury, invitation, charter_sha256=charter_in_force(scene.call).sha256, actor=guest)
    assert "« Acceptée »" in again.replace("\u00a0", " ")
    assert "déjà invitée" in refusal(invite, scene)


def test_an_invitation_is_answered_by_its_address_alone_and_can_be_declined_or_taken_back(scene):
    assert "adresse électronique" in refusal(invite, scene, "nulle part")
    assert "SIREN" in refusal(invite, scene, known=SaidProfile("", (SaidStay("A", "123456789", SINCE, None),)))
    invitation, stranger = invite(scene), a_person("autre@loin.example")
    assert list(invitations_to(stranger)) == []
    assert "pas le droit" in refusal(actions.decline_invitation, invitation, answer="", actor=stranger)
    actions.decline_invitation(invitation, answer="Trop de dossiers.", actor=a_person(invitation.email))
    assert (invitation.state, invitation.answer) == ("declined", "Trop de dossiers.")
    other = invite(scene)
    assert "pas le droit" in refusal(actions.withdraw_invitation, other, actor=scene.juror)
    actions.withdraw_invitation(other, actor=scene.secretary)
    assert list(invitations_to(a_person("x@y.example"))) == []
    assert JuryInvitation.objects.filter(state="invited").count() == 0


def changed_charter(call):
    """The same call loaded with another charter."""
    call_config._keep_charter(call, "Une charte plus exigeante.")


def test_a_changed_charter_closes_everything_until_it_is_accepted_again(scene):
    assert list(readable_reviews(scene.juror)) == [scene.review]
    changed_charter(scene.call)
    assert list(readable_reviews(scene.juror)) == []
    assert "Acceptez d’abord la charte" in refusal(scenes.save, scene.review)
    url = f"/evaluation/jury/{scene.dossier.ref}/"
    client = client_of(scene.juror)
    charter = f"/evaluation/jury/charte/{scene.call.code}/"
    for end in ("", "liens", "remettre"):
        assert client.get(f"{url}{end}")["Location"] == charter
    assert client.get(f"{url}dossier.pdf").status_code == 404
    listed = client.get("/evaluation/jury/").content.decode()
    assert (scene.dossier.ref in listed, "Acceptez d’abord la charte" in listed) == (False, True)
    page = client.get(charter).content.decode()
    assert ("plus exigeante" in page, "a changé depuis votre accord" in page) == (True, True)
    sha256 = sha256_of("Une charte plus exigeante.")
    assert client.post(charter, {"sha256": "f" * 64, "accepted": "on"}).status_code == 422
    assert client.post(charter, {"sha256": sha256}).status_code == 422
    assert client.post(charter, {"sha256": sha256, "accepted": "on"})["Location"] == "/evaluation/jury/"
    assert list(readable_reviews(scene.juror)) == [scene.review]
    assert Charter.objects.filter(call=scene.call).count() == 2
    assert journal(scene.call.code, "charter") == [("charter.accept", "", "")] * 2


def test_an_acceptance_is_kept_as_it_was(scene):
    for change in ({"accepted_at": scene.call.closes_at}, None):
        rows = CharterAcceptance.objects.all()
        with pytest.raises(IntegrityError), transaction.atomic():
            rows.update(**change) if change else rows._raw_delete("default")


def test_a_call_without_a_charter_asks_for_none(scene):
    call_config._keep_charter(scene.call, "")
    assert list(readable_reviews(scene.juror)) == [scene.review]
    assert charter_in_force(Call.objects.get(pk=scene.call.pk)) is None


def test_several_declarations_at_once_and_what_is_left_waits(scene, django_assert_num_queries):
    refs = []
    juror = scenes.juror("plusieurs@loin.example")
    accept_charter(scene.call, juror)
    for number in range(3):
        dossier = scenes.ready_for_jury(scene.call, f"p{number}@labo{number}.example")
        actions.assign_juror(dossier, juror, actor=scene.secretary)
        refs.append(dossier.ref)
    client, url = client_of(juror), "/evaluation/jury/liens/"
    page = client.get(url).content.decode()
    assert [ref in page for ref in (*refs, scene.dossier.ref)] == [True, True, True, False]
    said = {
        f"{refs[0]}-choice": "no",
        f"{refs[1]}-choice": "yes",
        f"{refs[1]}-ties": "money",
        f"{refs[1]}-conflict": "Des parts <b>sociales</b>.",
    }
    check = client.post(url, said).content.decode()
    assert ("parts &lt;b&gt;sociales" in check, juror.reviews.filter(state="to_declare").count()) == (True, 3)
    assert client.post(url, said | {"confirme": "oui"})["Location"] == "/evaluation/jury/"
    states = dict(juror.reviews.values_list("dossier__ref", "state"))
    assert [states[ref] for ref in refs] == ["draft", "recused", "to_declare"]
    assert Message.objects.filter(kind="evaluation.review_to_replace").count() == 1
    assert client.post(url, {f"{refs[2]}-choice": "yes"}).status_code == 422
    assert client.post(url, {}).status_code == 422


def test_the_secretary_who_is_a_juror_too_is_not_told_of_a_dossier_of_theirs(scene):
    both = with_role(scene.juror, Role.JURY_SECRETARY)
    actions.declare_conflict(scene.review, conflict="Un ami.", actor=both)
    told = Message.objects.filter(kind="evaluation.review_to_replace").values_list("to_email", flat=True)
    assert list(told) == [scene.secretary.email]
