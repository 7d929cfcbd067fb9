"""Fewer rows for a covering array that is there already.

Where a value of a row could be any other without a combination being lost, it is free. A row is left out when
all that only it covers finds room in free places of other rows (after Nayeri, Colbourn, Konjevod: Randomized
post-optimization of covering arrays, 2013).
"""

from __future__ import annotations

from collections.abc import Callable, Sequence

import numpy as np
from numpy.typing import NDArray

from specdsl.check.covering.dice import Dice
from specdsl.check.covering.space import Allowed
from specdsl.check.covering.subsets import Subsets
from specdsl.vectors.vector import Int64Array

Kept = Callable[[Int64Array], Allowed]
"""Which of some rows keep all rules."""


class _Rows:
    """Rows, the numbers of their combinations, and how often each combination comes."""

    def __init__(self, subsets: Subsets, rows: Int64Array, times: Int64Array) -> None:
        self.subsets = subsets
        self.rows = rows
        self.numbers = subsets.numbers_of(rows)
        self.times = times

    def without(self, at: int) -> _Rows:
        """A copy without one row."""
        times = self.times.copy()
        times[self.numbers[at]] -= 1
        return _Rows(self.subsets, np.delete(self.rows, at, axis=0), times)

    def put(self, at: int, row: Int64Array) -> None:
        """Another row in place of one."""
        self.times[self.numbers[at]] -= 1
        self.rows[at], self.numbers[at] = row, self.subsets.numbers_of(row[None, :])[0]
        self.times[self.numbers[at]] += 1

    def alone(self, wanted: Allowed) -> Allowed:
        """Of each row's combinations those that no other row has, of the ``wanted`` ones."""
        out: Allowed = (self.times[self.numbers] == 1) & wanted[self.numbers]
        return out


class Thinning:
    """``rows`` cover all of the combinations ``wanted`` (true by number), and go on doing so. ``work``: about
    how many nanoseconds it has taken, counted."""

    def __init__(
        self,
        subsets: Subsets,
        sizes: Sequence[int],
        wanted: Allowed,
        kept: Kept,
        rows: Int64Array,
        dice: Dice,
    ) -> None:
        self._subsets = subsets
        self._sizes = np.array(sizes, dtype=np.int64)
        self._wanted = wanted
        self._kept = kept
        self.work = 0
        self._dice = dice
        times = np.zeros(len(wanted), dtype=np.int64)
        np.add.at(times, subsets.numbers_of(rows).ravel(), 1)
        self._state = _Rows(subsets, rows, times)

    def run(self, attempts: int, fewest: int, work: int) -> Int64Array:
        """The rows that are left after so many attempts, or as soon as they have cost ``work``."""
        for _ in range(attempts):
            if len(self._state.rows) <= fewest or self.work >= work:
                break
            thinner = self._without_one()
            if thinner is None:
                self._shake()
            else:
                self._state = thinner
        return self._state.rows

    def _free(self, alone: Allowed) -> Allowed:
        """The places that no combination of ``alone`` goes by, of as many rows as it has."""
        out = np.ones((len(alone), len(self._sizes)), dtype=np.bool_)
        row, subset = np.nonzero(alone)
        out[row[:, None], self._subsets.members[subset]] = False
        return out

    def _without_one(self) -> _Rows | None:
        """The rows without the one that matters least; None where the others have no room for it."""
        alone = self._state.alone(self._wanted)
        weights = alone.sum(axis=1) + self._dice.floats(len(alone))
        least = int(weights.argmin())
        orphans = np.flatnonzero(alone[least])
        gone = self._state.rows[least]
        left = self._state.without(least)
        for subset in orphans[np.argsort(self._dice.bits(len(orphans)))].tolist():
            columns = self._subsets.members[subset]
            if not self._place(left, columns, gone[columns]):
                return None
        return left

    def _place(self, state: _Rows, columns: Int64Array, values: Int64Array) -> bool:
        """Puts a combination into free places of a row; whether there are some."""
        other = state.rows[:, columns] != values
        if not other.any(axis=1).all():
            return True
        self.work += 60_000 + 10 * state.numbers.size
        free = self._free(state.alone(self._wanted))
        fits = np.flatnonzero((~other | free[:, columns]).all(axis=1))
        if not len(fits):
            return False
        changed = state.rows[fits]
        changed[:, columns] = values
        good = np.flatnonzero(self._kept(changed))
        if not len(good):
            return False
        chosen = int(good[int(self._dice.below(len(good), 1)[0])])
        state.put(int(fits[chosen]), changed[chosen])
        return True

    def _shake(self) -> None:
        """Draw the values of free places anew, row by row."""
        state = self._state
        for at in np.argsort(self._dice.bits(len(state.rows))).tolist():
            numbers = state.numbers[at : at + 1]
            self.work += 60_000 + 10 * numbers.size
            free = self._free((state.times[numbers] == 1) & self._wanted[numbers])[0]
            drawn: NDArray[np.int64] = (self._dice.floats(len(free)) * self._sizes).astype(np.int64)
            changed = np.where(free, drawn, state.rows[at])
            if self._kept(changed[None, :])[0]:
                state.put(at, changed)
