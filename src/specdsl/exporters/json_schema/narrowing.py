"""What an expression that draws values says about them, as far as JSON Schema can say it too."""

from __future__ import annotations

from decimal import Decimal
from typing import Any, Final

from specdsl.datatypes import types as t
from specdsl.syntax import tree

_MOST_CONSTANTS: Final = 200
Constant = str | int | bool | None


def narrowed(schema: dict[str, Any], dtype: t.DataType, value: tree.Expr | None) -> dict[str, Any]:
    """``schema`` (of values of ``dtype``) for what ``value`` draws: constants become an ``enum``, a range of
    numbers bounds, a pattern a ``pattern``. The schema as it is where the expression says no more."""
    if value is None:
        return schema
    if isinstance(dtype, t.String | t.Int | t.Bool):
        constants = _constants(value)
        both = isinstance(dtype, t.Bool) and constants is not None and {True, False} <= set(constants)
        if constants is not None and not both and all(_is_a(dtype, one) for one in constants):
            return {"enum": constants}
    match value:
        case tree.Regex(pattern=pattern) if isinstance(dtype, t.String):
            return schema | {"pattern": f"^(?:{pattern})$"}
        case tree.Range() if isinstance(dtype, t.Int | t.Decimal) or dtype == t.FLOAT:
            return bounded(schema, dtype, value)
    return schema


def bounded(schema: dict[str, Any], dtype: t.DataType, range: tree.Range) -> dict[str, Any]:
    """``schema`` for values within a range: its ends where they are constant numbers."""
    if not t.is_numeric(dtype):
        return schema
    schema = dict(schema)
    for word, end, tighter in (("minimum", range.low, max), ("maximum", range.high, min)):
        number = _number(end)
        if number is not None:
            plain = int(number) if number == int(number) and not isinstance(dtype, t.Float) else float(number)
            schema[word] = tighter(plain, schema[word]) if word in schema else plain
    return schema


def _number(node: tree.Expr | None) -> Decimal | None:
    match node:
        case tree.Number(value=value):
            return value
        case tree.Unary(op=tree.UnaryOp.NEGATE, operand=tree.Number(value=value)):
            return -value
    return None


def _constants(value: tree.Expr) -> list[Constant] | None:
    """The values that a constant or a choice of constants gives, each once; None for anything else. ``exact``
    says how many of each there are and nothing about which."""
    if isinstance(value, tree.Call) and value.function.text == "exact" and len(value.args) == 1:
        value = value.args[0].value
    arms = [arm.value for arm in value.arms] if isinstance(value, tree.Choice) else [value]
    found: list[Constant] = []
    for arm in arms:
        match arm:
            case tree.String(value=text):
                found.append(text)
            case tree.Bool(value=flag):
                found.append(flag)
            case tree.Null():
                found.append(None)
            case tree.Number() | tree.Unary() if (number := _number(arm)) is not None and number == int(
                number
            ):
                found.append(int(number))
            case _:
                return None
    unique = list({(type(one), one): one for one in found}.values())
    return unique if len(unique) <= _MOST_CONSTANTS and unique != [None] else None


def _is_a(dtype: t.DataType, value: Constant) -> bool:
    match dtype:
        case t.String():
            return value is None or isinstance(value, str)
        case t.Bool():
            return value is None or isinstance(value, bool)
        case _:
            return value is None or (isinstance(value, int) and not isinstance(value, bool))
