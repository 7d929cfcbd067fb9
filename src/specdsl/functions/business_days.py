"""Business days and holidays: days off are weekends and, with a country, its public holidays."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.errors import EnvironmentFailure
from specdsl.functions import accepts
from specdsl.functions.arguments import as_vector, full, ints, require, stream_of
from specdsl.functions.dates import DAY, clock_of, days_of
from specdsl.functions.entry import Accepts, Constants, Example, Function, Invocation, Parameter
from specdsl.functions.holiday_calendars import (
    COUNTRIES,
    FIRST_YEAR,
    LAST_YEAR,
    Calendar,
    calendar,
)
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.vectors.vector import Int64Array, Vector

_MOST: Final = 100_000
_YEARS: Final = f"Holidays are known for the years {FIRST_YEAR} to {LAST_YEAR}."
_EXTRA: Final = "Countries need `pip install 'specdsl[holidays]'`."
_COUNTRY: Final = Accepts("string", accepts.TEXT.test, t.STRING)


def _calendar_of(call: Invocation) -> Calendar:
    return _calendar(call.args)


def _calendar(args: Mapping[str, Any]) -> Calendar:
    return calendar(args.get("country"), args.get("subdivision"))


def _days(call: Invocation, name: str) -> Int64Array:
    """Days since 1970 of an argument, 1970-01-01 where it is null; known to the calendar."""
    vector = as_vector(call, name)
    days = days_of(vector)
    if vector.valid is not None:
        days = np.where(vector.valid, days, 0)
    _calendar_of(call).check(days)
    return days


def _moved(days: Int64Array, count: Int64Array | int, calendar: Calendar, roll: Any) -> Int64Array:
    """Business days counted on from ``days``, those that are none being rolled first."""
    moved: Int64Array = np.busday_offset(
        days.astype("M8[D]"), count, roll=roll, busdaycal=calendar.numpy()
    ).astype(np.int64)
    calendar.check(moved)
    return moved


def _count(start: Int64Array, end: Int64Array, calendar: Calendar) -> Int64Array:
    """Business days from ``start`` on and before ``end``, for start <= end."""
    counted: Int64Array = np.busday_count(
        start.astype("M8[D]"), end.astype("M8[D]"), busdaycal=calendar.numpy()
    ).astype(np.int64)
    return counted


def _no_day(args: Constants) -> str:
    """What is wrong with the place, or with a stretch without a business day."""
    start, end = args.get("start"), args.get("end")
    if isinstance(start, int) and isinstance(end, int) and start > end:
        return "`end` is before `start`"
    return _wrong_place(args) or (
        "no business day lies from `start` to `end`" if _business_days_in(args) == 0 else ""
    )


def _wrong_place(args: Constants) -> str:
    """What is wrong with a country and subdivision; '' where nothing is, or the kernel says it."""
    try:
        _calendar(args)
    except FunctionProblem as problem:
        return f"{problem.message}: {problem.help}" if problem.help else problem.message
    except EnvironmentFailure:
        pass
    return ""


# --- drawing -------------------------------------------------------------------------------


def _business_day(call: Invocation) -> Vector:
    start, end = _days(call, "start"), _days(call, "end")
    require(call, "end", end >= start, end.astype("M8[D]"), "it must not be before `start`")
    days_off = _calendar_of(call)
    end = np.maximum(start, end)
    size = _count(start, end + 1, days_off)
    if not size.all():
        place = int(np.flatnonzero(size == 0)[0])
        raise FunctionProblem(
            f"there is no business day from {start[place].astype('M8[D]')} to {end[place].astype('M8[D]')}"
        )
    return full(call, _moved(start, stream_of(call).below(size), days_off, "forward"))


def _known_range(args: Constants) -> tuple[int, int, Calendar] | None:
    """Start, end and calendar where they are constants that make sense."""
    start, end = args.get("start"), args.get("end")
    if not (isinstance(start, int) and isinstance(end, int)) or start > end:
        return None
    if {"country", "subdivision"} - set(args):
        return None
    try:
        days_off = _calendar(args)
        days_off.check(np.array([start, end]))
    except FunctionProblem:
        return None  # the kernel says it
    return start, end, days_off


def _business_days_in(args: Constants) -> int | None:
    known = _known_range(args)
    return None if known is None else int(_count(np.array([known[0]]), np.array([known[1] + 1]), known[2])[0])


def _business_day_at(call: Invocation, index: Int64Array) -> Vector:
    start = np.full(len(index), ints(call, "start"), dtype=np.int64)
    return Vector(t.DATE, _moved(start, index, _calendar_of(call), "forward"))


def _business_day_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    return args.get("start"), args.get("end")


# --- counting ------------------------------------------------------------------------------


def _add_business_days(call: Invocation) -> Vector:
    days, count = _days(call, "x"), np.broadcast_to(np.asarray(ints(call, "count")), (call.n,))
    require(call, "count", np.abs(count) <= _MOST, count, f"at most {_MOST:,} days either way can be counted")
    days_off = _calendar_of(call)
    count = np.clip(count, -_MOST, _MOST)
    out = np.where(
        count > 0, _moved(days, np.maximum(count, 0), days_off, "backward"),
        _moved(days, np.minimum(count, 0), days_off, "forward"),
    )  # fmt: skip
    if isinstance(call.result, t.Date):
        return Vector(call.result, out)
    return Vector(call.result, out * DAY + clock_of(as_vector(call, "x")))


def _is_business_day(call: Invocation) -> Vector:
    days = _days(call, "x")
    return Vector(t.BOOL, np.is_busday(days.astype("M8[D]"), busdaycal=_calendar_of(call).numpy()))


def _business_days_between(call: Invocation) -> Vector:
    start, end = _days(call, "start"), _days(call, "end")
    days_off = _calendar_of(call)
    low, high = np.minimum(start, end), np.maximum(start, end)
    return Vector(t.INT, _count(low, high, days_off) * np.where(start <= end, 1, -1))


def _is_holiday(call: Invocation) -> Vector:
    return Vector(t.BOOL, _calendar_of(call).index(_days(call, "x")) >= 0)


def _holiday_name(call: Invocation) -> Vector:
    from specdsl.vectors import strings

    days_off = _calendar_of(call)
    place = days_off.index(_days(call, "x"))
    names = list(dict.fromkeys(days_off.names)) or [""]
    code_of = np.array([names.index(n) for n in days_off.names] or [0], dtype=np.int32)
    return Vector(
        t.STRING, strings.dictionary(code_of[np.maximum(place, 0)], strings.from_python(names)), place >= 0
    )


# --- SQL -----------------------------------------------------------------------------------


def _literal(sql: str | None) -> str | None:
    """The text of an SQL string constant; None for NULL."""
    return None if sql is None or not sql.startswith("'") else sql[1:-1].replace("''", "'")


def _sql_calendar(args: Mapping[str, str]) -> Calendar:
    return calendar(_literal(args.get("country")), _literal(args.get("subdivision")))


def _day_number(x: str) -> str:
    return f"date_diff('day', DATE '1970-01-01', CAST({x} AS DATE))"


def _list(values: Int64Array) -> str:
    return "[" + ", ".join(map(str, values.tolist())) + "]::BIGINT[]"


def _off(day: str, days_off: Calendar) -> str:
    """Whether the day with this number (since 1970) is off."""
    weekend = ", ".join(str(d) for d in np.flatnonzero(days_off.weekend).tolist())
    weekday = f"((({day}) + 3) % 7 + 7) % 7"
    test = f"{weekday} IN ({weekend})" if weekend else "false"
    return (
        f"({test} OR list_contains({_list(days_off.holidays)}, {day}))"
        if days_off.holidays.size
        else f"({test})"
    )


def _is_business_day_sql(args: Mapping[str, str], _: Mapping[str, t.DataType]) -> str:
    return f"(NOT {_off(_day_number(args['x']), _sql_calendar(args))})"


def _is_holiday_sql(args: Mapping[str, str], _: Mapping[str, t.DataType]) -> str:
    days = _list(_sql_calendar(args).holidays)
    # a null day is neither
    return f"CASE WHEN {args['x']} IS NOT NULL THEN list_contains({days}, {_day_number(args['x'])}) END"


def _holiday_name_sql(args: Mapping[str, str], _: Mapping[str, t.DataType]) -> str:
    days_off = _sql_calendar(args)
    names = ", ".join("'" + n.replace("'", "''") + "'" for n in days_off.names)
    place = f"list_position({_list(days_off.holidays)}, {_day_number(args['x'])})"
    return f"([{names}]::VARCHAR[])[{place}]"


def _weekdays_before(day: str, days_off: Calendar) -> str:
    """Working weekdays before a day number, up to a constant: only differences count."""
    work = ~days_off.weekend
    since_monday = f"((({day}) + 3) % 7 + 7) % 7"
    weeks = f"((({day}) + 3 - {since_monday}) // 7)"
    within = " + ".join(f"CASE WHEN {since_monday} > {d} THEN 1 ELSE 0 END" for d in np.flatnonzero(work))
    return f"({weeks} * {int(work.sum())} + ({within}))"


def _business_days_between_sql(args: Mapping[str, str], _: Mapping[str, t.DataType]) -> str:
    days_off = _sql_calendar(args)
    a, b = _day_number(args["start"]), _day_number(args["end"])
    counted = f"({_weekdays_before(b, days_off)} - {_weekdays_before(a, days_off)})"
    working = days_off.holidays[~days_off.weekend[(days_off.holidays + 3) % 7]]
    if not working.size:
        return counted

    def before(day: str) -> str:
        return f"len(list_filter({_list(working)}, lambda h: h < {day}))"

    return f"({counted} - ({before(b)} - {before(a)}))"


def _add_business_days_sql(args: Mapping[str, str], types: Mapping[str, t.DataType]) -> str:
    """Lists the days that come into question and takes the one that is asked for."""
    days_off = _sql_calendar(args)
    x, n = _day_number(args["x"]), f"({args['count']})"
    free = _off("d", days_off)
    later = f"list_filter(range({x} + 1, {x} + 2 * {n} + 40), lambda d: NOT {free})[{n}]"
    sooner = f"list_filter(range({x}, {x} - 2 * abs({n}) - 40, -1), lambda d: NOT {free})"
    # rolled forward first: the day itself, or the next business day, is number 0
    first = f"list_filter(range({x}, {x} + 40), lambda d: NOT {free})[1]"
    back = f"CASE WHEN {_off(x, days_off)} THEN {sooner}[-{n}] ELSE {sooner}[1 - {n}] END"
    day = f"CASE WHEN {n} > 0 THEN {later} WHEN {n} = 0 THEN {first} ELSE {back} END"
    moved = f"(DATE '1970-01-01' + CAST({day} AS INTEGER))"
    if isinstance(types["x"], t.Date):
        return moved
    return f"({moved} + CAST({args['x']} AS TIME))"


# --- the functions -------------------------------------------------------------------------


def _place(required: bool) -> tuple[Parameter, ...]:
    country = (
        Parameter("country", _COUNTRY, "Two letters (ISO 3166-1).", constant=True, choices=COUNTRIES)
        if required
        else Parameter(
            "country",
            _COUNTRY,
            "Two letters (ISO 3166-1); null for weekends (Saturday and Sunday) only.",
            default=None,
            constant=True,
            choices=COUNTRIES,
        )
    )
    subdivision = Parameter(
        "subdivision",
        accepts.TEXT,
        'A state or province with holidays of its own, such as "BY"; null for none.',
        default=None,
        constant=True,
    )
    return country, subdivision


def _of_day(
    name: str,
    summary: str,
    doc: str,
    result: t.DataType,
    kernel: Callable[[Invocation], Vector],
    sql: Callable[[Mapping[str, str], Mapping[str, t.DataType]], str],
    examples: tuple[Example, ...],
    needs_country: bool,
    makes_null: bool = False,
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=name,
        family="business_days",
        summary=summary,
        doc=f"{doc} {_YEARS} {_EXTRA}",
        result=result,
        kernel=kernel,
        parameters=(
            Parameter("x", accepts.INSTANT, "A date, or a timestamp (in UTC)."),
            *_place(needs_country),
        ),
        examples=examples,
        sql=sql,
        makes_null=makes_null,
        aliases=aliases,
        conflict=_wrong_place,
    )


FUNCTIONS: Final = (
    Function(
        name="business_day",
        family="business_days",
        summary="A day from `start` to `end` that people work on, all equally likely.",
        doc="Not a Saturday or Sunday; with a country not one of its weekend (Friday and Saturday in Egypt) "
        f"and not a public holiday. {_YEARS} {_EXTRA}",
        result=t.DATE,
        kernel=_business_day,
        parameters=(
            Parameter("start", accepts.DATE, "The first day."),
            Parameter("end", accepts.DATE, "The last day."),
            *_place(required=False),
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
        f"A timestamp keeps its time of day. {_YEARS} {_EXTRA}",
        result=lambda types: types.get("x", t.UNKNOWN),
        kernel=_add_business_days,
        parameters=(
            Parameter("x", accepts.INSTANT, "A date, or a timestamp (in UTC)."),
            Parameter("count", accepts.INTEGER, "How many days.", minimum=-_MOST, maximum=_MOST),
            *_place(required=False),
        ),
        examples=(
            Example("add_business_days(2024-03-28, 2)", "date", "2024-04-01"),
            Example('add_business_days(2024-03-28, 2, country: "DE")', "date", "2024-04-03"),
        ),
        sql=_add_business_days_sql,
        aliases=("business_days", "workday_add", "add_workdays"),
        conflict=_wrong_place,
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
        doc=f"Negative where `end` comes first. {_YEARS} {_EXTRA}",
        result=t.INT,
        kernel=_business_days_between,
        parameters=(
            Parameter("start", accepts.INSTANT, "A date or timestamp; counted itself."),
            Parameter("end", accepts.INSTANT, "A date or timestamp; not counted itself."),
            *_place(required=False),
        ),
        examples=(Example("business_days_between(2024-03-01, 2024-03-11)", "int", "6"),),
        sql=_business_days_between_sql,
        aliases=("networkdays", "busday_count"),
        conflict=_wrong_place,
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
