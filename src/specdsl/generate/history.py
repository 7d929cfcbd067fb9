"""The batches that a dataset has grown by, and what makes each one's rows anew.

A row keeps for ever what its own batch had: the clock, the rows that other tables had then, the spec. So no
row that was made has to be kept: any of it is computed again, by the engine of its batch.
"""

from __future__ import annotations

import threading
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from typing import TYPE_CHECKING

import numpy as np

from specdsl.check.moving import Clock
from specdsl.generate.changed import FOLLOWED, Alive, Changed, TableChanges
from specdsl.ir.changes import Touched
from specdsl.ir.model import Dataset, Reference, Table
from specdsl.plan.model import Plan
from specdsl.plan.partial import Reach, partial_plan
from specdsl.records import record
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine
    from specdsl.generate.state import Indexes, KeptRows, StateEngine


_KEPT_ROWS = 1 << 14
"""So many rows changed by an update are quick to compute, but for the calls that it takes; the values of more
would take memory, and be added to again and again."""


@record
class Past:
    """One batch: its spec (``edition`` names it), its clock in microseconds, and how many rows every table
    had at its end, those included that the spec no longer has."""

    edition: str
    dataset: Dataset
    now: int
    rows: Mapping[str, int]


@record
class History:
    """The batches before the one that is being made, oldest first, and the name of its spec. ``changes``:
    what batches have changed, by table; of the one that is being made which rows it deletes, and what it
    updates where rows after it are asked for. ``indexes``: where engines keep theirs that know the same
    deletions. ``open``: the tables of which ``changes`` does not say yet what follows in that batch."""

    past: tuple[Past, ...] = ()
    edition: str = ""
    changes: Mapping[str, TableChanges] = field(default_factory=dict)
    indexes: Indexes | None = None
    open: frozenset[str] = frozenset()


@dataclass(frozen=True, slots=True, eq=False)
class Kind:
    """The changes by one batch and rule: what it touches of a row of ``table``, one object for all batches
    with the same spec."""

    batch: int
    rule: int
    touched: Touched
    table: Table


class Entries:
    """The changes of a table's rows, by row and then by batch: what an update has changed, and then what has
    followed (the rule FOLLOWED)."""

    def __init__(self, rows: Int64Array, batches: Int64Array, rules: Int64Array, draws: Int64Array) -> None:
        self._rows, self._batches, self._rules, self._draws = rows, batches, rules, draws

    @staticmethod
    def of_updates(updates: Mapping[int, Changed]) -> Entries:
        """Those of all batches."""
        none = np.empty(0, dtype=np.int64)
        pieces = [(none, none, none, none)]
        for batch, changed in updates.items():
            own = changed.rules != FOLLOWED
            rows, rules, draws = changed.rows[own], changed.rules[own], changed.draws[own]
            pieces.append((rows, np.full(len(rows), batch, dtype=np.int64), rules, draws))
            count = len(changed.followed)
            of_batch, rule = (np.full(count, n, dtype=np.int64) for n in (batch, FOLLOWED))
            pieces.append((changed.followed, of_batch, rule, np.zeros(count, dtype=np.int64)))
        rows, batches, rules, draws = (np.concatenate(parts) for parts in zip(*pieces, strict=True))
        order = np.lexsort((rules == FOLLOWED, batches, rows))
        return Entries(rows[order], batches[order], rules[order], draws[order])

    def until(self, number: int) -> Entries:
        """Those of the batches before ``number``."""
        mine = self._batches < number
        if mine.all():
            return self
        return Entries(self._rows[mine], self._batches[mine], self._rules[mine], self._draws[mine])

    @property
    def rows(self) -> Int64Array:
        """The rows that were changed, ascending, each once."""
        return np.unique(self._rows)

    def which(self, rows: Int64Array) -> BoolArray:
        """Which of ``rows`` were changed."""
        if not len(self._rows):
            return np.zeros(len(rows), dtype=np.bool_)
        at = np.minimum(np.searchsorted(self._rows, rows), len(self._rows) - 1)
        same: BoolArray = self._rows[at] == rows
        return same

    def any(self, rows: Int64Array) -> bool:
        """Whether one of ``rows`` was changed."""
        return bool(np.any(self.which(rows)))

    def of(self, rows: Int64Array) -> tuple[Int64Array, Int64Array, Int64Array, Int64Array]:
        """The changes of ``rows``, row by row: positions in ``rows``, batches, rules, draws."""
        low = np.searchsorted(self._rows, rows, side="left")
        counts = np.searchsorted(self._rows, rows, side="right") - low
        positions, at = selection.ranges(low, counts)
        return positions, self._batches[at], self._rules[at], self._draws[at]


