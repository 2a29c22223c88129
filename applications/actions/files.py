"""Deposit a file in answer to a question; replace it, remove it, bring it back."""

import datetime as dt
from collections.abc import Sequence

from django.conf import settings
from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import sniff, store, uploads
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document, Examination
from ami_portal.documents.store import FileRefused
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.questionnaire.form import Question
from applications.models import Attachment, Dossier

from .drafting import editable_draft

KIND = "attachment"
NO_LONGER_ASKED = (
    "La question de ce fichier n’est plus posée : il est gardé dans le dossier, "
    "avec les réponses à d’anciennes questions."
)


@transaction.atomic
def deposit_file(dossier: Dossier, question: str, uploaded: UploadedFile, *, actor: User) -> Attachment:
    """Keep a deposited file, to be inspected by a job before it counts.

    Raises FileRefused (name, size, emptiness, type by content, number of files), NotEditable, KeyError when the
    question asks for no file.
    """
    at = clock.now()
    current = editable_draft(dossier, actor=actor, at=at, question=question)
    asked = current.form_revision.form.by_code[question]
    if asked.type != "file":
        raise KeyError(question)
    if Attachment.objects.filter(dossier=current, question=question, removed_at=None).count() >= asked.files:
        raise FileRefused(_too_many(asked))
    attachment = _keep(current, asked, uploaded, actor=actor, at=at)
    sha256 = attachment.document.sha256
    trail.record("file.deposit", subject=current.ref, actor=actor, at=at, question=question, sha256=sha256)
    return attachment


@transaction.atomic
def replace_file(attachment: Attachment, uploaded: UploadedFile, *, actor: User) -> Attachment:
    """Put a new file in the place of one, which stays readable among the former versions.

    Raises FileRefused (as a deposit does, or when the file is no longer there or asked for), NotEditable.
    """
    at = clock.now()
    current = editable_draft(attachment.dossier, actor=actor, at=at, question=attachment.question)
    asked = _asked(current, attachment)
    standing = Attachment.objects.filter(pk=attachment.pk, dossier=current, removed_at=None)
    if not standing.exists():
        raise FileRefused("Ce fichier a déjà été retiré ou remplacé : rechargez la page.")
    new = _keep(current, asked, uploaded, actor=actor, at=at)
    standing.update(removed_at=at, replaced_by=new)
    trail.record(
        "file.replace",
        subject=current.ref,
        actor=actor,
        at=at,
        question=asked.code,
        replaced=attachment.document.sha256,
        sha256=new.document.sha256,
    )
    return new


def _asked(dossier: Dossier, attachment: Attachment) -> Question:
    """The question that a file answers now. Raises FileRefused for a page of before a revision that took it away."""
    asked = dossier.form_revision.form.by_code.get(attachment.question)
    if asked is None or asked.type != "file":
        raise FileRefused(NO_LONGER_ASKED)
    return asked


def _keep(dossier: Dossier, asked: Question, uploaded: UploadedFile, *, actor: User, at: dt.datetime) -> Attachment:
    """The file, kept for its control. Raises FileRefused."""
    filename = store.clean_filename(uploads.sent_name(uploaded))
    return keep_file(dossier, asked, filename, content_of(uploaded), actor=actor, at=at)


def keep_file(
    dossier: Dossier, asked: Question, filename: str, content: bytes, *, actor: User | None, at: dt.datetime
) -> Attachment:
    """Some bytes in answer to a question, kept for their control under a clean name. Raises FileRefused."""
    document = keep_pending(KIND, dossier.ref, filename, content, asked.formats, actor=actor, at=at)
    if asked.file_rules and asked.file_rules.wanted:
        Examination.objects.create(document=document, wanted=asked.file_rules.wanted)
    return Attachment.objects.create(dossier=dossier, question=asked.code, document=document)


def examine_again(dossier: Dossier) -> None:
    """Have the files of a draft examined, by jobs, for what its form asks now and did not ask when they came."""
    asked = dossier.form_revision.form.by_code
    rules = {code: question.file_rules for code, question in asked.items() if question.file_rules}
    standing = Attachment.objects.filter(dossier=dossier, question__in=rules, removed_at=None)
    for attachment in standing.exclude(document__verdict=Verdict.REFUSED):
        wanted = rules[attachment.question].wanted
        examination, _ = Examination.objects.get_or_create(document_id=attachment.document_id)
        if examination.wanted != wanted:
            Examination.objects.filter(pk=examination.pk).update(wanted=wanted)
            later("documents.inspect", document_id=attachment.document_id)


