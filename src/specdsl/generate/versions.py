"""Rows that batches have changed: what they are after all changes that an engine sees.

A change computes some columns of a row anew, in the world of its batch; every other column keeps what it was
before. So a value is that of the last change that touched its column, or of the batch that made the row.
"""

from __future__ import annotations

from abc import ABC, abstractmethod
from collections.abc import Callable, Sequence
from typing import TYPE_CHECKING

import numpy as np

from specdsl.generate.changed import FOLLOWED
from specdsl.generate.expressions.casts import convert
from specdsl.generate.mixed import MixedRows
from specdsl.generate.rows import RowSet
from specdsl.plan.changes import UpdatePlan
from specdsl.randomness.streams import derive_addresses
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, UInt64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine
    from specdsl.generate.history import Kind
    from specdsl.generate.state import KeptRows
    from specdsl.plan.model import TablePlan

_RULES = 1 << 40
_MANY = 16  # changes of a row after which what depends on what could be deeper than the interpreter's stack

Parents = tuple[Int64Array, "BoolArray | None"]


class ChangedRows(RowSet):
    """Rows that one batch changes by one rule, as they are after it. ``before``: as they were."""

    __slots__ = ("_fresh", "_update", "draws", "previous")

    def __init__(
        self,
        engine: Engine,
        update: UpdatePlan,
        rows: Int64Array,
        draws: Int64Array,
        previous: Before,
        attempts: dict[int, UInt64Array] | None = None,
        edges: dict[int, BoolArray | None] | None = None,
    ) -> None:
        super().__init__(engine, update.plan, rows, attempts, edges)
        self._update = update
        self.draws = draws
        self.previous = previous
        self._fresh: UInt64Array | None = None

    @property
    def update(self) -> UpdatePlan:
        return self._update

    @property
    def over(self) -> Engine:
        if self.engine.lists_children or self.engine.generations is None:
            return self.engine
        return self.engine.generations.before(self.engine.number)

    @property
    def fresh_addresses(self) -> UInt64Array:
        """What new draws are made at: another address in each batch that changes the row."""
        if self._fresh is None:
            salt = self.engine.key(self.table.name, "version", self.engine.number)
            self._fresh = derive_addresses(self.plain, salt, self.draws)
        return self._fresh

    def first_addresses(self, unit: str) -> UInt64Array:
        if unit in self._update.fresh:
            return self.fresh_addresses
        return self.previous.addresses(unit)

    def again(
        self,
        positions: Int64Array | None,
        attempts: dict[int, UInt64Array],
        edges: dict[int, BoolArray | None],
    ) -> RowSet:
        rows, draws, previous = self.rows, self.draws, self.previous
        if positions is not None:
            rows, draws, previous = rows[positions], draws[positions], previous.some(positions)
        return ChangedRows(self.engine, self._update, rows, draws, previous, attempts, edges)

    # --- values ----------------------------------------------------------------------------

    def column(self, name: str) -> Vector:
        if name in self._update.before:
            return self.previous.column(self._update.before[name])
        if name in self._update.touched.columns or name in self.plan.terms:
            return super().column(name)
        return self.previous.column(name)

    def group_item(self, group: int, index: int) -> Vector:
        if group in self._update.touched.groups:
            return super().group_item(group, index)
        return self.previous.group_item(self.table.groups[group].columns, index)

    def parents(self, name: str) -> Parents:
        if name in self._update.nulled:
            return np.zeros(self.n, dtype=np.int64), np.zeros(self.n, dtype=np.bool_)
        if name in self._update.touched.references:
            return super().parents(name)
        return self.previous.parents(name)


class Before(ABC):
    """What rows were before a change."""

    @abstractmethod
    def column(self, name: str) -> Vector:
        """The values of a column."""

    @abstractmethod
    def group_item(self, columns: tuple[str, ...], index: int) -> Vector:
        """Item ``index`` of what the columns of a group are drawn as."""

    @abstractmethod
    def parents(self, name: str) -> Parents:
        """See ``RowSet.parents``."""

    @abstractmethod
    def addresses(self, unit: str) -> UInt64Array:
        """What the draws of ``unit`` were first made at."""

    def some(self, positions: Int64Array) -> Before:
        """The same of some of the rows."""
        return _Some(self, positions)


