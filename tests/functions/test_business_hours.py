"""Business hours against a calendar of single minutes, and calendars that differ from row to row."""

from __future__ import annotations

import datetime as dt
from functools import lru_cache
from importlib import resources
from zoneinfo import ZoneInfo

import holidays
import numpy as np
import pytest

import specdsl
from specdsl.datatypes import types as t
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.registry import FUNCTIONS
from specdsl.vectors.vector import Vector
from tests.functions.calling import invoke, numbers, texts, values

MINUTE = 60_000_000
HOUR = 60 * MINUTE
START = dt.datetime(2024, 3, 1, tzinfo=dt.UTC)  # over the change to summer time, and Easter
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)
MINUTES = 100 * 1440
FIRST = (START - EPOCH) // dt.timedelta(minutes=1)

OFFICES = [
    (None, "UTC", 9 * 60, 17 * 60, None),
    ("DE", "Europe/Berlin", 8 * 60, 17 * 60 + 30, None),
    ("US", "America/New_York", 9 * 60, 18 * 60, "Mon-Sat"),
    ("EG", "Africa/Cairo", 10 * 60, 16 * 60, None),
]


@lru_cache
def minutes_of_work(country, zone, opens, closes, days):
    """Whether each minute of the stretch is one in which people work: asked of `datetime` and `holidays`."""
    with resources.files("tzdata.zoneinfo").joinpath(zone).open("rb") as file:
        place = ZoneInfo.from_file(file)
    off = holidays.country_holidays(country, years=2024) if country else {}
    weekend = {5, 6} if country is None else set(off.weekend)
    if days == "Mon-Sat":
        weekend = {6}
    works = np.zeros(MINUTES, dtype=bool)
    for number in range(MINUTES):
        local = (START + dt.timedelta(minutes=number)).astimezone(place)
        if local.weekday() not in weekend and local.date() not in off:
            works[number] = opens <= local.hour * 60 + local.minute < closes
    return works


def office(country, zone, opens, closes, days):
    return {
        "country": country,
        "zone": zone,
        "opens": opens * MINUTE,
        "closes": closes * MINUTE,
        "days": days,
    }


def moments(minutes):
    return Vector(t.TIMESTAMP, (np.asarray(minutes, dtype=np.int64) + FIRST) * MINUTE)


@pytest.mark.parametrize("place", OFFICES, ids=lambda p: str(p[0]))
def test_hours_between_are_the_minutes_of_work(place):
    works = minutes_of_work(*place)
    random = np.random.default_rng(3)
    start, end = random.integers(0, MINUTES, 500), random.integers(0, MINUTES, 500)
    made = numbers(
        "business_hours_between", rows=500, start=moments(start), end=moments(end), **office(*place)
    )
    before = np.concatenate([[0], np.cumsum(works)])
    assert made.tolist() == ((before[end] - before[start]) * MINUTE).tolist()


