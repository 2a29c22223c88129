"""What an instructor does of a dossier: criteria decided together, declarations, opinions asked for."""

import datetime as dt

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications.models import Call, Dossier
from evaluation import actions
from evaluation.models import EligibilityItem, Letter, Opinion
from tests import scenes
from tests.evaluation import scenes as evaluation
from tests.people import client_of, staff

from . import staff_rows as rows


@pytest.fixture
def call(db):
    return scenes.a_call(closes_in_days=-20)


@pytest.fixture
def instructor(db):
    return staff(Role.INSTRUCTOR)


def send(user, name, ref, *args, follow=False, **data):
    return client_of(user).post(reverse(f"admin:{name}", args=[ref, *args]), data, follow=follow)


def decisions(dossier):
    rows = EligibilityItem.objects.filter(version__dossier=dossier).exclude(decision="")
    return {row.criterion.code: (row.decision, row.reason, row.decided_by) for row in rows.select_related("criterion")}


def all_met(dossier, **changes):
    """The form as sent when every criterion of eligibility is met."""
    codes = dossier.call.criteria.filter(decided_by="staff", act="eligibility").values_list("code", flat=True)
    return {f"{code}-decision": "met" for code in codes} | changes


def test_a_criterion_shows_its_parts_and_its_smallest_mend(call, instructor):
    dossier = rows.a_row(call)
    rows.decided(dossier, "")
    part = {"label": "Durée <b>", "result": "not_met", "evidence": "26 mois.", "found_at": ["title"]}
    tree = {"parts": [part], "mend": {"text": "Raccourcir de 2 mois.", "steps": []}}
    EligibilityItem.objects.filter(version__dossier=dossier, criterion__code="BUDGET").update(tree=tree)
    text = client_of(instructor).get(reverse("admin:staff_dossier", args=[dossier.ref])).content.decode()
    assert "Partie par partie (1)" in text
    assert "<strong>Durée &lt;b&gt;</strong>" in text
    assert text.count("#reponse-title") > EligibilityItem.objects.filter(version__dossier=dossier).count() - 3
    assert "Le plus petit changement qui y satisferait&nbsp;: Raccourcir de 2 mois." in text


def test_decisions_are_recorded_together_each_with_its_trace(call, instructor):
    dossier = rows.a_row(call)
    rows.decided(dossier, "")
    rows.admitted(dossier)
    response = send(
        instructor,
        "staff_decide_criteria",
        dossier.ref,
        follow=True,
        **{"PUBLIC_INTEREST-decision": "met", "BUDGET-decision": "not_met", "BUDGET-reason": "Trop <b>cher</b>."},
    )
    assert "2 décisions enregistrées." in rows.text_of(response)
    assert decisions(dossier) == {
        "PUBLIC_INTEREST": ("met", "", instructor),
        "BUDGET": ("not_met", "Trop <b>cher</b>.", instructor),
    }
    events = AuditEvent.objects.filter(verb="criterion.decide").values_list("actor", "after", "data__criterion")
    assert set(events) == {(instructor.pk, "met", "PUBLIC_INTEREST"), (instructor.pk, "not_met", "BUDGET")}


def test_what_is_refused_stays_as_typed_and_the_rest_is_kept(call, instructor):
    dossier = rows.a_row(call)
    rows.decided(dossier, "")
    rows.admitted(dossier)
    response = send(
        instructor,
        "staff_decide_criteria",
        dossier.ref,
        **{
            "PUBLIC_INTEREST-decision": "met",
            "BUDGET-decision": "not_met",
            "DURATION-reason": "Un motif sans décision",
        },
    )
    text = rows.text_of(response)
    assert response.status_code == 422
    assert "1 décision enregistrée." in text
    assert "Dites pourquoi le critère n’est pas satisfait : le porteur lira ce motif." in text
    assert "Choisissez : satisfait, ou non satisfait." in text
    assert 'value="not_met" id="id_BUDGET-decision_1" checked' in response.content.decode()
    assert "Un motif sans décision" in text
    assert decisions(dossier) == {"PUBLIC_INTEREST": ("met", "", instructor)}


