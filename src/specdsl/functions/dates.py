"""Functions of dates, times, timestamps (UTC) and durations."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import array_of, as_vector, constant_text, floats, full, ints, require
from specdsl.functions.entry import Accepts, Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.rounding import round_float
from specdsl.vectors.vector import Int64Array, Vector

SECOND: Final = 1_000_000
MINUTE: Final = 60 * SECOND
HOUR: Final = 60 * MINUTE
DAY: Final = 24 * HOUR

Types = Mapping[str, t.DataType]
Sql = Callable[[Mapping[str, str], Types], str]

_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31


# --- the calendar --------------------------------------------------------------------------


def days_of(vector: Vector) -> Int64Array:
    """Days since 1970-01-01 of dates and timestamps."""
    data = array_of(vector)
    return data if isinstance(vector.type, t.Date) else data // DAY


def clock_of(vector: Vector) -> Int64Array:
    """Microseconds since midnight."""
    data = array_of(vector)
    match vector.type:
        case t.Date():
            return np.zeros_like(data)
        case t.Time():
            return data
        case _:
            clock: Int64Array = data - data // DAY * DAY
            return clock


def months_of(days: Int64Array) -> Int64Array:
    """Months since January 1970."""
    months: Int64Array = days.astype("M8[D]").astype("M8[M]").astype(np.int64)
    return months


def first_of(months: Int64Array) -> Int64Array:
    """The day that a month (since January 1970) begins on."""
    days: Int64Array = months.astype("M8[M]").astype("M8[D]").astype(np.int64)
    return days


def _year(days: Int64Array) -> Int64Array:
    return months_of(days) // 12 + 1970


def _month(days: Int64Array) -> Int64Array:
    return months_of(days) % 12 + 1


def _day(days: Int64Array) -> Int64Array:
    return days - first_of(months_of(days)) + 1


def _weekday(days: Int64Array) -> Int64Array:
    return (days + 3) % 7 + 1  # 1970-01-01 was a Thursday


def _day_of_year(days: Int64Array) -> Int64Array:
    return days - first_of(months_of(days) // 12 * 12) + 1


def _week(days: Int64Array) -> Int64Array:
    """ISO 8601: the week belongs to the year of its Thursday."""
    thursday = days - (days + 3) % 7 + 3
    return (thursday - first_of(months_of(thursday) // 12 * 12)) // 7 + 1


def _quarter(days: Int64Array) -> Int64Array:
    return (_month(days) + 2) // 3


def _physical(call: Invocation, days: Int64Array, clock: Int64Array) -> Vector:
    """Days and the time of day as the result's type (date or timestamp)."""
    if not ((days >= _FIRST_DAY) & (days <= _LAST_DAY)).all():
        raise FunctionProblem("the result lies outside of the years 1 to 9999")
    return Vector(call.result, days if isinstance(call.result, t.Date) else days * DAY + clock)


def _typed(sql: str, dtype: t.DataType) -> str:
    return f"CAST({sql} AS {'DATE' if isinstance(dtype, t.Date) else 'TIMESTAMP'})"


# --- parts ---------------------------------------------------------------------------------


def _part(
    name: str,
    summary: str,
    part: Callable[[Int64Array], Int64Array],
    sql: str,
    low: int,
    high: int,
    example: str,
    doc: str,
) -> Function:
    return Function(
        name=name,
        family="dates",
        summary=summary,
        doc=doc,
        result=t.INT,
        kernel=lambda call: Vector(t.INT, part(days_of(as_vector(call, "x")))),
        parameters=(Parameter("x", accepts.INSTANT, "A date or timestamp (in UTC)."),),
        examples=(Example(f"{name}(2024-12-31)", "int", example),),
        domain=lambda _: high - low + 1,
        bounds=lambda _: (low, high),
        sql=lambda args, _: f"{sql}({args['x']})",
    )


