"""Dates, timestamps, times of day and durations."""

from __future__ import annotations

from datetime import UTC, date, datetime, time, timedelta
from typing import Any

import numpy as np

from specdsl.importers.samples.draft import Drawn
from specdsl.importers.samples.fitting import Floats, fitted
from specdsl.importers.samples.privacy import Seen
from specdsl.importers.samples.profile import Profile
from specdsl.importers.samples.wording import choice, outward, rows, shares

_DAY = 86_400.0
_ENOUGH = 50
_REPEATED = 20
"""Few different values, each there so often on average, are a choice."""
_LONG = 30
"""Over so many days the ends of a range of timestamps are rounded to days."""
_UNITS = (("d", _DAY), ("h", 3600.0), ("m", 60.0), ("s", 1.0))
_EPOCH = datetime(1970, 1, 1, tzinfo=UTC)


def time_type(profile: Profile) -> str:
    """The language's type, '' where the column holds no points in time."""
    kind = profile.kind
    if kind.startswith("timestamp"):
        return "timestamp"
    return {"date": "date", "time": "time", "time with time zone": "time", "interval": "duration"}.get(
        kind, ""
    )


def drawn(profile: Profile, *, private: bool) -> Drawn:
    """How such values are drawn."""
    type = time_type(profile)
    if type == "duration":
        return _durations(profile, private=private)
    if type == "time":
        ends = (time(0), time(23, 59, 59)) if private else (profile.low, profile.high)
        value = f"{_clock(ends[0])} .. {_clock(ends[1])}"
        return Drawn(type, value, comment=f"in {rows(profile.filled)}")
    low, high = ends_of(profile, private=private)
    span = "range rounded outwards" if private else f"{_day(profile.low)} to {_day(profile.high)}"
    seen = f"{span} in {rows(profile.filled)}"
    if profile.distinct == 1 and not private:
        return Drawn(type, point(profile.low), comment=f"always the same in {rows(profile.filled)}")
    if not private and profile.filled >= _REPEATED * len(profile.top) > 0:
        value = choice([point(v) for v, _ in profile.top], shares([n for _, n in profile.top]))
        return Drawn(type, value, comment=f"{len(profile.top)} values in {rows(profile.filled)}")
    within = f"{point(low)} .. {point(high)}"
    if len(profile.values) < _ENOUGH:
        return Drawn(type, within, comment=seen)
    values = np.array([seconds(v) for v in profile.values])
    unit = _DAY if type == "date" else 1.0
    fit = fitted(values / unit, whole=type == "date")
    if fit is not None and fit.name == "uniform":
        return Drawn(type, within, comment=f"{seen}, evenly")
    if private and profile.distinct < _ENOUGH:
        return Drawn(type, within, comment=f"{seen}; evenly, as its values are too few to hide")
    start, end = seconds(low), seconds(high)
    if private:
        value = f"{point(low)} + {_veiled(profile, values - start, end - start)}"
        note = "not evenly, so tenths of the rows, rounded to points that are no values"
        return Drawn(type, value, within=within, comment=f"{seen}; {note}")
    inner = np.quantile(values, np.linspace(0, 1, 11)[1:-1]) - start
    tenths = [0.0, *(min(max(float(v), 0.0), end - start) for v in inner), end - start]
    value = f"{point(low)} + quantiles([{', '.join(duration(v, days=type == 'date') for v in tenths)}])"
    return Drawn(type, value, within=within, comment=f"{seen}; not evenly, so tenths of the rows")


def _veiled(profile: Profile, offsets: Floats, most: float) -> str:
    """``quantiles`` of the seconds since the start of the range at tenths, rounded to points in time that
    are no values."""
    unit = _DAY if time_type(profile) == "date" else 1.0
    whole = len(profile.values) == profile.filled
    seen = Seen(frozenset((offsets / unit).tolist()), 0.5 if unit == _DAY else 0.0, complete=whole)
    inner = (seen.aside(float(v)) * unit for v in np.quantile(offsets / unit, np.linspace(0, 1, 11)[1:-1]))
    tenths = [0.0, *(min(v, most) for v in inner), most]
    return f"quantiles([{', '.join(duration(v) for v in tenths)}])"


def ends_of(profile: Profile, *, private: bool) -> tuple[Any, Any]:
    """The range's ends: days where a range of timestamps is long; years, none of them a value, where it is
    ``private``."""
    low, high = profile.low, profile.high
    if private:
        return _year(low, up=False), _year(high, up=True)
    if time_type(profile) == "timestamp" and (high - low).days > _LONG:
        low = low.replace(hour=0, minute=0, second=0, microsecond=0)
        high = high.replace(hour=0, minute=0, second=0, microsecond=0) + timedelta(days=1)
    return low, high


def _year(value: Any, *, up: bool) -> Any:
    """The first of January around ``value``, another than it."""
    year = value.year + 1 if up else value.year
    if not up and (value.month, value.day) == (1, 1):
        year -= 1
    first = date(min(max(year, 2), 9998), 1, 1)
    return first if not isinstance(value, datetime) else datetime(first.year, 1, 1, tzinfo=value.tzinfo)


def seconds(value: Any) -> float:
    """A point in time as seconds since 1970."""
    if isinstance(value, datetime):
        aware = value if value.tzinfo else value.replace(tzinfo=UTC)
        return float((aware - _EPOCH).total_seconds())
    return float((value - date(1970, 1, 1)).days * _DAY)


def point(value: Any) -> str:
    """A date or timestamp as a literal."""
    if not isinstance(value, datetime):
        return str(value.isoformat())
    aware = value.astimezone(UTC) if value.tzinfo else value
    text = aware.strftime("%Y-%m-%dT%H:%M:%S")
    return text + (f".{aware.microsecond:06d}" if aware.microsecond else "") + "Z"


def duration(value: float, *, days: bool = False) -> str:
    """A length of time as a literal in its largest unit with at most three digits after the point.
    ``days``: whole days."""
    if days:
        return f"{round(value / _DAY)}d"
    for unit, size in _UNITS:
        if value == 0 or abs(value) >= size:
            return (
                f"{round(value / size, 3):g}{unit}"
                if abs(value / size) < 100_000
                else f"{value / size:.0f}{unit}"
            )
    return f"{round(value * 1000)}ms"


def _durations(profile: Profile, *, private: bool) -> Drawn:
    low, high = profile.low.total_seconds(), profile.high.total_seconds()
    if private:
        low, high = (float(outward(v, up=up)) for v, up in ((min(low, 0.0), False), (max(high, 0.0), True)))
        high = high or (0.0 if low else 1.0)
    return Drawn("duration", f"{duration(low)}..{duration(high)}", comment=f"in {rows(profile.filled)}")


def _clock(value: Any) -> str:
    return str(value.strftime("%H:%M:%S" if value.second else "%H:%M"))


def _day(value: Any) -> str:
    return str(value.date() if isinstance(value, datetime) else value)
