"""Values in increasing order are distinct; others are left to the general test."""

from __future__ import annotations

import itertools

import duckdb
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.verify.increasing import Increasing


def held(values: list[str]) -> bool:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE t (v VARCHAR)")
    if values:
        connection.execute(f"INSERT INTO t VALUES {', '.join('(?)' for _ in values)}", values)
    return Increasing("v", "t").holds(connection)


@settings(deadline=None, max_examples=40)
@given(st.lists(st.text("abZ09", max_size=3), max_size=6))
def test_increasing(values: list[str]) -> None:
    assert held(values) == all(a < b for a, b in itertools.pairwise(values))
    assert held(sorted(set(values)))


@pytest.mark.parametrize("at", [1_999, 2_000, 250_000, 299_999])
def test_one_that_repeats_is_found_wherever_it_is(at: int) -> None:
    connection = duckdb.connect()
    connection.execute(
        "CREATE TABLE t AS SELECT printf('%07d', CASE WHEN i = ? THEN i - 1 ELSE i END) AS v "
        "FROM range(300000) r(i)",
        [at],
    )
    assert not Increasing("v", "t").holds(connection)


def test_what_fails_cannot_be_told() -> None:
    assert not Increasing("nothing", "nowhere").holds(duckdb.connect())
