"""Scenes of the evaluation: dossiers of the real call, deposited in time, brought further by the real actions.

Answers are written in one go (a dossier has more than a hundred); everything after the draft is the portal's own doing.
"""

import datetime as dt
from decimal import Decimal
from typing import Any

import time_machine

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.desk.demo import fill
from ami_portal.documents import store
from ami_portal.kernel import clock
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address
from applications import actions as dossiers
from applications.models import Answer, AnswerRow, Attachment, Call, Dossier
from evaluation import actions, grounds, opening
from evaluation.models import Opinion, Review, Session
from tests import scenes
from tests.people import a_juror, a_partner, a_person, staff

TITLE = "Repérer les rechutes <b>tôt</b>"


def person(email: str, **names: str) -> User:
    """Someone by their address, made at the first call."""
    return User.objects.filter(email=email).first() or a_person(email, **names)


def officer(role: str) -> User:
    """The member of staff who holds one duty."""
    return User.objects.filter(email=f"{role}@hdh.example").first() or staff(role)


def instructor() -> User:
    return officer(Role.INSTRUCTOR)


def secretary() -> User:
    return officer(Role.JURY_SECRETARY)


def juror(email: str = "jure@universite.example") -> User:
    return User.objects.filter(email=email).first() or a_juror(email)


def partner(dossier: Dossier) -> User:
    """Who answers for the partner of the first dataset that a dossier asks for."""
    organisation = dossier.dossier_datasets.first().version.dataset.partner
    email = f"avis@{organisation.code.lower()}.example"
    return User.objects.filter(email=email).first() or a_partner(organisation, email)


def a_closed_call(code: str = "AMI-DI-2026", **asked: bool) -> Call:
    """The real call, closed two days ago."""
    return scenes.a_call(code, closes_in_days=-2, **asked)


def a_deposit(call: Call, email: str = "claire@valmont.example", **words: Any) -> Dossier:
    """A complete dossier deposited a day before the closing, its automatic checks done. `words` by question code."""
    owner = person(email)
    with time_machine.travel(call.closes_at - dt.timedelta(days=1), tick=False):
        dossier = dossiers.start_dossier(call, actor=owner)
        _fill(dossier, {"title": TITLE, "datasets": [call.dataset_options[0][0]], **words})
        version = dossiers.submit_dossier(dossier, actor=owner)
    actions.run_checks(version.pk)
    return Dossier.objects.select_related("call").get(pk=dossier.pk)


def _fill(dossier: Dossier, words: dict[str, Any]) -> None:
    at = clock.now()
    given = fill.answers_for(dossier.call, words)
    cells = given.single()
    for code, lines in given.tables.items():
        for position, line in enumerate(lines):
            row = AnswerRow.objects.create(dossier=dossier, question=code, position=position)
            cells |= {Address(code, str(row.row), column): raw for column, raw in line.items()}
    form = dossier.form_revision.form.with_datasets(dossier.call.dataset_options)
    Answer.objects.bulk_create(
        Answer(
            dossier=dossier,
            question=address.question,
            row=address.row,
            column=address.column,
            value=answers.keep(answers.question_at(form, address), raw)[0],
            saved_at=at,
        )
        for address, raw in cells.items()
    )
    for code, names in given.files.items():
        for name in names:
            content = scenes.a_file(name).read()
            document = store.keep(
                "attachment", subject=dossier.ref, content=content, filename=name, media_type="application/pdf", at=at
            )
            Attachment.objects.create(dossier=dossier, question=code, document=document)


def dossier_owner(dossier: Dossier) -> User:
    return User.objects.get(email=dossier.members.get(role="owner").email)


def decide_all(dossier: Dossier, decision: str = "met", *, reason: str = "Vérifié.") -> None:
    """Every criterion of the staff decided: received first, then each criterion of eligibility with this decision."""
    scenes.decide_criteria(dossier, instructor(), decision, reason=reason)


def an_eligible(call: Call, email: str = "claire@valmont.example", **words: Any) -> Dossier:
    """A deposit declared eligible."""
    dossier = a_deposit(call, email, **words)
    decide_all(dossier)
    actions.declare_eligible(dossier, actor=instructor())
    return dossier


def an_opinion(dossier: Dossier) -> Opinion:
    """The opinion of the first dataset, asked for. Its partner has an account."""
    partner(dossier)
    dataset = dossier.dossier_datasets.first().version.dataset
    return actions.request_opinion(dossier, dataset, actor=instructor())


