"""The signatures of a PDF: who, when, over what, by which certificate, and whether anything else was added.

Facts only: whether they are enough is a person's decision. A certificate is `trusted` when it leads to one of the given
roots; nothing is fetched from anywhere.
"""

import asyncio
import contextlib
import datetime as dt
import hashlib
import importlib
import io
import logging
import pkgutil
from typing import Any

import asn1crypto
import cryptography.hazmat
import pyhanko.pdf_utils
import pyhanko.sign
import pyhanko_certvalidator
from asn1crypto import pem, x509
from pyhanko.pdf_utils.misc import PdfReadError
from pyhanko.pdf_utils.reader import PdfFileReader
from pyhanko.sign.diff_analysis import DEFAULT_DIFF_POLICY, DiffResult, ModificationLevel
from pyhanko.sign.general import SigningError
from pyhanko.sign.validation import async_validate_pdf_signature
from pyhanko.sign.validation.errors import SignatureValidationError
from pyhanko.sign.validation.status import SignatureCoverageLevel
from pyhanko_certvalidator import ValidationContext

# These libraries import some of their parts at their first use, when no file can be opened any more.
for _package in (asn1crypto, cryptography.hazmat, pyhanko.pdf_utils, pyhanko.sign, pyhanko_certvalidator):
    for _module in pkgutil.walk_packages(_package.__path__, f"{_package.__name__}."):
        if not _module.name.startswith(("asn1crypto._perf", "pyhanko.sign.pkcs11")):
            with contextlib.suppress(ImportError):
                importlib.import_module(_module.name)

MOST = 20
_UNREADABLE = (
    PdfReadError,
    SigningError,
    SignatureValidationError,
    ValueError,
    KeyError,
    TypeError,
    IndexError,
    AttributeError,
)
_LOOP = asyncio.new_event_loop()  # made while files can still be opened
logging.getLogger("pyhanko").setLevel(logging.CRITICAL)
logging.getLogger("pyhanko_certvalidator").setLevel(logging.CRITICAL)


def facts(content: bytes, wanted: dict[str, Any]) -> dict[str, Any]:
    """`contains`: whether the bytes begin with those of `wanted` ({sha256, size}), and only signatures follow them.
    `altered`: whether anything but signatures was added after one, or changed under it. `found`: each signature that is
    not among those first bytes."""
    size = int(wanted.get("size", 0))
    begins = hashlib.sha256(content[:size]).hexdigest() == wanted.get("sha256")
    try:
        reader = PdfFileReader(io.BytesIO(content), strict=False)
        signatures = list(reader.embedded_signatures)[:MOST]
        found = [_signature(one, wanted.get("roots", ())) for one in signatures]
        follows = begins and _only_signatures_follow(reader, content[:size])
    except _UNREADABLE:
        return {"contains": False, "begins": begins, "altered": True, "found": []}
    altered = any(not one["intact"] or one["changed_after"] for one in found)
    # What no signature covers at the end was added after the last one, whatever it is.
    is_open = bool(found) and max(one["ends_at"] for one in found) != len(content)
    theirs = [one for one in found if not (begins and one["ends_at"] <= size)]
    return {"contains": follows, "begins": begins, "altered": altered or is_open, "found": theirs}


def _only_signatures_follow(reader: PdfFileReader, start: bytes) -> bool:
    """Whether what follows the frozen document adds signatures, and changes nothing that is read on its pages."""
    frozen = PdfFileReader(io.BytesIO(start), strict=False)
    base = frozen.xrefs.total_revisions - 1
    result = DEFAULT_DIFF_POLICY.review_file(reader, base)
    return isinstance(result, DiffResult) and result.modification_level <= ModificationLevel.FORM_FILLING


def _signature(signature: Any, roots: Any) -> dict[str, Any]:
    certificate = signature.signer_cert
    at = signature.self_reported_timestamp
    trust = [x509.Certificate.load(pem.unarmor(root.encode())[2]) for root in roots]
    context = ValidationContext(trust_roots=trust, allow_fetching=False, moment=at, retroactive_revinfo=True)
    status = _LOOP.run_until_complete(async_validate_pdf_signature(signature, signer_validation_context=context))
    level = status.modification_level
    _, _, last, length = signature.byte_range
    return {
        "ends_at": int(last) + int(length),
        "name": str(certificate.subject.native.get("common_name") or certificate.subject.human_friendly),
        "organisation": str(certificate.subject.native.get("organization_name") or ""),
        "issuer": str(certificate.issuer.native.get("common_name") or certificate.issuer.human_friendly),
        "self_signed": certificate.subject == certificate.issuer,
        "sha256": certificate.sha256.hex(),
        "valid_from": certificate.not_valid_before.isoformat(),
        "valid_until": certificate.not_valid_after.isoformat(),
        "in_its_time": bool(at and certificate.not_valid_before <= at <= certificate.not_valid_after),
        "at": at.astimezone(dt.UTC).isoformat() if at else "",
        "stamped": status.timestamp_validity is not None and bool(status.timestamp_validity.valid),
        "reason": str(signature.sig_object.get("/Reason") or "")[:200],
        "intact": bool(status.intact and status.valid),
        "trusted": bool(status.trusted),
        "whole": status.coverage >= SignatureCoverageLevel.ENTIRE_REVISION,
        "changed_after": level is None or level > ModificationLevel.FORM_FILLING,
    }