def test_overruling_the_machine_needs_a_reason_and_is_marked(call, instructor):
    dossier = rows.a_row(call)
    rows.decided(dossier, "")
    rows.admitted(dossier)
    EligibilityItem.objects.filter(criterion__code="DURATION").update(automatic="not_met")
    refused = send(instructor, "staff_decide_criteria", dossier.ref, **{"DURATION-decision": "met"})
    assert "Dites pourquoi vous écartez le résultat automatique." in rows.text_of(refused)
    said = {"DURATION-decision": "met", "DURATION-reason": "Le jalon est une faute de frappe."}
    page = rows.text_of(send(instructor, "staff_decide_criteria", dossier.ref, follow=True, **said))
    assert "Contre le contrôle automatique" in page
    assert decisions(dossier)["DURATION"] == ("met", "Le jalon est une faute de frappe.", instructor)


def test_the_same_decision_again_changes_nothing(call, instructor):
    dossier = rows.a_row(call)
    rows.decided(dossier, "")
    for _ in range(2):
        response = send(instructor, "staff_decide_criteria", dossier.ref, follow=True, **{"COMPLETE-decision": "met"})
    assert "Aucune décision n’a changé." in rows.text_of(response)
    assert AuditEvent.objects.filter(verb="criterion.decide").count() == 1


def test_the_page_shows_the_call_the_evidence_and_links_to_the_answers(call, instructor):
    dossier = evaluation.a_deposit(call)
    response = client_of(instructor).get(reverse("admin:staff_dossier", args=[dossier.ref]))
    text = rows.text_of(response)
    item = EligibilityItem.objects.get(version__dossier=dossier, criterion__code="BUDGET")
    assert item.criterion.text.replace("\u00a0", " ").replace("\u202f", " ") in text
    assert " ".join(item.evidence.replace("\u00a0", " ").replace("\u202f", " ").split()) in text
    link = reverse("admin:staff_content", args=[dossier.ref]) + "#reponse-amount_requested"
    assert link in response.content.decode()
    assert "0 critères décidés sur 13" in text


def test_after_the_declaration_decisions_are_only_read(call, instructor):
    dossier = evaluation.an_eligible(call)
    response = client_of(instructor).get(reverse("admin:staff_dossier", args=[dossier.ref]))
    assert ("Enregistrer les décisions" in rows.text_of(response), response.context["may_decide"]) == (False, False)
    late = send(
        instructor, "staff_decide_criteria", dossier.ref, **{"COMPLETE-decision": "not_met", "COMPLETE-reason": "x"}
    )
    assert late.status_code == 422
    assert decisions(dossier)["COMPLETE"][0] == "met"


def test_a_dossier_is_declared_eligible_after_its_page(call, instructor):
    dossier = evaluation.a_deposit(call)
    evaluation.decide_all(dossier)
    page = client_of(instructor).get(reverse("admin:staff_declare_eligible", args=[dossier.ref]))
    assert page.context["confirmation"].obstacles == ()
    response = send(instructor, "staff_declare_eligible", dossier.ref, follow=True)
    dossier.refresh_from_db()
    assert (dossier.state, AuditEvent.objects.get(verb="dossier.declare_eligible").actor) == ("eligible", instructor)
    assert f"Le dossier {dossier.ref} est éligible." in rows.text_of(response)
    again = send(instructor, "staff_declare_eligible", dossier.ref, follow=True)
    assert "Action impossible : l’état du dossier est « Éligible »." in rows.text_of(again)


def test_what_is_left_is_said_and_nothing_is_declared(call, instructor):
    dossier = evaluation.a_deposit(call)
    page = client_of(instructor).get(reverse("admin:staff_declare_eligible", args=[dossier.ref]))
    assert len(page.context["confirmation"].obstacles) == 11  # the recevabilité comes first, then ten criteria
    assert "Déclarer éligible</button>" not in page.content.decode()
    send(instructor, "staff_declare_eligible", dossier.ref)
    assert Dossier.objects.get().state == "submitted"


