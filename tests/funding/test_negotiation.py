"""The text of a convention is agreed on: remarks, versions, freezing, reopening; each refusal changes nothing."""

from dataclasses import replace

import pytest
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.documents.models import Document
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from funding import actions, articles
from funding.actions.negotiation import Answer
from funding.enums import RemarkKind, RemarkOutcome
from funding.models import Convention, Remark
from tests import people, scenes

from .test_agreement import a_deposited_laureate
from .test_pages import words

HOSTILE = "<script>alert(1)</script>{{ 7|add:1 }}"


@pytest.fixture
def convention(db, owner, officer):
    return actions.prepare_convention(a_deposited_laureate(owner), actor=officer)


def last(convention):
    return articles.read(convention.texts.order_by("-number").first().articles)


def changed(found, place, text):
    return [replace(one, text=text) if rank == place else one for rank, one in enumerate(found)]


def kinds():
    return list(Message.objects.filter(kind__startswith="funding.").order_by("pk").values_list("kind", "to_email"))


def test_a_text_is_negotiated_then_frozen_then_reopened(convention, owner, officer):
    first = last(convention)
    proposed = f"{first[1].text} {HOSTILE}"
    change = {"base": 1, "kind": RemarkKind.CHANGE, "proposed": proposed, "words": "Plus clair."}
    actions.make_remark(convention, "a2", **change, actor=owner)
    actions.make_remark(convention, "a3", base=1, kind=RemarkKind.QUESTION, words="Dès quand ?", actor=owner)
    with pytest.raises(TransitionRefused, match="2 remarques du lauréat sans réponse"):
        actions.freeze_convention(convention, base=1, actor=officer)
    text = actions.answer_remarks(
        convention,
        base=1,
        wanted=changed(first, 1, proposed),
        note="L’objet est précisé.",
        answers={1: Answer(RemarkOutcome.ACCEPTED, ""), 2: Answer(RemarkOutcome.REPLIED, "Dès la signature.")},
        actor=officer,
    )
    assert (text.number, [one.kind for one in articles.compare(first, last(convention))].count("changed")) == (2, 1)
    assert [(one.state, one.outcome, one.answer) for one in convention.remarks.order_by("number")] == [
        ("answered", "accepted", ""),
        ("answered", "replied", "Dès la signature."),
    ]
    frozen = actions.freeze_convention(convention, base=2, actor=officer)
    scenes.run_jobs()
    frozen.refresh_from_db()
    assert (frozen.state, frozen.document.filename) == ("frozen", f"{convention.ref}.pdf")
    with pytest.raises(TransitionRefused, match="est figé"):
        actions.make_remark(convention, "a2", **change, actor=owner)
    reopened = actions.reopen_convention(convention, reason="Une coquille.", actor=officer)
    assert (reopened.state, reopened.frozen_at, reopened.document) == ("prepared", None, None)
    assert Document.objects.filter(kind="convention").count() == 1  # kept, no longer offered
    call = convention.dossier.call
    assert kinds() == [
        ("funding.text_ready", owner.email),
        ("funding.remark_to_answer", call.contact),
        ("funding.remark_to_answer", call.contact),
        ("funding.text_answered", owner.email),
        ("funding.convention_ready", owner.email),
        ("funding.text_reopened", owner.email),
    ]
    assert not [mail for mail in Message.objects.filter(kind__startswith="funding.") if "script" in mail.body]
    verbs = AuditEvent.objects.filter(verb__regex="^(remark|convention)").order_by("number")
    assert list(verbs.values_list("verb", "subject"))[1:] == [
        ("remark.make", f"{convention.ref}/R1"),
        ("remark.make", f"{convention.ref}/R2"),
        ("convention.write_text", convention.ref),
        ("remark.answer", f"{convention.ref}/R1"),
        ("remark.answer", f"{convention.ref}/R2"),
        ("convention.freeze", convention.ref),
        ("convention.reopen", convention.ref),
    ]


@pytest.mark.parametrize(
    ("article", "said", "sentence"),
    [
        ("a2", {"base": 2}, "version plus récente"),
        ("a99", {}, "n’est plus dans le texte"),
        ("a2", {"kind": "change", "proposed": " "}, "Changez le texte"),
        ("a2", {"kind": "change", "proposed": "x" * 20_001}, "dépasse 20000"),
        ("a2", {"words": " \u202e "}, "Écrivez votre question"),
        ("a2", {"words": "x" * 4001}, "dépasse 4000"),
        ("a2", {"actor": "stranger"}, "pas le droit"),
        ("a2", {"actor": "officer"}, "pas le droit"),
    ],
)
def test_a_remark_that_cannot_be_made_is_not(convention, owner, officer, article, said, sentence):
    who = {"stranger": people.a_person("autre@labo.example"), "officer": officer}
    given = {"base": 1, "kind": "question", "words": "Pourquoi ?", "actor": owner} | said
    given["actor"] = who.get(given["actor"], owner)
    with pytest.raises(TransitionRefused, match=sentence):
        actions.make_remark(convention, article, **given)
    assert Remark.objects.count() == 0


