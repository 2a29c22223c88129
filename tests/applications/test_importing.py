"""A dossier of Démarches Simplifiées imported: what it becomes here, what its changes become, what never is."""

import datetime as dt
import json

import pytest
from django.urls import reverse

from ami_portal.accounts.enums import Role
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.notifications.models import Message
from applications import actions
from applications.comparison import differences
from applications.enums import DossierState
from applications.models import Answer, Dossier, ImportFault, RemoteDossier, SyncPass
from applications.reading import frozen
from evaluation.actions import run_checks
from evaluation.actions.jury import visible_conflict
from evaluation.models import EligibilityItem
from tests import people, scenes
from tests.gateways.peer import HOST
from tests.gateways.procedure import TOKEN, Procedure, champ, table, text

from . import elsewhere

NUMBER = 11


@pytest.fixture
def procedure(settings):
    with Procedure().open() as found:
        settings.DEMARCHES_URL, settings.DEMARCHES_TOKEN = f"{found.url}/api/v2/graphql", TOKEN
        settings.DEMARCHES_TRUSTED_HOSTS = [HOST]
        yield found


@pytest.fixture
def call(db):
    return elsewhere.a_call()


def sync(call):
    done = actions.sync_call(call)
    assert done.ended_at, done.error
    return done


def faults():
    return list(ImportFault.objects.order_by("pk").values_list("remote__number", "field", "said"))


def test_a_dossier_lives_here_like_any_other_and_says_where_it_is_from(procedure, call):
    there = elsewhere.deposit(procedure, NUMBER)
    done = sync(call)
    dossier = Dossier.objects.get()
    version = dossier.versions.get()
    read = frozen(version)
    assert (done.created, done.changed, done.same, done.faulty) == (1, 0, 0, 0)
    assert (dossier.ref, dossier.state, text(dossier.submitted_at)) == (
        "PETIT-2026-0001",
        "submitted",
        there["dateDepot"],
    )
    assert (dossier.title, dossier.lead_name, dossier.lead_siret) == (
        "Repérer les rechutes",
        "UNIVERSITE",
        "13002526500013",
    )
    assert (dossier.amount_requested, dossier.starts_on) == (elsewhere.AMOUNT, dt.date(2027, 3, 1))
    assert [row.version.dataset.code for row in dossier.dossier_datasets.all()] == ["base-a"]
    assert read.table("costs") == [{"kind": "staff", "what": "Data scientist", "price": "98500.10"}]
    assert read.answer("summary") == "Un premier paragraphe.\n\nUn second."
    assert read.item("contact").value == {"given_name": None, "family_name": "Martin", "email": None, "orcid": None}
    assert read.answer("public") is None
    assert [file.sha256 for file in read.files("protocol")] == [elsewhere.FILE_SHA256]
    assert dossier.attachments.get().document.verdict == "accepted"
    assert (read.source["number"], read.submitted_by) == (
        NUMBER,
        {"name": "UNIVERSITE", "email": "usager-11@labo.example"},
    )
    assert (read.received_at, version.is_imported, version.came_from) == (
        dossier.submitted_at,
        True,
        "Démarches Simplifiées",
    )
    assert list(AuditEvent.objects.filter(subject=dossier.ref).values_list("verb", "actor")) == [
        ("dossier.import", None)
    ]
    assert list(Message.objects.values_list("to_email", "kind")) == [
        ("usager-11@labo.example", "applications.dossier_to_claim")
    ]
    run_checks(version.pk)
    scenes.run_jobs()
    version.refresh_from_db()
    assert (version.pdf.filename, version.receipt) == ("PETIT-2026-0001-depot-1.pdf", None)
    assert EligibilityItem.objects.filter(version=version).count() == call.criteria.count()


def test_twice_is_once(procedure, call):
    elsewhere.deposit(procedure, NUMBER)
    sync(call)
    before = elsewhere.rows()
    done = actions.sync_call(call, everything=True)
    assert (done.created, done.changed, done.same) == (0, 0, 1)
    assert elsewhere.rows() == before
    assert [name for name, _ in procedure.asked].count("file") == 1
    assert Message.objects.count() == 1


def test_a_late_edit_is_a_new_copy_that_shows_what_changed(procedure, call):
    elsewhere.deposit(procedure, NUMBER)
    sync(call)
    pdf = procedure.dossiers[NUMBER]["champs"][8]["files"][0]
    elsewhere.deposit(procedure, NUMBER, title="Repérer les récidives", rows=2, pdf=pdf)
    done = sync(call)
    first, second = (frozen(version) for version in Dossier.objects.get().versions.order_by("number"))
    assert (done.changed, Dossier.objects.get().title) == (1, "Repérer les récidives")
    assert [change.code for change in differences(first, second)] == ["title", "costs"]
    assert list(Dossier.objects.get().versions.values_list("number", "withdrawn_at")) == [
        (1, RemoteDossier.objects.get().imported_at),
        (2, None),
    ]
    assert first.received_at == second.received_at
    assert second.submitted_at >= first.submitted_at
    assert [name for name, _ in procedure.asked].count("file") == 1
    assert Message.objects.count() == 1


