"""Values along groups of rows, in row order: running totals, the previous, the first and the last row.

A group is the rows with the same parent; of a running total over a whole table it is a block of rows, whose
opening total is kept. What a batch needs of its groups before its own rows is computed again, but for long
groups: there the total at the last row asked for is remembered, and the next batch goes on from it.
"""

from __future__ import annotations

from collections import OrderedDict
from dataclasses import dataclass
from typing import TYPE_CHECKING, Any

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.diagnostics.runtime import AggregateOverflow
from specdsl.generate.children import CHUNK, Groups, groups, index_in
from specdsl.generate.errors import GenerationError
from specdsl.generate.evaluate import evaluate
from specdsl.ir.expr import Candidate, Expr, Neighbour, Place, Running
from specdsl.vectors import selection
from specdsl.vectors.vector import Float64Array, Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.rows import Label, RowSet

_BLOCK = 1 << 14
_LIMIT = float(1 << 62)
_LONG = 1 << 10
_REMEMBERED = 1 << 14


class Remembered:
    """The last row that was looked at of long groups, and what was known there; the oldest are forgotten.
    The caller holds the engine's lock."""

    long = _LONG
    """From this place in a group on."""

    def __init__(self) -> None:
        self._kept: OrderedDict[tuple[Any, ...], tuple[int, Any]] = OrderedDict()

    def find(self, key: tuple[Any, ...], before: int) -> tuple[int, Any] | None:
        """The place and what was known there, of a place before ``before``."""
        found = self._kept.get(key)
        return found if found is not None and found[0] < before else None

    def keep(self, key: tuple[Any, ...], place: int, known: Any) -> None:
        """Remember what is known at ``place``, where that is far into the group."""
        if place < self.long:
            return
        self._kept[key] = (place, known)
        self._kept.move_to_end(key)
        if len(self._kept) > _REMEMBERED:
            self._kept.popitem(last=False)


@dataclass(frozen=True, slots=True)
class Asked:
    """The groups of some rows. ``positions``: of the rows that are in one; ``owners``: the group of each,
    ``places``: where each stands in it. Of each group: its ``ids`` (a parent's row number), the ``least``
    place that is asked for, and the ``last``."""

    positions: Int64Array
    owners: Int64Array
    places: Int64Array
    ids: Int64Array
    least: Int64Array
    last: Int64Array
    members: Groups


def asked(rows: RowSet, reference: str) -> Asked:
    """The groups of ``rows`` by ``reference``, found once."""
    known: Asked | None = rows.cached(("asked", reference))
    if known is not None:
        return known
    parents, valid = rows.parents(reference)
    positions = np.arange(rows.n, dtype=np.int64) if valid is None else np.flatnonzero(valid)
    ids, owners = np.unique(parents[positions], return_inverse=True)
    places = selection.array(index_in(rows, reference))[positions]
    members = groups(rows.engine, rows.table.name, reference, ids)
    found = _asked(positions, owners, places, ids, members)
    rows.keep(("asked", reference), found)
    return found


def _asked(
    positions: Int64Array, owners: Int64Array, places: Int64Array, ids: Int64Array, members: Groups
) -> Asked:
    last = np.full(len(ids), -1, dtype=np.int64)
    np.maximum.at(last, owners, places)
    least = last.copy()
    np.minimum.at(least, owners, places)
    return Asked(positions, owners, places, ids, least, last, members)


class _Blocks:
    """The rows of a whole table in blocks, as groups."""

    def __init__(self, ids: Int64Array, total: int) -> None:
        self._ids = ids
        self.counts: Int64Array = np.minimum(total - ids * _BLOCK, _BLOCK)

    def rows(self, owners: Int64Array, numbers: Int64Array) -> Int64Array:
        return np.take(self._ids, owners) * _BLOCK + numbers


# --- running totals ------------------------------------------------------------------------


