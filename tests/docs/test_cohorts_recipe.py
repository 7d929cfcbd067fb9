"""The recipe's table of cohorts, computed by its SQL from the files that its spec makes."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

import specdsl
from tests.docs.markdown import ROOT, blocks

BLOCKS = blocks(ROOT / "docs" / "recipes" / "cohorts.md")
CURVE = (100, 60, 45, 38, 33, 30)


def test_the_sql_finds_the_curve(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = next(b for b in BLOCKS if b.language == "dgen")
    sql = next(b for b in BLOCKS if b.language == "sql")
    (tmp_path / "spec.dgen").write_text(spec.text, "utf-8")
    assert specdsl.load(tmp_path / "spec.dgen").build(tmp_path / "out").ok
    monkeypatch.chdir(tmp_path / "out")
    found = duckdb.sql(sql.text).fetchall()
    assert len(found) == 6 * len(CURVE)
    for _, period, _, percent in found:
        assert abs(percent - CURVE[period]) < 5
    assert all(percent == 100 for _, period, _, percent in found if period == 0)
