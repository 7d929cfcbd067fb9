"""Batches with change records, and what they come to when they are replayed by hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from pathlib import Path
from typing import Any

import pyarrow.parquet as pq

import specdsl
from tests.checkpoints.making import Batches

Row = dict[str, Any]
State = dict[str, dict[Any, Row]]

BANK = """
dataset bank {
  seed 7
  now  2025-06-01T00:00:00Z
  per batch 1d
}

table customers 80 grows 8 per batch {
  id     int       key
  name   string    = first_name()
  city   string    = "Berlin" | "Paris" | "Rome"
  joined timestamp = now - 1d..300d

  changes {
    update 10% of rows set city
    delete 4%
  }
}

table accounts 120 grows 12 per batch {
  id          int key
  customer_id -> customers zipf(1.1) on delete cascade
  referee_id  -> customers? 30% null on delete set null
  balance     decimal(12, 2) in 0..5_000 = 100.00..5000.00
  opened_at   timestamp = now - 1h..48h
  lifecycle status from opened_at {
    opened -> active 80% after 1h..72h -> rejected after 1h..24h
    active -> closed 30% after 1d..5d
  }
  city  string = customer_id.city
  label string = f"{status}/{balance}"

  check solvent: status != "closed" or balance >= 0

  changes {
    update 10 rows where status != "closed" set balance = balance * 0.5..1.5
    update status as time passes
    delete 3 rows where status == "rejected"
  }
}

table cards {
  account_id -> accounts each 0..2 on delete cascade
  number     int = index_in(account_id)
  pin        int = 0..9999
  key (account_id, number)
  changes { update 5% of rows set pin }
}

table notes 30 grows 3 per batch {
  id          int key
  customer_id -> customers
  parent_id   -> notes? 50% null on delete cascade
  text        string = sentence(words: 2..3)
  changes {
    update 2 rows set customer_id, text
    delete 2 rows
  }
}
"""


class Changes(Batches):
    """Batches with change records and snapshots."""

    def __init__(self, folder: Path, spec: str = BANK, **options: Any) -> None:
        options = {"changes": "plain", "snapshot": True, "verify": "off", **options}
        super().__init__(folder, spec, **options)
        self.dataset = specdsl.load(spec).dataset
        self.keys = {t.name: t.key for t in self.dataset.tables.values()}

    def records(self, batch: int) -> list[tuple[str, Row]]:
        """The change records of a batch by number, with their tables."""
        found = []
        for name in self.keys:
            path = self.made[batch - 1] / f"{name}.parquet"
            if path.exists():
                found += [(name, row) for row in pq.read_table(path).to_pylist()]
        return sorted(found, key=lambda pair: pair[1]["_seq"])

    def key(self, table: str, row: Row) -> Any:
        return tuple(row[c] for c in self.keys[table])

    def snapshot(self, batch: int) -> State:
        """All rows as they are after a batch, by table and key."""
        folder = self.made[batch - 1] / "snapshot"
        return {
            name: {self.key(name, row): row for row in pq.read_table(folder / f"{name}.parquet").to_pylist()}
            for name in self.keys
        }

    def replayed(self) -> Iterator[State]:
        """The state after each batch, by the change records alone; each must fit the state before it."""
        state: State = {name: {} for name in self.keys}
        number, moment = 0, None
        for batch in range(1, len(self.made) + 1):
            kinds = []
            for table, record in self.records(batch):
                number += 1
                assert record["_seq"] == number
                assert moment is None or record["_committed_at"] >= moment
                moment = record["_committed_at"]
                self._apply(state[table], table, record)
                kinds.append(record["_op"])
            # Inserts, updates, deletes, and the updates of rows whose roll-ups follow.
            runs = [kind for i, kind in enumerate(kinds) if not i or kinds[i - 1] != kind]
            assert re.fullmatch("(insert)?(update)?(delete)?(update)?", "".join(runs))
            yield {table: dict(rows) for table, rows in state.items()}

    def _apply(self, rows: dict[Any, Row], table: str, record: Row) -> None:
        image = {name: value for name, value in record.items() if not name.startswith("_")}
        key = self.key(table, image)
        match record["_op"]:
            case "insert":
                assert key not in rows
                assert record["_before"] is None
                rows[key] = image
            case "update":
                assert rows[key] == record["_before"] != image
                rows[key] = image
            case _:
                assert rows.pop(key) == record["_before"] == image

    def dangling(self, state: State) -> list[str]:
        """References of rows that lead to no row."""
        found = []
        for table in self.dataset.tables.values():
            for reference in table.references.values():
                parents = {tuple(row[c] for c in reference.key) for row in state[reference.table].values()}
                for row in state[table.name].values():
                    link = tuple(row[c] for c in reference.columns)
                    if None not in link and link not in parents:
                        found.append(f"{table.name}.{reference.name} {link}")
        return found
