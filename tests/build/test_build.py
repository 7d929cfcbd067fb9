from __future__ import annotations

import hashlib
import json
from pathlib import Path

import duckdb
import pyarrow.parquet as pq
import pytest

from specdsl.build import VerifyLevel
from specdsl.building import job
from specdsl.building.parts import check_names, split
from specdsl.errors import DataError, UsageError
from specdsl.generate.errors import GenerationError
from specdsl.plan.planner import plan
from specdsl.sinks.registry import SINKS
from tests.build.specs import SHOP, Heard, built, compiled, contents


def count(path: Path | str) -> int:
    return duckdb.sql(f"select count(*) from '{path}'").fetchall()[0][0]


def test_files_and_manifest(tmp_path: Path) -> None:
    heard = Heard()
    result = built(tmp_path / "out", listener=heard)
    assert result.ok and result.report is not None and not result.report.unchecked
    assert sorted(contents(tmp_path / "out")) == [
        "manifest.json",
        "orders.parquet",
        "users.parquet",
        "visits.parquet",
    ]
    manifest = json.loads((tmp_path / "out" / "manifest.json").read_text())
    assert manifest["dataset"]["seed"] == 7
    assert manifest["dataset"]["now"] == "2025-01-01T00:00:00Z"
    assert manifest["dataset"]["stream_version"] >= 1
    for name, table in manifest["tables"].items():
        (entry,) = table["files"]
        path = tmp_path / "out" / entry["path"]
        assert entry["rows"] == table["rows"] == count(path)
        assert entry["bytes"] == path.stat().st_size
        assert entry["sha256"] == hashlib.sha256(path.read_bytes()).hexdigest()
        assert (("done", name, table["rows"])) in heard.calls
    assert {t.name: t.rows for t in result.tables} == {n: t["rows"] for n, t in manifest["tables"].items()}
    planned = next(c[1] for c in heard.calls if c[0] == "planned")
    told = {name: sum(c[2] for c in heard.calls if c[:2] == ("rows", name)) for name in planned}
    assert told == planned


def test_documentation_of_tables_is_in_the_files(tmp_path: Path) -> None:
    built(tmp_path)
    metadata = pq.read_schema(tmp_path / "users.parquet").metadata
    assert metadata[b"description"] == b"Who buys."


@pytest.mark.parametrize("name", SINKS)
def test_every_format_is_built_and_verified(tmp_path: Path, name: str) -> None:
    result = built(tmp_path, format=name)
    assert result.ok and result.report is not None
    assert [p.name for p in result.tables[0].paths] == [
        f"users{SINKS[name].extension(SINKS[name].compressions[0])}"
    ]


@pytest.mark.parametrize(
    ("name", "compression"), [("csv", "gzip"), ("csv", "bz2"), ("jsonl", "zstd"), ("arrow", "zstd")]
)
def test_compressed_files_are_verified_too(tmp_path: Path, name: str, compression: str) -> None:
    result = built(tmp_path, format=name, compression=compression, files=2)
    assert result.ok and result.report is not None and result.report.rows["visits"] == 300


@pytest.mark.parametrize("name", SINKS)
def test_bytes_depend_on_neither_workers_nor_batches(tmp_path: Path, name: str) -> None:
    options = {"format": name, "files": 3, "verify": VerifyLevel.OFF}
    built(tmp_path / "a", workers=1, **options)
    built(tmp_path / "b", workers=2, batch_rows=7, **options)
    built(tmp_path / "c", workers=5, batch_rows=33, **options)
    assert contents(tmp_path / "a") == contents(tmp_path / "b") == contents(tmp_path / "c")


def test_splitting_gives_contiguous_ranges(tmp_path: Path) -> None:
    whole = built(tmp_path / "one", format="csv")
    several = built(tmp_path / "many", format="csv", files=7)
    for one, many in zip(whole.tables, several.tables, strict=True):
        assert len(many.paths) == 7
        lines = [line for path in many.paths for line in path.read_text().splitlines()[1:]]
        assert lines == one.paths[0].read_text().splitlines()[1:]
    assert several.tables[0].paths[0].name == "users-00001.csv"


def test_more_files_than_rows(tmp_path: Path) -> None:
    result = built(tmp_path, "table t 2 { id int key }", files=5)
    assert [count(p) for p in result.tables[0].paths] == [1, 1, 0, 0, 0]


def test_a_table_without_rows(tmp_path: Path) -> None:
    result = built(tmp_path, "table t 0 { id int key }")
    assert result.tables[0].rows == 0 and count(tmp_path / "t.parquet") == 0


def test_only_some_tables(tmp_path: Path) -> None:
    result = built(tmp_path, tables=("visits",))
    assert [t.name for t in result.tables] == ["visits"]
    assert sorted(contents(tmp_path)) == ["manifest.json", "visits.parquet"]


DERIVED = SHOP + '\ntable spent = sql("select user_id, sum(total) as total from orders group by 1")\n'


def test_a_derived_table_brings_what_it_reads(tmp_path: Path) -> None:
    result = built(tmp_path, DERIVED, tables=("spent",))
    assert [t.name for t in result.tables] == ["orders", "spent"]
    paid = duckdb.sql(f"select sum(total) from '{tmp_path / 'orders.parquet'}'").fetchall()
    assert duckdb.sql(f"select sum(total) from '{tmp_path / 'spent.parquet'}'").fetchall() == paid


@pytest.mark.parametrize(
    ("options", "message"),
    [
        ({"format": "xlsx"}, "there is no format `xlsx`"),
        ({"compression": "bz2"}, "parquet cannot be compressed by `bz2`"),
        ({"files": 0}, "at least 1 file"),
        ({"tables": ("nope",)}, "there is no table `nope`"),
    ],
)
def test_what_cannot_be_asked(tmp_path: Path, options: dict, message: str) -> None:
    with pytest.raises(UsageError, match=message):
        built(tmp_path / "out", **options)
    assert not (tmp_path / "out").exists()


def test_a_broken_rule_leaves_nothing(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    text = "table t 50 { id int key, a int = 0..9, check small: a < 5 }"
    # The engine redraws until the check holds: it is made to work from a spec without it.
    without = compiled("table t 50 { id int key, a int = 0..9 }").dataset
    monkeypatch.setattr(job, "plan", lambda dataset: plan(without))
    result = built(tmp_path / "out", text)
    assert not result.ok and result.manifest is None and result.tables == ()
    assert result.report is not None and result.report.broken
    assert not (tmp_path / "out").exists()


def test_a_failure_of_generating_leaves_nothing(tmp_path: Path) -> None:
    text = "table t 50 { id int key, a int = 9_000_000_000_000_000_000 + 1_000_000_000_000_000_000 * row }"
    with pytest.raises(GenerationError):
        built(tmp_path / "out", text)
    assert not (tmp_path / "out").exists()


def test_two_tables_cannot_share_a_file() -> None:
    parts = [*split("t-00001", 0, 2, 1, ".parquet"), *split("t", 0, 2, 2, ".parquet")]
    with pytest.raises(DataError, match="would both be written to `t-00001"):
        check_names(((part.table, part.name) for part in parts), ["manifest.json"])
    with pytest.raises(DataError, match="the build itself"):
        check_names([("manifest", split("manifest", 0, 2, 1, ".json")[0].name)], ["manifest.json"])


def test_names_that_files_cannot_have(tmp_path: Path) -> None:
    result = built(tmp_path, "table `a/b` 2 { id int key }\ntable `.hidden` 2 { id int key }")
    assert [t.paths[0].name for t in result.tables] == ["a%2Fb.parquet", "%2Ehidden.parquet"]
