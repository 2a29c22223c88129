"""Sign PDFs as people do, with throw-away certificates made for the test."""

import datetime as dt
import io
from functools import cache
from typing import Any

from asn1crypto import keys as asn1_keys
from asn1crypto import x509 as asn1_x509
from cryptography import x509
from cryptography.hazmat.primitives import hashes, serialization
from cryptography.hazmat.primitives.asymmetric import ec
from cryptography.x509.oid import NameOID
from pyhanko.pdf_utils.generic import StreamObject
from pyhanko.pdf_utils.incremental_writer import IncrementalPdfFileWriter
from pyhanko.sign import signers
from pyhanko.sign.fields import SigSeedSubFilter
from pyhanko_certvalidator.registry import SimpleCertificateStore


@cache
def _pair(name: str) -> tuple[Any, Any]:
    key = ec.generate_private_key(ec.SECP256R1())
    subject = x509.Name([x509.NameAttribute(NameOID.COMMON_NAME, name)])
    usage = dict.fromkeys(
        "key_encipherment data_encipherment key_agreement key_cert_sign crl_sign encipher_only decipher_only".split(),
        False,
    )
    certificate = (
        x509.CertificateBuilder()
        .subject_name(subject)
        .issuer_name(subject)
        .public_key(key.public_key())
        .serial_number(x509.random_serial_number())
        .not_valid_before(dt.datetime(2020, 1, 1, tzinfo=dt.UTC))
        .not_valid_after(dt.datetime(2049, 12, 31, tzinfo=dt.UTC))
        .add_extension(x509.BasicConstraints(ca=False, path_length=None), critical=True)
        .add_extension(x509.KeyUsage(digital_signature=True, content_commitment=True, **usage), critical=True)
        .sign(key, hashes.SHA256())
    )
    return key, certificate


def pem(name: str) -> str:
    """The certificate of a signatory."""
    return _pair(name)[1].public_bytes(serialization.Encoding.PEM).decode()


def signed(content: bytes, name: str, *, at: dt.datetime) -> bytes:
    """A PDF signed (PAdES) by somebody, as an increment: the bytes that were there stay."""
    key, certificate = _pair(name)
    der, pkcs8 = serialization.Encoding.DER, serialization.PrivateFormat.PKCS8

    class At(signers.PdfSigner):
        def init_signing_session(self, *args: Any, **kwargs: Any) -> Any:
            session = super().init_signing_session(*args, **kwargs)
            session.system_time = at
            return session

    signer = signers.SimpleSigner(
        signing_cert=asn1_x509.Certificate.load(certificate.public_bytes(der)),
        signing_key=asn1_keys.PrivateKeyInfo.load(key.private_bytes(der, pkcs8, serialization.NoEncryption())),
        cert_registry=SimpleCertificateStore(),
    )
    metadata = signers.PdfSignatureMetadata(
        field_name=f"Signature de {name}", md_algorithm="sha256", subfilter=SigSeedSubFilter.PADES
    )
    result = io.BytesIO()
    At(metadata, signer=signer).sign_pdf(IncrementalPdfFileWriter(io.BytesIO(content)), output=result)
    return result.getvalue()


def amended(content: bytes) -> bytes:
    """The same PDF with words written over its first page by a later revision: its first bytes stay."""
    writer = IncrementalPdfFileWriter(io.BytesIO(content))
    words = StreamObject(stream_data=b"q BT /F1 24 Tf 100 100 Td (montant : 1 000 000) Tj ET Q")
    writer.add_stream_to_page(0, writer.add_object(words))
    result = io.BytesIO()
    writer.write(result)
    return result.getvalue()
