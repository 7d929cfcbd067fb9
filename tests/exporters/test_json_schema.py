"""What is exported as JSON Schema accepts every row, and refuses what the spec rules out."""

from __future__ import annotations

import json
from pathlib import Path

import jsonschema
import pytest

import specdsl
from specdsl.cli.main import main
from tests import examples

SPEC = """
dataset d { seed 1 }

## Those who buy.
table users 60 {
  id     int key
  code   string unique = /[A-Z]{2}[0-9]{3}/
  age    int in 18..90 = normal(mean: 40, sd: 30)
  rate   decimal(5, 2) in 0..10.5 = 0.0 .. 20.0
  plan   string(max: 4)? 30% null = "free" | "pro"
  state  State? 20% null
  spot   struct { lat float = 1.0..2.0, note string? 50% null = "x" }
  tags   list<int>[1..3] = 1..9
  at     timestamp = 2024-01-01 .. 2024-12-31
  day    date = 2024-01-01 .. 2024-12-31
  hour   time = 08:00..20:00
  wait   duration = 1h..3d
  secret int hidden = 1..9
  raw    json = "[1]" | "{}"
  boss_id -> users 50% null

  check grown: age >= secret
}
enum State { on, off }
"""


def checker(schema: object) -> jsonschema.Draft202012Validator:
    jsonschema.Draft202012Validator.check_schema(schema)
    return jsonschema.Draft202012Validator(
        schema, format_checker=jsonschema.Draft202012Validator.FORMAT_CHECKER
    )


def rows_and_schema(
    spec: Path, table: str, folder: Path
) -> tuple[list[dict[str, object]], dict[str, object]]:
    out, schema = folder / "data", folder / f"{table}.json"
    if not out.exists():
        assert (
            main(
                ["build", str(spec), "-o", str(out), "-f", "jsonl", "-q", "--verify", "off", "--scale", "0.1"]
            )
            == 0
        )
    assert main(["export", str(spec), "-t", table, "-o", str(schema), "-q"]) == 0
    lines = (out / f"{table}.jsonl").read_text("utf-8").splitlines()
    return [json.loads(line) for line in lines[:200]], json.loads(schema.read_text("utf-8"))


def test_rows_of_all_types_validate(tmp_path: Path) -> None:
    spec = tmp_path / "d.dgen"
    spec.write_text(SPEC, "utf-8")
    rows, schema = rows_and_schema(spec, "users", tmp_path)
    valid = checker(schema)
    assert rows
    for row in rows:
        valid.validate(row)
    row = rows[0]
    for column, value in {
        "age": 17,
        "code": "AB12",
        "rate": 10.51,
        "plan": "plus-",
        "state": "up",
        "tags": [],
        "id": None,
        "at": "soon",
        "spot": {"lat": 1.5},
    }.items():
        assert not valid.is_valid({**row, column: value}), column
    assert not valid.is_valid({**row, "secret": 3})
    assert not valid.is_valid({k: v for k, v in row.items() if k != "age"})
    assert schema["description"] == "Those who buy."
    assert schema["x-specdsl-key"] == ["id"]
    assert schema["x-specdsl-unique"] == [["code"]]
    assert schema["x-specdsl-references"] == [{"columns": ["boss_id"], "table": "users", "key": ["id"]}]
    assert schema["x-specdsl-checks"] == {"grown": "age >= secret"}


def test_absent_members_and_bare_rows_validate(tmp_path: Path) -> None:
    spec = tmp_path / "d.dgen"
    spec.write_text(
        """
        table users 900 {
          id    int key
          email string 30% absent = "x"
          spot  struct { lat float 50% absent = 1.5, note string? 50% null = "x" }
        }
        table values 900 { value int? 20% null bare = 1..5 }
        """,
        "utf-8",
    )
    rows, schema = rows_and_schema(spec, "users", tmp_path)
    valid = checker(schema)
    for row in rows:
        valid.validate(row)
    assert schema["required"] == ["id", "spot"]
    assert not valid.is_valid({"id": 1, "email": None, "spot": {"note": None}})
    assert not valid.is_valid({"id": 1, "spot": {"lat": None, "note": None}})
    assert not valid.is_valid({"id": 1, "spot": {"lat": 1.5}})
    assert valid.is_valid({"id": 1, "spot": {"note": None}})
    values, schema = rows_and_schema(spec, "values", tmp_path)
    assert set(map(str, values)) == {"1", "2", "3", "4", "5", "None"}
    valid = checker(schema)
    assert all(valid.is_valid(value) for value in values)
    assert not valid.is_valid("x") and not valid.is_valid({"value": 1})


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_rows_of_the_examples_validate(
    path: Path, tmp_path: Path, capsys: pytest.CaptureFixture[str]
) -> None:
    names = list(specdsl.load(path).tables)
    assert main(["export", str(path)]) == 0
    whole = json.loads(capsys.readouterr().out)
    for name in names:
        rows, schema = rows_and_schema(path, name, tmp_path)
        valid = checker(schema)
        for row in rows:
            valid.validate(row)
        if len(names) > 1:
            assert schema["properties"] == whole["$defs"][name]["properties"]
            for row in rows[:20]:
                checker(whole).validate(row)
