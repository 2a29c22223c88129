"""The staff writes the next revision of a call's form, node by node, and publishes it."""

import datetime as dt
from collections.abc import Callable
from contextlib import suppress
from dataclasses import dataclass

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import given
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire import editing, naming
from ami_portal.questionnaire.editing import Definition, Node, Place
from ami_portal.questionnaire.form import FormError
from ami_portal.questionnaire.models import FormRevision
from ami_portal.workflow import TransitionRefused
from applications.call_config import queue_drafts, revision_of
from applications.facts import FACTS
from applications.models import Call, FormDraft

NOT_YOURS = "Vous n’avez pas le droit de faire cette action."
NO_DRAFT = "Aucune révision du formulaire n’est en préparation : commencez-en une."
GONE = "Cet élément n’est plus dans le formulaire : quelqu’un l’a retiré."
REPLACED = "Le formulaire de l’appel a été remplacé depuis : abandonnez cette révision, puis commencez-en une autre."
CLOSED = "L’appel est clos : son formulaire ne peut plus changer."
CHANGED = "La révision a changé entre-temps : la dernière modification n’est plus celle que vous voyez."
NOTHING = "Cette révision ne change rien : il n’y a rien à publier."
SEEN = "La révision a changé depuis que vous l’avez relue : relisez ce qu’elle fait, puis publiez."


@dataclass(frozen=True)
class Change:
    """An edit: its verb in the journal, where it is, the digest of the node that its author saw (empty for none)."""

    name: str
    place: Place
    apply: Callable[[Definition], Definition]
    seen: str = ""
    whole: bool = False


class StaleNode(TransitionRefused):
    """The node was changed by somebody else since it was seen. Carries what it says now, who changed it, when."""

    def __init__(self, node: Node, draft: FormDraft) -> None:
        super().__init__("Quelqu’un a modifié cet élément depuis que vous l’avez ouvert.")
        self.node, self.who, self.when = node, draft.edited_by.get_full_name(), draft.edited_at


@transaction.atomic
def start_form_draft(call: Call, *, actor: User) -> FormDraft:
    """Begin the next revision of a call's form from the published one; the one under work when there is one already."""
    at = clock.now()
    current = _locked(call, actor)
    if current.is_closed(at):
        raise TransitionRefused(CLOSED)
    definition = current.form_revision.definition
    draft, is_new = FormDraft.objects.get_or_create(
        call=current,
        defaults={"base": current.form_revision, "definition": definition, "edited_at": at, "edited_by": actor},
    )
    if is_new:
        trail.record("call.start_form_draft", subject=current.code, actor=actor, at=at)
    return draft


@transaction.atomic
def edit_form_draft(call: Call, change: Change, *, actor: User) -> FormDraft:
    """Make one edit of the revision under work. Applicants see nothing of it.

    Raises StaleNode when the node is not as it was seen, TransitionRefused when it is gone, when there is no revision
    under work, or when the form would not hold together: a field that nothing could name, a condition on a later
    question, a code that nobody knows. Nothing changes then.
    """
    at = clock.now()
    draft = _draft(_locked(call, actor))
    try:
        if change.seen:
            node = editing.node_at(draft.definition, change.place)
            if editing.digest(node, whole=change.whole) != change.seen:
                raise StaleNode(node, draft)
        definition = change.apply(draft.definition)
    except KeyError as error:
        raise TransitionRefused(GONE) from error
    if problem := problem_of(definition):
        raise TransitionRefused(problem)
    if definition == draft.definition:
        return draft
    draft.previous, draft.definition, draft.edited_at, draft.edited_by = draft.definition, definition, at, actor
    draft.save(update_fields=["previous", "definition", "edited_at", "edited_by"])
    trail.record(
        "call.edit_form_draft", subject=call.code, actor=actor, at=at, what=change.name, place=change.place.code
    )
    return draft


@transaction.atomic
def undo_form_edit(call: Call, *, seen: str, actor: User) -> None:
    """Take back the last edit of the revision under work, whoever made it; again takes it up once more.

    Raises TransitionRefused when the revision is not the one seen, or when nothing was edited yet.
    """
    at = clock.now()
    draft = _draft(_locked(call, actor))
    if draft.previous is None or digest_of(draft) != seen:
        raise TransitionRefused(CHANGED)
    draft.previous, draft.definition, draft.edited_at, draft.edited_by = draft.definition, draft.previous, at, actor
    draft.save(update_fields=["previous", "definition", "edited_at", "edited_by"])
    trail.record("call.edit_form_draft", subject=call.code, actor=actor, at=at, what="undo", place="")


