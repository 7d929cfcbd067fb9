"""What is said about specs that a type does not take; what is let through must format."""

from __future__ import annotations

from decimal import Decimal

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.check.formats import spec_problem
from specdsl.datatypes import types as t
from specdsl.datatypes.format_spec import check_spec
from specdsl.ir import expr as ir
from tests.evaluate.memory import col, frame, run


@pytest.mark.parametrize(
    ("dtype", "spec", "problem"),
    [
        (t.INT, "s", "`s` does not format a int"),
        (t.INT, ".2d", "a precision (`.2`) needs a presentation with a point"),
        (t.INT, ".2", "a precision (`.2`) needs"),
        (t.INT, ",x", "`,` does not go with `x`"),
        (t.INT, "zd", "`z` is for presentations with a point"),
        (t.INT, "08dd", "is not a format spec"),
        (t.INT, "2000d", "a width of 2000 is above the most, 1000"),
        (t.FLOAT, "d", "`d` does not format a float"),
        (t.FLOAT, ".9999f", "a precision of 9999 is above"),
        (t.STRING, "d", "`d` does not format a string"),
        (t.STRING, "+", "are for numbers"),
        (t.STRING, "=5", "padding after the sign"),
        (t.DATE, "%H", "`%H` does not format a date"),
        (t.DATE, ">10", "has no directive"),
        (t.TIME, "%Y", "`%Y` does not format a time"),
        (t.TIMESTAMP, "%Y%", "a `%` at the end"),
        (t.TIMESTAMP, "%-Y", "has no padding to leave out"),
        (t.TIMESTAMP, "%Q", "`%Q` does not format a timestamp"),
        (t.List(t.INT), "d", "takes no format spec"),
        (t.Tuple((t.INT,)), "", "a tuple has no text form"),
    ],
)
def test_problems(dtype, spec, problem):
    assert problem in (check_spec(dtype, spec) or "")


specs = st.one_of(
    st.text("<>=^+-# 0123456789,_.zbdoxXeEfFgGs%*", max_size=6),
    st.builds(
        lambda *parts: "".join(parts),
        st.sampled_from(["", "*<", ">", "^", "="]),
        st.sampled_from(["", "+", " "]),
        st.sampled_from(["", "#"]),
        st.sampled_from(["", "0", "08", "5"]),
        st.sampled_from(["", ",", "_"]),
        st.sampled_from(["", ".2", ".0"]),
        st.sampled_from(["", "d", "f", "e", "g", "%", "x", "s"]),
    ),
)
SAMPLES = {
    t.INT: [5, -1234567],
    t.FLOAT: [2.5, -1e20],
    t.Decimal(10, 2): [Decimal("1234.50")],
    t.STRING: ["ab", ""],
}


@settings(max_examples=400)
@given(st.sampled_from(list(SAMPLES)), specs)
def test_what_passes_formats(dtype, spec):
    if not spec or (check_spec(dtype, spec) is not None and spec_problem(spec, dtype) is not None):
        return
    at = frame(a=(dtype, SAMPLES[dtype]))
    found = run(ir.Format(t.STRING, False, (ir.FormatPart(col(dtype, "a"), spec),)), at)
    assert all(isinstance(x, str) for x in found)


@settings(max_examples=200)
@given(st.sampled_from([t.INT, t.FLOAT, t.STRING]), specs)
def test_what_python_refuses_is_refused(dtype, spec):
    try:
        format(SAMPLES[dtype][0], spec)
    except ValueError:
        assert check_spec(dtype, spec) is not None
