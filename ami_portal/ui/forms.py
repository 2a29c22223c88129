"""Forms that look and speak as the portal does: the shape of what is typed. What a call allows is decided elsewhere."""

import datetime as dt
import re
from decimal import Decimal
from pathlib import Path
from typing import Any

from django import forms
from django.conf import settings
from django.forms.renderers import DjangoTemplates
from django.utils.functional import cached_property

from ami_portal.kernel import clock
from ami_portal.kernel.money import CENT
from ami_portal.kernel.text import clean_text


class PortalRenderer(DjangoTemplates):
    """Forms and fields rendered by our components; widgets by Django's own templates."""

    form_template_name = "components/form.html"
    field_template_name = "components/field_group.html"

    @cached_property
    def engine(self) -> Any:
        # Not the design system's own widgets: they wrap a radio or a checkbox away from its label, which hides it.
        folders = [settings.BASE_DIR / "templates", Path(forms.__path__[0]) / "templates"]
        options = {"builtins": ["ami_portal.ui.templatetags.portal"]}
        return self.backend({"APP_DIRS": False, "DIRS": folders, "NAME": "portal-forms", "OPTIONS": options})


_RENDERER = PortalRenderer()


class PortalFormMixin:
    """`{{ form }}` is the whole form; `{% field form.name %}` one field of it. The browser's own checks are left out:
    its bubbles are in another language and vanish, ours stay beside the field."""

    default_renderer = _RENDERER
    use_required_attribute = False


class PortalForm(PortalFormMixin, forms.Form):
    """The base of every form that is not a row's."""


class PortalModelForm(PortalFormMixin, forms.ModelForm):
    """The base of every form that edits a row of configuration."""


class ConfirmForm(PortalForm):
    """No field: the page says what will be done, its button does it."""


class TextField(forms.CharField):
    """A text as typed, in NFC, without control or bidirectional marks."""

    def to_python(self, value: Any) -> Any:
        """Clean before lengths are checked."""
        return super().to_python(clean_text(value) if isinstance(value, str) else value)


class ReasonForm(ConfirmForm):
    """An act that must say why."""

    reason = TextField(label="Motif", max_length=4000, widget=forms.Textarea(attrs={"rows": 4}))


class EurosField(forms.DecimalField):
    """An amount as people type it: « 98 500,50 € », « 98500.50 », with any space."""

    default_error_messages = {
        "invalid": "Écrivez un montant en euros, par exemple 98 500,50.",
        "min_value": "Le montant est d’au moins un centime.",
        "max_decimal_places": "Un montant a deux décimales au plus.",
    }

    def __init__(self, **kwargs: Any) -> None:
        attrs = {"inputmode": "decimal", "autocomplete": "off", "class": "portal-euros"}
        defaults = {
            "max_digits": 12,
            "decimal_places": 2,
            "min_value": CENT,
            "localize": True,
            "widget": forms.TextInput(attrs=attrs),
        }
        super().__init__(**{**defaults, **kwargs})

    def to_python(self, value: Any) -> Decimal | None:
        """Spaces of every kind and the sign of the euro are left out before the number is read."""
        if isinstance(value, str):
            value = re.sub(r"[\s€]", "", value)
            if re.search(r"[^0-9.,+-]", value):  # « 1e3 » is a number for a machine only
                raise forms.ValidationError(self.error_messages["invalid"], code="invalid")
        return super().to_python(value)


class DayField(forms.DateField):
    """A day, by the browser's own picker, or typed « 16/09/2026 »."""

    def __init__(self, **kwargs: Any) -> None:
        widget = forms.DateInput(attrs={"type": "date"}, format="%Y-%m-%d")
        super().__init__(**{"widget": widget, "input_formats": ["%Y-%m-%d", "%d/%m/%Y"], **kwargs})


class InstantField(forms.Field):
    """An instant, by the browser's own picker, on the clock of Paris: the label says so."""

    FORMATS = ("%Y-%m-%dT%H:%M", "%Y-%m-%dT%H:%M:%S", "%d/%m/%Y %H:%M")

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": forms.DateTimeInput(attrs={"type": "datetime-local", "step": "1"}), **kwargs})

    def prepare_value(self, value: Any) -> Any:
        """What the picker reads."""
        if not isinstance(value, dt.datetime):
            return value
        local = clock.paris(value).replace(microsecond=0, tzinfo=None)
        return local.isoformat(timespec="seconds" if local.second else "minutes")

    def to_python(self, value: Any) -> dt.datetime | None:
        """The instant in UTC; a time that a change of hour skips or shows twice is refused."""
        if value in self.empty_values or isinstance(value, dt.datetime):
            return value or None
        for shape in self.FORMATS:
            try:
                typed = dt.datetime.strptime(str(value).strip(), shape)  # noqa: DTZ007 (placed on the clock below)
            except ValueError:
                continue
            try:
                return clock.from_paris(typed.date(), typed.time())
            except ValueError as error:
                raise forms.ValidationError(str(error)) from error
        raise forms.ValidationError("Écrivez un jour et une heure, par exemple 16/09/2026 12:00.")

    def has_changed(self, initial: Any, data: Any) -> bool:
        """Whether another time is shown."""
        try:
            typed = self.to_python(data)
        except forms.ValidationError:
            return True
        return bool(self.prepare_value(initial) != self.prepare_value(typed))


class PercentField(forms.DecimalField):
    """A share, from 0 to 100: « 12,5 »."""

    def __init__(self, **kwargs: Any) -> None:
        limits = {"min_value": 0, "max_value": 100, "max_digits": 5, "decimal_places": 2, "localize": True}
        widget = forms.TextInput(attrs={"inputmode": "decimal", "class": "portal-euros"})
        super().__init__(**{**limits, "widget": widget, **kwargs})


class _FilesInput(forms.ClearableFileInput):
    """The browser's own picker, of several files."""

    template_name = "django/forms/widgets/file.html"
    allow_multiple_selected = True


class FilesField(forms.FileField):
    """Several files: a list, empty when none was chosen. What is admitted is decided by the action that keeps them."""

    def __init__(self, **kwargs: Any) -> None:
        super().__init__(**{"widget": _FilesInput(), "allow_empty_file": True, **kwargs})

    def clean(self, data: Any, initial: Any = None) -> Any:
        """Each file for itself."""
        return [super(FilesField, self).clean(one, initial) for one in data or []]
