"""The plain text form of one value: what an f-string prints without a format spec.

=========  ======================================================================
int        digits
float      the shortest decimal that reads back as the same float, as Python's ``repr``: 1.0, 1e+16
decimal    with its full scale: 12.50
bool       true, false
date       2025-06-01
time       12:30:00, with six digits of a fraction unless that is zero
timestamp  2025-06-01T12:30:00Z, the fraction likewise
duration   1d 02:00:00, -00:00:01.500000: days only if there are any, the fraction likewise
uuid       8-4-4-4-12 lower-case hexadecimal digits
enum       the member
bytes      lower-case hexadecimal digits
=========  ======================================================================
"""

from __future__ import annotations

import uuid

import numpy as np

from specdsl.datatypes import types as t
from specdsl.ir.expr import Physical

SECOND = 1_000_000
DAY = 86_400 * SECOND


def plain_text(dtype: t.DataType, value: Physical) -> str:
    """The text of a physical value of a type that is no list, struct or tuple."""
    match dtype, value:
        case t.Bool(), _:
            return "true" if value else "false"
        case t.Float(32), float():
            return short_float32(value)
        case t.Float(), _:
            return repr(float(value))
        case t.Decimal(_, scale), int():
            return decimal_text(value, scale)
        case t.Date(), int():
            return str(np.datetime64(value, "D"))
        case t.Time(), int():
            return _clock(value)
        case t.Timestamp(), int():
            days, rest = divmod(value, DAY)
            return f"{np.datetime64(days, 'D')}T{_clock(rest)}Z"
        case t.Duration(), int():
            return duration_text(value)
        case t.Uuid(), bytes():
            return str(uuid.UUID(bytes=value))
        case t.Enum(_, members), int():
            return members[value]
        case _, bytes():
            return value.hex()
        case _:
            return str(value)


def short_float32(value: float) -> str:
    """The shortest decimal that reads back as the same 32-bit float, in the form of ``repr``."""
    if not np.isfinite(value) or value == 0:
        return repr(float(value))
    digits = np.format_float_scientific(np.float32(value), unique=True, trim="-")
    return repr(float(digits))


def decimal_text(unscaled: int, scale: int) -> str:
    """``unscaled`` with the point before its last ``scale`` digits."""
    if scale == 0:
        return str(unscaled)
    digits = str(abs(unscaled)).rjust(scale + 1, "0")
    return f"{'-' if unscaled < 0 else ''}{digits[:-scale]}.{digits[-scale:]}"


def _clock(microseconds: int) -> str:
    seconds, fraction = divmod(microseconds, SECOND)
    minutes, second = divmod(seconds, 60)
    hour, minute = divmod(minutes, 60)
    text = f"{hour:02d}:{minute:02d}:{second:02d}"
    return f"{text}.{fraction:06d}" if fraction else text


def duration_text(microseconds: int) -> str:
    """A duration as sign, days and clock."""
    days, rest = divmod(abs(microseconds), DAY)
    sign = "-" if microseconds < 0 else ""
    return f"{sign}{days}d {_clock(rest)}" if days else f"{sign}{_clock(rest)}"
