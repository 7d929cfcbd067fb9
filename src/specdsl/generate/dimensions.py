"""The dimensions of a table: its row number as a mixed-radix number over ``each`` references and ``over``."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from specdsl.diagnostics.runtime import TooManyRows
from specdsl.generate.errors import GenerationError
from specdsl.generate.expansion import Expansion
from specdsl.plan.model import ReferenceKind, TablePlan
from specdsl.vectors.vector import Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine


class Dimensions:
    """The first dimension varies slowest. Without any the table has its literal number of rows. Of a table
    that grows, they are those of the batch at hand: its rows follow those of the batches before."""

    def __init__(self, engine: Engine, plan: TablePlan) -> None:
        table = plan.table
        self._over = table.over
        each = [r for r in plan.references.values() if r.kind is ReferenceKind.EACH]
        self._start = engine.start(table.name) if each else 0
        total = table.rows if len(each) == 1 and table.over is None else None
        if total is not None:
            total = max(0, total - self._start)
        self._expansions = {}
        for number, r in enumerate(each):
            # The first dimension varies slowest: rows of new parents come after those of old ones.
            first = 0 if number else engine.first_parent_of(table.name, r.reference.table)
            self._expansions[r.reference.name] = Expansion(engine, table, r, total, first)
        sizes = [e.size for e in self._expansions.values()]
        if table.over is not None:
            sizes.append(table.over.size)
        if table.source is not None:
            self.row_count = table.source.rows
        elif sizes:
            self.row_count = 1
            for size in sizes:
                self.row_count *= size
            self.row_count += self._start
        else:
            self.row_count = table.own_rows or 0
        if self.row_count > 1 << 62:
            rows = self.row_count
            raise GenerationError(
                lambda span: TooManyRows(span=span, table=table.name, rows=rows), table=table.name
            )
        self._sizes = sizes
        self._strides: list[int] = []
        stride = 1
        for size in reversed(sizes):
            self._strides.insert(0, stride)
            stride *= size
        self._numbers = {name: i for i, name in enumerate(self._expansions)}

    def _digit(self, dimension: int, rows: Int64Array) -> Int64Array:
        out = rows - self._start if self._start else rows
        if self._strides[dimension] > 1:
            out = out // self._strides[dimension]
        return out % self._sizes[dimension] if dimension > 0 else out

    def parents(self, reference: str, rows: Int64Array) -> Int64Array:
        """The parent's row number of each row."""
        return self._expansions[reference].locate(self._digit(self._numbers[reference], rows))[0]

    def over_value(self, rows: Int64Array) -> Vector:
        """The value of ``over`` in each row."""
        assert self._over is not None
        digits = self._digit(len(self._sizes) - 1, rows)
        return Vector(self._over.type, digits * self._over.step + self._over.low)

    def index_in(self, reference: str, rows: Int64Array) -> Int64Array:
        """Each row's position among the rows of the same parent."""
        number = self._numbers[reference]
        digits = self._digit(number, rows)
        expansion = self._expansions[reference]
        parents, index = expansion.locate(digits)
        if len(self._sizes) == 1:
            return index
        _, counts = expansion.children(parents)
        inner = self._strides[number]
        local = rows - self._start
        outer = local // (inner * self._sizes[number])
        return (outer * counts + index) * inner + local % inner

    def groups(self, reference: str, parents: Int64Array) -> EachGroups:
        """The rows of each of ``parents``."""
        number = self._numbers[reference]
        starts, counts = self._expansions[reference].children(parents)
        inner = self._strides[number]
        size = self._sizes[number]
        outer = (self.row_count - self._start) // max(1, inner * size)
        return EachGroups(starts, counts, inner, size, outer, self._start)

    def contiguous(self, reference: str) -> bool:
        """Whether the rows of a parent follow each other without a gap."""
        number = self._numbers[reference]
        outer = 1
        for size in self._sizes[:number]:
            outer *= size
        return outer == 1


class EachGroups:
    """The rows of some parents: for each, ``outer`` runs of its digits, each ``inner`` rows wide."""

    def __init__(
        self, starts: Int64Array, counts: Int64Array, inner: int, size: int, outer: int, first: int
    ) -> None:
        self._first = first
        self._starts = starts
        self._widths = counts * inner
        self._inner = inner
        self._size = size
        self._one_run = outer == 1
        self.counts: Int64Array = self._widths * outer

    def rows(self, owners: Int64Array, numbers: Int64Array) -> Int64Array:
        """The row number of child ``numbers[i]`` of parent ``owners[i]`` (a position among the parents)."""
        starts = np.take(self._starts, owners)
        if self._one_run:
            return starts * self._inner + numbers + self._first
        widths = np.take(self._widths, owners)
        run = numbers // widths
        inside = numbers - run * widths
        return run * (self._size * self._inner) + starts * self._inner + inside + self._first
