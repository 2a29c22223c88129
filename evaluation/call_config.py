"""The part of a call's file that this room reads: the headings of selection, their weights and their points."""

from collections.abc import Mapping
from typing import Any

from applications.call_config import ConfigError
from applications.models import Call

from .models import SelectionHeading, SelectionPoint


def load(config: Mapping[str, Any], call: Call) -> None:
    """Create or bring up to date the grid of a call. Raises ConfigError when the weights do not sum to 100."""
    headings = config["selection"]["headings"]
    if (total := sum(raw["weight"] for raw in headings)) != 100:
        raise ConfigError(f"selection : la somme des poids est {total} ; 100 est attendu")
    for position, raw in enumerate(headings, start=1):
        heading, _ = SelectionHeading.objects.update_or_create(
            call=call,
            code=raw["code"],
            defaults={
                "position": position,
                "label": raw["label"],
                "weight": raw["weight"],
                "special_attention": bool(raw.get("special_attention")),
            },
        )
        for place, point in enumerate(raw["points"], start=1):
            SelectionPoint.objects.update_or_create(
                heading=heading,
                code=point["code"],
                defaults={"position": place, "label": point["label"], "help": str(point.get("help") or "").strip()},
            )
