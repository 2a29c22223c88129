"""A laureate states its expenses, line by line or by spreadsheet, and sends them to be examined."""

import datetime as dt
from collections.abc import Mapping
from typing import Any

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import measure, sniff, store, uploads
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.documents.store import FileRefused
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused, advance
from applications.actions.files import content_of, keep_pending
from funding import expenses, notifications
from funding.agreement import closed_sentence
from funding.conditions import CLAIM_ACCEPTED
from funding.enums import Basis, ConventionState, ExpenseVerdict, InstalmentState
from funding.models import Convention, ExpenseClaim, ExpenseFile, ExpenseLine, Instalment
from funding.regulation import regulation_of
from funding.workflow import SUBMIT_CLAIM

MAX_LINES = 1_000
MAX_FILES = 30
FORMATS = ["pdf", "png", "jpg"]


def claimable(convention: Convention) -> Instalment | None:
    """The first instalment that waits for a claim and has none; None when none does, or before the signature."""
    if convention.state != ConventionState.SIGNED:
        return None
    wanted = regulation_of(convention).conditions
    for line in convention.instalments.filter(state=InstalmentState.PLANNED, claim=None).order_by("number"):
        if line.basis in (Basis.CLAIM, Basis.BALANCE) or CLAIM_ACCEPTED in wanted.get(line.code, ()):
            return line
    return None


@transaction.atomic
def start_claim(convention: Convention, *, actor: User) -> ExpenseClaim:
    """Start the claim of the next instalment that waits for one.

    Raises TransitionRefused: no right, convention not signed or closed, no instalment that waits, one open already.
    """
    current = _locked(convention, actor)
    if current.claims.exclude(state="accepted").exists():
        raise TransitionRefused("Un état de dépenses est déjà ouvert : terminez-le d’abord.")
    line = claimable(current)
    if line is None:
        raise TransitionRefused("Aucun versement n’attend d’état de dépenses.")
    at = clock.now()
    claim = ExpenseClaim.objects.create(
        convention=current, instalment=line, number=current.claims.count() + 1, started_at=at
    )
    trail.record("claim.start", subject=claim.ref, actor=actor, at=at, instalment=line.number)
    return claim


def _locked(convention: Convention, actor: User) -> Convention:
    current = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call").get(pk=convention.pk)
    if not allowed(actor, "funding.write_claim", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if current.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(current))
    if current.state != ConventionState.SIGNED:
        raise TransitionRefused("La convention n’est pas encore signée.")
    return current


def _open(claim: ExpenseClaim, actor: User) -> ExpenseClaim:
    """The claim under its lock, after that of its convention. Raises TransitionRefused unless one may write in it."""
    convention = _locked(claim.convention, actor)
    current = ExpenseClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    current.convention = convention
    if not current.is_open:
        raise TransitionRefused("Cet état de dépenses est envoyé : il ne change plus.")
    return current


@transaction.atomic
def keep_line(
    claim: ExpenseClaim,
    values: Mapping[str, Any],
    *,
    line: ExpenseLine | None = None,
    document: UploadedFile | None = None,
    actor: User,
) -> ExpenseLine:
    """Add an expense, or change one: what was decided of it before a return is to be decided again.

    Raises TransitionRefused (no right, sent already, category unknown, payment before the invoice or to come, too many
    lines) and FileRefused.
    """
    at, current = clock.now(), _open(claim, actor)
    if values["category"] not in regulation_of(current.convention).categories:
        raise TransitionRefused("Cette catégorie n’est pas du règlement de la convention.")
    if values["paid_on"] < values["invoiced_on"]:
        raise TransitionRefused("Le paiement précède la facture.")
    if values["paid_on"] > clock.paris(at).date():
        raise TransitionRefused("La date du paiement est dans l’avenir : une dépense se demande une fois payée.")
    if line is None and current.lines.count() >= MAX_LINES:
        raise TransitionRefused(f"Un état de dépenses a {MAX_LINES} lignes au plus.")
    kept = current.lines.get(pk=line.pk) if line else ExpenseLine(claim=current, number=_next(current))
    for name in ("category", "label", "supplier", "invoiced_on", "paid_on", "amount"):
        setattr(kept, name, values[name])
    kept.verdict, kept.accepted_amount, kept.reason = ExpenseVerdict.PENDING, None, ""
    if document is not None:
        kept.document = _proof(current, document, actor=actor, at=at)
    kept.save()
    return kept


def _next(claim: ExpenseClaim) -> int:
    return int(claim.lines.aggregate(last=Max("number"))["last"] or 0) + 1


def _proof(claim: ExpenseClaim, uploaded: UploadedFile, *, actor: User, at: dt.datetime) -> Document:
    filename = store.clean_filename(uploads.sent_name(uploaded))
    return keep_pending("expense", claim.convention.ref, filename, content_of(uploaded), FORMATS, actor=actor, at=at)


@transaction.atomic
def remove_line(line: ExpenseLine, *, actor: User) -> None:
    """Take an expense out of a claim that is not sent; twice is once. Raises TransitionRefused."""
    _open(line.claim, actor).lines.filter(pk=line.pk).delete()