def test_before_the_closing_nothing_is_declared(instructor):
    call = scenes.a_call(closes_in_days=5)
    dossier = rows.a_row(call)
    rows.decided(dossier)
    for name in ("staff_declare_eligible", "staff_declare_ineligible"):
        page = client_of(instructor).get(reverse(f"admin:{name}", args=[dossier.ref]))
        assert page.context["confirmation"].obstacles[0].startswith("La clôture de ce dossier est le ")
        send(instructor, name, dossier.ref)
    assert Dossier.objects.get().state == "submitted"


def test_a_dossier_is_received_after_its_page_then_its_eligibility_opens(call, instructor):
    dossier = evaluation.a_deposit(call)
    for item in scenes.items_to_decide(dossier, "admissibility"):
        actions.decide_criterion(item, decision="met", reason="Vu.", actor=instructor)
    page = client_of(instructor).get(reverse("admin:staff_declare_admissible", args=[dossier.ref]))
    assert (page.context["confirmation"].obstacles, page.context["confirmation"].told) == (
        (),
        ("Personne n’est prévenu à cette étape.",),
    )
    text = rows.text_of(send(instructor, "staff_declare_admissible", dossier.ref, follow=True))
    assert f"Le dossier {dossier.ref} est recevable : son éligibilité se décide maintenant." in text
    assert "Recevable , par Instructor Martin" in text
    assert "Étape : Éligibilité à instruire" in text


def test_a_criterion_is_decided_beside_what_was_deposited(call, instructor):
    dossier = evaluation.a_deposit(call)
    scenes.receive(dossier, instructor)
    url = reverse("admin:staff_criterion", args=[dossier.ref, "OPEN_SOURCE"])
    text = rows.text_of(client_of(instructor).get(url))
    item = EligibilityItem.objects.get(version__dossier=dossier, criterion__code="OPEN_SOURCE")
    for said in (item.criterion.text, item.criterion.reasons[0], "Résultats", "Règle"):
        assert said.replace("\u00a0", " ") in text
    refused = client_of(instructor).post(url, {"OPEN_SOURCE-decision": "not_met"})
    assert (refused.status_code, "Dites pourquoi" in rows.text_of(refused)) == (422, True)
    said = {"OPEN_SOURCE-decision": "not_met", "OPEN_SOURCE-proposed": item.criterion.reasons[0]}
    response = client_of(instructor).post(url, said)
    assert decisions(dossier)["OPEN_SOURCE"] == ("not_met", item.criterion.reasons[0], instructor)
    assert response["Location"] == reverse("admin:staff_criterion", args=[dossier.ref, "FR_LEGAL_PERSON"])


def test_a_second_person_confirms_or_sends_back_on_the_page_of_the_criterion(call, instructor):
    dossier, other = evaluation.a_deposit(call), staff(Role.INSTRUCTOR, email="autre@hdh.example")
    Call.objects.update(decisions={"two_people_refusals": True})
    scenes.receive(dossier, instructor)
    url = reverse("admin:staff_criterion", args=[dossier.ref, "DURATION"])
    said = {"DURATION-decision": "not_met", "DURATION-reason": "30 <b>mois</b>."}
    first = rows.text_of(client_of(instructor).post(url, said, follow=True))
    assert "1 décision proposée : une autre personne doit confirmer." in first
    own = rows.text_of(client_of(instructor).get(url))
    assert ("À confirmer" in own, "Confirmer cette décision" in own, "30 <b>mois</b>." in own) == (True, False, True)
    theirs = client_of(other).get(url)
    assert "Confirmer cette décision" in rows.text_of(theirs)
    assert (
        f'<a class="portal-ref" href="{reverse("admin:staff_dossier", args=[dossier.ref])}">' in theirs.content.decode()
    )
    empty = send(other, "staff_criterion_send_back", dossier.ref, "DURATION", answer="")
    assert empty.status_code == 422
    send(other, "staff_criterion_send_back", dossier.ref, "DURATION", answer="Relisez le jalon 3.")
    assert "Relisez le jalon 3." in rows.text_of(client_of(instructor).get(url))
    client_of(instructor).post(url, said)
    text = rows.text_of(send(other, "staff_criterion_confirm", dossier.ref, "DURATION", follow=True))
    assert "La décision est confirmée." in text
    assert decisions(dossier)["DURATION"] == ("not_met", "30 <b>mois</b>.", instructor)
    again = rows.text_of(send(other, "staff_criterion_confirm", dossier.ref, "DURATION", follow=True))
    assert "Aucune décision n’est proposée sur ce critère" in again


