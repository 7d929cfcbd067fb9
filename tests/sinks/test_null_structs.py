"""Structs that are null now and then, whose members never are, come back from the files as they went in."""

from __future__ import annotations

import json
import uuid

import pyarrow as pa
import pytest
from deltalake import DeltaTable
from pyarrow import orc, parquet

import specdsl
from specdsl.sinks.members import unmarked

SPEC = """
enum Size { s, m, l }
table t 500 {
  id int key
  a struct { n int = 1..5, text string = word(), size Size }? 30% null
  b struct {
    inner struct { u uuid = uuid4(), f float = 0.0..1.0, at timestamp = 2024-01-01 .. 2024-02-01 }
    list  list<int>[0..3] = 1..9
    price decimal(8, 2) = 0.00..5.00
    clock time = 09:00..10:00
    fine  bool
    maybe struct { z int = 1..3 }? 50% null
  }? 30% null
  c list<struct { n int = 1..5, d struct { u uuid = uuid4(), size Size }? 40% null }>[0..3]
}
"""


@pytest.mark.parametrize("form", ["avro", "arrow", "orc", "parquet", "duckdb", "jsonl", "delta"])
def test_rows_are_verified_as_they_were_written(tmp_path, form):
    data = specdsl.load(SPEC)
    data.build(tmp_path, format=form)
    report = data.verify(tmp_path)
    assert report.ok
    assert report.rows["t"] == 500


def test_orc_as_others_read_it(tmp_path):
    specdsl.load(SPEC).build(tmp_path / "o", format="orc")
    specdsl.load(SPEC).build(tmp_path / "p")
    there, wanted = orc.read_table(tmp_path / "o" / "t.orc"), parquet.read_table(tmp_path / "p" / "t.parquet")
    for name, member in (("b", "maybe"), ("b", "fine"), ("a", "text"), ("a", "size"), ("c", "n")):
        both = [_members(table[name].to_pylist(), member) for table in (there, wanted)]
        assert both[0] == both[1], (name, member)


def test_delta_as_others_read_it(tmp_path):
    specdsl.load(SPEC).build(tmp_path / "d", format="delta")
    specdsl.load(SPEC).build(tmp_path / "p")
    lake, wanted = DeltaTable(tmp_path / "d" / "t"), parquet.read_table(tmp_path / "p" / "t.parquet")
    assert len(lake.to_pandas()) == 500
    for there in (lake.to_pyarrow_table(), lake.to_pyarrow_dataset().to_table()):
        for name in ("a", "c"):
            assert _plain(there[name].to_pylist()) == _plain(wanted[name].to_pylist()), name
        for member in ("list", "price", "fine", "maybe"):
            both = [_members(table["b"].to_pylist(), member) for table in (there, wanted)]
            assert both[0] == both[1], member


def test_delta_promises_no_more_than_a_null_struct_keeps(tmp_path):
    text = """
    table t 50 {
      id int key
      a struct { n int = 1..5, d struct { x int = 1..3 }, l list<struct { k int = 1..2 }>[0..2] }? 30% null
      b struct { n int = 1..5, d struct { x int = 1..3 }? 30% null }
      c list<struct { n int = 1..5, d struct { x int = 1..3 }? 40% null }>[0..3]? 20% null
    }
    """
    specdsl.load(text).build(tmp_path, format="delta")
    lake = DeltaTable(tmp_path / "t")
    assert lake.to_pyarrow_table().num_rows == 50
    found = {field["name"]: field for field in json.loads(lake.schema().to_json())["fields"]}
    assert _nullable(found["id"]) is False
    assert _nullable(found["a"]) == (
        True,
        {"n": True, "d": (True, {"x": True}), "l": (True, (True, {"k": True}))},
    )
    assert _nullable(found["b"]) == (False, {"n": False, "d": (True, {"x": True})})
    assert _nullable(found["c"]) == (True, (True, {"n": True, "d": (True, {"x": True})}))


def _nullable(field):
    """Whether a field of Delta Lake's schema may be null, with the same of what is in it."""
    return _nullable_kind(field["type"], field["nullable"])


def _nullable_kind(kind, nullable):
    if isinstance(kind, str):
        return nullable
    if kind["type"] == "array":
        return nullable, _nullable_kind(kind["elementType"], kind["containsNull"])
    return nullable, {member["name"]: _nullable(member) for member in kind["fields"]}


def _plain(value):
    """A value with uuids as Delta Lake has them."""
    if isinstance(value, list):
        return [_plain(one) for one in value]
    if isinstance(value, dict):
        return {name: _plain(one) for name, one in value.items()}
    return str(value) if isinstance(value, uuid.UUID) else value


def _members(rows, member):
    lists = [row if isinstance(row, list) else [row] for row in rows]
    return [[None if one is None else one[member] for one in some] for some in lists]


@pytest.mark.parametrize(
    "array",
    [
        pa.array([1, None, 3]),
        pa.array(["a", None, "b"]),
        pa.array([None, "x", "x"]).dictionary_encode(),
        pa.array([[1], None, [2, 3]]),
        pa.array([{"a": 1}, None, {"a": 2}]),
        pa.array([True, None, False]).slice(1),
    ],
    ids=lambda a: str(a.type),
)
def test_marks_are_gone_and_values_stay(array):
    bare = unmarked(array)
    bare.validate(full=True)
    assert bare.null_count == 0
    assert bare.type == array.type
    kept = [i for i, v in enumerate(array.to_pylist()) if v is not None]
    assert [bare[i].as_py() for i in kept] == [array[i].as_py() for i in kept]
