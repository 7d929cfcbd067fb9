"""What a condition says about nulls: ``if x == null then ... else x + 1`` knows that x is there."""

from __future__ import annotations

from dataclasses import replace

from specdsl.ir import expr as ir

Facts = frozenset[ir.Expr]
"""Names and paths (as they are typed without knowing better) that are not null."""

_PATHS = (ir.ColumnValue, ir.Follow, ir.Candidate, ir.FieldValue)
NOTHING: Facts = frozenset()


def where_true(condition: ir.Expr) -> Facts:
    """What is not null where ``condition`` is true."""
    match condition:
        case ir.Logic(op=ir.LogicOp.AND, left=left, right=right):
            return where_true(left) | where_true(right)
        case ir.Logic(op=ir.LogicOp.OR, left=left, right=right):
            return where_true(left) & where_true(right)
        case ir.Unary(op=ir.UnaryOp.NOT, operand=operand):
            return where_not_true(operand) if not operand.nullable else _operands(operand)
        case ir.Compare() | ir.IsIn():
            return _operands(condition)
        case _:
            return _operands(condition) if isinstance(condition, _PATHS) else NOTHING


def where_not_true(condition: ir.Expr) -> Facts:
    """What is not null where ``condition`` is false or null."""
    match condition:
        case ir.IsNull(operand=operand) if isinstance(operand, _PATHS):
            return frozenset([operand])
        case ir.Logic(op=ir.LogicOp.OR, left=left, right=right):
            return where_not_true(left) | where_not_true(right)
        case ir.Logic(op=ir.LogicOp.AND, left=left, right=right):
            return where_not_true(left) & where_not_true(right)
        case ir.Unary(op=ir.UnaryOp.NOT, operand=operand) if not operand.nullable:
            return where_true(operand)
        case _:
            return NOTHING


def _operands(condition: ir.Expr) -> Facts:
    """The paths whose null would make a comparison null."""
    match condition:
        case ir.Compare(left=left, right=right) | ir.Arithmetic(left=left, right=right):
            return _operands(left) | _operands(right)
        case ir.IsIn(operand=operand) | ir.Cast(operand=operand):
            return _operands(operand)
        case ir.Unary(op=ir.UnaryOp.NOT, operand=operand):
            return _operands(operand)
        case _ if isinstance(condition, _PATHS) and condition.nullable:
            return frozenset([condition])
        case _:
            return NOTHING


def known(expr: ir.Expr, facts: Facts) -> ir.Expr:
    """``expr`` as never null where the facts say so."""
    if not facts or not expr.nullable:
        return expr
    if expr in facts:
        return replace(expr, nullable=False)
    return expr


def refers(facts: Facts, key: ir.Expr) -> bool:
    """Whether a reference, by the value of one of its columns, is known to be set."""
    return key in facts or any(isinstance(f, ir.Follow) and _same_path(f, key) for f in facts)


def _same_path(follow: ir.Follow, key: ir.Expr) -> bool:
    return isinstance(key, ir.ColumnValue) and follow.reference == key.column
