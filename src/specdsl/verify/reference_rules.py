"""Rules of references: the parent exists, as many children as declared, eligible, distinct, no cycles."""

from __future__ import annotations

from collections.abc import Iterator, Sequence

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.model import Each, Reference, Table
from specdsl.verify.across import names_own_row
from specdsl.verify.group_rules import distinct_test, unique_test
from specdsl.verify.lowered import CannotLowerError, Scope
from specdsl.verify.naming import ROW, table_name
from specdsl.verify.row_tests import ALIAS, names_of, row_scope, row_test, shown_columns
from specdsl.verify.rule import ForestTest, GroupTest, NotCheckable, Rule, RuleKind, Shown, Test
from specdsl.verify.sql import Context, Lowering
from specdsl.verify.whole_numbers import AllAmong, Numbers
from specdsl.verify.wording import short


def reference_rules(table: Table, reference: Reference, context: Context) -> Iterator[Rule]:
    """All rules of one reference."""
    first = reference.columns[0] if len(reference.columns) == 1 else f"({', '.join(reference.columns)})"
    place = f"{table.name}.{first}"

    def rule(name: str, kind: RuleKind, test: Test) -> Rule:
        return Rule(name, kind, table.name, reference.columns, test)

    yield rule(f"{place} -> {reference.table}", RuleKind.REFERENCE, _exists_test(table, reference, context))
    if len(reference.columns) > 1 and reference.nullable:
        yield rule(
            f"{place} null together", RuleKind.REFERENCE, _null_together_test(table, reference, context)
        )
    if reference.each is not None:
        high = "" if reference.each.high is None else str(reference.each.high)
        name = f"{place} each {reference.each.low}..{high}"
        yield rule(name, RuleKind.EACH, _each_test(table, reference, reference.each, context))
    if reference.where is not None:
        name = f"{place} where {short(reference.where)}"
        yield rule(name, RuleKind.WHERE, _where_test(table, reference, reference.where, context))
    if reference.distinct_per:
        name = f"{place} distinct per {', '.join(reference.distinct_per)}"
        yield rule(name, RuleKind.DISTINCT_PER, distinct_test(table, reference, context))
    if reference.unique:
        name = f"{place} one to one"
        yield rule(name, RuleKind.UNIQUE, unique_test(table, reference.columns, context))
    if reference.forest:
        yield rule(f"{place} has no cycles", RuleKind.FOREST, _forest_test(table, reference, context))


def _exists_test(table: Table, reference: Reference, context: Context) -> Test:
    """Rows whose parent is not there, by an anti-join: right whatever the parents' keys are."""
    lowering = Lowering(context)
    scope = row_scope(table)
    try:
        _, links = lowering.reference(scope, reference.name)
        parent = Scope(context.dataset.tables[reference.table], "parent")
        keys = [lowering.column(k, parent) for k in reference.key]
        shown = shown_columns(table, lowering, reference.columns)
        unmatched = _unmatched(table, reference, links, context)
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    on = " AND ".join(f"{a} = {b}" for a, b in zip(keys, links, strict=True))
    present = " AND ".join(f"{link} IS NOT NULL" for link in links)
    where = present + context.sampled(table, f"hash({ALIAS}.{ROW})")
    own = f"{table_name(table)} AS {ALIAS}"
    theirs = f"{context.parents(parent.table)} AS parent"
    quick = None
    if len(keys) == 1 and isinstance(parent.table.columns[reference.key[0]].type, t.Int):
        key = lowering.column(reference.key[0], row_scope(parent.table))  # as the key's own rule says it
        rows = f"{context.parents(parent.table)} AS {ALIAS} WHERE {key} IS NOT NULL"
        others = Numbers(key, rows)
        quick = AllAmong(Numbers(links[0], f"{own} WHERE {where}"), others)
    return GroupTest(
        f"SELECT count(*) FROM {own} WHERE {where}",
        f"SELECT {_selected(shown)}, 1 AS broken FROM {own} ANTI JOIN {theirs} ON {on} WHERE {where}",
        _renamed(shown),
        quick,
        present,
        unmatched,
    )


def _unmatched(
    table: Table, reference: Reference, links: Sequence[str], context: Context
) -> tuple[str, str] | None:
    """The join by which row tests follow the reference, and the condition that it found no parent: a row
    without one comes out of it once, however often the keys of parents are repeated."""
    lowering = Lowering(context, runs_of=ALIAS)
    parent = lowering.parent(row_scope(table), reference.name)
    if len(lowering.joins) != 1:
        return None
    key = lowering.column(reference.key[0], parent)
    return lowering.joins[0], " AND ".join([*(f"{link} IS NOT NULL" for link in links), f"{key} IS NULL"])


def _selected(shown: list[Shown]) -> str:
    return ", ".join(f"{s.sql} AS s{i}" for i, s in enumerate(shown))


def _renamed(shown: list[Shown]) -> tuple[Shown, ...]:
    return tuple(Shown(s.name, f"s{i}", s.type) for i, s in enumerate(shown))


