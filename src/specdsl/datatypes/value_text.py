"""Values as people read them: short, in the language's own spelling."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from typing import Any

from specdsl.datatypes import types as t
from specdsl.diagnostics.cells import visible

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_UNITS = (("d", 86_400_000_000), ("h", 3_600_000_000), ("m", 60_000_000), ("s", 1_000_000), ("ms", 1_000))


def value_text(value: Any, kind: t.DataType, *, nested: bool = False) -> str:
    """One non-null value as Arrow's ``as_py`` gives it. Strings within lists and structs are quoted."""
    match kind, value:
        case _, None:
            return "null"
        case _, bool():
            return "true" if value else "false"
        case t.Float(), float():
            return _float(value)
        case t.Decimal(), Decimal():
            return f"{value:f}"
        case t.Timestamp(), dt.datetime():
            return _clock(value.replace(tzinfo=None).isoformat(" ", "milliseconds")) + "Z"
        case _, dt.time():
            return _clock(value.isoformat("milliseconds"))
        case _, dt.date():
            return value.isoformat()
        case _, dt.timedelta():
            return duration_text(value // dt.timedelta(microseconds=1))
        case _, bytes():
            return f"0x{value.hex()}"
        case t.List(item), list():
            return f"[{', '.join(value_text(v, item, nested=True) for v in value)}]"
        case t.Struct(fields), dict():
            there = [f for f in fields if not (f.absent and value[f.name] is None)]
            members = (f"{f.name}: {value_text(value[f.name], f.type, nested=True)}" for f in there)
            return f"{{{', '.join(members)}}}"
        case _:
            text = "".join(map(visible, str(value)))
            return f'"{text}"' if (nested and isinstance(kind, t.String)) or not text else text


def _float(value: float) -> str:
    """All digits where they are few, else six."""
    text = repr(value)
    return text if len(text) <= 10 else f"{value:.6g}"


def _clock(text: str) -> str:
    """An ISO time without a fraction of nothing."""
    return text.removesuffix(".000")


def duration_text(micros: int) -> str:
    """Microseconds as the language writes them: ``1d 2h``, ``250ms``, ``-5s``."""
    if micros == 0:
        return "0s"
    parts: list[str] = []
    rest = abs(micros)
    for unit, size in _UNITS:
        count, rest = divmod(rest, size)
        if count:
            parts.append(f"{count}{unit}")
    if rest:
        parts.append(f"{rest}us")
    return ("-" if micros < 0 else "") + " ".join(parts[:3])


def duration_in_one_unit(micros: int) -> str:
    """Microseconds as a number of the largest unit that goes into them: ``26h``, ``250ms``, ``2w``."""
    for unit, size in (("w", 7 * 86_400_000_000), *_UNITS):
        if micros % size == 0 and micros:
            return f"{micros // size}{unit}"
    return f"{micros / 1_000_000:g}s"


def time_text(micros: int) -> str:
    """Microseconds since midnight as the language writes a time of day: ``17:00``, ``17:00:30.5``."""
    clock = (_EPOCH + dt.timedelta(microseconds=micros)).time()
    if clock.microsecond:
        return clock.isoformat("microseconds").rstrip("0")
    return clock.isoformat("seconds" if clock.second else "minutes")


def timestamp_text(micros: int) -> str:
    """Microseconds since 1970 as the language writes an instant: ``2024-03-01T17:00:00Z``."""
    return (_EPOCH + dt.timedelta(microseconds=micros)).replace(tzinfo=None).isoformat() + "Z"
