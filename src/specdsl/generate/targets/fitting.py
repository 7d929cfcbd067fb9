"""Values moved so that those of each group total what is asked, to the unit.

A row's value becomes ``clip(floor(value * factor) + shift)``, with a factor and a shift for its group, and
one unit more in the rows that the largest remainders choose. Whatever the factor, there is a shift for which
the units left over are fewer than the rows that can take one: that the total is exact does not hang on
floating point, only the shape does.
"""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

import numpy as np

from specdsl.generate.storage import LongArray
from specdsl.generate.targets.selecting import Ranked, Selected, select
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Float64Array, Int64Array, UInt64Array

_CHUNK = 1 << 16
_FACTOR_STEPS = 50
_SHIFT_STEPS = 140
_FAR = float(1 << 62)


@dataclass(frozen=True, slots=True)
class Measured:
    """What one pass over a table found: of the rows that take part, in their order, the group, the value
    and the row number. Of each group how many there are, their total, the least and the greatest value."""

    groups: LongArray
    values: LongArray
    rows: LongArray
    counts: Int64Array
    totals: Int64Array
    least: Int64Array
    most: Int64Array

    def pieces(self) -> Iterator[tuple[Int64Array, Int64Array, Int64Array]]:
        """Group, value and row of all rows, piece by piece."""
        for start in range(0, len(self.rows), _CHUNK):
            stop = min(start + _CHUNK, len(self.rows))
            groups = self.groups.read(start, stop).astype(np.int64)
            yield groups, self.values.read(start, stop), self.rows.read(start, stop)


@dataclass(frozen=True, slots=True)
class Fit:
    """How the values of each group are moved; ``low .. high`` bound every value. ``mirrored``: it is their
    negatives that are moved so."""

    factor: Float64Array
    shift: Int64Array
    low: int
    high: int
    mirrored: bool
    key: int
    more: Selected | None = None

    def apply(self, groups: Int64Array, values: Int64Array, rows: Int64Array) -> Int64Array:
        """The values as they are to be, for rows in groups."""
        lower, upper, part = self.moved(groups, -values if self.mirrored else values)
        assert self.more is not None
        out = np.where(self.more.contains(groups, self.ranks(part, rows), rows), upper, lower)
        return -out if self.mirrored else out

    def moved(self, groups: Int64Array, values: Int64Array) -> tuple[Int64Array, Int64Array, Float64Array]:
        """The value, the value with a unit more, and the remainder (0..1) that was cut off."""
        whole, part = self.scaled(groups, values)
        whole += self.shift[groups]
        return np.clip(whole, self.low, self.high), np.clip(whole + 1, self.low, self.high), part

    def ranks(self, part: Float64Array, rows: Int64Array) -> UInt64Array:
        """By what rows are given a unit more: the largest remainders, at random among equal ones."""
        ranks = (part * 2.0**32).astype(np.uint64) << np.uint64(32)
        ranks |= Stream(self.key, rows.view(np.uint64)).bits() >> np.uint64(32)
        return ranks

    def scaled(self, groups: Int64Array, values: Int64Array) -> tuple[Int64Array, Float64Array]:
        factor = self.factor[groups]
        product = np.clip(values * factor, -_FAR, _FAR)
        floor = np.floor(product)
        same = factor == 1.0
        return np.where(same, values, floor.astype(np.int64)), np.where(same, 0.0, product - floor)


def fit(measured: Measured, asked: Int64Array, low: int, high: int, key: int) -> Fit:
    """How to move the values, given that each group can come to what is asked of it. Values that are never
    negative are multiplied, others moved up or down."""
    least = int(measured.least.min(initial=0))
    most = int(measured.most.max(initial=0))
    mirrored = most <= 0 and least < 0 and int(asked.max(initial=0)) <= 0
    scales = mirrored or (least >= 0 and int(asked.min(initial=0)) >= 0)
    count = len(measured.counts)
    start = Fit(np.ones(count), np.zeros(count, dtype=np.int64), low, high, mirrored, key)
    if mirrored:
        start = replace(start, low=-high, high=-low)
        asked = -asked
    search = _Search(measured, asked)
    if scales:
        start = search.factors(start)
    found, sums = search.shifts(start)
    wanted = asked - sums.total
    return replace(found, more=select(lambda: search.ranked(found), sums.rising, wanted))


