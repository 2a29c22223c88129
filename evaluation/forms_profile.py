"""The forms of a juror's profile: who they are to research, where they work and worked, what they can review."""

from typing import Any

from django import forms
from django.forms import formset_factory

from ami_portal.accounts.models import User
from ami_portal.questionnaire.scholar import orcid_of
from ami_portal.questionnaire.siret import is_siren
from ami_portal.ui.forms import DayField, PortalForm, TextField
from applications.models import Call

from . import seating
from .actions.assignment import MOST
from .actions.jurors import MAX_ROWS, SaidProfile, SaidSeat, SaidStay
from .models import Seat

EMPTY_ROWS = 2


class IdentityForm(PortalForm):
    """The ORCID, and the version of the profile that is shown."""

    version = forms.IntegerField(widget=forms.HiddenInput)
    orcid = TextField(label="ORCID", required=False, max_length=60, help_text="Exemple : 0000-0002-1825-0097.")

    def clean_orcid(self) -> str:
        """With its dashes; a wrong key is said beside the field."""
        typed = str(self.cleaned_data["orcid"]).strip()
        if typed and not orcid_of(typed):
            raise forms.ValidationError("Cet ORCID n’existe pas : vérifiez ses seize caractères.")
        return orcid_of(typed)


class StayForm(PortalForm):
    """One organisation; a row whose name is emptied goes."""

    name = TextField(label="Organisme", required=False, max_length=200, help_text="Et le laboratoire ou le service.")
    siren = TextField(label="SIREN", required=False, max_length=20, help_text="Neuf chiffres.")
    since = DayField(label="Depuis le", required=False, help_text="Même approché.")
    until = DayField(label="Jusqu’au", required=False, help_text="Vide : vous y êtes encore.")

    def clean(self) -> dict[str, Any]:
        """What a row that names an organisation must say."""
        said: dict[str, Any] = super().clean() or {}
        siren, since, until = "".join(str(said.get("siren", "")).split()), said.get("since"), said.get("until")
        if not said.get("name") and (siren or since or until) and not self.initial:
            self.add_error("name", "Donnez le nom de l’organisme.")
        if said.get("name"):
            if "since" not in self.errors and since is None:
                self.add_error("since", "Donnez la date de début, même approchée.")
            if siren and not is_siren(siren):
                self.add_error("siren", "Ce SIREN n’existe pas : vérifiez ses neuf chiffres.")
            if since and until and until < since:
                self.add_error("until", "La fin vient avant le début.")
        return said


class AbsenceForm(PortalForm):
    """Days away, both included; a row whose days are emptied goes."""

    first_on = DayField(label="Du", required=False)
    last_on = DayField(label="Au", required=False)

    def clean(self) -> dict[str, Any]:
        """Both days, in order."""
        said: dict[str, Any] = super().clean() or {}
        first, last = said.get("first_on"), said.get("last_on")
        if bool(first) != bool(last) and not self.errors:
            self.add_error("last_on" if first else "first_on", "Donnez les deux jours.")
        if first and last and last < first:
            self.add_error("last_on", "Le dernier jour vient avant le premier.")
        return said


class OfferForm(PortalForm):
    """What a juror brings to one call."""

    known = forms.MultipleChoiceField(
        label="Vos domaines", required=False, widget=forms.CheckboxSelectMultiple, help_text="Ceux de l’appel."
    )
    offered = forms.IntegerField(
        label="Combien de dossiers au plus ?",
        required=False,
        min_value=0,
        max_value=MOST,
        help_text="Vide : comme l’appel.",
    )

    def __init__(self, call: Call, seat: Seat | None, data: Any = None) -> None:
        initial = {"known": seat.fields, "offered": seat.offered} if seat else {}
        super().__init__(data, prefix=call.code, initial=initial)
        self.call = call
        rules = seating.rules_of(call)
        known: Any = self.fields["known"]
        known.choices = list(rules.labels.items()) if rules else []


class ProfileForms:
    """Every form of the page, filled with what is kept, or with what was sent."""

    def __init__(self, juror: User, data: Any = None) -> None:
        profile = getattr(juror, "juror_profile", None)
        known = {"version": profile.version if profile else 0, "orcid": profile.orcid if profile else ""}
        stays = [{name: getattr(row, name) for name in StayForm.base_fields} for row in juror.juror_stays.all()]
        absences = [
            {name: getattr(row, name) for name in AbsenceForm.base_fields} for row in juror.juror_absences.all()
        ]
        self.identity = IdentityForm(data, initial=known)
        self.stays = rows_of(StayForm, data, stays, "organismes")
        self.absences = rows_of(AbsenceForm, data, absences, "absences")
        seats = {seat.call_id: seat for seat in juror.seats.all()}
        self.offers = [OfferForm(call, seats.get(call.pk), data) for call in calls_to_serve()]
        self.said_at = profile.said_at if profile else None
        self.stored: list[str] = []

    def show_stored(self, juror: User) -> None:
        """Beside what was typed, what another window kept meanwhile: the next save replaces it."""
        kept = ProfileForms(User.objects.get(pk=juror.pk))
        typed: Any = self.identity.data
        self.identity.data = {**typed.dict(), "version": kept.identity.initial["version"]}
        rows = [form.initial for form in kept.stays if form.initial]
        orcid = [f"ORCID {kept.identity.initial['orcid']}"] if kept.identity.initial["orcid"] else []
        self.stored = [*orcid, *(f"{row['name']}, depuis le {row['since']:%d/%m/%Y}" for row in rows)]

    def all(self) -> list[Any]:
        """In the order of the page."""
        return [self.identity, *self.stays, *self.absences, *self.offers]

    def is_valid(self) -> bool:
        """Whether what was sent can be recorded; each form tells what is to be mended."""
        wrong = [form for form in (self.stays, self.absences, *self.all()) if not form.is_valid()]
        return not wrong

    def said(self) -> SaidProfile:
        """What valid forms say."""
        absences = [form.cleaned_data for form in self.absences if form.cleaned_data.get("first_on")]
        return SaidProfile(
            self.identity.cleaned_data["orcid"],
            said_stays(self.stays),
            tuple((row["first_on"], row["last_on"]) for row in absences),
            tuple(
                SaidSeat(form.call, tuple(form.cleaned_data["known"]), form.cleaned_data["offered"])
                for form in self.offers
            ),
        )


def rows_of(form: type[PortalForm], data: Any, initial: list[dict[str, Any]], prefix: str) -> Any:
    """Two empty rows under those that are kept."""
    rows: Any = formset_factory(form, extra=EMPTY_ROWS, max_num=MAX_ROWS, absolute_max=MAX_ROWS + EMPTY_ROWS)
    return rows(data, initial=initial, prefix=prefix)


def said_stays(rows: Any) -> tuple[SaidStay, ...]:
    """What valid rows say; those without a name say nothing."""
    said = (form.cleaned_data for form in rows)
    return tuple(
        SaidStay(row["name"], "".join(row["siren"].split()), row["since"], row["until"])
        for row in said
        if row.get("name")
    )


def calls_to_serve() -> list[Call]:
    """The calls that ask fields of their jurors, and whose results are not out."""
    waiting = Call.objects.filter(results_published_at=None).order_by("closes_at", "code")
    return [call for call in waiting if seating.rules_of(call)]
