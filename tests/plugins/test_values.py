"""What goes into a user's function, what comes out, and that values are functions of their rows."""

from __future__ import annotations

import datetime as dt

import numpy as np
import pytest

import specdsl
from specdsl.plugins import Draw, function
from tests.cli.running import run

TYPES = """
seen = {}

@function
def keep_bool(x: bool) -> bool:
    seen["bool"] = x
    return x

@function
def keep_int(x: int) -> int:
    return x

@function
def keep_float(x: float) -> float:
    return x

@function
def keep_str(x: str) -> str:
    assert isinstance(x, pa.StringArray), type(x)
    return x

@function
def keep_date(x: date) -> date:
    assert x.dtype == np.dtype("datetime64[D]")
    return x

@function
def keep_datetime(x: datetime) -> datetime:
    assert x.dtype == np.dtype("datetime64[us]")
    return x

@function
def keep_timedelta(x: timedelta) -> timedelta:
    assert x.dtype == np.dtype("timedelta64[us]")
    return x
"""


@pytest.mark.parametrize(
    ("kind", "type", "value"),
    [
        ("bool", "bool", "true | false"),
        ("int", "int", "1..1000"),
        ("float", "float", "0.0..1.0"),
        ("str", "string", 'first_name() | "\u00e9\u4e2d"'),
        ("str", "string", '"constant"'),
        ("date", "date", "2020-01-01..2024-12-31"),
        ("datetime", "timestamp", "2020-01-01T00:00:00Z..2024-12-31T00:00:00Z"),
        ("timedelta", "duration", "1s..9d"),
        ("int", "int", "7"),
    ],
)
def test_every_type_goes_in_and_comes_out(plugin, spec, kind, type, value):
    path = spec(
        f"  a {type} = {value}\n  b {type} = keep_{kind}(a)\n  c {type} = keep_{kind}({value.split(' |')[0]})"
    )
    table = specdsl.load(path, plugins=[plugin(TYPES)])["t"].to_arrow()
    assert table["a"].to_pylist() == table["b"].to_pylist()
    assert table["c"].null_count == 0


def test_defaults_of_every_type(plugin, spec):
    own = plugin("""
@function
def all_of(a: bool = True, b: int = -2, c: float = 2, d: str = "x", e: date = date(2024, 2, 29),
           f: datetime = datetime(2024, 1, 1, 12), g: timedelta = timedelta(hours=1)) -> str:
    "All of them."
    return [f"{i} {j} {k} {l} {m} {n} {o}" for i, j, k, l, m, n, o in zip(a, b, c, d.to_pylist(), e, f, g)]
""")
    table = specdsl.load(spec("  x string = all_of()", rows=2), plugins=[own])["t"].to_arrow()
    assert (
        table["x"].to_pylist()
        == ["True -2 2.0 x 2024-02-29 2024-01-01T12:00:00.000000 3600000000 microseconds"] * 2
    )


def test_missing_values(plugin, spec):
    own = plugin("""
@function
def some_float(x: int) -> float | None:
    return np.where(x % 2 == 0, np.nan, x)

@function
def some_text(x: int) -> str | None:
    return [None if v % 3 == 0 else str(v) for v in x]

@function
def some_day(x: int) -> date | None:
    return np.where(x % 2 == 0, np.datetime64("NaT"), np.datetime64("2024-01-01") + x)
""")
    columns = "  a float? = some_float(id)\n  b string? = some_text(id)\n  c date? = some_day(id)\n  d float? = some_float(id) + 1"
    table = specdsl.load(spec(columns, rows=6), plugins=[own])["t"].to_arrow()
    assert table["a"].to_pylist() == [1, None, 3, None, 5, None]
    assert table["b"].to_pylist() == ["1", "2", None, "4", "5", None]
    assert table["c"].to_pylist()[:2] == [dt.date(2024, 1, 2), None]
    assert table["d"].to_pylist() == [2, None, 4, None, 6, None]


def test_a_null_argument_is_not_seen_and_makes_null(plugin, spec):
    own = plugin("""
@function
def root(x: float) -> float:
    assert not np.isnan(x).any()
    return np.sqrt(x)
""")
    table = specdsl.load(spec("  a float? 50% null = 1.0..9.0\n  b float? = root(a)"), plugins=[own])[
        "t"
    ].to_arrow()
    for a, b in zip(table["a"].to_pylist(), table["b"].to_pylist(), strict=True):
        assert b == (None if a is None else pytest.approx(a**0.5))
    assert table["b"].null_count > 0


@function
def noise(value: float, draw: Draw) -> float:
    """A value with noise."""
    return value + draw.normal(sd=0.5) + draw.uniform(-1, 1) + draw.integers(1, 6) + draw.chance(0.5)


def test_any_batch_gives_the_same_values(spec):
    path = spec("  a float = noise(10)\n  b float = noise(10)", rows=5000)
    data = specdsl.load(path, plugins=[noise])
    whole = data["t"].to_arrow()
    for batch_rows in (1, 7, 640):
        first = next(iter(data["t"].batches(100, 100 + batch_rows, batch_rows=batch_rows)))
        assert first.column("a").to_pylist() == whole["a"].slice(100, batch_rows).to_pylist()
    a, b = whole["a"].to_numpy(), whole["b"].to_numpy()
    assert not np.array_equal(a, b), "each call draws for itself"
    assert abs(np.corrcoef(a, b)[0, 1]) < 0.06
    assert specdsl.load(path, seed=6, plugins=[noise])["t"].to_arrow()["a"][0] != whole["a"][0]


def test_draws_follow_their_laws(spec):
    from scipy import stats

    @function
    def even(draw: Draw) -> float:
        return draw.uniform(2, 4)

    @function
    def bell(draw: Draw) -> float:
        return draw.normal(3, 2)

    @function
    def die(draw: Draw) -> int:
        assert len(draw) == len(draw.bits())
        return draw.integers(1, 6)

    path = spec("  a float = even()\n  b float = bell()\n  c int = die()", rows=50_000)
    table = specdsl.load(path, plugins=[even, bell, die])["t"].to_arrow()
    assert stats.kstest(table["a"].to_numpy(), stats.uniform(2, 2).cdf).pvalue > 1e-5
    assert stats.kstest(table["b"].to_numpy(), stats.norm(3, 2).cdf).pvalue > 1e-5
    faces = np.bincount(table["c"].to_numpy(), minlength=7)
    assert faces[0] == 0
    assert stats.chisquare(faces[1:]).pvalue > 1e-5


def test_workers_and_batches_build_the_same_files(plugin, spec, tmp_path):
    own = plugin("""
@function
def noise(value: float, draw: Draw) -> float:
    return value + draw.normal()
""")
    path = spec("  a float = noise(id)", rows=200_000)
    for workers in ("1", "3"):
        ran = run(
            "build", str(path), "--plugin", own, "--workers", workers, "-o", str(tmp_path / workers), "-q"
        )
        assert (ran.status, ran.err) == (0, "")
    assert (tmp_path / "1" / "t.parquet").read_bytes() == (tmp_path / "3" / "t.parquet").read_bytes()


def test_functions_of_two_programs_do_not_meet(spec):
    """The same source with other values around it is another function."""

    def scaled(by: float):
        @function(name="scaled")
        def body(x: float) -> float:
            return x * by

        return body

    path = spec("  a float = scaled(id)", rows=2)
    two, ten = (specdsl.load(path, plugins=[scaled(by)]) for by in (2.0, 10.0))
    assert two["t"].to_arrow()["a"].to_pylist() == [2, 4]
    assert ten["t"].to_arrow()["a"].to_pylist() == [10, 20]
