"""Forms of accounts."""

from django import forms

from ami_portal.ui.forms import TextField

from .models import User


def _name(kind: str) -> forms.TextInput:
    return forms.TextInput(attrs={"autocomplete": kind})


class SignupForm(forms.Form):
    """What a new account says of the person, besides the address and the password."""

    first_name = TextField(label="Prénom", max_length=100, widget=_name("given-name"))
    last_name = TextField(label="Nom", max_length=100, widget=_name("family-name"))

    def signup(self, request: object, user: User) -> None:
        """Called by allauth once the account is made."""
        user.first_name, user.last_name = self.cleaned_data["first_name"], self.cleaned_data["last_name"]
        user.save(update_fields=["first_name", "last_name"])