def running(expr: Running, rows: RowSet, label: Label) -> Vector:
    """The total of each row's group up to it. Raises GenerationError (DG578) past 64 bits."""
    totals = _Totals(expr, rows, label)
    if expr.reference is not None:
        wanted = asked(rows, expr.reference)
        opening, first = totals.remembered(wanted)
    else:
        blocks = rows.rows // _BLOCK
        ids, owners = np.unique(blocks, return_inverse=True)
        whole = np.arange(rows.n, dtype=np.int64)
        members = _Blocks(ids, rows.engine.row_count(rows.table.name))
        wanted = _asked(whole, owners, rows.rows - blocks * _BLOCK, ids, members)
        opening = totals.of_blocks(ids)
        first = np.zeros(len(ids), dtype=np.int64)
    data = totals.along(wanted, first, opening)
    if expr.reference is not None:
        totals.remember(wanted, opening)
    if len(wanted.positions) == rows.n:
        return Vector(expr.type, data)
    return selection.merge(rows.n, [(wanted.positions, Vector(expr.type, data))], expr.type)


class _Totals:
    """The totals of one expression in some rows."""

    def __init__(self, expr: Running, rows: RowSet, label: Label) -> None:
        assert isinstance(expr.value, Candidate)
        self._expr = expr
        self._value: Expr = expr.value.body
        self._rows = rows
        self._label = label
        self._dtype = np.dtype(np.float64 if isinstance(expr.type, t.Float) else np.int64)

    def along(self, wanted: Asked, first: Int64Array, opening: NDArray[Any]) -> NDArray[Any]:
        """The totals of the rows that are asked for. Groups begin at place ``first`` with the total
        ``opening``, which is moved on to that of their last row."""
        counts = wanted.last + 1 - first
        offsets = selection.offsets_of(counts)
        total = int(offsets[-1])
        at = np.take(offsets, wanted.owners) + wanted.places - np.take(first, wanted.owners)
        if total <= len(at) + CHUNK and len(wanted.positions) == self._rows.n:
            return self._along_at_once(wanted, first, opening, offsets, at)
        out = np.empty(len(at), dtype=self._dtype)
        order = np.argsort(at, kind="stable")
        ascending = at[order]
        for start in range(0, total, CHUNK):
            stop = min(total, start + CHUNK)
            owners, numbers = stretch(offsets, start, stop)
            rows = wanted.members.rows(owners, numbers + np.take(first, owners))
            sums = self._sums(self._values(self._engine_rows(rows)), owners, opening)
            low, high = np.searchsorted(ascending, [start, stop])
            out[order[low:high]] = sums[ascending[low:high] - start]
        return out

    def _along_at_once(
        self,
        wanted: Asked,
        first: Int64Array,
        opening: NDArray[Any],
        offsets: Int64Array,
        at: Int64Array,
    ) -> NDArray[Any]:
        """Only what stands before the rows at hand is computed besides them."""
        total = int(offsets[-1])
        owners, numbers = stretch(offsets, 0, total)
        values = np.empty(total, dtype=self._dtype)
        missing = np.ones(total, dtype=np.bool_)
        missing[at] = False
        values[at] = self._values(self._rows)
        others = np.flatnonzero(missing)
        if len(others):
            who = owners[others]
            rows = wanted.members.rows(who, numbers[others] + np.take(first, who))
            values[others] = self._values(self._engine_rows(rows))
        return self._sums(values, owners, opening)[at]

    def _engine_rows(self, rows: Int64Array) -> RowSet:
        return self._rows.engine.rowset(self._rows.table.name, rows)

    def _values(self, rows: RowSet) -> NDArray[Any]:
        vector = evaluate(self._value, rows.frame("", self._label))
        data: NDArray[Any] = selection.array(vector).astype(self._dtype)
        return data if vector.valid is None else np.where(vector.valid, data, self._dtype.type(0))

    def _sums(self, values: NDArray[Any], owners: Int64Array, opening: NDArray[Any]) -> NDArray[Any]:
        """Running totals of ``values``, which come group by group (``owners`` ascends)."""
        if not len(values):
            return values
        starts = np.flatnonzero(np.concatenate([[True], owners[1:] != owners[:-1]]))
        whose = owners[starts]
        if self._dtype == np.float64:
            sums: NDArray[Any] = _float_sums(values, starts, opening[whose])
        else:
            sums = self._whole_sums(values, starts, opening[whose])
        ends = np.append(starts[1:], len(values)) - 1
        opening[whose] = sums[ends]
        return sums

    def _whole_sums(self, values: Int64Array, starts: Int64Array, opening: Int64Array) -> Int64Array:
        lengths = np.diff(np.append(starts, len(values)))

        def summed(parts: NDArray[Any], base: NDArray[Any]) -> NDArray[Any]:
            sums = np.cumsum(parts)
            before = np.where(starts > 0, sums[starts - 1], parts.dtype.type(0))
            shifted: NDArray[Any] = sums + np.repeat(base - before, lengths)
            return shifted

        if float(np.abs(values.astype(np.float64)).sum()) + float(np.abs(opening).max()) >= _LIMIT:
            rough = np.abs(summed(values.astype(np.float64), opening.astype(np.float64))).max()
            if rough >= _LIMIT:
                worst = float(rough)
                raise GenerationError(
                    lambda span: AggregateOverflow(span=span, function="running", approximate=worst)
                )
        out: Int64Array = summed(values, opening)  # what wraps on the way comes back
        return out

    # --- where to begin ----------------------------------------------------------------------

    def _key(self, group: int) -> tuple[Any, ...]:
        return ("total", id(self._expr), group)

    def remembered(self, wanted: Asked) -> tuple[NDArray[Any], Int64Array]:
        """The totals to begin with, and the places after them."""
        opening = np.zeros(len(wanted.ids), dtype=self._dtype)
        first = np.zeros(len(wanted.ids), dtype=np.int64)
        engine = self._rows.engine
        with engine.lock:
            for i in np.flatnonzero(wanted.least >= _LONG).tolist():
                found = engine.remembered.find(self._key(int(wanted.ids[i])), int(wanted.least[i]))
                if found is not None:
                    first[i], opening[i] = found[0] + 1, found[1]
        return opening, first

    def remember(self, wanted: Asked, totals: NDArray[Any]) -> None:
        """Keep the totals of long groups for the batch that comes after this one."""
        engine = self._rows.engine
        with engine.lock:
            for i in np.flatnonzero(wanted.last >= _LONG).tolist():
                engine.remembered.keep(self._key(int(wanted.ids[i])), int(wanted.last[i]), totals[i])

    def of_blocks(self, ids: Int64Array) -> NDArray[Any]:
        """The totals before some blocks of the table: as far as they are not known yet, in one pass."""
        engine = self._rows.engine
        with engine.lock:
            known = engine.block_totals.setdefault(id(self._expr), [self._dtype.type(0)])
            last = int(ids.max(initial=0))
            while len(known) <= last:
                start = (len(known) - 1) * _BLOCK
                rows = np.arange(start, start + _BLOCK, dtype=np.int64)
                total = np.array([known[-1]], dtype=self._dtype)
                values = self._values(self._engine_rows(rows))
                self._sums(values, np.zeros(_BLOCK, dtype=np.int64), total)
                known.append(total[0])
            totals: NDArray[Any] = np.array([known[i] for i in ids.tolist()], dtype=self._dtype)
            return totals


