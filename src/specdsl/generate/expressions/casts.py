"""Conversions between types."""

from __future__ import annotations

from typing import Any, cast

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.diagnostics.evaluation import NotAMember
from specdsl.generate.errors import GenerationError
from specdsl.generate.expressions import exact
from specdsl.generate.expressions.arithmetic import (
    FIRST_DAY,
    FIRST_INSTANT,
    LAST_DAY,
    LAST_INSTANT,
    round_to_width,
    to_float,
)
from specdsl.generate.expressions.failures import fail_conversion
from specdsl.generate.expressions.formats import plain_strings
from specdsl.generate.expressions.operands import Operand, Scalar, broadcast, numbers
from specdsl.generate.expressions.plain import DAY, plain_text
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import BoolArray, Lists, Vector

_TEXT = (t.String, t.Json)


def cast_to(operand: Operand, dtype: t.DataType, n: int) -> Operand:
    """``operand`` as ``dtype``; nulls stay. Raises GenerationError where a value does not fit."""
    source = operand.type
    if isinstance(operand, Scalar):
        if operand.value is None or _same_form(source, dtype):
            return Scalar(dtype, operand.value)
        if isinstance(dtype, _TEXT):
            return Scalar(dtype, plain_text(source, operand.value))
        one = convert(broadcast(operand, 1), dtype)
        return _scalar(one)
    return convert(operand, dtype)


def _scalar(vector: Vector) -> Operand:
    data: Any = vector.data
    if isinstance(vector.type, t.Uuid):
        return Scalar(vector.type, data[0].tobytes())
    if isinstance(data, np.ndarray):
        return Scalar(vector.type, data[0].item())
    return Scalar(vector.type, data[0].as_py())


def _same_form(source: t.DataType, target: t.DataType) -> bool:
    """Whether every physical value of ``source`` is the same value of ``target``."""
    match source, target:
        case (t.String() | t.Json(), t.String() | t.Json()):
            return True
        case (t.Int(), t.Int()):
            return target.low <= source.low and source.high <= target.high and target.low != 0
        case (t.Enum(), t.Enum()):
            return source.members == target.members
        case (t.Decimal(), t.Decimal()):
            return source.scale == target.scale and source.precision <= target.precision
        case (t.Float(), t.Float()):
            return source.bits <= target.bits
        case _:
            return source == target


_NUMBERS = (t.Int, t.Decimal, t.Float)


def is_convertible(source: t.DataType, target: t.DataType) -> bool:
    """Whether a column that was of type ``source`` can be read as ``target``: a spec may change the type of a
    column whose old values rows still ask for."""
    match source, target:
        case (t.Enum(), t.Enum()):
            return set(source.members) <= set(target.members)
        case (_, t.String()):
            return not isinstance(source, t.List | t.Struct | t.Tuple)
        case _ if isinstance(source, _NUMBERS) and isinstance(target, _NUMBERS):
            return True
        case (t.Date(), t.Timestamp()):
            return True
        case _:
            return _same_form(source, target)


def convert(vector: Vector, dtype: t.DataType) -> Vector:
    """``vector`` as ``dtype``."""
    source = vector.type
    if _same_form(source, dtype):
        return selection.as_type(vector, dtype)
    match source, dtype:
        case (t.Null() | t.Unknown(), _):
            return selection.nulls(dtype, selection.length(vector))
        case (_, t.String() | t.Json()):
            return Vector(dtype, plain_strings(vector), vector.valid)
        case (t.String() | t.Json(), t.Enum()):
            return _to_enum(vector, dtype)
        case (t.Enum(), t.Enum()):
            return _to_enum(convert(vector, t.STRING), dtype)
        case (t.List(), t.List(item)):
            lists = cast("Lists", vector.data)
            return Vector(dtype, Lists(lists.offsets, convert(lists.items, item)), vector.valid)
        case (t.Struct() | t.Tuple(), t.Struct() | t.Tuple()):
            items = cast("tuple[Vector, ...]", vector.data)
            wanted = selection.item_types(dtype)
            converted = tuple(convert(v, w) for v, w in zip(items, wanted, strict=True))
            return Vector(dtype, converted, vector.valid)
        case _:
            data, wrong = _numbers(vector, dtype)
            fail_conversion(wrong, vector.valid, vector, dtype)
            return Vector(dtype, data, vector.valid)


