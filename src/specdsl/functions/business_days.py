"""Business days and holidays: days off are weekends and, with a country, its public holidays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import as_vector, full, ints, require, stream_of
from specdsl.functions.business_calendars import (
    KNOWN,
    Types,
    by_calendar,
    calendar_named,
    calendar_of,
    counted,
    counted_sql,
    day_number,
    days_in,
    moved,
    moved_sql,
    numbers_sql,
    off_sql,
    place,
    with_calendar,
    wrong_place,
)
from specdsl.functions.dates import DAY, clock_of
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter
from specdsl.functions.holiday_calendars import Calendar
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.vectors.vector import Int64Array, Vector

_MOST: Final = 100_000


def _days(call: Invocation, name: str) -> Int64Array:
    """Days since 1970 of an argument, 1970-01-01 where it is null; known to the calendar."""
    return days_in(as_vector(call, name), calendar_of(call))


def _no_day(args: Constants) -> str:
    """What is wrong with the place, or with a stretch without a business day."""
    start, end = args.get("start"), args.get("end")
    if isinstance(start, int) and isinstance(end, int) and start > end:
        return "`end` is before `start`"
    return wrong_place(args) or (
        "no business day lies from `start` to `end`" if _business_days_in(args) == 0 else ""
    )


# --- drawing -------------------------------------------------------------------------------


def _business_day(call: Invocation) -> Vector:
    start, end = _days(call, "start"), _days(call, "end")
    require(call, "end", end >= start, end.astype("M8[D]"), "it must not be before `start`")
    days_off = calendar_of(call)
    end = np.maximum(start, end)
    size = counted(start, end + 1, days_off)
    if not size.all():
        place = int(np.flatnonzero(size == 0)[0])
        raise FunctionProblem(
            f"there is no business day from {start[place].astype('M8[D]')} to {end[place].astype('M8[D]')}"
        )
    return full(call, moved(start, stream_of(call).below(size), days_off, "forward"))


def _known_range(args: Constants) -> tuple[int, int, Calendar] | None:
    """Start, end and calendar where they are constants that make sense."""
    start, end = args.get("start"), args.get("end")
    if not (isinstance(start, int) and isinstance(end, int)) or start > end:
        return None
    if {"country", "subdivision", "days"} - set(args):
        return None
    try:
        days_off = calendar_named(args)
        days_off.check(np.array([start, end]))
    except FunctionProblem:
        return None  # the kernel says it
    return start, end, days_off


def _business_days_in(args: Constants) -> int | None:
    known = _known_range(args)
    return (
        None if known is None else int(counted(np.array([known[0]]), np.array([known[1] + 1]), known[2])[0])
    )


def _business_day_at(call: Invocation, index: Int64Array) -> Vector:
    start = np.full(len(index), ints(call, "start"), dtype=np.int64)
    return Vector(t.DATE, moved(start, index, calendar_of(call), "forward"))


def _business_day_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    return args.get("start"), args.get("end")


# --- counting ------------------------------------------------------------------------------


def _add_business_days(call: Invocation) -> Vector:
    days, count = _days(call, "x"), np.broadcast_to(np.asarray(ints(call, "count")), (call.n,))
    require(
        call,
        "count",
        (count >= -_MOST) & (count <= _MOST),
        count,
        f"at most {_MOST:,} days either way can be counted",
    )
    days_off = calendar_of(call)
    count = np.clip(count, -_MOST, _MOST)
    out = np.where(
        count > 0, moved(days, np.maximum(count, 0), days_off, "backward"),
        moved(days, np.minimum(count, 0), days_off, "forward"),
    )  # fmt: skip
    if isinstance(call.result, t.Date):
        return Vector(call.result, out)
    return Vector(call.result, out * DAY + clock_of(as_vector(call, "x")))


def _is_business_day(call: Invocation) -> Vector:
    days = _days(call, "x")
    return Vector(t.BOOL, np.is_busday(days.astype("M8[D]"), busdaycal=calendar_of(call).numpy()))


def _business_days_between(call: Invocation) -> Vector:
    start, end = _days(call, "start"), _days(call, "end")
    days_off = calendar_of(call)
    low, high = np.minimum(start, end), np.maximum(start, end)
    return Vector(t.INT, counted(low, high, days_off) * np.where(start <= end, 1, -1))


def _is_holiday(call: Invocation) -> Vector:
    return Vector(t.BOOL, calendar_of(call).index(_days(call, "x")) >= 0)


def _holiday_name(call: Invocation) -> Vector:
    from specdsl.vectors import strings

    days_off = calendar_of(call)
    place = days_off.index(_days(call, "x"))
    names = list(dict.fromkeys(days_off.names)) or [""]
    code_of = np.array([names.index(n) for n in days_off.names] or [0], dtype=np.int32)
    return Vector(
        t.STRING, strings.dictionary(code_of[np.maximum(place, 0)], strings.from_python(names)), place >= 0
    )


# --- SQL -----------------------------------------------------------------------------------


def _is_business_day_sql(args: Mapping[str, str], _: Types, days_off: Calendar) -> str:
    return f"(NOT {off_sql(day_number(args['x']), days_off)})"


def _is_holiday_sql(args: Mapping[str, str], _: Types, days_off: Calendar) -> str:
    days = numbers_sql(days_off.holidays)
    # a null day is neither
    return f"CASE WHEN {args['x']} IS NOT NULL THEN list_contains({days}, {day_number(args['x'])}) END"


def _holiday_name_sql(args: Mapping[str, str], _: Types, days_off: Calendar) -> str:
    names = ", ".join("'" + n.replace("'", "''") + "'" for n in days_off.names)
    place = f"list_position({numbers_sql(days_off.holidays)}, {day_number(args['x'])})"
    return f"([{names}]::VARCHAR[])[{place}]"


def _business_days_between_sql(args: Mapping[str, str], _: Types, days_off: Calendar) -> str:
    return counted_sql(day_number(args["start"]), day_number(args["end"]), days_off)


def _add_business_days_sql(args: Mapping[str, str], types: Types, days_off: Calendar) -> str:
    day = moved_sql(day_number(args["x"]), f"({args['count']})", days_off)
    date = f"(DATE '1970-01-01' + CAST({day} AS INTEGER))"
    return date if isinstance(types["x"], t.Date) else f"({date} + CAST({args['x']} AS TIME))"


# --- the functions -------------------------------------------------------------------------


def _of_day(
    name: str,
    summary: str,
    doc: str,
    result: t.DataType,
    kernel: Callable[[Invocation], Vector],
    sql: Callable[[Mapping[str, str], Types, Calendar], str],
    examples: tuple[Example, ...],
    needs_country: bool,
    makes_null: bool = False,
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=name,
        family="business_days",
        summary=summary,
        doc=f"{doc} {KNOWN}",
        result=result,
        kernel=by_calendar(kernel),
        parameters=(
            Parameter("x", accepts.INSTANT, "A date, or a timestamp (in UTC)."),
            *place(needs_country),
        ),
        examples=examples,
        sql=with_calendar(sql),
        makes_null=makes_null,
        aliases=aliases,
        conflict=wrong_place,
    )


FUNCTIONS: Final = (
    Function(
        name="business_day",
        family="business_days",
        summary="A day from `start` to `end` that people work on, all equally likely.",
        doc="Not a Saturday or Sunday; with a country not one of its weekend (Friday and Saturday in Egypt) "
        f"and not a public holiday. {KNOWN}",
        result=t.DATE,
        kernel=by_calendar(_business_day),
        parameters=(
            Parameter("start", accepts.DATE, "The first day."),
            Parameter("end", accepts.DATE, "The last day."),
            *place(required=False),
        ),
        examples=(
            Example("business_day(2024-01-01, 2024-12-31)", "date", "a weekday"),
            Example('business_day(2024-01-01, 2024-12-31, country: "DE", subdivision: "BY")', "date"),
        ),
        draws=True,
        domain=_business_days_in,
        at=_business_day_at,
        bounds=_business_day_bounds,
        aliases=("workday", "weekday_between", "bdate"),
        conflict=_no_day,
    ),
    Function(
        name="add_business_days",
        family="business_days",
        summary="`count` business days after `x`; before it where `count` is negative.",
        doc="Counting from a day off begins at the business day before it (after it when counting back), so "
        "one business day after a Saturday is Monday. With 0 it is the day itself, or the next business day. "
        f"A timestamp keeps its time of day. {KNOWN}",
        result=lambda types: types.get("x", t.UNKNOWN),
        kernel=by_calendar(_add_business_days),
        parameters=(
            Parameter("x", accepts.INSTANT, "A date, or a timestamp (in UTC)."),
            Parameter("count", accepts.INTEGER, "How many days.", minimum=-_MOST, maximum=_MOST),
            *place(required=False),
        ),
        examples=(
            Example("add_business_days(2024-03-28, 2)", "date", "2024-04-01"),
            Example('add_business_days(2024-03-28, 2, country: "DE")', "date", "2024-04-03"),
        ),
        sql=with_calendar(_add_business_days_sql),
        aliases=("business_days", "workday_add", "add_workdays"),
        conflict=wrong_place,
    ),
    _of_day(
        "is_business_day",
        "Whether people work on the day.",
        "Not on weekends, and with a country not on its public holidays.",
        t.BOOL,
        _is_business_day,
        _is_business_day_sql,
        (
            Example("is_business_day(2024-12-25)", "bool", "true"),
            Example('is_business_day(2024-12-25, country: "US")', "bool", "false"),
        ),
        needs_country=False,
        aliases=("is_weekday", "is_workday"),
    ),
    Function(
        name="business_days_between",
        family="business_days",
        summary="How many business days lie from `start` on and before `end`.",
        doc=f"Negative where `end` comes first. {KNOWN}",
        result=t.INT,
        kernel=by_calendar(_business_days_between),
        parameters=(
            Parameter("start", accepts.INSTANT, "A date or timestamp; counted itself."),
            Parameter("end", accepts.INSTANT, "A date or timestamp; not counted itself."),
            *place(required=False),
        ),
        examples=(Example("business_days_between(2024-03-01, 2024-03-11)", "int", "6"),),
        sql=with_calendar(_business_days_between_sql),
        aliases=("networkdays", "busday_count"),
        conflict=wrong_place,
    ),
    _of_day(
        "is_holiday",
        "Whether the day is a public holiday of the country.",
        "Days that a holiday is moved to count, as the country's law moves them.",
        t.BOOL,
        _is_holiday,
        _is_holiday_sql,
        (Example('is_holiday(2024-10-03, "DE")', "bool", "true"),),
        needs_country=True,
    ),
    _of_day(
        "holiday_name",
        "What the public holiday is called; null on other days.",
        "In English where the library has it, else in the country's language.",
        t.STRING,
        _holiday_name,
        _holiday_name_sql,
        (Example('holiday_name(2024-07-04, "US")', "string?", "Independence Day"),),
        needs_country=True,
        makes_null=True,
    ),
)
