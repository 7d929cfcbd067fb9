"""Each schema of ``cases`` becomes the spec beside it, which is in the layout and makes valid rows only.
REGENERATE=1 writes the specs."""

from __future__ import annotations

import json
import os
from pathlib import Path

import jsonschema
import pytest

from specdsl.cli.main import main
from specdsl.importers.registry import Settings, importer
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text

CASES = sorted((Path(__file__).parent / "cases").glob("*.json"))


def imported(path: Path) -> str:
    made = importer("json-schema")(SourceFile(path.name, path.read_text("utf-8")), Settings())
    assert made.text is not None, [d.message() for d in made.diagnostics]
    return made.text


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_golden(path: Path) -> None:
    golden = path.with_suffix(".dgen")
    text = imported(path)
    if os.environ.get("REGENERATE"):
        golden.write_text(text, "utf-8", newline="\n")
    assert text == golden.read_text("utf-8")
    assert format_text(SourceFile(golden.name, text)) == text


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_every_row_is_valid(path: Path, tmp_path: Path) -> None:
    """Through the command line, with another seed than the importer tries."""
    spec = tmp_path / "spec.dgen"
    out = tmp_path / "out"
    build = ["build", str(spec), "--rows", "40", "--seed", "9", "-f", "jsonl", "-o", str(out)]
    assert main(["import", str(path), "-o", str(spec)]) == 0
    assert main(build) == 0
    schema = json.loads(path.read_text("utf-8"))
    kind = jsonschema.validators.validator_for(schema)
    validator = kind(schema, format_checker=kind.FORMAT_CHECKER)
    (file,) = out.glob("*.jsonl")
    rows = [json.loads(line) for line in file.read_text("utf-8").splitlines()]
    assert len(rows) == 40
    assert not [e.message for row in rows for e in validator.iter_errors(row)]
