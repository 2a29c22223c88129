"""Sittings of the tests: two judged dossiers, three members of the jury, one of whom stands aside from the second."""

from types import SimpleNamespace

from evaluation import actions
from evaluation.models import Session
from tests import scenes as portal

from . import scenes

FIRST, ASIDE, THIRD = "jure@universite.example", "autre@b.example", "troisieme@c.example"


def a_sitting(code: str = "AMI-DI-2026", *, quorum: bool = True) -> SimpleNamespace:
    """A call with the real quorum (half of the jury), its scoring closed; nobody is in the room yet."""
    call = portal.a_call(code, closes_in_days=-2, quorum=quorum)
    first, second = scenes.ready_for_jury(call), scenes.ready_for_jury(call, "paul@lab.example", title="Autre projet")
    scenes.a_submitted_review(first, FIRST, mark=4)
    scenes.a_submitted_review(first, ASIDE, mark=3)
    scenes.a_submitted_review(second, THIRD, mark=2)
    recused = scenes.a_review(second, ASIDE)
    actions.declare_conflict(recused, conflict="Codirection de thèse.", actor=recused.juror)
    session = scenes.a_session(call)
    actions.close_scoring(session, actor=scenes.secretary())
    session = Session.objects.select_related("call").get(pk=session.pk)
    jurors = {name: scenes.juror(email) for name, email in (("one", FIRST), ("aside", ASIDE), ("three", THIRD))}
    return SimpleNamespace(
        call=call, session=session, first=first, second=second, secretary=scenes.secretary(), **jurors
    )


def arrive(scene, *jurors):
    for juror in jurors:
        actions.note_presence(scene.session, juror, is_present=True, actor=scene.secretary)


def hear(scene, dossier, *gone):
    return actions.open_hearing(scene.session, dossier, gone=[one.pk for one in gone], actor=scene.secretary)


def decide_both(scene):
    """A laureate and a refusal, each heard with whoever stands aside out of the room."""
    hear(scene, scene.first)
    scenes.decide(scene.session, scene.first)
    hear(scene, scene.second, scene.aside)
    scenes.decide(scene.session, scene.second, **scenes.REJECTED)


def frozen(scene):
    arrive(scene, scene.one, scene.aside, scene.three)
    decide_both(scene)
    actions.freeze_decisions(scene.session, actor=scene.secretary)
