"""The supporting documents of a dossier: a dense table, and the page where a person verifies one."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from django import forms
from django.contrib import messages
from django.http import Http404, HttpRequest, HttpResponse
from django.shortcuts import redirect
from django.views.decorators.http import require_http_methods

from ami_portal.kernel import clock
from ami_portal.kernel.http import page
from ami_portal.kernel.permissions import allowed
from ami_portal.ui.forms import DayField, PortalForm, TextField
from ami_portal.ui.wording import day
from ami_portal.workflow import TransitionRefused
from applications.models import Dossier, PieceReading
from applications.pieces import Event, Piece, Standing
from applications.reading import FrozenDossier, frozen, standing_version
from applications.supporting import pieces_now, pieces_of
from evaluation import actions
from evaluation.actions.pieces import MAX_REASON, mark_of
from funding.enums import ConventionState
from funding.models import Convention
from funding.pieces import next_payment

from .pages import dossiers_shown_to, show

VERIFY, REFUSE = "verifier", "refuser"
TONES = {
    Standing.VALID: ("success", "check-line"),
    Standing.NOT_APPLICABLE: ("success", "check-line"),
    Standing.NOT_ASKED: ("beige-gris-galet", "subtract-line"),
    Standing.TO_VERIFY: ("yellow-tournesol", "question-line"),
    Standing.EXPIRED: ("error", "time-line"),
    Standing.REFUSED: ("error", "close-circle-line"),
    Standing.MISSING: ("error", "close-circle-line"),
}


@dataclass(frozen=True)
class Mark:
    """What a piece is worth at one event, called `when`, on one day."""

    when: str
    on: dt.date
    standing: Standing
    tone: str
    icon: str


@dataclass(frozen=True)
class Row:
    """A piece in the table, with its worth at each event where it must be valid."""

    piece: Piece
    marks: tuple[Mark, ...]

    @property
    def is_to_verify(self) -> bool:
        """Whether nobody has said anything yet of what there is to read."""
        return self.piece.is_asked and self.piece.is_held and self.piece.reading is None


def rows_of(dossier: Dossier, held: FrozenDossier) -> list[Row]:
    """Every piece that the call asks for, in its order: three queries at most."""
    pieces = pieces_now(dossier, held)
    days = _days(dossier, held) if pieces else {}
    first = {piece.kind.code: piece for piece in pieces_of(dossier, held)} if any(one.sent_at for one in pieces) else {}
    return [Row(piece, tuple(_marks(piece, first.get(piece.kind.code, piece), days))) for piece in pieces]


def _marks(piece: Piece, deposited: Piece, days: dict[str, tuple[str, dt.date]]) -> Any:
    for name in piece.kind.valid_at if piece.is_asked else ():
        if name in days:
            when, on = days[name]
            standing = (deposited if name == Event.DEPOSIT else piece).standing(on)
            yield Mark(when, on, standing, *TONES[standing])


def _days(dossier: Dossier, held: FrozenDossier) -> dict[str, tuple[str, dt.date]]:
    """The day of each event, once it is known: what is to come is looked at on the present day, or on its own."""
    today = clock.today()
    received = clock.paris(held.received_at).date() if held.received_at else today
    days: dict[str, tuple[str, dt.date]] = {Event.DEPOSIT: ("Au dépôt", received)}
    convention = Convention.objects.filter(dossier=dossier).first()
    if convention is None or convention.state == ConventionState.CLOSED:
        return days
    days[Event.SIGNATURE] = ("À la signature", convention.signed_on or today)
    if convention.signed_on and (found := next_payment(convention, today)):
        line, on = found
        days[Event.PAYMENT] = (f"Au versement {line.number}", on)
    return days


class VerifyForm(PortalForm):
    """What a person read on a piece. Its kind says whether it bears a security code."""

    issued_on = DayField(label="Date lue sur la pièce", help_text="La validité se compte depuis elle.")
    security_code = TextField(label="Code de sécurité", max_length=60)
    reason = TextField(
        label="Commentaire", required=False, max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 2})
    )

    def __init__(self, piece: Piece, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=VERIFY, initial={"issued_on": piece.declared_on}, **kwargs)
        if not piece.sha256:
            del self.fields["issued_on"]
        if not piece.sha256 or piece.kind.security_code is None:
            del self.fields["security_code"]
        else:
            wanted = f"{piece.kind.security_code} lettres et chiffres ; les espaces ne comptent pas."
            self.fields["security_code"].help_text = wanted


class RefuseForm(PortalForm):
    """Why a piece is refused."""

    reason = TextField(label="Motif du refus", max_length=MAX_REASON, widget=forms.Textarea(attrs={"rows": 2}))

    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, prefix=REFUSE, **kwargs)


@page("evaluation.verify_piece", visible=dossiers_shown_to)
@require_http_methods(["GET", "HEAD", "POST"])
def piece(request: HttpRequest, obj: Dossier, kind: str) -> HttpResponse:
    """One piece beside what is asked of it: verify it, or refuse it; who read it before."""
    version = standing_version(obj)
    rows = rows_of(obj, frozen(version)) if version else []
    row = next((one for one in rows if one.piece.kind.code == kind), None)
    if row is None:
        raise Http404
    posted = request.POST if request.method == "POST" else None
    refuses = posted is not None and REFUSE in posted
    verify = VerifyForm(row.piece, posted if not refuses else None)
    refuse = RefuseForm(posted if refuses else None)
    bound = refuse if refuses else verify
    if posted is not None and bound.is_valid() and _done(request, obj, row.piece, bound, refuses):
        return redirect("admin:staff_files", ref=obj.ref)
    status = 422 if posted is not None else 200
    history = PieceReading.objects.filter(dossier=obj, kind=kind).select_related("by", "document").order_by("-pk")
    title = f"{obj.ref} – {row.piece.kind.label}"
    context = {"row": row, "verify": verify, "refuse": refuse, "history": history, "mark": mark_of(row.piece)}
    return show(request, "admin/portal/piece.html", title=title, status=status, dossier=obj, **context)


def _done(request: HttpRequest, dossier: Dossier, held: Piece, form: Any, refuses: bool) -> bool:
    """Do the act; a refusal is said above its form."""
    act = actions.refuse_piece if refuses else actions.verify_piece
    seen = request.POST.get("seen", "")
    try:
        found = act(dossier, held.kind.code, seen=seen, actor=request.user, **form.cleaned_data)
    except TransitionRefused as refusal:
        form.add_error(None, str(refusal))
        return False
    until = f" Elle vaut jusqu’au {day(found.expires_on)}." if found.expires_on else ""
    said = "refusée ; le motif est gardé." if refuses else f"vérifiée.{until}"
    messages.success(request, f"« {held.kind.label} » est {said} Les contrôles automatiques sont relancés.")
    return True


def may_verify(user: Any, dossier: Dossier) -> bool:
    """Whether the table leads to the page of each piece."""
    return allowed(user, "evaluation.verify_piece", dossier)
