"""Functions of values of any type: nulls, and conversions to numbers."""

from __future__ import annotations

import re
from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import array_of, as_vector
from specdsl.functions.entry import Accepts, Example, Function, Invocation, Parameter
from specdsl.functions.mapping import mapped
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.rounding import divide_rounded, round_float
from specdsl.vectors.vector import Vector

Types = Mapping[str, t.DataType]


def _names(args: Mapping[str, Any]) -> list[str]:
    return sorted((n for n in args if n.startswith("values")), key=lambda n: int(n[6:] or 0))


def _known_type(types: Types) -> t.DataType:
    """The type that all values were brought to."""
    return next((d for d in types.values() if not isinstance(d, (t.Null, t.Unknown))), t.UNKNOWN)


def _coalesce(call: Invocation) -> Vector:
    from specdsl.vectors import selection

    rest = np.arange(call.n, dtype=np.int64)
    parts = []
    for name in _names(call.args):
        if call.args[name] is None or not rest.size:
            continue
        vector = as_vector(call, name)
        there = np.ones(len(rest), dtype=np.bool_) if vector.valid is None else vector.valid[rest]
        here, rest = rest[there], rest[~there]
        if here.size:
            parts.append((here, selection.with_valid(selection.take(vector, here), None)))
    return selection.merge(call.n, parts, call.result)


def _nullif(call: Invocation) -> Vector:
    from specdsl.vectors import selection, strings

    if call.args["value"] is None:
        return selection.nulls(call.result, call.n)
    value = as_vector(call, "value")
    if call.args["other"] is None:
        return value
    other = as_vector(call, "other")
    if isinstance(value.data, np.ndarray) and isinstance(other.data, np.ndarray):
        same = value.data == other.data
        same = same.all(axis=1) if same.ndim == 2 else same
    else:
        both: Any = [value.data, other.data]
        codes = strings.distinct_codes(strings.concat([strings.plain(d) for d in both]))
        same = codes[: call.n] == codes[call.n :]
    if other.valid is not None:
        same = same & other.valid
    return selection.with_valid(value, selection.both(value.valid, ~same))


# --- conversions ---------------------------------------------------------------------------

_INT: Final = re.compile(r"[+-]?[0-9]+", re.ASCII)
_FLOAT: Final = re.compile(r"[+-]?([0-9]+\.?[0-9]*|\.[0-9]+)([eE][+-]?[0-9]+)?", re.ASCII)


def _parsed(call: Invocation, pattern: re.Pattern[str], read: Callable[[str], Any], dtype: Any) -> Vector:
    def parse(text: str) -> Any:
        trimmed = text.strip(" \t\n\r")
        if pattern.fullmatch(trimmed):
            return read(trimmed)
        raise FunctionProblem(f"{text!r} is no {call.result}")

    def parse_all(values: Any) -> Any:
        try:
            return np.array([parse(v) for v in values.to_pylist()], dtype=dtype)
        except OverflowError as error:
            raise FunctionProblem("a number is beyond the 64-bit integers") from error

    return mapped(call, "value", parse_all)


def _to_int(call: Invocation) -> Vector:
    vector_type = as_vector(call, "value").type
    if isinstance(vector_type, t.String):
        return _parsed(call, _INT, int, np.int64)
    data = array_of(as_vector(call, "value"))
    match vector_type:
        case t.Float():
            rounded = round_float(data)
            with np.errstate(invalid="ignore"):
                fits = (rounded >= -(2.0**63)) & (rounded < 2.0**63)
            if not fits.all():
                raise FunctionProblem(f"{data[~fits][0]} is beyond the 64-bit integers")
            return Vector(t.INT, rounded.astype(np.int64))
        case t.Decimal(_, scale) if scale > 18:
            return Vector(t.INT, np.sign(data) * (np.abs(data) >= 5 * 10**18) * (scale == 19))
        case t.Decimal(_, scale) if scale:
            return Vector(t.INT, divide_rounded(data, 10**scale))
        case _:
            return Vector(t.INT, data.astype(np.int64))


