"""What may follow the partners' opinions on a dossier, for the tab that shows them."""

from typing import Any

from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.models import Dossier
from evaluation import consultation
from evaluation.actions.consultation import refuse_restriction, refuse_stop
from evaluation.enums import RestrictionState

from .forms import ConsultationForm

ASK_HINT = "Le porteur le lit avant de répondre : ce que le partenaire n’a pas accepté de lui dire n’y figure pas."
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


_ACTS = {"restrict": refuse_restriction, "stop": refuse_stop}


def _refusal(act: Any, dossier: Dossier, needs: consultation.Needs) -> str:
    try:
        act(dossier, needs)
    except TransitionRefused as refusal:
        return str(refusal)
    return ""
