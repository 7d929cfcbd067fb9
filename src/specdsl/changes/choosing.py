"""Which rows a batch changes: what it deletes, with all that goes along, and then what it updates.

A row is changed once in a batch at most, and never in the batch that makes it. Which rows are chosen follows
from the seed, the batch and the rows that are left: a keyed permutation goes through them.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

import numpy as np

from specdsl.changes.differing import differing
from specdsl.generate import conditions
from specdsl.generate.changed import Changed
from specdsl.generate.engine import Engine
from specdsl.generate.errors import GenerationError
from specdsl.generate.versions import ChangedRows, Unchanged
from specdsl.ir.changes import deleted_through
from specdsl.ir.expr import Aggregate, Expr
from specdsl.ir.model import Delete, OnDelete, Reference, Table, Update
from specdsl.ir.walk import walk
from specdsl.plan.changes import rule_of_nulled
from specdsl.vectors.vector import BoolArray, Int64Array

DRAWS = 12
"""So often a row is drawn anew until it differs; then another row is changed in its place."""

_ROWS = 1 << 16

Rows = Mapping[str, Int64Array]


@dataclass
class Deletions:
    """Rows by table, ascending. ``nulled``: by table and reference those that lose their parent.
    ``short``: deletions of which fewer rows could be had than the spec says, as sentences."""

    deleted: dict[str, Int64Array] = field(default_factory=dict)
    nulled: dict[str, dict[str, Int64Array]] = field(default_factory=dict)
    short: list[str] = field(default_factory=list)


# --- deletes -----------------------------------------------------------------------------------------


def choose_deletions(engine: Engine, first: Rows | Mapping[str, int]) -> Deletions:
    """What the batch of ``engine`` deletes of the ``first[table]`` rows that earlier ones have made. Raises
    GenerationError."""
    return _Deleting(engine, {name: int(rows) for name, rows in first.items()}).chosen()


class _Deleting:
    def __init__(self, engine: Engine, first: dict[str, int]) -> None:
        self._engine = engine
        self._first = first
        self._tables = {n: t for n, t in engine.dataset.tables.items() if t.query is None}
        self._order = [n for n in engine.plan.order if n in self._tables]
        reach = deleted_through(engine.dataset)
        self._reach = [n for n in self._order if n in reach and first.get(n)]
        self._references = [
            (child, reference)
            for child in self._order
            for reference in self._tables[child].references.values()
            if reference.table in self._reach and first.get(child)
        ]
        self._blocked = {n: np.zeros(first[n], dtype=np.bool_) for n in self._reach}
        self._deleted = {n: np.zeros(first[n], dtype=np.bool_) for n in self._reach}

    def chosen(self) -> Deletions:
        out = Deletions()
        if not any(self._tables[n].deletes for n in self._reach):
            return out
        self._block()
        for name in self._reach:
            for number, delete in enumerate(self._tables[name].deletes):
                self._choose(name, number, delete, out)
        self._spread()
        for name, gone in self._deleted.items():
            if gone.any():
                out.deleted[name] = np.flatnonzero(gone)
        for child, reference in self._references:
            if reference.on_delete is OnDelete.SET_NULL and reference.table in out.deleted:
                lost = self._children(child, reference, self._deleted[reference.table])
                if child in self._deleted:
                    lost = lost[~self._deleted[child][lost]]
                if len(lost):
                    out.nulled.setdefault(child, {})[reference.name] = lost
        return out

    def _block(self) -> None:
        """Rows that stay: other rows refer to them, and do not go along."""
        fresh = {name: np.empty(0, dtype=np.int64) for name in self._reach}
        for child, reference in self._references:
            if reference.on_delete is None:
                for rows in old_rows(self._engine, child, self._first[child]):
                    self._block_parents(child, reference, rows, fresh)
        while any(len(rows) for rows in fresh.values()):
            pending, fresh = fresh, {name: np.empty(0, dtype=np.int64) for name in self._reach}
            for child, reference in self._references:
                if reference.on_delete is OnDelete.CASCADE:
                    self._block_parents(child, reference, pending[child], fresh)

    def _block_parents(
        self, child: str, reference: Reference, rows: Int64Array, fresh: dict[str, Int64Array]
    ) -> None:
        parents = np.unique(self._parents(child, reference, rows)[0])
        blocked = self._blocked[reference.table]
        new = parents[~blocked[parents]]
        blocked[new] = True
        fresh[reference.table] = np.union1d(fresh[reference.table], new)

    def _parents(self, child: str, reference: Reference, rows: Int64Array) -> tuple[Int64Array, Int64Array]:
        """The parents of those of ``rows`` that have one in an earlier batch, and these rows."""
        if not len(rows):
            return rows, rows
        parents, valid = self._engine.rowset(child, rows).parents(reference.name)
        has = parents < self._first[reference.table]
        has = has if valid is None else has & valid
        return parents[has], rows[has]

    def _children(self, child: str, reference: Reference, gone: BoolArray) -> Int64Array:
        """The rows whose parent is gone."""
        found = [np.empty(0, dtype=np.int64)]
        for rows in old_rows(self._engine, child, self._first[child]):
            parents, mine = self._parents(child, reference, rows)
            found.append(mine[gone[parents]])
        return np.concatenate(found)

    def _choose(self, name: str, number: int, delete: Delete, out: Deletions) -> None:
        blocked, deleted = self._blocked[name], self._deleted[name]
        candidates = _Candidates(self._engine, name, self._first[name], f"delete {number}", delete.where)
        wanted = _count(delete, candidates.size)
        taken = 0
        for block in candidates.in_turn():
            if taken >= wanted:
                break
            rows = block[~(blocked[block] | deleted[block])][: wanted - taken]
            deleted[rows] = True
            taken += len(rows)
        if taken < wanted:
            out.short.append(
                f"`{name}` loses {taken:,} rows instead of {wanted:,}: rows that stay refer to the others"
                if blocked.any()
                else f"`{name}` loses {taken:,} rows instead of {wanted:,}: there are no more"
            )

    def _spread(self) -> None:
        """Delete what goes along, however far."""
        cascading = [
            (c, r)
            for c, r in self._references
            if r.on_delete is OnDelete.CASCADE and r.table in self._deleted
        ]
        place = {name: i for i, name in enumerate(self._order)}
        one_pass = all(place[r.table] < place[c] for c, r in cascading)
        while True:
            more = False
            for child, reference in cascading:
                gone = self._deleted[reference.table]
                if gone.any():
                    rows = self._children(child, reference, gone)
                    more |= not bool(self._deleted[child][rows].all())
                    self._deleted[child][rows] = True
            if one_pass or not more:
                return


# --- updates -----------------------------------------------------------------------------------------


def choose_updates(
    engine: Engine, first: Mapping[str, int], nulled: Mapping[str, Mapping[str, Int64Array]]
) -> tuple[dict[str, Changed], list[str]]:
    """What the batch of ``engine``, which knows its own deletions, updates of earlier rows; ``nulled`` are
    the rows that lose parents. And what could not be had, as sentences. Raises GenerationError."""
    found: dict[str, Changed] = {}
    short: list[str] = []
    for name in engine.plan.order:
        table = engine.dataset.tables[name]
        if table.query is None and first.get(name) and (table.updates or name in nulled):
            changed = _Updating(engine, table, first[name], nulled.get(name, {}), short).chosen()
            if len(changed.rows):
                found[name] = changed
    return found, short


class _Updating:
    def __init__(
        self,
        engine: Engine,
        table: Table,
        first: int,
        nulled: Mapping[str, Int64Array],
        short: list[str],
    ) -> None:
        self._engine = engine
        self._table = table
        self._first = first
        self._short = short
        self._rows: list[Int64Array] = []
        self._rules: list[Int64Array] = []
        self._draws: list[Int64Array] = []
        self._taken = np.zeros(first, dtype=np.bool_)
        self._null(nulled)

    def chosen(self) -> Changed:
        # Time passes for all rows, those included that another update could have.
        updates = sorted(enumerate(self._table.updates), key=lambda pair: not pair[1].passing)
        for rule, update in updates:
            try:
                if update.passing:
                    self._pass(rule)
                else:
                    self._update(rule, update)
            except GenerationError as error:
                raise error.at(self._table.name, update.columns[0]) from None
        none = [np.empty(0, dtype=np.int64)]
        rows = np.concatenate(none + self._rows)
        order = np.argsort(rows)
        rules, draws = np.concatenate(none + self._rules), np.concatenate(none + self._draws)
        return Changed(rows[order], rules[order], draws[order])

    def _add(self, rows: Int64Array, rule: int, draws: Int64Array) -> None:
        self._taken[rows] = True
        self._rows.append(rows)
        self._rules.append(np.full(len(rows), rule, dtype=np.int64))
        self._draws.append(draws)

    def _null(self, nulled: Mapping[str, Int64Array]) -> None:
        """Rows that lose parents: those that lose the same ones are changed by the same rule."""
        rules = np.zeros(self._first, dtype=np.int64)
        for name, rows in nulled.items():
            rules[rows] += rule_of_nulled(self._table, frozenset({name})) + 1
        for rule in np.unique(rules[rules < 0]).tolist():
            rows = np.flatnonzero(rules == rule)
            self._add(rows, rule - 1, np.zeros(len(rows), dtype=np.int64))

    def _changed(self, rule: int, rows: Int64Array, draws: Int64Array) -> BoolArray:
        """Which rows look otherwise after a change."""
        before = self._engine.rowset(self._table.name, rows)
        update = self._engine.update_plan(self._table.name, rule)
        after = ChangedRows(self._engine, update, rows, draws, Unchanged(before))
        names = [n for n in self._table.columns if n in update.touched.columns]
        return differing(before, after, [n for n in names if not self._table.columns[n].hidden])

    def _pass(self, rule: int) -> None:
        for some in old_rows(self._engine, self._table.name, self._first):
            rows = some[~self._taken[some]]
            none = np.zeros(len(rows), dtype=np.int64)
            if len(rows):
                mine = rows[self._changed(rule, rows, none)]
                self._add(mine, rule, none[: len(mine)])

    def _update(self, rule: int, update: Update) -> None:
        name = self._table.name
        candidates = _Candidates(self._engine, name, self._first, f"update {rule}", update.where)
        wanted = _count(update, candidates.size)
        left = wanted
        for block in candidates.in_turn():
            rows = block[~self._taken[block]]
            while left and len(rows):
                count = min(left, len(rows))
                left -= self._redraw(rule, rows[:count])
                rows = rows[count:]
            if not left:
                return
        if left:
            self._short.append(
                f"`{name}` has {wanted - left:,} updates of {', '.join(f'`{c}`' for c in update.columns)} "
                f"instead of {wanted:,}: no more rows could be changed"
            )

    def _redraw(self, rule: int, rows: Int64Array) -> int:
        """Update those of ``rows`` that some draw changes; how many they are."""
        count = 0
        for draw in range(DRAWS):
            draws = np.full(len(rows), draw, dtype=np.int64)
            changed = self._changed(rule, rows, draws)
            mine = rows[changed]
            if len(mine):
                self._add(mine, rule, draws[: len(mine)])
            count += len(mine)
            rows = rows[~changed]
            if not len(rows):
                break
        return count


# --- rows that are there -----------------------------------------------------------------------------


def old_rows(engine: Engine, table: str, first: int) -> Iterator[Int64Array]:
    """The rows of ``table`` below ``first`` that are left, ascending, some at a time."""
    alive = engine.alive(table)
    for start in range(0, first, _ROWS):
        rows = np.arange(start, min(first, start + _ROWS), dtype=np.int64)
        yield rows if alive is None else rows[alive.has(rows)]


def _seeing(engine: Engine, where: Expr) -> Engine:
    """What knows the rows that roll-ups in ``where`` are over."""
    if engine.generations is None or not any(isinstance(node, Aggregate) for node in walk(where)):
        return engine
    return engine.generations.before(engine.number)


def _count(change: Update | Delete, size: int) -> int:
    if change.rows is not None:
        return change.rows
    return int((change.share or 0.0) * size + 0.5)


class _Candidates:
    """The rows below ``first`` that are left and satisfy ``where``, in a random order."""

    def __init__(self, engine: Engine, table: str, first: int, name: str, where: Expr | None) -> None:
        self._engine = engine
        self._key = engine.key(table, "changes", engine.number, name)
        self._alive = engine.alive(table)
        self._found: Int64Array | None = None
        if where is None:
            ends = np.array([first], dtype=np.int64)
            self.size = first if self._alive is None else int(self._alive.rank(ends)[0])
        else:
            found = [np.empty(0, dtype=np.int64)]
            state = _seeing(engine, where)
            for rows in old_rows(engine, table, first):
                frame = state.rowset(table, rows).frame("", (table, "changes"))
                found.append(rows[conditions.is_true(where, frame)])
            self._found = np.concatenate(found)
            self.size = len(self._found)

    def in_turn(self) -> Iterator[Int64Array]:
        """All of them, some at a time."""
        if not self.size:
            return
        order = self._engine.permutation(self._key, self.size)
        for start in range(0, self.size, _ROWS):
            at = order.at(np.arange(start, min(self.size, start + _ROWS), dtype=np.int64))
            if self._found is not None:
                yield self._found[at]
            else:
                yield at if self._alive is None else self._alive.gather(at)
