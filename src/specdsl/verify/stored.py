"""From values as files hold them to physical form: columns of DuckDB types, texts, JSON.

Each conversion comes with a predicate for the values that cannot be read as the declared type, so that one
bad value is a finding and not the end of the run; such a value counts as null for all other rules.
"""

from __future__ import annotations

from dataclasses import dataclass
from typing import Any

from specdsl.datatypes import types as t
from specdsl.verify.forms import quote_name, quote_text, struct_field, unscaled

_INTEGERS = {
    "TINYINT": 8,
    "SMALLINT": 16,
    "INTEGER": 32,
    "BIGINT": 64,
    "UTINYINT": 9,
    "USMALLINT": 17,
    "UINTEGER": 33,
    "UBIGINT": 65,
    "HUGEINT": 128,
    "UHUGEINT": 129,
}
"""DuckDB's integer types and the signed bits that hold all their values."""

_JSON_INTEGERS = "('BIGINT', 'UBIGINT', 'HUGEINT')"
_JSON_NUMBERS = "('BIGINT', 'UBIGINT', 'HUGEINT', 'DOUBLE')"


@dataclass(frozen=True, slots=True)
class Conversion:
    """``sql`` is the value in physical form (null where unreadable), ``bad`` a predicate that is true
    where the file's value cannot be read (None: there are no such values)."""

    sql: str
    bad: str | None = None


def _tried(raw: str, sql: str) -> Conversion:
    return Conversion(sql, f"({raw} IS NOT NULL AND {sql} IS NULL)")


def from_column(raw: str, stored: Any, dtype: t.DataType, depth: int = 0) -> Conversion | None:
    """A value of DuckDB type ``stored`` (a DuckDBPyType); None when that type cannot hold ``dtype``."""
    name = str(stored).upper()
    match dtype:
        case t.Bool() if name == "BOOLEAN":
            return Conversion(raw)
        case t.Int() if name in _INTEGERS:
            return _integer(raw, name, dtype)
        case t.Float() if name in {"DOUBLE", "FLOAT"}:
            return Conversion(f"CAST({raw} AS DOUBLE)")
        case t.Decimal(precision, scale) if name in _INTEGERS or stored.id == "decimal":
            return _decimal(raw, stored, precision, scale)
        case t.String() if name in {"VARCHAR", "JSON"} or stored.id == "enum":
            return Conversion(f"CAST({raw} AS VARCHAR)")
        case t.Enum() if name == "VARCHAR" or stored.id == "enum":
            return Conversion(f"CAST({raw} AS VARCHAR)")
        case t.Json() if name in {"VARCHAR", "JSON"}:
            return Conversion(f"CAST({raw} AS VARCHAR)", f"NOT json_valid({raw})")
        case t.Bytes() if name == "BLOB":
            return Conversion(raw)
        case t.Date() if name == "DATE":
            return Conversion(f"({raw} - DATE '1970-01-01')")
        case t.Time() if name in {"TIME", "TIME_NS"}:
            return Conversion(f"epoch_us(CAST({raw} AS TIME))")
        case t.Timestamp() if name.startswith("TIMESTAMP"):
            return Conversion(f"epoch_us({raw})")
        case t.Duration() if name == "INTERVAL":
            return Conversion(f"epoch_us({raw})")
        case t.Duration() if name == "BIGINT":
            return Conversion(raw)
        case t.Uuid() if name == "UUID":
            return Conversion(raw)
        case t.Uuid() if name == "VARCHAR":
            return _tried(raw, f"TRY_CAST({raw} AS UUID)")
        case t.List(item) if stored.id in {"list", "array"}:
            inner = from_column(f"e{depth}", dict(stored.children)["child"], item, depth + 1)
            return None if inner is None else _list(raw, inner, depth)
        case t.Struct(fields) if stored.id == "struct":
            return _struct(raw, stored, fields, depth)
        case _:
            return None


def _integer(raw: str, stored: str, dtype: t.Int) -> Conversion:
    wide = "UBIGINT" if dtype.bits == 64 and not dtype.signed else "BIGINT"
    bits = dtype.bits if dtype.signed else dtype.bits + 1
    unsigned = stored.startswith("U")
    if _INTEGERS[stored] <= bits and (dtype.signed or unsigned):
        return Conversion(f"CAST({raw} AS {wide})")
    return Conversion(f"TRY_CAST({raw} AS {wide})", f"({raw} NOT BETWEEN {dtype.low} AND {dtype.high})")


def _decimal(raw: str, stored: Any, precision: int, scale: int) -> Conversion:
    if stored.id != "decimal":
        return Conversion(
            f"TRY(CAST({raw} AS BIGINT) * CAST({10**scale} AS BIGINT))",
            f"({raw} NOT BETWEEN {-(10 ** (precision - scale))} AND {10 ** (precision - scale)})",
        )
    held = dict(stored.children)
    stored_precision, stored_scale = int(held["precision"]), int(held["scale"])
    if stored_scale <= scale and stored_precision - stored_scale <= precision - scale:
        exact = raw if stored_scale == scale else f"CAST({raw} AS DECIMAL({precision}, {scale}))"
        return Conversion(unscaled(exact, stored_precision if stored_scale == scale else precision, scale))
    narrow = f"TRY_CAST({raw} AS DECIMAL({precision}, {scale}))"
    return Conversion(
        unscaled(narrow, precision, scale), f"({raw} IS NOT NULL AND {narrow} IS DISTINCT FROM {raw})"
    )


