"""The pages of a claim on both sides: what is typed, what is sent, what is decided, and the same figures everywhere."""

import datetime as dt
import re

from django.core.files.uploadedfile import SimpleUploadedFile
from django.urls import reverse

from ami_portal.kernel import clock
from funding import expenses
from funding.models import ExpenseLine
from tests import people, scenes

from .laureates import a_laureate, a_signed_convention
from .spending import a_claim, accepted, by_expenses, paid
from .test_pages import taken, words


def said(response):
    return re.sub(r"\s+", " ", words(response).replace("\u00a0", " ").replace("\u202f", " "))


def test_a_claim_goes_through_the_pages_of_both_sides(call, owner, officer, accountant):
    convention = a_signed_convention(a_laureate(by_expenses(call), owner), officer)
    paid(convention, 1, officer, accountant)
    mine, theirs = people.client_of(owner), people.client_of(officer)

    def url(name, *args):
        return reverse(f"funding:{name}", args=[convention.ref, *args])

    def act(name, *args):
        return reverse(f"admin:funding_convention_{name}", args=[convention.ref, *args])

    page = said(mine.get(url("convention_detail")))
    assert "Le versement 2, « Premier état de dépenses », attend un état de dépenses" in page
    assert "L’état de dépenses est à établir par le bénéficiaire." in page
    assert mine.post(url("claim_start")).url == url("claim_detail", 1)
    assert "Aucune dépense pour l’instant" in said(mine.get(url("claim_detail", 1)))
    day = clock.today() - dt.timedelta(days=3)
    form = {"category": "staff", "label": "=HYPERLINK(1)", "supplier": "<b>Labo</b>", "invoiced_on": f"{day}"}
    form |= {"paid_on": f"{day}", "amount": "1e3"}
    wrong = mine.post(url("claim_add", 1), form)
    assert (wrong.status_code, "par exemple 98 500,50" in said(wrong)) == (422, True)
    assert mine.post(url("claim_add", 1), form | {"amount": "1 000,10"}).url == url("claim_detail", 1)
    table = "\n".join([";".join(expenses.columns("TTC")), f"Missions;Train;SNCF;{day};{day};-1"])
    file = SimpleUploadedFile("t.csv", table.encode())
    assert mine.post(url("claim_file", 1), {"document": file}).url == url("claim_detail", 1)
    scenes.run_jobs()
    page = said(mine.get(url("claim_detail", 1)))
    assert "« t.csv » : rien n’est ajouté" in page
    assert "Ligne 2, Montant TTC (€) : « -1 » : le montant est d’au moins un centime." in page
    assert "&lt;b&gt;Labo&lt;/b&gt;" in page
    wrong = mine.post(url("claim_file", 1), {"document": scenes.a_file("t.pdf")})
    assert (wrong.status_code, "pas un tableau" in said(wrong)) == (422, True)
    assert mine.get(url("claim_model")).content.startswith(b"PK")
    changed = form | {"amount": "1 200,20", "document": scenes.a_file("f.pdf")}
    mine.post(url("claim_change", 1, 1), changed)
    assert mine.get(url("claim_proof", 1, 1)).status_code == 404
    scenes.run_jobs()
    assert taken(mine.get(url("claim_proof", 1, 1))) == 200
    mine.post(url("claim_add", 1), form | {"label": "Erreur", "amount": "5"})
    mine.post(url("claim_remove", 1, 2))
    assert mine.post(url("claim_submit", 1)).url == url("claim_detail", 1)
    assert "Envoyé le" in said(mine.get(url("claim_detail", 1)))

    listed = reverse("admin:funding_convention_changelist")
    assert convention.ref in said(theirs.get(f"{listed}?attend=depenses"))
    page = said(theirs.get(act("claim", 1)))
    assert "Accepter la dépense qui reste (1)" in page
    wrong = theirs.post(act("claim_line", 1, 1), {"verdict": "reduced", "accepted_amount": "5000"})
    assert (wrong.status_code, "garde plus de zéro et moins de 1 200,20 €" in said(wrong)) == (422, True)
    reduce = {"verdict": "reduced", "accepted_amount": "1000,20", "reason": "=1+1"}
    assert theirs.post(act("claim_line", 1, 1), reduce).url == act("claim", 1)
    page = said(theirs.get(act("claim", 1)))
    assert "Versement 2 : 1 000,20 €, dont 100,02 € retenus ; à payer <strong>900,18 €</strong>." in page
    assert taken(theirs.get(act("claim_proof", 1, 1))) == 200
    theirs.post(act("claim_accept", 1))
    page = said(mine.get(url("claim_detail", 1)))
    assert "1 000,20 € de dépenses acceptées. Le versement 2 est de 1 000,20 €, dont 100,02 € retenus." in page
    rows = mine.get(url("claim_csv", 1)).content.decode("utf-8-sig").splitlines()
    assert rows[1].split(";")[2:4] + rows[1].split(";")[6:] == [
        "'=HYPERLINK(1)",
        "<b>Labo</b>",
        "1200,20",
        "Réduite",
        "1000,20",
        "'=1+1",
    ]
    assert mine.get(url("claim_csv", 1)).content == theirs.get(act("claim_csv", 1)).content
    assert ExpenseLine.objects.count() == 1


