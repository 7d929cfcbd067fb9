"""Batches that change rows: what they write, what the checkpoint knows, what is refused."""

from __future__ import annotations

import os
import signal
import subprocess
import sys
from collections import Counter
from datetime import UTC, datetime
from pathlib import Path

import duckdb
import pyarrow as pa
import pytest

import specdsl
from specdsl.building import batches, change_files
from specdsl.building.options import BuildListener
from specdsl.building.staging import Staging
from specdsl.checkpoints.checkpoint import Checkpoint
from specdsl.checkpoints.pending import Pending
from specdsl.checkpoints.store import Store
from specdsl.errors import UsageError
from specdsl.generate.changed import Alive
from tests import examples
from tests.changes.making import Changes
from tests.checkpoints.test_crash import after, die

SMALL = """
dataset d { seed 3, now 2025-01-01T00:00:00Z, per batch 1d }
table a 20 grows 2 per batch {
  id int key
  n int = 1..9
  twice int = 2 * n
  changes { update 4 rows set n   delete 2 rows }
}
table b 30 grows 3 per batch {
  id int key
  a_id -> a? on delete set null
  n int? = a_id.n
}
"""


@pytest.fixture(scope="module")
def bank(tmp_path_factory: pytest.TempPathFactory) -> Changes:
    """Three batches of the bank, all of their rules checked."""
    made = Changes(tmp_path_factory.mktemp("bank"), verify="full")
    for _ in range(3):
        made.add()
    return made


def test_replaying_gives_the_snapshots(bank: Changes) -> None:
    for number, state in enumerate(bank.replayed(), 1):
        assert bank.snapshot(number) == state
        assert bank.dangling(state) == []


def test_numbers_of_rows_are_exact(bank: Changes) -> None:
    for number in (2, 3):
        counts = Counter((table, record["_op"]) for table, record in bank.records(number))
        assert counts["notes", "update"] >= 2
        assert counts["customers", "insert"] == 8
        gone = sum(1 for table, r in bank.records(number) if (table, r["_op"]) == ("customers", "delete"))
        assert gone == round(0.04 * len(bank.snapshot(number - 1)["customers"]))


def test_a_lifecycle_keeps_to_its_path(bank: Changes) -> None:
    paths = {"opened": {"active", "rejected", "closed"}, "active": {"closed"}}
    moved = 0
    for number in (2, 3):
        for table, record in bank.records(number):
            if table == "accounts" and record["_op"] == "update":
                old, new = record["_before"], record
                if old["status"] != new["status"]:
                    moved += 1
                    assert new["status"] in paths[old["status"]]
                for column in ("active_at", "closed_at", "rejected_at"):
                    assert old[column] is None or old[column] == new[column]
                assert new["label"] == f"{new['status']}/{new['balance']}"
    assert moved > 10


def test_what_others_took_stays(bank: Changes) -> None:
    cities = {key: row["city"] for key, row in bank.snapshot(3)["customers"].items()}
    taken = [(r["city"], cities[(r["customer_id"],)]) for r in bank.snapshot(3)["accounts"].values()]
    assert any(mine != theirs for mine, theirs in taken)
    first = {key: row["city"] for key, row in bank.snapshot(2)["customers"].items()}
    new = [r for table, r in bank.records(3) if table == "accounts" and r["_op"] == "insert"]
    old_parents = [r for r in new if (r["customer_id"],) in first]
    assert old_parents
    assert all(r["city"] == first[(r["customer_id"],)] for r in old_parents)


def test_the_checkpoint_knows_what_changed(bank: Changes) -> None:
    with duckdb.connect(str(bank.checkpoint.path), read_only=True) as state:
        left = state.sql("SELECT id FROM keys_customers WHERE _deleted_in IS NULL ORDER BY id").fetchall()
        updated = state.sql("SELECT count(*) FROM keys_accounts WHERE _updated_in = 3").fetchall()
        counts = state.sql(
            "SELECT count(*) FROM changes WHERE batch = 3 AND table_name = 'accounts' AND kind = 'update'"
        ).fetchall()
    assert left == sorted(bank.snapshot(3)["customers"])
    assert updated == counts
    (batch,) = bank.checkpoint.batches()[2:]
    assert batch.tables["accounts"].updates == counts[0][0]


