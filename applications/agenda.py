"""The calendar of a call as a file that agendas read (RFC 5545): same rows, same bytes.

An event keeps its identifier for ever, and its number grows each time its date moves, so that agendas follow. Instants
are written in UTC, which no change of hour touches; days are days.
"""

import datetime as dt
from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from urllib.parse import urlsplit

from django.http import HttpResponse
from icalendar import Calendar, Event

from ami_portal.audit.models import AuditEvent
from ami_portal.kernel.text import clean_text
from ami_portal.ui.wording import end_of_day, instant

from .completion import running_request
from .models import CalendarMove, Call, CompletionRequest, Dossier

MEDIA_TYPE = "text/calendar; charset=utf-8"


@dataclass(frozen=True)
class Entry:
    """One event: `key` names its dates as the history of the call does; an instant, or days, the last one included."""

    key: str
    summary: str
    starts: dt.date
    ends: dt.date | None = None
    detail: str = ""
    moved: tuple[dt.datetime, ...] = ()


def of_call(call: Call, *, address: str) -> bytes:
    """The calendar of a call; `address` is its public page."""
    return _file(call.code, call.title, list(_entries(call, call.closes_at)), call, address)


def of_dossier(dossier: Dossier, *, address: str) -> bytes:
    """The same for one dossier, with its own closing, the end of a completion, and identifiers of its own."""
    own = tuple(dossier.extensions.order_by("pk").values_list("given_at", flat=True))
    entries = list(_entries(dossier.call, dossier.closes_at, own=own))
    if request := running_request(dossier):
        entries.append(_completion(request))
    return _file(dossier.ref, f"{dossier.ref} – {dossier.call.title}", entries, dossier.call, address)


def _entries(call: Call, closes_at: dt.datetime, *, own: tuple[dt.datetime, ...] = ()) -> Iterator[Entry]:
    moves = list(CalendarMove.objects.filter(call=call).order_by("decided_at", "pk"))
    for rank, window in enumerate(call.windows):
        is_last = rank == len(call.windows) - 1
        word, key = (f" – {window.label}", f"rounds.{window.code}.") if window.code else ("", "")
        opens, closes = (
            _moved(moves, {f"{key}{name}"} | ({name} if edge else set()))
            for name, edge in (("opens_at", rank == 0), ("closes_at", is_last))
        )
        yield Entry(f"{key}opens_at", f"Ouverture{word}", window.opens_at, moved=opens)
        ends = closes_at if is_last else window.closes_at
        detail = f"Un dossier est reçu strictement avant le {instant(ends)}, à l’horloge du portail."
        yield Entry(f"{key}closes_at", f"Clôture{word}", ends, detail=detail, moved=closes + (own if is_last else ()))
    for step in call.steps:
        starts, ends_on = (dt.date.fromisoformat(step[name]) if step.get(name) else None for name in _DAYS)
        first, last = starts or ends_on, ends_on or starts
        if first:
            key = f"steps.{step['code']}"
            dates = _moved(moves, {f"{key}.{name}" for name in _DAYS})
            detail = str(step.get("detail") or "")
            yield Entry(key, step["label"], first, last, detail, dates)


_DAYS = ("starts_on", "ends_on")


def _completion(request: CompletionRequest) -> Entry:
    """The last day to reply to a request for completion: its end, at midnight, would be read as the day after."""
    prolonged = AuditEvent.objects.filter(subject=request.dossier.ref, verb="dossier.prolong_completion")
    moved = prolonged.filter(at__gt=request.asked_at).order_by("number").values_list("at", flat=True)
    detail = f"Réponse attendue au plus tard le {end_of_day(request.due_at)}, à l’horloge du portail."
    summary = "Dernier jour pour répondre à la demande de complément"
    return Entry(f"completion.{request.number}", summary, request.due_on, None, detail, (request.asked_at, *moved))


def _moved(moves: Sequence[CalendarMove], names: set[str]) -> tuple[dt.datetime, ...]:
    """When the dates so named were moved."""
    return tuple(move.decided_at for move in moves if move.date in names)


def _file(code: str, title: str, entries: Sequence[Entry], call: Call, address: str) -> bytes:
    calendar = Calendar()
    calendar.add("prodid", "-//Portail des appels à projets//FR")
    calendar.add("version", "2.0")
    calendar.add("method", "PUBLISH")
    calendar.add("x-wr-calname", _line(title))
    for entry in entries:
        calendar.add_component(_event(code, title, entry, call, address))
    return calendar.to_ical()


def _event(code: str, title: str, entry: Entry, call: Call, address: str) -> Event:
    event = Event()
    event.add("uid", f"{code}.{entry.key}@{urlsplit(address).hostname}")
    event.add("dtstamp", max(entry.moved, default=call.opens_at).astimezone(dt.UTC))
    event.add("sequence", len(entry.moved))
    event.add("summary", _line(f"{entry.summary} – {title}"))
    if isinstance(entry.starts, dt.datetime):
        event.add("dtstart", entry.starts.astimezone(dt.UTC))
    else:
        event.add("dtstart", entry.starts)
        event.add("dtend", (entry.ends or entry.starts) + dt.timedelta(days=1))
    if entry.detail:
        event.add("description", clean_text(entry.detail))
    event.add("url", address)
    return event


def _line(text: str) -> str:
    return " ".join(clean_text(text).split())


def response(filename: str, content: bytes) -> HttpResponse:
    """The file as a download."""
    found = HttpResponse(content, content_type=MEDIA_TYPE)
    found["Content-Disposition"] = f'attachment; filename="{filename}"'
    return found
