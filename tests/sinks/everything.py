"""A table with a column of every type, nulls everywhere, and the awkward values of each."""

from __future__ import annotations

import uuid
from datetime import UTC, date, datetime, time, timedelta
from decimal import Decimal

import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import arrow_type
from specdsl.sinks.base import documented

LEVEL = t.Enum("Level", ("low", "mid, really", 'so "high"'))
POINT = t.Struct((t.Field("x", t.FLOAT), t.Field("label", t.STRING, nullable=True)))
AWKWARD = [
    "",
    " padded ",
    'say "hi"',
    "a,b",
    "two\nlines",
    "cr\rlf\r\n",
    "back\\slash",
    "tab\tbell\x07nul-free\x1f",
    "grüße 漢字 🎈 \u2028 \x7f",
    "null",
    "NaN",
    "-",
    "[1]",
    "'",
]


def instant(*parts: int) -> datetime:
    return datetime(*parts, tzinfo=UTC)


# name -> (type, values); every list is repeated to the same length and gets nulls.
COLUMNS: dict[str, tuple[t.DataType, list[object]]] = {
    "flag": (t.BOOL, [True, False]),
    "i8": (t.Int(8), [-128, 127, 0]),
    "i16": (t.Int(16), [-32_768, 32_767]),
    "i32": (t.Int(32), [-(2**31), 2**31 - 1]),
    "i64": (t.INT, [-(2**63), 2**63 - 1, 0, 2**53 + 1]),
    "u8": (t.Int(8, signed=False), [0, 255]),
    "u16": (t.Int(16, signed=False), [0, 65_535]),
    "u32": (t.Int(32, signed=False), [0, 2**32 - 1]),
    "u64": (t.Int(64, signed=False), [0, 2**64 - 1, 2**53 + 1]),
    "f64": (t.FLOAT, [0.1, -0.0, 1e300, 5.0, 2.5e-9, 1 / 3]),
    "f32": (t.Float(32), [0.5, 16_777_216.0, -2.25]),
    "money": (
        t.Decimal(10, 2),
        [Decimal("12.50"), Decimal("-0.05"), Decimal("0.00"), Decimal("99999999.99")],
    ),
    "whole": (t.Decimal(18, 0), [Decimal(0), Decimal(-7)]),
    "fine": (
        t.Decimal(38, 10),
        [
            Decimal("0E-10"),
            Decimal("0.0000000001"),
            Decimal("-12.5000000000"),
            Decimal("9" * 18 + ".0123456789"),
        ],
    ),
    "text": (t.STRING, list(AWKWARD)),
    "clean": (t.String(1, 20), ["abc", "def"]),
    "raw": (t.BYTES, [b"", b"\x00", b"\xff\xfe", b"abc", bytes(range(256))]),
    "day": (t.DATE, [date(1970, 1, 1), date(2024, 2, 29), date(1, 1, 1), date(9999, 12, 31)]),
    "clock": (t.TIME, [time(0, 0), time(23, 59, 59, 999_999), time(9, 30, 0, 250_000)]),
    "at": (
        t.TIMESTAMP,
        [
            instant(2024, 2, 29, 12, 30),
            instant(1969, 12, 31, 23, 59, 59, 1),
            instant(1, 1, 1),
            instant(9999, 12, 31, 23, 59, 59, 999_999),
        ],
    ),
    "span": (t.DURATION, [timedelta(0), timedelta(days=3, microseconds=7), timedelta(seconds=-90)]),
    "id": (t.UUID, [uuid.UUID(int=0), uuid.UUID("12345678-9abc-def0-1122-334455667788")]),
    "doc": (t.JSON, ['{"a": [1, 2.5, "x, \\"y\\""]}', "null", "[]", '"plain"']),
    "level": (LEVEL, list(LEVEL.members)),
    "tags": (t.List(t.STRING), [[], ["a"], ["b, c", 'q"', None, ""]]),
    "scores": (t.List(t.INT), [[1, 2, 3], [], [None]]),
    "levels": (t.List(LEVEL), [["low"], ['so "high"', "low"], []]),
    "point": (POINT, [{"x": 1.5, "label": "here"}, {"x": -2.0, "label": None}, {"x": 0.0, "label": 'q"\n'}]),
    "path": (
        t.List(POINT),
        [[], [{"x": 1.0, "label": None}, {"x": 2.5, "label": "b,c"}], [{"x": 0.25, "label": ""}]],
    ),
    "matrix": (t.List(t.List(t.INT)), [[[1], [], [2, 3]], [], [[]]]),
    "mixed": (
        t.Struct(
            (
                t.Field("on", t.DATE),
                t.Field("cost", t.Decimal(8, 3), nullable=True),
                t.Field("ids", t.List(t.UUID)),
            )
        ),
        [
            {"on": date(2024, 1, 2), "cost": Decimal("1.500"), "ids": [uuid.UUID(int=5).bytes]},
            {"on": date(2025, 1, 2), "cost": None, "ids": []},
        ],
    ),
}


