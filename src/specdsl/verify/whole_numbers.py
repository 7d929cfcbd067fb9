"""Sets of whole numbers as strings of bits: whether all are distinct, and whether all are among others.

Both are one scan and a bit a number of the range, where grouping or joining needs a hash table. They
answer yes or "cannot tell": then the general test looks, and finds who breaks the rule.
"""

from __future__ import annotations

from typing import TYPE_CHECKING, Any

from specdsl.records import record

if TYPE_CHECKING:
    import duckdb

WIDEST = 1 << 26
"""The range of numbers up to which their bits (8 MB) are worth the memory."""


@record
class Numbers:
    """The whole numbers that the SQL ``value`` gives in ``rows`` (what follows FROM); no nulls among them."""

    value: str
    rows: str


Gapless = dict[Numbers, tuple[int, int]]
"""Numbers that were found to be all those from the first to the second."""


@record
class AllDistinct:
    """No two of ``numbers`` are equal."""

    numbers: Numbers

    def holds(self, connection: duckdb.DuckDBPyConnection, gapless: Gapless) -> bool:
        """True where it is so; false where it is not or cannot be told. Numbers without a gap are added
        to ``gapless``."""
        span = _span(connection, self.numbers)
        if span is None:
            return False
        found = _row(
            connection, f"SELECT bit_count({_bits(self.numbers, span)}), count(*) FROM {self.numbers.rows}"
        )
        if found is None:
            return False
        different, rows = found
        if different == span[1] - span[0] + 1:
            gapless[self.numbers] = span
        return bool(different == rows)


@record
class AllAmong:
    """Every one of ``numbers`` is one of ``others``, too."""

    numbers: Numbers
    others: Numbers

    def holds(self, connection: duckdb.DuckDBPyConnection, gapless: Gapless) -> bool:
        """True where it is so; false where it is not or cannot be told."""
        if self.others in gapless:
            low, high = gapless[self.others]
            value = _number(self.numbers)
            return _answer(
                connection,
                f"SELECT count(*) FILTER (WHERE {value} NOT BETWEEN {low} AND {high}) = 0 "
                f"FROM {self.numbers.rows}",
            )
        span = _span(connection, self.others)
        if span is None:
            return False
        # A number outside of the others' span is an error here, and so no yes.
        return _answer(
            connection,
            "SELECT bit_count(mine & other) = bit_count(mine) FROM "
            f"(SELECT {_bits(self.numbers, span)} AS mine FROM {self.numbers.rows}), "
            f"(SELECT {_bits(self.others, span)} AS other FROM {self.others.rows})",
        )


def _bits(numbers: Numbers, span: tuple[int, int]) -> str:
    return f"bitstring_agg({_number(numbers)}, {span[0]}::BIGINT, {span[1]}::BIGINT)"


def _number(numbers: Numbers) -> str:
    return f"CAST({numbers.value} AS BIGINT)"


def _span(connection: duckdb.DuckDBPyConnection, numbers: Numbers) -> tuple[int, int] | None:
    """The least and the greatest; None without any, or where they are too far apart."""
    value = _number(numbers)
    found = _row(connection, f"SELECT min({value}), max({value}) FROM {numbers.rows}")
    if found is None or found[0] is None or found[1] - found[0] >= WIDEST:
        return None
    return int(found[0]), int(found[1])


def _answer(connection: duckdb.DuckDBPyConnection, sql: str) -> bool:
    found = _row(connection, sql)
    return found is not None and bool(found[0])


def _row(connection: duckdb.DuckDBPyConnection, sql: str) -> tuple[Any, ...] | None:
    """The one row of ``sql``; None where it fails on the data."""
    import duckdb

    try:
        return connection.execute(sql).fetchone()
    except duckdb.InterruptException:
        raise
    except duckdb.Error:
        return None
