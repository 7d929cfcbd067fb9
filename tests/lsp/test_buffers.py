"""A buffer after any edits in any encoding has the text that a model, written apart, has."""

from __future__ import annotations

import time
from collections.abc import Iterator

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdsl.lsp.buffers import Buffer
from specdsl.lsp.positions import Encoding
from specdsl.source import LineIndex
from tests.lsp.client import Client, over_stdio
from tests.lsp.texts import lines_of, offset_of, position_of

PIECES = [
    "a",
    "table",
    " ",
    "\n",
    "\r",
    "\r\n",
    "\u2028",
    "\x85",
    "\x0c",
    "\x0b",
    "é",
    "e\u0301",
    "😀",
    "漢",
    "{",
    '"',
    "\t",
    "𝒳",
    "\u200d",
]
TEXTS = st.lists(st.sampled_from(PIECES), max_size=12).map("".join)
PLACES = st.tuples(st.integers(0, 9), st.integers(0, 14))
EDITS = st.lists(st.tuples(PLACES, PLACES, TEXTS), max_size=6)


@given(TEXTS, EDITS, st.sampled_from(list(Encoding)))
def test_incremental_changes(
    text: str, edits: list[tuple[tuple[int, int], tuple[int, int], str]], encoding: Encoding
) -> None:
    buffer = Buffer("untitled:a", text, 1, encoding)
    for start, end, new in edits:
        low, high = sorted(offset_of(text, *place, encoding.value) for place in (start, end))
        text = text[:low] + new + text[high:]
        assert buffer.replace(start, end, new) == (low, high - low)
        assert buffer.text == text


@given(TEXTS)
def test_lines_end_where_the_protocol_says(text: str) -> None:
    index = LineIndex(text)
    lines = lines_of(text)
    assert index.line_count == len(lines)
    assert [index.line(number) for number in range(len(lines))] == [text[a:b] for a, b in lines]


@given(TEXTS, st.sampled_from(list(Encoding)))
def test_positions_lead_back(text: str, encoding: Encoding) -> None:
    buffer = Buffer("untitled:a", text, 1, encoding)
    for start, end in lines_of(text):
        for offset in range(start, end + 1):
            assert buffer.offset(*position_of(text, offset, encoding.value)) == offset


def test_a_long_text_is_read_as_far_as_needed() -> None:
    text = ("x" * 99 + "\r\n") * 5_000
    buffer = Buffer("untitled:a", text, 1, Encoding.UTF16)
    for line in (4_999, 0, 2_500, 5_000, 6_000):
        assert buffer.offset(line, 5) == offset_of(text, line, 5, "utf-16")


def test_a_line_feed_after_a_carriage_return_ends_the_same_line() -> None:
    buffer = Buffer("untitled:a", "a\rb\rc", 1, Encoding.UTF16)
    assert buffer.offset(2, 0) == 4
    buffer.replace((1, 0), (1, 0), "\n")
    assert [buffer.offset(line, 0) for line in range(3)] == [0, 3, 5]
    buffer.replace((1, 0), (0, 1), "")
    assert buffer.text == "ab\rc"
    assert buffer.offset(1, 1) == 4


def test_halves_of_characters_are_replaced() -> None:
    buffer = Buffer("untitled:a", "a\ud83d", 1, Encoding.UTF16)
    buffer.replace((0, 1), (0, 1), "\ude00")
    assert buffer.text == "a\ufffd\ufffd"
    buffer.reset("\udfff")
    assert buffer.text == "\ufffd"


STRANGE = '# 😀 \u2028 \x85 \x0c e\u0301\r\ntable `t😀` 5 {\r  `𝒳é` int key  # 漢\u2028\n  b int = `𝒳é` + nothing\n  c string = "😀\x85"; d int = nix\r\n}\n'


