"""People who draft together over a bad network, as hypothesis plays them: what the portal acknowledged is never lost.

The pages of the machine are those of `static/js/dossier-outbox.js`: they keep what is typed, say the version that they
saw, send again what had no answer. The portal is the real one: its actions, or its address for scripts.
"""

from collections import Counter
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.db import transaction
from django.test import Client
from django.urls import reverse
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from ami_portal.accounts.models import User
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address
from ami_portal.workflow import TransitionRefused
from applications import actions
from applications.models import Answer, AnswerRow, Dossier, PastAnswer

SUMMARY, TITLE, PUBLIC = Address("summary"), Address("title"), Address("public")
BASE = "Le projet réutilise des données de santé.\n\nIl dure deux ans et finit par un rapport."
MOST_ROWS = 4
PAGES, WHERE, CHANGES = st.integers(0, 3), st.integers(0, 20), st.sampled_from("+++¶=--∅")
FATES = st.sampled_from(["ok", "ok", "ok", "lost", "deaf", "typed on", "twice"])


class Request(NamedTuple):
    """One save on its way: by whom, where, what, and what its page had seen: a version and its text."""

    user: User
    address: Address
    text: str
    version: int
    seen: str


class Outcome(NamedTuple):
    """What the portal answered: « ok », « stale » or « refused »; the answer as it stands, as its field shows it."""

    kind: str
    version: int = 0
    sent_version: int = 0
    typed: str = ""


@dataclass
class Entry:
    """One field of one page: what it shows, and the version with its text that it goes from."""

    text: str = ""
    version: int = 0
    seen: str = ""

    def show(self, version: int, text: str) -> None:
        self.text, self.version, self.seen = text, version, text


@dataclass
class Page:
    """One tab of one person."""

    user: User
    entries: dict[Address, Entry] = field(default_factory=dict)

    def entry(self, address: Address) -> Entry:
        return self.entries.setdefault(address, Entry())


@dataclass
class World:
    """Where the machine plays: a draft, its editors, and whether saves go through the address for scripts."""

    dossier: Dossier
    people: list[User]
    by_address: bool = False

    def __post_init__(self) -> None:
        self.clients = {user.pk: Client() for user in self.people}
        for user in self.people:
            self.clients[user.pk].force_login(user)

    def typed(self, address: Address, value: Any) -> str:
        """A stored value as its field shows it."""
        return str(answers.typed(answers.question_at(self.dossier.form_revision.form, address), value))

    def cleaned(self, address: Address, text: str) -> str:
        """What the portal keeps of a text, as its field shows it."""
        return self.typed(address, answers.keep(answers.question_at(self.dossier.form_revision.form, address), text)[0])

    def save(self, request: Request) -> Outcome:
        return self._post(request) if self.by_address else self._act(request)

    def _act(self, request: Request) -> Outcome:
        try:
            saved = actions.save_answer(
                self.dossier, request.address, request.text, seen_version=request.version, actor=request.user
            )
        except actions.StaleAnswer as stale:
            return Outcome("stale", stale.version, typed=str(stale.typed))
        except TransitionRefused:
            return Outcome("refused")
        return Outcome("ok", saved.version, saved.sent_version, self.typed(request.address, saved.value))

    def _post(self, request: Request) -> Outcome:
        sent = {**request.address._asdict(), "value": request.text, "version": request.version}
        url = reverse("applications:answer_save", kwargs={"ref": self.dossier.ref})
        answer = self.clients[request.user.pk].post(url, sent, content_type="application/json")
        kind, body = {200: "ok", 409: "stale", 422: "refused"}[answer.status_code], answer.json()
        return Outcome(kind, body.get("version", 0), body.get("sent_version", 0), body.get("typed", ""))


