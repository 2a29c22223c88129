"""The windows of a call (pure): when dossiers are received, once, or in several rounds one after the other."""

import datetime as dt
from collections.abc import Mapping, Sequence
from dataclasses import dataclass


@dataclass(frozen=True)
class Window:
    """Dossiers are received from `opens_at`, and strictly before `closes_at`. Alone, it has no code and no label."""

    code: str
    label: str
    opens_at: dt.datetime
    closes_at: dt.datetime

    def holds(self, at: dt.datetime) -> bool:
        """Whether a dossier is received at the instant `at`."""
        return self.opens_at <= at < self.closes_at


def windows_of(
    rounds: Sequence[Mapping[str, str]], opens_at: dt.datetime, closes_at: dt.datetime
) -> tuple[Window, ...]:
    """The windows of a call, in order: its rounds, or the one from its opening to its closing.

    The call's own instants are those of its first opening and of its last closing, and count before its rounds'.
    """
    if not rounds:
        return (Window("", "", opens_at, closes_at),)
    last = len(rounds) - 1
    return tuple(
        Window(
            row["code"],
            row["label"],
            opens_at if rank == 0 else dt.datetime.fromisoformat(row["opens_at"]),
            closes_at if rank == last else dt.datetime.fromisoformat(row["closes_at"]),
        )
        for rank, row in enumerate(rounds)
    )


def present(among: Sequence[Window], at: dt.datetime) -> Window:
    """The window open at `at`, or else the next to open, or else the last."""
    return next((window for window in among if at < window.closes_at), among[-1])
