"""Members that JSON leaves out, and rows of JSON that are values: written, described, and read back."""

from __future__ import annotations

import json
from pathlib import Path
from typing import Any

import numpy as np
import pytest

import specdsl
from specdsl.building.finding import find_tables
from specdsl.building.manifest import read_manifest
from specdsl.datatypes import types as t
from specdsl.generate.expressions.json_text import json_texts
from specdsl.sinks.registry import CONTAINERS, SINKS
from specdsl.vectors.vector import Vector
from specdsl.verify.verifier import verify
from tests.build.specs import built, compiled

ABSENT = """
dataset d { seed 5 }
table users 4_000 {
  id     int key = sequence(start: 1)
  email  string 30% absent = "a@b" | "c,d"
  age    int absent 80% when id > 2_000 else 10% = 18..90
  rate   decimal(20, 10) 50% absent = 1.5
  doc    json 30% absent = "null" 50% | "{}"
  always json = "null" 50% | "[1]"
  boss   -> users 20% absent
  place  struct { city string 25% absent = "Ulm", zip string? 50% null = "89073", raw json 50% absent = "null" }
  many   list<struct { a int 50% absent = 1..3 }>[0..3]
  rare   string 100% absent = "x"
}
table adults = sql("select id, email from users where age > 20")
"""
BARE = """
dataset d { seed 5 }
table numbers 3_000 { value int bare = 1..5 }
table words 3_000 {
  first string hidden = "sun" | "mo\\"on"
  word  string? 10% null bare = f"{first}light"
}
table documents 3_000 { doc json bare = "null" 30% | "{\\"a\\": [1]}" | "\\"x\\"" }
table long 3_000 { value decimal(30, 10) bare = 1.0..1000000.0 }
table points 3_000 { at struct { x float = 0.0..1.0, y int 50% absent = 3 } bare }
table lists 3_000 { many list<decimal(20, 2)>[0..3] bare = 1..5 }
"""
FORMATS = [*SINKS, *(name for name in CONTAINERS if name not in ("sql", "excel", "delta"))]


def verified(spec: str, folder: Path) -> None:
    """Verifies what is in the folder, by its manifest and by the names of files."""
    dataset = compiled(spec).dataset
    assert dataset is not None
    found = find_tables(dataset, folder)
    assert verify(dataset, found.tables, "full", None, found.rows).ok
    (folder / "manifest.json").unlink()
    report = verify(dataset, find_tables(dataset, folder).tables, "full", None, None)
    assert report.ok, [r.rule.name for r in report.broken]


def documents(path: Path) -> list[Any]:
    text = path.read_text("utf-8")
    return json.loads(text) if path.suffix == ".json" else [json.loads(line) for line in text.splitlines()]


@pytest.mark.parametrize("spec", [ABSENT, BARE], ids=["absent", "bare"])
@pytest.mark.parametrize("format", FORMATS)
def test_every_format_is_verified(tmp_path: Path, format: str, spec: str) -> None:
    result = built(tmp_path, spec, format=format)
    assert result.ok
    verified(spec, tmp_path)


@pytest.mark.parametrize("format", ["jsonl", "json"])
def test_absent_members_are_left_out(tmp_path: Path, format: str) -> None:
    built(tmp_path, ABSENT, format=format)
    rows = documents(tmp_path / f"users.{format}")
    assert len(rows) == 4_000

    def share(name: str, rows: list[Any]) -> float:
        return sum(name not in row for row in rows) / len(rows)

    assert 0.27 < share("email", rows) < 0.33
    assert 0.05 < share("age", rows[:2000]) < 0.15 and 0.75 < share("age", rows[2000:]) < 0.85
    assert 0.17 < share("boss", rows) < 0.23
    assert all(row.get(name, "") is not None for row in rows for name in ("email", "age", "boss", "rate"))
    assert not any("rare" in row for row in rows)
    held = [row["doc"] for row in rows if "doc" in row]
    assert 0.27 < share("doc", rows) < 0.33 and 0.45 < held.count(None) / len(held) < 0.55
    places = [row["place"] for row in rows]
    assert 0.22 < share("city", places) < 0.28 and share("zip", places) == 0
    assert {"raw" in place for place in places} == {True, False}
    assert all(place.get("raw") is None for place in places)
    assert {"a" in one for row in rows for one in row["many"]} == {True, False}
    keys = ["id", "email", "age", "rate", "doc", "always", "boss", "place", "many", "rare"]
    assert all(list(row) == [key for key in keys if key in row] for row in rows)


