"""One kind of dirt of one table: given rows, what is changed in each so that it is spoiled in that way alone.

What becomes of a row depends on the row, the spec and the seed, not on the rows beside it."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator
from dataclasses import dataclass

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.generate.dirt import candidates
from specdsl.generate.dirt.candidates import Candidate, stream
from specdsl.generate.dirt.numbers import NUMERIC, limits, moved
from specdsl.generate.dirt.scanning import extremes
from specdsl.generate.dirt.texts import MALFORMED, MISENCODED, TYPOS
from specdsl.generate.dirt.trial import broken
from specdsl.generate.engine import Engine
from specdsl.generate.hashing import combined, hashes
from specdsl.generate.rows import RowSet
from specdsl.ir.model import COPIES, SLIPS, Bounds, Dirt, DirtKind
from specdsl.ir.required import (
    Required,
    RequiredKind,
    changeable_columns,
    read_elsewhere,
    required_of,
    unique_sets,
)
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, Vector

_TARGETS = {
    DirtKind.CHECK: RequiredKind.CHECK,
    DirtKind.RANGE: RequiredKind.BOUNDS,
    DirtKind.LENGTH: RequiredKind.LENGTH,
    DirtKind.PATTERN: RequiredKind.PATTERN,
}
_SLIPS = {DirtKind.TYPOS: TYPOS, DirtKind.MALFORMED: MALFORMED, DirtKind.MISENCODED: MISENCODED}
_UUID_LANE = 40


@dataclass(frozen=True, slots=True)
class Spoiled:
    """``which``: for each row the column that is changed, as a place in ``columns``; -1 where the row could
    not be spoiled. ``values``: by column, its values in all rows, changed or not."""

    columns: tuple[str, ...]
    which: NDArray[np.int16]
    values: dict[str, Vector]

    @property
    def done(self) -> BoolArray:
        return self.which >= 0


class Spoiling:
    """How rows of a table are spoiled by ``dirt``."""

    def __init__(self, engine: Engine, table: str, dirt: Dirt) -> None:
        self.engine = engine
        self.table = engine.dataset.tables[table]
        self.dirt = dirt
        required = required_of(self.table)
        kind = _TARGETS.get(dirt.kind)
        far = dirt.kind is DirtKind.OUTLIERS and closed(self.table.columns[dirt.subject].bounds)
        kind = RequiredKind.BOUNDS if far else kind
        self._target = next((r for r in required if r.kind is kind and r.subject == dirt.subject), None)
        self._others = tuple(r for r in required if r is not self._target)
        if dirt.kind in COPIES or dirt.kind is DirtKind.CHECK:
            named = frozenset(self.table.columns) if self._target is None else self._target.columns
            self.columns = changeable_columns(self.table, named, read_elsewhere(engine.dataset))
        else:
            self.columns = (dirt.subject,)
        self._extremes: dict[str, tuple[float, float]] = {}
        self._obstacles: Counter[str] = Counter()

    @property
    def obstacle(self) -> str:
        """The requirement that most often broke, too, in what was tried so far; "" for none."""
        return self._obstacles.most_common(1)[0][0] if self._obstacles else ""

    def prepare(self) -> None:
        """Look at what is not of the rows at hand, once, before threads ask."""
        match self.dirt.kind:
            case DirtKind.OUTLIERS:
                self._range(self.table.name, self.dirt.subject)
            case DirtKind.REFERENCE:
                self._parent_key()
            case _:
                pass

    def spoil(self, rows: RowSet, donors: Int64Array) -> Spoiled:
        """What becomes of ``rows``, of which everything is computed. ``donors``: for each a row whose value
        it takes, where values are to come twice."""
        which = np.full(rows.n, -1, dtype=np.int16)
        values = {name: rows.column(name) for name in self.columns}
        for column, candidate in self._candidates(rows, donors):
            pending = np.flatnonzero(which < 0)
            if not len(pending):
                break
            some, theirs = rows.taken(pending), selection.take(candidate, pending)
            fine = self._accepted(some, column, theirs, donors[pending])
            positions = pending[fine]
            if len(positions):
                which[positions] = self.columns.index(column)
                values[column] = selection.overlaid(
                    values[column], positions, selection.take(theirs, np.flatnonzero(fine))
                )
        return Spoiled(self.columns, which, values)

    # --- what is tried -----------------------------------------------------------------------

    def _candidates(self, rows: RowSet, donors: Int64Array) -> Iterator[Candidate]:
        name = self.dirt.subject
        draw = stream(rows, self.dirt.name)
        if self.dirt.kind in SLIPS and self._grows and any(name in s for s in unique_sets(self.table)):
            yield from candidates.numbers_kept(rows, name, draw, _SLIPS[self.dirt.kind])
        match self.dirt.kind:
            case DirtKind.CHECK:
                assert self._target is not None
                for condition in self._target.conditions:
                    yield from candidates.for_condition(rows, condition, self.columns, draw)
            case DirtKind.NULL:
                yield from candidates.nulls(rows, name)
            case DirtKind.RANGE:
                spread = any(name in columns for columns in unique_sets(self.table))
                yield from candidates.beyond(rows, name, draw, spread=spread)
            case DirtKind.LENGTH:
                yield from candidates.wrong_length(rows, name, draw)
            case DirtKind.PATTERN:
                yield from candidates.off_pattern(rows, name, draw)
            case DirtKind.ENUM:
                yield from candidates.no_member(rows, name, draw)
            case DirtKind.UNIQUE:
                yield name, self.engine.rowset(self.table.name, donors).column(name)
            case DirtKind.REFERENCE:
                yield from self._orphans(rows)
            case DirtKind.TYPOS:
                yield from candidates.typos(rows, name, draw)
            case DirtKind.MALFORMED:
                yield from candidates.malformed(rows, name, draw)
            case DirtKind.MISENCODED:
                yield from candidates.misencoded(rows, name, draw)
            case DirtKind.OUTLIERS:
                low, high = self._range(self.table.name, name)
                yield from candidates.far_out(rows, name, draw, low, high, self._signs())
            case DirtKind.NEAR:
                yield from self._nearly(rows)
            case DirtKind.DUPLICATE:
                return

    def _signs(self) -> tuple[int, ...]:
        """At which ends values may be far out: the open ones of the bounds, if there is one."""
        bounds = self.table.columns[self.dirt.subject].bounds
        if bounds is None or closed(bounds):
            return 1, -1
        return (1,) if bounds.high is None else (-1,)

    def _nearly(self, rows: RowSet) -> Iterator[Candidate]:
        """Another value in one of the columns, each row beginning with another one: of texts one with a slip,
        of the rest what some other row has."""
        draw = stream(rows, self.dirt.name)
        turn = draw.below(len(self.columns), 9)
        texts = [c for c in self.columns if isinstance(self.table.columns[c].type, t.String)]
        for offset in range(len(self.columns)):
            for i, column in enumerate(self.columns):
                mine = (i - turn) % len(self.columns) == offset
                if not mine.any():
                    continue
                if column in texts:
                    tries: list[Vector] = [v for _, v in candidates.typos(rows, column, draw)]
                else:
                    tries = [candidates.others(rows, draw, 16 + lane).column(column) for lane in range(4)]
                for values in tries:
                    yield (
                        column,
                        selection.overlaid(rows.column(column), np.flatnonzero(mine), values, same=True),
                    )

    def _orphans(self, rows: RowSet) -> Iterator[Candidate]:
        """Keys that no parent has: beyond all of them where keys have an order, else drawn, or misspelt.
        Where tables grow, keys that no later parent is likely to have, either."""
        column = self.dirt.subject
        vector = rows.column(column)
        draw = stream(rows, self.dirt.name)
        parent, key = self._parent_key()
        match vector.type:
            case t.Uuid():
                words = np.stack([draw.bits(_UUID_LANE), draw.bits(_UUID_LANE + 1)], axis=1)
                data = np.ascontiguousarray(words).view(np.uint8).reshape(-1, 16).copy()
                data[:, 6] = (data[:, 6] & 0x0F) | 0x40
                data[:, 8] = (data[:, 8] & 0x3F) | 0x80
                yield column, Vector(vector.type, data, vector.valid)
            case dtype if isinstance(dtype, NUMERIC) and not isinstance(dtype, t.Float):
                low, high = self._range(parent, key)
                kind = selection.numpy_dtype(dtype)
                last, first = (Vector(dtype, np.full(rows.n, int(x), kind)) for x in (high, low))
                beyond = 1 + draw.below(1 << 20, 1)
                if self._grows:
                    far = _far_beyond(dtype, int(high))
                    yield column, _moved_off(vector, last, far + 1 + beyond % max(1, far))
                for reach in (beyond, 1 + beyond % 1000, 1 + beyond % 20):
                    yield column, _moved_off(vector, last, reach)
                    yield column, _moved_off(vector, first, -reach)
            case t.String():
                yield from (candidates.unheard_of if self._grows else candidates.off_pattern)(
                    rows, column, draw
                )
            case _:
                return

    @property
    def _grows(self) -> bool:
        """Whether the spec is one of batches."""
        return any(table.grows for table in self.engine.dataset.tables.values())

    def _parent_key(self) -> tuple[str, str]:
        reference = self.table.references[self.dirt.subject]
        key = reference.key[0]
        dtype = self.engine.dataset.tables[reference.table].columns[key].type
        if isinstance(dtype, NUMERIC) and not isinstance(dtype, t.Float):
            self._range(reference.table, key)
        return reference.table, key

    def _range(self, table: str, column: str) -> tuple[float, float]:
        if column not in self._extremes:
            self._extremes[column] = extremes(self.engine, table, column)
        return self._extremes[column]

    # --- what is taken -----------------------------------------------------------------------

    def _accepted(self, rows: RowSet, column: str, values: Vector, donors: Int64Array) -> BoolArray:
        """Where the values break what they are to break, and nothing else."""
        clean = rows.column(column)
        kind = self.dirt.kind
        fine: BoolArray = np.ones(rows.n, dtype=np.bool_)
        if kind is not DirtKind.NULL:
            fine = hashes(values) != hashes(clean)
        if kind is not DirtKind.NULL and kind is not DirtKind.CHECK and clean.valid is not None:
            fine &= clean.valid
        needed = kind is DirtKind.UNIQUE or not self.table.columns[column].nullable
        if values.valid is not None and kind is not DirtKind.NULL and needed:
            fine &= values.valid
        if not fine.any():
            return fine
        parents = None
        reference = self.table.columns[column].reference
        if kind is DirtKind.UNIQUE and reference is not None:
            parents, _ = self.engine.rowset(self.table.name, donors).parents(reference)
        trial = rows.changed(column, values, parents)
        if self._target is not None:
            fine &= broken(self._target, trial)
        for required in self._others:
            if column in required.columns:
                too = broken(required, trial)
                self._obstacles[_called(required)] += int(np.count_nonzero(fine & too))
                fine &= ~too
        if kind is DirtKind.UNIQUE:
            fine &= self._only_one_set(trial, column, donors)
        return fine

    def _only_one_set(self, trial: RowSet, column: str, donors: Int64Array) -> BoolArray:
        """Where the row agrees with its donor on no other columns that are unique together."""
        fine: BoolArray = np.ones(trial.n, dtype=np.bool_)
        others = self.engine.rowset(self.table.name, donors)
        for columns in unique_sets(self.table):
            if column in columns and columns != (column,):
                mine, _ = combined([trial.column(name) for name in columns])
                theirs, _ = combined([others.column(name) for name in columns])
                fine &= mine != theirs
        return fine

    # --- what rows may not share ---------------------------------------------------------------

    def distinct_sets(self) -> tuple[tuple[str, ...], ...]:
        """The sets of columns, with the changed one among them, on which spoiled rows must not agree with
        others."""
        if self.dirt.kind in COPIES or self.dirt.kind in (DirtKind.UNIQUE, DirtKind.NULL):
            return ()
        return tuple(s for s in unique_sets(self.table) if any(c in s for c in self.columns))

    @property
    def may_be_there(self) -> bool:
        """Whether a changed value may be that of a row that is not spoiled."""
        return self.dirt.kind in SLIPS

    def absent_from(self) -> tuple[str, tuple[str, ...]] | None:
        """The table and columns that must not have the changed value, where only a look at all tells: not
        of numbers, which go beyond all that there are, nor of uuids, of which none is drawn twice."""
        if self.dirt.kind is not DirtKind.REFERENCE:
            return None
        reference = self.table.references[self.dirt.subject]
        known = isinstance(self.table.columns[self.dirt.subject].type, (*NUMERIC, t.Uuid))
        return None if known else (reference.table, reference.key)


def _called(required: Required) -> str:
    match required.kind:
        case RequiredKind.CHECK:
            return f"check `{required.subject}`"
        case RequiredKind.BOUNDS:
            return f"the range of `{required.subject}`"
        case RequiredKind.WHERE:
            return f"the `where` of `{required.subject}`"
        case _:
            return f"the {required.kind.value} of `{required.subject}`"


def _moved_off(vector: Vector, end: Vector, by: Int64Array) -> Vector:
    """``end`` and ``by`` together; the value of ``vector`` where that has no room."""
    values = moved(end, by)
    has_room = np.flatnonzero(selection.array(values) != selection.array(end))
    return selection.overlaid(vector, has_room, selection.take(values, has_room))


def _far_beyond(dtype: t.DataType, high: int) -> int:
    """So far from the last key ``high`` that keys which count up get there in no time that matters."""
    return int(min((int(limits(dtype)[1]) - high) // 2, 1 << 40))


def closed(bounds: Bounds | None) -> bool:
    """Whether bounds leave no end open."""
    return bounds is not None and bounds.low is not None and bounds.high is not None
