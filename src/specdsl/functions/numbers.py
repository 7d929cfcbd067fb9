"""Functions of numbers, with the names of SQL."""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, Final

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import array_of, as_vector, floats, full, ints, require
from specdsl.functions.entry import Example, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.rounding import divide_rounded, round_float
from specdsl.randomness import portable
from specdsl.vectors.vector import Float64Array, Vector

Types = Mapping[str, t.DataType]
_LOWEST = -(1 << 63)


def _of(name: str) -> Callable[[Types], t.DataType]:
    """The type of argument ``name``."""
    return lambda types: types.get(name, t.UNKNOWN)


def _call(function: str, *names: str) -> Callable[[Mapping[str, str], Types], str]:
    return lambda args, _: f"{function}({', '.join(args[n] for n in names)})"


def _real(call: Invocation, name: str) -> Float64Array:
    return np.atleast_1d(np.asarray(floats(call, name), dtype=np.float64))


# --- rounding ------------------------------------------------------------------------------


def _abs(call: Invocation) -> Vector:
    vector = as_vector(call, "x")
    data = array_of(vector)
    if data.dtype == np.int64 and (data == _LOWEST).any():
        raise FunctionProblem(f"`abs` of {_LOWEST} is beyond the 64-bit integers")
    return Vector(call.result, np.abs(data), vector.valid)


def _round_type(types: Types) -> t.DataType:
    match types.get("x", t.UNKNOWN):
        case t.Decimal(precision, scale):
            return t.Decimal(min(38, precision + 1), scale)
        case dtype:
            return dtype


def _round(call: Invocation) -> Vector:
    vector, digits = as_vector(call, "x"), ints(call, "digits")
    assert isinstance(digits, int)
    data = array_of(vector)
    match vector.type:
        case t.Float():
            return Vector(call.result, _round_to(data, digits), vector.valid)
        case t.Decimal(_, scale):
            return Vector(call.result, _round_whole(data, scale - digits), vector.valid)
        case _:
            return Vector(call.result, _round_whole(data, -digits), vector.valid)


def _round_to(x: Float64Array, digits: int) -> Float64Array:
    unit = 10.0 ** abs(digits)  # exact: digits are at most 15
    with np.errstate(over="ignore"):
        rounded = round_float(x * unit) / unit if digits >= 0 else round_float(x / unit) * unit
    return np.where(np.isfinite(rounded), rounded, x)


def _round_whole(x: NDArray[Any], places: int) -> NDArray[Any]:
    if places <= 0:
        return x
    if places > 18:
        return np.zeros_like(x)
    unit = 10**places
    quotient = divide_rounded(x, unit)
    limit = ((1 << 63) - 1) // unit
    if (np.abs(quotient) > limit).any():
        raise FunctionProblem("`round` gives a number beyond the 64-bit integers")
    quotient *= unit
    return quotient


def _round_sql(args: Mapping[str, str], types: Types) -> str:
    x, digits = args["x"], f"CAST({args['digits']} AS INTEGER)"
    match types["x"]:
        case t.Decimal(precision, scale):
            wider = f"DECIMAL({min(38, precision + 1)}, {scale})"
            return f"CAST(round(CAST({x} AS {wider}), least({digits}, {scale})) AS {wider})"
        case t.Float():
            # As the kernel has it, and not DuckDB's round of two arguments, which differs by its version.
            unit = f"power(10.0, abs({digits}))"
            up, down = f"round({x} * {unit}) / {unit}", f"round({x} / {unit}) * {unit}"
            scaled = f"CASE WHEN {digits} >= 0 THEN {up} ELSE {down} END"
            return f"CASE WHEN isfinite({scaled}) THEN {scaled} ELSE {x} END"
        case _:
            return f"round(CAST({x} AS BIGINT), least({digits}, 0))"


def _whole(direction: Callable[[Any], Any], up: bool, name: str) -> Callable[[Invocation], Vector]:
    """floor or ceil to int."""

    def kernel(call: Invocation) -> Vector:
        vector = as_vector(call, "x")
        data = array_of(vector)
        match vector.type:
            case t.Float():
                whole = direction(data)
                with np.errstate(invalid="ignore"):
                    fits = (whole >= -(2.0**63)) & (whole < 2.0**63)
                require(call, "x", fits, data, f"`{name}` of it is no 64-bit integer")
                return Vector(t.INT, np.where(fits, whole, 0.0).astype(np.int64), vector.valid)
            case t.Decimal(_, scale) if scale:
                unit = 10 ** min(scale, 18)
                quotient = data // unit if scale <= 18 else np.where(data < 0, -1, 0)
                return Vector(t.INT, quotient + (up & (quotient * unit != data)), vector.valid)
            case _:
                return Vector(t.INT, data, vector.valid)

    return kernel


