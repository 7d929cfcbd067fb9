"""Arguments as kernels want them: numbers and arrays instead of constants, scales and vectors."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import replace
from typing import Any

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.functions.entry import Invocation
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import BoolArray, Float64Array, Int64Array, Vector


def stream_of(call: Invocation) -> Stream:
    """The stream of a function that draws."""
    assert call.stream is not None, "functions that draw are called with a stream"
    return call.stream


def type_of(call: Invocation, name: str) -> t.DataType:
    """The type of an argument."""
    value = call.args[name]
    if isinstance(value, Vector):
        return value.type
    if name in call.types:
        return call.types[name]
    match value:
        case bool():
            return t.BOOL
        case int():
            return t.INT
        case float():
            return t.FLOAT
        case _:
            return t.STRING


def given(call: Invocation, name: str) -> bool:
    """Whether an optional argument is there."""
    return call.args.get(name) is not None


def floats_of(value: Vector | Physical, dtype: t.DataType) -> float | Float64Array:
    """A number or duration (in microseconds) as float64: a float, or an array of shape (n,)."""
    scale = 10.0**dtype.scale if isinstance(dtype, t.Decimal) else 1.0
    if isinstance(value, Vector):
        assert isinstance(value.data, np.ndarray)
        array = value.data.astype(np.float64, copy=False)
        return array / scale if scale != 1.0 else array
    assert isinstance(value, (int, float))
    return float(value) / scale if scale != 1.0 else float(value)


def floats(call: Invocation, name: str) -> float | Float64Array:
    """Argument ``name`` by ``floats_of``."""
    value = call.args[name]
    assert value is not None
    return floats_of(value, type_of(call, name))


def ints(call: Invocation, name: str) -> int | Int64Array:
    """Argument ``name`` of an integer-held type: an int, or int64 of shape (n,)."""
    value = call.args[name]
    if isinstance(value, Vector):
        assert isinstance(value.data, np.ndarray)
        return value.data
    assert isinstance(value, int)
    return int(value)


def numbers(call: Invocation, name: str) -> NDArray[Any]:
    """Argument ``name`` of a type held in a flat numpy array, as an array of shape (n,) or (1,)."""
    value = call.args[name]
    if isinstance(value, Vector):
        assert isinstance(value.data, np.ndarray)
        return value.data
    return np.array([value])


def as_vector(call: Invocation, name: str) -> Vector:
    """Argument ``name`` as a Vector of n values, constants repeated. None is no value."""
    value = call.args[name]
    if isinstance(value, Vector):
        return value
    dtype = type_of(call, name)
    match value:
        case str() | bytes() if not isinstance(dtype, t.Uuid):
            import pyarrow as pa

            from specdsl.vectors import strings

            return Vector(
                dtype, strings.constant(value, call.n, None if isinstance(value, str) else pa.binary())
            )
        case bytes():
            return Vector(dtype, np.tile(np.frombuffer(value, dtype=np.uint8), (call.n, 1)))
        case bool():
            return Vector(dtype, np.full(call.n, value))
        case float():
            return Vector(dtype, np.full(call.n, value))
        case int() if isinstance(dtype, t.Float):
            return Vector(dtype, np.full(call.n, float(value)))
        case int() if isinstance(dtype, t.Enum):
            return Vector(dtype, np.full(call.n, value, dtype=np.int32))
        case int():
            big = dtype == t.Int(64, signed=False)
            return Vector(dtype, np.full(call.n, value, dtype=np.uint64 if big else np.int64))
    raise TypeError(f"null has no values ({name})")


def array_of(vector: Vector) -> NDArray[Any]:
    """The data of a vector held in numpy."""
    assert isinstance(vector.data, np.ndarray)
    return vector.data


def constant_text(call: Invocation, name: str) -> str:
    """Argument ``name``, a constant string."""
    value = call.args[name]
    assert isinstance(value, str)
    return value


def require(
    call: Invocation,
    name: str,
    holds: BoolArray | np.bool_ | bool,
    values: object,
    rule: str,
    text: Callable[[Any], str] = str,
) -> None:
    """Raises FunctionProblem where ``holds`` is false for an argument in a row where it is not null; ``text``
    is how one of its ``values`` is written."""
    if np.all(holds):
        return
    argument = call.args[name]
    wrong = np.broadcast_to(~np.asarray(holds), (call.n,))
    if isinstance(argument, Vector) and argument.valid is not None:
        wrong = wrong & argument.valid
    if not wrong.any():
        return
    place = int(np.flatnonzero(wrong)[0])
    shown = np.broadcast_to(np.asarray(values), (call.n,))[place]
    raise FunctionProblem(f"`{name}` is {text(shown)} in row {int(call.rows[place])}, but {rule}")


def some_rows(call: Invocation, positions: Int64Array) -> Invocation:
    """The call for the rows at ``positions``, in all of which the arguments are there."""
    from specdsl.vectors import selection

    def some(value: Vector | Physical | None) -> Vector | Physical | None:
        if not isinstance(value, Vector):
            return value
        return selection.with_valid(selection.take(value, positions), None)

    return replace(
        call,
        n=len(positions),
        rows=np.take(call.rows, positions),
        args={name: some(value) for name, value in call.args.items()},
        stream=None if call.stream is None else call.stream.take(positions),
        low=some(call.low),
        high=some(call.high),
    )


def full(call: Invocation, values: NDArray[Any], dtype: t.DataType | None = None) -> Vector:
    """A Vector of the result's type from an array of shape (n,) or (1,) or ()."""
    if values.shape != (call.n,):
        values = np.broadcast_to(values, (call.n,)).copy()
    return Vector(call.result if dtype is None else dtype, values)
