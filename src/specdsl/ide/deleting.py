"""Deleting what nothing uses, with the comments above it."""

from __future__ import annotations

import re

from specdsl.diagnostics.hints import UnusedDeclaration, UnusedHidden
from specdsl.diagnostics.model import Diagnostic, Edit, Fix
from specdsl.ide.document import Document
from specdsl.ide.outline import parsed
from specdsl.source import Span
from specdsl.syntax import tree

_REST_OF_LINE = re.compile(r"[ \t]*(#[^\r\n]*)?(\r\n|\r|\n|$)")
_EMPTY_LINES = re.compile(r"([ \t]*(\r\n|\r|\n))+")
_COMMENTS_ABOVE = re.compile(r"([ \t]*#[^\r\n]*(\r\n|\r|\n))*[ \t]*\Z")


def delete_unused(document: Document, diagnostic: Diagnostic) -> Fix | None:
    """Takes away what ``diagnostic`` says is unused; None for other diagnostics, and for what shares its
    lines with something else."""
    if not isinstance(diagnostic, UnusedDeclaration | UnusedHidden):
        return None
    number = document.section_at(diagnostic.span.start)
    begin, text = document.starts[number], document.sections[number].text
    at = diagnostic.span.start - begin
    item = next((i for i in parsed(text).tree.items if i.span.start <= at <= i.span.end), None)
    if isinstance(diagnostic, UnusedDeclaration):
        lines = _lines(text, item) if isinstance(item, tree.EnumDecl | tree.PoolDecl) else None
        name = diagnostic.declared
    else:
        members = item.members if isinstance(item, tree.TableDecl) else ()
        column = next((m for m in members if m.span.start <= at <= m.span.end), None)
        alone = isinstance(column, tree.ColumnDecl) and not column.grouped
        lines = _lines(text, column) if alone else None
        name = diagnostic.column
    if lines is None:
        return None
    start, end = lines
    if isinstance(diagnostic, UnusedDeclaration) and (gap := _EMPTY_LINES.match(text, end)):
        end = gap.end()
    return Fix(f"Delete `{name}`", (Edit(Span(document.path, begin + start, begin + end), ""),))


def _lines(text: str, node: tree.Node | None) -> tuple[int, int] | None:
    """The lines of a node and of the comments above it; None where something else stands on them."""
    if node is None:
        return None
    above = _COMMENTS_ABOVE.search(text, 0, node.span.start)
    below = _REST_OF_LINE.match(text, node.span.end)
    if above is None or below is None or text[: above.start()].rstrip(" \t")[-1:] not in ("", "\r", "\n"):
        return None
    return above.start(), below.end()
