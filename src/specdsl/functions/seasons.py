"""When things happen: times of day, seasons of the day, the week and the year, growth; as draws of instants
and as shapes of values over time."""

from __future__ import annotations

from collections.abc import Mapping
from functools import lru_cache
from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import floats, floats_of, full, ints, require, stream_of
from specdsl.functions.calendar import TIME
from specdsl.functions.dates import DAY, HOUR
from specdsl.functions.distributions.truncation import standard_normal
from specdsl.functions.entry import Constants, Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.zones import instants
from specdsl.ir.expr import Physical
from specdsl.randomness import portable
from specdsl.randomness.tabulated import InverseTable
from specdsl.randomness.trigonometry import sin_cos_turns
from specdsl.vectors.vector import Float64Array, Int64Array, Vector

_YEAR: Final = 365.2425 * DAY
_MOST_HOURS: Final = 1 << 21


# --- the time of day -----------------------------------------------------------------------


def _time_of_day(call: Invocation) -> Vector:
    mean, sd = floats(call, "mean"), floats(call, "sd")
    require(call, "sd", np.asarray(sd) >= 0, sd, "a standard deviation cannot be negative")
    u = stream_of(call).uniform()
    if call.low is None and call.high is None:
        drawn = np.rint(standard_normal(u, None, None) * sd + mean).astype(np.int64)
        return full(call, drawn % DAY)  # before midnight is the evening before
    low = np.asarray(0.0 if call.low is None else floats_of(call.low, t.TIME))
    high = np.asarray(DAY - 1.0 if call.high is None else floats_of(call.high, t.TIME))
    spread = np.maximum(np.asarray(sd, dtype=np.float64), 1.0)
    z = standard_normal(u, (low - mean) / spread, (high - mean) / spread)
    return full(call, np.rint(np.clip(z * spread + mean, low, high)).astype(np.int64))


@lru_cache(maxsize=64)
def _table(weights: tuple[float, ...]) -> InverseTable:
    return InverseTable.from_weights(np.array(weights))


def _weights(args: Mapping[str, object]) -> tuple[float, ...]:
    """The weights in the order in which they are written."""
    names = sorted((n for n in args if n.startswith("weights")), key=lambda n: int(n[7:] or 0))
    return tuple(float(str(args[n])) for n in names)


def _wrong_weights(args: Constants) -> str:
    """Why constant weights are not those of a day; '' where they are."""
    weights = _weights(args)
    if len(weights) != 24:
        return f"a day has 24 hours, and there are {len(weights)} weights"
    return "" if sum(weights) > 0 else "at least one hour needs a weight above 0"


def _hourly(call: Invocation) -> Vector:
    weights = _weights(call.args)
    wrong = _wrong_weights({n: w for n, w in call.args.items() if not isinstance(w, Vector)})
    if wrong:
        raise FunctionProblem(wrong, "write one weight for each hour")
    stream = stream_of(call)
    hour = _table(weights).draw(stream.bits())
    return full(call, hour * HOUR + stream.below(HOUR, 1))


# --- instants with seasons -----------------------------------------------------------------


def _cosine(turns: Float64Array) -> Float64Array:
    return sin_cos_turns(turns)[1]


