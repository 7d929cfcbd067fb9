"""What a batch costs on a checkpoint of few batches and of many: ``python benchmarks/batches.py 100``."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import specdsl

SPEC = """
dataset shop { seed 1, now 2025-01-01T00:00:00Z, per batch 1d }

table users 20_000 grows 500 per batch {
  id      uuid      key
  first   string    = first_name()
  created timestamp in 2020-01-01 .. now = now - exponential(mean: 60d)
}

table products 2_000 grows 10 per batch {
  sku   string key     = /[A-Z]{3}-[0-9]{6}/
  price decimal(10, 2) = 1.00..100.00
}

table orders 50_000 grows 20_000 per batch {
  id         int key = sequence(start: 1)
  user_id    -> users
  product_id -> products zipf(1.1)
  at         timestamp = user_id.created + 1h..10d
}

table items {
  order_id   -> orders each 1..3
  line_no    int            = 1 + index_in(order_id)
  product_id -> products
  amount     decimal(10, 2) = product_id.price
  key (order_id, line_no)
}
"""


def measure(batches: int = 100) -> dict[str, Any]:
    """Make the batches: what each of the early and of the late ones took, in seconds of this process and of
    the clock."""
    data = specdsl.load(SPEC)
    cpu, wall = [], []
    with TemporaryDirectory() as folder:
        checkpoint = specdsl.Checkpoint(Path(folder) / "state.duckdb")
        for number in range(batches):
            started = time.perf_counter(), time.process_time()
            assert data.build(Path(folder) / str(number), checkpoint=checkpoint).ok
            wall.append(time.perf_counter() - started[0])
            cpu.append(time.process_time() - started[1])
    some = min(10, (batches - 1) // 2)
    return {
        "batches": batches,
        "some": some,
        "cpu": [cpu[1 : 1 + some], cpu[-some:]],
        "wall": [wall[1 : 1 + some], wall[-some:]],
    }


def main(batches: int) -> None:
    """Print what the early and the late ones took."""
    found = measure(batches)
    some = found["some"]
    for i, (first, last) in enumerate(((2, 1 + some), (batches - some + 1, batches))):
        cpu, wall = (statistics.median(found[what][i]) for what in ("cpu", "wall"))
        print(f"batches {first} to {last}: {cpu:.2f} s of CPU, {wall:.2f} s each")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
