"""f-strings: which format specs fit which types."""

from __future__ import annotations

import re

from specdsl.check.scopes import Scope, poison, poisoned
from specdsl.datatypes import types as t
from specdsl.diagnostics import types
from specdsl.ir import expr as ir
from specdsl.syntax import tree

_SPEC = re.compile(
    r"(?:(?P<fill>.)?(?P<align>[<>=^]))?(?P<sign>[-+ ])?(?P<alt>#)?(?P<zero>0)?(?P<width>\d{1,6})?"
    r"(?P<group>[,_])?(?:\.(?P<precision>\d{1,3}))?(?P<type>[a-zA-Z%])?",
    re.DOTALL,
)
_DIRECTIVES = "YmdHMSfyjBbAaIpeFTuVGzZ%"
_WIDEST = 1000


def fstring(scope: Scope, node: tree.FString) -> ir.Expr:
    """``f"...{value:spec}..."``."""
    parts: list[str | ir.FormatPart] = []
    nullable = broken = False
    for part in node.parts:
        if isinstance(part, str):
            parts.append(part)
            continue
        value = scope.infer(part.value)
        if poisoned(value) or not _accept(scope, part, value):
            broken = True
            continue
        nullable |= value.nullable
        parts.append(ir.FormatPart(value, part.spec))
    return poison() if broken else ir.Format(t.STRING, nullable, tuple(parts))


def _accept(scope: Scope, part: tree.FormatPart, value: ir.Expr) -> bool:
    if isinstance(value.type, (t.List, t.Struct, t.Tuple, t.Bytes, t.Null)):
        remedy = (
            "name one of its fields" if isinstance(value.type, t.Struct) else "put a text or a number here"
        )
        scope.report(types.NotFormattable(span=part.value.span, type=str(value.type), remedy=remedy))
        return False
    if not part.spec:
        return True
    why = spec_problem(part.spec, value.type)
    if why is None:
        return True
    suggestion = _suggestion(value.type)
    scope.report(
        types.BadFormatSpec(
            span=part.span,
            spec=part.spec,
            type=str(value.type),
            why=why,
            remedy=f"for {value.type}, for example {{{scope.text(part.value)}:{suggestion}}}",
        )
    )
    return False


def _suggestion(dtype: t.DataType) -> str:
    match dtype:
        case t.Int():
            return "06d"
        case t.Float() | t.Decimal():
            return ".2f"
        case t.Date() | t.Timestamp():
            return "%Y-%m-%d"
        case t.Time():
            return "%H:%M"
        case _:
            return ">10"


def spec_problem(spec: str, dtype: t.DataType) -> str | None:
    """Why a format spec does not fit a type, None where it does."""
    if isinstance(dtype, (t.Date, t.Timestamp, t.Time)):
        return _time_problem(spec, dtype)
    found = _SPEC.fullmatch(spec)
    if found is None:
        return "it is not a format"
    kind, precision, align = found["type"], found["precision"], found["align"]
    if found["width"] and int(found["width"]) > _WIDEST:
        return f"a width is at most {_WIDEST}"
    match dtype:
        case t.Int():
            if kind not in (None, "d", "x", "X", "o", "b", "f", "e", "E", "g", "G", "F", "%"):
                return f"`{kind}` is not for integers"
            if precision and kind in (None, "d", "x", "X", "o", "b"):
                return "an integer has no digits after the point"
            if found["group"] == "," and kind in ("x", "X", "o", "b"):
                return f"`,` does not go with `{kind}`"
        case t.Float() | t.Decimal():
            if kind not in (None, "f", "F", "e", "E", "g", "G", "%"):
                return f"`{kind}` is not for numbers with a fraction"
        case _:
            if kind not in (None, "s"):
                return f"`{kind}` is for numbers"
            if found["sign"] or found["group"] or found["alt"] or align == "=":
                return "signs and separators are for numbers"
    return None


def _time_problem(spec: str, dtype: t.DataType) -> str | None:
    if "%" not in spec:
        return "it has no directive such as `%Y`"
    for directive in re.findall(r"%(.?)", spec, re.DOTALL):
        if not directive or directive not in _DIRECTIVES:
            return f"there is no directive `%{directive}`"
        if isinstance(dtype, t.Time) and directive in "YmdyjBbAaeFuVG":
            return f"`%{directive}` is of a date, and this is a time of day"
    return None
