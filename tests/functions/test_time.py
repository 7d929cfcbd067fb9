"""Business days, holidays, time zones, seasons and dates as text, against libraries and by hand."""

from __future__ import annotations

import datetime as dt
import zoneinfo
from collections import Counter
from importlib import resources

import holidays
import numpy as np
import pytest

import specdsl
from specdsl.datatypes import types as t
from specdsl.functions.holiday_calendars import COUNTRIES
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.seasons import FUNCTIONS as SEASONS
from specdsl.functions.zones import zone_names
from specdsl.vectors.vector import Vector
from tests.functions.calling import invoke, numbers, values

DAY = 86_400_000_000
EPOCH = dt.datetime(1970, 1, 1, tzinfo=dt.UTC)


def day(text: str) -> int:
    return int(np.datetime64(text, "D").astype(int))


def moment(text: str) -> int:
    return int(np.datetime64(text, "us").astype(int))


def dates(*texts: str) -> Vector:
    return Vector(t.DATE, np.array([day(x) for x in texts], dtype=np.int64))


def timestamps(micros: list[int]) -> Vector:
    return Vector(t.TIMESTAMP, np.array(micros, dtype=np.int64))


# --- business days -------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("start", "count", "end"),
    [
        ("2024-03-01", 1, "2024-03-04"),  # Friday to Monday
        ("2024-03-02", 1, "2024-03-04"),  # Saturday
        ("2024-03-03", -1, "2024-03-01"),  # Sunday, back
        ("2024-03-02", 0, "2024-03-04"),
        ("2024-03-04", 0, "2024-03-04"),
        ("2024-03-04", 5, "2024-03-11"),
    ],
)
def test_add_business_days(start, count, end):
    made = numbers("add_business_days", rows=1, result=t.DATE, x=dates(start), count=count)
    assert made.tolist() == [day(end)]


@pytest.mark.parametrize(("country", "subdivision"), [("US", None), ("DE", "BY"), ("JP", None), ("EG", None)])
def test_business_days_are_those_of_the_library(country, subdivision):
    theirs = holidays.country_holidays(country, subdiv=subdivision, years=range(2023, 2026))
    every = np.arange(day("2023-01-01"), day("2025-12-31") + 1)
    made = values(
        invoke(
            "is_business_day",
            rows=len(every),
            x=Vector(t.DATE, every),
            country=country,
            subdivision=subdivision,
        )
    )
    assert made == [theirs.is_working_day(dt.date(1970, 1, 1) + dt.timedelta(int(d))) for d in every]
    named = values(
        invoke(
            "holiday_name", rows=len(every), x=Vector(t.DATE, every), country=country, subdivision=subdivision
        )
    )
    assert [n is not None for n in named] == [
        dt.date(1970, 1, 1) + dt.timedelta(int(d)) in theirs for d in every
    ]


def test_business_day_draws_all_and_only_business_days():
    start, end = day("2024-12-20"), day("2025-01-05")
    types = {"start": t.DATE, "end": t.DATE}
    made = numbers(
        "business_day", rows=2000, start=start, end=end, country="GB", subdivision="ENG", types=types
    )
    shown = {str(np.datetime64(int(d), "D")) for d in made}
    assert shown == {"2024-12-20", "2024-12-23", "2024-12-24", "2024-12-27", "2024-12-30", "2024-12-31",
                     "2025-01-02", "2025-01-03"}  # fmt: skip


def test_business_day_where_there_is_none():
    with pytest.raises(FunctionProblem, match=r"no business day from 2024-03-02 to 2024-03-03"):
        invoke("business_day", start=dates(*["2024-03-02"] * 9), end=dates(*["2024-03-03"] * 9), rows=9)


def test_business_days_are_unique_on_demand():
    spec = "table t 262 {\n  d date key = business_day(2024-01-01, 2024-12-31)\n}\n"
    made = specdsl.load(spec)["t"].to_arrow().column("d").to_pylist()
    assert len(set(made)) == 262
    assert all(d.weekday() < 5 for d in made)
    with pytest.raises(specdsl.SpecError, match="262"):
        specdsl.load(spec.replace("t 262", "t 263"))


def test_holidays_beyond_what_is_known():
    with pytest.raises(FunctionProblem, match="1970 to 2060"):
        invoke("is_holiday", rows=1, x=dates("2061-01-01"), country="US")
    with pytest.raises(FunctionProblem, match="subdivision"):
        invoke("is_holiday", rows=1, x=dates("2020-01-01"), country="US", subdivision="ZZ")


def test_countries_are_those_of_the_library():
    known = {c for c in holidays.utils.list_supported_countries() if len(c) == 2} - {"UK"}
    assert set(COUNTRIES) <= known


# --- time zones ----------------------------------------------------------------------------

