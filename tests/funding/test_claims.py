"""A claim from the first expense to its acceptance; each refusal beside the act, which changes nothing."""

import datetime as dt
from decimal import Decimal

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile

from ami_portal.audit.models import AuditEvent
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.documents.store import FileRefused
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications.models import DossierMember
from funding import actions, expenses
from funding.models import ExpenseClaim, ExpenseLine
from tests import people, scenes

from .laureates import a_laureate, a_signed_convention
from .spending import a_claim, a_line, accepted, by_expenses, paid, the_line

D = Decimal


@pytest.fixture
def convention(call, owner, officer):
    return a_signed_convention(a_laureate(by_expenses(call), owner), officer)


def refused(act, sentence):
    with pytest.raises(TransitionRefused, match=sentence.replace(" ", r"\s")):
        act()


def test_a_claim_is_stated_returned_corrected_then_examined(convention, owner, officer, accountant):
    claim = actions.start_claim(convention, actor=owner)
    assert (claim.ref, claim.instalment.number) == (f"{convention.ref}/D1", 2)
    refused(lambda: actions.start_claim(convention, actor=owner), "déjà ouvert")
    refused(lambda: actions.submit_claim(claim, actor=owner), "aucune ligne")
    later = clock.today() + dt.timedelta(days=1)
    for values, sentence in (
        ({"category": "yacht"}, "catégorie"),
        ({"paid_on": clock.today() - dt.timedelta(days=9)}, "précède la facture"),
        ({"paid_on": later, "invoiced_on": later}, "dans l’avenir"),
    ):
        refused(lambda values=values: actions.keep_line(claim, a_line("10.00") | values, actor=owner), sentence)
    first = actions.keep_line(claim, a_line("1000.00"), document=scenes.a_file("f.pdf"), actor=owner)
    second = actions.keep_line(claim, a_line("500.00", "Voyage", category="travel"), actor=owner)
    extra = actions.keep_line(claim, a_line("1.00", "Erreur"), actor=owner)
    actions.remove_line(extra, actor=owner)
    actions.remove_line(extra, actor=owner)
    refused(lambda: actions.decide_line(first, "accepted", actor=officer), "« En préparation »")
    actions.submit_claim(claim, actor=owner)
    refused(lambda: actions.submit_claim(claim, actor=owner), "« À examiner »")
    refused(lambda: actions.keep_line(claim, a_line("1.00"), actor=owner), "ne change plus")
    refused(lambda: actions.remove_line(second, actor=owner), "ne change plus")

    refused(lambda: actions.decide_line(first, "refused", reason=" ", actor=officer), "Dites pourquoi")
    reduce = {"reason": "Hors période.", "actor": officer}
    for amount in ("0.00", "500.00", "-1.00", None):
        wrong = {"accepted_amount": D(amount) if amount else None}
        refused(lambda wrong=wrong: actions.decide_line(second, "reduced", **wrong, **reduce), "plus de zéro et moins")
    refused(lambda: actions.decide_line(second, "pending", actor=officer), "Acceptez, réduisez ou refusez")
    actions.decide_line(second, "reduced", accepted_amount=D("499.99"), **reduce)
    refused(lambda: actions.accept_claim(claim, actor=officer), "1 dépense à examiner")
    refused(lambda: actions.return_claim(claim, reason="", actor=officer), "à corriger")
    actions.return_claim(claim, reason="Il manque la facture du voyage.", actor=officer)
    proof = {"document": scenes.a_file("v.pdf"), "actor": owner}
    changed = actions.keep_line(claim, a_line("480.00", "Voyage", category="travel"), line=second, **proof)
    assert (changed.verdict, changed.accepted_amount, changed.number) == ("pending", None, 2)
    actions.submit_claim(claim, actor=owner)
    paid(convention, 1, officer, accountant)
    accepted(claim, officer)
    refused(lambda: actions.accept_claim(claim, actor=officer), "« Accepté »")
    claim = ExpenseClaim.objects.get()
    line = convention.instalments.get(number=2)
    assert (claim.state, claim.accepted_by, line.gross, line.retention) == (
        "accepted",
        officer,
        D("1480.00"),
        D("148.00"),
    )
    told = list(Message.objects.filter(kind__contains="claim").order_by("pk").values_list("kind", "to_email"))
    contact = convention.dossier.call.contact
    assert told == [
        ("funding.claim_to_examine", contact),
        ("funding.claim_returned", owner.email),
        ("funding.claim_to_examine", contact),
        ("funding.claim_accepted", owner.email),
    ]
    verbs = list(AuditEvent.objects.filter(subject=claim.ref).order_by("number").values_list("verb", flat=True))
    names = "start submit decide_line return submit accept_rest accept"
    assert verbs == [f"claim.{name}" for name in names.split()]


def test_who_may_do_what_with_a_claim(convention, call, owner, officer, accountant):
    """A reader of the dossier, a stranger, the owner of another convention, whoever holds another duty."""
    reader, other = people.a_person("lecteur@labo.example"), people.a_person("autre@labo.example")
    DossierMember.objects.create(dossier=convention.dossier, email=reader.email, role="reader", invited_at=clock.now())
    a_signed_convention(a_laureate(call, other, number=2), officer)
    claim = actions.start_claim(convention, actor=owner)
    line = actions.keep_line(claim, a_line("1000.00"), actor=owner)
    for person in (reader, other, officer, accountant, people.a_person("personne@ailleurs.example")):
        for act in (
            lambda who: actions.start_claim(convention, actor=who),
            lambda who: actions.keep_line(claim, a_line("1.00"), actor=who),
            lambda who: actions.remove_line(line, actor=who),
            lambda who: actions.send_file(claim, scenes.a_file("t.xlsx"), actor=who),
            lambda who: actions.submit_claim(claim, actor=who),
        ):
            refused(lambda act=act, person=person: act(person), "pas le droit")
    actions.submit_claim(claim, actor=owner)
    for person in (owner, reader, other, accountant):
        for act in (
            lambda who: actions.decide_line(line, "accepted", actor=who),
            lambda who: actions.accept_rest(claim, actor=who),
            lambda who: actions.return_claim(claim, reason="Non.", actor=who),
            lambda who: actions.accept_claim(claim, actor=who),
            lambda who: actions.free_retention(convention, reason="Non.", actor=who),
        ):
            refused(lambda act=act, person=person: act(person), "pas le droit")
    assert ExpenseLine.objects.get().verdict == "pending"


