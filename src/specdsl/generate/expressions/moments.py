"""The text of dates, times and timestamps, plain and by strftime's directives."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.datatypes.format_spec import TIME_DIRECTIVES, ZONE_DIRECTIVES, split_directives
from specdsl.generate.expressions import exact
from specdsl.generate.expressions.plain import DAY, SECOND
from specdsl.vectors import selection, text
from specdsl.vectors.text import PAD, Field, Piece
from specdsl.vectors.vector import Int64Array, Vector

_MONTHS = (
    "January", "February", "March", "April", "May", "June",
    "July", "August", "September", "October", "November", "December",
)  # fmt: skip
_DAYS = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")
_WIDEST_CALENDAR = 1 << 16


def plain(vector: Vector) -> list[Piece]:
    """ISO 8601: ``2025-06-01``, ``12:30:00``, ``2025-06-01T12:30:00Z``; six digits of a fraction where it
    is not zero."""
    days, clock = _split(vector)
    match vector.type:
        case t.Date():
            return _dates(days)
        case t.Time():
            return [*_clocks(clock), *_fractions(clock)]
        case _:
            return [*_dates(days), b"T", *_clocks(clock), *_fractions(clock), b"Z"]


def _split(vector: Vector) -> tuple[Int64Array, Int64Array]:
    """Days since 1970 and microseconds of the day; those of 1970 where null."""
    values = selection.array(vector)
    if vector.valid is not None:
        values = np.where(vector.valid, values, 0)
    match vector.type:
        case t.Date():
            return values, np.zeros(len(values), dtype=np.int64)
        case t.Time():
            return np.zeros(len(values), dtype=np.int64), values
        case _:
            days = values // DAY
            return days, values - days * DAY


def _dates(days: Int64Array) -> list[Piece]:
    """From a calendar of the days between the first and the last where that is shorter than the rows."""
    if len(days) == 0:
        return []
    low, high = int(days.min()), int(days.max())
    span = high - low + 1
    if span <= min(len(days), _WIDEST_CALENDAR):
        calendar = _iso_dates(np.arange(low, high + 1, dtype=np.int64))
        return [Field(calendar, days - low, 10)]
    year, month, day = civil(days)
    return [
        *text.fixed_digits(year, 4), b"-", *text.fixed_digits(month, 2), b"-", *text.fixed_digits(day, 2)
    ]  # fmt: skip


def _iso_dates(days: Int64Array) -> NDArray[np.uint8]:
    year, month, day = civil(days)
    out = np.full((len(days), 10), ord("-"), dtype=np.uint8)
    for values, places in ((year, (3, 2, 1, 0)), (month, (6, 5)), (day, (9, 8))):
        rest = values
        for place in places:
            out[:, place] = rest % 10 + ord("0")
            rest = rest // 10
    return out


def civil(days: Int64Array) -> tuple[Int64Array, Int64Array, Int64Array]:
    """Year, month (1-12) and day (1-31) of days since 1970-01-01."""
    dates = days.view("M8[D]")
    months = dates.astype("M8[M]")
    day = (dates - months.astype("M8[D]")).view(np.int64) + 1
    number = months.view(np.int64)
    year = number // 12
    return year + 1970, number - year * 12 + 1, day


@lru_cache(maxsize=1)
def _clock_table() -> NDArray[np.uint8]:
    """``HH:MM:SS`` of every second of the day."""
    seconds = np.arange(86_400)
    out = np.full((86_400, 8), ord(":"), dtype=np.uint8)
    for values, place in ((seconds // 3600, 0), (seconds // 60 % 60, 3), (seconds % 60, 6)):
        out[:, place] = values // 10 + ord("0")
        out[:, place + 1] = values % 10 + ord("0")
    return out


def _clocks(clock: Int64Array) -> list[Piece]:
    return [Field(_clock_table(), clock // SECOND, 8)]


def _fractions(clock: Int64Array) -> list[Piece]:
    """``.123456``, nothing where the fraction is zero."""
    fraction = clock % SECOND
    some = fraction != 0
    if not some.any():
        return []
    if some.all():
        return [b".", *text.fixed_digits(fraction, 6)]
    high = fraction // 1000
    low = fraction - high * 1000
    point = np.array([[PAD], [ord(".")]], dtype=np.uint8)
    # Row 1000 of the digits is padding.
    digits = np.concatenate([text.digits_of(3), np.full((1, 3), PAD, dtype=np.uint8)])
    none = np.zeros(1, dtype=np.int32)
    return [
        Field(point, some.astype(np.int64), some.astype(np.int32) * 7),
        Field(digits, np.where(some, high, 1000), none),
        Field(digits, np.where(some, low, 1000), none),
    ]


# --- strftime -------------------------------------------------------------------------------


def strftime(vector: Vector, spec: str) -> list[Piece]:
    """The pieces of a pattern such as ``%d.%m.%Y``; month and day names are English."""
    moment = _Moment(*_split(vector))
    out: list[Piece] = []
    for kind, what in split_directives(spec):
        if kind == "text":
            out.append(what.encode())
        else:
            out.extend(moment.directive(what, padded=kind == "directive"))
    return out


class _Moment:
    """The parts of the instants, made when a directive asks for them.

    ``days`` are the days that occur (all between the first and the last where those are fewer than the
    rows); row i is of ``days[index[i]]``.
    """

    def __init__(self, days: Int64Array, clock: Int64Array) -> None:
        self.clock = clock
        low, high = exact.extent(days)
        self.days, self.index = days, np.arange(len(days), dtype=np.int64)
        if high - low < min(len(days), _WIDEST_CALENDAR):
            self.days, self.index = np.arange(low, high + 1, dtype=np.int64), days - low

    def directive(self, letter: str, *, padded: bool) -> list[Piece]:
        """The pieces of one directive."""
        if letter in TIME_DIRECTIVES + ZONE_DIRECTIVES:
            return self._of_clock(letter, padded=padded)
        return [p if isinstance(p, bytes) else self._per_row(p) for p in self._of_days(letter, padded=padded)]

    def _per_row(self, field: Any) -> Field:
        lengths = field.lengths
        if not isinstance(lengths, int) and len(lengths) == len(self.days):
            lengths = lengths[self.index]
        return Field(field.table, field.index[self.index], lengths)

    def _of_days(self, letter: str, *, padded: bool) -> list[Piece]:
        match letter:
            case "Y":
                return text.fixed_digits(civil(self.days)[0], 4)
            case "G":
                return text.fixed_digits(self._iso_week()[0], 4)
            case "b" | "B":
                months = [name if letter == "B" else name[:3] for name in _MONTHS]
                return [text.table_of(months, civil(self.days)[1] - 1)]
            case "a" | "A":
                days = [name if letter == "A" else name[:3] for name in _DAYS]
                return [text.table_of(days, self._weekday())]
            case "F":
                return _dates(self.days)
            case "e":
                return [text.table_of([f"{i:2d}" for i in range(32)], civil(self.days)[2])]
            case _:
                values, width = self._number(letter)
                return text.fixed_digits(values, width) if padded else text.digits(values)

    def _of_clock(self, letter: str, *, padded: bool) -> list[Piece]:
        match letter:
            case "p":
                return [text.table_of(["AM", "PM"], self.clock // (DAY // 2))]
            case "T":
                return _clocks(self.clock)
            case "z":
                return [b"+0000"]
            case "Z":
                return [b"UTC"]
            case _:
                values, width = self._number(letter)
                return text.fixed_digits(values, width) if padded else text.digits(values)

    def _number(self, letter: str) -> tuple[Int64Array, int]:
        """The value of a numeric directive and its width."""
        match letter:
            case "m":
                return civil(self.days)[1], 2
            case "d":
                return civil(self.days)[2], 2
            case "y":
                return civil(self.days)[0] % 100, 2
            case "j":
                return self._day_of_year() + 1, 3
            case "u":
                return self._weekday() + 1, 1
            case "w":
                return (self._weekday() + 1) % 7, 1
            case "U":
                return (self._day_of_year() + 7 - (self._weekday() + 1) % 7) // 7, 2
            case "W":
                return (self._day_of_year() + 7 - self._weekday()) // 7, 2
            case "V":
                return self._iso_week()[1], 2
            case "H":
                return self.clock // (3600 * SECOND), 2
            case "I":
                return (self.clock // (3600 * SECOND) + 11) % 12 + 1, 2
            case "M":
                return self.clock // (60 * SECOND) % 60, 2
            case "S":
                return self.clock // SECOND % 60, 2
            case "f":
                return self.clock % SECOND, 6
            case _:
                raise ValueError(f"no directive %{letter}")

    def _weekday(self) -> Int64Array:
        """0 is Monday; 1970-01-01 was a Thursday."""
        return (self.days + 3) % 7

    def _day_of_year(self) -> Int64Array:
        return _since_new_year(self.days)

    def _iso_week(self) -> tuple[Int64Array, Int64Array]:
        """Year and week of ISO 8601: those of the week's Thursday."""
        thursday = self.days - self._weekday() + 3
        return civil(thursday)[0], _since_new_year(thursday) // 7 + 1


def _since_new_year(days: Int64Array) -> Int64Array:
    dates: NDArray[Any] = days.view("M8[D]")
    out: Int64Array = (dates - dates.astype("M8[Y]").astype("M8[D]")).view(np.int64)
    return out
