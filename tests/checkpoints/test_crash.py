"""Whatever kills a build, the checkpoint has the batch with all its files, or neither."""

from __future__ import annotations

import os
import random
import signal
import subprocess
import sys
import time
from collections.abc import Callable
from pathlib import Path
from typing import Any

import pytest

import specdsl
from specdsl.building.staging import Staging
from specdsl.checkpoints.checkpoint import Checkpoint
from specdsl.checkpoints.pending import Pending
from specdsl.checkpoints.store import Store
from specdsl.errors import EnvironmentFailure
from tests.checkpoints.making import SHOP, Batches
from tests.cli.running import run


def die(*args: Any, **kwargs: Any) -> None:
    os.kill(os.getpid(), signal.SIGKILL)


def after(method: Callable[..., Any]) -> Callable[..., None]:
    def wrapped(*args: Any, **kwargs: Any) -> None:
        method(*args, **kwargs)
        die()

    return wrapped


MOMENTS: dict[str, tuple[type, str, Callable[..., Any], bool]] = {
    "while keys are read": (Pending, "keys_path", die, False),
    "before the batch is recorded": (Pending, "record", die, False),
    "after the batch is recorded": (Pending, "record", after(Pending.record), False),
    "when publishing begins": (Staging, "_move", die, True),
    "when all files are in their places": (Staging, "publish", after(Staging.publish), True),
    "before the checkpoint is written": (Store, "add", die, True),
    "while the checkpoint is written": (Store, "_add_keys", die, True),
    "when the checkpoint is written": (Store, "add", after(Store.add), True),
}


