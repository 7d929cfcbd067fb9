"""No provider raises, whatever the text and wherever the cursor."""

from __future__ import annotations

import random
from collections.abc import Callable
from itertools import pairwise
from pathlib import Path

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.ide.actions import code_actions, fix_all
from specdsl.ide.bindings import binding_at, bindings_in
from specdsl.ide.definition import definition, type_definition
from specdsl.ide.edits import applied
from specdsl.ide.folding import folds
from specdsl.ide.formatting import format_document, format_range, format_typed
from specdsl.ide.hints import inlay_hints
from specdsl.ide.lenses import lenses, resolved
from specdsl.ide.links import links
from specdsl.ide.references import highlights, references
from specdsl.ide.rename import Renaming, prepare, rename
from specdsl.ide.selection import selection_ranges
from specdsl.ide.symbols import document_symbols, workspace_symbols
from specdsl.ide.tokens import semantic_tokens
from specdsl.ide.workspace import Workspace
from tests import examples
from tests.ide.cursors import MAIN
from tests.ide.test_incremental import edited
from tests.language.memory import MemoryFiles

AT: tuple[Callable[[Workspace, str, int], object], ...] = (
    binding_at,
    definition,
    type_definition,
    references,
    highlights,
    prepare,
    lambda w, p, o: rename(w, p, o, "other name"),
    lambda w, p, o: format_typed(w, p, o, "\n"),
    lambda w, p, o: format_typed(w, p, o, "}"),
    lambda w, p, o: code_actions(w, p, o, o),
)


def ask_at(workspace: Workspace, path: str, offset: int) -> None:
    for ask in AT:
        ask(workspace, path, offset)
    text = workspace.document(path).text
    grown = selection_ranges(workspace, path, offset)
    assert (grown[-1].start, grown[-1].end) == (0, len(text))
    assert all(b.start <= a.start and a.end <= b.end for a, b in pairwise(grown))


def ask_all(workspace: Workspace, path: str) -> None:
    text = workspace.document(path).text
    tokens = semantic_tokens(workspace, path, diagnostics=workspace.diagnostics(path))
    assert all(a.span.end <= b.span.start for a, b in pairwise(tokens))
    assert all(0 <= t.span.start < t.span.end <= len(text) for t in tokens)
    lines = workspace.document(path).lines.line_count
    assert all(0 <= f.first < f.last < lines for f in folds(workspace, path))
    for binding in bindings_in(workspace, path):
        written = text[binding.span.start : binding.span.end]
        assert binding.symbol.name in (written, written[1:-1]) or "\\" in written or written in _ALIASES
    document_symbols(workspace, path)
    workspace_symbols(workspace, "a")
    inlay_hints(workspace, path)
    for lens in lenses(workspace, path):
        resolved(workspace, lens)
    links(workspace, path)
    fix_all(workspace, path)
    format_range(workspace, path, len(text) // 3, len(text) // 2)
    laid_out = applied(text, format_document(workspace, path))
    assert "".join(laid_out.split()).replace(",", "") == "".join(text.split()).replace(",", "")


class _Anything:
    """The names of functions under which they are called otherwise."""

    def __contains__(self, name: object) -> bool:
        from specdsl.functions.registry import FUNCTIONS

        return any(name in function.aliases for function in FUNCTIONS.values())


_ALIASES = _Anything()


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_mutated_examples(path: Path) -> None:
    rng = random.Random(path.name)
    workspace = Workspace()
    name = str(path)
    text = path.read_text("utf-8")
    workspace.open(name, text)
    for _ in range(3):
        text = edited(rng, text)
        workspace.change(name, text)
        for _ in range(5):
            ask_at(workspace, name, rng.randrange(len(text) + 1))
        ask_all(workspace, name)


SMALL = (
    'import "b.dgen"\nenum E { a 5%, `b c` }\ntype T = struct { w E }\ntable t 3 {\n  id int key\n'
    '  u_id -> u? 5% null\n  (city, b as `x y`) = place("US")\n  t T\n  e = match u_id.e { a => t.w, else => .x }\n'
    '  s string = f"{e:>3} {id}"\n}\ntable u { t_id -> t each 1..2 where .e == a\n e E }\n'
)


@pytest.mark.parametrize("cut", [0, 40, 90, 150, 230, 300, len(SMALL)])
def test_every_offset_of_a_small_text(cut: int) -> None:
    workspace = Workspace(MemoryFiles({"b.dgen": "table v 3 { id int key }\n"}))
    text = SMALL[:cut]
    workspace.open(MAIN, text)
    for offset in range(0, len(text) + 1, 3):
        ask_at(workspace, MAIN, offset)
    ask_all(workspace, MAIN)


_PIECES = (
    'table enum type pool dataset import t u id E a { } ( ) [ ] -> => = | , . .. : ? \n " ` / # ## f" { 1 5% 30d '
    "key each where match if then else sum( via: int string list< > struct \r\n \t 😀 é \u2028 _ * null in"
)
PIECES = st.sampled_from(_PIECES.split(" "))


@settings(max_examples=40, deadline=None)
@given(st.lists(PIECES, max_size=40).map(" ".join), st.integers(0, 200))
def test_any_text(text: str, offset: int) -> None:
    workspace = Workspace(MemoryFiles({}))
    workspace.open(MAIN, text)
    ask_at(workspace, MAIN, min(offset, len(text)))
    ask_at(workspace, MAIN, len(text))
    ask_at(workspace, MAIN, offset + 1000)
    ask_at(workspace, "none.dgen", offset)
    ask_all(workspace, MAIN)


def test_renaming_in_a_broken_text_keeps_the_rest() -> None:
    text = "table t 3 {\n  id int key\n  x int = = 4\n  y int = id +\n}\n"
    workspace = Workspace(MemoryFiles({}))
    workspace.open(MAIN, text)
    result = rename(workspace, MAIN, text.index("id"), "number")
    assert isinstance(result, Renaming)
    assert applied(text, result.edits) == text.replace("id", "number")
