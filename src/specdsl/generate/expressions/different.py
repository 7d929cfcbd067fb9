"""Values that differ from another one: drawn again where they do not."""

from __future__ import annotations

from collections.abc import Callable

import numpy as np

from specdsl.diagnostics.runtime import NothingDifferent
from specdsl.generate.errors import GenerationError
from specdsl.generate.expressions.comparison import compare
from specdsl.generate.frame import Frame
from specdsl.ir import expr as ir
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Int64Array, Vector

ATTEMPTS = 5_000
"""Of values that are another one in 1 of 200 draws, so many tries miss one row in 10 ** 11."""


def different(expr: ir.Different, frame: Frame, evaluate: Callable[[ir.Expr, Frame], Vector]) -> Vector:
    """The value; rows where it is the other one draw again, until none is left. What comes out is distributed
    as the value is where it differs. Raises GenerationError (DG583) for rows that no attempt helps."""
    other = evaluate(expr.other, frame)
    drawn = selection.as_type(evaluate(expr.value, frame), expr.type)
    pending = np.flatnonzero(_same(drawn, other, frame.n))
    parts: list[tuple[Int64Array, Vector]] = []
    for attempt in range(1, ATTEMPTS + 1):
        if not len(pending):
            break
        again = selection.as_type(evaluate(expr.value, frame.take(pending).again(attempt)), expr.type)
        same = _same(again, selection.take(other, pending), len(pending))
        good = np.flatnonzero(~same)
        parts.append((pending[good], selection.take(again, good)))
        pending = pending[same]
    if len(pending):
        left, n = len(pending), frame.n
        raise GenerationError(
            lambda span: NothingDifferent(span=span, rows=left, looked_at=n, attempts=ATTEMPTS)
        )
    if not parts:
        return drawn
    fresh = np.concatenate([positions for positions, _ in parts])
    kept = np.setdiff1d(np.arange(frame.n, dtype=np.int64), fresh)
    return selection.merge(frame.n, [(kept, selection.take(drawn, kept)), *parts], expr.type)


def _same(left: Vector, right: Vector, n: int) -> BoolArray:
    """Where two values are equal, or both null."""
    equal = compare(ir.CompareOp.EQUAL, left, right, n)
    same = selection.array(equal)
    if equal.valid is None:
        return same
    nulls = np.zeros(len(same), dtype=np.bool_)
    if left.valid is not None and right.valid is not None:
        nulls = ~left.valid & ~right.valid
    return np.where(equal.valid, same, nulls)
