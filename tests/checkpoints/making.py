"""Specs that grow, and batches of them."""

from __future__ import annotations

from collections.abc import Mapping
from datetime import datetime
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

import specdsl
from specdsl.build import BuildResult

SHOP = """
dataset shop {
  seed 7
  now  2025-01-01T00:00:00Z
  per batch 1d
}

table users 60 grows 12 per batch {
  id      uuid      key
  name    string    = first_name()
  created timestamp in 2023-01-01 .. now = now - exponential(mean: 20d)
  boss_id -> users 40% null
  placed  int       = count(orders)
  spent   int       = sum(payments.amount)
}

table products 20 grows 3 per batch {
  sku   string key = /[A-Z]{2}-[0-9]{4}/
  price int        = 1..100
  made  timestamp  = 2022-01-01 .. now
}

table orders {
  id         int key = sequence(start: 1000)
  user_id    -> users each poisson(3) max 20
  at         timestamp = user_id.created + 1h..2h
  product_id -> products where .made <= at
  kind       string = exact("web" 30% | "shop")
}

table payments 100 grows 20 per batch {
  id       int key = row
  order_id -> orders zipf(1.1)
  payer_id -> users since 2 batches
  amount   int = order_id.product_id.price + 1..5
  at       timestamp = order_id.at + 1d

  check later: at > order_id.at
}

table accounts 30 grows 6 per batch {
  user_id -> users key
  limit   int = 100..900
}

table notes 50 grows 10 per batch {
  order_id -> orders
  number   int = 1 + index_in(order_id)
  body     string = sentence(words: 2..4)
  key (order_id, number)
}
"""


class Batches:
    """Batches of ``spec`` in ``folder``, on a checkpoint there or on the one that is given."""

    def __init__(
        self, folder: Path, spec: str = SHOP, checkpoint: specdsl.Checkpoint | None = None, **options: Any
    ) -> None:
        self.folder = folder
        self.spec = spec
        self.checkpoint = checkpoint or specdsl.Checkpoint(folder / "state.duckdb")
        self.options = options
        self.made: list[Path] = []

    def add(
        self,
        spec: str | None = None,
        *,
        more: Mapping[str, int] | None = None,
        now: datetime | None = None,
        **options: Any,
    ) -> BuildResult:
        """One more batch; it must pass its own checks."""
        out = self.folder / f"batch{len(self.made) + 1}"
        data = specdsl.load(spec or self.spec)
        result = data.build(
            out, checkpoint=self.checkpoint, more=more, now=now, **{**self.options, **options}
        )
        assert result.ok, [(r.rule.name, r.offenders, r.note) for r in result.report.broken]  # type: ignore[union-attr]
        self.made.append(out)
        return result

    def table(self, name: str, *batches: int) -> pa.Table:
        """The rows of a table, of all batches or some (numbered from 1)."""
        folders = [self.made[n - 1] for n in batches] if batches else self.made
        paths = [f / f"{name}.parquet" for f in folders if (f / f"{name}.parquet").exists()]
        return pa.concat_tables([pq.read_table(p) for p in paths], promote_options="default")

    def column(self, name: str, column: str, *batches: int) -> list[Any]:
        """The values of a column."""
        values: list[Any] = self.table(name, *batches).column(column).to_pylist()
        return values
