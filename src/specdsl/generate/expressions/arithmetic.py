"""Arithmetic of numbers, instants and durations."""

from __future__ import annotations

from typing import Any

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.generate.expressions import exact
from specdsl.generate.expressions.failures import fail_overflow
from specdsl.generate.expressions.operands import Operand, Scalar, broadcast, is_null, numbers, validity
from specdsl.generate.expressions.plain import DAY
from specdsl.ir.expr import ArithmeticOp as Op
from specdsl.vectors import selection
from specdsl.vectors.vector import BoolArray, Vector

# The years 1 to 9999: what Python, SQL and ISO 8601's plain form can all say.
FIRST_DAY, LAST_DAY = -719_162, 2_932_896
FIRST_INSTANT, LAST_INSTANT = FIRST_DAY * DAY, (LAST_DAY + 1) * DAY - 1


def arithmetic(op: Op, dtype: t.DataType, left: Operand, right: Operand, n: int) -> Vector:
    """``left op right`` of type ``dtype``; null where an operand is, or where a divisor is zero.
    Raises GenerationError where the result does not fit."""
    if is_null(left) or is_null(right):
        return selection.nulls(dtype, n)
    if isinstance(left, Scalar) and isinstance(right, Scalar):
        left = broadcast(left, n)
    step = _Step(op, dtype, left, right, validity(left, right))
    match left.type, right.type:
        case (t.Int(), t.Int()):
            return step.integers()
        case (t.Decimal() | t.Int(), t.Decimal() | t.Int()):
            return step.decimals()
        case (t.Int() | t.Decimal() | t.Float(), t.Int() | t.Decimal() | t.Float()):
            return step.floats(to_float(left), to_float(right))
        case _:
            return step.times()


def to_float(operand: Operand) -> NDArray[np.float64]:
    """A number as float64."""
    values = numbers(operand)
    if isinstance(operand.type, t.Decimal):
        return np.asarray(values / exact.power_of_ten(operand.type.scale))
    return np.asarray(values, dtype=np.float64)


def round_to_width(values: NDArray[np.float64], dtype: t.DataType) -> NDArray[np.float64]:
    """float64 values as a float of ``dtype``'s width holds them."""
    if isinstance(dtype, t.Float) and dtype.bits == 32:
        with np.errstate(over="ignore"):
            return values.astype(np.float32).astype(np.float64)
    return values


