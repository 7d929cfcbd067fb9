"""Dates and timestamps on a grid, as numbers, and as text in a form of one's own."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from datetime import UTC, datetime, timedelta
from functools import lru_cache
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import array_of, as_vector, constant_text, floats, full, ints, require
from specdsl.functions.dates import DAY, HOUR, MINUTE, SECOND, days_of, first_of, months_of
from specdsl.functions.entry import Accepts, Example, Function, Invocation, Parameter
from specdsl.functions.mapping import mapped
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.rounding import round_float
from specdsl.functions.zones import instants, local_sql, offsets_of, refuses_zone
from specdsl.vectors.vector import Int64Array, Vector

Types = Mapping[str, t.DataType]
TIME: Final = Accepts("time", lambda d: isinstance(d, t.Time))
_FIRST, _LAST = -719_162 * DAY, 2_932_897 * DAY - 1
_MONTHS: Final = (
    "January",
    "February",
    "March",
    "April",
    "May",
    "June",
    "July",
    "August",
    "September",
    "October",
    "November",
    "December",
)
_DAYS: Final = ("Monday", "Tuesday", "Wednesday", "Thursday", "Friday", "Saturday", "Sunday")


# --- on a grid -----------------------------------------------------------------------------


def _last_day(call: Invocation) -> Vector:
    return Vector(t.DATE, first_of(months_of(days_of(as_vector(call, "x"))) + 1) - 1)


def _iso_year(call: Invocation) -> Vector:
    days = days_of(as_vector(call, "x"))
    thursday = days - (days + 3) % 7 + 3
    return Vector(t.INT, months_of(thursday) // 12 + 1970)


def _date_bin(call: Invocation) -> Vector:
    moments, step = instants(call), np.asarray(ints(call, "step"))
    require(call, "step", step > 0, step, "it must be above 0")
    out = moments - moments % np.maximum(step, 1)
    if not ((out >= _FIRST) & (out <= _LAST)).all():
        raise FunctionProblem("the result lies outside of the years 1 to 9999")
    return Vector(t.TIMESTAMP, out)


def _date_bin_sql(args: Mapping[str, str], _: Types) -> str:
    micros, step = f"epoch_us({args['x']})", f"({args['step']})"
    return f"make_timestamp({micros} - (({micros} % {step} + {step}) % {step}))"


def _at_time(call: Invocation) -> Vector:
    day, clock = array_of(as_vector(call, "day")), np.asarray(ints(call, "clock"))
    return full(call, day * DAY + clock)


# --- as numbers ----------------------------------------------------------------------------


def _epoch_ms(call: Invocation) -> Vector:
    return Vector(t.INT, array_of(as_vector(call, "x")) // 1000)


def _epoch_ms_sql(args: Mapping[str, str], _: Types) -> str:
    micros = f"epoch_us({args['x']})"
    return f"(({micros} - ({micros} % 1000 + 1000) % 1000) // 1000)"


def _from_epoch(call: Invocation) -> Vector:
    seconds = np.atleast_1d(np.asarray(floats(call, "seconds"), dtype=np.float64))
    with np.errstate(over="ignore", invalid="ignore"):
        micros = round_float(seconds * SECOND)
    fits = (micros >= _FIRST) & (micros <= _LAST)
    require(call, "seconds", fits, seconds, "that lies outside of the years 1 to 9999")
    return full(call, np.where(fits, micros, 0.0).astype(np.int64))


def _from_epoch_sql(args: Mapping[str, str], _: Types) -> str:
    return f"make_timestamp(CAST(round(CAST({args['seconds']} AS DOUBLE) * 1000000.0::DOUBLE) AS BIGINT))"


# --- as text -------------------------------------------------------------------------------

_SHORT: Final = {"F": "%Y-%m-%d", "T": "%H:%M:%S"}
_MADE: Final = "YymdeHIMSfpjbBaAzuGV"
_READ: Final = {"Y": 4, "m": 2, "d": 2, "H": 2, "M": 2, "S": 2, "f": 6, "b": 3, "B": 0}


def _directives(pattern: str) -> list[str]:
    """The pattern as literal texts and directives (``%Y``); ``%F`` and ``%T`` are written out."""
    pattern = re.sub("%(.)", lambda m: _SHORT.get(m.group(1), m.group(0)), pattern, flags=re.DOTALL)
    return [part for part in re.split("(%.)", pattern, flags=re.DOTALL) if part]


def _refuses(pattern: str, known: str) -> tuple[str, str] | None:
    for part in _directives(pattern):
        if part == "%":
            return "it ends in a single %", "write %% for a percent sign"
        if part[0] == "%" and part[1] not in known + "%":
            return f"{part} is no directive here", "there are " + " ".join(f"%{c}" for c in known + "FT%")
    return None


def refuses_form(pattern: str) -> tuple[str, str] | None:
    """Why a pattern cannot be written by."""
    return _refuses(pattern, _MADE)


def refuses_reading(pattern: str) -> tuple[str, str] | None:
    """Why a pattern cannot be read by."""
    refused = _refuses(pattern, "".join(_READ))
    if refused is not None:
        return refused
    named = {part[1] for part in _directives(pattern) if part[0] == "%"}
    if not {"Y", "d"} <= named or len(named & {"m", "b", "B"}) != 1:
        return "it does not say year, month and day once each", "for example %Y-%m-%d"
    return None


def _accepted(pattern: str, refused: tuple[str, str] | None) -> None:
    if refused is not None:
        raise FunctionProblem(f'"{pattern}" will not do: {refused[0]}', refused[1])


def _two(values: Int64Array) -> list[Any]:
    from specdsl.vectors import text

    return list(text.fixed_digits(values, 2))


def _written(directive: str, days: Int64Array, clock: Int64Array, offset: Int64Array) -> list[Any]:
    """The pieces of a directive for local days, the time of day in microseconds, and the offset from UTC."""
    from specdsl.vectors import text

    year = months_of(days) // 12 + 1970
    month = months_of(days) % 12
    weekday = (days + 3) % 7
    hour = clock // HOUR
    match directive:
        case "%Y":
            return list(text.fixed_digits(year, 4))
        case "%y":
            return _two(year % 100)
        case "%m":
            return _two(month + 1)
        case "%d":
            return _two(days - first_of(months_of(days)) + 1)
        case "%e":
            return [text.table_of([f"{d:2}" for d in range(32)], days - first_of(months_of(days)) + 1)]
        case "%j":
            return list(text.fixed_digits(days - first_of(months_of(days) // 12 * 12) + 1, 3))
        case "%b":
            return [text.table_of([m[:3] for m in _MONTHS], month)]
        case "%B":
            return [text.table_of(_MONTHS, month)]
        case "%a":
            return [text.table_of([d[:3] for d in _DAYS], weekday)]
        case "%A":
            return [text.table_of(_DAYS, weekday)]
        case "%u":
            return list(text.fixed_digits(weekday + 1, 1))
        case "%G":
            return list(text.fixed_digits(months_of(days - weekday + 3) // 12 + 1970, 4))
        case "%V":
            thursday = days - weekday + 3
            return _two((thursday - first_of(months_of(thursday) // 12 * 12)) // 7 + 1)
        case "%H":
            return _two(hour)
        case "%I":
            return _two((hour + 11) % 12 + 1)
        case "%p":
            return [text.table_of(["AM", "PM"], hour // 12)]
        case "%M":
            return _two(clock // MINUTE % 60)
        case "%S":
            return _two(clock // SECOND % 60)
        case "%f":
            return list(text.fixed_digits(clock % SECOND, 6))
        case _:  # %z
            minutes = np.abs(offset) // MINUTE
            sign = text.table_of(["+", "-"], (offset < 0).astype(np.int64))
            return [sign, *_two(minutes // 60), *_two(minutes % 60)]


def _format_date(call: Invocation) -> Vector:
    from specdsl.vectors import text

    pattern = constant_text(call, "pattern")
    _accepted(pattern, refuses_form(pattern))
    moments = instants(call)
    offset = np.zeros_like(moments) if call.args["zone"] == "UTC" else offsets_of(call, moments)
    local = moments + offset
    days = np.clip(local // DAY, _FIRST // DAY, _LAST // DAY)
    pieces: list[Any] = []
    for part in _directives(pattern):
        if part == "%%":
            pieces.append(b"%")
        elif part[0] == "%":
            pieces.extend(_written(part, days, local % DAY, offset))
        else:
            pieces.append(part.encode())
    return Vector(t.STRING, text.join(pieces, call.n))


def _quoted(text: str) -> str:
    return "'" + text.replace("'", "''") + "'"


def _unquoted(sql: str) -> str:
    return sql[1:-1].replace("''", "'")


def _format_sql(args: Mapping[str, str], _: Types) -> str:
    if not args["pattern"].startswith("'"):  # a NUL character, which no pattern needs
        raise FunctionProblem("a pattern cannot hold the character NUL")
    x, zone = args["x"], args["zone"]
    local = x if zone == "'UTC'" else local_sql(x, zone)
    parts: list[str] = []
    for part in _directives(_unquoted(args["pattern"])):
        if part == "%%":
            parts.append("'%'")
        elif part == "%Y":
            parts.append(f"lpad(CAST(year({local}) AS VARCHAR), 4, '0')")
        elif part == "%G":
            parts.append(f"lpad(CAST(isoyear({local}) AS VARCHAR), 4, '0')")
        elif part == "%u":
            parts.append(f"CAST(isodow({local}) AS VARCHAR)")
        elif part == "%e":
            parts.append(f"lpad(CAST(day({local}) AS VARCHAR), 2, ' ')")
        elif part == "%V":
            parts.append(f"lpad(CAST(week({local}) AS VARCHAR), 2, '0')")
        elif part == "%z":
            ahead = f"((epoch_us({local}) - epoch_us({x})) // 60000000)"
            hours, minutes = f"(abs({ahead}) // 60)", f"(abs({ahead}) % 60)"
            parts.append(
                f"(CASE WHEN {ahead} < 0 THEN '-' ELSE '+' END || lpad(CAST({hours} AS VARCHAR), 2, '0') "
                f"|| lpad(CAST({minutes} AS VARCHAR), 2, '0'))"
            )
        elif part[0] == "%":
            parts.append(f"strftime({local}, {_quoted(part)})")
        else:
            parts.append(_quoted(part))
    made = " || ".join(parts) if parts else "''"
    return f"CASE WHEN {x} IS NOT NULL THEN {made} END"


# --- from text -----------------------------------------------------------------------------


@lru_cache(maxsize=64)
def _reader(pattern: str) -> re.Pattern[str]:
    _accepted(pattern, refuses_reading(pattern))
    names = {"b": "|".join(m[:3] for m in _MONTHS), "B": "|".join(_MONTHS)}
    out = []
    seen: set[str] = set()
    for part in _directives(pattern):
        if part[0] != "%" or part == "%%":
            out.append(re.escape("%" if part == "%%" else part))
            continue
        kind = part[1]
        if kind in seen:
            raise FunctionProblem(f'"{pattern}" says {part} twice')
        seen.add(kind)
        digits = "[0-9]{" + str(_READ[kind]) + "}"
        out.append(f"(?P<{kind}>{names.get(kind, digits)})")
    return re.compile("".join(out))


def _read(pattern: str, text: str) -> int:
    found = _reader(pattern).fullmatch(text)
    if found is None:
        raise FunctionProblem(f'"{text}" is not of the form {pattern}')
    parts = found.groupdict()
    if "b" in parts:
        month = [m[:3] for m in _MONTHS].index(parts["b"]) + 1
    else:
        month = _MONTHS.index(parts["B"]) + 1 if "B" in parts else int(parts["m"])
    hour, minute, second, micro = (int(parts.get(k) or 0) for k in "HMSf")
    try:
        moment = datetime(int(parts["Y"]), month, int(parts["d"]), hour, minute, second, micro, UTC)
    except ValueError as error:
        raise FunctionProblem(f'"{text}" is no date: {error}') from error
    return (moment - datetime(1970, 1, 1, tzinfo=UTC)) // timedelta(microseconds=1)


def _parser(unit: int) -> Callable[[Invocation], Vector]:
    def kernel(call: Invocation) -> Vector:
        pattern = constant_text(call, "pattern")
        _reader(pattern)
        value = call.args["text"]
        valid = value.valid if isinstance(value, Vector) else None

        def read(values: Any) -> Any:
            found = values.to_pylist()
            return np.array([_read(pattern, v) // unit for v in found], dtype=np.int64)

        if valid is None or valid.all():
            return mapped(call, "text", read)
        from specdsl.vectors import strings

        assert isinstance(value, Vector)
        out = np.zeros(call.n, dtype=np.int64)
        rows = np.flatnonzero(valid)
        data: Any = value.data
        out[rows] = read(strings.plain(strings.take(data, rows)))
        return Vector(call.result, out)

    return kernel


def _parse(name: str, result: t.DataType, unit: int, example: Example, aliases: tuple[str, ...]) -> Function:
    return Function(
        name=name,
        family="calendar",
        summary=f"The {result} that a text in the form of `pattern` means.",
        doc="Reads %Y %m %d %H %M %S %f (six digits), the English %b (Jan) and %B (January), %F and %T; "
        "every number "
        "has all its digits. A text of another form stops the build.",
        result=result,
        kernel=_parser(unit),
        parameters=(
            Parameter("text", accepts.TEXT, "The text."),
            Parameter("pattern", accepts.TEXT, "Such as %d.%m.%Y.", constant=True, refuses=refuses_reading),
        ),
        examples=(example,),
        sql=lambda args, _: f"CAST(strptime({args['text']}, {args['pattern']}) AS {str(result).upper()})",
        aliases=aliases,
    )


FUNCTIONS: Final = (
    Function(
        name="last_day",
        family="calendar",
        summary="The last day of the month.",
        doc='The first is `date_trunc("month", x)`.',
        result=t.DATE,
        kernel=_last_day,
        parameters=(Parameter("x", accepts.INSTANT, "A date, or a timestamp (in UTC)."),),
        examples=(Example("last_day(2024-02-10)", "date", "2024-02-29"),),
        sql=lambda args, _: f"CAST(last_day({args['x']}) AS DATE)",
        aliases=("month_end", "end_of_month", "eomonth"),
    ),
    Function(
        name="iso_year",
        family="calendar",
        summary="The year that the ISO 8601 week of the day belongs to.",
        doc="Goes with `week`: 2024-12-31 lies in week 1 of 2025.",
        result=t.INT,
        kernel=_iso_year,
        parameters=(Parameter("x", accepts.INSTANT, "A date, or a timestamp (in UTC)."),),
        examples=(Example("iso_year(2024-12-31)", "int", "2025"),),
        sql=lambda args, _: f"isoyear({args['x']})",
        aliases=("week_year",),
    ),
    Function(
        name="date_bin",
        family="calendar",
        summary="The beginning of the interval of length `step` that an instant lies in.",
        doc="Intervals follow one another from 1970-01-01T00:00:00Z on, so those of 15m begin at every "
        "quarter of "
        "an hour. Months and weeks: `date_trunc`. To the nearest: `date_bin(x + 7m, 14m)`.",
        result=t.TIMESTAMP,
        kernel=_date_bin,
        parameters=(
            Parameter("x", accepts.TIMESTAMP, "A timestamp or date."),
            Parameter("step", accepts.DURATION, "The length, above 0.", minimum=0, exclusive_minimum=True),
        ),
        examples=(Example("date_bin(2024-12-31T23:05:09Z, 15m)", "timestamp", "2024-12-31T23:00:00Z"),),
        sql=_date_bin_sql,
        aliases=("round_time", "time_bucket", "floor_time"),
    ),
    Function(
        name="at_time",
        family="calendar",
        summary="The instant at a time of day on a day, in UTC.",
        doc="`from_local(at_time(day, clock), zone)` is the instant at which the clocks of a place show it.",
        result=t.TIMESTAMP,
        kernel=_at_time,
        parameters=(
            Parameter("day", accepts.DATE, "The day; of a timestamp, the day it lies on."),
            Parameter("clock", TIME, "The time of day."),
        ),
        examples=(Example("at_time(2024-12-31, 23:05:09)", "timestamp", "2024-12-31T23:05:09Z"),),
        sql=lambda args, _: f"(CAST({args['day']} AS DATE) + CAST({args['clock']} AS TIME))",
        aliases=("combine", "make_timestamp", "datetime"),
    ),
    Function(
        name="epoch_ms",
        family="calendar",
        summary="Whole milliseconds since 1970-01-01T00:00:00Z.",
        doc="As JavaScript and many logs count; fractions are cut off, before 1970 downwards.",
        result=t.INT,
        kernel=_epoch_ms,
        parameters=(Parameter("x", accepts.TIMESTAMP, "A timestamp or date."),),
        examples=(Example("epoch_ms(2024-12-31T23:05:09Z)", "int", "1735686309000"),),
        sql=_epoch_ms_sql,
        aliases=("unix_millis",),
    ),
    Function(
        name="from_epoch",
        family="calendar",
        summary="The instant so many seconds after 1970-01-01T00:00:00Z.",
        doc="Fractions count, to the microsecond; divide milliseconds by 1000.",
        result=t.TIMESTAMP,
        kernel=_from_epoch,
        parameters=(Parameter("seconds", accepts.REAL, "Seconds; negative before 1970."),),
        examples=(Example("from_epoch(1735686309)", "timestamp", "2024-12-31T23:05:09Z"),),
        sql=_from_epoch_sql,
        aliases=("to_timestamp", "from_unixtime"),
    ),
    Function(
        name="format_date",
        family="calendar",
        summary="A date or timestamp as text in the form of `pattern`.",
        doc="With the directives of C and Python: %Y %y %m %d %e (padded by a blank) %j %b %B %a %A %u %G "
        "%V %H %I %p "
        "%M %S %f %z, %F for %Y-%m-%d, %T for %H:%M:%S, %% for a percent sign. Names are English. With "
        "`zone` the "
        "text is in that zone's local time and %z its offset.",
        result=t.STRING,
        kernel=_format_date,
        parameters=(
            Parameter("x", accepts.TIMESTAMP, "A timestamp (in UTC) or date."),
            Parameter("pattern", accepts.TEXT, "The form.", constant=True, refuses=refuses_form),
            Parameter(
                "zone",
                accepts.TEXT,
                'A time zone, such as "Europe/Berlin".',
                default="UTC",
                refuses=refuses_zone,
            ),
        ),
        examples=(
            Example(
                'format_date(2024-12-31T23:05:09Z, "%d/%b/%Y:%H:%M:%S %z")',
                "string",
                "31/Dec/2024:23:05:09 +0000",
            ),
            Example(
                'format_date(2024-12-31T23:05:09Z, "%A %H:%M %z", zone: "Asia/Tokyo")',
                "string",
                "Wednesday 08:05 +0900",
            ),
        ),
        sql=_format_sql,
        aliases=("strftime", "to_char", "date_format"),
    ),
    _parse(
        "parse_date",
        t.DATE,
        DAY,
        Example('parse_date("31.12.2024", "%d.%m.%Y")', "date", "2024-12-31"),
        ("to_date", "strptime"),
    ),
    _parse(
        "parse_timestamp",
        t.TIMESTAMP,
        1,
        Example('parse_timestamp("2024-12-31 23:05:09", "%F %T")', "timestamp", "2024-12-31T23:05:09Z"),
        ("to_datetime",),
    ),
)
