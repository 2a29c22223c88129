"""A field of rare settings, written as in the call's file: read as the file is, its faults told with their line."""

from typing import Any

import yaml
from django import forms

from ami_portal.desk.calls import source
from ami_portal.kernel.config import ConfigError
from ami_portal.ui.forms import TextField

HOW = "une ligne par réglage, « nom: valeur »"


class SettingsField(TextField):
    """A mapping, in YAML."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.Textarea(attrs={"rows": 6, "spellcheck": "false", "class": "portal-settings"})
        super().__init__(**{"required": False, "max_length": 8000, "widget": widget, "empty_value": "", **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """The lines of a mapping; nothing for an empty one."""
        if not isinstance(value, dict):
            return value
        return (
            yaml.safe_dump(value, allow_unicode=True, sort_keys=False, default_flow_style=None, width=100).rstrip("\n")
            if value
            else ""
        )

    def to_python(self, value: Any) -> Any:
        """The mapping. Refuses what the file of a call may not hold either, with the line."""
        text = super().to_python(value)
        if not text:
            return {}
        try:
            found = source.read_text(text)
        except ConfigError as error:
            raise forms.ValidationError([_said(problem) for problem in error.problems]) from error
        if found.problems:
            raise forms.ValidationError([_said(problem) for problem in found.problems])
        if not isinstance(found.value, dict):
            raise forms.ValidationError(f"Ces lignes ne se lisent pas ; attendu : {HOW}.")
        return found.value

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether the settings say something else, however they are written."""
        try:
            return bool((initial or {}) != self.to_python(data))
        except forms.ValidationError:
            return True

    def validate(self, value: Any) -> None:
        """Nothing more: an empty mapping is one."""

    def run_validators(self, value: Any) -> None:
        """The length was that of the text."""


def _said(problem: Any) -> str:
    text = str(problem)
    return f"{text[:1].upper()}{text[1:]}."
