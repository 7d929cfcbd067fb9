"""Rules over several rows of a table: keys, uniqueness, distinct references, split totals."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.model import Reference, Table, Uniqueness
from specdsl.verify.increasing import Increasing
from specdsl.verify.lowered import CannotLowerError
from specdsl.verify.naming import table_name
from specdsl.verify.row_tests import ALIAS, row_scope, row_test
from specdsl.verify.rule import GroupTest, NotCheckable, Rule, RuleKind, Shown, Test
from specdsl.verify.sql import Context, Lowering
from specdsl.verify.whole_numbers import AllDistinct, Numbers

_ORDERED = (t.String, t.Uuid, t.Decimal, t.Date, t.Timestamp)
"""Types of keys that often increase from row to row."""


def unique_rules(table: Table, context: Context) -> Iterator[Rule]:
    """Keys (unique and never null) and everything else that is declared unique."""
    if table.key:
        name = f"{table.name}.key" if len(table.key) == 1 else f"{table.name}.key ({', '.join(table.key)})"
        yield Rule(f"{name} not null", RuleKind.KEY, table.name, table.key, _key_nulls(table, context))
        yield Rule(
            f"{name} unique", RuleKind.KEY, table.name, table.key, unique_test(table, table.key, context)
        )
    seen = {frozenset(table.key), *(frozenset(r.columns) for r in table.references.values() if r.unique)}
    declared = [u.columns for u in table.uniques]
    declared += [(c.name,) for c in table.columns.values() if c.uniqueness is not Uniqueness.NONE]
    for columns in declared:
        if frozenset(columns) in seen:
            continue
        seen.add(frozenset(columns))
        place = columns[0] if len(columns) == 1 else f"({', '.join(columns)})"
        yield Rule(
            f"{table.name}.{place} unique",
            RuleKind.UNIQUE,
            table.name,
            columns,
            unique_test(table, columns, context),
        )


def _key_nulls(table: Table, context: Context) -> Test:
    return row_test(
        table,
        context,
        (),
        lambda lowering, scope: (
            "true",
            "(" + " OR ".join(f"{lowering.column(c, scope)} IS NULL" for c in table.key) + ")",
        ),
    )


def unique_test(table: Table, columns: Sequence[str], context: Context) -> Test:
    """No two rows agree on all ``columns``; rows with a null among them do not count. Broken are the rows
    that repeat another.

    Hashes are grouped first: they are small however wide the values are, and only values whose hash comes
    twice are looked at.
    """
    lowering = Lowering(context)
    scope = row_scope(table)
    try:
        values = [lowering.column(c, scope) for c in columns]
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    source = " ".join([f"{table_name(table)} AS {ALIAS}", *lowering.joins])
    names = [f"k{i}" for i in range(len(columns))]
    selected = ", ".join(f"{v} AS {n}" for v, n in zip(values, names, strict=True))
    hashed = f"hash({', '.join(values)})"
    present = " AND ".join(f"{v} IS NOT NULL" for v in values)
    sample = context.sampled(table, hashed)
    where = present + sample
    repeated = f"SELECT {hashed} FROM {source} WHERE {where} GROUP BY {hashed} HAVING count(*) > 1"
    offending = (
        f"SELECT {', '.join(names)}, count(*) AS n, count(*) - 1 AS broken FROM "
        f"(SELECT {selected} FROM {source} WHERE {where} AND {hashed} IN ({repeated})) "
        f"GROUP BY {', '.join(names)} HAVING count(*) > 1"
    )
    shown = [Shown(c, n, table.columns[c].type) for c, n in zip(columns, names, strict=True)]
    shown.append(Shown("rows", "n", t.INT))
    quick: AllDistinct | Increasing | None = None
    if len(columns) == 1 and isinstance(table.columns[columns[0]].type, t.Int):
        quick = AllDistinct(Numbers(values[0], f"{source} WHERE {where}"))
    elif len(columns) == 1 and isinstance(table.columns[columns[0]].type, _ORDERED):
        quick = Increasing(values[0], f"{source} WHERE {where}")
    return GroupTest(
        f"SELECT count(*) FROM {source} WHERE {where}",
        offending,
        tuple(shown),
        quick,
        None if sample or lowering.joins else present,
    )


def split_rules(table: Table, context: Context) -> Iterator[Rule]:
    """The parts of a split amount total the amount, for each parent that has rows here."""
    for column in table.columns.values():
        if isinstance(column.value, e.Split) and not column.hidden:
            name = f"{table.name}.{column.name} totals its amount per {column.value.reference}"
            test = _split_test(table, column.name, column.value, context)
            yield Rule(name, RuleKind.SPLIT, table.name, (column.name,), test)


def _split_test(table: Table, column: str, split: e.Split, context: Context) -> Test:
    lowering = Lowering(context)
    scope = row_scope(table)
    try:
        reference, links = lowering.reference(scope, split.reference)
        part = lowering.column(column, scope)
        amount = lowering.expr(split.amount, scope)
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    dtype = table.columns[column].type
    parts = "any_value(a)"
    if isinstance(dtype, t.Decimal) and isinstance(split.amount.type, t.Decimal):
        up = dtype.scale - split.amount.type.scale
        parts = f"any_value(a) * CAST({10 ** max(up, 0)} AS HUGEINT)"
    names = [f"k{i}" for i in range(len(links))]
    selected = ", ".join(f"{link} AS {n}" for link, n in zip(links, names, strict=True))
    where = " AND ".join(f"{link} IS NOT NULL" for link in links)
    where += context.sampled(table, f"hash({', '.join(links)})")
    source = " ".join([f"{table_name(table)} AS {ALIAS}", *lowering.joins])
    groups = f"(SELECT {selected}, {part} AS p, {amount} AS a FROM {source} WHERE {where})"
    grouped = f"FROM {groups} GROUP BY {', '.join(names)}"
    offending = (
        f"SELECT {', '.join(names)}, sum(p) AS total, any_value(a) AS amount, count(*) AS broken "
        f"{grouped} HAVING sum(p) IS DISTINCT FROM {parts}"
    )
    parent = context.dataset.tables[reference.table]
    shown = [
        *(
            Shown(c, n, parent.columns[k].type)
            for c, n, k in zip(reference.columns, names, reference.key, strict=True)
        ),
        Shown("amount", "amount", split.amount.type),
        Shown("total of the parts", "total", dtype),
    ]
    return GroupTest(f"SELECT count(*) FROM (SELECT 1 {grouped})", offending, tuple(shown))


def distinct_test(table: Table, reference: Reference, context: Context) -> Test:
    """No parent twice among the rows that agree on ``distinct_per``."""
    return unique_test(table, (*reference.distinct_per, *reference.columns), context)
