"""The two backends of expressions, numpy for generating and SQL for checking, give the same values."""

from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.walk import walk
from specdsl.verify.lowered import NotLowered
from tests.agreement.backends import FAILED, Sql, numpy_result, same
from tests.agreement.expressions import COLUMNS, FINE, MONEY, STATUS, cases, expressions

SQL = Sql(COLUMNS)
TYPES = (t.BOOL, t.INT, t.FLOAT, MONEY, FINE, t.STRING, t.DATE, t.TIME, t.TIMESTAMP, t.DURATION, STATUS)


def is_lazy(expr: e.Expr) -> bool:
    """Whether SQL may leave out a part whose value does not matter, and with it that part's failure: what is
    made of a null is one, whatever else it is made of."""
    return any(
        isinstance(n, (e.Logic, e.If, e.Match, e.IsNull, e.IsIn))
        or (isinstance(n, e.Const) and n.value is None)
        for n in walk(expr)
    )


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_backends_agree(dtype: t.DataType) -> None:
    @settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases(expressions(dtype, 3)))
    def agree(case: tuple[e.Expr, dict[str, list[Any]]]) -> None:
        expr, data = case
        SQL.fill(data)
        by_sql = SQL.result(expr)
        if isinstance(by_sql, NotLowered):
            return
        by_numpy = numpy_result(expr, COLUMNS, data)
        if by_numpy == FAILED and by_sql != FAILED:
            assert is_lazy(expr), (by_numpy, by_sql)
            return
        assert same(by_numpy, by_sql), (by_numpy, by_sql)

    agree()
