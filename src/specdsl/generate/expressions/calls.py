"""Calls of the catalogue's functions."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace
from typing import NoReturn, cast

import numpy as np

from specdsl.datatypes.types import BOOL, Float
from specdsl.diagnostics.evaluation import FunctionFailed
from specdsl.functions.arguments import some_rows
from specdsl.functions.entry import Function, Invocation
from specdsl.functions.locales import IN_LOCALE, is_localized
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.wordlists import LOCALES, canonical_locale
from specdsl.generate.errors import GenerationError
from specdsl.generate.expressions.operands import Evaluate, Operand, Scalar
from specdsl.generate.frame import Frame
from specdsl.ir import expr as ir
from specdsl.randomness.edges import EdgeStream
from specdsl.randomness.streams import Stream
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import Vector


def call(expr: ir.Call, frame: Frame, evaluate: Evaluate) -> Vector:
    """The value of a function. Rows in which an argument is null are null, and the kernel does not see
    them, unless the function handles nulls itself."""
    from specdsl.plugins.catalogue import function_named  # all families with their word lists: when needed

    function = function_named(expr.function, frame.dataset.plugins)
    constant = {p.name for p in function.parameters if p.constant}
    lists = {
        name: items
        for name, argument in expr.args
        if name in constant and (items := ir.constant_items(argument)) is not None
    }
    operands = {name: evaluate(argument, frame) for name, argument in expr.args if name not in lists}
    low = None if expr.low is None else _argument(evaluate(expr.low, frame))
    high = None if expr.high is None else _argument(evaluate(expr.high, frame))
    invocation = Invocation(
        n=frame.n,
        rows=frame.rows,
        args={name: _argument(operand) for name, operand in operands.items()},
        result=expr.type,
        locale=frame.dataset.locale,
        stream=None if expr.site is None else _stream(function, expr, operands, frame),
        row_count=frame.row_count,
        first_row=frame.first_row,
        low=low,
        high=high,
        types={name: operand.type for name, operand in operands.items()},
        lists=lists,
    )
    if function.handles_null:
        return _in_locales(function, invocation)
    if any(value is None and not _may_be_null(function, name) for name, value in invocation.args.items()):
        return selection.nulls(expr.type, frame.n)
    valid = None
    for value in (*invocation.args.values(), low, high):
        if isinstance(value, Vector):
            valid = selection.both(valid, value.valid)
    if valid is None or valid.all():
        return _in_locales(function, invocation)
    positions = np.flatnonzero(valid)
    some = _in_locales(function, some_rows(invocation, positions))
    return selection.merge(frame.n, [(positions, some)], expr.type)


def _stream(function: Function, expr: ir.Call, operands: Mapping[str, Operand], frame: Frame) -> Stream:
    """The randomness of a call. Edges are of numbers and times: names, codes and identifiers are drawn as
    ever. A distribution that is open on a side goes no further than its one in a million."""
    assert expr.site is not None
    stream = frame.stream(expr.site)
    if not isinstance(stream, EdgeStream):
        return stream
    constants = {name: o.value for name, o in operands.items() if isinstance(o, Scalar)}
    bounds = None if function.bounds is None else function.bounds(constants)
    if bounds is None and not function.truncates and function.result != BOOL:
        return Stream(stream.key, stream.addresses)
    low, high = bounds or (None, None)
    closed = (low is not None or expr.low is not None) and (high is not None or expr.high is not None)
    return stream if closed or function.result == BOOL else stream.within_reach()


def _argument(operand: Operand) -> Vector | ir.Physical | None:
    return operand.value if isinstance(operand, Scalar) else operand


def _may_be_null(function: Function, name: str) -> bool:
    """Whether null is the parameter's default, so that the kernel knows what to do with it."""
    return any(p.name == name and p.default is None for p in function.parameters)


def _in_locales(function: Function, invocation: Invocation) -> Vector:
    """The result in the locale of the call; where rows differ in theirs, once for each locale."""
    if not is_localized(function):
        return run(function, invocation)
    wanted = invocation.args[IN_LOCALE.name]
    if not isinstance(wanted, Vector):
        return run(function, invocation if wanted is None else replace(invocation, locale=str(wanted)))
    codes, values = strings.encode(wanted.data)
    parts = []
    for code, written in enumerate(values.to_pylist()):
        positions = np.flatnonzero(codes == code)
        if not len(positions):
            continue
        locale = canonical_locale(written)
        if locale is None:
            problem = f"`locale` is {written!r} in row {int(invocation.rows[positions[0]])}, and is none"
            _fail(function, problem, f"the locales are {', '.join(LOCALES)}")
        parts.append((positions, run(function, replace(some_rows(invocation, positions), locale=locale))))
    return selection.merge(invocation.n, parts, invocation.result)


def run(function: Function, invocation: Invocation) -> Vector:
    """The kernel's result; what it cannot work with becomes a GenerationError."""
    if function.kernel is None:
        raise TypeError(f"{function.name} has no kernel: the checker lowers it to another node")
    try:
        result = function.kernel(invocation)
    except FunctionProblem as problem:
        _fail(function, problem.message, problem.help)
    result = selection.as_type(result, invocation.result)
    if isinstance(invocation.stream, EdgeStream) and isinstance(result.type, Float):
        for bound in (invocation.low, invocation.high):
            if bound is not None:
                at = bound if isinstance(bound, float) else selection.array(cast("Vector", bound))
                result = replace(result, data=invocation.stream.onto(selection.array(result), at))
    return result


def _fail(function: Function, problem: str, advice: str) -> NoReturn:
    raise GenerationError(
        lambda span: FunctionFailed(span=span, function=function.name, problem=problem, advice=advice)
    )
