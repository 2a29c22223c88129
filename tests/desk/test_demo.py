"""The demonstration: its file holds together, its population lives once, and never outside one's own machine."""

import datetime as dt
from collections import defaultdict
from decimal import Decimal

import pytest
from django.core.management import CommandError, call_command
from django.db.models import F, Q

from ami_portal.accounts.models import RoleGrant, User
from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.desk import calls
from ami_portal.desk.demo import tables
from ami_portal.desk.demo.stage import CALL, CLOSES_IN, PLAY
from ami_portal.desk.demo.words import read
from ami_portal.desk.staff.steps import with_step
from ami_portal.documents.models import Document
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.kernel.text import count_words
from ami_portal.notifications.models import Message
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.form import Form
from ami_portal.questionnaire.siret import is_siret
from applications import conversation
from applications.models import Answer, Call, Dossier, Extension, GivenSection, PieceReading, VisitorQuestion
from evaluation.appeals import refused_by
from evaluation.models import Appeal, DecisionProposal, EligibilityItem, Letter, Opinion, PassagePair, Review
from funding import ledger
from funding.models import Amendment, Convention, LedgerEntry
from tests.people import a_person

CAST = read(PLAY)
WHOLE = [project for project in CAST.projects if project.is_whole]
CAPS = {"equipment": 30, "services": 50, "travel": 10, "overheads": 8}
EXPECTED = {
    ("AMI-DI-2024-0001", "VIGI-CŒUR", "laureate", "laureate"),
    ("AMI-DI-2024-0002", "HERMES", "laureate", "laureate"),
    ("AMI-DI-2024-0003", "MOSAÏQUE", "renounced", "renounced"),
    ("AMI-DI-2024-0004", "SÉQUENCE-P", "reserve", "reserve"),
    ("AMI-DI-2024-0005", "PAROLES", "rejected", "rejected"),
    ("AMI-DI-2024-0006", "GÉOMUT", "rejected", "rejected"),
    ("AMI-DI-2024-0007", "PRÉDISEIN", "ineligible", "ineligible"),
    ("AMI-DI-{year}-1-0001", "CONCORDE-P", "eligible", "opinions_awaited"),
    ("AMI-DI-{year}-1-0002", "ÉQUI-SEIN", "eligible", "ready_for_jury"),
    ("AMI-DI-{year}-1-0003", "AURORE", "submitted", "to_declare"),
    ("AMI-DI-{year}-1-0004", "IMMUNO-SÉNIORS", "submitted", "to_assess"),
    ("AMI-DI-{year}-1-0005", "JUSTE-COÛT", "eligible", "answer_awaited"),
    ("AMI-DI-{year}-1-0006", "PROXIMA", "eligible", "in_review"),
    ("AMI-DI-{year}-1-0007", "SENTINELLE-K", "eligible", "in_review"),
    ("AMI-DI-{year}-1-0008", "TOPAZE", "returned", "returned"),
    ("AMI-DI-{year}-1-0009", "RYTHME", "ineligible", "inadmissible"),
    ("AMI-DI-{year}-2-0001", "PAROLES 2", "withdrawn", "withdrawn"),
    ("AMI-DI-{year}-2-0002", "NAISSANCES", "draft", ""),
    ("AMI-DI-{year}-2-0003", "SÉQUENCE-P2", "submitted", "to_check"),
    ("AMI-DI-{year}-2-0004", "DUALIS", "draft", ""),
    ("AMI-DI-{year}-2-0005", "DUO-HER2", "draft", ""),
    ("AMI-DI-{year}-2-0006", "RELAIS", "draft", ""),
}


@pytest.fixture(autouse=True)
def _on_ones_own_machine(settings):
    settings.ON_LOOPBACK = settings.LOCAL_MAILBOX = True


# The file


@pytest.fixture
def call(db) -> Call:
    return calls.load(calls.read(CALL))


@pytest.mark.parametrize("project", CAST.projects, ids=[project.code for project in CAST.projects])
def test_every_answer_is_within_what_the_form_admits(project, call):
    form: Form = call.form_revision.form.with_datasets(call.dataset_options)
    wrong = []
    for code, value in tables.answers(project, call, CAST.organisations).items():
        question = form.by_code[code]
        if question.type == "table":
            cells = [(question.column(column), raw) for row in value for column, raw in row.items()]
        elif question.is_composed:
            cells = [(question.column(part), raw) for part, raw in value.items()]
        else:
            cells = [(question, value)] if question.type != "file" and value is not None else []
        for asked, raw in cells:
            kept, problem = answers.keep(asked, raw)
            if problem := problem or answers.over_limit(asked, kept):
                wrong.append((code, asked.code, raw, problem))
    assert wrong == []


