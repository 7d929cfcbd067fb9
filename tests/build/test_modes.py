"""What happens where the folder holds something already."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from specdsl.build import Mode, VerifyLevel
from specdsl.errors import DataError, EnvironmentFailure
from tests.build.specs import SHOP, Heard, built, contents


def rows(folder: Path, table: str) -> list[tuple]:
    return duckdb.sql(f"select * from '{folder}/{table}*.parquet' order by id").fetchall()


def test_error_is_the_default_and_says_what_is_there(tmp_path: Path) -> None:
    built(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(
        DataError, match=r"already holds users\.parquet, orders\.parquet, visits\.parquet"
    ) as told:
        built(tmp_path, rows={"users": 50})
    assert "--mode overwrite" in told.value.help
    assert contents(tmp_path) == before


def test_error_minds_data_in_another_format(tmp_path: Path) -> None:
    built(tmp_path, format="csv")
    with pytest.raises(DataError, match=r"already holds users\.csv"):
        built(tmp_path)


def test_error_minds_a_foreign_file_of_the_name(tmp_path: Path) -> None:
    (tmp_path / "users.parquet").write_text("mine")
    (tmp_path / "notes.txt").write_text("mine too")
    with pytest.raises(DataError, match=r"already holds users\.parquet$"):
        built(tmp_path)
    assert (tmp_path / "users.parquet").read_text() == "mine"


def test_a_foreign_manifest_is_never_touched(tmp_path: Path) -> None:
    for text in ('{"name": "a web app"}', "[]", "\xff"):
        (tmp_path / "manifest.json").write_text(text, encoding="latin-1")
        for mode in Mode:
            with pytest.raises(DataError, match="is not one of specdsl's"):
                built(tmp_path, mode=mode)
        assert (tmp_path / "manifest.json").read_text(encoding="latin-1") == text


def test_a_manifest_cannot_name_files_elsewhere(tmp_path: Path) -> None:
    out = tmp_path / "out"
    built(out)
    (tmp_path / "precious").write_text("mine")
    manifest = json.loads((out / "manifest.json").read_text())
    manifest["tables"]["users"]["files"][0]["path"] = "../precious"
    (out / "manifest.json").write_text(json.dumps(manifest))
    with pytest.raises(DataError, match="is damaged"):
        built(out, mode=Mode.OVERWRITE)
    assert (tmp_path / "precious").read_text() == "mine"


def test_overwrite_replaces_and_removes_what_is_stale_and_nothing_else(tmp_path: Path) -> None:
    built(tmp_path, files=3)
    (tmp_path / "notes.txt").write_text("mine")
    (tmp_path / "users-00009.parquet").write_text("mine")
    built(tmp_path, rows={"users": 5}, mode=Mode.OVERWRITE)
    assert sorted(contents(tmp_path)) == [
        "manifest.json",
        "notes.txt",
        "orders.parquet",
        "users-00009.parquet",
        "users.parquet",
        "visits.parquet",
    ]
    fresh = tmp_path / "fresh"
    built(fresh, rows={"users": 5})
    assert {n: h for n, h in contents(tmp_path).items() if n in contents(fresh)} == contents(fresh)


def test_a_folder_in_the_way(tmp_path: Path) -> None:
    (tmp_path / "users.parquet").mkdir()
    for mode in (Mode.ERROR, Mode.OVERWRITE):
        with pytest.raises(EnvironmentFailure, match="is a folder where a file should be written"):
            built(tmp_path, mode=mode)


# --- append ---------------------------------------------------------------------------------


def test_append_adds_as_many_rows_again(tmp_path: Path) -> None:
    built(tmp_path)
    before = contents(tmp_path)
    old = {name: rows(tmp_path, name) for name in ("users", "orders", "visits")}
    heard = Heard()
    result = built(tmp_path, mode=Mode.APPEND, listener=heard)
    assert result.ok
    after = contents(tmp_path)
    assert {n: h for n, h in after.items() if n in before and n != "manifest.json"} == {
        n: h for n, h in before.items() if n != "manifest.json"
    }
    assert sorted(after) == sorted([*before, *(f"{t}-00002.parquet" for t in old)])
    sizes = {t.name: (t.rows, t.written) for t in result.tables}
    assert sizes["users"] == (80, 40) and sizes["visits"] == (600, 300)
    for name, table in old.items():
        assert rows(tmp_path, name)[: len(table)] == table
        assert len(rows(tmp_path, name)) == sizes[name][0]
    manifest = json.loads((tmp_path / "manifest.json").read_text())
    first, second = manifest["tables"]["users"]["files"]
    assert (first["first_row"], first["rows"], second["first_row"], second["rows"]) == (0, 40, 40, 40)


def test_what_is_appended_is_what_a_larger_build_has(tmp_path: Path) -> None:
    """Where nothing is drawn among rows that grow, a grown dataset is the large one."""
    text = """
    table users 30 { id int key, age int = 18..90 }
    table orders { id int key, user_id -> users each 1..3, amount int = user_id.age + 0..9 }
    """
    built(tmp_path / "grown", text, format="csv")
    built(tmp_path / "grown", text, format="csv", mode=Mode.APPEND, rows={"users": 20})
    built(tmp_path / "grown", text, format="csv", mode=Mode.APPEND, rows={"users": 10}, files=2)
    large = built(tmp_path / "large", text, format="csv", rows={"users": 60})
    for table in large.tables:
        parts = sorted(p for p in (tmp_path / "grown").glob(f"{table.name}*.csv") if p.stem != table.name)
        assert len(parts) == 3
        lines = [
            line
            for path in (tmp_path / "grown" / f"{table.name}.csv", *parts)
            for line in path.read_text().splitlines()[1:]
        ]
        assert lines == table.paths[0].read_text().splitlines()[1:]


def test_append_to_some_tables(tmp_path: Path) -> None:
    built(tmp_path)
    result = built(tmp_path, mode=Mode.APPEND, tables=("visits",))
    assert {t.name: t.written for t in result.tables} == {"users": 0, "orders": 0, "visits": 300}
    assert result.ok and result.report is not None and result.report.rows["visits"] == 600


def test_append_to_nothing_is_a_build(tmp_path: Path) -> None:
    built(tmp_path / "a", mode=Mode.APPEND)
    built(tmp_path / "b")
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"seed": 8}, "was made with seed 7, not 8"),
        ({"text": SHOP.replace("0..4", "0..5")}, "was made by another spec"),
        ({"format": "csv"}, r"is parquet \(snappy\), not csv \(none\)"),
    ],
)
def test_append_wants_the_same_origin(tmp_path: Path, options: dict, message: str) -> None:
    built(tmp_path)
    before = contents(tmp_path)
    with pytest.raises(DataError, match=message):
        built(tmp_path, mode=Mode.APPEND, **options)
    assert contents(tmp_path) == before


def test_documentation_may_change_between_appends(tmp_path: Path) -> None:
    built(tmp_path)
    assert built(tmp_path, SHOP.replace("## Who buys.", "## Customers."), mode=Mode.APPEND).ok


def test_append_wants_all_files(tmp_path: Path) -> None:
    built(tmp_path)
    (tmp_path / "users.parquet").unlink()
    with pytest.raises(DataError, match="is missing, so that nothing can be added"):
        built(tmp_path, mode=Mode.APPEND)


USERS = "table users 20 { id int key, score int = 0..9 }\n"


@pytest.mark.parametrize(
    ("text", "message"),
    [
        (
            "table users 20 { id int key, spent int = sum(visits.cost) }\n"
            "table visits 50 { id int key, user_id -> users, cost int = 1..9 }",
            "`users.spent` is computed from rows of `visits` that may be anywhere",
        ),
        ('table t 20 { id int key, a string = exact("x" 50% | "y" 50%) }', "`t.a` has exact shares"),
        (
            USERS + "table t 60 { id int key, user_id -> users each 1..5 }",
            "`t` spreads 120 rows over `users`",
        ),
        (
            USERS + 'table best = sql("select id, score from users order by score, id limit 3")',
            "`best` is made by SQL over `users`",
        ),
        (
            USERS + "table cards 10 { id int key, user_id -> users unique }",
            "`cards.user_id` deals the rows of",
        ),
        ("table t 20 { id int key, a int = permutation() }", "`t.a` permutes as many numbers"),
        (
            USERS
            + "table visits 50 { id int key, user_id -> users, seen int = user_id.score }\n"
            + "table marks 50 { id int key, visit_id -> visits, seen int = visit_id.seen }",
            "`marks.seen` follows `visit_id` to a value of `visits`",
        ),
    ],
)
def test_what_cannot_grow_is_told_before_anything_is_written(tmp_path: Path, text: str, message: str) -> None:
    built(tmp_path, text)
    before = contents(tmp_path)
    with pytest.raises(DataError, match=message.replace("(", r"\(")):
        built(tmp_path, text, mode=Mode.APPEND)
    assert contents(tmp_path) == before


def test_a_range_that_is_too_small_for_more_rows(tmp_path: Path) -> None:
    text = "table t 20 { id int key, code string unique = /[a-c][0-9]/ }"
    built(tmp_path, text)
    with pytest.raises(DataError, match=r"with the rows to add, .*40.*30"):
        built(tmp_path, text, mode=Mode.APPEND)


def test_nothing_to_append(tmp_path: Path) -> None:
    text = "table days over day = 2024-01-01..2024-01-09 by 1d { n int = 0..9 }"
    built(tmp_path, text, verify=VerifyLevel.OFF)
    with pytest.raises(DataError, match="nothing to append"):
        built(tmp_path, text, mode=Mode.APPEND)
