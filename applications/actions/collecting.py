"""Fetch the files of a dossier from Démarches Simplifiées, before any lock: hostile until examined, as ours are."""

import tempfile
from base64 import b64encode
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from hashlib import md5
from typing import BinaryIO

from django.conf import settings

from ami_portal.documents import measure, store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.store import FileRefused
from ami_portal.gateways import demarches_simplifiees as gateway
from ami_portal.gateways.http import GatewayError
from ami_portal.questionnaire.form import Form
from applications.demarches.reading import Fault, Remote, RemoteFile

from .files import format_of


@dataclass
class Collected:
    """The files that are not here yet, in temporary files, and what is wrong with them."""

    fresh: dict[str, tuple[RemoteFile, str, BinaryIO]] = field(default_factory=dict)
    faults: list[Fault] = field(default_factory=list)

    def close(self) -> None:
        """Let the temporary files go."""
        for _, _, held in self.fresh.values():
            held.close()


def collect(remote: Remote, form: Form, known: Mapping[str, str], alive: Callable[[], None]) -> Collected:
    """Fetch and examine every file that is not `known` yet; `alive` is called before each.

    Raises FileGone when an address died meanwhile: the dossier is to be asked again. Raises TryLater.
    """
    found = Collected()
    try:
        for file in (one for held in remote.files.values() for one in held if one.key not in known):
            alive()
            try:
                found.fresh[file.key] = (file, store.clean_filename(file.filename), _examined(file, form))
            except (gateway.FileGone, gateway.TryLater):
                raise
            except (FileRefused, GatewayError, measure.NotExamined) as error:
                said = "son contrôle n’a pas abouti" if isinstance(error, measure.NotExamined) else str(error)
                label = form.by_code[file.question].label
                found.faults.append(Fault(f"{label} : {file.filename}"[:200], said[:500]))
    except BaseException:
        found.close()
        raise
    return found


def _examined(file: RemoteFile, form: Form) -> BinaryIO:
    """The bytes of a file, those that were announced, of an admitted format, and found harmless. Raises FileRefused."""
    limit, question = settings.UPLOAD_MAX_BYTES, form.by_code[file.question]
    held = tempfile.TemporaryFile()  # noqa: SIM115 (kept open until the dossier is written)
    try:
        gateway.fetch_file(str(file.url), held, max_bytes=limit)
        held.seek(0)
        content = held.read()
        _refuse_other(file, content)
        format_of(question.formats, content)
        wanted = question.file_rules.wanted if question.file_rules else {}
        report = measure.examine(content, wanted)
        if report.verdict == Verdict.REFUSED:
            raise FileRefused(report.reason)
    except BaseException:
        held.close()
        raise
    return held


def _refuse_other(file: RemoteFile, content: bytes) -> None:
    """What was received is what was announced, byte for byte. Their checksum is an MD5: it tells errors, not malice."""
    checksum = b64encode(md5(content, usedforsecurity=False).digest()).decode()
    if file.size != str(len(content)) or (file.checksum and file.checksum != checksum):
        raise FileRefused("le fichier reçu n’est pas celui qui est annoncé")
