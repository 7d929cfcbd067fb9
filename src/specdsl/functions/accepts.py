"""What parameters take: the vocabulary that signatures and messages print."""

from __future__ import annotations

from typing import Final

from specdsl.datatypes import types as t
from specdsl.functions.entry import Accepts


def _is_text(dtype: t.DataType) -> bool:
    return isinstance(dtype, (t.String, t.Enum))


def _is_day_or_instant(dtype: t.DataType) -> bool:
    return isinstance(dtype, (t.Date, t.Timestamp))


def _has_clock(dtype: t.DataType) -> bool:
    return isinstance(dtype, (t.Date, t.Timestamp, t.Time))


def _float_unless_duration(dtype: t.DataType) -> t.DataType:
    return dtype if isinstance(dtype, t.Duration) else t.FLOAT


def _plain_number(dtype: t.DataType) -> t.DataType:
    match dtype:
        case t.Int():
            return t.INT
        case t.Float():
            return t.FLOAT
        case _:
            return dtype


ANY: Final = Accepts("any", lambda _: True)
NUMBER: Final = Accepts("number", t.is_numeric, _plain_number)
"""Any number, in its own type."""
REAL: Final = Accepts("number", t.is_numeric, t.FLOAT)
"""Any number, as float."""
AMOUNT: Final = Accepts(
    "number or duration", lambda d: t.is_numeric(d) or isinstance(d, t.Duration), _float_unless_duration
)
AMOUNTS: Final = Accepts(
    "list of numbers or durations",
    lambda d: isinstance(d, t.List) and AMOUNT.test(d.item),
    lambda d: t.List(_float_unless_duration(d.item)) if isinstance(d, t.List) else d,
)
REALS: Final = Accepts(
    "list of numbers", lambda d: isinstance(d, t.List) and t.is_numeric(d.item), t.List(t.FLOAT)
)
INTEGER: Final = Accepts("int", lambda d: isinstance(d, t.Int), t.INT)
TEXT: Final = Accepts("string", _is_text, t.STRING)
BOOLEAN: Final = Accepts("bool", lambda d: isinstance(d, t.Bool))
INSTANT: Final = Accepts("date or timestamp", _is_day_or_instant)
CLOCK: Final = Accepts("date, time or timestamp", _has_clock)
TIMESTAMP: Final = Accepts("timestamp", _is_day_or_instant, t.TIMESTAMP)
DATE: Final = Accepts("date", _is_day_or_instant, t.DATE)
DURATION: Final = Accepts("duration", lambda d: isinstance(d, t.Duration))
ORDERED: Final = Accepts("number, date or time", t.is_ordered)
SCALAR: Final = Accepts(
    "value", lambda d: not isinstance(d, (t.List, t.Struct, t.Tuple, t.Bytes, t.Null)), None
)
"""Anything that has a plain text form."""
