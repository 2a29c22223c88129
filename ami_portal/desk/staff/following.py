"""What may follow the partners' opinions on a dossier, for the tab that shows them."""

from typing import Any

from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.enums import DossierState, OpinionMode
from applications.models import Dossier
from evaluation import consultation
from evaluation.actions.consultation import refuse_restriction, refuse_stop
from evaluation.enums import AWAITED, ContradictionState, OpinionState, RestrictionState
from evaluation.models import Contradiction, Opinion, SecondLook

from .opinion_forms import EXTEND, KEEP, REFUSE, WITHOUT, ConsultationForm, RulingForm, SecondLookForm, SilenceForm

ASK_HINT = "Le porteur le lit avant de répondre : ce que le partenaire n’a pas accepté de lui dire n’y figure pas."
SETTLE_HINT = "Gardé avec l’avis et au journal. Dites ce que vous avez retenu de la réponse, s’il y en a une."
SILENCE_HINT = "Gardé avec l’avis et au journal ; le partenaire ne le lit pas."
STOP_HINT = "Le porteur le lit dans sa lettre."


def what_follows(dossier: Dossier, user: Any, forms: dict[str, Any]) -> dict[str, Any]:
    """The proposals made to the team, the acts that are possible now with their forms, and why others are not.

    `forms` are those that were not accepted.
    """
    restrictions = list(dossier.restrictions.select_related("asked_by", "ended_by").prefetch_related("datasets"))
    needs = consultation.needs_of(dossier)
    found: dict[str, Any] = {"needs": needs, "restrictions": restrictions[::-1]}
    running = next((row for row in restrictions if row.state == RestrictionState.ASKED), None)
    nothing = running is None and not needs.refused
    if nothing or not allowed(user, "evaluation.settle_opinions", dossier):
        return found
    if running is not None:
        return found | {"running": running, "withdraw": forms.get("withdraw") or ConsultationForm(prefix="retirer")}
    refusals = {name: _refusal(act, dossier, needs) for name, act in _ACTS.items()}
    hints = {"restrict": ("restreindre", ASK_HINT), "stop": ("arreter", STOP_HINT)}
    for name, (prefix, hint) in hints.items():
        if not refusals[name]:
            found[name] = forms.get(name) or ConsultationForm(prefix=prefix, hint=hint)
    return found | {"refusals": [said for said in refusals.values() if said]}


def acts_on(dossier: Dossier, user: Any, bound: dict[str, Any]) -> dict[int, dict[str, Any]]:
    """By opinion: what its team was told of it and answered, the last first; its first opinion if it was looked at
    again; and the forms of what the person may do of it now. `bound` are the forms that were not accepted."""
    opinions = list(dossier.opinions.all())
    rows = Contradiction.objects.filter(opinion__dossier=dossier).select_related("opinion", "opened_by", "ended_by")
    told = list(rows.select_related("answered_by").order_by("-number"))
    asked = SecondLook.objects.filter(opinion__dossier=dossier).select_related("asked_by", "first_given_by")
    looks = {look.opinion_id: look for look in asked}
    is_open = dossier.state == DossierState.ELIGIBLE and bool(opinions)
    may_settle = is_open and allowed(user, "evaluation.settle_opinions", dossier)
    found = {}
    for opinion in opinions:
        own = [row for row in told if row.opinion_id == opinion.pk]
        look = looks.get(opinion.pk)
        found[opinion.pk] = {"told": own, "look": look}
        if may_settle and opinion.left_out_at is None:
            found[opinion.pk] |= _forms_on(opinion, own, look, {form.prefix: form for form in bound.values()})
    return found


def _forms_on(
    opinion: Opinion, told: list[Contradiction], look: SecondLook | None, typed: dict[Any, Any]
) -> dict[str, Any]:
    """What staff may do of one opinion: make it known, settle, decide of a silence, ask for a second look,
    decide of an advisory one."""
    stands = next((row for row in told if row.state != ContradictionState.DROPPED), None)
    call = opinion.dossier.call
    is_heard = consultation.answer_delay(call) is not None
    found: dict[str, Any] = {"may_tell": stands is None and opinion.is_pending and is_heard}
    forms: dict[str, Any] = {}
    if stands is not None and stands.state in HEARD:
        forms["settle"] = ConsultationForm(prefix=f"suite-{opinion.dataset.code}", hint=SETTLE_HINT)
    if opinion.state in AWAITED:
        silence = silence_form(opinion, look)
        forms |= {"silence": silence} if silence.fields["choice"].choices else {}
    if opinion.state == OpinionState.GIVEN and look is None:
        forms["again"] = look_form(opinion)
    if opinion.state == OpinionState.GIVEN and call.opinions == OpinionMode.ADVISORY:
        forms["ruling"] = ruling_form(opinion)
    return found | {name: typed.get(form.prefix, form) for name, form in forms.items()}


def ruling_form(opinion: Opinion, data: Any = None) -> RulingForm:
    """What the staff decides of an advisory opinion."""
    return RulingForm(data, prefix=f"decision-{opinion.dataset.code}", is_unfavourable=opinion.is_unfavourable)


def look_form(opinion: Opinion, data: Any = None) -> SecondLookForm:
    """Why the partner of an opinion is asked to look again."""
    return SecondLookForm(data, prefix=f"revoir-{opinion.dataset.code}", is_unfavourable=opinion.is_unfavourable)


def silence_form(opinion: Opinion, look: SecondLook | None, data: Any = None) -> SilenceForm:
    """What may be decided of an opinion that is awaited: only more time before the end of its delay, or its first
    opinion kept."""
    has_delay = consultation.due_delay(opinion.dossier.call) is not None
    choices = [EXTEND] if has_delay and not opinion.extended_at else []
    choices += [KEEP] if look is not None else []
    if opinion.state == OpinionState.SILENT:
        choices += [WITHOUT, REFUSE] if consultation.silence_refuses(opinion.dossier.call) else [WITHOUT]
    return SilenceForm(data, prefix=f"silence-{opinion.dataset.code}", choices=choices, hint=SILENCE_HINT)


HEARD = (ContradictionState.ANSWERED, ContradictionState.UNANSWERED)
_ACTS = {"restrict": refuse_restriction, "stop": refuse_stop}


def _refusal(act: Any, dossier: Dossier, needs: consultation.Needs) -> str:
    try:
        act(dossier, needs)
    except TransitionRefused as refusal:
        return str(refusal)
    return ""
