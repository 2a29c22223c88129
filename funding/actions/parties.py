"""Name the parties around a grant, each with its own role; receive the agreement of a consortium."""

import datetime as dt
import re
from dataclasses import dataclass

from django.core.files.uploadedfile import UploadedFile
from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import sniff, store
from ami_portal.documents.enums import Verdict
from ami_portal.documents.models import Document
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import clean_text, folded
from ami_portal.questionnaire import siret as sirets
from ami_portal.workflow import TransitionRefused
from funding.agreement import closed_sentence
from funding.enums import ConventionState, PartyRole
from funding.models import ConsortiumAgreement, Convention, GrantParty

from .signature import content_of

MAX_NAME, MAX_PARTIES, MAX_SENT = 200, 60, 20
ALONE = (PartyRole.LEAD, PartyRole.MANAGER, PartyRole.SIGNATORY)
"""The roles that one party holds at a time."""


@dataclass(frozen=True)
class Named:
    """Who is named. A delegation is a document and its last day, or neither."""

    name: str
    organisation: str = ""
    siret: str = ""
    delegation: UploadedFile | None = None
    delegation_until: dt.date | None = None


@transaction.atomic
def name_party(convention: Convention, role: str, named: Named, *, actor: User) -> GrantParty:
    """Name a party of a convention; who manages, or who signs, takes the place of the former one, which is kept.

    Raises TransitionRefused (no right, without a convention under way, no name, a wrong SIRET, a signatory who leads
    the science, a delegation without its last day or one that is over) and FileRefused.
    """
    at = clock.now()
    current = _running(convention, actor)
    name, organisation = (" ".join(clean_text(text).split()) for text in (named.name, named.organisation))
    siret = re.sub(r"\s", "", named.siret)
    _refuse(current, role, name, siret, named, clock.paris(at).date())
    if role in ALONE:
        current.parties.filter(role=role, ended_at=None).update(ended_at=at)
    elif current.parties.filter(ended_at=None).count() >= MAX_PARTIES:
        raise TransitionRefused("Les parties sont trop nombreuses.")
    document = _keep(current, named.delegation, "delegation", at, actor) if named.delegation else None
    party = GrantParty.objects.create(
        convention=current,
        number=current.parties.count() + 1,
        role=PartyRole(role),
        name=name,
        organisation=organisation,
        siret=siret,
        delegation=document,
        delegation_until=named.delegation_until if document else None,
        named_at=at,
        named_by=actor,
    )
    if role == PartyRole.LEAD:
        current.scientific_lead = ", ".join(filter(None, (name, organisation)))[:MAX_NAME]
        current.save(update_fields=["scientific_lead"])
    trail.record("party.name", subject=current.ref, actor=actor, at=at, role=str(party.get_role_display()), name=name)
    return party


def _refuse(convention: Convention, role: str, name: str, siret: str, named: Named, today: dt.date) -> None:
    if not 0 < len(name) <= MAX_NAME or len(named.organisation) > MAX_NAME:
        raise TransitionRefused(f"Un nom est attendu, en {MAX_NAME} caractères au plus.")
    if siret and not sirets.is_siret(siret):
        raise TransitionRefused("Ce SIRET n’existe pas : vérifiez ses quatorze chiffres.")
    if role == PartyRole.LEAD and convention.signed_on:
        raise TransitionRefused("Le responsable scientifique d’une convention signée change par un avenant.")
    other = {PartyRole.SIGNATORY: PartyRole.LEAD, PartyRole.LEAD: PartyRole.SIGNATORY}.get(PartyRole(role))
    standing = convention.parties.filter(role=other, ended_at=None).values_list("name", flat=True)
    if folded(name) in map(folded, standing):
        raise TransitionRefused("Qui conduit la recherche n’engage pas l’organisme : un autre signe.")
    if bool(named.delegation) != bool(named.delegation_until):
        raise TransitionRefused("Une délégation de signature est un document et son dernier jour de validité.")
    if named.delegation and role != PartyRole.SIGNATORY:
        raise TransitionRefused("Seul un signataire a une délégation de signature.")
    if named.delegation_until and named.delegation_until < today:
        raise TransitionRefused("Cette délégation de signature n’est plus valable.")


@transaction.atomic
def end_party(party: GrantParty, *, actor: User) -> None:
    """Take a partner out, which is kept with its dates. Raises TransitionRefused: no right, out already."""
    at = clock.now()
    current = _running(party.convention, actor)
    found = current.parties.select_for_update(of=("self",)).get(pk=party.pk)
    if found.ended_at:
        raise TransitionRefused("Cette partie est déjà retirée.")
    found.ended_at = at
    found.save(update_fields=["ended_at"])
    trail.record(
        "party.end", subject=current.ref, actor=actor, at=at, role=str(found.get_role_display()), name=found.name
    )


@transaction.atomic
def send_consortium_agreement(convention: Convention, uploaded: UploadedFile, *, actor: User) -> ConsortiumAgreement:
    """Send the agreement of the consortium; the former ones stay. Raises TransitionRefused and FileRefused."""
    at = clock.now()
    locked = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call")
    current = locked.get(pk=convention.pk)
    if not allowed(actor, "funding.send_piece", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if current.state == ConventionState.CLOSED:
        raise TransitionRefused(closed_sentence(current))
    if current.consortium_agreements.count() >= MAX_SENT:
        raise TransitionRefused("Cet accord a été envoyé trop de fois : écrivez au contact de l’appel.")
    document = _keep(current, uploaded, "consortium_agreement", at, actor)
    trail.record("consortium.send", subject=current.ref, actor=actor, at=at, sha256=document.sha256)
    return ConsortiumAgreement.objects.create(convention=current, document=document, sent_at=at, sent_by=actor)


def _keep(convention: Convention, uploaded: UploadedFile, kind: str, at: dt.datetime, actor: User) -> Document:
    document = store.keep(
        kind,
        subject=convention.ref,
        content=content_of(uploaded),
        filename=f"{convention.ref}-{kind}.pdf",
        media_type=sniff.PDF,
        at=at,
        actor=actor,
        verdict=Verdict.PENDING,
    )
    later("documents.inspect", document_id=document.pk)
    return document


def _running(convention: Convention, actor: User) -> Convention:
    locked = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call")
    current = locked.get(pk=convention.pk)
    if not allowed(actor, "funding.name_parties", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if current.state in (ConventionState.CLOSED, ConventionState.TERMINATED):
        raise TransitionRefused(f"Action impossible : la convention est « {current.get_state_display()} ».")
    return current
