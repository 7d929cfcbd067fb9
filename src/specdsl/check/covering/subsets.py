"""The choices of so many columns, and a number for every combination of their values."""

from __future__ import annotations

from collections.abc import Sequence
from itertools import combinations

import numpy as np

from specdsl.vectors.vector import Int64Array


class Subsets:
    """The choices of ``strength`` columns, and a number for every combination of their values."""

    def __init__(self, sizes: Sequence[int], strength: int) -> None:
        chosen = list(combinations(range(len(sizes)), strength))
        self.members = np.array(chosen, dtype=np.int64).reshape(len(chosen), strength)
        widths = np.array(sizes, dtype=np.int64)[self.members]
        self.strides = np.ones_like(widths)
        for place in range(strength - 2, -1, -1):
            self.strides[:, place] = self.strides[:, place + 1] * widths[:, place + 1]
        counts = widths.prod(axis=1)
        self.offsets = np.cumsum(counts) - counts
        self.size = int(counts.sum())
        self.widths = widths
        self.of_column = [np.flatnonzero((self.members == c).any(axis=1)) for c in range(len(sizes))]

    def numbers_of(self, rows: Int64Array) -> Int64Array:
        """The numbers of the combinations in each of some rows."""
        out: Int64Array = self.offsets + (self.strides * rows[:, self.members]).sum(axis=2)
        return out

    def values(self, number: int) -> tuple[int, Int64Array]:
        """The subset that a combination is of, and the values of its columns."""
        subset = int(np.searchsorted(self.offsets, number, side="right")) - 1
        rest = number - int(self.offsets[subset])
        return subset, rest // self.strides[subset] % self.widths[subset]
