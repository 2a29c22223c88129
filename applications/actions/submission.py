"""Deposit a dossier, take the deposit back to correct it, withdraw it."""

import datetime as dt

from django.db import transaction
from django.db.models import Max

from ami_portal.accounts.models import User
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from ami_portal.questionnaire.languages import ENGLISH
from ami_portal.workflow import Transition, TransitionRefused, advance
from applications import drafts, facts, freezing, notifications, workflow
from applications.due import refusal_while_due
from applications.models import CompletionRequest, Dossier, DossierVersion

from .drafting import note_progress
from .revisions import bring_up_to_date

CLOSED = "L’appel est clos : le dépôt n’est plus possible."
REVISED = "Le formulaire vient d’être révisé : ouvrez le dossier et lisez ce qui change, puis déposez."
ELSEWHERE = "Ce dossier est déposé sur Démarches Simplifiées : c’est là-bas qu’il se corrige."
CLOSED_TO_CHANGE = "L’appel est clos : un dépôt ne peut plus être repris ni retiré."


@transaction.atomic
def submit_dossier(dossier: Dossier, *, actor: User) -> DossierVersion:
    """Freeze a complete draft and deposit it, at one instant strictly before the closing.

    The receipt, its mail and the automatic checks follow as jobs. Raises TransitionRefused: closed, incomplete, a file
    not yet inspected, not a draft, not the owner.
    """
    at = clock.now()
    current = locked(dossier)
    _refuse_closed(current, at, CLOSED)
    draft = drafts.load(current)
    if current.is_draft:
        if current.form_revision_id != current.call.form_revision_id:
            raise TransitionRefused(REVISED)
        refuse_incomplete(draft)
    version = freeze(current, draft, workflow.SUBMIT, actor=actor, author=actor, at=at)
    dossier.refresh_from_db(fields=["state", "submitted_at"])
    return version


def freeze(
    dossier: Dossier,
    draft: drafts.Draft,
    step: Transition,
    *,
    actor: User | None,
    author: User,
    at: dt.datetime,
    completes: CompletionRequest | None = None,
) -> DossierVersion:
    """Deposit a draft under its lock, as it is, at the instant `at`. `author` is who decided it, `actor` who does it.

    What replies to a request stays in the round, under the regulation and at the versions of datasets of the deposit
    that it completes. Raises TransitionRefused: not in the state that the step leaves, not the owner.
    """
    facts.project_all(
        dossier, draft, keeps_versions=completes is not None
    )  # a question that a condition hides now declares nothing
    note_progress(dossier, 100)
    if completes is None:
        _note_round(dossier, at)
    number = (dossier.versions.aggregate(last=Max("number"))["last"] or 0) + 1
    frozen = freezing.content_of(dossier, draft, number=number, at=at, actor=author)
    if author.language == ENGLISH and dossier.call.translations:
        frozen = freezing.with_english(frozen, dossier, draft)
    content = canonical_json(freezing.completing(frozen, completes) if completes else frozen)
    sha256 = sha256_of(content)
    advance(dossier, step, actor=actor, at=at, number=number, sha256=sha256)
    version = DossierVersion.objects.create(
        dossier=dossier, number=number, content=content, sha256=sha256, submitted_at=at, submitted_by=author
    )
    later("applications.build_receipt", version_id=version.pk)
    later("evaluation.run_checks", version_id=version.pk)
    later("evaluation.compare_passages", version_id=version.pk)
    later("evaluation.detect_conflicts", dossier_id=dossier.pk)
    return version


def _note_round(dossier: Dossier, at: dt.datetime) -> None:
    """A dossier belongs to the round in which it is deposited; given more time, to the one in which it was begun."""
    window = dossier.call.window(at)
    if window.holds(at) and window.code != dossier.round:
        dossier.round = window.code
        Dossier.objects.filter(pk=dossier.pk).update(round=window.code)


@transaction.atomic
def reopen_dossier(dossier: Dossier, *, actor: User) -> None:
    """Make a deposited dossier a draft again, until the closing; its deposit no longer stands, and the team is told.

    When the form was revised since the deposit, the draft follows the newest revision, with the same notice as others.
    """
    at = clock.now()
    current = locked(dossier)
    if not current.is_open(at):
        raise TransitionRefused(CLOSED_TO_CHANGE)
    if current.versions.filter(withdrawn_at=None, submitted_by=None).exists():
        raise TransitionRefused(ELSEWHERE)
    advance(dossier, workflow.REOPEN, actor=actor, at=at)
    _take_back(current, at)
    bring_up_to_date(current, at=at)
    notifications.reopened(current, at=at)


@transaction.atomic
def withdraw_dossier(dossier: Dossier, *, actor: User) -> None:
    """Withdraw a draft or a deposited dossier for good, until the closing; the team is told."""
    at = clock.now()
    current = locked(dossier)
    _refuse_closed(current, at, CLOSED_TO_CHANGE)
    advance(dossier, workflow.WITHDRAW, actor=actor, at=at)
    _take_back(current, at)
    notifications.withdrawn(current, at=at)


def _refuse_closed(dossier: Dossier, at: dt.datetime, sentence: str) -> None:
    if why_not := refusal_while_due(dossier, at) if dossier.is_open(at) else sentence:
        raise TransitionRefused(why_not)


def locked(dossier: Dossier) -> Dossier:
    """The dossier under its row lock, then read again: saves and revisions under way end before, later ones see it."""
    Dossier.objects.select_for_update(of=("self",)).only("pk").get(pk=dossier.pk)
    return Dossier.objects.select_related("call", "form_revision").get(pk=dossier.pk)


def refuse_incomplete(draft: drafts.Draft) -> None:
    """Raise TransitionRefused unless every file is controlled and nothing is missing."""
    if any(files.pending for files in draft.files.values()):
        raise TransitionRefused("Le contrôle d’un fichier n’est pas fini : attendez quelques secondes, puis déposez.")
    if missing := len(draft.completeness.missing):
        points = f"{missing} points sont" if missing > 1 else "1 point est"
        raise TransitionRefused(f"Le dossier n’est pas complet : {points} à compléter avant de le déposer.")


def _take_back(dossier: Dossier, at: dt.datetime) -> None:
    DossierVersion.objects.filter(dossier=dossier, withdrawn_at=None).update(withdrawn_at=at)
