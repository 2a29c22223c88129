"""Amendments: prepared by the operator, signed by both parties as the convention was, in force from that day."""

import datetime as dt
from collections.abc import Mapping
from dataclasses import dataclass, field
from decimal import Decimal

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import pdf, seal, store
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.money import ZERO, in_words
from ami_portal.kernel.permissions import allowed
from ami_portal.kernel.text import clean_text
from ami_portal.ui import wording
from ami_portal.workflow import TransitionRefused, advance, given_reason
from funding import amending, consolidation, notifications, signatures
from funding.consolidation import regulation_of, terms_of
from funding.enums import AmendmentState, ConventionState, CopyState, InstalmentState, Party
from funding.models import Amendment, AmendmentLine, BudgetTransfer, Convention, SignedCopy
from funding.terms import Terms, Transfer, moved, over_cap, within_tolerance
from funding.workflow import ABANDON_AMENDMENT, SIGN_AMENDMENT

from .amounts import adjust_amount
from .copies import void_copies

MAX_REASON, MAX_LEAD, MAX_SIGNATORY = 4000, 200, 200


@dataclass(frozen=True)
class Wanted:
    """What an amendment would change; nothing said, nothing changed. Amounts are euros."""

    ends_on: dt.date | None = None
    amount: Decimal | None = None
    lead: str = ""
    budget: Mapping[str, Decimal] = field(default_factory=dict)


@transaction.atomic
def prepare_amendment(convention: Convention, wanted: Wanted, *, reason: str, actor: User) -> Amendment:
    """Prepare an amendment of a signed convention; a job renders its document, then tells the team.

    Raises TransitionRefused: no right, not signed, one is open, no reason, nothing changes, an end, an amount or a
    budget that the regulation of the convention does not allow.
    """
    at = clock.now()
    current = _signed(convention, actor, "funding.amend_convention")
    if current.amendments.filter(state=AmendmentState.PREPARED).exists():
        raise TransitionRefused("Un avenant est déjà en préparation : faites-le signer, ou abandonnez-le d’abord.")
    reason = given_reason(reason, MAX_REASON, empty="Donnez le motif de l’avenant.")
    today = clock.paris(at).date()
    terms = terms_of(current, today)
    lead = " ".join(clean_text(wanted.lead).split())
    budget = dict(wanted.budget) if wanted.budget != terms.budget else {}
    if not (wanted.ends_on or wanted.amount is not None or lead or budget):
        raise TransitionRefused("L’avenant ne change rien : dites ce qu’il prolonge, déplace ou remplace.")
    _refuse(current, terms, wanted, lead, budget, today)
    amendment = Amendment.objects.create(
        convention=current,
        number=current.amendments.count() + 1,
        reason=reason,
        old_ends_on=terms.ends_on if wanted.ends_on else None,
        new_ends_on=wanted.ends_on,
        old_amount=terms.amount if wanted.amount is not None else None,
        new_amount=wanted.amount,
        old_lead=terms.lead if lead else "",
        new_lead=lead,
        prepared_at=at,
        prepared_by=actor,
    )
    AmendmentLine.objects.bulk_create(
        AmendmentLine(amendment=amendment, category=code, amount=amount) for code, amount in budget.items()
    )
    later("funding.build_amendment", amendment_id=amendment.pk)
    trail.record("amendment.prepare", subject=amendment.ref, actor=actor, at=at, reason=reason)
    return amendment


def _refuse(
    convention: Convention,
    terms: Terms,
    wanted: Wanted,
    lead: str,
    budget: Mapping[str, Decimal],
    today: dt.date,
) -> None:
    rules = regulation_of(convention)
    if wanted.ends_on:
        _refuse_end(convention, terms, wanted.ends_on, rules, today)
    if wanted.amount is not None:
        if wanted.amount <= 0 or wanted.amount == terms.amount:
            raise TransitionRefused("Le nouveau montant est positif, et différent du montant d’aujourd’hui.")
        if wanted.amount > Decimal(rules["max_grant"]):
            raise TransitionRefused("Le nouveau montant dépasse le plafond de l’appel.")
    if lead and (lead == terms.lead or len(lead) > MAX_LEAD):
        raise TransitionRefused("Le responsable scientifique est le même, ou son nom est trop long.")
    if budget:
        _refuse_budget(terms, budget, rules, terms.amount if wanted.amount is None else wanted.amount)


