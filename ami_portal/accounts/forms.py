"""Forms of accounts."""

from django import forms

from .models import User


class SignupForm(forms.Form):
    """What a new account says of the person, besides the address and the password."""

    first_name = forms.CharField(label="Prénom", max_length=100)
    last_name = forms.CharField(label="Nom", max_length=100)

    def signup(self, request: object, user: User) -> None:
        """Called by allauth once the account is made."""
        user.first_name, user.last_name = self.cleaned_data["first_name"], self.cleaned_data["last_name"]
        user.save(update_fields=["first_name", "last_name"])
