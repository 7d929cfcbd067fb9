from __future__ import annotations

import re

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.diagnostics.cells import char_width, width, wrap
from specdsl.diagnostics.model import Label
from specdsl.diagnostics.render_text import counts, render_one, render_text, summary
from specdsl.source import SourceFile, Span
from tests.diagnostics.cases import CASES, SOURCES, Made, MadeHint, at, holds


@pytest.mark.parametrize("columns", [100, 60])
@pytest.mark.parametrize("name", CASES)
def test_golden(name: str, columns: int) -> None:
    holds(f"{name}.{columns}.txt", render_one(CASES[name], SOURCES, columns=columns))


@pytest.mark.parametrize("name", CASES)
def test_colours_change_nothing_else(name: str) -> None:
    plain = render_one(CASES[name], SOURCES)
    colored = render_one(CASES[name], SOURCES, color=True)
    assert "\x1b[" in colored
    assert re.sub(r"\x1b\[[0-9;]*m", "", colored) == plain
    assert "\x1b" not in plain


def test_the_example_of_the_language_brief() -> None:
    source = SourceFile(
        "shop.dgen",
        "\n" * 8 + "table coupons 1_000 {\n" + "\n" * 4 + "  coupon string key = /[A-Z][0-9]/\n}\n",
    )
    found = Made(
        span=at("/[A-Z][0-9]/", source),
        says="`coupon` needs 1000 distinct values but can only make 260",
        beside="26 x 10 = 260 strings",
        others=(Label(at("1_000", source), "1000 rows are asked for here"),),
        hint="one more digit is enough: /[A-Z][0-9]{2}/ makes 2600",
    )
    assert (
        render_one(found, {"shop.dgen": source})
        == """\
error[DG405]: `coupon` needs 1000 distinct values but can only make 260
  --> shop.dgen:14:23
   |
 9 | table coupons 1_000 {
   |               ----- 1000 rows are asked for here
14 |   coupon string key = /[A-Z][0-9]/
   |                       ^^^^^^^^^^^^ 26 x 10 = 260 strings
   = help: one more digit is enough: /[A-Z][0-9]{2}/ makes 2600
"""
    )


def test_summary() -> None:
    error, hint = Made(span=at("naam")), MadeHint(span=at("naam"))
    assert summary([error, error, error, hint]) == "3 errors, 1 hint in shop.dgen"
    assert summary([hint]) == "1 hint in shop.dgen"
    assert summary([error, Made(span=Span("b.dgen", 0, 0))]) == "2 errors in 2 files"
    assert summary([], ["shop.dgen"]) == "no problems in shop.dgen"
    assert summary([]) == "no problems"
    assert counts([]) == ""


def test_nothing_for_nothing() -> None:
    assert render_text([], {}) == ""


def test_a_line_of_ten_megabytes() -> None:
    source = SourceFile("big.dgen", "x" * 5_000_000 + "HERE" + "y" * 5_000_000)
    shown = render_one(Made(span=Span("big.dgen", 5_000_000, 5_000_004), beside="this"), {"big.dgen": source})
    line, underline = shown.splitlines()[3:5]
    assert len(line) <= 100
    assert line.index("HERE") == underline.index("^^^^ this")


TEXT = st.text(st.sampled_from("ab \t\n\r\f\x1b日e\u0301\u202e😀{}"), max_size=60)


@settings(max_examples=200, deadline=None)
@given(
    TEXT,
    st.lists(st.tuples(st.integers(0, 70), st.integers(0, 70)), min_size=1, max_size=5),
    st.integers(1, 90),
)
def test_any_text_and_spans(text: str, spans: list[tuple[int, int]], columns: int) -> None:
    """Never raises, never lets a control character through, never overruns a width that can be kept."""
    source = SourceFile("any.dgen", text)
    made = [Span("any.dgen", min(s), max(s)) for s in spans]
    found = Made(
        span=made[0], beside="main", others=tuple(Label(s, f"label {i}") for i, s in enumerate(made[1:]))
    )
    shown = render_one(found, {"any.dgen": source}, columns=columns)
    assert "\x1b" not in shown
    assert "\r" not in shown
    assert "\u202e" not in shown
    assert "^" in shown
    assert all(width(row) <= max(columns, 40) + 24 for row in shown.split("\n"))


@pytest.mark.parametrize(
    ("char", "cells"),
    [("a", 1), ("é", 1), ("\u0301", 0), ("日", 2), ("😀", 2), ("\u200d", 0), ("ｱ", 1), ("Ａ", 2)],
)
def test_char_width(char: str, cells: int) -> None:
    assert char_width(char) == cells


def test_wrap_keeps_code_together() -> None:
    assert wrap("write `a b c` or nothing", 14) == ["write `a b c`", "or nothing"]
    assert wrap("write `a b c` or nothing", 10) == ["write", "`a b c` or", "nothing"]
    assert wrap("one\n  two three", 8) == ["one", "  two", "  three"]
