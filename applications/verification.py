"""What fingerprints prove to whoever holds the files: that a deposit was received, and that nothing changed since.

Only fingerprints are compared: nothing that a stranger sends is ever read. Somebody who holds neither a receipt nor a
frozen content learns nothing, not even whether a file is an annex of some dossier.
"""

import datetime as dt
import json
from collections.abc import Mapping
from dataclasses import dataclass, field

from django.db.models import Q

from . import reading, register
from .models import DepositEntry, RegisterDay


@dataclass(frozen=True)
class Proven:
    """A deposit that was recognised: by its receipt, by its content or by a typed fingerprint; and its annexes."""

    entry: DepositEntry
    receipts: list[str]
    contents: list[str]
    annexes: list[str]
    is_public: bool
    day_sha256: str

    @property
    def files(self) -> list[str]:
        """The names of the files that belong to it."""
        return [*self.receipts, *self.contents, *self.annexes]


@dataclass(frozen=True)
class Report:
    """What was recognised, and the names of the files that were not."""

    proven: list[Proven] = field(default_factory=list)
    unknown: list[str] = field(default_factory=list)


def verify(files: Mapping[str, str], typed: str, at: dt.datetime) -> Report:
    """Compare fingerprints (by name of file, and one that was typed) with those of all deposits."""
    sought = {*files.values(), typed} - {""}
    entries = DepositEntry.objects.filter(Q(receipt_sha256__in=sought) | Q(version_sha256__in=sought))
    proven = [_proven(entry, files, at) for entry in entries.select_related("register__call", "version").order_by("pk")]
    known = {name for one in proven for name in one.files}
    return Report(proven, [name for name in files if name not in known])


def _proven(entry: DepositEntry, files: Mapping[str, str], at: dt.datetime) -> Proven:
    content = reading.parse(json.loads(entry.version.content))
    annexes = {file.sha256 for file in content.all_files()}
    day = RegisterDay.objects.filter(day=entry.day).first()
    return Proven(
        entry=entry,
        receipts=[name for name, sha256 in files.items() if sha256 == entry.receipt_sha256],
        contents=[name for name, sha256 in files.items() if sha256 == entry.version_sha256],
        annexes=[name for name, sha256 in files.items() if sha256 in annexes],
        is_public=register.is_public(entry.register.call, at),
        day_sha256=day.sha256 if day else "",
    )
