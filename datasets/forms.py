"""The search of the catalogue."""

from typing import Any

from django import forms
from django.db.models import QuerySet

from ami_portal.accounts.models import Organisation
from ami_portal.ui.forms import PortalForm, TextField


class SearchForm(PortalForm):
    """Words and a partner; both may be left out."""

    q = TextField(label="Mots recherchés", required=False, max_length=100)
    partner = forms.ModelChoiceField(
        label="Partenaire",
        queryset=Organisation.objects.none(),
        to_field_name="code",
        required=False,
        empty_label="Tous les partenaires",
    )

    def __init__(self, *args: Any, partners: QuerySet[Organisation], **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        self.fields["partner"].queryset = partners  # type: ignore[attr-defined]
