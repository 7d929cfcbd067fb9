"""Every refactoring that is offered anywhere in the examples leaves a program in the one layout."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path

import pytest

from specdsl.compiler import Compilation, compile_source
from specdsl.diagnostics.model import Severity
from specdsl.ide.actions import Action, refactorings
from specdsl.ide.edits import applied
from specdsl.ide.workspace import Workspace
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text
from specdsl.syntax.lexer import lex
from tests.examples import ALL


def offered(path: str, text: str) -> Iterator[Action]:
    """The actions at the start of every token, each once."""
    workspace = Workspace()
    workspace.open(path, text)
    seen = set()
    for at in sorted({token.start for token in lex(SourceFile(path, text)).tokens}):
        for action in refactorings(workspace, path, at, at):
            if action.edits not in seen:
                seen.add(action.edits)
                yield action


def compiled(path: str, text: str) -> Compilation:
    return compile_source(SourceFile(path, text), LocalFiles())


@pytest.mark.parametrize("example", ALL, ids=lambda path: path.stem)
def test_a_refactoring_leaves_a_program(example: Path) -> None:
    path, text = str(example), example.read_text("utf-8")
    wrong = []
    for action in offered(path, text):
        after = applied(text, action.edits)
        found = [d.message() for d in compiled(path, after).diagnostics if d.severity is Severity.ERROR]
        if found or format_text(SourceFile(path, after)) != after:
            wrong.append((action.title, found or "layout"))
    assert wrong == []


def test_they_are_offered() -> None:
    titles = {a.title.split("`")[0] for path in ALL[:6] for a in offered(str(path), path.read_text("utf-8"))}
    assert len(titles) > 3
