"""What every page of the staff stands on: the admin’s frame, the head and tabs of a dossier, one way to try an act."""

import datetime as dt
from collections.abc import Callable, Iterable
from dataclasses import dataclass
from typing import Any

from django.contrib import admin, messages
from django.db import transaction
from django.db.models import Exists, OuterRef, QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import render
from django.urls import reverse

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.audit.models import AuditEvent
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.ui import wording
from ami_portal.workflow import TransitionRefused
from applications.conversation import unread_by_staff
from applications.enums import DossierState
from applications.models import Dossier
from applications.silence import silence_now
from evaluation.enums import AppealState, OpinionState
from evaluation.models import Appeal
from evaluation.rules import letters_visible_to
from funding.models import Convention

from .expected import DECLARATIONS, Expected, expected, reviews_done, with_progress
from .rules import dossiers_worked_on_by, pairs_to_look_at
from .steps import TONES, Step
from .todo import page_of

APPEALS = (("staff_appeals", "Recours", ""),)
CONFIRMED = "confirme"
"""The name that the button of a confirmation sends."""
READ_AGAIN_AFTER = dt.timedelta(hours=1)


def show(request: HttpRequest, template: str, *, title: str, status: int = 200, **context: Any) -> HttpResponse:
    """A page in the admin's frame."""
    return render(request, template, {**admin.site.each_context(request), "title": title, **context}, status=status)


@dataclass(frozen=True)
class Confirmation:
    """A page before an act that cannot be undone: what is done, to whom, what can no longer change, then one verb.

    `parent` names the page that it goes `back` to. `carried` are the names and values of what was typed on the page
    before, sent again by the button.
    """

    title: str
    verb: str
    back: str
    parent: str
    done: tuple[str, ...]
    told: tuple[str, ...] = ()
    fixed: tuple[str, ...] = ()
    obstacles: tuple[str, ...] = ()
    carried: tuple[tuple[str, str], ...] = ()

    def page(self, request: HttpRequest, **context: Any) -> HttpResponse:
        """The page; with obstacles it has no button."""
        return show(request, "admin/portal/confirm.html", title=self.title, confirmation=self, **context)


def carried_by(request: HttpRequest, names: Iterable[str] | None = None) -> tuple[tuple[str, str], ...]:
    """What was typed (all of it, or the fields called `names`), for the button of a confirmation to send again."""
    typed = request.POST if names is None else {name: request.POST.get(name, "") for name in names}
    kept = ((name, value) for name, value in typed.items() if name != "csrfmiddlewaretoken")
    return (*kept, (CONFIRMED, "oui"))


def attempt(request: HttpRequest, success: str, act: Callable[..., Any], *args: Any, **kwargs: Any) -> bool:
    """Do an act in the name of the person and say how it went; a refusal is a sentence, and changes nothing."""
    try:
        act(*args, actor=request.user, **kwargs)
    except TransitionRefused as refusal:
        messages.error(request, str(refusal))
        return False
    messages.success(request, success)
    return True


def dossiers_shown_to(user: Any) -> QuerySet[Dossier]:
    """The dossiers that a person works on, with all that the head of a dossier's page says."""
    appealed = Exists(Appeal.objects.filter(dossier=OuterRef("pk")))
    return with_progress(dossiers_worked_on_by(user)).select_related("call", "remote").annotate(is_appealed=appealed)


def show_dossier(
    request: HttpRequest, dossier: Dossier, tab: str, template: str, *, status: int = 200, **context: Any
) -> HttpResponse:
    """One tab of a dossier under its head. The reading is noted in the journal."""
    note_reading(dossier, request.user)
    looked = pairs_to_look_at(request.user, dossier).count()
    return show(
        request,
        f"admin/portal/{template}",
        title=f"{dossier.ref} – {dossier.title}",
        status=status,
        dossier=dossier,
        head=_head(dossier, request.user, tab),
        tabs=_tabs(dossier, request.user, tab, looked),
        passages=looked,
        **context,
    )


