"""A query that Django writes once a process; from then on only its parameters change.

For what runs at each pause in somebody's typing, and for nothing else: there, writing the SQL of a join takes five
times the processor that sending it does.
"""

import copy
from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, Generic, NamedTuple, TypeVar

from django.db import DEFAULT_DB_ALIAS, connections, models
from django.db.models import QuerySet
from django.db.transaction import TransactionManagementError

Row = TypeVar("Row", bound=models.Model)
_STANDS_FOR = -1_000_000_000


class _Written(NamedTuple):
    """What Django made of the query. `places` has a parameter's name, or a constant, for each mark of `sql`."""

    rows: QuerySet[Any]
    compiler: Any
    sql: str
    places: list[tuple[str, Any]]


class Prepared(Generic[Row]):
    """The query of one row that `write(**parameters)` says. `kinds` gives the type of each parameter: `str` or `int`.

    The row comes out as from the queryset, with its joined objects and its annotations.
    """

    def __init__(self, write: Callable[..., QuerySet[Row]], **kinds: type) -> None:
        self._write, self._kinds = write, kinds
        self._written: _Written | None = None

    def given(self, **values: Any) -> "Given[Row]":
        """The same query with some of its parameters, for `get_object_or_404` to give the others."""
        return Given(self, values)

    def first(self, **values: Any) -> Row | None:
        """The row for these parameters (all of them, none of them None), or None.

        Raises TransactionManagementError for a query that locks, outside a transaction.
        """
        written = self._written or self._prepare()
        locks = written.rows.query.select_for_update
        if locks and not connections[DEFAULT_DB_ALIAS].in_atomic_block:
            raise TransactionManagementError("a row is locked inside a transaction")
        if values.keys() != self._kinds.keys() or None in values.values():
            raise ValueError(f"parameters wanted: {', '.join(self._kinds)}")
        params = tuple(values[name] if name else constant for name, constant in written.places)
        # PostgreSQL misses the row once when it left a joined one while we waited for its lock: the join is of before.
        return _row(written, params) or (_row(written, params) if locks else None)

    @property
    def model(self) -> type[Row]:
        return (self._written or self._prepare()).rows.model

    def _prepare(self) -> _Written:
        """Write the query with a stand-in for each parameter, and find where they went."""
        stand_ins: dict[Any, str] = {
            (_STANDS_FOR - rank if kind is int else f"\ue000{name}"): name
            for rank, (name, kind) in enumerate(self._kinds.items())
        }
        rows = self._write(**{name: stand_in for stand_in, name in stand_ins.items()})
        compiler = rows.query.get_compiler(DEFAULT_DB_ALIAS)
        sql, params = compiler.as_sql()
        places = [(stand_ins.get(param, "") if isinstance(param, str | int) else "", param) for param in params]
        if lost := self._kinds.keys() - {name for name, _ in places}:
            raise ValueError(f"the query has no such parameter: {', '.join(sorted(lost))}")
        self._written = _Written(rows, compiler, sql, places)
        return self._written


def _row(written: _Written, params: tuple[Any, ...]) -> Any:
    """Run the query as Django would have, had it written the same again."""
    compiler, query = copy.copy(written.compiler), copy.copy(written.rows.query)
    compiler.connection = connections[DEFAULT_DB_ALIAS]
    compiler.as_sql = lambda *_, **__: (written.sql, params)
    query.get_compiler = lambda *_, **__: compiler  # type: ignore[method-assign]
    return next(iter(QuerySet(model=written.rows.model, query=query)), None)


@dataclass(frozen=True)
class Given(Generic[Row]):
    """A prepared query that waits for its last parameters: as much of a queryset as `get_object_or_404` asks for."""

    prepared: Prepared[Row]
    values: dict[str, Any]

    @property
    def model(self) -> type[Row]:
        return self.prepared.model

    def get(self, **values: Any) -> Row:
        """The row. Raises the DoesNotExist of its model."""
        found = self.prepared.first(**self.values, **values)
        if found is None:
            raise self.model.DoesNotExist  # type: ignore[attr-defined]  # each model has one of its own
        return found
