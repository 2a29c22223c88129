"""Questions about a call: asked by anyone, answered once for all, ignored with a reason, or merged with another."""

from django.core.exceptions import ValidationError
from django.core.validators import validate_email
from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.workflow import TransitionRefused, advance
from applications import notifications, workflow
from applications.enums import QuestionState
from applications.models import Call, VisitorQuestion

MAX_QUESTION, MAX_ANSWER, MAX_REASON = 2000, 8000, 2000
CLOSED = "L’appel est clos : les questions ne sont plus reçues."


@transaction.atomic
def ask_question(call: Call, text: str, *, email: str = "") -> VisitorQuestion:
    """Receive a question, from anyone, until the closing of the call. `email` is told when it is dealt with.

    The same text that already waits is one question. Raises TransitionRefused: closed, empty, too long, no address.
    """
    at = clock.now()
    locked = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    text, email = clean_text(text).strip(), email.strip().lower()
    if locked.is_closed(at):
        raise TransitionRefused(CLOSED)
    _refuse_text(text, MAX_QUESTION, "la question")
    try:
        if email:
            validate_email(email)
    except ValidationError as error:
        raise TransitionRefused("Écrivez une adresse électronique comme nom@exemple.fr.") from error
    asked = VisitorQuestion.objects.filter(call=locked)
    known = asked.filter(asked=text, email=email, state=QuestionState.WAITING).first()
    if known:
        return known
    number = (asked.aggregate(last=Max("number"))["last"] or 0) + 1
    question = VisitorQuestion.objects.create(call=locked, number=number, asked=text, asked_at=at, email=email)
    trail.record("question.ask", subject=question.ref, actor=None, at=at, after=question.state)
    return question


@transaction.atomic
def answer_question(question: VisitorQuestion, *, wording: str, answer: str, actor: User) -> None:
    """Publish an answer for all, or correct one. Who asked it, or a question merged with it, is told; those who draft
    in the call are told with the day's answers. Raises TransitionRefused: empty, too long, ignored or merged."""
    at = clock.now()
    wording, answer = clean_text(wording).strip(), clean_text(answer).strip()
    _refuse_text(wording, MAX_QUESTION, "la question")
    _refuse_text(answer, MAX_ANSWER, "la réponse")
    current = _locked(question)
    before = {"question": current.question, "answer": current.answer} if current.answer else {}
    current.question, current.answer = wording, answer
    advance(current, workflow.ANSWER_QUESTION, actor=actor, at=at, replaced=list(before.values()))
    for told in (current, *current.duplicates.select_related("call").exclude(email="")):
        _tell(told, current)


@transaction.atomic
def ignore_question(question: VisitorQuestion, *, reason: str, actor: User) -> None:
    """Put a question aside for a reason, which who asked it is told. Raises TransitionRefused."""
    at = clock.now()
    reason = clean_text(reason).strip()
    _refuse_text(reason, MAX_REASON, "le motif")
    current = _locked(question)
    current.reason = reason
    advance(current, workflow.IGNORE_QUESTION, actor=actor, at=at, reason=reason)
    _tell(current, current)


@transaction.atomic
def merge_question(question: VisitorQuestion, other: VisitorQuestion, *, actor: User) -> None:
    """Say that a question is another one of the same call: its answer, given or to come, is told to who asked.

    Raises TransitionRefused: itself, another call's, one that will not be answered, one that others were merged with.
    """
    at = clock.now()
    current, target = _locked(question), _locked(other)
    if target.pk == current.pk or target.call_id != current.call_id:
        raise TransitionRefused("Choisissez une autre question du même appel.")
    if target.state not in (QuestionState.WAITING, QuestionState.ANSWERED):
        raise TransitionRefused("Cette question n’aura pas de réponse : choisissez-en une autre.")
    if current.duplicates.exists():
        raise TransitionRefused("D’autres questions ont été rattachées à celle-ci : répondez-lui.")
    current.duplicate_of = target
    advance(current, workflow.MERGE_QUESTION, actor=actor, at=at, other=target.ref)
    if target.state == QuestionState.ANSWERED:
        _tell(current, target)


def _tell(question: VisitorQuestion, answered: VisitorQuestion) -> None:
    """Tell who asked, once: their address is then forgotten."""
    if question.email:
        notifications.question_dealt_with(question, answered)
        VisitorQuestion.objects.filter(pk=question.pk).update(email="")


def _locked(question: VisitorQuestion) -> VisitorQuestion:
    """The question under the lock of its call, then its own: two questions merged with each other wait in order."""
    Call.objects.select_for_update(of=("self",)).only("pk").get(pk=question.call_id)
    rows = VisitorQuestion.objects.select_related("call").select_for_update(of=("self",))
    return rows.get(pk=question.pk)


def _refuse_text(text: str, most: int, what: str) -> None:
    if not text:
        raise TransitionRefused(f"Écrivez {what}.")
    if len(text) > most:
        raise TransitionRefused(f"Le texte dépasse {most} caractères : raccourcissez {what}.")
