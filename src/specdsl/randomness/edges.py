"""Draws at the edges of what can be drawn: which rows are edge rows, and streams whose bits are at an end.

In an edge row each draw is, independently of the others, at its low end, at its high end, beside an end
(or at 0, 1 or -1), or as in any other row. Samplers that invert a distribution come to its ends by
themselves when their bits are all zeros or all ones; ranges and choices look at the places.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass, replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from specdsl.randomness.streams import GOLDEN, Stream, mix, stream_key
from specdsl.vectors.vector import BoolArray, Float64Array, Int64Array, UInt64Array

AS_EVER, LOW, HIGH, BESIDE = range(4)
_PLACES = np.array([LOW, LOW, LOW, HIGH, HIGH, HIGH, BESIDE, AS_EVER], dtype=np.int8)
_ALL_ONES = np.uint64(2**64 - 1)
_FAR = 53
_ONE_IN_A_MILLION = 20

Places = NDArray[np.int8]


def among(key: int, shares: Sequence[float], rows: Int64Array) -> Int64Array:
    """Which of several sets each of ``rows`` is in, by a hash: the number of one of ``shares`` (0..1, at
    most 1 together), -1 for none. ``key`` is that of the table. A share that grows keeps its rows, and so
    do those before it. Shape (n,)."""
    hashes = mix(rows.view(np.uint64) * GOLDEN + np.uint64(key))
    ends = np.minimum(np.cumsum(np.asarray(shares, dtype=np.float64)), 1.0)
    limits = np.array([min(int(end * 2.0**64), 2**64 - 1) for end in ends.tolist()], dtype=np.uint64)
    found = np.searchsorted(limits, hashes, side="left")
    return np.where(found < len(limits), found, -1).astype(np.int64)


def at_edges(stream: Stream, edge: BoolArray | None) -> Stream:
    """``stream`` with its draws at an edge in the rows where ``edge``."""
    if edge is None:
        return stream
    chosen = np.flatnonzero(edge)
    if not len(chosen):
        return stream
    hashes = mix(stream.addresses[chosen] * GOLDEN + np.uint64(stream_key(stream.key, "edge")))
    places = np.zeros(len(edge), dtype=np.int8)
    places[chosen] = _PLACES[hashes >> np.uint64(61)]
    return EdgeStream(stream.key, stream.addresses, places)


@dataclass(frozen=True, slots=True)
class EdgeStream(Stream):
    """A stream whose bits are all zeros where ``places`` (int8, shape (n,)) says LOW, all ones where it says
    HIGH. ``far``: how near to 0 and 1 its uniform numbers come there, as a power of 2."""

    places: Places
    far: int = _FAR

    def bits(self, lane: int = 0) -> UInt64Array:
        out = Stream.bits(self, lane)
        least = np.uint64(0 if self.far == _FAR else 1 << (64 - self.far))
        out[self.places == LOW] = least
        out[self.places == HIGH] = _ALL_ONES - least
        return out

    def uniform(self, lane: int = 0) -> Float64Array:
        out = Stream.uniform(self, lane)
        out[self.places == LOW] = 2.0**-self.far
        out[self.places == HIGH] = 1.0 - 2.0**-self.far
        return out

    def below(self, size: int | Int64Array | UInt64Array, lane: int = 0) -> Int64Array:
        return self.first_or_last(Stream.below(self, size, lane), size)

    def first_or_last(self, numbers: Int64Array, size: int | Int64Array | UInt64Array) -> Int64Array:
        """``numbers`` of ``0 .. size - 1``, those at an end the first and the last of them."""
        last = (np.asarray(size, dtype=np.uint64) - np.uint64(1)).view(np.int64)
        return np.where(self.places == LOW, 0, np.where(self.places == HIGH, last, numbers))

    def substream(self, label: str) -> Stream:
        return EdgeStream(stream_key(self.key, label), self.addresses, self.places, self.far)

    def take(self, positions: Int64Array) -> Stream:
        return EdgeStream(
            self.key, np.take(self.addresses, positions), np.take(self.places, positions), self.far
        )

    def within_reach(self) -> EdgeStream:
        """The same for a distribution without an end on some side: its one in a million there."""
        return replace(self, far=_ONE_IN_A_MILLION)

    def onto(self, values: Float64Array, bound: float | Float64Array) -> Float64Array:
        """``values``, those at an end that are as good as ``bound`` (their inverse comes within the last
        digits of it) moved onto it."""
        near = np.abs(values - bound) <= 1e-9 * np.maximum(np.abs(bound), 1.0)
        at_end = (self.places == LOW) | (self.places == HIGH)
        return np.where(near & at_end, bound, values)

    def ends(self, values: NDArray[Any], low: NDArray[Any], high: NDArray[Any]) -> NDArray[Any]:
        """``values`` drawn from ``low .. high`` (arrays of shape () or (n,)), moved to where they belong:
        onto an end, next to one, or to 0, 1 or -1 if that is between them."""
        low, high = (np.broadcast_to(end, values.shape) for end in (low, high))
        out = np.where(self.places == LOW, low, np.where(self.places == HIGH, high, values))
        which = Stream.below(self, 5, 1)
        for number, wanted in enumerate(_neighbours(low, high)):
            fits = (self.places == BESIDE) & (which == number) & (low <= wanted) & (wanted <= high)
            out = np.where(fits, wanted, out)
        return out.astype(values.dtype, copy=False)


def _neighbours(low: NDArray[Any], high: NDArray[Any]) -> tuple[NDArray[Any], ...]:
    """0, 1, -1 and, of whole numbers, what is next to the ends; in the type of the ends."""
    kind = low.dtype.type
    zero, one = np.full(low.shape, kind(0)), np.full(low.shape, kind(1))
    if low.dtype.kind == "f":
        return zero, one, -one
    several = low < high
    above = np.where(several, low, zero) + np.where(several, one, zero)
    under = np.where(several, high, one) - np.where(several, one, zero)
    minus = zero if low.dtype.kind == "u" else -one
    return zero, one, minus, np.where(several, above, low), np.where(several, under, high)
