"""The page of a section: what its script asks (JSON), and the same without a script (one form)."""

import datetime as dt
import json
import uuid

import pytest
import time_machine
from django.db import connection
from django.test.utils import CaptureQueriesContext
from django.urls import reverse

from applications import actions, drafts, fields
from applications.enums import MemberRole
from applications.models import Answer, AnswerRow
from tests import people
from tests.applications import small
from tests.documents import files


def address(name, dossier, **more):
    return reverse(f"applications:{name}", kwargs={"ref": dossier.ref, **more})


def send(client, url, payload=None):
    return client.post(url, json.dumps(payload or {}), content_type="application/json")


def form_of(dossier, section):
    """What a browser would send back from the page of a section, nothing touched."""
    draft = drafts.load(dossier)
    data = {}
    for field in fields.fields_in(fields.blocks_of(draft.form.section(section), draft)):
        data[f"v.{field.address}"] = field.seen
        if field.typed:
            data[field.name] = field.typed
    return data


# JSON


def test_answer_save(dossier, owner):
    answer = send(
        people.client_of(owner), address("answer_save", dossier), {"question": "amount", "value": "98500", "version": 0}
    )
    body = answer.json()
    assert answer.status_code == 200
    assert (body["version"], body["problem"], body["typed"]) == (1, "", "98\u202f500,00")
    assert len(body["saved_at"]) == 5


def test_answer_save_in_few_queries(dossier, owner):
    """Session, person, roles, dossier under its lock, answer, past, write: seven, the last four in one transaction."""
    assert dossier.form_revision.form.sections  # read once a process
    client, url = people.client_of(owner), address("answer_save", dossier)
    for version in range(2):  # the first time, and the next
        with CaptureQueriesContext(connection) as seen:
            sent = {"question": "summary", "value": f"v{version}", "version": version}
            assert send(client, url, sent).status_code == 200
        words = [query["sql"].split()[0] for query in seen]
        writes = ["INSERT", "UPDATE"] if version else ["INSERT"]
        assert words == ["SELECT"] * 3 + ["SAVEPOINT"] + ["SELECT"] * 2 + writes + ["RELEASE"]


def test_answer_save_from_a_stale_page(dossier, owner):
    paul = people.a_person("paul@labo.example")
    actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=owner)
    small.type_in(dossier, "datasets", ["base-b"], actor=paul)
    sent = {"question": "datasets", "value": ["base-a"], "version": 0}
    answer = send(people.client_of(owner), address("answer_save", dossier), sent)
    body = answer.json()
    assert (answer.status_code, body["error"], body["typed"], body["shown"]) == (409, "stale", ["base-b"], "Base B")
    assert (body["yours"], body["version"], body["who"]) == (["base-a"], 1, paul.get_full_name())


def test_answer_save_after_the_closing(dossier, owner):
    with time_machine.travel(dossier.call.closes_at, tick=False):
        client = people.client_of(owner)
        answer = send(client, address("answer_save", dossier), {"question": "title", "value": "x", "version": 0})
    assert (answer.status_code, answer.json()["error"]) == (423, "read_only")
    assert not Answer.objects.exists()


def test_answer_save_signed_out(dossier):
    answer = send(people.client_of(None), address("answer_save", dossier), {"question": "title", "value": "x"})
    assert (answer.status_code, answer.json()) == (401, {"error": "signed_out", "url": reverse("account_login")})


@pytest.mark.parametrize(
    "payload",
    [
        "[1]", "", "\xff", '{"question": "inconnue"}', '{"question": "costs"}', '{"question": "title", "row": "r"}',
        '{"question": ["title"]}', '{"question": "protocol", "value": "x"}',
    ],
)  # fmt: skip
def test_answer_save_of_what_no_page_sends(dossier, owner, payload):
    answer = people.client_of(owner).post(address("answer_save", dossier), payload, content_type="application/json")
    assert answer.status_code == 404
    assert not Answer.objects.exists()


@pytest.mark.parametrize("value", [None, 12, True, {"a": 1}, [], [[1]], "\ud800", "a\x00b"])
def test_answer_save_of_odd_values_is_text(dossier, owner, value):
    answer = send(people.client_of(owner), address("answer_save", dossier), {"question": "summary", "value": value})
    assert answer.status_code == 200


def test_answer_save_too_long(dossier, owner):
    answer = send(
        people.client_of(owner), address("answer_save", dossier), {"question": "summary", "value": "x" * 60_000}
    )
    assert (answer.status_code, answer.json()["error"]) == (422, "too_long")


