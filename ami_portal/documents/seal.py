"""Seals PDFs with the portal's key (PAdES), and says whether a sealed PDF is whole. The only code that sees the key.

The key and its certificate come from the environment: PEM files, or one PKCS#12. On a machine of one's own they are
made once and kept in the private folder. A certificate is listed for good the first time it seals: whatever key comes,
what it sealed can still be verified.
"""

import contextlib
import datetime as dt
import io
import logging
import os
import tempfile
from collections.abc import Callable, Iterable
from concurrent.futures import ThreadPoolExecutor
from dataclasses import dataclass
from functools import cache
from pathlib import Path
from typing import Any

from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.hazmat.primitives.serialization import pkcs12
from cryptography.x509.oid import NameOID
from django.conf import settings

from ami_portal.kernel.text import sha256_of

from .models import SealCertificate

FIELD = "Sceau"
HOME_MADE = "seal.pem"


class SealUnavailable(OSError):
    """The portal has no key that can seal; the message is for whoever runs it. An OSError: the job is tried again."""


@dataclass(frozen=True)
class _Pair:
    """A private key with its certificate and those of its issuers."""

    key: Any
    certificate: x509.Certificate
    issuers: tuple[x509.Certificate, ...] = ()

    @property
    def pem(self) -> str:
        return _pem(self.certificate)


def seal(content: bytes, *, reason: str, at: dt.datetime) -> bytes:
    """`content` (a PDF) followed by the seal, which carries `at` and `reason`. Slow: call it outside any lock.

    Raises SealUnavailable when there is no usable key.
    """
    from asn1crypto import keys as asn1_keys
    from asn1crypto import x509 as asn1_x509
    from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
    from pyhanko.sign import signers
    from pyhanko.sign.fields import SigSeedSubFilter
    from pyhanko_certvalidator.registry import SimpleCertificateStore

    class SignerAt(signers.PdfSigner):
        """pyHanko's, on our clock: an act carries one instant."""

        def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = at
            return session

    pair = _pair()
    der, pkcs8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8
    chain = SimpleCertificateStore()
    chain.register_multiple(asn1_x509.Certificate.load(issuer.public_bytes(der)) for issuer in pair.issuers)
    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(pair.certificate.public_bytes(der)),
        signing_key=asn1_keys.PrivateKeyInfo.load(pair.key.private_bytes(der, pkcs8, serialization.NoEncryption())),
        cert_registry=chain,
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=FIELD, md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES, reason=reason
    )
    sealed = io.BytesIO()
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    _apart(lambda: SignerAt(metadata, signer=signer).sign_pdf(writer, output=sealed))
    return sealed.getvalue()


def _apart(work: Callable[[], Any]) -> Any:
    """What `work` gives, run in a thread of its own: pyHanko starts an event loop, and the caller's may have one."""
    with ThreadPoolExecutor(max_workers=1) as thread:
        return thread.submit(work).result()


def list_certificate(*, at: dt.datetime) -> SealCertificate:
    """The certificate in use, listed from now on. Call it in the transaction that keeps what was sealed."""
    pem = _pair().pem
    return SealCertificate.objects.get_or_create(sha256=sha256_of(pem), defaults={"pem": pem, "since": at})[0]


def is_whole(content: bytes) -> bool:
    """Whether a PDF of ours bears one valid seal of a listed certificate, on every one of its bytes.

    For what this portal keeps; a deposited or posted file is never parsed in this process.
    """
    return bool(_certificate_of(content, SealCertificate.objects.values_list("pem", flat=True)))


def certificate_of(content: bytes) -> str:
    """The fingerprint of the certificate whose seal stands on every byte of a PDF; empty when one has changed, or when
    there is none. Whose certificate it is, the register says: no row is read here."""
    return sha256_of(pem) if (pem := _certificate_of(content, None)) else ""


