"""Batches on the command line: what is told, what is refused, and with which exit status."""

from __future__ import annotations

import json
import shutil
import sqlite3
from pathlib import Path

import duckdb
import pytest

from tests.cli.running import run

SPEC = """
dataset d { seed 1, now 2025-01-01T00:00:00Z, per batch 1d }
table a 10 grows 5 per batch { id uuid key, at timestamp = now }
table b { a_id -> a each 2, n int = index_in(a_id), key (a_id, n) }
"""


@pytest.fixture
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    (tmp_path / "d.dgen").write_text(SPEC)
    monkeypatch.chdir(tmp_path)
    return tmp_path


def build(*more: str) -> object:
    return run("build", "d.dgen", "--checkpoint", "state.duckdb", *more)


def test_batches_have_folders_of_their_own(folder: Path) -> None:
    assert run("build", "d.dgen", "--checkpoint", "state.duckdb").status == 0
    second = run("build", "d.dgen", "--checkpoint", "state.duckdb")
    assert second.status == 0
    assert "batch 2, with the clock at 2025-01-02T00:00:00Z" in second.err
    third = run(
        "build", "d.dgen", "--checkpoint", "state.duckdb", "--rows", "a=+1", "--now", "2025-03-01", "-o", "x"
    )
    assert third.status == 0
    rows = duckdb.sql(
        "SELECT batch, count(*), max(\"at\") FROM read_parquet('out/*/a.parquet', hive_partitioning = true) GROUP BY 1"
    ).fetchall()
    assert sorted((int(batch), count) for batch, count, _ in rows) == [(1, 10), (2, 5)]
    assert duckdb.sql("SELECT count(*), max(n) FROM 'x/b.parquet'").fetchall() == [(2, 1)]
    manifest = json.loads((folder / "x" / "manifest.json").read_text())
    assert manifest["batch"] == 3
    assert manifest["tables"]["b"]["files"][0]["first_row"] == 30


def test_keys_can_be_asked_for_in_sql(folder: Path) -> None:
    for state in ("state.duckdb", "state.sqlite"):
        for _ in range(2):
            assert run("build", "d.dgen", "--checkpoint", state, "-o", f"{state}-{_}").status == 0
    wanted = (
        "SELECT k._batch, k._created_at, count(*) FROM keys_a k JOIN keys_b b ON b.a_id = k.id GROUP BY 1, 2"
    )
    with duckdb.connect("state.duckdb", read_only=True) as state:
        found = [(b, str(at), n) for b, at, n in state.sql(f"{wanted} ORDER BY 1").fetchall()]
    assert found == [(1, "2025-01-01 00:00:00", 20), (2, "2025-01-02 00:00:00", 10)]
    assert sqlite3.connect("state.sqlite").execute(f"{wanted} ORDER BY 1").fetchall() == found


