"""Values of offenders as people read them: from physical form to what JSON and a terminal can show."""

from __future__ import annotations

from typing import Any

from specdsl.check.show import show_value
from specdsl.datatypes import types as t


def displayed(value: Any, dtype: t.DataType) -> Any:
    """A value fetched in physical form: numbers, bools and strings as they are, what has a notation of
    its own (decimals, instants, ...) as text."""
    if value is None:
        return None
    match dtype:
        case t.List(item):
            return [displayed(v, item) for v in value]
        case t.Struct(fields):
            return {f.name: displayed(value[f.name], f.type) for f in fields}
        case t.Bytes():
            return bytes(value).hex()
        case t.Decimal() | t.Date() | t.Time() | t.Timestamp() | t.Duration():
            return show_value(int(value), dtype)
        case t.Float():
            number = float(value)
            return number if abs(number) < float("inf") else str(number)
        case t.Bool() | t.Int():
            return value
        case _:
            return str(value)
