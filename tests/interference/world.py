"""One small world with everybody in it, and what happens next in it, moment after moment."""

import uuid
from dataclasses import dataclass
from decimal import Decimal

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.desk.staff.acts import answer_applicant
from ami_portal.jobs.actions import HANDLERS
from ami_portal.jobs.models import Job
from ami_portal.kernel import clock
from ami_portal.questionnaire.answers import Address
from applications import actions as dossiers
from applications.models import Call, Dossier
from evaluation import actions
from evaluation.models import Opinion, Review, Session
from funding import actions as funding
from funding.models import Convention
from tests import people
from tests import scenes as portal
from tests.evaluation import scenes, two_datasets
from tests.funding import spending

JOBS = {"evaluation.build_letter", "evaluation.compute_ranking", "evaluation.build_minutes", "funding.build_convention"}
"""What the worker does here. Receipts, examinations of files and checks hold nothing of what is secret below."""


@dataclass
class World:
    """People by the part that they play, and what they look at."""

    people: dict[str, User | None]
    draft: Dossier
    first: Dossier
    second: Dossier
    refused: Dossier
    examined: Dossier
    paid: Dossier
    convention: Convention
    call: Call
    session: Session

    @property
    def own_review(self) -> Review:
        return Review.objects.get(dossier=self.first, juror=self.people["juror"])

    @property
    def peer_review(self) -> Review:
        return Review.objects.get(dossier=self.first, juror=self.people["peer"])

    @property
    def recusal(self) -> Review:
        return Review.objects.get(dossier=self.first, juror=self.people["recused"])

    def opinion(self, partner: str) -> Opinion:
        organisation = self.people[partner].role_grants.get().organisation
        return Opinion.objects.get(dossier=self.first, dataset__partner=organisation)


def a_world() -> World:
    """A call before its jury, one that is paid, one that is open; the scoring has begun."""
    opened, call, past, early = (portal.a_call(code, closes_in_days=days) for code, days in CALLS.items())
    draft = dossiers.start_dossier(opened, actor=scenes.person("claire@valmont.example"))
    dossiers.save_answer(draft, Address("title"), "Ébauche", seen_version=0, actor=scenes.dossier_owner(draft))
    one, other = two_datasets.codes(call)
    first = scenes.an_eligible(call, datasets=[one, other], title="Rechutes", acronym="RECHUTE")
    second = scenes.an_eligible(call, "paul@lab.example", datasets=[one], title="Atlas", acronym="ATLAS")
    refused = scenes.a_deposit(call, "marc@clinique.example", datasets=[one], title="Marges")
    examined = scenes.a_deposit(early, "marc@clinique.example", datasets=[one], title="Seuils")
    paid = scenes.an_eligible(past, "paul@lab.example", datasets=[one], title="Cohorte")
    who = _everybody(first)
    _opinions(first, second, paid)
    _refusal(refused)
    scenes.decide_all(examined, reason="Lu.")
    answer_applicant(first, "Votre annexe est lisible.", [], token=uuid.uuid4(), actor=who["instructor"])
    dossiers.write_message(first, "Voici la pièce.", [], token=uuid.uuid4(), actor=who["claire"])
    session = scenes.a_session(call)
    _reviews(first, second, who)
    convention = _convention(paid, who)
    for row in (first, second, refused, examined, paid):
        row.refresh_from_db()
    return World(who, draft, first, second, refused, examined, paid, convention, call, session)


CALLS = {"OUVERT": 20, "JURY": -2, "PASSE": -40, "EXAMEN": -1}


def _everybody(first: Dossier) -> dict[str, User | None]:
    mine, theirs = (row.version.dataset for row in first.dossier_datasets.order_by("version__dataset__code"))
    return {
        "visitor": None,
        "stranger": people.a_person("autre@ailleurs.example"),
        "claire": scenes.person("claire@valmont.example"),
        "paul": scenes.person("paul@lab.example"),
        "marc": scenes.person("marc@clinique.example"),
        "partner": people.a_partner(mine.partner, f"avis@{mine.code.lower()}.example"),
        "other_partner": people.a_partner(theirs.partner, f"avis@{theirs.code.lower()}.example"),
        "juror": scenes.juror("juree@univ-a.example"),
        "peer": scenes.juror("pair@univ-b.example"),
        "recused": scenes.juror("deporte@univ-c.example"),
        "instructor": scenes.instructor(),
        "secretary": scenes.secretary(),
        "grants": scenes.officer(Role.GRANT_OFFICER),
        "accounts": scenes.officer(Role.ACCOUNTING_OFFICER),
        "steward": scenes.officer(Role.DATA_STEWARD),
        "administrator": scenes.officer(Role.ADMINISTRATOR),
    }


