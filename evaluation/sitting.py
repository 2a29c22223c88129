"""Who sits on the jury of a call, under which letter, and who stands aside from which dossier."""

from collections.abc import Iterable, Mapping
from hashlib import sha256

from django.db.models import Exists, OuterRef, Q, QuerySet

from ami_portal.accounts.models import User
from applications.models import Call

from .models import Review, Seat
from .rules.aside import jurors_aside

_LETTERS = "ABCDEFGHIJKLMNOPQRSTUVWXYZ"


def members_of(call: Call) -> QuerySet[User]:
    """The members of a call's jury: whoever was entrusted with a dossier of it, or was given a seat."""
    entrusted = Review.objects.filter(juror=OuterRef("pk"), dossier__call=call)
    seated = Seat.objects.filter(juror=OuterRef("pk"), call=call)
    return User.objects.filter(Q(Exists(entrusted)) | Q(Exists(seated))).order_by("last_name", "first_name", "pk")


def letters_of(members: Iterable[User]) -> dict[int, str]:
    """The letter of each member, by key: nobody tells from it who they are, and it is the same at each reading."""
    shuffled = sorted(members, key=lambda member: sha256(member.device_key.encode()).digest())
    return {member.pk: letter(place) for place, member in enumerate(shuffled)}


def letter(place: int) -> str:
    """A, B… Z, then AA, AB…"""
    return (letter(place // 26 - 1) if place >= 26 else "") + _LETTERS[place % 26]


def standing_aside(call: Call) -> Mapping[int, frozenset[int]]:
    """The members who leave the room for each dossier of a call, by keys; a dossier that nobody leaves is not in it."""
    return jurors_aside(call.dossiers.values_list("pk", flat=True), members_of(call))
