"""Files that get other places: what specs that name them, and specs that are moved themselves, say then."""

from __future__ import annotations

import os
from collections.abc import Iterable, Iterator, Sequence
from pathlib import Path

from specdsl.diagnostics.model import Edit
from specdsl.ide.links import named_files
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax import literals

Move = tuple[str, str]
"""The path of a file or a folder, and the path that it gets."""


def edits_for(workspace: Workspace, moves: Iterable[Move]) -> list[Edit]:
    """The edits after which every file that the specs of the workspace name is found, once ``moves`` have
    been made. They are edits of the files where they are before."""
    every = [(_plain(old), _plain(new)) for old, new in moves]
    every = [(old, new) for old, new in every if old != new]
    if not every:
        return []
    return [edit for path in workspace.paths() for edit in _of_file(workspace, path, every)]


def _of_file(workspace: Workspace, path: str, moves: Sequence[Move]) -> Iterator[Edit]:
    document = workspace.document(path)
    goes_to = _moved(_plain(path), moves)
    for number, one in enumerate(document.sections):
        if '"' not in one.text:
            continue
        begin = document.starts[number]
        for token in named_files(one.text):
            mistakes: list[object] = []
            written = literals.string(token.text, token.start, path, mistakes.append)
            if mistakes or not _is_path(written, is_query=_is_query(one.text, token.start)):
                continue
            told = _told(written, _plain(path), goes_to, moves)
            if told != written:
                span = Span(path, begin + token.start + 1, begin + token.end - 1)
                yield Edit(span, told.replace("\\", "\\\\").replace('"', '\\"'))


def _is_query(text: str, at: int) -> bool:
    return text[:at].rstrip().removesuffix("(").rstrip().endswith("sql")


def _is_path(written: str, *, is_query: bool) -> bool:
    if not written.strip() or "://" in written or "\0" in written or "\n" in written:
        return False
    return written.endswith(".sql") or not is_query


def _told(written: str, path: str, goes_to: str, moves: Sequence[Move]) -> str:
    """What a spec at ``path``, which goes to another place, has to say for what it calls ``written``."""
    target = _moved(_joined(path, written), moves)
    if _joined(goes_to, written) == target:
        return written
    if os.path.isabs(written):  # noqa: PTH117
        return target
    try:
        relative = os.path.relpath(target, os.path.dirname(goes_to) or ".")  # noqa: PTH120
    except ValueError:  # on another drive
        relative = target
    relative = relative.replace(os.sep, "/")
    return f"./{relative}" if written.startswith("./") and not relative.startswith(".") else relative


def _joined(mentioned_in: str, written: str) -> str:
    return os.path.normpath(os.path.join(os.path.dirname(mentioned_in), written))  # noqa: PTH118, PTH120


def _plain(path: str) -> str:
    return os.path.normpath(path)


def _moved(path: str, moves: Sequence[Move]) -> str:
    """Where a file is after the moves: what is said of the file itself goes before what is said of a folder
    around it."""
    here = Path(path)
    around = [(old, new) for old, new in moves if here.is_relative_to(old)]
    if not around:
        return path
    old, new = max(around, key=lambda move: len(Path(move[0]).parts))
    return os.path.normpath(Path(new, here.relative_to(old)))