def test_the_end_of_a_grant_is_told_on_its_pages(call, owner, officer, accountant):
    """Advance 30 000 €, 25 000 € accepted in all: 3 000 € of retention kept, 2 000 € to give back, then repaid."""
    ruled = by_expenses(call, instalments=[_line("advance", "30"), _line("balance", "70", basis="balance")])
    convention = a_signed_convention(a_laureate(ruled, owner), officer)
    paid(convention, 1, officer, accountant)
    act = reverse("admin:funding_convention_free_retention", args=[convention.ref])
    assert "Le versement 2 est encore à payer" in said(people.client_of(officer).get(act))
    accepted(a_claim(convention, owner, "25000.00"), officer)
    change = reverse("admin:funding_convention_change", args=[convention.ref])
    cashier = people.client_of(accountant)
    page = said(cashier.get(change))
    assert "<dt>À reverser</dt><dd>2 000,00 €</dd>" in page
    repay = reverse("admin:funding_convention_repay", args=[convention.ref, 1])
    assert repay in page
    assert cashier.post(repay, {}).status_code == 422
    assert cashier.post(repay, {"repaid_on": f"{clock.today()}", "reference": "TR 12"}).url == change
    page = said(people.client_of(owner).get(reverse("funding:convention_detail", args=[convention.ref])))
    assert "<dt>Accordé</dt><dd>25 000,00 €</dd>" in page
    assert "Reversé le" in page
    assert "déjà reversée" in said(cashier.get(repay))
    assert "Rien n’est retenu" in said(people.client_of(officer).get(act))


def _line(code, percent, **more):
    return {"code": code, "label": code.title(), "percent": percent, "months_after_signature": 0} | more


def test_the_retention_is_freed_then_paid_by_another(call, owner, officer, accountant):
    convention = a_signed_convention(a_laureate(by_expenses(call, instalments=[_line("all", "100")]), owner), officer)
    paid(convention, 1, officer, accountant)
    client = people.client_of(officer)
    change = reverse("admin:funding_convention_change", args=[convention.ref])
    free = reverse("admin:funding_convention_free_retention", args=[convention.ref])
    assert "Libérer la retenue de 10 000,00 €" in said(client.get(change))
    assert client.post(free, {}).status_code == 422
    assert client.post(free, {"reason": "Rapport final accepté le 12 mars."}).url == change
    page = said(client.get(change))
    assert "Libération de la retenue" in page
    assert "Libérer la retenue de" not in page
    paid(convention, 2, officer, accountant)
    assert "<dt>Payé</dt><dd>100 000,00 €</dd>" in said(client.get(change))
