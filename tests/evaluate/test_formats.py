"""F-strings against Python's own formatting, and the plain text of every type."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import ROUND_HALF_UP, Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.datatypes import types as t
from specdsl.datatypes.format_spec import check_spec
from specdsl.generate.evaluate import evaluate
from specdsl.ir import expr as ir
from specdsl.vectors import strings
from specdsl.vectors.vector import Vector
from tests.evaluate.memory import MemoryFrame, col, const, frame, run, vector

S = t.STRING
E = t.Enum("E", ("one", "zwei", "três"))


def formatted(dtype, sample, spec=""):
    """``f"{value:spec}"`` of each value."""
    assert check_spec(dtype, spec) is None
    at = frame(a=(dtype, sample))
    return run(ir.Format(S, True, (ir.FormatPart(col(dtype, "a"), spec),)), at)


PLAIN = [
    (t.BOOL, [True, False, None], ["true", "false", None]),
    (t.INT, [0, -1, 10, 9999, 10000, -(2**63), 2**63 - 1, None], None),
    (t.Int(64, False), [0, 2**64 - 1, 10000], None),
    (t.FLOAT, [0.0, -0.0, 1.0, 0.1, 1e15, 1e16, 1e-4, 1e-5, 123456789.125, 5e-324, None], None),
    (t.FLOAT, [2.5, 3.0, -0.25, 1e14], None),
    (t.FLOAT, [float("nan"), float("inf"), float("-inf")], ["nan", "inf", "-inf"]),
    (t.Float(32), [0.1, 1.0, 16777216.0, 3.4e38], ["0.1", "1.0", "16777216.0", "3.4e+38"]),
    (t.Decimal(10, 2), [Decimal("0.05"), Decimal("-0.50"), Decimal("1234.00"), None], None),
    (t.Decimal(5, 0), [Decimal(7), Decimal(-12345)], None),
    (t.Decimal(38, 18), [Decimal("-9.223372036854775807"), Decimal("0.000000000000000001")], None),
    (t.Decimal(38, 30), [Decimal("1E-30")], ["0.000000000000000000000000000001"]),
    (S, ["", "é😀", None, "a"], ["", "é😀", None, "a"]),
    (t.DATE, [date(1, 1, 1), date(2024, 2, 29), date(9999, 12, 31), None], None),
    (t.TIME, [time(0), time(23, 59, 59), time(1, 2, 3, 40)], ["00:00:00", "23:59:59", "01:02:03.000040"]),
    (
        t.TIMESTAMP,
        [
            datetime(2025, 6, 1, 12, 30, tzinfo=UTC),
            datetime(1969, 12, 31, 23, 59, 59, 999999, tzinfo=UTC),
            None,
        ],
        ["2025-06-01T12:30:00Z", "1969-12-31T23:59:59.999999Z", None],
    ),
    (
        t.DURATION,
        [timedelta(hours=26), timedelta(microseconds=-1), timedelta(0), timedelta(days=-3, seconds=-1)],
        ["1d 02:00:00", "-00:00:00.000001", "00:00:00", "-3d 00:00:01"],
    ),
    (t.UUID, [uuid.UUID(int=0x0123456789ABCDEF0123456789ABCDEF), None], None),
    (E, ["zwei", None, "três"], ["zwei", None, "três"]),
    (t.BYTES, [b"", b"\0\xff", None], ["", "00ff", None]),
    (t.List(t.INT), [[1, None], [], None], ["[1,null]", "[]", None]),
    (
        t.Struct((t.Field("a", S, True), t.Field("é", t.List(t.DATE), True))),
        [{"a": 'q"\n', "é": [date(2024, 1, 1)]}, {"a": None, "é": []}],
        ['{"a":"q\\"\\n","é":["2024-01-01"]}', '{"a":null,"é":[]}'],
    ),
]


@pytest.mark.parametrize(
    ("dtype", "sample", "wanted"), PLAIN, ids=lambda x: str(x) if isinstance(x, t.DataType) else ""
)
def test_plain_text(dtype, sample, wanted):
    if wanted is None:
        plain = repr if isinstance(dtype, t.Float) else "{:f}".format if isinstance(dtype, t.Decimal) else str
        wanted = [None if x is None else plain(x) for x in sample]
    assert formatted(dtype, sample) == wanted
    for value, text in zip(sample, wanted, strict=True):
        assert formatted(dtype, [value] * 3) == [text] * 3
    assert run(ir.Cast(S, True, col(dtype, "a")), frame(a=(dtype, sample))) == wanted


@pytest.mark.parametrize(
    ("dtype", "value", "text"),
    [
        (t.INT, -5, "-5"),
        (t.FLOAT, 1.0, "1.0"),
        (t.Float(32), 0.10000000149011612, "0.1"),
        (t.Decimal(5, 2), -50, "-0.50"),
        (t.BOOL, True, "true"),
        (t.DATE, 0, "1970-01-01"),
        (t.TIMESTAMP, 1, "1970-01-01T00:00:00.000001Z"),
        (t.TIME, 0, "00:00:00"),
        (t.UUID, b"\0" * 16, "00000000-0000-0000-0000-000000000000"),
        (E, 1, "zwei"),
        (S, "x", "x"),
    ],
)
def test_constants_print_as_columns_do(dtype, value, text):
    parts = ("<", ir.FormatPart(const(dtype, value), ""), ">")
    assert run(ir.Format(S, False, parts), frame(2)) == [f"<{text}>"] * 2
    assert run(ir.Cast(S, False, const(dtype, value)), frame(2)) == [text] * 2


INT_SPECS = ["d", "08d", "03", ",", ",d", ">10", "<6d", "^9", "+d", " d", "=+8d", "*>8d", "x", "#x", "b", "o", "X", "_", "_b",
             ".2f", ".0f", ",.1f", "f", "e", ".3e", "g", "%", ".1%", "010,d", "+,d"]  # fmt: skip
ints = st.one_of(st.integers(-(2**63), 2**63 - 1), st.integers(-100_000, 100_000), st.integers(0, 9999))


@settings(max_examples=150)
@given(st.lists(st.one_of(st.none(), ints), min_size=1, max_size=6), st.sampled_from(["", *INT_SPECS]))
def test_integers(sample, spec):
    assert formatted(t.INT, sample, spec) == [None if x is None else format(x, spec) for x in sample]


@settings(max_examples=60)
@given(st.lists(st.integers(0, 2**64 - 1), min_size=1, max_size=6), st.sampled_from(["", "08d", ",", "022d"]))
def test_unsigned_integers(sample, spec):
    assert formatted(t.Int(64, False), sample, spec) == [format(x, spec) for x in sample]


FLOAT_SPECS = [
    ".2f",
    ".0f",
    "f",
    ",.2f",
    ".1f",
    ".9f",
    ".12f",
    "10.2f",
    "+.1f",
    "e",
    ".3e",
    "g",
    ".3g",
    "%",
    ".1%",
    "_.2f",
    "z.1f",
]
doubles = st.one_of(
    st.floats(allow_nan=False, allow_infinity=False),
    st.floats(-1e6, 1e6),
    st.integers(-10_000, 10_000).map(lambda i: i / 8),
    st.integers(-100_000, 100_000).map(lambda i: i / 1000),
)


@settings(max_examples=300)
@given(st.lists(st.one_of(st.none(), doubles), min_size=1, max_size=6), st.sampled_from(FLOAT_SPECS))
def test_floats(sample, spec):
    assert formatted(t.FLOAT, sample, spec) == [None if x is None else format(x, spec) for x in sample]


@settings(max_examples=100)
@given(st.lists(doubles, min_size=1, max_size=6))
def test_plain_floats_are_their_shortest_repr(sample):
    assert formatted(t.FLOAT, sample) == [repr(x) for x in sample]


@settings(max_examples=200)
@given(
    unscaled=st.lists(
        st.one_of(st.integers(-(2**63) + 1, 2**63 - 1), st.integers(-2000, 2000)), min_size=1, max_size=5
    ),
    scale=st.integers(0, 18),
    spec=st.sampled_from(["", ".2f", ".0f", ",.2f", ".5f", "f", ",f", ".20f"]),
)
def test_decimals_round_half_away_from_zero(unscaled, scale, spec):
    sample = [Decimal(u).scaleb(-scale) for u in unscaled]
    found = formatted(t.Decimal(38, scale), sample, spec)
    for value, text in zip(sample, found, strict=True):
        digits = int(spec.partition(".")[2][:-1]) if "." in spec else scale
        rounded = value.quantize(
            Decimal(1).scaleb(-digits), ROUND_HALF_UP, __import__("decimal").Context(prec=80)
        )
        assert text == format(rounded, ",f" if "," in spec else "f")


@pytest.mark.parametrize("spec", ["10.2f", "+.1f", "e", ".3e", "g", ".1%", "012.2f", "_.2f", "#.1f", "*>9"])
def test_other_specs_of_decimals(spec):
    sample = [Decimal("1234.56"), Decimal("-0.25"), None]
    python = {"_.2f": ["1_234.56", "-0.25"], "#.1f": ["1234.6", "-0.3"]}
    wanted = python.get(spec) or [format(x, spec) for x in sample[:2]]
    if spec == "+.1f":
        wanted = ["+1234.6", "-0.3"]
    assert formatted(t.Decimal(10, 2), sample, spec) == [*wanted, None]


DATE_SPECS = [
    "%Y-%m-%d",
    "%d.%m.%y",
    "%j",
    "%a %A",
    "%b %B",
    "%u %w",
    "%U",
    "%W",
    "%V/%G",
    "100%% on %F",
    "Q%m",
    "%e.",
]
TIME_SPECS = ["%H:%M:%S", "%I:%M %p", "%f", "%T", "%H%M"]


@settings(max_examples=150)
@given(st.lists(st.dates(date(1000, 1, 1)), min_size=1, max_size=5), st.sampled_from(DATE_SPECS))
def test_dates_agree_with_strftime(sample, spec):
    assert formatted(t.DATE, [*sample, None], spec) == [*(d.strftime(spec) for d in sample), None]


@settings(max_examples=100)
@given(
    st.lists(st.datetimes(datetime(1000, 1, 1)), min_size=1, max_size=5),  # noqa: DTZ001
    st.sampled_from([*DATE_SPECS, *TIME_SPECS, "%Y-%m-%dT%H:%M:%S.%f%z %Z"]),
)
def test_timestamps_agree_with_strftime(sample, spec):
    aware = [m.replace(tzinfo=UTC) for m in sample]
    assert formatted(t.TIMESTAMP, aware, spec) == [m.strftime(spec) for m in aware]


def test_many_rows_of_few_days_use_a_calendar():
    sample = [datetime(2024, 2, 20 + i % 10, i % 24, tzinfo=UTC) for i in range(100)]
    for spec in ("", "%d %B %Y, %A %H:%M", "%V"):
        wanted = [m.strftime(spec or "%Y-%m-%dT%H:%M:%SZ") for m in sample]
        assert formatted(t.TIMESTAMP, sample, spec) == wanted


def test_times_and_unpadded_directives():
    assert formatted(t.TIME, [time(9, 5), time(21, 30)], "%-I:%M %p") == ["9:05 AM", "9:30 PM"]
    assert formatted(t.DATE, [date(2024, 3, 7), date(2024, 12, 25)], "%-d/%-m") == ["7/3", "25/12"]


@pytest.mark.parametrize(
    ("dtype", "sample", "spec", "wanted"),
    [
        (S, ["ab", None, "éé"], ">4", ["  ab", None, "  éé"]),
        (S, ["abcdef", "é😀x"], ".2", ["ab", "é😀"]),
        (S, ["a"], "*^5s", ["**a**"]),
        (E, ["one", "zwei"], "<5", ["one  ", "zwei "]),
        (t.BOOL, [True, False], ">6", ["  true", " false"]),
        (t.UUID, [uuid.UUID(int=0)], ".8", ["00000000"]),
        (t.DURATION, [timedelta(hours=1)], ">10", ["  01:00:00"]),
    ],
)
def test_text_specs(dtype, sample, spec, wanted):
    assert formatted(dtype, sample, spec) == wanted


# --- several parts --------------------------------------------------------------------------

pieces = st.one_of(
    st.tuples(st.just("int"), st.integers(-(10**6), 10**6)),
    st.tuples(st.just("decimal"), st.integers(-(10**6), 10**6)),
    st.tuples(st.sampled_from(["plain", "dictionary"]), st.text(max_size=6)),
    st.tuples(st.just("constant"), st.text(max_size=4)),
    st.tuples(st.just("long"), st.text(min_size=100, max_size=120)),
)


@settings(max_examples=200)
@given(
    st.lists(st.lists(pieces, min_size=1, max_size=5), min_size=1, max_size=1), st.integers(1, 9), st.data()
)
def test_any_parts_side_by_side(shape, n, data):
    at, parts, wanted = MemoryFrame(n), [], [""] * n
    for i, (kind, example) in enumerate(shape[0]):
        name = f"c{i}"
        if kind == "constant":
            parts.append(example)
            texts = [example] * n
        elif kind in ("int", "decimal"):
            numbers = data.draw(st.lists(st.integers(-(10**6), 10**6), min_size=n, max_size=n))
            dtype = t.INT if kind == "int" else t.Decimal(10, 3)
            given = numbers if kind == "int" else [Decimal(x).scaleb(-3) for x in numbers]
            at.columns[name] = vector(dtype, given)
            parts.append(ir.FormatPart(col(dtype, name), ""))
            texts = [format(x, "f") if kind == "decimal" else str(x) for x in given]
        else:
            texts = data.draw(st.lists(st.sampled_from([example, "", "é", "zz"]), min_size=n, max_size=n))
            found = vector(S, texts)
            if kind == "dictionary":
                found = Vector(S, strings.dictionary(*strings.encode(found.data)))
            at.columns[name] = found
            parts.append(ir.FormatPart(col(S, name), ""))
        wanted = [a + b for a, b in zip(wanted, texts, strict=True)]
    assert run(ir.Format(S, False, tuple(parts)), at) == wanted


def test_blocks_join_as_one():
    n = 20_000
    at = MemoryFrame(n)
    at.columns["s"] = Vector(S, strings.dictionary(at.rows % 3, strings.from_python(["a", "bcd", ""])))
    expr = ir.Format(
        S, False, (ir.FormatPart(col(S, "s"), ""), "-", ir.FormatPart(ir.RowNumber(t.INT, False), ""))
    )
    assert run(expr, at) == [f"{('a', 'bcd', '')[i % 3]}-{i}" for i in range(n)]


def test_one_dictionary_among_constants_stays_a_dictionary():
    at = MemoryFrame(9)
    at.columns["s"] = Vector(S, strings.dictionary(at.rows % 3, strings.from_python(["a", "b", "c"])))
    found = evaluate(ir.Format(S, False, ("<", ir.FormatPart(col(S, "s"), ""), ">")), at)
    assert strings.is_dictionary(found.data)
    assert found.data.to_pylist() == ["<a>", "<b>", "<c>"] * 3


def test_null_parts_and_no_parts():
    at = frame(a=(S, ["x", None]), b=(t.INT, [None, 1]))
    both = (ir.FormatPart(col(S, "a"), ""), ir.FormatPart(col(t.INT, "b"), ""))
    assert run(ir.Format(S, True, both), at) == [None, None]
    assert run(ir.Format(S, True, (ir.FormatPart(const(S, None), ""),)), at) == [None, None]
    assert run(ir.Format(S, False, ()), at) == ["", ""]
    assert run(ir.Format(S, False, ("{}é",)), at) == ["{}é", "{}é"]


def test_no_rows():
    at = frame(a=(S, []), b=(t.INT, []), c=(t.TIMESTAMP, []), d=(t.FLOAT, []), e=(t.Decimal(5, 2), []))
    for name, dtype in (("a", S), ("b", t.INT), ("c", t.TIMESTAMP), ("d", t.FLOAT), ("e", t.Decimal(5, 2))):
        assert run(ir.Format(S, True, ("x", ir.FormatPart(col(dtype, name), ""))), at) == []
