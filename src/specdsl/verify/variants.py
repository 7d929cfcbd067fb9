"""Rules of tables with variants: what is asked of how a column is drawn is asked of the rows that draw it
so, and what variants declare is asked of theirs. The list of their rows is the build's; that they are as
many as declared, and as declared, is seen in the files."""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.check.cycles import column_expressions
from specdsl.datatypes import types as t
from specdsl.errors import DataError
from specdsl.ir import expr as e
from specdsl.ir.model import Override, Table, Variant
from specdsl.ir.walk import walk
from specdsl.plan.variants import variants_of
from specdsl.verify.column_rules import made_test
from specdsl.verify.forms import quote_text
from specdsl.verify.lowered import CannotLowerError, Scope
from specdsl.verify.naming import ROW, VARIANTS, table_name
from specdsl.verify.row_tests import ALIAS, names_of, row_scope, row_test
from specdsl.verify.rule import (
    GroupTest,
    NotCheckable,
    RowTest,
    Rule,
    RuleKind,
    Share,
    ShareTest,
    Shown,
    Test,
)
from specdsl.verify.sql import Context, Lowering

if TYPE_CHECKING:
    import duckdb

COLUMNS = ("table", "key", "row", "variant")
"""The columns of a list of rows of variants."""
_DRAWN = (RuleKind.VALUE, RuleKind.PATTERN, RuleKind.SHARES, RuleKind.NULL_RATE)
"""What is asked of how a column is drawn."""
_UNLISTED = "there is no list that says which rows are of a variant"


def load(connection: duckdb.DuckDBPyConnection, paths: Iterable[Path]) -> None:
    """Take in lists of rows, each of other rows. Raises DataError where one is none."""
    import duckdb

    listed = ", ".join(f'"{name}"' for name in COLUMNS)
    into = f"CREATE TABLE {VARIANTS} AS"
    for path in paths:
        try:
            connection.execute(f"{into} SELECT {listed} FROM read_parquet({quote_text(str(path))})")
        except (duckdb.BinderException, duckdb.InvalidInputException, duckdb.IOException) as problem:
            told = f"`{path}` is no list of rows of variants: one has the columns {', '.join(COLUMNS)}"
            raise DataError(told) from problem
        into = f"INSERT INTO {VARIANTS}"


def with_variants(rules: Iterable[Rule], table: Table, context: Context) -> Iterator[Rule]:
    """``rules`` of a table, as they are asked where it has variants, and those of the variants."""
    variants = variants_of(table, context.dataset.edge)
    for rule in rules:
        yield _where_drawn(rule, table, variants, context) if rule.kind in _DRAWN else rule
    for variant in table.variants:
        yield from _of_variant(table, variant, context)


def _rows(table: Table, names: Iterable[str]) -> str:
    """A query of the rows of some variants."""
    listed = ", ".join(map(quote_text, names))
    about = f'"table" = {quote_text(table.name)}'
    return f'SELECT "row" FROM {VARIANTS} WHERE {about} AND variant IN ({listed})'


# --- rules of the other rows ---------------------------------------------------------------------------


def _where_drawn(rule: Rule, table: Table, variants: tuple[Variant, ...], context: Context) -> Rule:
    """The rule for the rows in which its columns are drawn as they say."""
    test, columns = rule.test, set(rule.columns)
    other = [v.name for v in variants if any(o.column in columns for o in v.overrides)]
    known = table.name in context.varied
    if other and not known:
        return replace(rule, test=NotCheckable(_UNLISTED))
    if isinstance(test, ShareTest) and not test.exact and known:
        other += [v.name for v in variants if not v.overrides]  # any of their outcomes may be at an end
    if not other:
        return rule
    apart = f"{ALIAS}.{ROW} NOT IN ({_rows(table, other)})"
    if isinstance(test, RowTest):
        return replace(rule, test=replace(test, applies=f"({test.applies}) AND {apart}"))
    if isinstance(test, ShareTest):
        return replace(rule, test=replace(test, applies=f"({test.applies}) AND {apart}", exact=False))
    return rule


# --- rules of the variants -----------------------------------------------------------------------------


