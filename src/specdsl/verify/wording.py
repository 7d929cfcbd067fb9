"""Short texts of expressions, for the names of rules."""

from __future__ import annotations

from specdsl.check.show import show_value
from specdsl.ir import expr as e

_LONG = 40


def short(expr: e.Expr) -> str:
    """The expression in few words, ``...`` for what would be long."""
    text = _text(expr)
    return text if len(text) <= _LONG else "..."


def _text(expr: e.Expr) -> str:
    match expr:
        case e.Const(type=dtype, value=value):
            return show_value(value, dtype)
        case e.ColumnValue(column=name):
            return name
        case e.RowNumber():
            return "row"
        case e.Follow(reference=name, body=body):
            return f"{name}.{_text(body)}"
        case e.Candidate(body=body):
            return f".{_text(body)}"
        case e.Cast(operand=operand):
            return _text(operand)
        case e.Arithmetic(op=op, left=left, right=right) | e.Compare(op=op, left=left, right=right):
            return f"{_text(left)} {op.value} {_text(right)}"
        case e.Logic(op=op, left=left, right=right):
            return f"{_text(left)} {op.value} {_text(right)}"
        case e.Aggregate(function=function, hops=hops, value=value, where=where):
            over = hops[-1].table if value is None else f"{hops[-1].table}{_text(value)}"
            kept = "" if where is None else f" where {_text(where)}"
            return f"{function.value}({over}{kept})"
        case e.IsNull(operand=operand):
            return f"{_text(operand)} == null"
        case e.Unary(op=e.UnaryOp.NOT, operand=operand):
            return f"not {_text(operand)}"
        case _:
            return "..."
