"""Scenes of the tests: a call from its own file, then dossiers brought to each step by the real actions."""

import datetime as dt
import io
from functools import cache
from pathlib import Path
from typing import Any

from django.core.files.uploadedfile import SimpleUploadedFile

from ami_portal.accounts.models import User
from ami_portal.desk import calls
from ami_portal.desk.demo import fill
from ami_portal.documents import office
from ami_portal.documents.sniff import MEDIA_TYPES
from ami_portal.jobs.actions import HANDLERS
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.questionnaire.answers import Address
from applications import actions
from applications.models import Call, Dossier
from evaluation.actions import criteria, declaring, deliberation, inviting, jury, opinions, publication, reviews
from evaluation.models import EligibilityItem, Opinion, Review, SelectionHeading, SelectionPoint, Session
from evaluation.rules import charter_in_force

CALL_FILE = Path(__file__).resolve().parents[1] / "data" / "ami-di-2024.yaml"


@cache
def _config() -> dict[str, Any]:
    return calls.read(CALL_FILE)


def a_call(
    code: str = "AMI-DI-2026", *, closes_in_days: int = 20, quorum: bool = False, hears: bool = False, due: bool = False
) -> Call:
    """The real call, its calendar moved so that it closes in so many days (a negative number: closed already).

    Its jury decides without a quorum, an unfavourable opinion takes effect as it is given and the step's end is that of
    the opinions, unless asked otherwise: few tests hold a whole sitting, hear a team, or wait for a partner.
    """
    closes_on = clock.today() + dt.timedelta(days=closes_in_days)
    config = calls.moved(_config(), closes_on=closes_on, code=code)
    if not quorum:
        config["selection"]["deliberation"] = {}
    if not hears:
        config["call"]["consultation"]["answer"] = {}
    if not due:
        config["call"]["consultation"]["due"] = {}
    return calls.load(config)


def a_file(name: str) -> SimpleUploadedFile:
    """A small true file whose format is its name's ending: pdf, docx or xlsx."""
    ending = name.rpartition(".")[2]
    match ending:
        case "docx":
            content = office.word("Pièce", [("Partie", ["Un texte."])])
        case "xlsx":
            content = office.workbook({"Onglet": [["Titre"], ["Valeur"]]})
        case _:
            content = a_pdf()
    return SimpleUploadedFile(name, content, content_type=MEDIA_TYPES[ending])


def a_pdf(pages: int = 1) -> bytes:
    """A blank PDF."""
    from pypdf import PdfWriter

    writer = PdfWriter()
    for _ in range(pages):
        writer.add_blank_page(595, 842)
    out = io.BytesIO()
    writer.write(out)
    return out.getvalue()


def a_draft(call: Call, owner: User) -> Dossier:
    """A dossier just started."""
    return actions.start_dossier(call, actor=owner)


def a_complete_draft(call: Call, owner: User, **words: Any) -> Dossier:
    """A draft with every answer, table and file of the form; `words` overrides answers by question code."""
    dossier = a_draft(call, owner)
    answers = fill.answers_for(call, words)
    for address, raw in answers.single().items():
        actions.save_answer(dossier, address, raw, seen_version=0, actor=owner)
    for code, rows in answers.tables.items():
        for cells in rows:
            row = str(actions.add_row(dossier, code, actor=owner).row)
            for column, raw in cells.items():
                actions.save_answer(dossier, Address(code, row, column), raw, seen_version=0, actor=owner)
    for code, names in answers.files.items():
        for name in names:
            attachment = actions.deposit_file(dossier, code, a_file(name), actor=owner)
            inspect(attachment.document_id)
    dossier.refresh_from_db()
    return dossier


def inspect(document_id: int) -> None:
    """What the job does after the deposit (tests inside a transaction never commit, so never run jobs)."""
    from ami_portal.documents import measure

    measure.inspect(document_id)


def a_submitted_dossier(call: Call, owner: User, **words: Any) -> Dossier:
    """A dossier deposited in time."""
    dossier = a_complete_draft(call, owner, **words)
    actions.submit_dossier(dossier, actor=owner)
    dossier.refresh_from_db()
    return dossier


def run_jobs() -> None:
    """Do what the worker would: every waiting job, and those that they ask for, in order."""
    while job := Job.objects.filter(done_at=None).order_by("pk").first():
        HANDLERS[job.name](**job.ids)
        Job.objects.filter(pk=job.pk).update(done_at=clock.now())


