"""A value that would do for a column which has none, as it is written: what a message proposes."""

from __future__ import annotations

from decimal import Decimal

from specdsl.datatypes import types as t
from specdsl.functions.entry import REQUIRED
from specdsl.functions.registry import FUNCTIONS
from specdsl.syntax import tree

_MEANT = {
    "name": "full_name",
    "description": "sentence",
    "text": "sentence",
    "bio": "sentence",
    "title": "words",
}
_LONGEST_CALL = 40  # a text of that length has room for what functions make


def sample(dtype: t.DataType, name: str, low: str, high: str, *, unique: bool) -> str:
    """A value for a column ``name``. ``low`` and ``high``: its bounds as they are written, of which one is ""
    (both without bounds)."""
    if isinstance(dtype, t.String):
        return _text(dtype, name, unique=unique)
    if unique and isinstance(dtype, t.Decimal) and not (low or high):
        return "sequence(start: 1)"
    return (_bounded(dtype, low, high) if low or high else "") or example(dtype)


def _text(dtype: t.String, name: str, *, unique: bool) -> str:
    most = dtype.max_length
    if unique or dtype.min_length > 3 or (most is not None and most < 5):
        length = max(dtype.min_length, 8 if most is None else min(most, 8))
        return f"/[a-z]{{{length}}}/"
    if dtype.min_length == 0 and (most is None or most >= _LONGEST_CALL):
        return _function_named(name) or example(dtype)
    return example(dtype)


def _bounded(dtype: t.DataType, low: str, high: str) -> str:
    """A range that begins or ends at the one bound there is; "" where that cannot be told."""
    end = low or high
    match dtype:
        case t.Int() | t.Float() | t.Decimal():
            number = _number(end)
            if number is None:
                return ""
            other = number + (99 if low else -99)
            if isinstance(dtype, t.Decimal):
                most = Decimal(10 ** (dtype.precision - dtype.scale) - 1)
                other = max(min(other, most), -most)
            return f"{low}..{other:f}" if low else f"{other:f}..{high}"
        case t.Date() | t.Timestamp() if end[:4].isdecimal():
            year = int(end[:4])
            return f"{low} .. {year + 1:04}-12-31" if low else f"{year - 1:04}-01-01 .. {high}"
        case t.Time():
            return f"{low} .. 23:59:59" if low else f"00:00 .. {high}"
        case t.Duration():
            return end
        case _:
            return ""


def _number(written: str) -> Decimal | None:
    try:
        return Decimal(written.replace("_", "").replace(" ", ""))
    except ArithmeticError:
        return None


def _function_named(name: str) -> str:
    """A call that makes what a column of this name usually holds."""
    word = name.lower()
    for wanted in (word, _MEANT.get(word, ""), _MEANT.get(word.rsplit("_", 1)[-1], "")):
        function = FUNCTIONS.get(wanted)
        if function is None or not function.draws or function.result != t.STRING:
            continue
        if all(p.default is not REQUIRED for p in function.parameters):
            return f"{wanted}()"
    return ""


def example(dtype: t.DataType) -> str:
    """A value that would do for a type, as it is written."""
    match dtype:
        case t.Int():
            return "1..100"
        case t.Decimal() if dtype.precision - dtype.scale < 3:
            digits = dtype.precision - dtype.scale
            return f"0..{10**digits - 1}" if digits else "0.0"
        case t.Float() | t.Decimal():
            return "1.0..100.0"
        case t.Date() | t.Timestamp():
            return "2024-01-01 .. 2024-12-31"
        case t.Time():
            return "08:00 .. 18:00"
        case t.Duration():
            return "1h..8h"
        case t.Json():
            return '"{}"'
        case t.Bytes():
            return '"abc"'
        case _:
            return '"red" | "green" | "blue"'


def is_written(node: tree.Expr | None) -> bool:
    """Whether a bound is a constant of one token, with its sign."""
    inner = node.operand if isinstance(node, tree.Unary) else node
    return isinstance(inner, tree.Number | tree.Date | tree.Timestamp | tree.Time | tree.Duration)
