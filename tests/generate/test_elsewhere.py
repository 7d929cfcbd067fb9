"""Rows made in another process, which gets the pickled plan and a range of rows and nothing else."""

from __future__ import annotations

import pickle
import subprocess
import sys

import pyarrow as pa
import pytest

from specdsl.generate.generator import Generator
from specdsl.local_files import LocalFiles
from tests.generate.making import planned

SPEC = """
dataset far {
  seed 5
  now  2025-01-01T00:00:00Z
}

enum Status { new 50%, paid 50% }

table users 300 {
  id    uuid key
  code  string unique = /[A-Z]{2}[0-9]{3}/
  score float = normal(mean: 0, sd: 1)
  spent decimal(12, 2) = sum(orders.total)
}

table orders {
  id     int key = sequence(start: 1)
  user   -> users each poisson(3)
  at     timestamp = 2024-01-01 .. 2024-12-31
  total  decimal(8, 2) = lognormal(mean: 3, sigma: 1)
  status Status
  note   string? 50% null = f"{status} {row}"
}

table visits 700 {
  who  -> users zipf(1.1)
  at   timestamp = 2024-06-01 .. 2024-12-31
  last -> orders where .at < at
  size int = 1..9
}
"""

WORKER = """
import pickle, sys
import pyarrow as pa
from specdsl.generate.generator import Generator
from specdsl.local_files import LocalFiles

plan, table, start, stop = pickle.load(sys.stdin.buffer)
generator = Generator(plan, LocalFiles())
with pa.ipc.new_stream(sys.stdout.buffer, generator.schema(table)) as out:
    for batch in generator.batches(table, start, stop, batch_rows=97):
        out.write_batch(batch)
"""


def elsewhere(plan: object, table: str, start: int, stop: int) -> pa.Table:
    done = subprocess.run(
        [sys.executable, "-c", WORKER],
        input=pickle.dumps((plan, table, start, stop)),
        stdout=subprocess.PIPE,
        check=True,
    )
    return pa.ipc.open_stream(done.stdout).read_all()


@pytest.mark.parametrize("table", ["users", "orders", "visits"])
def test_another_process_makes_the_same_rows_from_the_plan_alone(table: str) -> None:
    plan = planned(SPEC)
    here = Generator(plan, LocalFiles())
    count = here.row_count(table)
    whole = pa.Table.from_batches(here.batches(table), here.schema(table))
    start, stop = count // 3, count // 3 * 2
    assert elsewhere(plan, table, start, stop).equals(whole.slice(start, stop - start))


def test_a_plan_and_its_generator_survive_pickling() -> None:
    plan = planned(SPEC)
    assert pickle.loads(pickle.dumps(plan)) == plan
    generator = Generator(plan, LocalFiles())
    first = generator.batch("orders", 0, 50)
    again = pickle.loads(pickle.dumps(generator))
    assert again.batch("orders", 0, 50).equals(first)
