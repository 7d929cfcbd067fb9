"""Applying functions of strings: once for each distinct value where the data is a dictionary, by Arrow where
the other arguments are constants, by Python where they differ from row to row."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from typing import Any

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions.entry import Invocation
from specdsl.vectors.vector import Vector

Strings = Any
"""Arrow strings, as in ``specdsl.vectors.strings``."""


def strings_of(call: Invocation, name: str) -> Strings:
    """A string argument as Arrow strings of length n."""
    from specdsl.vectors import strings

    value = call.args[name]
    return value.data if isinstance(value, Vector) else strings.constant(str(value), call.n)


def pylist(call: Invocation, name: str) -> Sequence[Any]:
    """An argument held as strings or integers as Python values, one a row."""
    value = call.args[name]
    if not isinstance(value, Vector):
        return [value] * call.n
    if isinstance(value.data, np.ndarray):
        return list(value.data.tolist())
    from specdsl.vectors import strings

    return list(strings.plain(value.data).to_pylist())


def constants(call: Invocation, names: Sequence[str]) -> list[Any] | None:
    """The arguments, if all of them are constants."""
    values = [call.args[name] for name in names]
    return None if any(isinstance(v, Vector) for v in values) else values


def mapped(call: Invocation, name: str, function: Callable[[Strings], Any]) -> Vector:
    """``function`` (from plain Arrow strings to Arrow strings, or to a numpy array) of a string argument."""
    from specdsl.vectors import strings

    data = strings_of(call, name)
    if strings.is_dictionary(data) and len(data.dictionary) <= max(call.n, 64):
        codes = strings.codes_of(data)
        made = function(data.dictionary)
        if isinstance(made, np.ndarray):
            return Vector(call.result, np.take(made, codes))
        return Vector(call.result, strings.dictionary(codes, strings.plain(made)))
    return Vector(call.result, function(strings.plain(data)))


def with_parameters(
    call: Invocation,
    name: str,
    parameters: Sequence[str],
    fast: Callable[..., Any],
    slow: Callable[..., Any],
) -> Vector:
    """``fast(strings, *parameters)`` where the parameters are constants, else ``slow(text, *parameters)`` for
    each row; both give strings, or booleans, or integers."""
    from specdsl.vectors import strings

    fixed = constants(call, parameters)
    if fixed is not None:
        return mapped(call, name, lambda values: fast(values, *fixed))
    columns = [pylist(call, n) for n in (name, *parameters)]
    made = [slow(*row) for row in zip(*columns, strict=True)]
    match call.result:
        case t.Bool():
            return Vector(call.result, np.array(made, dtype=np.bool_))
        case t.Int():
            return Vector(call.result, np.array(made, dtype=np.int64))
        case _:
            return Vector(call.result, strings.from_python(made))


def per_value(function: Callable[[str], str]) -> Callable[[Strings], Strings]:
    """A function of Python strings as one of Arrow strings."""

    def apply(values: Strings) -> Strings:
        from specdsl.vectors import strings

        return strings.from_python([function(v) for v in values.to_pylist()])

    return apply
