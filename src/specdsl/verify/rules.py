"""All rules of a dataset: what its tables promise, as tests of the data."""

from __future__ import annotations

from collections import Counter
from collections.abc import Iterator, Mapping
from dataclasses import replace

from specdsl.ir.expr import Expr
from specdsl.ir.model import Column, Table
from specdsl.verify.column_rules import column_rules, group_rules
from specdsl.verify.cover_rules import cover_rules, designed_columns
from specdsl.verify.group_rules import split_rules, unique_rules
from specdsl.verify.lifecycle_rules import kept_columns, lifecycle_rules
from specdsl.verify.lowered import Scope
from specdsl.verify.order_rules import rising_rules
from specdsl.verify.reference_rules import reference_rules
from specdsl.verify.row_tests import names_of, row_test
from specdsl.verify.rule import NotCheckable, RowCountTest, Rule, RuleKind, SchemaTest, Test
from specdsl.verify.share_rules import null_rate_rules, share_rules
from specdsl.verify.sql import Context, Lowering


def rules_of(context: Context, expected_rows: Mapping[str, int] | None = None) -> list[Rule]:
    """The rules of all tables, in the order of the text, with unique names. ``expected_rows`` says how
    many rows tables have where the spec alone does not."""
    rules = [
        rule
        for table in context.dataset.tables.values()
        for rule in table_rules(table, context, (expected_rows or {}).get(table.name))
    ]
    counts: Counter[str] = Counter()
    out = []
    for rule in rules:
        counts[rule.name] += 1
        again = counts[rule.name]
        out.append(rule if again == 1 else replace(rule, name=f"{rule.name} ({again})"))
    return out


def table_rules(table: Table, context: Context, expected_rows: int | None = None) -> Iterator[Rule]:
    """The rules of one table."""
    written = [c for c in table.columns.values() if not c.hidden]
    yield Rule(
        f"{table.name} schema", RuleKind.SCHEMA, table.name, tuple(c.name for c in written), SchemaTest()
    )
    rows = expected_rows if expected_rows is not None else declared_rows(table)
    if rows is not None:
        yield Rule(f"{table.name} has {rows} rows", RuleKind.ROW_COUNT, table.name, (), RowCountTest(rows))
    yield from unique_rules(table, context)
    kept, designed = kept_columns(table), designed_columns(table)
    for column in table.columns.values():
        if column.hidden and column.name not in kept:
            yield from _hidden_rules(table, column)
        if column.hidden:
            continue
        yield from column_rules(table, column, context, recomputed=column.name not in kept)
        if column.name not in designed:
            yield from null_rate_rules(table, column, context)
    for reference in table.references.values():
        yield from reference_rules(table, reference, context)
    yield from group_rules(table, context)
    yield from share_rules(table, context)
    yield from split_rules(table, context)
    yield from rising_rules(table, context)
    yield from lifecycle_rules(table, context)
    yield from cover_rules(table, context)
    for check in table.checks:
        named = names_of(check.condition)
        test = _check_test(table, check.condition, context)
        yield Rule(f"{table.name} check {check.name}", RuleKind.CHECK, table.name, named, test)


def _check_test(table: Table, condition: Expr, context: Context) -> Test:
    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        return "true", f"NOT ({lowering.expr(condition, scope)})"  # null passes

    return row_test(table, context, names_of(condition), build, condition)


def declared_rows(table: Table) -> int | None:
    """The number of rows that the text says, if it does."""
    if table.own_rows is not None:
        return table.own_rows
    if table.source is not None:
        return table.source.rows
    if table.over is not None and not any(r.each for r in table.references.values()):
        return table.over.size
    return None


def _hidden_rules(table: Table, column: Column) -> Iterator[Rule]:
    """What a hidden column promises cannot be seen in the files, and the report says so."""
    if column.bounds is not None:
        name = f"{table.name}.{column.name} in its bounds"
        reason = NotCheckable(f"it needs the hidden column `{table.name}.{column.name}`")
        yield Rule(name, RuleKind.BOUNDS, table.name, (column.name,), reason)
