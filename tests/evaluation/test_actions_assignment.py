"""The assignment of a jury, from what each juror brings to dossiers entrusted; each refusal beside its success."""

import pytest

from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications.models import DossierMember
from evaluation import actions, seating
from evaluation.actions.assignment import NO_RULES
from evaluation.models import Proposal, Review, Seat, Wish

from . import scenes

JURORS = ("a@univ-a.example", "b@univ-b.example", "c@univ-c.example", "d@univ-d.example")


@pytest.fixture
def call(db):
    call = scenes.a_closed_call()
    call.texts["jury"]["reviews"] = 2
    call.save(update_fields=["texts"])
    return call


@pytest.fixture
def dossiers(call):
    first = scenes.ready_for_jury(call, pathology="Cancer du sein", title="Repérer tôt")
    return first, scenes.ready_for_jury(call, "paul@lab.example", pathology="Insuffisance cardiaque", title="Prévoir")


@pytest.fixture
def session(call, dossiers):
    for email, fields, profiles in zip(
        JURORS,
        (["oncology"], ["cardiology"], ["oncology"], []),
        (["clinical"], ["clinical"], ["methods"], ["methods"]),
        strict=True,
    ):
        seat(call, email, fields=fields, profiles=profiles)
    return scenes.a_session(call)


def seat(call, email, **said):
    bounds = {"fields": [], "profiles": [], "least": None, "most": None}
    return actions.set_seat(call, scenes.juror(email), **bounds | said, actor=scenes.secretary())


def solved(session, *, keeps=False):
    """A proposal with its answer."""
    proposal = actions.ask_proposal(session, keeps=keeps, actor=scenes.secretary())
    actions.solve_proposal(proposal.pk)
    proposal.refresh_from_db()
    return proposal


def pairs_of(proposal):
    emails = {person.pk: person.email for person in seating.jurors()}
    return {(ref, emails[juror]) for ref, juror, _ in proposal.pairs}


def refused(act, *args, **kwargs):
    with pytest.raises(TransitionRefused) as refusal:
        act(*args, **kwargs)
    return str(refusal.value)


def test_the_best_is_proposed_then_entrusted_with_mails_and_traces(session, dossiers):
    first, second = dossiers
    proposal = solved(session)
    assert pairs_of(proposal) >= {(first.ref, JURORS[0]), (first.ref, JURORS[2]), (second.ref, JURORS[1])}
    assert not Review.objects.exists()
    assert actions.apply_proposal(proposal, actor=scenes.secretary()) == 4
    assert set(Review.objects.values_list("dossier__ref", "juror__email", "state")) == {
        (*pair, "to_declare") for pair in pairs_of(proposal)
    }
    assert Message.objects.filter(kind="evaluation.review_assigned").count() == 4
    verbs = AuditEvent.objects.filter(actor=scenes.secretary()).values_list("verb", flat=True)
    assert {"seat.set", "assignment.ask", "assignment.apply", "review.assign"} <= set(verbs)
    assert "« Appliquée »" in refused(actions.apply_proposal, proposal, actor=scenes.secretary())


def test_a_pair_in_conflict_does_not_exist_and_is_checked_again_when_it_is_entrusted(session, dossiers):
    first, _ = dossiers
    proposal = solved(session)
    DossierMember.objects.create(dossier=first, email=JURORS[0], role="reader", invited_at=clock.now())
    said = refused(actions.apply_proposal, proposal, actor=scenes.secretary())
    assert said.startswith(f"{first.ref}, ")
    assert "membre du dossier" in said
    assert not Review.objects.exists()
    assert (first.ref, JURORS[0]) not in pairs_of(solved(session))


def test_what_is_entrusted_stays_and_who_stood_aside_is_replaced(session, dossiers):
    first, _ = dossiers
    kept = scenes.a_review(first, JURORS[3])
    aside = scenes.a_review(first, JURORS[0])
    actions.declare_conflict(aside, conflict="Codirection de thèse.", actor=aside.juror)
    found = pairs_of(solved(session))
    assert (first.ref, kept.juror.email) in found
    assert (first.ref, JURORS[0]) not in found