class _Step:
    """One operation on operands that are not null constants (one of them at least is a vector)."""

    def __init__(
        self, op: Op, dtype: t.DataType, left: Operand, right: Operand, valid: BoolArray | None
    ) -> None:
        self.op = op
        self.dtype = dtype
        self.left = left
        self.right = right
        self.valid = valid

    def done(self, data: NDArray[Any], wrong: BoolArray | None = None) -> Vector:
        fail_overflow(wrong, self.valid, self.op.value, self.left, self.right, self.dtype)
        return Vector(self.dtype, data, self.valid)

    def nonzero(self, divisor: NDArray[Any]) -> NDArray[Any]:
        """The divisor with ones for its zeros, whose rows become null."""
        zero = divisor == 0
        if not zero.any():
            return divisor
        shape = np.broadcast_shapes(zero.shape, numbers(self.left).shape)
        self.valid = selection.both(self.valid, np.broadcast_to(~zero, shape))
        return np.where(zero, divisor.dtype.type(1), divisor)

    # --- numbers ---

    def integers(self) -> Vector:
        if self.op is Op.DIVIDE:
            return self.floats(to_float(self.left), to_float(self.right))
        return self.done(*self.whole(numbers(self.left), numbers(self.right)))

    def whole(self, a: NDArray[Any], b: NDArray[Any]) -> exact.Checked:
        """The operation on integers of one dtype (all but ``/``)."""
        if a.dtype != b.dtype:  # uint64 beside int64
            a, b = a.astype(np.int64), b.astype(np.int64)
        match self.op:
            case Op.ADD:
                return exact.add(a, b)
            case Op.SUBTRACT:
                return exact.subtract(a, b)
            case Op.MULTIPLY:
                return exact.multiply(a, b)
            case Op.FLOOR_DIVIDE:
                return exact.truncated_divide(a, self.nonzero(b))
            case _:
                return exact.truncated_remainder(a, self.nonzero(b)), None

    def decimals(self) -> Vector:
        left_scale, right_scale = _scale(self.left), _scale(self.right)
        a, b = numbers(self.left), numbers(self.right)
        if self.op is Op.DIVIDE:
            return self.floats(to_float(self.left), to_float(self.right))
        if self.op is Op.MULTIPLY:
            out, wrong = exact.multiply(a, b)
            return self.rescaled(out, wrong, left_scale + right_scale)
        scale = max(left_scale, right_scale)
        a, wrong_a = exact.scale_up(a, scale - left_scale)
        b, wrong_b = exact.scale_up(b, scale - right_scale)
        out, wrong = self.whole(a, b)
        wrong = _either(wrong, _either(wrong_a, wrong_b))
        return self.rescaled(out, wrong, 0 if self.op is Op.FLOOR_DIVIDE else scale)

    def rescaled(self, out: NDArray[Any], wrong: BoolArray | None, scale: int) -> Vector:
        """The result brought from ``scale`` to the scale of its type."""
        target = self.dtype.scale if isinstance(self.dtype, t.Decimal) else 0
        if target >= scale:
            out, more = exact.scale_up(out, target - scale)
            return self.done(out, _either(wrong, more))
        return self.done(exact.scale_down(out, scale - target), wrong)

    def floats(self, a: NDArray[np.float64], b: NDArray[np.float64]) -> Vector:
        with np.errstate(all="ignore"):
            match self.op:
                case Op.ADD:
                    out = np.add(a, b)
                case Op.SUBTRACT:
                    out = np.subtract(a, b)
                case Op.MULTIPLY:
                    out = np.multiply(a, b)
                case Op.DIVIDE:
                    out = np.divide(a, self.nonzero(b))
                case Op.FLOOR_DIVIDE:
                    out = np.trunc(np.divide(a, self.nonzero(b)))
                case Op.MODULO:
                    out = np.fmod(a, self.nonzero(b))
        return self.done(round_to_width(out, self.dtype))

    # --- time ---

    def times(self) -> Vector:
        a, b = numbers(self.left), numbers(self.right)
        match self.left.type, self.op, self.right.type:
            case (t.Timestamp(), Op.ADD | Op.SUBTRACT, t.Duration()) | (t.Duration(), Op.ADD, t.Timestamp()):
                return self.instants(*self.whole(a, b))
            case (t.Date(), Op.ADD | Op.SUBTRACT, t.Duration()):
                return self.instants(*self.whole(a * DAY, b))
            case (t.Duration(), Op.ADD, t.Date()):
                return self.instants(*self.whole(a, b * DAY))
            case (t.Time(), Op.ADD | Op.SUBTRACT, t.Duration()) | (t.Duration(), Op.ADD, t.Time()):
                whole = b % DAY if isinstance(self.right.type, t.Duration) else b
                rest = a % DAY if isinstance(self.left.type, t.Duration) else a
                return self.done(self.whole(rest, whole)[0] % DAY)
            case (t.Timestamp() | t.Date(), Op.SUBTRACT, t.Timestamp() | t.Date()):
                a = a * DAY if isinstance(self.left.type, t.Date) else a
                b = b * DAY if isinstance(self.right.type, t.Date) else b
                return self.done(*exact.subtract(a, b))
            case (t.Time(), Op.SUBTRACT, t.Time()) | (t.Duration(), Op.ADD | Op.SUBTRACT, t.Duration()):
                return self.done(*self.whole(a, b))
            case (t.Duration(), Op.DIVIDE, t.Duration()):
                return self.floats(a.astype(np.float64), b.astype(np.float64))
            case (t.Duration(), Op.FLOOR_DIVIDE | Op.MODULO, t.Duration()):
                return self.done(*self.whole(a, b))
            case (t.Duration(), Op.MULTIPLY, t.Int()) | (t.Int(), Op.MULTIPLY, t.Duration()):
                return self.done(*exact.multiply(a.astype(np.int64), b.astype(np.int64)))
            case (t.Duration(), Op.FLOOR_DIVIDE | Op.MODULO, t.Int()):
                return self.done(*self.whole(a, b))
            case (t.Duration(), Op.MULTIPLY, _):
                return self.lengths(a * to_float(self.right))
            case (_, Op.MULTIPLY, t.Duration()):
                return self.lengths(to_float(self.left) * b)
            case (t.Duration(), Op.DIVIDE, _):
                return self.lengths(a / self.nonzero(to_float(self.right)))
            case _:
                raise TypeError(f"no operation {self.left.type} {self.op} {self.right.type}")

    def lengths(self, microseconds: NDArray[np.float64]) -> Vector:
        """Durations from float microseconds, rounded half away from zero."""
        wrong = ~(np.abs(microseconds) < 2.0**63)
        out = np.where(wrong, 0.0, exact.round_half_away(microseconds)).astype(np.int64)
        return self.done(out, wrong if wrong.any() else None)

    def instants(self, microseconds: NDArray[Any], wrong: BoolArray | None) -> Vector:
        """Instants within the years 1 to 9999, as timestamps or, cut to the day, as dates."""
        low, high = exact.extent(microseconds)
        if low < FIRST_INSTANT or high > LAST_INSTANT:
            outside = (microseconds < FIRST_INSTANT) | (microseconds > LAST_INSTANT)
            wrong = _either(wrong, outside)
        if isinstance(self.dtype, t.Date):
            return self.done(microseconds // DAY, wrong)
        return self.done(microseconds, wrong)


def negate(dtype: t.DataType, operand: Operand, n: int) -> Vector:
    """``-operand``."""
    if is_null(operand):
        return selection.nulls(dtype, n)
    vector = broadcast(operand, n)
    values = selection.array(vector)
    if isinstance(vector.type, t.Float):
        return Vector(dtype, np.negative(values), vector.valid)
    out, wrong = exact.negate(values)
    fail_overflow(wrong, vector.valid, "-", Scalar(vector.type, 0), vector, dtype)
    return Vector(dtype, out, vector.valid)


def _scale(operand: Operand) -> int:
    return operand.type.scale if isinstance(operand.type, t.Decimal) else 0


def _either(left: BoolArray | None, right: BoolArray | None) -> BoolArray | None:
    if left is None:
        return right
    return left if right is None else left | right
