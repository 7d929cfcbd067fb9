"""Covering arrays: few rows, in which every combination of the values of any t columns comes.

The rows are found greedily, one after another, each the best of several that are begun at random (Cohen,
Dalal, Fredman, Patton: The AETG system, 1997). Candidates are made side by side: all take the columns in one
order, and each the value that adds most. Rules are looked at ahead one rule at a time; where that leads
nowhere, the exact search finds a row for a combination that is missing, or that there is none, so that all
that can be is there.
"""

from __future__ import annotations

from collections.abc import Sequence
from functools import lru_cache
from math import comb, prod
from typing import Final

import numpy as np
from numpy.typing import NDArray

from specdsl.check.covering.dice import Dice
from specdsl.check.covering.space import Allowed, Search, Space
from specdsl.check.covering.subsets import Subsets
from specdsl.check.covering.thinning import Thinning
from specdsl.records import record
from specdsl.vectors.vector import Int64Array

MOST_COMBINATIONS: Final = 2_000_000
"""So many combinations a covering array has at most."""
MOST_ROWS: Final = 5_000
"""No array is begun that has more rows than this for certain."""
_WORK = 300_000_000
"""About so many nanoseconds go into making an array smaller than the first that was found: counted, not
measured, so that it is the same one everywhere."""
_SIDE_BY_SIDE = 12
_MOST_ARRAYS = 6
_ATTEMPTS = 20


@record
class Array:
    """``codes``: the rows, a byte for each column's value. ``possible``: the combinations that can be, each
    of which is in a row."""

    codes: bytes
    possible: int


@lru_cache(maxsize=16)
def covering_array(space: Space, strength: int) -> Array:
    """An array of rows of ``space``; none where no row can be. The same for the same space. Raises
    TooHardError."""
    search = Search(space)
    if search.left is None:
        return Array(b"", 0)
    shared = _Shared(space, strength, search)
    best: Int64Array | None = None
    work = arrays = 0
    while best is None or (work < _WORK and arrays < _MOST_ARRAYS and len(best) > shared.fewest):
        builder = _Builder(shared, arrays)
        rows = builder.rows()
        thinning = Thinning(shared.subsets, space.sizes, shared.missing, builder.kept, rows, builder.dice)
        rows = thinning.run(_ATTEMPTS, shared.fewest, 2 * _WORK - work - builder.work)
        arrays += 1
        work += builder.work + thinning.work
        if best is None or len(rows) < len(best):
            best = rows
    return Array(best.astype(np.uint8).tobytes(), shared.possible)


def combinations_of(sizes: Sequence[int], strength: int) -> int:
    """How many combinations of values any ``strength`` columns have, all of them together."""
    sums = [1] + [0] * strength  # elementary symmetric polynomials
    for size in sizes:
        for degree in range(strength, 0, -1):
            sums[degree] += sums[degree - 1] * size
    return sums[strength]


def fewest_rows(sizes: Sequence[int], strength: int) -> int:
    """No array without rules has fewer rows."""
    return prod(sorted(sizes)[-strength:])


