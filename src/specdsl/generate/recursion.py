"""Columns made from their own previous value: place by place, all groups side by side."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np

from specdsl.datatypes.types import INT
from specdsl.generate.in_order import Asked, asked
from specdsl.generate.scalar_recursion import scalar_recursion
from specdsl.plan.model import Recursion
from specdsl.vectors import selection
from specdsl.vectors.vector import Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.rows import RowSet


@dataclass(frozen=True, slots=True)
class Before:
    """The previous row of each of some rows: position ``at[i]`` of ``rows``, -1 for none."""

    rows: RowSet
    at: Int64Array
    reference: str


def recursive_columns(rows: RowSet, recursion: Recursion) -> dict[str, Vector]:
    """The values of the columns of ``recursion``. Groups are gone through from their first row, or from the
    last one that was looked at before, up to the last row asked for; one place is kept at a time."""
    wanted = asked(rows, recursion.reference)
    walk = _Walk(rows, recursion, wanted)
    quick = scalar_recursion(rows, recursion, wanted)
    pieces = walk.steps() if quick is None else [(wanted.positions, {recursion.columns[0]: quick})]
    alone = np.setdiff1d(np.arange(rows.n, dtype=np.int64), wanted.positions)
    if len(alone):  # rows without a parent are groups of their own
        none = np.full(len(alone), -1, dtype=np.int64)
        found = walk.step(rows.rows[alone], Before(rows, none, recursion.reference))
        pieces.append((alone, {name: found.column(name) for name in recursion.columns}))
    return {
        name: selection.merge(rows.n, [(at, values[name]) for at, values in pieces], _type(rows, name))
        for name in recursion.columns
    }


def _type(rows: RowSet, name: str) -> Any:
    return rows.table.columns[name].type


class _Walk:
    """Some groups of a table, gone through."""

    def __init__(self, rows: RowSet, recursion: Recursion, wanted: Asked) -> None:
        self._rows = rows
        self._recursion = recursion
        self._wanted = wanted

    def step(self, rows: Int64Array, before: Before) -> RowSet:
        """The rows of one place."""
        out = self._rows.engine.rowset(self._rows.table.name, rows)
        out.before = before
        return out

    def steps(self) -> list[tuple[Int64Array, dict[str, Vector]]]:
        """The positions of the rows that were asked for, with their values, place by place."""
        wanted = self._wanted
        if not len(wanted.ids):
            return []
        first, earlier, at = self._start()
        out: list[tuple[Int64Array, dict[str, Vector]]] = []
        order = np.argsort(wanted.places - first[wanted.owners], kind="stable")
        distance = (wanted.places - first[wanted.owners])[order]
        furthest = wanted.last - first
        active = np.arange(len(wanted.ids), dtype=np.int64)
        where = np.empty(len(wanted.ids), dtype=np.int64)
        for number in range(int(furthest.max()) + 1):
            keep = furthest[active] >= number
            active, at = active[keep], at[keep]
            places = first[active] + number
            step = self.step(
                wanted.members.rows(active, places), Before(earlier, at, self._recursion.reference)
            )
            self._know(step, active, places)
            values = {name: step.column(name) for name in self._recursion.columns}
            step.before = None
            where[active] = np.arange(len(active), dtype=np.int64)
            low, high = np.searchsorted(distance, [number, number + 1])
            if low < high:
                here = order[low:high]
                taken = where[wanted.owners[here]]
                out.append((wanted.positions[here], {n: selection.take(v, taken) for n, v in values.items()}))
            self._remember(active, places, values, furthest[active] == number)
            earlier, at = step, np.arange(len(active), dtype=np.int64)
        return out

    def _know(self, step: RowSet, active: Int64Array, places: Int64Array) -> None:
        """Tell the step what is known of where its rows stand."""
        name = self._recursion.reference
        step.keep(("r", name), (self._wanted.ids[active], None))
        step.keep(("index", name), Vector(INT, places))

    def _key(self, group: int) -> tuple[Any, ...]:
        return ("recursion", self._rows.table.name, self._recursion.columns, group)

    def _start(self) -> tuple[Int64Array, RowSet, Int64Array]:
        """The place that each group begins at, and the rows that are before it, where some are known."""
        wanted, engine = self._wanted, self._rows.engine
        first = np.zeros(len(wanted.ids), dtype=np.int64)
        known: dict[int, dict[str, Vector]] = {}
        with engine.lock:
            for i, group in enumerate(wanted.ids.tolist()):
                found = engine.remembered.find(self._key(group), int(wanted.least[i]))
                if found is not None:
                    first[i], known[i] = found[0] + 1, found[1]
        at = np.full(len(wanted.ids), -1, dtype=np.int64)
        owners = np.array(list(known), dtype=np.int64)
        at[owners] = np.arange(len(owners), dtype=np.int64)
        earlier = engine.rowset(self._rows.table.name, wanted.members.rows(owners, first[owners] - 1))
        for name in self._recursion.columns if known else ():
            vectors = [values[name] for values in known.values()]
            earlier.keep(("c", name), selection.concat(vectors, _type(self._rows, name)))
        return first, earlier, at

    def _remember(self, active: Int64Array, places: Int64Array, values: dict[str, Vector], ends: Any) -> None:
        engine = self._rows.engine
        with engine.lock:
            for i in np.flatnonzero(ends & (places >= engine.remembered.long)).tolist():
                one = np.array([i], dtype=np.int64)
                state = {name: selection.take(vector, one) for name, vector in values.items()}
                engine.remembered.keep(self._key(int(self._wanted.ids[active[i]])), int(places[i]), state)
