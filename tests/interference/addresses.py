"""Every address of the resolver, of every object that fits it, one's own and the others'."""

from collections.abc import Iterable, Iterator
from itertools import product
from typing import Any
from uuid import UUID

from django.urls import URLPattern, URLResolver, get_resolver, reverse

from ami_portal.accounts.models import Organisation, RoleGrant
from ami_portal.documents.models import SealCertificate
from ami_portal.notifications.models import Message
from applications.models import Attachment, Dossier, MessageFile
from evaluation.models import AppealFile
from tests.architecture.world import mailbox_key

from .crawl import Place
from .world import World

NOWHERE = UUID(int=0)
SEARCHES = {
    "datasets:dataset_list": ["q=Codirection"],
    "admin:applications_dossier_changelist": ["q=Rechutes", "q=Univ", "etape=laureate"],
    "admin:audit_auditevent_changelist": ["q=JURY-0001", "q=Martin"],
    "admin:notifications_message_changelist": ["q=JURY-0001", "q=lab.example"],
    "admin:staff_journal": ["lectures=non"],
    "admin:staff_ranking": ["tri=mean&sens=desc"],
}
"""Questions put to the addresses that search, sort or filter."""
ABOUT_A_CONVENTION = ("funding:", "admin:funding_convention_")
ABOUT_A_LAUREATE = (
    "funding:grant_renounce",
    "admin:funding_convention_prepare",
    "admin:funding_convention_renounce",
)


def patterns(found: Any = None, space: tuple[str, ...] = ()) -> Iterator[tuple[str, tuple[str, ...]]]:
    """The name of each address, with its name space, and its parameters."""
    for pattern in get_resolver().url_patterns if found is None else found:
        if isinstance(pattern, URLResolver):
            yield from patterns(pattern.url_patterns, (*space, *([pattern.namespace] if pattern.namespace else [])))
        elif isinstance(pattern, URLPattern) and pattern.name:
            names = pattern.pattern.converters or pattern.pattern.regex.groupindex
            yield ":".join([*space, pattern.name]), tuple(names)


STAFF = ("grants", "accounts", "steward", "administrator", "instructor", "secretary")
OTHERS = ("paul", "other_partner", "recused")
"""The second of their role: what differs between the two is what is theirs."""
ROOMS = ("applications:", "evaluation:", "funding:")


def places(world: World, people: Iterable[str]) -> list[Place]:
    """Every address of every object, for each of these people.

    The admin's addresses are each asked once: to whoever has no duty it is one closed door, whatever the object, and to
    STAFF it is about the first dossier. The staff are not asked for the rest, where they are people like others, nor
    OTHERS for what is public and what is the admin's.
    """
    inside: set[tuple[str, str]] = set()
    outside: set[tuple[str, str]] = set()
    for name, given in addresses(world):
        pages = {(name, url) for url in _asked(name, reverse(name, kwargs=given))}
        if not name.startswith("admin:"):
            outside |= pages
        elif not any(known == name for known, _ in inside):
            inside |= pages
    rooms = {page for page in outside if page[0].startswith(ROOMS)}
    asked = dict.fromkeys(STAFF, inside) | dict.fromkeys(OTHERS, rooms)
    return [Place(one, *page) for one in people for page in sorted(asked.get(one, inside | outside))]


def _asked(name: str, url: str) -> list[str]:
    return [url, *(f"{url}?{query}" for query in SEARCHES.get(name, ()))]


def addresses(world: World) -> Iterator[tuple[str, dict[str, Any]]]:
    """The name of every address with the parameters of every object. Raises LookupError where no object fits."""
    for name, params in patterns():
        found = list(_objects(world, name, params))
        if not found:
            raise LookupError(f"no object for {name}: {params}")
        for given in found:
            yield name, given


def _objects(world: World, name: str, params: tuple[str, ...]) -> Iterator[dict[str, Any]]:
    for about in _subjects(world, name) if "ref" in params else [None]:
        ref = world.convention.ref if about and _is_of_a_convention(name) else getattr(about, "ref", "")
        values = [[ref] if param == "ref" else _values(world, name, param, about) for param in params]
        for one in product(*values):
            yield dict(zip(params, one, strict=True))


