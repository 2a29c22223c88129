"""People who draft together over a bad network, as hypothesis plays them: what the portal acknowledged is never lost.

The pages of the machine are those of `static/js/dossier-outbox.js`: they keep what is typed, say the version that they
saw, send again what had no answer. The portal is the real one: its actions, or its address for scripts. Meanwhile the
staff revises the form of the call, and the owner deposits and takes the deposit back.
"""

import json
from collections import Counter

from django.db import transaction
from hypothesis import strategies as st
from hypothesis.stateful import RuleBasedStateMachine, initialize, precondition, rule

from ami_portal.kernel.text import sha256_of
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.carrying import asked, carried
from ami_portal.questionnaire.models import FormRevision
from ami_portal.workflow import TransitionRefused
from applications import actions, drafts, former, history
from applications.models import Answer, AnswerRow, DossierVersion, PastAnswer
from tests.applications.drafting_forms import EDITS, FIRST, edited
from tests.applications.drafting_world import Outcome, Page, Request, World

SUMMARY, PUBLIC = Address("summary"), Address("public")
BASE = "Le projet réutilise des données de santé.\n\nIl dure deux ans et finit par un rapport."
MOST_ROWS = 4
PAGES, WHERE, CHANGES = st.integers(0, 3), st.integers(0, 20), st.sampled_from("+++¶=--∅")
FATES = st.sampled_from(["ok", "ok", "ok", "lost", "deaf", "typed on", "twice"])


