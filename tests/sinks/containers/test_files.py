"""Database files, workbooks and lakes as other programs see them."""

from __future__ import annotations

import builtins
import sqlite3
from contextlib import closing
from dataclasses import replace
from datetime import date, datetime
from pathlib import Path

import duckdb
import openpyxl
import pytest
from deltalake import DeltaTable

from specdsl.errors import DataError, UsageError
from specdsl.sinks import duckdb as duckdb_file
from specdsl.sinks.delta import DeltaLake
from specdsl.sinks.duckdb import DuckDbFile
from specdsl.sinks.excel import ExcelWorkbook, sheet_names
from specdsl.sinks.sqlite import SqliteFile
from tests.sinks.containers.making import everything_contents, options, spec_contents
from tests.sinks.containers.specs import CYCLE, SHOP


def test_sqlite_knows_keys_references_and_documentation(tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, SHOP)
    SqliteFile().write(tmp_path / "shop.sqlite", dataset, contents, options())
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as database:
        assert database.execute("PRAGMA integrity_check").fetchall() == [("ok",)]
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        keys = [row[2:5] for row in database.execute("PRAGMA foreign_key_list(lines)")]
        assert keys == [("orders", "order_id", "id")]
        ((schema,),) = database.execute("SELECT sql FROM sqlite_master WHERE name = 'users'").fetchall()
        assert "-- People who have signed up. It's them.\n" in schema
        assert "-- A number of their own.\n" in schema
        assert "DEFERRABLE" in schema
        database.execute("PRAGMA foreign_keys = ON")
        for wrong in (
            "UPDATE orders SET user_id = 99",
            "UPDATE orders SET status = 'gone'",
            "UPDATE users SET money = 500.01",
            "INSERT INTO users SELECT * FROM users",
        ):
            with pytest.raises(sqlite3.IntegrityError):
                database.execute(wrong)
        ((total, kind),) = database.execute("SELECT sum(money), typeof(money) FROM users").fetchall()
        assert kind == "real"
        assert total == pytest.approx(float(sum(contents[0].batches().__next__()["money"].to_pylist())))


def test_sqlite_keeps_rows_in_order_and_cycles_whole(tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, CYCLE)
    SqliteFile().write(tmp_path / "c.sqlite", dataset, contents, options())
    with closing(sqlite3.connect(tmp_path / "c.sqlite")) as database:
        assert database.execute("PRAGMA foreign_key_check").fetchall() == []
        (made,) = (one for one in contents if one.table.name == "a")
        want = [row["id"] for batch in made.batches() for row in batch.to_pylist()]
        held = [row[0] for row in database.execute("SELECT id FROM a ORDER BY rowid")]
        assert held == want != sorted(want)
        types = [
            row[2] for table in "ab" for row in database.execute(f"PRAGMA table_info({table})") if row[5]
        ]
        assert types == ["BIGINT", "INTEGER"]


@pytest.mark.parametrize("end", ["\v", "\f", "\x1c", "\x85", "\u2028"])
def test_names_with_line_ends_of_unicode(end: str, tmp_path: Path) -> None:
    spec = f"table t 3 {{\n  id int key\n}}\ntable u 3 {{\n  id int key\n  `a{end}b` -> t\n}}\n"
    dataset, contents = spec_contents(tmp_path, spec)
    SqliteFile().write(tmp_path / "n.sqlite", dataset, contents, options())
    with closing(sqlite3.connect(tmp_path / "n.sqlite")) as database:
        (found,) = database.execute("SELECT name FROM sqlite_master WHERE type = 'index' AND sql IS NOT NULL")
        assert database.execute(f'SELECT count("a{end}b") FROM u').fetchall() == [(3,)], found


def test_duckdb_has_its_own_types_rules_and_comments(tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, SHOP)
    DuckDbFile().write(tmp_path / "shop.duckdb", dataset, contents, options())
    with duckdb.connect(str(tmp_path / "shop.duckdb")) as database:
        types = {row[0]: row[1] for row in database.execute("DESCRIBE orders").fetchall()}
        assert types["id"] == "UUID"
        assert types["status"].startswith("ENUM(")
        assert types["placed"] == "TIMESTAMP WITH TIME ZONE"
        said = database.execute("SELECT comment FROM duckdb_tables() WHERE table_name = 'users'").fetchall()
        assert said == [("People who have signed up. It's them.",)]
        kinds = database.execute(
            "SELECT constraint_type, count(*) FROM duckdb_constraints() WHERE constraint_type <> 'NOT NULL' "
            "GROUP BY 1 ORDER BY 1"
        ).fetchall()
        assert kinds == [("CHECK", 5), ("FOREIGN KEY", 2), ("PRIMARY KEY", 3), ("UNIQUE", 1)]
        with pytest.raises(duckdb.ConstraintException):
            database.execute("INSERT INTO lines SELECT * FROM lines")
    notes = list(DuckDbFile().examine(dataset, {}, {}))
    assert len(notes) == 1
    assert "users.boss_id" in notes[0]