def stretch(offsets: Int64Array, start: int, stop: int) -> tuple[Int64Array, Int64Array]:
    """The group, and the number within it, of each of the items ``start .. stop - 1``."""
    first = int(np.searchsorted(offsets, start, side="right")) - 1
    last = int(np.searchsorted(offsets, stop, side="left"))
    inside = np.minimum(offsets[first + 1 : last + 1], stop) - np.maximum(offsets[first:last], start)
    owners = np.repeat(np.arange(first, last, dtype=np.int64), np.maximum(inside, 0))
    return owners, np.arange(start, stop, dtype=np.int64) - np.take(offsets, owners)


def _float_sums(values: Float64Array, starts: Int64Array, opening: Float64Array) -> Float64Array:
    """Each group's sums from left to right, one addition after another: the same wherever a batch begins."""
    out = np.empty_like(values)
    lengths = np.diff(np.append(starts, len(values)))
    longest = int(lengths.max())
    if longest < 64 or longest * 8 < len(values):
        running = opening.copy()
        active = np.arange(len(starts), dtype=np.int64)
        for place in range(longest):
            active = active[lengths[active] > place]
            at = starts[active] + place
            running[active] += values[at]
            out[at] = running[active]
    else:
        for start, length, base in zip(starts.tolist(), lengths.tolist(), opening.tolist(), strict=True):
            part = slice(start, start + length)
            out[part] = np.cumsum(np.concatenate([[base], values[part]]))[1:]
    return out


