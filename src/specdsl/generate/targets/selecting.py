"""The greatest so many of each group, told by a threshold: no row has to be remembered."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from specdsl.vectors.vector import BoolArray, Int64Array, UInt64Array

Ranked = Iterator[tuple[Int64Array, UInt64Array, Int64Array]]
"""Pieces of rows: the group, the rank and the row number of each."""

_IN_MEMORY_ROWS = 1 << 21
_COUNTERS = 1 << 22
_MOST_BITS = 12
_EVERY = np.iinfo(np.int64).max
_GREATEST = np.uint64(0xFFFFFFFFFFFFFFFF)


@dataclass(frozen=True, slots=True)
class Selected:
    """Of each group the rows with a greater rank than ``ranks``, and of those with that rank the ones up to
    row ``rows``."""

    ranks: UInt64Array
    rows: Int64Array

    def contains(self, groups: Int64Array, ranks: UInt64Array, rows: Int64Array) -> BoolArray:
        """Whether each row is one of them."""
        limits = self.ranks[groups]
        chosen: BoolArray = (ranks > limits) | ((ranks == limits) & (rows <= self.rows[groups]))
        return chosen


def select(pieces: Callable[[], Ranked], available: Int64Array, wanted: Int64Array) -> Selected:
    """The ``wanted[g]`` rows of the greatest ranks among the ``available[g]`` that ``pieces`` gives of group
    g; of equal ranks the lower row numbers. Reads ``pieces`` once where they fit into memory, else a few
    times more to narrow the ranks down."""
    limits = np.where(wanted >= available, np.uint64(0), _GREATEST)
    rows = np.where(wanted >= available, _EVERY, np.int64(-1))
    left = np.where((wanted > 0) & (wanted < available), wanted, 0)
    bits = max(1, min(_MOST_BITS, (_COUNTERS // max(len(left), 1)).bit_length() - 1))
    prefix, depth = np.zeros(len(left), dtype=np.uint64), 0
    candidates = int(available[left > 0].sum())
    while candidates > _IN_MEMORY_ROWS and depth + bits <= 64:
        counts = _histogram(pieces(), left, prefix, depth, bits)
        prefix, left, held = _narrowed(counts, left, prefix, bits)
        depth += bits
        candidates = int(held[left > 0].sum())
    for group, rank, row in _ends(_near(pieces(), left, prefix, depth), left):
        limits[group], rows[group] = rank, row
    return Selected(limits, rows)


def _top(ranks: UInt64Array, depth: int) -> UInt64Array:
    return ranks >> np.uint64(64 - depth) if depth else np.zeros_like(ranks)


def _histogram(pieces: Ranked, left: Int64Array, prefix: UInt64Array, depth: int, bits: int) -> Int64Array:
    """Of the rows whose rank begins with their group's ``prefix``, how many go on with each of the next
    ``bits`` bits; (groups, 2**bits)."""
    counts = np.zeros(len(left) << bits, dtype=np.int64)
    for groups, ranks, _ in pieces:
        near = np.flatnonzero((left[groups] > 0) & (_top(ranks, depth) == prefix[groups]))
        following = _top(ranks[near], depth + bits) & np.uint64((1 << bits) - 1)
        places = (groups[near] << bits) + following.astype(np.int64)
        counts += np.bincount(places, minlength=len(counts))
    return counts.reshape(len(left), 1 << bits)


def _narrowed(
    counts: Int64Array, left: Int64Array, prefix: UInt64Array, bits: int
) -> tuple[UInt64Array, Int64Array, Int64Array]:
    """The longer prefix in which the last row that is wanted lies, how many are wanted there, and how many
    there are."""
    from_top = np.cumsum(counts[:, ::-1], axis=1)
    at = np.argmax(from_top >= np.maximum(left, 1)[:, None], axis=1)
    groups = np.arange(len(left))
    bucket = counts.shape[1] - 1 - at
    held = counts[groups, bucket]
    above = from_top[groups, at] - held
    longer = (prefix << np.uint64(bits)) | bucket.astype(np.uint64)
    return longer, np.where(left > 0, left - above, 0), held


def _near(pieces: Ranked, left: Int64Array, prefix: UInt64Array, depth: int) -> Ranked:
    for groups, ranks, rows in pieces:
        near = np.flatnonzero((left[groups] > 0) & (_top(ranks, depth) == prefix[groups]))
        yield groups[near], ranks[near], rows[near]


def _ends(pieces: Ranked, left: Int64Array) -> Iterator[tuple[int, np.uint64, int]]:
    """The last row that is wanted of each group."""
    if not left.any():
        return
    groups, ranks, rows = (np.concatenate(column) for column in zip(*pieces, strict=True))
    order = np.lexsort((rows, ~ranks, groups))
    starts = np.searchsorted(groups[order], np.arange(len(left)))
    for group in np.flatnonzero(left).tolist():
        last = order[starts[group] + left[group] - 1]
        yield group, ranks[last], int(rows[last])
