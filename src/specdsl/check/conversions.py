"""Which values stand in for which: common types, and the casts that make one from another."""

from __future__ import annotations

import json
import re
import uuid
from dataclasses import replace
from decimal import ROUND_HALF_UP, Decimal, localcontext

from specdsl.check.scopes import Origin, Scope, poison
from specdsl.check.show import show_value
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.ir import expr as ir
from specdsl.source import Span
from specdsl.syntax import tree

DAY = 86_400_000_000


def common_type(a: t.DataType, b: t.DataType) -> t.DataType | None:
    """The type that values of both have without losing anything, None where there is none."""
    if a == b or b in (t.NULL, t.UNKNOWN):
        return a
    if a in (t.NULL, t.UNKNOWN):
        return b
    match a, b:
        case t.Int(), t.Int():
            return t.INT
        case (t.Float(), t.Float() | t.Int() | t.Decimal()) | (t.Int() | t.Decimal(), t.Float()):
            return t.FLOAT
        case t.Decimal(), t.Int():
            return common_type(a, as_decimal(b))
        case t.Int(), t.Decimal():
            return common_type(as_decimal(a), b)
        case t.Decimal(p1, s1), t.Decimal(p2, s2):
            scale = max(s1, s2)
            return t.Decimal(min(38, max(p1 - s1, p2 - s2) + scale), scale)
        case (t.Date(), t.Timestamp()) | (t.Timestamp(), t.Date()):
            return t.TIMESTAMP
        case (t.String() | t.Enum(), t.String()) | (t.String(), t.Enum()):
            return t.STRING
        case t.List(item_a, low_a, high_a), t.List(item_b, low_b, high_b):
            item = common_type(item_a, item_b)
            high = None if high_a is None or high_b is None else max(high_a, high_b)
            return item and t.List(item, min(low_a, low_b), high)
        case t.Tuple(items_a), t.Tuple(items_b) if len(items_a) == len(items_b):
            items = [common_type(x, y) for x, y in zip(items_a, items_b, strict=True)]
            return None if None in items else t.Tuple(tuple(i for i in items if i is not None))
        case _:
            return None


def as_decimal(dtype: t.DataType) -> t.DataType:
    """The decimal type that holds every value of an integer type."""
    if isinstance(dtype, t.Int):
        return t.Decimal(len(str(dtype.high)), 0)
    return dtype


def same_kind(a: t.DataType, b: t.DataType) -> bool:
    """Whether values of both have one physical form: no cast is needed between them."""
    if a == b:
        return True
    match a, b:
        case t.String(), t.String():
            return True
        case t.List(item_a), t.List(item_b):
            return same_kind(item_a, item_b)
        case t.Struct(fields_a), t.Struct(fields_b):
            return len(fields_a) == len(fields_b) and all(
                x.name == y.name and same_kind(x.type, y.type) and (y.nullable or not x.nullable)
                for x, y in zip(fields_a, fields_b, strict=True)
            )
        case _:
            return False


def castable(source: t.DataType, target: t.DataType) -> bool:
    """Whether ``source`` becomes ``target`` without being told to."""
    match source, target:
        case t.Int(), t.Int() | t.Float() | t.Decimal():
            return True
        case t.Float(), t.Int() | t.Float() | t.Decimal():
            return True
        case t.Decimal(), t.Decimal() | t.Float():
            return True
        case t.Date(), t.Timestamp():
            return True
        case (t.Enum(), t.String()) | (t.String(), t.Enum() | t.Json()):
            return True
        case _:
            return False


def cast(expr: ir.Expr, target: t.DataType) -> ir.Expr:
    """``expr`` as ``target``, folded where it is constant. The types must be castable."""
    if same_kind(expr.type, target) or t.UNKNOWN in (expr.type, target):
        return expr
    if expr.type == t.NULL:
        return retype_null(expr, target)
    if isinstance(expr, ir.Const):
        value = fold(expr.value, expr.type, target)
        if value is not None or expr.value is None:
            return converted(expr, target, value)
    if isinstance(expr, ir.TupleValue) and isinstance(target, t.Tuple):
        items = tuple(cast(i, to) for i, to in zip(expr.items, target.items, strict=True))
        return ir.TupleValue(target, expr.nullable, items)
    if isinstance(target, t.Tuple) and isinstance(expr, ir.StructFields):
        return replace(expr, type=target)
    if isinstance(target, t.Tuple) and isinstance(expr, (ir.ChoiceDraw, ir.If, ir.Match)):
        return _cast_branches(expr, target)
    if isinstance(expr, ir.ListValue) and isinstance(target, t.List):
        return ir.ListValue(target, expr.nullable, tuple(cast(i, target.item) for i in expr.items))
    if isinstance(expr, ir.ListDraw) and isinstance(target, t.List):
        return ir.ListDraw(
            target, expr.nullable, expr.site, expr.size, cast(expr.element, target.item), expr.distinct
        )
    return ir.Cast(target, expr.nullable, expr)


