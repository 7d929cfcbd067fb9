"""Bounds and checks of generated tables hold, whether pushed into draws, proved or drawn again."""

from __future__ import annotations

from typing import Any

from hypothesis import HealthCheck, assume, given, settings
from hypothesis import strategies as st

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Severity
from specdsl.generate.errors import GenerationError
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from tests.generate.making import made, planned

NAMES = ("a", "b", "c", "d")


@st.composite
def values(draw: st.DrawFn, earlier: tuple[str, ...]) -> str:
    """A whole-number expression over a draw and earlier columns."""
    low = draw(st.integers(-20, 20))
    drawn = draw(
        st.sampled_from(
            [f"({low}..{low + 30})", "poisson(6)", "round_int", f"({low} | {low + 7} | 0)", "(0..5 + 0..5)"]
        )
    ).replace("round_int", "(if row % 3 == 0 then 0..4 else 10..40)")
    form = draw(
        st.sampled_from(["{d}", "{d}", "{x} + {d}", "{x} - {d}", "{d} - {x}", "-{d}", "{d} * 2", "{x}"])
    )
    other = draw(st.sampled_from(earlier)) if earlier else "row % 10"
    return form.format(d=drawn, x=other)


@st.composite
def tables(draw: st.DrawFn) -> tuple[str, list[str]]:
    """The text of a table, and its conditions as Python."""
    lines, conditions = [], []
    for i, name in enumerate(NAMES):
        value = draw(values(NAMES[:i]))
        bounds = ""
        if draw(st.booleans()):
            low = draw(st.integers(-15, 10))
            high = low + draw(st.integers(10, 60))
            end = draw(st.sampled_from([str(high), NAMES[i - 1]])) if i else str(high)
            bounds = f" in {low}..{end}" if end == str(high) else f" in ..{end}"
            conditions.append(f"{low} <= {name} <= {high}" if end == str(high) else f"{name} <= {end}")
        lines.append(f"{name} int{bounds} = {value}")
    if draw(st.booleans()):
        left, right = draw(st.permutations(NAMES))[:2]
        operator = draw(st.sampled_from(["<", "<=", ">=", "!="]))
        lines.append(f"check rule: {left} {operator} {right}")
        conditions.append(f"{left} {operator} {right}")
    body = "\n  ".join(lines)
    return f"table t 150 {{\n  {body}\n}}", conditions


@settings(max_examples=60, deadline=None, suppress_health_check=list(HealthCheck), derandomize=True)
@given(tables())
def test_bounds_and_checks_hold(spec: tuple[str, list[str]]) -> None:
    text, conditions = spec
    found = compile_source(SourceFile("t.dgen", text), LocalFiles()).diagnostics
    assume(not any(d.severity is Severity.ERROR for d in found))  # a range that cannot hold, and the like
    assume(not planned(text).tables["t"].unchecked)  # rows without a draw that could help
    try:
        table: dict[str, list[Any]] = made(text, "t")
    except GenerationError:
        return  # too rare, or a range upside down: told, not broken
    for row in zip(*table.values(), strict=True):
        scope = dict(zip(table, row, strict=True))
        for condition in conditions:
            assert eval(condition, {}, scope), (condition, scope)