def after_closing(call: Call) -> None:
    """Move the calendar so that the call closed yesterday."""
    call.closes_at = clock.now() - dt.timedelta(days=1)
    call.opens_at = call.closes_at - dt.timedelta(days=60)
    call.save(update_fields=["opens_at", "closes_at"])


def an_eligible_dossier(dossier: Dossier, instructor: User) -> Dossier:
    """The same dossier (deposited, its call closed), every criterion decided as met by the instructor."""
    run_jobs()
    decide_criteria(dossier, instructor, reason="Constaté.")
    dossier.refresh_from_db()
    declaring.declare_eligible(dossier, actor=instructor)
    return dossier


def decide_criteria(dossier: Dossier, instructor: User, decision: str = "met", *, reason: str) -> None:
    """Every criterion of the staff decided: the dossier is received, then each of its eligibility so decided."""
    receive(dossier, instructor, reason=reason)
    for item in items_to_decide(dossier, "eligibility"):
        criteria.decide_criterion(item, decision=decision, reason=reason, actor=instructor)


def receive(dossier: Dossier, instructor: User, *, reason: str = "Constaté.") -> None:
    """The dossier declared admissible, each criterion of its form met; nothing for one that is, or a call without."""
    found = items_to_decide(dossier, "admissibility")
    if found and not dossier.declarations.filter(version__withdrawn_at=None, act="admissibility").exists():
        for item in found:
            criteria.decide_criterion(item, decision="met", reason=reason, actor=instructor)
        declaring.declare_admissible(dossier, actor=instructor)


def items_to_decide(dossier: Dossier, act: str) -> list[EligibilityItem]:
    """The criteria of one act that staff decide, on the deposit that stands."""
    items = EligibilityItem.objects.filter(version__dossier=dossier, version__withdrawn_at=None, criterion__act=act)
    return list(items.exclude(criterion__decided_by="partner").select_related("criterion", "version"))


def a_favourable_opinion(dossier: Dossier, instructor: User, partner: User, **changes: Any) -> Opinion:
    """The opinion of the partner of the first dataset asked for, asked and given."""
    dataset = dossier.dossier_datasets.get().version.dataset
    opinion = opinions.request_opinion(dossier, dataset, actor=instructor)
    said = {"neutrality": "favourable", "feasibility": "favourable", "neutrality_reason": "", "feasibility_reason": ""}
    opinions.give_opinion(opinion, **(said | {"disclosed_reason": ""} | changes), actor=partner)
    return opinion


def accept_charter(call: Call, juror: User) -> None:
    """The charter of a call accepted by a juror, in its version of today; nothing for a call without any."""
    if charter := charter_in_force(call):
        inviting.accept_charter(call, charter_sha256=charter.sha256, actor=juror)


def a_submitted_review(dossier: Dossier, juror: User, secretary: User, *, mark: int = 4) -> Review:
    """A juror without conflict who gives the same mark to every point, and submits."""
    review = jury.assign_juror(dossier, juror, actor=secretary)
    accept_charter(dossier.call, juror)
    jury.deny_conflict(review, actor=juror)
    points = SelectionPoint.objects.filter(heading__call=dossier.call_id)
    comments = {heading.code: "Bien." for heading in SelectionHeading.objects.filter(call=dossier.call_id)}
    reviews.save_review(
        review,
        scores={point.pk: mark for point in points},
        comments=comments,
        comment_jury="Solide.",
        comment_applicant="Un projet clair.",
        actor=juror,
    )
    reviews.submit_review(review, actor=juror)
    return review


def published(session: Session, secretary: User, outcomes: dict[Dossier, str]) -> Session:
    """The jury's decisions in this order, frozen, their letters rendered, published."""
    jury.close_scoring(session, actor=secretary)
    for rank, (dossier, outcome) in enumerate(outcomes.items(), start=1):
        amount = dossier.amount_requested if outcome == "laureate" else None
        deliberation.record_decision(
            session, dossier, outcome=outcome, rank=rank, amount=amount, reason="Selon le classement.", actor=secretary
        )
    deliberation.freeze_decisions(session, actor=secretary)
    run_jobs()
    publication.publish_results(session, actor=secretary)
    run_jobs()
    return session
