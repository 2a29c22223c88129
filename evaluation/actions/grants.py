"""Load a list of public grants: rows added or brought up to date, none forgotten, the file remembered."""

from collections.abc import Mapping, Sequence
from dataclasses import fields

from django.db import transaction

from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import sha256_of
from evaluation.grants import GrantRow
from evaluation.models import Grant, GrantFile

BATCH = 500
_FIELDS = tuple(field.name for field in fields(GrantRow) if field.name != "line")
_KEPT = tuple(name for name in _FIELDS if name != "reference")


def load_grants(
    rows: Sequence[GrantRow], *, source: str, filename: str, content: bytes, columns: Mapping[str, str]
) -> GrantFile:
    """Load the grants of one source; a job then compares those that are new, or changed, with the deposits.

    The same file again changes nothing and is not written twice.
    """
    at = clock.now()
    sha256 = sha256_of(content)
    known = GrantFile.objects.filter(source=source).order_by("pk").last()
    with transaction.atomic():
        added, changed = _write(rows, source)
        if not added and not changed and known and known.sha256 == sha256:
            return known
        file = GrantFile.objects.create(
            source=source,
            filename=filename,
            sha256=sha256,
            columns=dict(columns),
            rows=len(rows),
            added=len(added),
            changed=len(changed),
            loaded_at=at,
        )
        for row in (*added, *changed):
            row.file = file
        Grant.objects.bulk_create(added, batch_size=BATCH)
        Grant.objects.bulk_update(changed, ["file", "row", *_KEPT], batch_size=BATCH)
        trail.record(
            "grants.load",
            subject=source,
            actor=None,
            at=at,
            filename=filename,
            sha256=sha256,
            added=len(added),
            changed=len(changed),
        )
        later("evaluation.compare_grants", file_id=file.pk)
    return file


def _write(rows: Sequence[GrantRow], source: str) -> tuple[list[Grant], list[Grant]]:
    """The grants that are new and those that changed, not saved."""
    known = {grant.reference: grant for grant in Grant.objects.select_for_update().filter(source=source)}
    added, changed = [], []
    for row in rows:
        values = {name: getattr(row, name) for name in _FIELDS} | {"row": row.line}
        grant = known.get(str(values["reference"]))
        if grant is None:
            added.append(Grant(source=source, **values))
        elif any(getattr(grant, name) != values[name] for name in _KEPT):
            for name, value in values.items():
                setattr(grant, name, value)
            changed.append(grant)
    return added, changed
