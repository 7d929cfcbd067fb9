"""Tokens: nothing is lost, and context decides what it must."""

from __future__ import annotations

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdsl.source import SourceFile
from specdsl.syntax.lexer import lex
from specdsl.syntax.tokens import TRIVIA
from tests.syntax.shapes import EXAMPLES, FORMS

PIECES = [
    "table", "match", "a", "ä", "क्ष", "1", "1.5", "5d", "70%", "2025-01-01", "12:30", " ", "\t", "\n", "\r\n", "\r", "\f",
    "{", "}", "(", ")", "[", "]", '"', 'f"', '"""', "'", "`", "/", "//", "\\", "#", "##", "..", ".", ",", ":", ";",
    "->", "=>", "==", "=", "|", "||", "-", "--", "/*", "*/", "$", "“", "\u00a0", "\ufeff", "\0", "\ud800", "²", "5x",
]  # fmt: skip


def kinds(text: str) -> list[str]:
    return [t.kind for t in lex(SourceFile("t", text)).tokens if t.kind not in TRIVIA]


@pytest.mark.parametrize("text", [*EXAMPLES.values(), FORMS])
def test_lossless_on_examples(text: str) -> None:
    lexed = lex(SourceFile("t", text))
    assert "".join(token.text for token in lexed.tokens) == text
    assert not lexed.diagnostics
    for before, token in zip(lexed.tokens, lexed.tokens[1:], strict=False):
        assert before.end == token.start


@given(st.lists(st.sampled_from(PIECES), max_size=40).map("".join) | st.text(max_size=60))
def test_lossless_on_anything(text: str) -> None:
    lexed = lex(SourceFile("t", text))
    assert "".join(token.text for token in lexed.tokens) == text
    for diagnostic in lexed.diagnostics:
        assert 0 <= diagnostic.span.start <= diagnostic.span.end <= len(text)
        assert diagnostic.message()
        diagnostic.help(), diagnostic.label(), diagnostic.fix()


@pytest.mark.parametrize(
    ("text", "expected"),
    [
        ("a / b / c", ["NAME", "SLASH", "NAME", "SLASH", "NAME"]),
        ("= /b/", ["EQUAL", "REGEX"]),
        ("(1) / 2 / 3", ["LPAR", "NUMBER", "RPAR", "SLASH", "NUMBER", "SLASH", "NUMBER"]),
        ("| /[/]/", ["VBAR", "REGEX"]),
        ("a // b", ["NAME", "FLOOR_DIVIDE", "NAME"]),
        ("1..5", ["NUMBER", "RANGE", "NUMBER"]),
        ("1.0..80.0", ["NUMBER", "RANGE", "NUMBER"]),
        ("..5", ["RANGE", "NUMBER"]),
        ("10%3", ["NUMBER", "MODULO", "NUMBER"]),
        ("10% |", ["PERCENT", "VBAR"]),
        ("0.5%)", ["PERCENT", "RPAR"]),
        ("1d..7d", ["DURATION", "RANGE", "DURATION"]),
        ("1e6", ["NUMBER"]),
        ("2025-01-01..now", ["DATE", "RANGE", "NAME"]),
        ("2025-01-01T00:00:00Z..now", ["TIMESTAMP", "RANGE", "NAME"]),
        ("09:30..17:00", ["TIME", "RANGE", "TIME"]),
        ("start: 1", ["NAME", "COLON", "NUMBER"]),
        ('f"a{b}c"', ["FSTRING_START", "FSTRING_TEXT", "FSTRING_OPEN", "NAME", "FSTRING_CLOSE", "FSTRING_TEXT", "FSTRING_END"]),
        ('f"{a:>8}"', ["FSTRING_START", "FSTRING_OPEN", "NAME", "FSTRING_SPEC", "FSTRING_CLOSE", "FSTRING_END"]),
        ('f"{g(b: 1)}"', ["FSTRING_START", "FSTRING_OPEN", "NAME", "LPAR", "NAME", "COLON", "NUMBER", "RPAR", "FSTRING_CLOSE", "FSTRING_END"]),
        ('f"{{}}"', ["FSTRING_START", "FSTRING_TEXT", "FSTRING_END"]),
        ('""', ["STRING"]),
        ('"a" "b"', ["STRING", "STRING"]),
        ("first_name", ["NAME"]),
        ("`odd name`", ["QUOTED_NAME"]),
    ],
)  # fmt: skip
def test_kinds(text: str, expected: list[str]) -> None:
    assert kinds(text) == expected
