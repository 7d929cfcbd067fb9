"""Silencing a hint or a warning where it stands: the comment that does it, where it goes, and its codes."""

from __future__ import annotations

import re
from typing import Final

from specdsl.check.ignored import covered, ignored
from specdsl.diagnostics.hints import NotIgnorable, UnneededIgnore
from specdsl.diagnostics.model import Diagnostic, Edit, Severity
from specdsl.ide.document import Document
from specdsl.ide.items import Item, ItemKind
from specdsl.ide.outline import parsed
from specdsl.ide.refactor.place import line_indent
from specdsl.ide.workspace import Workspace
from specdsl.source import SourceFile, Span
from specdsl.syntax import tree
from specdsl.syntax.lexer import BOM
from specdsl.syntax.tokens import COMMENT, DOC_COMMENT, LINE_END, Token

_TYPED: Final = re.compile(r"#[ \t]*ignore:(?:[ \t]*\w+[ \t]*,)*[ \t]*(\w*)\Z")
_COMMENTS: Final = (COMMENT, DOC_COMMENT)


def ignore_here(document: Document, diagnostic: Diagnostic) -> Edit | None:
    """The edit of ``document`` that silences ``diagnostic``, which is about it; None for what cannot be
    silenced."""
    if not _can_be_silenced(diagnostic):
        return None
    begin, tokens = document.tokens_at(diagnostic.span.start)
    text = document.sections[document.section_at(diagnostic.span.start)].text
    at = diagnostic.span.start - begin
    last = _last_of_line(tokens, at)
    statement = _statement(parsed(text).tree, at)
    if last is None or _goes_on(statement, text, at, last):
        start = at if statement is None else statement.span.start
        above = text.rfind("\n", 0, start) + 1
        above += text.startswith(BOM, above)
        return _edit(document, begin + above, f"{line_indent(text, start)}# ignore: {diagnostic.code}\n")
    if last.kind not in _COMMENTS:
        return _edit(document, begin + last.end, f"  # ignore: {diagnostic.code}")
    there = ignored(SourceFile("", text), tree.File(Span("", 0, 0), ()), [last])
    if there:
        return _edit(document, begin + there[0].places[-1].end, f", {diagnostic.code}")
    return _edit(document, begin + last.end, f"  # ignore: {diagnostic.code}")


def ignore_items(workspace: Workspace, path: str, offset: int) -> list[Item]:
    """The codes for an `# ignore:` that the cursor is in: those of what is said of its line."""
    document = workspace.document(path)
    begin, tokens = document.tokens_at(offset)
    at = offset - begin
    comment = next((one for one in tokens if one.kind in _COMMENTS and one.start < at <= one.end), None)
    typed = None if comment is None else _TYPED.search(comment.text[: at - comment.start])
    if comment is None or typed is None:
        return []
    text = document.sections[document.section_at(offset)].text
    about = covered(SourceFile(path, text), parsed(text).tree, comment)
    found: dict[str, Diagnostic] = {}
    for diagnostic in workspace.diagnostics(path, first=offset):
        start = diagnostic.span.start - begin
        if diagnostic.span.file == path and any(one.start <= start <= one.end for one in about):
            found.setdefault(diagnostic.code, diagnostic)
    span = Span(path, offset - len(typed[1]), offset)
    return [
        Item(ItemKind.VALUE, code, code, one.message(), order=order, span=span)
        for order, (code, one) in enumerate(found.items())
        if _can_be_silenced(one)
    ]


def _can_be_silenced(diagnostic: Diagnostic) -> bool:
    wrong = diagnostic.severity is Severity.ERROR
    return not wrong and not isinstance(diagnostic, NotIgnorable | UnneededIgnore)


def _edit(document: Document, at: int, text: str) -> Edit:
    return Edit(Span(document.path, at, at), text)


def _last_of_line(tokens: tuple[Token, ...], at: int) -> Token | None:
    """The last token but blanks of the line at ``at``; None where a string goes on with the next line."""
    last = None
    for token in tokens:
        if token.start >= at and token.kind == LINE_END:
            break
        if token.text.strip():
            last = token
    return None if last is None or "\n" in last.text else last


def _statement(file: tree.File, at: int) -> tree.Node | None:
    """The statement or declaration at ``at``."""
    for item in file.items:
        if item.span.start <= at <= item.span.end:
            members = item.members if isinstance(item, tree.TableDecl) else ()
            return next((m for m in members if m.span.start <= at <= m.span.end), item)
    return None


def _goes_on(statement: tree.Node | None, text: str, at: int, last: Token) -> bool:
    """Whether another statement follows one on its line: to be one about the first, a comment has to stand
    above it (where the layout has a line for each)."""
    if not isinstance(statement, tree.Member):
        return False
    return "\n" not in text[at : statement.span.end] and text[statement.span.end : last.start].startswith(",")
