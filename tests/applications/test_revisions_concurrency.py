"""A revision and a save at the same instant, on real transactions."""

import copy

import pytest

from ami_portal.kernel import clock
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.models import FormRevision
from applications import actions, drafts
from applications.former import former_answers
from applications.models import Dossier
from tests import people
from tests.applications import small
from tests.applications.test_concurrency import together


def save(dossier, owner, code, text, seen):
    return lambda: actions.save_answer(dossier, Address(code), text, seen_version=seen, actor=owner)


@pytest.mark.django_db(transaction=True)
def test_a_save_and_a_revision_at_once_lose_nothing():
    """Whichever comes first: the save lands, the draft follows, and both texts of the removed question can be read."""
    owner = people.a_person("claire@labo.example")
    dossier = small.a_full_draft(small.a_small_call(), owner)
    form = copy.deepcopy(small.FORM)
    form["sections"][0]["questions"] = [one for one in form["sections"][0]["questions"] if one["code"] != "summary"]
    call = dossier.call
    call.form_revision = FormRevision.objects.create(
        code="PETIT", number=2, definition=form, sha256="2" * 64, published_at=clock.now()
    )
    call.save(update_fields=["form_revision"])
    results = together(
        save(dossier, owner, "summary", "Au même instant", 1),
        lambda: actions.follow_form(dossier_id=dossier.pk),
        save(dossier, owner, "title", "Titre de l’instant", 1),
        lambda: actions.follow_form(dossier_id=dossier.pk),
    )
    assert [error for error in results if isinstance(error, Exception)] == []
    dossier = Dossier.objects.get()
    kept = former_answers(dossier, drafts.load(dossier))
    assert [(one.label, one.text) for one in kept.texts] == [("Résumé", "Au même instant")]
    assert (dossier.title, dossier.form_revision, dossier.form_moves.count()) == (
        "Titre de l’instant", call.form_revision, 1
    )  # fmt: skip
