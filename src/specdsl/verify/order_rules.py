"""Rules about values that rise along the rows of a group."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.check.values import ValueAnalysis
from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.model import Table
from specdsl.verify.lowered import Scope
from specdsl.verify.possible import draws
from specdsl.verify.row_tests import row_test
from specdsl.verify.rule import Rule, RuleKind
from specdsl.verify.sql import Context, Lowering


def rising_rules(table: Table, context: Context) -> Iterator[Rule]:
    """Running totals of what is drawn, and never negative, do not fall."""
    values = ValueAnalysis(context.dataset)
    for column in table.columns.values():
        if column.hidden or column.nullable or not draws(column.value) or not context.generated:
            continue
        for reference in _rising(table, column.name, values):
            dtype = column.type

            def build(
                lowering: Lowering,
                scope: Scope,
                name: str = column.name,
                group: str | None = reference,
                dtype: t.DataType = dtype,
            ) -> tuple[str, str]:
                own = e.Candidate(dtype, False, table.name, e.ColumnValue(dtype, False, name))
                before = e.Neighbour(dtype, True, e.Place.PREVIOUS, group, own)
                earlier = lowering.expr(before, scope)
                return f"{earlier} IS NOT NULL", f"{lowering.column(name, scope)} < {earlier}"

            along = "" if reference is None else f" along {reference}"
            test = row_test(table, context, (column.name,), build)
            name = f"{table.name}.{column.name} never falls{along}"
            yield Rule(name, RuleKind.VALUE, table.name, (column.name,), test)


def _rising(table: Table, column: str, values: ValueAnalysis) -> Iterator[str | None]:
    """The references along whose groups ``column`` can only rise: something of the parent and a running total
    of what is never negative."""
    match table.columns[column].value:
        case e.Arithmetic(op=e.ArithmeticOp.ADD, left=e.Follow(reference=start), right=e.Running() as total):
            if start != total.reference:
                return
        case e.Arithmetic(op=e.ArithmeticOp.ADD, left=e.Const(), right=e.Running() as total):
            pass
        case e.Running() as total:
            pass
        case _:
            return
    least = values.of(total.value, table).low
    if least is not None and least >= 0:
        yield total.reference
