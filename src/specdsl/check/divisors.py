"""Whether a divisor can be zero: dividing by zero gives null, which a column may not allow."""

from __future__ import annotations

from decimal import Decimal

from specdsl.check.scopes import Program, TableSymbol
from specdsl.datatypes import types as t
from specdsl.ir import expr as ir
from specdsl.syntax import tree

_DEEP = 8


def never_zero(program: Program, table: TableSymbol | None, expr: ir.Expr, depth: int = _DEEP) -> bool:
    """Whether ``expr``, in rows of ``table``, is sure not to be zero, from constants and from the bounds and
    ranges that columns declare."""
    if depth == 0:
        return False
    match expr:
        case ir.Const(value=value):
            return bool(value)
        case ir.RangeDraw(low=ir.Const(value=low), high=ir.Const(value=high)):
            return isinstance(low, (int, float)) and isinstance(high, (int, float)) and (low > 0 or high < 0)
        case ir.ChoiceDraw(arms=arms):
            return all(never_zero(program, table, a.value, depth - 1) for a in arms)
        case ir.If(then=then, otherwise=otherwise):
            return all(never_zero(program, table, e, depth - 1) for e in (then, otherwise))
        case ir.Cast(operand=operand) if isinstance(operand.type, t.Int) or isinstance(expr.type, t.Float):
            return never_zero(program, table, operand, depth - 1)
        case ir.Follow(table=name, body=body) | ir.Candidate(table=name, body=body):
            return never_zero(program, program.tables.get(name), body, depth - 1)
        case ir.ColumnValue(column=name) if table is not None:
            return _column(program, table, name, depth)
        case _:
            return False


def _column(program: Program, table: TableSymbol, name: str, depth: int) -> bool:
    symbol = table.columns.get(name)
    if symbol is None or symbol.decl is None or symbol.decl.grouped:
        return False
    decl = symbol.decl
    within = [m.range for m in decl.modifiers if isinstance(m, tree.Within)]
    value, written = decl.value, decl.type
    while isinstance(written, tree.NamedType) and written.name.text in program.types and depth:
        depth -= 1
        declared = program.types[written.name.text].decl
        within += [m.range for m in declared.modifiers if isinstance(m, tree.Within)]
        value, written = value or declared.value, declared.type
    program.resolve(symbol)
    least = _least(symbol.type)
    return any(_apart(r, least) for r in within) or (value is not None and _drawn(value, least))


def _least(dtype: t.DataType | None) -> Decimal:
    """The smallest positive value that does not round to zero (of floats: any)."""
    match dtype:
        case t.Decimal(_, scale):
            return Decimal(1).scaleb(-scale)
        case t.Float():
            return Decimal("1e-300")
        case _:
            return Decimal(1)


def _drawn(node: tree.Expr, least: Decimal) -> bool:
    match node:
        case tree.Number(value=value):
            return abs(value) >= least
        case tree.Range():
            return _apart(node, least)
        case tree.Choice(arms=arms):
            return all(_drawn(a.value, least) for a in arms)
        case _:
            return False


def _apart(node: tree.Range, least: Decimal) -> bool:
    """Whether a range lies on one side of zero."""
    if isinstance(node.low, tree.Number) and node.low.value >= least:
        return True
    match node.high:
        case tree.Unary(op=tree.UnaryOp.NEGATE, operand=tree.Number(value=value)):
            return value >= least
        case tree.Duration(micros=micros):
            return micros < 0
        case _:
            return False