class _Some(Before):
    def __init__(self, whole: Before, positions: Int64Array) -> None:
        self._whole = whole
        self._positions = positions

    def column(self, name: str) -> Vector:
        return selection.take(self._whole.column(name), self._positions)

    def group_item(self, columns: tuple[str, ...], index: int) -> Vector:
        return selection.take(self._whole.group_item(columns, index), self._positions)

    def parents(self, name: str) -> Parents:
        parents, valid = self._whole.parents(name)
        return parents[self._positions], None if valid is None else valid[self._positions]

    def addresses(self, unit: str) -> UInt64Array:
        return self._whole.addresses(unit)[self._positions]


class Unchanged(Before):
    """Rows as an engine sees them."""

    def __init__(self, rows: RowSet) -> None:
        self._rows = rows

    def column(self, name: str) -> Vector:
        return self._rows.column(name)

    def group_item(self, columns: tuple[str, ...], index: int) -> Vector:
        return self._rows.group_item(_group(self._rows.plan, columns), index)

    def parents(self, name: str) -> Parents:
        return self._rows.parents(name)

    def addresses(self, unit: str) -> UInt64Array:
        return self._rows.first_addresses(unit)


def _group(plan: TablePlan, columns: tuple[str, ...]) -> int:
    return next(i for i, g in enumerate(plan.table.groups) if g.columns == columns)


class _AsMade(MixedRows):
    """Rows as they were before any change."""

    __slots__ = ()

    def rolled_up(self, name: str) -> Vector | None:
        return None


class VersionedRows(MixedRows):
    """Rows of which some were changed by batches that the engine sees."""

    __slots__ = ("_base", "_history")

    _history: _Versions
    _base: MixedRows

    @property
    def base(self) -> MixedRows:
        """The rows as they were made."""
        try:
            return self._base
        except AttributeError:
            self._base = _AsMade(self.engine, self.plan, self.rows)
            return self._base

    @property
    def versions(self) -> _Versions:
        """The changes of these rows."""
        try:
            return self._history
        except AttributeError:
            self._history = _Versions(self)
            return self._history

    def column(self, name: str) -> Vector:
        key = ("c", name)
        found: Vector | None = self.cached(key)
        if found is None:
            found = self.rolled_up(name)
            if found is None:
                last = self.versions.last(self.versions.of_column(name))
                found = self.versions.column(name, last, None)
            self.keep(key, found)
        return found

    def group_item(self, group: int, index: int) -> Vector:
        columns = self.table.groups[group].columns
        last = self.versions.last(self.versions.of_group(columns))
        return self.versions.group_item(columns, index, last, None)

    def parents(self, name: str) -> Parents:
        key = ("r", name)
        found: Parents | None = self.cached(key)
        if found is None:
            last = self.versions.last(self.versions.of_reference(name))
            found = self.versions.parents(name, last, None)
            self.keep(key, found)
        return found

    def first_addresses(self, unit: str) -> UInt64Array:
        last = self.versions.last(self.versions.of_draws(unit))
        return self.versions.addresses(unit, last, None)

    @property
    def sizes(self) -> int:
        return super().sizes + self.base.sizes + self.versions.sizes


class _Stage:
    """Those of some rows that one batch has changed by one rule. ``entries``: the changes that this is, by
    their numbers in the whole history of the rows."""

    def __init__(self, versions: _Versions, kind: Kind, entries: Int64Array) -> None:
        self.kind = kind
        self.entries = entries
        self._versions = versions
        self._rows: ChangedRows | None = None

    @property
    def rows(self) -> ChangedRows:
        """The rows as they are changed."""
        if self._rows is None:
            self._rows = self._versions.changed_rows(self.kind, self.entries)
        return self._rows

    @property
    def sizes(self) -> int:
        """About how many bytes they take."""
        return 0 if self._rows is None else self._rows.sizes

    def column(self, name: str, places: Int64Array) -> Vector:
        """The values of a column at ``places``. What is kept is computed once for all who ask, and no more of
        it than they ask for."""
        kept = self._versions.kept(self.kind)
        if kept is None:
            return selection.take(self.rows.column(name), places)
        return kept.column(name, self._versions.numbers(self.entries[places]))


