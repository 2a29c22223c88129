"""Generate the convention of a laureate, and its PDF."""

import datetime as dt
from decimal import Decimal

from django.db import transaction

from ami_portal.accounts.models import User
from ami_portal.audit import trail
from ami_portal.documents import pdf, seal, store
from ami_portal.kernel import clock
from ami_portal.kernel.permissions import allowed
from ami_portal.workflow import TransitionRefused
from applications.enums import DossierState
from applications.models import Call, Dossier
from applications.reading import standing_version
from evaluation.models import Decision
from funding import agreement, articles, notifications, schedule
from funding.enums import ConventionState
from funding.models import AgreementText, Convention, ConventionTemplate, Instalment


@transaction.atomic
def prepare_convention(dossier: Dossier, *, actor: User) -> Convention:
    """Create the convention of a laureate with its schedule, by the regulation of the call, and the first version of
    its text, by the call's template and the answers of the frozen dossier; the team is told
    that it can be read.

    Raises TransitionRefused: no right, not a laureate, results not published,
    convention there already, no amount decided, amount over the call's limit or too small to be shared.
    """
    at = clock.now()
    current = Dossier.objects.select_for_update(of=("self",)).select_related("call").get(pk=dossier.pk)
    if not allowed(actor, "funding.prepare_convention", current):
        raise TransitionRefused("Vous n’avez pas le droit de faire cette action.")
    _refuse_unless_laureate(current)
    call, amount = current.call, _amount(current)
    lines = _lines(call, amount)
    convention = Convention.objects.create(
        ref=f"{current.ref}-C1",
        dossier=current,
        amount=amount,
        duration_months=min(current.duration_months or call.duration_months_max, call.duration_months_max),
        retention_percent=call.retention_percent,
        regulation_version=str(call.regulation["version"]),
        template=_template(call, at),
        prepared_at=at,
        prepared_by=actor,
    )
    Instalment.objects.bulk_create([_instalment(convention, line) for line in lines])
    text = _first_text(convention)
    trail.record(
        "convention.prepare",
        subject=convention.ref,
        actor=actor,
        at=at,
        after=ConventionState.PREPARED,
        amount=str(amount),
        regulation=convention.regulation_version,
        template=str(convention.template.number) if convention.template else "",
        **({"sha256": text.sha256} if text else {}),
    )
    return convention


def _template(call: Call, at: dt.datetime) -> ConventionTemplate:
    """The articles of the call as they are now, under their number: kept the first time that a convention uses them."""
    rows = call.text("convention")
    sha256 = articles.fingerprint(rows)
    Call.objects.select_for_update(of=("self",)).get(pk=call.pk)  # two conventions of a call number one template
    known = ConventionTemplate.objects.filter(call=call)
    found = known.filter(sha256=sha256).first()
    return found or ConventionTemplate.objects.create(
        call=call, number=known.count() + 1, articles=rows, sha256=sha256, since=at
    )


def _first_text(convention: Convention) -> AgreementText | None:
    """The first version of the text, told to the team; none for a dossier of which no deposit stands."""
    version = standing_version(convention.dossier)
    if version is None:
        return None
    notifications.text_ready(convention, at=convention.prepared_at)
    rows = [article.as_row for article in agreement.first_articles(convention, version)]
    return AgreementText.objects.create(
        convention=convention,
        number=1,
        articles=rows,
        sha256=articles.fingerprint(rows),
        written_at=convention.prepared_at,
        written_by=convention.prepared_by,
    )


def _refuse_unless_laureate(dossier: Dossier) -> None:
    existing = Convention.objects.filter(dossier=dossier).first()
    if existing:
        raise TransitionRefused(f"La convention de ce dossier existe déjà : {existing.ref}.")
    if dossier.state != DossierState.LAUREATE:
        raise TransitionRefused("Seul un dossier lauréat donne lieu à une convention.")
    if dossier.call.results_published_at is None:
        raise TransitionRefused("Les résultats de l’appel ne sont pas encore publiés.")


def _amount(dossier: Dossier) -> Decimal:
    """What the jury granted, in euros, within the limit of the call."""
    granted = Decision.objects.filter(dossier=dossier).values_list("amount", flat=True).first()
    if granted is None:
        raise TransitionRefused("Aucun montant n’a été accordé à ce dossier.")
    if granted > dossier.call.max_grant:
        raise TransitionRefused("Le montant accordé dépasse le plafond de l’appel.")
    return granted


def _lines(call: Call, amount: Decimal) -> list[schedule.Line]:
    wanted = schedule.shares(call.regulation["instalments"])
    try:
        return schedule.lines(amount, wanted, call.retention_percent)
    except schedule.TooSmall as error:
        raise TransitionRefused("Le montant accordé est trop faible pour être versé selon l’échéancier.") from error


def _instalment(convention: Convention, line: schedule.Line) -> Instalment:
    return Instalment(
        convention=convention,
        number=line.number,
        code=line.share.code,
        label=line.share.label,
        condition=line.share.condition,
        basis=line.share.basis,
        percent=line.share.percent,
        months_after_signature=line.share.months,
        gross=line.gross,
        retention=line.retention,
    )


def build_convention(*, convention_id: int) -> None:
    """Give a frozen convention its sealed PDF and tell the team: once, however often and concurrently it is called.

    The seal lets a later signature be compared with what was frozen (see `documents.examiner.pdf_signatures`).
    """
    convention = Convention.objects.select_related("dossier__call").get(pk=convention_id)
    version = standing_version(convention.dossier)
    if convention.document_id or version is None or convention.state != ConventionState.FROZEN:
        return
    content = pdf.render("pdf/funding/convention.html", agreement.context(convention, version))
    at = clock.now()
    content = seal.seal(content, reason=f"Document a signer {convention.ref}", at=at)  # slow, so outside the lock
    with transaction.atomic():
        locked = Convention.objects.select_for_update(of=("self",)).get(pk=convention_id)
        if locked.document_id or locked.state != ConventionState.FROZEN or locked.frozen_at != convention.frozen_at:
            return
        locked.document = store.keep(
            "convention",
            subject=locked.ref,
            content=content,
            filename=f"{locked.ref}.pdf",
            media_type="application/pdf",
            at=at,
        )
        seal.list_certificate(at=at)
        locked.save(update_fields=["document"])
        notifications.convention_ready(convention, at=at)