# --- other rows ----------------------------------------------------------------------------


def neighbour(expr: Neighbour, rows: RowSet, label: Label) -> Vector:
    """The value in the previous row, or in the first or last, of each row's group; null without one."""
    assert isinstance(expr.value, Candidate)
    body = expr.value.body
    if expr.place is Place.NEXT:
        assert expr.reference is not None
        wanted = asked(rows, expr.reference)
        earlier = np.flatnonzero(wanted.places < wanted.members.counts[wanted.owners] - 1)
        positions = wanted.positions[earlier]
        found = wanted.members.rows(wanted.owners[earlier], wanted.places[earlier] + 1)
    elif expr.place is Place.PREVIOUS:
        before = rows.before
        if before is not None and before.reference == expr.reference:
            positions = np.flatnonzero(before.at >= 0)
            if not len(positions):
                return selection.nulls(expr.type, rows.n)
            frame = before.rows.frame("", label).take(before.at[positions])
            return _placed(rows.n, positions, evaluate(body, frame), expr.type)
        positions, found = _previous(expr.reference, rows)
    else:
        assert expr.reference is not None
        wanted = asked(rows, expr.reference)
        place = wanted.members.counts - 1 if expr.place is Place.LAST else np.zeros_like(wanted.ids)
        ends = wanted.members.rows(np.arange(len(wanted.ids), dtype=np.int64), place)
        positions, found = wanted.positions, ends[wanted.owners]
    if not len(positions):
        return selection.nulls(expr.type, rows.n)
    return _placed(rows.n, positions, _evaluate_at(body, rows, found, label), expr.type)


def _placed(n: int, positions: Int64Array, vector: Vector, dtype: t.DataType) -> Vector:
    return vector if len(positions) == n else selection.merge(n, [(positions, vector)], dtype)


def _previous(reference: str | None, rows: RowSet) -> tuple[Int64Array, Int64Array]:
    """The positions of the rows that have a previous one, and its row number."""
    if reference is None:
        positions = np.flatnonzero(rows.rows > 0)
        return positions, rows.rows[positions] - 1
    wanted = asked(rows, reference)
    later = np.flatnonzero(wanted.places > 0)
    return wanted.positions[later], wanted.members.rows(wanted.owners[later], wanted.places[later] - 1)


def _evaluate_at(body: Expr, rows: RowSet, wanted: Int64Array, label: Label) -> Vector:
    """``body`` in the rows ``wanted``: those that are at hand are not computed again."""
    engine, table = rows.engine, rows.table.name
    consecutive = rows.n > 1 and bool(np.all(np.diff(rows.rows) == 1))
    at = wanted - rows.rows[0] if consecutive else np.full(len(wanted), -1, dtype=np.int64)
    here = np.flatnonzero((at >= 0) & (at < rows.n))
    parts: list[tuple[Int64Array, Vector]] = []
    if len(here):
        parts.append((here, evaluate(body, rows.frame("", label).take(at[here]))))
    if len(here) < len(wanted):
        away = np.flatnonzero((at < 0) | (at >= rows.n))
        distinct, inverse = np.unique(wanted[away], return_inverse=True)
        found = evaluate(body, engine.rowset(table, distinct).frame("", label))
        parts.append((away, selection.take(found, inverse)))
    return _whole(parts, len(wanted), body.type)


def _whole(parts: list[tuple[Int64Array, Vector]], n: int, dtype: t.DataType) -> Vector:
    return parts[0][1] if len(parts) == 1 else selection.merge(n, parts, dtype)
