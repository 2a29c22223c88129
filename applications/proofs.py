"""The proof of a deposit, as one archive: sealed receipt, frozen content, register, and what verifies them."""

import datetime as dt
import io
import zipfile
from pathlib import Path

from django.conf import settings

from ami_portal.documents import store
from ami_portal.documents.models import Document
from ami_portal.kernel.text import canonical_json, sha256_of

from . import register
from .models import DossierVersion

SCRIPT = Path(settings.BASE_DIR) / "data" / "verification" / "verifier.py"
READ_ME = SCRIPT.with_name("LISEZ-MOI.txt")
SUMS = "empreintes.txt"
NO_DATE = (1980, 1, 1, 0, 0, 0)


def archive(version: DossierVersion, receipt: Document, at: dt.datetime) -> bytes:
    """The archive of a deposit and of its receipt: the same bytes as long as the register shows the same."""
    files = {
        "accuse-de-reception.pdf": store.read(receipt),
        "depot.json": version.content.encode(),
        "registre.json": canonical_json(register.extract(version.dossier.call, at)).encode(),
        SCRIPT.name: SCRIPT.read_bytes(),
        READ_ME.name: READ_ME.read_bytes(),
    }
    sums = "".join(f"{sha256_of(content)}  {name}\n" for name, content in sorted(files.items()))
    return _zipped(files | {SUMS: sums.encode()})


def _zipped(files: dict[str, bytes]) -> bytes:
    out = io.BytesIO()
    with zipfile.ZipFile(out, "w", zipfile.ZIP_DEFLATED) as packed:
        for name, content in files.items():
            packed.writestr(zipfile.ZipInfo(name, NO_DATE), content, zipfile.ZIP_DEFLATED)
    return out.getvalue()
