"""Démarches Simplifiées, asked as its schema says: pages and their cursors, errors, waits, files, acts."""

import datetime as dt
import io
import json
from email.utils import format_datetime

import pytest

from ami_portal.gateways import demarches_simplifiees as ds
from ami_portal.gateways.http import Refused, Unreachable, Unusable
from ami_portal.kernel import clock

from .peer import HOST, send
from .procedure import NUMBER, TOKEN, Procedure, champ, table

pytestmark = pytest.mark.once
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


@pytest.fixture
def procedure(settings):
    with Procedure().open() as found:
        settings.DEMARCHES_URL, settings.DEMARCHES_TOKEN = f"{found.url}/api/v2/graphql", TOKEN
        settings.DEMARCHES_TRUSTED_HOSTS = [HOST]
        yield found


def numbers(page):
    return [node["number"] for node in page.nodes]


def test_pages_follow_one_another_and_a_dossier_edited_between_two_comes_back(procedure):
    procedure.most = 2
    for number in (11, 12, 13):
        procedure.put(number, champ("TextChamp", 1, "Titre"))
    first = ds.dossiers(NUMBER, since=EPOCH, after="")
    procedure.put(11, champ("TextChamp", 1, "Titre corrigé"))
    second = ds.dossiers(NUMBER, since=EPOCH, after=first.cursor)
    last = ds.dossiers(NUMBER, since=EPOCH, after=second.cursor)
    assert (numbers(first), first.has_next, numbers(second), second.has_next) == ([11, 12], True, [13, 11], False)
    assert second.nodes[1]["champs"][0]["stringValue"] == "Titre corrigé"
    assert (last.nodes, last.cursor, last.has_next) == ((), "", False)
    assert {asked["updatedSince"] for _, asked in procedure.asked} == {"1970-01-01T00:00:00Z"}


def test_each_kind_of_champ_is_read_under_its_own_name(procedure):
    pdf = procedure.file("protocole.pdf", b"%PDF")
    procedure.put(
        11,
        champ("YesNoChamp", 1, "", value=None),
        champ("CheckboxChamp", 2, "", value=False),
        champ("DateChamp", 3, "10 septembre 2024", date="2024-09-10"),
        champ("DropDownListChamp", 4, "Un", value="Un"),
        champ("MultipleDropDownListChamp", 5, "a, b", values=["a", "b"]),
        champ("PieceJustificativeChamp", 6, "", files=[pdf]),
        table(7, [[champ("DecimalNumberChamp", 8, "98500.10", value=98500.1)]]),
    )
    read = ds.dossier(11)["champs"]
    assert [read[0]["selected"], read[1]["checked"], read[2]["date"], read[3]["chosen"], read[4]["values"]] == [
        None,
        False,
        "2024-09-10",
        "Un",
        ["a", "b"],
    ]
    assert read[5]["files"] == [
        {name: pdf[name] for name in ("filename", "contentType", "checksum", "url")} | {"byteSize": "4"}
    ]
    assert read[6]["rows"][0]["champs"][0]["stringValue"] == "98500.10"


def test_deletions_are_lists_with_cursors_of_their_own(procedure):
    procedure.put(11)
    procedure.put(12)
    procedure.delete(11)
    procedure.delete(12, "user_request", pending=True)
    gone = ds.deleted(NUMBER, since=EPOCH, after="")
    told = [(row["number"], row["reason"]) for page in (gone, _pending()) for row in page.nodes]
    assert told == [(11, "expired"), (12, "user_request")]
    with pytest.raises(ds.Rejected) as refused:
        ds.dossiers(NUMBER, since=EPOCH, after=gone.cursor)
    assert refused.value.codes == {"bad_request"}


def _pending():
    return ds.pending_deleted(NUMBER, since=EPOCH, after="")


def saying(said, **more):
    def before(procedure, handler, operation):
        send(handler, said if isinstance(said, bytes) else json.dumps(said).encode(), **more)
        return True

    return before


PARTIAL = {
    "data": {"demarche": {"dossiers": {"pageInfo": {"hasNextPage": False, "endCursor": None}, "nodes": []}}},
    "errors": [{"message": "délai dépassé", "extensions": {"code": "timeout"}}],
}
ENDLESS = {
    "data": {"demarche": {"dossiers": {"pageInfo": {"hasNextPage": True, "endCursor": None}, "nodes": []}}},
}


