"""Write in the register of deposits: an entry for each sealed receipt, the head of each ended day."""

import datetime as dt
import secrets

from django.db import transaction

from ami_portal.kernel import clock
from applications import chaining
from applications.models import Call, DepositEntry, DepositRegister, DossierVersion, RegisterDay, RegisterHead

ONE_DAY = dt.timedelta(days=1)


def log_deposit(version: DossierVersion, *, receipt_sha256: str, at: dt.datetime) -> DepositEntry:
    """Append a deposit and its sealed receipt. Call it in the transaction that gives the deposit its receipt.

    It takes the lock of the register until that transaction ends. An entry is never dated in a day that was closed.
    """
    call = version.dossier.call
    head = _locked(at)
    day = max(clock.paris(at).date(), head.open_day)
    register = _register_of(call, day)
    last = register.entries.last()
    number = last.number + 1 if last else 1
    previous = last.sha256 if last else chaining.seed_sha256(call.code, register.seed)
    ref = chaining.ref_sha256(version.dossier.ref, version.content)
    return DepositEntry.objects.create(
        register=register,
        version=version,
        number=number,
        day=day,
        submitted_at=version.submitted_at,
        ref_sha256=ref,
        version_sha256=version.sha256,
        receipt_sha256=receipt_sha256,
        previous_sha256=previous,
        sha256=chaining.entry_sha256(
            call.code,
            number=number,
            day=day.isoformat(),
            submitted_at=chaining.instant(version.submitted_at),
            ref=ref,
            version=version.sha256,
            receipt=receipt_sha256,
            previous=previous,
        ),
    )


def close_days(*, at: dt.datetime) -> int:
    """Publish the head of each day that has ended in Paris, and open the register of each call that has opened.

    Answers how many days were closed. Every day has its head, with or without a deposit.
    """
    today = clock.paris(at).date()
    opened = Call.objects.filter(opens_at__lte=at, register=None)
    head = RegisterHead.objects.filter(pk=1).first()
    if head and head.open_day >= today and not opened.exists():
        return 0
    with transaction.atomic():
        head = _locked(at)
        for call in opened:
            _register_of(call, max(today, head.open_day))
        days = _days(head.open_day, today)
        RegisterDay.objects.bulk_create(days)
        RegisterHead.objects.filter(pk=1, open_day__lt=today).update(open_day=today)
    return len(days)


def _locked(at: dt.datetime) -> RegisterHead:
    today = clock.paris(at).date()
    return RegisterHead.objects.select_for_update().get_or_create(pk=1, defaults={"open_day": today})[0]


def _register_of(call: Call, day: dt.date) -> DepositRegister:
    defaults = {"seed": secrets.token_hex(32), "opened_on": day}
    return DepositRegister.objects.get_or_create(call=call, defaults=defaults)[0]


def _days(first: dt.date, today: dt.date) -> list[RegisterDay]:
    """The heads of the days from `first` to yesterday, not saved."""
    registers = list(DepositRegister.objects.select_related("call").order_by("call__code"))
    entries = {register.pk: list(register.entries.filter(day__gte=first)) for register in registers}
    chains = {register.pk: _head_before(register, first) for register in registers}
    last = RegisterDay.objects.last()
    previous = last.sha256 if last else chaining.FIRST_DAY_FOLLOWS
    days, day = [], first
    while day < today:
        heads = {}
        for register in registers:
            while entries[register.pk] and entries[register.pk][0].day <= day:
                chains[register.pk] = entries[register.pk].pop(0).sha256
            if register.opened_on <= day:
                heads[register.call.code] = chaining.blinded(day, chains[register.pk])
        sha256 = chaining.day_sha256(day, heads, previous)
        days.append(RegisterDay(day=day, heads=heads, previous_sha256=previous, sha256=sha256))
        previous, day = sha256, day + ONE_DAY
    return days


def _head_before(register: DepositRegister, day: dt.date) -> str:
    last = register.entries.filter(day__lt=day).last()
    return last.sha256 if last else chaining.seed_sha256(register.call.code, register.seed)
