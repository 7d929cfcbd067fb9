"""What the checker lists of an expression for a test design is what the generator makes of it."""

from types import SimpleNamespace
from typing import Any

import pytest
from hypothesis import HealthCheck, given, settings

from specdsl.check.covering.outcomes import Outcomes, UnlistedError
from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.model import Column, Table
from tests.agreement.backends import FAILED, numpy_result, same
from tests.agreement.expressions import COLUMNS, FINE, MONEY, STATUS, cases, expressions

TYPES = (t.BOOL, t.INT, t.FLOAT, MONEY, FINE, t.STRING, t.TIMESTAMP, STATUS)
_TABLE = Table("t", {n: Column(n, d, True, e.Const(d, True, None)) for n, d in COLUMNS.items()})
_DATASET: Any = SimpleNamespace(tables={"t": _TABLE}, plugins=(), locale="en_US")


@pytest.mark.parametrize("dtype", TYPES, ids=str)
def test_lists_agree_with_the_generator(dtype: t.DataType) -> None:
    listed = 0

    @settings(max_examples=80, deadline=None, suppress_health_check=list(HealthCheck))
    @given(cases(expressions(dtype, 3)))
    def agree(case: tuple[e.Expr, dict[str, list[Any]]]) -> None:
        nonlocal listed
        expr, data = case
        outcomes = Outcomes(_DATASET, _TABLE, frozenset(COLUMNS))
        count = len(next(iter(data.values())))
        rows = [{name: values[i] for name, values in data.items()} for i in range(count)]
        try:
            found = [outcomes.only(expr, row) for row in rows]
        except UnlistedError:
            return
        made = numpy_result(expr, COLUMNS, data)
        if made == FAILED:
            return  # a branch that is not taken there, and a build that stops is no row
        if isinstance(dtype, t.Enum):
            found = [None if v is None else dtype.members[int(str(v))] for v in found]
        assert same(made, found), (made, found)
        listed += 1

    agree()
    assert listed > 10
