"""A call loaded: what would change and for whom, what the portal changed meanwhile, and the file written back."""

import copy
import datetime as dt
import io

import pytest
import time_machine
from django.core.management import CommandError, call_command
from django.urls import reverse
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st
from hypothesis.extra.django import TestCase

from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.desk.staff.acts import answer_questions
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.kernel.config import ConfigError
from ami_portal.questionnaire.models import FormRevision
from ami_portal.ui.wording import instant
from applications.models import CalendarMove, Call, CallLoad, DossierVersion, RegulationVersion
from datasets.models import DatasetVersion
from tests import scenes
from tests.people import a_person, client_of, staff

AT = dt.datetime(2024, 7, 1, 10, tzinfo=dt.UTC)


@pytest.fixture
def config():
    return copy.deepcopy(calls.read(scenes.CALL_FILE))


@pytest.fixture
def opened(db, config):
    """The real call at its own dates, on a day when it is open."""
    with time_machine.travel(AT, tick=False):
        calls.load(config)
        yield Call.objects.get()


def planned(config):
    return calls.plan(calls.checked(config), at=clock.now())


def command(name, *args):
    out = io.StringIO()
    call_command(name, *args, stdout=out)
    return out.getvalue()


@pytest.fixture
def in_file(tmp_path):
    """Write a config as a file and answer its path."""

    def write(config):
        path = tmp_path / "appel.yaml"
        path.write_text(calls.written(config), encoding="utf-8")
        return str(path)

    return write


@pytest.mark.django_db
def test_the_real_call_comes_back_whole_and_in_the_same_order(config):
    call = calls.load(config)
    text = command("dump_call", call.code)
    assert text == calls.written(config)
    assert list(planned(config)) == ["AMI-DI-2024 : rien ne change."]


@pytest.mark.django_db
def test_the_file_written_back_loads_without_a_change(config, tmp_path):
    call = calls.load(config)
    path = tmp_path / "appel.yaml"
    path.write_text(command("dump_call", call.code), encoding="utf-8")
    assert calls.read(path) == config
    assert command("load_call", str(path)).splitlines() == [
        "AMI-DI-2024 : rien ne change.",
        f"AMI-DI-2024 est chargé : clôture le {instant(call.closes_at)}.",
    ]
    assert (AuditEvent.objects.filter(verb="call.load").count(), CallLoad.objects.count()) == (1, 1)


