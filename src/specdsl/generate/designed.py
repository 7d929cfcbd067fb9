"""The first rows of a table with ``cover``: what its design says stands in place of what would be drawn."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from specdsl.generate.expressions.branches import from_table
from specdsl.generate.expressions.operands import Scalar, broadcast
from specdsl.ir.model import Table
from specdsl.vectors import selection
from specdsl.vectors.vector import Int64Array, Vector


class DesignedRows:
    """The design of ``table``, which has one."""

    def __init__(self, table: Table) -> None:
        cover, design = table.cover, table.design
        assert cover is not None and design is not None
        self._count = design.rows
        codes = np.frombuffer(design.codes, dtype=np.uint8).reshape(design.rows, len(design.domains))
        self._codes = {name: codes[:, place].astype(np.int32) for place, name in enumerate(cover.columns)}
        self._types = {name: table.columns[name].type for name in cover.columns}
        self._values = {
            name: [Scalar(self._types[name], value) for value in values]
            for name, values in zip(cover.columns, design.domains, strict=True)
        }

    def put(self, name: str, rows: Int64Array, drawn: Callable[[], Vector]) -> Vector:
        """The values of a covered column in ``rows``: those of the design, and behind its last row those that
        are ``drawn`` (for all of the rows)."""
        designed = rows < self._count
        if designed.all():
            return self._at(name, rows)
        if not designed.any():
            return drawn()
        first, rest = np.flatnonzero(designed), np.flatnonzero(~designed)
        parts = [(first, self._at(name, rows[first])), (rest, selection.take(drawn(), rest))]
        return selection.merge(len(rows), parts, self._types[name])

    def _at(self, name: str, rows: Int64Array) -> Vector:
        dtype = self._types[name]
        made = from_table(np.take(self._codes[name], rows), self._values[name], dtype)
        return selection.as_type(broadcast(made, len(rows)), dtype)
