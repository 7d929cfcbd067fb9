"""Three-valued logic."""

from __future__ import annotations

import numpy as np

from specdsl.datatypes import types as t
from specdsl.generate.expressions.operands import Operand, Scalar, broadcast
from specdsl.ir.expr import LogicOp
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Vector


def logic(op: LogicOp, left: Vector, right: Vector) -> Vector:
    """``and`` is false where a side is false, ``or`` true where a side is true; else null where a side
    is null."""
    a, b = selection.array(left), selection.array(right)
    if left.valid is None and right.valid is None:
        return Vector(t.BOOL, a & b if op is LogicOp.AND else a | b)
    n = len(a)
    a_known = np.ones(n, np.bool_) if left.valid is None else left.valid
    b_known = np.ones(n, np.bool_) if right.valid is None else right.valid
    if op is LogicOp.AND:
        decided = (a_known & ~a) | (b_known & ~b)
        return Vector(t.BOOL, a & b & ~decided, decided | (a_known & b_known))
    decided = (a_known & a) | (b_known & b)
    return Vector(t.BOOL, decided, decided | (a_known & b_known))


def negation(operand: Vector) -> Vector:
    """``not``: null stays null."""
    return Vector(t.BOOL, ~selection.array(operand), operand.valid)


def truth(operand: Operand, n: int) -> BoolArray | bool:
    """Where a condition is true (null is not); a bool when it is the same for all rows."""
    if isinstance(operand, Scalar):
        return bool(operand.value)
    holds: BoolArray = selection.array(broadcast(operand, n))
    return holds if operand.valid is None else holds & operand.valid