@pytest.fixture(scope="module", params=["utf-8", "utf-16", "utf-32"])
def counting(request: pytest.FixtureRequest) -> Iterator[Client]:
    """A client that counts columns in one of the three ways."""
    with over_stdio() as client:
        client.initialize(encodings=["utf-7", request.param, "utf-16"])
        assert client.encoding == request.param
        yield client
        assert client.errors() == []


def test_ranges_are_at_the_right_text(counting: Client) -> None:
    client, uri = counting, "untitled:strange"
    client.open(uri, STRANGE)
    wrong = {client.text(uri, one["range"]) for one in client.checked(uri)}
    assert {"nothing", "nix"} <= wrong or "nothing" in wrong
    hover = client.ask("textDocument/hover", client.at(uri, "`𝒳é` + ", into=2))
    assert client.text(uri, hover["range"]) == "`𝒳é`"
    found = client.ask("textDocument/documentHighlight", client.at(uri, "`𝒳é` + ", into=2))
    assert [client.text(uri, one["range"]) for one in found] == ["`𝒳é`"] * 2
    outline = client.ask("textDocument/documentSymbol", client.of(uri))
    flat = outline[0].get("selectionRange") or outline[0]["location"]["range"]
    assert client.text(uri, flat) == "`t😀`"
    edit = client.ask("textDocument/rename", client.at(uri, "`𝒳é` + ", into=2, newName="y"))
    edits = edit["documentChanges"][0]["edits"]
    assert client.applied(edits, uri) == STRANGE.replace("`𝒳é`", "y")
    lines, data = lines_of(STRANGE), client.ask("textDocument/semanticTokens/full", client.of(uri))["data"]
    line = column = 0
    texts = []
    for at in range(0, len(data), 5):
        down, right, length = data[at : at + 3]
        line, column = line + down, right + (0 if down else column)
        begin = offset_of(STRANGE, line, column, client.encoding)
        texts.append(STRANGE[begin : offset_of(STRANGE, line, column + length, client.encoding)])
        assert begin < lines[line][1]
    assert texts.count("`𝒳é`") == 2
    assert "`t😀`" in texts
    assert "nothing" in texts
    client.close(uri)


def test_colours_of_a_long_line_take_no_longer_than_it_is(counting: Client) -> None:
    """32,000 tokens on one line, which took half a minute when each was counted from the line's start."""
    client, uri, arms = counting, "untitled:long", 16_000
    text = "table t 10 {\n  a string = " + " | ".join(f'"😀{n}"' for n in range(arms)) + "\n}\n"
    client.open(uri, text)
    begun = time.monotonic()
    data = client.ask("textDocument/semanticTokens/full", client.of(uri))["data"]
    assert time.monotonic() - begun < 15
    line = column = 0
    for at in range(0, len(data), 5):
        line, column = line + data[at], data[at + 1] + (0 if data[at] else column)
        if line == 1:
            last = column
    assert offset_of(text, 1, last, client.encoding) == text.rindex('"😀')
    client.close(uri)


def test_edits_lead_to_the_same_as_opening(counting: Client) -> None:
    client, uri, fresh = counting, "untitled:edited", "untitled:fresh"
    client.open(uri, STRANGE)
    for words, new in (
        ("😀 \u2028", "\x85😀😀\r"),
        ("\r\n", "\n"),
        ("𝒳é", "é𝒳"),
        ("int = ", "int\r= 😀"),
        ("\r", "\r\n"),
        ("漢", ""),
    ):
        at = client.texts[uri].index(words)
        client.edit(uri, at, at + len(words), new)
    client.open(fresh, client.texts[uri])
    assert client.checked(uri, calm=True) == client.checked(fresh)
    for method in ("semanticTokens/full", "documentSymbol", "foldingRange"):
        one, other = (client.ask(f"textDocument/{method}", client.of(u)) for u in (uri, fresh))
        if method == "semanticTokens/full":
            one, other = one["data"], other["data"]
        assert str(one).replace(uri, fresh) == str(other)
    client.close(uri)
    client.close(fresh)
