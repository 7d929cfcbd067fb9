"""Expressions over other rows: aggregates over children, positions within a group."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.model import Table
from specdsl.ir.walk import children
from specdsl.verify.forms import constant
from specdsl.verify.lowered import CannotLowerError, Scope
from specdsl.verify.naming import ROW, table_name
from specdsl.verify.operators import cast, position

if TYPE_CHECKING:
    from specdsl.verify.sql import Lowering


def aggregate(lowering: Lowering, node: e.Aggregate, scope: Scope) -> str:
    """An aggregate as a grouped subquery, joined by the key that the first hop refers to."""
    dataset = lowering.context.dataset
    first = node.hops[0]
    reference = dataset.tables[first.table].references[first.reference]

    def clause(alias: str) -> str:
        inner = lowering.inner()
        outer = Scope(scope.table, inner.alias("o"))
        start = Scope(dataset.tables[first.table], inner.alias("h"))
        _, columns = inner.reference(start, first.reference)
        sources = [f"{table_name(start.table)} AS {start.alias}"]
        here = start
        for hop in node.hops[1:]:
            below = Scope(dataset.tables[hop.table], inner.alias("h"))
            next_reference, links = inner.reference(below, hop.reference)
            keys = [inner.column(k, here) for k in next_reference.key]
            on = " AND ".join(f"{a} = {b}" for a, b in zip(links, keys, strict=True))
            sources.append(f"JOIN {table_name(below.table)} AS {below.alias} ON {on}")
            here = below
        own = Scope(outer.table, outer.alias, candidate=here)
        value = inner.expr(node.value, own) if node.value is not None else None
        where = f" AND {inner.expr(node.where, own)}" if node.where is not None else ""
        correlated = any(names_own_row(x) for x in (node.value, node.where) if x is not None)
        if correlated:
            keys = [inner.column(k, outer) for k in reference.key]
            on = " AND ".join(f"{a} = {b}" for a, b in zip(keys, columns, strict=True))
            sources.append(f"JOIN {table_name(outer.table)} AS {outer.alias} ON {on}")
        present = " AND ".join(f"{c} IS NOT NULL" for c in columns)
        selected = ", ".join(f"{c} AS k{i}" for i, c in enumerate(columns))
        if node.function in {e.AggregateFunction.FIRST, e.AggregateFunction.LAST}:
            lowering.require_order()
        order = f"{here.alias}.{ROW}"
        query = (
            f"SELECT {selected}, {_function(node, value, order)} AS v "
            f"FROM {' '.join([*sources, *inner.joins])} WHERE {present}{where} GROUP BY {', '.join(columns)}"
        )
        keys = [lowering.column(k, scope) for k in reference.key]
        on = " AND ".join(f"{alias}.k{i} = {key}" for i, key in enumerate(keys))
        return f"LEFT JOIN ({query}) AS {alias} ON {on}"

    alias = lowering.join(("aggregate", scope.alias, node), clause, "g")
    if node.function in {e.AggregateFunction.SUM, e.AggregateFunction.COUNT}:
        return f"COALESCE({alias}.v, {constant(0, node.type)})"
    return f"{alias}.v"


def names_own_row(expr: e.Expr) -> bool:
    """Whether an aggregate's value or condition names the row that the aggregate is of."""
    match expr:
        case e.Candidate():
            return False
        case e.ColumnValue() | e.RowNumber() | e.Follow() | e.ParentKey() | e.IndexIn() | e.Aggregate():
            return True
        case e.Running() | e.Neighbour():
            return True
        case _:
            return any(names_own_row(child) for child in children(expr))


def _function(node: e.Aggregate, value: str | None, order: str) -> str:
    function = node.function
    if value is None or node.value is None:
        return "count(*)"
    dtype = node.value.type
    match function:
        case e.AggregateFunction.COUNT:
            return f"count({value})"
        case e.AggregateFunction.SUM:
            if isinstance(dtype, t.Float):
                return cast(f"sum({value})", t.FLOAT, node.type)
            return cast(f"CAST(sum({value}) AS BIGINT)", dtype, node.type)
        case e.AggregateFunction.AVG:
            return _average(value, dtype, node.type)
        case e.AggregateFunction.MIN | e.AggregateFunction.MAX:
            if isinstance(dtype, t.Enum):
                return f"arg_{function.value}({value}, {position(value, dtype)})"
            return f"{function.value}({value})"
        case e.AggregateFunction.FIRST:
            return f"arg_min_null({value}, {order})"
        case e.AggregateFunction.LAST:
            return f"arg_max_null({value}, {order})"


def _average(value: str, dtype: t.DataType, result: t.DataType) -> str:
    match dtype, result:
        case (t.Decimal(_, scale), t.Float()):
            return f"(avg({value}) / CAST('1e{scale}' AS DOUBLE))"
        case (t.Decimal(_, a), t.Decimal(_, b)):
            return f"CAST(round(avg({value}) * CAST('1e{b - a}' AS DOUBLE)) AS BIGINT)"
        case (_, t.Float()):
            return f"avg({value})"
        case (t.Timestamp() | t.Duration() | t.Date() | t.Time(), _) if dtype == result:
            return f"CAST(round(avg({value})) AS BIGINT)"
        case _:
            raise CannotLowerError(f"the average of {dtype} as {result} has no SQL form")


def index_in(lowering: Lowering, node: e.IndexIn, scope: Scope) -> str:
    """The row's position in its group: by a window over the whole table, joined by row number, or where
    groups lie together by a running one, which needs no memory."""
    lowering.require_order()
    if scope.table.name in lowering.context.grown and not _is_each(scope.table, node.reference):
        raise CannotLowerError("it counts rows of earlier batches, too")
    _, columns = lowering.reference(scope, node.reference)
    if scope.alias == lowering.runs_of and _is_contiguous(scope.table, node.reference):
        start = lowering.run_start(scope, node.reference, columns)
        return f"({scope.alias}.{ROW} - {start})"

    def clause(alias: str) -> str:
        inner = lowering.inner()
        own = Scope(scope.table, inner.alias("w"))
        _, columns = inner.reference(own, node.reference)
        present = " AND ".join(f"{c} IS NOT NULL" for c in columns)
        query = (
            f"SELECT {own.alias}.{ROW} AS r, row_number() OVER (PARTITION BY {', '.join(columns)} "
            f"ORDER BY {own.alias}.{ROW}) - 1 AS v "
            f"FROM {table_name(own.table)} AS {own.alias} WHERE {present}"
        )
        return f"LEFT JOIN ({query}) AS {alias} ON {alias}.r = {scope.alias}.{ROW}"

    return f"{lowering.join(('index', scope.alias, node.reference), clause, 'w')}.v"


def _is_each(table: Table, reference: str) -> bool:
    return table.references[reference].each is not None


def _is_contiguous(table: Table, reference: str) -> bool:
    """Whether the rows of a parent follow each other: the first dimension varies slowest."""
    return next((r.name for r in table.references.values() if r.each is not None), None) == reference