def _whole_sql(function: str) -> Callable[[Mapping[str, str], Types], str]:
    def sql(args: Mapping[str, str], types: Types) -> str:
        inner = f"{function}({args['x']})" if not isinstance(types["x"], t.Int) else args["x"]
        return f"CAST({inner} AS BIGINT)"

    return sql


# --- powers --------------------------------------------------------------------------------


def _sqrt(call: Invocation) -> Vector:
    x = _real(call, "x")
    require(call, "x", x >= 0, x, "only numbers from 0 have a square root")
    return full(call, np.sqrt(np.maximum(x, 0.0)), t.FLOAT)


def _ln(call: Invocation) -> Vector:
    x = _real(call, "x")
    require(call, "x", x > 0, x, "only numbers above 0 have a logarithm")
    return full(call, portable.log(x), t.FLOAT)


def _exp(call: Invocation) -> Vector:
    x = _real(call, "x")
    out = portable.exp(x)
    require(call, "x", np.isfinite(out), x, "e to that power is beyond the floats")
    return full(call, out, t.FLOAT)


def _power(call: Invocation) -> Vector:
    x, y = np.broadcast_arrays(_real(call, "base"), _real(call, "exponent"))
    out = portable.power(x, y)
    require(call, "base", np.isfinite(out), x, "that power of it is no finite number")
    return full(call, out, t.FLOAT)


def _sign(call: Invocation) -> Vector:
    vector = as_vector(call, "x")
    return Vector(t.INT, np.sign(array_of(vector)).astype(np.int64), vector.valid)


# --- choosing ------------------------------------------------------------------------------


def _names(args: Mapping[str, Any]) -> list[str]:
    return sorted((n for n in args if n.startswith("values")), key=lambda n: int(n[6:] or 0))


def _extreme(take: Callable[[Any, Any], Any]) -> Callable[[Invocation], Vector]:
    def kernel(call: Invocation) -> Vector:
        vectors = [as_vector(call, n) for n in _names(call.args)]
        out = array_of(vectors[0])
        for vector in vectors[1:]:
            out = take(out, array_of(vector))
        return Vector(call.result, out)

    return kernel


def _all_given(sql: str, names: list[str]) -> str:
    """SQL that is null where any argument is: these functions pass over nulls in DuckDB."""
    return f"CASE WHEN {' AND '.join(f'{n} IS NOT NULL' for n in names)} THEN {sql} END"


def _extreme_sql(function: str) -> Callable[[Mapping[str, str], Types], str]:
    def sql(args: Mapping[str, str], _: Types) -> str:
        values = [args[n] for n in _names(args)]
        return _all_given(f"{function}({', '.join(values)})", values)

    return sql


def _first_type(types: Types) -> t.DataType:
    return next(iter(types.values()), t.UNKNOWN)


def _clamp(call: Invocation) -> Vector:
    x, low, high = (array_of(as_vector(call, n)) for n in ("x", "low", "high"))
    require(call, "high", high >= low, high, "`clamp` needs a `high` that is not below `low`")
    return Vector(call.result, np.minimum(np.maximum(x, low), high))


def _clamp_sql(args: Mapping[str, str], _: Types) -> str:
    x, low, high = args["x"], args["low"], args["high"]
    return _all_given(f"least(greatest({x}, {low}), {high})", [x, low, high])


_X: Final = Parameter("x", accepts.NUMBER, "Any number.")
_X_REAL: Final = Parameter("x", accepts.REAL, "A number.")
_VALUES: Final = Parameter("values", accepts.ORDERED, "Values of one type.", variadic=True)
_LAST_DIGIT: Final = (
    "Computed the same way on every machine; another program may differ in the last of about 16 digits."
)

