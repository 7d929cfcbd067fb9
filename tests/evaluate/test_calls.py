"""Calls: what a kernel is given, and what becomes of nulls and of what it refuses."""

from __future__ import annotations

import re
from types import MappingProxyType

import numpy as np
import pytest

from specdsl.datatypes import types as t
from specdsl.functions.entry import REQUIRED, Accepts, Function, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.generate.errors import GenerationError
from specdsl.ir import expr as ir
from specdsl.vectors.vector import Vector
from tests.evaluate.memory import MemoryFrame, col, const, frame, run

ANY = Accepts("anything", lambda _: True)


def function(kernel, *parameters, **more):
    built = tuple(Parameter(name, ANY, "", default) for name, default in parameters)
    return Function("f", "test", "A test.", t.INT, kernel, built, **more)


@pytest.fixture
def calls(monkeypatch):
    """Registers a kernel as `f` and keeps the invocations."""
    seen = []

    def register(kernel, *parameters, **more):
        def keeping(call):
            seen.append(call)
            return kernel(call)

        found = MappingProxyType({"f": function(keeping, *parameters, **more)})
        monkeypatch.setattr("specdsl.functions.registry.FUNCTIONS", found)
        return seen

    return register


def call(**args):
    site = args.pop("site", None)
    low, high = args.pop("low", None), args.pop("high", None)
    return ir.Call(t.INT, True, "f", tuple(args.items()), site, low, high)


def doubled(invocation):
    x = invocation.args["x"]
    return Vector(t.INT, np.full(invocation.n, x * 2) if isinstance(x, int) else x.data * 2)


def test_constants_arrive_as_python_values_with_their_types(calls):
    seen = calls(doubled, ("x", REQUIRED))
    assert run(call(x=const(t.INT, 4)), frame(3)) == [8, 8, 8]
    assert seen[0].args == {"x": 4}
    assert seen[0].types == {"x": t.INT}
    assert (seen[0].n, seen[0].locale, seen[0].stream) == (3, "en_US", None)


def test_a_kernel_does_not_see_null_rows(calls):
    seen = calls(doubled, ("x", REQUIRED))
    at = frame(x=(t.INT, [1, None, 3]))
    assert run(call(x=col(t.INT, "x")), at) == [2, None, 6]
    assert seen[0].n == 2
    assert seen[0].rows.tolist() == [0, 2]
    assert run(call(x=col(t.INT, "x")), frame(x=(t.INT, [None, None]))) == [None, None]


def test_a_constant_null_makes_null_unless_it_is_the_default(calls):
    seen = calls(doubled, ("x", REQUIRED))
    assert run(call(x=const(t.INT, None)), frame(2)) == [None, None]
    assert seen == []
    seen = calls(lambda c: Vector(t.INT, np.full(c.n, -1 if c.args["x"] is None else 1)), ("x", None))
    assert run(call(x=const(t.INT, None)), frame(2)) == [-1, -1]


def test_functions_that_handle_nulls_see_them(calls):
    calls(lambda c: Vector(t.INT, np.where(c.args["x"].valid, 1, 0)), ("x", REQUIRED), handles_null=True)
    assert run(call(x=col(t.INT, "x")), frame(x=(t.INT, [5, None]))) == [1, 0]


def test_draws_of_the_rows_that_are_left_are_those_of_the_whole(calls):
    calls(lambda c: Vector(t.INT, c.stream.below(10**9)), ("x", REQUIRED), draws=True)
    whole = run(call(x=col(t.INT, "x"), site=1), frame(x=(t.INT, [1, 1, 1])))
    some = run(call(x=col(t.INT, "x"), site=1), frame(x=(t.INT, [1, None, 1])))
    assert some == [whole[0], None, whole[2]]


def test_truncation_bounds_arrive_as_arguments_do(calls):
    seen = calls(doubled, ("x", REQUIRED), truncates=True)
    at = frame(b=(t.INT, [1, 2]))
    run(call(x=const(t.INT, 1), low=const(t.INT, 3), high=col(t.INT, "b")), at)
    assert seen[0].low == 3
    assert seen[0].high.data.tolist() == [1, 2]


def test_what_a_kernel_refuses_is_told_by_its_name(calls):
    def refuse(invocation):
        raise FunctionProblem("`x` is 5, but it must be even")

    calls(refuse, ("x", REQUIRED))
    with pytest.raises(GenerationError, match="`f`: `x` is 5, but it must be even"):
        run(call(x=const(t.INT, 5)), frame(1))


@pytest.mark.parametrize("pattern", ["[A-Z]{3}-[0-9]{6}", "(a|bc)d{0,3}", "é[äöü]"])
def test_regex_draws_match_their_pattern(pattern):
    found = run(ir.RegexDraw(t.STRING, False, 0, pattern), frame(200))
    assert all(re.fullmatch(pattern, x) for x in found)
    assert len(set(found)) > 1
    part = MemoryFrame(2, rows=np.array([7, 3]))
    assert run(ir.RegexDraw(t.STRING, False, 0, pattern), part) == [found[7], found[3]]


@pytest.mark.parametrize(
    ("pattern", "size"), [("[a-d]", 4), ("x[0-9]{3}", 6), ("a?a?b?", 6), ("[A-Z]{20}", 5)]
)
def test_distinct_regex_elements(pattern, size):
    element = ir.RegexDraw(t.STRING, False, 0, pattern)
    expr = ir.ListDraw(t.List(t.STRING), False, 1, const(t.INT, size), element, True)
    for found in run(expr, frame(40)):
        assert len(set(found)) == size
        assert all(re.fullmatch(pattern, x) for x in found)
    if pattern == "[a-d]":
        with pytest.raises(GenerationError, match="needs 5 distinct elements but only 4"):
            run(ir.ListDraw(t.List(t.STRING), False, 1, const(t.INT, 5), element, True), frame(2))
