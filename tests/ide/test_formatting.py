"""Formatting by small edits comes to the same text as formatting the file."""

from __future__ import annotations

import random
import re
import sys
from itertools import pairwise
from pathlib import Path
from types import FrameType

import pytest

from specdsl.ide.edits import applied
from specdsl.ide.formatting import format_document, format_document_steps, format_range, format_typed
from specdsl.ide.workspace import Workspace
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text
from tests import examples
from tests.ide.cursors import MAIN, placed

UGLY = "table t 3 {\n id   int key\n  x int=1..2\n}\n\n\ntable u 3 {\n  id int   key\n}\n"
NEAT = "table t 3 {\n  id int key\n  x  int = 1..2\n}\n\ntable u 3 {\n  id int key\n}\n"


@pytest.mark.parametrize("path", examples.ALL, ids=lambda p: p.stem)
def test_untidy_examples(path: Path) -> None:
    rng = random.Random(path.name)
    text = path.read_text("utf-8")
    untidy = re.sub(r"(?<=\w) (?=\w)", lambda _: " " * rng.choice([1, 1, 1, 3]), text)
    untidy = re.sub(r"\n\n", lambda _: rng.choice(["\n\n", "\n\n\n\n"]), untidy)
    wanted = format_text(SourceFile("x", untidy))
    workspace = Workspace()
    workspace.open(str(path), untidy)
    edits = format_document(workspace, str(path))
    assert edits
    assert applied(untidy, edits) == wanted
    spans = sorted(edit.span for edit in edits)
    assert all(a.end <= b.start for a, b in pairwise(spans))
    assert sum(e.span.end - e.span.start for e in edits) < len(text) / 4


def test_only_what_differs_is_edited() -> None:
    workspace, _ = placed(UGLY)
    edits = format_document(workspace, MAIN)
    assert applied(UGLY, edits) == NEAT
    assert all(not UGLY[e.span.start : e.span.end].strip() for e in edits)
    workspace.change(MAIN, NEAT)
    assert format_document(workspace, MAIN) == []


def test_a_range() -> None:
    workspace, _ = placed(UGLY)
    at = UGLY.index("id int   key")
    edits = format_range(workspace, MAIN, at, at + 3)
    assert applied(UGLY, edits) == UGLY.replace("int   key\n}", "int key\n}")


def test_broken_parts_are_left_alone() -> None:
    text = UGLY.replace("x int=1..2", "x int=1..(")
    workspace, _ = placed(text)
    wanted = text.replace("int   key\n}", "int key\n}").replace("\n\n\n", "\n\n")
    assert applied(text, format_document(workspace, MAIN)) == wanted


CLOSE = """table t 3 {
 id int key
}
enum E { a,b }
BROKEN
table u 3 {
 id int key
}
"""
NEATER = CLOSE.replace(" id", "  id").replace("a,b", "a, b")


@pytest.mark.parametrize(
    "broken",
    ["table v 3 {\n id int key\n  x = = 4\n}", "enum F { a,,b }", "enum F { a, b", "table w 5 {", "nonsense  here", "type T = int in 0..(",
     'table v 3 {\n  x string = "open\n}'],
)  # fmt: skip
@pytest.mark.parametrize("line_end", ["\n", "\r\n"])
def test_what_stands_right_beside_a_broken_part_is_laid_out(broken: str, line_end: str) -> None:
    text = CLOSE.replace("BROKEN", broken).replace("\n", line_end)
    workspace, _ = placed(text)
    after = applied(text, format_document(workspace, MAIN))
    if broken == "nonsense  here":  # belongs to what is above it
        assert after == CLOSE.replace("BROKEN", broken).replace(" id", "  id").replace("\n", line_end)
    else:
        assert after == NEATER.replace("BROKEN", broken).replace("\n", line_end)
    at = text.rindex("id")
    edits = format_range(workspace, MAIN, at, at + 1)
    wanted = f"{text[: text.rindex(' id')]}  id{text[at + 2 :]}"
    assert applied(text, edits) == wanted
    workspace.change(MAIN, after)
    assert format_document(workspace, MAIN) == []


def test_a_long_value_is_laid_out_in_steps() -> None:
    def work(count: int) -> tuple[int, int]:
        """Calls of functions, which are the same on any machine, and steps."""
        arms = "".join(f'    |  "v{i}"\n' for i in range(count))
        workspace, _ = placed(f'table t {{\n  x string = "a"\n{arms}}}\n')
        calls = steps = 0

        def counted(frame: FrameType, event: str, arg: object) -> None:
            nonlocal calls
            calls += event in ("call", "c_call")

        sys.setprofile(counted)
        try:
            for _ in format_document_steps(workspace, MAIN):
                steps += 1
        finally:
            sys.setprofile(None)
        return calls, steps

    short, steps = work(1_000)
    long, _ = work(8_000)
    assert steps >= 4
    assert long < 12 * short, "twice as long a text takes twice as much"


def test_while_typing() -> None:
    text = "table t 3 {\n id   int key\n  x int=1..2\n  ‸\n}\ntable u 3 {\n  id int   key\n}\n"
    workspace, at = placed(text)
    plain = workspace.document(MAIN).text
    edits = format_typed(workspace, MAIN, at, "\n")
    assert applied(plain, edits) == plain.replace(" id   int key\n  x int=", "  id int key\n  x  int = ", 1)
    assert format_typed(workspace, MAIN, at, "x") == []
    closed, at = placed(text.replace("  ‸\n}", "}‸"))
    assert applied(closed.document(MAIN).text, format_typed(closed, MAIN, at, "}")).startswith(
        "table t 3 {\n  id int key\n  x  int = 1..2\n}\ntable u 3 {\n  id int   key"
    )