@transaction.atomic
def send_file(claim: ExpenseClaim, uploaded: UploadedFile, *, actor: User) -> ExpenseFile:
    """Send a spreadsheet of expenses, which a job reads: all its lines are added, or none and every fault is named.

    Raises TransitionRefused (no right, sent already, too many files) and FileRefused.
    """
    at, current = clock.now(), _open(claim, actor)
    if current.files.count() >= MAX_FILES:
        raise TransitionRefused("Trop de tableaux ont été envoyés pour cet état : saisissez les dépenses à la main.")
    content = content_of(uploaded)
    filename = store.clean_filename(uploads.sent_name(uploaded))
    try:
        kind = sniff.true_format(content)
    except sniff.Hostile as error:
        raise FileRefused(str(error)) from error
    if kind not in ("xlsx", None) or (kind is None and not filename.lower().endswith(".csv")):
        raise FileRefused("Ce fichier n’est pas un tableau : envoyez un fichier Excel (.xlsx) ou CSV.")
    document = store.keep(
        "expenses",
        subject=current.convention.ref,
        content=content,
        filename=filename,
        media_type=sniff.XLSX if kind else "text/csv",
        at=at,
        actor=actor,
        verdict=Verdict.PENDING,
    )
    sent = ExpenseFile.objects.create(claim=current, document=document, sent_at=at, sent_by=actor)
    trail.record("claim.send_file", subject=current.ref, actor=actor, at=at, sha256=document.sha256)
    later("funding.read_expenses", file_id=sent.pk)
    return sent


def read_file(*, file_id: int) -> None:
    """Read a spreadsheet that was sent, once, however often it is called. Raises measure.NotExamined."""
    sent = ExpenseFile.objects.select_related("document", "claim__convention__dossier__call").get(pk=file_id)
    if sent.read_at:
        return
    rules = regulation_of(sent.claim.convention)
    try:
        found, problems = expenses.read(_rows(sent.document), rules.tax_words, rules.categories)
    except expenses.Wrong as fault:
        found, problems = [], [f"{str(fault)[0].upper()}{str(fault)[1:]}."]
    at = clock.now()
    problems += [
        f"{one.label} : la date du paiement est dans l’avenir." for one in found if one.paid_on > clock.paris(at).date()
    ]
    with transaction.atomic():
        claim = ExpenseClaim.objects.select_for_update(of=("self",)).get(pk=sent.claim_id)
        locked = ExpenseFile.objects.select_for_update().get(pk=file_id)
        if locked.read_at:
            return
        if not claim.is_open:
            problems = ["L’état de dépenses a été envoyé entre-temps : rien n’est ajouté."]
        elif claim.lines.count() + len(found) > MAX_LINES:
            problems.append(f"Un état de dépenses a {MAX_LINES} lignes au plus.")
        if not problems:
            numbered = enumerate(found, start=_next(claim))
            ExpenseLine.objects.bulk_create([ExpenseLine(claim=claim, number=n, **vars(one)) for n, one in numbered])
            locked.added = len(found)
        locked.read_at, locked.problems = at, problems[:200]
        locked.save(update_fields=["read_at", "added", "problems"])


def _rows(document: Document) -> list[list[expenses.Cell]]:
    content = store.read(document)
    if document.media_type != sniff.XLSX:
        return expenses.csv_rows(content)
    report = measure.examine(content, {"rows": expenses.MAX_ROWS + 2})
    if report.verdict == Verdict.REFUSED:
        raise expenses.Wrong(report.reason.rstrip("."))
    return expenses.sheet_rows(report.facts.get("rows", []))


@transaction.atomic
def submit_claim(claim: ExpenseClaim, *, actor: User) -> ExpenseClaim:
    """Send a claim to be examined; the operator is told.

    Raises TransitionRefused: no right, sent already, no line, a line without its document where the regulation asks for
    one, or whose document is refused.
    """
    at = clock.now()
    convention = _locked(claim.convention, actor)
    current = ExpenseClaim.objects.select_for_update(of=("self",)).get(pk=claim.pk)
    current.convention = convention
    if current.is_open:
        _refuse_incomplete(current)
    current.submitted_by, current.returned_reason = actor, ""
    lines = list(current.lines.values_list("amount", flat=True))
    advance(current, SUBMIT_CLAIM, actor=actor, at=at, lines=len(lines), amount=str(sum(lines)))
    notifications.claim_submitted(current, at=at)
    return current


def _refuse_incomplete(claim: ExpenseClaim) -> None:
    lines = list(claim.lines.select_related("document"))
    if not lines:
        raise TransitionRefused("Cet état de dépenses n’a aucune ligne.")
    refused = [line.label for line in lines if line.document and line.document.verdict == Verdict.REFUSED]
    if refused:
        raise TransitionRefused(f"Un justificatif est refusé, remplacez-le : {', '.join(refused[:5])}.")
    bare = [line.label for line in lines if line.document is None]
    if bare and regulation_of(claim.convention).needs_documents:
        more = f" et {len(bare) - 5} autres" if len(bare) > 5 else ""
        raise TransitionRefused(f"Il manque un justificatif : {', '.join(bare[:5])}{more}.")
