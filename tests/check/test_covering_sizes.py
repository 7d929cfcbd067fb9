"""How small designs are, beside what is published of them, and that they are the same every time."""

from __future__ import annotations

from itertools import combinations
from math import prod

import numpy as np
import pytest

from specdsl.check.covering.arrays import combinations_of, covering_array, fewest_rows
from specdsl.check.covering.space import Rule, Search, Space, TooHardError

# Sizes, strength, the most rows that are let pass. For pairs beside them PICT's and AETG's sizes as published
# with the tools (Czerwonka, Pairwise testing in the real world, 2006; pairwise.org).
CASES = [
    ([3] * 4, 2, 9),  # 9, 9; fewer cannot be
    ([3] * 13, 2, 18),  # 18, 15
    ([4] * 15 + [3] * 17 + [2] * 29, 2, 37),  # 37, 41
    ([4] + [3] * 39 + [2] * 35, 2, 28),  # 27, 28
    ([2] * 100, 2, 14),  # 15, 10
    ([10] * 20, 2, 215),  # 210, 180
    ([5, 3, 2], 2, 15),
    ([2] * 5, 3, 11),
    ([3] * 6, 3, 45),
    ([2] * 8, 4, 32),
]


def rows_of(space: Space, strength: int) -> np.ndarray:
    array = covering_array(space, strength)
    return np.frombuffer(array.codes, dtype=np.uint8).reshape(-1, len(space.sizes))


@pytest.mark.parametrize(("sizes", "strength", "most"), CASES, ids=str)
def test_sizes(sizes: list[int], strength: int, most: int) -> None:
    rows = rows_of(Space(tuple(sizes), ()), strength)
    assert fewest_rows(sizes, strength) <= len(rows) <= most
    for chosen in combinations(range(len(sizes)), strength):
        found = np.unique(rows[:, chosen], axis=0)
        assert len(found) == prod(sizes[c] for c in chosen)


def test_fifty_columns_of_ten_values() -> None:
    rows = rows_of(Space((10,) * 50, ()), 2)
    assert len(rows) <= 290
    pairs = sum(len(np.unique(rows[:, pair], axis=0)) for pair in combinations(range(50), 2))
    assert pairs == combinations_of((10,) * 50, 2) == 122_500


def test_the_same_every_time() -> None:
    space = Space((3, 4, 2, 3, 3), (Rule((0, 2), bytes([1, 1, 0, 1, 1, 1])),))
    first = covering_array(space, 2)
    covering_array.cache_clear()
    assert covering_array(space, 2) == first


def test_numbers_of_combinations() -> None:
    assert combinations_of((2, 3, 4), 2) == 2 * 3 + 2 * 4 + 3 * 4
    assert combinations_of((2, 3, 4), 3) == 24
    assert fewest_rows((2, 3, 4), 2) == 12


def test_rules_that_agree_two_by_two_and_not_together() -> None:
    """Three columns of two values, each different from the others: no rule by itself excludes anything."""
    differ = bytes([0, 1, 1, 0])
    space = Space((2, 2, 2), tuple(Rule(pair, differ) for pair in ((0, 1), (1, 2), (0, 2))))
    assert Search(space).left is not None
    assert covering_array(space, 2) == covering_array(space, 3)
    assert covering_array(space, 2).possible == 0


def test_a_pigeonhole_is_given_up() -> None:
    """Ten columns of nine values, all different: that no row can be takes longer to see than is spent."""
    differ = (~np.eye(9, dtype=np.bool_)).tobytes()
    space = Space((9,) * 10, tuple(Rule(pair, differ) for pair in combinations(range(10), 2)))
    with pytest.raises(TooHardError):
        Search(space).row({})