def _certificate_of(content: bytes, listed: Iterable[str] | None) -> str:
    """The certificate (PEM) of the one valid seal of a PDF, when it is a listed one; any, when no list is given."""
    from asn1crypto import pem as asn1_pem
    from asn1crypto import x509 as asn1_x509
    from pyhanko.pdf_utils.misc import PdfReadError
    from pyhanko.pdf_utils.reader import PdfFileReader
    from pyhanko.sign.general import SigningError
    from pyhanko.sign.validation import validate_pdf_signature
    from pyhanko.sign.validation.errors import SignatureValidationError
    from pyhanko_certvalidator import ValidationContext

    logging.getLogger("pyhanko").setLevel(logging.CRITICAL)  # it logs a traceback for each stranger's certificate
    try:
        [signature] = PdfFileReader(io.BytesIO(content), strict=False).embedded_signatures
        if listed is None:
            roots = [signature.signer_cert]
        else:
            roots = [asn1_x509.Certificate.load(asn1_pem.unarmor(pem.encode())[2]) for pem in listed]
        # A certificate that expired since was good when it sealed: the register says when that was.
        moment = signature.self_reported_timestamp
        context = ValidationContext(trust_roots=roots, allow_fetching=False, moment=moment)
        _, _, last, length = signature.byte_range
        status = _apart(lambda: validate_pdf_signature(signature, signer_validation_context=context))
        if not status.bottom_line or last + length != len(content):
            return ""
        return _pem(x509.load_der_x509_certificate(signature.signer_cert.dump()))
    except (PdfReadError, SigningError, SignatureValidationError, ValueError, KeyError, TypeError, IndexError):
        return ""


def problem() -> str:
    """Why the portal cannot seal, for whoever runs it; empty when it can."""
    try:
        _pair()
    except SealUnavailable as unavailable:
        return str(unavailable)
    return ""


def current_certificate() -> str:
    """The certificate in use, as PEM. Raises SealUnavailable."""
    return _pair().pem


def _pair() -> _Pair:
    return _read(settings.SEAL_KEY, settings.SEAL_CERTIFICATE, settings.SEAL_PKCS12, settings.SEAL_PASSPHRASE)


@cache
def _read(key: str, certificate: str, archive: str, passphrase: str) -> _Pair:
    """The pair that the settings name; one of our own when they name none."""
    try:
        if archive:
            return _from_archive(Path(archive).read_bytes(), passphrase)
        if not key:
            key = certificate = str(_home_made())
        return _from_pem(Path(key).read_bytes(), Path(certificate).read_bytes(), passphrase)
    except SealUnavailable:
        raise
    except (OSError, ValueError, TypeError) as error:
        named = "SEAL_PKCS12" if archive else "SEAL_KEY et SEAL_CERTIFICATE"
        raise SealUnavailable(
            f"Le sceau ne peut pas être lu ({named}, SEAL_PASSPHRASE) : {type(error).__name__}: {error}"
        ) from error


def _from_archive(content: bytes, passphrase: str) -> _Pair:
    key, certificate, issuers = pkcs12.load_key_and_certificates(content, passphrase.encode() or None)
    if key is None or certificate is None:
        raise SealUnavailable("SEAL_PKCS12 ne contient pas une clé et son certificat.")
    return _checked(_Pair(key, certificate, tuple(issuers)))


def _from_pem(key: bytes, certificates: bytes, passphrase: str) -> _Pair:
    first, *issuers = x509.load_pem_x509_certificates(certificates)
    loaded = serialization.load_pem_private_key(key, passphrase.encode() or None)
    return _checked(_Pair(loaded, first, tuple(issuers)))


def _checked(pair: _Pair) -> _Pair:
    spki = serialization.Encoding.DER, serialization.PublicFormat.SubjectPublicKeyInfo
    if pair.key.public_key().public_bytes(*spki) != pair.certificate.public_key().public_bytes(*spki):
        raise SealUnavailable("Le certificat du sceau n’est pas celui de sa clé.")
    return pair


def _home_made() -> Path:
    """The file of a self-signed pair, made once: of two processes that make one, the first to name it wins."""
    path = Path(settings.VAR_DIR) / HOME_MADE
    if not path.exists():
        descriptor, draft = tempfile.mkstemp(dir=path.parent)  # readable by its owner alone
        try:
            with os.fdopen(descriptor, "wb") as file:
                file.write(_self_signed())
            with contextlib.suppress(FileExistsError):
                os.link(draft, path)
        finally:
            os.unlink(draft)
    return path


def _self_signed() -> bytes:
    """A key and its certificate, in one PEM. Its dates embrace the demonstration's past."""
    key = ec.generate_private_key(ec.SECP256R1())
    name = x509.Name(
        [
            x509.NameAttribute(NameOID.ORGANIZATION_NAME, settings.OPERATOR_NAME[:64]),
            x509.NameAttribute(NameOID.COMMON_NAME, "Portail des appels – sceau sans valeur légale"),
        ]
    )
    usage = dict.fromkeys(
        ("key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only").split(),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(name)
        .issuer_name(name)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2049, 12, 31, tzinfo=dt.UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
    return key.private_bytes(pem, pkcs8, serialization.NoEncryption()) + certificate.public_bytes(pem)


def _pem(certificate: x509.Certificate) -> str:
    return certificate.public_bytes(serialization.Encoding.PEM).decode()