def _to_float(call: Invocation) -> Vector:
    vector = as_vector(call, "value")
    if isinstance(vector.type, t.String):
        return _parsed(call, _FLOAT, float, np.float64)
    values = array_of(vector).astype(np.float64)
    if isinstance(vector.type, t.Decimal):
        values /= 10.0**vector.type.scale
    return Vector(t.FLOAT, values)


def _is_text(dtype: t.DataType) -> bool:
    return isinstance(dtype, t.String)


def _to_int_sql(args: Mapping[str, str], types: Types) -> str:
    value = args["value"]
    match types["value"]:
        case t.String():
            return f"CAST(trim({value}, ' \t\n\r') AS BIGINT)"
        case t.Float():
            return f"CAST(round({value}) AS BIGINT)"
        case t.Decimal():
            return f"CAST(round({value}) AS BIGINT)"
        case _:
            return f"CAST({value} AS BIGINT)"


def _to_float_sql(args: Mapping[str, str], types: Types) -> str:
    value = args["value"]
    match types["value"]:
        case t.String():
            return f"CAST(trim({value}, ' \t\n\r') AS DOUBLE)"
        case t.Decimal(_, scale):
            return f"(CAST(CAST({value} AS DECIMAL(38, {scale})) * 1{'0' * scale} AS DOUBLE) / 1e{scale})"
        case _:
            return f"CAST({value} AS DOUBLE)"


def _convertible(dtype: t.DataType) -> bool:
    return t.is_numeric(dtype) or isinstance(dtype, (t.String, t.Enum, t.Bool))


def _source_type(dtype: t.DataType) -> t.DataType:
    return t.STRING if isinstance(dtype, t.Enum) else accepts.NUMBER.target(dtype)


_SOURCE: Final = Parameter(
    "value", Accepts("number, string or bool", _convertible, _source_type), "What to convert."
)

FUNCTIONS: Final = (
    Function(
        name="coalesce",
        family="values",
        summary="The first of the values that is not null.",
        doc="All must have one type. Null only where all are null.",
        result=_known_type,
        kernel=_coalesce,
        parameters=(
            Parameter("values", accepts.SCALAR, "The values, the preferred one first.", variadic=True),
        ),
        examples=(Example('coalesce(null, "unknown")', "string", '"unknown"'),),
        handles_null=True,
        sql=lambda args, _: f"coalesce({', '.join(args[n] for n in _names(args))})",
    ),
    Function(
        name="nullif",
        family="values",
        summary="`value`, or null where it equals `other`.",
        doc='Turns a stand-in such as "" or 0 into null.',
        result=lambda types: types.get("value", t.UNKNOWN),
        kernel=_nullif,
        parameters=(
            Parameter("value", accepts.SCALAR, "Any value."),
            Parameter("other", accepts.SCALAR, "What to make null.", same_as="value"),
        ),
        examples=(Example('nullif("n/a", "n/a")', "string?", "null"),),
        handles_null=True,
        makes_null=True,
        sql=lambda args, _: f"nullif({args['value']}, {args['other']})",
    ),
    Function(
        name="to_int",
        family="values",
        summary="The value as int: numbers rounded half away from zero, text read, true as 1.",
        doc="Text that is no whole number is an error of the build. For the other way there are f-strings: "
        '`f"{x}"`.',
        result=t.INT,
        kernel=_to_int,
        parameters=(_SOURCE,),
        examples=(Example("to_int(2.5)", "int", "3"), Example('to_int("42")', "int", "42")),
        sql=_to_int_sql,
    ),
    Function(
        name="to_float",
        family="values",
        summary="The value as float: text read, true as 1.0.",
        doc="Text that is no number is an error of the build.",
        result=t.FLOAT,
        kernel=_to_float,
        parameters=(_SOURCE,),
        examples=(Example('to_float("2.5")', "float", "2.5"),),
        sql=_to_float_sql,
    ),
)
