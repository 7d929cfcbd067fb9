"""Pools: data files in memory, drawn from by weight."""

from __future__ import annotations

from collections.abc import Callable
from functools import cached_property
from typing import NoReturn

import numpy as np
import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.diagnostics.runtime import NegativeWeight
from specdsl.errors import DataError
from specdsl.generate.errors import GenerationError
from specdsl.ir.model import Pool
from specdsl.randomness.streams import Stream
from specdsl.randomness.tabulated import InverseTable
from specdsl.vectors import selection
from specdsl.vectors.arrow import from_arrow
from specdsl.vectors.vector import Int64Array, Vector

Read = Callable[[str, "list[str] | None"], pa.Table]


def file_changed(path: str, expected: int, found: int) -> DataError:
    """A data file that is not what the spec was checked against."""
    return DataError(
        f"`{path}` had {expected} rows when the spec was checked and has {found} now",
        "build again once the file no longer changes",
    )


class LoadedPool:
    """The rows of a pool's file. Raises DataError when it no longer has as many as when the spec was
    compiled, GenerationError (DG579) when a weight is negative."""

    def __init__(self, pool: Pool, read: Read) -> None:
        self._pool = pool
        names = [name for name, _ in pool.columns]
        if pool.weight is not None and pool.weight not in names:
            names.append(pool.weight)
        self._table = read(pool.path, names)
        self.rows = self._table.num_rows
        if self.rows != pool.rows:
            raise file_changed(pool.path, pool.rows, self.rows)
        self._types = dict(pool.columns)
        self._columns: dict[str, Vector] = {}

    def column(self, name: str) -> Vector:
        """All values of one column."""
        found = self._columns.get(name)
        if found is None:
            found = self._columns[name] = from_arrow(self._table.column(name), self._types[name])
        return found

    @cached_property
    def _weights(self) -> InverseTable:
        assert self._pool.weight is not None
        held = from_arrow(self._table.column(self._pool.weight), t.FLOAT)
        weights = selection.array(held).astype(np.float64)
        if held.valid is not None:
            weights = np.where(held.valid, weights, 0.0)
        weights[np.isnan(weights)] = 0.0
        low, high = float(weights.min(initial=0.0)), float(weights.max(initial=0.0))
        with np.errstate(over="ignore"):
            total = float(weights.sum())
        if low < 0 or total <= 0 or not np.isfinite(total):
            self._refuse(low if low < 0 else high)
        return InverseTable.from_weights(weights)

    def _refuse(self, worst: float) -> NoReturn:
        every = "every" if worst == 0 else "a"
        what = f"{every} row of pool `{self._pool.name}`"
        remedy = f"correct column `{self._pool.weight}` of `{self._pool.path}`"
        raise GenerationError(lambda span: NegativeWeight(span=span, weight=worst, what=what, remedy=remedy))

    def draw(self, stream: Stream) -> Int64Array:
        """Row numbers drawn by the weights."""
        if self._pool.weight is None:
            return stream.below(self.rows)
        return self._weights.draw(stream.bits())
