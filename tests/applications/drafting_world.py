"""Where people draft together in the stories that hypothesis tells: the portal, as a page reaches it."""

import copy
from dataclasses import dataclass, field
from typing import Any, NamedTuple

from django.test import Client
from django.urls import reverse

from ami_portal.accounts.models import User
from ami_portal.kernel import clock
from ami_portal.questionnaire import answers
from ami_portal.questionnaire.answers import Address
from ami_portal.questionnaire.form import Question
from ami_portal.workflow import TransitionRefused
from applications import actions, call_config, former
from applications.models import Answer, AnswerRow, Dossier
from tests.applications import drafting_forms


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
    """One tab of one person, and the fields that it shows: those of the form of when it was loaded."""

    user: User
    entries: dict[Address, Entry] = field(default_factory=dict)
    places: list[Address] = field(default_factory=list)

    def entry(self, address: Address) -> Entry:
        return self.entries.setdefault(address, Entry())


@dataclass
class World:
    """A draft, its editors (its owner first), and whether saves go through the address for scripts."""

    dossier: Dossier
    people: list[User]
    by_address: bool = False

    def __post_init__(self) -> None:
        self._asked: dict[Address, Question] = {}
        self.clients = {user.pk: Client() for user in self.people}
        for user in self.people:
            self.clients[user.pk].force_login(user)
        self.first = Dossier.objects.select_related("call", "form_revision").get(pk=self.dossier.pk)
        self.first_answers = list(Answer.objects.filter(dossier=self.dossier))
        self.first_row = str(AnswerRow.objects.get(dossier=self.dossier).row)
        self.begin()

    def begin(self) -> None:
        """The database is as it was when the world was made: so is what we know of it."""
        self.dossier, self._asked = copy.copy(self.first), {}
        self.dossier.call = copy.copy(self.first.call)

    def look(self) -> None:
        """Read the dossier again: its state and its form may have changed."""
        self.dossier.refresh_from_db(fields=["state", "submitted_at", "form_revision"])
        self._asked = {}

    def question(self, address: Address) -> Question:
        """The question of an address, also one that is asked no more."""
        if address not in self._asked:
            self._asked[address] = former.question_of(self.dossier, address)
        return self._asked[address]

    def typed(self, address: Address, value: Any) -> str:
        """A stored value as its field shows it."""
        return str(answers.typed(self.question(address), value))

    def shown(self, address: Address, text: str) -> str:
        """What the portal keeps of a text, as people read it."""
        return answers.shown(self.question(address), answers.keep(self.question(address), text)[0])

    def cleaned(self, address: Address, text: str) -> str:
        """What the portal keeps of a text, as its field shows it."""
        return self.typed(address, answers.keep(self.question(address), text)[0])

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
        kind = {200: "ok", 409: "stale", 422: "refused", 423: "refused"}[answer.status_code]
        body = answer.json()
        return Outcome(kind, body.get("version", 0), body.get("sent_version", 0), body.get("typed", ""))

    def publish(self, ways: dict[str, int]) -> None:
        """Give the call another form, and ask for its drafts to follow."""
        revision = call_config.revision_of({"code": "PETIT", **drafting_forms.definition(ways)}, at=clock.now())
        call = self.dossier.call
        call.form_revision = revision
        call.save(update_fields=["form_revision"])
        call_config.queue_drafts(call)

    def follow(self) -> None:
        """Do what the job of a publication does; twice is once."""
        for _ in range(2):
            actions.follow_form(dossier_id=self.dossier.pk)
        self.look()
