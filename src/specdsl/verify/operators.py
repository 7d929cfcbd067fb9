"""Operators and casts over physical SQL values, each with the semantics that ``specdsl.ir.expr`` states.

Every function uses each operand once, so that nested expressions stay linear in size.
"""

from __future__ import annotations

from specdsl.datatypes import types as t
from specdsl.ir.expr import ArithmeticOp, CompareOp
from specdsl.verify.forms import DAY_US, constant, physical_type, quote_text, rescaled, to_natural
from specdsl.verify.lowered import CannotLowerError
from specdsl.verify.text import plain_text

_COMPARE = {
    CompareOp.EQUAL: "=",
    CompareOp.NOT_EQUAL: "<>",
    CompareOp.LESS: "<",
    CompareOp.LESS_EQUAL: "<=",
    CompareOp.GREATER: ">",
    CompareOp.GREATER_EQUAL: ">=",
}


def position(sql: str, enum: t.Enum) -> str:
    """The position of an enum's member, for ordering."""
    return f"list_position([{', '.join(map(quote_text, enum.members))}], {sql})"


def compare(op: CompareOp, left: str, left_type: t.DataType, right: str, right_type: t.DataType) -> str:
    """A comparison of two values of one type (numbers without a float: of any scales)."""
    if isinstance(left_type, t.Enum) and op not in {CompareOp.EQUAL, CompareOp.NOT_EQUAL}:
        left, right = position(left, left_type), position(right, left_type)
    elif _scale(left_type) != _scale(right_type):
        scale = max(_scale(left_type), _scale(right_type))
        left, right = _wide(left, left_type, scale), _wide(right, right_type, scale)
    return f"({left} {_COMPARE[op]} {right})"


def _scale(dtype: t.DataType) -> int:
    return dtype.scale if isinstance(dtype, t.Decimal) else 0


def _wide(sql: str, dtype: t.DataType, scale: int) -> str:
    """An unscaled number at a larger scale, in 128 bits."""
    up = scale - _scale(dtype)
    if up > 19:
        raise CannotLowerError("numbers of so different scales have no comparison in SQL")
    return f"(CAST({sql} AS HUGEINT) * CAST({10**up} AS HUGEINT))"


def membership(sql: str, dtype: t.DataType, items: list[tuple[str, t.DataType]]) -> str:
    """Whether a value is one of ``items``."""
    if all(_scale(d) == _scale(dtype) for _, d in items):
        return f"({sql} IN ({', '.join(item for item, _ in items)}))"
    return f"({' OR '.join(compare(CompareOp.EQUAL, sql, dtype, item, d) for item, d in items)})"


def negate(sql: str, dtype: t.DataType) -> str:
    """Unary minus. From zero, since DuckDB's own negation widens the smallest integer instead of failing."""
    if isinstance(dtype, t.Float):
        return f"(-{sql})"
    return f"(CAST(0 AS BIGINT) - {sql})"


def arithmetic(
    op: ArithmeticOp, left: str, left_type: t.DataType, right: str, right_type: t.DataType, result: t.DataType
) -> str:
    """``left op right`` for each pair of types that the checker lets through."""
    match left_type, right_type:
        case (t.Int(), t.Int()):
            return _integers(op, left, left_type, right, right_type)
        case (t.Decimal() | t.Int(), t.Decimal() | t.Int()) if op is not ArithmeticOp.DIVIDE:
            return _decimals(op, left, _scale(left_type), right, _scale(right_type), _scale(result))
        case (t.Int() | t.Float() | t.Decimal(), t.Int() | t.Float() | t.Decimal()):
            return _floats(op, as_float(left, left_type), as_float(right, right_type), result)
        case _:
            return _times(op, left, left_type, right, right_type, result)


def _integers(op: ArithmeticOp, left: str, left_type: t.DataType, right: str, right_type: t.DataType) -> str:
    wide = physical_type(left_type)
    if physical_type(right_type) != wide:
        left, right, wide = f"CAST({left} AS BIGINT)", f"CAST({right} AS BIGINT)", "BIGINT"
    match op:
        case ArithmeticOp.DIVIDE:
            return f"(CAST({left} AS DOUBLE) / NULLIF(CAST({right} AS DOUBLE), 0))"
        case ArithmeticOp.FLOOR_DIVIDE:
            return f"({left} // NULLIF({right}, 0))"
        case ArithmeticOp.MODULO:  # in 128 bits: the smallest integer modulo -1 is 0, not an overflow
            return f"CAST(CAST({left} AS HUGEINT) % NULLIF({right}, 0) AS {wide})"
        case _:
            return f"({left} {op.value} {right})"