def test_show_reset_and_diff(folder: Path) -> None:
    for _ in range(3):
        run("build", "d.dgen", "--checkpoint", "state.duckdb")
    shown = run("checkpoint", "show", "state.duckdb")
    assert "2025-01-03T00:00:00Z" in shown.out
    assert "d: 3 batches, 20 a, 40 b" in shown.err
    listed = json.loads(run("checkpoint", "show", "state.duckdb", "--json").out)
    assert [(b["tables"]["a"]["first_row"], b["tables"]["a"]["rows"]) for b in listed["batches"]] == [
        (0, 10),
        (10, 5),
        (15, 5),
    ]
    assert listed["batches"][1]["tables"]["b"]["sequence"] == [36, 46, 46]
    assert run("checkpoint", "diff", "state.duckdb", "d.dgen").status == 0
    (folder / "e.dgen").write_text(SPEC.replace("uuid key", "int key = row"))
    differs = run("checkpoint", "diff", "state.duckdb", "e.dgen")
    assert differs.status == 1
    assert "`a.id` is int, and was uuid (refused: keys of one table have one type)" in differs.out
    gone = run("checkpoint", "reset", "state.duckdb", "--to", "1")
    assert "forgot 2 batches" in gone.err
    with duckdb.connect("state.duckdb", read_only=True) as state:
        assert state.sql("SELECT max(_batch), count(*) FROM keys_a").fetchall() == [(1, 10)]
    before = (folder / "out" / "batch=0002" / "a.parquet").read_bytes()
    again = run("build", "d.dgen", "--checkpoint", "state.duckdb", "--mode", "overwrite")
    assert again.status == 0
    assert (folder / "out" / "batch=0002" / "a.parquet").read_bytes() == before
    assert run("checkpoint", "reset", "state.duckdb", "--all").status == 0
    assert not (folder / "state.duckdb").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--rows", "a=+5"], 2, "there are no rows of `a` yet to add to"),
        (["--rows", "b=+5"], 2, "no rows can be added to `b`: they follow from elsewhere"),
        (["--rows", "c=+5"], 2, "there is no table `c`"),
        (["--rows", "a=+5", "--rows", "a=20"], 2, "both how many rows there are and how many more"),
        (["--rows", "+5"], 2, "which table is to grow?"),
        (["--now", "soon"], 2, "'soon' is no point in time"),
        (["--edge", "5%"], 2, "--edge does not go with a checkpoint"),
        (["--invalid", "5%", "-f", "jsonl"], 2, "--invalid does not go with a checkpoint"),
        (["-t", "a"], 2, "a batch has rows of all tables"),
        (["--mode", "append"], 2, "is not appended to other data"),
        (["--checkpoint", "nowhere/state.duckdb"], 3, "there is no folder `nowhere`"),
        (["--checkpoint", "no where/state.duckdb"], 3, "help: `mkdir -p 'no where'` makes it"),
        (["--checkpoint", "."], 3, "`.` is a folder"),
        (["--checkpoint", "d.dgen"], 1, "`d.dgen` is no checkpoint of specdsl: it is not a DuckDB database"),
        (["--checkpoint", "text.sqlite"], 1, "it is not an SQLite database"),
        (["--checkpoint", "other.duckdb"], 1, "it has other tables"),
        (["--checkpoint", ""], 2, "`--checkpoint` names no file"),
    ],
)
def test_what_cannot_be(folder: Path, arguments: list[str], status: int, message: str) -> None:
    (folder / "text.sqlite").write_text("no database at all, " * 100)
    with duckdb.connect(str(folder / "other.duckdb")) as other:
        other.execute("CREATE TABLE checkpoint (x INT)")
    ran = run("build", "d.dgen", "--checkpoint", "state.duckdb", *arguments)
    assert (ran.status, message in ran.err) == (status, True), ran.err
    assert "Traceback" not in ran.err
    assert not (folder / "out").exists()


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["--now", "2024-12-31"], 1, "2024-12-31T00:00:00Z is before 2025-01-01T00:00:00Z"),
        (["--rows", "a=3"], 1, "`a` would shrink from 10 to 3 rows"),
        (["--rows", "10"], 1, "batch 2 would have no rows"),
        (["--seed", "9"], 1, "was made with seed 1, not 9"),
        (["-o", "out/batch=0001"], 1, "`out/batch=0001` already holds batch 1 of `state.duckdb`"),
        (["-o", "out/batch=0001", "--mode", "overwrite"], 2, "already holds batch 1 of `state.duckdb`"),
        (["-o", "other"], 1, "`other` already holds a.parquet"),
    ],
)
def test_what_cannot_be_a_second_batch(folder: Path, arguments: list[str], status: int, message: str) -> None:
    assert run("build", "d.dgen", "--checkpoint", "state.duckdb").status == 0
    assert run("build", "d.dgen", "-o", "other").status == 0
    before = (folder / "out" / "batch=0001" / "a.parquet").read_bytes()
    ran = run("build", "d.dgen", "--checkpoint", "state.duckdb", *arguments)
    assert (ran.status, message in ran.err) == (status, True), ran.err
    assert "--mode append" not in ran.err
    assert (folder / "out" / "batch=0001" / "a.parquet").read_bytes() == before
    assert "1 batch," in run("checkpoint", "show", "state.duckdb").err


@pytest.mark.parametrize(
    ("arguments", "status", "message"),
    [
        (["show", "nope.duckdb"], 3, "`nope.duckdb` is not there"),
        (["show", "nope.duckdb"], 3, "`specdsl stream --changes --checkpoint FILE`"),
        (["show", "d.dgen"], 1, "is no checkpoint of specdsl"),
        (["frob", "nope.duckdb"], 2, "'frob' is not one of"),
        (["diff", "nope.duckdb"], 2, "`checkpoint diff` takes a spec to compare"),
        (["show", "nope.duckdb", "d.dgen"], 2, "takes no spec"),
        (["show", "nope.duckdb", "--all"], 2, "go with `checkpoint reset`"),
        (["reset", "nope.duckdb"], 2, "which batches are to be forgotten?"),
    ],
)
def test_what_cannot_be_asked_of_a_checkpoint(
    folder: Path, arguments: list[str], status: int, message: str
) -> None:
    ran = run("checkpoint", *arguments)
    assert (ran.status, message in ran.err) == (status, True), ran.err