def test_a_dossier_is_declared_not_eligible_and_its_letter_leaves(call, instructor):
    dossier = evaluation.a_deposit(call)
    evaluation.decide_all(dossier)
    item = EligibilityItem.objects.get(version__dossier=dossier, criterion__code="BUDGET")
    send(
        instructor,
        "staff_decide_criteria",
        dossier.ref,
        **all_met(dossier)
        | {f"{item.criterion.code}-decision": "not_met", f"{item.criterion.code}-reason": "Trop cher."},
    )
    page = rows.text_of(client_of(instructor).get(reverse("admin:staff_declare_ineligible", args=[dossier.ref])))
    assert "Motif : Trop cher." in page
    assert "claire@valmont.example" in page
    send(instructor, "staff_declare_ineligible", dossier.ref)
    scenes.run_jobs()
    dossier.refresh_from_db()
    letter = Letter.objects.get(dossier=dossier)
    assert (dossier.state, letter.kind, letter.released_at is not None) == ("ineligible", "ineligible", True)
    assert Message.objects.filter(subject_ref=dossier.ref, to_email="claire@valmont.example").exists()
    head = rows.text_of(client_of(instructor).get(reverse("admin:staff_dossier", args=[dossier.ref])))
    assert "Lettre de décision" in head


def test_checks_can_be_run_again_and_decisions_stay(call, instructor):
    dossier = evaluation.a_deposit(call)
    evaluation.decide_all(dossier)
    send(instructor, "staff_check_again", dossier.ref)
    assert Job.objects.filter(name="evaluation.run_checks", ids={"version_id": dossier.versions.get().pk}).exists()
    scenes.run_jobs()
    assert len(decisions(dossier)) == 13


def test_a_partner_s_opinion_is_asked_for_with_or_without_a_day(call, instructor):
    dossier = evaluation.an_eligible(call)
    evaluation.partner(dossier)
    dataset = dossier.dossier_datasets.get().version.dataset
    day = clock.today() + dt.timedelta(days=12)
    typed = {f"{dataset.code}-due_on": day.isoformat()}
    response = send(instructor, "staff_request_opinion", dossier.ref, dataset.code, follow=True, **typed)
    assert f"L’avis de {dataset.partner.name} est demandé" in rows.text_of(response)
    opinion = Opinion.objects.get()
    assert (opinion.dataset, opinion.due_on, opinion.state) == (dataset, day, "requested")
    again = send(instructor, "staff_request_opinion", dossier.ref, dataset.code, follow=True)
    assert "L’avis est déjà demandé" in rows.text_of(again)


def test_a_day_that_is_none_is_said_beside_its_field(call, instructor):
    dossier = evaluation.an_eligible(call)
    code = dossier.dossier_datasets.get().version.dataset.code
    response = send(instructor, "staff_request_opinion", dossier.ref, code, **{f"{code}-due_on": "demain"})
    assert (response.status_code, Opinion.objects.count()) == (422, 0)
    assert "1 point à corriger" in rows.text_of(response)


def test_a_dataset_that_is_not_asked_for_has_no_opinion(call, instructor):
    dossier = rows.a_row(call, state="eligible")
    absent = call.dataset_options[1][0]
    assert send(instructor, "staff_request_opinion", dossier.ref, absent).status_code == 404
