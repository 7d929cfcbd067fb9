"""Values as drivers give them to columns of Arrow."""

from __future__ import annotations

import datetime as dt
import json
from collections.abc import Callable, Sequence
from decimal import Decimal
from typing import Any
from uuid import UUID

import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import arrow_type
from specdsl.files import FileProblem, Problem


def stored_type(dtype: t.DataType) -> pa.DataType:
    """What values of ``dtype`` are kept as: of uuids their bytes."""
    return pa.binary(16) if isinstance(dtype, t.Uuid) else arrow_type(dtype)


def column_of(values: Sequence[Any], name: str, dtype: t.DataType, table: str, start: int = 0) -> pa.Array:
    """A column of ``values``, the first of which is that of row ``start``. Raises FileProblem (VALUE)."""
    as_is = _AS_IS.get(type(dtype))
    convert = _CONVERT.get(type(dtype))
    try:
        if convert is not None and not (as_is and all(v is None or type(v) is as_is for v in values)):
            values = [None if v is None else convert(v) for v in values]
        if isinstance(dtype, t.Decimal):
            step = Decimal(1).scaleb(-dtype.scale)
            values = [None if v is None else v.quantize(step) for v in values]
        return pa.array(values, stored_type(dtype))
    except (ValueError, TypeError, ArithmeticError, pa.ArrowException) as problem:
        raise _misfit(values, name, dtype, table, start, convert, problem) from None


def _misfit(
    values: Sequence[Any],
    name: str,
    dtype: t.DataType,
    table: str,
    start: int,
    convert: Callable[[Any], Any] | None,
    problem: Exception,
) -> FileProblem:
    """Which value is to blame."""
    for number, value in enumerate(values):
        try:
            pa.array([None if value is None else convert(value) if convert else value], stored_type(dtype))
        except (ValueError, TypeError, ArithmeticError, pa.ArrowException):
            shown = repr(value) if len(repr(value)) <= 40 else f"{repr(value)[:37]}..."
            detail = f"column `{name}` has {shown} in row {start + number + 1}, which is no {dtype}"
            return FileProblem(Problem.VALUE, table, detail)
    return FileProblem(Problem.VALUE, table, f"column `{name}`: {str(problem).splitlines()[0]}")


def _bool(value: Any) -> bool:
    if isinstance(value, bytes):  # bit(1)
        return value != b"\0"
    if isinstance(value, str):
        return {"true": True, "t": True, "1": True, "false": False, "f": False, "0": False}[value.lower()]
    if value in (0, 1):
        return bool(value)
    raise ValueError(value)


def _int(value: Any) -> int:
    if isinstance(value, float) and not value.is_integer():
        raise ValueError(value)
    return int(value)


def _decimal(value: Any) -> Decimal:
    found = Decimal(str(value))
    if not found.is_finite():
        raise ValueError(value)
    return found


def _text(value: Any) -> str:
    if isinstance(value, bytes):
        return value.decode()
    return value if isinstance(value, str) else str(value)


def _json(value: Any) -> str:
    return _text(value) if isinstance(value, str | bytes) else json.dumps(value, ensure_ascii=False)


def _bytes(value: Any) -> bytes:
    return value.encode() if isinstance(value, str) else bytes(value)


def _uuid(value: Any) -> bytes:
    if isinstance(value, bytes) and len(value) == 16:
        return value
    return (value if isinstance(value, UUID) else UUID(_text(value))).bytes


def _date(value: Any) -> dt.date:
    if isinstance(value, dt.datetime):
        return value.date()
    return value if isinstance(value, dt.date) else dt.date.fromisoformat(_text(value)[:10])


def _timestamp(value: Any) -> dt.datetime:
    """An instant; one without a zone is taken to be in UTC."""
    if isinstance(value, int | float) and not isinstance(value, bool):
        raise ValueError(value)
    if isinstance(value, dt.datetime):
        found = value
    elif isinstance(value, dt.date):
        found = dt.datetime.combine(value, dt.time(), dt.UTC)
    else:
        found = dt.datetime.fromisoformat(_text(value))
    return found.replace(tzinfo=dt.UTC) if found.tzinfo is None else found.astimezone(dt.UTC)


def _time(value: Any) -> dt.time:
    if isinstance(value, dt.timedelta):
        if not dt.timedelta() <= value < dt.timedelta(days=1):
            raise ValueError(value)
        return (dt.datetime(1970, 1, 1, tzinfo=dt.UTC) + value).time()
    return value if isinstance(value, dt.time) else dt.time.fromisoformat(_text(value))


_CONVERT: dict[type[t.DataType], Callable[[Any], Any]] = {
    t.Bool: _bool,
    t.Int: _int,
    t.Float: float,
    t.Decimal: _decimal,
    t.String: _text,
    t.Json: _json,
    t.Bytes: _bytes,
    t.Uuid: _uuid,
    t.Date: _date,
    t.Timestamp: _timestamp,
    t.Time: _time,
}
_AS_IS: dict[type[t.DataType], type] = {
    t.Bool: bool,
    t.Int: int,
    t.Float: float,
    t.String: str,
    t.Json: str,
    t.Bytes: bytes,
    t.Date: dt.date,
    t.Time: dt.time,
}
"""Types of Python of which Arrow makes columns without help."""
