"""The regulatory path of a laureate: route, kit, steps noted on their day, the choice of the applicant, who acts."""

import datetime as dt

import pytest
from django.core.files.uploadedfile import SimpleUploadedFile
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications.models import DossierMember
from funding import actions
from funding.models import AccessPath, PathStep
from funding.path_reading import follow_path
from funding.path_times import times_of
from funding.rules import conventions_managed_by
from tests import people, scenes

from .laureates import a_laureate, a_signed_convention
from .test_pages import codes, words

TODAY = dt.date


@pytest.fixture
def signed(dossier, officer):
    return a_signed_convention(dossier, officer)


@pytest.fixture
def chosen(signed, officer):
    actions.choose_route(signed, route="cnil_authorisation", actor=officer)
    return signed


def back(days):
    return clock.today() - dt.timedelta(days=days)


def standings(convention):
    return {line.step.rule.code: str(line.step.standing) for line in follow_path(convention, today=clock.today()).lines}


def pass_step(convention, code, officer, *, start, end, **said):
    actions.start_step(convention, code, on=back(start), actor=officer)
    return actions.end_step(convention, code, on=back(end), actor=officer, **said)


def to_committee(convention, officer):
    """The request filed, complete, and before the committee for forty days."""
    pass_step(convention, "request_filed", officer, start=60, end=60)
    pass_step(convention, "request_complete", officer, start=60, end=50)
    actions.start_step(convention, "committee_opinion", on=back(40), actor=officer)


def refused(act, *args, **said):
    with pytest.raises(TransitionRefused) as refusal:
        act(*args, **said)
    return str(refusal.value)


def test_a_route_is_chosen_then_the_kit_is_handed_piece_by_piece(signed, officer):
    assert "prévoit" in refused(actions.choose_route, signed, route="nulle", actor=officer)
    assert "d’abord" in refused(actions.hand_kit, signed, codes=["kit_protocol"], on=back(0), actor=officer)
    actions.choose_route(signed, route="no_formality", reason="Agrégats.", actor=officer)
    actions.choose_route(signed, route="cnil_authorisation", actor=officer)
    actions.hand_kit(signed, codes=["kit_protocol", "kit_summary", "inconnue"], on=back(2), actor=officer)
    now = follow_path(signed, today=clock.today())
    assert [code for code, _, on in now.kit if on] == ["kit_protocol", "kit_summary"]
    assert "pas encore remise" in refused(actions.hand_kit, signed, codes=["kit_protocol"], on=back(0), actor=officer)
    assert "avenir" in refused(actions.hand_kit, signed, codes=["kit_impact"], on=back(-1), actor=officer)
    actions.start_step(signed, "request_filed", on=back(1), actor=officer)
    assert "ne change plus" in refused(actions.choose_route, signed, route="no_formality", actor=officer)
    verbs = list(AuditEvent.objects.filter(verb__startswith="path.").values_list("verb", flat=True).order_by("number"))
    assert verbs == ["path.choose_route", "path.choose_route", "path.hand_kit", "path.start_step"]
    assert Message.objects.filter(kind="funding.path_moved").count() == 1