@pytest.mark.parametrize("made", [SqliteFile(), DuckDbFile()])
def test_rows_that_break_a_key_are_refused(made: SqliteFile | DuckDbFile, tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, SHOP)
    users = contents[0]
    twice = replace(users, rows=users.rows * 2, paths=users.paths * 2)
    with pytest.raises(DataError, match="refuses"):
        made.write(tmp_path / "twice", dataset, [twice], options())
    made.write(tmp_path / "anyway", dataset, [twice], options(rules=False))
    assert made.read(tmp_path / "anyway", "users", users.schema).read_all().num_rows == users.rows * 2


def test_a_workbook_as_openpyxl_sees_it(tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, SHOP)
    ExcelWorkbook().write(tmp_path / "shop.xlsx", dataset, contents, options())
    book = openpyxl.load_workbook(tmp_path / "shop.xlsx")
    assert book.sheetnames == ["users", "orders", "lines", "about"]
    assert book.properties.created == datetime.fromisoformat("2025-06-01")
    users, orders = book["users"], book["orders"]
    assert [cell.value for cell in users[1]] == ["id", "code", "boss_id", "age", "motto", "money", "active"]
    assert users[1][0].font.bold
    assert users.freeze_panes == "A2"
    assert users.auto_filter.ref == "A1:G41"
    assert users["F2"].number_format == "#,##0.00"
    want = next(contents[0].batches()).to_pylist()
    rows = list(users.iter_rows(min_row=2, values_only=True))
    assert [r[0] for r in rows] == [w["id"] for w in want]
    assert [r[4] for r in rows] == [w["motto"] for w in want]
    assert [round(r[5] * 100) for r in rows] == [int(w["money"] * 100) for w in want]
    assert [r[6] for r in rows] == [w["active"] for w in want]
    placed = orders["D2"].value
    assert isinstance(placed, datetime)
    assert (
        abs(
            placed - next(contents[1].batches()).to_pylist()[0]["placed"].replace(tzinfo=None)
        ).total_seconds()
        < 1
    )
    about = list(book["about"].iter_rows(values_only=True))
    assert ("users", "users", 40, "People who have signed up. It's them.", None, None) in about
    assert ("users", "id", "int", "number", "no", "A number of their own.") in about
    book.close()


def test_dates_of_a_workbook_that_excel_has_no_numbers_for(tmp_path: Path) -> None:
    spec = (
        "dataset d { seed 1 }\ntable t 1 { early date = 1899-12-31\n late date = 2024-02-29\n"
        " long int = 9_007_199_254_740_993\n short int = 5 }\n"
    )
    dataset, contents = spec_contents(tmp_path, spec)
    ExcelWorkbook().write(tmp_path / "d.xlsx", dataset, contents, options())
    book = openpyxl.load_workbook(tmp_path / "d.xlsx")
    assert [cell.value for cell in book["t"][2]] == [
        "1899-12-31",
        datetime.fromisoformat("2024-02-29"),
        "9007199254740993",
        5,
    ]
    book.close()
    (row,) = ExcelWorkbook().read(tmp_path / "d.xlsx", "t", contents[0].schema).read_all().to_pylist()
    assert row == {"early": date(1899, 12, 31), "late": date(2024, 2, 29), "long": 2**53 + 1, "short": 5}


def test_workbooks_that_another_program_saved_are_read(tmp_path: Path) -> None:
    dataset, contents = everything_contents(
        tmp_path, leave_out=["text", "path", "at", "span", "f64", "clock", "raw"]
    )
    made = ExcelWorkbook()
    made.write(tmp_path / "a.xlsx", dataset, contents, options())
    book = openpyxl.load_workbook(tmp_path / "a.xlsx")
    book.save(tmp_path / "b.xlsx")  # with strings in a table of their own
    book.close()
    schema = contents[0].schema
    first, second = (made.read(tmp_path / f"{x}.xlsx", "everything", schema).read_all() for x in "ab")
    assert first.to_pylist() == second.to_pylist()


