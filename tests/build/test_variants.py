"""Rows of variants in files: listed beside them, as many as declared, and verified by what they declare."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from specdsl.build import BuildOptions, Mode, build
from specdsl.building.finding import find_tables
from specdsl.building.manifest import VARIANTS_NAME, read_manifest
from specdsl.errors import DataError
from specdsl.verify.report import Verdict, VerifyReport
from specdsl.verify.verifier import verify
from tests.build.specs import compiled
from tests.cli.running import run

SPEC = """
dataset d { seed 5 }

table users 1_500 {
  id    int key = sequence(start: 1)
  name  string(max: 20) = /[A-Z][a-z]{3,9}/
  age   int in 0..130 = normal(mean: 40, sd: 12)
  next  int = age + 1
  plan  string = "free" 70% | "pro" 30%
  bio   string? 30% null = word()
  kind  string? = variant()
  check next_age: next > age

  variant edge 10% {
    name = odd_text()
    age  = boundary()
    bio  = null
  }
  variant old 50% where age > 50 and plan == "pro" { bio = "old" }
  variant few 20 rows { plan = "pro", name = "Few" }
}

table orders 2_000 {
  id      uuid key
  user_id -> users? 20% null
  total   decimal(8, 2) in 0 .. 99 = 1.0 .. 50.0
  variant guests 10% { user_id = null, total = boundary() }
  variant ends 10%
}
"""


def built(folder: Path, text: str = SPEC, **options: object) -> VerifyReport:
    result = build(compiled(text), BuildOptions(out_dir=folder, **options))  # type: ignore[arg-type]
    assert result.report is not None
    assert result.ok, [r for r in result.report.rules if r.verdict is Verdict.BROKEN]
    return result.report


def again(folder: Path, text: str = SPEC) -> VerifyReport:
    dataset = compiled(text).dataset
    assert dataset is not None
    found = find_tables(dataset, folder)
    return verify(dataset, found.tables, "full", None, found.rows, found.answers, variants=found.variants)


def verdicts(report: VerifyReport) -> dict[str, Verdict]:
    return {r.rule.name: r.verdict for r in report.rules}


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl", "json", "arrow", "excel", "sqlite", "duckdb"])
def test_every_format_holds_the_rows_and_their_list(tmp_path: Path, form: str) -> None:
    report = built(tmp_path, format=form)
    assert again(tmp_path).ok
    held = verdicts(report)
    for rule in (
        "users variant edge 10%",
        "users variant edge: age",
        "users variant edge: bio",
        "users variant old 50%",
        "users variant old where its condition holds",
        "users variant old: bio",
        "users variant few 20 rows",
        "users variant few: name",
        "orders variant guests: user_id",
        "orders variant guests: total",
        "orders variant ends 10%",
        "users.kind as computed",
        "users.name matches its pattern",
        "users.bio 30% null",
    ):
        assert held[rule] is Verdict.OK, rule


def test_the_list_says_which_rows(tmp_path: Path) -> None:
    built(tmp_path, files=3)
    listed = pq.read_table(tmp_path / VARIANTS_NAME).to_pylist()
    assert list(listed[0]) == ["table", "key", "row", "variant"]
    users = duckdb.sql(f"SELECT id, kind FROM '{tmp_path}/users*.parquet' ORDER BY id").fetchall()
    kinds = {line["row"]: line["variant"] for line in listed if line["table"] == "users"}
    assert [kinds.get(i) for i in range(1_500)] == [kind for _, kind in users]
    for line in listed:
        if line["table"] == "users":
            assert json.loads(line["key"]) == {"id": line["row"] + 1}
    assert sum(kind == "few" for kind in kinds.values()) == 20
    manifest = read_manifest(tmp_path)
    assert manifest is not None
    assert manifest.variants is not None
    assert manifest.variants.rows == len(listed)


def _tampered(folder: Path, sql: str) -> dict[str, Verdict]:
    """The verdicts after ``sql`` has changed the users' rows, in a folder without a manifest."""
    path, copy = folder / "users.parquet", folder / "copy.parquet"
    duckdb.sql(f"COPY ({sql.format(users=path)}) TO '{copy}'")
    copy.replace(path)
    (folder / "manifest.json").unlink()
    return verdicts(again(folder))


@pytest.mark.parametrize(
    ("sql", "rule"),
    [
        (
            "SELECT * REPLACE (CASE WHEN kind = 'edge' THEN 64 ELSE age END AS age) FROM '{users}'",
            "edge: age",
        ),
        (
            "SELECT * REPLACE (CASE WHEN kind = 'few' THEN 'free' ELSE plan END AS plan) FROM '{users}'",
            "few: plan",
        ),
        (
            "SELECT * REPLACE (CASE WHEN kind = 'old' THEN 9 ELSE age END AS age) FROM '{users}'",
            "old where its condition holds",
        ),
    ],
)
def test_rows_that_are_not_as_declared_are_found(tmp_path: Path, sql: str, rule: str) -> None:
    built(tmp_path)
    assert _tampered(tmp_path, sql)[f"users variant {rule}"] is Verdict.BROKEN


