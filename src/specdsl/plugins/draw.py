"""The randomness that a function of the user draws from."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from specdsl.randomness import portable
from specdsl.randomness.streams import Stream


class Draw:
    """Randomness by row: the n values of one call of a method depend on the rows alone, not on the batch
    that they come in. Every call gives fresh values, so that the calls must not depend on the data."""

    def __init__(self, stream: Stream) -> None:
        self._stream = stream
        self._calls = 0

    def __len__(self) -> int:
        """The number of rows."""
        return len(self._stream.addresses)

    def bits(self) -> NDArray[np.uint64]:
        """64 random bits for each row: uint64 (n,)."""
        return self._stream.bits(self._lane())

    def uniform(self, low: float = 0.0, high: float = 1.0) -> NDArray[np.float64]:
        """Evenly between ``low`` and ``high``, which do not come themselves: float64 (n,)."""
        return low + self._stream.uniform(self._lane()) * (high - low)

    def normal(self, mean: float = 0.0, sd: float = 1.0) -> NDArray[np.float64]:
        """Of the normal distribution: float64 (n,)."""
        return mean + portable.ndtri(self._stream.uniform(self._lane())) * sd

    def integers(self, low: int, high: int) -> NDArray[np.int64]:
        """``low .. high``, both included, all equally likely: int64 (n,). Raises ValueError where ``high`` is
        below ``low``."""
        if high < low:
            raise ValueError(f"there are no integers from {low} to {high}")
        return low + self._stream.below(high - low + 1, self._lane())

    def chance(self, p: float = 0.5) -> NDArray[np.bool_]:
        """True with probability ``p``: bool (n,)."""
        return self._stream.uniform(self._lane()) < p

    def _lane(self) -> int:
        self._calls += 1
        return self._calls - 1
