"""A form under work is published once the file of its call, with it, would load."""

from collections.abc import Mapping
from typing import Any

from django.db import transaction

import applications.call_config
import evaluation.call_config
from ami_portal.accounts.models import User
from ami_portal.questionnaire.editing import gaps
from ami_portal.questionnaire.models import FormRevision
from ami_portal.workflow import TransitionRefused
from applications.actions import publish_form as publish_revision
from applications.models import Call, FormDraft

from . import schema
from .loading import CHECKS
from .writing import datasets_of


def form_problems(call: Call, definition: Mapping[str, Any]) -> list[str]:
    """What the file of a call would refuse of a form under work: its shape, and what reads its answers."""
    config = {**applications.call_config.dump(call), "datasets": datasets_of(call)}
    config["form"] = {"code": call.form_revision.code, **definition}
    config["selection"] = evaluation.call_config.asked_of(call)
    found = [problem for problem in schema.problems({"form": config["form"]}) if problem.path[:1] == ("form",)]
    if not found:
        found = [problem for parts, check in CHECKS if "form" in parts for problem in check(config)]
    return [str(problem.placed(config, {})) for problem in found]


@transaction.atomic
def publish_form(call: Call, *, seen: str, actor: User) -> FormRevision:
    """Publish the form under work, as `applications.actions.publish_form` does, once its file would load.

    Raises TransitionRefused as it does, and for a question that a criterion reads and that is gone.
    """
    current = Call.objects.select_for_update(of=("self",)).select_related("form_revision").get(pk=call.pk)
    draft = FormDraft.objects.filter(call=current).first()
    if draft and not gaps(draft.definition) and (refused := form_problems(current, draft.definition)):
        raise TransitionRefused(refused[0])
    return publish_revision(call, seen=seen, actor=actor)
