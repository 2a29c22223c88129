"""Template tags of the criteria: a result of a check in words and colours."""

from django import template

from ami_portal.ui import wording
from applications.enums import CheckResult

register = template.Library()


@register.inclusion_tag("components/badge.html")
def verdict(result: str) -> dict[str, str]:
    """{% verdict part.result %}: one of the three answers of a check."""
    tone, icon = wording.TONES.get(result, wording.NEUTRAL)
    return {"label": CheckResult(result).label, "tone": tone, "icon": icon}
