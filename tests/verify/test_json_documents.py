"""Documents of generated shapes in every format: written, read back and held to their rules."""

from __future__ import annotations

import json
from pathlib import Path

import pytest
from click.testing import CliRunner

from specdsl.cli.main import cli

SPEC = """
dataset d { seed 3 }
type Node = json { n int in 1..9, kids list<Node>[0..2] }
table t 300 {
  id   int key
  some variant { 50% int in 1..9, null }
  many list<variant { 50% int in 1..9, null }>[2]
  tree Node?  20% null
  pair tuple<string = "a\\"b" | "ü", ...list<bool>[0..2]>
  tags map<string = "x" | "y" | "z", float = 0.5 | 1.25>[1..2]
  free json = any_json()
}
"""
FORMATS = ["parquet", "csv", "jsonl", "json", "arrow", "orc", "avro", "sqlite", "duckdb"]


@pytest.mark.parametrize("form", FORMATS)
def test_a_build_holds_its_rules(form: str, tmp_path: Path) -> None:
    spec = tmp_path / "d.dgen"
    spec.write_text(SPEC, "utf-8")
    out = tmp_path / "out"
    built = CliRunner().invoke(cli, ["build", str(spec), "-o", str(out), "-f", form, "--quiet"])
    assert built.exit_code == 0, built.output
    found = CliRunner().invoke(cli, ["verify", str(spec), str(out)])
    assert found.exit_code == 0, found.output


def test_a_document_null_is_a_value_where_a_column_is_never_null(tmp_path: Path) -> None:
    spec = tmp_path / "d.dgen"
    spec.write_text("table t 40 {\n  id int key\n  v variant { 50% int in 1..9, null }\n}\n", "utf-8")
    out = tmp_path / "out"
    built = CliRunner().invoke(cli, ["build", str(spec), "-o", str(out), "-f", "jsonl", "--quiet"])
    assert built.exit_code == 0, built.output
    path = next(out.glob("t*.jsonl"))
    lines = path.read_text("utf-8").splitlines()
    assert any('"v":null' in line for line in lines)
    gone = json.loads(lines[3])
    del gone["v"]
    path.write_text("\n".join([*lines[:3], json.dumps(gone), *lines[4:]]) + "\n", "utf-8")
    found = CliRunner().invoke(cli, ["verify", str(spec), str(out)])
    assert found.exit_code != 0
    assert "t.v not null: 1 of 40 rows" in found.output
