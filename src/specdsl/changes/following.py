"""Which rows a batch updates because their roll-ups follow the rows that they are over.

Only rows that one of the changed rows refers to are looked at, as they are before the batch or after it; of
these the ones that come to something else. Where the spec has changed since the batch before, all rows are.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

import numpy as np

from specdsl.changes.choosing import old_rows
from specdsl.changes.differing import differing
from specdsl.check.following import Read, read_by
from specdsl.generate.changed import FOLLOWED, Changed
from specdsl.generate.engine import Engine
from specdsl.generate.errors import GenerationError
from specdsl.generate.state import StateEngine, made_for
from specdsl.generate.versions import ChangedRows, Unchanged
from specdsl.ir.expr import Aggregate
from specdsl.vectors.vector import Int64Array

_ROWS = 1 << 16
_NONE = np.empty(0, dtype=np.int64)


@dataclass
class Follow:
    """``engine`` makes the batch, and knows its deletions and updates; ``first``: how many rows earlier
    batches have made of each table. ``updated`` and ``deleted``: what the batch does to them."""

    engine: Engine
    first: Mapping[str, int]
    updated: Mapping[str, Changed]
    deleted: Mapping[str, Int64Array]

    def rows(self, table: str) -> tuple[Int64Array, Int64Array]:
        """The rows of ``table`` whose roll-ups come to something else, ascending, and those of which one sees
        it: hidden columns aside. Raises GenerationError."""
        generations = self.engine.generations
        assert generations is not None
        found, seen = [_NONE], [_NONE]
        candidates = self._candidates(table)
        all_anew = self._catches_up and self._unknown(table)
        for start in range(0, len(candidates), _ROWS):
            rows = candidates[start : start + _ROWS]
            # With its update of this batch, but nothing that follows.
            before = self.after.rowset(table, rows)
            update = self.after.update_plan(table, FOLLOWED)
            after = ChangedRows(
                self.after, update, rows, np.zeros(len(rows), dtype=np.int64), Unchanged(before)
            )
            if all_anew:
                before = self.engine.rowset(table, rows)  # what records will say that it was
            for name in () if all_anew else self.engine.following.of_states(table):
                generations.indexes.rolled_up(table, name, self.engine.number).keep(rows, after.column(name))
            columns = self.engine.dataset.tables[table].columns
            names = [name for name in columns if name in update.touched.columns]
            try:
                open_ = differing(before, after, [name for name in names if not columns[name].hidden])
                hidden = differing(before, after, [name for name in names if columns[name].hidden])
            except GenerationError as error:
                raise error.at(table, min(self.engine.following.columns(table))) from None
            found.append(rows if all_anew else rows[open_ | hidden])
            seen.append(rows[open_])
        return np.concatenate(found), np.concatenate(seen)

    @property
    def after(self) -> StateEngine:
        """The rows as the batch leaves them."""
        assert self.engine.generations is not None
        return self.engine.generations.after(self.engine.number)

    def _candidates(self, table: str) -> Int64Array:
        """The rows of earlier batches that are left and that a roll-up of ``table`` could be other in."""
        following = self.engine.following
        if self._catches_up:
            found = [_NONE, *old_rows(self.after, table, self.first.get(table, 0))]
            return np.concatenate(found)
        roll_ups = [r for c in sorted(following.columns(table)) for r in following.roll_ups[table, c]]
        return self.reached(table, roll_ups)

    def reached(self, table: str, roll_ups: Sequence[Aggregate]) -> Int64Array:
        """The rows of earlier batches that are left and that one of ``roll_ups`` of ``table`` could be other
        in, ascending."""
        dataset = self.engine.dataset
        found = [_NONE, *(self._reached(roll_up, read_by(dataset, roll_up)) for roll_up in roll_ups)]
        rows = np.unique(np.concatenate(found))
        rows = rows[rows < self.first.get(table, 0)]
        alive = self.after.alive(table)
        return rows if alive is None else rows[alive.has(rows)]

    @property
    def _catches_up(self) -> bool:
        """Whether the spec is another one than that of the batch before. A roll-up may be new then, or follow
        for the first time: rows that nothing has moved could be other, too."""
        generations, number = self.engine.generations, self.engine.number
        assert generations is not None
        return number > 0 and generations.edition_start(number) == number

    def _unknown(self, table: str) -> bool:
        """Whether rows of ``table`` were made by a spec that does not have all that follows in them: what it
        was there depends on who asks, until it is computed."""
        touched = self.engine.following.touched(table).columns
        own = self.engine.dataset.tables[table].columns
        types = {name: own[name].type for name in touched if name in own}
        for number in self.engine.other_editions():
            made = self.engine.plan_of(number).dataset.tables.get(table)
            if made is not None and any(
                name not in made.columns or made.columns[name].type != of for name, of in types.items()
            ):
                return True
        return False

    def _reached(self, roll_up: Aggregate, read: Read) -> Int64Array:
        """The rows that changes of what ``roll_up`` is over lead to, before the batch or after it."""
        rows = _NONE
        for hop in reversed(roll_up.hops):
            names = frozenset(name for table, name in read.near if table == hop.table)
            rows = np.union1d(rows, self._changed(hop.table, names))
            new = self._new(hop.table, hop.reference)
            rows = np.union1d(self._parents(hop.table, hop.reference, rows), new)
        return rows

    def _changed(self, table: str, columns: frozenset[str]) -> Int64Array:
        """The rows of earlier batches that the batch deletes, or updates in one of ``columns``."""
        found = [_NONE, self.deleted.get(table, _NONE)]
        changed = self.updated.get(table)
        if changed is not None:
            found += [
                changed.rows[changed.rules == rule]
                for rule in np.unique(changed.rules).tolist()
                if rule != FOLLOWED and self.engine.update_plan(table, rule).touched.columns & columns
            ]
            if len(changed.followed) and self.engine.following.touched(table).columns & columns:
                found.append(changed.followed)
        return np.unique(np.concatenate(found))

    def _parents(self, table: str, reference: str, rows: Int64Array) -> Int64Array:
        """What ``rows`` refer to, before the batch and after it."""
        found = [_NONE]
        for start in range(0, len(rows), _ROWS):
            some = rows[start : start + _ROWS]
            old = some[some < self.first.get(table, 0)]
            for engine, mine in ((self.engine, old), (self.after, some)):
                found.append(_parents(engine, table, reference, mine))
        return np.unique(np.concatenate(found))

    def _new(self, table: str, reference: str) -> Int64Array:
        """What new rows of ``table`` refer to. By the first ``each`` those are new, too."""
        known = self.first.get(table, 0)
        if known and made_for(self.engine.plan.tables[table]) == reference:
            return _NONE
        rows = _ranges(known, self.engine.row_count(table))
        found = [np.unique(_parents(self.engine, table, reference, some)) for some in rows]
        return np.unique(np.concatenate([_NONE, *found]))


def _parents(engine: Engine, table: str, reference: str, rows: Int64Array) -> Int64Array:
    if not len(rows):
        return _NONE
    parents, valid = engine.rowset(table, rows).parents(reference)
    return parents if valid is None else parents[valid]


def _ranges(start: int, stop: int) -> Iterator[Int64Array]:
    for at in range(start, stop, _ROWS):
        yield np.arange(at, min(stop, at + _ROWS), dtype=np.int64)
