"""What a juror says of themselves, or the jury's secretary for them: organisations, ORCID, absences, fields, load."""

import datetime as dt
from dataclasses import dataclass

from django.db import transaction

from ami_portal.accounts.enums import Role
from ami_portal.accounts.models import User
from ami_portal.accounts.rules import holds
from ami_portal.audit import trail
from ami_portal.kernel import clock
from ami_portal.kernel.text import clean_text
from ami_portal.questionnaire.scholar import orcid_of
from ami_portal.questionnaire.siret import is_siren
from ami_portal.workflow import TransitionRefused
from applications.models import Call
from evaluation import seating
from evaluation.models import Absence, JurorProfile, JurorStay, Seat

from .assignment import MOST, NO_JUROR
from .conflicts import look_again_at
from .locks import refuse_unless_allowed

MAX_ROWS = 20
STALE = (
    "Ce profil a changé dans une autre fenêtre depuis que vous l’avez lu : vérifiez-le, puis enregistrez de nouveau."
)


@dataclass(frozen=True)
class SaidStay:
    """An organisation as it is typed; `until` None means to this day."""

    name: str
    siren: str
    since: dt.date
    until: dt.date | None


@dataclass(frozen=True)
class SaidSeat:
    """What a juror says that they bring to one call: fields by code, and how many dossiers at most."""

    call: Call
    fields: tuple[str, ...]
    offered: int | None


@dataclass(frozen=True)
class SaidProfile:
    """A profile as a whole: what it does not say is no longer said."""

    orcid: str
    stays: tuple[SaidStay, ...] = ()
    absences: tuple[tuple[dt.date, dt.date], ...] = ()
    seats: tuple[SaidSeat, ...] = ()


class StaleProfile(TransitionRefused):
    """The profile changed since it was read."""


@transaction.atomic
def set_profile(juror: User, said: SaidProfile, *, seen_version: int, actor: User) -> JurorProfile:
    """Record what is said of a juror; what ties them to the dossiers is looked for again.

    Raises StaleProfile when it was saved since it was read, TransitionRefused: someone who is neither the juror nor the
    jury's secretary, an ORCID or a SIREN with a wrong key, days that cross or are to come, a field of no call.
    """
    at = clock.now()
    User.objects.select_for_update().get(pk=juror.pk)
    refuse_unless_allowed(actor, "evaluation.edit_juror", juror)
    if not holds(juror, Role.JUROR):
        raise TransitionRefused(NO_JUROR)
    profile = JurorProfile.objects.filter(juror=juror).first() or JurorProfile(juror=juror, said_at=at)
    if profile.version != seen_version:
        raise StaleProfile(STALE)
    profile.orcid, profile.said_at = orcid_kept(said.orcid), at
    profile.version += 1
    if max(len(said.stays), len(said.absences)) > MAX_ROWS:
        raise TransitionRefused(f"Donnez {MAX_ROWS} lignes au plus.")
    stays = [
        JurorStay(juror=juror, name=stay.name, siren=stay.siren, since=stay.since, until=stay.until)
        for stay in checked(said.stays, clock.paris(at).date())
    ]
    absences = [_absence(juror, *days) for days in said.absences]
    profile.save()
    JurorStay.objects.filter(juror=juror).delete()
    JurorStay.objects.bulk_create(stays)
    Absence.objects.filter(juror=juror).delete()
    Absence.objects.bulk_create(absences)
    for seat in said.seats:
        _seat(juror, seat)
    trail.record("juror.set_profile", subject=juror.ref, actor=actor, at=at, number=profile.version)
    look_again_at(juror)
    return profile


def orcid_kept(typed: str) -> str:
    """An ORCID as it is kept. Raises TransitionRefused for a wrong key."""
    orcid = orcid_of(typed.strip()) if typed.strip() else ""
    if typed.strip() and not orcid:
        raise TransitionRefused("Cet ORCID n’existe pas : vérifiez ses seize caractères.")
    return orcid


def checked(stays: tuple[SaidStay, ...], today: dt.date) -> list[SaidStay]:
    """Organisations as they are kept. Raises TransitionRefused for one that cannot be."""
    return [_checked(stay, today) for stay in stays]


def _checked(said: SaidStay, today: dt.date) -> SaidStay:
    name, siren = clean_text(said.name).strip(), "".join(said.siren.split())
    if not name:
        raise TransitionRefused("Donnez le nom de chaque organisme.")
    if siren and not is_siren(siren):
        raise TransitionRefused(f"{name} : ce SIREN n’existe pas, vérifiez ses neuf chiffres.")
    if said.since > today or (said.until and said.until < said.since):
        raise TransitionRefused(f"{name} : donnez un début passé, et une fin qui vient après lui.")
    return SaidStay(name, siren, said.since, said.until)


def _absence(juror: User, first_on: dt.date, last_on: dt.date) -> Absence:
    if last_on < first_on:
        raise TransitionRefused(f"L’absence du {first_on:%d/%m/%Y} finit avant de commencer.")
    return Absence(juror=juror, first_on=first_on, last_on=last_on)


def _seat(juror: User, said: SaidSeat) -> None:
    """Fields and load of one call; what staff said of profiles and bounds stays."""
    rules = seating.rules_of(said.call)
    if rules is None or set(said.fields) - rules.labels.keys():
        raise TransitionRefused("Un domaine choisi n’est pas de cet appel : rechargez la page.")
    if said.offered is not None and not 0 <= said.offered <= MOST:
        raise TransitionRefused(f"Donnez un nombre de dossiers de 0 à {MOST}.")
    brought = {"fields": sorted(said.fields), "offered": said.offered}
    Seat.objects.update_or_create(call=said.call, juror=juror, defaults=brought)