@pytest.mark.parametrize(
    ("said", "error", "words"),
    [
        (PARTIAL, ds.Rejected, "refuse la demande : délai dépassé"),
        (ENDLESS, Unusable, "annonce une suite sans dire où la lire"),
        (b"<html>maintenance</html>", Unusable, "autre chose que du JSON"),
        ([1], Unusable, "sans donnée"),
        ({"data": None}, Unusable, "forme attendue"),
        ({"data": {"demarche": {"dossiers": []}}}, Unusable, "forme attendue"),
        ({"errors": "non"}, ds.Rejected, "refuse la demande : non"),
    ],
)
def test_an_answer_that_is_none_is_an_error(procedure, said, error, words):
    procedure.before = saying(said)
    with pytest.raises(error, match=words):
        ds.dossiers(NUMBER, since=EPOCH, after="")


@pytest.mark.parametrize(
    ("status", "asked", "seconds"), [(429, "90", 90), (503, "9" * 12, 3600), (500, "", 0), (429, "demain", 0)]
)
def test_a_busy_service_says_when_to_come_back(procedure, status, asked, seconds):
    procedure.before = saying(b"", status=status, Retry_After=asked)
    with pytest.raises(ds.TryLater, match=f"demande d’attendre .{status}.") as late:
        ds.dossiers(NUMBER, since=EPOCH, after="")
    assert late.value.wait == dt.timedelta(seconds=seconds)


def test_a_busy_service_may_give_a_date_on_its_own_clock(procedure):
    until = format_datetime(clock.now() + dt.timedelta(seconds=120), usegmt=True)
    procedure.before = saying(b"", status=429, Retry_After=until)
    with pytest.raises(ds.TryLater) as late:
        ds.dossier(11)
    assert dt.timedelta(seconds=100) < late.value.wait <= dt.timedelta(seconds=120)


def test_a_refused_token_is_said(procedure, settings):
    settings.DEMARCHES_TOKEN = "autre"
    with pytest.raises(ds.Rejected, match="refuse le jeton"):
        ds.dossier(11)


def test_a_redirection_to_the_inside_is_not_followed(procedure):
    procedure.before = saying(b"", status=302, Location="http://169.254.169.254/")
    with pytest.raises(Refused, match="n’est pas suivie"):
        ds.dossiers(NUMBER, since=EPOCH, after="")
    assert len(procedure.asked) == 1


def test_a_slow_service_is_left(procedure, monkeypatch):
    def before(procedure, handler, operation):
        handler.connection.recv(1)
        return True

    procedure.before = before
    monkeypatch.setattr(ds, "SECONDS", 0.2)
    with pytest.raises(Unreachable, match="à temps"):
        ds.dossier(11)


def test_a_file_is_read_while_its_address_lives(procedure):
    said = procedure.file("protocole.pdf", b"%PDF-1.7")
    into = io.BytesIO()
    ds.fetch_file(said["url"], into, max_bytes=100)
    procedure.dead.update(procedure.files)
    with pytest.raises(ds.FileGone, match="n’est plus valable"):
        ds.fetch_file(said["url"], io.BytesIO(), max_bytes=100)
    with pytest.raises(Refused, match="réseau intérieur"):
        ds.fetch_file("https://10.0.0.1/secret", io.BytesIO(), max_bytes=100)
    assert into.getvalue() == b"%PDF-1.7"


def test_an_act_that_is_refused_is_data(procedure):
    given = {"dossierId": procedure.put(11)["id"], "instructeurId": "SW5zdHJ1Y3RldXI="}
    ds.act("dossierPasserEnInstruction", given)
    with pytest.raises(ds.ActRefused, match="La motivation est obligatoire"):
        ds.act("dossierRefuser", given)
    ds.act("dossierRefuser", {**given, "motivation": "Hors sujet."})
    with pytest.raises(ds.ActRefused, match="déjà refuse"):
        ds.act("dossierRefuser", {**given, "motivation": "Hors sujet."})
    assert procedure.dossiers[11]["state"] == "refuse"
