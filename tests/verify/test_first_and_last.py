"""First and last of values that are null in some rows: the value of that row, null or not."""

from __future__ import annotations

from pathlib import Path

import duckdb

import specdsl

SPEC = """
table a 40 {
  id int key
  f  string? = first(b.note)
  l  string? = last(b.note where .id > 40)
}
table b 120 {
  id   int key
  a_id -> a
  note string? 50% null = word()
}
"""


def test_the_row_decides_and_not_the_value(tmp_path: Path) -> None:
    assert specdsl.load(SPEC).build(tmp_path).ok
    a, b = (f"read_parquet('{tmp_path / name}.parquet')" for name in "ab")
    low, high = (
        f"SELECT min(id) FROM {b} WHERE a_id = a.id",
        f"SELECT max(id) FROM {b} WHERE a_id = a.id AND id > 40",
    )
    wrong = f"f IS DISTINCT FROM (SELECT note FROM {b} WHERE id = ({low}))"
    wrong += f" OR l IS DISTINCT FROM (SELECT note FROM {b} WHERE id = ({high}))"
    assert duckdb.sql(f"SELECT * FROM {a} AS a WHERE {wrong}").fetchall() == []
    ((nulls,),) = duckdb.sql(
        f"SELECT count(*) FROM {a} AS a WHERE f IS NULL AND ({low}) IS NOT NULL"
    ).fetchall()
    assert nulls > 0