def test_rows_by_script(dossier, owner):
    client = people.client_of(owner)
    row = str(uuid.uuid4())
    place, add = {"question": "costs", "row": row}, address("row_add", dossier, question="costs")
    for _ in range(2):  # made by the page while the network was away, and sent again
        assert send(client, add, {"row": row}).json() == {"row": row}
    assert AnswerRow.objects.get().position == 1
    assert send(client, address("row_remove", dossier, **place)).json() == {"row": row}
    assert send(client, add, {"row": row}).json() == {"row": row}  # late news of a row that was removed since
    assert not AnswerRow.objects.filter(deleted_at=None).exists()
    assert send(client, address("row_restore", dossier, **place)).json() == {"row": row}
    for _ in range(3):
        send(client, add)
    full = send(client, add, {"row": str(uuid.uuid4())})
    assert (full.status_code, full.json()["message"]) == (422, "Ce tableau admet 4 lignes au plus.")
    assert send(client, add, {"row": row}).status_code == 200
    assert send(client, add, {"row": "x"}).status_code == 404
    assert send(client, address("row_add", dossier, question="title")).status_code == 404


def test_a_page_of_another_account_saves_nothing(dossier, owner):
    """Somebody else signed in, in the same browser, under a page that was open: what it holds is not theirs."""
    paul = people.a_person("paul@labo.example")
    actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=owner)
    client, url = people.client_of(paul), address("answer_save", dossier)
    sent = json.dumps({"question": "title", "value": "De Claire", "version": 0})
    answer = client.post(url, sent, content_type="application/json", headers={"X-Account": owner.device_key})
    assert (answer.status_code, answer.json()["error"]) == (403, "other_account")
    assert not Answer.objects.exists()
    own = client.post(url, sent, content_type="application/json", headers={"X-Account": paul.device_key})
    assert (own.status_code, owner.device_key == paul.device_key) == (200, False)


def test_what_a_script_is_told_when_it_may_not(dossier, owner):
    reader, stranger = people.a_person("lecteur@labo.example"), people.a_person("autre@labo.example")
    actions.invite_member(dossier, reader.email, MemberRole.READER, actor=owner)
    juror = people.a_juror("porteuse-et-jure@labo.example")
    actions.invite_member(dossier, juror.email, MemberRole.EDITOR, actor=owner)
    sent = json.dumps({"question": "title", "value": "x", "version": 0})
    clients = [people.client_of(reader), people.client_of(stranger), people.client_of(juror, verified=False)]
    said = [
        (answer.status_code, answer.json()["error"])
        for client in clients
        for answer in [
            client.post(
                address("answer_save", dossier),
                sent,
                content_type="application/json",
                headers={"Accept": "application/json"},
            )
        ]
    ]
    assert said == [(403, "lost"), (404, "lost"), (401, "second_factor")]
    unknown = send(people.client_of(owner), address("answer_save", dossier), {"question": "retirée", "value": "x"})
    assert (unknown.status_code, unknown.json()["error"]) == (404, "refused")


def test_progress_tells_the_portal_s_time_and_the_closing(dossier, owner):
    client, url = people.client_of(owner), address("progress", dossier) + "?rubrique=project"
    closing = dossier.call.closes_at
    with time_machine.travel(closing - dt.timedelta(seconds=1), tick=False):
        before = people.client_of(owner).get(url).json()
    with time_machine.travel(closing, tick=False):
        after = people.client_of(owner).get(url).json()
    assert (before["closes_at"] - before["now"], before["refusal"]) == (1000, "")
    assert (after["now"], after["refusal"]) == (
        after["closes_at"],
        "L’appel est clos : le dossier ne peut plus changer.",
    )
    actions.withdraw_dossier(dossier, actor=owner)
    assert client.get(url).json()["refusal"].startswith("Ce dossier n’est plus un brouillon")


def test_progress_tells_what_is_missing_and_who_is_here(dossier, owner):
    paul = people.a_person("paul@labo.example")
    actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=owner)
    small.type_in(dossier, "title", "De Paul", actor=paul)
    people.client_of(paul).get(address("progress", dossier), {"rubrique": "project"})
    client = people.client_of(owner)
    body = client.get(address("progress", dossier), {"rubrique": "project"}).json()
    assert "Il manque 4 points" in body["missing"]
    assert "en cours" in body["sections"]
    assert paul.get_full_name() in body["others"]
    dossier.refresh_from_db()
    assert 0 < dossier.percent_complete < 100
    assert client.get(address("progress", dossier), {"rubrique": "inconnue"}).status_code == 404


# Without a script


def post_section(client, dossier, data, section="project", **more):
    return client.post(address("dossier_section", dossier, section=section), data, **more)


def test_the_whole_form_saves_only_what_was_touched(dossier, owner):
    small.type_in(dossier, "summary", "Ligne une\nligne deux", actor=owner)
    data = form_of(dossier, "project") | {"q.title": "Nouveau"}
    data["q.summary"] = data["q.summary"].replace("\n", "\r\n")  # as browsers send line ends
    answer = post_section(people.client_of(owner), dossier, data)
    assert answer.status_code == 302
    assert dict(Answer.objects.values_list("question", "version")) == {"title": 1, "summary": 1}


def test_every_type_survives_a_form_sent_back_untouched(call, owner):
    dossier = small.a_full_draft(call, owner, linkage=["snds"], themes=["b"], share="12,5", licence="MIT")
    before = dict(Answer.objects.values_list("pk", "version"))
    client = people.client_of(owner)
    for section in ("project", "budget", "annexes"):
        assert post_section(client, dossier, form_of(dossier, section), section).status_code == 302
    assert dict(Answer.objects.values_list("pk", "version")) == before