def _opinions(*asked: Dossier) -> None:
    for dossier in asked:
        for row in dossier.dossier_datasets.select_related("version__dataset"):
            dataset = row.version.dataset
            actions.request_opinion(dossier, dataset, actor=scenes.instructor())
            said = {"neutrality": "reserved", "neutrality_reason": "Réserve tue.", "disclosed_reason": "Réserve dite."}
            two_datasets.give(dossier, dataset, **said)


def _refusal(dossier: Dossier) -> None:
    """Not eligible, told so, and contested by its owner."""
    instructor = scenes.instructor()
    portal.receive(dossier, instructor)
    for item in portal.items_to_decide(dossier, "eligibility"):
        said = ("not_met", "Trop long.") if item.criterion.code == "DURATION" else ("met", "Vu.")
        actions.decide_criterion(item, decision=said[0], reason=said[1], actor=instructor)
    actions.declare_ineligible(dossier, actor=instructor)
    work()
    owner = scenes.dossier_owner(dossier)
    actions.file_appeal(dossier, "Le jalon est une faute de frappe.", [], token=uuid.uuid4(), actor=owner)


def _reviews(first: Dossier, second: Dossier, who: dict[str, User | None]) -> None:
    """The juror has still to declare; the peer has submitted; the third stood aside."""
    scenes.a_review(first, who["juror"].email)
    amount = {"recommended_amount": Decimal("61000.00"), "comment_jury": "Mot au jury.", "comment_applicant": "Bravo."}
    scenes.a_submitted_review(first, who["peer"].email, mark=4, **amount)
    aside = scenes.a_review(first, who["recused"].email)
    actions.declare_conflict(aside, conflict="Codirection de thèse.", actor=who["recused"])
    scenes.a_submitted_review(second, who["peer"].email, mark=2)


def _convention(paid: Dossier, who: dict[str, User | None]) -> Convention:
    """A laureate of a former call, whose first instalment is paid, and who writes a claim."""
    session = scenes.a_session(paid.call)
    scenes.a_submitted_review(paid, who["peer"].email, mark=4)
    actions.close_scoring(session, actor=who["secretary"])
    scenes.decide(session, paid, amount=Decimal("77000.00"))
    actions.freeze_decisions(session, actor=who["secretary"])
    work()
    actions.publish_results(session, actor=who["secretary"])
    paid.refresh_from_db()
    convention = funding.prepare_convention(paid, actor=who["grants"])
    funding.freeze_convention(convention, base=1, actor=who["grants"])
    work()
    signed = {"signed_on": clock.today(), "signatory": "Paul Martin", "despite": "Pièces attendues."}
    funding.record_signature(convention, **signed, actor=who["grants"])
    line = convention.instalments.get(number=1)
    funding.certify_service(line, actor=who["grants"])
    paid_by = {"paid_on": clock.today(), "payment_reference": "VIR-1", "despite": "Pièces attendues."}
    funding.record_payment(line, **paid_by, actor=who["accounts"])
    claim = funding.start_claim(convention, actor=who["paul"])
    funding.keep_line(claim, spending.a_line("1200.00"), actor=who["paul"])
    convention.refresh_from_db()
    return convention


def work() -> None:
    """What the worker does of JOBS; the others stay as they are."""
    while job := Job.objects.filter(done_at=None, name__in=JOBS).order_by("pk").first():
        HANDLERS[job.name](**job.ids)
        Job.objects.filter(pk=job.pk).update(done_at=clock.now())


# What happens next


def declare(world: World) -> None:
    """The juror has no interest in the first dossier, and begins to write."""
    review = world.own_review
    actions.deny_conflict(review, actor=review.juror)
    scenes.save(review, 3)


def submit(world: World) -> None:
    """The juror submits."""
    review = world.own_review
    actions.submit_review(review, actor=review.juror)


def deliberate(world: World, **said: dict[str, object]) -> None:
    """The scoring is closed, the ranking computed, a decision recorded of each dossier; `said` changes one."""
    actions.close_scoring(world.session, actor=world.people["secretary"])
    work()
    for name, decision in DECIDED.items():
        scenes.decide(world.session, getattr(world, name), **(decision | said.get(name, {})))


LAUREATE = {"outcome": "laureate", "rank": 1, "amount": Decimal("90000.00"), "reason": "Premier."}
REJECTED = {"outcome": "rejected", "rank": 2, "amount": None, "reason": "Trop tôt."}
RESERVE = REJECTED | {"outcome": "reserve"}
OTHER_AMOUNT = Decimal("50000.00")
DECIDED = {"first": LAUREATE, "second": REJECTED}


def freeze(world: World) -> None:
    """The decisions are frozen, their letters made."""
    actions.freeze_decisions(world.session, actor=world.people["secretary"])
    work()


def publish(world: World) -> None:
    """The results are published."""
    actions.publish_results(world.session, actor=world.people["secretary"])