FUNCTIONS: Final = (
    Function(
        name="abs",
        family="numbers",
        summary="The number without its sign.",
        doc="Keeps the type.",
        result=_of("x"),
        kernel=_abs,
        parameters=(_X,),
        examples=(Example("abs(-2.5)", "float", "2.5"),),
        sql=_call("abs", "x"),
    ),
    Function(
        name="round",
        family="numbers",
        summary="The number rounded to `digits` after the point, halves away from zero.",
        doc="Keeps the type: a float stays a float, a decimal keeps its scale. Negative `digits` round "
        "before the "
        "point: -3 to thousands. A column's type rounds by itself: `int` to whole numbers, `decimal(10, "
        "2)` to cents.",
        result=_round_type,
        kernel=_round,
        parameters=(
            _X,
            Parameter(
                "digits",
                accepts.INTEGER,
                "How many digits to keep.",
                default=0,
                constant=True,
                minimum=-15,
                maximum=15,
            ),
        ),
        examples=(
            Example("round(2.345, 1)", "float", "2.3"),
            Example("round(-2.5)", "float", "-3.0"),
            Example("round(12_345, -2)", "int", "12300"),
        ),
        sql=_round_sql,
    ),
    Function(
        name="floor",
        family="numbers",
        summary="The largest whole number not above `x`, as int.",
        doc="`//` of two ints cuts towards zero instead.",
        result=t.INT,
        kernel=_whole(np.floor, up=False, name="floor"),
        parameters=(_X,),
        examples=(Example("floor(2.7)", "int", "2"), Example("floor(-2.1)", "int", "-3")),
        sql=_whole_sql("floor"),
    ),
    Function(
        name="ceil",
        family="numbers",
        summary="The smallest whole number not below `x`, as int.",
        doc="How many boxes of 6 for `n` eggs: `ceil(n / 6)`.",
        result=t.INT,
        kernel=_whole(np.ceil, up=True, name="ceil"),
        parameters=(_X,),
        examples=(Example("ceil(2.1)", "int", "3"),),
        sql=_whole_sql("ceil"),
    ),
    Function(
        name="sqrt",
        family="numbers",
        summary="The square root.",
        doc="A negative number is an error of the build.",
        result=t.FLOAT,
        kernel=_sqrt,
        parameters=(Parameter("x", accepts.REAL, "A number, not negative.", minimum=0),),
        examples=(Example("sqrt(2)", "float", "1.4142135623730951"),),
        sql=_call("sqrt", "x"),
    ),
    Function(
        name="power",
        family="numbers",
        summary="`base` to the power `exponent`, as float.",
        doc=_LAST_DIGIT + " Growth over years: `1000 * power(1.05, years)`.",
        result=t.FLOAT,
        kernel=_power,
        parameters=(
            Parameter("base", accepts.REAL, "A number; not negative unless the exponent is whole."),
            Parameter("exponent", accepts.REAL, "A number."),
        ),
        examples=(Example("power(2, 10)", "float", "1024.0"),),
        sql=_call("power", "base", "exponent"),
    ),
    Function(
        name="ln",
        family="numbers",
        summary="The natural logarithm.",
        doc=_LAST_DIGIT + " A number that is not above 0 is an error of the build.",
        result=t.FLOAT,
        kernel=_ln,
        parameters=(Parameter("x", accepts.REAL, "A number above 0.", minimum=0, exclusive_minimum=True),),
        examples=(Example("ln(10)", "float", "2.302585092994046"),),
        sql=_call("ln", "x"),
    ),
    Function(
        name="exp",
        family="numbers",
        summary="e to the power `x`.",
        doc=_LAST_DIGIT,
        result=t.FLOAT,
        kernel=_exp,
        parameters=(_X_REAL,),
        examples=(Example("exp(0.5)", "float", "1.6487212707001282"),),
        sql=_call("exp", "x"),
    ),
    Function(
        name="sign",
        family="numbers",
        summary="-1, 0 or 1 by the number's sign.",
        doc="The result is an int.",
        result=t.INT,
        kernel=_sign,
        parameters=(_X,),
        examples=(Example("sign(-3.5)", "int", "-1"),),
        domain=lambda _: 3,
        bounds=lambda _: (-1, 1),
        sql=lambda args, _: f"CAST(sign({args['x']}) AS BIGINT)",
    ),
    Function(
        name="least",
        family="numbers",
        summary="The smallest of several values of a row.",
        doc="Numbers, dates, times or durations of one type; null where any is null. `min` goes over rows.",
        result=_first_type,
        kernel=_extreme(np.minimum),
        parameters=(_VALUES,),
        examples=(Example("least(3, 1, 2)", "int", "1"),),
        sql=_extreme_sql("least"),
    ),
    Function(
        name="greatest",
        family="numbers",
        summary="The largest of several values of a row.",
        doc="Numbers, dates, times or durations of one type; null where any is null. `max` goes over rows.",
        result=_first_type,
        kernel=_extreme(np.maximum),
        parameters=(_VALUES,),
        examples=(Example("greatest(3, 1, 2)", "int", "3"),),
        sql=_extreme_sql("greatest"),
    ),
    Function(
        name="clamp",
        family="numbers",
        summary="`x`, but `low` where it is below that and `high` where it is above.",
        doc="To bound a *draw* write `in low..high` after the column's type instead: that truncates the "
        "distribution, "
        "where clamping heaps values up at the bounds.",
        result=_of("x"),
        kernel=_clamp,
        parameters=(
            Parameter("x", accepts.ORDERED, "A number, date, time or duration."),
            Parameter("low", accepts.ORDERED, "The smallest result.", same_as="x"),
            Parameter("high", accepts.ORDERED, "The largest result.", same_as="x"),
        ),
        examples=(Example("clamp(130, 0, 100)", "int", "100"),),
        sql=_clamp_sql,
    ),
)
