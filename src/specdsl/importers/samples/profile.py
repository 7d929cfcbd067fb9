"""What the columns of a table hold: counts, extremes, frequent values, a sample of their values."""

from __future__ import annotations

from dataclasses import dataclass, field
from typing import Any

import duckdb

from specdsl.importers.samples.reading import Sample
from specdsl.importers.samples.recognition import identifier, table

FEW = 25
"""As many different values are listed with their counts."""
DRAWN = 40_000
"""About so many values are looked at one by one."""


@dataclass(frozen=True, slots=True)
class Profile:
    """A column, or what is inside of one. ``expression``: its values, selected from ``relation``;
    ``count``: the rows; ``low`` and ``high``: its extremes, where it has an order; ``top``: its values by
    how often they occur, where they are few; ``values``: some of its values, nulls left out, in the order
    of the rows; ``note``: how its texts are written in the file."""

    name: str
    type: Any
    relation: str
    expression: str
    count: int
    nulls: int
    distinct: int
    low: Any = None
    high: Any = None
    top: tuple[tuple[Any, int], ...] = ()
    values: tuple[Any, ...] = field(default=(), repr=False)
    note: str = ""

    @property
    def kind(self) -> str:
        """DuckDB's name of the type, without its parameters."""
        return str(self.type.id)

    @property
    def filled(self) -> int:
        """How many values there are."""
        return self.count - self.nulls

    @property
    def unique(self) -> bool:
        """Whether no value occurs twice, and none is missing."""
        return self.nulls == 0 and self.distinct == self.count


def profiles(database: duckdb.DuckDBPyConnection, sample: Sample, notes: dict[str, str]) -> list[Profile]:
    """Every column of a table that was typed."""
    relation = table(sample)
    described = database.table(relation.strip('"'))
    pairs = list(zip(described.columns, described.types, strict=True))
    return [profile(database, relation, identifier(n), n, t, notes.get(n, "")) for n, t in pairs]


def profile(
    database: duckdb.DuckDBPyConnection,
    relation: str,
    expression: str,
    name: str,
    type: Any,
    note: str = "",
) -> Profile:
    """What ``expression`` holds over the rows of ``relation``."""
    kind = str(type.id)
    ordered = kind not in ("struct", "list", "array", "map", "union", "blob", "bit")
    extremes = f"min({expression}), max({expression})" if ordered else "NULL, NULL"
    distinct = f"count(DISTINCT {expression})" if kind != "map" else "0"
    row = database.execute(
        f"SELECT count(*), count({expression}), {distinct}, {extremes} FROM {relation}"
    ).fetchone()
    assert row is not None
    count, filled, different, low, high = row
    top: tuple[tuple[Any, int], ...] = ()
    if 0 < different <= FEW and ordered:
        found = database.execute(
            f"SELECT {expression} AS v, count(*) AS n FROM {relation} WHERE {expression} IS NOT NULL "
            "GROUP BY 1 ORDER BY n DESC, v"
        ).fetchall()
        top = tuple((v, int(n)) for v, n in found)
    values: tuple[Any, ...] = ()
    if ordered and different > 1:
        step = max(1, count // DRAWN)
        drawn = database.execute(
            f"SELECT {expression} FROM {relation} WHERE hash(rowid) % {step} = 0 AND {expression} IS NOT NULL"
        ).fetchall()
        values = tuple(v for (v,) in drawn)
    return Profile(
        name,
        type,
        relation,
        expression,
        int(count),
        int(count - filled),
        int(different),
        low,
        high,
        top,
        values,
        note,
    )
