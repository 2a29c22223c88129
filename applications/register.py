"""What the register of deposits shows, and to whom: the heads of the days to all and always, the entries of a call once
it is closed. Fingerprints only: nobody learns from it who deposited, nor, while a call is open, how many."""

import datetime as dt
from typing import Any

from . import chaining, closing
from .models import Call, DepositEntry, DepositRegister, RegisterDay

FORMAT = 1


def is_public(call: Call, at: dt.datetime) -> bool:
    """Whether the entries of a call may be read: nobody learns how many deposited while a dossier can still change."""
    return closing.is_closed_for_all(call, at)


def days() -> list[dict[str, Any]]:
    """The heads of the ended days, as published."""
    rows = RegisterDay.objects.all()
    return [
        {
            "day": row.day.isoformat(),
            "heads": row.heads,
            "previous_sha256": row.previous_sha256,
            "sha256": row.sha256,
        }
        for row in rows
    ]


def extract(call: Call, at: dt.datetime) -> dict[str, Any]:
    """The register of one call as a file: its entries of the ended days, and the heads of all days."""
    published = days()
    register = DepositRegister.objects.filter(call=call).first()
    shown = register is not None and is_public(call, at)
    return {
        "format": FORMAT,
        "call": call.code,
        "seed": register.seed if register and shown else None,
        "entries": _entries(register, published) if register and shown else None,
        "days": published,
        "head": published[-1]["sha256"] if published else "",
    }


def _entries(register: DepositRegister, published: list[dict[str, Any]]) -> list[dict[str, Any]]:
    """Those that a published head commits to: today's come tomorrow."""
    last = published[-1]["day"] if published else dt.date.min.isoformat()
    return [entry(row) for row in register.entries.filter(day__lte=last)]


def entry(row: DepositEntry) -> dict[str, Any]:
    """One entry, as published."""
    return {
        "number": row.number,
        "day": row.day.isoformat(),
        "submitted_at": chaining.instant(row.submitted_at),
        "ref_sha256": row.ref_sha256,
        "version_sha256": row.version_sha256,
        "receipt_sha256": row.receipt_sha256,
        "previous_sha256": row.previous_sha256,
        "sha256": row.sha256,
    }