@pytest.mark.parametrize(("variant", "rule"), [("few", "few 20 rows"), ("edge", "edge 10%")])
def test_lists_that_are_too_short_are_found(tmp_path: Path, variant: str, rule: str) -> None:
    built(tmp_path)
    path = tmp_path / VARIANTS_NAME
    table = pq.read_table(path)
    keep = [v != variant or i % 4 == 0 for i, v in enumerate(table["variant"].to_pylist())]
    pq.write_table(table.filter(keep), path)
    (tmp_path / "manifest.json").unlink()
    found = verdicts(again(tmp_path))
    assert found[f"users variant {rule}"] is Verdict.BROKEN
    assert found["users.kind as computed"] is Verdict.BROKEN


def test_without_the_list_what_variants_replace_is_not_checked(tmp_path: Path) -> None:
    built(tmp_path)
    (tmp_path / VARIANTS_NAME).unlink()
    (tmp_path / "manifest.json").unlink()
    report = again(tmp_path)
    assert report.ok
    held = verdicts(report)
    assert held["users variant edge: age"] is Verdict.UNCHECKED
    assert held["users.name matches its pattern"] is Verdict.UNCHECKED
    assert held["users.age in 0..130"] is Verdict.OK
    pq.write_table(pq.read_table(tmp_path / "users.parquet"), tmp_path / VARIANTS_NAME)
    with pytest.raises(DataError, match="no list of rows of variants"):
        again(tmp_path)


def test_any_number_of_workers_and_files_gives_the_same(tmp_path: Path) -> None:
    built(tmp_path / "one", workers=1)
    built(tmp_path / "two", workers=2, batch_rows=64)
    for name in ("users.parquet", "orders.parquet", VARIANTS_NAME):
        assert (tmp_path / "one" / name).read_bytes() == (tmp_path / "two" / name).read_bytes()


def test_rows_are_added_where_shares_say_how_many(tmp_path: Path) -> None:
    text = SPEC.replace('  variant few 20 rows { plan = "pro", name = "Few" }\n', "")
    built(tmp_path, text)
    before = pq.read_table(tmp_path / VARIANTS_NAME).num_rows
    more = build(
        compiled(text, rows={"users": 500, "orders": 1_000}), BuildOptions(out_dir=tmp_path, mode=Mode.APPEND)
    )
    assert more.ok
    assert pq.read_table(tmp_path / VARIANTS_NAME).num_rows > before
    whole = tmp_path / "whole"
    built(whole, text.replace("1_500", "2_000").replace("orders 2_000", "orders 3_000"))
    assert (whole / VARIANTS_NAME).read_bytes() == (tmp_path / VARIANTS_NAME).read_bytes()
    with pytest.raises(DataError, match="variant `few` of `users` is 20 of all its rows"):
        folder = tmp_path / "exact"
        built(folder)
        build(compiled(SPEC, rows={"users": 500}), BuildOptions(out_dir=folder, mode=Mode.APPEND))


def test_edge_rows_of_a_build_are_listed_too(tmp_path: Path) -> None:
    text = SPEC.replace("  variant ends 10%\n", "")
    result = build(compiled(text, edge=0.2), BuildOptions(out_dir=tmp_path))
    assert result.ok
    found = pq.read_table(tmp_path / VARIANTS_NAME).to_pylist()
    assert {(x["table"], x["variant"]) for x in found} == {
        ("users", "edge"),
        ("users", "old"),
        ("users", "few"),
        ("users", "edge rows"),
        ("orders", "guests"),
        ("orders", "edge"),
    }


def test_dirt_and_variants(tmp_path: Path) -> None:
    text = SPEC.replace("  variant few", "  violate age.range 2%\n  misencoded(plan) 3%\n  variant few")
    report = built(tmp_path, text)
    assert verdicts(report)["users misencoded(plan)"] is Verdict.OK
    assert again(tmp_path, text).ok
    clean = tmp_path / "clean"
    built(clean, text, clean=True)
    names = ("users.parquet", VARIANTS_NAME)
    assert (tmp_path / names[1]).read_bytes() == (clean / names[1]).read_bytes()


GROWING = """dataset d {{ seed 5, now 2025-01-01T00:00:00Z, per batch 1d }}
table users 300 grows 100 per batch {{
  id int key
  a  int = 1..9
  b  int = a * 2
  k  string? = variant()
  variant x 20% {{ a = 100 }}
  {more}
}}
table orders 500 grows 200 per batch {{
  id      int key
  user_id -> users
  of_a    int = user_id.a
  of_k    string? = user_id.k
}}
"""


def _batch(folder: Path, *more: str) -> tuple[int, str]:
    result = run("build", str(folder / "s.dgen"), "--checkpoint", str(folder / "c.duckdb"), *more)
    return result.status, result.err


