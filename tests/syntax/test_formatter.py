"""The one layout: stable, without loss, and the same whatever the blanks were."""

from __future__ import annotations

import random

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text, layout, without_spans
from specdsl.syntax.layout import lay_out
from specdsl.syntax.lexer import lex
from specdsl.syntax.parser import parse_laid
from tests.syntax.shapes import EXAMPLES, FORMS, SHOP, parsed

TEXTS = [*EXAMPLES.values(), FORMS]


def formatted(text: str) -> str:
    """The layout itself, without the net that hands back what it would change."""
    source = SourceFile("t", text)
    lexed = lex(source)
    laid = lay_out(lexed, "t")
    assert not parse_laid(source, lexed, laid).diagnostics
    return layout(lexed, laid)


def comments(text: str) -> list[str]:
    return [t.text.rstrip() for t in lex(SourceFile("t", text)).tokens if t.kind.endswith("COMMENT")]


def assert_law(text: str) -> None:
    result = formatted(text)
    assert without_spans(parsed(result).tree) == without_spans(parsed(text).tree)
    assert comments(result) == comments(text)
    assert formatted(result) == result
    assert "\r" not in result
    assert format_text(SourceFile("t", text)) == result


def test_the_shop_is_in_the_one_layout() -> None:
    assert formatted(SHOP) == SHOP


@pytest.mark.parametrize("text", TEXTS)
def test_examples(text: str) -> None:
    assert_law(text)
    assert_law("\ufeff" + text.replace("\n", "\r\n"))


OPERATORS = {"VBAR", "PLUS", "STAR", "AND", "OR"}


def shaken(text: str, draw: random.Random) -> str:
    """``text`` with other blanks, line ends and comments where they mean nothing."""
    parts: list[str] = []
    depth = strings = 0
    for token in lex(SourceFile("t", text)).tokens:
        kind = token.kind
        strings += (kind == "FSTRING_START") - (kind == "FSTRING_END")
        depth += (kind in ("LPAR", "LSQB")) - (kind in ("RPAR", "RSQB"))
        if kind == "SPACE":
            parts.append(draw.choice([" ", "  ", "\t", "       "]))
            if depth and not strings and draw.random() < 0.2:
                parts.append(draw.choice(["\n", "\r\n", " # in brackets\n", "\n\n  # own line\n"]))
        elif kind == "LINE_END":
            commented = bool(parts) and parts[-1].startswith("#")
            more = [] if commented else [" # at the end\n"]
            parts.append(
                draw.choice(["\n", "\n", "\r\n", "\n\n\n", "  \n", "\n # own line\n", "\n## doc\n", *more])
            )
        elif kind in OPERATORS and not strings and draw.random() < 0.3:
            end = draw.choice(["\n", " # after an operator\n"])
            parts.append(token.text + end if draw.random() < 0.5 else end + token.text)
        else:
            parts.append(token.text)
    return "".join(parts)


@settings(deadline=None, max_examples=30)
@given(st.sampled_from(TEXTS), st.integers(0, 2**32))
def test_blanks_do_not_matter(text: str, seed: int) -> None:
    assert_law(shaken(text, random.Random(seed)))