def _is_of_a_convention(name: str) -> bool:
    return name.startswith(ABOUT_A_CONVENTION) and name not in ABOUT_A_LAUREATE


def _subjects(world: World, name: str) -> list[Dossier]:
    """The dossiers that an address is asked about: those where there is something to learn."""
    room, _, page = name.rpartition(":")
    if room == "funding" or _is_of_a_convention(name) or name in ABOUT_A_LAUREATE:
        return [world.paid, world.first] if page.endswith("renounce") else [world.paid]
    if room == "admin":
        return [world.examined if page == "staff_dossier" else world.first]
    found = [world.draft, world.first] if room == "applications" else [world.first]
    if page in EACH:
        found.append(world.second)
    if page in OF_A_REFUSAL:
        found.append(world.refused)
    return found


EACH = (
    *("dossier_detail", "dossier_messages", "dossier_section", "file_download", "review_score", "review_declare"),
    *("opinion_detail", "dossier_outcome", "letter_download"),
)
OF_A_REFUSAL = ("dossier_outcome", "letter_download", "dossier_appeal", "appeal_receipt", "appeal_file")
"""Pages asked also about the second dossier, and about one that was refused."""


def _values(world: World, name: str, param: str, about: Dossier | None) -> list[Any]:
    """What a parameter of an address may be, for a dossier where it is about one."""
    match param, about:
        case "code", None:
            return _codes(world, name)
        case "code", _:
            return ["DURATION"] if "criterion" in name else _datasets(about)
        case "uuid", None:
            return [NOWHERE]
        case "uuid", _:
            return _documents(name, about) or [NOWHERE]
        case "question", _:
            return ["protocol_file", "title"] if about else ["protocol_file"]
        case "object_id" | "pk", _:
            return _keys(world, name)
        case "version", _:
            return list(world.first.dossier_datasets.values_list("version__version", flat=True)[:1])
        case "key", _:
            mail = mailbox_key(Message.objects.order_by("pk").first())
            return [mail if name == "mailbox_message" else "MQ:1abcde:unknown"]
        case "kind", _:
            return ["dossier" if name == "admin:staff_version_document" else "tax_certificate"]
        case "juror", _:
            return [world.people["juror"].ref, world.people["peer"].ref]
        case "sha256", _:
            return list(SealCertificate.objects.values_list("sha256", flat=True))
    return [FIXED[param]] if param in FIXED else []


FIXED = {
    "section": "lead",
    "chapter": "textes",
    "article": "a1",
    "column": "name",
    "row": NOWHERE,
    "number": 1,
    "line": 1,
    "uidb36": "1",
    "app_label": "accounts",
}


def _codes(world: World, name: str) -> list[str]:
    if name.startswith(("datasets:", "admin:datasets_")):
        return _datasets(world.first)
    if name == "admin:staff_resend":
        return [mailbox_key(message) for message in Message.objects.order_by("pk")[:1]]
    if name.startswith(("admin:staff_form", "applications:")) or name == "call_template":
        return ["OUVERT"]
    return ["JURY", "PASSE"] if ":" in name else ["JURY", "OUVERT", "PASSE"]


def _datasets(dossier: Dossier) -> list[str]:
    return list(
        dossier.dossier_datasets.order_by("version__dataset__code").values_list("version__dataset__code", flat=True)
    )


def _documents(name: str, about: Dossier) -> list[UUID]:
    if "message_file" in name:
        rows = MessageFile.objects.filter(message__dossier=about)
    elif "appeal_file" in name:
        rows = AppealFile.objects.filter(appeal__dossier=about)
    else:
        rows = Attachment.objects.filter(dossier=about)
    return list(rows.order_by("pk").values_list("document__uuid", flat=True)[:2])


def _keys(world: World, name: str) -> list[int]:
    if "datasets_datasetversion" in name:
        return list(world.first.dossier_datasets.values_list("version_id", flat=True)[:1])
    if "datasets_dataset" in name:
        return list(world.first.dossier_datasets.values_list("version__dataset_id", flat=True)[:1])
    if "rolegrant" in name:
        return list(RoleGrant.objects.filter(user=world.people["peer"]).values_list("pk", flat=True))
    if "organisation" in name:
        return list(Organisation.objects.order_by("pk").values_list("pk", flat=True)[:1])
    return [world.people["peer"].pk]