class Generations:
    """The engines of all batches, the last of which is being made by ``newest``. Batches are numbered from
    0 here."""

    def __init__(self, history: History, newest: Engine) -> None:
        self.past = history.past
        self.newest = newest
        self.last = len(history.past)
        self.lock = threading.RLock()
        self._editions = [*(batch.edition for batch in history.past), history.edition]
        self._resolvers = list(range(self.last + 1))
        for number in reversed(range(self.last)):
            if self._editions[number] == self._editions[number + 1]:
                self._resolvers[number] = self._resolvers[number + 1]
        self._clocks: dict[str, tuple[Clock, Reach]] = {}  # by edition
        self._ends: dict[str, Int64Array] = {}
        self._engines: dict[int, Engine] = {self.last: newest}
        self._states: dict[tuple[int, int], StateEngine] = {}
        self._kept: dict[tuple[str, int, int], KeptRows | None] = {}
        self._kinds: dict[tuple[str, int, int], Kind] = {}
        self._changes = history.changes
        self._indexes = history.indexes
        self._open = history.open
        self._every: dict[str, Entries] = {}
        self._entries: dict[tuple[str, int], Entries] = {}
        self._alive: dict[tuple[str, int], Alive | None] = {}
        self._changing = self._reaching(frozenset(n for n, c in history.changes.items() if c.updates))

    # --- rows ------------------------------------------------------------------------------

    def _totals(self, table: str) -> Int64Array:
        """The rows of ``table`` at the end of each batch before the last."""
        found = self._ends.get(table)
        if found is None:
            counts = [batch.rows.get(table, 0) for batch in self.past]
            found = self._ends[table] = np.array(counts, dtype=np.int64)
        return found

    def start(self, table: str, number: int) -> int:
        """The rows of ``table`` before batch ``number``."""
        return int(self._totals(table)[number - 1]) if number > 0 else 0

    def end(self, table: str, number: int) -> int:
        """The rows of ``table`` after batch ``number``."""
        return self.newest.row_count(table) if number == self.last else self.start(table, number + 1)

    def owners(self, table: str, rows: Int64Array) -> Int64Array:
        """The number of the batch that made each row."""
        return np.searchsorted(self._totals(table), rows, side="right").astype(np.int64)

    def had(self, table: str, number: int) -> bool:
        """Whether ``table`` was there before batch ``number``."""
        return number > 0 and table in self.past[number - 1].rows

    def first(self, table: str, number: int) -> int:
        """The first batch that ``table`` is of, up to ``number``, of which it is."""
        return next((n for n in range(number) if self.had(table, n + 1)), number)

    # --- changes ---------------------------------------------------------------------------

    def _reaching(self, changed: frozenset[str]) -> frozenset[str]:
        """The tables in ``changed``, and those that lead to them, however far."""
        found = set(changed)
        datasets = [*(batch.dataset for batch in self.past), self.newest.dataset] if changed else []
        while True:
            size = len(found)
            for dataset in datasets:
                for table in dataset.tables.values():
                    if any(r.table in found for r in table.references.values()):
                        found.add(table.name)
            if size == len(found):
                return frozenset(found)

    def changing(self, table: str) -> bool:
        """Whether rows of ``table``, or rows that they lead to, look otherwise from one batch than from
        another."""
        return table in self._changing

    def versions(self, table: str, number: int) -> Entries:
        """The changes of ``table`` before batch ``number``."""
        found = self._entries.get((table, number))
        if found is None:
            every = self._every.get(table)
            if every is None:
                changes = self._changes.get(table)
                every = self._every[table] = Entries.of_updates({} if changes is None else changes.updates)
            found = self._entries[table, number] = every.until(number)
        return found

    def seen(self, table: str, rows: Int64Array, batches: Int64Array) -> BoolArray:
        """Which of the changes of ``rows`` in ``batches`` are seen in columns that are not hidden."""
        out = np.zeros(len(rows), dtype=np.bool_)
        for batch in np.unique(batches).tolist():
            mine = np.flatnonzero(batches == batch)
            out[mine] = np.isin(rows[mine], self._changes[table].updates[batch].rows)
        return out

    def alive(self, table: str, number: int) -> Alive | None:
        """The rows of ``table`` that are left after the deletions of batch ``number``; None where all are."""
        key = table, number
        if key not in self._alive:
            changes = self._changes.get(table)
            gone = None if changes is None else changes.deleted[changes.deleted_in <= number]
            self._alive[key] = None if gone is None or not len(gone) else Alive(gone)
        return self._alive[key]

    # --- engines ---------------------------------------------------------------------------

    def engine(self, number: int) -> Engine:
        """What makes the rows of batch ``number``."""
        found = self._engines.get(number)
        if found is None:
            with self.lock:
                found = self._engines.get(number)
                if found is None:
                    found = self._engines[number] = self.newest.of_batch(self._plan(number), number)
        return found

    def after(self, number: int) -> StateEngine:
        """What rows are after batch ``number``."""
        return self._state(number, number + 1)

    def before(self, number: int) -> StateEngine:
        """What rows are before batch ``number``, to that batch."""
        return self._state(number, number)

    def settled(self, table: str, column: str, number: int) -> StateEngine | None:
        """A state whose rows say what roll-up ``column`` of ``table`` is to batch ``number``: it has followed
        them, and no batch since has changed what it is over. None where there is none."""
        last = number - 1
        if last == self.last and table in self._open:
            last -= 1
        if last < 1 or self._editions[last] != self._editions[min(number, self.last)]:
            return None
        state = self.after(last)
        return state if column in state.following.of_states(table) else None

    def _state(self, of: int, number: int) -> StateEngine:
        from specdsl.generate.state import StateEngine

        found = self._states.get((of, number))
        if found is None:
            with self.lock:
                found = self._states.get((of, number))
                if found is None:
                    found = self._states[of, number] = StateEngine(self.engine(of), number)
        return found

    def kind(self, table: str, number: int, rule: int) -> Kind:
        """The changes of ``table`` by a batch and a rule."""
        found = self._kinds.get((table, number, rule))
        if found is None:
            engine = self.resolver(number)
            touched, plan = engine.touched(table, rule), engine.plan.tables[table]
            found = self._kinds[table, number, rule] = Kind(number, rule, touched, plan.table)
        return found

    def kept(self, table: str, number: int, rule: int) -> KeptRows | None:
        """The rows of ``table`` that batch ``number`` has changed by ``rule``, whose values are kept; None
        where they are too many for it."""
        from specdsl.generate.state import KeptRows

        key = table, number, rule
        if key not in self._kept:
            with self.lock:
                if key not in self._kept:
                    changed = self._changes[table].updates[number]
                    rows = changed.followed if rule == FOLLOWED else changed.rows[changed.rules == rule]
                    few = rule == FOLLOWED or len(rows) <= _KEPT_ROWS
                    self._kept[key] = KeptRows(self.after(number), table, rule, rows) if few else None
        return self._kept[key]

    @property
    def indexes(self) -> Indexes:
        """Indexes over rows that refer to others."""
        from specdsl.generate.state import Indexes

        if self._indexes is None:
            self._indexes = Indexes()
        return self._indexes

    def edition_start(self, number: int) -> int:
        """The first batch with the spec of batch ``number`` and all between."""
        while number > 0 and self._editions[number - 1] == self._editions[number]:
            number -= 1
        return number

    def _plan(self, number: int) -> Plan:
        batch = self.past[number]
        if batch.edition not in self._clocks:
            self._clocks[batch.edition] = Clock(batch.dataset), Reach(batch.dataset)
        clock, reach = self._clocks[batch.edition]
        dataset = clock.at(batch.now)
        tables = {name: _sized(table, batch.rows.get(name, 0)) for name, table in dataset.tables.items()}
        return partial_plan(replace(dataset, tables=tables), reach)

    def resolver(self, number: int) -> Engine:
        """The latest engine with the spec of batch ``number`` and all between: what several batches ask for
        is computed there, once."""
        return self.engine(self._resolvers[number])

    def other_editions(self, number: int) -> Iterator[int]:
        """The last batch before ``number`` with each spec other than its own."""
        for earlier in range(number):
            if self._editions[earlier] not in (self._editions[number], self._editions[earlier + 1]):
                yield earlier

    # --- parents ---------------------------------------------------------------------------

    def first_parent(self, reference: Reference, number: int, now: int) -> int:
        """The first parent that is young enough for ``reference`` in batch ``number``, whose clock is
        ``now``."""
        since = reference.since
        if since is None:
            return 0
        if since.batches is not None:
            return self.start(reference.table, max(0, number + 1 - since.batches))
        assert since.micros is not None
        clocks = [batch.now for batch in self.past[:number]]
        return self.start(reference.table, int(np.searchsorted(clocks, now - since.micros, side="left")))

    def segment(self, table: str, parent: str, number: int) -> tuple[int, int]:
        """Of rows dealt out one to one: the first parent that batch ``number`` deals out, and the first row
        of ``table`` that takes one of those. Parents of batches before that are not dealt out again."""
        parents, rows = 0, 0
        for batch in range(1, number + 1):
            if self.had(table, batch) and self.end(parent, batch) > self.start(parent, batch):
                parents, rows = self.start(parent, batch), self.start(table, batch)
        return parents, rows


def _sized(table: Table, rows: int) -> Table:
    """``table`` with the rows that it had: those that were written, or that a database had."""
    if table.source is not None and table.source.database:
        return replace(table, source=replace(table.source, rows=rows))
    return table if table.rows is None else replace(table, rows=rows)
