"""Values along a group of rows as window functions, joined by row number."""

from __future__ import annotations

from collections.abc import Callable
from typing import TYPE_CHECKING

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.walk import walk_row
from specdsl.verify.forms import constant
from specdsl.verify.lowered import CannotLowerError, Scope
from specdsl.verify.naming import ROW, table_name
from specdsl.verify.operators import cast

if TYPE_CHECKING:
    from specdsl.verify.sql import Lowering

_ALL = "ROWS BETWEEN UNBOUNDED PRECEDING AND UNBOUNDED FOLLOWING"


def running(lowering: Lowering, node: e.Running, scope: Scope) -> str:
    """The total up to the row."""
    return f"{_running(lowering, node, scope)}.v"


def magnitudes(lowering: Lowering, expr: e.Expr, scope: Scope) -> list[str]:
    """Of each running total of floats in ``expr``, the total of the magnitudes: what rounding goes by."""
    return [
        f"{_running(lowering, node, scope)}.size"
        for node in walk_row(expr)
        if isinstance(node, e.Running) and isinstance(node.type, t.Float)
    ]


def _running(lowering: Lowering, node: e.Running, scope: Scope) -> str:
    def columns(value: str, frame: str) -> str:
        frame += " ROWS UNBOUNDED PRECEDING"
        value = f"COALESCE({value}, {constant(0, node.value.type)})"
        if isinstance(node.type, t.Float):
            return f"sum({value}) OVER ({frame}) AS v, sum(abs({value})) OVER ({frame}) AS size"
        total = f"CAST(sum({value}) OVER ({frame}) AS BIGINT)"
        return f"{cast(total, node.value.type, node.type)} AS v"

    return _window(lowering, node, scope, columns)


def neighbour(lowering: Lowering, node: e.Neighbour, scope: Scope) -> str:
    """The value in the previous row, or in the first or last of the group."""

    def columns(value: str, frame: str) -> str:
        match node.place:
            case e.Place.PREVIOUS:
                return f"lag({value}) OVER ({frame}) AS v"
            case e.Place.NEXT:
                return f"lead({value}) OVER ({frame}) AS v"
            case e.Place.FIRST:
                return f"first_value({value}) OVER ({frame} {_ALL}) AS v"
            case e.Place.LAST:
                return f"last_value({value}) OVER ({frame} {_ALL}) AS v"

    return f"{_window(lowering, node, scope, columns)}.v"


def _window(
    lowering: Lowering, node: e.Running | e.Neighbour, scope: Scope, columns: Callable[[str, str], str]
) -> str:
    """The alias of the joined window over the whole table that gives ``columns(value, frame)``."""
    lowering.require_order()

    def clause(alias: str) -> str:
        inner = lowering.inner()
        own = Scope(scope.table, inner.alias("w"))
        frame, where = f"ORDER BY {own.alias}.{ROW}", ""
        if node.reference is not None:
            _, parents = inner.reference(own, node.reference)
            frame = f"PARTITION BY {', '.join(parents)} {frame}"
            where = f" WHERE {' AND '.join(f'{c} IS NOT NULL' for c in parents)}"
        if not isinstance(node.value, e.Candidate):
            raise CannotLowerError("it is a value of no row")
        value = inner.expr(node.value.body, own)
        sources = " ".join([f"{table_name(own.table)} AS {own.alias}", *inner.joins])
        query = f"SELECT {own.alias}.{ROW} AS r, {columns(value, frame)} FROM {sources}{where}"
        return f"LEFT JOIN ({query}) AS {alias} ON {alias}.r = {scope.alias}.{ROW}"

    return lowering.join(("window", scope.alias, node), clause, "w")
