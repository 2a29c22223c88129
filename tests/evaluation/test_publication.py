"""Publication: all at one instant or nothing, each letter once, nothing known before."""

import io
from types import SimpleNamespace

import pytest
from pypdf import PdfReader

from ami_portal.audit import trail
from ami_portal.documents import store
from ami_portal.documents.models import Document
from ami_portal.notifications.models import Message
from applications.models import Call, Dossier
from evaluation import actions, results
from evaluation.models import Letter, Session
from tests.people import client_of

from . import scenes
from .helpers import download, journal, refusal


@pytest.fixture(scope="module")
def built(module_rows):
    call = scenes.a_closed_call()
    session, first, second = scenes.frozen(call)
    return SimpleNamespace(call=call, session=session, first=first, second=second, secretary=scenes.secretary())


def build(*dossiers):
    for dossier in dossiers:
        actions.build_letter(dossier_id=dossier.pk)


def text_of(letter: Letter) -> str:
    reader = PdfReader(io.BytesIO(store.read(letter.document)))
    text = " ".join(page.extract_text() for page in reader.pages)
    return " ".join(text.replace("\u00a0", " ").replace("\u202f", " ").split())


def snapshot():
    """All that a publication changes."""
    return (
        list(Dossier.objects.order_by("pk").values_list("state", "decided_at")),
        list(Letter.objects.values_list("released_at", flat=True)),
        list(Call.objects.values_list("results_published_at", flat=True)),
        list(Session.objects.values_list("state", "published_at")),
        Message.objects.filter(kind="evaluation.result_published").count(),
    )


def test_publish_results_moves_everything_at_one_instant(scene):
    build(scene.first, scene.second)
    actions.publish_results(scene.session, actor=scene.secretary)
    at = Session.objects.get().published_at
    assert snapshot() == (
        [("laureate", at), ("rejected", at)],
        [at, at],
        [at],
        [("published", at)],
        2,
    )
    assert journal(scene.first.ref, "dossier.name") == [("dossier.name_laureate", "eligible", "laureate")]
    assert journal(scene.second.ref, "dossier.reject") == [("dossier.reject", "eligible", "rejected")]
    assert journal(scene.call.code, "session.publish") == [("session.publish", "frozen", "published")]
    assert trail.first_broken() is None


def test_publish_results_refuses_while_a_letter_is_missing(scene):
    build(scene.first)
    before = snapshot()
    said = refusal(actions.publish_results, scene.session, actor=scene.secretary)
    assert said.startswith(f"Des lettres ne sont pas encore prêtes : {scene.second.ref}.")
    assert snapshot() == before


def test_publish_results_is_all_or_nothing(scene, monkeypatch):
    """A failure at the last dossier leaves not one of them published, and not one mail."""
    build(scene.first, scene.second)
    before = snapshot()
    real = trail.record

    def failing(verb, **event):
        if verb == "dossier.reject":
            raise OSError("the disk is full")
        return real(verb, **event)

    monkeypatch.setattr("ami_portal.workflow.trail.record", failing)
    with pytest.raises(OSError, match="disk"):
        actions.publish_results(scene.session, actor=scene.secretary)
    assert snapshot() == before


def test_publish_results_refuses_twice_and_the_wrong_person(scene):
    build(scene.first, scene.second)
    assert "pas le droit" in refusal(actions.publish_results, scene.session, actor=scenes.instructor())
    actions.publish_results(scene.session, actor=scene.secretary)
    before = snapshot()
    assert "« Résultats publiés »" in refusal(actions.publish_results, scene.session, actor=scene.secretary).replace(
        "\u00a0", " "
    )
    assert snapshot() == before


def test_publish_results_refuses_what_is_not_frozen(scene):
    other = scenes.a_closed_call("AUTRE-2026")
    early = scenes.a_session(other)
    assert "« Évaluation en cours »" in refusal(actions.publish_results, early, actor=scene.secretary).replace(
        "\u00a0", " "
    )


def test_a_letter_is_built_once_however_often_the_job_runs(scene):
    build(scene.first, scene.first, scene.second, scene.first)
    assert Letter.objects.count() == 2
    assert Document.objects.filter(kind="letter").count() == 2
    assert journal(scene.first.ref, "letter") == [("letter.build", "", "")]


def test_a_job_that_finds_the_letter_made_meanwhile_keeps_nothing(scene, monkeypatch):
    """Two workers render the same letter; the second to finish throws its own away."""
    real = actions.letters.pdf.render

    def rendering(template, context):
        monkeypatch.setattr("evaluation.actions.letters.pdf.render", real)
        build(scene.first)
        return real(template, context)

    monkeypatch.setattr("evaluation.actions.letters.pdf.render", rendering)
    build(scene.first)
    assert (Letter.objects.count(), Document.objects.filter(kind="letter").count()) == (1, 1)


def test_a_dossier_that_nothing_is_decided_of_gets_no_letter(scene):
    third = scenes.an_eligible(scenes.a_closed_call("AUTRE-2026"), "lea@inst.example")
    build(third)
    assert not Letter.objects.filter(dossier=third).exists()


def test_the_same_letter_is_the_same_bytes(scene):
    build(scene.first)
    sha256 = Letter.objects.get().document.sha256
    Letter.objects.all().delete()
    build(scene.first)
    assert Letter.objects.get().document.sha256 == sha256


