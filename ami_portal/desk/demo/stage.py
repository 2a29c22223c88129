"""Where the demonstration plays: the file's cast, the three editions of the call, and who and what exists so far."""

import datetime as dt
from collections.abc import Callable, Mapping
from dataclasses import dataclass, field
from pathlib import Path
from typing import Any

from django.conf import settings

from ami_portal.accounts.models import User
from ami_portal.desk import calls
from ami_portal.kernel import clock
from applications.models import Call, Dossier

from .agenda import Agenda, on, working, working_days_after
from .words import Cast, Project, read

PLAY = Path(settings.BASE_DIR) / "data" / "demo.yaml"
CALL = Path(settings.BASE_DIR) / "data" / "ami-di-2024.yaml"
CLOSED_SINCE, CLOSES_IN = 42, 24
"""Days between today and the closing of the edition under evaluation, and of the one that is open."""


@dataclass(frozen=True)
class Edition:
    """One edition of the call: its file, moved in time."""

    key: str
    config: Mapping[str, Any]

    @property
    def code(self) -> str:
        code: str = self.config["call"]["code"]
        return code

    @property
    def opens_at(self) -> dt.datetime:
        opens_at: dt.datetime = self.config["call"]["calendar"]["opens_at"]
        return opens_at

    @property
    def closes_at(self) -> dt.datetime:
        closes_at: dt.datetime = self.config["call"]["calendar"]["closes_at"]
        return closes_at

    @property
    def closes_on(self) -> dt.date:
        return clock.paris(self.closes_at).date()

    def before(self, days: int, time: str) -> dt.datetime:
        """So many days before the day of the closing."""
        return on(self.closes_on - dt.timedelta(days=days), time)

    def after(self, working_days: int, time: str) -> dt.datetime:
        """So many working days after the closing."""
        return on(working_days_after(self.closes_on, working_days), time)


@dataclass
class Stage:
    """Everything that the acts share. Objects are read again by each act, so none is ever out of date."""

    cast: Cast
    editions: Mapping[str, Edition]
    agenda: Agenda
    today: dt.date
    _refs: dict[str, str] = field(default_factory=dict)

    def edition_of(self, project: Project) -> Edition:
        return self.editions[project.edition]

    def call(self, edition: Edition) -> Call:
        return Call.objects.get(code=edition.code)

    def user(self, email: str) -> User:
        return User.objects.get(email=email)

    def started(self, project: Project, dossier: Dossier) -> None:
        """Remember which dossier a project became."""
        self._refs[project.code] = dossier.ref

    def dossier(self, project: Project) -> Dossier:
        return Dossier.objects.select_related("call").get(ref=self._refs[project.code])


def set_up(say: Callable[[str], None]) -> Stage:
    """The stage before the first act, on today's date."""
    cast, today = read(PLAY), clock.today()
    return Stage(cast=cast, editions=_editions(today), agenda=Agenda(say), today=today)


def _editions(today: dt.date) -> dict[str, Edition]:
    """The 2024 call as it was; the same, closed six weeks ago, where two people refuse; the same, open now."""
    config = calls.read(CALL)
    title, closes_on = config["call"]["title"], today + dt.timedelta(days=CLOSES_IN)
    year = closes_on.year
    closed_on = working(today - dt.timedelta(days=CLOSED_SINCE))
    own = clock.paris(config["call"]["calendar"]["closes_at"]).date()
    plan = {
        "2024": (own, config["call"]["code"], f"{title} – édition 2024"),
        "first": (closed_on, f"AMI-DI-{year}-1", f"{title} – {year}, première édition"),
        "second": (closes_on, f"AMI-DI-{year}-2", f"{title} – {year}, deuxième édition"),
    }
    moved = {key: calls.moved(config, closes_on=day, code=code, title=name) for key, (day, code, name) in plan.items()}
    moved["first"]["call"]["decisions"]["two_people_refusals"] = True
    return {key: Edition(key, own) for key, own in moved.items()}
