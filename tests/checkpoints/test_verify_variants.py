"""Which variant the rows of batches are of, checked when they are built and when they are verified."""

from __future__ import annotations

import json
from pathlib import Path

import pytest

from tests.checkpoints.test_verify import broken, changed
from tests.cli.running import Ran, run

SPEC = """
dataset kinds {
  seed 1
  per batch 1d
}

table u 30 grows 20 per batch {
  id   int key
  kind string? = variant()
  sort string? hidden = variant()
  age  int in 1..99
  variant vip 30% { age = 50 }
  variant rare 2 rows { age = 3 }
}

table o 50 grows 30 per batch {
  id      int key
  u_id    -> u
  special string? = u_id.sort
}
"""


def made(folder: Path, spec: str = SPEC, batches: int = 3) -> list[Ran]:
    (folder / "kinds.dgen").write_text(spec, "utf-8")
    words = ("build", str(folder / "kinds.dgen"), "--checkpoint", str(folder / "state.duckdb"), "--json")
    ran = [run(*words) for _ in range(batches)]
    assert all(one.status == 0 for one in ran), [one.err for one in ran]
    return ran


def verdicts(report: dict[str, list[dict[str, str]]]) -> dict[str, str]:
    return {rule["rule"]: rule["verdict"] for rule in report["rules"]}


ASKED = ("u.kind as computed", "o.special as computed", "u variant rare 2 rows")


def test_all_batches(tmp_path: Path) -> None:
    built = [json.loads(one.out)["verification"] for one in made(tmp_path)]
    ran = run("verify", str(tmp_path / "kinds.dgen"), str(tmp_path / "out"), "--json")
    assert ran.status == 0, ran.out
    for report in (*built, *json.loads(ran.out)["batches"]):
        assert [verdicts(report)[name] for name in ASKED] == ["ok"] * 3


@pytest.mark.parametrize(("table", "column"), [("u", "kind"), ("o", "special")])
def test_names_that_are_others(table: str, column: str, tmp_path: Path) -> None:
    made(tmp_path, batches=2)
    changed(tmp_path / "out" / "batch=0002" / f"{table}.parquet", column, 4, "other")
    ran = run("verify", str(tmp_path / "kinds.dgen"), str(tmp_path / "out" / "batch=0002"), "--json")
    assert (2, f"{table}.{column} as computed") in broken(ran)


def test_parents_that_are_all_of_earlier_batches(tmp_path: Path) -> None:
    built = made(tmp_path, SPEC.replace("table u 30 grows 20 per batch", "table u 30"), batches=2)
    assert verdicts(json.loads(built[1].out)["verification"])["o.special as computed"] == "ok"
    ran = run("verify", str(tmp_path / "kinds.dgen"), str(tmp_path / "out"), "--json")
    assert ran.status == 0
    assert verdicts(json.loads(ran.out)["batches"][1])["o.special as computed"] == "ok"


def test_another_spec_in_the_batch_before(tmp_path: Path) -> None:
    made(tmp_path, SPEC.replace("vip 30%", "top 60%"), batches=1)
    (built,) = made(tmp_path, batches=1)
    assert verdicts(json.loads(built.out)["verification"])["o.special as computed"] == "ok"


def test_more_rows_of_variants_than_a_batch_has(tmp_path: Path) -> None:
    made(tmp_path, batches=1)
    words = ("build", str(tmp_path / "kinds.dgen"), "--checkpoint", str(tmp_path / "state.duckdb"))
    ran = run(*words, "--rows", "u=+1")
    assert "take 2 rows, and there are 1 in batch 2" in ran.err
    said = " ".join(ran.err.split())  # without the ends of lines
    assert "say a share, which is of each batch's rows, or lower numbers, or give it more rows" in said
    (tmp_path / "plain.dgen").write_text(
        "table t 3 { id int key }\ntable u { t_id -> t each 2, a int = 1..9, variant x 7 rows { a = 0 } }"
    )
    alone = run("build", str(tmp_path / "plain.dgen"))
    assert "DG587" in alone.err
    assert "say lower numbers, or a share, or give the table more rows" in " ".join(alone.err.split())
    assert "lower the shares" not in alone.err + ran.err
