"""Whatever the text and wherever the cursor: an answer, never a failure."""

from __future__ import annotations

import random
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.ide.completion import complete, resolve
from specdsl.ide.hover import hover
from specdsl.ide.signatures import signature_at
from specdsl.ide.workspace import Workspace
from tests import examples
from tests.ide.cursors import MAIN
from tests.language.memory import MemoryFiles

SMALL = """\
import "x.dgen"
dataset d { seed 1, locale "de_DE" }
enum E { a 20%, b }
type M = decimal(10, 2) in 0.. = 1.0..2.0
pool P = load("p.csv", weight: "w")
table t 9 over day = 2024-01-01..2024-01-02 by 1d {
  id int key = sequence(start: 3)
  (c, d as e) = person()
  r -> t? each poisson(3) max 4 where .e == a distinct per id 5% null
  s string = f"{lower(c)} {r.id:03d}" | `b c`
  m M = match r.x { a, b => 1, else => sum(t.m where .id > 3) }
  l list<struct { w float }>[0..3] = [1, {"a": 1}]
  key (id, c)
  check ok: id in [1, 2] and not (e == null)
}
table q = sql(\"\"\"select 1\"\"\")
"""
PIECES = [
    "{",
    "}",
    "(",
    ")",
    '"',
    "`",
    "|",
    "=",
    "->",
    ".",
    ",",
    ":",
    "\n",
    "table ",
    "match ",
    'f"{',
    "/",
    "#",
    "%",
]


def ask(text: str, offset: int) -> None:
    workspace = Workspace(MemoryFiles({"p.csv": "w,n\n1,a\n"}))
    workspace.open(MAIN, text)
    items = complete(workspace, MAIN, offset)
    for item in items:
        assert 0 <= item.span.start <= max(min(offset, len(text)), 0) <= item.span.end <= len(text)
    for item in items[:2]:
        resolve(workspace, MAIN, offset, item)
    found = hover(workspace, MAIN, offset, samples=False)
    assert found is None or found.span.start <= found.span.end <= len(text)
    signature_at(workspace, MAIN, offset)


def test_every_place_of_a_small_spec() -> None:
    for offset in range(-1, len(SMALL) + 2, 3):
        ask(SMALL, offset)


def test_every_length_of_a_small_spec() -> None:
    for end in range(0, len(SMALL), 5):
        ask(SMALL[:end], end)


@settings(max_examples=40, deadline=None)
@given(st.randoms(use_true_random=False))
def test_random_edits(rng: random.Random) -> None:
    text = SMALL
    for _ in range(rng.randrange(1, 5)):
        at = rng.randrange(len(text) + 1)
        end = min(len(text), at + rng.choice([0, 0, 1, 5, 40]))
        text = text[:at] + rng.choice([*PIECES, ""]) + text[end:]
    ask(text, rng.randrange(len(text) + 1))


@settings(max_examples=40, deadline=None)
@given(st.text(max_size=60), st.integers(-3, 70))
def test_any_text(text: str, offset: int) -> None:
    ask(text, offset)


@pytest.mark.parametrize("path", examples.VARIED[:3], ids=lambda p: p.stem)
def test_hovers_with_values_in_mutated_examples(path: Path) -> None:
    rng = random.Random(path.name)
    text = path.read_text("utf-8")
    workspace = Workspace()
    for _ in range(12):
        at = rng.randrange(len(text))
        broken = text[:at] + rng.choice(PIECES) + text[at + rng.randrange(4) :]
        workspace.open(str(path), broken)
        for offset in (at, rng.randrange(len(broken))):
            hover(workspace, str(path), offset)
            complete(workspace, str(path), offset)
