"""Sets of whole numbers as bits say what sets of Python say, or that they cannot tell."""

from __future__ import annotations

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.verify.whole_numbers import WIDEST, AllAmong, AllDistinct, Gapless, Numbers

NUMBERS = st.lists(st.integers(-5, 25) | st.integers(-(2**63), 2**63 - 1), max_size=12)
MINE, OTHERS = Numbers("n", "mine"), Numbers("n", "others")


def tables(mine: list[int], others: list[int]) -> duckdb.DuckDBPyConnection:
    connection = duckdb.connect()
    for name, values in (("mine", mine), ("others", others)):
        connection.execute(f"CREATE TABLE {name} (n BIGINT)")
        if values:
            connection.execute(f"INSERT INTO {name} VALUES {', '.join(f'({v})' for v in values)}")
    return connection


def told(values: list[int]) -> bool:
    """Whether the values are few enough apart to be told about."""
    return bool(values) and max(values) - min(values) < WIDEST


@settings(deadline=None, max_examples=40)
@given(NUMBERS)
def test_distinct(values: list[int]) -> None:
    gapless: Gapless = {}
    holds = AllDistinct(MINE).holds(tables(values, []), gapless)
    assert holds == (told(values) and len(set(values)) == len(values))
    without_gap = told(values) and len(set(values)) == max(values) - min(values) + 1
    assert gapless == ({MINE: (min(values), max(values))} if without_gap else {})


@settings(deadline=None, max_examples=40)
@given(NUMBERS, NUMBERS)
def test_among(mine: list[int], others: list[int]) -> None:
    holds = AllAmong(MINE, OTHERS).holds(tables(mine, others), {})
    assert holds == (bool(mine) and told(others) and set(mine) <= set(others))


@settings(deadline=None, max_examples=40)
@given(NUMBERS, st.integers(-5, 5), st.integers(0, 20))
def test_among_numbers_without_a_gap(mine: list[int], low: int, more: int) -> None:
    gapless: Gapless = {OTHERS: (low, low + more)}
    holds = AllAmong(MINE, OTHERS).holds(tables(mine, []), gapless)
    assert holds == (set(mine) <= set(range(low, low + more + 1)))


def test_numbers_too_large_for_64_bits_cannot_be_told() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE mine AS SELECT 18446744073709551615::UBIGINT AS n")
    assert not AllDistinct(MINE).holds(connection, {})
