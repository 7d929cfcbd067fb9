"""What rows are between two batches, whatever batch made them.

The engine of a batch knows the children of its own rows alone, and sees all others as they were before it.
Roll-ups that follow the rows they are over see what the batch leaves: its new rows, its updates, and no rows
that it deletes. Roll-ups in a change itself see what there was before it.
"""

from __future__ import annotations

from collections.abc import Callable, Iterable
from dataclasses import dataclass, field
from typing import TYPE_CHECKING

import numpy as np

from specdsl.generate.children import Groups, members
from specdsl.generate.engine import Engine
from specdsl.generate.sorted_rows import Keyed, SortedRows, sort_rows
from specdsl.generate.versions import VersionedRows
from specdsl.plan.model import ReferenceKind, TablePlan
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.changed import Alive
    from specdsl.generate.history import Generations
    from specdsl.generate.rows import RowSet
    from specdsl.plan.changes import UpdatePlan

_ROWS = 1 << 16
_FEW = 256
_NONE = np.empty(0, dtype=np.int64)


class StateEngine(Engine):
    """The rows as the batches before ``number`` leave them, by the plan of a batch: that before or that
    after. All rows are of earlier batches to it."""

    def __init__(self, of: Engine, number: int) -> None:
        super().__init__(of.plan, of.read, of.temp_dir)
        self.of = of
        self.generations = of.generations
        self.number = number
        self.lock = of.lock

    @property
    def history(self) -> Generations:
        """The batches."""
        assert self.generations is not None
        return self.generations

    @property
    def resolver(self) -> Engine:
        return self.of.resolver

    def other_editions(self) -> Iterable[int]:
        return self.of.other_editions()

    def start(self, table: str) -> int:
        return self.history.end(table, self.number - 1)

    def row_count(self, table: str) -> int:
        return self.start(table)

    def alive(self, table: str) -> Alive | None:
        return self.history.alive(table, self.number - 1)

    def update_plan(self, table: str, rule: int) -> UpdatePlan:
        return self.of.update_plan(table, rule)

    @property
    def lists_children(self) -> bool:
        return True

    def children(self, table: str, reference: str, parents: Int64Array) -> Groups:
        """The rows of ``table`` that are left and that ``reference`` leads from to each of ``parents``."""
        owners, rows = self._made_for(table, reference, parents) or self._referring(table, reference, parents)
        alive = self.alive(table)
        left = rows < self.row_count(table)
        if alive is not None:
            left &= alive.has(rows)
        owners, rows = owners[left], rows[left]
        order = np.lexsort((rows, owners))
        return _Listed(np.bincount(owners, minlength=len(parents)).astype(np.int64), rows[order])

    # --- by ``each`` -------------------------------------------------------------------------

    def _made_for(
        self, table: str, reference: str, parents: Int64Array
    ) -> tuple[Int64Array, Int64Array] | None:
        """Positions among ``parents``, and the rows that batches made for them; None where ``each`` does not
        say which these are."""
        history = self.history
        if not self._once(("each", table, reference), lambda: (self._are_made_for(table, reference),))[0]:
            return None
        parent = self.plan.tables[table].references[reference].reference.table
        batches = np.maximum(history.owners(parent, parents), history.first(table, self.of.number))
        found, rows = [_NONE], [_NONE]
        for batch in np.unique(batches).tolist():
            mine = np.flatnonzero(batches == batch)
            made = history.engine(batch).dimensions(table).groups(reference, parents[mine])
            for owners, children in members(made):
                found.append(mine[owners])
                rows.append(children)
        return np.concatenate(found), np.concatenate(rows)

    def _are_made_for(self, table: str, reference: str) -> bool:
        """Whether all batches make the rows of ``table`` for those that ``reference`` leads to before any
        others."""
        batch, first = self.of.number, self.history.first(table, self.of.number)
        while batch >= first:
            batch = self.history.edition_start(batch)
            if made_for(self.history.engine(max(batch, first)).plan.tables[table]) != reference:
                return False
            batch -= 1
        return True

    # --- by an index -------------------------------------------------------------------------

    def _referring(self, table: str, reference: str, parents: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Positions among ``parents``, and the rows that refer to them after the batch."""
        history = self.history
        # Engines with the same spec share what they find it by: all rows that the last of them knows.
        last = history.after(self.of.resolver.number)
        referring = last._once(("referring", table, reference), lambda: _referring(last, table, reference))
        owners, rows = referring.find(parents)
        moved = np.flatnonzero(history.versions(table, last.number).which(rows))
        if len(moved):
            now, valid = self.rowset(table, rows[moved]).parents(reference)
            same = now == parents[owners[moved]]
            keep = np.ones(len(rows), dtype=np.bool_)
            keep[moved] = same if valid is None else same & valid
            owners, rows = owners[keep], rows[keep]
        return owners, rows


def made_for(plan: TablePlan) -> str | None:
    """The reference to the rows that those of a table are made for before any others: a new row is for a new
    one, and all rows for one are made in a batch. None where there are no such rows."""
    each = (r.reference.name for r in plan.references.values() if r.kind is ReferenceKind.EACH)
    return next(each, None)


class KeptRows:
    """The rows of a table that a batch has changed by one rule, as they are after it. Rows after any later
    batch ask for some of them: each value is computed once. ``rows``: all of them, ascending."""

    def __init__(self, engine: StateEngine, table: str, rule: int, rows: Int64Array) -> None:
        self._engine = engine
        self._table = table
        self._rule = rule
        self._rows = rows
        self._known: dict[str, BoolArray] = {}
        self._values: dict[str, Vector] = {}
        self._made: tuple[bytes, RowSet] | None = None

    def column(self, name: str, rows: Int64Array) -> Vector:
        """The values of a column in some of the rows."""
        places = np.searchsorted(self._rows, rows)
        with self._engine.lock:
            known = self._known.get(name)
            if known is None:
                known = self._known[name] = np.zeros(len(self._rows), dtype=np.bool_)
            if not known[places].all():
                self._add(name, known, self._wanted(known, places))
            return selection.take(self._values[name], places)

    def _wanted(self, known: BoolArray, places: Int64Array) -> Int64Array:
        """Those of ``places`` that are not known, and as many others as are: so they are never more than
        twice what is asked for, and whoever asks for a few again and again soon finds them."""
        wanted = ~known
        wanted[places] = False
        others = np.flatnonzero(wanted)[: max(_FEW, int(np.count_nonzero(known)))]
        wanted[:] = False
        wanted[others] = True
        wanted[places] = True
        return np.flatnonzero(wanted & ~known)

    def _add(self, name: str, known: BoolArray, missing: Int64Array) -> None:
        found = self._as_changed(missing).column(name)
        pieces = [(missing, found)]
        if known.any():
            before = np.flatnonzero(known)
            pieces.append((before, selection.take(self._values[name], before)))
        self._values[name] = selection.merge(len(self._rows), pieces, found.type)
        known[missing] = True

    def _as_changed(self, places: Int64Array) -> RowSet:
        """Rows as the batch changes them. Columns that follow one another share them."""
        key = places.tobytes()
        if self._made is None or self._made[0] != key:
            rows = self._engine.rowset(self._table, self._rows[places])
            assert isinstance(rows, VersionedRows)
            self._made = key, rows.versions.change(self._engine.number - 1, self._rule)
        return self._made[1]


class _Listed:
    """Children of some parents, one parent after another."""

    def __init__(self, counts: Int64Array, rows: Int64Array) -> None:
        self.counts = counts
        self._starts = np.cumsum(counts) - counts
        self._rows = rows

    def rows(self, owners: Int64Array, numbers: Int64Array) -> Int64Array:
        """See ``Groups``."""
        found: Int64Array = self._rows[self._starts[owners] + numbers]
        return found


@dataclass(frozen=True, slots=True)
class Referring:
    """The rows that a reference has ever led from to a parent, in one batch or another: as they were made,
    and those that a change led elsewhere, by parent and row."""

    made: SortedRows
    led_to: Int64Array
    led: Int64Array

    def find(self, parents: Int64Array) -> tuple[Int64Array, Int64Array]:
        """Positions among ``parents``, and rows that led to them once, each pair once."""
        low, high = self.made.find(parents.view(np.uint64))
        owners, places = selection.ranges(low, high - low)
        rows = self.made.rows.gather(places)
        if not len(self.led):
            return owners, rows
        low = np.searchsorted(self.led_to, parents, side="left")
        more, places = selection.ranges(low, np.searchsorted(self.led_to, parents, side="right") - low)
        owners, rows = np.concatenate([owners, more]), np.concatenate([rows, self.led[places]])
        order = np.lexsort((rows, owners))
        owners, rows = owners[order], rows[order]
        first = np.ones(len(rows), dtype=np.bool_)
        first[1:] = (owners[1:] != owners[:-1]) | (rows[1:] != rows[:-1])
        return owners[first], rows[first]


_KEPT_VALUES = 1 << 18  # of one roll-up; more are made again, as sorting them in takes as long


class RolledUp:
    """What a roll-up comes to in rows that were asked for, as a batch leaves them."""

    def __init__(self) -> None:
        self._known: tuple[Int64Array, Vector] | None = None  # ascending rows, and their values

    def of(self, rows: Int64Array, make: Callable[[Int64Array], Vector]) -> Vector:
        """The values of ``rows``; those that are not known are made."""
        known = self._known
        if known is None or not len(known[0]):
            return self.keep(rows, make(rows))
        at = np.minimum(np.searchsorted(known[0], rows), len(known[0]) - 1)
        hit = known[0][at] == rows
        if hit.all():
            return selection.take(known[1], at)
        found, missing = np.flatnonzero(hit), np.flatnonzero(~hit)
        made = self.keep(rows[missing], make(rows[missing]))
        pieces = [(found, selection.take(known[1], at[found])), (missing, made)]
        return selection.merge(len(rows), pieces, made.type)

    def keep(self, rows: Int64Array, values: Vector) -> Vector:
        """Keep the values of ``rows``; the same values."""
        known = self._known
        if len(rows) + (0 if known is None else len(known[0])) > _KEPT_VALUES:
            return values
        new, first = np.unique(rows, return_index=True)
        of_new = selection.take(values, first)
        if known is not None:
            new, order = np.unique(np.concatenate([known[0], new]), return_index=True)
            old = np.arange(len(known[0]), dtype=np.int64)
            more = np.arange(len(old), len(old) + len(first), dtype=np.int64)
            both = selection.merge(len(old) + len(first), [(old, known[1]), (more, of_new)], values.type)
            of_new = selection.take(both, order)
        self._known = new, of_new  # at once, as other threads read it
        return values


@dataclass
class Indexes:
    """What engines find that delete the same rows: rows of tables by the parents that they were made with,
    in one pass, and what roll-ups come to. Pickled, it stays behind."""

    _made: dict[tuple[int, str, str], SortedRows] = field(default_factory=dict)
    _rolled_up: dict[tuple[str, str, int], RolledUp] = field(default_factory=dict)

    def rolled_up(self, table: str, column: str, number: int) -> RolledUp:
        """What a roll-up comes to after a batch."""
        return self._rolled_up.setdefault((table, column, number), RolledUp())

    def __reduce__(self) -> tuple[type[Indexes], tuple[()]]:
        return Indexes, ()

    def made(self, engine: StateEngine, table: str, reference: str) -> SortedRows:
        """All rows that ``engine`` sees."""
        key = engine.history.edition_start(engine.of.number), table, reference
        found = self._made.get(key)
        if found is None:
            with engine.lock:
                found = self._made.get(key)
                if found is None:
                    found = self._made[key] = _as_made(engine, table, reference)
        return found


def _as_made(engine: StateEngine, table: str, reference: str) -> SortedRows:
    def keyed(rows: Int64Array) -> Keyed:
        made = engine.rowset(table, rows)
        parents, valid = (made.base if isinstance(made, VersionedRows) else made).parents(reference)
        return Keyed(parents.view(np.uint64), keep=valid)

    return sort_rows(engine.row_count(table), keyed, engine.temp_dir)


def _referring(engine: StateEngine, table: str, reference: str) -> Referring:
    """All rows by the parents that they have had."""
    parents, rows = [_NONE], [_NONE]
    changed = engine.history.versions(table, engine.number).rows
    for start in range(0, len(changed), _ROWS):
        some = engine.rowset(table, changed[start : start + _ROWS])
        assert isinstance(some, VersionedRows)
        for stage in some.versions.stages:
            if reference in stage.rows.update.touched.references:
                found, valid = stage.rows.parents(reference)
                keep: BoolArray = np.ones(len(found), np.bool_) if valid is None else valid
                parents.append(found[keep])
                rows.append(stage.rows.rows[keep])
    led_to, led = np.concatenate(parents), np.concatenate(rows)
    order = np.lexsort((led, led_to))
    return Referring(engine.history.indexes.made(engine, table, reference), led_to[order], led[order])
