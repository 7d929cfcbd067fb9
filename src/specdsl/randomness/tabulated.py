"""Drawing from a table of weights with one comparison a value."""

from __future__ import annotations

from dataclasses import dataclass

import numpy as np

from specdsl.vectors.vector import Float64Array, Int64Array, UInt64Array

_MAX_CELL_BITS = 16


@dataclass(frozen=True, slots=True)
class InverseTable:
    """The inverse of a cumulative distribution over 0 .. size - 1, in 64-bit fixed point.

    The unit interval is cut into cells (Chen and Asau's guide table, 1974). A cell that at most one
    threshold falls into is answered by one look-up and one comparison; the others, few and small, by
    bisection within the cell. Monotone: larger bits never give a smaller value.
    """

    size: int
    last_bits: UInt64Array  # the largest bits that still give value k; the last is all ones
    guide: Int64Array  # cell -> first value possible in it, or ~first where bisection is needed
    shift: int
    widest: int  # the most thresholds that fall into one cell

    @classmethod
    def from_weights(cls, weights: Float64Array) -> InverseTable:
        """From relative weights: finite, none negative, at least one above 0."""
        size = len(weights)
        cumulative = np.cumsum(weights)  # one after another, so the same on every machine
        scaled = cumulative[:-1] * (2.0**53 / cumulative[-1])
        thresholds = np.minimum(np.rint(scaled), 2.0**53).astype(np.uint64)
        last = np.full(size, np.iinfo(np.uint64).max, dtype=np.uint64)
        # threshold 2**53 stands for 2**64: all bits are below it
        np.subtract(thresholds << np.uint64(11), np.uint64(1), out=last[:-1], where=thresholds > 0)
        never = thresholds == 0
        bits = min(_MAX_CELL_BITS, max(4, size.bit_length() + 4))
        shift = 64 - bits
        starts = np.arange(1 << bits, dtype=np.uint64) << np.uint64(shift)
        # bits b give value k = number of thresholds <= b
        bounds = np.where(thresholds >= 1 << 53, np.uint64(2**64 - 1), thresholds << np.uint64(11))
        first = np.searchsorted(bounds, starts, side="right")
        ends = starts + np.uint64((1 << shift) - 1)
        final = np.searchsorted(bounds, ends, side="right")
        guide = np.where(final - first <= 1, first, ~first).astype(np.int64)
        if never.any():  # leading values of weight 0: no bits give them
            last[:-1][never] = 0
        return cls(size, last, guide, shift, int((final - first).max()))

    def draw(self, bits: UInt64Array) -> Int64Array:
        """int64 of shape (n,) in 0 .. size - 1 for uniform ``bits``."""
        cells = (bits >> np.uint64(self.shift)).view(np.int64)
        out = self.guide.take(cells, mode="wrap")
        hard = np.flatnonzero(out < 0)
        if hard.size:
            first = ~out[hard]
            out[hard] = first
            found = self._bisected(first, bits[hard])
        out += bits > self.last_bits.take(out, mode="wrap")
        if hard.size:
            out[hard] = found
        return out

    def _bisected(self, found: Int64Array, bits: UInt64Array) -> Int64Array:
        """The values of ``bits``, each at most ``widest`` above that in ``found``, which is overwritten."""
        step = 1 << (self.widest.bit_length() - 1)
        while step:
            # The last entry is all ones, so that nothing goes beyond it.
            probe = np.minimum(found + (step - 1), self.size - 1)
            found += step * (self.last_bits.take(probe, mode="wrap") < bits)
            step >>= 1
        return found