def _clock_part(name: str, summary: str, unit: int, modulus: int, example: str) -> Function:
    return Function(
        name=name,
        family="dates",
        summary=summary,
        doc="Of a date it is 0.",
        result=t.INT,
        kernel=lambda call: Vector(t.INT, clock_of(as_vector(call, "x")) // unit % modulus),
        parameters=(Parameter("x", accepts.CLOCK, "A timestamp (in UTC), time or date."),),
        examples=(Example(f"{name}(2024-12-31T23:05:09Z)", "int", example),),
        domain=lambda _: modulus,
        bounds=lambda _: (0, modulus - 1),
        sql=lambda args, types: _clock_sql(name, args, types),
    )


def _clock_sql(name: str, args: Mapping[str, str], types: Types) -> str:
    x = args["x"] if isinstance(types["x"], t.Time) else f"CAST({args['x']} AS TIMESTAMP)"
    return f"{name}({x})"


# --- moving --------------------------------------------------------------------------------

UNITS: Final = ("second", "minute", "hour", "day", "week", "month", "quarter", "year")


def _date_trunc(call: Invocation) -> Vector:
    unit, vector = constant_text(call, "unit"), as_vector(call, "x")
    days, clock = days_of(vector), clock_of(vector)
    zero = np.zeros_like(clock)
    match unit:
        case "second" | "minute" | "hour":
            size = {"second": SECOND, "minute": MINUTE, "hour": HOUR}[unit]
            return _physical(call, days, clock - clock % size)
        case "week":
            return _physical(call, days - (days + 3) % 7, zero)
        case "month" | "quarter" | "year":
            size = {"month": 1, "quarter": 3, "year": 12}[unit]
            return _physical(call, first_of(months_of(days) // size * size), zero)
        case _:
            return _physical(call, days, zero)


def _add_months(times: int) -> Callable[[Invocation], Vector]:
    name = "months" if times == 1 else "years"

    def kernel(call: Invocation) -> Vector:
        vector, count = as_vector(call, "x"), ints(call, name)
        near = (np.asarray(count) >= -120_000) & (np.asarray(count) <= 120_000)
        require(call, name, near, count, "that leaves the years 1 to 9999")
        days = days_of(vector)
        months = months_of(days) + np.asarray(count) * times
        start = first_of(months)
        last = first_of(months + 1) - 1
        return _physical(call, np.minimum(start + _day(days) - 1, last), clock_of(vector))

    return kernel


def _add_sql(interval: str, name: str) -> Sql:
    return lambda args, types: _typed(f"{args['x']} + {interval}(CAST({args[name]} AS INTEGER))", types["x"])


def _mover(name: str, unit: str, times: int, interval: str, examples: tuple[Example, ...]) -> Function:
    return Function(
        name=name,
        family="dates",
        summary=f"A date or timestamp `{unit}` calendar {unit} later.",
        doc="Where the month is too short it is the month's last day: a month after January 31 is "
        "February 28 or 29. "
        f"Negative {unit} go back.",
        result=lambda types: types.get("x", t.UNKNOWN),
        kernel=_add_months(times),
        parameters=(
            Parameter("x", accepts.INSTANT, "A date or timestamp."),
            Parameter(unit, accepts.INTEGER, f"How many {unit}."),
        ),
        examples=examples,
        sql=_add_sql(interval, unit),
    )


# --- conversions ---------------------------------------------------------------------------


def _date(call: Invocation) -> Vector:
    return Vector(t.DATE, days_of(as_vector(call, "x")))


def _time(call: Invocation) -> Vector:
    return Vector(t.TIME, clock_of(as_vector(call, "x")))


def _timestamp(call: Invocation) -> Vector:
    vector = as_vector(call, "x")
    return Vector(t.TIMESTAMP, days_of(vector) * DAY + clock_of(vector))


def _epoch(call: Invocation) -> Vector:
    return Vector(t.INT, array_of(as_vector(call, "x")) // SECOND)


def _epoch_sql(args: Mapping[str, str], _: Types) -> str:
    micros = f"epoch_us({args['x']})"
    return f"(({micros} - ({micros} % 1000000 + 1000000) % 1000000) // 1000000)"


def _make_date(call: Invocation) -> Vector:
    year, month, day = (np.asarray(ints(call, n), dtype=np.int64) for n in ("year", "month", "day"))
    require(call, "year", (year >= 1) & (year <= 9999), year, "years go from 1 to 9999")
    require(call, "month", (month >= 1) & (month <= 12), month, "months go from 1 to 12")
    months = (year - 1970) * 12 + month - 1
    length = first_of(np.atleast_1d(months) + 1) - first_of(np.atleast_1d(months))
    require(call, "day", (day >= 1) & (day <= length), day, "that month has no such day")
    return full(call, first_of(np.atleast_1d(months)) + day - 1)


def _make_date_sql(args: Mapping[str, str], _: Types) -> str:
    return f"make_date({args['year']}, {args['month']}, {args['day']})"


# --- distances -----------------------------------------------------------------------------


def _days_between(call: Invocation) -> Vector:
    return Vector(t.INT, days_of(as_vector(call, "end")) - days_of(as_vector(call, "start")))


def _years_between(call: Invocation) -> Vector:
    start, end = days_of(as_vector(call, "start")), days_of(as_vector(call, "end"))
    before = _month(end) * 100 + _day(end) < _month(start) * 100 + _day(start)
    return Vector(t.INT, _year(end) - _year(start) - before)


def _years_sql(args: Mapping[str, str], _: Types) -> str:
    a, b = args["start"], args["end"]
    early = f"month({b}) * 100 + day({b}) < month({a}) * 100 + day({a})"
    return f"(year({b}) - year({a}) - CASE WHEN {early} THEN 1 ELSE 0 END)"


def _between(
    name: str,
    summary: str,
    doc: str,
    kernel: Callable[[Invocation], Vector],
    sql: Sql,
    example: Example,
    aliases: tuple[str, ...] = (),
) -> Function:
    return Function(
        name=name,
        family="dates",
        summary=summary,
        doc=doc,
        result=t.INT,
        kernel=kernel,
        parameters=(
            Parameter("start", accepts.INSTANT, "A date or timestamp."),
            Parameter("end", accepts.INSTANT, "A date or timestamp."),
        ),
        examples=(example,),
        sql=sql,
        aliases=aliases,
    )


def _lengths(name: str, unit: int, sample: str) -> Function:
    def kernel(call: Invocation) -> Vector:
        micros = round_float(np.atleast_1d(np.asarray(floats(call, "count"), dtype=np.float64)) * unit)
        require(
            call, "count", np.abs(micros) < 2.0**63, micros / unit, "that is longer than a duration can be"
        )
        return full(call, micros.astype(np.int64))

    return Function(
        name=name,
        family="dates",
        summary=f"A duration of `count` {name}.",
        doc=f"For a number that is not written out: `{name}(n)`. A known length is a literal: `{sample}`.",
        result=t.DURATION,
        kernel=kernel,
        parameters=(Parameter("count", accepts.REAL, f"How many {name}; fractions too."),),
        examples=(Example(f"{name}(3)", "duration", sample),),
        sql=lambda args, _: f"CAST(round(CAST({args['count']} AS DOUBLE) * {unit}) AS BIGINT)",
    )


def _total_seconds(call: Invocation) -> Vector:
    return Vector(t.FLOAT, array_of(as_vector(call, "length")) / 1e6)


_UNIT: Final = Accepts("string", accepts.TEXT.test, t.STRING)

FUNCTIONS: Final = (
    _part("year", "The year.", _year, "year", 1, 9999, "2024", "Timestamps are in UTC."),
    _part("quarter", "The quarter, 1 to 4.", _quarter, "quarter", 1, 4, "4", "The first begins in January."),
    _part("month", "The month, 1 to 12.", _month, "month", 1, 12, "12", "January is 1."),
    _part(
        "week",
        "The week of the year by ISO 8601, 1 to 53.",
        _week,
        "week",
        1,
        53,
        "1",
        "Weeks begin on Monday; week 1 has the year's first Thursday, so late December may be in week 1.",
    ),
    _part("day", "The day of the month, 1 to 31.", _day, "day", 1, 31, "31", "Timestamps are in UTC."),
    _part(
        "weekday",
        "The day of the week: Monday is 1, Sunday 7.",
        _weekday,
        "isodow",
        1,
        7,
        "2",
        "As in ISO 8601. A weekend is `weekday(x) > 5`.",
    ),
    _part(
        "day_of_year",
        "The day of the year, 1 to 366.",
        _day_of_year,
        "dayofyear",
        1,
        366,
        "366",
        "January 1 is 1.",
    ),
    _clock_part("hour", "The hour, 0 to 23.", HOUR, 24, "23"),
    _clock_part("minute", "The minute, 0 to 59.", MINUTE, 60, "5"),
    _clock_part("second", "The whole second, 0 to 59.", SECOND, 60, "9"),
    Function(
        name="date_trunc",
        family="dates",
        summary="The beginning of the `unit` that `x` lies in.",
        doc="Weeks begin on Monday. A date stays a date, a timestamp a timestamp.",
        result=lambda types: types.get("x", t.UNKNOWN),
        kernel=_date_trunc,
        parameters=(
            Parameter("unit", _UNIT, "The unit.", constant=True, choices=UNITS),
            Parameter("x", accepts.INSTANT, "A date or timestamp."),
        ),
        examples=(
            Example('date_trunc("month", 2024-12-31)', "date", "2024-12-01"),
            Example('date_trunc("hour", 2024-12-31T23:05:09Z)', "timestamp", "2024-12-31T23:00:00Z"),
        ),
        sql=lambda args, types: _typed(f"date_trunc({args['unit']}, {args['x']})", types["x"]),
    ),
    _mover(
        "add_months",
        "months",
        1,
        "to_months",
        (
            Example("add_months(2024-01-31, 1)", "date", "2024-02-29"),
            Example("add_months(2024-03-15T12:00:00Z, -1)", "timestamp", "2024-02-15T12:00:00Z"),
        ),
    ),
    _mover(
        "add_years", "years", 12, "to_years", (Example("add_years(2024-02-29, 1)", "date", "2025-02-28"),)
    ),
    Function(
        name="date",
        family="dates",
        summary="The day of a timestamp, in UTC.",
        doc="The time of day is cut off.",
        result=t.DATE,
        kernel=_date,
        parameters=(Parameter("x", accepts.INSTANT, "A timestamp or date."),),
        examples=(Example("date(2024-12-31T23:05:09Z)", "date", "2024-12-31"),),
        sql=lambda args, _: f"CAST({args['x']} AS DATE)",
    ),
    Function(
        name="time",
        family="dates",
        summary="The time of day of a timestamp, in UTC.",
        doc="Of a date it is midnight.",
        result=t.TIME,
        kernel=_time,
        parameters=(Parameter("x", accepts.INSTANT, "A timestamp or date."),),
        examples=(Example("time(2024-12-31T23:05:09Z)", "time", "23:05:09"),),
        sql=lambda args, _: f"CAST(CAST({args['x']} AS TIMESTAMP) AS TIME)",
    ),
    Function(
        name="timestamp",
        family="dates",
        summary="A date as the instant at which it begins: midnight, UTC.",
        doc="A date is taken as a timestamp wherever one is wanted; this says so.",
        result=t.TIMESTAMP,
        kernel=_timestamp,
        parameters=(Parameter("x", accepts.INSTANT, "A date or timestamp."),),
        examples=(Example("timestamp(2024-12-31)", "timestamp", "2024-12-31T00:00:00Z"),),
        sql=lambda args, _: f"CAST({args['x']} AS TIMESTAMP)",
    ),
    Function(
        name="epoch",
        family="dates",
        summary="Whole seconds since 1970-01-01T00:00:00Z.",
        doc="Unix time; fractions of a second are cut off, before 1970 downwards.",
        result=t.INT,
        kernel=_epoch,
        parameters=(Parameter("x", accepts.TIMESTAMP, "A timestamp or date."),),
        examples=(Example("epoch(2024-12-31T23:05:09Z)", "int", "1735686309"),),
        sql=_epoch_sql,
    ),
    Function(
        name="make_date",
        family="dates",
        summary="The date of a year, month and day.",
        doc="A day that does not exist, such as February 30, is an error of the build.",
        result=t.DATE,
        kernel=_make_date,
        parameters=(
            Parameter("year", accepts.INTEGER, "1 to 9999.", minimum=1, maximum=9999),
            Parameter("month", accepts.INTEGER, "1 to 12.", minimum=1, maximum=12),
            Parameter("day", accepts.INTEGER, "1 to 31.", minimum=1, maximum=31),
        ),
        examples=(Example("make_date(2024, 2, 29)", "date", "2024-02-29"),),
        sql=_make_date_sql,
    ),
    _between(
        "days_between",
        "How many midnights lie between two instants.",
        "The difference of the calendar days; negative where `end` comes first. `end - start` is a duration.",
        _days_between,
        lambda args, _: f"date_diff('day', CAST({args['start']} AS DATE), CAST({args['end']} AS DATE))",
        Example("days_between(2024-02-28, 2024-03-01)", "int", "2"),
    ),
    _between(
        "years_between",
        "How many birthdays lie between two days: an age in full years.",
        "A birthday on February 29 is kept on March 1 in other years.",
        _years_between,
        _years_sql,
        Example("years_between(1990-06-15, 2024-06-14)", "int", "33"),
        ("age_in_years", "age"),
    ),
    _lengths("seconds", SECOND, "3s"),
    _lengths("minutes", MINUTE, "3m"),
    _lengths("hours", HOUR, "3h"),
    _lengths("days", DAY, "3d"),
    _lengths("weeks", 7 * DAY, "3w"),
    Function(
        name="total_seconds",
        family="dates",
        summary="A duration as a number of seconds.",
        doc="With fractions; divide by 60 for minutes, by 86_400 for days.",
        result=t.FLOAT,
        kernel=_total_seconds,
        parameters=(Parameter("length", accepts.DURATION, "A duration."),),
        examples=(Example("total_seconds(1h)", "float", "3600.0"),),
        sql=lambda args, _: f"(CAST({args['length']} AS DOUBLE) / 1000000.0::DOUBLE)",
    ),
)