def test_what_does_not_fit_a_sheet_is_refused(tmp_path: Path) -> None:
    spec = 'dataset d { seed 1 }\ntable t 3 { a string = "x" }\n'
    dataset, contents = spec_contents(tmp_path, spec)
    made = ExcelWorkbook()
    with pytest.raises(UsageError, match="1,048,575 rows, and `t` has 2,000,000"):
        list(made.examine(dataset, {"t": 2_000_000}, {}))
    with pytest.raises(DataError, match="1,048,575 rows"):
        made.write(tmp_path / "d.xlsx", dataset, [replace(contents[0], rows=2_000_000)], options())
    long = f'dataset d {{ seed 1 }}\ntable t 3 {{ a string = "{"x" * 32_768}" }}\n'
    dataset, contents = spec_contents(tmp_path, long)
    with pytest.raises(DataError, match=r"32,767 characters, and `t\.a` has 32,768 in row 0"):
        made.write(tmp_path / "d.xlsx", dataset, contents, options())


def test_names_of_sheets() -> None:
    long = "a_table_with_a_name_of_more_than_thirty_one_"
    names = sheet_names([long + "x", long + "y", "About", "a/b", "T", "t"])
    assert list(names.values()) == [
        "a_table_with_a_name_of_more_tha",
        "a_table_with_a_name_of_more_t_2",
        "About_2",
        "a_b",
        "T",
        "t_2",
    ]


def test_a_lake_as_others_see_it(tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, SHOP)
    DeltaLake().write(tmp_path / "users", dataset, contents[:1], options(compression="zstd"))
    lake = DeltaTable(tmp_path / "users")
    assert lake.metadata().name == "users"
    assert lake.metadata().description == "People who have signed up. It's them."
    fields = {field.name: field for field in lake.schema().fields}
    assert fields["id"].metadata == {"comment": "A number of their own."}
    assert not fields["id"].nullable
    assert fields["motto"].nullable
    seen = lake.to_pyarrow_table().to_pylist()
    want = next(contents[0].batches()).to_pylist()
    assert sorted(seen, key=lambda row: row["id"]) == want


@pytest.mark.parametrize(("made", "package"), [(ExcelWorkbook(), "xlsxwriter"), (DeltaLake(), "deltalake")])
def test_a_package_that_is_missing(
    made: ExcelWorkbook | DeltaLake, package: str, monkeypatch: pytest.MonkeyPatch
) -> None:
    made.require()
    own = builtins.__import__

    def missing(name: str, *rest: object) -> object:
        if name == package:
            raise ImportError(name)
        return own(name, *rest)

    monkeypatch.setattr(builtins, "__import__", missing)
    with pytest.raises(UsageError, match=package) as told:
        made.require()
    assert told.value.help == f"pip install 'specdsl[{made.name}]'"


def test_a_value_of_another_type_names_its_column(tmp_path: Path) -> None:
    dataset, contents = spec_contents(tmp_path, SHOP)
    SqliteFile().write(tmp_path / "shop.sqlite", dataset, contents, options(rules=False))
    with closing(sqlite3.connect(tmp_path / "shop.sqlite")) as database:
        database.execute("UPDATE users SET age = 'old' WHERE id = 3")
        database.commit()
    with pytest.raises(ValueError, match="column `age` holds what is not int"):
        SqliteFile().read(tmp_path / "shop.sqlite", "users", contents[0].schema).read_all()


def test_a_database_that_needs_more_memory_gets_more(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    dataset, contents = spec_contents(tmp_path, SHOP)
    monkeypatch.setattr(duckdb_file, "_MEMORY_LIMITS", ("1MB", "128MB"))
    DuckDbFile().write(tmp_path / "shop.duckdb", dataset, contents, options())
    read = DuckDbFile().read(tmp_path / "shop.duckdb", "users", contents[0].schema)
    assert read.read_all().num_rows == contents[0].rows
    monkeypatch.setattr(duckdb_file, "_MEMORY_LIMITS", ("1MB",))
    with pytest.raises(DataError, match="memory") as told:
        DuckDbFile().write(tmp_path / "less.duckdb", dataset, contents, options())
    assert "rules=false" in (told.value.help or "")


def test_tables_that_delta_has_no_folders_for(tmp_path: Path) -> None:
    dataset, _ = spec_contents(tmp_path, "table `a%b` 3 { id int key }")
    with pytest.raises(UsageError, match="no `%` in its name"):
        list(DeltaLake().examine(dataset, {}, {}))
