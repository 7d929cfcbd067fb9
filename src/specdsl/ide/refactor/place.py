"""Where a refactoring is asked for, and what it offers."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum
from functools import cached_property
from typing import TypeVar

from specdsl.diagnostics.model import Diagnostic, Edit
from specdsl.ide.bindings import outline_of
from specdsl.ide.definition import children
from specdsl.ide.document import Document
from specdsl.ide.inference import Types
from specdsl.ide.outline import Outline, parsed
from specdsl.ide.surroundings import types_of
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax import tree
from specdsl.syntax.lexer import BOM

N = TypeVar("N", bound=tree.Node)


class ActionKind(StrEnum):
    """What kind of change it is, in the words of editors."""

    QUICK_FIX = "quickfix"
    EXTRACT = "refactor.extract"
    INLINE = "refactor.inline"
    REWRITE = "refactor.rewrite"
    FIX_ALL = "source.fixAll"


@dataclass(frozen=True, slots=True)
class Action:
    """A change to offer. ``diagnostic``: what it corrects; ``preferred``: it is the one correction."""

    title: str
    kind: ActionKind
    edits: tuple[Edit, ...]
    diagnostic: Diagnostic | None = None
    preferred: bool = False


@dataclass(frozen=True)
class Place:
    """A selection from ``start`` to ``end`` in the document at ``path``. Nodes of ``nodes`` have places that
    count from the start of their section; ``span`` makes them places in the text."""

    workspace: Workspace
    path: str
    start: int
    end: int

    @cached_property
    def document(self) -> Document:
        return self.workspace.document(self.path)

    @cached_property
    def outline(self) -> Outline:
        return outline_of(self.workspace, self.path)

    @cached_property
    def types(self) -> Types:
        """The types of columns, as far as the text says them."""
        return types_of(self.workspace, self.path)

    @cached_property
    def number(self) -> int:
        """The number of the section."""
        return self.document.section_at(self.start)

    @property
    def begin(self) -> int:
        """Where the section begins."""
        return self.document.starts[self.number]

    @property
    def text(self) -> str:
        """The section's text."""
        return self.document.sections[self.number].text

    @cached_property
    def nodes(self) -> tuple[tree.Node, ...]:
        """The nodes around the start of the selection, innermost first."""
        at = self.start - self.begin
        found: list[tree.Node] = []
        pending: list[tree.Node] = list(parsed(self.text).tree.items)
        while pending:
            node = pending.pop()
            if node.span.start <= at <= node.span.end:
                found.append(node)
                pending += children(node)
        return tuple(sorted(found, key=lambda n: n.span.end - n.span.start))

    def around(self, kind: type[N]) -> N | None:
        """The innermost node of a kind around the selection's start."""
        return next((node for node in self.nodes if isinstance(node, kind)), None)

    def within(self, node: tree.Node | None) -> bool:
        """Whether the selection begins in a node."""
        return node is not None and node.span.start <= self.start - self.begin <= node.span.end

    def span(self, start: int, end: int) -> Span:
        """A stretch of the section as a place in the text."""
        return Span(self.path, self.begin + start, self.begin + end)

    def written(self, node: tree.Node) -> str:
        return self.text[node.span.start : node.span.end]

    def replaced(self, node: tree.Node, text: str) -> Edit:
        return Edit(self.span(node.span.start, node.span.end), text)

    def declared_above(self, declaration: str) -> Edit:
        """Puts a declaration above the one at hand and its comments."""
        lead = len(self.text) - len(self.text.lstrip(f"{BOM}\r\n"))
        return Edit(self.span(lead, lead), f"{declaration}\n\n")

    def new_name(self, column: str) -> str:
        """A name for a type of a column's values that nothing has yet: ``unit_price`` gives ``UnitPrice``."""
        words = re.findall(r"\w+", column.replace("_", " "))
        base = "".join(word[:1].upper() + word[1:] for word in words) or "Value"
        base = base if base.isidentifier() else f"T{base}"
        taken = self.outline.program.names.declared
        name, count = base, 2
        while name in taken:
            name, count = f"{base}{count}", count + 1
        return name


def without_names(node: tree.Node) -> bool:
    """Whether an expression has constants only."""
    pending: list[tree.Node] = [node]
    while pending:
        one = pending.pop()
        if isinstance(one, tree.NameRef | tree.CandidateRef | tree.ErrorExpr):
            return False
        pending += children(one)
    return True


def line_indent(text: str, at: int) -> str:
    """The blanks that the line at ``at`` begins with."""
    start = max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1
    found = re.match(r"[ \t]*", text[start:])
    return found[0] if found is not None else ""


Offer = Iterator[Action]
