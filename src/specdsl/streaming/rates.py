"""How many rows a second: the forms that a rate has, and when each row is due.

=======================================  ========================================================
``500/s``, ``30_000/m``, ``5/h``         evenly
``10..50/s``                             evenly, at a rate drawn anew from the range each second
                                         (minute, hour)
``daily 10..50/s peak 18:00``            a day's curve: 50/s at the peak (UTC; 14:00 if not said),
                                         10/s twelve hours off
``daily 10..50/s over 10m``              with a day of ten minutes, which begins at its quietest
``bursts 10..500/s every 30s for 5s``    10/s, and 500/s in the last 5 s of every 30 s
``poisson`` before any of them           at random moments, as many on average
``max``                                  as fast as the target takes them
=======================================  ========================================================
"""

from __future__ import annotations

import math
import re
from collections.abc import Callable, Iterator
from dataclasses import dataclass

import numpy as np

from specdsl.errors import UsageError
from specdsl.randomness.streams import Stream, stream_key
from specdsl.streaming.quantities import duration, number, unit
from specdsl.vectors.vector import Float64Array

Segments = Iterator[tuple[float, float]]
"""How long, in seconds (the last may be for ever), and how many rows a second then."""

_N = r"(\d[\d_]*(?:\.\d[\d_]*)?(?:e\d+)?)"
_PER = r"\s*/\s*([a-z]+)"
_EVEN = re.compile(_N + _PER)
_RANGE = re.compile(rf"{_N}\s*\.\.\s*{_N}{_PER}")
_DAILY = re.compile(rf"daily\s+{_N}\s*\.\.\s*{_N}{_PER}(?:\s+peak\s+(\d\d?):(\d\d))?(?:\s+over\s+(\S+))?")
_BURSTS = re.compile(rf"bursts\s+{_N}\s*\.\.\s*{_N}{_PER}\s+every\s+(\S+)\s+for\s+(\S+)")
_FORMS = (
    "500/s, 10..50/s, 'poisson 500/s', 'daily 10..50/s peak 18:00', "
    "'bursts 10..500/s every 30s for 5s' or max"
)
_DAY = 86_400.0
_STEPS = 1_440  # of a day's curve
_PEAK = 14 * 3_600.0
_MOST = 1e9


@dataclass(frozen=True, slots=True)
class Rate:
    """A rate. ``segments`` gives it piece by piece for a seed and the seconds since midnight (UTC) at which
    the stream begins; ``usual`` is about how many rows a second it comes to."""

    text: str
    usual: float
    segments: Callable[[int, float], Segments]
    poisson: bool = False


def parse_rate(text: str) -> Rate | None:
    """The rate that ``text`` says; None is as fast as can be. Raises UsageError."""
    plain = " ".join(text.lower().split())
    if plain == "max":
        return None
    form, poisson = plain.removeprefix("poisson "), plain.startswith("poisson ")
    for pattern, make in ((_EVEN, _even), (_RANGE, _range), (_DAILY, _daily), (_BURSTS, _bursts)):
        found = pattern.fullmatch(form)
        if found is not None:
            usual, segments = make(plain, *found.groups())
            return Rate(plain, usual, segments, poisson)
    if re.fullmatch(_N, form):
        raise UsageError(f"the rate `{text}` does not say per what", f"{form}/s, {form}/m or {form}/h")
    if form.startswith("bursts") and not ("every" in form and " for " in form):
        raise UsageError(f"the rate `{text}` does not say when", "'bursts 10..500/s every 30s for 5s'")
    raise UsageError(f"`{text}` is not a rate", f"such as {_FORMS}")


