"""The two forms that a value has in the SQL of verification, and the way between them.

*Physical*: what lowered expressions compute with, so that SQL and numpy cannot differ by a rounding rule
or a time zone: integers BIGINT (uint64 UBIGINT), floats DOUBLE, decimals unscaled BIGINT, dates days and
times, timestamps and durations microseconds as BIGINT, strings, JSON and enum members VARCHAR, bytes BLOB,
uuids UUID, lists T[] and structs STRUCT of these.

*Natural*: what ``Function.sql`` takes and gives: the same but decimals DECIMAL, dates DATE, times TIME,
timestamps TIMESTAMP (in UTC). Durations stay BIGINT microseconds and enums VARCHAR.
"""

from __future__ import annotations

import uuid as uuids

from specdsl.datatypes import types as t
from specdsl.ir.expr import Physical

INT64_MAX = (1 << 63) - 1
DAY_US = 86_400_000_000


def quote_name(name: str) -> str:
    """An identifier as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def quote_text(text: str) -> str:
    """A string constant as SQL writes it; NUL, which SQL text cannot hold, by its code point."""
    if "\0" not in text:
        return "'" + text.replace("'", "''") + "'"
    return "(" + " || chr(0) || ".join(quote_text(part) for part in text.split("\0")) + ")"


def physical_type(dtype: t.DataType) -> str:
    """The DuckDB type of the physical form."""
    match dtype:
        case t.Bool():
            return "BOOLEAN"
        case t.Int(64, signed=False):
            return "UBIGINT"
        case t.Float():
            return "DOUBLE"
        case t.Int() | t.Decimal() | t.Date() | t.Time() | t.Timestamp() | t.Duration():
            return "BIGINT"
        case t.Bytes():
            return "BLOB"
        case t.Uuid():
            return "UUID"
        case t.List(item):
            return f"{physical_type(item)}[]"
        case t.Struct(fields):
            return f"STRUCT({', '.join(f'{quote_name(f.name)} {physical_type(f.type)}' for f in fields)})"
        case _:
            return "VARCHAR"


def constant(value: Physical | None, dtype: t.DataType) -> str:
    """A physical constant of ``dtype`` (see ``specdsl.datatypes.types``) in physical form."""
    if value is None:
        return f"CAST(NULL AS {physical_type(dtype)})"
    match dtype:
        case t.Bool():
            return "true" if value else "false"
        case t.Float():
            return _float(float(value))
        case t.Enum(_, members):
            return quote_text(members[int(value)])
        case t.Uuid():
            assert isinstance(value, bytes)
            return f"CAST('{uuids.UUID(bytes=value)}' AS UUID)"
        case t.Bytes():
            assert isinstance(value, bytes)
            return f"unhex('{value.hex()}')"
        case t.String() | t.Json():
            return quote_text(str(value))
        case _:
            number = int(value)
            return f"CAST({number} AS {physical_type(dtype)})"


def _float(value: float) -> str:
    return f"CAST('{value!r}' AS DOUBLE)"  # nan, inf and -inf are spelled alike in both


def to_natural(sql: str, dtype: t.DataType) -> str:
    """The natural form of a physical value."""
    match dtype:
        case t.Decimal(_, scale):
            return _decimal(sql, scale)
        case t.Date():
            return f"(DATE '1970-01-01' + CAST({sql} AS INTEGER))"
        case t.Time():
            return f"(TIME '00:00:00' + to_microseconds({sql}))"
        case t.Timestamp():
            return f"make_timestamp({sql})"
        case t.List(item) if _differs(item):
            return f"list_transform({sql}, lambda e: {to_natural('e', item)})"
        case t.Struct(fields) if any(_differs(f.type) for f in fields):
            inner = ", ".join(
                f"{quote_name(f.name)} := {to_natural(struct_field(sql, f.name), f.type)}" for f in fields
            )
            return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({inner}) END"
        case _:
            return sql


def to_physical(sql: str, dtype: t.DataType) -> str:
    """The physical form of a natural value. Out of range is an error."""
    match dtype:
        case t.Int(64, signed=False):
            return f"CAST({sql} AS UBIGINT)"
        case t.Int():
            return f"CAST({sql} AS BIGINT)"
        case t.Float():
            return f"CAST({sql} AS DOUBLE)"
        case t.Decimal(_, scale):
            return unscaled(f"CAST({sql} AS DECIMAL(38, {scale}))", 38, scale)
        case t.Date():
            return f"(CAST({sql} AS DATE) - DATE '1970-01-01')"
        case t.Time() | t.Timestamp():
            return f"epoch_us({sql})"
        case t.List(item) if _differs(item):
            return f"list_transform({sql}, lambda e: {to_physical('e', item)})"
        case t.Struct(fields) if any(_differs(f.type) for f in fields):
            inner = ", ".join(
                f"{quote_name(f.name)} := {to_physical(struct_field(sql, f.name), f.type)}" for f in fields
            )
            return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({inner}) END"
        case _:
            return sql


def struct_field(sql: str, name: str) -> str:
    """A field of a struct."""
    return f"struct_extract({sql}, {quote_text(name)})"


def without_spaces(sql: str, dtype: t.DataType, depth: int = 0) -> str:
    """A value whose JSON documents, at any depth, have no spaces between their parts: formats that hold the
    document, not its text, do not keep them. Text that is no JSON is as it is."""
    if not _holds_json(dtype):
        return sql
    match dtype:
        case t.List(item):
            element = f"json{depth}"
            return f"list_transform({sql}, lambda {element}: {without_spaces(element, item, depth + 1)})"
        case t.Struct(fields):
            parts = (
                f"{quote_name(f.name)} := {without_spaces(struct_field(sql, f.name), f.type, depth)}"
                for f in fields
            )
            return f"CASE WHEN {sql} IS NOT NULL THEN struct_pack({', '.join(parts)}) END"
        case _:
            return f"CASE WHEN json_valid({sql}) THEN CAST(json({sql}) AS VARCHAR) ELSE {sql} END"


def _holds_json(dtype: t.DataType) -> bool:
    match dtype:
        case t.List(item):
            return _holds_json(item)
        case t.Struct(fields):
            return any(_holds_json(f.type) for f in fields)
        case _:
            return isinstance(dtype, t.Json)


def unscaled(sql: str, precision: int, scale: int) -> str:
    """A DECIMAL(precision, scale) without its point, as BIGINT; out of range is an error.

    DuckDB multiplies decimals of up to 18 digits in 64 bits, however long the product: where that could
    overflow, a factor of 19 digits makes it use 128.
    """
    if scale == 0:
        return f"CAST({sql} AS BIGINT)"
    if precision + scale + 1 > 38:
        return f"CAST(replace(CAST({sql} AS VARCHAR), '.', '') AS BIGINT)"
    width = 19 if precision <= 18 < precision + scale else scale + 1
    return f"CAST({sql} * CAST({10**scale} AS DECIMAL({width}, 0)) AS BIGINT)"


def rescaled(sql: str, scale: int, new_scale: int) -> str:
    """An unscaled BIGINT at another scale, rounded half away from zero; overflow is an error."""
    if new_scale == scale:
        return sql
    if new_scale > scale:
        factor = 10 ** (new_scale - scale)
        if factor > INT64_MAX:  # only zero survives
            return f"CAST(CAST({sql} AS HUGEINT) * CAST({factor} AS HUGEINT) AS BIGINT)"
        return f"({sql} * CAST({factor} AS BIGINT))"
    drop = scale - new_scale
    return f"CAST({_decimal(sql, drop)} AS BIGINT)"  # DuckDB casts decimals half away from zero


def _decimal(sql: str, scale: int) -> str:
    """An unscaled BIGINT as DECIMAL(38, scale); exact for any 64-bit value and scale."""
    if scale == 0:
        return f"CAST({sql} AS DECIMAL(38, 0))"
    step = "0." + "0" * (scale - 1) + "1"
    return f"(CAST({sql} AS DECIMAL(38, 0)) * CAST('{step}' AS DECIMAL(38, {scale})))"


def _differs(dtype: t.DataType) -> bool:
    """Whether the natural form of a type is not its physical form."""
    match dtype:
        case t.Decimal() | t.Date() | t.Time() | t.Timestamp():
            return True
        case t.List(item):
            return _differs(item)
        case t.Struct(fields):
            return any(_differs(f.type) for f in fields)
        case _:
            return False
