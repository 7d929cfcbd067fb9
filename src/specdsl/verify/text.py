"""Values as text, as f-strings and casts to string print them (see ``generate.expressions.plain`` and
``datatypes.format_spec``)."""

from __future__ import annotations

from specdsl.datatypes import types as t
from specdsl.datatypes.format_spec import FormatSpec, parse_spec, split_directives
from specdsl.verify.forms import DAY_US, quote_text, rescaled, to_natural
from specdsl.verify.lowered import CannotLowerError

_CLOCK = "%H:%M:%S"


def plain_text(sql: str, dtype: t.DataType) -> str:
    """The plain text form of a physical value."""
    match dtype:
        case t.String() | t.Json() | t.Enum():
            return sql
        case t.Bool() | t.Int() | t.Uuid() | t.Float(64):
            return f"CAST({sql} AS VARCHAR)"
        case t.Decimal(_, scale) if scale < 38:
            return f"CAST({to_natural(sql, dtype)} AS VARCHAR)"
        case t.Date():
            return f"CAST({to_natural(sql, dtype)} AS VARCHAR)"
        case t.Time():
            return _clock(sql, _CLOCK, "")
        case t.Timestamp():
            return _clock(sql, f"%Y-%m-%dT{_CLOCK}", "Z")
        case t.Duration():
            return _duration(sql)
        case t.Bytes():
            return f"lower(hex({sql}))"
        case _:
            raise CannotLowerError(f"{dtype} as text has no SQL form")


def _clock(micros: str, pattern: str, end: str) -> str:
    """Six digits of a fraction where it is not zero."""
    at = f"make_timestamp({micros})"
    return (
        f"CASE WHEN {micros} % 1000000 = 0 THEN strftime({at}, '{pattern}{end}') "
        f"ELSE strftime({at}, '{pattern}.%f{end}') END"
    )


def _duration(sql: str) -> str:
    size = f"abs({sql})"
    days = f"CASE WHEN {size} >= {DAY_US} THEN CAST({size} // {DAY_US} AS VARCHAR) || 'd ' ELSE '' END"
    sign = f"CASE WHEN {sql} < 0 THEN '-' ELSE '' END"
    return f"({sign} || {days} || {_clock(f'({size} % {DAY_US})', _CLOCK, '')})"


def formatted(sql: str, dtype: t.DataType, spec: str) -> str:
    """The text form of a value under a format spec."""
    if not spec:
        return plain_text(sql, dtype)
    match dtype:
        case t.Date() | t.Time() | t.Timestamp():
            return _strftime(sql, dtype, spec)
        case t.Int() | t.Float() | t.Decimal():
            parsed = parse_spec(spec)
            out = None if parsed is None else _number(sql, dtype, parsed)
        case t.String() | t.Json() | t.Enum() | t.Bool() | t.Uuid() | t.Duration():
            parsed = parse_spec(spec)
            out = None if parsed is None else _padded(plain_text(sql, dtype), parsed, "<")
        case _:
            out = None
    if out is None:
        raise CannotLowerError(f"the format spec `{spec}` has no SQL form")
    return out


_DIRECTIVES = {letter: f"%{letter}" for letter in "YmdyjbBaAuwUWGVHIMSfp"} | {"F": "%Y-%m-%d", "T": _CLOCK}


def _strftime(sql: str, dtype: t.DataType, spec: str) -> str:
    pattern = ""
    for kind, text in split_directives(spec):
        if kind == "text":
            pattern += text.replace("%", "%%")
        elif kind == "unpadded":
            pattern += f"%-{text}"
        elif text in _DIRECTIVES:
            pattern += _DIRECTIVES[text]
        else:
            raise CannotLowerError(f"`%{text}` has no SQL form")
    at = f"make_timestamp({sql})" if isinstance(dtype, t.Time) else to_natural(sql, dtype)
    return f"strftime({at}, {quote_text(pattern)})"