def _refuse_end(
    convention: Convention, terms: Terms, ends_on: dt.date, rules: Mapping[str, object], today: dt.date
) -> None:
    if terms.ends_on is None or ends_on <= terms.ends_on:
        raise TransitionRefused("La nouvelle fin vient après celle d’aujourd’hui.")
    if today > terms.ends_on:
        raise TransitionRefused(f"Le projet a pris fin le {wording.day(terms.ends_on)} : il ne se prolonge plus.")
    last = amending.last_end(convention, rules)
    if ends_on > last:
        raise TransitionRefused(f"Le règlement ne permet pas de prolonger au-delà du {wording.day(last)}.")


def _refuse_budget(terms: Terms, budget: Mapping[str, Decimal], rules: Mapping[str, object], amount: Decimal) -> None:
    categories = amending.categories(rules)
    if not set(budget) <= set(categories) or any(value < 0 for value in budget.values()):
        raise TransitionRefused("Le budget a des dépenses positives, dans les catégories du règlement.")
    total = sum(budget.values(), ZERO)
    if total < amount:
        raise TransitionRefused(f"Le budget, {in_words(total)}, est inférieur à l’aide, {in_words(amount)}.")
    if amount == terms.amount and total != terms.total:
        raise TransitionRefused(
            f"Le budget compte {in_words(total)}, et {in_words(terms.total)} aujourd’hui : un transfert garde le total."
        )
    if above := over_cap(budget, amending.caps(rules)):
        raise TransitionRefused(f"« {categories[above[0]]} » dépasse le plafond du règlement.")


def build_amendment(*, amendment_id: int) -> None:
    """Give an amendment its sealed document and tell the team, once, however often and concurrently it is called."""
    amendment = Amendment.objects.select_related("convention__dossier__call").get(pk=amendment_id)
    if amendment.document_id or amendment.state != AmendmentState.PREPARED:
        return
    content = pdf.render("pdf/funding/amendment.html", amending.context(amendment))
    at = clock.now()
    content = seal.seal(content, reason=f"Avenant {amendment.ref}", at=at)  # slow, so outside the lock
    with transaction.atomic():
        locked = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment_id)
        if locked.document_id or locked.state != AmendmentState.PREPARED:
            return
        locked.document = store.keep(
            "amendment",
            subject=amendment.ref,
            content=content,
            filename=f"{amendment.convention.ref}-A{amendment.number}.pdf",
            media_type="application/pdf",
            at=at,
        )
        seal.list_certificate(at=at)
        locked.save(update_fields=["document"])
        notifications.amendment_ready(amendment, at=at)


@transaction.atomic
def record_amendment(amendment: Amendment, *, signed_on: dt.date, signatory: str, actor: User) -> Amendment:
    """Record that both parties have signed an amendment, by the copies that were accepted: it is in force; the team is
    told. An amount goes through the ledger; what was to be paid at the former end is due on the new one.

    Raises TransitionRefused: no right, convention not signed, decided already, a copy to verify or missing, impossible
    day, no signatory, an amount that what is paid forbids.
    """
    at = clock.now()
    convention = _signed(amendment.convention, actor, "funding.amend_convention")
    current = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    current.convention = convention
    signatory = " ".join(clean_text(signatory).split())
    if not 0 < len(signatory) <= MAX_SIGNATORY:
        raise TransitionRefused(f"Le nom du signataire est attendu, en {MAX_SIGNATORY} caractères au plus.")
    if current.state == AmendmentState.PREPARED:
        current.signed_document = _signed_copy(current, signed_on, at).document
    current.signed_on, current.signatory = signed_on, signatory
    sets = {"signed_on": signed_on.isoformat()}
    advance(current, SIGN_AMENDMENT, actor=actor, at=at, **sets)
    _apply(convention, current, at, actor)
    notifications.amendment_signed(current, at=at)
    return current


def _signed_copy(amendment: Amendment, signed_on: dt.date, at: dt.datetime) -> SignedCopy:
    """The last accepted copy, once both parties have one. Raises TransitionRefused."""
    if signed_on > clock.paris(at).date():
        raise TransitionRefused("La date de signature est dans l’avenir.")
    if signed_on < clock.paris(amendment.prepared_at).date():
        raise TransitionRefused("La date de signature précède celle de l’avenant.")
    if amendment.signed_copies.filter(state=CopyState.RECEIVED).exists():
        raise TransitionRefused("Une copie signée attend votre vérification : acceptez-la ou refusez-la d’abord.")
    copies = signatures.accepted(amendment.convention, amendment)
    if missing := set(Party) - {copy.party for copy in copies}:
        raise TransitionRefused(f"Il manque la copie signée {Party(missing.pop()).of}.")
    return copies[-1]


