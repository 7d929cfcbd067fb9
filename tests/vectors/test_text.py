"""Text made of pieces against Python's own."""

from __future__ import annotations

import numpy as np
import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.errors import DataError
from specdsl.vectors import strings, text


def joined(pieces: list, n: int) -> list[str]:
    found = text.join(pieces, n)
    found.validate(full=True)
    assert found.null_count == 0
    assert found.offset == 0
    return found.to_pylist()


numbers = st.lists(st.one_of(st.integers(0, 2**63 - 1), st.integers(0, 20_000)), min_size=1, max_size=8)


@settings(max_examples=200)
@given(numbers)
def test_digits(values):
    array = np.array(values, dtype=np.int64)
    assert joined(text.digits(array), len(values)) == [str(v) for v in values]
    assert joined(text.digits(array, grouped=True), len(values)) == [f"{v:,}" for v in values]
    assert joined(text.fixed_digits(array, 19), len(values)) == [f"{v:019d}" for v in values]


@settings(max_examples=100)
@given(st.lists(st.integers(-(2**63), 2**63 - 1), min_size=1, max_size=8))
def test_signs(values):
    array = np.array(values, dtype=np.int64)
    assert joined(text.integers(array), len(values)) == [str(v) for v in values]
    assert joined([b"<", *text.integers(array), b">"], len(values)) == [f"<{v}>" for v in values]


@pytest.mark.parametrize("scale", [0, 1, 2, 5, 18, 19, 25])
def test_decimals(scale):
    values = [0, 1, -1, 12345, -(2**63), 2**63 - 1]
    found = joined(text.decimals(np.array(values), scale), len(values))
    for value, written in zip(values, found, strict=True):
        digits = str(abs(value)).rjust(scale + 1, "0")
        whole, fraction = (digits[:-scale], "." + digits[-scale:]) if scale else (digits, "")
        assert written == ("-" if value < 0 else "") + whole + fraction


@settings(max_examples=200)
@given(st.lists(st.text(max_size=9), min_size=1, max_size=5), st.data())
def test_dictionaries_and_plain_strings(entries, data):
    n = data.draw(st.integers(1, 6))
    codes = data.draw(st.lists(st.integers(0, len(entries) - 1), min_size=n, max_size=n))
    coded = strings.dictionary(np.array(codes), strings.from_python(entries))
    chosen = [entries[c] for c in codes]
    plain = strings.from_python(chosen)
    for pieces in (
        [coded, b"-", coded],
        [plain, b"", coded],
        [plain, "é".encode(), plain],
        [b"a", coded, b"b"],
    ):
        wanted = ["".join(p.decode() if isinstance(p, bytes) else c for p in pieces) for c in chosen]
        assert joined(pieces, n) == wanted


def test_strings_of_one_length_and_empty_pieces():
    same = strings.from_python(["abc", "déf"[:2] + "x", "ghi"])
    even = strings.from_python(["abc", "def", "ghi"])
    empty = strings.from_python(["", "", ""])
    assert joined([even, even], 3) == ["abcabc", "defdef", "ghighi"]
    assert joined([same, empty, b"!"], 3) == ["abc!", "déx!", "ghi!"]
    assert joined([empty], 3) == ["", "", ""]
    assert joined([empty, empty], 3) == ["", "", ""]
    assert joined([], 2) == ["", ""]


@pytest.mark.parametrize("width", range(1, 40))
def test_every_width_of_entries(width):
    entries = ["a" * width, "é" * (width // 2) + "b" * (width % 2), "c"]
    coded = strings.dictionary(np.array([0, 1, 2, 0]), strings.from_python(entries))
    wanted = [f"<{e}|{e}>" for e in (entries[0], entries[1], entries[2], entries[0])]
    assert joined([b"<", coded, b"|", coded, b">"], 4) == wanted
    fixed = strings.dictionary(np.array([0, 1, 0]), strings.from_python(["x" * width, "y" * width]))
    assert joined([fixed, b"-", fixed], 3) == [f"{c * width}-{c * width}" for c in "xyx"]


def test_too_much_text_is_refused():
    with pytest.raises(DataError, match="more than 2 GiB"):
        strings.offsets_of(np.full(3, 2**30))
