"""Operators and casts over physical SQL values, each with the semantics that ``specdsl.ir.expr`` states.

Every function uses each operand once, so that nested expressions stay linear in size.
"""

from __future__ import annotations

from specdsl.datatypes import types as t
from specdsl.ir.expr import ArithmeticOp, CompareOp
from specdsl.verify.forms import DAY_US, physical_type, quote_text, rescaled, to_natural
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


def compare(op: CompareOp, left: str, right: str, dtype: t.DataType) -> str:
    """A comparison of two values of one type."""
    if isinstance(dtype, t.Enum) and op not in {CompareOp.EQUAL, CompareOp.NOT_EQUAL}:
        left, right = position(left, dtype), position(right, dtype)
    return f"({left} {_COMPARE[op]} {right})"


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
            return _integers(op, _signed(left, left_type), _signed(right, right_type), result)
        case (t.Decimal(_, a), t.Decimal(_, b)) if isinstance(result, t.Decimal):
            return _decimals(op, left, a, right, b, result)
        case (t.Int() | t.Float() | t.Decimal(), t.Int() | t.Float() | t.Decimal()):
            return _floats(op, as_float(left, left_type), as_float(right, right_type), result)
        case _:
            return _times(op, left, left_type, right, right_type, result)


def _signed(sql: str, dtype: t.DataType) -> str:
    return f"CAST({sql} AS BIGINT)" if physical_type(dtype) == "UBIGINT" else sql


def _integers(op: ArithmeticOp, left: str, right: str, result: t.DataType) -> str:
    match op:
        case ArithmeticOp.DIVIDE:
            return f"(CAST({left} AS DOUBLE) / NULLIF(CAST({right} AS DOUBLE), 0))"
        case ArithmeticOp.FLOOR_DIVIDE:
            return f"({left} // NULLIF({right}, 0))"
        case ArithmeticOp.MODULO:  # in 128 bits: the smallest integer modulo -1 is 0, not an overflow
            return f"CAST(CAST({left} AS HUGEINT) % NULLIF({right}, 0) AS BIGINT)"
        case _:
            sql = f"({left} {op.value} {right})"
            return f"CAST({sql} AS UBIGINT)" if physical_type(result) == "UBIGINT" else sql


def _decimals(op: ArithmeticOp, left: str, a: int, right: str, b: int, result: t.Decimal) -> str:
    match op:
        case ArithmeticOp.MULTIPLY:
            return rescaled(f"({left} * {right})", a + b, result.scale)
        case ArithmeticOp.ADD | ArithmeticOp.SUBTRACT:
            scale = max(a, b)
            return rescaled(
                f"({rescaled(left, a, scale)} {op.value} {rescaled(right, b, scale)})", scale, result.scale
            )
        case ArithmeticOp.MODULO:
            scale = max(a, b)
            wide = f"CAST({rescaled(left, a, scale)} AS HUGEINT) % NULLIF({rescaled(right, b, scale)}, 0)"
            return rescaled(f"CAST({wide} AS BIGINT)", scale, result.scale)
        case ArithmeticOp.FLOOR_DIVIDE:
            scale = max(a, b)
            whole = f"({rescaled(left, a, scale)} // NULLIF({rescaled(right, b, scale)}, 0))"
            return rescaled(whole, 0, result.scale)
        case _:
            raise CannotLowerError(f"`{op.value}` of decimals as a decimal has no SQL form")


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
    return sql if isinstance(result, t.Float) else cast(sql, t.FLOAT, result)


def _times(
    op: ArithmeticOp, left: str, left_type: t.DataType, right: str, right_type: t.DataType, result: t.DataType
) -> str:
    sign = op.value
    match left_type, right_type:
        case (t.Date(), t.Date()):
            return f"(({left} - {right}) * CAST({DAY_US} AS BIGINT))"
        case (t.Date(), t.Duration()):
            sum_ = f"({left} * CAST({DAY_US} AS BIGINT) {sign} {right})"
            return sum_ if isinstance(result, t.Timestamp) else _days(sum_)
        case (t.Duration(), t.Date()):
            sum_ = f"({left} + {right} * CAST({DAY_US} AS BIGINT))"
            return sum_ if isinstance(result, t.Timestamp) else _days(sum_)
        case (t.Time(), t.Duration()) | (t.Duration(), t.Time()):
            return f"((({left} {sign} {right}) % {DAY_US} + {DAY_US}) % {DAY_US})"
        case (t.Duration(), t.Duration()) if op is ArithmeticOp.DIVIDE:
            return _floats(op, f"CAST({left} AS DOUBLE)", f"CAST({right} AS DOUBLE)", t.FLOAT)
        case (t.Duration(), t.Duration()) if op in {ArithmeticOp.FLOOR_DIVIDE, ArithmeticOp.MODULO}:
            return _integers(op, left, right, result)
        case (t.Duration(), t.Int()) | (t.Int(), t.Duration()) if op is ArithmeticOp.MULTIPLY:
            return f"({left} * {right})"
        case (t.Duration(), t.Int()) if op is ArithmeticOp.FLOOR_DIVIDE:
            return _integers(op, left, right, result)
        case (t.Duration(), _) | (_, t.Duration()) if t.is_numeric(left_type) or t.is_numeric(right_type):
            quotient = _floats(op, as_float(left, left_type), as_float(right, right_type), t.FLOAT)
            return f"CAST(round({quotient}) AS BIGINT)"
        case _ if op in {ArithmeticOp.ADD, ArithmeticOp.SUBTRACT}:
            return f"({left} {sign} {right})"
        case _:
            raise CannotLowerError(f"{left_type} {sign} {right_type} has no SQL form")


def _days(micros: str) -> str:
    """Whole days, towards the past."""
    return f"CAST(floor(CAST({micros} AS HUGEINT) / {DAY_US}) AS BIGINT)"


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
            scaled = rescaled(sql, s1, s2)
            return scaled if p2 >= min(p1 + (s2 - s1) + 1, 19) else _bounded(scaled, p2)
        case (t.Int(), t.Decimal(precision, scale)):
            scaled = rescaled(_signed(sql, source), 0, scale)
            return scaled if precision >= 19 else _bounded(scaled, precision)
        case (t.Float(), t.Decimal(precision, scale)):
            unscaled = f"CAST(round({sql} * CAST('1e{scale}' AS DOUBLE)) AS BIGINT)"
            return unscaled if precision >= 19 else _bounded(unscaled, precision)
        case (t.Decimal(_, scale), t.Int()):
            return _narrow(rescaled(sql, scale, 0), target)
        case (t.Float(), t.Int()):
            return _narrow(f"round({sql})", target)
        case (t.Int() | t.Decimal() | t.Float(), t.Float(bits)):
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
        case (t.String(), t.Enum(name, members)):
            known = f"list_position([{', '.join(map(quote_text, members))}], {sql})"
            listed = ", ".join(map(quote_text, members))
            return (
                f"CASE WHEN {known} > 0 THEN {sql} WHEN {sql} IS NOT NULL "
                f"THEN error({quote_text(f'not a member of {name}: one of {listed}')}) END"
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
    return f"CAST(CAST({unscaled} AS DECIMAL({precision}, 0)) AS BIGINT)"


def _narrow(sql: str, target: t.Int) -> str:
    """An integer (or integral float) within the bits of ``target``; else an error."""
    stored = {8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}[target.bits]
    name = stored if target.signed else f"U{stored}"
    inner = f"CAST({sql} AS {name})"
    return inner if name in {"BIGINT", "UBIGINT"} else f"CAST({inner} AS BIGINT)"
