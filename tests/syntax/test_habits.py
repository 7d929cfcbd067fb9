"""Habits from other languages: the corrected statement that is shown compiles without a word."""

from __future__ import annotations

import re

import pytest

from specdsl.diagnostics.lexical import OtherForm
from specdsl.source import SourceFile
from specdsl.syntax.parser import parse

COLUMNS = [
    'plan string = "free" 0.7 | "pro" 0.3',
    'plan string = "free" 70 | "pro" 30',
    'plan string = "free" 70 % | "pro" 30 %',
    'plan string = 70% "free" | "pro"',
    'plan string = "free" -5% | "pro"',
    'plan string = "free", "pro", "team"',
    "n int = 1 50 | 2 50",
    "n int = 1, 2, 3",
    "n int = 1,000..2,000",
    "x float = 1,5..2,5",
    "n int = 18 to 65",
    "n int = 18...65",
    "n int between 18 and 65",
    "n int in (18, 65) = normal(mean: 30, sd: 5)",
    "n int null = 1..5",
    "n int? 20 null = 1..5",
    "n unique int = 1..500",
    "n? int = 1..5",
    "n int? = 1..5 20% null",
    "first-name string = first_name()",
    '"name" string = first_name()',
    "b bool = 70%",
    "d timestamp = 2024-01-01 10:00:00 .. 2024-01-02 11:30:00",
    "d duration = 3 days",
    'tags array<string>[0..3] = "a" | "b"',
    'c string = name[0] | "b"',
]


@pytest.mark.parametrize("column", COLUMNS)
def test_the_corrected_column_is_right(column: str) -> None:
    found = parse(SourceFile("t.dgen", f"table t 10 {{\n  id int key\n  {column}\n}}\n")).diagnostics
    assert len(found) == 1, [d.message() for d in found]
    told = re.search(r"`(.+)`", found[0].help())
    assert told is not None, found[0].help()
    assert not parse(SourceFile("t.dgen", f"table t 10 {{\n  id int key\n  {told[1]}\n}}\n")).diagnostics


@pytest.mark.parametrize(
    "statement",
    [
        "table users = 10 { id int key }",
        "table users 10 rows { id int key }",
        "table user-accounts 10 { id int key }",
        "enum S = open | closed",
        "enum S { open = 1, closed = 2 }",
        "type Money: decimal(10, 2)",
        "type Money decimal(10, 2)",
        "seed 42",
    ],
)
def test_statements_of_the_file(statement: str) -> None:
    found = parse(SourceFile("t.dgen", statement)).diagnostics
    assert [type(d) for d in found] == [OtherForm]
    assert found[0].help().startswith("write `")


@pytest.mark.parametrize("number", ["1e999999999", "9" * 5_000, "0." + "3" * 5_000, "1_0_0"])
def test_numbers_out_of_proportion(number: str) -> None:
    for value in (f'"a" {number} | "b"', f"name[{number}]", f"{number}% | 2"):
        assert parse(SourceFile("t.dgen", f"table t 10 {{ x string = {value} }}")).diagnostics
