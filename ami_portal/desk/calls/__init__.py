"""A call from its file: read and checked, compared with what is there, loaded, written back; edited in the portal."""

from .beside import keep as keep_beside
from .beside import missing as missing_templates
from .editing import Edit, StaleEdit, edit_call, marks, plan_edit
from .loading import carry_out, checked, load, moved, read, rehearse
from .plan import Plan, plan
from .publishing import form_problems, publish_form
from .writing import dump, written

__all__ = [
    "Edit",
    "Plan",
    "StaleEdit",
    "carry_out",
    "checked",
    "dump",
    "edit_call",
    "form_problems",
    "keep_beside",
    "load",
    "marks",
    "missing_templates",
    "moved",
    "plan",
    "plan_edit",
    "publish_form",
    "read",
    "rehearse",
    "written",
]
