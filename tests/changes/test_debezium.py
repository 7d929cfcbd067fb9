"""Debezium's messages: the envelope, values of every type, keys, tombstones, schemas."""

from __future__ import annotations

import base64
import json
from collections.abc import Iterator
from datetime import datetime
from decimal import Decimal
from typing import Any

import pyarrow as pa
import pytest

from specdsl.changes.formats.debezium import Debezium
from specdsl.changes.records import ChangedTable, Op
from specdsl.datatypes import types as t
from specdsl.errors import UsageError
from tests.sinks.everything import COLUMNS, everything

from .streams import EPOCH, NOW, Files, changed, described, micros

I, U, D = Op.INSERT, Op.UPDATE, Op.DELETE  # noqa: E741 - the operations
ROWS = pa.record_batch(
    [
        pa.array([1, 2, 3, 4], pa.int32()),
        pa.array(["de", "fr", "de", "it"]),
        pa.array([Decimal("12.50"), None, Decimal("-0.05"), Decimal("100.00")], pa.decimal128(8, 2)),
    ],
    schema=pa.schema(
        [
            pa.field("id", pa.int32(), nullable=False),
            pa.field("country", pa.string(), nullable=False),
            pa.field("total", pa.decimal128(8, 2)),
        ]
    ),
)
SHOP = described("shop", "orders", {"id": t.Int(32), "country": t.STRING, "total": t.Decimal(8, 2)}, ("id",))
KEYLESS = described("shop", "orders", {"id": t.Int(32), "country": t.STRING, "total": t.Decimal(8, 2)}, ())
MIXED = [(I, None, 0), (U, 1, 2), (D, 3, None)]
AT = micros(NOW)


def written(made: ChangedTable, **values: object) -> Files:
    """The files of the changes."""
    files = Files()
    Debezium().write(made, files, values)
    return files


def messages(made: ChangedTable, **values: object) -> list[Any]:
    """The messages of the changes."""
    return [json.loads(line, parse_float=str) for line in written(made, **values).lines]


def test_a_line_is_what_the_converter_writes() -> None:
    (line,) = written(changed(SHOP, ROWS, [(U, 0, 2)], begin=7)).lines
    assert line == (
        '{"before":{"id":1,"country":"de","total":"12.50"},"after":{"id":3,"country":"de","total":"-0.05"},'
        '"source":{"version":"3.6.1.Final","connector":"postgresql","name":"shop","ts_ms":1748781000250,'
        '"snapshot":"false","db":"shop","sequence":"[\\"6\\",\\"7\\"]","ts_us":1748781000250007,'
        '"ts_ns":1748781000250007000,"schema":"public","table":"orders","txId":2,"lsn":7,"xmin":null,'
        '"origin":null,"origin_lsn":null},"transaction":null,"op":"u","ts_ms":1748781000250,'
        '"ts_us":1748781000250007,"ts_ns":1748781000250007000}'
    )


def test_operations_and_their_images() -> None:
    found = messages(changed(SHOP, ROWS, MIXED))
    assert [m["op"] for m in found] == ["c", "u", "d"]
    ids = [tuple(m[side] and m[side]["id"] for side in ("before", "after")) for m in found]
    assert ids == [(None, 1), (2, 3), (4, None)]
    assert found[1]["before"] == {"id": 2, "country": "fr", "total": None}
    assert [m["source"]["lsn"] for m in found] == [101, 102, 103]
    assert [json.loads(m["source"]["sequence"]) for m in found] == [["100", str(n)] for n in (101, 102, 103)]


PLACES = {
    "one table": (1, 3, 3, ["first", "true", "last"]),
    "the first of two": (1, 3, 9, ["first", "true", "last_in_data_collection"]),
    "the last of two": (4, 3, 6, ["first_in_data_collection", "true", "last"]),
    "between two": (4, 3, 9, ["first_in_data_collection", "true", "last_in_data_collection"]),
    "a single row": (1, 1, 1, ["last"]),
    "a single row, first": (1, 1, 9, ["first"]),
    "a single row, between": (4, 1, 9, ["last_in_data_collection"]),
}