def _decimals(op: ArithmeticOp, left: str, a: int, right: str, b: int, result: int) -> str:
    if op is ArithmeticOp.MULTIPLY:
        return rescaled(f"({left} * {right})", a + b, result)
    scale = max(a, b)
    left, right = rescaled(left, a, scale), rescaled(right, b, scale)
    out = _integers(op, left, t.INT, right, t.INT)
    return rescaled(out, 0 if op is ArithmeticOp.FLOOR_DIVIDE else scale, result)


def _floats(op: ArithmeticOp, left: str, right: str, result: t.DataType) -> str:
    match op:
        case ArithmeticOp.DIVIDE:
            sql = f"({left} / NULLIF({right}, 0))"
        case ArithmeticOp.FLOOR_DIVIDE:
            sql = f"trunc({left} / NULLIF({right}, 0))"
        case ArithmeticOp.MODULO:
            sql = f"({left} % NULLIF({right}, 0))"
        case _:
            sql = f"({left} {op.value} {right})"
    return cast(sql, t.FLOAT, result)


_LENGTHS = {ArithmeticOp.MULTIPLY, ArithmeticOp.DIVIDE}


def _times(
    op: ArithmeticOp, left: str, left_type: t.DataType, right: str, right_type: t.DataType, result: t.DataType
) -> str:
    match left_type, right_type:
        case (t.Time(), t.Duration()) | (t.Duration(), t.Time()):
            day = f"CAST({DAY_US} AS BIGINT)"
            return f"((({left} % {day}) {op.value} ({right} % {day})) % {day} + {day}) % {day}"
        case (t.Timestamp() | t.Date(), t.Timestamp() | t.Date()):
            return f"({_micros(left, left_type)} - {_micros(right, right_type)})"
        case (t.Timestamp() | t.Date(), t.Duration()) | (t.Duration(), t.Timestamp() | t.Date()):
            moved = f"({_micros(left, left_type)} {op.value} {_micros(right, right_type)})"
            return _instant(moved, result)
        case (t.Duration(), t.Duration()) if op is ArithmeticOp.DIVIDE:
            return _floats(op, f"CAST({left} AS DOUBLE)", f"CAST({right} AS DOUBLE)", t.FLOAT)
        case (t.Duration(), t.Duration() | t.Int()) | (t.Int(), t.Duration()) | (t.Time(), t.Time()) if (
            op is not ArithmeticOp.DIVIDE
        ):
            return _integers(op, left, t.INT, right, t.INT)
        case (t.Duration(), _) | (_, t.Duration()) if op in _LENGTHS:
            length = _floats(op, as_float(left, left_type), as_float(right, right_type), t.FLOAT)
            return f"CAST(round({length}) AS BIGINT)"
        case _:
            raise CannotLowerError(f"{left_type} {op.value} {right_type} has no SQL form")


def _failure(words: str) -> str:
    """A BIGINT that fails. By a cast: DuckDB's ``error`` counts as volatile, which ``TRY`` does not take."""
    return f"CAST({quote_text(words)} AS BIGINT)"


def _micros(sql: str, dtype: t.DataType) -> str:
    return f"({sql} * CAST({DAY_US} AS BIGINT))" if isinstance(dtype, t.Date) else sql


_FIRST_INSTANT = -719_162 * DAY_US
_LAST_INSTANT = 2_932_897 * DAY_US - 1


def _instant(micros: str, result: t.DataType) -> str:
    """Microseconds within the years 1 to 9999, as a timestamp or, cut to the day, as a date."""
    low, high = constant(_FIRST_INSTANT, t.TIMESTAMP), constant(_LAST_INSTANT, t.TIMESTAMP)
    inside = (
        f"CASE WHEN {micros} NOT BETWEEN {low} AND {high} "
        f"THEN {_failure('an instant outside of the years 1 to 9999')} ELSE {micros} END"
    )
    return to_days(f"({inside})") if isinstance(result, t.Date) else inside


