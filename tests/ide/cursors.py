"""Texts with a cursor in them."""

from __future__ import annotations

from collections.abc import Mapping

from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from tests.language.memory import MemoryFiles

CURSOR = "‸"
MAIN = "main.dgen"


def placed(text: str, files: Mapping[str, str] | None = None) -> tuple[Workspace, int]:
    """A workspace with ``text`` open as main.dgen, less its cursor, and where that was (0 where it had
    none). ``files`` are open too."""
    workspace = Workspace(MemoryFiles(files or {}))
    for path, other in (files or {}).items():
        if path.endswith(".dgen"):
            workspace.open(path, other)
    at = max(text.find(CURSOR), 0)
    workspace.open(MAIN, text.replace(CURSOR, "", 1))
    return workspace, at


def shown(workspace: Workspace, span: Span) -> str:
    """A place as ``line:column text``, with the file where it is not main.dgen; lines count from 1."""
    document = workspace.document(span.file)
    at = document.lines.position(span.start)
    file = "" if span.file == MAIN else f"{span.file}:"
    return f"{file}{at.line + 1}:{at.column + 1} {document.text[span.start : span.end]}"
