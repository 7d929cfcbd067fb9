"""What a batch costs on a checkpoint of few batches and of many: ``python benchmarks/batches.py 100``; with
``changes`` after it one that updates and deletes rows."""

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

CHANGING = """
dataset shop { seed 1, now 2025-01-01T00:00:00Z, per batch 1d }

table users 5_000 grows 100 per batch {
  id      int key
  name    string        = full_name()
  tier    string        = "bronze" 70% | "silver" 20% | "gold" 10%
  joined  timestamp     = now - exponential(mean: 60d)
  spent   decimal(14, 2) = sum(orders.total)
  changes { update 50 rows set tier }
}

table products 500 grows 5 per batch {
  sku   string key     = /[A-Z]{3}-[0-9]{6}/
  price decimal(10, 2) = 1.00..100.00
  changes { update 10 rows set price }
}

table orders 10_000 grows 2_000 per batch {
  id      int key
  user_id -> users
  at      timestamp     = user_id.joined + 1h..10d
  total   decimal(12, 2) = sum(items.amount)
  changes { delete 20 rows }
}

table items {
  order_id   -> orders each 1..3 on delete cascade
  line_no    int            = 1 + index_in(order_id)
  product_id -> products
  qty        int            = 1..5
  amount     decimal(10, 2) = qty * product_id.price
  key (order_id, line_no)
  changes { update 200 rows set qty }
}
"""


def measure(batches: int = 100, *, changes: bool = False) -> dict[str, Any]:
    """Make the batches: what each of the early and of the late ones took, in seconds of this process and of
    the clock. ``changes``: those of a spec that updates and deletes rows, with their change records."""
    data = specdsl.load(CHANGING if changes else SPEC)
    how: dict[str, Any] = {"changes": "plain"} if changes else {}
    cpu, wall = [], []
    with TemporaryDirectory() as folder:
        checkpoint = specdsl.Checkpoint(Path(folder) / "state.duckdb")
        for number in range(batches):
            started = time.perf_counter(), time.process_time()
            assert data.build(Path(folder) / str(number), checkpoint=checkpoint, **how).ok
            wall.append(time.perf_counter() - started[0])
            cpu.append(time.process_time() - started[1])
    some = min(10, (batches - 1) // 2)
    return {
        "batches": batches,
        "some": some,
        "cpu": [cpu[1 : 1 + some], cpu[-some:]],
        "wall": [wall[1 : 1 + some], wall[-some:]],
    }


def main(batches: int, *, changes: bool) -> None:
    """Print what the early and the late ones took."""
    found = measure(batches, changes=changes)
    some = found["some"]
    for i, (first, last) in enumerate(((2, 1 + some), (batches - some + 1, batches))):
        cpu, wall = (statistics.median(found[what][i]) for what in ("cpu", "wall"))
        print(f"batches {first} to {last}: {cpu:.2f} s of CPU, {wall:.2f} s each")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100, changes="changes" in sys.argv[2:])