def _numbers(vector: Vector, dtype: t.DataType) -> exact.Checked:
    """The data of a conversion between types that are held in numpy, and where it is wrong."""
    values = selection.array(vector)
    match vector.type, dtype:
        case (t.Bool(), t.Int() | t.Float()):
            return values.astype(selection.numpy_dtype(dtype)), None
        case (t.Int(), t.Int()):
            return _to_int(values, dtype)
        case (t.Int() | t.Decimal() | t.Float(), t.Float()):
            return round_to_width(to_float(vector), dtype), None
        case (t.Int(), t.Decimal()):
            narrow, wrong = _to_int(values, t.INT)
            scaled, more = exact.scale_up(narrow, dtype.scale)
            return _bounded(scaled, dtype, _either(wrong, more))
        case (t.Decimal(_, scale), t.Decimal()):
            if dtype.scale >= scale:
                scaled, wrong = exact.scale_up(values, dtype.scale - scale)
                return _bounded(scaled, dtype, wrong)
            return _bounded(exact.scale_down(values, scale - dtype.scale), dtype, None)
        case (t.Decimal(_, scale), t.Int()):
            return _to_int(exact.scale_down(values, scale), dtype)
        case (t.Float(), t.Decimal()):
            with np.errstate(over="ignore"):
                whole, wrong = _whole(values * exact.power_of_ten(dtype.scale))
            return _bounded(whole, dtype, wrong)
        case (t.Float(), t.Int()):
            if dtype == t.Int(64, signed=False):
                rounded = exact.round_half_away(values)
                wrong = ~((rounded >= 0) & (rounded < 2.0**64))
                return np.where(wrong, 0.0, rounded).astype(np.uint64), _any(wrong)
            whole, wrong = _whole(values)
            narrow, more = _to_int(whole, dtype)
            return narrow, _either(wrong, more)
        case (t.Float(), t.Duration()) | (t.Int(), t.Duration()):
            return _whole(numbers(vector).astype(np.float64))
        case (t.Date(), t.Timestamp()):
            low, high = exact.extent(values)
            wrong = None
            if low < FIRST_DAY or high > LAST_DAY:
                wrong = (values < FIRST_DAY) | (values > LAST_DAY)
                values = np.where(wrong, 0, values)
            return values * DAY, wrong
        case (t.Timestamp(), t.Date()):
            low, high = exact.extent(values)
            wrong = None
            if low < FIRST_INSTANT or high > LAST_INSTANT:
                wrong = (values < FIRST_INSTANT) | (values > LAST_INSTANT)
            return values // DAY, wrong
        case (t.Timestamp(), t.Time()):
            return values % DAY, None
        case _:
            raise TypeError(f"no conversion from {vector.type} to {dtype}")


def _any(wrong: BoolArray) -> BoolArray | None:
    return wrong if wrong.any() else None


def _either(left: BoolArray | None, right: BoolArray | None) -> BoolArray | None:
    if left is None:
        return right
    return left if right is None else left | right


def _whole(values: NDArray[np.float64]) -> exact.Checked:
    """Floats rounded half away from zero to int64; wrong where they do not fit (or are no numbers)."""
    rounded = exact.round_half_away(values)
    with np.errstate(invalid="ignore"):
        wrong = ~((rounded >= -(2.0**63)) & (rounded < 2.0**63))
    if wrong.any():
        return np.where(wrong, 0.0, rounded).astype(np.int64), wrong
    return rounded.astype(np.int64), None


def _to_int(values: NDArray[Any], dtype: t.Int) -> exact.Checked:
    low, high = exact.extent(values)
    wrong = None
    if low < dtype.low or high > dtype.high:
        # Bounds that the array's own type cannot hold cannot be passed by its values either.
        own = np.iinfo(values.dtype)
        wrong = np.zeros(values.shape, dtype=np.bool_)
        if dtype.low > own.min:
            wrong |= values < dtype.low
        if dtype.high < own.max:
            wrong |= values > dtype.high
    return values.astype(selection.numpy_dtype(dtype), copy=False), wrong


def _bounded(unscaled: NDArray[Any], dtype: t.Decimal, wrong: BoolArray | None) -> exact.Checked:
    """Decimals checked against the precision of their type."""
    limit = 10**dtype.precision
    low, high = exact.extent(unscaled)
    if -limit < low and high < limit:
        return unscaled, wrong
    return unscaled, _either(wrong, (unscaled <= -limit) | (unscaled >= limit))


def _to_enum(vector: Vector, dtype: t.Enum) -> Vector:
    codes, values = strings.encode(vector.data)
    if len(values) == 0:
        return selection.with_valid(selection.filler(dtype, len(codes)), vector.valid)
    places = {member: i for i, member in enumerate(dtype.members)}
    table = np.fromiter((places.get(v, -1) for v in values.to_pylist()), dtype=np.int32, count=len(values))
    found = np.take(table, codes)
    wrong = found < 0 if vector.valid is None else (found < 0) & vector.valid
    if wrong.any():
        value = values[int(codes[int(np.argmax(wrong))])].as_py()
        raise GenerationError(
            lambda span: NotAMember(span=span, value=value, enum=dtype.name, members=dtype.members)
        )
    return Vector(dtype, np.maximum(found, 0), vector.valid)
