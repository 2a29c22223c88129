"""The public page of results and its open data: the laureates, always the same columns, nothing before the instant."""

import csv
import io
import json

import pytest
from django.db import connection
from django.test.utils import CaptureQueriesContext

from ami_portal.desk.results import COLUMNS
from ami_portal.documents import store
from ami_portal.kernel import clock
from applications.models import Call
from evaluation import actions
from evaluation.models import Decision, Letter
from tests.funding import laureates
from tests.people import client_of

from . import scenes

pytestmark = pytest.mark.once  # pages and files: the database says nothing here

FORMULA = '=HYPERLINK("http://x";"Repérer") <i>tôt</i>'


@pytest.fixture(scope="module")
def built(module_rows):
    """A laureate and a refusal, decided: all is known, nothing is published."""
    call = scenes.a_closed_call()
    first = scenes.ready_for_jury(call, title=FORMULA)
    second = scenes.ready_for_jury(call, "paul@lab.example", title="Autre projet")
    for dossier in (first, second):
        scenes.a_submitted_review(dossier)
    session = scenes.a_session(call)
    actions.close_scoring(session, actor=scenes.secretary())
    scenes.decide(session, first)
    scenes.decide(session, second, **scenes.REJECTED)
    return session, first, second


def freeze(session, *dossiers):
    """Freeze, and give each its letter (a leaf row: letters have their own tests)."""
    actions.freeze_decisions(session, actor=scenes.secretary())
    for dossier in dossiers:
        kept = {"subject": dossier.ref, "content": b"%PDF-1", "filename": "lettre.pdf", "media_type": "application/pdf"}
        document = store.keep("letter", **kept, at=clock.now())
        Letter.objects.create(dossier=dossier, kind=Decision.objects.get(dossier=dossier).outcome, document=document)


def publish(session, *dossiers):
    freeze(session, *dossiers)
    actions.publish_results(session, actor=scenes.secretary())


def get(call, end, **headers):
    return client_of(None).get(f"/appels/{call.code}/resultats{end}", headers=headers)


def seen(call):
    """All that the three addresses say to anybody: status, headers, content."""
    answers = [get(call, end) for end in ("/", ".csv", ".json")]
    told = [(answer.status_code, sorted(answer.headers.items()), answer.content) for answer in answers]
    return [(status, headers, content if status == 200 else b"") for status, headers, content in told]


def test_nothing_is_known_before_the_instant_then_the_laureates_alone(scene):
    session, first, second = scene
    before = seen(session.call)
    assert [status for status, *_ in before] == [200, 404, 404]
    assert "ne sont pas publiés" in before[0][2].decode()
    freeze(session, first, second)
    assert seen(session.call) == before
    actions.publish_results(session, actor=scenes.secretary())
    page, table, content = (get(session.call, end) for end in ("/", ".csv", ".json"))
    text = page.content.decode()
    assert ("&lt;i&gt;tôt&lt;/i&gt;" in text, "Autre projet" in text, "90" in text) == (True, False, True)
    header, line = csv.reader(io.StringIO(table.content.decode("utf-8-sig")), delimiter=";")
    assert header == ["appel", "publie_le", *(name for name, *_ in COLUMNS)]
    row = dict(zip(header, line, strict=True))
    dataset = first.dossier_datasets.get().version.dataset
    assert (row["reference"], row["titre"], row["bases"], row["montant_euros"]) == (
        first.ref,
        "'" + FORMULA,
        dataset.code,
        "90000.00",
    )
    data = json.loads(content.content)
    (laureate,) = data["laureats"]
    assert (data["format"], data["reutilisation"]["spdx"], data["montant_total_euros"]) == (
        "resultats-1",
        "etalab-2.0",
        "90000.00",
    )
    assert (laureate["titre"], laureate["bases"], list(laureate)) == (
        FORMULA,
        [dataset.code],
        sorted(name for name, *_ in COLUMNS),
    )
    assert laureate["resume"] == row["resume"] != ""
    assert laureate["organismes"]
    assert row["organismes"] == " | ".join(laureate["organismes"])


def test_who_asks_again_with_the_fingerprint_gets_nothing_new_until_it_changes(scene):
    session, first, second = scene
    publish(session, first, second)
    answer = get(session.call, ".json")
    assert answer["Cache-Control"] == "public, max-age=300"
    again = get(session.call, ".json", if_none_match=answer["ETag"])
    assert (again.status_code, again.content) == (304, b"")
    Decision.objects.filter(dossier=first).update(amount="80000.00")
    assert get(session.call, ".json", if_none_match=answer["ETag"]).status_code == 200


def test_three_laureates_cost_as_many_queries_as_one(scene):
    session, first, second = scene
    publish(session, first, second)
    call, owner, counts = Call.objects.get(pk=session.call_id), scenes.dossier_owner(first), []
    for numbers in ((), (11, 12)):
        for number in numbers:
            laureates.a_laureate(call, owner, number=number)
        with CaptureQueriesContext(connection) as queries:
            page = get(call, "/").content.decode()
        counts.append((len(queries), page.count('class="call-laureate"')))
    assert [found for _, found in counts] == [1, 3]
    assert counts[0][0] == counts[1][0]