def _list(raw: str, inner: Conversion, depth: int) -> Conversion:
    element = f"e{depth}"
    sql = raw if inner.sql == element else f"list_transform({raw}, lambda {element}: {inner.sql})"
    if inner.bad is None:
        return Conversion(sql)
    return Conversion(sql, f"(len(list_filter({raw}, lambda {element}: {inner.bad})) > 0)")


def _struct(raw: str, stored: Any, fields: tuple[t.Field, ...], depth: int) -> Conversion | None:
    held = dict(stored.children)
    parts, bad = [], []
    for field in fields:
        if field.name not in held:
            return None
        inner = from_column(struct_field(raw, field.name), held[field.name], field.type, depth)
        if inner is None:
            return None
        parts.append(f"{quote_name(field.name)} := {inner.sql}")
        bad += [inner.bad] if inner.bad is not None else []
    return Conversion(_packed(raw, parts), _any(bad))


def _packed(raw: str, parts: list[str]) -> str:
    return f"CASE WHEN {raw} IS NOT NULL THEN struct_pack({', '.join(parts)}) END"


def _any(bad: list[str]) -> str | None:
    return f"({' OR '.join(bad)})" if bad else None


def from_text(raw: str, dtype: t.DataType) -> Conversion:
    """A value written as text (see ``specdsl.sinks.csv``)."""
    match dtype:
        case t.Bool():
            return _tried(raw, f"TRY_CAST({raw} AS BOOLEAN)")
        case t.Int():
            return _tried(raw, _whole(raw, dtype))
        case t.Float():
            return _tried(raw, f"TRY_CAST({raw} AS DOUBLE)")
        case t.Decimal(precision, scale):
            pattern = quote_text(rf"[+-]?[0-9]*\.?[0-9]{{0,{scale}}}0*")
            number = f"TRY_CAST({raw} AS DECIMAL({precision}, {scale}))"
            exact = f"CASE WHEN regexp_full_match({raw}, {pattern}) THEN {number} END"
            return _tried(raw, f"TRY({unscaled(exact, precision, scale)})")
        case t.Json():
            return Conversion(raw, f"NOT json_valid({raw})")
        case t.Bytes():
            return _tried(raw, f"TRY(from_base64({raw}))")
        case t.Date():
            return _tried(raw, f"(TRY_CAST({raw} AS DATE) - DATE '1970-01-01')")
        case t.Time():
            return _tried(raw, f"epoch_us(TRY_CAST({raw} AS TIME))")
        case t.Timestamp():
            return _tried(raw, f"epoch_us(TRY_CAST({raw} AS TIMESTAMP WITH TIME ZONE))")
        case t.Duration():
            seconds = f"TRY_CAST(regexp_extract({raw}, '^-?PT([0-9.]+)S$', 1) AS DECIMAL(20, 6))"
            sign = f"CASE WHEN starts_with({raw}, '-') THEN -1 ELSE 1 END"
            return _tried(raw, f"({sign} * {unscaled(seconds, 20, 6)})")
        case t.Uuid():
            return _tried(raw, f"TRY_CAST({raw} AS UUID)")
        case t.List() | t.Struct():
            line = with_long_numbers(raw) if has_long_numbers(dtype) else raw
            inner = from_json(f"TRY_CAST({line} AS JSON)", dtype)
            unreadable = f"({raw} IS NOT NULL AND NOT json_valid({raw}))"
            return Conversion(inner.sql, _any([unreadable, *([inner.bad] if inner.bad else [])]))
        case _:
            return Conversion(raw)


def _whole(raw: str, dtype: t.Int) -> str:
    names = {8: "TINYINT", 16: "SMALLINT", 32: "INTEGER", 64: "BIGINT"}
    stored = names[dtype.bits] if dtype.signed else f"U{names[dtype.bits]}"
    wide = "UBIGINT" if stored == "UBIGINT" else "BIGINT"
    # DuckDB would round 1.5 to 2.
    return f"CASE WHEN NOT contains({raw}, '.') THEN CAST(TRY_CAST({raw} AS {stored}) AS {wide}) END"


# Strings and what else comes before a number, then the number; at the end of the line an empty one.
_LONG_NUMBER = r'((?:"(?:[^"\\]|\\.)*"|[^"])*?)(-?[0-9][0-9.eE+-]{15,}|$)'


def has_long_numbers(dtype: t.DataType) -> bool:
    """Whether a value has decimals of more digits than a double tells apart."""
    match dtype:
        case t.Decimal(precision):
            return precision > 15
        case t.List(item):
            return has_long_numbers(item)
        case t.Struct(fields):
            return any(has_long_numbers(f.type) for f in fields)
        case _:
            return False