def _head(dossier: Dossier, user: Any, tab: str) -> dict[str, Any]:
    """The step, what comes next, and the button of whoever does it unless its page is this one."""
    act = _answer_expected(dossier) or expected(dossier, clock.today())
    step = Step(dossier.step)
    is_mine = bool(act.verb) and allowed(user, act.permission, dossier)
    convention = Convention.objects.filter(dossier=dossier).first() if step == Step.LAUREATE else None
    return {
        "step": step,
        "tone": TONES[step],
        "expected": act,
        "is_mine": is_mine,
        "url": page_of(dossier, act) if is_mine and (act.url_name != tab or act.verb in DECLARATIONS) else "",
        "is_unclaimed": _is_unclaimed(dossier),
        "letters": letters_visible_to(user).filter(dossier=dossier).order_by("-number"),
        "silence": silence_now(dossier),
        "datasets": [asked.version.dataset for asked in dossier.dossier_datasets.all()],
        "convention": convention if convention and allowed(user, "funding.follow_conventions", convention) else None,
        "may_prepare": step == Step.LAUREATE
        and convention is None
        and allowed(user, "funding.prepare_convention", dossier),
        "may_renounce": step == Step.LAUREATE and allowed(user, "funding.record_renouncement", dossier),
    }


def _answer_expected(dossier: Dossier) -> Expected | None:
    """The answer that a gracious appeal waits for: a refused dossier is then not at its end."""
    waiting = Appeal.objects.filter(dossier=dossier, state=AppealState.FILED).first() if dossier.is_appealed else None
    if waiting is None:
        return None
    what = f"Un recours gracieux attend une réponse. Sans elle, il est réputé rejeté le {wording.day(waiting.due_on)}."
    return Expected("Instruction", what, "Lire le recours", "evaluation.answer_appeal", "staff_appeals")


def _is_unclaimed(dossier: Dossier) -> bool:
    """Whether it was deposited elsewhere, and nobody has claimed it here: then nobody receives our mails about it."""
    return hasattr(dossier, "remote") and not dossier.members.exists()


def _tabs(dossier: Dossier, user: Any, current: str, looked: int) -> list[dict[str, Any]]:
    opinions = list(dossier.opinions.all())
    given = sum(opinion.state == OpinionState.GIVEN for opinion in opinions)
    done, reviews = reviews_done(dossier)
    tabs = [
        ("staff_dossier", "Critères", ""),
        ("staff_content", "Dossier", ""),
        ("staff_files", "Pièces", ""),
        ("staff_passages", "Passages", f"{looked} à regarder" if looked else ""),
        ("staff_completion", "Complément", "attendu" if dossier.is_returned else ""),
        *(APPEALS if dossier.state == DossierState.INELIGIBLE or dossier.is_appealed else ()),
        ("staff_opinions", "Avis", f"{given}/{len(dossier.dossier_datasets.all())}"),
    ]
    if allowed(user, "evaluation.view_ranking"):
        tabs.append(("staff_reviews", "Évaluation", f"{done}/{reviews}" if reviews else ""))
    unread = unread_by_staff().filter(dossier=dossier).count()
    tabs += [("staff_messages", "Messages", f"{unread} à lire" if unread else ""), ("staff_journal", "Journal", "")]
    return [
        {
            "label": label,
            "count": count,
            "url": reverse(f"admin:{name}", args=[dossier.ref]),
            "is_current": name == current,
        }
        for name, label, count in tabs
    ]


def note_reading(dossier: Dossier, user: User) -> None:
    """Note in the journal that `user` reads a dossier, once an hour at most."""
    at = clock.now()
    recent = AuditEvent.objects.filter(
        subject=dossier.ref, verb="dossier.read", actor=user, at__gt=at - READ_AGAIN_AFTER
    )
    if recent.exists():
        return
    with transaction.atomic():
        Dossier.objects.select_for_update(of=("self",)).only("pk").get(pk=dossier.pk)
        if not recent.exists():
            trail.record("dossier.read", subject=dossier.ref, actor=user, at=at)
