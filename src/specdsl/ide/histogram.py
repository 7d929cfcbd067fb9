"""How numbers lie, in a line of text: ``18 ▁▃▇▅▂ 90``."""

from __future__ import annotations

import datetime as dt
from collections.abc import Sequence
from dataclasses import dataclass
from decimal import Decimal
from math import isfinite
from typing import Any, Final

from specdsl.datatypes import types as t
from specdsl.datatypes.value_text import value_text

_BARS: Final = "▁▂▃▄▅▆▇█"
_BINS: Final = 16
_LEAST: Final = 20
_DAYS: Final = 3 * 86_400.0


@dataclass(frozen=True, slots=True)
class Histogram:
    """``bars``: one character a bin of equal width, from the least to the greatest value."""

    low: str
    bars: str
    high: str

    def __str__(self) -> str:
        return f"{self.low} {self.bars} {self.high}"


@dataclass(frozen=True, slots=True)
class Bins:
    """How many values lie in each bin of equal width; ``low`` and ``high``, the least and the greatest value,
    as people write them."""

    low: str
    counts: tuple[int, ...]
    high: str


def binned(values: Sequence[Any], kind: t.DataType, *, least: int = _LEAST) -> Bins | None:
    """The bins of numbers, dates and times as Arrow gives them; None for other types, for fewer values than
    ``least``, where all are the same, and where one is not finite."""
    ordered = (t.Int, t.Float, t.Decimal, t.Date, t.Timestamp, t.Duration, t.Time)
    if not isinstance(kind, ordered) or len(values) < least:
        return None
    numbers = [_number(value) for value in values]
    low, high = min(numbers), max(numbers)
    if not low < high or not all(map(isfinite, (*numbers, high - low))):
        return None
    few = isinstance(kind, t.Int) and high - low < _BINS
    bins = int(high - low) + 1 if few else _BINS
    width = 1.0 if few else (high - low) / bins
    counts = [0] * bins
    for number in numbers:
        counts[min(int((number - low) / width), bins - 1)] += 1
    first, last = min(values), max(values)
    if isinstance(kind, t.Timestamp) and high - low > _DAYS:
        return Bins(first.date().isoformat(), tuple(counts), last.date().isoformat())
    return Bins(value_text(first, kind), tuple(counts), value_text(last, kind))


def histogram(values: Sequence[Any], kind: t.DataType) -> Histogram | None:
    """The bins of ``binned`` as a line of text."""
    found = binned(values, kind)
    if found is None:
        return None
    most = max(found.counts)
    bars = "".join(
        _BARS[0] if not c else _BARS[max(1, round(c / most * (len(_BARS) - 1)))] for c in found.counts
    )
    return Histogram(found.low, bars, found.high)


def _number(value: Any) -> float:
    match value:
        case dt.datetime():
            return value.timestamp()
        case dt.date():
            return float(value.toordinal())
        case dt.time():
            return value.hour * 3600.0 + value.minute * 60 + value.second + value.microsecond / 1e6
        case dt.timedelta():
            return value.total_seconds()
        case Decimal():
            return float(value)
        case _:
            return float(value)
