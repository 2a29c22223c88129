"""The form of a call is revised: its drafts follow, answer by answer, and their teams are told."""

import datetime as dt

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address, is_empty
from ami_portal.questionnaire.carrying import asked, carried
from ami_portal.questionnaire.form import Question
from ami_portal.questionnaire.models import FormRevision
from ami_portal.workflow import TransitionRefused
from applications import drafts, facts, former, notifications
from applications.due import refusal_while_due
from applications.enums import DossierState
from applications.models import Answer, CallDataset, Dossier, DossierMember, FormerAnswer, FormMove

from .drafting import NOT_YOURS, note_progress
from .files import examine_again


@transaction.atomic
def follow_form(*, dossier_id: int) -> None:
    """Take a draft to the form that its call asks now, and tell its team by mail; twice is once.

    A dossier that is no draft keeps its form: a deposit stays on its revision for ever. One whose deposit is due at a
    closing that has passed waits for it, and follows then.
    """
    dossier = Dossier.objects.select_for_update(of=("self",)).get(pk=dossier_id)
    at = clock.now()
    if dossier.is_draft and not refusal_while_due(dossier, at):
        bring_up_to_date(dossier, at=at)


def bring_up_to_date(dossier: Dossier, *, at: dt.datetime) -> None:
    """Take a draft, whose row the caller holds, to the form of its call.

    Every answer stays at its code. What a changed type or changed choices make of it is stored in its place, as it was
    beside; its version stays, so that a save on its way from a page of before is no conflict.
    """
    before = FormRevision.objects.get(pk=dossier.form_revision_id)
    after = FormRevision.objects.get(call=dossier.call_id)  # read under the lock: the newest, never an older one
    if before == after:
        return
    move = FormMove.objects.create(dossier=dossier, before=before, after=after, moved_at=at)
    _carry(dossier, move)
    dossier.form_revision = after
    Dossier.objects.filter(pk=dossier.pk).update(form_revision=after)
    examine_again(dossier)
    draft = drafts.load(dossier)
    facts.project_all(dossier, draft)
    note_progress(dossier, draft.completeness.percent)
    notifications.form_revised(dossier, move)
    trail.record(
        "dossier.follow_form",
        subject=dossier.ref,
        actor=None,
        at=at,
        before=str(before.number),
        after=str(after.number),
    )


def _carry(dossier: Dossier, move: FormMove) -> None:
    draft = drafts.load(dossier)
    old, new = move.before.form, move.after.form
    earlier = former.moves_of(dossier)
    kept = []
    for address, stored in draft.stored.items():
        heir = asked(new, address)
        question = asked(old, address) or (former.asked_before(earlier, address) if heir else None)
        if heir is None or question is None or is_empty(stored.value):
            continue
        value = carried(question, heir, stored.value)
        if answers.shown(heir, value) != answers.shown(question, stored.value):  # the same value may read otherwise
            kept.append(_kept(move, draft, address, question, stored))
        if value != stored.value or type(value) is not type(stored.value):
            Answer.objects.filter(pk=stored.pk).update(value=value)
    FormerAnswer.objects.bulk_create(kept)


def _kept(
    move: FormMove, draft: drafts.Draft, address: Address, question: Question, stored: drafts.Stored
) -> FormerAnswer:
    known = asked(draft.form, address) is not None
    label = former.label_of(draft.form, address, former.line_of(draft, address)) if known else question.label
    return FormerAnswer(
        move=move,
        question=address.question,
        row=address.row,
        column=address.column,
        label=label,
        text=answers.shown(question, stored.value),
        value=stored.value,
    )


@transaction.atomic
def acknowledge_news(dossier: Dossier, *, until: dt.datetime, actor: User) -> None:
    """Note that `actor` read what changed in the call's form and perimeter up to `until`: it is shown no more.

    What changed after `until` stays to be read. Raises TransitionRefused for who does not write this dossier.
    """
    if not allowed(actor, "applications.edit_dossier", dossier):
        raise TransitionRefused(NOT_YOURS)
    until = min(until, clock.now())
    mine = DossierMember.objects.select_for_update(of=("self",)).filter(dossier=dossier, email=actor.email)
    for member in mine:
        if member.informed_at is None or member.informed_at < until:
            member.informed_at = until
            member.save(update_fields=["informed_at"])


@transaction.atomic
def announce_dataset(*, call_dataset_id: int) -> None:
    """Tell by mail those who are drafting that a dataset has joined their call; twice is once."""
    opened = CallDataset.objects.select_related("call", "version__dataset").get(pk=call_dataset_id)
    drafting = Dossier.objects.filter(call=opened.call, state=DossierState.DRAFT).prefetch_related("members")
    for dossier in drafting:
        notifications.dataset_opened(dossier, opened)
