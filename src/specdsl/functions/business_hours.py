"""Hours in which people work: times of day on business days, on the clocks of a place.

A moment in these functions is a reading of the clocks of `zone`: its day (since 1970) and how much of the
day's business time has passed then, none before `opens` and all after `closes`.
"""

from __future__ import annotations

from collections.abc import Mapping
from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.datatypes.value_text import duration_in_one_unit, time_text, timestamp_text
from specdsl.errors import EnvironmentFailure
from specdsl.functions import accepts
from specdsl.functions.arguments import floats, full, ints, require, stream_of, type_of
from specdsl.functions.business_calendars import (
    KNOWN,
    NULL_IN_COLUMN,
    Types,
    by_calendar,
    calendar_of,
    counted,
    counted_sql,
    day_number,
    is_null,
    let,
    moved,
    moved_sql,
    off_sql,
    place,
    with_calendar,
    wrong_place,
)
from specdsl.functions.calendar import TIME
from specdsl.functions.dates import DAY, HOUR
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter
from specdsl.functions.holiday_calendars import Calendar
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.rounding import round_float
from specdsl.functions.zones import from_local_sql, instants, local_sql, offsets_of, refuses_zone
from specdsl.ir.expr import Physical
from specdsl.vectors.vector import BoolArray, Int64Array, Vector

_MOST_DAYS: Final = 100_000
_MOST_HOURS: Final = 24 * _MOST_DAYS


# --- readings of the clocks ----------------------------------------------------------------


def _to_local(call: Invocation, moments: Int64Array) -> Int64Array:
    return moments if call.args["zone"] is None else moments + offsets_of(call, moments)


def _from_local(call: Invocation, readings: Int64Array) -> Int64Array:
    return readings if call.args["zone"] is None else readings - offsets_of(call, readings, local=True)


def _hours(call: Invocation) -> tuple[Int64Array, Int64Array]:
    """When business begins on a day, and how long it goes on (microseconds), of shapes (n,) or ()."""
    opens, closes = np.asarray(ints(call, "opens")), np.asarray(ints(call, "closes"))
    require(call, "closes", closes > opens, closes, "it must be after `opens`", lambda x: time_text(int(x)))
    return opens, np.maximum(closes - opens, 1)


def _days(readings: Int64Array, calendar: Calendar) -> Int64Array:
    days: Int64Array = readings // DAY
    calendar.check(days)
    return days


def _works(days: Int64Array, calendar: Calendar) -> BoolArray:
    works: BoolArray = np.is_busday(days.astype("M8[D]"), busdaycal=calendar.numpy())
    return works


def _passed(
    readings: Int64Array, days: Int64Array, works: BoolArray, hours: tuple[Int64Array, Int64Array]
) -> Int64Array:
    """The business time of its own day that has passed at each reading."""
    opens, length = hours
    return np.where(works, np.clip(readings - days * DAY - opens, 0, length), 0)


# --- drawing -------------------------------------------------------------------------------


class _Stretch:
    """The business time from the arguments ``start`` to ``end``.

    ``first``, ``last`` are the readings at both, ``skipped`` what has passed of the first day then, ``size``
    how much there is, all int64 (n,), microseconds.
    """

    def __init__(self, call: Invocation, calendar: Calendar, hours: tuple[Int64Array, Int64Array]) -> None:
        start, end = instants(call, "start"), instants(call, "end")
        self.first, self.last = _to_local(call, start), _to_local(call, np.maximum(start, end))
        self.first_day, last_day = _days(self.first, calendar), _days(self.last, calendar)
        self.skipped = _passed(self.first, self.first_day, _works(self.first_day, calendar), hours)
        passed = _passed(self.last, last_day, _works(last_day, calendar), hours)
        days = counted(self.first_day, last_day, calendar)
        self.size: Int64Array = days * hours[1] + passed - self.skipped

    def nothing_at(self, place: int) -> str:
        """What there is to say of a stretch of no time."""
        low, high = (str(x[place].astype("M8[us]").astype("M8[s]")) for x in (self.first, self.last))
        return f"there is no business time from {low} to {high}"