@dataclass(frozen=True, slots=True)
class _Sums:
    """Of each group: the total, how many rows would rise by a unit more, and of the rows that neither bound
    holds back how many there are and what they come to, before and after."""

    total: Int64Array
    rising: Int64Array
    free: Int64Array
    free_values: Int64Array
    free_total: Int64Array


class _Search:
    def __init__(self, measured: Measured, asked: Int64Array) -> None:
        self._measured = measured
        self._asked = asked

    def _pieces(self, fit: Fit) -> Iterator[tuple[Int64Array, Int64Array, Int64Array]]:
        for groups, values, rows in self._measured.pieces():
            yield groups, -values if fit.mirrored else values, rows

    def _ends(self, fit: Fit) -> tuple[Int64Array, Int64Array]:
        """The least and the greatest value of each group, multiplied."""
        ends = self._measured.least, self._measured.most
        if fit.mirrored:
            ends = -ends[1], -ends[0]
        groups = np.arange(len(self._asked), dtype=np.int64)
        return fit.scaled(groups, ends[0])[0], fit.scaled(groups, ends[1])[0]

    def sums(self, fit: Fit) -> _Sums:
        out = _Sums(*(np.zeros(len(self._asked), dtype=np.int64) for _ in range(5)))
        for groups, values, _ in self._pieces(fit):
            lower, upper, _ = fit.moved(groups, values)
            free = np.flatnonzero((lower > fit.low) & (lower < fit.high))
            np.add.at(out.total, groups, lower)
            np.add.at(out.rising, groups, upper - lower)
            np.add.at(out.free, groups[free], 1)
            np.add.at(out.free_values, groups[free], values[free])
            np.add.at(out.free_total, groups[free], lower[free])
        return out

    def ranked(self, fit: Fit) -> Ranked:
        """The rows that can take a unit more."""
        for groups, values, rows in self._pieces(fit):
            lower, upper, part = fit.moved(groups, values)
            rising = np.flatnonzero(upper > lower)
            yield groups[rising], fit.ranks(part[rising], rows[rising]), rows[rising]

    def factors(self, fit: Fit) -> Fit:
        """The factor by which each group comes next to its total. Where bounds hold rows back, the others
        make up for it (Newton's method, kept between what was too little and what was too much)."""
        totals = -self._measured.totals if fit.mirrored else self._measured.totals
        some = totals > 0
        factor = np.where(some, self._asked / np.maximum(totals, 1), 1.0)
        low, high = np.zeros(len(factor)), np.full(len(factor), np.inf)
        open_ = some.copy()
        for _ in range(_FACTOR_STEPS):
            sums = self.sums(replace(fit, factor=factor))
            left = self._asked - sums.total
            open_ &= (left < 0) | (left > sums.rising)
            open_ &= (left < 0) | (factor <= fit.high)  # beyond it all values but 0 are at their highest
            if not open_.any():
                break
            low = np.where(open_ & (left > 0), np.maximum(low, factor), low)
            high = np.where(open_ & (left < 0), np.minimum(high, factor), high)
            held = sums.total - sums.free_total
            newton = np.where(
                sums.free_values > 0, (self._asked - held) / np.maximum(sums.free_values, 1), -1.0
            )
            middle = np.where(np.isfinite(high), (low + high) / 2, factor * 16)
            middle = np.where(newton == high, high * (1 - 2.0**-40), middle)
            following = np.where((newton > low) & (newton < high), newton, middle)
            factor = np.where(open_, following, factor)
        return replace(fit, factor=factor)

    def shifts(self, fit: Fit) -> tuple[Fit, _Sums]:
        """The shift with which the units left over are fewer than the rows that can take one, and what the
        groups come to with it."""
        shift = np.zeros(len(self._asked), dtype=np.int64)
        least, most = self._ends(fit)
        low, high = fit.low - most, fit.high - least
        for _ in range(_SHIFT_STEPS):
            sums = self.sums(replace(fit, shift=shift))
            left = self._asked - sums.total
            open_ = (left < 0) | (left > sums.rising)
            if not open_.any():
                return replace(fit, shift=shift), sums
            low = np.where(open_ & (left > 0), np.maximum(low, shift), low)
            high = np.where(open_ & (left < 0), np.minimum(high, shift), high)
            newton = shift + left // np.maximum(sums.free, 1)
            middle = low + (high - low) // 2
            inside = (newton > low) & (newton < high) & (sums.free > 0)
            shift = np.where(open_, np.where(inside, newton, middle), shift)
        raise AssertionError("a shift is found by halving")