@pytest.mark.parametrize("project", WHOLE, ids=[project.code for project in WHOLE])
def test_a_budget_sums_to_what_finances_it_within_the_caps(project):
    sums: dict[str, Decimal] = defaultdict(Decimal)
    for category, _, _, amount in project["budget"]:
        sums[category] += Decimal(amount)
    sums["overheads"] = tables.overheads_of(project)
    over = {code: sums[code] for code, cap in CAPS.items() if not 0 <= sums[code] * 100 <= project.total * cap}
    financed = project.requested + sum(Decimal(line[2]) for line in project.get("cofunding", []) if line[4] == "true")
    last_month = max(line[2] for line in project["milestones"])
    assert (over, financed, last_month) == ({}, project.total, project["months"])


def test_everything_in_the_file_is_invented_and_well_formed():
    sirets = [body.siret for body in CAST.organisations.values()]
    assert [siret for siret in sirets if not (is_siret(siret) and siret.startswith("0001"))] == []
    assert len(set(sirets)) == len(sirets)
    addresses = [person.email for person in CAST.people.values()] + [member["email"] for member in CAST.members]
    addresses += [question["email"] for question in CAST.questions if question["email"]]
    assert [address for address in addresses if not address.endswith(".example")] == []
    lengths = {project.code: count_words(project["summary"]) for project in CAST.projects if "summary" in project.words}
    assert {code: length for code, length in lengths.items() if not 80 <= length <= 150} == {}


# The population


def _counts() -> dict[str, int]:
    models = (Answer, AuditEvent, Convention, Document, Dossier, Job, LedgerEntry, Letter, Message, Review, User)
    return {model.__name__: model.objects.count() for model in models}


@pytest.mark.django_db
def test_the_population_stands_at_every_step_and_loading_it_again_changes_nothing(capsys):
    call_command("demo")
    year = (clock.today() + dt.timedelta(days=CLOSES_IN)).year
    found = {(row.ref, row.acronym, row.state, row.step) for row in with_step(Dossier.objects.all())}
    assert found == {(ref.format(year=year), *rest) for ref, *rest in EXPECTED}
    assert trail.first_broken() is None
    assert list(Job.objects.filter(done_at=None)) == []
    assert set(Message.objects.values_list("delivery", flat=True)) == {"sent"}
    assert set(Document.objects.values_list("verdict", flat=True)) == {"accepted"}
    assert AuditEvent.objects.exclude(verb="demo.load").filter(at__gt=clock.now()).count() == 0
    assert {call.code: call.is_open(clock.now()) for call in Call.objects.all()} == {
        "AMI-DI-2024": False,
        f"AMI-DI-{year}-1": False,
        f"AMI-DI-{year}-2": True,
    }
    _assert_evidence_worth_reading()
    _assert_second_looks()
    _assert_jury_and_money()
    _assert_people_talk()
    printed = capsys.readouterr().out
    assert CAST.password in printed
    for address in RoleGrant.objects.values_list("user__email", flat=True):
        assert f"make code EMAIL={address}" in printed
    before = _counts()
    call_command("demo")
    assert _counts() == before
    assert capsys.readouterr().out == printed[printed.index("\nComptes") :]


def _assert_evidence_worth_reading() -> None:
    """What the machine refuses by itself, by project."""
    refused: dict[str, set[str]] = defaultdict(set)
    for item in EligibilityItem.objects.filter(automatic="not_met").select_related("version__dossier", "criterion"):
        refused[item.version.dossier.acronym].add(item.criterion.code)
    assert refused == {
        "PRÉDISEIN": {"FR_LEGAL_PERSON", "OPEN_SOURCE"},
        "RYTHME": {"FORMAT", "NOT_STARTED", "NO_DOUBLE_FUNDING"},
        "IMMUNO-SÉNIORS": {"BUDGET", "TAX_SOCIAL_UP_TO_DATE"},
        "TOPAZE": {"OPEN_SOURCE", "TAX_SOCIAL_UP_TO_DATE"},
    }