class Drafting(RuleBasedStateMachine):
    """Every sequence of its rules keeps the promise. Each example leaves the database as it found it."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now: dict[Address, tuple[int, str]] = {}  # what each answer says, by what the portal said of it
        self.texts: dict[tuple[Address, int], str] = {}  # what each version was
        self.acknowledged: set[tuple[Address, str]] = set()
        self.sent: list[Request] = []
        self.rows: dict[str, bool] = {}  # each line, and whether it is in the table
        self.words = 0

    @initialize()
    def open_pages(self) -> None:
        """Two tabs for each person, on a draft where a text and a line are written."""
        self.pages = [Page(user) for user in self.world.people for _ in range(2)]
        row = str(AnswerRow.objects.get(dossier=self.world.dossier).row)
        self.rows[row] = True
        for answer in Answer.objects.filter(dossier=self.world.dossier):
            address = Address(answer.question, answer.row, answer.column)
            self.note(address, answer.version, self.world.typed(address, answer.value))
        for page in self.pages:
            self.load(page)

    def note(self, address: Address, version: int, text: str) -> None:
        self.now[address] = (version, text)
        self.texts[address, version] = text

    def load(self, page: Page) -> None:
        """Show the page anew: what it could not save yet stays typed, over the version that it goes from."""
        for address, (version, text) in self.now.items():
            entry = page.entry(address)
            if self.world.cleaned(address, entry.text) in (self.world.cleaned(address, entry.seen), text):
                entry.show(version, text)

    # What people do

    def places(self) -> list[Address]:
        return [SUMMARY, TITLE, PUBLIC, *(Address("costs", row, "what") for row in self.rows)]

    @rule(page=PAGES, at=WHERE, change=CHANGES, fate=FATES, mine=st.booleans())
    def write(self, page: int, at: int, change: str, fate: str, mine: bool) -> None:
        """Write in the long text that everybody writes in."""
        self.type_and_send(self.pages[page], SUMMARY, at, change, fate, mine)

    @rule(page=PAGES, place=st.integers(0, 7), at=WHERE, change=CHANGES, fate=FATES, mine=st.booleans())
    def answer(self, page: int, place: int, at: int, change: str, fate: str, mine: bool) -> None:
        """Answer any question, or fill a cell of any line."""
        places = self.places()
        self.type_and_send(self.pages[page], places[place % len(places)], at, change, fate, mine)

    def type_and_send(self, page: Page, address: Address, at: int, change: str, fate: str, mine: bool) -> None:
        """Type in a field and leave it: the request may be lost, or its answer, or come twice; one may type on."""
        entry = page.entry(address)
        entry.text = self.changed(address, entry.text, at, change)
        self.deliver(page, address, fate, mine)

    def changed(self, address: Address, text: str, at: int, change: str) -> str:
        self.words += 1
        new = f"mot{self.words}"
        if address == PUBLIC:
            return "true" if at % 2 else "false"
        if address != SUMMARY or change == "∅":
            return "" if change == "∅" else ("Pareil", new)[at % 2]
        words = text.split(" ")
        at %= len(words)
        match change:
            case "+":
                words.insert(at, new)
            case "¶":
                words[at] += f"\n\n{new} collé.\n\n"
            case "=":
                words[at] = new
            case "-":
                del words[at]
        return " ".join(words)

    @rule(page=PAGES, mine=st.booleans())
    def network_is_back(self, page: int, mine: bool) -> None:
        """Everything that the page still holds goes out."""
        for address in dict.fromkeys(self.places()):
            self.deliver(self.pages[page], address, "ok", mine)

    def deliver(self, page: Page, address: Address, fate: str, mine: bool) -> None:
        entry = page.entry(address)
        if entry.text == entry.seen or fate == "lost":
            return None
        request = Request(page.user, address, entry.text, entry.version, entry.seen)
        self.sent.append(request)
        outcome = self.receive(request)
        if fate == "twice":
            outcome = self.receive(request)
        if fate == "deaf" or outcome.kind == "refused":
            return None
        if fate == "typed on":
            entry.text = self.changed(address, entry.text, 0, "+")
        if outcome.kind == "stale":
            entry.version, entry.seen = outcome.version, outcome.typed
            if mine:
                return self.deliver(page, address, "ok", mine)
            return entry.show(outcome.version, outcome.typed)
        if entry.text == request.text:
            return entry.show(outcome.version, outcome.typed)
        entry.version, entry.seen = outcome.sent_version, self.world.cleaned(address, request.text)
        return None

    @precondition(lambda self: self.sent)
    @rule(index=st.integers(0, 50))
    def late(self, index: int) -> None:
        """A request sent before comes again, from a network or a browser that sends it twice."""
        self.receive(self.sent[index % len(self.sent)])

    @rule(page=PAGES)
    def reload(self, page: int) -> None:
        self.load(self.pages[page])

    @rule(person=st.integers(0, 1), index=st.integers(0, 50))
    def take_back(self, person: int, index: int) -> None:
        """Answer again what was said before, from a page of the history just opened."""
        past = PastAnswer.objects.filter(dossier=self.world.dossier).order_by("pk")
        if not (count := past.count()):
            return
        one = past[index % count]
        address = Address(one.question, one.row, one.column)
        version, text = self.now.get(address, (0, ""))
        self.receive(Request(self.world.people[person], address, self.world.typed(address, one.value), version, text))

    @rule(
        person=st.integers(0, 1), index=st.integers(0, 9), act=st.sampled_from(["add", "remove", "remove", "restore"])
    )
    def lines(self, person: int, index: int, act: str) -> None:
        """Add a line, take one out, bring one back; twice is once."""
        actor, row = self.world.people[person], list(self.rows)[index % len(self.rows)]
        full = sum(self.rows.values()) >= MOST_ROWS
        try:
            if act == "add":
                row = str(actions.add_row(self.world.dossier, "costs", actor=actor).row)
            else:
                change = actions.remove_row if act == "remove" else actions.restore_row
                change(self.world.dossier, "costs", row, actor=actor)
        except TransitionRefused:
            assert (full, act != "remove") == (True, True), "a line was refused although there was room"
        else:
            self.rows[row] = act != "remove"

    # What the portal must do

    def receive(self, request: Request) -> Outcome:
        """Have the portal save, and see that what it replaced had been seen, or is in the result."""
        address = request.address
        outcome = self.world.save(request)
        version, text = self.now.get(address, (0, ""))
        if outcome.kind == "refused":
            assert self.rows[address.row] is False, "a save was refused although its line is there"
            return outcome
        cleaned = self.world.cleaned(address, request.text)
        if cleaned:
            self.acknowledged.add((address, cleaned))
        if outcome.kind == "stale" or outcome.version == version:
            assert (outcome.version, outcome.typed) == (version, text), "an answer changed and said that it did not"
            return outcome
        if request.version == version:
            assert self.world.cleaned(address, request.seen) == text, "overwritten by a page that had not seen it"
        elif version:
            self.must_hold_both(request, text, outcome.typed)
        self.texts[address, outcome.sent_version] = cleaned
        self.note(address, outcome.version, outcome.typed)
        return outcome

    def must_hold_both(self, request: Request, theirs: str, merged: str) -> None:
        assert request.address == SUMMARY, "an answer that is no long text was merged"
        base = Counter(self.texts.get((request.address, request.version), "").split())
        words = Counter(merged.split())
        for side in (theirs, request.text):
            assert not (Counter(side.split()) - base) - words, "words written by somebody are not in the merged text"

    def teardown(self) -> None:
        """At the end: everything acknowledged is what an answer says, or is in its history."""
        try:
            self.check_nothing_is_lost()
        finally:
            transaction.set_rollback(True)
            self.atomic.__exit__(None, None, None)

    def check_nothing_is_lost(self) -> None:
        dossier = self.world.dossier
        kept: set[tuple[Address, str]] = set()
        present: dict[Address, tuple[int, str]] = {}
        for answer in Answer.objects.filter(dossier=dossier):
            address = Address(answer.question, answer.row, answer.column)
            present[address] = (answer.version, self.world.typed(address, answer.value))
            kept.add((address, present[address][1]))
        for past in PastAnswer.objects.filter(dossier=dossier):
            address = Address(past.question, past.row, past.column)
            kept.add((address, self.world.typed(address, past.value)))
        assert present == {address: found for address, found in self.now.items() if found[0]}
        assert self.acknowledged - kept == set(), "acknowledged, and nowhere"
        lines = AnswerRow.objects.filter(dossier=dossier)
        assert {str(line.row): line.deleted_at is None for line in lines} == self.rows