def test_a_version_that_cannot_be_written_is_not(convention, owner, officer):
    found = last(convention)
    good = {"base": 1, "wanted": changed(found, 1, "Autre."), "note": "Objet.", "answers": {}, "actor": officer}
    for wrong, sentence in (
        ({"base": 0}, "version plus récente"),
        ({"wanted": found}, "Rien ne change"),
        ({"note": " "}, "ce que change cette version"),
        ({"wanted": changed(found, 1, "  ")}, "L’article 2 n’a pas de titre ou pas de texte"),
        ({"wanted": []}, "de 1 à 80 articles"),
        ({"answers": {7: Answer(RemarkOutcome.ACCEPTED, "")}}, "La remarque 7 n’existe pas"),
        ({"actor": owner}, "pas le droit"),
    ):
        with pytest.raises(TransitionRefused, match=sentence):
            actions.answer_remarks(convention, **good | wrong)
    assert convention.texts.count() == 1
    actions.make_remark(convention, "a2", base=1, kind="question", words="Pourquoi ?", actor=owner)
    with pytest.raises(TransitionRefused, match="Répondez à la remarque 1"):
        actions.answer_remarks(
            convention, **good | {"answers": {1: Answer(RemarkOutcome.REPLIED, " ")}, "wanted": found}
        )
    assert actions.answer_remarks(convention, **good | {"answers": {1: Answer("replied", "Voilà.")}}).number == 2
    with pytest.raises(TransitionRefused, match="« Répondue »"):
        actions.answer_remarks(convention, **good | {"base": 2, "answers": {1: Answer("replied", "Encore.")}})
    lost = changed(last(convention), 3, "Le montant est de 1,00 €.")
    actions.answer_remarks(convention, **good | {"base": 2, "wanted": lost})
    with pytest.raises(TransitionRefused, match="ne dit plus partout le montant de l’aide"):
        actions.freeze_convention(convention, base=3, actor=officer)
    with pytest.raises(TransitionRefused, match="version plus récente"):
        actions.freeze_convention(convention, base=2, actor=officer)
    assert Convention.objects.get().state == "prepared"


def test_the_pages_of_a_text_show_versions_remarks_and_answers(convention, owner, officer):
    laureate, staff = people.client_of(owner), people.client_of(officer)
    text, remark = (reverse(f"funding:convention_{name}", args=args) for name, args in (
        ("text", [convention.ref]), ("remark", [convention.ref, "a2"])
    ))  # fmt: skip
    managed = {name: reverse(f"admin:funding_convention_{name}", args=[convention.ref]) for name in
               ("text", "answer", "freeze", "reopen", "change")}  # fmt: skip
    assert remark in words(laureate.get(text))
    assert words(laureate.get(remark)).count("Texte que vous proposez") == 1
    assert laureate.post(remark, {"base": 1, "kind": "question", "words": ""}).status_code == 422
    sent = {"base": 1, "kind": "change", "proposed": HOSTILE, "words": HOSTILE}
    assert laureate.post(remark, sent).url == text
    page = laureate.get(text).content.decode()
    assert "<script>alert" not in page
    assert page.count("&lt;script&gt;alert(1)&lt;/script&gt;{{") == 2
    assert "1 remarque attend votre réponse" in words(staff.get(managed["text"]))
    assert "Remarque 1" in words(staff.get(managed["answer"]))
    form = {f"title_{one.code}": one.title for one in last(convention)}
    form |= {f"text_{one.code}": one.text.replace("\n", "\r\n") for one in last(convention)}
    form |= {"base": 1, "outcome_1": "declined", "answer_1": "Non.", "new_title": "", "new_text": "", "note": ""}
    assert staff.post(managed["answer"], form | {"answer_1": ""}).status_code == 422
    assert staff.post(managed["answer"], form).url == managed["text"]
    assert convention.texts.count() == 1  # what a browser does to line ends is no change
    duration = last(convention)[2]
    more = {"removed_a3": "on", "new_title": "Ajout", "new_text": "Un article.", "note": "Un de moins, un de plus."}
    del form["outcome_1"], form["answer_1"]
    assert staff.post(managed["answer"], form | more).url == managed["text"]
    page = words(laureate.get(text))
    for said in ("Non retenue", "2 articles changent depuis la version 1", "Un de moins, un de plus.", "Retiré"):
        assert said in page
    assert "Aucune remarque n’attend de réponse" in words(staff.get(managed["text"]))
    assert "Rien ne change" not in words(laureate.get(text + "?version=1"))
    assert "ne dit plus partout la durée du projet" in words(staff.get(managed["freeze"]))
    assert staff.post(managed["freeze"], {"base": 2}).status_code == 422
    form = {f"title_{one.code}": one.title for one in last(convention)}
    form |= {f"text_{one.code}": one.text for one in last(convention)} | {"base": 2, "new_title": "", "new_text": ""}
    form |= {"text_v2": duration.text, "note": "La durée est dite de nouveau."}
    assert staff.post(managed["answer"], form).url == managed["text"]
    assert staff.post(managed["freeze"], {"base": 3}).url == managed["change"]

    assert "Ce texte est figé" in words(laureate.get(text))
    assert remark not in words(laureate.get(text))
    assert staff.post(managed["reopen"], {"reason": ""}).status_code == 422
    assert staff.post(managed["reopen"], {"reason": "Coquille."}).url == managed["change"]
    with_remarks = Remark.objects.count()
    for number in range(2):
        actions.make_remark(convention, "a1", base=3, kind="question", words=f"Et {number} ?", actor=owner)
    assert (with_remarks, words(laureate.get(text)).count("Remarque ")) == (1, 3)