def _assert_second_looks() -> None:
    """A refusal to confirm, an appeal for somebody who took no part in it, papers not taken, passages alike."""
    proposed = DecisionProposal.objects.filter(outcome="").values_list("item__version__dossier__acronym", "decision")
    assert list(proposed) == [("IMMUNO-SÉNIORS", "not_met")]
    appeal = Appeal.objects.get()
    others = User.objects.filter(role_grants__role="instructor").exclude(pk__in=refused_by(appeal))
    assert (appeal.dossier.acronym, appeal.state, others.count()) == ("RYTHME", "filed", 1)
    refused = PieceReading.objects.filter(Q(accepted=False) | Q(expires_on__lt=F("dossier__submitted_at__date")))
    assert set(refused.values_list("dossier__acronym", "accepted")) == {("TOPAZE", False), ("IMMUNO-SÉNIORS", True)}
    grants = PassagePair.objects.filter(Q(left__grant__isnull=False) | Q(right__grant__isnull=False))
    assert {pair.left.dossier.acronym for pair in grants} == {"AURORE"}


def _assert_jury_and_money() -> None:
    running = Review.objects.filter(dossier__call__results_published_at=None)
    states = sorted((review.dossier.acronym, review.state) for review in running)
    assert states == [
        ("PROXIMA", "draft"),
        ("PROXIMA", "submitted"),
        ("SENTINELLE-K", "draft"),
        ("SENTINELLE-K", "recused"),
        ("SENTINELLE-K", "to_declare"),
    ]
    assert [opinion.dossier.acronym for opinion in Opinion.objects.filter(state="requested")] == ["CONCORDE-P"]
    conventions = {
        row.dossier.acronym: (row.state, [line.state for line in row.instalments.all()])
        for row in Convention.objects.all()
    }
    assert conventions == {
        "HERMES": ("signed", ["paid", "certified", "planned"]),
        "VIGI-CŒUR": ("prepared", ["planned", "planned", "planned"]),
        "MOSAÏQUE": ("closed", ["planned", "planned", "planned"]),
    }
    amendments = Amendment.objects.values_list("convention__dossier__acronym", "state", "number")
    assert list(amendments) == [("HERMES", "signed", 1)]
    signed = ledger.balances(Convention.objects.get(state="signed"))
    assert signed == ledger.Balances(Decimal("98500.00"), Decimal("35460.00"), Decimal("3940.00"), Decimal("59100.00"))


def _assert_people_talk() -> None:
    """A question in each state, messages still to read on both sides, more time given, a dossier in other hands."""
    states = sorted(VisitorQuestion.objects.values_list("state", flat=True))
    assert states == ["answered", "answered", "ignored", "merged", "waiting", "waiting"]
    to_read = conversation.unread_by_staff().values_list("dossier__acronym", flat=True)
    assert sorted(to_read) == ["AURORE", "TOPAZE"]
    antoine = User.objects.get(email="antoine.leblay@univ-valmont.example")
    assert conversation.unread_by(antoine).filter(dossier__members__email=antoine.email).count() == 1
    given = {(row.dossier and row.dossier.acronym, row.closes_at - row.closed_at) for row in Extension.objects.all()}
    assert given == {(None, dt.timedelta(days=4)), ("DUALIS", dt.timedelta(days=7))}
    roles = {member.email: member.role for member in Dossier.objects.get(acronym="RELAIS").members.all()}
    given_sections = GivenSection.objects.values_list("section", "member__email", "dossier__acronym")
    assert sorted(given_sections) == [
        (section, "claire.martin@univ-valmont.example", "DUO-HER2") for section in ("data", "method")
    ]
    assert roles == {"noemie.gardet@oncorives.example": "owner", "paul.mabille@oncorives.example": "editor"}


# Where it refuses


@pytest.mark.django_db
@pytest.mark.parametrize("name", ["ON_LOOPBACK", "LOCAL_MAILBOX"])
def test_it_never_loads_off_ones_own_machine(settings, name):
    setattr(settings, name, False)
    with pytest.raises(CommandError, match="sa propre machine"):
        call_command("demo")
    assert (User.objects.count(), Call.objects.count(), AuditEvent.objects.count()) == (0, 0, 0)


@pytest.mark.django_db
def test_it_never_mixes_with_what_is_already_there():
    a_person()
    with pytest.raises(CommandError, match="make demo-reset"):
        call_command("demo")
    assert (User.objects.count(), Call.objects.count(), Dossier.objects.count()) == (1, 0, 0)
