"""``specdsl convert``: what goes into what, and what is said of pairs that do not go."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from specdsl.cli.main import main

SPEC = "dataset d { seed 3 }\n\ntable t 9 {\n  id int key\n  age int in 18..90 = normal(mean: 40, sd: 9)\n}\n"


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.chdir(tmp_path)
    Path("a.dgen").write_text(SPEC, "utf-8")


def test_there_and_back() -> None:
    assert main(["convert", "a.dgen", "a.schema.json", "--draft", "7"]) == 0
    assert "draft-07" in json.loads(Path("a.schema.json").read_text("utf-8"))["$schema"]
    assert main(["convert", "a.schema.json", "b.dgen"]) == 0
    assert "age int in 18..90 = normal(mean: 40, sd: 9)" in Path("b.dgen").read_text("utf-8")
    assert main(["convert", "a.schema.json", "a.ts"]) == 0
    assert "export interface T {" in Path("a.ts").read_text("utf-8")
    assert main(["convert", "a.dgen", "a.sql", "--dialect", "sqlite"]) == 0
    assert "create table" in Path("a.sql").read_text("utf-8").lower()
    assert main(["convert", "a.schema.json", "new.json"]) == 0
    assert json.loads(Path("new.json").read_text("utf-8"))["$schema"].endswith("2020-12/schema")


@pytest.mark.parametrize(
    ("words", "said"),
    [
        (["a.dgen", "b.dgen"], "both are specs"),
        (["a.dgen", "b.xml"], "cannot be told from its name"),
        (["a", "b.json"], "cannot be told from its name"),
        (["a.ts", "b.dgen"], "TypeScript can be written and not read"),
        (["a.py", "b.json"], "Pydantic can be written and not read"),
        (["no.json", "b.dgen"], "there is no file `no.json`"),
        (["no.dgen", "b.json"], "there is no file `no.dgen`"),
        (["a.dgen", "no/b.json"], "there is no folder `no`"),
        (["a.dgen", "b.ts", "--draft", "7"], "`--draft` is for a JSON Schema"),
        (["a.dgen", "b.ts", "--dialect", "mysql"], "`--dialect` is for SQL"),
        (["a.dgen", "there.json"], "is there already"),
        (["there.json", "there.json", "--mode", "overwrite"], "are one file"),
        (["there.json", "b.dgen"], "this is no valid JSON Schema"),
    ],
)
def test_wrong_pairs(words: list[str], said: str, capsys: pytest.CaptureFixture[str]) -> None:
    Path("there.json").write_text("[]", "utf-8")
    before = sorted(Path().iterdir())
    assert main(["convert", *words]) not in (0, 70)
    told = capsys.readouterr().err
    assert said in told and "Traceback" not in told
    assert sorted(Path().iterdir()) == before


def test_export_into_a_folder(capsys: pytest.CaptureFixture[str]) -> None:
    Path("two.dgen").write_text(SPEC + "\ntable u 3 {\n  t_id -> t\n}\n", "utf-8")
    assert main(["export", "two.dgen", "-o", "schemas/"]) == 0
    assert sorted(path.name for path in Path("schemas").iterdir()) == ["t.schema.json", "u.schema.json"]
    assert main(["import", "schemas/u.schema.json"]) == 0
    assert "table t 9 {" in capsys.readouterr().out


@pytest.mark.parametrize("option", [["--draft", "4"], ["--examples", "2"], ["--plain"]])
def test_options_of_another_kind(option: list[str], capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", "a.dgen", "--to", "typescript", *option]) == 2
    assert "is not for typescript" in capsys.readouterr().err
