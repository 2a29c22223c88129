"""Partners' opinions: asked for, given, changed, and every refusal."""

import datetime as dt
from types import SimpleNamespace

import pytest
import time_machine

from ami_portal.accounts.models import Organisation
from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from datasets.models import Dataset
from evaluation import actions
from evaluation.models import EligibilityItem, Opinion
from tests.people import a_partner

from . import scenes
from .helpers import journal, refusal


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    dossier = scenes.an_eligible(call)
    dataset = dossier.dossier_datasets.get().version.dataset
    other = Dataset.objects.exclude(pk=dataset.pk).exclude(partner=dataset.partner).first()
    return SimpleNamespace(
        call=call,
        dossier=dossier,
        dataset=dataset,
        other=other,
        instructor=scenes.instructor(),
        partner=scenes.partner(dossier),
        rival=a_partner(other.partner, "rival@industrie.example"),
    )


@pytest.fixture
def opinion(scene):
    return actions.request_opinion(scene.dossier, scene.dataset, actor=scene.instructor)


def give(opinion, actor, **said):
    actions.give_opinion(opinion, **scenes.founded(opinion.dossier, **said), actor=actor)


NOT_NEUTRAL = {"neutrality": "unfavourable", "neutrality_reason": "Page 3."}


def quoted(scene):
    """The question and the passage that `scenes.founded` quotes."""
    said = scenes.founded(scene.dossier, **NOT_NEUTRAL)
    return said["neutrality_question"], said["neutrality_quote"]


def test_what_founds_a_refusal_is_kept_with_a_refusal_alone(scene, opinion):
    give(opinion, scene.partner, **NOT_NEUTRAL)
    row = Opinion.objects.get()
    assert (row.neutrality_ground, row.neutrality_question, row.neutrality_quote) == ("disparagement", *quoted(scene))
    said = scenes.founded(scene.dossier, **NOT_NEUTRAL) | {"neutrality": "reserved"}
    actions.give_opinion(opinion, **said, actor=scene.partner)
    row = Opinion.objects.get()
    assert (row.neutrality_reason, row.neutrality_ground, row.neutrality_quote) == ("Page 3.", "", "")


def test_a_ground_that_an_opinion_took_stays_in_the_list_of_its_call(scene, opinion):
    give(opinion, scene.partner, **NOT_NEUTRAL)
    config = calls.dump(scene.call)
    config["call"]["consultation"]["neutrality"]["grounds"].pop(0)
    found = [str(problem) for problem in calls.plan(config, at=clock.now()).problems]
    assert len(found) == 1
    assert "disparagement : motif d’un avis rendu, et absent" in found[0]


def test_request_opinion_tells_the_partner_and_nobody_else(scene, opinion):
    assert (opinion.state, opinion.due_on) == ("requested", dt.date.fromisoformat(scene.call.steps[0]["ends_on"]))
    message = Message.objects.get(kind="evaluation.opinion_requested")
    assert message.to_email == scene.partner.email
    assert scene.dossier.ref in message.title
    assert f"/evaluation/avis/{scene.dossier.ref}/{scene.dataset.code}/" in message.body
    assert scenes.TITLE not in message.body
    assert journal(opinion.ref) == [("opinion.request", "", "")]


@pytest.mark.parametrize("name", ["partner", "rival", "secretary", "owner"])
def test_request_opinion_refuses_the_wrong_person(scene, name):
    people = {"secretary": scenes.secretary(), "owner": scenes.dossier_owner(scene.dossier)}
    actor = people.get(name) or getattr(scene, name)
    assert "pas le droit" in refusal(actions.request_opinion, scene.dossier, scene.dataset, actor=actor)


def test_request_opinion_refuses_twice_and_a_dataset_that_is_not_asked_for(scene, opinion):
    assert "déjà demandé" in refusal(actions.request_opinion, scene.dossier, scene.dataset, actor=scene.instructor)
    assert "ne demande pas" in refusal(actions.request_opinion, scene.dossier, scene.other, actor=scene.instructor)


def test_request_opinion_refuses_a_day_that_has_passed(scene):
    yesterday = clock.today() - dt.timedelta(days=1)
    ask = (actions.request_opinion, scene.dossier, scene.dataset)
    assert "est passée" in refusal(*ask, actor=scene.instructor, due_on=yesterday)
    after_all = dt.date.fromisoformat(scene.call.steps[-1]["ends_on"]) + dt.timedelta(days=1)
    with time_machine.travel(dt.datetime.combine(after_all, dt.time(12), tzinfo=clock.PARIS), tick=False):
        assert "Dites à quelle date" in refusal(*ask, actor=scene.instructor)
        given = actions.request_opinion(scene.dossier, scene.dataset, actor=scene.instructor, due_on=after_all)
    assert given.due_on == after_all


def test_request_opinion_wants_an_eligible_dossier(scene):
    draft = scenes.a_deposit(scene.call, "paul@lab.example")
    assert "« Déposé »" in refusal(actions.request_opinion, draft, scene.dataset, actor=scene.instructor).replace(
        "\u00a0", " "
    )


