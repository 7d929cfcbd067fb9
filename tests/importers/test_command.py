from __future__ import annotations

import json
from pathlib import Path

import pytest

from specdsl.cli.main import main
from specdsl.errors import ExitStatus

FINE = '{"title": "Person", "type": "object", "properties": {"id": {"type": "integer"}}}'


@pytest.fixture
def schema(tmp_path: Path) -> Path:
    path = tmp_path / "s.json"
    path.write_text(FINE, "utf-8")
    return path


def test_to_standard_output(schema: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(schema), "--table", "folk", "--rows", "7"]) == ExitStatus.DONE
    assert (
        "table folk 7 {\n  # drawn so because of its name\n  id int 20% absent = 1..1_000_000\n}"
        in capsys.readouterr().out
    )


def test_nothing_is_replaced_unless_asked_for(schema: Path, tmp_path: Path) -> None:
    out = tmp_path / "o.dgen"
    out.write_text("mine", "utf-8")
    assert main(["import", str(schema), "-o", str(out)]) == ExitStatus.USAGE
    assert out.read_text("utf-8") == "mine"
    assert main(["import", str(schema), "-o", str(out), "--mode", "overwrite"]) == ExitStatus.DONE
    assert "table person" in out.read_text("utf-8")


def test_a_refusal_writes_only_the_report(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.json"
    path.write_text(
        '{"type": "object",\n "properties": {"a": {"$ref": "#/no"}},\n "required": ["a"]}', "utf-8"
    )
    out, report = tmp_path / "o.dgen", tmp_path / "r.json"
    assert main(["import", str(path), "-o", str(out), "--report", str(report)]) == ExitStatus.WRONG
    told = capsys.readouterr().err
    assert "error[DG702]" in told
    assert "s.json:2:" in told
    assert "/properties/a/$ref" in told
    assert not out.exists()
    (finding,) = json.loads(report.read_text("utf-8"))["rows"]
    assert (finding["code"], finding["line"], finding["outcome"]) == ("DG702", 2, "refused")


@pytest.mark.parametrize(
    "text", ["", "{", "[1,]", '{"a": 1, "a": 2}', "nul", "[" * 5000, "1e999", "{} {}", '"\\q"']
)
def test_no_json(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.json"
    path.write_text(text, "utf-8")
    assert main(["import", str(path)]) == ExitStatus.WRONG
    assert "error[DG701]" in capsys.readouterr().err


@pytest.mark.parametrize(
    "text",
    ["false", "[]", "3", '{"type": 5}', '{"properties": []}', '{"properties": {"a": 3}, "required": ["a"]}',
     '{"allOf": 3}', '{"type": "object", "patternProperties": {"(": {}}}', '{"type": "object", "minProperties": -1}',
     '{"anyOf": []}', '{"type": "object", "required": 5}', '{"type":"object","properties":{"a":{"enum":[]}},"required":["a"]}'],
)  # fmt: skip
def test_broken_schemas_are_refused(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.json"
    path.write_text(text, "utf-8")
    assert main(["import", str(path)]) == ExitStatus.WRONG
    assert "error[DG7" in capsys.readouterr().err


@pytest.mark.parametrize(
    ("arguments", "told"),
    [
        (["import", "specs"], "name a .json file"),
        (["import", "schemas/user.yaml"], "convert it to JSON first"),
        (["import", "schemas/user.json", "--ref-dir", "no"], "--ref-dir names a folder with JSON files"),
        (["import", "specs/a.dgen"], "`specs/a.dgen` is a spec already"),
        (["import", "schemas/user"], "did you mean `schemas/user.json`?"),
        (["import", "schemas/user.json", "--report", "specs"], "such as specs/report.json"),
        (["export", "schemas/user.json"], "this looks like JSON: `specdsl import` makes a spec"),
        (["check", "specs"], "name a file in it, such as specs/a.dgen"),
    ],
    ids=str,
)
def test_help_speaks_of_files_that_fit(
    arguments: list[str],
    told: str,
    tmp_path: Path,
    monkeypatch: pytest.MonkeyPatch,
    capsys: pytest.CaptureFixture[str],
) -> None:
    monkeypatch.chdir(tmp_path)
    for folder in ("schemas", "specs"):
        Path(folder).mkdir()
    Path("schemas/user.json").write_text('{"type": "object", "properties": {"a": {"type": "integer"}}}')
    Path("specs/a.dgen").write_text("table t 3 { id int key }\n")
    assert main(arguments) != ExitStatus.DONE
    assert told in capsys.readouterr().err
