"""What in a text leads elsewhere: imported files, data files, and addresses in comments and texts."""

from __future__ import annotations

import re
from dataclasses import dataclass

from specdsl.files import FileProblem
from specdsl.ide.document import tokens_of
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax.tokens import COMMENT, DOC_COMMENT, TRIVIA, Token

_ADDRESS = re.compile(r"https?://[^\s\"'`<>\\{}|^]+")
_TRAILING = ".,;:!?)]"


@dataclass(frozen=True, slots=True)
class Link:
    """A place that leads to the file at ``path``, or to the ``address``."""

    span: Span
    path: str = ""
    address: str = ""


def links(workspace: Workspace, path: str) -> list[Link]:
    """All links of a document, in order."""
    document = workspace.document(path)
    return [link for number in range(len(document.sections)) for link in _of_section(workspace, path, number)]


def link_at(workspace: Workspace, path: str, offset: int) -> Link | None:
    """The link at ``offset``."""
    number = workspace.document(path).section_at(offset)
    found = (link for link in _of_section(workspace, path, number))
    return next((link for link in found if link.span.start <= offset <= link.span.end), None)


def _of_section(workspace: Workspace, path: str, number: int) -> list[Link]:
    document = workspace.document(path)
    text, start = document.sections[number].text, document.starts[number]
    if '"' not in text and "://" not in text:
        return []
    found = []
    named = named_files(text)
    for token in tokens_of(text):
        if token in named:
            target = _resolved(workspace, path, token.text[1:-1])
            if target:
                span = Span(path, start + token.start + 1, start + token.end - 1)
                found.append(Link(span, path=target))
        elif token.kind in (COMMENT, DOC_COMMENT, "STRING", "LONG_STRING", "FSTRING_TEXT"):
            for address in _ADDRESS.finditer(token.text):
                text_of = address[0].rstrip(_TRAILING)
                at = start + token.start + address.start()
                found.append(Link(Span(path, at, at + len(text_of)), address=text_of))
    return found


def named_files(text: str) -> list[Token]:
    """The texts in a section that stand where a file is named: after `import` and `from`, in `load` and
    `sql` (which may hold a query instead). Their places count from the section's start."""
    found = []
    before: list[Token] = []
    for token in tokens_of(text):
        if token.kind == "STRING" and _names_a_file(before):
            found.append(token)
        if token.kind not in TRIVIA and token.text:
            before = [*before[-3:], token]
    return found


def _names_a_file(before: list[Token]) -> bool:
    """Whether a text after these tokens is the path of a file."""
    words = [token.text for token in before]
    if words[-1:] in (["import"], ["from"]):
        return True
    if words[-1:] == [":"] and words[-2:-1] == ["path"]:
        return words[-3:-2] == ["("] and words[-4:-3] == ["load"]
    return words[-1:] == ["("] and words[-2:-1] in (["load"], ["sql"])


def _resolved(workspace: Workspace, path: str, written: str) -> str:
    if "\n" in written or (" " in written.strip() and "." not in written):  # a query, not the name of a file
        return ""
    if not re.search(r"\.\w+$", written):
        return ""
    try:
        return workspace.files(path).resolve(path, written)
    except FileProblem:
        return ""
