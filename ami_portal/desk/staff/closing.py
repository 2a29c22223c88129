"""A later closing, for all or for one draft: the form, the page that shows who is touched, the act."""

from typing import Any

from django.db.models import QuerySet
from django.http import HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.urls import reverse
from django.views.decorators.http import require_http_methods

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.ui import wording
from ami_portal.workflow import TransitionRefused
from applications.enums import DossierState
from applications.models import Call, Dossier, DossierMember
from evaluation import actions
from evaluation.actions.closing import refuse_extension, told_of
from evaluation.rules import drafts_to_extend

from .forms import ExtensionForm
from .pages import CONFIRMED, Confirmation, attempt, carried_by, show
from .rules import calls_visible_to

UNKNOWN = "Aucun brouillon de cet appel n’a cette référence : vérifiez-la avec son porteur."


@page("evaluation.extend_closing", visible=calls_visible_to, by="code")
@require_http_methods(["GET", "HEAD", "POST"])
def extend(request: HttpRequest, obj: Call) -> HttpResponse:
    """Ask who, until when and why; show what that does; do it. What was typed stays on each page."""
    form = ExtensionForm(request.POST or None)
    dossier = _dossier(request, obj, form) if request.method == "POST" and form.is_valid() else None
    if request.method != "POST" or not form.is_valid():
        status = 422 if request.method == "POST" else 200
        title = f"{obj.code} – Prolonger la clôture"
        log = obj.extensions.order_by("-given_at", "-pk")
        return show(
            request, "admin/portal/call_extend.html", title=title, status=status, call=obj, form=form, extensions=log
        )
    if CONFIRMED not in request.POST:
        return _confirmation(request, obj, dossier, form)
    said = {name: form.cleaned_data[name] for name in ("closes_at", "reason")}
    done = f"La clôture est prolongée jusqu’au {wording.instant(said['closes_at'])}."
    if dossier:
        attempt(request, done, actions.extend_dossier, dossier, **said)
    else:
        attempt(request, done, actions.extend_call, obj, **said)
    return redirect("admin:staff_call", code=obj.code)


def _dossier(request: HttpRequest, call: Call, form: ExtensionForm) -> Dossier | None:
    """The draft that the form names; an error of the form when there is none."""
    if form.cleaned_data["scope"] == "all":
        return None
    found = drafts_to_extend(request.user).filter(call=call, ref=form.cleaned_data["ref"]).first()
    if found is None:
        form.add_error("ref", UNKNOWN)
    return found


def _confirmation(request: HttpRequest, call: Call, dossier: Dossier | None, form: ExtensionForm) -> HttpResponse:
    closes_at, reason = form.cleaned_data["closes_at"], form.cleaned_data["reason"]
    try:
        refuse_extension(call, dossier, closes_at=closes_at, reason=reason, actor=request.user, at=clock.now())
        obstacles: tuple[str, ...] = ()
    except TransitionRefused as refusal:
        obstacles = (str(refusal),)
    confirmation = Confirmation(
        title=f"Prolonger la clôture {f'du dossier {dossier.ref}' if dossier else f'de l’appel {call.code}'}",
        verb="Prolonger la clôture",
        back=reverse("admin:staff_call_extend", args=[call.code]),
        parent="Prolonger la clôture",
        done=_what_is_done(call, dossier, closes_at),
        told=_who_is_told(told_of(call, dossier)),
        fixed=("Une prolongation ne se raccourcit pas.", f"Le motif, publié sur la page de l’appel : « {reason} »"),
        obstacles=obstacles,
        carried=carried_by(request, form.fields),
    )
    return confirmation.page(request)


def _what_is_done(call: Call, dossier: Dossier | None, closes_at: Any) -> tuple[str, ...]:
    present = dossier.closes_at if dossier else call.closes_at
    moved = f"La clôture passe du {wording.instant(present)} au {wording.instant(closes_at)}."
    reopened = present <= clock.now()
    if dossier:
        return (
            moved,
            f"Elle vaut pour le dossier {dossier.ref} seul{', qui s’ouvre de nouveau' if reopened else ''}.",
            "La séance du jury s’ouvrira après cet instant, sauf si ce dossier est retiré.",
            "Le journal public dit qu’un dossier est prolongé, jusqu’à quand et pourquoi ; il ne dit pas lequel.",
        )
    concerned = told_of(call, None)
    drafts = concerned.filter(state=DossierState.DRAFT).count()
    others = concerned.count() - drafts
    deposited = f"{_many(others, 'dossier')} {'déposés' if others > 1 else 'déposé'}"
    return (
        moved,
        f"Elle vaut pour tous : {_many(drafts, 'brouillon')}, {deposited}.",
        *(("L’appel s’ouvre de nouveau : un dossier peut être commencé, complété, déposé.",) if reopened else ()),
    )


def _who_is_told(concerned: QuerySet[Dossier]) -> tuple[str, ...]:
    people = DossierMember.objects.filter(dossier__in=concerned).values("email").distinct().count()
    return (f"{_many(people, 'personne')} de ces équipes, par courriel.", "Le public, sur la page de l’appel.")


def _many(count: int, word: str) -> str:
    return f"{count} {word}{'s' if count > 1 else ''}"
