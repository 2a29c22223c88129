"""Documents in a real S3-compatible storage: kept, served through a rule, never reachable without one."""

import urllib.error
import urllib.request

import pytest
from django.core.files.storage import storages

from ami_portal.documents import store
from ami_portal.kernel import clock
from applications import actions
from tests import scenes
from tests.people import a_person, client_of

pytestmark = [pytest.mark.services, pytest.mark.django_db]


@pytest.fixture
def bucket(settings, s3_server):
    """The default storage is the bucket."""
    settings.STORAGES = {
        **settings.STORAGES,
        "default": {
            "BACKEND": "storages.backends.s3.S3Storage",
            "OPTIONS": {
                "bucket_name": s3_server.name,
                "endpoint_url": s3_server.endpoint,
                "access_key": s3_server.access_key,
                "secret_key": s3_server.secret_key,
                "region_name": "fr-par",
                "addressing_style": "path",
                "signature_version": "s3v4",
                "file_overwrite": False,
                "default_acl": None,
            },
        },
    }
    return s3_server


def test_a_document_is_kept_read_and_refused_without_a_signature(bucket):
    document = store.keep(
        "preuve", subject="R-1", content=b"contenu", filename="preuve.pdf", media_type="application/pdf", at=clock.now()
    )
    assert store.read(document) == b"contenu"
    with pytest.raises(urllib.error.HTTPError) as refusal:
        urllib.request.urlopen(f"{bucket.endpoint}/{bucket.name}/{document.storage_key}")
    assert refusal.value.code == 403
    refusal.value.close()
    storages["default"].delete(document.storage_key)
    with pytest.raises(FileNotFoundError):
        store.read(document)


def test_a_deposited_file_goes_to_the_bucket_and_comes_back_to_its_owner_only(bucket):
    owner, other = a_person(), a_person("autre@ailleurs.example")
    dossier = scenes.a_draft(scenes.a_call(), owner)
    attachment = actions.deposit_file(dossier, "protocol_file", scenes.a_file("protocole.pdf"), actor=owner)
    address = f"/dossiers/{dossier.ref}/fichiers/{attachment.document.uuid}/telecharger"
    answer = client_of(owner).get(address)
    assert b"".join(answer.streaming_content) == store.read(attachment.document)
    assert client_of(other).get(address).status_code == 404
