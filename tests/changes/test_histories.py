"""The history of a table against what the table was after each batch."""

from __future__ import annotations

from functools import lru_cache

import duckdb
import pyarrow as pa
import pytest

from specdsl.changes.history import table_history
from specdsl.changes.records import history_stream
from specdsl.generate.changed import no_changes
from tests.changes import specs
from tests.changes.simulated import State, simulated

BATCHES = 6
TABLES = [("SHOP", n) for n in ("users", "orders", "items")] + [
    ("TENANTS", n) for n in ("tenants", "members", "visits")
]


@lru_cache
def states(spec: str) -> list[State]:
    return simulated(getattr(specs, spec), BATCHES)


def history(spec: str, table: str) -> pa.Table:
    """The versions of a table after all batches."""
    last = states(spec)[-1]
    schema = last.generator.schema(table)
    changes = last.changes.get(table, no_changes())
    batches = list(table_history(last.generator, table, schema, last.logs, changes))
    return pa.Table.from_batches(batches, history_stream(schema))


def rows(images: pa.StructArray | pa.RecordBatch) -> list[str]:
    """Rows that can be compared, in an order of their own."""
    return sorted(map(repr, images.to_pylist()))


@pytest.mark.parametrize(("spec", "table"), TABLES)
def test_at_the_clock_of_a_batch_it_is_the_table(spec: str, table: str) -> None:
    versions = history(spec, table)
    begun, ended = (versions[c].cast(pa.int64()).to_pylist() for c in ("begun", "ended"))
    for state in states(spec):
        now = state.dataset.now
        valid = [b <= now and (e is None or e > now) for b, e in zip(begun, ended, strict=True)]
        seen = versions["row"].combine_chunks().filter(pa.array(valid))
        assert rows(seen) == rows(state.rows(table))


def test_something_happens_to_every_table() -> None:
    for spec, table in TABLES:
        found = states(spec)[-1].changes[table]
        assert found.updates and (len(found.deleted) or table == "tenants"), table


@pytest.mark.parametrize(("spec", "table"), TABLES)
def test_versions_are_numbered_and_meet(spec: str, table: str) -> None:
    versions = history(spec, table)
    key = states(spec)[0].dataset.tables[table].key
    with duckdb.connect() as db:
        plain = pa.table(
            {
                **{f"k{i}": [repr(r[k]) for r in versions["row"].to_pylist()] for i, k in enumerate(key)},
                **{c: versions[c] for c in ("begun", "ended", "number")},
            }
        )
        db.register("plain", plain)
        by = "OVER (PARTITION BY " + ", ".join(f"k{i}" for i in range(len(key))) + " ORDER BY begun)"
        wrong = db.execute(
            f"FROM (SELECT *, row_number() {by} AS n, lead(begun) {by} AS next FROM plain) "
            "WHERE n <> number OR ended <= begun OR (next IS NOT NULL AND ended IS DISTINCT FROM next)"
        ).fetchall()
    assert wrong == []
    assert max(versions["number"].to_pylist()) > 1