@pytest.mark.drawn
def test_a_letter_says_what_was_decided_with_what_was_typed_as_it_was_typed(scene):
    build(scene.first, scene.second)
    laureate, rejected = (text_of(letter) for letter in Letter.objects.order_by("dossier_id"))
    assert f"votre projet « {scenes.TITLE} », dossier {scene.first.ref}" in laureate
    assert (
        "Le jury l’a retenu au rang 1. Le montant maximal de l’aide qui lui est attribuée est de 90 000,00 €"
        in laureate
    )
    assert "Motif de la décision : Trop tôt." in rejected
    assert "{" not in laureate + rejected


@pytest.mark.drawn
def test_the_letter_of_a_dossier_that_is_not_eligible_leaves_as_soon_as_it_is_made(scene):
    dossier = scenes.a_deposit(scenes.a_closed_call("AUTRE-2026"), "lea@inst.example")
    scenes.decide_all(dossier, "not_met", reason="Marges de 1 cm {reference}.")
    actions.declare_ineligible(dossier, actor=scenes.instructor())
    assert not Message.objects.filter(kind="evaluation.eligibility_decided").exists()
    build(dossier, dossier)
    letter = Letter.objects.get(dossier=dossier)
    assert letter.released_at is not None
    (message,) = Message.objects.filter(kind="evaluation.eligibility_decided")
    assert (message.to_email, "éligible" in message.body + message.title) == ("lea@inst.example", False)
    assert "– 24 mois au plus : Marges de 1 cm {reference}." in text_of(letter)


def test_mails_of_the_publication_say_that_there_is_a_result_and_not_which(scene):
    build(scene.first, scene.second)
    actions.publish_results(scene.session, actor=scene.secretary)
    messages = Message.objects.filter(kind="evaluation.result_published").order_by("subject_ref")
    assert [message.to_email for message in messages] == ["claire@valmont.example", "paul@lab.example"]
    bodies = {message.body.replace(message.subject_ref, "REF") for message in messages}
    assert len(bodies) == 1
    assert f"/evaluation/resultats/{scene.first.ref}/" in messages[0].body


def outside(scene):
    """What somebody outside staff and jury can see of the evaluation, page by page."""
    partner, owner = client_of(scenes.partner(scene.first)), client_of(scenes.dossier_owner(scene.first))
    public = client_of(None)
    pages = [
        public.get(f"/appels/{scene.call.code}/"),
        owner.get(f"/evaluation/resultats/{scene.first.ref}/"),
        owner.get(f"/dossiers/{scene.first.ref}/"),
        owner.get("/dossiers/"),
        partner.get("/evaluation/avis/"),
    ]
    return [(page.status_code, _stable(page.content.decode())) for page in pages]


def _stable(html: str) -> str:
    """A page without what changes at each request."""
    lines = (line for line in html.splitlines() if "csrfmiddlewaretoken" not in line)
    return "\n".join(lines)


def test_before_the_publication_nobody_outside_learns_anything(scene):
    """Decisions, freezing and letters change not one character of what the outside sees."""
    call = scenes.a_closed_call("AUTRE-2026")
    session, first, second = scenes.two_judged(call)
    world = SimpleNamespace(call=call, first=first)
    before = outside(world)
    scenes.decide(session, first)
    scenes.decide(session, second, **scenes.REJECTED)
    assert outside(world) == before
    actions.freeze_decisions(session, actor=scene.secretary)
    build(first, second)
    assert outside(world) == before
    owner = client_of(scenes.dossier_owner(first))
    assert owner.get(f"/evaluation/resultats/{first.ref}/lettre.pdf").status_code == 404
    assert results.published_results(call) == []
    actions.publish_results(session, actor=scene.secretary)
    assert outside(world) != before
    assert download(owner, f"/evaluation/resultats/{first.ref}/lettre.pdf")[:5] == b"%PDF-"


def test_the_public_list_names_the_laureates_alone(scene):
    build(scene.first, scene.second)
    assert results.published_results(scene.call) == []
    actions.publish_results(scene.session, actor=scene.secretary)
    (result,) = results.published_results(Call.objects.get())
    dataset = scene.first.dossier_datasets.get().version.dataset
    assert (result.title, str(result.amount), result.datasets) == (scenes.TITLE, "90000.00", (dataset.title,))
    assert result.lead_name
    assert result.summary
    page = client_of(None).get(f"/appels/{scene.call.code}/").content.decode()
    assert "Repérer les rechutes &lt;b&gt;tôt&lt;/b&gt;" in page
    assert "Autre projet" not in page


@pytest.mark.drawn
def test_a_letter_gives_the_comments_for_the_applicant_and_the_marks_if_the_call_says_so(scene):
    build(scene.first)
    texts = Call.objects.get(pk=scene.call.pk).texts
    kept = {**texts, "judging": {**texts["judging"], "letter_scores": False}}
    Call.objects.filter(pk=scene.call.pk).update(texts=kept)
    build(scene.second)
    told, untold = (text_of(letter) for letter in Letter.objects.order_by("dossier_id"))
    assert "Commentaires du jury Bravo." in told
    assert "Science ouverte 15 % 4,00" in told.replace("4.00", "4,00")
    assert ("Commentaires du jury Bravo." in untold, "Notes du jury" in untold) == (True, False)
    assert "Solide." not in told + untold  # what a juror says to the jury stays there