def taken_codes(draft: FormDraft, place: Place = editing.ROOT) -> set[str]:
    """The codes that a new node may not have: those of this revision and of every earlier one, so that no new question
    inherits the answers to an old one. In a table (`place`), the codes of its columns."""
    definitions = [
        draft.definition,
        *FormRevision.objects.filter(code=draft.base.code).values_list("definition", flat=True),
    ]
    if not place.question:
        sections = {str(one["code"]) for definition in definitions for one in definition["sections"]}
        return sections | {code for definition in definitions for code in editing.codes(definition)}
    taken = set()
    for definition in definitions:
        with suppress(KeyError):
            taken |= {str(column["code"]) for column in editing.node_at(definition, place).get("columns", [])}
    return taken


def problem_of(definition: Definition) -> str:
    """Why a definition under work does not hold together; empty when it does."""
    try:
        form = editing.form_of(definition)
    except FormError as error:
        return str(error)
    told: set[str] = set()
    for question in form.questions():
        if question.fact and (question.type not in FACTS.get(question.fact, ()) or question.fact in told):
            return f"« {question.label} » : ce fait vient d’une autre question, ou d’un autre type de réponse."
        told.add(question.fact)
    for question in form.questions():
        for template in given.missing([question.file_rules]):
            return f"« {question.label} » : le portail n’a pas le modèle « {template.file} » : déposez-le d’abord."
    return next((f"{code} : {sentence}" for code, sentence in naming.problems(form)), "")


@transaction.atomic
def discard_form_draft(call: Call, *, actor: User) -> None:
    """Give up the revision under work; doing it twice is once. The journal keeps its fingerprint."""
    at = clock.now()
    current = _locked(call, actor)
    draft = FormDraft.objects.filter(call=current).first()
    if draft is None:
        return
    sha256 = _sha256(draft)
    draft.delete()
    trail.record("call.discard_form_draft", subject=current.code, actor=actor, at=at, sha256=sha256)


@transaction.atomic
def publish_form(call: Call, *, seen: str, actor: User) -> FormRevision:
    """Publish the revision under work: new drafts start on it, drafts under way follow in jobs and are told by mail.

    `seen` is the digest of what its author read again (`digest_of`). Raises TransitionRefused when the revision changed
    since, has gaps, changes nothing, or when the call is closed or was given another form meanwhile.
    """
    at = clock.now()
    current = _locked(call, actor)
    draft = _draft(current)
    if digest_of(draft) != seen:
        raise TransitionRefused(SEEN)
    if found := obstacles(current, draft, at):
        raise TransitionRefused(found[0])
    revision = revision_of({"code": draft.base.code, **draft.definition}, at=at)
    current.form_revision = revision
    current.save(update_fields=["form_revision"])
    draft.delete()
    drafts = queue_drafts(current)
    trail.record(
        "call.publish_form",
        subject=current.code,
        actor=actor,
        at=at,
        before=str(draft.base.number),
        after=str(revision.number),
        sha256=revision.sha256,
        drafts=drafts,
    )
    return revision


def obstacles(call: Call, draft: FormDraft, at: dt.datetime) -> list[str]:
    """Why a revision under work cannot be published now, in French sentences; none when it can."""
    met = {
        CLOSED: call.is_closed(at),
        REPLACED: draft.base_id != call.form_revision_id,
        NOTHING: _sha256(draft) == call.form_revision.sha256,
    }
    return [sentence for sentence, is_met in met.items() if is_met] + editing.gaps(draft.definition)


def digest_of(draft: FormDraft) -> str:
    """A short mark of a whole revision under work."""
    return _sha256(draft)[:16]


def _sha256(draft: FormDraft) -> str:
    return sha256_of(canonical_json(draft.definition))


def _locked(call: Call, actor: User) -> Call:
    """The call under its row lock: one edit of its form at a time. Raises TransitionRefused without the right."""
    if not allowed(actor, "applications.configure_call", call):
        raise TransitionRefused(NOT_YOURS)
    return Call.objects.select_for_update(of=("self",)).get(pk=call.pk)


def _draft(call: Call) -> FormDraft:
    draft = FormDraft.objects.filter(call=call).select_related("base", "edited_by").first()
    if draft is None:
        raise TransitionRefused(NO_DRAFT)
    return draft
