"""Making row tests: the predicate, the joins it needs, the columns that its offenders show."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Sequence

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.model import Table
from specdsl.ir.walk import walk_row
from specdsl.verify.lowered import CannotLowerError, Scope
from specdsl.verify.naming import ROW
from specdsl.verify.rule import NotCheckable, RowTest, Shown
from specdsl.verify.sql import Context, Lowering
from specdsl.verify.wording import short

ALIAS = "r"
"""What the rule's table is called in the queries of row tests."""

Build = Callable[[Lowering, Scope], tuple[str, str]]
"""Gives (applies, broken) for the row in the scope; raises CannotLowerError."""


def row_scope(table: Table) -> Scope:
    """The row that a row test looks at."""
    return Scope(table, ALIAS)


def row_test(
    table: Table, context: Context, columns: Sequence[str], build: Build, *named: e.Expr
) -> RowTest | NotCheckable:
    """The row test that ``build`` makes, or why there is none. Its offenders show the row's number, the
    key, ``columns``, and what the expressions ``named`` name."""
    lowering = Lowering(context, runs_of=ALIAS)
    scope = row_scope(table)
    try:
        applies, broken = build(lowering, scope)
        shown = shown_columns(table, lowering, columns)
        for label, node in dict(pair for expr in named for pair in _named(expr)).items():
            if label not in {s.name for s in shown}:
                shown.append(Shown(label, lowering.expr(node, scope), node.type))
    except CannotLowerError as problem:
        return NotCheckable(str(problem))
    return RowTest(lowering.source(table), broken, applies, tuple(lowering.joins), tuple(shown))


def shown_columns(table: Table, lowering: Lowering, columns: Sequence[str] = ()) -> list[Shown]:
    """The row's number, its key and ``columns``, as far as the data have them."""
    out = [Shown("row", f"{ALIAS}.{ROW}", t.INT)]
    for name in dict.fromkeys((*table.key, *columns)):
        column = table.columns.get(name)
        if column is None or column.hidden:
            continue
        try:
            out.append(Shown(name, lowering.column(name, row_scope(table)), column.type))
        except CannotLowerError:
            continue
    return out


def _named(expr: e.Expr) -> Iterator[tuple[str, e.Expr]]:
    """What an expression names of its row: columns, and paths through references."""
    for node in walk_row(expr):
        match node:
            case e.ColumnValue(column=name):
                yield name, node
            case e.Follow(body=e.ColumnValue() | e.Follow()) if "..." not in short(node):
                yield short(node), node
            case _:
                continue


def names_of(expr: e.Expr) -> tuple[str, ...]:
    """The columns of its row that an expression names."""
    return tuple(dict.fromkeys(n.column for n in walk_row(expr) if isinstance(n, e.ColumnValue)))
