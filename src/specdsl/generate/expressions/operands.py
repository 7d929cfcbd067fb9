"""Operands: a vector, or one constant that stands for every row."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.ir.expr import Expr, Physical
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import BoolArray, Vector


@dataclass(frozen=True, slots=True)
class Scalar:
    """A constant for every row; ``value`` is physical, None is null."""

    type: t.DataType
    value: Physical | None


Operand: TypeAlias = Vector | Scalar

Evaluate: TypeAlias = Callable[[Expr, Any], Operand]
"""The evaluator, handed to families of nodes that evaluate only some of their operands or rows."""


def broadcast(operand: Operand, n: int) -> Vector:
    """The vector of ``n`` values."""
    if isinstance(operand, Vector):
        return operand
    dtype, value = operand.type, operand.value
    if value is None:
        return selection.nulls(dtype, n)
    match value, dtype:
        case bytes(), t.Uuid():
            one = np.frombuffer(value, dtype=np.uint8)
            return Vector(dtype, np.tile(one, (n, 1)))
        case bytes(), _:
            return Vector(dtype, strings.constant(value, n, pa.binary()))
        case str(), _:
            return Vector(dtype, strings.constant(value, n))
        case _:
            return Vector(dtype, np.full(n, value, dtype=selection.numpy_dtype(dtype)))


def numbers(operand: Operand) -> NDArray[Any]:
    """The numpy data, of shape (n,) or () for a constant (zero for null)."""
    if isinstance(operand, Vector):
        return selection.array(operand)
    value = 0 if operand.value is None else operand.value
    return np.asarray(value, dtype=selection.numpy_dtype(operand.type))


def is_null(operand: Operand) -> bool:
    """Whether the operand is the constant null."""
    return isinstance(operand, Scalar) and operand.value is None


def validity(*operands: Operand) -> BoolArray | None:
    """Which rows are valid in all operands (of which none is the constant null)."""
    valid: BoolArray | None = None
    for operand in operands:
        if isinstance(operand, Vector):
            valid = selection.both(valid, operand.valid)
    return valid


def where_valid(mask: BoolArray, valid: BoolArray | None) -> BoolArray:
    """``mask``, only in valid rows."""
    return mask if valid is None else mask & valid


def value_at(operand: Operand, row: int) -> Physical | None:
    """The physical value in one row, for messages."""
    if isinstance(operand, Scalar):
        return operand.value
    value: Physical
    if isinstance(operand.type, t.Uuid):
        value = selection.array(operand)[row].tobytes()
    elif isinstance(operand.data, np.ndarray):
        value = operand.data[row].item()
    else:
        found: Any = operand.data
        value = found[row].as_py()
    return value
