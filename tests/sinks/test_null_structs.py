"""Structs that are null now and then, whose members never are, come back from the files as they went in."""

from __future__ import annotations

import pyarrow as pa
import pytest
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


@pytest.mark.parametrize("form", ["avro", "arrow", "orc", "parquet", "duckdb", "jsonl"])
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
