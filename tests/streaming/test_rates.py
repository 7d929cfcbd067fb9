"""The forms of rates, and when rows are due."""

from __future__ import annotations

import numpy as np
import pytest

from specdsl.errors import UsageError
from specdsl.streaming.histogram import Histogram
from specdsl.streaming.quantities import duration, share, speed
from specdsl.streaming.rates import Schedule, parse_rate


def due(text: str, rows: int, seed: int = 1, day: float = 0.0) -> np.ndarray:
    rate = parse_rate(text)
    assert rate is not None
    return Schedule(rate, seed, day).take(rows)


def in_window(moments: np.ndarray, low: float, high: float) -> int:
    return int(np.count_nonzero((moments >= low) & (moments < high)))


def test_even() -> None:
    assert due("500/s", 5).tolist() == [0, 0.002, 0.004, 0.006, 0.008]
    assert due("30_000/m", 3).tolist() == due("500 / s", 3).tolist() == due("1.8e6/hour", 3).tolist()
    assert due("2/h", 3).tolist() == [0, 1800, 3600]


def test_pieces_of_any_size_are_the_same() -> None:
    for text in ("500/s", "10..50/s", "poisson 100/s", "poisson bursts 1..90/s every 3s for 1s"):
        rate = parse_rate(text)
        assert rate is not None
        schedule = Schedule(rate, 7)
        pieces = np.concatenate([schedule.take(n) for n in (1, 0, 5, 394, 600)])
        assert np.allclose(pieces, due(text, 1000, 7))
        assert np.all(np.diff(pieces) >= 0)


def test_a_range_is_drawn_anew_each_second() -> None:
    moments = due("10..50/s", 3_000)
    counts = [in_window(moments, s, s + 1) for s in range(60)]
    assert 10 <= min(counts) < 16
    assert 44 < max(counts) <= 51
    assert due("10..50/s", 100).tolist() == due("10..50/s", 100).tolist()
    assert due("10..50/s", 100).tolist() != due("10..50/s", 100, seed=2).tolist()


def test_poisson() -> None:
    gaps = np.diff(due("poisson 100/s", 50_001))
    assert gaps.mean() == pytest.approx(0.01, rel=0.02)
    assert gaps.std() == pytest.approx(0.01, rel=0.02)  # of an exponential distribution it is the mean


def test_daily() -> None:
    evening = 18 * 3_600
    moments = due("daily 10..50/s peak 18:00", 100_000, day=evening)
    assert in_window(moments, 0, 60) == pytest.approx(3_000, rel=0.01)
    quiet = due("daily 10..50/s peak 18:00", 100_000, day=6 * 3_600)
    assert in_window(quiet, 0, 60) == pytest.approx(600, rel=0.02)
    short = due("daily 10..50/s over 10m", 18_000)
    assert in_window(short, 0, 10) == pytest.approx(100, rel=0.1)
    assert in_window(short, 295, 305) == pytest.approx(500, rel=0.02)
    assert short[-1] == pytest.approx(600, rel=0.01)


def test_bursts() -> None:
    moments = due("bursts 10..500/s every 30s for 5s", 2_750 * 3)
    assert in_window(moments, 0, 25) == 250
    assert in_window(moments, 25, 30) == 2_500
    assert in_window(moments, 30, 55) == 250
    assert moments[-1] == pytest.approx(90, abs=0.1)
    quiet = due("bursts 0..100/s every 10s for 1s", 150)
    assert quiet[0] == pytest.approx(9)
    assert quiet[100] == pytest.approx(19)


def test_usual() -> None:
    for text, usual in (
        ("60/m", 1),
        ("10..50/s", 30),
        ("poisson 5/s", 5),
        ("bursts 10..500/s every 30s for 5s", 275 / 3),
    ):
        rate = parse_rate(text)
        assert rate is not None
        assert rate.usual == pytest.approx(usual)
    assert parse_rate("max") is None


@pytest.mark.parametrize(
    ("text", "told"),
    [
        ("500", "500/s, 500/m or 500/h"),
        ("", "such as 500/s"),
        ("fast", "such as 500/s"),
        ("-5/s", "such as 500/s"),
        ("0/s", "no row is ever due"),
        ("0..0/s", "no row is ever due"),
        ("50..10/s", "10..50/s"),
        ("5/fortnight", "per s, m, h or d"),
        ("5/ms", "per s, m, h or d"),
        ("1e12/s", "max is as fast as can be"),
        ("daily 1..5/s peak 25:00", "peak 18:00"),
        ("bursts 1..5/s", "every 30s for 5s"),
        ("bursts 1..5/s every 5s for 5s", "`for` is shorter"),
        ("bursts 1..5/s every soon for 5s", "500ms"),
    ],
)
def test_wrong_rates(text: str, told: str) -> None:
    with pytest.raises(UsageError) as failure:
        parse_rate(text)
    assert told in f"{failure.value.message} {failure.value.help}"


def test_quantities() -> None:
    assert duration("1.5h", "--for") == 5_400
    assert duration("2 min", "--for") == 120
    assert speed("60x") == speed("60") == 60
    assert share("2%", "--late", timed=True, default="1m").seconds == 60
    assert share("2% up to 10m", "--late", timed=True, default="1m").seconds == 600
    assert share("0.5% up to 1_000 rows", "--duplicates", timed=False, default="9").rows == 1_000
    for text in ("2", "0%", "101%", "2% up to", "2% upto 5m", "2% up to 5 rows"):
        with pytest.raises(UsageError):
            share(text, "--late", timed=True, default="1m")
    for text in ("10", "s", "0s", "10 fortnights"):
        with pytest.raises(UsageError):
            duration(text, "--for")
    with pytest.raises(UsageError):
        speed("fast")


def test_histogram() -> None:
    rng = np.random.default_rng(1)
    values = rng.lognormal(-5, 1, 100_000)
    histogram = Histogram()
    for piece in np.array_split(values, 7):
        histogram.add(piece)
    for q in (0.01, 0.5, 0.9, 0.99, 0.999):
        assert histogram.percentile(q) == pytest.approx(np.quantile(values, q), rel=0.025)
    assert histogram.percentile(1) == histogram.most == values.max()
    assert Histogram().percentile(0.5) == 0