class Schedule:
    """When rows are due, in seconds since the start, one after the other."""

    def __init__(self, rate: Rate, seed: int, day: float = 0.0) -> None:
        self._segments = rate.segments(seed, day)
        self._arrivals = Stream(stream_key(seed, "stream", "arrivals"), np.empty(0, np.uint64)).key
        self._poisson = rate.poisson
        self._next = 0  # row
        self._unit = 0.0  # rows due so far, of a Poisson process of one row a second
        self._begins, self._rows = 0.0, 0.0  # of the segment: seconds, and rows before it
        self._length, self._rate = next(self._segments)

    def take(self, count: int) -> Float64Array:
        """When the next ``count`` rows are due: float64 of shape (count,), ascending."""
        units = self._units(count)
        out = np.empty(count)
        done = 0
        while True:
            ends = self._rows + self._rate * self._length if self._rate else self._rows
            stop = done + int(np.searchsorted(units[done:], ends, "left"))
            if self._rate:
                out[done:stop] = self._begins + (units[done:stop] - self._rows) / self._rate
            done = stop
            if done == count:
                return out
            self._begins += self._length
            self._rows = ends
            self._length, self._rate = next(self._segments)

    def _units(self, count: int) -> Float64Array:
        """When the rows would be due at one row a second."""
        numbers = np.arange(self._next, self._next + count, dtype=np.uint64)
        self._next += count
        if not self._poisson:
            return numbers.astype(np.float64)
        gaps = -np.log(Stream(self._arrivals, numbers).uniform())
        out: Float64Array = self._unit + np.cumsum(gaps)
        if count:
            self._unit = float(out[-1])
        return out


def _even(text: str, rows: str, per: str) -> tuple[float, Callable[[int, float], Segments]]:
    rate = _rate(text, rows, per)
    _require_some(text, rate)
    return rate, lambda _seed, _day: iter([(math.inf, rate)])


def _range(text: str, low: str, high: str, per: str) -> tuple[float, Callable[[int, float], Segments]]:
    least, most = _ends(text, low, high, per)
    step = unit(per) or 1.0

    def segments(seed: int, _day: float) -> Segments:
        key = stream_key(seed, "stream", "rate")
        at = 0
        while True:
            drawn = float(Stream(key, np.array([at], np.uint64)).uniform()[0])
            yield step, least + (most - least) * drawn
            at += 1

    return (least + most) / 2, segments


def _daily(
    text: str, low: str, high: str, per: str, hour: str | None, minute: str | None, over: str | None
) -> tuple[float, Callable[[int, float], Segments]]:
    least, most = _ends(text, low, high, per)
    if hour is not None and (int(hour) > 23 or int(minute or 0) > 59):
        raise UsageError(f"the rate `{text}` has its peak at no time of day", "such as peak 18:00")
    peak = _PEAK if hour is None else int(hour) * 3_600.0 + int(minute or 0) * 60.0
    length = _DAY if over is None else duration(over, "`over` in the rate")

    def segments(_seed: int, day: float) -> Segments:
        phase = (day - peak) / _DAY if over is None else 0.5
        at = 0
        while True:
            share = (1 + math.cos(2 * math.pi * (phase + (at + 0.5) / _STEPS))) / 2
            yield length / _STEPS, least + (most - least) * share
            at += 1

    return (least + most) / 2, segments


def _bursts(
    text: str, low: str, high: str, per: str, every: str, lasting: str
) -> tuple[float, Callable[[int, float], Segments]]:
    least, most = _ends(text, low, high, per)
    period, burst = duration(every, "`every` in the rate"), duration(lasting, "`for` in the rate")
    if burst >= period:
        raise UsageError(f"in the rate `{text}` a burst never ends", "`for` is shorter than `every`")

    def segments(_seed: int, _day: float) -> Segments:
        while True:
            yield period - burst, least
            yield burst, most

    return (least * (period - burst) + most * burst) / period, segments


def _ends(text: str, low: str, high: str, per: str) -> tuple[float, float]:
    least, most = _rate(text, low, per), _rate(text, high, per)
    if least > most:
        raise UsageError(f"the rate `{text}` goes down", f"{high}..{low}/{per}")
    _require_some(text, most)
    return least, most


def _rate(text: str, rows: str, per: str) -> float:
    seconds = unit(per)
    if seconds is None or seconds < 1:
        raise UsageError(f"the rate `{text}` is per `{per}`, which is no unit of it", "per s, m, h or d")
    rate = number(rows) / seconds
    if rate > _MOST:
        raise UsageError(f"the rate `{text}` is above {_MOST:,.0f} rows a second", "max is as fast as can be")
    return rate


def _require_some(text: str, rate: float) -> None:
    if rate <= 0:
        raise UsageError(f"at the rate `{text}` no row is ever due", "give a number above 0")