def converted(const: ir.Const, target: t.DataType, value: ir.Physical | None) -> ir.Const:
    """The constant ``value`` that ``const`` is as ``target``: it moves with the clock where that does."""
    if isinstance(const, ir.Moving):
        return ir.Moving(target, const.nullable, value, ir.Cast(target, const.nullable, const))
    return ir.Const(target, const.nullable, value)


def _cast_branches(expr: ir.ChoiceDraw | ir.If | ir.Match, target: t.DataType) -> ir.Expr:
    """A cast of tuples goes into the branches: there is no cast of a whole tuple."""
    match expr:
        case ir.ChoiceDraw(arms=arms):
            return replace(
                expr, type=target, arms=tuple(replace(a, value=cast(a.value, target)) for a in arms)
            )
        case ir.If(then=then, otherwise=otherwise):
            return replace(expr, type=target, then=cast(then, target), otherwise=cast(otherwise, target))
        case ir.Match(arms=match_arms, otherwise=rest):
            made = tuple(replace(a, value=cast(a.value, target)) for a in match_arms)
            return replace(expr, type=target, arms=made, otherwise=rest and cast(rest, target))


def retype_null(expr: ir.Expr, target: t.DataType) -> ir.Expr:
    """The null of a type (``expr`` has the type of a bare ``null``)."""
    return ir.Const(target, True, None)


def fold(value: ir.Physical | None, source: t.DataType, target: t.DataType) -> ir.Physical | None:
    """The constant ``value`` of type ``source`` as ``target``; None where it has no such value."""
    if value is None or source == target:
        return value
    match source, target:
        case t.Int() | t.Float() | t.Decimal(), t.Float():
            return float(exact_value(value, source))
        case t.Int() | t.Float() | t.Decimal(), t.Int():
            number = exact_value(value, source)
            whole = int(number.to_integral_value(ROUND_HALF_UP)) if number.is_finite() else None
            return whole if whole is not None and target.low <= whole <= target.high else None
        case t.Int() | t.Float() | t.Decimal(), t.Decimal():
            return unscaled(exact_value(value, source), target)
        case t.Date(), t.Timestamp():
            return int(value) * DAY
        case t.Timestamp(), t.Date():
            return int(value) // DAY
        case t.Enum(_, members), t.String():
            return members[int(value)]
        case t.String(), t.Enum(_, members):
            return members.index(str(value)) if value in members else None
        case t.String(), t.Json():
            try:
                json.loads(str(value))
            except (ValueError, RecursionError):
                return None
            return value
        case t.String(), t.Uuid():
            try:
                return uuid.UUID(str(value)).bytes
            except ValueError:
                return None
        case t.String(), t.Bytes():
            return str(value).encode()
        case t.String(), t.String():
            return value
        case _:
            return None


def exact_value(value: ir.Physical, dtype: t.DataType) -> Decimal:
    """The number that a physical value of a numeric type stands for (floats by their shortest text)."""
    if isinstance(dtype, t.Decimal):
        return Decimal(int(value)).scaleb(-dtype.scale)
    return Decimal(repr(float(value))) if isinstance(dtype, t.Float) else Decimal(int(value))


def unscaled(number: Decimal, target: t.Decimal) -> int | None:
    """The unscaled integer of ``number`` at the scale of ``target``, rounded half away from zero; None
    where its digits do not fit."""
    if not number.is_finite() or number.adjusted() > 40:
        return None
    with localcontext() as context:
        context.prec = 100
        whole = int(number.scaleb(target.scale).to_integral_value(ROUND_HALF_UP))
    return whole if abs(whole) < min(10**target.precision, 2**63) else None