def test_unchecking_everything_is_a_change(call, owner):
    dossier = small.a_full_draft(call, owner, themes=["a", "b"])
    data = form_of(dossier, "annexes")
    del data["q.themes"], data["q.promise"]
    post_section(people.client_of(owner), dossier, data, "annexes")
    values = dict(Answer.objects.filter(question__in=["themes", "promise"]).values_list("question", "value"))
    assert values == {"themes": [], "promise": None}


def test_a_conflict_without_a_script_shows_both_and_lets_choose(dossier, owner):
    paul = people.a_person("paul@labo.example")
    actions.invite_member(dossier, paul.email, MemberRole.EDITOR, actor=owner)
    data = form_of(dossier, "project") | {"q.title": "De Claire"}
    small.type_in(dossier, "title", "De Paul", actor=paul)
    client = people.client_of(owner)
    answer = post_section(client, dossier, data)
    page = answer.content.decode()
    assert answer.status_code == 409
    for words in ("De Paul", "De Claire", "Conflit à résoudre", paul.get_full_name(), 'name="c.title"'):
        assert words in page
    assert Answer.objects.get(question="title").value == "De Paul"
    theirs = data | {"v.title": "1:", "c.title": "theirs"}
    assert post_section(client, dossier, theirs).status_code == 302
    assert Answer.objects.get(question="title").value == "De Paul"
    mine = data | {"v.title": "1:", "c.title": "mine"}
    assert post_section(client, dossier, mine).status_code == 302
    assert Answer.objects.get(question="title").value == "De Claire"


def test_an_untouched_stale_field_is_no_conflict(dossier, owner):
    data = form_of(dossier, "project") | {"q.summary": "De Claire"}
    small.type_in(dossier, "title", "Entre-temps", actor=owner)
    assert post_section(people.client_of(owner), dossier, data).status_code == 302
    assert dict(Answer.objects.values_list("question", "value")) == {"title": "Entre-temps", "summary": "De Claire"}


def test_after_the_closing_what_was_typed_is_given_back(dossier, owner):
    data = form_of(dossier, "project") | {"q.title": "Trop tard", "q.summary": "Moi aussi", "q.datasets": ["base-b"]}
    with time_machine.travel(dossier.call.closes_at, tick=False):
        answer = post_section(people.client_of(owner), dossier, data)
    page = answer.content.decode()
    assert answer.status_code == 423
    for words in ("L’appel est clos", "Trop tard", "Moi aussi", "Base B", "heure de Paris"):
        assert words in page
    assert not Answer.objects.exists()


def test_without_a_session_what_was_typed_is_given_back(dossier, owner):
    data = form_of(dossier, "project") | {"q.title": "Session <b>finie</b>"}
    answer = post_section(people.client_of(None), dossier, data)
    assert answer.status_code == 401
    assert "Session &lt;b&gt;finie&lt;/b&gt;" in answer.content.decode()


def test_too_long_a_text_stays_on_the_page(dossier, owner):
    answer = post_section(people.client_of(owner), dossier, form_of(dossier, "project") | {"q.summary": "x" * 60_000})
    assert answer.status_code == 422
    assert "x" * 60_000 in answer.content.decode()


def test_rows_and_files_by_buttons(dossier, owner):
    client = people.client_of(owner)
    answer = post_section(
        client, dossier, form_of(dossier, "budget") | {"q.months": "24", "row_add": "costs"}, "budget"
    )
    assert answer["Location"].endswith("#q-costs")
    line = AnswerRow.objects.get()
    place = f"costs:{line.row}"
    data = form_of(dossier, "budget") | {f"q.costs.{line.row}.what": "Serveur", "row_remove": place}
    post_section(client, dossier, data, "budget")
    page = client.get(address("dossier_section", dossier, section="budget")).content.decode()
    assert "Lignes supprimées (1)" in page
    assert "Serveur" in page
    post_section(client, dossier, form_of(dossier, "budget") | {"row_restore": place}, "budget")
    assert AnswerRow.objects.get().deleted_at is None
    post_section(client, dossier, form_of(dossier, "annexes") | {"f.protocol": files.uploaded()}, "annexes")
    document = dossier.attachments.get().document
    refused = post_section(client, dossier, {"f.protocol": files.uploaded()}, "annexes", follow=True)
    assert "Un seul fichier est attendu ici" in refused.content.decode()
    post_section(client, dossier, {"file_remove": document.uuid}, "annexes")
    assert dossier.attachments.get().removed_at is not None


@pytest.mark.parametrize("data", [{"row_add": "title"}, {"file_remove": "x"}, {"row_remove": "title:x"}])
def test_buttons_that_no_page_has(dossier, owner, data):
    assert post_section(people.client_of(owner), dossier, data).status_code == 404


def test_an_unknown_section(dossier, owner):
    assert people.client_of(owner).get(address("dossier_section", dossier, section="inconnue")).status_code == 404