def test_commit_times_end_at_the_clock(bank: Changes) -> None:
    times = [record["_committed_at"] for _, record in bank.records(2)]
    assert times[-1] == datetime(2025, 6, 2, tzinfo=UTC)
    assert times[0] > datetime(2025, 6, 1, tzinfo=UTC)
    assert {record["_committed_at"] for _, record in bank.records(1)} == {datetime(2025, 6, 1, tzinfo=UTC)}


def contents(folder: Path) -> dict[str, bytes]:
    return {str(p.relative_to(folder)): p.read_bytes() for p in folder.rglob("*") if p.is_file()}


@pytest.mark.parametrize(
    "options", [{"workers": 1}, {"workers": 4, "files": 3}, {"checkpoint": Checkpoint()}]
)
def test_however_it_runs(bank: Changes, tmp_path: Path, options: dict[str, object]) -> None:
    """Any number of workers, and a checkpoint in memory; without a file's own differences: the manifests."""
    again = Changes(tmp_path, **options)
    for _ in range(3):
        again.add()
    for one, other in zip(bank.made, again.made, strict=True):
        first, second = contents(one), contents(other)
        assert {n for n in first if n.endswith("parquet")} == {n for n in second if n.endswith("parquet")}
        assert all(first[n] == second[n] for n in first if n.endswith("parquet"))


@pytest.mark.parametrize("name", ["state.sqlite", "state.duckdb"])
def test_reset_and_again(name: str, tmp_path: Path) -> None:
    made = Changes(tmp_path, SMALL, checkpoint=Checkpoint(tmp_path / name))
    for _ in range(4):
        made.add()
    before = [contents(folder) for folder in made.made]
    with made.checkpoint.locked():
        made.checkpoint.reset(2)
    del made.made[2:]
    for _ in range(2):
        made.add(mode="overwrite")
    assert [contents(folder) for folder in made.made] == before
    states = list(made.replayed())
    assert made.snapshot(4) == states[-1]


MOMENTS = {
    "while the rows that change are made": (change_files, "write_images"),
    "while the snapshot is written": (change_files, "write_snapshot"),
    "while keys are read": (Pending, "keys_path"),
    "when publishing begins": (Staging, "_move"),
    "when all files are in their places": (Staging, "publish"),
    "while the changes are written": (Store, "_add_changes"),
}


def build_until(moment: str, state: str, folder: str) -> None:
    """Builds a batch in this process, which ends at ``moment``."""
    kind, name = MOMENTS[moment]
    setattr(kind, name, after(getattr(kind, name)) if name == "publish" else die)
    specdsl.load(SMALL).build(
        folder, checkpoint=Checkpoint(state), workers=1, changes="plain", snapshot=True, verify="off"
    )


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("moment", MOMENTS)
def test_killed(moment: str, tmp_path: Path) -> None:
    whole = Changes(tmp_path / "whole", SMALL, checkpoint=Checkpoint())
    for _ in range(3):
        whole.add()
    made = Changes(tmp_path, SMALL)
    made.add()
    code = "import sys; from tests.changes.test_batches import build_until; build_until(*sys.argv[1:])"
    words = [sys.executable, "-c", code, moment, str(made.checkpoint.path), str(tmp_path / "batch2")]
    ended = subprocess.run(words, check=False, cwd=Path(__file__).parents[2])
    assert ended.returncode == -signal.SIGKILL
    with made.checkpoint.locked():
        there = len(made.checkpoint.batches())
    if there == 2:
        made.made.append(tmp_path / "batch2")
    while len(made.made) < 3:
        made.add(resume=len(made.made) == 1)
    assert [contents(f) for f in made.made] == [contents(f) for f in whole.made]
    assert made.snapshot(3) == list(made.replayed())[-1]


# --- verification ------------------------------------------------------------------------------------


def test_verification_sees_rows_that_refer_to_deleted_ones(
    tmp_path: Path, monkeypatch: pytest.MonkeyPatch
) -> None:
    made = Changes(tmp_path, SMALL, verify="full")
    made.add()
    monkeypatch.setattr("specdsl.changes.choosing._Updating._null", lambda self, nulled: None)
    data = specdsl.load(SMALL)
    result = data.build(tmp_path / "x", checkpoint=made.checkpoint, changes="plain")
    assert not result.ok
    assert result.report is not None
    assert [r.rule.name for r in result.report.broken] == ["b a_id -> a not deleted"]
    assert len(made.checkpoint.batches()) == 1


