"""Rules of a table as conditions that any database evaluates as the language does.

Said are: ranges with constant ends, members of enums where the database has no type for them, and checks
made of comparisons, ``and``, ``or``, ``not``, ``in`` and tests for null over columns and constants. Left
out is what databases do otherwise: arithmetic, functions, the order of strings (collations) and of enum
members.
"""

from __future__ import annotations

from collections.abc import Iterator
from typing import Protocol

from specdsl.datatypes import types as t
from specdsl.ir import expr as x
from specdsl.ir.expr import CompareOp, LogicOp, Physical, UnaryOp
from specdsl.ir.model import Column
from specdsl.sinks.relational.model import Relation

_OPERATORS = {
    CompareOp.EQUAL: "=",
    CompareOp.NOT_EQUAL: "<>",
    CompareOp.LESS: "<",
    CompareOp.LESS_EQUAL: "<=",
    CompareOp.GREATER: ">",
    CompareOp.GREATER_EQUAL: ">=",
}
_FLIPPED = {"=": "=", "<>": "<>", "<": ">", "<=": ">=", ">": "<", ">=": "<="}
_LOWEST = 0  # what binds loosest: or, then and, then the rest
_AND = 1
_ATOM = 2


class Writing(Protocol):
    """How a database writes names and constants."""

    def quote(self, name: str) -> str: ...

    def literal(self, value: Physical, dtype: t.DataType) -> str: ...

    def truth(self, name: str) -> str:
        """A column of type bool as a condition; ``name`` is quoted."""
        ...

    def compares(self, column: Column, *, order: bool) -> bool:
        """Whether values of the column compare as the language says, by equality or by ``order``."""
        ...


class _CannotSayError(Exception):
    """A condition that the database would evaluate otherwise, or not at all."""


def range_condition(relation: Relation, column: Column, writing: Writing) -> str | None:
    """``in low .. high`` of a column, as far as its ends are constants."""
    if column.bounds is None or not writing.compares(column, order=True):
        return None
    name = writing.quote(column.name)
    low, high = (
        writing.literal(end.value, column.type)
        if isinstance(end, x.Const) and end.value is not None and end.type == column.type
        else None
        for end in (column.bounds.low, column.bounds.high)
    )
    if low is not None and high is not None:
        return f"{name} BETWEEN {low} AND {high}"
    if low is not None:
        return f"{name} >= {low}"
    return f"{name} <= {high}" if high is not None else None


def members_condition(column: Column, writing: Writing) -> str | None:
    """That an enum's column holds members only."""
    if not isinstance(column.type, t.Enum):
        return None
    members = (writing.literal(i, column.type) for i in range(len(column.type.members)))
    return f"{writing.quote(column.name)} IN ({', '.join(members)})"


def check_conditions(relation: Relation, writing: Writing) -> Iterator[tuple[str, str, str]]:
    """Name, documentation and condition of each check of the table that can be said."""
    for check in relation.table.checks:
        try:
            text, _ = _condition(check.condition, relation, writing)
        except _CannotSayError:
            continue
        yield check.name, check.doc, text


def _condition(expr: x.Expr, relation: Relation, writing: Writing) -> tuple[str, int]:
    """The text of a condition and how tightly it binds."""
    match expr:
        case x.ColumnValue():
            return writing.truth(_name(expr, relation, writing, order=False)), _ATOM
        case x.Compare(op=op, left=left, right=right):
            order = op not in (CompareOp.EQUAL, CompareOp.NOT_EQUAL)
            if order and isinstance(left.type, (t.String, t.Enum, t.Bytes, t.Uuid, t.Bool)):
                raise _CannotSayError
            a = _operand(left, relation, writing, order=order)
            b = _operand(right, relation, writing, order=order)
            sign = _OPERATORS[op]
            if isinstance(left, x.Const):
                a, b, sign = b, a, _FLIPPED[sign]
            return f"{a} {sign} {b}", _ATOM
        case x.Logic(op=op, left=left, right=right):
            level = _AND if op is LogicOp.AND else _LOWEST
            parts = [_condition(side, relation, writing) for side in (left, right)]
            inner = [f"({text})" if binds < level else text for text, binds in parts]
            return f" {op.value.upper()} ".join(inner), level
        case x.Unary(op=UnaryOp.NOT, operand=x.IsNull(operand=operand)):
            return f"{_operand(operand, relation, writing, order=False)} IS NOT NULL", _ATOM
        case x.Unary(op=UnaryOp.NOT, operand=operand):
            return f"NOT ({_condition(operand, relation, writing)[0]})", _ATOM
        case x.IsNull(operand=operand):
            return f"{_operand(operand, relation, writing, order=False)} IS NULL", _ATOM
        case x.IsIn(operand=operand, items=items) if items:
            texts = [_operand(item, relation, writing, order=False) for item in items]
            return f"{_operand(operand, relation, writing, order=False)} IN ({', '.join(texts)})", _ATOM
        case _:
            raise _CannotSayError


def _operand(expr: x.Expr, relation: Relation, writing: Writing, *, order: bool) -> str:
    match expr:
        case x.ColumnValue():
            return _name(expr, relation, writing, order=order)
        case x.Const(value=value, type=dtype) if value is not None:
            if isinstance(dtype, (t.List, t.Struct, t.Json, t.Bytes)):
                raise _CannotSayError
            return writing.literal(value, dtype)
        case x.Cast(type=dtype, operand=operand) if _widens(operand.type, dtype):
            return _operand(operand, relation, writing, order=order)
        case _:
            raise _CannotSayError


def _widens(source: t.DataType, target: t.DataType) -> bool:
    """Whether comparing after the conversion is comparing before it."""
    match source, target:
        case t.Int(), t.Int() | t.Decimal():
            return True
        case t.Int(bits), t.Float():
            return bits <= 32
        case t.Decimal(_, scale), t.Decimal(_, wider):
            return scale <= wider
        case t.String(), t.String():
            return True
        case _:
            return False


def _name(expr: x.ColumnValue, relation: Relation, writing: Writing, *, order: bool) -> str:
    column = relation.table.columns[expr.column]
    if column.hidden or not writing.compares(column, order=order):
        raise _CannotSayError
    return writing.quote(column.name)
