"""The command over SQL: dialects, wrong input, what is said."""

from __future__ import annotations

import json
import random
import re
from pathlib import Path
from types import SimpleNamespace

import pytest

from specdsl.cli.main import main
from specdsl.errors import ExitStatus
from specdsl.importers import registry
from specdsl.importers.registry import Settings, importer, kind_of
from specdsl.source import SourceFile

CASES = sorted((Path(__file__).parent / "cases").glob("*.sql"))
FINE = "CREATE TABLE users (id int PRIMARY KEY, email varchar(60) UNIQUE);\n"


@pytest.fixture
def script(tmp_path: Path) -> Path:
    path = tmp_path / "users.sql"
    path.write_text(FINE, "utf-8")
    return path


def test_the_ending_and_the_text_tell_the_kind() -> None:
    assert kind_of(SourceFile("a.sql", "")) == "sql"
    assert kind_of(SourceFile("a.json", FINE)) == "json-schema"
    assert kind_of(SourceFile("<stdin>", FINE)) == "sql"
    assert kind_of(SourceFile("<stdin>", '{"title": "CREATE TABLE"}')) == "json-schema"


def test_to_standard_output(script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(script), "--rows", "9"]) == ExitStatus.DONE
    said = capsys.readouterr().out
    assert "dataset users {" in said
    assert "table users 9 {" in said
    assert "email string(max: 60)? unique 10% null" in said


@pytest.mark.parametrize(
    "option", [["--table", "x"], ["--draft", "7"], ["--from", "json-schema", "--dialect", "mysql"]]
)
def test_options_of_another_kind(option: list[str], script: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(script), *option]) == ExitStatus.USAGE
    assert "leave it out" in capsys.readouterr().err


def test_without_sqlglot(
    script: Path, monkeypatch: pytest.MonkeyPatch, capsys: pytest.CaptureFixture[str]
) -> None:
    monkeypatch.setattr(registry, "find_spec", lambda name: None)
    assert main(["import", str(script)]) == ExitStatus.USAGE
    assert "pip install 'specdsl[sql]'" in capsys.readouterr().err


def test_the_report_names_what_is_left_out(tmp_path: Path) -> None:
    path, report = tmp_path / "s.sql", tmp_path / "r.json"
    path.write_text(FINE + "CREATE INDEX i ON users (email);\nCREATE VIEW v AS SELECT 1;", "utf-8")
    assert (
        main(["import", str(path), "-o", str(tmp_path / "o.dgen"), "--report", str(report)])
        == ExitStatus.DONE
    )
    found = json.loads(report.read_text("utf-8"))["rows"]
    told = [(f["pointer"], f["code"], f["line"]) for f in found if f["outcome"] != "exact"]
    assert told == [("i", "DG727", 2), ("v", "DG727", 3)]


def test_the_summary_and_the_report_agree(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, report, page = tmp_path / "s.sql", tmp_path / "r.json", tmp_path / "r.html"
    path.write_text(
        FINE + "CREATE INDEX i ON users (email);\nCREATE TABLE t (a int, b int, CHECK (soundex(a) = 'x'));",
        "utf-8",
    )
    for at, file in enumerate((report, page)):
        out = tmp_path / f"{at}.dgen"
        assert main(["import", str(path), "-o", str(out), "--report", str(file)]) == ExitStatus.DONE
        said = capsys.readouterr().err
        assert "4 columns, 3 exact, 1 approximated, 2 left out" in said
        assert "1 index left out: i" in said  # what is counted is named
        assert "warning[DG724]" in said
    counts = json.loads(report.read_text("utf-8"))["counts"]
    assert counts == {"exact": 3, "approximated": 1, "left out": 2, "refused": 0}
    shown = re.findall(r"<dt>([a-z ]+)</dt><dd>(\d+)</dd>", page.read_text("utf-8"))
    assert {name: int(number) for name, number in shown} == counts
    assert "Carried, without what is left out below." in page.read_text("utf-8")


@pytest.mark.parametrize(
    "text", ["", "hello", "SELECT 1;", "CREATE TABLE", "CREATE TABLE t", "CREATE TABLE t (", "((("]
)
def test_no_tables(text: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path = tmp_path / "s.sql"
    path.write_text(text, "utf-8")
    assert main(["import", str(path)]) == ExitStatus.WRONG
    assert "error[DG721]" in capsys.readouterr().err


@pytest.mark.parametrize("path", CASES, ids=lambda p: p.stem)
def test_damaged_scripts_are_told_never_thrown(path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    """Pieces of the script are dropped, doubled and swapped: a diagnostic or a spec that compiles comes of it."""
    built = SimpleNamespace(ok=True)  # compiling is what is tried here; building takes too long
    monkeypatch.setattr("specdsl.importers.rehearsal.build", lambda *_, **__: built)
    whole, source = path.read_text("utf-8"), random.Random(path.name)
    dialect = path.stem.rpartition(".")[2]
    for _ in range(120):
        a, b = sorted(source.randrange(len(whole)) for _ in range(2))
        b = min(b, a + source.choice([1, 3, 12, 60]))
        text = whole[:a] + source.choice(["", whole[a:b] * 2, ")", "(", "'", ";", "DEFAULT", ","]) + whole[b:]
        made = importer("sql")(SourceFile("s.sql", text), Settings(rows=50, dialect=dialect))
        assert made.text is not None or made.diagnostics


def test_rows_are_never_more_than_keys(tmp_path: Path) -> None:
    text = (
        "CREATE TABLE a (k char(1) PRIMARY KEY);\nCREATE TABLE b (k char(1) PRIMARY KEY REFERENCES a, x int);"
    )
    made = importer("sql")(SourceFile("s.sql", text), Settings(rows=500))
    assert made.text is not None
    assert "table a 36 {" in made.text
    assert "table b 36 {" in made.text