def _of_variant(table: Table, variant: Variant, context: Context) -> Iterator[Rule]:
    known = table.name in context.varied
    columns = tuple(o.column for o in variant.overrides)

    def rule(name: str, columns: tuple[str, ...], test: Test) -> Rule:
        held = test if known else NotCheckable(_UNLISTED)
        return Rule(f"{table.name} variant {variant.name}{name}", RuleKind.VARIANT, table.name, columns, held)

    if variant.rows is not None:
        yield rule(f" {variant.rows} rows", columns, _counted(table, variant))
    else:
        yield rule(f" {(variant.share or 0) * 100:.6g}%", columns, _share(table, variant, context))
    if variant.where is not None:
        yield rule(" where its condition holds", names_of(variant.where), _chosen(table, variant, context))
    for override in variant.overrides:
        test = _value(table, variant, override, context)
        if test is not None:
            yield rule(f": {override.column}", (override.column,), test)


def _counted(table: Table, variant: Variant) -> GroupTest:
    there = (
        f'SELECT count(DISTINCT r.{ROW}) AS "rows" FROM {table_name(table)} AS r '
        f"WHERE r.{ROW} IN ({_rows(table, [variant.name])})"
    )
    return GroupTest(
        looked_at=there,
        offending=f'SELECT "rows", abs("rows" - {variant.rows}) AS broken FROM ({there}) '
        f'WHERE "rows" <> {variant.rows}',
        shown=(Shown("rows", '"rows"', t.INT),),
    )


def _share(table: Table, variant: Variant, context: Context) -> Test:
    lowering = Lowering(context)
    applies = []
    dealt = [v.name for v in table.variants if v.rows is not None]
    if dealt:
        applies.append(f"{ALIAS}.{ROW} NOT IN ({_rows(table, dealt)})")
    others: list[Variant] = []
    if variant.where is not None:
        where = variant.where
        others = [v for v in table.variants if v is not variant and _is_replaced(table, v, where)]
        if _is_replaced(table, variant, variant.where):
            return NotCheckable("its `where` looks at what the variant replaces")
        if any(v.where is not None for v in others):
            return NotCheckable("its `where` looks at what another variant replaces")
        if others:
            applies.append(f"{ALIAS}.{ROW} NOT IN ({_rows(table, [v.name for v in others])})")
        try:
            applies.append(f"({lowering.expr(variant.where, row_scope(table))}) IS TRUE")
        except CannotLowerError as problem:
            return NotCheckable(str(problem))
    taken = sum(v.share or 0.0 for v in others)
    share = (variant.share or 0.0) / (1.0 - taken) if taken < 1.0 else 0.0
    outcome = Share(variant.name, f"{ALIAS}.{ROW} IN ({_rows(table, [variant.name])})", min(1.0, share))
    return ShareTest((outcome,), " AND ".join(applies) or "true", tuple(lowering.joins))


def _is_replaced(table: Table, variant: Variant, expr: e.Expr) -> bool:
    """Whether a value names, by whatever columns of the row, what ``variant`` replaces."""
    seen: set[str] = set()
    todo = [expr]
    while todo:
        for node in walk(todo.pop()):
            if isinstance(node, e.ColumnValue) and node.column in table.columns and node.column not in seen:
                seen.add(node.column)
                todo += column_expressions(table, table.columns[node.column])
    return any(o.column in seen for o in variant.overrides)


def _among(test: Test, table: Table, variant: Variant) -> Test:
    if not isinstance(test, RowTest):
        return test
    mine = f"{ALIAS}.{ROW} IN ({_rows(table, [variant.name])})"
    return replace(test, applies=f"({test.applies}) AND {mine}")


def _chosen(table: Table, variant: Variant, context: Context) -> Test:
    where = variant.where
    assert where is not None
    if _is_replaced(table, variant, where):
        return NotCheckable("it looks at what the variant replaces")

    def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        return "true", f"(({lowering.expr(where, scope)}) IS NOT TRUE)"

    return _among(row_test(table, context, names_of(where), build, where), table, variant)


def _value(table: Table, variant: Variant, override: Override, context: Context) -> Test | None:
    """That a column is what the variant says, None where nothing is known of it."""
    column = table.columns[override.column]
    if column.hidden:
        return None
    if column.reference is not None:

        def null(lowering: Lowering, scope: Scope) -> tuple[str, str]:
            return "true", f"{lowering.column(column.name, scope)} IS NOT NULL"

        return _among(row_test(table, context, (column.name,), null), table, variant)
    if any(isinstance(node, e.Ordinary) for node in walk(override.value)):
        return NotCheckable("it is made of what the column would be otherwise")
    test = made_test(table, replace(column, value=override.value, nulls=None), context)
    return None if test is None else _among(test, table, variant)
