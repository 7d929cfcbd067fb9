"""Whether a history ends before it begins, as far as that can be told before any row is made."""

from __future__ import annotations

from specdsl.check.show import show_value
from specdsl.check.values import Number, ValueAnalysis
from specdsl.datatypes import types as t
from specdsl.ir import expr as x
from specdsl.ir.model import Table

_DEPTH = 24


def never_later(values: ValueAnalysis, table: Table, end: x.EndsLater) -> str | None:
    """Why the end never comes after the beginning; None where it may: by how it is counted from the same
    column, else by the times that both can be."""
    offset = _offset(values, table, end.operand, _origin(table, end.begin), _DEPTH)
    if offset is not None:
        if offset >= end.unit:
            return None
        if offset > 0:
            return f"at most {show_value(round(offset), t.DURATION)} after the beginning, less than a day"
        before = show_value(round(-offset), t.DURATION)
        return f"always {before} or more before the beginning" if offset else "never after the beginning"
    until, begin = values.of(end.operand, table), values.of(end.begin, table)
    if until.empty or until.high is None or begin.low is None or until.high >= begin.low + end.unit:
        return None
    latest, first = (show_value(round(v), t.TIMESTAMP) for v in (until.high, begin.low))
    return f"{latest} at the latest, and it begins at {first} at the earliest"


def _passed_on(table: Table, expr: x.Expr) -> x.Expr | None:
    """What a column or cast passes on as it is; None where ``expr`` is something else."""
    match expr:
        case x.Cast(operand=operand):
            return operand
        case x.ColumnValue(column=name) if name in table.columns:
            return table.columns[name].value
        case _:
            return None


def _origin(table: Table, expr: x.Expr) -> str | None:
    """The column that a time is the value of, through columns that only pass it on."""
    name = None
    for _ in range(_DEPTH):
        if isinstance(expr, x.ColumnValue):
            name = expr.column
        inner = _passed_on(table, expr)
        if inner is None:
            break
        expr = inner
    return name


def _offset(
    values: ValueAnalysis, table: Table, expr: x.Expr, origin: str | None, depth: int
) -> Number | None:
    """How long after column ``origin`` a time can be at most; None where it is not counted from it."""
    if origin is None or depth == 0:
        return None
    if isinstance(expr, x.ColumnValue) and _origin(table, expr) == origin:
        return 0
    inner = _passed_on(table, expr)
    if inner is not None:
        return _offset(values, table, inner, origin, depth - 1)
    match expr:
        case x.Arithmetic(op=x.ArithmeticOp.ADD, left=left, right=right):
            added = values.of(right, table).high
        case x.Arithmetic(op=x.ArithmeticOp.SUBTRACT, left=left, right=right):
            least = values.of(right, table).low
            added = None if least is None else -least
        case _:
            return None
    before = _offset(values, table, left, origin, depth - 1)
    return None if added is None or before is None else before + added
