"""Numbers and moments as a page shows them."""

from __future__ import annotations

import datetime as dt
import math

from specdsl.check.show import show_value
from specdsl.datatypes import types as t

_EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
_DURATIONS = (("d", 86_400e6), ("h", 3_600e6), ("m", 60e6), ("s", 1e6), ("ms", 1e3), ("us", 1.0))


def count(value: int) -> str:
    """``1,234,567``."""
    return f"{value:,}"


def counted(value: int, noun: str) -> str:
    """``1 row``, ``3 rows``."""
    return f"{value:,} {noun}{'' if value == 1 else 's'}"


def percent(share: float) -> str:
    """A share with as many digits as tell it from 0 and 100 %."""
    if 0 < share < 0.0005 or 0.9995 < share < 1:
        return f"{share * 100:.2g} %" if share < 0.5 else f"{share * 100:.5g} %"
    return f"{share * 100:.1f} %"


def size(amount: int) -> str:
    """Bytes in the unit that fits, powers of 1000."""
    value = float(amount)
    for unit in ("B", "kB", "MB", "GB"):
        if value < 999.5:
            return f"{value:.0f} {unit}" if unit == "B" or value >= 99.5 else f"{value:.1f} {unit}"
        value /= 1000
    return f"{value:.1f} TB"


def number(value: float) -> str:
    """A number in at most about seven characters: ``1,234``, ``12.35``, ``3.1M``, ``4.2e-7``."""
    if not math.isfinite(value):
        return str(value)
    magnitude = abs(value)
    if magnitude >= 1e15 or 0 < magnitude < 1e-4:
        return f"{value:.2e}"
    for limit, unit in ((1e12, "T"), (1e9, "G"), (1e6, "M")):
        if magnitude >= limit:
            return f"{value / limit:.4g}{unit}"
    if value == int(value):
        return f"{int(value):,}"
    if magnitude >= 1000:
        return f"{value:,.1f}".removesuffix(".0")
    return f"{value:.4g}"


def natural(value: float, dtype: t.DataType) -> float:
    """A physical number as people count: decimals with their point, everything else as it is."""
    return value / 10**dtype.scale if isinstance(dtype, t.Decimal) else float(value)


def shown(value: float, dtype: t.DataType) -> str:
    """A natural value of a column as the text of an axis or a figure."""
    match dtype:
        case t.Date() | t.Timestamp() | t.Time():
            return moment(value, dtype)
        case t.Duration():
            return duration(value)
        case _:
            return number(value)


def moment(value: float, dtype: t.DataType) -> str:
    """A date, time or timestamp to the second."""
    if isinstance(dtype, t.Timestamp):
        try:
            when = _EPOCH + dt.timedelta(seconds=value // 1_000_000)
        except OverflowError:
            return show_value(int(value), dtype)
        return when.strftime("%Y-%m-%d %H:%M:%S").removesuffix(" 00:00:00")
    if isinstance(dtype, t.Time):
        return show_value(int(value // 1_000_000) * 1_000_000, dtype)[:8]
    return show_value(int(value), dtype)


def duration(micros: float) -> str:
    """A length of time in one unit: ``3.2 h``; in two where these are exact: ``1 h 20 m``."""
    minutes, rest = divmod(micros, 60e6)
    if not rest and 60 < minutes < 1440 and minutes % 60:
        return f"{int(minutes // 60)} h {int(minutes % 60)} m"
    for unit, length in _DURATIONS:
        if abs(micros) >= length:
            return f"{micros / length:.3g} {unit}"
    return f"{micros:.3g} us" if micros else "0 s"
