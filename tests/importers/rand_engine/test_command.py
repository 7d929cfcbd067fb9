"""The command over specs of rand-engine: several files, tables that are asked for, wrong input."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from specdsl.cli.main import main
from specdsl.errors import ExitStatus
from specdsl.importers.registry import kind_of
from specdsl.source import SourceFile

USERS = {
    "id": {"method": "int_zfilled", "kwargs": {"length": 6}},
    "constraints": {"pk": {"name": "users_pk", "tipo": "PK", "fields": ["id VARCHAR(6)"]}},
}
ORDERS = {
    "total": {"method": "floats", "kwargs": {"min": 1, "max": 9}},
    "constraints": {"fk": {"name": "users_pk", "tipo": "FK", "fields": ["id"]}},
}


@pytest.fixture
def folder(tmp_path: Path) -> Path:
    (tmp_path / "users.json").write_text(json.dumps(USERS), "utf-8")
    (tmp_path / "orders.json").write_text(json.dumps(ORDERS), "utf-8")
    return tmp_path


def test_the_text_tells_the_kind() -> None:
    def kind(value: object) -> str:
        return kind_of(SourceFile("a.json", json.dumps(value)))

    assert kind(USERS) == kind({"users": USERS}) == "rand-engine"
    assert kind({"a": {"method": "integer", "kwargs": {}}}) == "json-schema"
    assert kind({"properties": {"method": {"const": "integers"}}}) == "json-schema"
    assert kind({"users": {"type": "object", "properties": {"method": {"type": "string"}}}}) == "json-schema"
    assert kind([USERS]) == "json-schema"


def test_a_folder(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(folder), "--rows", "20"]) == ExitStatus.DONE
    said = capsys.readouterr().out
    assert "table users 20 {\n  id string key = /[0-9]{6}/\n}" in said
    assert "table orders 20 {\n  total float = round(1.0..9.0, 2)\n  id    -> users\n}" in said


def test_a_reference_to_what_is_not_given(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(folder / "orders.json"), "--table", "sales"]) == ExitStatus.DONE
    said = capsys.readouterr()
    assert "table sales 1_000 {" in said.out
    assert "DG753" in said.err
    assert "`users_pk`, and with it the column `id`" in " ".join(said.err.split())


def test_convert(folder: Path) -> None:
    target = folder / "users.sql"
    assert main(["convert", str(folder / "users.json"), str(target)]) == ExitStatus.DONE
    assert "PRIMARY KEY" in target.read_text("utf-8")


def test_the_report(folder: Path) -> None:
    report, out = folder / "report.json", folder / "shop.dgen"
    files = [str(folder / "users.json"), str(folder / "orders.json")]
    assert main(["import", *files, "-o", str(out), "--report", str(report)]) == ExitStatus.DONE
    found = json.loads(report.read_text("utf-8"))
    assert found["properties"] == found["counts"]["exact"] == 2
    assert [row["file"] for row in found["rows"]] == files


@pytest.mark.parametrize(
    ("text", "said"),
    [
        ('{"a": {"method": "names"}}', "DG750"),
        ("[]", "DG750"),
        ('{"a": {"method": "integers", "kwargs": {}}}', "no column of it can be made"),
        ('{"a": {"method": ', "DG701"),
    ],
)
def test_what_is_refused(text: str, said: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    path, out = tmp_path / "a.json", tmp_path / "a.dgen"
    path.write_text(text, "utf-8")
    assert main(["import", str(path), "--from", "rand-engine", "-o", str(out)]) == ExitStatus.WRONG
    assert said in capsys.readouterr().err
    assert not out.exists()


@pytest.mark.parametrize("option", [["--draft", "7"], ["--normalize"], ["--dialect", "mysql"], ["--private"]])
def test_options_of_another_kind(option: list[str], folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(folder / "users.json"), *option]) == ExitStatus.USAGE
    assert "leave it out" in capsys.readouterr().err


def test_a_table_that_is_not_there(folder: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["import", str(folder), "--table", "users,stores"]) == ExitStatus.USAGE
    assert "there is no spec for the table `stores`" in capsys.readouterr().err
