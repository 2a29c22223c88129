"""The document: the call's articles filled from the frozen dossier, its annexes, built once."""

import io
import threading
from decimal import Decimal

import pytest
from django.db import connection
from pypdf import PdfReader

from ami_portal.documents import pdf, seal, store
from ami_portal.documents.models import Document
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications.models import Call, Dossier
from applications.reading import frozen, standing_version
from funding import actions, agreement, articles
from funding.models import Convention, ConventionTemplate
from tests import people, scenes

from .laureates import a_frozen_convention, a_grant_officer, a_laureate, add_decision

TITLE = "Réponse aux traitements <b>injectables</b> {empreinte} {{ 7|add:1 }}"
BUDGET = [
    {"category": "services", "description": "Relecture", "year": "1", "amount": "8500.25"},
    {"category": "staff", "description": "Data scientist", "year": "1", "amount": "45000.00"},
    {"category": "staff", "description": "Data scientist", "year": "2", "amount": "45000.25"},
]


def a_deposited_laureate(owner):
    """A real deposit of the real call, then its result as rows."""
    call = scenes.a_call(closes_in_days=10)
    plan = {
        "source": "Health Data Hub",
        "kind": "hdh",
        "amount": "98500.50",
        "state": "requested",
        "same_costs": "true",
    }
    words = {"amount_requested": "98500.50", "financing_plan": [plan]}
    words |= {"representative_name": "Anne Morel", "representative_role": "Directrice", "lead_name": "Institut Exemple"}
    dossier = scenes.a_submitted_dossier(call, owner, title=TITLE, budget=BUDGET, **words)
    Call.objects.filter(pk=call.pk).update(results_published_at=clock.now())
    Dossier.objects.filter(pk=dossier.pk).update(state="laureate")
    dossier = Dossier.objects.select_related("call").get(pk=dossier.pk)
    add_decision(dossier, "98500.50")
    return dossier


@pytest.fixture
def convention(db, owner, officer):
    return a_frozen_convention(a_deposited_laureate(owner), officer)


def text_of(content):
    pages = (page.extract_text() for page in PdfReader(io.BytesIO(content)).pages)
    text = " ".join(pages)
    for space in ("\u00a0", "\u202f"):
        text = text.replace(space, " ")
    return " ".join(text.split())


def test_the_articles_are_the_call_s_with_every_place_filled(convention):
    version = standing_version(convention.dossier)
    context = agreement.context(convention, version)
    wanted = convention.dossier.call.text("convention")
    titles = [article.title for article in context["articles"]]
    assert titles == [article["title"] for article in wanted if "shown_if" not in article]  # it asks for no linkage
    whole = "\n".join(article.text for article in context["articles"]).replace("\u00a0", " ").replace("\u202f", " ")
    for said in (
        "Institut Exemple, représenté par Anne Morel, Directrice, ci-après",
        f"le projet « {TITLE} », dossier {convention.dossier.ref}",
        f"dont l’empreinte SHA-256 est {version.sha256}",
        "à sa signature par la dernière des parties (date : à compléter à la signature)",
        "Le montant maximal de l’aide est de 98 500,50 €",
        "– À la signature de la convention : 40 % de l’aide, soit 39 400,20 €, dès la signature.",
        "– Au rapport intermédiaire : 40 % de l’aide, soit 39 400,20 €, 12 mois après la signature.",
        "– Au rapport final : 20 % de l’aide au plus, selon les dépenses acceptées, soit 19 700,10 €, 24 mois après la "
        "signature.",
        "Une retenue de 10 % est opérée",
    ):
        assert said in whole
    assert whole.count("{") == TITLE.count("{")  # what an applicant typed is not a place, and stays as typed


def test_a_template_is_kept_once_and_a_convention_keeps_its_own(convention, owner, officer):
    call, text = convention.dossier.call, convention.texts.get()
    assert (convention.template.number, ConventionTemplate.objects.count()) == (1, 1)
    assert (text.number, text.sha256) == (1, articles.fingerprint(text.articles))
    with pytest.raises(ValueError, match="never changed"):
        text.save()
    second = actions.prepare_convention(a_laureate(call, owner, number=8), actor=officer)
    call.texts["convention"] = [{"title": "Objet", "text": "Autre."}]
    call.save(update_fields=["texts"])
    third = actions.prepare_convention(a_laureate(call, owner, number=9), actor=officer)
    assert [one.template.number for one in (second, third)] == [1, 2]
    assert agreement.standing_articles(convention) == articles.read(text.articles)