def test_batches_of_a_checkpoint(tmp_path: Path) -> None:
    (tmp_path / "s.dgen").write_text(GROWING.format(more=""))
    for number in ("1", "2", "3"):
        status, output = _batch(tmp_path, "-o", str(tmp_path / number))
        assert status == 0, output
        listed = pq.read_table(tmp_path / number / VARIANTS_NAME).to_pylist()
        rows = pq.read_table(tmp_path / number / "users.parquet").to_pylist()
        assert {x["row"]: x["variant"] for x in listed} == {r["id"] - 1: r["k"] for r in rows if r["k"]}
    users = duckdb.sql(f"SELECT id, a, k FROM '{tmp_path}/*/users.parquet'").fetchall()
    known = {i: (a, k) for i, a, k in users}
    orders = duckdb.sql(f"SELECT user_id, of_a, of_k FROM '{tmp_path}/*/orders.parquet'").fetchall()
    assert len(known) == 500
    assert all(known[i] == (a, k) for i, a, k in orders)


def test_so_many_rows_of_each_batch(tmp_path: Path) -> None:
    (tmp_path / "s.dgen").write_text(GROWING.format(more="variant y 5 rows { a = 300 }"))
    for number in ("1", "2", "3"):
        status, output = _batch(tmp_path, "-o", str(tmp_path / "out" / number))
        assert status == 0, output
        listed = pq.read_table(tmp_path / "out" / number / VARIANTS_NAME).to_pylist()
        rows = pq.read_table(tmp_path / "out" / number / "users.parquet").to_pylist()
        assert {x["row"]: x["variant"] for x in listed} == {r["id"] - 1: r["k"] for r in rows if r["k"]}
        assert [r["a"] for r in rows if r["k"] == "y"] == [300] * 5
        assert all(r["b"] == 2 * r["a"] for r in rows)
    users = duckdb.sql(f"SELECT id, a, k FROM '{tmp_path}/out/*/users.parquet'").fetchall()
    known = {i: (a, k) for i, a, k in users}
    orders = duckdb.sql(f"SELECT user_id, of_a, of_k FROM '{tmp_path}/out/*/orders.parquet'").fetchall()
    assert all(known[i] == (a, k) for i, a, k in orders)
    assert any(k == "y" for _, _, k in orders)
    verified = run("verify", str(tmp_path / "s.dgen"), str(tmp_path / "out"))
    assert verified.status == 0, verified.out
    plain = run("build", str(tmp_path / "s.dgen"), "-o", str(tmp_path / "plain"))
    assert plain.status == 0
    for name in ("users.parquet", VARIANTS_NAME):
        assert (tmp_path / "plain" / name).read_bytes() == (tmp_path / "out" / "1" / name).read_bytes()


def test_updated_rows_stay_of_their_variant(tmp_path: Path) -> None:
    (tmp_path / "s.dgen").write_text(
        """dataset d { seed 5, now 2025-01-01T00:00:00Z, per batch 1d }
table users 60 grows 20 per batch {
  id int key
  a  int = 1..9
  b  int = a + 0..5
  k  string? = variant()
  variant y 7 rows { a = 300 }
  changes { update 50% of rows set b }
}
"""
    )
    for number in ("1", "2", "3"):
        status, output = _batch(tmp_path, "-o", str(tmp_path / number), "--snapshot")
        assert status == 0, output
    rows = pq.read_table(tmp_path / "3" / "snapshot" / "users.parquet").to_pylist()
    listed = {
        x["row"]: x["variant"]
        for number in ("1", "2", "3")
        for x in pq.read_table(tmp_path / number / VARIANTS_NAME).to_pylist()
    }
    assert len(listed) == 21
    assert {r["id"] - 1: r["k"] for r in rows if r["k"]} == listed
    assert all((r["a"] == 300) == (r["k"] == "y") and 0 <= r["b"] - r["a"] <= 5 for r in rows)


def test_more_rows_of_a_variant_than_a_batch_has(tmp_path: Path) -> None:
    (tmp_path / "s.dgen").write_text(
        "dataset d { seed 5 }\ntable users 30 grows 4 per batch {\n  id int key\n  a int = 1..9\n"
        "  variant y 6 rows { a = 300 }\n}\ntable logs 30 grows 4 per batch { id int key }\n"
    )
    assert _batch(tmp_path, "-o", str(tmp_path / "1"))[0] == 0
    status, output = _batch(tmp_path, "-o", str(tmp_path / "2"))
    assert status == 1
    assert "4 in batch 2" in " ".join(output.split())
    status, output = _batch(tmp_path, "-o", str(tmp_path / "2"), "--rows", "users=+0")
    assert status == 0, output
    assert not (tmp_path / "2" / "users.parquet").exists()


@pytest.mark.parametrize(
    ("more", "told"),
    [
        ("variant y 5%", "draws at edges"),
        ("variant y 5 rows", "draws at edges"),
    ],
)
def test_variants_that_do_not_go_with_a_checkpoint(tmp_path: Path, more: str, told: str) -> None:
    (tmp_path / "s.dgen").write_text(GROWING.format(more=more))
    status, output = _batch(tmp_path, "-o", str(tmp_path / "out"))
    assert status == 2
    assert told in " ".join(output.split())