@lru_cache(maxsize=16)
def _intensity(
    start: int,
    end: int,
    daily: float,
    peak: float,
    weekend: float,
    yearly: float,
    busiest: float,
    growth: float,
) -> InverseTable:
    """The chances of each hour of ``start .. end`` (microseconds), cut where the range cuts it."""
    hours = np.arange(start // HOUR, end // HOUR + 1, dtype=np.int64)
    begin = np.maximum(hours * HOUR, start)
    part = (np.minimum(hours * HOUR + HOUR - 1, end) - begin + 1).astype(np.float64)
    middle = (hours * HOUR + HOUR // 2).astype(np.float64)
    of_day = (hours % 24).astype(np.float64) + 0.5
    weights = part * (1.0 + daily * _cosine((of_day - peak) / 24.0))
    weights = np.where((hours // 24 + 3) % 7 >= 5, weights * weekend, weights)
    # months in twelfths of a year from the new year of 1970 on; the busiest one has its middle at the crest
    weights *= 1.0 + yearly * _cosine(middle / _YEAR - (busiest - 0.5) / 12.0)
    if growth != 1.0:
        age = (middle - middle[-1]) / _YEAR if growth > 1.0 else (middle - middle[0]) / _YEAR
        weights *= portable.exp(age * portable.log(np.array([growth]))[0])
    if not weights.sum() > 0:
        raise FunctionProblem("nothing can happen in the whole range: every hour has the weight 0")
    return InverseTable.from_weights(weights)


def _seasonal(call: Invocation) -> Vector:
    start, end = ints(call, "start"), ints(call, "end")
    assert isinstance(start, int)
    assert isinstance(end, int)
    if end < start:
        raise FunctionProblem("`end` is before `start`")
    if end // HOUR - start // HOUR >= _MOST_HOURS:
        raise FunctionProblem(f"the range is longer than {_MOST_HOURS // 8766} years")
    names = ("daily", "peak", "weekend", "yearly", "busiest", "growth")
    table = _intensity(start, end, *(float(np.asarray(floats(call, n))) for n in names))
    stream = stream_of(call)
    hour = table.draw(stream.bits()) + start // HOUR
    first: Int64Array = np.maximum(hour * HOUR, start)
    last = np.minimum(hour * HOUR + HOUR - 1, end)
    return full(call, first + stream.below(last - first + 1, 1))


def _wrong_range(args: Constants) -> str:
    start, end = args.get("start"), args.get("end")
    return (
        "`end` is before `start`" if isinstance(start, int) and isinstance(end, int) and end < start else ""
    )


def _between(args: Constants) -> tuple[Physical | None, Physical | None]:
    return args.get("start"), args.get("end")


# --- shapes of values ----------------------------------------------------------------------


def _wave(call: Invocation) -> Vector:
    moments = instants(call)
    period, peak = np.asarray(ints(call, "period")), np.asarray(ints(call, "peak"))
    require(call, "period", period > 0, period, "it must be above 0")
    period = np.maximum(period, 1)
    inside = (moments % period - peak % period) % period
    return full(call, np.asarray(floats(call, "amplitude")) * _cosine(inside / period) + 0.0)


def _wave_sql(args: Mapping[str, str], _: Mapping[str, t.DataType]) -> str:
    period = f"nullif({args['period']}, 0)"

    def inside(value: str) -> str:
        return f"((({value}) % {period} + {period}) % {period})"

    moment = inside(f"{inside('epoch_us(' + args['x'] + ')')} - {inside(args['peak'])}")
    turns = f"(CAST({moment} AS DOUBLE) / CAST({period} AS DOUBLE))"
    quarter = f"round({turns} * 4)"
    angle = f"(({turns} - {quarter} / 4) * 2 * pi())"
    cosine = (
        f"CASE CAST({quarter} AS INTEGER) % 4 WHEN 0 THEN cos({angle}) WHEN 1 THEN -sin({angle}) "
        f"WHEN 2 THEN -cos({angle}) ELSE sin({angle}) END"
    )
    return f"(CAST({args['amplitude']} AS DOUBLE) * ({cosine}) + 0.0::DOUBLE)"


def _growth(call: Invocation) -> Vector:
    moments, since = instants(call), np.asarray(ints(call, "since"))
    every, rate = np.asarray(ints(call, "every")), np.asarray(floats(call, "rate"))
    require(call, "every", every > 0, every, "it must be above 0")
    require(call, "rate", rate > -1, rate, "nothing shrinks by more than all of it")
    periods = (moments - since).astype(np.float64) / np.maximum(every, 1)
    return full(call, portable.power(1.0 + np.maximum(rate, -1.0), periods))


def _growth_sql(args: Mapping[str, str], _: Mapping[str, t.DataType]) -> str:
    passed = f"CAST(epoch_us({args['x']}) - epoch_us({args['since']}) AS DOUBLE)"
    base = f"(1.0::DOUBLE + CAST({args['rate']} AS DOUBLE))"
    return f"power({base}, {passed} / CAST({args['every']} AS DOUBLE))"


FUNCTIONS: Final = (
    Function(
        name="time_of_day",
        family="seasons",
        summary="A time of day around `mean`, normally distributed.",
        doc="Around midnight it goes over into the day before or after. Several peaks are a choice: "
        "`time_of_day(mean: 08:30, sd: 1h) | time_of_day(mean: 17:30, sd: 1h)`. A column in bounds, "
        "`time in 09:00..17:00`, draws within them.",
        result=t.TIME,
        kernel=_time_of_day,
        parameters=(
            Parameter("mean", TIME, "The middle of the peak."),
            Parameter("sd", accepts.DURATION, "Two thirds lie within one `sd` of the mean.", minimum=0),
        ),
        examples=(Example("time_of_day(mean: 14:00, sd: 3h)", "time", "most between 11:00 and 17:00"),),
        draws=True,
        truncates=True,
        bounds=lambda _: (0, DAY - 1),
        aliases=("clock_time", "peak_time"),
    ),
    Function(
        name="hourly",
        family="seasons",
        summary="A time of day by the weights of the 24 hours.",
        doc="The first weight is that of the hour after midnight. Weights are relative; within an hour all "
        "times are "
        "equally likely.",
        result=t.TIME,
        kernel=_hourly,
        parameters=(
            Parameter(
                "weights", accepts.REAL, "24 numbers, none negative.", constant=True, minimum=0, variadic=True
            ),
        ),
        examples=(
            Example(
                "hourly(0, 0, 0, 0, 0, 1, 3, 8, 9, 6, 5, 6, 8, 6, 5, 5, 7, 9, 8, 5, 3, 2, 1, 0)",
                "time",
                "a morning and an evening peak",
            ),
        ),
        draws=True,
        bounds=lambda _: (0, DAY - 1),
        conflict=_wrong_weights,
        aliases=("hour_weights",),
    ),
    Function(
        name="seasonal",
        family="seasons",
        summary="An instant from `start` to `end`, more often at busy hours, days and months.",
        doc="How many things happen follows `1 + daily * cos` over the day with its crest at the hour "
        "`peak`, is "
        "`weekend` times as much on Saturdays and Sundays, follows `1 + yearly * cos` over the year with "
        "its crest in "
        "the middle of the month `busiest`, and is `growth` times as much a year later. Hours are in UTC; "
        "`from_local(seasonal(...), zone)` has them in another zone. The rate is constant within an hour.",
        result=t.TIMESTAMP,
        kernel=_seasonal,
        parameters=(
            Parameter("start", accepts.TIMESTAMP, "The first instant.", constant=True),
            Parameter("end", accepts.TIMESTAMP, "The last instant.", constant=True),
            Parameter(
                "daily",
                accepts.REAL,
                "0: all hours alike; 1: none at the quietest.",
                default=0.8,
                constant=True,
                minimum=0,
                maximum=1,
            ),
            Parameter(
                "peak",
                accepts.REAL,
                "The busiest hour of the day.",
                default=14.0,
                unit="hours",
                constant=True,
                minimum=0,
                maximum=24,
            ),
            Parameter(
                "weekend",
                accepts.REAL,
                "How much happens on a weekend day for each that happens on others.",
                default=1.0,
                constant=True,
                minimum=0,
            ),
            Parameter(
                "yearly",
                accepts.REAL,
                "0: all months alike; 1: none in the quietest.",
                default=0.0,
                constant=True,
                minimum=0,
                maximum=1,
            ),
            Parameter(
                "busiest",
                accepts.REAL,
                "The busiest month, 1 to 12.",
                default=12.0,
                constant=True,
                minimum=1,
                maximum=12,
            ),
            Parameter(
                "growth",
                accepts.REAL,
                "How much happens a year later for each that happens now.",
                default=1.0,
                constant=True,
                minimum=0.000001,
                maximum=1_000_000,
            ),
        ),
        examples=(
            Example("seasonal(2024-01-01, 2024-12-31)", "timestamp", "most in the afternoon"),
            Example(
                "seasonal(2023-01-01, 2025-12-31, peak: 20, weekend: 1.6, yearly: 0.3, growth: 1.5)",
                "timestamp",
                "an online shop that grows",
            ),
        ),
        draws=True,
        bounds=_between,
        conflict=_wrong_range,
        aliases=("seasonality", "timestamp_between", "arrivals"),
    ),
    Function(
        name="wave",
        family="seasons",
        summary="A cosine over time: `amplitude` at the crest, `-amplitude` in the trough.",
        doc="Periods follow one another from 1970-01-01T00:00:00Z on; the crest comes `peak` after the "
        "beginning of "
        "each. Added to a level, a trend and noise it makes a metric: "
        "`20 + wave(at, 1d, amplitude: 6, peak: 15h) + normal(0, 0.5)`. A straight trend is "
        "`0.1 * ((at - 2024-01-01) / 1d)`.",
        result=t.FLOAT,
        kernel=_wave,
        parameters=(
            Parameter("x", accepts.TIMESTAMP, "A timestamp or date."),
            Parameter("period", accepts.DURATION, "From crest to crest.", minimum=0, exclusive_minimum=True),
            Parameter("amplitude", accepts.REAL, "The height of the crest.", default=1.0),
            Parameter("peak", accepts.DURATION, "When in its period the crest is.", default=0),
        ),
        examples=(
            Example("wave(2024-07-01T15:00:00Z, 1d, amplitude: 6, peak: 15h)", "float", "6.0"),
            Example("wave(2024-07-01T09:00:00Z, 1d, amplitude: 6, peak: 15h)", "float", "0.0"),
        ),
        sql=_wave_sql,
        aliases=("sine", "seasonality_value", "sinusoid", "phase"),
    ),
    Function(
        name="growth",
        family="seasons",
        summary="A factor that grows by `rate` with each `every` after `since`: compound growth.",
        doc="1 at `since`, `1 + rate` one `every` later, and the inverse before. Multiply a level with it. A "
        "straight "
        "trend is `0.1 * ((at - 2024-01-01) / 1d)`.",
        result=t.FLOAT,
        kernel=_growth,
        parameters=(
            Parameter("x", accepts.TIMESTAMP, "A timestamp or date."),
            Parameter("since", accepts.TIMESTAMP, "When the factor is 1."),
            Parameter("rate", accepts.REAL, "0.05 for 5 %.", minimum=-1, exclusive_minimum=True),
            Parameter(
                "every", accepts.DURATION, "The time that it takes.", minimum=0, exclusive_minimum=True
            ),
        ),
        examples=(Example("growth(2024-01-15, since: 2024-01-01, rate: 0.5, every: 7d)", "float", "2.25"),),
        sql=_growth_sql,
        aliases=("trend", "compound"),
    ),
)