class _Versions:
    """All changes of some rows, in the order of rows and then of batches: entry by entry.

    Values are asked of *entries*: the change that gave a value, -1 for the batch that made the row.
    """

    def __init__(self, rows: VersionedRows) -> None:
        generations = rows.engine.generations
        assert generations is not None
        name = rows.table.name
        self._rows = rows
        self._generations = generations
        positions, batches, rules, draws = generations.versions(name, rows.engine.number).of(rows.rows)
        self._positions = positions
        self.changes = positions, batches
        self._numbers = np.arange(len(positions), dtype=np.int64)
        self._starts = np.searchsorted(positions, positions)  # where the entries of the same row begin
        self._ends = np.searchsorted(positions, np.arange(rows.n), side="right")
        keys, kinds = np.unique(batches * _RULES + (rules + _RULES // 2), return_inverse=True)
        order = np.argsort(kinds, kind="stable")
        first = np.searchsorted(kinds[order], np.arange(len(keys)))
        self._entries = np.split(order, first[1:])
        self._stage = kinds  # of each entry, and where it stands in it
        self._place = np.empty(len(positions), dtype=np.int64)
        self._place[order] = self._numbers - first[kinds[order]]
        self._kinds = [
            generations.kind(name, key // _RULES, key % _RULES - _RULES // 2) for key in keys.tolist()
        ]
        self._draws = draws
        self._stages: dict[int, _Stage] = {}
        longest = int(np.max(self._numbers - self._starts)) if len(positions) else 0
        self._deep = longest >= _MANY
        self._forced = False

    def stage(self, number: int) -> _Stage:
        """A change of some of the rows, by one batch and rule, in the order of these."""
        found = self._stages.get(number)
        if found is None:
            found = self._stages[number] = _Stage(self, self._kinds[number], self._entries[number])
        return found

    def changed_rows(self, kind: Kind, entries: Int64Array) -> ChangedRows:
        """The rows as ``entries``, which are of this kind, have changed them."""
        at = self._positions[entries]
        batch = kind.batch
        engine = self._generations.after(batch) if kind.rule == FOLLOWED else self._generations.engine(batch)
        update = engine.update_plan(self._rows.table.name, kind.rule)
        before = _BeforeStage(self, entries, at)
        return ChangedRows(engine, update, self._rows.rows[at], self._draws[entries], before)

    def kept(self, kind: Kind) -> KeptRows | None:
        """What keeps the values of all rows that were changed so, if anything does."""
        return self._generations.kept(self._rows.table.name, kind.batch, kind.rule)

    def numbers(self, entries: Int64Array) -> Int64Array:
        """The rows that ``entries`` are of."""
        return self._rows.rows[self._positions[entries]]

    def change(self, batch: int, rule: int) -> ChangedRows:
        """The rows that a batch has changed by one rule, which is one of their changes."""
        found = next(n for n, kind in enumerate(self._kinds) if (kind.batch, kind.rule) == (batch, rule))
        return self.stage(found).rows

    @property
    def stages(self) -> list[_Stage]:
        """All changes."""
        return [self.stage(number) for number in range(len(self._kinds))]

    @property
    def sizes(self) -> int:
        """About how many bytes they take."""
        return sum(stage.sizes for stage in tuple(self._stages.values()))

    def _force(self) -> None:
        """Compute the changes one after another, oldest first."""
        if self._deep and not self._forced:
            self._forced = True
            for number, kind in enumerate(self._kinds):
                if kind.rule != FOLLOWED:  # what follows does not depend on what it was before
                    stage = self.stage(number)
                    for name in kind.touched.columns:
                        stage.column(name, np.arange(len(stage.entries)))

    # --- which change ----------------------------------------------------------------------

    # For each entry the number of the last one up to it, of any row, that ...

    def of_column(self, name: str) -> Int64Array:
        """... gives a column its value."""
        return self._upto(lambda kind: name in kind.touched.columns)

    def of_group(self, columns: tuple[str, ...]) -> Int64Array:
        """... draws a group of columns."""
        return self._upto(
            lambda kind: any(kind.table.groups[g].columns == columns for g in kind.touched.groups)
        )

    def of_reference(self, name: str) -> Int64Array:
        """... leads a reference to its parent."""
        return self._upto(lambda kind: name in kind.touched.references)

    def of_draws(self, unit: str) -> Int64Array:
        """... draws a unit anew."""
        flags = []
        for number, kind in enumerate(self._kinds):
            sets = kind.touched.set_columns or kind.touched.set_groups or kind.touched.set_references
            flags.append(bool(sets) and unit in self.stage(number).rows.update.fresh)
        return self._marked(flags)

    def _upto(self, touches: Callable[[Kind], bool]) -> Int64Array:
        known: dict[int, bool] = {}
        flags = []
        for kind in self._kinds:
            found = known.get(id(kind.touched))
            if found is None:
                found = known[id(kind.touched)] = touches(kind)
            flags.append(found)
        return self._marked(flags)

    def _marked(self, flags: Sequence[bool]) -> Int64Array:
        marked = np.array(flags, dtype=np.bool_)
        mine = np.where(marked[self._stage], self._numbers, -1) if len(marked) else self._numbers
        return np.maximum.accumulate(mine) if len(mine) else mine

    def last(self, upto: Int64Array) -> Int64Array:
        """For each row its last entry of those that ``upto`` names."""
        out = np.full(self._rows.n, -1, dtype=np.int64)
        some = self._ends > 0
        last = self._ends[some] - 1
        found = upto[last]
        mine = self._positions[last] == np.flatnonzero(some)
        out[some] = np.where(mine & (found >= self._starts[last]), found, -1)
        return out

    def last_before(self, entries: Int64Array, upto: Int64Array) -> Int64Array:
        """For each of ``entries`` the last one of its row before it."""
        found = np.where(entries > 0, upto[np.maximum(entries - 1, 0)], -1)
        return np.where(found >= self._starts[entries], found, -1)

    def last_until(self, entries: Int64Array, upto: Int64Array) -> Int64Array:
        """For each of ``entries`` the last of its row up to it; -1 where it is -1."""
        out = np.full(len(entries), -1, dtype=np.int64)
        at = np.flatnonzero(entries >= 0)
        found = upto[entries[at]]
        out[at] = np.where(found >= self._starts[entries[at]], found, -1)
        return out

    # --- values ----------------------------------------------------------------------------

    def _split(self, entries: Int64Array) -> list[tuple[_Stage | None, Int64Array, Int64Array]]:
        """The stages of ``entries`` (None: no change), where each stands, and its place in the stage."""
        parts: list[tuple[_Stage | None, Int64Array, Int64Array]] = []
        none = np.flatnonzero(entries < 0)
        if len(none):
            parts.append((None, none, none))
        at = np.flatnonzero(entries >= 0)
        stages = self._stage[entries[at]]
        order = np.argsort(stages, kind="stable")
        at, stages = at[order], stages[order]
        first = np.flatnonzero(np.diff(stages, prepend=-1))
        for number, mine in zip(stages[first].tolist(), np.split(at, first[1:]), strict=bool(len(at))):
            parts.append((self.stage(number), mine, self._place[entries[mine]]))
        return parts

    def column(self, name: str, entries: Int64Array, positions: Int64Array | None) -> Vector:
        """The values of a column that ``entries`` gave; ``positions``: of which rows (None: all)."""
        self._force()
        dtype = self._rows.table.columns[name].type if name in self._rows.table.columns else None
        pieces = []
        for stage, mine, places in self._split(entries):
            if stage is None:
                found = self._made(self._rows.base.column(name), mine, positions)
            else:
                found = stage.column(name, places)
            dtype = dtype or found.type
            pieces.append((mine, convert(found, dtype)))
        if len(pieces) == 1:
            return pieces[0][1]
        assert dtype is not None
        return selection.merge(len(entries), pieces, dtype)

    def group_item(
        self, columns: tuple[str, ...], index: int, entries: Int64Array, positions: Int64Array | None
    ) -> Vector:
        """Item ``index`` of the tuple of a group."""
        pieces = []
        for stage, mine, places in self._split(entries):
            if stage is None:
                made = self._rows.base.group_item(_group(self._rows.plan, columns), index)
                pieces.append((mine, self._made(made, mine, positions)))
            else:
                made = stage.rows.group_item(_group(stage.rows.plan, columns), index)
                pieces.append((mine, selection.take(made, places)))
        dtype = (
            pieces[0][1].type
            if pieces
            else self._rows.base.group_item(_group(self._rows.plan, columns), index).type
        )
        return selection.merge(len(entries), [(p, convert(v, dtype)) for p, v in pieces], dtype)

    def _made(self, values: Vector, mine: Int64Array, positions: Int64Array | None) -> Vector:
        if positions is None and len(mine) == self._rows.n:
            return values
        return selection.take(values, mine if positions is None else positions[mine])

    def parents(self, name: str, entries: Int64Array, positions: Int64Array | None) -> Parents:
        """The parents that ``entries`` gave."""
        out = np.zeros(len(entries), dtype=np.int64)
        valid = np.ones(len(entries), dtype=np.bool_)
        for stage, mine, places in self._split(entries):
            if stage is None:
                parents, has = self._rows.base.parents(name)
                at = mine if positions is None else positions[mine]
            else:
                parents, has = stage.rows.parents(name)
                at = places
            out[mine] = parents[at]
            valid[mine] = True if has is None else has[at]
        return out, None if valid.all() else valid

    def addresses(self, unit: str, entries: Int64Array, positions: Int64Array | None) -> UInt64Array:
        """The addresses that ``entries`` drew ``unit`` at."""
        plain = self._rows.plain if positions is None else self._rows.plain[positions]
        out = plain.copy()
        for stage, mine, places in self._split(entries):
            if stage is not None:
                out[mine] = stage.rows.fresh_addresses[places]
        return out


class EveryVersion:
    """Every version that rows had, up to what their engine sees: row by row, oldest first. ``positions``:
    which row each is of; ``batches``: the batch that made it what it is, numbered from 0."""

    def __init__(self, rows: RowSet) -> None:
        generations = rows.engine.generations
        assert generations is not None
        self._rows = rows
        self._versions = rows.versions if isinstance(rows, VersionedRows) else None
        places = np.arange(rows.n, dtype=np.int64)
        owners = generations.owners(rows.table.name, rows.rows)
        if self._versions is None:
            self.positions, self.batches = places, owners
            return
        positions, batches = self._versions.changes
        # Of the changes of a row in a batch the last one, if it is seen at all.
        last = np.ones(len(positions), dtype=np.bool_)
        last[:-1] = (positions[1:] != positions[:-1]) | (batches[1:] != batches[:-1])
        last &= generations.seen(rows.table.name, rows.rows[positions], batches)
        positions, batches = positions[last], batches[last]
        made = np.full(rows.n, -1, dtype=np.int64)
        entries = np.concatenate([made, np.flatnonzero(last)])
        order = np.argsort(np.concatenate([places, positions]), kind="stable")
        self._entries = entries[order]
        self.positions = np.concatenate([places, positions])[order]
        self.batches = np.concatenate([owners, batches])[order]

    def column(self, name: str) -> Vector:
        """The values of a column."""
        if self._versions is None:
            return self._rows.column(name)
        last = self._versions.last_until(self._entries, self._versions.of_column(name))
        return self._versions.column(name, last, self.positions)


class _BeforeStage(Before):
    """The rows of a stage before it."""

    def __init__(self, versions: _Versions, entries: Int64Array, positions: Int64Array) -> None:
        self._versions = versions
        self._entries = entries
        self._positions = positions

    def column(self, name: str) -> Vector:
        last = self._versions.last_before(self._entries, self._versions.of_column(name))
        return self._versions.column(name, last, self._positions)

    def group_item(self, columns: tuple[str, ...], index: int) -> Vector:
        last = self._versions.last_before(self._entries, self._versions.of_group(columns))
        return self._versions.group_item(columns, index, last, self._positions)

    def parents(self, name: str) -> Parents:
        last = self._versions.last_before(self._entries, self._versions.of_reference(name))
        return self._versions.parents(name, last, self._positions)

    def addresses(self, unit: str) -> UInt64Array:
        last = self._versions.last_before(self._entries, self._versions.of_draws(unit))
        return self._versions.addresses(unit, last, self._positions)
