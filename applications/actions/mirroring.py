"""Make the answers, rows and files of an imported dossier say what they say there, in the caller's transaction."""

import datetime as dt
from collections.abc import Mapping

from ami_portal.documents import measure
from ami_portal.questionnaire.answers import Address
from applications.demarches.reading import Remote
from applications.models import Answer, AnswerRow, Attachment, Dossier

from .collecting import Collected
from .files import keep_file
from .stale import past_of


def mirror(
    dossier: Dossier, remote: Remote, files: Collected, known: Mapping[str, str], *, at: dt.datetime
) -> dict[str, str]:
    """Write what `remote` says, and answer the new documents by what tells each file there.

    What it replaces goes to the history, as for any answer; a removed file stays in the copies that hold it.
    """
    _rows(dossier, remote, at)
    _answers(dossier, remote, at)
    return _files(dossier, remote, files, known, at)


def _rows(dossier: Dossier, remote: Remote, at: dt.datetime) -> None:
    stored = {str(row.row): row for row in AnswerRow.objects.filter(dossier=dossier)}
    wanted = {row: (code, rank) for code, rows in remote.rows.items() for rank, row in enumerate(rows, start=1)}
    for row, (code, rank) in wanted.items():
        if row not in stored:
            AnswerRow.objects.create(dossier=dossier, question=code, row=row, position=rank)
        elif (stored[row].position, stored[row].deleted_at) != (rank, None):
            AnswerRow.objects.filter(pk=stored[row].pk).update(position=rank, deleted_at=None)
    gone = [row.pk for name, row in stored.items() if name not in wanted and row.deleted_at is None]
    AnswerRow.objects.filter(pk__in=gone).update(deleted_at=at)


def _answers(dossier: Dossier, remote: Remote, at: dt.datetime) -> None:
    stored = {
        Address(one.question, one.row, one.column): one for one in Answer.objects.filter(dossier=dossier).order_by("pk")
    }
    fresh, past = [], []
    for address in {**dict.fromkeys(stored), **dict.fromkeys(remote.answers)}:
        value, answer = remote.answers.get(address), stored.get(address)
        place = {"dossier": dossier, **address._asdict()}
        if answer is None:
            fresh.append(Answer(**place, value=value, saved_at=at))
        elif answer.value != value or type(answer.value) is not type(value):
            past.append(past_of(answer, place, dossier.form_revision_id))
            Answer.objects.filter(pk=answer.pk).update(
                value=value, version=answer.version + 1, saved_at=at, saved_by=None
            )
    Answer.objects.bulk_create(fresh)
    for one in past:
        one.save(force_insert=True)


def _files(
    dossier: Dossier, remote: Remote, files: Collected, known: Mapping[str, str], at: dt.datetime
) -> dict[str, str]:
    standing = {str(one.document.uuid): one for one in _attachments(dossier)}
    asked = dossier.call.form_revision.form.by_code
    kept, made = set(), {}
    for file in (one for held in remote.files.values() for one in held):
        if file.key in files.fresh and file.key not in made:
            _, name, content = files.fresh[file.key]
            content.seek(0)
            attachment = keep_file(dossier, asked[file.question], name, content.read(), actor=None, at=at)
            measure.inspect(attachment.document_id)  # its bytes were examined just before: the answer is remembered
            made[file.key] = str(attachment.document.uuid)
            kept.add(made[file.key])
        elif (uuid := known.get(file.key)) in standing:
            kept.add(str(uuid))
            Attachment.objects.filter(pk=standing[uuid].pk).update(removed_at=None, replaced_by=None)
    gone = [one.pk for uuid, one in standing.items() if uuid not in kept and one.removed_at is None]
    Attachment.objects.filter(pk__in=gone).update(removed_at=at)
    return made


def _attachments(dossier: Dossier) -> list[Attachment]:
    return list(Attachment.objects.filter(dossier=dossier).select_related("document"))
