"""Specs and what SQL must find in the data that they make: every query lists offenders and must find none.

A scenario is ``name.dgen`` with ``name.sql`` beside it: queries ended by ``;``, each with a comment above it that says
what would be wrong with the rows that it finds. The examples have their queries here too.
"""

from __future__ import annotations

import re
from pathlib import Path

import duckdb
import pytest
from tests import examples

import specdsl

HERE = Path(__file__).parent
SCENARIOS = sorted(p.stem for p in HERE.glob("*.sql"))


def queries(name: str) -> list[tuple[str, str]]:
    found = []
    for statement in (HERE / f"{name}.sql").read_text().split(";\n"):
        comment = " ".join(re.findall(r"^-- (.*)$", statement, re.MULTILINE))
        if statement.strip():
            found.append((comment, statement))
    return found


def test_every_spec_has_queries() -> None:
    assert {p.stem for p in HERE.glob("*.dgen")} <= set(SCENARIOS)
    assert {p.parent.name for p in examples.ALL} <= set(SCENARIOS)


@pytest.mark.parametrize("name", SCENARIOS)
def test_scenario(name: str, tmp_path: Path) -> None:
    spec = HERE / f"{name}.dgen"
    data = specdsl.load(spec if spec.exists() else examples.FOLDER / name / f"{name}.dgen")
    assert data.build(tmp_path / "out").ok
    with duckdb.connect() as con:
        con.execute("set timezone = 'UTC'")
        for table in data.tables:
            path = tmp_path / "out" / table  # a folder where the table has partitions
            files = f"{path}/**/*.parquet" if path.is_dir() else f"{path}.parquet"
            con.execute(f"create view \"{table}\" as from '{files}'")
        wrong = []
        for comment, sql in queries(name):
            rows = con.execute(sql).fetchmany(3)
            if rows:
                wrong.append(f"{comment}\n    {rows}")
    assert not wrong, "\n".join(wrong)