def test_the_budget_is_summed_by_category_in_the_regulation_s_order(convention):
    call, dossier = convention.dossier.call, frozen(standing_version(convention.dossier))
    assert agreement.budget_by_category(call, dossier) == [
        {"label": "Personnel", "amount": Decimal("90000.25")},
        {"label": "Prestations de service", "amount": Decimal("8500.25")},
    ]
    call.criteria.filter(check_name="budget").delete()
    assert agreement.budget_by_category(call, dossier) == []


def test_without_a_signatory_the_convention_says_the_representative(convention):
    call = convention.dossier.call
    call.regulation = {name: value for name, value in call.regulation.items() if name != "signatory"}
    context = {"articles": agreement.first_articles(convention, standing_version(convention.dossier))}
    assert "représenté par son représentant légal" in context["articles"][0].text


@pytest.mark.drawn
def test_the_document_is_built_once_and_says_all(convention, owner):
    actions.build_convention(convention_id=convention.pk)
    actions.build_convention(convention_id=convention.pk)
    document = Convention.objects.get(pk=convention.pk).document
    assert (document.filename, document.media_type) == (f"{convention.ref}.pdf", "application/pdf")
    assert Document.objects.filter(kind="convention").count() == 1
    assert list(Message.objects.filter(kind="funding.convention_ready").values_list("to_email", flat=True)) == [
        owner.email
    ]
    content = store.read(document)
    text = text_of(content)
    version = standing_version(convention.dossier)
    for said in (
        TITLE,
        "Article 14 – Litiges",
        "Annexe 1 – Échéancier des versements",
        "Total 98 500,50 € 9 850,05 € 88 650,45 €",
        "Total des dépenses 98 500,50 €",
        "Personnel 90 000,25 €",
        version.sha256[:40],
        f"Convention {convention.ref} page 1/",
    ):
        assert said in text
    again = pdf.render("pdf/funding/convention.html", agreement.context(_fresh(convention), version))
    assert content.startswith(again)  # then its seal
    assert seal.is_whole(content)


def _fresh(convention):
    return Convention.objects.select_related("dossier__call").get(pk=convention.pk)


def test_mails_carry_an_act_a_reference_and_no_content(convention, officer):
    accountant = people.staff("accounting_officer")
    actions.build_convention(convention_id=convention.pk)
    signed = {"signed_on": clock.today(), "signatory": "Anne Morel", "despite": "Pièces attendues."}
    actions.record_signature(convention, **signed, actor=officer)
    line = actions.certify_service(convention.instalments.get(number=1), actor=officer)
    actions.record_payment(
        line, paid_on=clock.today(), payment_reference="MDT-1", despite="Pièces attendues.", actor=accountant
    )
    mails = list(Message.objects.filter(kind__startswith="funding.").order_by("pk"))
    assert [mail.title for mail in mails] == [
        f"{convention.ref} – le texte de votre convention est à relire",
        f"{convention.ref} – votre convention est prête à signer",
        f"{convention.ref} – signature de la convention enregistrée",
        f"{convention.ref} – un versement est enregistré",
    ]
    for mail in mails:
        assert f"/conventions/{convention.ref}/" in mail.body
        for secret in ("€", "Réponse aux traitements", "Institut", "Anne Morel", "MDT-1", "{{", "{%"):
            assert secret not in mail.body


@pytest.mark.django_db(transaction=True)
def test_two_workers_build_one_document(monkeypatch):
    built, start = [], threading.Barrier(2)

    def render(template, context):
        start.wait(timeout=30)  # both have seen that there is no document
        built.append(template)
        return scenes.a_pdf(len(built))

    dossier = a_deposited_laureate(people.a_person())
    with monkeypatch.context() as patch:
        patch.setattr("funding.actions.build_convention", lambda *, convention_id: None)
        convention = a_frozen_convention(dossier, a_grant_officer())
    monkeypatch.setattr("ami_portal.documents.pdf.render", render)

    def run():
        try:
            actions.build_convention(convention_id=convention.pk)
        finally:
            connection.close()

    threads = [threading.Thread(target=run) for _ in range(2)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join()
    assert (len(built), Document.objects.filter(kind="convention").count()) == (2, 1)
    assert Message.objects.filter(kind="funding.convention_ready").count() == 1