@pytest.mark.parametrize("format", ["jsonl", "json"])
def test_rows_are_bare_values(tmp_path: Path, format: str) -> None:
    built(tmp_path, BARE, format=format)
    assert set(documents(tmp_path / f"numbers.{format}")) == {1, 2, 3, 4, 5}
    assert set(documents(tmp_path / f"words.{format}")) == {"sunlight", 'mo"onlight', None}
    values = documents(tmp_path / f"documents.{format}")
    assert {json.dumps(value) for value in values} == {"null", '{"a": [1]}', '"x"'}
    assert all(isinstance(value, float) for value in documents(tmp_path / f"long.{format}"))
    assert {tuple(point) for point in documents(tmp_path / f"points.{format}")} == {("x",), ("x", "y")}
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert {name: table.bare for name, table in manifest.tables.items()} == {
        "numbers": "value",
        "words": "word",
        "documents": "doc",
        "long": "value",
        "points": "at",
        "lists": "many",
    }


def test_texts_of_structs_lack_the_same_members() -> None:
    kind = t.Struct((t.Field("a", t.INT, nullable=True, absent=True), t.Field("b", t.INT, nullable=True)))
    valid = np.array([True, False])
    number = Vector(t.INT, np.array([1, 2]), valid)
    assert json_texts(Vector(kind, (number, number))).to_pylist() == ['{"a":1,"b":1}', '{"b":null}']


def test_references_of_several_columns_are_absent_as_one(tmp_path: Path) -> None:
    spec = """
    table tops 5 { id int key = sequence(start: 1) }
    table roots { a -> tops each 4, b int = index_in(a), key (a, b) }
    table users 900 { (x, y) -> roots absent 80% when id > 450 else 5%, id int key = sequence(start: 1) }
    """
    built(tmp_path, spec, format="jsonl")
    rows = documents(tmp_path / "users.jsonl")
    assert {tuple(row) for row in rows} == {("x", "y", "id"), ("id",)}
    verified(spec, tmp_path)
    columns = specdsl.load(spec)["users"].columns
    assert [str(c) for c in columns] == ["x int -> roots absent", "y int -> roots absent", "id int key"]
    assert [c.nullable for c in columns] == [True, True, False]


def test_only_manifests_of_json_speak_of_bare_rows(tmp_path: Path) -> None:
    built(tmp_path, BARE, format="csv")
    assert "bare" not in (tmp_path / "manifest.json").read_text("utf-8")
    assert (tmp_path / "numbers.csv").read_text("utf-8").startswith("value\n")


def test_partitions_by_what_may_be_absent(tmp_path: Path) -> None:
    spec = """
    table t 500 {
      id      int key
      country string 30% absent = "DE" | "FR"
      partition by country
    }
    """
    built(tmp_path, spec, format="jsonl")
    assert (tmp_path / "t" / "country=__HIVE_DEFAULT_PARTITION__").is_dir()
    verified(spec, tmp_path)


def test_files_of_any_size_are_verified(tmp_path: Path) -> None:
    result = built(tmp_path, BARE, format="jsonl", files=4)
    assert result.ok
    assert len(list(tmp_path.rglob("*.jsonl*"))) > 6
    verified(BARE, tmp_path)


@pytest.mark.parametrize(
    ("spec", "name", "old", "new", "rule"),
    [
        (ABSENT, "users", '"email":"a@b"', '"email":null', "users.email is string or absent"),
        (ABSENT, "users", '"always":null,', "", "users.always not null"),
        (ABSENT, "users", '"place":{"city":"Ulm"', '"place":{"city":null', "users.place is"),
        (BARE, "numbers", "3\n", '"x"\n', "numbers.value is int"),
        (BARE, "numbers", "3\n", "null\n", "numbers.value not null"),
        (BARE, "numbers", "3\n", '{"value":3}\n', "numbers.value is int"),
        (BARE, "points", '{"x"', '{"z"', "points.at"),
    ],
)
def test_what_is_wrong_is_found(tmp_path: Path, spec: str, name: str, old: str, new: str, rule: str) -> None:
    built(tmp_path, spec, format="jsonl")
    path = tmp_path / f"{name}.jsonl"
    text = path.read_text("utf-8")
    assert old in text
    path.write_text(text.replace(old, new, 1), "utf-8")
    dataset = compiled(spec).dataset
    assert dataset is not None
    report = verify(dataset, find_tables(dataset, tmp_path).tables, "full", None, None)
    assert any(r.rule.name.startswith(rule) for r in report.broken), [r.rule.name for r in report.broken]