ZONES = [
    "Europe/Berlin",
    "America/New_York",
    "Asia/Kolkata",
    "Australia/Lord_Howe",
    "Pacific/Apia",
    "Africa/Casablanca",
]


@pytest.mark.parametrize("zone", ZONES)
def test_local_time_is_that_of_zoneinfo(zone):
    random = np.random.default_rng(5)
    micros = (random.integers(moment("1905-01-01"), moment("2150-01-01"), 3000) // 10**6 * 10**6).tolist()
    with resources.files("tzdata.zoneinfo").joinpath(zone).open("rb") as file:  # not the machine's own
        info = zoneinfo.ZoneInfo.from_file(file)
    made = numbers("to_local", rows=len(micros), x=timestamps(micros), zone=zone)
    for instant, local in zip(micros, made.tolist(), strict=True):
        at = EPOCH + dt.timedelta(microseconds=instant)
        assert at.astimezone(info).replace(tzinfo=dt.UTC) == EPOCH + dt.timedelta(microseconds=local)
    back = numbers("from_local", rows=len(micros), x=timestamps(made.tolist()), zone=zone)
    again = numbers("to_local", rows=len(micros), x=timestamps(back.tolist()), zone=zone)
    assert again.tolist() == made.tolist()


@pytest.mark.parametrize(
    ("shown", "utc"),
    [
        ("2024-03-31T02:30", "2024-03-31T01:30"),  # skipped: by the offset before
        ("2024-03-31T01:59", "2024-03-31T00:59"),
        ("2024-03-31T03:00", "2024-03-31T01:00"),
        ("2024-10-27T02:30", "2024-10-27T01:30"),  # occurs twice: the second
        ("2024-10-27T01:59", "2024-10-26T23:59"),
    ],
)
def test_from_local_around_summer_time(shown, utc):
    made = numbers("from_local", rows=1, x=timestamps([moment(shown)]), zone="Europe/Berlin")
    assert made.tolist() == [moment(utc)]


def test_zones_that_differ_by_row_and_unknown_ones():
    from tests.functions.calling import texts

    noon = moment("2024-07-01T12:00")
    made = numbers(
        "utc_offset", rows=2, x=timestamps([noon, noon]), zone=texts("Asia/Tokyo", "America/New_York")
    )
    assert made.tolist() == [9 * DAY // 24, -4 * DAY // 24]
    with pytest.raises(FunctionProblem, match=r'Europe/Berlyn.*did you mean "Europe/Berlin"'):
        invoke("utc_offset", rows=1, x=timestamps([noon]), zone="Europe/Berlyn")
    assert {"UTC", "Europe/Berlin"} <= zone_names()


# --- seasons -------------------------------------------------------------------------------


def test_time_of_day_goes_around_midnight():
    made = numbers("time_of_day", rows=20_000, mean=23 * DAY // 24, sd=DAY // 12)
    assert ((made >= 0) & (made < DAY)).all()
    late, early = (made > DAY // 2).mean(), (made < 6 * DAY // 24).mean()
    assert 0.6 < late < 0.75  # P(Z < 1/2) = 0.691
    assert 0.25 < early < 0.35


def test_time_of_day_within_bounds():
    low, high = 9 * DAY // 24, 17 * DAY // 24
    made = numbers("time_of_day", rows=5000, mean=8 * DAY // 24, sd=DAY // 24, low=low, high=high)
    assert made.min() >= low
    assert made.max() <= high
    assert len(np.unique(made)) > 4900  # not heaped at the bound


def test_hourly_follows_its_weights():
    weights = [0] * 8 + [1, 3] + [0] * 14
    made = numbers("hourly", rows=40_000, **{f"weights{i}": float(w) for i, w in enumerate(weights)})
    hours = Counter((made // (DAY // 24)).tolist())
    assert set(hours) == {8, 9}
    assert abs(hours[9] / 40_000 - 0.75) < 0.01


def seasonal(**args: float) -> np.ndarray:
    start, end = moment("2023-01-01"), moment("2024-12-31T23:59:59")
    flat = {"daily": 0.0, "yearly": 0.0}
    return numbers("seasonal", rows=100_000, start=start, end=end, **{**flat, **args})


def test_seasonal_day():
    hours = np.bincount(seasonal(daily=1.0, peak=15.0) % DAY // (DAY // 24), minlength=24) / 100_000
    expected = (1 + np.cos((np.arange(24) + 0.5 - 15) / 24 * 2 * np.pi)) / 24
    assert np.abs(hours - expected).max() < 0.004


def test_seasonal_week_year_and_growth():
    weekday = (seasonal(weekend=3.0) // DAY + 3) % 7
    assert abs((weekday >= 5).mean() - 6 / 11) < 0.01
    month = seasonal(yearly=0.5, busiest=7.0).astype("M8[us]").astype("M8[M]").astype(int) % 12
    shares = np.bincount(month) / 100_000
    assert shares.argmax() == 6
    assert abs(shares[6] - 1.5 / 12) < 0.006
    late = (seasonal(growth=4.0) >= moment("2024-01-01")).mean()
    assert abs(late - 0.8) < 0.01


def test_seasonal_keeps_its_range():
    start, end = moment("2024-03-01T10:20:30"), moment("2024-03-01T11:40:00")
    made = numbers("seasonal", rows=5000, start=start, end=end)
    assert made.min() >= start
    assert made.max() <= end
    assert made.min() < start + DAY // 1000
    assert made.max() > end - DAY // 1000


def test_what_has_no_range():
    conflict = next(f for f in SEASONS if f.name == "seasonal").conflict
    assert conflict is not None
    assert conflict({"start": 5, "end": 4}) == "`end` is before `start`"
    assert conflict({"start": 4, "end": 4}) == ""


def test_wave_and_growth():
    at = timestamps([moment("2024-01-01") + h * DAY // 24 for h in (15, 21, 3, 9)])
    assert numbers("wave", rows=4, x=at, period=DAY, amplitude=6.0, peak=15 * DAY // 24).tolist() == [
        6,
        0,
        -6,
        0,
    ]
    weeks = timestamps([moment("2024-01-01") + k * 7 * DAY for k in (0, 1, 2, -1)])
    made = numbers("growth", rows=4, x=weeks, since=moment("2024-01-01"), rate=1.0, every=7 * DAY)
    assert made.tolist() == [1, 2, 4, 0.5]


# --- text ----------------------------------------------------------------------------------


def test_format_date_is_that_of_python():
    pattern = "%Y %y %m %d %e %j %b %B %a %A %u %G %V %H %I %p %M %S %f %F %T 100%%"
    random = np.random.default_rng(3)
    micros = random.integers(moment("1900-01-01"), moment("2150-01-01"), 500).tolist()
    made = values(invoke("format_date", rows=500, x=timestamps(micros), pattern=pattern))
    assert made == [(EPOCH + dt.timedelta(microseconds=m)).strftime(pattern) for m in micros]


def test_format_and_parse_are_inverse():
    micros = [moment("2024-02-29T23:59:58.000001"), moment("1969-12-31T00:00"), moment("9999-12-31T12:00")]
    shown = invoke("format_date", rows=3, x=timestamps(micros), pattern="%d %B %Y, %H.%M.%S,%f")
    assert numbers("parse_timestamp", rows=3, text=shown, pattern="%d %B %Y, %H.%M.%S,%f").tolist() == micros


@pytest.mark.parametrize("text", ["2024-02-30", "2024-2-3", "2024-02-03 ", "yesterday"])
def test_texts_that_are_no_dates(text):
    with pytest.raises(FunctionProblem, match=r"is no date|not of the form"):
        invoke("parse_date", rows=1, text=text, pattern="%Y-%m-%d")


def test_a_grid_of_devices_by_quarter_hours():
    made = specdsl.load(
        "table devices 3 {\n  id int key\n}\n"
        "table readings over at = 2024-01-01T00:00:00Z .. 2024-01-01T23:45:00Z by 15m {\n"
        "  device_id -> devices each\n"
        "  bin timestamp = date_bin(at, 1h)\n"
        "  key (device_id, at)\n}\n"
    )["readings"].to_arrow()
    assert made.num_rows == 3 * 96
    assert len(set(made.column("at").to_pylist())) == 96
    assert len(set(made.column("bin").to_pylist())) == 24


def test_a_date_and_a_duration_are_an_instant_where_one_is_wanted():
    made = specdsl.load(
        "table t 1 {\n  id int key\n  day date = 2024-07-01 .. 2024-07-01\n"
        '  at timestamp = from_local(day + 12h, "Europe/Berlin")\n}\n'
    )["t"].to_arrow()
    assert made.column("at").to_pylist() == [dt.datetime(2024, 7, 1, 10, tzinfo=dt.UTC)]


@pytest.mark.parametrize(
    ("name", "args"),
    [
        ("seasonal", {"start": moment("2024-01-01"), "end": moment("2024-02-01")}),
        ("time_of_day", {"mean": DAY // 2, "sd": DAY // 24}),
        ("point_near", {"lat": 52.5, "lon": 13.4, "metres": 100.0}),
        ("iban", {}),
        ("vin", {}),
        ("nanoid", {}),
        ("ulid", {"at": moment("2024-01-01")}),
        ("snowflake", {"at": moment("2024-01-01")}),
    ],
)
def test_a_row_is_the_same_in_any_batch(name, args):
    def column(vector: Vector) -> list[object]:
        return values(vector.data[0] if isinstance(vector.data, tuple) else vector)

    whole = column(invoke(name, rows=90, **args))
    parts = [column(invoke(name, rows=30, first_row=start, **args)) for start in (0, 30, 60)]
    assert whole == [v for part in parts for v in part]