def test_each_step_is_noted_in_its_turn_on_a_possible_day(chosen, officer):
    assert standings(chosen)["committee_opinion"] == "waiting"
    assert "« À venir »" in refused(actions.start_step, chosen, "committee_opinion", on=back(0), actor=officer)
    assert "pas de la voie" in refused(actions.start_step, chosen, "methodology_commitment", on=back(0), actor=officer)
    assert "avenir" in refused(actions.start_step, chosen, "request_filed", on=back(-1), actor=officer)
    to_committee(chosen, officer)
    assert "précède" in refused(
        actions.end_step, chosen, "committee_opinion", on=back(41), answer="favourable_opinion", actor=officer
    )
    assert "Choisissez" in refused(
        actions.end_step, chosen, "committee_opinion", on=back(1), answer="oui", actor=officer
    )
    assert standings(chosen)["committee_opinion"] == "silent"  # a month is over: nothing is concluded from it
    actions.extend_step(chosen, "committee_opinion", reason="Présidence du comité.", actor=officer)
    assert standings(chosen)["committee_opinion"] == "running"
    assert "déjà prolongé" in refused(actions.extend_step, chosen, "committee_opinion", reason="Encore.", actor=officer)
    tacit = {"on": back(0), "answer": "tacit_opinion", "actor": officer}
    assert "délai échu" in refused(actions.end_step, chosen, "committee_opinion", **tacit)
    actions.pause_step(chosen, "committee_opinion", on=back(5), reason="Pièces demandées.", actor=officer)
    assert standings(chosen)["committee_opinion"] == "paused"
    assert "« Suspendue »" in refused(
        actions.end_step, chosen, "committee_opinion", on=back(0), answer="favourable_opinion", actor=officer
    )
    before = follow_path(chosen, today=clock.today()).lines[2].step.due_on
    actions.resume_step(chosen, "committee_opinion", on=back(1), actor=officer)
    line = follow_path(chosen, today=clock.today()).lines[2]
    assert line.step.due_on >= before + dt.timedelta(days=5)
    file = SimpleUploadedFile("avis.pdf", scenes.a_pdf(), content_type="application/pdf")
    said = {
        "answer": "with_recommendations",
        "reference": " DR-2026-061 ",
        "note": "Revoir la notice.",
        "document": file,
    }
    row = actions.end_step(chosen, "committee_opinion", on=back(0), actor=officer, **said)
    assert (row.reference, row.document.verdict) == ("DR-2026-061", Verdict.PENDING)
    assert standings(chosen)["committee_opinion"] == "choice"


@pytest.mark.parametrize(
    ("choice", "committee", "filed", "cnil"),
    [
        ("poursuivre", "done", "done", "ready"),
        ("arreter", "stopped", "done", "waiting"),
        ("reprendre", "waiting", "ready", "waiting"),
    ],
)
def test_the_applicant_says_what_follows_an_opinion(chosen, officer, owner, choice, committee, filed, cnil):
    to_committee(chosen, officer)
    actions.end_step(chosen, "committee_opinion", on=back(2), answer="with_reservations", actor=officer)
    assert "pas le droit" in refused(actions.choose_after, chosen, "committee_opinion", choice=choice, actor=officer)
    assert "Choisissez" in refused(actions.choose_after, chosen, "committee_opinion", choice="autre", actor=owner)
    actions.choose_after(chosen, "committee_opinion", choice=choice, actor=owner)
    found = standings(chosen)
    assert (found["committee_opinion"], found["request_filed"], found["cnil_decision"]) == (committee, filed, cnil)
    assert "Aucun choix" in refused(actions.choose_after, chosen, "committee_opinion", choice=choice, actor=owner)
    assert PathStep.objects.filter(counts=False).count() == (3 if choice == "reprendre" else 0)
    assert Message.objects.get(kind="funding.path_chosen").to_email == chosen.dossier.call.contact
    if choice == "reprendre":
        pass_step(chosen, "request_filed", officer, start=1, end=1)
        assert len(follow_path(chosen, today=clock.today()).lines[0].former) == 1


def test_nothing_is_noted_by_others_nor_on_a_closed_convention(chosen, officer, owner, accountant):
    for stranger in (owner, accountant, people.staff(Role.JURY_SECRETARY)):
        assert "pas le droit" in refused(actions.start_step, chosen, "request_filed", on=back(0), actor=stranger)
    DossierMember.objects.create(dossier=chosen.dossier, email=officer.email, role="reader", invited_at=clock.now())
    assert "pas le droit" in refused(actions.start_step, chosen, "request_filed", on=back(0), actor=officer)
    actions.renounce_grant(chosen.dossier, reason="", actor=owner)
    instructor = people.staff(Role.INSTRUCTOR)
    assert "sans suite" in refused(actions.start_step, chosen, "request_filed", on=back(0), actor=instructor)


