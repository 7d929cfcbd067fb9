"""What can be folded away: bodies, brackets over several lines, runs of comments and of imports."""

from __future__ import annotations

from dataclasses import dataclass
from enum import StrEnum

from specdsl.ide.document import Document, tokens_of
from specdsl.ide.kept import kept
from specdsl.ide.workspace import Workspace
from specdsl.source import LineIndex


class FoldKind(StrEnum):
    """What is folded. ``BODY``: what stands in brackets or in a long string."""

    BODY = "body"
    COMMENT = "comment"
    IMPORTS = "imports"


@dataclass(frozen=True, slots=True)
class Fold:
    """Lines from ``first`` (which stays) to ``last``, both counted from 0. ``first`` < ``last``."""

    first: int
    last: int
    kind: FoldKind = FoldKind.BODY


_CLOSERS = {"RPAR": "LPAR", "RSQB": "LSQB", "RBRACE": "LBRACE"}


def folds(workspace: Workspace, path: str) -> list[Fold]:
    """All folds of a document, in order; at most one begins in a line."""
    document = workspace.document(path)
    found = []
    for start, one in zip(document.starts, document.sections, strict=True):
        line = document.lines.position(start).line
        found += [Fold(line + fold.first, line + fold.last, fold.kind) for fold in _of_section(one.text)]
    found += _imports(document)
    widest: dict[int, Fold] = {}
    for fold in found:
        if fold.first not in widest or fold.last > widest[fold.first].last:
            widest[fold.first] = fold
    return [widest[first] for first in sorted(widest)]


@kept
def _of_section(text: str) -> tuple[Fold, ...]:
    """The folds of a section, whose lines count from its start: it begins a line."""
    position = LineIndex(text).position
    found: list[Fold] = []
    open_: list[tuple[str, int]] = []
    comments: list[int] = []  # the lines of the run of comments at hand

    def end_comments() -> None:
        if len(comments) > 1:
            found.append(Fold(comments[0], comments[-1], FoldKind.COMMENT))
        comments.clear()

    line_is_bare = True
    for token in tokens_of(text):
        if token.kind == "LINE_END":
            line_is_bare = True
            continue
        if token.kind == "SPACE" or not token.text:
            continue
        line = position(token.start).line
        if token.kind in ("COMMENT", "DOC_COMMENT") and line_is_bare:
            if comments and comments[-1] != line - 1:
                end_comments()
            comments.append(line)
            continue
        end_comments()
        line_is_bare = False
        if token.kind in ("LPAR", "LSQB", "LBRACE"):
            open_.append((token.kind, line))
        elif token.kind in _CLOSERS and open_ and open_[-1][0] == _CLOSERS[token.kind]:
            _, first = open_.pop()
            if line - 1 > first:
                found.append(Fold(first, line - 1))
        elif token.kind == "LONG_STRING":
            last = position(token.end).line
            if last > line:
                found.append(Fold(line, last))
    end_comments()
    return tuple(found)


def _imports(document: Document) -> list[Fold]:
    """Runs of imports."""
    found: list[Fold] = []
    run: list[int] = []
    for number, one in enumerate([*document.sections, None]):
        if one is not None and one.kind == "import":
            stripped = len(one.text) - len(one.text.lstrip())
            run.append(document.lines.position(document.starts[number] + stripped).line)
            end = document.starts[number] + len(one.text.rstrip())
            last = document.lines.position(end).line
            continue
        if len(run) > 1:
            found.append(Fold(run[0], last, FoldKind.IMPORTS))
        run.clear()
    return found
