"""A file that takes the place of another: the earlier versions stay readable, and can come back."""

import copy

import pytest
import time_machine
from django.urls import reverse

from ami_portal.audit.models import AuditEvent
from ami_portal.documents.store import FileRefused
from applications import actions, drafts
from applications.actions import NotEditable
from applications.actions.files import NO_LONGER_ASKED
from applications.former import former_answers
from applications.models import Attachment
from applications.views.answers import NOT_ASKED
from tests import people
from tests.applications import small
from tests.documents import files


def names(dossier):
    """The standing file and its earlier versions, the latest first."""
    draft = drafts.load(dossier)
    [standing] = draft.attachments["protocol"]
    return standing.document.filename, [one.document.filename for one in draft.former_of(standing)]


def versions(dossier, owner, *more):
    """A file, replaced by each of the others in turn."""
    kept = [actions.deposit_file(dossier, "protocol", files.uploaded("v1.pdf"), actor=owner)]
    for name in more:
        kept.append(actions.replace_file(kept[-1], files.uploaded(name), actor=owner))
    return kept


def test_replace_file_keeps_the_earlier_versions(dossier, owner):
    first, second, third = versions(dossier, owner, "v2.pdf", "v3.pdf")
    assert names(dossier) == ("v3.pdf", ["v2.pdf", "v1.pdf"])
    first.refresh_from_db()
    assert (first.replaced_by, first.removed_at is not None) == (second, True)
    event = AuditEvent.objects.filter(verb="file.replace").last()
    replaced, sha256 = second.document.sha256, third.document.sha256
    assert event.data == {"question": "protocol", "replaced": replaced, "sha256": sha256}


def test_an_earlier_version_takes_its_place_again_and_nothing_is_lost(dossier, owner):
    first, second, third = versions(dossier, owner, "v2.pdf", "v3.pdf")
    for _ in range(2):
        actions.restore_file(first, actor=owner)
    assert names(dossier) == ("v1.pdf", ["v3.pdf", "v2.pdf"])
    actions.restore_file(second, actor=owner)
    assert names(dossier) == ("v2.pdf", ["v1.pdf", "v3.pdf"])
    assert Attachment.objects.filter(removed_at=None).count() == 1
    actions.remove_file(second, actor=owner)
    actions.restore_file(third, actor=owner)
    assert names(dossier)[0] == "v3.pdf"


def test_what_a_replacement_refuses(dossier, owner):
    first, second = versions(dossier, owner, "v2.pdf")
    with pytest.raises(FileRefused, match="déjà été retiré ou remplacé"):
        actions.replace_file(first, files.uploaded("v3.pdf"), actor=owner)
    with pytest.raises(FileRefused, match="d’un autre type"):
        actions.replace_file(second, files.uploaded("v3.pdf", b"du texte"), actor=owner)
    with time_machine.travel(dossier.call.closes_at, tick=False), pytest.raises(NotEditable):
        actions.replace_file(second, files.uploaded("v3.pdf"), actor=owner)
    assert names(dossier) == ("v2.pdf", ["v1.pdf"])


def url(name, dossier, attachment):
    return reverse(f"applications:{name}", kwargs={"ref": dossier.ref, "uuid": attachment.document.uuid})


def test_the_page_replaces_shows_who_and_when_and_takes_back(dossier, owner):
    first = versions(dossier, owner)[0]
    client = people.client_of(owner)
    answer = client.post(url("file_replace", dossier, first), {"file": files.uploaded("v2.pdf")})
    html = answer.json()["html"]
    assert "Versions précédentes (1)" in html
    assert f"par {owner.get_full_name()}, remplacé le" in html
    assert first.document.sha256 in html
    answer = client.post(url("file_restore", dossier, first))
    assert (answer.status_code, names(dossier)) == (200, ("v1.pdf", ["v2.pdf"]))
    assert client.post(url("file_replace", dossier, first)).json()["message"].startswith("Aucun fichier n’a été reçu")
    wrong = client.post(url("file_replace", dossier, first), {"file": files.uploaded("v3.pdf", b"du texte")})
    assert wrong.status_code == 422
    stranger = people.client_of(people.a_person("autre@labo.example"))
    assert stranger.post(url("file_replace", dossier, first), {"file": files.uploaded()}).status_code == 404


def test_a_page_of_before_a_revision_is_told_that_the_file_is_asked_no_more(dossier, owner):
    """Whatever button is pressed there: a sentence, and the file stays where former answers are read."""
    first, second = versions(dossier, owner, "v2.pdf")
    form = copy.deepcopy(small.FORM)
    for section in form["sections"]:
        section["questions"] = [one for one in section["questions"] if one["code"] != "protocol"]
    small.revise(dossier.call, form)
    client = people.client_of(owner)
    answers = [
        client.post(url("file_replace", dossier, second), {"file": files.uploaded("v3.pdf")}),
        client.post(url("file_remove", dossier, second)),
        client.post(url("file_restore", dossier, first)),
    ]
    refused = (422, {"error": "refused", "message": NO_LONGER_ASKED})
    assert [(answer.status_code, answer.json()) for answer in answers] == [refused] * 3
    place = reverse("applications:file_deposit", kwargs={"ref": dossier.ref, "question": "protocol"})
    deposited = client.post(place, {"file": files.uploaded("v3.pdf")})
    assert (deposited.status_code, deposited.json()["message"]) == (404, NOT_ASKED)
    page = reverse("applications:dossier_section", kwargs={"ref": dossier.ref, "section": "project"})
    shown = client.post(page, {"file_remove": str(second.document.uuid)}, follow=True)
    assert NO_LONGER_ASKED in shown.content.decode()
    dossier.refresh_from_db()
    former = former_answers(dossier, drafts.load(dossier)).files
    assert [one.document.filename for one in former] == ["v2.pdf"]


def test_without_a_script_the_form_replaces_and_takes_back(dossier, owner):
    first = versions(dossier, owner)[0]
    page = reverse("applications:dossier_section", kwargs={"ref": dossier.ref, "section": "annexes"})
    client = people.client_of(owner)
    client.post(page, {f"r.{first.document.uuid}": files.uploaded("v2.pdf")})
    assert names(dossier) == ("v2.pdf", ["v1.pdf"])
    client.post(page, {"file_restore": str(first.document.uuid)})
    assert names(dossier) == ("v1.pdf", ["v2.pdf"])


@pytest.mark.parametrize("count", [1, 3])
def test_the_list_asks_as_many_queries_for_one_version_as_for_three(dossier, owner, django_assert_num_queries, count):
    versions(dossier, owner, *[f"v{number + 2}.pdf" for number in range(count)])
    draft = drafts.load(dossier)
    [standing] = draft.attachments["protocol"]
    with django_assert_num_queries(1):
        assert len([one.document.created_by.email for one in draft.former_of(standing)]) == count