def test_staff_hold_the_path_on_one_page_and_what_is_refused_stays(signed, officer):
    client, url = people.client_of(officer), reverse("admin:funding_convention_path", args=[signed.ref])
    assert "Choisir la voie" in words(client.get(url))
    assert client.post(url, {"act": "inconnu"}).status_code == 404
    client.post(url, {"act": "voie", "voie-route": "cnil_authorisation", "voie-reason": ""})
    day = back(3)
    sent = {"request_filed-commencer-on": day.isoformat()}
    page = words(client.post(url, {"act": "commencer request_filed", **sent}, follow=True))
    assert "L’étape est engagée." in page
    late = client.post(
        url,
        {
            "act": "issue request_filed",
            "request_filed-issue-on": back(9).isoformat(),
            "request_filed-issue-note": "Gardé.",
        },
    )
    assert (late.status_code, "précède le début" in words(late), "Gardé." in words(late)) == (422, True, True)
    assert client.post(url, {"act": "issue project_space"}).status_code == 422
    done = {"act": "issue request_filed", "request_filed-issue-on": back(1).isoformat()}
    assert "L’issue est notée" in words(client.post(url, done, follow=True))
    assert standings(signed)["request_complete"] == "ready"
    listed = words(client.get(reverse("admin:funding_convention_paths")))
    assert signed.ref in listed
    assert "Demande complète" in listed


def test_a_laureate_reads_the_path_chooses_once_and_takes_the_document(chosen, officer, owner):
    client, url = people.client_of(owner), reverse("funding:access_path", args=[chosen.ref])
    assert "En ce moment : Demande déposée au guichet" in words(client.get(url))
    to_committee(chosen, officer)
    file = SimpleUploadedFile("avis.pdf", scenes.a_pdf(), content_type="application/pdf")
    actions.end_step(chosen, "committee_opinion", on=back(2), answer="favourable_opinion", document=file, actor=officer)
    page = words(client.get(url))
    assert "À vous de choisir : Avis du CESREES" in page
    assert "en cours d’examen" in page
    document = reverse("funding:path_document", args=[chosen.ref, 3])
    assert client.get(document).status_code == 404
    Document.objects.filter(kind="path").update(verdict=Verdict.ACCEPTED)
    readers = [owner, people.a_person("autre@x.example"), officer]
    assert codes(owner, [document, reverse("funding:path_document", args=[chosen.ref, 9])]) == [200, 404]
    assert [codes(reader, [document])[0] for reader in readers] == [200, 404, 200]
    assert client.post(url, {"choice": ""}).status_code == 422
    assert "Votre choix est enregistré" in words(client.post(url, {"choice": "poursuivre"}, follow=True))
    assert "Aucun choix n’est attendu" in words(client.post(url, {"choice": "poursuivre"}, follow=True))
    assert "Voir le parcours" in words(client.get(reverse("funding:convention_detail", args=[chosen.ref])))


def test_paths_are_listed_in_the_same_queries_and_times_compare_with_and_without_the_kit(call, officer, owner):
    url = reverse("admin:funding_convention_paths")
    client, counts = people.client_of(officer), []
    for number in range(1, 4):
        convention = a_signed_convention(a_laureate(call, owner, number=number), officer)
        actions.choose_route(convention, route="no_formality", actor=officer)
        pass_step(convention, "data_agreement", officer, start=30 * number, end=20)
        pass_step(convention, "project_space", officer, start=15, end=10)
        if number != 2:
            with CaptureQueriesContext(
                connection,
            ) as queries:
                assert convention.ref in words(client.get(url))
            counts.append(len(queries))
    assert counts[0] == counts[1]
    with_kit, without = times_of(conventions_managed_by(officer))
    assert (with_kit.count, with_kit.days) == (0, None)
    assert (without.count, without.days) == (3, 50)  # 20, 50 and 80 days
    AccessPath.objects.update(kit_handed=dict.fromkeys(
        [code for code, _, _ in follow_path(convention, today=clock.today()).kit], back(100).isoformat()
    ))  # fmt: skip
    assert [time.count for time in times_of(conventions_managed_by(officer))] == [3, 0]