@pytest.mark.parametrize("place", OFFICES, ids=lambda p: str(p[0]))
def test_adding_goes_over_the_minutes_of_work(place):
    worked = np.flatnonzero(minutes_of_work(*place))
    random = np.random.default_rng(4)
    at = random.integers(MINUTES // 3, 2 * MINUTES // 3, 800)
    length = random.integers(-60, 60, 800) * 15
    made = numbers(
        "add_business_hours",
        rows=800,
        x=moments(at),
        length=Vector(t.DURATION, length * MINUTE),
        **office(*place),
    )
    edges = set(worked.tolist()) | {int(m) + 1 for m in worked}  # a closing is in business hours, too
    for minute, more, found in zip(at.tolist(), length.tolist(), made.tolist(), strict=True):
        if more > 0:
            expected = worked[np.searchsorted(worked, minute) + more - 1] + 1
        elif more < 0:
            expected = worked[np.searchsorted(worked, minute) + more]
        else:
            expected = minute if minute in edges else worked[np.searchsorted(worked, minute)]
        assert found // MINUTE - FIRST == expected, (minute, more)


@pytest.mark.parametrize("place", OFFICES, ids=lambda p: str(p[0]))
def test_what_is_drawn_covers_the_minutes_of_work_and_no_others(place):
    works = minutes_of_work(*place)
    start, end = 31 * 1440 + 615, 34 * 1440 + 700  # within days, at both ends
    made = numbers(
        "business_time",
        rows=60_000,
        start=moments([start] * 60_000),
        end=moments([end] * 60_000),
        **office(*place),
    )
    counts = np.bincount(made // MINUTE - FIRST, minlength=MINUTES)
    inside = works.copy()
    inside[:start] = inside[end:] = False
    assert counts[~inside].sum() == 0
    assert (counts[inside] > 0).all()
    expected = 60_000 / inside.sum()
    assert ((counts[inside] - expected) ** 2 / expected).sum() < inside.sum() + 6 * (2 * inside.sum()) ** 0.5
    open_then = invoke("is_business_time", rows=60_000, x=Vector(t.TIMESTAMP, made), **office(*place))
    assert all(values(open_then))


def test_what_occurs_twice_does_not_come_after_the_end():
    """At the end of summer time a clock shows 02:30 twice; the range ends at the first."""
    start, end = (int(np.datetime64(x, "us").astype(int)) for x in ("2024-10-26T23:00", "2024-10-27T00:30"))
    made = numbers(
        "business_time", rows=5000, start=start, end=end, zone="Europe/Berlin", opens=0, closes=5 * HOUR,
        days="Mon-Sun", types={"start": t.TIMESTAMP, "end": t.TIMESTAMP},
    )  # fmt: skip
    assert made.min() >= start
    assert made.max() <= end


def test_there_is_no_business_time():
    with pytest.raises(FunctionProblem, match=r"no business time from 2024-03-02T00:00:00 to 2024-03-03"):
        invoke("business_time", rows=1, start=moments([1440]), end=moments([2880]))
    with pytest.raises(FunctionProblem, match=r"`closes` is 17:00 in row 0, but it must be after `opens`"):
        invoke("is_business_time", rows=1, x=moments([0]), opens=Vector(t.TIME, np.array([18 * HOUR])))


def test_values_are_told_as_they_are_written():
    """Arguments that are wrong in a row, in the notation of their types."""
    long = Vector(t.DURATION, np.array([HOUR, 1_000_000 * HOUR]))
    with pytest.raises(FunctionProblem, match=r"`length` is 1000000h in row 1, but it goes over more than"):
        invoke("add_business_hours", rows=2, x=moments([0, 0]), length=long)
    late = Vector(t.TIME, np.array([20 * HOUR, 17 * HOUR + 30_500_000]))
    with pytest.raises(FunctionProblem, match=r"`closes` is 17:00:30.5 in row 1"):
        invoke("is_business_time", rows=2, x=moments([0, 0]), opens=17 * HOUR + 31_000_000, closes=late,
               types={"opens": t.TIME})  # fmt: skip
    with pytest.raises(FunctionProblem, match=r"`end` is 2024-03-01T00:00:00Z in row 0, but it must not be"):
        invoke("business_time", rows=1, start=moments([1440]), end=moments([0]))


@pytest.mark.parametrize(
    ("call", "words"),
    [
        ("business_time(2024-01-06, 2024-01-07)", "no business time from 2024-01-06T00:00:00 to 2024-01-07"),
        ('business_time(2024-12-25, 2024-12-26, country: "DE")', "no business time from 2024-12-25"),
        ('business_time(2024-01-06, 2024-01-08, zone: "Europe/Berlin")', "from 2024-01-06T01:00:00 to"),
        ("business_time(2024-01-05T17:00:00Z, 2024-01-05T23:00:00Z)", "no business time from"),
        ("add_business_hours(2024-01-05, 1e300)", "at most 2,400,000 hours either way can be added"),
        ("add_business_hours(2024-01-05, -3000000)", "at most 2,400,000 hours either way can be added"),
        ("add_business_hours(2024-01-05, 900000)", "`length` goes over more than 100,000 days"),
        ("add_business_hours(2024-01-05, 1000000h)", "`length` goes over more than 100,000 days"),
    ],
)
def test_constants_that_cannot_work_are_told_before_anything_is_made(call, words):
    with pytest.raises(specdsl.SpecError) as error:
        specdsl.load(f"table t 3 {{\n  x timestamp = {call}\n}}\n")
    assert words in " ".join(str(error.value).split())


@pytest.mark.parametrize(
    "call",
    [
        "business_time(2024-01-05, 2024-01-07)",
        'business_time(2024-01-06, 2024-01-08, zone: "Europe/Berlin", days: "Mon-Sun")',
        'business_time(2024-01-06, 2024-01-07, country: "EG", days: "Sat")',
        "add_business_hours(2024-01-05, 1000)",
        "add_business_hours(2024-01-05, 100000h, opens: 00:00, closes: 23:00)",
    ],
)
def test_constants_that_work_are_let_through(call):
    assert specdsl.load(f"table t 3 {{\n  x timestamp = {call}\n}}\n")["t"].to_arrow().num_rows == 3


# --- calendars that differ by row ----------------------------------------------------------

DRAWN = {"start": 19_723, "end": 20_088, "types": {"start": t.DATE, "end": t.DATE}}


def test_rows_with_calendars_of_their_own_are_those_of_each_calendar():
    country = ["DE", "US", "EG"] * 300
    days = ["Mon-Fri", "Tue-Sun"] * 450
    together = values(invoke("business_day", rows=900, country=texts(*country), days=texts(*days), **DRAWN))
    for row, made in enumerate(together):
        if row < 12:
            alone = values(invoke("business_day", rows=900, country=country[row], days=days[row], **DRAWN))
            same = [i for i in range(900) if (country[i], days[i]) == (country[row], days[row])]
            assert [together[i] for i in same] == [alone[i] for i in same]
        works = holidays.country_holidays(country[row], years=2024)
        day = dt.date(1970, 1, 1) + dt.timedelta(made)
        assert day not in works
        assert day.weekday() in ((0, 1, 2, 3, 4), (1, 2, 3, 4, 5, 6))[row % 2]


def test_a_country_without_a_calendar_is_named_with_its_row():
    with pytest.raises(
        FunctionProblem, match=r'"XX" are not known \(where `country` is "XX", first in row 2'
    ):
        invoke("business_day", rows=3, country=texts("DE", "DE", "XX"), **DRAWN)


SPEC = """
table customers 30 {{
  id      int key
  country string? = {country}
}}
table orders 3_000 {{
  id          int key
  customer_id -> customers
  placed      date? = business_day(2024-01-01 .. 2024-12-31, country: customer_id.country)
  due         date? = add_business_days(placed, 10, country: customer_id.country)
  sent        timestamp? = business_time(2024-01-01 .. 2025-01-01, country: customer_id.country, zone: "Asia/Tokyo")
  handled     timestamp? = add_business_hours(sent, 3h, country: customer_id.country, zone: "Asia/Tokyo")
}}
"""


def test_a_column_of_known_values_and_one_of_any_give_the_same(tmp_path):
    """The first is checked for each of its values, the second looked at when the rows are made."""
    known = specdsl.load(SPEC.format(country='"DE" | "US" | null 10%'))
    other = specdsl.load(SPEC.format(country='"DE" | f"{"US"}" | null 10%'))
    assert known["orders"].to_arrow() == other["orders"].to_arrow()
    assert known["orders"].to_arrow().column("placed").null_count > 0
    known.build(tmp_path)
    assert known.verify(tmp_path).ok


def test_values_that_are_known_are_checked_before_anything_is_made():
    with pytest.raises(specdsl.SpecError, match=r'DG310.*cannot be "XX"'):
        specdsl.load(SPEC.format(country='"DE" | "XX"'))


@pytest.mark.parametrize(
    ("name", "value", "call"),
    [
        ("country", '"US"', "is_business_day(2024-07-04, country: {})"),
        ("subdivision", '"BY"', 'is_holiday(2024-01-06, "DE", subdivision: {})'),
        ("days", '"Mon-Sat"', "business_days_between(2024-01-01, 2024-02-01, days: {})"),
        ("zone", '"Asia/Tokyo"', "is_business_time(2024-07-04T07:30:00Z, zone: {})"),
    ],
)
def test_a_null_in_a_column_is_null_and_a_written_one_is_left_out(name, value, call):
    left_out = call.replace(f", {name}: {{}}", "")
    kind = "int" if "between" in call else "bool"
    rows = specdsl.load(
        f"table t 200 {{\n  c string? 50% null = {value}\n  of_column {kind}? = {call.format('c')}\n"
        f"  written {kind} = {call.format('null')}\n  bare {kind} = {left_out}\n  is {kind} = {call.format(value)}\n}}\n"
    )["t"].to_arrow()
    assert rows["written"] == rows["bare"]
    assert rows["bare"][0] != rows["is"][0]
    for given, made, wanted in zip(
        rows["c"].to_pylist(), rows["of_column"].to_pylist(), rows["is"].to_pylist(), strict=True
    ):
        assert made == (None if given is None else wanted)
    text = next(p.doc for p in FUNCTIONS[call.split("(")[0]].parameters if p.name == name)
    assert "where a column has null, the result is null" in text