def build_until(moment: str, state: str, folder: str) -> None:
    """Builds a batch in this process, which ends at ``moment``."""
    kind, method, replacement, _ = MOMENTS[moment]
    setattr(kind, method, replacement)
    specdsl.load(SHOP).build(folder, checkpoint=Checkpoint(state), workers=1)


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize(
    ("moment", "state"),
    [
        *((moment, "state.duckdb") for moment in MOMENTS),
        ("while the checkpoint is written", "state.sqlite"),
    ],
)
def test_killed_at_a_moment(moment: str, state: str, tmp_path: Path) -> None:
    counts = MOMENTS[moment][-1]
    batches = Batches(tmp_path, checkpoint=Checkpoint(tmp_path / state))
    batches.add()
    code = "import sys; from tests.checkpoints.test_crash import build_until; build_until(*sys.argv[1:])"
    words = [sys.executable, "-c", code, moment, str(tmp_path / state), str(tmp_path / "batch2")]
    assert subprocess.run(words, check=False, cwd=Path(__file__).parents[2]).returncode == -signal.SIGKILL
    with batches.checkpoint.locked() as notes:
        quiet = ("while keys are read", "before the batch is recorded", "when the checkpoint is written")
        assert len(notes) == (0 if moment in quiet else 1)
        there = [batch.number for batch in batches.checkpoint.batches()]
    assert there == ([1, 2] if counts else [1])
    manifest = tmp_path / "batch2" / "manifest.json"
    assert manifest.exists() == counts
    if counts:
        batches.made.append(tmp_path / "batch2")
    batches.add(resume=not counts)
    batches.add()
    assert [b.number for b in batches.checkpoint.batches()] == list(range(1, len(batches.made) + 1))
    ids = batches.column("payments", "id")
    assert ids == list(range(100 + 20 * (len(batches.made) - 1)))
    assert not (tmp_path / f"{state}.pending").exists()


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
@pytest.mark.parametrize("more", [(), ("--json", "--report"), ("--mode", "overwrite")])
def test_the_same_command_again(more: tuple[str, ...], tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    batches.add()
    (tmp_path / "shop.dgen").write_text(SHOP, "utf-8")
    code = "import sys; from tests.checkpoints.test_crash import build_until; build_until(*sys.argv[1:])"
    moment = "before the checkpoint is written"
    words = [sys.executable, "-c", code, moment, str(batches.checkpoint.path), str(tmp_path / "batch2")]
    assert subprocess.run(words, check=False, cwd=Path(__file__).parents[2]).returncode == -signal.SIGKILL
    before = {path: path.read_bytes() for path in (tmp_path / "batch2").glob("[!.]*")}
    state = ("--checkpoint", str(batches.checkpoint.path))
    command = ("build", str(tmp_path / "shop.dgen"), *state, "-o", str(tmp_path / "batch2"), *more)
    ran = run(*command)
    assert ran.status == 0, ran.err
    assert "completed batch 2" in ran.err
    assert f"`{tmp_path / 'batch2'}` is the folder of that batch: nothing is left to do" in ran.err
    assert {path: path.read_bytes() for path in (tmp_path / "batch2").glob("[!.]*")} == before
    assert [b.number for b in batches.checkpoint.batches()] == [1, 2]
    again = run(*command)
    assert again.status == (2 if "overwrite" in more else 1)
    assert "already holds batch 2 of" in again.err


@pytest.mark.skipif(os.name == "nt", reason="needs SIGKILL")
def test_another_spec_after_a_kill(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    batches.add()
    code = "import sys; from tests.checkpoints.test_crash import build_until; build_until(*sys.argv[1:])"
    moment = "before the checkpoint is written"
    words = [sys.executable, "-c", code, moment, str(batches.checkpoint.path), str(tmp_path / "batch2")]
    assert subprocess.run(words, check=False, cwd=Path(__file__).parents[2]).returncode == -signal.SIGKILL
    spec = tmp_path / "shop.dgen"
    spec.write_text(SHOP.replace("words: 2..4", "words: 2..5"), "utf-8")
    state = ("--checkpoint", str(batches.checkpoint.path))
    ran = run("build", str(spec), *state, "-o", str(tmp_path / "batch2"))
    assert ran.status == 1
    assert "already holds batch 2 of" in ran.err


def test_killed_at_random_moments(tmp_path: Path) -> None:
    spec = tmp_path / "shop.dgen"
    spec.write_text(SHOP)
    state = tmp_path / "state.duckdb"
    command = [sys.executable, "-m", "specdsl", "build", str(spec), "--checkpoint", str(state), "--quiet"]
    chance = random.Random(20)
    started = time.monotonic()
    subprocess.run(command, check=True)
    whole = time.monotonic() - started
    for _ in range(6):
        process = subprocess.Popen(command, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        time.sleep(chance.uniform(0.3 * whole, 1.1 * whole))
        process.kill()
        process.wait()
    subprocess.run(command, check=True)
    batches = Batches(tmp_path, checkpoint=Checkpoint(state))
    count = len(batches.checkpoint.batches())
    assert count >= 2
    batches.made = [tmp_path / "out" / f"batch={n:04d}" for n in range(1, count + 1)]
    assert batches.column("payments", "id") == list(range(100 + 20 * (count - 1)))
    undisturbed = Batches(tmp_path / "again", checkpoint=Checkpoint())
    for number in range(count):
        undisturbed.add()
        for path in sorted(undisturbed.made[number].glob("*.parquet")):
            assert path.read_bytes() == (batches.made[number] / path.name).read_bytes()


def test_two_builds_at_once(tmp_path: Path) -> None:
    checkpoint = Checkpoint(tmp_path / "state.duckdb")
    with checkpoint.locked(), pytest.raises(EnvironmentFailure) as failure:
        specdsl.load(SHOP).build(tmp_path / "out", checkpoint=Checkpoint(tmp_path / "state.duckdb"))
    assert (
        f"another build or stream is working on the checkpoint `{tmp_path / 'state.duckdb'}`"
        in failure.value.message
    )
    assert str(os.getpid()) in failure.value.message
    assert not (tmp_path / "out").exists()


def test_a_batch_that_breaks_a_rule_is_not_one(tmp_path: Path) -> None:
    """Here the rule is that keys do not come again: an earlier batch is made to have them already."""
    batches = Batches(tmp_path)
    batches.add()
    assert batches.checkpoint.path is not None
    import duckdb

    with duckdb.connect(str(batches.checkpoint.path)) as state:
        state.execute("UPDATE keys_payments SET id = 105 WHERE _row = 3")
    before = batches.checkpoint.batches()
    result = specdsl.load(SHOP).build(tmp_path / "batch2", checkpoint=batches.checkpoint)
    assert not result.ok
    assert result.report is not None
    assert [(r.rule.name, r.broken, r.offenders) for r in result.report.broken] == [
        ("payments.key new in this batch", 1, ({"id": 105},))
    ]
    assert not (tmp_path / "batch2").exists()
    assert batches.checkpoint.batches() == before


def test_what_is_referred_to_must_be_what_was_written(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    batches.add()
    import duckdb

    with duckdb.connect(str(batches.checkpoint.path)) as state:
        state.execute("DELETE FROM keys_users")
    result = specdsl.load(SHOP).build(tmp_path / "batch2", checkpoint=batches.checkpoint)
    assert result.report is not None
    assert [r.rule.name for r in result.report.broken] == ["users rows of earlier batches referred to"]
