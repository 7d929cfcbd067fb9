"""What a batch costs on a checkpoint of few batches and of many: ``python benchmarks/batches.py 100``."""

from __future__ import annotations

import statistics
import sys
import time
from pathlib import Path
from tempfile import TemporaryDirectory

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


def main(batches: int) -> None:
    """Make the batches, and print what the early and the late ones took."""
    data = specdsl.load(SPEC)
    seconds = []
    with TemporaryDirectory() as folder:
        checkpoint = specdsl.Checkpoint(Path(folder) / "state.duckdb")
        for number in range(batches):
            started = time.perf_counter()
            assert data.build(Path(folder) / str(number), checkpoint=checkpoint).ok
            seconds.append(time.perf_counter() - started)
    early, late = seconds[1:11], seconds[-10:]
    print(f"batches 2 to {1 + len(early)}: {statistics.median(early):.2f} s each")
    print(f"batches {batches - len(late) + 1} to {batches}: {statistics.median(late):.2f} s each")


if __name__ == "__main__":
    main(int(sys.argv[1]) if len(sys.argv) > 1 else 100)
