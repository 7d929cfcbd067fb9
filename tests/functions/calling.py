"""Calling kernels without a compiler."""

from __future__ import annotations

from typing import Any

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions.entry import REQUIRED, Invocation
from specdsl.functions.registry import FUNCTIONS
from specdsl.randomness.streams import Stream, stream_key
from specdsl.vectors import strings
from specdsl.vectors.vector import Vector

ROWS = 1000


def invoke(
    name: str,
    *,
    rows: int = ROWS,
    first_row: int = 0,
    result: t.DataType | None = None,
    locale: str = "en_US",
    seed: str = "test",
    low: Any = None,
    high: Any = None,
    types: dict[str, t.DataType] | None = None,
    lists: dict[str, tuple[Any, ...]] | None = None,
    **args: Any,
) -> Vector:
    """The kernel's result for ``rows`` rows; parameters that are not given have their defaults."""
    function = FUNCTIONS[name]
    given = {p.name: p.default for p in function.parameters if p.default is not REQUIRED and not p.variadic}
    given.update(args)
    if any(p.name == "low" for p in function.parameters):  # `clamp` has arguments of these names
        given.update(low=low, high=high)
        low = high = None
    numbers = np.arange(first_row, first_row + rows, dtype=np.int64)
    types = types or {}
    arg_types = {n: v.type if isinstance(v, Vector) else types.get(n, t.STRING) for n, v in given.items()}
    if result is None:
        result = function.result if isinstance(function.result, t.DataType) else function.result(arg_types)
        result = t.FLOAT if result == t.UNKNOWN else result
    assert function.kernel is not None
    stream = Stream(stream_key(1, seed), numbers.astype(np.uint64)) if function.draws else None
    vector = function.kernel(
        Invocation(
            n=rows,
            rows=numbers,
            args=given,
            result=result,
            locale=locale,
            stream=stream,
            row_count=rows,
            low=low,
            high=high,
            types=types,
            lists=lists or {},
        )
    )
    assert vector.type == result or isinstance(result, t.Decimal)
    return vector


def values(vector: Vector) -> list[Any]:
    """Physical values, None where null."""
    data: Any = vector.data
    out = data.tolist() if isinstance(data, np.ndarray) else strings.plain(data).to_pylist()
    return (
        out if vector.valid is None else [v if ok else None for v, ok in zip(out, vector.valid, strict=True)]
    )


def numbers(name: str, **args: Any) -> Any:
    """The kernel's result as a numpy array."""
    data = invoke(name, **args).data
    assert isinstance(data, np.ndarray)
    return data


def floats(array: Any) -> Vector:
    return Vector(t.FLOAT, np.asarray(array, dtype=np.float64))


def ints(array: Any) -> Vector:
    return Vector(t.INT, np.asarray(array, dtype=np.int64))


def texts(*items: str) -> Vector:
    return Vector(t.STRING, strings.from_python(items))
