"""Which calendar a function counts by: its parameters, in each row, and in SQL."""

from __future__ import annotations

import re
from collections.abc import Callable, Iterator, Mapping
from dataclasses import replace
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.errors import EnvironmentFailure
from specdsl.functions import accepts
from specdsl.functions.arguments import some_rows
from specdsl.functions.dates import days_of
from specdsl.functions.entry import Accepts, Constants, Invocation, Parameter
from specdsl.functions.holiday_calendars import (
    COUNTRIES,
    FIRST_YEAR,
    LAST_YEAR,
    Calendar,
    calendar,
    refuses_weekdays,
)
from specdsl.functions.problems import FunctionProblem
from specdsl.vectors.vector import Int64Array, Vector

KNOWN: Final = (
    f"Holidays are known for the years {FIRST_YEAR} to {LAST_YEAR}. Countries need "
    "`pip install 'specdsl[holidays]'`."
)
NULL_IN_COLUMN: Final = "where a column has null, the result is null"
_COUNTRY: Final = Accepts("string", accepts.TEXT.test, t.STRING)
_NAMES: Final = ("country", "subdivision", "days")
_LITERAL: Final = re.compile(r"'((?:[^']|'')*)'")

Kernel = Callable[[Invocation], Vector]
Types = Mapping[str, t.DataType]
Sql = Callable[[Mapping[str, str], Types], str | None]


# --- the parameters ------------------------------------------------------------------------


def place(required: bool) -> tuple[Parameter, ...]:
    """The parameters of what has holidays, and where they are no business days, of the days of work."""
    about = f"Two letters (ISO 3166-1), or a column of such; {NULL_IN_COLUMN}"
    subdivision = Parameter(
        "subdivision",
        accepts.TEXT,
        f'A state or province with holidays of its own, such as "BY"; left out for none; {NULL_IN_COLUMN}.',
        default=None,
    )
    if required:
        return Parameter("country", _COUNTRY, f"{about}.", choices=COUNTRIES, by_value=True), subdivision
    country = Parameter(
        "country",
        _COUNTRY,
        f"{about}. Left out, only weekends (Saturday and Sunday) are off.",
        default=None,
        choices=COUNTRIES,
        by_value=True,
    )
    days = Parameter(
        "days",
        accepts.TEXT,
        'The days of work, such as "Mon-Sat" or "Tue-Fri, Sun"; left out for those of the country; '
        f"{NULL_IN_COLUMN}.",
        default=None,
        refuses=refuses_weekdays,
    )
    return country, subdivision, days


def wrong_place(args: Constants) -> str:
    """What is wrong with a country and subdivision; '' where nothing is, or the kernel says it."""
    if not set(args) >= {"country", "subdivision"}:
        return ""
    try:
        calendar_named(args)
    except FunctionProblem as problem:
        return f"{problem.message}: {problem.help}" if problem.help else problem.message
    except EnvironmentFailure:
        pass
    return ""


# --- in rows -------------------------------------------------------------------------------


def calendar_named(args: Mapping[str, Any]) -> Calendar:
    """The calendar of constant arguments."""
    return calendar(*(args.get(name) for name in _NAMES))


def calendar_of(call: Invocation) -> Calendar:
    """The calendar of a call that has one for all of its rows."""
    return calendar_named(call.args)


def by_calendar(kernel: Kernel) -> Kernel:
    """``kernel`` called once for each calendar that rows have; in it, that is a constant."""

    def made(call: Invocation) -> Vector:
        from specdsl.vectors import selection

        varying = {n: v for n in _NAMES if isinstance(v := call.args.get(n), Vector)}
        if not varying or not call.n:
            return kernel(call)
        parts = []
        for values, rows in _alike(varying):
            some = some_rows(call, rows)
            try:
                vector = kernel(replace(some, args={**some.args, **values}))
            except FunctionProblem as problem:
                named = ", ".join(f'`{n}` is "{v}"' for n, v in values.items())
                row = int(some.rows[0])
                raise FunctionProblem(
                    f"{problem.message} (where {named}, first in row {row})", problem.help
                ) from None
            parts.append((rows, vector))
        return selection.merge(call.n, parts, call.result)

    return made


def _alike(varying: Mapping[str, Vector]) -> Iterator[tuple[dict[str, str], Int64Array]]:
    """The combinations of values that are there, each with the places of its rows, in the order in which
    they first come."""
    from specdsl.vectors import strings

    codes, texts = [], []
    for vector in varying.values():
        data: Any = vector.data
        found, values = strings.encode(data)
        codes.append(np.asarray(found, dtype=np.int64))
        texts.append(strings.plain(values).to_pylist())
    _, first, group = np.unique(np.stack(codes), axis=1, return_index=True, return_inverse=True)
    group = group.reshape(-1)
    for number in np.argsort(first, kind="stable").tolist():
        at = int(first[number])
        named = {name: texts[i][int(codes[i][at])] for i, name in enumerate(varying)}
        yield named, np.flatnonzero(group == number)


def days_in(vector: Vector, calendar: Calendar) -> Int64Array:
    """Days since 1970 of dates or timestamps, 1970-01-01 where they are null. Raises FunctionProblem for days
    that the calendar does not know."""
    days = days_of(vector)
    if vector.valid is not None:
        days = np.where(vector.valid, days, 0)
    calendar.check(days)
    return days


