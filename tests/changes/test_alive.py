"""Rows that are left, by their ranks."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from specdsl.generate.changed import Alive

ROWS = 40


@given(st.sets(st.integers(0, ROWS - 1), max_size=ROWS - 1))
def test_ranks(deleted: set[int]) -> None:
    alive = Alive(np.array(sorted(deleted), dtype=np.int64))
    left = [row for row in range(ROWS) if row not in deleted]
    rows, ranks = np.arange(ROWS + 1, dtype=np.int64), np.arange(len(left), dtype=np.int64)
    assert len(alive) == len(deleted)
    assert alive.gather(ranks).tolist() == left
    assert alive.read(1, len(left)).tolist() == left[1:]
    assert alive.rank(rows).tolist() == [sum(one < row for one in left) for row in rows.tolist()]
    assert alive.has(rows[:-1]).tolist() == [row not in deleted for row in range(ROWS)]
