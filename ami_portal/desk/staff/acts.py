"""Acts of the desk itself: a mail sent again, a message to a team, the answers to the questions about a call."""

from collections.abc import Sequence
from uuid import UUID

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.notifications.enums import Delivery
from ami_portal.notifications.models import Message
from ami_portal.workflow import TransitionRefused
from applications.actions.messages import post
from applications.models import Call, CallQuestion, Dossier, DossierMessage

MAY_LEAVE_AGAIN = (Delivery.UNCERTAIN, Delivery.FAILED)


@transaction.atomic
def resend_message(message: Message, *, actor: User) -> None:
    """Send again a mail that may not have left, or that the server refused. It can then arrive twice: a person decides.

    Raises TransitionRefused when it waits, is on its way, or left.
    """
    at = clock.now()
    current = Message.objects.select_for_update(of=("self",)).get(pk=message.pk)
    if not allowed(actor, "desk.resend_message", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if current.delivery not in MAY_LEAVE_AGAIN:
        raise TransitionRefused(f"Ce courriel n’a pas à être renvoyé : « {current.get_delivery_display()} ».")
    before = current.delivery
    Message.objects.filter(pk=current.pk).update(delivery=Delivery.QUEUED, transmitting_at=None, error="")
    later("notifications.send", message_id=current.pk)
    trail.record(
        "message.resend",
        subject=current.subject_ref or current.kind,
        actor=actor,
        at=at,
        before=before,
        after=Delivery.QUEUED.value,
        kind=current.kind,
        message=current.message_id,
    )


def answer_applicant(
    dossier: Dossier, body: str, uploaded: Sequence[UploadedFile], *, token: UUID, actor: User
) -> DossierMessage:
    """Write to the team of a dossier for the operator; everyone in it gets a mail that says that there is a message.

    Raises TransitionRefused and FileRefused as `applications.actions.messages.post` does: nothing is then sent.
    """
    if not allowed(actor, "desk.answer_applicant", dossier):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    return post(dossier, body, uploaded, token=token, from_staff=True, actor=actor)


@transaction.atomic
def answer_questions(call: Call, rows: Sequence[tuple[str, str]], *, actor: User) -> bool:
    """Make `rows` (question, answer), in this order, the questions and answers that everybody reads of a call.

    The journal keeps the rows that change or go. Answer whether anything changed.
    """
    at = clock.now()
    current = Call.objects.select_for_update(of=("self",)).get(pk=call.pk)
    if not allowed(actor, "desk.answer_questions", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    before = [(row.question, row.answer) for row in current.faq.all()]
    after = list(rows)
    if before == after:
        return False
    current.faq.all().delete()
    CallQuestion.objects.bulk_create(
        CallQuestion(call=current, position=position, question=question, answer=answer)
        for position, (question, answer) in enumerate(after, start=1)
    )
    replaced = [list(row) for row in before if row not in after]
    trail.record("call.answer_questions", subject=current.code, actor=actor, at=at, count=len(after), replaced=replaced)
    return True
