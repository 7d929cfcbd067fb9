"""Groups that are dealt out to the rows, each to exactly as many as the target counts."""

from __future__ import annotations

from typing import TYPE_CHECKING

import numpy as np

from specdsl.generate.evaluate import operand
from specdsl.generate.expressions.branches import merge_branches
from specdsl.generate.expressions.operands import broadcast
from specdsl.generate.rows import RowFrame
from specdsl.ir.expr import Const, Dealt, End
from specdsl.vectors.vector import Int64Array, Vector

if TYPE_CHECKING:
    from specdsl.generate.engine import Engine


class Deal:
    """A keyed permutation of the rows, cut into stretches: one for each group."""

    def __init__(self, engine: Engine, table: str, number: int) -> None:
        self.target = engine.plan.tables[table].table.targets[number]
        total = sum(self.target.amounts)
        assert engine.row_count(table) == total, "the checker holds the counts against the rows"
        self._ends = np.cumsum(np.array(self.target.amounts, dtype=np.int64))
        self._permutation = engine.permutation(engine.key(table, "target", number), total)

    def groups(self, rows: Int64Array) -> Int64Array:
        """The number of the group that each row is dealt."""
        return np.searchsorted(self._ends, self._permutation.at(rows), side="right")


def dealt(expr: Dealt, frame: RowFrame) -> Vector:
    """The values that each row is dealt."""
    deal = frame.rowset.engine.target(frame.table.name, expr.target)
    assert isinstance(deal, Deal)
    groups = deal.groups(frame.rows)
    if expr.end is End.KEY:
        values = [Const(expr.type, False, key[expr.item]) for key in deal.target.keys]
        return broadcast(merge_branches(groups, values, expr.type, frame, operand), frame.n)
    at = 0 if expr.end is End.LOW else 1
    ends = np.array([span[at] for span in deal.target.spans[expr.item]], dtype=np.int64)
    return Vector(expr.type, ends[groups])