@pytest.mark.parametrize(
    ("before", "after"),
    [
        ("", ""),
        ("# only\n\n\n# comments", "# only\n\n# comments\n"),
        ("enum  E{a 20%,b}", "enum E { a 20%, b }\n"),
        ("enum E {\n a 20%, bcd 5%\n c }", "enum E {\n  a   20%\n  bcd 5%\n  c\n}\n"),
        ("type T=decimal( 10,2 ) in 0 ..5", "type T = decimal(10, 2) in 0..5\n"),
        ("type T = date in ..now", "type T = date in .. now\n"),
        ("table t 1{b->u each   .n}", "table t 1 { b -> u each .n }\n"),
        ('table t 10{a int=-5 ..5,b->u each 1 .. unique}', "table t 10 { a int = -5..5, b -> u each 1.. unique }\n"),
        ("table t 1 {\n\n\n a int = 1\n\n\n\n bcd string key = 2 # x\n\n}\n\n",
         "table t 1 {\n  a int = 1\n\n  bcd string key = 2  # x\n}\n"),
        ("table t 1 {\n a int = 1 # x\n bcd string key = 2 # y\n}",
         "table t 1 {\n  a   int        = 1  # x\n  bcd string key = 2  # y\n}\n"),
        ("table t 1 {\n a int = f(\n1,\n2\n)\n}", "table t 1 {\n  a int = f(\n    1,\n    2\n  )\n}\n"),
        ("table t 1 {\n a int = x 5%\n|y\n}", "table t 1 {\n  a int = x 5%\n        | y\n}\n"),
        ("table t 1 {\n a int = match b{1=>2,345=>match c{\n1=>2}}\n}",
         "table t 1 {\n  a int = match b {\n            1   => 2\n            345 => match c {\n"
         "                     1 => 2\n                   }\n          }\n}\n"),
        ("table t 1 { a int }\ntable u 1 {\n a int\n}\nenum E { a }\nenum F { b }",
         "table t 1 { a int }\n\ntable u 1 {\n  a int\n}\n\nenum E { a }\nenum F { b }\n"),
        ('table t 1 { a string = f"{ {"k":1} } {x:>5}" }', 'table t 1 { a string = f"{ {"k": 1} } {x:>5}" }\n'),
        ("table t 1 { a int = - -1, b int = 1- -1, c bool = not(a)or b , d list<int> [3] }",
         "table t 1 { a int = - -1, b int = 1 - -1, c bool = not (a) or b, d list<int>[3] }\n"),
        ("table t 1 {\n a variant {\n string( max:3 )= \"a\"\n 70% decimal(4,2)\n map<string(max: 3), int>[1..2]\n}\n}",
         "table t 1 {\n  a variant {\n    string(max: 3) = \"a\"\n    70% decimal(4, 2)\n"
         "    map<string(max: 3), int>[1..2]\n  }\n}\n"),
        ("table t 1 {\n lifecycle  s E from b until now+1d{a->bcd 5% after 1h..2d\n->c after(1d|\n2d)\nbcd as x->d after 1d}\n}",
         "table t 1 {\n  lifecycle s E from b until now + 1d {\n    a        -> bcd 5% after 1h..2d\n"
         "             -> c after (1d |\n               2d)\n    bcd as x -> d after 1d\n  }\n}\n"),
        ("table e   from t . s{a int}", "table e from t.s { a int }\n"),
        ("table t 1 {\n variant  e 5% where a>2{a=1\nbcd=2|3  # c\n}\n variant f 3 rows\n}",
         "table t 1 {\n  variant e 5% where a > 2 {\n    a   = 1\n    bcd = 2 | 3  # c\n  }\n  variant f 3 rows\n}\n"),
        ("table t 1 {\n variant int = 1\n a variant{int=1,null}\n variant e 5%{a=1}\n}",
         "table t 1 {\n  variant int = 1\n  a       variant { int = 1, null }\n  variant e 5% { a = 1 }\n}\n"),
        ("table t 1 {\n lifecycle int = 1\n lifecycle s from b {a->b after 1d,b->c after 2d} # x\n}",
         "table t 1 {\n  lifecycle int = 1\n  lifecycle s from b { a -> b after 1d, b -> c after 2d }  # x\n}\n"),
        ("table t 1 # why\n{\n a int\n}", "table t 1  # why\n{\n  a int\n}\n"),
        ("dataset d {\n seed 1\n locale \"x\"\n now 2025-01-01\n}",
         "dataset d {\n  seed   1\n  locale \"x\"\n  now    2025-01-01\n}\n"),
    ],
)  # fmt: skip
def test_layout(before: str, after: str) -> None:
    assert formatted(before) == after
    assert formatted(after) == after


def test_a_wide_body_is_put_on_lines() -> None:
    columns = ", ".join(f"column_{n} int = {n}" for n in range(9))
    assert formatted(f"table t 1 {{ {columns} }}").count("\n") == 11


def test_a_file_with_mistakes_is_left_alone() -> None:
    assert format_text(SourceFile("t", "table t 1 { a int = }")) is None
