"""The laws of the engine over generated specs."""

from __future__ import annotations

from dataclasses import replace

import numpy as np
import pyarrow as pa
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

from specdsl.generate.generator import Generator
from tests.generate.making import generator
from tests.properties.specs import Column, Spec, specs

TABLES = ("p", "c", "g")
LAW = settings(max_examples=12, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)


def whole(g: Generator, table: str, **how: int) -> pa.Table:
    batches = list(g.batches(table, hidden=True, **how))
    return pa.Table.from_batches(batches, g.schema(table, hidden=True)).combine_chunks()


@LAW
@given(specs(), st.integers(1, 97), st.integers(1, 4))
def test_batch_size_and_workers_change_nothing(spec: Spec, batch_rows: int, workers: int) -> None:
    text = spec.text()
    one, other = generator(text), generator(text)
    for table in TABLES:
        expected = whole(one, table)
        assert whole(other, table, batch_rows=batch_rows, workers=workers).equals(expected)


@LAW
@given(specs(), st.randoms(use_true_random=False))
def test_any_rows_in_any_order_are_the_rows_of_the_build(spec: Spec, random: object) -> None:
    text = spec.text()
    built, asked = generator(text), generator(text)
    for table in reversed(TABLES):
        n = asked.row_count(table)
        if n == 0:
            continue
        rows = np.array([random.randrange(n) for _ in range(40)], dtype=np.int64)  # type: ignore[attr-defined]
        taken = pa.Table.from_batches([asked.take(table, rows, hidden=True)])
        assert taken.equals(whole(built, table).take(pa.array(rows)).combine_chunks())


@LAW
@given(specs())
def test_preview_is_the_start_of_the_build(spec: Spec) -> None:
    text = spec.text()
    built = generator(text)
    for table in TABLES:
        preview = pa.Table.from_batches([generator(text).batch(table, 0, 10, hidden=True)])
        assert preview.equals(whole(built, table).slice(0, 10))


@LAW
@given(specs(), st.integers(1, 80))
def test_growing_the_parents_keeps_what_does_not_look_at_all_of_them(spec: Spec, more: int) -> None:
    """References draw among all parents, so only what rows make of themselves and of ``each`` stays."""
    spec = replace(spec, children=None, each="each 0..6", reference="", extra=("seq int = index_in(p_id)",))
    few, many = generator(spec.text()), generator(spec.grown(more).text())
    kept = {
        "p": ["id", "up", "level", "total", "last_amount", *(c.name for c in spec.parent_columns)],
        "c": ["id", "p_id", "amount", "seq", *(c.name for c in spec.child_columns)],
        "g": ["c_id", "n", "part", "parent_level"],
    }
    for table, names in kept.items():
        before = whole(few, table).select(names)
        assert whole(many, table).select(names).slice(0, before.num_rows).equals(before)


@LAW
@given(specs(), st.integers(1, 300))
def test_growing_a_counted_table_keeps_its_rows(spec: Spec, more: int) -> None:
    count = spec.children or 50
    spec = replace(spec, children=count, each="", extra=tuple(e for e in spec.extra if "distinct" not in e))
    few, many = generator(spec.text()), generator(replace(spec, children=count + more).text())
    before = whole(few, "c")
    assert whole(many, "c").slice(0, count).equals(before)


@LAW
@given(specs(), st.integers(0, 4), st.permutations(range(6)))
def test_editing_columns_changes_only_those(spec: Spec, place: int, order: list[int]) -> None:
    """A column added, others reordered, one edited: the rest stays."""
    columns = list(spec.child_columns)
    added = [*columns[:place], Column("fresh", "int", "0..9 + 0..9"), *columns[place:]]
    shuffled = tuple(added[i] for i in order if i < len(added))
    rest = tuple(c for c in added if c not in shuffled)
    edited = replace(spec, child_columns=shuffled + rest)
    before, after = generator(spec.text()), generator(edited.text())
    for table in TABLES:
        old = whole(before, table)
        assert whole(after, table).select(old.column_names).equals(old)
    if spec.parent_columns:
        gone = replace(spec, parent_columns=(Column("a0", "int", "7"), *spec.parent_columns[1:]))
        after = generator(gone.text())
        for table in TABLES:
            old = whole(before, table)
            names = [n for n in old.column_names if (table, n) != ("p", "a0")]
            assert whole(after, table).select(names).equals(old.select(names))


@LAW
@given(specs())
def test_what_the_spec_promises_holds(spec: Spec) -> None:
    g = generator(spec.text())
    p, c, grand = (whole(g, t).to_pydict() for t in TABLES)
    row = {key: i for i, key in enumerate(p["id"])}
    assert len(row) == spec.parents
    assert all(u is None or row[u] < i for i, u in enumerate(p["up"]))
    sums = dict.fromkeys(p["id"], 0)
    for parent, amount in zip(c["p_id"], c["amount"], strict=True):
        sums[parent] += amount
    assert p["total"] == list(sums.values())
    pairs = [(a, b) for a, b in zip(grand["c_id"], grand["p2"], strict=True) if b is not None]
    assert len(pairs) == len(set(pairs))
    parts: dict[int, int] = {}
    for child, part in zip(grand["c_id"], grand["part"], strict=True):
        parts[child] = parts.get(child, 0) + part
    assert all(parts[i] == a for i, a in zip(c["id"], c["amount"], strict=True) if i in parts)
    for column in (*spec.parent_columns, *spec.child_columns):
        values = (p if column.name.startswith("a") else c)[column.name]
        if "unique" in column.type:
            assert len(set(values)) == len(values)
        if "in 5..60" in column.type:
            assert all(5 <= v <= 60 for v in values)
    if "check small: amount <= 45" in spec.extra:
        assert all(a <= 45 for a in c["amount"])
    if "near -> p? zipf(1.1) distinct per p_id" in spec.extra:
        near = [(a, b) for a, b in zip(c["p_id"], c["near"], strict=True) if b is not None]
        assert len(near) == len(set(near))