def test_rows_are_added_to_a_checkpoint_only(folder: Path) -> None:
    ran = run("build", "d.dgen", "--rows", "a=+5")
    assert (ran.status, "in a checkpoint only" in ran.err) == (2, True)


def test_the_clock_of_a_build_without_a_checkpoint(folder: Path) -> None:
    assert run("build", "d.dgen", "--now", "2031-02-03T04:05:06Z").status == 0
    assert str(duckdb.sql("SELECT any_value(\"at\") FROM 'out/a.parquet'").fetchall()[0][0]).startswith(
        "2031-02-03"
    )


def test_a_later_batch_is_not_verified_alone(folder: Path) -> None:
    for _ in range(2):
        assert run("build", "d.dgen", "--checkpoint", "state.duckdb").status == 0
    assert run("verify", "d.dgen", "out/batch=0001").status == 0
    shutil.move("out/batch=0002", "moved")
    alone = run("verify", "d.dgen", "moved")
    assert (alone.status, "batch 1 is not there" in alone.err) == (1, True)


def test_what_is_open_elsewhere(folder: Path) -> None:
    assert run("build", "d.dgen", "--checkpoint", "state.duckdb").status == 0
    import subprocess
    import sys

    code = "import duckdb, sys, time; c = duckdb.connect('state.duckdb'); print('open', flush=True); time.sleep(60)"
    other = subprocess.Popen([sys.executable, "-c", code], stdout=subprocess.PIPE)
    try:
        assert other.stdout is not None
        other.stdout.readline()
        ran = run("build", "d.dgen", "--checkpoint", "state.duckdb")
        assert (ran.status, "is open in another program" in ran.err) == (3, True), ran.err
    finally:
        other.kill()
        other.communicate()


@pytest.mark.parametrize("kept", [0.1, 0.5, 0.9])
@pytest.mark.parametrize("state", ["state.duckdb", "state.sqlite"])
def test_a_damaged_checkpoint(folder: Path, state: str, kept: float) -> None:
    assert run("build", "d.dgen", "--checkpoint", state).status == 0
    whole = (folder / state).read_bytes()
    broken = whole[: int(len(whole) * kept)]
    (folder / state).write_bytes(broken)
    ran = run("build", "d.dgen", "--checkpoint", state)
    assert ran.status in (1, 3), ran.err
    assert state in ran.err
    assert "bug in specdsl" not in ran.err
    # What is broken may show only when the batch is written to it: then its files wait beside it.
    waits = (folder / f"{state}.pending" / "batch.json").exists()
    assert (folder / "out" / "batch=0002").exists() == waits
    assert waits or (folder / state).read_bytes() == broken


def test_a_batch_is_spoiled_as_declared(folder: Path) -> None:
    (folder / "d.dgen").write_text(
        SPEC.replace("at timestamp = now", "at timestamp = now, duplicate rows 20%")
    )
    for number in (1, 2):
        done = run("build", "d.dgen", "--checkpoint", "state.duckdb")
        assert done.status == 0, done.err
        assert f"spoiled as declared: out/batch=000{number}/_answers.parquet says which" in done.err
    changes = run("build", "d.dgen", "--checkpoint", "state.duckdb", "--changes")
    assert (changes.status, "rows of `a` are to be spoiled" in changes.err) == (2, True), changes.err
    assert run("build", "d.dgen", "--checkpoint", "state.duckdb", "--clean", "--changes").status == 0


def test_a_later_now_in_the_spec_moves_no_clock_and_says_so(folder: Path) -> None:
    spec = folder / "d.dgen"
    spec.write_text(
        "dataset d { now 2025-01-01 }\ntable a 5 grows 5 per batch { id int key, at timestamp = now }\n"
    )
    assert run("build", "d.dgen", "--checkpoint", "s.duckdb").status == 0
    same = run("build", "d.dgen", "--checkpoint", "s.duckdb")
    assert (same.status, "moves no clock" in same.err) == (0, False)
    spec.write_text(spec.read_text().replace("2025-01-01", "2025-03-01"))
    second = run("build", "d.dgen", "--checkpoint", "s.duckdb")
    assert (second.status, "the clock at 2025-01-01T00:00:00Z" in second.err) == (0, True)
    assert "`now` is 2025-03-01T00:00:00Z, which moves no clock: --now does" in second.err
    third = run("build", "d.dgen", "--checkpoint", "s.duckdb", "--now", "2025-04-01")
    assert (third.status, "moves no clock" in third.err) == (0, False)
