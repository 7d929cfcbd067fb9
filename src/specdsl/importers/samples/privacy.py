"""Whether a spec that should show no value of the data shows one by chance: as a column's name, as a word
of the language."""

from __future__ import annotations

from collections.abc import Sequence

import duckdb

from specdsl.importers.samples.reading import Sample
from specdsl.importers.samples.recognition import identifier

SHORTEST = 4
"""Shorter values are in any text."""


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