def _too_many(question: Question) -> str:
    if question.files == 1:
        return "Un seul fichier est attendu ici : retirez d’abord celui qui est déposé."
    return f"{question.files} fichiers au plus sont attendus ici : retirez-en un avant d’en déposer un autre."


def keep_uploaded(kind: str, subject: str, uploaded: UploadedFile, *, actor: User, at: dt.datetime) -> Document:
    """Keep a file that comes with a text, until its control. Raises FileRefused, which names the file."""
    filename = store.clean_filename(uploads.sent_name(uploaded))
    try:
        return keep_pending(kind, subject, filename, content_of(uploaded), tuple(sniff.MEDIA_TYPES), actor=actor, at=at)
    except FileRefused as refusal:
        raise FileRefused(f"« {filename} » – {refusal}") from refusal


def keep_pending(
    kind: str,
    subject: str,
    filename: str,
    content: bytes,
    formats: Sequence[str],
    *,
    actor: User | None,
    at: dt.datetime,
) -> Document:
    """Keep some bytes under a clean name, to be inspected by a job before anybody downloads them.

    Raises FileRefused when their true format is none of `formats`.
    """
    document = store.keep(
        kind,
        subject=subject,
        content=content,
        filename=filename,
        media_type=sniff.MEDIA_TYPES[format_of(formats, content)],
        at=at,
        actor=actor,
        verdict=Verdict.PENDING,
    )
    later("documents.inspect", document_id=document.pk)
    return document


def content_of(uploaded: UploadedFile) -> bytes:
    """The bytes of a deposited file, never more than the limit. Raises FileRefused."""
    limit = settings.UPLOAD_MAX_BYTES
    if (uploaded.size or 0) > limit:
        raise FileRefused(f"Ce fichier dépasse {limit // 1024**2} Mo : allégez-le, puis déposez-le de nouveau.")
    content: bytes = uploaded.read()
    if not content:
        raise FileRefused("Ce fichier est vide : vérifiez-le, puis déposez-le de nouveau.")
    return content


def format_of(formats: Sequence[str], content: bytes) -> str:
    """The true format of some bytes, one of those that are admitted. Raises FileRefused."""
    try:
        found = sniff.true_format(content)
    except sniff.Hostile as error:
        raise FileRefused(str(error)) from error
    if found is None or found not in formats:
        wanted = " ou ".join(sniff.LABELS[name] for name in formats)
        seen = f"un fichier {sniff.LABELS[found]}" if found else "d’un autre type"
        raise FileRefused(f"Ce fichier est {seen}, d’après son contenu : déposez un fichier {wanted}.")
    return found


@transaction.atomic
def restore_file(attachment: Attachment, *, actor: User) -> None:
    """Bring a removed file back, in the place of the one that stands where it was replaced; twice is once.

    Raises FileRefused when others have taken its place, or when it is asked for no more.
    """
    at = clock.now()
    current = editable_draft(attachment.dossier, actor=actor, at=at, question=attachment.question)
    asked = _asked(current, attachment)
    back = Attachment.objects.filter(pk=attachment.pk, dossier=current, removed_at__isnull=False)
    if not back.exists():
        return
    heir = _standing_heir(attachment)
    if heir:
        Attachment.objects.filter(pk=heir.pk).update(removed_at=at, replaced_by=attachment)
    present = Attachment.objects.filter(dossier=current, question=asked.code, removed_at=None)
    if present.count() >= asked.files:
        raise FileRefused(_too_many(asked))
    back.update(removed_at=None, replaced_by=None)
    sha256 = attachment.document.sha256
    trail.record("file.restore", subject=current.ref, actor=actor, at=at, question=asked.code, sha256=sha256)


def _standing_heir(attachment: Attachment) -> Attachment | None:
    """The file that stands now where this one was, after one replacement or more; None when that one was removed."""
    heir = Attachment.objects.get(pk=attachment.pk)
    while heir.removed_at and heir.replaced_by:
        heir = heir.replaced_by
    return None if heir.removed_at else heir


@transaction.atomic
def remove_file(attachment: Attachment, *, actor: User) -> None:
    """Take a file out of the draft. Its bytes stay, for the deposits that already hold it; doing it twice is once.

    Raises FileRefused when a revision of the form left it among former answers.
    """
    at = clock.now()
    current = editable_draft(attachment.dossier, actor=actor, at=at, question=attachment.question)
    _asked(current, attachment)
    removed = Attachment.objects.filter(pk=attachment.pk, dossier=current, removed_at=None).update(removed_at=at)
    if removed:
        sha256 = attachment.document.sha256
        trail.record(
            "file.remove", subject=current.ref, actor=actor, at=at, question=attachment.question, sha256=sha256
        )
