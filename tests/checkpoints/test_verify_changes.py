"""Batches that change rows of earlier ones, held against the spec when they are written."""

from __future__ import annotations

from pathlib import Path

import pytest

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


def made(folder: Path, *options: str, batches: int = 3, state: str = "state.duckdb") -> Path:
    (folder / "fleet.dgen").write_text(SPEC, "utf-8")
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
