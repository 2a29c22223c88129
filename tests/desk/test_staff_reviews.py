"""Who reviews a dossier: entrusted, refused for a conflict, taken back; what the staff reads of the reviews."""

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from applications.models import DossierMember
from evaluation.models import Review
from tests import scenes
from tests.evaluation import scenes as evaluation
from tests.people import client_of, staff, with_role

from . import staff_rows as rows


@pytest.fixture
def call(db):
    return scenes.a_call(closes_in_days=-20)


@pytest.fixture
def dossier(call):
    ready = evaluation.ready_for_jury(call)
    evaluation.a_session(call)
    return ready


def page(user, dossier):
    return client_of(user).get(reverse("admin:staff_reviews", args=[dossier.ref]))


def send(user, name, dossier, email):
    url = reverse(f"admin:{name}", args=[dossier.ref])
    return client_of(user).post(url, {"juror": email}, follow=True)


def test_the_page_offers_jurors_with_their_load_and_known_conflicts(dossier):
    evaluation.juror("libre@universite.example")
    evaluation.juror("collegue@valmont.example")
    busy = evaluation.juror("prise@autre.example")
    rows.a_review(rows.a_row(dossier.call, 77, "eligible"), "draft", busy.email)
    available = page(evaluation.secretary(), dossier).context["available"]
    assert {row.juror.email: (row.load, row.conflict) for row in available} == {
        "libre@universite.example": (0, ""),
        "prise@autre.example": (1, ""),
        "collegue@valmont.example": (
            0,
            "Lien d’intérêts : adresse électronique (valmont.example) du même organisme qu’un membre du dossier.",
        ),
    }
    assert page(evaluation.instructor(), dossier).context["available"] == []


def test_a_dossier_is_entrusted_then_taken_back_with_its_traces(dossier):
    secretary, juror = evaluation.secretary(), evaluation.juror()
    given = rows.text_of(send(secretary, "staff_assign", dossier, juror.email))
    review = Review.objects.get()
    assert f"Le dossier est confié à {juror.get_full_name()}." in given
    assert (review.dossier, review.juror, review.state) == (dossier, juror, "to_declare")
    send(secretary, "staff_unassign", dossier, juror.email)
    assert not Review.objects.exists()
    verbs = AuditEvent.objects.filter(verb__startswith="review.").values_list("verb", "actor")
    assert list(verbs) == [("review.assign", secretary.pk), ("review.unassign", secretary.pk)]


def test_a_conflict_is_refused_with_its_reason(dossier):
    colleague = evaluation.juror("collegue@valmont.example")
    text = rows.text_of(send(evaluation.secretary(), "staff_assign", dossier, colleague.email))
    assert "du même organisme qu’un membre du dossier." in text
    assert not Review.objects.exists()


def test_someone_who_is_no_juror_is_not_found(dossier):
    url = reverse("admin:staff_assign", args=[dossier.ref])
    client = client_of(evaluation.secretary())
    codes = [client.post(url, {"juror": email}).status_code for email in ("claire@valmont.example", "", "x")]
    assert codes == [404, 404, 404]


def test_a_review_that_is_declared_is_not_taken_back(dossier):
    review = evaluation.a_draft_review(dossier)
    text = rows.text_of(send(evaluation.secretary(), "staff_unassign", dossier, review.juror.email))
    assert "Action impossible : l’état est « À évaluer »." in text
    assert Review.objects.exists()


def test_marks_are_shown_once_submitted_and_not_before(dossier):
    first = evaluation.a_draft_review(dossier, "a@univ-a.example")
    evaluation.save(first, 5, comment_jury="Brouillon secret")
    before = page(evaluation.secretary(), dossier)
    assert (before.context["sheet"], "Brouillon secret" in rows.text_of(before)) == (None, False)
    evaluation.a_submitted_review(dossier, "b@univ-b.example", mark=3)
    sheet = page(evaluation.secretary(), dossier).context["sheet"]
    assert [(review.juror.email, str(score)) for review, score in sheet["reviews"]] == [("b@univ-b.example", "60.00")]
    assert {tuple(line.cells) for line in sheet["lines"] if not line.is_heading} == {(3,)}
    assert str(sheet["mean"]) == "60.00"


def test_a_declared_conflict_is_read_by_the_secretary(dossier):
    from evaluation import actions

    review = evaluation.a_review(dossier)
    actions.declare_conflict(review, conflict="Codirection de <i>thèse</i>.", actor=review.juror)
    assert "Codirection de <i>thèse</i>." in rows.text_of(page(evaluation.secretary(), dossier))


def test_staff_who_also_review_see_the_others_once_theirs_is_submitted(dossier):
    both = with_role(staff(Role.INSTRUCTOR, email="double@hdh.example"), Role.JUROR)
    evaluation.a_submitted_review(dossier, "b@univ-b.example")
    evaluation.a_draft_review(dossier, both.email)
    before = page(both, dossier)
    assert (before.context["is_closed_to_me"], before.context["sheet"]) == (True, None)
    assert "b@univ-b.example" not in rows.text_of(before)
    own = Review.objects.get(juror=both)
    evaluation.save(own)
    evaluation.actions.submit_review(own, actor=both)
    assert len(page(both, dossier).context["sheet"]["reviews"]) == 2


def test_a_member_of_the_dossier_learns_nothing_by_their_duty(dossier):
    secretary = evaluation.secretary()
    DossierMember.objects.create(dossier=dossier, email=secretary.email, role="reader", invited_at=rows.AT)
    evaluation.juror()
    url = reverse("admin:staff_assign", args=[dossier.ref])
    client = client_of(secretary)
    assert page(secretary, dossier).status_code == 404
    assert client.post(url, {"juror": "jure@universite.example"}).status_code == 404
