"""How the register of deposits is chained (pure). `data/verification/verifier.py` does the same again by itself.

Each fingerprint is the SHA-256 of a canonical JSON list. An entry follows from the one before, a day from the day
before; the head of a call's chain is blinded by the day, so that two days without a deposit do not look alike.
"""

import datetime as dt
from collections.abc import Mapping

from ami_portal.kernel.text import canonical_json, sha256_of

FIRST_DAY_FOLLOWS = "0" * 64


def seed_sha256(call: str, seed: str) -> str:
    """What the first entry of a call's chain follows."""
    return sha256_of(canonical_json([call, seed]))


def ref_sha256(ref: str, content: str) -> str:
    """The fingerprint of a reference: the content is part of it, so that nobody finds it by trying references."""
    return sha256_of(canonical_json([ref, content]))


def entry_sha256(
    call: str, *, number: int, day: str, submitted_at: str, ref: str, version: str, receipt: str, previous: str
) -> str:
    """The fingerprint of an entry: all that it says, and the fingerprint of the one before."""
    return sha256_of(canonical_json([call, number, day, submitted_at, ref, version, receipt, previous]))


def blinded(day: dt.date, head: str) -> str:
    """What a day says of a call's chain whose last fingerprint is `head`."""
    return sha256_of(canonical_json([day.isoformat(), head]))


def day_sha256(day: dt.date, heads: Mapping[str, str], previous: str) -> str:
    """The head of a day."""
    return sha256_of(canonical_json([day.isoformat(), dict(heads), previous]))


def instant(at: dt.datetime) -> str:
    """An instant as the register writes it, and as the frozen content does: UTC."""
    return at.astimezone(dt.UTC).isoformat()
