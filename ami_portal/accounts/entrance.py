"""allauth's forms in the words of the portal: labels, hints, no placeholder (a placeholder is no label)."""

from typing import Any

from allauth.account import forms
from django.forms import BaseForm

NEW_PASSWORD = "Au moins 12 caractères. Quelques mots à la suite font un bon mot de passe, facile à retenir."  # noqa: S105
ADDRESS = "Format attendu : nom@domaine.fr"
INVITED = "Si vous avez été invité à rejoindre un dossier, l’adresse qui a reçu l’invitation."

Words = dict[str, tuple[str, str]]


def _say(form: BaseForm, words: Words) -> None:
    for name, (label, hint) in words.items():
        field = form.fields[name]
        field.label, field.help_text = label, hint
        field.widget.attrs.pop("placeholder", None)
    form.use_required_attribute = False


class LoginForm(forms.LoginForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"login": ("Adresse électronique", ADDRESS), "password": ("Mot de passe", "")})


class SignupForm(forms.SignupForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self,
            {
                "email": ("Adresse électronique", INVITED),
                "password1": ("Mot de passe", NEW_PASSWORD),
                "password2": ("Le même mot de passe, une seconde fois", ""),
            },
        )


class ResetPasswordForm(forms.ResetPasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(self, {"email": ("Adresse électronique", ADDRESS)})


class ResetPasswordKeyForm(forms.ResetPasswordKeyForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        _say(
            self, {"password1": ("Nouveau mot de passe", NEW_PASSWORD), "password2": ("Le même, une seconde fois", "")}
        )


class ChangePasswordForm(forms.ChangePasswordForm):
    def __init__(self, *args: Any, **kwargs: Any) -> None:
        super().__init__(*args, **kwargs)
        words = {"password1": ("Nouveau mot de passe", NEW_PASSWORD), "password2": ("Le même, une seconde fois", "")}
        _say(self, {"oldpassword": ("Mot de passe actuel", ""), **words})
