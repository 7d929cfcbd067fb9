"""After any edits, sections are those that a look at the whole text finds."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdsl.ide.cutting import cut
from specdsl.ide.sections import split
from tests import examples

PIECES = [
    "table a {\n", "}\n", "}", "{", "(", '"', '"""', "\n", "\n\n", "# note\n", "enum E { a }\n", "table", "\r\n",
    "  id int key\n", 'import "x.dgen"\n', "type M = int\n", "x", "", " ",
]  # fmt: skip


def check(text: str) -> None:
    found = cut(text)
    assert list(found) == split(text)
    assert "".join(one.text for one in found) == text


@given(st.lists(st.sampled_from(PIECES), max_size=40), st.randoms(use_true_random=False))
def test_edits_of_small_texts(pieces: list[str], rng: random.Random) -> None:
    for _ in range(6):
        check("".join(pieces))
        at = rng.randrange(len(pieces) + 1)
        pieces[at : at + rng.randrange(3)] = [rng.choice(PIECES)]


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_edits_of_examples(path: Path) -> None:
    rng = random.Random(path.name)
    text = path.read_text("utf-8")
    for _ in range(60):
        check(text)
        at = rng.randrange(len(text))
        text = text[:at] + rng.choice(PIECES) + text[at + rng.choice([0, 0, 1, 3, 30]) :]


def test_what_has_not_changed_is_the_same_section() -> None:
    tables = [f"table t{n} {n} {{\n  id int key\n}}\n" for n in range(50)]
    before = cut("".join(tables))
    tables[20] = tables[20].replace("id int", "number int")
    after = cut("".join(tables))
    assert [a is b for a, b in zip(after, before, strict=True)].count(False) == 1