@pytest.mark.parametrize("case", PLACES)
def test_a_first_batch_is_a_snapshot(case: str) -> None:
    number, count, end, places = PLACES[case]
    changes = [(I, None, i) for i in range(count)]
    made = changed(SHOP, ROWS, changes, batch=1, number=number, end=end)
    found = messages(made)
    assert [m["source"]["snapshot"] for m in found] == places
    assert {m["op"] for m in found} == {"r"}
    assert {json.loads(m["source"]["sequence"])[0] for m in found} == {None}


def test_bytes_do_not_depend_on_batches() -> None:
    changes = [MIXED[i % 3] for i in range(50)]
    for batch in (1, 2):
        options = {"tombstones": True, "keys": "file", "transactions": True}
        found = {
            step: written(changed(SHOP, ROWS, changes, batch=batch, step=step), **options).made
            for step in (1, 7, 50)
        }
        assert found[1] == found[7] == found[50]


def test_without_changes_there_are_no_lines() -> None:
    assert written(changed(SHOP, ROWS, []), keys="file").made == {"": b"", ".keys": b""}


# --- values ------------------------------------------------------------------------------------


def expected(name: str, value: Any) -> Any:
    """What stands in a message for a value of the column, as JSON is parsed with numbers as text."""
    dtype, _ = COLUMNS[name]
    if value is None:
        return None
    match dtype:
        case t.Int(64, False):
            return str(value)
        case t.Float(bits):
            return value if bits == 64 else pytest.approx(value)
        case t.Decimal(_, scale):
            return f"{value:.{scale}f}"
        case t.Bytes():
            return base64.b64encode(value).decode()
        case t.Date():
            return (datetime(value.year, value.month, value.day, tzinfo=EPOCH.tzinfo) - EPOCH).days
        case t.Time():
            return ((value.hour * 60 + value.minute) * 60 + value.second) * 1_000_000 + value.microsecond
        case t.Timestamp():
            return value.isoformat(timespec="microseconds").replace("+00:00", "Z")
        case t.Duration():
            return (value.days * 86_400 + value.seconds) * 1_000_000 + value.microseconds
        case t.Uuid():
            return str(value)
        case _:
            return value


def test_values_of_every_type() -> None:
    rows = everything()
    made = described("all", "things", {name: dtype for name, (dtype, _) in COLUMNS.items()}, ())
    changes = [(U, i, (i + 1) % rows.num_rows) for i in range(rows.num_rows)]
    found = [json.loads(line) for line in written(changed(made, rows, changes)).lines]
    assert [m["after"] for m in found[:-1]] == [m["before"] for m in found[1:]]
    nested = {n for n, (dtype, _) in COLUMNS.items() if isinstance(dtype, t.Json | t.List | t.Struct)}
    for row, message in enumerate(found):
        assert list(message["before"]) == list(COLUMNS)
        for k, (name, (_, values)) in enumerate(COLUMNS.items()):
            value = None if row % (5 + k % 3) == k % 5 else values[row % len(values)]
            if name not in nested:
                assert message["before"][name] == expected(name, value), (name, row)


def test_documents_lists_and_structs_are_json_in_a_string() -> None:
    rows = everything()
    made = described("all", "things", {name: dtype for name, (dtype, _) in COLUMNS.items()}, ())
    found = [
        json.loads(line)["after"]
        for line in written(changed(made, rows, [(I, None, i) for i in range(rows.num_rows)])).lines
    ]
    for name in ("doc", "tags", "scores", "point", "path", "matrix"):
        texts = [f[name] for f in found]
        values = rows.column(name).to_pylist()
        assert [x is None for x in texts] == [x is None for x in values]
        parsed = [None if x is None else json.loads(x) for x in texts]
        assert parsed == [json.loads(v) if v and name == "doc" else v for v in values]
        assert any(v is not None for v in values)