def _number(sql: str, dtype: t.DataType, spec: FormatSpec) -> str | None:
    """Sign, digits and padding of the usual presentations: whole numbers and fixed points."""
    if spec.z or spec.alternate or spec.grouping == "_" or spec.sign == " ":
        return None
    grouped = "," if spec.grouping else ""
    match dtype, spec.type:
        case (t.Int(), "" | "d") if spec.precision is None:
            digits = f"format('{{:{grouped}}}', abs(CAST({sql} AS HUGEINT)))" if grouped else _absolute(sql)
        case (t.Int(), "x" | "X" | "o" | "b") if spec.precision is None and not grouped:
            digits = f"format('{{:{spec.type}}}', abs({sql}))"
        case (t.Decimal(_, scale), "f") if not grouped:
            wanted = scale if spec.precision is None else spec.precision
            digits = _decimal_digits(sql, scale, wanted)
        case (t.Float(64), "f") if not grouped and not spec.zero:
            wanted = 6 if spec.precision is None else spec.precision
            # fmt rounds the exact binary value as Python does, and prints the sign of a negative zero.
            digits = f"ltrim(format('{{:.{wanted}f}}', {sql}), '-')"
            negative = f"starts_with(format('{{:.{wanted}f}}', {sql}), '-')"
            return _signed(negative, digits, spec)
        case _:
            return None
    out = _signed(f"{sql} < 0", digits, spec)
    if isinstance(dtype, t.Int) and (width := _zero_filled(spec)) is not None:
        ten = 10**width
        digits = f"substr(CAST({sql} + {ten} AS VARCHAR), 2)"  # cheap, and the usual case
        return f"CASE WHEN {sql} BETWEEN 0 AND {ten - 1} THEN {digits} ELSE {out} END"
    return out


def _zero_filled(spec: FormatSpec) -> int | None:
    """The width of plain decimal digits that are filled with zeros, where they fit into 64 bits."""
    plain = spec.type in ("", "d") and spec.precision is None and not spec.grouping and not spec.sign
    filled = spec.zero and not spec.fill and not spec.align
    return spec.width if plain and filled and spec.width and spec.width <= 18 else None


def _absolute(sql: str) -> str:
    return f"CAST(abs(CAST({sql} AS HUGEINT)) AS VARCHAR)"


def _decimal_digits(sql: str, scale: int, wanted: int) -> str:
    if wanted > scale:
        dtype = t.Decimal(38, scale)
        tail = "0" * (wanted - scale)
        text = f"CAST({to_natural(f'abs({sql})', dtype)} AS VARCHAR)"
        return f"({text} || '{'.' if scale == 0 else ''}{tail}')"
    rounded = rescaled(f"abs({sql})", scale, wanted)
    return f"CAST({to_natural(rounded, t.Decimal(38, wanted))} AS VARCHAR)"


def _signed(negative: str, digits: str, spec: FormatSpec) -> str:
    plus = "+" if spec.sign == "+" else ""
    sign = f"CASE WHEN {negative} THEN '-' ELSE '{plus}' END"
    after_sign = spec.align == "=" or (spec.zero and not spec.align)
    if not after_sign:
        return _padded(f"({sign} || {digits})", spec, ">")
    if spec.grouping:
        raise CannotLowerError("grouped digits padded with zeros have no SQL form")
    if spec.width is None:
        return f"({sign} || {digits})"
    fill = quote_text(spec.fill or ("0" if spec.zero else " "))
    room = f"CAST({spec.width} - length({sign}) AS INTEGER)"
    filled = f"CASE WHEN length({digits}) < {room} THEN lpad({digits}, {room}, {fill}) ELSE {digits} END"
    return f"({sign} || {filled})"


def _padded(text: str, spec: FormatSpec, default: str) -> str:
    """Cut to the precision (of text only), filled to the width."""
    if spec.precision is not None and default == "<":
        text = f"left({text}, {spec.precision})"
    if not spec.width:
        return text
    fill = quote_text(spec.fill or ("0" if spec.zero else " "))
    width = spec.width
    match spec.align or default:
        case "<":
            padded = f"rpad({text}, {width}, {fill})"
        case ">":
            padded = f"lpad({text}, {width}, {fill})"
        case "^":
            left = f"lpad({text}, CAST(length({text}) + ({width} - length({text})) // 2 AS INTEGER), {fill})"
            padded = f"rpad({left}, {width}, {fill})"
        case _:
            raise CannotLowerError("padding after the sign is for numbers")
    return f"CASE WHEN length({text}) < {width} THEN {padded} ELSE {text} END"
