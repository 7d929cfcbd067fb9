"""Batches that change rows of earlier ones, held against the spec when they are written."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow.parquet as pq
import pytest

import specdsl
from tests.checkpoints.test_verify import broken, changed
from tests.cli.running import Ran, run

SPEC = """
dataset fleet {
  seed 3
  now  2025-01-01T00:00:00Z
  per batch 1d
}

table u 30 grows 20 per batch {
  id   int key
  size int in 1..9
  changes { delete 10% }
}

table o 40 grows 10 per batch {
  id   int key
  u_id -> u
}
"""


def made(
    folder: Path, *options: str, batches: int = 3, state: str = "state.duckdb", spec: str = SPEC
) -> Path:
    (folder / "fleet.dgen").write_text(spec, "utf-8")
    for _ in range(batches):
        done = run("build", str(folder / "fleet.dgen"), "--checkpoint", str(folder / state), *options)
        assert done.status == 0, done.err
    return folder / "out"


def verify(folder: Path, data: Path, *options: str) -> Ran:
    return run("verify", str(folder / "fleet.dgen"), str(data), *options)


@pytest.mark.parametrize("name", ["state.duckdb", "state.sqlite"])
def test_keys_that_later_batches_delete_were_there(name: str, tmp_path: Path) -> None:
    out = made(tmp_path, "--snapshot", state=name)
    state = ("--checkpoint", str(tmp_path / name), "--json")
    for batch in ("batch=0001", "batch=0002", "batch=0003", ""):
        ran = verify(tmp_path, out / batch, *state)
        assert ran.status == 0, ran.out
    changed(out / "batch=0002" / "u.parquet", "id", 4, 999_999)
    assert (2, "u.key as the checkpoint has it") in broken(verify(tmp_path, out / "batch=0002", *state))


@pytest.mark.parametrize("form", ["parquet", "csv"])
def test_what_rows_take_from_rows_that_were_changed(form: str, tmp_path: Path) -> None:
    spec = SPEC.replace("{ delete 10% }", "{\n    update 50% of rows set size\n    delete 10%\n  }")
    spec = spec.replace("  u_id -> u\n", "  u_id -> u\n  double int = 2 * u_id.size\n")
    assert "double" in spec
    out = made(tmp_path, "--snapshot", "-f", form, batches=4, spec=spec)
    ran = verify(tmp_path, out, "--json")
    assert ran.status == 0, broken(ran)
    rules = json.loads(ran.out)["batches"][3]["rules"]
    assert "ok" in [rule["verdict"] for rule in rules if rule["rule"] == "o.double as computed"]


@pytest.mark.parametrize("form", ["plain", "debezium", "scd2"])
def test_change_records_are_not_the_rows_of_tables(form: str, tmp_path: Path) -> None:
    out = made(tmp_path, "--changes", form, batches=2)
    state = ("--checkpoint", str(tmp_path / "state.duckdb"))
    for options in ((), state):
        for place, told in (("", "batch=0001"), ("batch=0001", "batch=0001"), ("batch=0002", "batch=0002")):
            ran = verify(tmp_path, out / place, *options)
            assert ran.status == 1
            assert f"`{out / told}` has change records ({form}), and not the rows of tables" in ran.err
            assert not ran.out


@pytest.mark.parametrize("options", [(), ("--changes",), ("--changes", "debezium"), ("-f", "csv")])
def test_a_snapshot_is_verified(options: tuple[str, ...], tmp_path: Path) -> None:
    out = made(tmp_path, "--snapshot", *options, batches=2)
    for batch in ("batch=0001", "batch=0002"):
        ran = verify(tmp_path, out / batch / "snapshot")
        assert ran.status == 0, ran.out
        assert not ran.err
        report = specdsl.load(tmp_path / "fleet.dgen").verify(out / batch / "snapshot")
        assert report.ok
    assert "u.key unique" in [result.rule.name for result in report.rules]


def test_a_snapshot_with_faults(tmp_path: Path) -> None:
    out = made(tmp_path, "--snapshot", batches=2)
    snapshot = out / "batch=0002" / "snapshot"
    assert verify(tmp_path, snapshot, "--rows", "u=3").status == 2
    rows = pq.read_table(snapshot / "u.parquet")
    changed(snapshot / "u.parquet", "size", 2, 77)
    ran = verify(tmp_path, snapshot)
    assert ran.status == 1
    assert "broken: u.size" in ran.out
    assert "has changed since it was built" in ran.err
    pq.write_table(rows.slice(1), snapshot / "u.parquet")
    fewer = verify(tmp_path, snapshot)
    assert f"{rows.num_rows - 1} rows where {rows.num_rows} were expected" in fewer.out
    (tmp_path / "fleet.dgen").write_text(SPEC.replace("1..9", "1..8"), "utf-8")
    assert "was made with another spec" in verify(tmp_path, snapshot).err


def test_changes_on_one_line_with_a_comma_too_many(tmp_path: Path) -> None:
    text = SPEC.replace("{ delete 10% }", "{ update 50% of rows set size, delete 10% }")
    (tmp_path / "fleet.dgen").write_text(text, "utf-8")
    ran = run("check", str(tmp_path / "fleet.dgen"))
    assert ran.status == 1
    assert "error[DG101]: `10%` cannot stand after `delete`" in ran.err
