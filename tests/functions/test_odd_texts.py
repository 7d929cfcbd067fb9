"""Texts that are valid and unusual: proper Unicode of the length that is asked for."""

from __future__ import annotations

import unicodedata

import pytest

from specdsl.functions.odd_texts import BLANKS, INJECTIONS, LOOKALIKES, UNICODE, entries, longest
from tests.generate.making import made

ALL = [
    text for kinds in (UNICODE, INJECTIONS, LOOKALIKES, BLANKS) for texts in kinds.values() for text in texts
]


def test_every_text_can_be_held_by_every_format() -> None:
    for text in ALL:
        assert text
        assert text.encode("utf-8").decode("utf-8") == text
        for character in text:
            xml = character in "\t\n\r" or unicodedata.category(character) not in ("Cc", "Cs", "Cn")
            assert xml, (text, character)


def test_what_is_said_of_them_is_so() -> None:
    assert all(any(ord(c) > 0xFFFF for c in text) for text in UNICODE["astral"])
    assert all(any(unicodedata.combining(c) for c in text) for text in UNICODE["combining"])
    composed = [unicodedata.normalize("NFC", text) for text in UNICODE["composed"]]
    assert len(set(composed)) == len(composed) // 2
    assert all(not text.strip("\u200b").strip() for text in BLANKS["only"])


@pytest.mark.parametrize("name", ["unicode_text", "injection", "lookalike_text", "blank_text", "odd_text"])
@pytest.mark.parametrize(("least", "most"), [(0, None), (0, 3), (1, 1), (5, 6), (60, 80), (0, 0)])
def test_lengths(name: str, least: int, most: int | None) -> None:
    found = entries(name, "any", least, most)
    assert found
    assert len(set(found)) == len(found)
    assert all(least <= len(text) and (most is None or len(text) <= most) for text in found)


def test_the_longest() -> None:
    assert {len(text) for text in longest(17)} == {17}
    assert {len(text.encode()) for text in longest(12)} >= {12, 24, 36, 48}


def test_they_keep_to_the_type_of_their_column() -> None:
    table = made(
        "table t 400 { id int key, a string(max: 4) = odd_text(), b string(min: 9, max: 12) = injection(), "
        'c list<string(max: 2)>[2] = lookalike_text(), d string = "x" | longest_text(max: 5), '
        "e string(max: 50) = longest_text(), f string(max: 9) = if id > 200 then unicode_text() else blank_text() }",
        "t",
    )
    assert max(map(len, table["a"])) <= 4
    assert {9 <= len(text) <= 12 for text in table["b"]} == {True}
    assert {len(text) for texts in table["c"] for text in texts} <= {1, 2}
    assert {len(text) for text in table["d"]} == {1, 5}
    assert {len(text) for text in table["e"]} == {50}
    assert max(map(len, table["f"])) <= 9


@pytest.mark.parametrize(
    ("column", "values"),
    [
        ("int in 0..130", {0, 1, 129, 130}),
        ("int in -5..5", {-5, -4, 0, 4, 5}),
        ("int in 7..7", {7}),
        ("int in 3..", {3, 4}),
        ("decimal(6, 2) in 0 .. 10", {"0.00", "0.01", "9.99", "10.00"}),
        ("date in 2024-01-01..2024-12-31", {"2024-01-01", "2024-01-02", "2024-12-30", "2024-12-31"}),
        ("float in 0.5..1.0", {"0.5", "0.5000000000000001", "0.9999999999999999", "1.0"}),
        ("timestamp in ..2024-01-01", {"2024-01-01 00:00:00+00:00", "2023-12-31 23:59:59.999999+00:00"}),
    ],
)
def test_boundaries(column: str, values: set[object]) -> None:
    found = made(f"table t 300 {{ id int key, x {column} = boundary() }}", "t")["x"]
    assert {x if isinstance(x, int) else str(x) for x in found} == values


def test_boundaries_that_depend_on_the_row() -> None:
    table = made("table t 200 { id int key, a int = 1..50, x int in a..99 = boundary() }", "t")
    assert {x in (a, 99) for a, x in zip(table["a"], table["x"], strict=True)} == {True}