@pytest.mark.django_db
def test_a_dry_run_shows_and_changes_nothing(config, in_file):
    assert command("load_call", in_file(config), "--dry-run") == "AMI-DI-2024 : nouvel appel.\n"
    assert (Call.objects.count(), FormRevision.objects.count(), DatasetVersion.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_an_unknown_code_and_a_faulty_file_are_said_in_french(config, in_file):
    with pytest.raises(CommandError, match="NULLE-PART : appel inconnu ; attendu : aucun"):
        command("dump_call", "NULLE-PART")
    config["selection"]["headings"][0]["weight"] = 1
    with pytest.raises(CommandError, match=r"ligne [0-9]+, selection[.]headings : la somme des poids est 71"):
        command("load_call", in_file(config))


def test_the_plan_says_what_changes_and_for_whom(opened, config):
    draft = scenes.a_draft(opened, a_person())
    scenes.a_submitted_dossier(opened, a_person("paul@labo.example"))
    form = config["form"]["sections"]
    form[0]["questions"][0]["label"] = "Nom de l’organisme"
    del form[1]["questions"][2]
    form[1]["questions"].append({"code": "new", "type": "text", "label": "Nouvelle"})
    config["regulation"]["version"] = "2024-2"
    config["regulation"]["max_grant"] = "90000.00"
    config["datasets"]["items"].append(config["datasets"]["items"][0] | {"code": "NOUVELLE"})
    assert list(planned(config)) == [
        "AMI-DI-2024 : regulation change.",
        "    version : « 2024-1 » → « 2024-2 »",
        "    max_grant : « 100000.00 » → « 90000.00 »",
        "AMI-DI-2024 : form change.",
        "    question ajoutée : new (« Nouvelle »)",
        "    question retirée : experience (« Expérience et implication de l’équipe »)",
        "    question changée : lead_name (l’intitulé)",
        "    brouillons ouverts : 1, dont 0 avec une réponse touchée",
        "    dossiers déposés, qui gardent leur révision : 1",
        "AMI-DI-2024 : datasets.items.NOUVELLE change.",
        "    ajouté",
        "AMI-DI-2024 : 1 brouillon ouvert, 1 dossier déposé.",
        "AMI-DI-2024 : les dépôts et 0 convention gardent le règlement 2024-1.",
    ]
    calls.load(calls.checked(config))
    assert list(planned(config)) == ["AMI-DI-2024 : rien ne change."]
    version = DossierVersion.objects.get()
    assert version.dossier.form_revision.number == 1
    assert RegulationVersion.content_of(Call.objects.get(), "2024-1")["max_grant"] == "100000.00"
    scenes.run_jobs()
    draft.refresh_from_db()
    assert draft.form_revision.number == 2


def test_what_the_portal_changed_stays_when_the_file_did_not(opened, config):
    answer_questions(opened, [("Qui ?", "Vous.")], actor=staff("instructor"))
    DatasetVersion.objects.filter(dataset__code="PRM-SEIN").update(period="Depuis 2012")
    plan = planned(config)
    assert plan.kept == ("call.faq", "datasets.items.PRM-SEIN")
    assert next(iter(plan)) == "AMI-DI-2024 : rien ne change."
    config["call"]["title"] = "Un autre titre"
    call = calls.load(calls.checked(config))
    assert (call.title, [row.question for row in call.faq.all()]) == ("Un autre titre", ["Qui ?"])
    assert planned(config).kept == ("call.faq", "datasets.items.PRM-SEIN")


def test_what_both_changed_is_refused_or_taken_from_the_file(opened, config, in_file):
    answer_questions(opened, [("Qui ?", "Vous.")], actor=staff("instructor"))
    config["call"]["faq"] = config["call"]["faq"][:1]
    path = in_file(config)
    with pytest.raises(CommandError, match=r"call[.]faq a été modifié dans le portail depuis le dernier chargement"):
        command("load_call", path)
    assert [row.question for row in opened.faq.all()] == ["Qui ?"]
    assert "call.faq change" in command("load_call", path, "--take-file")
    assert opened.faq.count() == 1
    assert [row.question for row in opened.faq.all()] != ["Qui ?"]


def test_a_date_of_an_open_call_moves_with_its_reason_and_everybody_reads_it(opened, config, client):
    calendar = config["call"]["calendar"]
    before, after = calendar["closes_at"], calendar["closes_at"] + dt.timedelta(days=7)
    calendar["closes_at"] = after
    with pytest.raises(ConfigError, match="alors que l’appel est ouvert"):
        calls.load(calls.checked(config))
    move = {"date": "closes_at", "from": before, "to": after, "decided_at": AT, "by": "Comité", "reason": "Panne."}
    calendar["history"].append(move)
    call = calls.load(calls.checked(config))
    assert call.closes_at == after
    assert Job.objects.filter(name="applications.tell_moved_closing").count() == 1
    page = client.get(reverse("call_detail", args=[call.code])).content.decode().replace("\u00a0", " ")
    said = ["Dates déplacées", "16 septembre 2024 à 12 h 00", "23 septembre 2024 à 12 h 00", "par Comité. Panne."]
    assert [words for words in said if words not in page] == []
    calendar["history"].clear()
    assert list(planned(config)) == ["AMI-DI-2024 : rien ne change."]
    assert (CalendarMove.objects.count(), Job.objects.filter(name="applications.tell_moved_closing").count()) == (1, 1)


@pytest.mark.parametrize(
    ("written", "problem"),
    [
        ("2027-03-28T02:30:00+01:00", "cette nuit-là, l’heure change à Paris : 02:30 n’y existe pas"),
        ("2027-03-28T02:30:00+02:00", "cette nuit-là, l’heure change à Paris : 02:30 n’y existe pas"),
        ("2027-03-28T03:00:00+02:00", ""),
        ("2027-03-28T01:59:59+01:00", ""),
        ("2027-10-31T02:30:00+02:00", ""),
        ("2027-10-31T02:30:00+01:00", ""),
    ],
)
def test_a_closing_in_the_night_when_the_clocks_change(config, written, problem):
    """The hour that is skipped is refused; the one that comes twice is told apart by its offset, and shown so."""
    calendar = config["call"]["calendar"]
    calendar["closes_at"] = dt.datetime.fromisoformat(written)
    said = ""
    try:
        checked = calls.checked(config)
    except ConfigError as error:
        said = str(error)
    assert (problem in said, bool(said)) == (True, bool(problem))
    if not problem:
        assert checked["call"]["calendar"]["closes_at"] == calendar["closes_at"]


def test_a_regulation_that_deposits_cite_keeps_its_words(opened, config):
    config["regulation"]["max_grant"] = "90000.00"
    assert calls.load(calls.checked(config)).max_grant == 90000
    scenes.a_submitted_dossier(opened, a_person())
    config["regulation"]["max_grant"] = "80000.00"
    with pytest.raises(ConfigError, match="une nouvelle version du règlement"):
        calls.load(calls.checked(config))
    assert Call.objects.get().max_grant == 90000


def test_a_dataset_asked_for_cannot_leave_the_call_and_another_can(opened, config):
    scenes.a_complete_draft(opened, a_person(), datasets=["PRM-SEIN"])
    del config["datasets"]["items"][1]
    assert calls.load(calls.checked(config)).call_datasets.count() == 2
    del config["datasets"]["items"][0]
    with pytest.raises(ConfigError, match="PRM-SEIN : base demandée par un dossier"):
        calls.load(calls.checked(config))
    assert Call.objects.get().call_datasets.count() == 2


def test_a_new_version_of_a_dataset_is_that_of_drafts_and_not_of_deposits(opened, config):
    draft = scenes.a_complete_draft(opened, a_person(), datasets=["PRM-SEIN"])
    deposit = scenes.a_submitted_dossier(opened, a_person("paul@labo.example"), datasets=["PRM-SEIN"])
    config["datasets"]["items"][0]["version"] = "2024-09"
    calls.load(calls.checked(config))
    versions = [dossier.dossier_datasets.get().version.version for dossier in (draft, deposit)]
    assert versions == ["2024-09", "2024-06"]
    assert list(planned(config)) == ["AMI-DI-2024 : rien ne change."]


@pytest.mark.django_db
def test_the_page_of_the_staff_says_how_the_call_became_what_it_is(config):
    config["call"]["calendar"]["reminder_days"] = [14, 2]
    config["call"]["opinions"] = "advisory"
    call = calls.load(calls.checked(config))
    page = client_of(staff("instructor")).get(reverse("admin:staff_call", args=[call.code])).content.decode()
    said = ["J − 14, J − 2", "Un avis est consultatif : le jury le lit", "Version 2024-1", "Fichiers chargés"]
    assert [words for words in said if words not in page] == []


WORDS = st.text("abc é’«»:#-{}[]&*!|>'\"%@`\\\u00a0\n", min_size=1, max_size=40).filter(lambda text: text.strip())
DAYS = st.dates(dt.date(2024, 1, 1), dt.date(2030, 1, 1))


@st.composite
def edits(draw):
    """A real call with any words, days, amounts and lists."""
    config = copy.deepcopy(calls.read(scenes.CALL_FILE))
    call, regulation = config["call"], config["regulation"]
    call |= {"summary": draw(WORDS), "purpose": draw(WORDS), "opinions": draw(st.sampled_from(["veto", "advisory"]))}
    call["faq"] = draw(st.lists(st.fixed_dictionaries({"question": WORDS, "answer": WORDS}), max_size=3))
    call["calendar"]["reminder_days"] = draw(st.lists(st.integers(1, 90), max_size=3, unique=True))
    call["calendar"]["steps"] = draw(st.permutations(call["calendar"]["steps"]))
    call["data_retention"] = draw(
        st.lists(st.fixed_dictionaries({"data": WORDS, "months": st.integers(1, 99), "from": WORDS}), max_size=2)
    )
    regulation["works_start_after"] = draw(DAYS)
    regulation["max_grant"] = draw(st.decimals("1", "999999999", places=2)).__str__()
    config["supports"][0]["label"] = {"fr": draw(WORDS), "en": draw(WORDS)} if draw(st.booleans()) else draw(WORDS)
    config["eligibility"] = draw(st.permutations(config["eligibility"]))
    config["datasets"]["items"] = draw(st.permutations(config["datasets"]["items"]))
    config["form"]["sections"] = draw(st.permutations(config["form"]["sections"]))
    config["form"]["sections"][0]["questions"][0]["help"] = draw(WORDS)
    return config


class TestInverse(TestCase):
    """Dump and load are inverse, whatever the call."""

    @given(edits())
    @settings(max_examples=15, deadline=None, suppress_health_check=list(HealthCheck))
    def test_dump_and_load_are_inverse(self, written):
        try:
            config = calls.checked(written)
        except ConfigError:
            return
        read = source_read(calls.written(config))
        assert read == config
        call = calls.load(config)
        assert calls.dump(call) == config
        assert not calls.plan(config, at=clock.now()).changes


def source_read(text):
    from ami_portal.desk.calls import source

    return calls.checked(source.read_text(text).value)