def _business_time(call: Invocation) -> Vector:
    start, end = instants(call, "start"), instants(call, "end")
    require(call, "end", end >= start, end, "it must not be before `start`", lambda x: timestamp_text(int(x)))
    calendar, (opens, length) = calendar_of(call), _hours(call)
    stretch = _Stretch(call, calendar, (opens, length))
    if not (stretch.size > 0).all():
        at = int(np.flatnonzero(stretch.size <= 0)[0])
        raise FunctionProblem(f"{stretch.nothing_at(at)}, row {int(call.rows[at])}")
    passed = stretch.skipped + stream_of(call).below(stretch.size)
    days = moved(stretch.first_day, passed // length, calendar, "forward")
    readings = days * DAY + opens + passed % length
    drawn = _from_local(call, readings)
    # of readings that occur twice the second may be after the end, and the first is not
    late = drawn > end
    if late.any():
        drawn = np.where(late, readings - (stretch.last - end), drawn)
    return full(call, drawn)


def _bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    return args.get("start"), args.get("end")


def _wrong(args: Constants) -> str:
    """What is wrong with the hours or the place, with a range, or a length that is too long."""
    start, end = args.get("start"), args.get("end")
    if isinstance(start, int) and isinstance(end, int) and start > end:
        return "`end` is before `start`"
    opens, closes = args.get("opens"), args.get("closes")
    if isinstance(opens, int) and isinstance(closes, int) and closes <= opens:
        return "`closes` is not after `opens`"
    return wrong_place(args) or _too_long(args)


def _too_long(args: Constants) -> str:
    """What is wrong with a constant length, a number of hours (float) or a duration (int)."""
    length, opens, closes = (args.get(name) for name in ("length", "opens", "closes"))
    if isinstance(length, float) and not abs(length) <= _MOST_HOURS:
        return f"at most {_MOST_HOURS:,} hours either way can be added"
    if not (isinstance(length, (int, float)) and isinstance(opens, int) and isinstance(closes, int)):
        return ""
    added = abs(length) * (HOUR if isinstance(length, float) else 1)
    return (
        f"`length` goes over more than {_MOST_DAYS:,} days" if added > (closes - opens) * _MOST_DAYS else ""
    )


def _no_time(args: Constants) -> str:
    """What is wrong with the arguments of a draw, or with a stretch without business time."""
    wrong = _wrong(args)
    if wrong or any(args.get(name) is None for name in ("start", "end", "opens", "closes")):
        return wrong
    if set(args) >= {"country", "subdivision", "days", "zone"}:
        types = {"start": t.TIMESTAMP, "end": t.TIMESTAMP, "opens": t.TIME, "closes": t.TIME}
        call = Invocation(1, np.zeros(1, dtype=np.int64), args, t.TIMESTAMP, "", types=types)
        try:
            stretch = _Stretch(call, calendar_of(call), _hours(call))
        except (FunctionProblem, EnvironmentFailure):
            return ""  # the kernel says it
        return stretch.nothing_at(0) if stretch.size[0] <= 0 else ""
    return ""


# --- counting ------------------------------------------------------------------------------


def _is_business_time(call: Invocation) -> Vector:
    calendar, (opens, length) = calendar_of(call), _hours(call)
    readings = _to_local(call, instants(call))
    days = _days(readings, calendar)
    clock = readings - days * DAY
    return Vector(t.BOOL, _works(days, calendar) & (clock >= opens) & (clock <= opens + length))


def _business_hours_between(call: Invocation) -> Vector:
    calendar, hours = calendar_of(call), _hours(call)
    start, end = _to_local(call, instants(call, "start")), _to_local(call, instants(call, "end"))
    low, high = np.minimum(start, end), np.maximum(start, end)
    first, last = _days(low, calendar), _days(high, calendar)
    between = counted(first, last, calendar) * hours[1]
    between += _passed(high, last, _works(last, calendar), hours)
    between -= _passed(low, first, _works(first, calendar), hours)
    return full(call, between * np.where(start <= end, 1, -1))


def _length(call: Invocation) -> Int64Array:
    """How much business time is added, in microseconds of shape (n,)."""
    if isinstance(type_of(call, "length"), t.Duration):
        length = np.asarray(ints(call, "length"), dtype=np.int64)
    else:
        amount = np.atleast_1d(np.asarray(floats(call, "length"), dtype=np.float64))
        fits = (amount >= -_MOST_HOURS) & (amount <= _MOST_HOURS)
        require(call, "length", fits, amount, f"at most {_MOST_HOURS:,} hours either way can be added")
        length = round_float(np.where(fits, amount, 0.0) * HOUR).astype(np.int64)
    return np.broadcast_to(length, (call.n,))


def _add_business_hours(call: Invocation) -> Vector:
    calendar, (opens, length) = calendar_of(call), _hours(call)
    moments, added = instants(call), _length(call)
    most = length * _MOST_DAYS
    require(
        call, "length", (added >= -most) & (added <= most), added,
        f"it goes over more than {_MOST_DAYS:,} days",
        lambda x: duration_in_one_unit(int(x)),
    )  # fmt: skip
    added = np.clip(added, -most, most)
    readings = _to_local(call, moments)
    days = _days(readings, calendar)
    works, clock = _works(days, calendar), readings - days * DAY
    back = added < 0
    # a day off is the beginning of the next business day, or the end of the one before it
    passed = np.where(works, np.clip(clock - opens, 0, length), np.where(back, length, 0))
    after = works & (clock > opens + length)
    total = passed + added
    on = np.where(added > 0, (total - 1) // length, np.where(back, total // length, after))
    rest = np.where((added == 0) & after, 0, total - np.where(added == 0, 0, on * length))
    forward, backward = np.maximum(on, 0), np.minimum(on, 0)
    day = np.where(
        back, moved(days, backward, calendar, "backward"), moved(days, forward, calendar, "forward")
    )
    stays = (added == 0) & works & (clock >= opens) & ~after
    return full(call, np.where(stays, moments, _from_local(call, day * DAY + opens + rest)))


# --- SQL -----------------------------------------------------------------------------------


def _reading(x: str, args: Mapping[str, str]) -> str:
    """What the clocks show at ``x``, a TIMESTAMP."""
    return f"({x})" if is_null(args["zone"]) else local_sql(x, args["zone"])


def _clock(reading: str) -> str:
    return f"(epoch_us({reading}) - {day_number(reading)} * {DAY})"


def _of_time(name: str, args: Mapping[str, str]) -> str:
    """A time of day in microseconds."""
    return f"date_diff('microsecond', TIME '00:00:00', {args[name]})"


def _lasts(args: Mapping[str, str]) -> str:
    return f"({_of_time('closes', args)} - {_of_time('opens', args)})"


def _given(args: Mapping[str, str], made: str) -> str:
    """``made``, null where the hours are: parts of it look at less than all that it is given."""
    given = [name for name in ("opens", "closes", "x", "start", "end", "length") if name in args]
    return f"CASE WHEN {' AND '.join(f'{args[name]} IS NOT NULL' for name in given)} THEN {made} END"


def _is_business_time_sql(args: Mapping[str, str], _: Types, days_off: Calendar) -> str:
    reading = _reading(args["x"], args)
    within = f"{_clock(reading)} BETWEEN {_of_time('opens', args)} AND {_of_time('closes', args)}"
    return _given(args, f"(NOT {off_sql(day_number(reading), days_off)} AND {within})")


def _passed_sql(reading: str, args: Mapping[str, str], days_off: Calendar) -> str:
    since = f"greatest(0, least({_clock(reading)} - {_of_time('opens', args)}, {_lasts(args)}))"
    return f"CASE WHEN {off_sql(day_number(reading), days_off)} THEN 0 ELSE {since} END"


def _business_hours_between_sql(args: Mapping[str, str], _: Types, days_off: Calendar) -> str:
    start, end = _reading(args["start"], args), _reading(args["end"], args)
    days = counted_sql(day_number(start), day_number(end), days_off)
    passed = f"{_passed_sql(end, args, days_off)} - {_passed_sql(start, args, days_off)}"
    return _given(args, f"({days} * {_lasts(args)} + {passed})")


def _add_business_hours_sql(args: Mapping[str, str], types: Types, days_off: Calendar) -> str:
    """Step by step, each with a name (`list_transform` of one value): day, whether it is off, time since
    opening, business time passed with what is added, business days on, rest."""
    reading, lasts, opens = _reading(args["x"], args), _lasts(args), _of_time("opens", args)
    added = (
        f"({args['length']})"
        if isinstance(types["length"], t.Duration)
        else f"CAST(round(CAST({args['length']} AS DOUBLE) * {HOUR}.0::DOUBLE) AS BIGINT)"
    )
    begins = f"CASE WHEN {added} < 0 THEN {lasts} ELSE 0 END"
    total = f"(CASE WHEN s_.o THEN {begins} ELSE greatest(0, least(s_.c, {lasts})) END + {added})"
    on = (
        f"CASE WHEN {added} > 0 THEN (p_.p - 1) // {lasts} "
        f"WHEN {added} < 0 THEN CASE WHEN p_.p >= 0 THEN 0 ELSE -(({lasts} - 1 - p_.p) // {lasts}) END "
        f"WHEN NOT p_.o AND p_.c > {lasts} THEN 1 ELSE 0 END"
    )
    rest = (
        f"CASE WHEN {added} <> 0 THEN n_.p - n_.n * {lasts} "
        f"WHEN NOT n_.o AND n_.c > {lasts} THEN 0 ELSE n_.p END"
    )
    # counted from a day off, the first business day is 1 on (or back)
    counts = f"n_.n + CASE WHEN NOT n_.o THEN 0 WHEN {added} < 0 THEN -1 ELSE 1 END"
    day = moved_sql("m_.d", "m_.n", days_off)
    made = f"make_timestamp(({day}) * {DAY} + {opens} + m_.r)"
    back = made if is_null(args["zone"]) else from_local_sql(made, args["zone"])
    ends = let("m_", f"{{'d': n_.d, 'n': {counts}, 'r': {rest}}}", back)
    ends = let("n_", f"{{'d': p_.d, 'o': p_.o, 'c': p_.c, 'p': p_.p, 'n': {on}}}", ends)
    ends = let("p_", f"{{'d': s_.d, 'o': s_.o, 'c': s_.c, 'p': {total}}}", ends)
    number = day_number(reading)
    clock = f"{_clock(reading)} - {opens}"
    ends = let("s_", f"{{'d': {number}, 'o': {off_sql(number, days_off)}, 'c': {clock}}}", ends)
    stays = f"{added} = 0 AND {_is_business_time_sql(args, types, days_off)}"
    return _given(args, f"CASE WHEN {stays} THEN {args['x']} ELSE {ends} END")


# --- the functions -------------------------------------------------------------------------

_NINE: Final = 9 * HOUR
_FIVE: Final = 17 * HOUR
_OFFICE: Final = (
    Parameter("opens", TIME, "When business begins on a day.", default=_NINE),
    Parameter("closes", TIME, "When it ends; after `opens`.", default=_FIVE),
    *place(required=False),
    Parameter(
        "zone",
        accepts.TEXT,
        f'Whose clocks show these hours, such as "Europe/Berlin"; left out for UTC; {NULL_IN_COLUMN}.',
        default=None,
        refuses=refuses_zone,
    ),
)
_WHEN: Final = (
    "Business time is from `opens` to `closes` on business days. Hours, country and zone may be columns. "
)


FUNCTIONS: Final = (
    Function(
        name="business_time",
        family="business_days",
        summary="An instant from `start` to `end` in business hours, all equally likely.",
        doc=f"{_WHEN}As in a range, a date is its midnight: a year ends at the next `2025-01-01`. {KNOWN}",
        result=t.TIMESTAMP,
        kernel=by_calendar(_business_time),
        parameters=(
            Parameter("start", accepts.TIMESTAMP, "The first instant."),
            Parameter("end", accepts.TIMESTAMP, "The last instant."),
            *_OFFICE,
        ),
        examples=(
            Example("business_time(2024-01-01, 2025-01-01)", "timestamp", "on a weekday from 9 to 5"),
            Example(
                "business_time(2024-01-01, 2025-01-01, opens: 08:00, closes: 18:30, "
                'country: "DE", zone: "Europe/Berlin")',
                "timestamp",
            ),
        ),
        draws=True,
        bounds=_bounds,
        aliases=("business_hours", "office_hours", "working_hours", "work_time", "opening_hours"),
        conflict=_no_time,
    ),
    Function(
        name="add_business_hours",
        family="business_days",
        summary="The instant after so much business time from `x` on; before it where that is negative.",
        doc=f"{_WHEN}Outside of them counting begins at the next opening (at the last closing, when counting "
        "back). What ends as business does ends at `closes`. With 0 it is the instant itself, or the next "
        f"opening. {KNOWN}",
        result=t.TIMESTAMP,
        kernel=by_calendar(_add_business_hours),
        parameters=(
            Parameter("x", accepts.TIMESTAMP, "An instant (in UTC)."),
            Parameter("length", accepts.AMOUNT, "A duration such as `6h` or `2h..8h`, or a number of hours."),
            *_OFFICE,
        ),
        examples=(
            Example("add_business_hours(2024-03-01T16:00:00Z, 2h)", "timestamp", "2024-03-04T10:00:00Z"),
            Example(
                'add_business_hours(2024-03-28T15:00:00Z, 8h, country: "DE", zone: "Europe/Berlin")',
                "timestamp",
                "2024-04-02T14:00:00Z",
            ),
        ),
        sql=with_calendar(_add_business_hours_sql),
        aliases=("add_working_hours", "next_business_time", "next_opening", "business_delay"),
        conflict=_wrong,
    ),
    Function(
        name="is_business_time",
        family="business_days",
        summary="Whether the instant is in business hours.",
        doc=f"{_WHEN}`opens` and `closes` themselves are in them. {KNOWN}",
        result=t.BOOL,
        kernel=by_calendar(_is_business_time),
        parameters=(Parameter("x", accepts.TIMESTAMP, "An instant (in UTC)."), *_OFFICE),
        examples=(
            Example("is_business_time(2024-03-01T16:30:00Z)", "bool", "true"),
            Example('is_business_time(2024-03-01T16:30:00Z, zone: "Europe/Berlin")', "bool", "false"),
        ),
        sql=with_calendar(_is_business_time_sql),
        aliases=("is_working_time", "is_business_hour", "is_open", "within_business_hours"),
        conflict=_wrong,
    ),
    Function(
        name="business_hours_between",
        family="business_days",
        summary="How much business time lies from `start` to `end`.",
        doc=f"{_WHEN}Negative where `end` comes first; `/ 1h` makes it a number of hours. {KNOWN}",
        result=t.DURATION,
        kernel=by_calendar(_business_hours_between),
        parameters=(
            Parameter("start", accepts.TIMESTAMP, "An instant (in UTC)."),
            Parameter("end", accepts.TIMESTAMP, "An instant (in UTC)."),
            *_OFFICE,
        ),
        examples=(
            Example(
                "business_hours_between(2024-03-01T15:30:00Z, 2024-03-04T10:00:00Z) / 1h", "float", "2.5"
            ),
        ),
        sql=with_calendar(_business_hours_between_sql),
        aliases=("working_hours_between", "business_time_between"),
        conflict=_wrong,
    ),
)