def test_verification_sees_values_that_break_rules(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    spec = SMALL.replace("n int = 1..9", "n int in 1..9 = 1..9", 1)
    made = Changes(tmp_path, spec, verify="full")
    made.add()
    write = change_files._taken

    def spoiled(generator: object, table: str, rows: object, workers: int) -> object:
        for batch in write(generator, table, rows, workers):  # type: ignore[arg-type]
            names = batch.schema.names
            if table == "a" and generator is not None:
                columns = [pa.array([77] * batch.num_rows) if n == "n" else batch.column(n) for n in names]
                batch = pa.RecordBatch.from_arrays(columns, schema=batch.schema)  # noqa: PLW2901
            yield batch

    monkeypatch.setattr(change_files, "_taken", spoiled)
    result = specdsl.load(spec).build(tmp_path / "x", checkpoint=made.checkpoint, changes="plain")
    assert not result.ok
    assert result.report is not None
    assert "a.n in 1..9, after updates" in [r.rule.name for r in result.report.broken]


def test_verification_sees_rows_changed_twice(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    made = Changes(tmp_path, SMALL, verify="full")
    made.add()
    found = batches.written_keys

    def twice(*args: object, **kwargs: object) -> object:
        keys = found(*args, **kwargs)  # type: ignore[arg-type]
        if "before" in keys.path.name:
            import pyarrow.parquet as pq

            rows = pq.read_table(keys.path)
            pq.write_table(pa.concat_tables([rows, rows.slice(0, 1)]), keys.path)
        return keys

    monkeypatch.setattr("specdsl.building.change_checks.written_keys", twice)
    result = specdsl.load(SMALL).build(tmp_path / "x", checkpoint=made.checkpoint, changes="plain")
    assert result.report is not None
    assert "a changes a row once" in [r.rule.name for r in result.report.broken]


# --- what is refused ---------------------------------------------------------------------------------


@pytest.mark.parametrize(
    ("options", "says"),
    [
        ({"changes": "plain", "checkpoint": None}, "--changes is about batches"),
        ({"snapshot": True, "checkpoint": None}, "--snapshot is about batches"),
        ({"changes": "bitemporal"}, "there is no form `bitemporal` of changes"),
        ({"changes": "plain", "format": "sqlite"}, "sqlite holds tables, not their changes"),
        ({}, "later batches change rows of `a`, which plain rows cannot say"),
    ],
)
def test_refused(options: dict[str, object], says: str, tmp_path: Path) -> None:
    made = Changes(tmp_path, SMALL)
    made.add()
    given = {"checkpoint": made.checkpoint, **options}
    with pytest.raises(UsageError) as problem:
        specdsl.load(SMALL).build(tmp_path / "x", **given)  # type: ignore[arg-type]
    assert says in problem.value.message
    assert "\n" not in problem.value.message


def test_without_a_checkpoint_nothing_changes(tmp_path: Path) -> None:
    specdsl.load(SMALL).build(tmp_path / "x")
    plain = SMALL.replace("  changes { update 4 rows set n   delete 2 rows }\n", "").replace(
        " on delete set null", ""
    )
    specdsl.load(plain).build(tmp_path / "y")
    one, two = contents(tmp_path / "x"), contents(tmp_path / "y")
    assert one["a.parquet"] == two["a.parquet"]
    assert one["b.parquet"] == two["b.parquet"]


def test_without_changes_there_are_inserts(tmp_path: Path) -> None:
    spec = "dataset d { seed 1 }\ntable a 5 grows 2 per batch { id int key }"
    made = Changes(tmp_path, spec, verify="full")
    made.add()
    made.add()
    assert [r["_op"] for _, r in made.records(2)] == ["insert"] * 2
    assert [len(made.snapshot(n)["a"]) for n in (1, 2)] == [5, 7]


def test_plain_rows_with_a_snapshot(tmp_path: Path) -> None:
    made = Changes(tmp_path, SMALL, changes=None)
    made.add()
    made.add()
    assert len(made.table("a", 2)) == 2
    assert len(made.snapshot(2)["a"]) == 20


def test_a_batch_of_changes_alone(tmp_path: Path) -> None:
    spec = SMALL.replace(" grows 2 per batch", "").replace(" grows 3 per batch", "")
    made = Changes(tmp_path, spec, verify="full")
    for _ in range(2):
        made.add()
    assert {r["_op"] for _, r in made.records(2)} == {"update", "delete"}


def test_fewer_rows_than_asked_for(tmp_path: Path) -> None:
    spec = SMALL.replace("a_id -> a? on delete set null", "a_id -> a?").replace(
        "delete 2 rows", "delete 19 rows"
    )
    made = Changes(tmp_path, spec)
    made.add()

    class Notes(BuildListener):
        said: tuple[str, ...] = ()

        def note(self, message: str) -> None:
            self.said += (message,)

    notes = Notes()
    made.add(listener=notes)
    assert any("instead of 19: rows that stay refer to the others" in said for said in notes.said)
    assert made.dangling(made.snapshot(2)) == []


def test_a_later_spec(tmp_path: Path) -> None:
    """New columns, other changes: rows keep what earlier specs made of them."""
    made = Changes(tmp_path, SMALL)
    made.add()
    made.add()
    spec = SMALL.replace("  twice int = 2 * n", "  twice int = 3 * n\n  flag bool = n > 4")
    made.add(spec)
    state = made.snapshot(3)["a"]
    changed = {made.key(t, r) for t, r in made.records(3) if t == "a" and r["_op"] != "delete"}
    for key, row in state.items():
        assert row["twice"] == (3 if key in changed else 2) * row["n"]


def test_ranks_of_rows_that_are_left() -> None:
    gone = pa.array([0, 3, 4, 9]).to_numpy()
    alive = Alive(gone)
    left = [1, 2, 5, 6, 7, 8, 10, 11]
    assert alive.read(0, 8).tolist() == left
    assert alive.rank(alive.read(0, 8)).tolist() == list(range(8))
    assert alive.has(pa.array(range(12)).to_numpy()).tolist() == [n in left for n in range(12)]


def test_a_chain_of_many_changes(tmp_path: Path) -> None:
    """A value that is made from the one before, more often than the interpreter's stack is deep."""
    spec = (
        "dataset d { seed 1 }\ntable a 3 { id int key, n int = 1..1\n"
        "changes { update 3 rows set n = n + 1 } }"
    )
    made = Changes(tmp_path, spec, snapshot=False, checkpoint=Checkpoint())
    for _ in range(60):
        made.add()
    assert {r["n"] for _, r in made.records(60)} == {60}


def test_the_example(tmp_path: Path) -> None:
    """Three days of the example, all rules checked, replayed."""
    spec = (examples.FOLDER / "banking_changes" / "banking_changes.dgen").read_text()
    made = Changes(tmp_path, spec, verify="full")
    for _ in range(3):
        made.add()
    for number, state in enumerate(made.replayed(), 1):
        assert made.snapshot(number) == state
        assert made.dangling(state) == []
    kinds = Counter((table, record["_op"]) for table, record in made.records(3))
    assert kinds["customers", "delete"]
    assert kinds["accounts", "update"] > 100  # whose bookings come, change or go
    for batch in range(1, 4):
        booked: Counter[int] = Counter()
        state = made.snapshot(batch)
        for row in state["bookings"].values():
            booked[row["account_id"]] += row["amount"]
        assert all(r["balance"] == r["opening"] + booked[r["id"]] for r in state["accounts"].values())


def test_new_rows_of_a_condition_refer_to_no_deleted_row(tmp_path: Path) -> None:
    """Also where no parents come, and the index over them is asked for by earlier batches first."""
    made = Changes(
        tmp_path,
        """
        dataset d { seed 62, now 2025-01-01T00:00:00Z, per batch 1d }
        table a 12 { id int key, kind string = "x" | "y"
          changes { delete 2 rows } }
        table b 40 grows 20 per batch {
          id   int key
          kind string = "x" | "y"
          a_id -> a? where .kind == kind on delete cascade
          changes { update 3 rows set a_id }
        }
        """,
    )
    for _ in range(3):
        made.add()
    for number, state in enumerate(made.replayed(), 1):
        assert made.snapshot(number) == state
        assert made.dangling(state) == []