def storage(dtype: t.DataType, value: object) -> object:
    return value.bytes if isinstance(value, uuid.UUID) else value


def array(dtype: t.DataType, values: list[object]) -> pa.Array:
    """An Arrow array of the type that columns of ``dtype`` are written as."""
    kind = arrow_type(dtype)
    if isinstance(dtype, t.Enum):
        codes = pa.array([None if v is None else dtype.members.index(v) for v in values], kind.index_type)
        return pa.DictionaryArray.from_arrays(codes, pa.array(dtype.members))
    if isinstance(dtype, t.Uuid):
        data = pa.array([None if v is None else v.bytes for v in values], pa.binary(16))
        return pa.ExtensionArray.from_storage(pa.uuid(), data)
    if isinstance(dtype, t.List):
        items = [item for v in values if v is not None for item in v]
        offsets = [0]
        for v in values:
            offsets.append(offsets[-1] + (0 if v is None else len(v)))
        nulls = pa.array([v is None for v in values], pa.bool_())
        inner = [uuid.UUID(bytes=i) if isinstance(i, bytes) and len(i) == 16 else i for i in items]
        return pa.ListArray.from_arrays(pa.array(offsets, pa.int32()), array(dtype.item, inner), mask=nulls)
    if isinstance(dtype, t.Struct):
        children = [
            array(f.type, [_placeholder(f) if v is None else v[f.name] for v in values]) for f in dtype.fields
        ]
        nulls = pa.array([v is None for v in values], pa.bool_())
        return pa.StructArray.from_arrays(children, fields=list(kind), mask=nulls)
    return pa.array(values, kind)


def _placeholder(field: t.Field) -> object:
    match field.type:
        case t.List():
            return []
        case t.Date():
            return date(1970, 1, 1)
        case t.Float():
            return 0.0
        case _:
            return None


def values_for(format: str | None, name: str) -> list[object]:
    """The values of a column, without those that ``format`` refuses."""
    _, values = COLUMNS[name]
    if format == "orc" and name == "at":
        return [v for v in values if 1678 <= v.year < 2262]  # type: ignore[attr-defined]
    return values


def everything(rows: int = 84, format: str | None = None) -> pa.RecordBatch:
    """``rows`` rows of values that ``format`` takes; column k is null in every (5 + k % 3)th."""
    arrays, fields = [], []
    for k, (name, (dtype, _)) in enumerate(COLUMNS.items()):
        values = values_for(format, name)
        column = [None if i % (5 + k % 3) == k % 5 else values[i % len(values)] for i in range(rows)]
        arrays.append(array(dtype, column))
        fields.append(documented(pa.field(name, arrow_type(dtype)), "", dtype))
    return pa.RecordBatch.from_arrays(arrays, schema=pa.schema(fields))


def type_names() -> list[str]:
    return list(COLUMNS)
