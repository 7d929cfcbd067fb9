"""Functions of the catalogue that say how they are checked in SQL: kernel and SQL agree."""

from typing import Any

import pytest
from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from specdsl.datatypes import types as t
from specdsl.functions.entry import REQUIRED, Form, Function, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir import expr as e
from specdsl.verify.lowered import NotLowered
from tests.agreement.backends import FAILED, Sql, numpy_result, same
from tests.agreement.expressions import COLUMNS, PHYSICAL, cases

LOWERED = [f for f in FUNCTIONS.values() if f.sql is not None and f.form is Form.FUNCTION]
SQL = Sql(COLUMNS)
WORDS: dict[str, tuple[str | None, ...]] = {
    "zone": ("UTC", "Europe/Berlin", "America/New_York", "Asia/Kolkata", "Pacific/Apia"),
    "country": (None, "DE", "EG"),
    "subdivision": (None,),
    "days": (None, "Mon-Sat", "Sun-Thu", "Tue"),
    "code": ("EUR", "JPY", "eur"),
    "pattern": (
        "%Y-%m-%d",
        "%d/%b/%Y:%H:%M:%S %z",
        "%A, %e. %B %y, %I:%M %p",
        "%F %T.%f",
        "%G-W%V-%u %j 100%%",
    ),
}
"""What parameters of these names are given: texts that any other text would not be among."""


@st.composite
def calls(draw: st.DrawFn, function: Function) -> e.Call:
    """A call with arguments of types that the function takes."""
    args: list[tuple[str, e.Expr]] = []
    types: dict[str, t.DataType] = {}
    for parameter in function.parameters:
        names = [parameter.name]
        if parameter.variadic:
            names = [f"{parameter.name}{i}" for i in range(draw(st.integers(1, 3)))]
        shared = types.get(parameter.same_as or "")
        for name in names:
            value = draw(_argument(parameter, shared))
            shared = value.type if parameter.variadic else shared
            types[name] = value.type
            args.append((name, value))
    result = function.result if isinstance(function.result, t.DataType) else function.result(types)
    return e.Call(result, True, function.name, tuple(args))


@st.composite
def _argument(draw: st.DrawFn, parameter: Parameter, shared: t.DataType | None) -> e.Expr:
    if parameter.name in WORDS:
        word = draw(st.sampled_from(WORDS[parameter.name]))
        if word is not None or parameter.default is None:
            return e.Const(t.STRING, word is None, word)
    if parameter.choices:
        return e.Const(t.STRING, False, draw(st.sampled_from(parameter.choices)))
    if shared is not None:
        dtype = shared
    else:
        fitting = [d for d in PHYSICAL if parameter.accepts.test(d)]
        assume(fitting)
        dtype = parameter.accepts.target(draw(st.sampled_from(fitting)))
    if dtype not in PHYSICAL:
        dtype = t.STRING
    if parameter.default is not REQUIRED and parameter.default is not None and draw(st.booleans()):
        return e.Const(dtype, False, parameter.default)
    low = -3 if parameter.minimum is None else int(parameter.minimum)
    high = 8 if parameter.maximum is None else int(parameter.maximum)
    if parameter.constant and isinstance(dtype, t.Int):
        return e.Const(dtype, False, draw(st.integers(low, high)))
    if parameter.constant:
        return e.Const(dtype, False, draw(PHYSICAL[dtype]))
    columns = [e.ColumnValue(dtype, True, n) for n, held in COLUMNS.items() if held == dtype]
    tame = PHYSICAL[dtype]
    if dtype == t.INT:
        tame = st.integers(low, high)
    return draw(st.one_of(st.sampled_from(columns), tame.map(lambda v: e.Const(dtype, False, v))))


def close(left: Any, right: Any) -> bool:
    """Alike, floats to a relative 1e-9: libraries of elementary functions differ in the last digits."""
    if isinstance(left, list) and isinstance(right, list):
        return len(left) == len(right) and all(close(a, b) for a, b in zip(left, right, strict=True))
    if isinstance(left, float) and isinstance(right, float) and left == left and right == right:
        return left == right or abs(left - right) <= 1e-9 * max(abs(left), abs(right))
    return same(left, right)


@pytest.mark.parametrize("function", LOWERED, ids=lambda f: f.name)
def test_kernel_and_sql_agree(function: Function) -> None:
    @settings(max_examples=50, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases(calls(function)))
    def agree(case: tuple[e.Call, dict[str, list[Any]]]) -> None:
        call, data = case
        SQL.fill(data)
        try:
            by_sql = SQL.result(call)
        except FunctionProblem:  # such as a line through a single point
            by_sql = FAILED
        assert not isinstance(by_sql, NotLowered), by_sql.reason
        by_numpy = numpy_result(call, COLUMNS, data)
        assert by_numpy == FAILED or close(by_numpy, by_sql), (by_numpy, by_sql)

    agree()
