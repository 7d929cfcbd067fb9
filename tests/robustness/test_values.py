"""Values at the ends of their types, and rules that cannot be kept."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.robustness.outcomes import codes, ended

U = "table u 3 { id int key }\n"
TOLD = {
    "weights of 99 %": ('table t 3 { a string = "x" 70% | "y" 29% }', "DG314"),
    "weights of 99 % of an enum": ("enum E { a 70%, b 29% }\ntable t 3 { e E }", "DG314"),
    "a range upside down": ("table t 3 { a int = 9..1 }", "DG501"),
    "dates upside down": ("table t 3 { a date = 2025-01-02 .. 2025-01-01 }", "DG501"),
    "bounds upside down": ("table t 3 { a int in 5..1 = 3 }", "DG501"),
    "a size upside down": ("table t 3 { a list<int>[3..1] = 1 }", "DG324"),
    "unique over too few": ("table t 300 { a int key = 1..9 }", "DG405"),
    "a parent without rows": ("table p 0 { id int key }\ntable t 3 { p -> p }", "DG423"),
    "children of children of none": (
        "table p 0 { id int key }\ntable q { p -> p each 1..3, id int key }\ntable t 3 { q -> q }",
        "DG423",
    ),
    "a total that overflows": (
        "table p 4_000_000_000 { id int key }\ntable q { p -> p each 10_000_000_000 }",
        "DG429",
    ),
    "rows that overflow": ("table p 9_223_372_036_854_775_807 { id int key }", "DG333"),
    "rows beyond 64 bits": ("table p 99999999999999999999999 { id int key }", "DG327"),
    "fewer than no rows": ("table p -3 { id int key }", "DG333"),
    "fewer than no children": (U + "table q { u -> u each -5..-1 }", "DG333"),
    "children in fractions": (U + "table q { u -> u each normal(mean: -5, sd: 1) }", "DG333"),
    "a step of 0": ("table p over x = 0..10 by 0 { b int = 1..3 }", "DG335"),
    "over all integers": ("table p over x = 0..9_223_372_036_854_775_807 { b int = 1..3 }", "DG429"),
    "a check that never holds": ("table t 3 { a int = 1..5, check no: a > 9 }", "DG505"),
    "a check that hardly ever holds": (
        "table t 300 { a int = 1..1_000_000_000, b int = 1..1_000_000_000, check no: a == b }",
        "DG573",
    ),
    "a list without end": ("table t 3 { s list<int>[9..] = 1..3 }", "DG324"),
    "a huge list": ("table t 3 { s list<int>[1_000_000_000] = 1..3 }", "DG324"),
    "lists in lists": ("table t 3 { s list<list<int>[10_000]>[1000] = 1..3 }", "DG324"),
    "a huge text": ('table t 3 { s string = repeat("x", 10_000_000_000) }', "DG309"),
    "a huge width": ('table t 3 { s string = f"{row:1000000000}" }', "DG321"),
    "distinct elements that are not there": (
        'table t 3 { s list<string>[20] = distinct("a" | "b") }',
        "DG507",
    ),
    "40 digits": ("table t 3 { a decimal(40, 0) = 1 }", "DG323"),
    "more scale than precision": ("table t 3 { a decimal(5, 6) = 1 }", "DG323"),
    "year 0": ("table t 3 { a date = 0000-01-01 }", "DG109"),
    "month 13": ("table t 3 { a date = 2025-13-01 }", "DG109"),
    "a duration without end": ("table t 3 { a duration = 99999999999999999999d }", "DG327"),
    "beyond year 9999": ("table t 3 { a date = 9990-01-01..9999-12-31, b date = a + 3650d }", "DG590"),
    "before year 1": ("table t 3 { a timestamp = 0001-01-01..0001-12-31, b timestamp = a - 365d }", "DG590"),
    "a duration doubled": ("table t 3 { a duration = 99_999_999d..106751991d, b duration = a * 2 }", "DG590"),
    "the least integer negated": ("table t 3 { a int = -9223372036854775807 - 1, b int = -a }", "DG590"),
    "int8": ("table t 99 { a int8 = 1..100, b int8 = a * 2 }", "DG591"),
    "a sum beyond 64 bits": (
        "table p 3 { id int key, s int = sum(c.v) }\ntable c { p -> p each 5, v int = 9_000_000_000_000_000_000 }",
        "DG578",
    ),
    "numbers that run out": ("table t 30 { a int8 key = sequence(start: 120) }", "DG509"),
    "half a character": ('table t 3 { s string = "\\ud800" }', "DG108"),
    "no locale": ('dataset d { locale "xx" }\ntable t 3 { s string = first_name() }', ""),
    "a regex without end": ("table t 3 { a string = /a*b+/ }", "DG320"),
    "a catastrophic regex": ("table t 3 { a string = /(a+)+b/ }", "DG320"),
    "a regex that is none": ("table t 3 { a string = /[z-a]/ }", "DG320"),
    "a million repeats": ("table t 3 { a string = /a{1000000}/ }", "DG320"),
    "repeats of repeats": ("table t 3 { a string = /((a{1000}){1000}){1000}/ }", "DG320"),
    "look-ahead": ("table t 3 { a string = /(?=a)b/ }", "DG320"),
    "a back-reference": ("table t 3 { a string = /(a)\\1/ }", "DG320"),
    "surrogates": ("table t 3 { a string = /[\\ud800-\\udfff]/ }", "DG320"),
    "alternatives that are one": ("table t 3 { a string key = /(a|a)(b|b)/ }", "DG405"),
    "a huge key of repeats": ("table t 3 { a string key = /([a-z]{1,100}){1,100}/ }", "DG420"),
}  # fmt: skip


@pytest.mark.parametrize("what", TOLD)
def test_told(tmp_path: Path, what: str) -> None:
    """One coded message."""
    text, code = TOLD[what]
    ran = ended(tmp_path, text)
    assert ran.status == 1 and len(codes(ran)) == 1, ran.err
    assert codes(ran) == [code or codes(ran)[0]]
    assert "help:" in ran.err


MADE = {
    "the ends of dates and times": """
        a date = 0001-01-01..9999-12-31, b timestamp = 0001-01-01T00:00:00Z..9999-12-31T23:59:59.999999Z
        c duration = -106751991d..106751991d, d time = 00:00..23:59:59.999999""",
    "the ends of integers": """
        a int = -9223372036854775807..9223372036854775807, b uint64 = 0..9223372036854775807, d int8 = -128..127
        e int? = a // 0, f int? = a % 0, g float? = a / 0""",
    "the ends of floats": """
        a float = -1.7976931348623157e308..1.7976931348623157e308, b float = 5e-324..1e-320""",
    "the ends of decimals": """
        a decimal(38, 0) = 0..9223372036854775807, b decimal(38, 18) = 0.000000000000000001..0.5, c decimal(1, 1) = 0.1..0.9""",
    "NUL and other odd characters": """
        s string = "a\\u0000b" | "\\u{10FFFF}" | "\\u2028" | "\\r\\n", u string unique = f"\\x00{row}", t string = /[\\x00-\\x02]{3}/""",
    "a regex of anything": "a string = /.{3}/, b string = /^a$/, c string = /(x|y){0,1000}/",
    "what is drawn far from its middle": "e float in 500..600 = normal(mean: 0, sd: 0.0001), f int in 500.. = poisson(1)",
    "nothing but null": "a int? = null, check no: a > 8",
    "a cap that everything hits": """
        a timestamp = 9999-01-01..9999-12-30, b timestamp in ..9999-12-31 = a + exponential(mean: 3650d)""",
}  # fmt: skip


@pytest.mark.parametrize("form", ["parquet", "csv", "jsonl"])
@pytest.mark.parametrize("what", MADE)
def test_made(tmp_path: Path, what: str, form: str) -> None:
    """Made, written, and held against every rule."""
    ran = ended(tmp_path, f"table t 30 {{ id int key\n{MADE[what]} }}", "-f", form)
    assert ran.status == 0, ran.err
