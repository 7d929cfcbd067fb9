"""Columns as cells: numbers where a double holds the value exactly, text where it does not, and back."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.sinks.relational.nested import micros_of
from specdsl.sinks.relational.values import (
    DATE,
    DECIMAL,
    HEX,
    MEMBER,
    NESTED,
    TEXT,
    TIME,
    UUID,
    Form,
    instants,
)
from specdsl.sinks.text.buffers import bools
from specdsl.sinks.text.instants import duration_text

DIGITS = 15
"""Excel shows and computes with so many digits of a number."""

_DAY = 86_400_000_000
_EPOCH = 25_569  # 1970-01-01 as a date of Excel
_FIRST, _LAST = 61, 2_958_466  # 1900-03-01; the days before it are off by one, or are none. 9999-12-31
_INSTANT = instants("T", "Z")


class Exact(float):
    """A number that is written with all the digits that tell it from others."""

    __slots__ = ()

    def __format__(self, spec: str) -> str:
        return float.__repr__(self)


@dataclass(frozen=True, slots=True)
class CellStyle:
    """How a column is shown: a number format of Excel, and what the sheet about the workbook calls it."""

    number_format: str
    name: str


def cell_style(dtype: t.DataType, *, as_text: bool) -> CellStyle:
    """The style of a column; ``as_text``: its integers have too many digits."""
    match dtype:
        case _ if as_text or is_text(dtype):
            return CellStyle("@", "text")
        case t.Bool():
            return CellStyle("General", "boolean")
        case t.Int():
            return CellStyle("0", "number")
        case t.Decimal(_, 0):
            return CellStyle("#,##0", "number")
        case t.Decimal(_, scale):
            return CellStyle("#,##0." + "0" * scale, "number")
        case t.Float():
            return CellStyle("General", "number")
        case t.Date():
            return CellStyle("yyyy-mm-dd", "date")
        case t.Time():
            return CellStyle("hh:mm:ss", "time")
        case t.Timestamp():
            return CellStyle("yyyy-mm-dd hh:mm:ss", "date and time, UTC")
        case t.Duration():
            return CellStyle("[h]:mm:ss", "duration, a number of days")
        case _:
            return CellStyle("General", "text")


def is_text(dtype: t.DataType) -> bool:
    """Whether values of a numeric type are text whatever they are."""
    return isinstance(dtype, t.Decimal) and dtype.precision > DIGITS


def has_long_integers(array: Any) -> bool:
    """Whether an integer of the column has more digits than Excel keeps."""
    if len(array) == array.null_count:
        return False
    extent = pc.min_max(array).as_py()
    return bool(max(abs(extent["min"]), abs(extent["max"])) >= 10**DIGITS)


def cells(array: Any, field: pa.Field, dtype: t.DataType, *, as_text: bool) -> list[object]:
    """Each value as what the cell gets: bool, int, ``Exact``, str, or None where it is empty."""
    match dtype:
        case t.Bool():
            return _with_nulls(array, bools(pc.fill_null(array, False)))
        case t.Int() if not as_text:
            return _with_nulls(array, pc.fill_null(array, 0).to_numpy(zero_copy_only=False))
        case t.Float():
            values = pc.fill_null(array, 0).to_numpy(zero_copy_only=False).astype(np.float64)
            shown = [Exact(x) if np.isfinite(x) else repr(x) for x in values.tolist()]
            return _objects(array, shown)
        case t.Decimal(_, scale) if not is_text(dtype):
            whole = pa.Array.from_buffers(
                pa.decimal128(38, 0), len(array), array.buffers(), offset=array.offset
            )
            units = pc.fill_null(whole.cast(pa.int64()), 0).to_numpy(zero_copy_only=False)
            return _objects(array, [Exact(x) for x in (units / 10.0**scale).tolist()])
        case t.Date():
            days = _numbers(array.cast(pa.int32()).cast(pa.int64())) + _EPOCH
            return _numbers_or_text(array, field, days.astype(np.float64), _is_day(days), _text(dtype))
        case t.Timestamp():
            micros = _numbers(array.cast(pa.int64()))
            serial = _EPOCH + micros / _DAY
            exact = _is_day(serial) & (_micros(serial - _EPOCH) == micros)
            return _numbers_or_text(array, field, serial, exact, _text(dtype))
        case t.Time() | t.Duration():
            micros = _numbers(array.cast(pa.int64()))
            serial = micros / _DAY
            exact = (micros >= 0) & (serial < _LAST) & (_micros(serial) == micros)
            return _numbers_or_text(array, field, serial, exact, _text(dtype))
    return _text(dtype).render(array, field).to_numpy(zero_copy_only=False).tolist()  # type: ignore[no-any-return]


def values(held: Sequence[object], field: pa.Field, dtype: t.DataType) -> Any:
    """A column of what cells hold (bool, float, str or None) in the type of the field. Raises ValueError for
    what does not fit."""
    form = _text(dtype)
    match dtype:
        case t.Bool():
            if not all(isinstance(x, bool | None) for x in held):
                raise ValueError(f"column `{field.name}` holds other than true and false")
            return pa.array(held, field.type)
        case t.Int():
            return pa.array([_whole(x, field) for x in held], field.type)
        case t.Float():
            return pa.array([None if x is None else float(x) for x in held], field.type)  # type: ignore[arg-type]
        case t.Decimal(_, scale) if not is_text(dtype):
            units = [None if x is None else round(float(x) * 10.0**scale) for x in held]  # type: ignore[arg-type]
            whole = pa.array(units, pa.int64()).cast(pa.decimal128(38, 0))
            return pa.Array.from_buffers(field.type, len(whole), whole.buffers(), offset=whole.offset)
        case t.Date():
            return _mixed(held, field, form, pa.int32(), lambda x: round(x) - _EPOCH)
        case t.Timestamp():
            return _mixed(held, field, form, pa.int64(), lambda x: round((x - _EPOCH) * _DAY))
        case t.Time() | t.Duration():
            return _mixed(held, field, form, pa.int64(), lambda x: round(x * _DAY))
        case _:
            return form.parse(pa.array([None if x is None else _shown(x) for x in held], pa.string()), field)


def _text(dtype: t.DataType) -> Form:
    """How values of the type are written as text."""
    match dtype:
        case t.Timestamp():
            return _INSTANT
        case t.Duration():
            return _DURATION
        case t.Decimal():
            return DECIMAL
        case _:
            return _FORMS.get(type(dtype), TEXT)


def _cast_text(array: Any, field: pa.Field) -> pa.StringArray:
    return array.cast(pa.string())


_DURATION = Form(
    lambda array, field: duration_text(array),
    lambda text, field: pa.array(
        [None if x is None else micros_of(x) for x in text.to_pylist()], pa.int64()
    ).cast(field.type),
    None,
)
_FORMS: dict[type[t.DataType], Form] = {
    t.Int: Form(_cast_text, lambda text, field: text.cast(field.type), None),
    t.Date: DATE,
    t.Time: TIME,
    t.Uuid: UUID,
    t.Bytes: HEX,
    t.Enum: MEMBER,
    t.List: NESTED,
    t.Struct: NESTED,
}


def _numbers(array: Any) -> NDArray[np.int64]:
    return pc.fill_null(array, 0).to_numpy(zero_copy_only=False)  # type: ignore[no-any-return]


def _is_day(serial: NDArray[Any]) -> NDArray[np.bool_]:
    return (serial >= _FIRST) & (serial < _LAST)


def _micros(days: NDArray[np.float64]) -> NDArray[np.int64]:
    return np.rint(days * _DAY).astype(np.int64)


def _numbers_or_text(
    array: Any, field: pa.Field, serial: NDArray[np.float64], exact: NDArray[np.bool_], form: Form
) -> list[object]:
    out: list[object] = [Exact(x) for x in serial.tolist()]
    if not exact.all():
        texts = form.render(array, field)
        for i in np.flatnonzero(~exact).tolist():
            out[i] = texts[i].as_py()
    return _objects(array, out)


def _with_nulls(array: Any, found: NDArray[Any]) -> list[object]:
    return _objects(array, found.tolist())


def _objects(array: Any, found: list[Any]) -> list[object]:
    if array.null_count:
        for i in np.flatnonzero(~bools(array.is_valid())).tolist():
            found[i] = None
    return found


def _whole(value: object, field: pa.Field) -> int | None:
    if value is None:
        return None
    number = int(value) if isinstance(value, str) else float(value)  # type: ignore[arg-type]
    if number != int(number):
        raise ValueError(f"column `{field.name}` holds {value}, which is not whole")
    return int(number)


def _mixed(held: Sequence[object], field: pa.Field, form: Form, storage: pa.DataType, number: Any) -> Any:
    numbers = pa.array([number(x) if isinstance(x, float) else None for x in held], storage).cast(field.type)
    if not any(isinstance(x, str) for x in held):
        return numbers
    texts = form.parse(pa.array([x if isinstance(x, str) else None for x in held], pa.string()), field)
    return pc.coalesce(numbers, texts)


def _shown(value: object) -> str:
    """A value of a column of text; a number that somebody typed over a text reads as its digits."""
    return str(int(value)) if isinstance(value, float) and value.is_integer() else str(value)
