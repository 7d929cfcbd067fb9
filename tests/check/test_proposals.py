"""The line that a message proposes compiles."""

from __future__ import annotations

import re

import pytest

from specdsl.compiler import Compilation, compile_source
from specdsl.diagnostics.model import Severity
from specdsl.ide.edits import applied
from specdsl.source import SourceFile
from tests.language.memory import MemoryFiles

HEAD = "type Code = string(5)\n\ntable t 50 {\n  id int unique = 1..99\n  "

ROWS = """
x string
name string
x string(min: 10)
x string(max: 2)
x string(4)
x Code
x string key
x string unique
x int
x int8
x int in 500..
x int in ..-5
x int in 1_000_000..
x int unique
x float in 200.0..
x float in ..0.5
x decimal(3, 2)
x decimal(2, 2)
x decimal(1, 0) in -5..
x decimal(10, 2) in 1000..
x decimal(10, 2) unique
x date
x date in 2030-01-01..
x date in ..2020-01-01
x timestamp in 2030-01-01T00:00:00..
x time
x time in 20:00..
x time in ..07:00
x duration
x duration in 2d..
x json
x bytes
x list<string>[2]
x list<string(min: 10)>[2]
x list<date>[1..2]
x struct { a int in 500.. }
""".strip().splitlines()


def compiled(row: str) -> Compilation:
    return compile_source(SourceFile("main.dgen", f"{HEAD}{row}\n}}\n"), MemoryFiles({}))


def errors(row: str) -> list[tuple[str, str]]:
    found = compiled(row).diagnostics
    return [(d.code, d.message()) for d in found if d.severity is Severity.ERROR]


@pytest.mark.parametrize("row", ROWS)
def test_a_value(row: str) -> None:
    (told,) = [d for d in compiled(row).diagnostics if d.severity is Severity.ERROR]
    assert told.code == "DG313"
    (proposed,) = re.findall("`([^`]+)`", told.help())
    assert proposed.startswith(row.removesuffix(" }"))
    assert errors(proposed) == []


def test_bounds_of_what_has_no_order_are_told_alone() -> None:
    row = 'x string in "a".."f"'
    (told,) = [d for d in compiled(row).diagnostics if d.severity is Severity.ERROR]
    assert told.code == "DG326"
    assert told.help() == "a letter of them is drawn by a pattern: `= /[a-f]/`"
    assert errors("x string = /[a-f]/") == []


@pytest.mark.parametrize(
    ("weights", "scaled"),
    [
        ("70% 50%", "58% 42%"),
        ("60% 20%", "75% 25%"),
        ("10% 10% 10%", "34% 33% 33%"),
        ("33.3% 33.3% 33.3%", "33.4% 33.3% 33.3%"),
        ("90% 90% 0.01%", "49.997% 49.997% 0.006%"),
        ("1000% 1%", "99.9% 0.1%"),
    ],
)
def test_weights_are_scaled(weights: str, scaled: str) -> None:
    def row(given: str) -> str:
        return "x string = " + " | ".join(f'"{n}" {weight}' for n, weight in enumerate(given.split()))

    (told,) = [d for d in compiled(row(weights)).diagnostics if d.severity is Severity.ERROR]
    fix = told.fix()
    assert fix is not None
    assert applied(f"{HEAD}{row(weights)}\n}}\n", fix.edits) == f"{HEAD}{row(scaled)}\n}}\n"
    assert errors(row(scaled)) == []


@pytest.mark.parametrize("arms", ['"a" 0% | "b" 110%', '"a" 100% | "b"', '"a" 120%'])
def test_weights_that_only_people_can_correct(arms: str) -> None:
    found = [d for d in compiled(f"x string = {arms}").diagnostics if d.code == "DG314"]
    assert [d.fix() for d in found] == [None]