def test_conditions_stop_a_certification_until_they_are_met(convention, owner, officer, accountant):
    """The regulation wants the claim accepted, then the earlier line paid."""
    call = convention.dossier.call
    call.regulation["instalments"][1]["conditions"] = ["earlier_paid", "claim_accepted"]
    call.save(update_fields=["regulation"])
    line = convention.instalments.get(number=2)
    refused(lambda: actions.certify_service(line, actor=officer), r"versement 1 .* à payer.* à établir")
    claim = a_claim(convention, owner, "1000.00")
    actions.accept_rest(claim, actor=officer)
    refused(lambda: actions.accept_claim(claim, actor=officer), "versement 1 est encore à payer")
    paid(convention, 1, officer, accountant)
    refused(lambda: actions.certify_service(line, actor=officer), "à examiner par le gestionnaire")
    actions.accept_claim(claim, actor=officer)
    assert actions.certify_service(line, actor=officer).state == "certified"


def test_each_expense_has_its_document_where_the_regulation_says_so(call, owner, officer):
    rules = {"expenses": {"documents": "each"}}
    convention = a_signed_convention(a_laureate(by_expenses(call, **rules), owner), officer)
    claim = actions.start_claim(convention, actor=owner)
    line = actions.keep_line(claim, a_line("1000.00"), actor=owner)
    refused(lambda: actions.submit_claim(claim, actor=owner), "manque un justificatif.*Salaires")
    with pytest.raises(FileRefused, match="PDF"):
        actions.keep_line(claim, a_line("1000.00"), line=line, document=scenes.a_file("f.docx"), actor=owner)
    kept = actions.keep_line(claim, a_line("1000.00"), line=line, document=scenes.a_file("f.pdf"), actor=owner)
    Document.objects.filter(pk=kept.document_id).update(verdict=Verdict.REFUSED, verdict_reason="Illisible.")
    refused(lambda: actions.submit_claim(claim, actor=owner), "justificatif est refusé")
    Document.objects.filter(pk=kept.document_id).update(verdict=Verdict.ACCEPTED, verdict_reason="")
    assert actions.submit_claim(claim, actor=owner).state == "submitted"


def test_a_spreadsheet_is_added_whole_or_not_at_all(convention, owner):
    claim = actions.start_claim(convention, actor=owner)
    day = f"{clock.today() - dt.timedelta(days=1):%d/%m/%Y}"
    head = ";".join(expenses.columns("TTC"))

    def sent(*rows, name="t.csv"):
        content = "\n".join([head, *rows]).encode("utf-8-sig")
        file = actions.send_file(claim, SimpleUploadedFile(name, content), actor=owner)
        for _ in range(2):  # a job may run twice
            actions.read_file(file_id=file.pk)
        file.refresh_from_db()
        return file

    good = f"Personnel;Salaire;Institut;{day};{day};1 000,10"
    wrong = sent(good, f"Personnel;Salaire;Institut;{day};{day};-5", f"Yacht;=1;Institut;{day};{day};1e3")
    assert (wrong.added, len(wrong.problems), claim.lines.count()) == (0, 4, 0)
    tomorrow = f"{clock.today() + dt.timedelta(days=1):%d/%m/%Y}"
    assert "dans l’avenir" in sent(f"Personnel;Salaire;Institut;{day};{tomorrow};1").problems[0]
    right = sent(good, good)
    assert (right.added, right.problems) == (2, [])
    assert list(claim.lines.values_list("number", "amount")) == [(1, D("1000.10")), (2, D("1000.10"))]
    for name, content in (("t.pdf", scenes.a_pdf()), ("t.docx", scenes.a_file("t.docx").read()), ("t.exe", b"MZ")):
        with pytest.raises(FileRefused, match="pas un tableau"):
            actions.send_file(claim, SimpleUploadedFile(name, content), actor=owner)
    waiting = actions.send_file(claim, SimpleUploadedFile("t.csv", head.encode()), actor=owner)
    actions.submit_claim(claim, actor=owner)
    actions.read_file(file_id=waiting.pk)
    waiting.refresh_from_db()
    assert waiting.problems == ["L’état de dépenses a été envoyé entre-temps\u00a0: rien n’est ajouté."]


def test_an_amount_is_what_the_line_says_whatever_is_typed_around_it(convention, owner, officer, accountant):
    """A reduced line beside an accepted one; the sums that settle the instalment are those of the decisions."""
    paid(convention, 1, officer, accountant)
    claim = a_claim(convention, owner, "100.01", "200.02", "300.03")
    actions.decide_line(the_line(claim, "200.02"), "refused", reason="Non éligible.", actor=officer)
    actions.decide_line(
        the_line(claim, "300.03"), "reduced", accepted_amount=D("0.01"), reason="Part du projet.", actor=officer
    )
    accepted(claim, officer)
    assert convention.instalments.get(number=2).gross == D("100.02")
