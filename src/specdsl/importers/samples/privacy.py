"""A spec that shows no value of the data: points that are none, and whether one is in it by chance, as a
column's name or as a word of the language."""

from __future__ import annotations

import math
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal

import duckdb

from specdsl.importers.samples.reading import Sample
from specdsl.importers.samples.recognition import identifier

SHORTEST = 4
"""Shorter values are in any text."""


@dataclass(frozen=True, slots=True)
class Seen:
    """The numbers of a column, which must not be shown. ``between``: half of the distance that any two of
    them have at least, 0 where that is not known; ``complete``: ``values`` are all of them."""

    values: frozenset[float]
    between: float
    complete: bool

    def aside(self, value: float, digits: int = 2) -> float:
        """``value`` with so many significant digits, or as many of the range that the values fill, and a
        little more where that is a value of the column. 0 is no secret."""
        span = max(self.values) - min(self.values)
        size = min(math.floor(math.log10(one)) for one in (abs(value), span) if one > 0) if value else 0
        near = round(value, digits - 1 - size)
        if near == 0:
            return 0.0
        step = 10.0 ** (size + 1 - digits)
        moves = [step * part for part in (0.5, 0.25, 0.75, 0.125, 0.375, 0.625, 0.875)]
        if self.between:
            moves.insert(0, self.between)
        found = [near] if self.complete else []
        found += [_exact(near, move) for move in moves]
        return next((one for one in found if one not in self.values), found[-1])


def _exact(value: float, move: float) -> float:
    """Their sum, without the digits that binary fractions add."""
    return float(Decimal(repr(value)) + Decimal(repr(move)))


def values_in(
    text: str, database: duckdb.DuckDBPyConnection, samples: Sequence[Sample]
) -> list[tuple[str, str, str]]:
    """The values of the data that ``text`` has in it, plain numbers aside: table, column and the first such
    value of the column."""
    found: list[tuple[str, str, str]] = []
    for sample in samples:
        for name, kind, *_ in database.execute(f"DESCRIBE {sample.relation}").fetchall():
            column = f"CAST({identifier(name)} AS VARCHAR)"
            row = database.execute(
                f"SELECT min({column}) FROM {sample.relation} WHERE length({column}) >= {SHORTEST} AND "
                f"TRY_CAST({column} AS DOUBLE) IS NULL AND contains(?, {column})",
                [text],
            ).fetchone()
            if (
                kind != "BOOLEAN"
                and row is not None
                and row[0] is not None
                and row[0] not in ("true", "false")
            ):
                found.append((sample.name, name, str(row[0])))
    return found
