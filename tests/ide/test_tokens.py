"""Every word of a text has its colour, by what it means."""

from __future__ import annotations

from itertools import pairwise
from pathlib import Path

import pytest

from specdsl.ide.document import tokens_of
from specdsl.ide.tokens import Modifier, TokenType, semantic_tokens
from specdsl.ide.workspace import Workspace
from tests import examples
from tests.ide.cursors import MAIN, placed

TEXT = '''\
## Shops.
dataset d { seed 1 }  # plain
enum Status { paid, open }
table users 5 {
  id int key
  age int in 1..9 = 4
  seen timestamp = now - 30d
}
table orders {
  user_id -> users 20% null zipf(s: 1.1) each 1..2
  status Status
  text string = f"{user_id.age:03d} x {1}"
  code string = /[A-Z]{3}/
  long string = """a
  b"""
  done bool = status == paid and row > 1
}
'''

SILENT = ("SPACE", "LINE_END", "LPAR", "RPAR", "LSQB", "RSQB", "LBRACE", "RBRACE", "COMMA", "COLON", "DOT")


def coloured(text: str) -> list[str]:
    workspace, _ = placed(text)
    return [
        f"{workspace.document(MAIN).text[t.span.start : t.span.end]} {'+'.join([t.type, *sorted(t.modifiers)])}"
        for t in semantic_tokens(workspace, MAIN)
    ]


@pytest.mark.parametrize(
    "expected",
    [
        "## Shops. comment+documentation",
        "# plain comment",
        "dataset keyword",
        "d dataset+declaration",
        "seed setting+defaultLibrary",
        "Status enum+declaration",
        "paid enumMember+declaration",
        "users table+declaration",
        "int type+defaultLibrary",
        "key keyword",
        "age column+declaration",
        "now variable+defaultLibrary",
        "30 number",
        "d unit",
        "user_id reference+declaration",
        "-> operator",
        "users table",
        "% unit",
        "zipf function",
        "s parameter",
        "Status enum",
        "user_id reference",
        "age column",
        ":03d format",
        "{ format",
        " x  string",
        "/[A-Z]{3}/ regexp",
        '"""a string',
        '  b""" string',
        "paid enumMember",
        "and keyword",
        "row variable+defaultLibrary",
    ],
)
def test_colour(expected: str) -> None:
    assert expected in coloured(TEXT)


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_tokens_cover_what_the_lexer_says(path: Path) -> None:
    workspace = Workspace(root=path.parent)
    text = path.read_text("utf-8")
    document = workspace.open(str(path), text)
    tokens = semantic_tokens(workspace, str(path))
    assert all(a.span.end <= b.span.start for a, b in pairwise(tokens))
    assert all("\n" not in text[t.span.start : t.span.end] for t in tokens)
    covered = "".join(text[t.span.start : t.span.end] for t in tokens)
    said = "".join(
        token.text for one in document.sections for token in tokens_of(one.text) if token.kind not in SILENT
    )
    assert covered == said.replace("\n", "")
    named = {t.type for t in tokens}
    assert {TokenType.TABLE, TokenType.COLUMN, TokenType.KEYWORD, TokenType.FUNCTION} <= named
    assert TokenType.VARIABLE not in {t.type for t in tokens if not t.modifiers and text[t.span.start] != "_"}


def test_a_range_is_a_part_of_the_whole() -> None:
    workspace, _ = placed(TEXT)
    whole = semantic_tokens(workspace, MAIN)
    low, high = TEXT.index("age int"), TEXT.index("status Status")
    assert semantic_tokens(workspace, MAIN, low, high) == [
        t for t in whole if t.span.end > low and t.span.start < high
    ]


def test_what_nothing_uses() -> None:
    text = "enum Unused { a }\ntable t 3 {\n  id int key\n  x int hidden = 1..2\n}\n"
    workspace, _ = placed(text)
    found = semantic_tokens(workspace, MAIN, diagnostics=workspace.diagnostics(MAIN))
    unused = [text[t.span.start : t.span.end] for t in found if Modifier.UNUSED in t.modifiers]
    assert unused == ["Unused", "hidden"]
