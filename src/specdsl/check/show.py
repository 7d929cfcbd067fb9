"""Physical values as people write them in a spec, for messages."""

from __future__ import annotations

import datetime as dt
import uuid

from specdsl.datatypes import types as t
from specdsl.datatypes.value_text import duration_in_one_unit

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def show_value(value: object, dtype: t.DataType) -> str:
    """``value`` (physical, of type ``dtype``) in the language's own notation."""
    if value is None:
        return "null"
    try:
        return _show(value, dtype)
    except (OverflowError, ValueError):
        return str(value)


def _show(value: object, dtype: t.DataType) -> str:
    number = value if isinstance(value, (int, float)) else 0
    match dtype:
        case t.Bool():
            return "true" if value else "false"
        case t.Decimal(_, scale) if scale:
            sign, digits = ("-" if number < 0 else ""), str(abs(int(number))).rjust(scale + 1, "0")
            return f"{sign}{digits[:-scale]}.{digits[-scale:]}"
        case t.Date():
            return (_EPOCH + dt.timedelta(days=int(number))).date().isoformat()
        case t.Timestamp():
            return (_EPOCH + dt.timedelta(microseconds=int(number))).isoformat().replace("+00:00", "Z")
        case t.Time():
            return (_EPOCH + dt.timedelta(microseconds=int(number))).time().isoformat()
        case t.Duration():
            return duration_in_one_unit(int(number))
        case t.Enum(_, members):
            return members[int(number)]
        case t.Uuid() if isinstance(value, bytes):
            return str(uuid.UUID(bytes=value))
        case t.Float():
            return f"{float(number):g}"
        case t.Int() | t.Decimal():
            return f"{int(number):_}" if abs(number) >= 100_000 else str(int(number))
        case t.String() | t.Json():
            return f'"{value}"'
        case _:
            return str(value)