def test_what_is_no_number_is_named_as_in_java() -> None:
    rows = pa.record_batch({"x": pa.array([float("nan"), float("inf"), float("-inf"), None, 1.5])})
    made = described("d", "t", {"x": t.FLOAT}, ())
    lines = written(changed(made, rows, [(I, None, i) for i in range(5)])).lines
    assert [json.loads(x)["after"]["x"] for x in lines] == ["NaN", "Infinity", "-Infinity", None, 1.5]


UNSCALED = [
    0,
    1,
    -1,
    127,
    128,
    -128,
    -129,
    255,
    256,
    32_767,
    -32_768,
    -32_769,
    10**17,
    -(10**17),
    2**63 - 1,
    None,
]


def test_precise_decimals_are_the_bytes_of_the_unscaled_number() -> None:
    values = [None if n is None else Decimal(n).scaleb(-2) for n in UNSCALED]
    rows = pa.record_batch({"x": pa.array(values, pa.decimal128(38, 2))})
    made = described("d", "t", {"x": t.Decimal(38, 2)}, ())
    lines = written(
        changed(made, rows, [(I, None, i) for i in range(len(UNSCALED))]), decimals="precise"
    ).lines
    found = [json.loads(line)["after"]["x"] for line in lines]
    for number, text in zip(UNSCALED, found, strict=True):
        if number is None:
            assert text is None
        else:
            raw = base64.b64decode(text)
            assert int.from_bytes(raw, signed=True) == number
            assert len(raw) == (number if number >= 0 else ~number).bit_length() // 8 + 1


def test_decimals_as_doubles() -> None:
    assert [
        m["after"]["total"]
        for m in map(json.loads, written(changed(SHOP, ROWS, [(I, None, 0)]), decimals="double").lines)
    ] == [12.5]


# --- keys, tombstones, transactions --------------------------------------------------------------


def test_keys_beside_messages() -> None:
    plain = messages(changed(SHOP, ROWS, MIXED))
    found = messages(changed(SHOP, ROWS, MIXED), keys="member")
    assert [m["key"] for m in found] == [{"id": 1}, {"id": 3}, {"id": 4}]
    assert [m["value"] for m in found] == plain


def test_keys_in_a_file_of_their_own() -> None:
    files = written(changed(SHOP, ROWS, MIXED), keys="file")
    assert files.lines == written(changed(SHOP, ROWS, MIXED)).lines
    assert files.made[".keys"].decode().splitlines() == ['{"id":1}', '{"id":3}', '{"id":4}']


def test_tables_without_a_key() -> None:
    found = messages(changed(KEYLESS, ROWS, MIXED), keys="member", schemas=True)
    assert [m["key"] for m in found] == [None] * 3


def test_tombstones_follow_deletes() -> None:
    changes = [(D, 0, None), (I, None, 1), (D, 2, None), (D, 3, None)]
    found = messages(changed(SHOP, ROWS, changes), tombstones=True)
    assert [m and m["op"] for m in found] == ["d", None, "c", "d", None, "d", None]
    members = messages(changed(SHOP, ROWS, changes), tombstones=True, keys="member")
    assert [m["key"]["id"] for m in members] == [1, 1, 2, 3, 3, 4, 4]
    assert [m["value"] for m in members] == found
    files = written(changed(SHOP, ROWS, changes), tombstones=True, keys="file")
    assert [json.loads(x)["id"] for x in files.made[".keys"].splitlines()] == [1, 1, 2, 3, 3, 4, 4]


def test_transactions() -> None:
    found = messages(changed(SHOP, ROWS, MIXED, begin=50), transactions=True)
    assert [m["transaction"] for m in found] == [
        {"id": "2:50", "total_order": n, "data_collection_order": n} for n in (1, 2, 3)
    ]
    of_snapshot = messages(changed(SHOP, ROWS, MIXED[:1], batch=1, begin=1), transactions=True)
    assert [m["transaction"] for m in of_snapshot] == [None]


# --- schemas ---------------------------------------------------------------------------------------

PYTHON = {"string": str, "bytes": str, "boolean": bool, "float": float, "double": float}