FAVOURABLE = {
    "neutrality": "favourable",
    "neutrality_reason": "",
    "feasibility": "favourable",
    "feasibility_reason": "",
    "disclosed_reason": "",
}


def founded(dossier: Dossier, **said: str) -> dict[str, str]:
    """What `give_opinion` takes, favourable but for what is said: a refusal takes the first ground of its call, and
    quotes the first answer that partners read."""
    opinion = dossier.opinions.select_related("dataset", "dossier").first()
    item = grounds.quotable(opening.opened(opinion))[0]
    basis = {"question": item.code, "quote": item.shown}
    whole = FAVOURABLE | said
    for aspect in grounds.ASPECTS:
        if whole[aspect] == "unfavourable":
            listed = grounds.asked(dossier.call, aspect).grounds
            basis["ground"] = next(iter(listed), "")
            whole = {f"{aspect}_{name}": text for name, text in basis.items()} | whole
    return whole


def give(opinion: Opinion, **said: str) -> Opinion:
    """An opinion, favourable but for what is said."""
    actions.give_opinion(opinion, **founded(opinion.dossier, **said), actor=partner(opinion.dossier))
    return opinion


def ready_for_jury(call: Call, email: str = "claire@valmont.example", **words: Any) -> Dossier:
    """An eligible dossier with a favourable opinion."""
    dossier = an_eligible(call, email, **words)
    give(an_opinion(dossier))
    return dossier


def a_session(call: Call) -> Session:
    return Session.objects.filter(call=call).first() or actions.open_session(call, actor=secretary())


def a_review(dossier: Dossier, email: str = "jure@universite.example") -> Review:
    """A dossier entrusted to a juror who accepted the charter, interests not yet declared."""
    a_session(dossier.call)
    scenes.accept_charter(dossier.call, juror(email))
    return actions.assign_juror(dossier, juror(email), actor=secretary())


def a_draft_review(dossier: Dossier, email: str = "jure@universite.example") -> Review:
    """The same with no interest declared: to be scored."""
    review = a_review(dossier, email)
    actions.deny_conflict(review, actor=review.juror)
    return review


def points(call: Call) -> list[int]:
    """The keys of every point of the grid, in order."""
    return [point.pk for heading in call.headings.all() for point in heading.points.all()]


def save(review: Review, mark: int | None = 3, **more: Any) -> Review:
    """A draft with the same mark everywhere (none when `mark` is None)."""
    scores = {} if mark is None else dict.fromkeys(points(review.dossier.call), mark)
    said = {"scores": scores, "comments": {}, "comment_jury": "Solide.", "comment_applicant": "Bravo.", **more}
    return actions.save_review(review, **said, actor=review.juror)


def a_submitted_review(dossier: Dossier, email: str = "jure@universite.example", mark: int = 3, **more: Any) -> Review:
    review = a_draft_review(dossier, email)
    save(review, mark, **more)
    actions.submit_review(review, actor=review.juror)
    return review


LAUREATE = {"outcome": "laureate", "rank": 1, "amount": Decimal("90000.00"), "reason": ""}
REJECTED = {"outcome": "rejected", "rank": 2, "amount": None, "reason": "Trop tôt."}


def decide(session: Session, dossier: Dossier, **decision: Any) -> None:
    actions.record_decision(session, dossier, **(LAUREATE | decision), actor=secretary())


def two_judged(call: Call) -> tuple[Session, Dossier, Dossier]:
    """Two dossiers scored by one juror each, the scoring closed."""
    first, second = ready_for_jury(call), ready_for_jury(call, "paul@lab.example", title="Autre projet")
    a_submitted_review(first, mark=4)
    a_submitted_review(second, mark=2)
    session = a_session(call)
    actions.close_scoring(session, actor=secretary())
    return session, first, second


def frozen(call: Call) -> tuple[Session, Dossier, Dossier]:
    """One laureate and one refusal, frozen; letters not yet rendered."""
    session, first, second = two_judged(call)
    decide(session, first)
    decide(session, second, **REJECTED)
    actions.freeze_decisions(session, actor=secretary())
    return session, first, second


def published(call: Call) -> tuple[Session, Dossier, Dossier]:
    """The same, letters rendered, results published."""
    session, first, second = frozen(call)
    for dossier in (first, second):
        actions.build_letter(dossier_id=dossier.pk)
    actions.publish_results(session, actor=secretary())
    for dossier in (first, second):
        dossier.refresh_from_db()
    return session, first, second
