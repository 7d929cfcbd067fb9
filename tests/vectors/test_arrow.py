"""Vectors to and from Arrow: every type, nulls, slices, chunks, relatives of a type."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import numpy as np
import pyarrow as pa
import pytest

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import arrow_type
from specdsl.errors import DataError
from specdsl.vectors import selection, strings
from specdsl.vectors.arrow import from_arrow, to_arrow
from specdsl.vectors.vector import Vector

E = t.Enum("E", ("a", "b"))
LARGE = t.Enum("Large", tuple(f"m{i}" for i in range(200)))
STRUCT = t.Struct((t.Field("x", t.INT, True), t.Field("y", t.List(t.STRING), True)))
CASES = [
    (t.BOOL, [True, None, False, True]),
    (t.Int(8), [1, -128, None]),
    (t.Int(32, False), [2**32 - 1, None]),
    (t.Int(64, False), [2**64 - 1, None]),
    (t.INT, [-(2**63), 2**63 - 1, None]),
    (t.FLOAT, [1.5, None, -0.0]),
    (t.Float(32), [1.5, None]),
    (t.Decimal(10, 2), [Decimal("-1.25"), None, Decimal("99999999.99")]),
    (t.Decimal(38, 0), [Decimal(2**63 - 1), Decimal(-(2**63)), None]),
    (t.STRING, ["a", None, "éß😀", ""]),
    (t.BYTES, [b"\0a", None, b""]),
    (t.DATE, [date(2024, 2, 29), None, date(1, 1, 1)]),
    (t.TIME, [time(1, 2, 3, 4), None]),
    (t.TIMESTAMP, [datetime(2024, 1, 1, tzinfo=UTC), None]),
    (t.DURATION, [timedelta(days=-1), None]),
    (t.UUID, [uuid.UUID(int=5), None]),
    (t.JSON, ['{"a":1}', None]),
    (E, ["b", None, "a"]),
    (LARGE, ["m199", None, "m0"]),
    (t.List(t.Int(32)), [[1, None], None, [], [3]]),
    (t.List(t.List(t.STRING)), [[["a"], []], None, [["b", None]]]),
    (t.List(E), [["a", "b"], None]),
    (STRUCT, [{"x": 1, "y": ["q"]}, None, {"x": None, "y": None}]),
    (t.List(STRUCT), [[{"x": 1, "y": []}], [], None]),
    (t.NULL, [None, None]),
]
by_type = pytest.mark.parametrize(("dtype", "values"), CASES, ids=[str(c[0]) for c in CASES])


def plain_type(dtype: t.DataType) -> pa.DataType:
    """The Arrow type with strings for enums: what files hold."""
    match dtype:
        case t.Enum():
            return pa.string()
        case t.List(item):
            return pa.list_(plain_type(item))
        case _:
            return arrow_type(dtype)


def array(dtype: t.DataType, values: list) -> pa.Array:
    return pa.array(values, plain_type(dtype))


def python(vector: Vector) -> list:
    found = to_arrow(vector)
    found.validate(full=True)
    assert found.type == arrow_type(vector.type)
    return found.to_pylist()


@by_type
def test_there_and_back(dtype, values):
    assert python(from_arrow(array(dtype, values), dtype)) == values
    again = to_arrow(from_arrow(array(dtype, values), dtype))
    assert python(from_arrow(again, dtype)) == values


@by_type
def test_slices_and_chunks(dtype, values):
    whole = array(dtype, values)
    assert python(from_arrow(whole.slice(1), dtype)) == values[1:]
    assert python(from_arrow(whole.slice(1, 0), dtype)) == []
    chunks = pa.chunked_array([whole, whole.slice(1), whole.slice(0, 0)])
    assert python(from_arrow(chunks, dtype)) == values + values[1:]
    assert python(from_arrow(pa.chunked_array([], whole.type), dtype)) == []


@by_type
def test_all_null(dtype, values):
    assert python(from_arrow(pa.nulls(3), dtype)) == [None] * 3
    assert python(selection.nulls(dtype, 2)) == [None] * 2
    assert python(selection.empty(dtype)) == []


@by_type
def test_take_and_repeat(dtype, values):
    vector = from_arrow(array(dtype, values), dtype)
    n = len(values)
    positions = np.array([n - 1, 0, 0, 1])
    assert python(selection.take(vector, positions)) == [values[i] for i in positions]
    assert python(selection.take(vector, positions[:0])) == []
    counts = np.arange(n)
    assert python(selection.repeat(vector, counts)) == [
        v for v, c in zip(values, counts, strict=True) for _ in range(c)
    ]
    assert python(selection.slice(vector, 1, n)) == values[1:]


@by_type
def test_concat_and_merge(dtype, values):
    vector = from_arrow(array(dtype, values), dtype)
    n = len(values)
    merged = selection.merge(n + 2, [(np.arange(1, n + 1)[::-1], vector)], dtype)
    assert python(merged) == [None, *values[::-1], None]
    two = [(np.arange(0, 2 * n, 2), vector), (np.arange(1, 2 * n, 2), vector)]
    assert python(selection.merge(2 * n, two, dtype)) == [v for v in values for _ in range(2)]
    assert python(selection.merge(2, [], dtype)) == [None, None]
    assert python(selection.concat([vector, merged, vector], dtype)) == [
        *values,
        None,
        *values[::-1],
        None,
        *values,
    ]
    assert python(selection.concat([], dtype)) == []


@by_type
def test_masks(dtype, values):
    vector = from_arrow(array(dtype, values), dtype)
    keep = np.arange(len(values)) % 2 == 0
    wanted = [v if k else None for v, k in zip(values, keep, strict=True)]
    assert python(selection.mask(vector, keep)) == wanted


def test_structs_without_fields_know_their_length():
    empty = t.Struct(())
    vector = selection.filler(empty, 3)
    assert selection.length(vector) == 3
    assert python(selection.take(vector, np.array([0, 1]))) == [{}, {}]
    assert python(selection.concat([vector, selection.nulls(empty, 1)], empty)) == [{}, {}, {}, None]
    assert python(from_arrow(pa.array([{}, {}], pa.struct([])), empty)) == [{}, {}]


RELATIVES = [
    (pa.array([1, None], pa.int16()), t.INT, [1, None]),
    (pa.array([1, 2], pa.uint8()), t.Int(32), [1, 2]),
    (pa.array([1.5], pa.float32()), t.FLOAT, [1.5]),
    (pa.array([1, 2], pa.int64()), t.FLOAT, [1.0, 2.0]),
    (pa.array(["a", None], pa.large_string()), t.STRING, ["a", None]),
    (pa.array(["a", None, "a"]).dictionary_encode(), t.STRING, ["a", None, "a"]),
    (pa.DictionaryArray.from_arrays(pa.array([1, 0], pa.int8()), pa.array(["x", None])), t.STRING, [None, "x"]),
    (pa.DictionaryArray.from_arrays(pa.array([None, None], pa.int8()), pa.array([], pa.string())), t.STRING, [None, None]),
    (pa.array([1704067200], pa.timestamp("s")), t.TIMESTAMP, [datetime(2024, 1, 1, tzinfo=UTC)]),
    (pa.array([1], pa.timestamp("ns", "Europe/Paris")), t.TIMESTAMP, [datetime(1970, 1, 1, tzinfo=UTC)]),
    (pa.array([date(2024, 1, 1)], pa.date64()), t.DATE, [date(2024, 1, 1)]),
    (pa.array([time(1)], pa.time32("s")), t.TIME, [time(1)]),
    (pa.array([timedelta(1)], pa.duration("ms")), t.DURATION, [timedelta(1)]),
    (pa.array([Decimal("1.5")], pa.decimal128(5, 1)), t.Decimal(10, 2), [Decimal("1.50")]),
    (pa.array([Decimal("1.5")], pa.decimal256(50, 1)), t.Decimal(10, 1), [Decimal("1.5")]),
    (pa.array([2], pa.int32()), t.Decimal(10, 2), [Decimal("2.00")]),
    (pa.array([str(uuid.UUID(int=7)), None]), t.UUID, [uuid.UUID(int=7), None]),
    (pa.array([uuid.UUID(int=7).bytes], pa.binary(16)), t.UUID, [uuid.UUID(int=7)]),
    (pa.array([[1], None], pa.large_list(pa.int8())), t.List(t.INT), [[1], None]),
    (pa.array([[1, 2], [3, 4]], pa.list_(pa.int8(), 2)), t.List(t.INT), [[1, 2], [3, 4]]),
]  # fmt: skip


@pytest.mark.parametrize(
    ("given", "dtype", "wanted"), RELATIVES, ids=[str(r[0].type) + str(r[1]) for r in RELATIVES]
)
def test_relatives_of_a_type(given, dtype, wanted):
    assert python(from_arrow(given, dtype)) == wanted


@pytest.mark.parametrize(
    ("given", "dtype", "message"),
    [
        (pa.array([300]), t.Int(8), "do not fit into int8"),
        (pa.array(["x"]), t.INT, "do not fit into int"),
        (pa.array(["c"]), E, "`c` is not a member of enum `E`"),
        (pa.array([Decimal(2**63)], pa.decimal128(38, 0)), t.Decimal(38, 0), "too many digits"),
        (pa.array(["no uuid"]), t.UUID, "no uuid"),
    ],
)
def test_what_has_no_counterpart_is_one_line(given, dtype, message):
    with pytest.raises(DataError, match=message) as caught:
        from_arrow(given, dtype)
    assert "\n" not in caught.value.message


def test_dictionaries_stay_where_asked():
    vector = Vector(t.STRING, strings.dictionary(np.array([1, 0, 1]), strings.from_python(["a", "b"])))
    kept = to_arrow(vector, keep_dictionary=True)
    assert kept.type == pa.dictionary(pa.int32(), pa.string())
    assert kept.to_pylist() == ["b", "a", "b"]
    holes = to_arrow(selection.mask(vector, np.array([True, False, True])), keep_dictionary=True)
    holes.validate(full=True)
    assert holes.to_pylist() == ["b", None, "b"]
    assert python(vector) == ["b", "a", "b"]


def test_concat_of_dictionaries_shares_the_same_ones():
    entries = strings.from_python(["a", "b"])
    one = strings.dictionary(np.array([1, 0]), entries)
    other = strings.dictionary(np.array([0]), strings.from_python(["z"]))
    joined = strings.concat([one, other, one])
    assert joined.to_pylist() == ["b", "a", "z", "b", "a"]
    assert joined.dictionary.to_pylist() == ["a", "b", "z"]
    assert strings.is_dictionary(strings.concat([one, one]))
    assert not strings.is_dictionary(strings.concat([one, strings.from_python(["q"])]))


def test_distinct_codes_see_through_repeated_entries():
    repeated = strings.dictionary(np.array([0, 1, 2]), strings.from_python(["a", "b", "a"]))
    codes = strings.distinct_codes(repeated)
    assert codes[0] == codes[2] != codes[1]


def test_fields_that_are_never_null_hold_nothing_null_under_a_null_struct() -> None:
    valid = np.array([True, False, True])
    kind = t.Struct((t.Field("never", t.INT), t.Field("maybe", t.INT, True)))
    member = Vector(t.INT, np.arange(3), valid)
    array = to_arrow(Vector(kind, (member, member), valid))
    assert array.to_pylist() == [{"never": 0, "maybe": 0}, None, {"never": 2, "maybe": 2}]
    assert [array.field(i).null_count for i in range(2)] == [0, 1]