class _Shared:
    """What all arrays of a space go by. ``missing``: the combinations that may have to be covered; the arrays
    that are tried take away what they prove impossible."""

    def __init__(self, space: Space, strength: int, search: Search) -> None:
        self.space, self.strength, self.search = space, strength, search
        self.subsets = Subsets(space.sizes, strength)
        self.missing = np.ones(self.subsets.size, dtype=np.bool_)
        assert search.left is not None
        self.tables = [
            (rule.columns, space.table(rule) & _outer_of(search.left, rule.columns)) for rule in space.rules
        ]
        self._exclude_values(search.left)
        self._exclude_by_rules()
        self.fewest = self._fewest()
        self._ahead: dict[tuple[int, tuple[int, ...], int], Allowed] = {}

    @property
    def possible(self) -> int:
        """The combinations that can be, once an array has been made."""
        return int(self.missing.sum())

    def block(self, subset: int) -> Allowed:
        """The part of ``missing`` that is about one subset."""
        start = int(self.subsets.offsets[subset])
        widths = tuple(self.subsets.widths[subset].tolist())
        return self.missing[start : start + prod(widths)].reshape(widths)

    def _exclude_values(self, left: Sequence[Allowed]) -> None:
        if all(values.all() for values in left):
            return
        for subset, columns in enumerate(self.subsets.members.tolist()):
            self.block(subset)[...] &= _outer_of(left, columns)

    def _exclude_by_rules(self) -> None:
        for columns, allowed in self.tables:
            for subset, members in enumerate(self.subsets.members.tolist()):
                shared = [c for c in members if c in columns]
                if len(shared) < 2:
                    continue
                others = tuple(axis for axis, c in enumerate(columns) if c not in shared)
                seen = allowed.any(axis=others) if others else allowed
                shape = [self.space.sizes[c] if c in shared else 1 for c in members]
                self.block(subset)[...] &= seen.reshape(shape)

    def _fewest(self) -> int:
        """Combinations of the same columns need a row each."""
        starts = self.subsets.offsets
        return int(np.add.reduceat(self.missing, starts, dtype=np.int64).max()) if len(starts) else 0

    def ahead(self, rule: int, assigned: tuple[int, ...], column: int) -> Allowed:
        """What a rule leaves of ``column`` for values of ``assigned``: an axis for each, the column's
        last."""
        key = (rule, assigned, column)
        found = self._ahead.get(key)
        if found is None:
            columns, allowed = self.tables[rule]
            wanted = (*assigned, column)
            others = tuple(axis for axis, c in enumerate(columns) if c not in wanted)
            seen = allowed.any(axis=others) if others else allowed
            kept = [c for c in columns if c in wanted]
            found = self._ahead[key] = np.ascontiguousarray(
                np.transpose(seen, [kept.index(c) for c in wanted])
            )
        return found


def _outer_of(left: Sequence[Allowed], columns: Sequence[int]) -> Allowed:
    out = left[columns[0]]
    for column in columns[1:]:
        out = out[..., None] & left[column]
    return out


