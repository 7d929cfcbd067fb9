"""Tables whose files are divided by values."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import polars as pl
import pyarrow.dataset as ds
import pytest

from specdsl.build import Mode
from specdsl.building.finding import find_tables
from specdsl.errors import DataError, UsageError
from specdsl.sinks.partitions import Partitions, folder_name, folder_value
from specdsl.sinks.registry import SINKS
from specdsl.verify.verifier import verify
from tests.build.specs import built, compiled, contents

SPEC = """
dataset shop { seed 7, now 2025-01-01T00:00:00Z }
enum Status { new 50%, paid 50% }
table users 900 {
  id      int key = sequence(start: 1)
  country string? 10% null = "DE" | "FR" | "a/b ü"
  status  Status
  amount  decimal(6, 2) = 1..20
  check in_order: id == row + 1
  partition by (country, status)
}
"""
QUERY = "select id, country, status, amount from ({}) order by id"


@pytest.mark.parametrize("name", SINKS)
def test_every_sink_divides_and_is_verified(tmp_path: Path, name: str) -> None:
    result = built(tmp_path, SPEC, format=name)
    assert result.ok
    assert result.report is not None and not result.report.unchecked  # rules by row numbers, too
    folders = {path.relative_to(tmp_path).parent.as_posix() for path in tmp_path.rglob("part-*")}
    assert "users/country=DE/status=paid" in folders
    assert "users/country=a%2Fb%20%C3%BC/status=new" in folders
    assert "users/country=__HIVE_DEFAULT_PARTITION__/status=new" in folders
    assert len(folders) == 8
    dataset = compiled(SPEC).dataset
    assert dataset is not None
    found = find_tables(dataset, tmp_path)
    assert verify(dataset, found.tables, "full", None, found.rows).ok
    (tmp_path / "manifest.json").unlink()
    assert verify(dataset, find_tables(dataset, tmp_path).tables).ok


@pytest.mark.parametrize(("divided", "files"), [("partition by country", 1), ("", 5)])
def test_files_that_are_read_out_of_turn(tmp_path: Path, divided: str, files: int) -> None:
    """DuckDB reads CSV files at once, and quoted fields make it give some before those named first."""
    spec = """
    table boxes 20_000 {{
      id int key
      country string = "DE" 60% | "FR"
      box struct {{ w float = 1.0..2.0 }}
      {}
    }}
    """
    result = built(tmp_path, spec.format(divided), format="csv", files=files)
    assert result.report is not None
    assert result.report.broken == () and not result.report.unchecked


def test_others_read_the_same_rows(tmp_path: Path) -> None:
    built(tmp_path / "divided", SPEC)
    built(tmp_path / "whole", SPEC.replace("  partition by (country, status)\n", ""))
    whole = duckdb.sql(QUERY.format(f"from '{tmp_path}/whole/users.parquet'")).fetchall()
    files = f"{tmp_path}/divided/users/**/*.parquet"
    assert (
        duckdb.sql(QUERY.format(f"from read_parquet('{files}', hive_partitioning=true)")).fetchall() == whole
    )
    arrow = ds.dataset(tmp_path / "divided" / "users", partitioning="hive").to_table()
    frame = pl.read_parquet(files, hive_partitioning=True)
    columns = ["id", "country", "status", "amount"]
    assert sorted(arrow.select(columns).to_pydict()["id"]) == [row[0] for row in whole]
    for read in (arrow.to_pylist(), frame.to_dicts()):
        rows = sorted((tuple(row[c] for c in columns) for row in read), key=lambda row: row[0])
        assert rows == whole


def test_bytes_do_not_depend_on_workers_and_batches(tmp_path: Path) -> None:
    built(tmp_path / "a", SPEC, workers=1, batch_rows=7)
    built(tmp_path / "b", SPEC, workers=3, files=3)
    assert contents(tmp_path / "a") == contents(tmp_path / "b")


@pytest.mark.parametrize("form", ["jsonl", "json", "csv"])
def test_columns_may_stay_in_files_of_text(tmp_path: Path, form: str) -> None:
    assert built(tmp_path, SPEC, format=form, values=(("partition_columns", "true"),)).ok
    assert "country" in next(tmp_path.rglob("part-*")).read_text().splitlines()[1 if form == "json" else 0]


def test_columns_may_stay_in_the_files(tmp_path: Path) -> None:
    assert built(tmp_path, SPEC, values=(("partition_columns", "true"),)).ok
    path = next(tmp_path.rglob("part-*"))
    assert "country" in ds.dataset(path).schema.names


def test_append_adds_files_beside_the_old_ones(tmp_path: Path) -> None:
    built(tmp_path, SPEC)
    before = contents(tmp_path)
    assert built(tmp_path, SPEC, mode=Mode.APPEND).ok
    after = contents(tmp_path)
    assert all(after[name] == digest for name, digest in before.items() if name != "manifest.json")
    assert {Path(name).name for name in after} == {
        "manifest.json",
        "part-00001.parquet",
        "part-00002.parquet",
    }
    files = f"{tmp_path}/users/**/*.parquet"
    assert duckdb.sql(f"select count(*), max(id) from '{files}'").fetchall() == [(1800, 1800)]


def test_overwrite_leaves_no_folder_that_is_empty(tmp_path: Path) -> None:
    built(tmp_path, SPEC)
    built(tmp_path, SPEC.replace('"DE" | ', ""), mode=Mode.OVERWRITE)
    assert not (tmp_path / "users" / "country=DE").exists()
    with pytest.raises(DataError, match="already holds"):
        built(tmp_path, SPEC)
    (tmp_path / "users" / "country=FR" / "mine.txt").write_text("mine")
    with pytest.raises(DataError, match="is no file of a build"):
        built(tmp_path, SPEC, mode=Mode.OVERWRITE)


def test_a_manifest_cannot_name_files_elsewhere(tmp_path: Path) -> None:
    out = tmp_path / "out"
    built(out, SPEC)
    manifest = json.loads((out / "manifest.json").read_text())
    for path in ("users/../../precious", "/precious", "users//x", "users\\x"):
        manifest["tables"]["users"]["files"][0]["path"] = path
        (out / "manifest.json").write_text(json.dumps(manifest))
        with pytest.raises(DataError, match="is damaged"):
            built(out, SPEC, mode=Mode.OVERWRITE)


def test_too_many_are_counted_before_a_file_is_written(tmp_path: Path) -> None:
    spec = "table t 20_000 {\n  id int key\n  at int = 0..9_999_999\n  partition by at\n}\n"
    with pytest.raises(DataError, match=r"would be divided into \d\d,\d{3} folders .* 10,000 are the most"):
        built(tmp_path / "out", spec)
    assert not (tmp_path / "out").exists()


def test_folders_that_differ_in_capitals_only(tmp_path: Path) -> None:
    spec = 'table t 50 {\n  id int key\n  c string = "de" | "DE"\n  partition by c\n}\n'
    with pytest.raises(DataError, match="are the same folder on many disks"):
        built(tmp_path, spec)


def test_a_table_without_rows(tmp_path: Path) -> None:
    assert built(tmp_path, SPEC, rows=0).ok


@pytest.mark.parametrize("value", ["", ".", "..", "a/b", "ü", "x=y", "100%", None, "end."])
def test_names_of_folders_come_back(value: str | None) -> None:
    folder = folder_name("c d", value)
    assert "/" not in folder and not folder.endswith(".")
    assert folder_value("c d", folder) == value
    with pytest.raises(ValueError, match="is not a partition by"):
        folder_value("other", folder)


def test_a_value_that_stands_for_null() -> None:
    import pyarrow as pa

    batch = pa.record_batch([pa.array(["__HIVE_DEFAULT_PARTITION__"])], names=["c"])
    with pytest.raises(DataError, match="stands for null"):
        Partitions("t", ["c"]).number(batch)


def test_containers_cannot_be_split() -> None:
    with pytest.raises(UsageError, match="is not split into files"):
        built(Path("nowhere"), SPEC, format="sqlite", files=2)