def coerce(
    scope: Scope, expr: ir.Expr, target: t.DataType, span: Span, origin: Origin | None = None
) -> ir.Expr:
    """``expr`` as ``target``, with the cast that it takes; a diagnostic and poison where there is none."""
    source = expr.type
    if isinstance(source, t.Tuple) and isinstance(target, t.Tuple) and len(source.items) == len(target.items):
        pairs = zip(source.items, target.items, strict=True)
        target = t.Tuple(tuple(own if to == t.UNKNOWN else to for own, to in pairs))
    if t.UNKNOWN in (source, target) or same_kind(source, target):
        return expr
    if source == t.NULL:
        return retype_null(expr, target)
    if isinstance(expr, ir.Const) and expr.value is not None:
        return _coerce_constant(scope, expr, target, span, origin)
    if isinstance(source, t.List) and isinstance(target, t.List):
        if castable(source.item, target.item) and isinstance(expr, (ir.ListValue, ir.ListDraw)):
            return cast(expr, target)
    elif isinstance(source, t.Tuple) and isinstance(target, t.Tuple):
        if len(source.items) == len(target.items) and common_type(source, target) is not None:
            return cast(expr, target)
    elif castable(source, target):
        return cast(expr, target)
    elif isinstance(expr, ir.Call) and expr.function == "round" and isinstance(target, t.Int):
        return cast(cast(expr, t.FLOAT), target)
    return mismatch(scope, expr, target, span, origin)


def _coerce_constant(
    scope: Scope, expr: ir.Const, target: t.DataType, span: Span, origin: Origin | None
) -> ir.Expr:
    source, value = expr.type, expr.value
    if isinstance(source, t.String) and isinstance(target, t.Enum) and isinstance(value, str):
        if value not in target.members:
            scope.report(unknown_member(scope, value, target, span, as_string=True))
            return poison()
    elif not _literal_fits(source, target):
        return mismatch(scope, expr, target, span, origin)
    folded = fold(value, source, target)
    if folded is None:
        if t.is_numeric(target):
            scope.report(
                types.LiteralOutOfRange(
                    span=span, literal=show_value(value, source), type=str(target), limits=limits(target)
                )
            )
            return poison()
        return mismatch(scope, expr, target, span, origin)
    return converted(expr, target, folded)


def _literal_fits(source: t.DataType, target: t.DataType) -> bool:
    """Whether a literal of one type may stand for another: a text also for a uuid, bytes or json, but a
    number with a fraction not for a whole one."""
    if isinstance(source, t.String) and isinstance(target, (t.Uuid, t.Bytes, t.Json)):
        return True
    return castable(source, target) and not (isinstance(source, t.Float) and isinstance(target, t.Int))


def limits(dtype: t.DataType) -> str:
    """The values of a numeric type, for people."""
    match dtype:
        case t.Int():
            return f"{dtype.low} to {dtype.high}"
        case t.Decimal(precision, scale):
            digits = precision - scale
            fits = f"up to {digits} digit{'' if digits == 1 else 's'} before the point"
            return fits if precision <= 18 else f"{fits}, and at most 18 in all are sure to fit"
        case _:
            return ""


def unknown_member(
    scope: Scope, written: str, enum: t.Enum, span: Span, *, as_string: bool = False
) -> names.UnknownMember:
    """The diagnostic for a name that an enum does not have."""
    near = nearest(written, enum.members)
    fixed = "" if near is None else f'"{near}"' if as_string else names.quoted(near)
    return names.UnknownMember(
        span=span,
        written=written,
        near=near,
        known=enum.members,
        corrected=scope.program.line_with(span, fixed) if near else "",
        enum=enum.name,
        as_string=as_string,
    )


def mismatch(scope: Scope, expr: ir.Expr, target: t.DataType, span: Span, origin: Origin | None) -> ir.Expr:
    """Reports that ``expr`` is no ``target``, once for the same two types at one origin; poison."""
    if origin is not None:
        if (origin.span, str(expr.type)) in scope.program.mismatches:
            return poison()
        scope.program.mismatches.add((origin.span, str(expr.type)))
    if isinstance(expr, ir.SourceValue):  # at the type that was written for it
        remedy = f"take it as it is: {scope.program.line_with(span, str(expr.type))}"
    else:
        remedy = way_out(scope, expr.type, target, span) or _other_type(scope, expr.type, span, origin)
    scope.report(
        types.TypeMismatch(
            span=span,
            wanted=str(target),
            found=str(expr.type),
            origin=origin.span if origin else None,
            origin_text=origin.text if origin else "",
            subject=origin.subject if origin else "",
            remedy=remedy,
        )
    )
    return poison()


