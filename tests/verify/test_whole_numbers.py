"""Sets of whole numbers as bits say what sets of Python say, or that they cannot tell."""

from __future__ import annotations

import duckdb
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.verify.whole_numbers import WIDEST, AllAmong, AllDistinct, Numbers

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
    holds = AllDistinct(MINE).holds(tables(values, []))
    assert holds == (told(values) and len(set(values)) == len(values))


@settings(deadline=None, max_examples=40)
@given(NUMBERS, NUMBERS)
def test_among(mine: list[int], others: list[int]) -> None:
    holds = AllAmong(MINE, OTHERS).holds(tables(mine, others))
    assert holds == (bool(mine) and told(others) and set(mine) <= set(others))


def test_numbers_too_large_for_64_bits_cannot_be_told() -> None:
    connection = duckdb.connect()
    connection.execute("CREATE TABLE mine AS SELECT 18446744073709551615::UBIGINT AS n")
    assert not AllDistinct(MINE).holds(connection)
