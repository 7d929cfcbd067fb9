"""Versions of rows: a law over random histories, held against a model that keeps one row at a time."""

from __future__ import annotations

import numpy as np
from hypothesis import given
from hypothesis import strategies as st

from specdsl.changes.validity import versions

_moments = st.lists(st.integers(0, 6), min_size=1, max_size=6).map(sorted)
_history = st.tuples(_moments, st.booleans())  # when something happened, and whether the last is a delete
_histories = st.lists(_history, max_size=8)


def arrays(histories: list[tuple[list[int], bool]]) -> tuple[np.ndarray, np.ndarray, np.ndarray]:
    """The events of rows 0, 1, ... as ``versions`` takes them."""
    events = [
        (row, moment, deleted and i == len(moments) - 1 and i > 0)
        for row, (moments, deleted) in enumerate(histories)
        for i, moment in enumerate(moments)
    ]
    return (
        np.array([e[0] for e in events], np.int64),
        np.array([e[1] for e in events], np.int64),
        np.array([e[2] for e in events], np.bool_),
    )


def as_of(events: list[tuple[int, bool]], moment: int) -> int | None:
    """Which event made the row what it was at ``moment``; None before it was there and when it is deleted."""
    past = [(i, deleted) for i, (at, deleted) in enumerate(events) if at <= moment]
    return None if not past or past[-1][1] else past[-1][0]


@given(_histories)
def test_at_every_moment_there_is_the_version_of_then_and_no_other(
    histories: list[tuple[list[int], bool]],
) -> None:
    rows, moments, deletes = arrays(histories)
    found = versions(rows, moments, deletes)
    begun = moments[found.events]
    for row in range(len(histories)):
        own = np.flatnonzero(rows == row)
        events = [(int(moments[i]), bool(deletes[i])) for i in own]
        mine = np.flatnonzero(rows[found.events] == row)
        assert found.numbers[mine].tolist() == list(range(1, len(mine) + 1))
        for moment in range(-1, 8):
            seen = [
                int(found.events[i] - own[0])
                for i in mine
                if begun[i] <= moment and (not found.ended[i] or moment < found.until[i])
            ]
            expected = as_of(events, moment)
            assert seen == ([] if expected is None else [expected])


@given(_histories)
def test_ranges_are_not_empty_and_meet(histories: list[tuple[list[int], bool]]) -> None:
    rows, moments, deletes = arrays(histories)
    found = versions(rows, moments, deletes)
    begun = moments[found.events]
    assert (begun < found.until)[found.ended].all()
    same = rows[found.events][1:] == rows[found.events][:-1]
    assert found.ended[:-1][same].all()
    assert (found.until[:-1] == begun[1:])[same].all()
    last = np.append(~same, True)[: len(begun)]
    gone = set(rows[deletes].tolist())
    assert [int(r) in gone for r in rows[found.events][last]] == found.ended[last].tolist()


def test_a_row_that_is_made_changed_and_deleted() -> None:
    rows = np.array([5, 5, 5, 9])
    found = versions(rows, np.array([10, 20, 30, 20]), np.array([False, False, True, False]))
    assert found.events.tolist() == [0, 1, 3]
    assert found.until[found.ended].tolist() == [20, 30]
    assert found.ended.tolist() == [True, True, False]
    assert found.numbers.tolist() == [1, 2, 1]