def moved(days: Int64Array, count: Int64Array | int, calendar: Calendar, roll: Any) -> Int64Array:
    """Business days counted on from ``days``, those that are none being rolled first."""
    out: Int64Array = np.busday_offset(
        days.astype("M8[D]"), count, roll=roll, busdaycal=calendar.numpy()
    ).astype(np.int64)
    calendar.check(out)
    return out


def counted(start: Int64Array, end: Int64Array, calendar: Calendar) -> Int64Array:
    """Business days from ``start`` on and before ``end``, for start <= end."""
    out: Int64Array = np.busday_count(
        start.astype("M8[D]"), end.astype("M8[D]"), busdaycal=calendar.numpy()
    ).astype(np.int64)
    return out


# --- SQL -----------------------------------------------------------------------------------


def with_calendar(sql: Callable[[Mapping[str, str], Types, Calendar], str]) -> Sql:
    """``sql`` for calls whose calendar is the same in all rows; others have no SQL."""

    def lowered(args: Mapping[str, str], types: Types) -> str | None:
        written = [args.get(name, "NULL") for name in _NAMES]
        if not all(is_null(text) or _LITERAL.fullmatch(text) for text in written):
            return None
        return sql(args, types, calendar(*map(_literal, written)))

    return lowered


def _literal(sql: str) -> str | None:
    """The text of an SQL string constant; None for NULL."""
    return None if is_null(sql) else sql[1:-1].replace("''", "'")


def is_null(sql: str) -> bool:
    """Whether SQL is the constant NULL of some type."""
    return sql == "NULL" or sql.startswith("CAST(NULL AS ")


def day_number(x: str) -> str:
    """Days since 1970 of a date or timestamp."""
    return f"date_diff('day', DATE '1970-01-01', CAST({x} AS DATE))"


def numbers_sql(values: Int64Array) -> str:
    """A list of whole numbers."""
    return "[" + ", ".join(map(str, values.tolist())) + "]::BIGINT[]"


def off_sql(day: str, days_off: Calendar) -> str:
    """Whether the day with this number (since 1970) is off."""
    weekend = ", ".join(str(d) for d in np.flatnonzero(days_off.weekend).tolist())
    weekday = f"((({day}) + 3) % 7 + 7) % 7"
    test = f"{weekday} IN ({weekend})" if weekend else "false"
    return (
        f"({test} OR list_contains({numbers_sql(days_off.holidays)}, {day}))"
        if days_off.holidays.size
        else f"({test})"
    )


def _working(days_off: Calendar) -> Int64Array:
    """The holidays that are no weekend anyway."""
    return days_off.holidays[~days_off.weekend[(days_off.holidays + 3) % 7]]


def _weekdays_before(day: str, days_off: Calendar) -> str:
    """Working weekdays from 1969-12-29, a Monday, on and before a day number; negative before that."""
    work = ~days_off.weekend
    since_monday = f"((({day}) + 3) % 7 + 7) % 7"
    weeks = f"((({day}) + 3 - {since_monday}) // 7)"
    within = " + ".join(f"CASE WHEN {since_monday} > {d} THEN 1 ELSE 0 END" for d in np.flatnonzero(work))
    return f"({weeks} * {int(work.sum())} + ({within}))"


def _business_days_before(day: str, days_off: Calendar) -> str:
    """Business days before a day number: its place among them, or that of the next one."""
    working = _working(days_off)
    weekdays = _weekdays_before(day, days_off)
    if not working.size:
        return weekdays
    return f"({weekdays} - len(list_filter({numbers_sql(working)}, lambda h_: h_ < {day})))"


def counted_sql(start: str, end: str, days_off: Calendar) -> str:
    """Business days from a day number on and before another one, negative where that comes first."""
    before = let("d_", end, _business_days_before("d_", days_off))
    return f"({before} - {let('d_', start, _business_days_before('d_', days_off))})"


def let(name: str, value: str, then: str) -> str:
    """SQL in which ``name`` stands for ``value``, worked out once. Names end in an underscore, as no
    table's does."""
    return f"list_transform([{value}], lambda {name}: {then})[1]"


def moved_sql(day: str, n: str, days_off: Calendar) -> str:
    """The day number ``n`` business days after ``day``. Counting from a day off begins at the business day
    before it (after it, when counting back); with 0 it is the next business day. A day is found by its place
    among the business days, and that among the working weekdays by the holidays before it."""
    work = np.flatnonzero(~days_off.weekend)
    one = f"CASE WHEN {n} > 0 AND {off_sql('d_', days_off)} THEN 1 ELSE 0 END"
    place = f"{_business_days_before('d_', days_off)} + {n} - {one}"
    working = _working(days_off)
    weekday = "k_"
    if working.size:
        # holiday number i is passed from the place on that it would have without the i before it
        passed = _places(working, days_off) - np.arange(len(working))
        weekday = f"(k_ + len(list_filter({numbers_sql(passed)}, lambda h_: h_ <= k_)))"
    within = f"((w_ % {len(work)} + {len(work)}) % {len(work)})"
    found = f"((w_ - {within}) // {len(work)}) * 7 - 3 + ({numbers_sql(work)})[{within} + 1]"
    return let("d_", day, let("k_", place, let("w_", weekday, found)))


def _places(days: Int64Array, days_off: Calendar) -> Int64Array:
    """What ``_weekdays_before`` gives for these days."""
    monday = np.full(len(days), -3)
    bare = np.busday_count(
        monday.astype("M8[D]"), days.astype("M8[D]"), weekmask=(~days_off.weekend).tolist()
    )
    return bare.astype(np.int64)
