"""The order of a deliberation (pure): the one in which members who stand aside leave the room least often.

From one dossier to the next, whoever stands aside from the second and not from the first leaves; whoever of the first
and not of the second comes back. All are in the room before the first dossier and after the last, so that each exit has
its return, and the fewest exits is the shortest tour through the sets of those who leave, the empty set among them, by
how many people they differ (a travelling salesman). Two things make it small:

- dossiers that the same people leave are one place (the distance obeys the triangle inequality);
- sets that share nobody, directly or through others, are as far from each other as from the empty set: each group of
  sets that are tied is a tour of its own.

A group is solved exactly (M. Held, R. M. Karp, « A dynamic programming approach to sequencing problems », J. SIAM 10,
1962) up to `EXACT` sets; a larger one by insertion then reversal of segments, and its order says that it is not proven,
unless nobody leaves twice.
"""

from collections.abc import Iterable, Iterator, Mapping, Sequence
from dataclasses import dataclass
from itertools import pairwise

EXACT = 12
"""The most sets of a group that is solved exactly: a tenth of a second."""

Set = frozenset[str]
NOBODY: Set = frozenset()


@dataclass(frozen=True)
class Agenda:
    """An order, how many times somebody leaves the room in it, and whether no order has fewer."""

    order: tuple[str, ...]
    exits: int
    is_proven: bool


def exits_of(order: Iterable[str], aside: Mapping[str, Set]) -> int:
    """How many times somebody leaves the room when dossiers come in this order."""
    before, count = NOBODY, 0
    for name in order:
        leaving = aside.get(name, NOBODY)
        count += len(leaving - before)
        before = leaving
    return count


def arranged(names: Sequence[str], aside: Mapping[str, Set]) -> Agenda:
    """The dossiers in the order of fewest exits; where several orders have as few, the nearest to the one given."""
    place = {name: rank for rank, name in enumerate(names)}
    by_set: dict[Set, list[str]] = {}
    for name in names:
        by_set.setdefault(aside.get(name, NOBODY), []).append(name)
    blocks, is_proven = [[name] for name in by_set.pop(NOBODY, [])], True
    for group in _tied(list(by_set)):
        tour = _exact(group) if len(group) <= EXACT else _near(group)
        is_proven = is_proven and (len(group) <= EXACT or _length(tour) == 2 * len(NOBODY.union(*group)))
        if place[by_set[tour[-1]][0]] < place[by_set[tour[0]][0]]:
            tour = tour[::-1]
        blocks.append([name for one in tour for name in by_set[one]])
    order = tuple(
        name for block in sorted(blocks, key=lambda block: min(map(place.__getitem__, block))) for name in block
    )
    return Agenda(order, exits_of(order, aside), is_proven)


def _tied(sets: Sequence[Set]) -> list[list[Set]]:
    """The sets in groups that share nobody with each other."""
    groups: list[list[Set]] = []
    for one in sets:
        near = [group for group in groups if any(one & other for other in group)]
        groups = [group for group in groups if group not in near]
        groups.append([member for group in near for member in group] + [one])
    return groups


def _length(tour: Sequence[Set]) -> int:
    """How many people cross the door, from an empty corridor to an empty corridor."""
    stops = [NOBODY, *tour, NOBODY]
    return sum(len(first ^ second) for first, second in pairwise(stops))


def _exact(sets: Sequence[Set]) -> list[Set]:
    """The shortest tour from the empty set through all the others: `best[visited, last]` is the shortest way there."""
    count = len(sets)
    best = {(1 << index, index): (len(sets[index]), -1) for index in range(count)}
    for visited in range(1, 1 << count):
        for last in range(count):
            if (visited, last) not in best:
                continue
            length = best[visited, last][0]
            for following in range(count):
                step = (visited | 1 << following, following)
                if not visited & 1 << following:
                    longer = length + len(sets[last] ^ sets[following])
                    if step not in best or longer < best[step][0]:
                        best[step] = (longer, last)
    visited = (1 << count) - 1
    last = min(range(count), key=lambda index: best[visited, index][0] + len(sets[index]))
    tour: list[Set] = []
    while last >= 0:
        tour.append(sets[last])
        visited, last = visited & ~(1 << last), best[visited, last][1]
    return tour[::-1]


def _near(sets: Sequence[Set]) -> list[Set]:
    """A short tour: each set where it costs least, then segments reversed as long as that shortens it."""
    stops = [NOBODY, NOBODY]
    for one in sorted(sets, key=lambda item: (-len(item), sorted(item))):
        costs = [len(one ^ first) + len(one ^ second) - len(first ^ second) for first, second in pairwise(stops)]
        place = costs.index(min(costs)) + 1
        stops = [*stops[:place], one, *stops[place:]]
    while (best := min(_reversals(stops), default=(0, 0, 0)))[0] < 0:
        _, first, last = best
        stops = [*stops[:first], *stops[first : last + 1][::-1], *stops[last + 1 :]]
    return stops[1:-1]


def _reversals(stops: Sequence[Set]) -> Iterator[tuple[int, int, int]]:
    """How much the tour grows when the stops from one place to another are reversed."""
    for first in range(1, len(stops) - 1):
        for last in range(first + 1, len(stops) - 1):
            before = len(stops[first - 1] ^ stops[first]) + len(stops[last] ^ stops[last + 1])
            after = len(stops[first - 1] ^ stops[last]) + len(stops[first] ^ stops[last + 1])
            yield after - before, first, last
