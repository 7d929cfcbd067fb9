"""Exported declarations: real databases take them, and the importer reads them back."""

from __future__ import annotations

import sqlite3
from contextlib import closing
from pathlib import Path

import duckdb
import pytest

from specdsl.cli.main import main
from specdsl.compiler import compile_path
from specdsl.errors import ExitStatus
from specdsl.exporters.registry import SQL_DIALECTS
from specdsl.exporters.sql import sql_text
from specdsl.importers.sql.lexing import DIALECTS as READ
from specdsl.importers.sql.reading import Reader
from specdsl.ir.model import Dataset
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from tests.sinks.containers.servers import answers, database

SPEC = """
dataset office { seed 1 }

enum Grade { junior, senior }

## Who works here.
table people 50 {
  id       int32 key
  ## To write to.
  mail     string(max: 60) unique = f"p{row}@example.com"
  grade    Grade
  age      int16 in 18..70
  boss_id  -> people? 20% null
  from_day date = 2020-01-01 .. 2024-12-31
  to_day   date? 10% null = from_day + 1d..30d
  check days: to_day > from_day
}

table rooms 20 {
  floor  int16 = 1..9
  number int16 = 1..99
  key (floor, number)
}

table bookings 100 {
  (floor, number) -> rooms
  person_id -> people
  at   timestamp = 2024-01-01T00:00:00Z .. 2024-12-31T00:00:00Z
  key (floor, number, at)
}
"""


@pytest.fixture
def spec(tmp_path: Path) -> Path:
    path = tmp_path / "office.dgen"
    path.write_text(SPEC, "utf-8")
    return path


def compiled(spec: Path) -> Dataset:
    dataset = compile_path(str(spec), LocalFiles()).dataset
    assert dataset is not None
    return dataset


def test_dialects_of_the_command() -> None:
    assert tuple(READ) == SQL_DIALECTS


@pytest.mark.parametrize("dialect", SQL_DIALECTS)
def test_the_importer_reads_it_back(dialect: str, spec: Path) -> None:
    script = sql_text(compiled(spec), (), dialect)
    reader = Reader(SourceFile("office.sql", script), READ[dialect])
    schema = reader.read()
    assert not reader.unread
    people, rooms, bookings = (schema.table((n,)) for n in ("people", "rooms", "bookings"))
    assert people is not None and rooms is not None and bookings is not None
    assert (people.key, rooms.key, bookings.key) == (("id",), ("floor", "number"), ("floor", "number", "at"))
    assert ("mail",) in [u.columns for u in people.uniques]
    references = {(f.columns, f.table[-1]) for f in (*people.foreign, *bookings.foreign)}
    own = set() if dialect == "duckdb" else {(("boss_id",), "people")}
    assert references == {(("floor", "number"), "rooms"), (("person_id",), "people")} | own
    assert any("18" in c.text and "70" in c.text for c in people.conditions)
    assert any("to_day" in c.text and "from_day" in c.text for c in people.conditions)
    assert "Who works here." in script and "To write to." in script


def test_sqlite_and_duckdb_take_it(spec: Path) -> None:
    with closing(sqlite3.connect(":memory:")) as one:
        one.executescript(sql_text(compiled(spec), (), "sqlite"))
        assert one.execute("SELECT count(*) FROM bookings").fetchone() == (0,)
    with closing(duckdb.connect()) as other:
        other.execute(sql_text(compiled(spec), (), "duckdb"))
        assert other.execute("SELECT count(*) FROM bookings").fetchone() == (0,)


@pytest.mark.parametrize(("server", "dialect"), [("postgresql", "postgres"), ("mysql", "mysql")])
def test_servers_take_it(server: str, dialect: str, spec: Path) -> None:
    if not answers(server):
        pytest.skip(f"no {server} answers")
    with database(server) as own:
        own.run(sql_text(compiled(spec), (), dialect))
        with pytest.raises(AssertionError):
            own.run("INSERT INTO bookings (floor, number, person_id, at) VALUES (1, 1, 1, '2024-01-01');")


def test_some_of_the_tables(spec: Path, tmp_path: Path) -> None:
    out = tmp_path / "b.sql"
    assert main(["export", str(spec), "--to", "sql", "-t", "bookings", "-o", str(out)]) == ExitStatus.DONE
    script = out.read_text("utf-8")
    assert "CREATE TABLE bookings" in script
    assert "people" not in script and "Grade" not in script


def test_a_dialect_is_only_of_sql(spec: Path, capsys: pytest.CaptureFixture[str]) -> None:
    assert main(["export", str(spec), "--dialect", "mysql"]) == ExitStatus.USAGE
    assert "leave it out" in capsys.readouterr().err
