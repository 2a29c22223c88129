"""The company directory is asked by tasks, with growing delays; nobody ever waits for it."""

import datetime as dt
from dataclasses import asdict

from ami_portal.gateways import company_directory
from ami_portal.gateways.http import GatewayError
from ami_portal.jobs.actions import later
from ami_portal.kernel import clock
from ami_portal.kernel.text import canonical_json, sha256_of
from applications.enums import DossierState
from applications.models import DirectoryAnswer, Dossier, DossierVersion

AT_ONCE = 5
"""How many companies are asked for in one minute: the directory admits seven each second."""

LONGEST_WAIT = dt.timedelta(hours=12)
FRESH = dt.timedelta(days=30)


def want_companies(numbers: list[str], *, at: dt.datetime) -> None:
    """Ask for the numbers that are not known, or known for too long, as a job."""
    if not company_directory.is_plugged():
        return
    for number in numbers:
        row, is_new = DirectoryAnswer.objects.get_or_create(number=number, defaults={"due_at": at})
        if is_new or (row.answered_at and row.answered_at < at - FRESH):
            later("applications.ask_directory", number=number)


def ask_directory(number: str) -> None:
    """Ask for one company and keep the answer, dated and fingerprinted; a failure is asked again later."""
    at = clock.now()
    row = DirectoryAnswer.objects.filter(number=number).first()
    is_known = row is not None and row.answered_at and row.answered_at > at - FRESH
    if row is None or is_known or not company_directory.is_plugged():
        return
    try:
        company = company_directory.look_up(number)
    except GatewayError as error:
        _wait(row, error, at)
        return
    content = canonical_json(asdict(company) if company else None)
    changed = {"answered_at": at, "content": content, "sha256": sha256_of(content), "why": ""}
    DirectoryAnswer.objects.filter(pk=row.pk).update(**changed)
    standing = DossierVersion.objects.filter(
        dossier__lead_siret=number, dossier__state=DossierState.SUBMITTED, withdrawn_at=None
    )
    for version_id in standing.values_list("pk", flat=True):
        later("evaluation.run_checks", version_id=version_id)


def _wait(row: DirectoryAnswer, error: GatewayError, at: dt.datetime) -> None:
    """The next attempt, twice as far as the last, or when the directory says; what was known stays known."""
    delay = min(LONGEST_WAIT, dt.timedelta(minutes=2 ** min(row.attempts, 12)))
    if isinstance(error, company_directory.Busy):
        delay = max(delay, dt.timedelta(seconds=error.seconds))
    DirectoryAnswer.objects.filter(pk=row.pk).update(attempts=row.attempts + 1, due_at=at + delay, why=str(error)[:300])


def ask_directory_again(*, at: dt.datetime) -> None:
    """Every minute: the numbers whose answer is due, and those of dossiers that nobody asked for yet."""
    if not company_directory.is_plugged():
        return
    due = DirectoryAnswer.objects.filter(answered_at=None, due_at__lte=at).order_by("due_at")
    for number in due.values_list("number", flat=True)[:AT_ONCE]:
        ask_directory(number)
    running = Dossier.objects.filter(state__in=[DossierState.DRAFT, DossierState.SUBMITTED]).exclude(lead_siret="")
    unknown = running.exclude(lead_siret__in=DirectoryAnswer.objects.values("number")).order_by("lead_siret")
    want_companies(list(unknown.values_list("lead_siret", flat=True).distinct()[:AT_ONCE]), at=at)