def as_float(sql: str, dtype: t.DataType) -> str:
    """A number (or duration) as DOUBLE."""
    match dtype:
        case t.Float():
            return sql
        case t.Decimal(_, scale) if scale:
            return f"(CAST({sql} AS DOUBLE) / CAST('1e{scale}' AS DOUBLE))"
        case _:
            return f"CAST({sql} AS DOUBLE)"


def cast(sql: str, source: t.DataType, target: t.DataType) -> str:
    """``ir.Cast``: see its docstring for the pairs."""
    match source, target:
        case _ if source == target:
            return sql
        case (t.Null(), _):
            return f"CAST({sql} AS {physical_type(target)})"
        case (t.Decimal(p1, s1), t.Decimal(p2, s2)):
            return rescaled(sql, s1, s2) if s1 == s2 and p1 <= p2 else _bounded(rescaled(sql, s1, s2), p2)
        case (t.Int(), t.Decimal(precision, scale)):
            return _bounded(rescaled(f"CAST({sql} AS BIGINT)", 0, scale), precision)
        case (t.Float(), t.Decimal(precision, scale)):
            return _bounded(f"CAST(round({sql} * CAST('1e{scale}' AS DOUBLE)) AS BIGINT)", precision)
        case (t.Decimal(_, scale), t.Int()):
            return _narrow(rescaled(sql, scale, 0), target)
        case (t.Float(), t.Int()):
            return _narrow(f"round({sql})", target)
        case (t.Int() | t.Decimal() | t.Float() | t.Bool(), t.Float(bits)):
            wide = as_float(sql, source)
            return wide if bits == 64 else f"CAST(CAST({wide} AS FLOAT) AS DOUBLE)"
        case (t.Int(), t.Int()):
            return _narrow(sql, target)
        case (t.Bool(), t.Int()):
            return f"CAST({sql} AS BIGINT)"
        case (t.Date(), t.Timestamp()):
            return f"({sql} * CAST({DAY_US} AS BIGINT))"
        case (t.Timestamp(), t.Date()):
            return to_days(sql)
        case (t.Timestamp(), t.Time()):
            return f"epoch_us(CAST({to_natural(sql, t.TIMESTAMP)} AS TIME))"
        case (t.Int() | t.Float(), t.Duration()):
            return f"CAST(round({as_float(sql, source)}) AS BIGINT)"
        case (t.Enum(), t.Enum()):
            return cast(sql, t.STRING, target)
        case (t.String(), t.Enum(name, members)):
            known = f"list_position([{', '.join(map(quote_text, members))}], {sql})"
            listed = ", ".join(map(quote_text, members))
            return (
                f"CASE WHEN {known} > 0 THEN {sql} WHEN {sql} IS NOT NULL "
                f"THEN CAST({_failure(f'not a member of {name}: one of {listed}')} AS VARCHAR) END"
            )
        case (t.String() | t.Enum() | t.Json(), t.String() | t.Json()):
            return sql
        case (_, t.String()):
            return plain_text(sql, source)
        case (t.List(item), t.List(new_item)):
            return f"list_transform({sql}, lambda e: {cast('e', item, new_item)})"
        case _ if physical_type(source) == physical_type(target):
            return sql
        case _:
            raise CannotLowerError(f"a cast from {source} to {target} has no SQL form")


def to_days(micros: str) -> str:
    """The day of a timestamp."""
    return f"(CAST({to_natural(micros, t.TIMESTAMP)} AS DATE) - DATE '1970-01-01')"


def _bounded(unscaled: str, precision: int) -> str:
    """Fails where an unscaled value has more than ``precision`` digits (the cast to DECIMAL does)."""
    if precision >= 19:
        return unscaled
    return f"CAST(CAST({unscaled} AS DECIMAL({precision}, 0)) AS BIGINT)"


def _narrow(sql: str, target: t.Int) -> str:
    """An integer (or integral float) within the bits of ``target``; else an error."""
    stored = {8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}[target.bits]
    name = stored if target.signed else f"U{stored}"
    inner = f"CAST({sql} AS {name})"
    return inner if name in {"BIGINT", "UBIGINT"} else f"CAST({inner} AS BIGINT)"
