"""The seal: whole and ours, one byte changed is found, the key is made once, a missing key says so, keys follow on."""

import datetime as dt
import os
import subprocess
import sys
import threading
from pathlib import Path

import pytest
from cryptography.hazmat.primitives import serialization
from django.core.management import call_command
from django.core.management.base import SystemCheckError
from django.db import DatabaseError, transaction

from ami_portal.documents import seal
from ami_portal.documents.models import SealCertificate
from tests import scenes

ROOT = Path(__file__).resolve().parents[2]
AT = dt.datetime(2026, 9, 16, 9, 59, 59, tzinfo=dt.UTC)


@pytest.fixture
def own_seal(settings, tmp_path):
    """A portal whose private folder is empty: its seal is yet to be made."""
    settings.VAR_DIR = tmp_path
    seal._read.cache_clear()
    yield tmp_path / seal.HOME_MADE
    seal._read.cache_clear()


def sealed(reason="Depot"):
    content = seal.seal(scenes.a_pdf(), reason=reason, at=AT)
    seal.list_certificate(at=AT)
    return content


@pytest.mark.django_db
def test_what_is_sealed_is_kept_and_is_whole(own_seal):
    content = sealed()
    assert content.startswith(scenes.a_pdf())
    assert seal.is_whole(content)
    assert not seal.is_whole(scenes.a_pdf())


@pytest.mark.django_db
def test_one_changed_byte_is_found(own_seal):
    content = sealed()
    for place in (9, len(scenes.a_pdf()) // 2, len(scenes.a_pdf()) + 40, content.index(b"/Reason") + 12):
        changed = content[:place] + bytes([content[place] ^ 1]) + content[place + 1 :]
        assert not seal.is_whole(changed), place
    assert not seal.is_whole(content + b"\n%")


@pytest.mark.django_db
def test_the_seal_carries_the_instant_of_the_act(own_seal):
    from io import BytesIO

    from pyhanko.pdf_utils.reader import PdfFileReader

    [signature] = PdfFileReader(BytesIO(sealed("Depot R-1 1 sha256 abc"))).embedded_signatures
    assert signature.self_reported_timestamp == AT
    assert signature.sig_object["/Reason"] == "Depot R-1 1 sha256 abc"
    assert signature.sig_object["/SubFilter"] == "/ETSI.CAdES.detached"


@pytest.mark.django_db
def test_what_a_former_key_sealed_stays_whole(own_seal):
    before = sealed()
    own_seal.unlink()
    seal._read.cache_clear()
    after = sealed()
    assert seal.is_whole(before)
    assert seal.is_whole(after)
    assert SealCertificate.objects.count() == 2
    for touch in (SealCertificate.objects.all().delete, lambda: SealCertificate.objects.update(pem="")):
        with pytest.raises(DatabaseError, match="append-only"), transaction.atomic():
            touch()


@pytest.mark.django_db
def test_the_seal_of_another_portal_is_not_ours(own_seal):
    foreign = seal.seal(scenes.a_pdf(), reason="Depot", at=AT)
    own_seal.unlink()
    seal._read.cache_clear()
    sealed()
    assert not seal.is_whole(foreign)


def test_the_key_is_made_once_by_processes_that_start_together(own_seal):
    pems: list[bytes] = []
    ready = threading.Barrier(4)

    def make():
        ready.wait(10)
        pems.append(seal._home_made().read_bytes())

    threads = [threading.Thread(target=make) for _ in range(4)]
    for thread in threads:
        thread.start()
    for thread in threads:
        thread.join(30)
    assert len(pems) == 4
    assert len(set(pems)) == 1
    assert own_seal.stat().st_mode & 0o777 == 0o600
    assert os.listdir(own_seal.parent) == [own_seal.name]


@pytest.mark.parametrize("kind", ["pem", "pkcs12"])
@pytest.mark.django_db
def test_the_key_of_the_environment(own_seal, settings, tmp_path, kind):
    pair = seal._pair()
    passphrase = serialization.BestAvailableEncryption(b"sesame")
    if kind == "pem":
        pem, pkcs8 = serialization.Encoding.PEM, serialization.PrivateFormat.PKCS8
        (tmp_path / "cle.pem").write_bytes(pair.key.private_bytes(pem, pkcs8, passphrase))
        (tmp_path / "certificat.pem").write_text(pair.pem)
        settings.SEAL_KEY, settings.SEAL_CERTIFICATE = str(tmp_path / "cle.pem"), str(tmp_path / "certificat.pem")
    else:
        archive = serialization.pkcs12.serialize_key_and_certificates(
            b"s", pair.key, pair.certificate, None, passphrase
        )
        (tmp_path / "sceau.p12").write_bytes(archive)
        settings.SEAL_PKCS12 = str(tmp_path / "sceau.p12")
    settings.SEAL_PASSPHRASE = "sesame"
    own_seal.unlink()
    assert seal.is_whole(sealed())
    assert not own_seal.exists()
    settings.SEAL_PASSPHRASE = "autre"
    with pytest.raises(seal.SealUnavailable, match="SEAL_PASSPHRASE"):
        sealed()


def test_a_key_that_is_not_that_of_its_certificate_is_refused(own_seal, settings, tmp_path):
    settings.SEAL_CERTIFICATE = str(tmp_path / "certificat.pem")
    (tmp_path / "certificat.pem").write_text(seal._pair().pem)
    own_seal.unlink()
    settings.SEAL_KEY = str(seal._home_made())
    assert seal.problem() == "Le certificat du sceau n’est pas celui de sa clé."


def test_a_deployment_without_a_readable_key_is_refused(own_seal, settings):
    settings.SEAL_PKCS12 = "/nulle/part.p12"
    with pytest.raises(SystemCheckError, match="Le sceau ne peut pas être lu"):
        call_command("check", "--deploy", "--tag", "security", fail_level="ERROR")


def test_a_deployment_that_names_no_key_does_not_start(tmp_path):
    environ = {"PATH": os.environ["PATH"], "PORTAL_VAR": str(tmp_path), "DJANGO_ALLOWED_HOSTS": "portail.example"}
    environ |= {"DJANGO_SECRET_KEY": "x" * 60, "DJANGO_SETTINGS_MODULE": "ami_portal.settings.base"}
    done = subprocess.run(
        [sys.executable, "manage.py", "check"], cwd=ROOT, env=environ, capture_output=True, text=True, check=False
    )
    assert done.returncode != 0
    assert "SEAL_PKCS12, ou SEAL_KEY et SEAL_CERTIFICATE, est obligatoire" in done.stderr