class Drafting(RuleBasedStateMachine):
    """Every sequence of its rules keeps the promise. Each example leaves the database as it found it."""

    world: World

    def __init__(self) -> None:
        super().__init__()
        self.atomic = transaction.atomic()
        self.atomic.__enter__()
        self.now: dict[Address, tuple[int, str]] = {}  # what each answer says, by what the portal said of it
        self.texts: dict[tuple[Address, int], list[str]] = {}  # what each version was, read as each form asks
        self.acknowledged: set[tuple[Address, str]] = set()  # as people read it
        self.sent: list[Request] = []
        self.rows: dict[str, bool] = {}  # each line, and whether it is in the table
        self.words = 0
        self.ways = FIRST
        self.behind = False  # whether a form was published that the draft does not follow yet
        self.deposits: dict[int, tuple[str, int]] = {}  # each deposit: its fingerprint, its form

    @initialize()
    def open_pages(self) -> None:
        """Two tabs for each person, on a draft where a title, a text and a line are written."""
        self.world.begin()
        self.pages = [Page(user) for user in self.world.people for _ in range(2)]
        self.rows[self.world.first_row] = True
        for answer in self.world.first_answers:
            address = history.address_of(answer)
            self.note(address, answer.version, self.world.typed(address, answer.value))
            self.acknowledged.add((address, self.world.shown(address, self.now[address][1])))
        for page in self.pages:
            self.load(page)

    def note(self, address: Address, version: int, text: str) -> None:
        self.now[address] = (version, text)
        self.texts.setdefault((address, version), []).append(text)

    def load(self, page: Page) -> None:
        """Show the page anew: what it could not save yet stays typed, over the version that it goes from."""
        page.places = self.places()
        for address, (version, text) in self.now.items():
            entry = page.entry(address)
            if self.world.cleaned(address, entry.text) in (self.world.cleaned(address, entry.seen), text):
                entry.show(version, text)

    # What people do

    def places(self) -> list[Address]:
        """Where the form of the draft asks for an answer."""
        form = self.world.dossier.form_revision.form
        columns = [column.code for column in form.by_code["costs"].columns] if "costs" in form.by_code else []
        fields = [Address(code) for code in form.by_code if code != "costs"]
        return fields + [Address("costs", row, column) for row in self.rows for column in columns]

    @rule(page=PAGES, at=WHERE, change=CHANGES, fate=FATES, mine=st.booleans())
    def write(self, page: int, at: int, change: str, fate: str, mine: bool) -> None:
        """Write in the long text that everybody writes in."""
        self.type_and_send(self.pages[page], SUMMARY, at, change, fate, mine)

    @rule(page=PAGES, place=st.integers(0, 9), at=WHERE, change=CHANGES, fate=FATES, mine=st.booleans())
    def answer(self, page: int, place: int, at: int, change: str, fate: str, mine: bool) -> None:
        """Answer any question, or fill a cell of any line."""
        places = self.pages[page].places
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
            return "" if change == "∅" else ("Pareil", new, f"{self.words},50")[at % 3]
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
        for address in list(self.pages[page].entries):
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
        one = past.select_related("form_revision")[index % count]
        address = history.address_of(one)
        then = answers.question_at(one.form_revision.form, address)
        again = self.world.typed(address, carried(then, self.world.question(address), one.value))
        version, text = self.now.get(address, (0, ""))
        self.receive(Request(self.world.people[person], address, again, version, text))

    @rule(
        person=st.integers(0, 1), index=st.integers(0, 9), act=st.sampled_from(["add", "remove", "remove", "restore"])
    )
    def lines(self, person: int, index: int, act: str) -> None:
        """Add a line, take one out, bring one back; twice is once."""
        actor, row = self.world.people[person], list(self.rows)[index % len(self.rows)]
        full = sum(self.rows.values()) >= MOST_ROWS
        is_asked = "costs" in self.world.dossier.form_revision.form.by_code
        try:
            if act == "add":
                row = str(actions.add_row(self.world.dossier, "costs", actor=actor).row)
            else:
                change = actions.remove_row if act == "remove" else actions.restore_row
                change(self.world.dossier, "costs", row, actor=actor)
        except KeyError:
            assert (is_asked, self.is_draft) == (False, True), "a line was refused although its table is asked for"
        except TransitionRefused:
            is_full = full and act != "remove"
            assert is_full or not self.is_draft, "a line was refused although there was room"
        else:
            self.rows[row] = act != "remove"

    # What becomes of the form and of the dossier meanwhile

    @property
    def is_draft(self) -> bool:
        return self.world.dossier.is_draft

    @rule(edit=EDITS, act=st.sampled_from(["revise", "revise", "revise later", "deposit"]))
    def meanwhile(self, edit: tuple[str, int], act: str) -> None:
        """The form is revised, and its draft follows at once or later; or the dossier is deposited, or taken back."""
        if act == "deposit":
            self.deposit() if self.is_draft else self.reopen()
        elif act == "revise later" and self.behind:
            self.follow()
        else:
            self.ways = edited(self.ways, *edit)
            self.world.publish(self.ways)
            self.behind = True
            if act == "revise":
                self.follow()

    def follow(self) -> None:
        """The job of the publication runs: a draft follows, every answer is read as its question is asked now."""
        self.world.follow()
        self.behind = not self.is_draft
        self.read_anew()

    def read_anew(self) -> None:
        for answer in Answer.objects.filter(dossier=self.world.dossier):
            address = history.address_of(answer)
            version, text = self.now[address]
            assert answer.version == version, "a revision changed the version of an answer"
            if (read := self.world.typed(address, answer.value)) != text:
                self.note(address, version, read)

    def deposit(self) -> None:
        """The owner deposits: accepted if and only if nothing is missing, in a draft that follows its call."""
        dossier = self.world.dossier
        is_complete = not drafts.load(dossier).completeness.missing
        try:
            version = actions.submit_dossier(dossier, actor=self.world.people[0])
        except TransitionRefused:
            assert self.behind or not is_complete, "a complete draft was refused"
        else:
            assert (self.behind, is_complete) == (False, True), "an incomplete draft was deposited"
            self.deposits[version.pk] = (version.sha256, dossier.form_revision_id)

    def reopen(self) -> None:
        """The owner takes the deposit back: its draft follows the newest form."""
        actions.reopen_dossier(self.world.dossier, actor=self.world.people[0])
        self.world.look()
        self.behind = False
        self.read_anew()

    # What the portal must do

    def receive(self, request: Request) -> Outcome:
        """Have the portal save, and see that what it replaced had been seen, or is in the result."""
        address = request.address
        outcome = self.world.save(request)
        version, text = self.now.get(address, (0, ""))
        if outcome.kind == "refused":
            is_gone = self.rows.get(address.row) is False
            assert is_gone or not self.is_draft, "a save was refused although its line is there"
            return outcome
        assert self.is_draft, "a deposited dossier changed"
        cleaned = self.world.cleaned(address, request.text)
        if cleaned:
            self.acknowledged.add((address, self.world.shown(address, request.text)))
        if outcome.kind == "stale" or outcome.version == version:
            assert (outcome.version, outcome.typed) == (version, text), "an answer changed and said that it did not"
            return outcome
        if request.version == version:
            assert not version or request.seen in self.texts[address, version], "overwritten by who had not seen it"
        elif version:
            self.must_hold_both(request, text, outcome.typed)
        if outcome.sent_version != outcome.version:
            self.texts[address, outcome.sent_version] = [cleaned]
        self.note(address, outcome.version, outcome.typed)
        return outcome

    def must_hold_both(self, request: Request, theirs: str, merged: str) -> None:
        assert request.address == SUMMARY, "an answer that is no long text was merged"
        base = Counter(self.texts.get((request.address, request.version), [""])[-1].split())
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
        dossier, form = self.world.dossier, self.world.dossier.form_revision.form
        stored = {history.address_of(answer): answer for answer in Answer.objects.filter(dossier=dossier)}
        present = {one: (answer.version, self.world.typed(one, answer.value)) for one, answer in stored.items()}
        assert present == {address: found for address, found in self.now.items() if found[0]}
        kept = {
            (one, answers.shown(asked(form, one), answer.value)) for one, answer in stored.items() if asked(form, one)
        }
        past = PastAnswer.objects.filter(dossier=dossier).select_related("form_revision")
        kept |= {(history.address_of(one), history.text_of(one, dossier)) for one in past}
        if lost := self.acknowledged - kept:
            beside = former.former_answers(dossier, drafts.load(dossier)).texts
            told = {(one.label.split(" – ")[0], one.text) for one in beside}
            assert {(address.question, text) for address, text in lost} <= told, "acknowledged, and nowhere"
        lines = AnswerRow.objects.filter(dossier=dossier)
        assert {str(line.row): line.deleted_at is None for line in lines} == self.rows
        if self.deposits:
            self.check_deposits_stay()

    def check_deposits_stay(self) -> None:
        """Whatever was revised and written since, each deposit says what it said, of the form that it answered."""
        dossier = self.world.dossier
        for deposit in DossierVersion.objects.filter(dossier=dossier):
            form = FormRevision.objects.get(sha256=json.loads(deposit.content)["form"]["sha256"])
            assert (sha256_of(deposit.content), form.pk) == self.deposits[deposit.pk], "a deposit changed"
        assert dossier.is_draft or dossier.form_revision_id == max(self.deposits.items())[1][1], "a deposit moved"