def test_give_opinion_is_signed_and_tells_the_checks(scene, opinion):
    give(
        opinion, scene.partner, feasibility="reserved", feasibility_reason="Peu de cas.", disclosed_reason="Voir le n."
    )
    row = Opinion.objects.get()
    assert (row.state, row.neutrality, row.feasibility, row.given_by, row.is_veto) == (
        "given",
        "favourable",
        "reserved",
        scene.partner,
        False,
    )
    assert (row.feasibility_reason, row.disclosed_reason) == ("Peu de cas.", "Voir le n.")
    assert journal(row.ref, "opinion.give") == [("opinion.give", "requested", "given")]
    version = scene.dossier.versions.get()
    assert Job.objects.filter(name="evaluation.run_checks", ids={"version_id": version.pk}).exists()
    actions.run_checks(version.pk)
    assert dict(
        EligibilityItem.objects.filter(criterion__decided_by="partner").values_list("criterion__code", "automatic")
    ) == {
        "NEUTRALITY": "met",
        "SCIENTIFIC_FEASIBILITY": "unknown",
    }


def test_an_unfavourable_opinion_is_a_veto_until_it_changes_and_the_journal_keeps_it(scene, opinion):
    give(opinion, scene.partner, neutrality="unfavourable", neutrality_reason="Dénigrement en page 3.")
    assert Opinion.objects.get().is_veto
    give(opinion, scene.partner)
    assert not Opinion.objects.get().is_veto
    first, second = AuditEvent.objects.filter(verb="opinion.give").order_by("number")
    ground = {"neutrality": "unfavourable", "neutrality_ground": "disparagement"}
    assert first.data == {**ground, "feasibility": "favourable"}
    question, quote = quoted(scene)
    assert second.data == {
        "neutrality": "favourable",
        "feasibility": "favourable",
        "neutrality_before": "unfavourable",
        "neutrality_ground_before": "disparagement",
        "neutrality_question_before": question,
        "neutrality_quote_before": quote,
        "neutrality_reason_before": "Dénigrement en page 3.",
        "feasibility_before": "favourable",
        "feasibility_reason_before": "",
        "disclosed_reason_before": "",
    }


def test_the_same_opinion_again_changes_nothing(scene, opinion):
    give(opinion, scene.partner)
    given_at = Opinion.objects.get().given_at
    give(opinion, scene.partner)
    assert Opinion.objects.get().given_at == given_at
    assert len(journal(opinion.ref, "opinion.give")) == 1


@pytest.mark.parametrize(
    ("said", "words"),
    [
        ({"neutrality": ""}, "Donnez votre avis sur la neutralité"),
        (NOT_NEUTRAL | {"neutrality_ground": "concurrence"}, "Choisissez le motif de l’appel"),
        (NOT_NEUTRAL | {"neutrality_question": "confidential_note"}, "Choisissez la réponse du dossier"),
        (NOT_NEUTRAL | {"neutrality_quote": ""}, "Citez le passage"),
        (NOT_NEUTRAL | {"neutrality_quote": "Ce produit est dangereux."}, "ne se trouve pas dans la réponse"),
        ({"feasibility": "peut-être"}, "Donnez votre avis sur la faisabilité"),
        ({"neutrality": "unfavourable"}, "motif de votre avis sur la neutralité"),
        ({"feasibility": "unfavourable", "feasibility_reason": " \n"}, "motif de votre avis sur la faisabilité"),
        ({"feasibility": "reserved"}, "motif de votre avis sur la faisabilité"),
        ({"disclosed_reason": "x" * 8001}, "8000 caractères"),
    ],
)
def test_give_opinion_refuses_what_is_not_whole(scene, opinion, said, words):
    assert words in refusal(give, opinion, scene.partner, **said)
    assert Opinion.objects.get().state == "requested"


@pytest.mark.parametrize("name", ["rival", "instructor", "owner", "secretary"])
def test_give_opinion_refuses_anybody_else(scene, opinion, name):
    people = {"secretary": scenes.secretary(), "owner": scenes.dossier_owner(scene.dossier)}
    assert "pas le droit" in refusal(give, opinion, people.get(name) or getattr(scene, name))


def test_a_partner_who_takes_part_in_the_dossier_gives_no_opinion(scene, opinion):
    scene.dossier.members.create(email=scene.partner.email, role="reader", invited_at=scene.call.opens_at)
    assert "pas le droit" in refusal(give, opinion, scene.partner)


def test_a_partner_who_lost_the_role_gives_no_opinion(scene, opinion):
    scene.partner.role_grants.all().delete()
    scene.partner.__dict__.pop("roles", None)
    assert "pas le droit" in refusal(give, opinion, scene.partner)
    assert Organisation.objects.filter(pk=scene.dataset.partner.pk).exists()


def test_an_opinion_changes_until_the_scoring_closes(scene, opinion):
    session = scenes.a_session(scene.call)
    give(opinion, scene.partner)
    actions.close_scoring(session, actor=scenes.secretary())
    assert "notation du jury est close" in refusal(give, opinion, scene.partner, disclosed_reason="Trop tard.")
    assert "trop tard" in refusal(actions.request_opinion, scene.dossier, scene.dataset, actor=scene.instructor)