def _apply(convention: Convention, amendment: Amendment, at: dt.datetime, actor: User) -> None:
    if amendment.new_amount is not None:
        adjust_amount(convention, amendment.new_amount, at=at, actor=actor)
    fields = []
    if amendment.new_ends_on:
        planned = convention.instalments.filter(state=InstalmentState.PLANNED, due_on__gte=amendment.old_ends_on)
        planned.update(due_on=amendment.new_ends_on)
        convention.ends_on = amendment.new_ends_on
        fields.append("ends_on")
    if amendment.new_lead:
        convention.scientific_lead = amendment.new_lead
        fields.append("scientific_lead")
    if fields:
        convention.save(update_fields=fields)


@transaction.atomic
def abandon_amendment(amendment: Amendment, *, reason: str, actor: User) -> Amendment:
    """Give up an amendment that is not signed, for a reason. Raises TransitionRefused: no right, decided, no reason."""
    at = clock.now()
    convention = _signed(amendment.convention, actor, "funding.amend_convention")
    current = Amendment.objects.select_for_update(of=("self",)).get(pk=amendment.pk)
    current.convention = convention
    reason = given_reason(reason, MAX_REASON, empty="Dites pourquoi l’avenant est abandonné.")
    void_copies(convention, actor, at, current)
    advance(current, ABANDON_AMENDMENT, actor=actor, at=at, reason=reason)
    return current


@transaction.atomic
def transfer_costs(convention: Convention, wanted: Transfer, *, reason: str, actor: User) -> BudgetTransfer:
    """Move costs from a category to another without an amendment, within the tolerance of the regulation; the operator
    reads why.

    Raises TransitionRefused: no right, not signed, an amendment is open, unknown category, more than it holds, above a
    cap, above the tolerance, no reason.
    """
    at = clock.now()
    current = _signed(convention, actor, "funding.transfer_costs")
    if current.amendments.filter(state=AmendmentState.PREPARED).exists():
        raise TransitionRefused("Un avenant est en préparation : attendez qu’il soit signé ou abandonné.")
    reason = given_reason(reason, MAX_REASON, empty="Donnez le motif du transfert.")
    categories = _refuse_transfer(current, wanted, clock.paris(at).date())
    trail.record(
        "budget.transfer",
        subject=current.ref,
        actor=actor,
        at=at,
        source=categories[wanted.source],
        target=categories[wanted.target],
        amount=str(wanted.amount),
        reason=reason,
    )
    return BudgetTransfer.objects.create(
        convention=current,
        source=wanted.source,
        target=wanted.target,
        amount=wanted.amount,
        reason=reason,
        made_at=at,
        made_by=actor,
    )


def _refuse_transfer(convention: Convention, wanted: Transfer, today: dt.date) -> dict[str, str]:
    """The categories of costs, code → label. Raises TransitionRefused when the regulation forbids the transfer."""
    rules = regulation_of(convention)
    categories = amending.categories(rules)
    if not {wanted.source, wanted.target} <= set(categories) or wanted.source == wanted.target or wanted.amount <= 0:
        raise TransitionRefused("Choisissez deux catégories différentes du règlement, et un montant positif.")
    terms = terms_of(convention, today)
    budget = moved(terms.budget, wanted)
    if budget[wanted.source] < 0:
        held = in_words(terms.budget.get(wanted.source, ZERO))
        raise TransitionRefused(f"« {categories[wanted.source]} » ne compte que {held}.")
    if above := over_cap(budget, amending.caps(rules)):
        raise TransitionRefused(f"« {categories[above[0]]} » dépasserait le plafond du règlement.")
    tolerance = amending.tolerance(rules)
    if not within_tolerance(consolidation.agreed_budget(convention), budget, tolerance):
        raise TransitionRefused(
            "Avec les transferts déjà faits, celui-ci dépasse la tolérance du règlement, "
            f"{amending.share(tolerance)} du budget : il faut un avenant. Demandez-le au gestionnaire de la convention."
        )
    return categories


def _signed(convention: Convention, actor: User, permission: str) -> Convention:
    current = Convention.objects.select_for_update(of=("self",)).select_related("dossier__call").get(pk=convention.pk)
    if not allowed(actor, permission, current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    if current.state != ConventionState.SIGNED:
        raise TransitionRefused(f"Action impossible : la convention est « {current.get_state_display()} ».")
    return current
