"""Builds with edge rows: the same bytes, verified, and told apart from builds without."""

from __future__ import annotations

import json
from pathlib import Path

import duckdb
import pytest

from specdsl.build import Mode
from specdsl.errors import DataError
from specdsl.verify.statistics import is_improbable
from tests.build.specs import SHOP, Heard, built, contents

RARE = """
dataset rare { seed 3 }
enum Status { usual 99%, odd 1% }
table t 20_000 {
  id     int key
  status Status
  note   string? 1% null = "a" 95% | "b"
  kind   string = match status { usual => "x" 90% | "y", odd => "x" 10% | "y" 90% }
}
"""


def test_the_same_bytes_however_it_runs(tmp_path: Path) -> None:
    built(tmp_path / "one", edge=0.3, workers=1)
    built(tmp_path / "four", edge=0.3, workers=4)
    assert contents(tmp_path / "one") == contents(tmp_path / "four")
    built(tmp_path / "plain")
    assert contents(tmp_path / "one") != contents(tmp_path / "plain")


def test_the_manifest_says_so_only_where_it_is_so(tmp_path: Path) -> None:
    built(tmp_path / "edged", edge=0.25)
    built(tmp_path / "plain")
    edged, plain = (
        json.loads((tmp_path / f / "manifest.json").read_text())["dataset"] for f in ("edged", "plain")
    )
    assert edged.pop("edge") == 0.25
    assert edged == plain


def test_verification_knows_that_rates_are_off(tmp_path: Path) -> None:
    result = built(tmp_path, RARE, edge=0.2)
    assert result.ok
    rows = f"'{tmp_path}/t.parquet'"
    ((odd, null),) = duckdb.sql(
        f"select avg((status = 'odd')::int), avg((note is null)::int) from {rows}"
    ).fetchall()
    assert odd > 0.08  # and 1 % was declared
    assert null > 0.05


@pytest.mark.parametrize(
    ("count", "improbable"),
    [(100, False), (82, False), (700, False), (1080, False), (30, True), (1300, True)],
)
def test_what_edge_rows_explain(count: int, improbable: bool) -> None:
    """1 % of 10,000 rows were declared, 10 % are edge rows: from none to all of those beside 90."""
    assert is_improbable(count, 10_000, 0.01, edge=0.1) == improbable
    assert is_improbable(700, 10_000, 0.01)


def test_a_folder_built_without_them_is_another(tmp_path: Path) -> None:
    built(tmp_path)
    before = contents(tmp_path)
    heard = Heard()
    built(tmp_path, edge=0.5, mode=Mode.OVERWRITE, listener=heard)
    assert contents(tmp_path) != before
    built(tmp_path, mode=Mode.OVERWRITE)
    assert contents(tmp_path) == before


def test_rows_are_added_with_the_same_share_only(tmp_path: Path) -> None:
    built(tmp_path, edge=0.1)
    with pytest.raises(DataError, match="was made with 10% edge rows") as told:
        built(tmp_path, mode=Mode.APPEND)
    assert told.value.help == "--edge 10%"
    assert built(tmp_path, edge=0.1, mode=Mode.APPEND).ok
    built(tmp_path / "plain")
    with pytest.raises(DataError, match="was made without edge rows") as told:
        built(tmp_path / "plain", edge=0.1, mode=Mode.APPEND)
    assert told.value.help == "leave --edge out"


def test_added_rows_are_those_of_a_larger_build(tmp_path: Path) -> None:
    text = SHOP.replace("users each 0..4", "users each 2")
    built(tmp_path / "grown", text, edge=0.5, format="csv", mode=Mode.APPEND, rows={"users": 20})
    built(tmp_path / "grown", text, edge=0.5, format="csv", mode=Mode.APPEND, rows={"users": 20})
    built(tmp_path / "whole", text, edge=0.5, format="csv", rows={"users": 40})
    grown, whole = (
        duckdb.sql(f"from read_csv('{tmp_path}/{f}/users*.csv') order by id").fetchall()
        for f in ("grown", "whole")
    )
    assert grown == whole