def mismatches(schema: Any, value: Any, path: str = "") -> Iterator[str]:
    """Where a value is not what its Connect schema says."""
    if value is None:
        if not schema["optional"]:
            yield f"{path} is null"
    elif schema["type"] == "struct":
        if [f["field"] for f in schema["fields"]] != list(value):
            yield f"{path} has {list(value)}"
        for field in schema["fields"]:
            yield from mismatches(field, value.get(field["field"]), f"{path}.{field['field']}")
    elif schema["type"].startswith("int"):
        bits = int(schema["type"][3:]) - 1
        if type(value) is not int or not -(1 << bits) <= value < 1 << bits:
            yield f"{path} is {value}, no {schema['type']}"
    elif not isinstance(value, PYTHON[schema["type"]]) and type(value) is not int:
        yield f"{path} is {value!r}, no {schema['type']}"


@pytest.mark.parametrize("decimals", ["string", "precise", "double"])
def test_schemas_describe_the_messages(decimals: str) -> None:
    rows = everything()
    types = {name: dtype for name, (dtype, _) in COLUMNS.items()}
    made = described("all", "things", types, ("id",))
    changes = [(op, i if op is not I else None, i if op is not D else None) for op in Op for i in range(84)]
    options = {"decimals": decimals, "transactions": True, "keys": "member"}
    plain = [json.loads(x) for x in written(changed(made, rows, changes), **options).lines]
    found = [json.loads(x) for x in written(changed(made, rows, changes), schemas=True, **options).lines]
    for bare, full in zip(plain, found, strict=True):
        assert full["value"]["payload"] == bare["value"]
        assert full["key"]["payload"] == bare["key"]
        assert list(mismatches(full["value"]["schema"], bare["value"])) == []
    assert len({json.dumps(m["value"]["schema"]) for m in found}) == 1


def test_a_schema_word_for_word() -> None:
    (found,) = messages(changed(SHOP, ROWS, [(I, None, 0)]), schemas=True, keys="member", decimals="precise")
    assert found["key"]["schema"] == {
        "type": "struct",
        "fields": [{"type": "int32", "optional": False, "field": "id"}],
        "optional": False,
        "name": "shop.public.orders.Key",
    }
    schema = found["value"]["schema"]
    assert (schema["name"], schema["version"], schema["optional"]) == (
        "shop.public.orders.Envelope",
        2,
        False,
    )
    before = schema["fields"][0]
    assert before == {
        "type": "struct",
        "fields": [
            {"type": "int32", "optional": False, "field": "id"},
            {"type": "string", "optional": False, "field": "country"},
            {
                "type": "bytes",
                "optional": True,
                "name": "org.apache.kafka.connect.data.Decimal",
                "version": 1,
                "parameters": {"scale": "2", "connect.decimal.precision": "8"},
                "field": "total",
            },
        ],
        "optional": True,
        "name": "shop.public.orders.Value",
        "field": "before",
    }


def test_enums_tell_their_members() -> None:
    level = t.Enum("Level", ("low", "high"))
    rows = pa.record_batch({"level": pa.array(["low", "high"]).dictionary_encode()})
    (line, _) = written(
        changed(described("d", "t", {"level": level}, ()), rows, [(I, None, 1), (I, None, 0)]), schemas=True
    ).lines
    message = json.loads(line)
    assert message["payload"]["after"] == {"level": "high"}
    (field,) = message["schema"]["fields"][1]["fields"]
    assert field["parameters"] == {"allowed": "low,high"}


@pytest.mark.parametrize("format", ["parquet", "csv", "avro"])
def test_messages_are_json(format: str) -> None:
    with pytest.raises(UsageError, match="Debezium"):
        Debezium().require(format, SHOP, {})
    Debezium().require("jsonl", SHOP, {})


def test_names_with_quotes() -> None:
    rows = pa.record_batch({'a "b"': pa.array([1])})
    made = described('d"', 't"\\', {'a "b"': t.INT}, ('a "b"',))
    (line,) = written(changed(made, rows, [(I, None, 0)]), schemas=True, keys="member").lines
    found = json.loads(line)
    assert found["value"]["payload"]["source"]["table"] == 't"\\'
    assert found["key"]["payload"] == {'a "b"': 1}
