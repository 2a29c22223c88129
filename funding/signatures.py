"""What a signed copy proves: who signed, when, over what, by which certificate; and why it may not be accepted."""

import datetime as dt
from dataclasses import dataclass
from typing import Any

from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Examination

from .enums import CopyState
from .models import Amendment, Convention, SignedCopy

WAITING = "Le contrôle du fichier n’est pas fini : attendez quelques secondes, puis rechargez la page."
NONE = (
    "Ce PDF ne porte aucune signature électronique. S’il a été imprimé, signé à la main et numérisé, "
    "déposez-le comme tel."
)
ALTERED = (
    "Ce PDF a été modifié après une signature : ce qu’il montre n’est plus ce qui a été signé. "
    "Demandez un exemplaire intact."
)
OTHER = (
    "Ce PDF ne contient pas, à l’octet près, le document qui était à signer : un autre texte a pu être signé. "
    "Signez le fichier téléchargé ici sans l’imprimer, le réenregistrer ni le modifier."
)
MOVED = (
    "Ce PDF commence par le document à signer, mais autre chose qu’une signature y a été ajouté : "
    "ses pages ne montrent plus le même texte."
)


@dataclass(frozen=True)
class Signature:
    """One signature as its certificate and its own clock say."""

    name: str
    organisation: str
    issuer: str
    at: dt.datetime | None
    is_intact: bool
    is_whole: bool
    changed_after: bool
    is_trusted: bool
    is_self_signed: bool
    is_stamped: bool
    is_in_its_time: bool

    @property
    def trust(self) -> str:
        """What the certificate is worth, in words."""
        if self.is_trusted:
            return "certificat d’une autorité reconnue par l’opérateur"
        if self.is_self_signed:
            return "certificat fait par le signataire lui-même : rien ne prouve son identité"
        return "certificat d’une autorité que l’opérateur ne connaît pas"

    @property
    def clock(self) -> str:
        """Who says when."""
        return "date d’un horodatage" if self.is_stamped else "date déclarée par le poste du signataire"


@dataclass(frozen=True)
class Evidence:
    """What is known of a copy. `obstacle` says why it cannot be accepted, empty when a person may."""

    copy: SignedCopy
    signatures: tuple[Signature, ...]
    obstacle: str

    @property
    def is_unknown(self) -> bool:
        """Whether a certificate is not that of a known authority: a person decides."""
        return any(not one.is_trusted for one in self.signatures)

    @property
    def last_at(self) -> dt.datetime | None:
        """When the last signature says that it was made."""
        return max((one.at for one in self.signatures if one.at), default=None)


def evidence(copy: SignedCopy) -> Evidence:
    """What the examination of a copy found."""
    examined = Examination.objects.filter(document=copy.document_id).first()
    facts: dict[str, Any] = examined.facts.get("signatures") or {} if examined else {}
    found = tuple(_signature(raw) for raw in facts.get("found", ()))
    return Evidence(copy, found, _obstacle(copy, facts, found))


def _obstacle(copy: SignedCopy, facts: dict[str, Any], found: tuple[Signature, ...]) -> str:
    document = copy.document
    if document.verdict == Verdict.PENDING:
        return WAITING
    if document.verdict == Verdict.REFUSED:
        return document.verdict_reason
    if copy.is_paper:
        return ""
    if not facts.get("begins"):
        return OTHER
    if facts.get("altered") and found:
        return ALTERED
    if not facts.get("contains"):
        return MOVED
    return "" if found else NONE


def _signature(raw: dict[str, Any]) -> Signature:
    return Signature(
        name=raw["name"],
        organisation=raw["organisation"],
        issuer=raw["issuer"],
        at=dt.datetime.fromisoformat(raw["at"]) if raw["at"] else None,
        is_intact=raw["intact"],
        is_whole=raw["whole"],
        changed_after=raw["changed_after"],
        is_trusted=raw["trusted"],
        is_self_signed=raw["self_signed"],
        is_stamped=raw["stamped"],
        is_in_its_time=raw["in_its_time"],
    )


def copies_of(convention: Convention, amendment: Amendment | None = None) -> list[Evidence]:
    """Every copy of a convention, or of one of its amendments, with its evidence, in order."""
    rows = convention.signed_copies.filter(amendment=amendment)
    return [evidence(copy) for copy in rows.select_related("document", "sent_by", "decided_by").order_by("number")]


def accepted(convention: Convention, amendment: Amendment | None = None) -> list[SignedCopy]:
    """The copies that count: the beneficiary's, the operator's, in the order in which they were sent."""
    rows = convention.signed_copies.filter(amendment=amendment, state=CopyState.ACCEPTED)
    return list(rows.select_related("document").order_by("number"))