_PLAIN_NUMBER = re.compile(r"[0-9][0-9_]*(\.[0-9]+)?")
_SUBTRACTION = re.compile(r"(\S+)\s+-\s+(\S+)")
_SLASHES = re.compile(r"\b(\d{1,4})/(\d{1,2})/(\d{1,4})\b")
_QUOTED_RANGE = re.compile(r'"(\d[^"]*)"\s*\.\.\s*"(\d[^"]*)"')
_DAY_FIRST = re.compile(r"\b(\d{1,2})\s*-\s*(\d{1,2})\s*-\s*(\d{4})\b")


def way_out(scope: Scope, source: t.DataType, target: t.DataType, span: Span) -> str:
    """The help for a value of one type where another is wanted, with the user's own line."""
    written = scope.text(span)
    if not written or "\n" in written:
        return ""
    line = scope.program.line_with
    if isinstance(source, t.List) and same_kind(source.item, target) and written.startswith("["):
        return f"to draw one of them: {line(span, f'pick({written})')}"
    match source, target:
        case (
            (t.Int() | t.Float() | t.Decimal() | t.Date() | t.Timestamp() | t.Uuid() | t.Bool()),
            t.String(),
        ):
            text = f'"{written}"' if _PLAIN_NUMBER.fullmatch(written) else f'f"{{{written}}}"'
            return f"as text: {line(span, text)}"
        case t.Decimal() | t.Float(), t.Int() if not _PLAIN_NUMBER.fullmatch(written):
            return f"round it: {line(span, f'to_int({written})')}"
        case t.Int(), t.Bool() if written in ("0", "1"):
            return f"write {line(span, 'true' if written == '1' else 'false')}"
        case t.Timestamp(), t.Date():
            return f"take its day: {line(span, f'date({written})')}"
        case t.Timestamp(), t.Time():
            return f"take its time of day: {line(span, f'time({written})')}"
        case t.String(), (t.Int() | t.Float() | t.Decimal() | t.Date() | t.Timestamp() | t.Bool()):
            if ends := _QUOTED_RANGE.fullmatch(written):
                return f"without the quotes: {line(span, f'{ends[1]} .. {ends[2]}')}"
            inner = written[1:-1]
            plain = inner[:1].isdigit() or inner in ("true", "false")
            if written.startswith('"') and plain and all(c.isalnum() or c in "-.:_" for c in inner):
                return f"without the quotes: {line(span, inner)}"
            return ""
        case t.Int() | t.Float(), t.Duration():
            text = f"{written}d" if written.isdigit() else f"days({written})"
            return f"with a unit: {line(span, text)}"
        case t.Duration(), (t.Date() | t.Timestamp()) if ends := _SUBTRACTION.fullmatch(written):
            return f"a range is written with two dots: {line(span, f'{ends[1]} .. {ends[2]}')}"
        case ((t.Int() | t.Float()), (t.Date() | t.Timestamp())):
            turned = _SLASHES.sub(_year_first, written)
            if turned != written:
                return f"a date is written with hyphens, year first: {line(span, turned)}"
            turned = _DAY_FIRST.sub(lambda m: f"{m[3]}-{m[2]:0>2}-{m[1]:0>2}", written)
            return f"a date is written year first: {line(span, turned)}" if turned != written else ""
        case _:
            return ""


def _year_first(found: re.Match[str]) -> str:
    first, month, last = found[1], found[2], found[3]
    year, day = (first, last) if len(first) == 4 else (last, first)
    if len(year) != 4 or len(day) > 2:
        return found[0]
    if len(first) != 4 and int(month) > 12:
        month, day = day, month
    return f"{year}-{month:0>2}-{day:0>2}"


def _other_type(scope: Scope, source: t.DataType, span: Span, origin: Origin | None) -> str:
    """The help to change the written type to what the whole value is, or to move what was meant as bounds."""
    whole = scope.root is not None and scope.root.span == span
    match scope.root:
        case tree.Binary(op=tree.BinaryOp.IN, left=value, right=tree.Range() as bounds) if origin and whole:
            moved = f"{scope.text(origin.span)} in {scope.text(bounds)} = {scope.text(value)}"
            return f"bounds stand before the `=`: {scope.program.line_with(origin.span.to(span), moved)}"
    if origin is None or not origin.is_type or not whole or isinstance(source, (t.Tuple, t.Null)):
        return ""
    optional = "?" if scope.text(origin.span).endswith("?") else ""
    return f"change the type: {scope.program.line_with(origin.span, f'{source}{optional}')}"


def today(value: ir.Expr) -> ir.Expr:
    """``now`` where a date is wanted is its day."""
    if isinstance(value, ir.Const) and value.type == t.TIMESTAMP and isinstance(value.value, int):
        return converted(value, t.DATE, value.value // DAY)
    return value