def with_long_numbers(line: str) -> str:
    """A line of JSON, text for text, with its numbers of 16 characters and more as strings that begin with
    "#": DuckDB reads JSON numbers with a point as doubles."""
    marked = f"regexp_replace({line}, {quote_text(_LONG_NUMBER)}, '\\1\"#\\2\"', 'g')"
    return (
        f"CASE WHEN regexp_matches({line}, '[0-9][0-9.eE+-]{{15}}') THEN left({marked}, -3) ELSE {line} END"
    )


def from_json(raw: str, dtype: t.DataType, depth: int = 0, *, document: bool = False) -> Conversion:
    """A value of DuckDB type JSON (see ``specdsl.sinks.jsonl``), if it ``has_long_numbers`` from a line
    made by ``with_long_numbers``. ``document``: null is a value of type json, and not its absence."""
    if isinstance(dtype, t.Json):
        text = f"CAST({raw} AS VARCHAR)"
        return Conversion(text if document else f"nullif({text}, 'null')")
    if has_long_numbers(dtype):
        return _from_json(raw, dtype, depth, True)
    return _from_json(raw, dtype, depth, False)


def _long_or(text: str, dtype: t.DataType, short: Conversion) -> Conversion:
    """A number that may be a string that begins with "#"."""
    long = from_text(f"substr({text}, 2)", dtype)
    is_long = f"CASE WHEN starts_with({text}, '#') THEN"
    return Conversion(
        f"{is_long} {long.sql} ELSE {short.sql} END", f"{is_long} {long.bad} ELSE {short.bad} END"
    )


def _from_json(raw: str, dtype: t.DataType, depth: int, long: bool) -> Conversion:
    text = f"({raw} ->> '$')"
    if long and isinstance(dtype, (t.Int, t.Float, t.Decimal)):
        return _long_or(text, dtype, _from_json(raw, dtype, depth, False))
    match dtype:
        case t.Json():  # of a list, which has no nulls
            return Conversion(f"coalesce(CAST({raw} AS VARCHAR), 'null')")
        case t.List(item):
            inner = _from_json(f"e{depth}", item, depth + 1, long)
            items = f"CASE WHEN json_type({raw}) = 'ARRAY' THEN CAST({raw} AS JSON[]) END"
            listed = _list(items, inner, depth)
            return Conversion(
                listed.sql, _any([_not_json(raw, "('ARRAY')"), *([listed.bad] if listed.bad else [])])
            )
        case t.Struct(fields):
            parts, bad = [], [_not_json(raw, "('OBJECT')")]
            for field in fields:
                member = f"json_extract({raw}, {quote_text(_json_path(field.name))})"
                document = not field.nullable or field.absent
                if isinstance(field.type, t.Json):
                    inner = from_json(member, field.type, document=document)
                else:
                    inner = _from_json(member, field.type, depth, long)
                    if field.absent:
                        bad.append(f"(json_type({member}) IS NOT DISTINCT FROM 'NULL')")
                parts.append(f"{quote_name(field.name)} := {inner.sql}")
                bad += [inner.bad] if inner.bad is not None else []
            return Conversion(_packed(f"{text}", parts), _any(bad))
        case t.Int():
            inner = from_text(text, dtype)
            return Conversion(inner.sql, _any([_not_json(raw, _JSON_INTEGERS), inner.bad or "false"]))
        case t.Float():
            inner = from_text(text, dtype)
            return Conversion(inner.sql, _not_json(raw, _JSON_NUMBERS))
        case t.Decimal(precision, scale):
            return _json_number(raw, text, precision, scale)
        case t.Bool():
            return Conversion(f"TRY_CAST({text} AS BOOLEAN)", _not_json(raw, "('BOOLEAN')"))
        case _:
            inner = from_text(text, dtype)
            return Conversion(
                inner.sql, _any([_not_json(raw, "('VARCHAR')"), *([inner.bad] if inner.bad else [])])
            )


def _not_json(raw: str, kinds: str) -> str:
    return f"(json_type({raw}) NOT IN {kinds[:-1]}, 'NULL'))"


def _json_path(name: str) -> str:
    return '$."' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'


def _json_number(raw: str, text: str, precision: int, scale: int) -> Conversion:
    """A decimal from a JSON number. DuckDB's JSON keeps 17 digits, so that what is left after rounding to
    the scale is an error of the double, up to a few units in its last place."""
    scaled = f"(TRY_CAST({text} AS DOUBLE) * CAST('1e{scale}' AS DOUBLE))"
    whole = f"TRY(CAST(round({scaled}) AS BIGINT))"
    off = f"(abs({scaled} - {whole}) > 1e-6 + abs({scaled}) * 1e-15)"
    large = f"(abs({scaled}) >= CAST('1e{precision}' AS DOUBLE))"
    return Conversion(
        whole, _any([_not_json(raw, _JSON_NUMBERS), off, large, f"({text} IS NOT NULL AND {whole} IS NULL)"])
    )
