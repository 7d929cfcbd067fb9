"""Passes over a whole table, a batch at a time: how far its values go, and which values it has."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from specdsl.generate.engine import Engine
from specdsl.generate.hashing import combined
from specdsl.generate.rows import RowSet
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, UInt64Array

_ROWS = 1 << 16


def batches(engine: Engine, table: str) -> Iterator[RowSet]:
    """All rows of a table, nothing computed yet."""
    count = engine.row_count(table)
    for start in range(0, count, _ROWS):
        yield engine.rowset(table, np.arange(start, min(start + _ROWS, count), dtype=np.int64))


def extremes(engine: Engine, table: str, column: str) -> tuple[float, float]:
    """The least and the largest value of a column that is held as numbers, exact ints where it holds ints;
    (0, 0) where it has none."""
    low, high = float(np.inf), float(-np.inf)
    for rows in batches(engine, table):
        vector = rows.column(column)
        data = selection.array(vector)
        data = data if vector.valid is None else data[vector.valid]
        data = data[np.isfinite(data)] if data.dtype == np.float64 else data
        if len(data):
            low, high = min(low, data.min().item()), max(high, data.max().item())
    return (low, high) if low <= high else (0, 0)


def present(engine: Engine, table: str, columns: tuple[str, ...], wanted: UInt64Array) -> BoolArray:
    """Which of the hashes ``wanted`` are those of the values of ``columns`` in some row."""
    if not len(wanted):
        return np.zeros(0, dtype=np.bool_)
    ordered = np.sort(wanted)
    found = np.zeros(len(ordered), dtype=np.bool_)
    for rows in batches(engine, table):
        hashes, valid = combined([rows.column(name) for name in columns])
        hashes = hashes if valid is None else hashes[valid]
        places = np.minimum(np.searchsorted(ordered, hashes), len(ordered) - 1)
        found[places[ordered[places] == hashes]] = True
    marked = ordered[found]
    return np.isin(wanted, marked)