def test_pairs_are_imposed_set_aside_and_left_with_the_least_change(session, dossiers):
    first, second = dossiers
    before = pairs_of(solved(session))
    actions.wish_pair(first, scenes.juror(JURORS[0]), kind="forbidden", actor=scenes.secretary())
    after = pairs_of(solved(session, keeps=True))
    assert (first.ref, JURORS[0]) not in after
    assert len(before & after) == 3
    actions.wish_pair(first, scenes.juror(JURORS[0]), kind="", actor=scenes.secretary())
    assert not Wish.objects.exists()
    actions.wish_pair(second, scenes.juror(JURORS[0]), kind="fixed", actor=scenes.secretary())
    assert (second.ref, JURORS[0]) in pairs_of(solved(session))


def test_what_blocks_is_said_in_words(call, session):
    for email in JURORS[2:]:
        seat(call, email, profiles=["clinical"])
    proposal = solved(session)
    assert (proposal.state, proposal.pairs) == ("blocked", [])
    assert proposal.blocking == [
        "un membre au moins du profil « Méthode et données » pour chaque dossier (0 dans le jury)"
    ]


def test_the_solver_answers_once(session):
    proposal = solved(session)
    at, pairs = proposal.solved_at, proposal.pairs
    actions.solve_proposal(proposal.pk)
    proposal.refresh_from_db()
    assert (proposal.solved_at, proposal.pairs) == (at, pairs)


def test_an_older_proposal_is_not_applied(session):
    old = solved(session)
    solved(session)
    assert "Une autre proposition" in refused(actions.apply_proposal, old, actor=scenes.secretary())


def test_only_the_secretary_and_never_for_a_dossier_of_their_own(session, dossiers):
    first, second = dossiers
    proposal, other = solved(session), scenes.instructor()
    juror = scenes.juror(JURORS[0])
    assert {
        refused(actions.ask_proposal, session, keeps=False, actor=other),
        refused(actions.apply_proposal, proposal, actor=other),
        refused(actions.wish_pair, first, juror, kind="fixed", actor=other),
        refused(actions.set_seat, session.call, juror, fields=[], profiles=[], least=None, most=None, actor=other),
    } == {"Vous n’avez pas le droit de faire cette action."}
    DossierMember.objects.create(dossier=first, email=scenes.secretary().email, role="reader", invited_at=clock.now())
    assert {ref for ref, _ in pairs_of(solved(session))} == {second.ref}


@pytest.mark.parametrize(
    ("said", "expected"),
    [
        ({"fields": ["astrology"]}, "n’est pas de cet appel"),
        ({"profiles": ["astrologer"]}, "n’est pas de cet appel"),
        ({"least": 9, "most": 3}, "la plus petite d’abord"),
        ({"most": 900}, "Donnez des bornes"),
    ],
)
def test_a_seat_is_what_the_call_knows(call, said, expected):
    with pytest.raises(TransitionRefused, match=expected):
        seat(call, JURORS[0], **said)
    assert not Seat.objects.exists()


def test_after_the_scoring_and_without_rules_nothing_is_asked(session, dossiers):
    proposal = solved(session)
    call = session.call
    call.texts["jury"] = {}
    call.save(update_fields=["texts"])
    assert refused(actions.ask_proposal, session, keeps=False, actor=scenes.secretary()) == NO_RULES
    actions.close_scoring(session, actor=scenes.secretary())
    juror = scenes.juror(JURORS[0])
    for said in (
        refused(actions.ask_proposal, session, keeps=False, actor=scenes.secretary()),
        refused(actions.apply_proposal, proposal, actor=scenes.secretary()),
        refused(actions.wish_pair, dossiers[0], juror, kind="fixed", actor=scenes.secretary()),
    ):
        assert said.startswith("La notation est close")
    assert Proposal.objects.count() == 1


def test_nothing_to_entrust_is_said(call):
    session = scenes.a_session(call)
    assert "Aucun dossier n’est prêt" in refused(actions.ask_proposal, session, keeps=False, actor=scenes.secretary())