def test_a_change_of_state_alone_is_noted_and_makes_no_copy(procedure, call):
    elsewhere.deposit(procedure, NUMBER)
    sync(call)
    procedure.put(NUMBER, state="en_instruction")
    assert sync(call).same == 1
    assert (RemoteDossier.objects.get().state, Dossier.objects.get().versions.count()) == ("en_instruction", 1)


WRONG = {
    "un montant": ({"amount": "beaucoup"}, "Champ 5", "« beaucoup » : Écrivez un nombre"),
    "un montant trop précis": ({"amount": "98500.123"}, "Champ 5", "deux décimales"),
    "un choix": ({"chosen": "La base Z"}, "Champ 4", "le choix « La base Z » n’a pas de correspondance"),
    "une cellule": ({"price": "-1"}, "Dépenses, ligne 1, Champ 13", "négatif"),
    "trop de lignes": ({"rows": 5}, "Champ 10", "5 lignes, et 4 au plus"),
    "un champ inconnu": ({"also": [champ("TextChamp", 99, "Secret")]}, "Champ 99", "pas de correspondance"),
    "un autre type": ({"also": [table(1, [])]}, "Champ 1", "RepetitionChamp ne répond pas"),
    "un texte sans fin": ({"summary": "x" * 50_001}, "Champ 3", "dépasse 50000 caractères"),
    "des champs malformés": ({"also": ["rien"]}, "dossier", "n’a pas la forme attendue"),
}


@pytest.mark.once
@pytest.mark.parametrize("words", WRONG)
def test_what_is_wrong_names_the_dossier_and_the_field_and_imports_nothing(procedure, call, words):
    said, field, why = WRONG[words]
    elsewhere.deposit(procedure, 10)
    elsewhere.deposit(procedure, NUMBER, **{**said, "also": ()})
    procedure.before = _also(said.get("also", ()))
    done = sync(call)
    ((number, where, told),) = faults()
    assert (number, where.startswith(field), why in told) == (NUMBER, True, True), (where, told)
    assert (done.created, done.faulty) == (1, 1)
    assert Dossier.objects.count() == 1
    assert not Answer.objects.exclude(dossier__remote__number=10).exists()


def _also(more):
    """Add champs just before answering, be they none of the schema's."""

    def before(procedure, handler, operation):
        if more and operation == "dossiers":
            page = procedure.root(operation, procedure.asked[-1][1])["demarche"]["dossiers"]
            said = json.loads(json.dumps(page, default=str))
            for node in said["nodes"]:
                for one in node["champs"]:
                    one |= {"chosen": one.get("value"), "selected": one.get("value"), "checked": one.get("value")}
                    for file in one.get("files") or ():
                        file["byteSize"] = file["byteSizeBigInt"]
                    for row in one.get("rows") or ():
                        for cell in row["champs"]:
                            cell["chosen"] = cell.get("value")
                node["champs"] += list(more) if node["number"] == NUMBER else []
            handler.send_response(200)
            content = json.dumps({"data": {"demarche": {"dossiers": said}}}).encode()
            handler.send_header("Content-Length", str(len(content)))
            handler.end_headers()
            handler.wfile.write(content)
            return True
        return False

    return before


def test_a_fault_mended_there_goes_and_the_dossier_comes(procedure, call):
    elsewhere.deposit(procedure, NUMBER, amount="beaucoup")
    sync(call)
    elsewhere.deposit(procedure, NUMBER)
    sync(call)
    assert (faults(), Dossier.objects.get().title) == ([], "Repérer les rechutes")


@pytest.mark.once
def test_a_fault_mended_in_the_call_file_reads_all_again(procedure, call):
    elsewhere.deposit(procedure, NUMBER, also=[champ("TextChamp", 99, "Secret")])
    sync(call)
    elsewhere.joined(call, ignored=[elsewhere.name(20), elsewhere.name(99)])
    sync(call)
    assert (faults(), Dossier.objects.count()) == ([], 1)
    assert SyncPass.objects.first().since.year == 1970


@pytest.mark.once
def test_a_file_whose_address_died_is_asked_again_once(procedure, call):
    elsewhere.deposit(procedure, NUMBER)
    procedure.dead.add("0-protocole.pdf")

    def before(procedure, handler, operation):
        if operation == "oneDossier":
            procedure.put(NUMBER, *elsewhere.champs(procedure))
        return False

    procedure.before = before
    assert sync(call).created == 1
    assert faults() == []


FILES = {
    "une adresse morte": ({}, True, "n’est plus valable"),
    "un autre fichier": ({"checksum": "AAAA"}, False, "n’est pas celui qui est annoncé"),
    "coupé": ({"byteSizeBigInt": "999999"}, False, "n’est pas celui qui est annoncé"),
    "un chemin": ({"filename": "../../etc/passwd"}, False, "contient un chemin"),
    "le réseau intérieur": ({"url": "https://10.0.0.1/x"}, False, "réseau intérieur"),
    "sans TLS": ({"url": "http://exemple.fr/x"}, False, "n’est pas une adresse HTTPS"),
}


