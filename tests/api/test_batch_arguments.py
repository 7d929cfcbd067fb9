"""Checkpoints by their paths, clocks as text, and iterators that are open when the interpreter ends."""

from __future__ import annotations

import subprocess
import sys
from datetime import UTC, datetime
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq
import pytest

import specdsl
from specdsl.errors import UsageError

SPEC = """
dataset d { now 2025-01-01, per batch 1d }
table a 5_000 grows 100 per batch {
  id   int key
  name string = full_name()
  at   timestamp = now
}
"""


def test_a_path_and_a_text_are_taken(tmp_path: Path) -> None:
    data, state = specdsl.load(SPEC), tmp_path / "state.duckdb"
    data.build(tmp_path / "1", checkpoint=str(state), now="2025-03-01")
    data.build(tmp_path / "2", checkpoint=state, now="2025-03-05T06:00:00+02:00")
    data.build(tmp_path / "3", checkpoint=specdsl.Checkpoint(state))
    clocks = [b.now for b in specdsl.Checkpoint(state).batches()]
    days = [
        datetime(2025, 3, 1, tzinfo=UTC),
        datetime(2025, 3, 5, 4, tzinfo=UTC),
        datetime(2025, 3, 6, 4, tzinfo=UTC),
    ]
    assert clocks == [int(day.timestamp()) * 1_000_000 for day in days]
    for number, day in enumerate(days, 1):
        assert set(pq.read_table(tmp_path / str(number) / "a.parquet")["at"].to_pylist()) == {day}


def test_the_first_batch_is_the_spec_at_that_time(tmp_path: Path) -> None:
    specdsl.load(SPEC).build(tmp_path / "now", checkpoint=specdsl.Checkpoint(), now="2025-03-01")
    written = specdsl.load(SPEC.replace("2025-01-01", "2025-03-01"))
    written.build(tmp_path / "spec", checkpoint=specdsl.Checkpoint())
    assert (tmp_path / "now" / "a.parquet").read_bytes() == (tmp_path / "spec" / "a.parquet").read_bytes()


@pytest.mark.parametrize(
    ("wrong", "said"),
    [
        ({"checkpoint": 5}, "`checkpoint` is a specdsl.Checkpoint or the path of one, not 5"),
        ({"checkpoint": specdsl.Checkpoint(), "now": "soon"}, "`now` is a point in time"),
        ({"checkpoint": specdsl.Checkpoint(), "now": 5}, "`now` is a point in time"),
        ({"batches": "2"}, "`batches` is a whole number from 1, not '2'"),
        ({"batches": 0}, "`batches` is a whole number from 1, not 0"),
    ],
)
def test_anything_else_is_told(wrong: dict[str, Any], said: str, tmp_path: Path) -> None:
    data = specdsl.load(SPEC)
    with pytest.raises(UsageError) as problem:
        data.stream(changes="plain", **wrong)
    assert said in str(problem.value)
    if "checkpoint" in wrong:
        with pytest.raises(UsageError) as problem:
            data.build(tmp_path / "out", **wrong)
        assert said in str(problem.value)


@pytest.mark.parametrize("call", [".stream('a', rows=4000)", ".stream(changes='plain')", "['a']"])
def test_an_iterator_may_be_open_at_the_end(call: str, tmp_path: Path) -> None:
    script = tmp_path / "script.py"
    script.write_text(f"import specdsl\nit = iter(specdsl.load({SPEC!r}){call})\nnext(it)\nprint('done')\n")
    for _ in range(2):
        ran = subprocess.run([sys.executable, str(script)], capture_output=True, text=True, check=False)
        assert (ran.returncode, ran.stdout, ran.stderr) == (0, "done\n", "")
