"""Random numbers for what is worked out while compiling."""

from __future__ import annotations

from math import prod

import numpy as np
from numpy.typing import NDArray

from specdsl.randomness.streams import GOLDEN, mix, stream_key
from specdsl.vectors.vector import Int64Array, UInt64Array


class Dice:
    """Random numbers that are the same in every run and with every version of numpy."""

    def __init__(self, *names: str | int) -> None:
        self._key = np.uint64(stream_key(0, "cover", *names))
        self._next = 0

    def bits(self, count: int) -> UInt64Array:
        numbers = np.arange(self._next, self._next + count, dtype=np.uint64)
        self._next += count
        return mix(numbers * GOLDEN + self._key)

    def below(self, limit: int, count: int) -> Int64Array:
        return (self.bits(count) % np.uint64(limit)).astype(np.int64)

    def floats(self, *shape: int) -> NDArray[np.float64]:
        bits = (self.bits(prod(shape)) >> np.uint64(11)).reshape(shape)
        return bits.astype(np.float64) * 2.0**-53