@pytest.mark.once
@pytest.mark.parametrize("words", FILES)
def test_a_file_that_cannot_be_had_is_a_fault_of_its_dossier(procedure, call, words):
    said, dies, why = FILES[words]
    elsewhere.deposit(procedure, NUMBER, pdf=procedure.file("protocole.pdf", elsewhere.PDF, **said))
    procedure.dead.update(procedure.files if dies else ())
    sync(call)
    ((number, _, told),) = faults()
    assert (number, why in told, Dossier.objects.count()) == (NUMBER, True, 0), told


@pytest.mark.once
def test_a_hostile_file_is_refused_as_ours_is(procedure, call):
    elsewhere.deposit(procedure, NUMBER, pdf=procedure.file("protocole.pdf", b"MZ\x90 programme"))
    sync(call)
    assert faults() == [
        (
            NUMBER,
            "Protocole : protocole.pdf",
            "Ce fichier est d’un autre type, d’après son contenu : déposez un fichier PDF ou Word (.docx).",
        )
    ]


def test_what_is_purged_there_stays_here_marked_and_traced(procedure, call):
    elsewhere.deposit(procedure, NUMBER)
    elsewhere.deposit(procedure, 12)
    sync(call)
    procedure.delete(NUMBER)
    procedure.delete(12, "user_request", pending=True)
    done = sync(call)
    told = list(RemoteDossier.objects.order_by("number").values_list("gone_reason", "is_gone_for_good"))
    assert (done.gone, told) == (2, [("expired", True), ("user_request", False)])
    assert set(Dossier.objects.values_list("state", flat=True)) == {DossierState.SUBMITTED}
    assert AuditEvent.objects.filter(verb="dossier.gone_elsewhere").count() == 2
    assert actions.sync_call(call, everything=True).gone == 0
    elsewhere.deposit(procedure, 12)
    sync(call)
    assert RemoteDossier.objects.get(number=12).gone_at is None
    assert AuditEvent.objects.filter(verb="dossier.back_elsewhere").count() == 1


def test_what_is_decided_here_is_not_changed_from_there(procedure, call):
    elsewhere.deposit(procedure, NUMBER)
    sync(call)
    Dossier.objects.update(state=DossierState.ELIGIBLE)
    elsewhere.deposit(procedure, NUMBER, title="Autre chose")
    sync(call)
    said = "il a changé là-bas, alors qu’il est ici « Éligible » : rien n’en est repris"
    assert (faults(), Dossier.objects.get().title) == ([(NUMBER, "dossier", said)], "Repérer les rechutes")


@pytest.mark.parametrize(
    ("becomes", "state"), [("withdrawn", "withdrawn"), ("ignored", None), ("submitted", "submitted")]
)
@pytest.mark.once
def test_the_call_file_says_what_a_state_becomes(procedure, call, becomes, state):
    elsewhere.joined(call, states={"sans_suite": becomes})
    elsewhere.deposit(procedure, NUMBER)
    procedure.put(NUMBER, state="sans_suite")
    sync(call)
    assert list(Dossier.objects.values_list("state", flat=True)) == ([state] if state else [])


@pytest.mark.once
def test_a_dossier_deposited_tomorrow_is_a_lie(procedure, call):
    elsewhere.deposit(procedure, NUMBER)
    procedure.put(NUMBER, dateDepot=text(clock.now() + dt.timedelta(days=1)))
    sync(call)
    assert faults() == [(NUMBER, "dateDepot", "ce dossier serait déposé dans l’avenir")]


def test_staff_read_what_a_late_edit_changed_and_that_it_is_late(procedure, call):
    elsewhere.deposit(procedure, NUMBER)
    sync(call)
    pdf = procedure.dossiers[NUMBER]["champs"][8]["files"][0]
    call.closes_at = clock.now() - dt.timedelta(seconds=30)
    call.save()
    elsewhere.deposit(procedure, NUMBER, title="Repérer les récidives", pdf=pdf)
    sync(call)
    client = people.client_of(people.staff(Role.INSTRUCTOR))
    url = reverse("admin:staff_content", kwargs={"ref": Dossier.objects.get().ref})
    page = client.get(url).content.decode()
    said = ("Après la clôture", "Modifié sur Démarches Simplifiées", "récidives", "[retiré : ")
    assert [words for words in said if words not in page] == []
    assert "personne ne l’a encore retrouvé ici" in page


@pytest.mark.once
def test_who_deposited_it_there_is_no_juror_of_it(procedure, call):
    elsewhere.deposit(procedure, NUMBER)
    sync(call)
    own, near, far = (people.a_juror(email) for email in ("usager-11@labo.example", "x@labo.example", "y@loin.example"))
    dossier = Dossier.objects.get()
    assert [bool(visible_conflict(dossier, juror)) for juror in (own, near, far)] == [True, True, False]
