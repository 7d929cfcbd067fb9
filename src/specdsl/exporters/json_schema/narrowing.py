"""What an expression that draws values says about them, as far as JSON Schema can say it too."""

from __future__ import annotations

import json
from decimal import Decimal
from typing import Any, Final

from specdsl.datatypes import types as t
from specdsl.syntax import tree

_MOST_CONSTANTS: Final = 200
_MOST_GAPS: Final = 50
Constant = str | int | bool | None


def narrowed(schema: dict[str, Any], dtype: t.DataType, value: tree.Expr | None) -> dict[str, Any]:
    """``schema`` (of values of ``dtype``) for what ``value`` draws: constants become an ``enum``, ranges of
    numbers bounds, multiples ``multipleOf``, a pattern a ``pattern``. The schema as it is where the
    expression says no more."""
    if value is None:
        return schema
    if isinstance(dtype, t.String | t.Int | t.Bool):
        constants = _constants(value)
        both = isinstance(dtype, t.Bool) and constants is not None and {True, False} <= set(constants)
        if constants is not None and not both and all(_is_a(dtype, one) for one in constants):
            return {"enum": constants}
    if dtype == t.JSON:
        documents = _documents(value)
        return schema if documents is None else {"enum": documents}
    if dtype == t.FLOAT and isinstance(value, tree.Choice):
        numbers = [_number(arm.value) for arm in value.arms]
        if None not in numbers and len(numbers) <= _MOST_CONSTANTS:
            return {"enum": list(dict.fromkeys(float(one) for one in numbers if one is not None))}
    if isinstance(dtype, t.Int) and isinstance(value, tree.Choice | tree.Binary):
        return _of_ranges(schema, value)
    match value:
        case tree.Regex(pattern=pattern) if isinstance(dtype, t.String):
            return schema | {"pattern": f"^(?:{pattern})$"}
        case tree.Range() if isinstance(dtype, t.Int | t.Decimal) or dtype == t.FLOAT:
            return bounded(schema, dtype, value)
    return schema


def _documents(value: tree.Expr) -> list[Any] | None:
    """The JSON values that constant texts are; None for anything else."""
    texts = _constants(value)
    if texts is None or not all(isinstance(text, str) for text in texts):
        return None
    try:
        return [json.loads(str(text)) for text in texts]
    except ValueError:
        return None


def _of_ranges(schema: dict[str, Any], value: tree.Choice | tree.Binary) -> dict[str, Any]:
    """``schema`` of integers for constant ranges and multiples of such."""
    arms = [arm.value for arm in value.arms] if isinstance(value, tree.Choice) else [value]
    ranges: list[tuple[int, int, int]] = []
    for arm in arms:
        step, factor = 1, arm
        match arm:
            case tree.Binary(op=tree.BinaryOp.MULTIPLY, left=tree.Number(value=times), right=right):
                if times != int(times) or times <= 0:
                    return schema
                step, factor = int(times), right
        for part in [one.value for one in factor.arms] if isinstance(factor, tree.Choice) else [factor]:
            ends = (part.low, part.high) if isinstance(part, tree.Range) else (part, part)
            first, last = map(_number, ends)
            if first is None or last is None or first != int(first) or last != int(last):
                return schema
            ranges.append((int(first), int(last), step))
    if len({step for _, _, step in ranges}) > 1:
        return schema | {"anyOf": [_between(*one) for one in ranges]}
    return schema | _with_gaps(sorted(ranges))


def _with_gaps(ranges: list[tuple[int, int, int]]) -> dict[str, Any]:
    """The bounds of all ``ranges``, without what is between them or, where that is much, each by itself."""
    least, most, step = ranges[0][0], max(high for _, high, _ in ranges), ranges[0][2]
    gaps: list[int] = []
    reached = least - 1
    for low, high, _ in ranges:
        if len(gaps) + low - reached - 1 > _MOST_GAPS:
            return {"anyOf": [_between(*one) for one in ranges]}
        gaps += range(reached + 1, low)
        reached = max(reached, high)
    found = _between(least, most, step)
    return found | {"not": {"enum": [at * step for at in gaps]}} if gaps else found


def _between(low: int, high: int, step: int) -> dict[str, Any]:
    bounds = {"minimum": low * step, "maximum": high * step}
    return bounds if step == 1 else bounds | {"multipleOf": step}


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