def _null_together_test(table: Table, reference: Reference, context: Context) -> Test:
    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        _, links = lowering.reference(scope, reference.name)
        some = " OR ".join(f"{link} IS NULL" for link in links)
        all_ = " AND ".join(f"{link} IS NULL" for link in links)
        return "true", f"(({some}) AND NOT ({all_}))"

    return row_test(table, context, reference.columns, build)


def _where_test(table: Table, reference: Reference, where: e.Expr, context: Context) -> Test:
    """The condition holds of the parent that was taken."""

    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        parent = lowering.parent(scope, reference.name)
        condition = lowering.expr(where, Scope(table, scope.alias, candidate=parent))
        return f"{parent.alias}.{ROW} IS NOT NULL", f"({condition}) IS NOT TRUE"

    return row_test(table, context, (*reference.columns, *names_of(where)), build)


def _expecting(table: Table, reference: Reference, parent: Scope, context: Context) -> tuple[str, list[str]]:
    """Which parents must have children, and the joins that this needs: with ``where`` only those that it
    lets through (none for certain where it looks at the child's row too)."""
    if reference.where is None:
        return "true", []
    if names_own_row(reference.where):
        return "false", []
    lowering = Lowering(context)
    condition = lowering.expr(reference.where, Scope(table, "child", candidate=parent))
    return f"({condition}) IS TRUE", list(lowering.joins)


def _each_test(table: Table, reference: Reference, each: Each, context: Context) -> Test:
    """Children per parent within the bounds. Where other dimensions multiply the rows, each child counts
    as often as they say; where that varies the bounds are as wide as it can be."""
    lowering = Lowering(context)
    scope = row_scope(table)
    parent_table = context.dataset.tables[reference.table]
    parent = Scope(parent_table, "parent")
    try:
        _, links = lowering.reference(scope, reference.name)
        keys = [lowering.column(k, parent) for k in reference.key]
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    low, high = str(each.low), None if each.high is None else str(each.high)
    factor = table.over.size if table.over is not None else 1
    low, high = f"{low} * {factor}", None if high is None else f"{high} * {factor}"
    for other in table.references.values():
        if other.each is None or other.name == reference.name:
            continue
        parents = f"(SELECT count(*) FROM {table_name(context.dataset.tables[other.table])})"
        low = f"{low} * {parents} * {other.each.low}"
        high = None if high is None or other.each.high is None else f"{high} * {parents} * {other.each.high}"
    several = sum(r.each is not None for r in table.references.values()) > 1
    if reference.table in context.grown and (several or table.name not in context.grown):
        return NotCheckable("it counts rows for those of earlier batches, too")
    if table.rows is not None and high is None and each.low == 0:
        return NotCheckable("any number of children is allowed")
    try:
        expecting, joins = _expecting(table, reference, parent, context)
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    sample = context.sampled(table, f"hash({', '.join(links)})")
    parent_sample = context.sampled(table, f"hash({', '.join(keys)})")
    names = [f"k{i}" for i in range(len(links))]
    grouped = ", ".join(f"{link} AS {n}" for link, n in zip(links, names, strict=True))
    present = " AND ".join(f"{link} IS NOT NULL" for link in links)
    children = (
        f"SELECT {grouped}, count(*) AS n FROM {table_name(table)} AS {ALIAS} "
        f"WHERE {present}{sample} GROUP BY {', '.join(links)}"
    )
    on = " AND ".join(f"c.{n} = {key}" for n, key in zip(names, keys, strict=True))
    shown = ", ".join(f"{key} AS {n}" for n, key in zip(names, keys, strict=True))
    source = " ".join([f"{table_name(parent_table)} AS parent", *joins])
    outside = f"({expecting} AND COALESCE(c.n, 0) < {low})" + (
        "" if high is None else f" OR COALESCE(c.n, 0) > {high}"
    )
    return GroupTest(
        f"SELECT count(*) FROM {source} WHERE true{parent_sample}",
        f"SELECT {shown}, COALESCE(c.n, 0) AS n, 1 AS broken FROM {source} "
        f"LEFT JOIN ({children}) AS c ON {on} WHERE ({outside}){parent_sample}",
        (
            *(
                Shown(f"{reference.table}.{k}", n, parent_table.columns[k].type)
                for k, n in zip(reference.key, names, strict=True)
            ),
            Shown("children", "n", t.INT),
        ),
    )


def _forest_test(table: Table, reference: Reference, context: Context) -> Test:
    lowering = Lowering(context)
    scope = row_scope(table)
    try:
        _, links = lowering.reference(scope, reference.name)
        parent = Scope(table, "parent")
        keys = [lowering.column(k, parent) for k in reference.key]
        shown = shown_columns(table, lowering, reference.columns)
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    on = " AND ".join(f"{a} = {b}" for a, b in zip(keys, links, strict=True))
    own = table_name(table)
    rows = f"SELECT {ALIAS}.{ROW} AS child, parent.{ROW} AS parent"
    return ForestTest(f"{rows} FROM {own} AS {ALIAS} JOIN {own} AS parent ON {on}", tuple(shown))
