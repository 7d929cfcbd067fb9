"""F-strings, and the text form of every type.

A value becomes pieces (see ``vectors.text``): tables of digits, days and seconds for the usual forms, and
for the others Python's ``format`` once per distinct value.
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from decimal import ROUND_HALF_UP, Context, Decimal, localcontext
from typing import Any, cast

import numpy as np
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.datatypes.format_spec import FormatSpec, parse_spec
from specdsl.generate.expressions import exact, moments
from specdsl.generate.expressions.operands import Operand, Scalar, broadcast, is_null
from specdsl.generate.expressions.plain import plain_text
from specdsl.vectors import selection, strings, text
from specdsl.vectors.arrow import to_arrow
from specdsl.vectors.text import Piece
from specdsl.vectors.vector import BoolArray, Float64Array, Vector

_ROUNDING = Context(prec=80, rounding=ROUND_HALF_UP)
_EXACT_FLOAT = 2.0**52
_ARROW_PLAIN = 1e9  # Arrow prints larger floats with an exponent, Python only from 1e16
_WHOLE = tuple(FormatSpec(type=kind, grouping=grouping) for kind in ("", "d") for grouping in ("", ","))


def format_text(parts: Sequence[str | tuple[Operand, str]], dtype: t.DataType, n: int) -> Vector:
    """The parts side by side; null where a part is."""
    valid: BoolArray | None = None
    pieces: list[Piece] = []
    for part in parts:
        if isinstance(part, str):
            pieces.append(part.encode())
            continue
        value, spec = part
        if is_null(value):
            return selection.nulls(dtype, n)
        if isinstance(value, Scalar):
            pieces.append(_constant(value, spec))
            continue
        valid = selection.both(valid, value.valid)
        pieces.extend(pieces_of(value, spec))
    return Vector(dtype, text.join(pieces, n), valid)


def _constant(value: Scalar, spec: str) -> bytes:
    if spec == "" and value.value is not None:
        return plain_text(value.type, value.value).encode()
    one = text.join(pieces_of(broadcast(value, 1), spec), 1)
    return str(strings.plain(one)[0].as_py()).encode()


def plain_strings(vector: Vector) -> strings.Strings:
    """The plain text of each value."""
    return text.join(pieces_of(vector, ""), selection.length(vector))


def pieces_of(vector: Vector, spec: str) -> list[Piece]:
    """The text of each value as pieces."""
    if isinstance(vector.type, (t.Date, t.Time, t.Timestamp)) and spec:
        return moments.strftime(vector, spec)
    if spec == "":
        return _plain(vector)
    parsed = parse_spec(spec)
    if parsed is None:
        raise ValueError(f"{spec!r} is no format spec")
    match vector.type:
        case t.Int():
            return _integers(vector, spec, parsed)
        case t.Decimal():
            return _decimals(vector, spec, parsed)
        case t.Float():
            return _floats(vector, spec, parsed)
        case _:
            return [_padded(plain_strings(vector), spec)]


def _plain(vector: Vector) -> list[Piece]:
    match vector.type:
        case t.String() | t.Json() | t.Null() | t.Unknown():
            return [vector.data]
        case t.Bool():
            return [text.table_of(["false", "true"], selection.array(vector).astype(np.int64))]
        case t.Int():
            return text.integers(_quiet(vector))
        case t.Decimal(_, scale):
            return text.decimals(_quiet(vector), scale)
        case t.Float(bits):
            return [_shortest(selection.array(vector), bits)]
        case t.Date() | t.Time() | t.Timestamp():
            return moments.plain(vector)
        case t.Uuid():
            return text.uuids(selection.array(vector))
        case t.Enum(_, members):
            return [strings.dictionary(selection.array(vector), strings.from_python(members))]
        case t.Bytes():
            return [_per_distinct_text(vector.data, lambda value: value.hex())]
        case t.List() | t.Struct():
            from specdsl.generate.expressions.json_text import json_texts

            return [json_texts(vector)]
        case dtype:
            return [_per_distinct(selection.array(vector), lambda value: plain_text(dtype, value))]


def _quiet(vector: Vector) -> NDArray[Any]:
    """The data with zeros where it is null: what lies there must not widen the text."""
    data = selection.array(vector)
    return data if vector.valid is None else np.where(vector.valid, data, data.dtype.type(0))


# --- numbers --------------------------------------------------------------------------------


def _integers(vector: Vector, spec: str, parsed: FormatSpec) -> list[Piece]:
    values = _quiet(vector)
    low, high = exact.extent(values)
    grouped = parsed.grouping == ","
    if parsed in _WHOLE:
        return text.integers(values, grouped)
    if parsed == FormatSpec(zero=True, width=parsed.width, type=parsed.type) and parsed.type in ("", "d"):
        width = parsed.width or 1
        if low >= 0 and high < 10**width:
            return text.fixed_digits(values, width)
    pointed = FormatSpec(precision=parsed.precision, grouping="," if grouped else "", type="f")
    if parsed == pointed and low > -(2**53) and high < 2**53:
        precision = 6 if parsed.precision is None else parsed.precision
        return [*text.integers(values, grouped), b"." + b"0" * precision if precision else b""]
    return [_per_distinct(values, lambda value: format(value, spec))]


def _decimals(vector: Vector, spec: str, parsed: FormatSpec) -> list[Piece]:
    values = _quiet(vector)
    scale = cast("t.Decimal", vector.type).scale
    plain_point = FormatSpec(precision=parsed.precision, grouping=parsed.grouping, type="f")
    if parsed == plain_point and parsed.grouping in ("", ","):
        digits = scale if parsed.precision is None else parsed.precision
        grouped = parsed.grouping == ","
        if digits > scale:
            tail = b"0" * (digits - scale)
            return [*text.decimals(values, scale, grouped), b"." if scale == 0 else b"", tail]
        negative = values < 0  # before rounding: Python keeps the sign of what rounds to zero
        return text.signed_decimals(
            negative, text.magnitudes(exact.scale_down(values, scale - digits)), digits, grouped
        )

    known = _decimal_spec(parsed)

    def one(value: int) -> str:
        found = format(Decimal(value).scaleb(-scale, _ROUNDING), known)
        return found.replace(",", "_") if parsed.grouping == "_" else found

    with localcontext(_ROUNDING):
        return [_per_distinct(values, one)]


def _decimal_spec(parsed: FormatSpec) -> str:
    """The spec as Python's Decimal takes it: without ``#``, ``_`` and zeros before the width's digits."""
    fill, zero = parsed.fill, parsed.zero
    if zero and parsed.align:  # then the zero is the fill, as for floats
        fill, zero = fill or "0", False
    width = str(parsed.width) if parsed.width else ""
    grouping = "," if parsed.grouping else ""
    precision = "" if parsed.precision is None else f".{parsed.precision}"
    start = f"{fill}{parsed.align}{parsed.sign}{'z' if parsed.z else ''}{'0' if zero and width else ''}"
    return f"{start}{width}{grouping}{precision}{parsed.type}"


def _floats(vector: Vector, spec: str, parsed: FormatSpec) -> list[Piece]:
    values: Float64Array = _quiet(vector)
    if parsed == FormatSpec(precision=parsed.precision, grouping=parsed.grouping, type="f"):
        digits = 6 if parsed.precision is None else parsed.precision
        if digits <= 9 and parsed.grouping in ("", ","):
            found = _fixed_point(values, digits, spec)
            if found is not None:
                negative, magnitude = found
                return text.signed_decimals(negative, magnitude, digits, parsed.grouping == ",")
    return [_per_distinct_float(values, lambda value: format(value, spec))]


def _fixed_point(values: Float64Array, digits: int, spec: str) -> tuple[BoolArray, NDArray[np.uint64]] | None:
    """Signs and values times ``10**digits`` rounded as Python does (the exact binary value, halves to
    even), or None when they are too large. Near a half the product is not trusted and Python decides."""
    with np.errstate(over="ignore", invalid="ignore"):
        scaled = np.abs(values) * exact.power_of_ten(digits)
        if not bool((scaled < _EXACT_FLOAT).all()):
            return None
        rounded = np.rint(scaled)
        doubtful = np.flatnonzero(0.5 - np.abs(scaled - rounded) <= scaled * 2.0**-51)
    out = rounded.astype(np.uint64)
    plain = f".{digits}f"
    for row in doubtful.tolist():
        out[row] = int(format(abs(float(values[row])), plain).replace(".", ""))
    return np.signbit(values), out


def _shortest(values: Float64Array, bits: int) -> strings.Strings:
    """The shortest text that reads back as the same float, in the form of Python's ``repr``: Arrow's
    digits with ``.0`` behind whole numbers; Python's own where Arrow's would have an exponent."""
    dtype = t.Float(bits)
    size = np.abs(values)
    with np.errstate(invalid="ignore"):
        usual = (size < _ARROW_PLAIN) & ((size >= 1e-4) | (values == 0))
    if usual.all():
        return _arrow_digits(values, dtype)
    some, others = np.flatnonzero(usual), np.flatnonzero(~usual)
    parts = (
        (some, Vector(t.STRING, _arrow_digits(values[some], dtype))),
        (others, Vector(t.STRING, _per_distinct_float(values[others], lambda v: plain_text(dtype, v)))),
    )
    return selection.merge(len(values), parts, t.STRING).data


def _arrow_digits(values: Float64Array, dtype: t.Float) -> strings.Strings:
    found = pc.cast(to_arrow(Vector(dtype, values)), "string")
    whole = np.trunc(values) == values
    if not whole.any():
        return found
    ending = strings.dictionary(whole.astype(np.int32), strings.from_python(["", ".0"]))
    return pc.binary_join_element_wise(found, strings.plain(ending), "")


# --- once per distinct value ----------------------------------------------------------------


def _per_distinct(values: NDArray[Any], form: Callable[[Any], str]) -> strings.Strings:
    distinct, codes = np.unique(values, return_inverse=True)
    return strings.dictionary(codes, strings.from_python([form(v) for v in distinct.tolist()]))


def _per_distinct_float(values: Float64Array, form: Callable[[float], str]) -> strings.Strings:
    """By bits: a negative zero is not zero."""
    bits, codes = np.unique(values.view(np.int64), return_inverse=True)
    return strings.dictionary(codes, strings.from_python([form(v) for v in bits.view(np.float64).tolist()]))


def _per_distinct_text(values: strings.Strings, form: Callable[[Any], str]) -> strings.Strings:
    codes, distinct = strings.encode(values)
    return strings.dictionary(codes, strings.from_python([form(v) for v in distinct.to_pylist()]))


def _padded(values: strings.Strings, spec: str) -> strings.Strings:
    return _per_distinct_text(values, lambda value: format(value, spec))
