"""Bins of histograms: edges at round numbers, or at the turn of hours, days, months and years."""

from __future__ import annotations

import datetime as dt
import math

import numpy as np

from specdsl.datatypes import types as t
from specdsl.report.numbers import duration, moment, number
from specdsl.vectors.vector import Float64Array

_BINS = 30
_TAIL = 0.005  # the share at each end that may be cut off where values far out would flatten the rest
_FAR = 3.0
_EPOCH = dt.datetime(1970, 1, 1)  # noqa: DTZ001 -- all instants here are in UTC
_DAY = 86_400_000_000


def core(values: Float64Array) -> tuple[float, float]:
    """The range that a chart of ``values`` (n >= 1, finite) should have: all of it, or where a few lie far
    out, the inner 99 %."""
    low, high = float(values.min()), float(values.max())
    inner_low, inner_high = (float(q) for q in np.quantile(values, [_TAIL, 1.0 - _TAIL]))
    width = inner_high - inner_low
    if width <= 0 or high - low <= _FAR * width:
        return low, high
    return (
        low if inner_low - low <= width else inner_low,
        high if high - inner_high <= width else inner_high,
    )


def can_be_cut(low: float, high: float) -> bool:
    """Whether a range can be cut into bins: neither without end nor narrower than its numbers are exact."""
    if low == high:
        return math.isfinite(low) and abs(low) < 2.0**52
    exact = max(abs(low), abs(high), 1e-280) * 2.0**-40
    return math.isfinite(high - low) and high - low > exact


def round_step(width: float, most: int = _BINS) -> float:
    """The least of 1, 2, 2.5, 5 times a power of ten that cuts ``width`` into at most ``most`` steps."""
    least = width / most
    power = 10.0 ** math.floor(math.log10(least))
    return next(m * power for m in (1, 2, 2.5, 5, 10) if m * power >= least * (1 - 1e-9))


def number_edges(low: float, high: float, *, whole: bool) -> list[float]:
    """Edges of bins from ``low`` to ``high``. ``whole``: values are integers; edges lie half-way between."""
    if high <= low:
        return [low - 0.5, low + 0.5]
    if whole:
        width = max(1, math.ceil(round_step(high - low + 1)))
        start = math.floor(low / width) * width if width > 1 else low
        bins = math.floor((high - start) / width) + 1
        return [start - 0.5 + i * width for i in range(bins + 1)]
    step = round_step(high - low)
    first = math.floor(low / step + 1e-9)
    last = max(math.ceil(high / step - 1e-9), first + 1)
    return [i * step for i in range(first, last + 1)]


def is_skewed(values: Float64Array) -> bool:
    """Whether positive ``values`` range over so many magnitudes that only a logarithmic scale shows them."""
    if values.min() <= 0:
        return False
    low, high = (float(q) for q in np.quantile(values, [_TAIL, 1.0 - _TAIL]))
    return high > 1000 * low