class _Builder:
    """One array. ``work``: what it has cost, see ``_WORK``."""

    def __init__(self, shared: _Shared, number: int) -> None:
        self.shared = shared
        self.work = 0
        self.dice = Dice(number, *shared.space.sizes)
        self._missing = shared.missing.copy()
        self._columns = len(shared.space.sizes)
        self._counts = self._count()
        cells = comb(self._columns - 1, shared.strength - 1) * max(shared.space.sizes)
        self._beside = max(2, min(_SIDE_BY_SIDE, 40_000 // max(1, cells)))

    def _count(self) -> Int64Array:
        """Of each column's values, how many combinations that they are in are missing."""
        sets = self.shared.subsets
        out = np.zeros((self._columns, max(self.shared.space.sizes)), dtype=np.int64)
        for subset, columns in enumerate(sets.members.tolist()):
            start = int(sets.offsets[subset])
            widths = tuple(sets.widths[subset].tolist())
            block = self._missing[start : start + prod(widths)].reshape(widths)
            for axis, column in enumerate(columns):
                others = tuple(i for i in range(len(columns)) if i != axis)
                out[column, : widths[axis]] += block.sum(axis=others)
        return out

    def rows(self) -> Int64Array:
        """The rows, those that cover most first."""
        out: list[Int64Array] = []
        while self._missing.any():
            row = self._best()
            if row is None:
                row = self._by_search()
            if row is not None:
                self._take(row)
                out.append(row)
        return np.array(out, dtype=np.int64).reshape(-1, self._columns)

    def _take(self, row: Int64Array) -> None:
        sets = self.shared.subsets
        numbers = sets.numbers_of(row[None, :])[0]
        fresh = np.flatnonzero(self._missing[numbers])
        self._missing[numbers] = False
        members = sets.members[fresh].ravel()
        np.subtract.at(self._counts, (members, row[members]), 1)

    # --- candidates ---------------------------------------------------------------------------

    def _best(self) -> Int64Array | None:
        """The candidate that covers most that is missing; None where none covers anything."""
        rows = self._candidates()
        if not len(rows):
            return None
        gains = self._missing[self.shared.subsets.numbers_of(rows)].sum(axis=1)
        at = int(gains.argmax())
        return rows[at] if gains[at] else None

    def _candidates(self) -> Int64Array:
        """Some rows that keep all rules, each begun with a combination that is missing."""
        sets, sizes = self.shared.subsets, self.shared.space.sizes
        subset, seeds = self._seeds()
        first = sets.members[subset].tolist()
        rest = [c for c in np.argsort(self.dice.bits(self._columns)).tolist() if c not in first]
        rows = np.zeros((len(seeds), self._columns), dtype=np.int64)
        alive = np.ones(len(seeds), dtype=np.bool_)
        there = np.zeros(self._columns, dtype=np.bool_)
        for place, column in enumerate(first):
            rows[:, column] = seeds[:, place]
            there[column] = True
        for column in rest:
            score = self._gains(rows, there, column) + self.dice.floats(len(rows), sizes[column])
            allowed = self._ahead(rows, there, column)
            if allowed is not None:
                score = np.where(allowed, score, -1.0)
                alive &= allowed.any(axis=1)
            rows[:, column] = score.argmax(axis=1)
            there[column] = True
        return rows[alive & self.kept(rows)]

    def _seeds(self) -> tuple[int, Int64Array]:
        """A subset of the columns, and some combinations of it that are missing: with the value that is in
        most of those."""
        sets = self.shared.subsets
        noisy = self._counts + self.dice.floats(*self._counts.shape)
        column, value = np.unravel_index(int(noisy.argmax()), noisy.shape)
        subsets = sets.of_column[int(column)]
        for subset in subsets[np.argsort(self.dice.bits(len(subsets)))].tolist():
            start = int(sets.offsets[subset])
            widths = sets.widths[subset]
            found = np.flatnonzero(self._missing[start : start + int(widths.prod())])
            axis = sets.members[subset].tolist().index(column)
            found = found[found // sets.strides[subset, axis] % widths[axis] == value]
            if len(found):
                chosen = found[self.dice.below(len(found), self._beside)]
                return subset, chosen[:, None] // sets.strides[subset] % widths
        raise AssertionError("a value that is missing in no combination")

    def _gains(self, rows: Int64Array, there: Allowed, column: int) -> NDArray[np.float64]:
        """How many missing combinations each value of ``column`` would add to each row."""
        sets, size = self.shared.subsets, self.shared.space.sizes[column]
        chosen = sets.of_column[column]
        members = sets.members[chosen]
        own = members == column
        ready = (there[members] | own).all(axis=1)
        chosen, members, own = chosen[ready], members[ready], own[ready]
        if not len(chosen):
            return np.zeros((len(rows), size))
        strides = sets.strides[chosen]
        fixed = np.where(own, 0, strides)
        base = sets.offsets[chosen] + (fixed * rows[:, members]).sum(axis=2)
        step = (strides * own).sum(axis=1)
        numbers = base[:, :, None] + step[None, :, None] * np.arange(size)
        self.work += 40_000 + 6 * numbers.size
        out: NDArray[np.float64] = self._missing[numbers].sum(axis=1, dtype=np.float64)
        return out

    def _ahead(self, rows: Int64Array, there: Allowed, column: int) -> Allowed | None:
        """Which values of ``column`` each rule by itself leaves to each row; None: all."""
        out: Allowed | None = None
        for number, (columns, _) in enumerate(self.shared.tables):
            if column not in columns:
                continue
            assigned = tuple(c for c in columns if there[c])
            seen = self.shared.ahead(number, assigned, column)[tuple(rows[:, c] for c in assigned)]
            seen = np.broadcast_to(seen, (len(rows), seen.shape[-1]))
            out = seen if out is None else out & seen
        return out

    def kept(self, rows: Int64Array) -> Allowed:
        """Which of some rows keep all rules."""
        out = np.ones(len(rows), dtype=np.bool_)
        for columns, allowed in self.shared.tables:
            out &= allowed[tuple(rows[:, c] for c in columns)]
        return out

    # --- where candidates lead nowhere ----------------------------------------------------------

    def _by_search(self) -> Int64Array | None:
        """A row for the first combination that is missing; None, and it is missed no more, where it cannot
        be."""
        sets = self.shared.subsets
        number = int(self._missing.argmax())
        subset, values = sets.values(number)
        columns = sets.members[subset].tolist()
        given = dict(zip(columns, values.tolist(), strict=True))
        counts = self._counts

        def order(column: int, left: Sequence[int]) -> Sequence[int]:
            return sorted(left, key=lambda value: (-int(counts[column, value]), value))

        found = self.shared.search.row(given, order)
        if found is None:
            self._missing[number] = self.shared.missing[number] = False
            self._counts[columns, values] -= 1
            return None
        return np.array(found, dtype=np.int64)
