"""How instants, days, sizes and states are said in French. Pure: no row, no request."""

import datetime as dt

from ami_portal.kernel import clock

MONTHS = "janvier février mars avril mai juin juillet août septembre octobre novembre décembre".split()
NO_BREAK_SPACE = "\u00a0"

# Tone and icon of every state, by its code: the word says it first, the icon and the colour after.
NEUTRAL = ("", "")
TONES = {
    # Dossier
    "draft": ("yellow-tournesol", "edit-line"),
    "submitted": ("blue-cumulus", "send-plane-line"),
    "returned": ("orange-terre-battue", "question-line"),
    "eligible": ("green-menthe", "check-line"),
    "ineligible": ("error", "close-circle-line"),
    "laureate": ("success", "award-line"),
    "reserve": ("purple-glycine", "list-ordered"),
    "rejected": ("beige-gris-galet", "close-circle-line"),
    "withdrawn": ("beige-gris-galet", "arrow-go-back-line"),
    "renounced": ("beige-gris-galet", "arrow-go-back-line"),
    # Question of a visitor
    "waiting": ("yellow-tournesol", "question-line"),
    "answered": ("success", "check-line"),
    "ignored": ("beige-gris-galet", "close-circle-line"),
    "merged": ("beige-gris-galet", "links-line"),
    # Request for completion
    "unanswered": ("beige-gris-galet", "time-line"),
    # Opinion, review, session
    "requested": ("yellow-tournesol", "time-line"),
    "kept": ("success", "check-line"),
    "silent": ("orange-terre-battue", "time-line"),
    "passed_over": ("beige-gris-galet", "arrow-right-line"),
    "held_refused": ("error", "close-circle-line"),
    "given": ("success", "check-line"),
    "opened": ("yellow-tournesol", "question-line"),
    "effective": ("error", "close-circle-line"),
    "dropped": ("beige-gris-galet", "arrow-go-back-line"),
    "asked": ("yellow-tournesol", "question-line"),
    "declined": ("error", "close-circle-line"),
    "to_declare": ("yellow-tournesol", "question-line"),
    "replaced": ("beige-gris-galet", "arrow-go-back-line"),
    "recused": ("beige-gris-galet", "eye-off-line"),
    "invited": ("yellow-tournesol", "mail-line"),
    "detected": ("yellow-tournesol", "alert-line"),
    "confirmed": ("error", "eye-off-line"),
    "lifted": ("success", "check-line"),
    "scoring": ("blue-cumulus", "edit-line"),
    "deliberation": ("purple-glycine", "discuss-line"),
    "frozen": ("blue-ecume", "lock-line"),
    "published": ("success", "check-line"),
    # Convention, remark, instalment
    "suspended": ("orange-terre-battue", "pause-circle-line"),
    "terminated": ("error", "close-circle-line"),
    "abandoned": ("beige-gris-galet", "close-circle-line"),
    "received": ("yellow-tournesol", "time-line"),
    "void": ("beige-gris-galet", "close-circle-line"),
    "open": ("yellow-tournesol", "question-line"),
    "prepared": ("yellow-tournesol", "edit-line"),
    "signed": ("success", "check-line"),
    "closed": ("beige-gris-galet", "close-circle-line"),
    "planned": ("beige-gris-galet", "calendar-line"),
    "certified": ("blue-cumulus", "check-line"),
    "paid": ("success", "money-euro-circle-line"),
    "settled": ("beige-gris-galet", "check-line"),
    # Expense, recovery order
    "reduced": ("yellow-tournesol", "subtract-line"),
    "issued": ("orange-terre-battue", "arrow-go-back-line"),
    "repaid": ("success", "check-line"),
    # Results of checks, stances, verdicts of documents, deliveries of mails
    "met": ("success", "check-line"),
    "not_met": ("error", "close-circle-line"),
    "unknown": ("yellow-tournesol", "question-line"),
    "favourable": ("success", "check-line"),
    "reserved": ("yellow-tournesol", "alert-line"),
    "unfavourable": ("error", "close-circle-line"),
    "pending": ("beige-gris-galet", "time-line"),
    "accepted": ("success", "check-line"),
    "refused": ("error", "close-circle-line"),
    "queued": ("beige-gris-galet", "time-line"),
    "transmitting": ("blue-cumulus", "send-plane-line"),
    "sent": ("success", "check-line"),
    "uncertain": ("yellow-tournesol", "question-line"),
    "failed": ("error", "close-circle-line"),
}


def day(value: dt.date | str) -> str:
    """« 16 septembre 2026 », « 1er octobre 2026 ». A text is a day in ISO form; an instant is read on Paris's clock."""
    if isinstance(value, str):
        value = dt.date.fromisoformat(value[:10])
    if isinstance(value, dt.datetime):
        value = clock.paris(value).date()
    number = "1er" if value.day == 1 else str(value.day)
    return f"{number}{NO_BREAK_SPACE}{MONTHS[value.month - 1]}{NO_BREAK_SPACE}{value.year}"


def instant(value: dt.datetime | str) -> str:
    """« 16 septembre 2026 à 12 h 00 (heure de Paris) »; the hour that a night shows twice says which one it is."""
    if isinstance(value, str):
        value = dt.datetime.fromisoformat(value)
    local = clock.paris(value)
    hour = f"{local.hour}{NO_BREAK_SPACE}h{NO_BREAK_SPACE}{local.minute:02d}"
    zone = ""
    if local.utcoffset() != local.replace(fold=1 - local.fold).utcoffset():
        zone = "d’hiver " if local.fold else "d’été "
    return f"{day(local)} à {hour} (heure {zone}de Paris)"


def end_of_day(value: dt.datetime) -> str:
    """« 9 décembre 2026 à 24 h 00 (heure de Paris) » for the instant at which that day ends; any other as it is."""
    local = clock.paris(value)
    if local.time() != dt.time():
        return instant(value)
    hour = f"24{NO_BREAK_SPACE}h{NO_BREAK_SPACE}00"
    return f"{day(local - dt.timedelta(days=1))} à {hour} (heure de Paris)"


def distance(value: dt.datetime, now: dt.datetime) -> str:
    """« dans 3 jours », « il y a 2 heures »: whole units, rounded down, days from 48 hours on."""
    seconds = int(abs((value - now).total_seconds()))
    if seconds < 60:
        return "dans moins d’une minute" if value >= now else "à l’instant"
    if seconds < 3600:
        count, word = seconds // 60, "minute"
    elif seconds < 48 * 3600:
        count, word = seconds // 3600, "heure"
    else:
        count, word = seconds // 86400, "jour"
    amount = f"{count}{NO_BREAK_SPACE}{word}{'s' if count > 1 else ''}"
    return f"dans {amount}" if value >= now else f"il y a {amount}"


def size(count: int) -> str:
    """« 1,2 Mo » for a number of bytes, in multiples of 1 024 as file managers count."""
    amount = float(count)
    for unit in ("octets", "ko", "Mo", "Go"):
        if amount < 1024 or unit == "Go":
            break
        amount /= 1024
    text = f"{amount:.0f}" if unit == "octets" else f"{amount:.1f}".removesuffix(".0")
    if unit == "octets" and count < 2:
        unit = "octet"
    return text.replace(".", ",") + NO_BREAK_SPACE + unit