def logarithmic(
    values: Float64Array,
) -> tuple[list[float], list[float], tuple[tuple[float, str], ...]]:
    """Edges that grow by one factor, whole parts of powers of ten, for positive ``values``; their
    logarithms, which are their places on the axis; and ticks at powers of ten."""
    first = math.floor(math.log10(float(values.min())))
    last = max(math.ceil(math.log10(float(values.max())) + 1e-9), first + 1)
    parts = max(1, _BINS // (last - first))
    step = max(1, math.ceil((last - first) / _BINS))
    bins = math.ceil((last - first) * parts / step)
    places = [first + i * step / parts for i in range(bins + 1)]
    every = max(1, math.ceil((last - first) / 5))
    ticks = tuple((float(p), number(10.0**p)) for p in range(first, last + 1, every))
    return [10.0**p for p in places], places, ticks


def duration_edges(low: float, high: float) -> list[float]:
    """Edges in microseconds at round numbers of the unit that fits."""
    unit = next((u for u in (_DAY, _DAY / 24, 60e6, 1e6, 1e3) if high - low >= 4 * u), 1.0)
    if unit in (60e6, 1e6):  # minutes and seconds are counted by sixties
        least = (high - low) / _BINS
        step = next((m * unit for m in (1, 2, 5, 10, 15, 20, 30, 60) if m * unit >= least), 60 * unit)
        first, last = math.floor(low / step), math.ceil(high / step)
        return [i * step for i in range(first, max(last, first + 1) + 1)]
    return [e * unit for e in number_edges(low / unit, high / unit, whole=False)]


def time_edges(low: float, high: float, dtype: t.DataType) -> tuple[list[float], str]:
    """Edges in the column's physical unit at the turn of a unit of time, and what a bin is: "day"."""
    scale = _DAY if isinstance(dtype, t.Date) else 1
    span = (high - low) * scale
    if isinstance(dtype, t.Time):
        width = 3_600_000_000 if span > 7_200_000_000 else 60_000_000 * 5
        first, last = math.floor(low / width), math.floor(high / width) + 1
        return [
            float(i * width) for i in range(first, last + 1)
        ], "hour" if width == 3_600_000_000 else "5 minutes"
    for name, width in (
        ("second", 1_000_000),
        ("minute", 60_000_000),
        ("hour", 3_600_000_000),
        ("day", _DAY),
        ("week", 7 * _DAY),
    ):
        if span <= 60 * width and width >= (_DAY if scale == _DAY else 1):
            shift = 3 * _DAY if name == "week" else 0  # weeks begin on Mondays; 1970-01-01 was a Thursday
            first = math.floor((low * scale + shift) / width)
            last = math.floor((high * scale + shift) / width) + 1
            return [(i * width - shift) / scale for i in range(first, last + 1)], name
    months = 1 if span <= 72 * 31 * _DAY else 3 if span <= 60 * 92 * _DAY else 12
    years = max(1, math.ceil(span / _DAY / 365 / 60))
    return _calendar_edges(low * scale, high * scale, months * (years if months == 12 else 1), scale), {
        1: "month",
        3: "quarter",
    }.get(months, "year" if years == 1 else f"{years} years")


def _calendar_edges(low: float, high: float, months: int, scale: int) -> list[float]:
    first = _EPOCH + dt.timedelta(microseconds=low)
    month = (first.year * 12 + first.month - 1) // months * months
    edges = [_month_start(month)]
    while edges[-1] <= high and month // 12 < 9998:
        month += months
        edges.append(_month_start(month))
    return [e / scale for e in edges]


def _month_start(month: int) -> float:
    year, index = divmod(month, 12)
    return float((dt.datetime(max(year, 1), index + 1, 1) - _EPOCH) // dt.timedelta(microseconds=1))  # noqa: DTZ001


def time_label(value: float, dtype: t.DataType, unit: str) -> str:
    """The name of the bin of ``unit`` that begins at ``value``."""
    full = moment(value, dtype)
    match unit:
        case "month" | "quarter":
            return full[:7]
        case "day" | "week":
            return full[:10]
        case "hour" | "minute" | "5 minutes":
            return full[:16] if isinstance(dtype, t.Timestamp) else full[:5]
        case "second":
            return full
        case _:
            return full[:4]


def bin_label(low: float, high: float, dtype: t.DataType, *, whole: bool) -> str:
    """What a bin of numbers is called: ``12``, ``10..19``, ``2.5..5``."""
    if whole:
        a, b = low + 0.5, high - 0.5
        return number(a) if a == b else f"{number(a)}..{number(b)}"
    show = duration if isinstance(dtype, t.Duration) else number
    return f"{show(low)}..{show(high)}"


def ticks(edges: list[float], dtype: t.DataType, *, whole: bool) -> tuple[tuple[float, str], ...]:
    """About five places along the axis of numbers, at edges (for integers: at the middle of bins)."""
    show = duration if isinstance(dtype, t.Duration) else number
    bins = len(edges) - 1
    step = max(1, math.ceil(bins / 5))
    single = whole and edges[1] - edges[0] == 1
    out = []
    for i in range(0, bins + (0 if single else 1), step):
        at = edges[i] + 0.5 if single else edges[i]
        out.append((at, show(at if single or not whole else edges[i] + 0.5)))
    return tuple(out)
