"""A document as a request sees it: places and edits in the terms of the protocol."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property

from lsprotocol import types

from specdsl.diagnostics.model import Edit
from specdsl.ide.document import Document
from specdsl.ide.edits import line_end, with_line_ends
from specdsl.ide.workspace import Workspace
from specdsl.lsp.positions import to_column, to_units
from specdsl.lsp.session import Session
from specdsl.lsp.settings import Settings
from specdsl.source import LineIndex, Position, Span


@dataclass(frozen=True)
class View:
    """The document at ``path``, on the worker's thread, with the state of the session."""

    session: Session
    path: str

    @cached_property
    def workspace(self) -> Workspace:
        return self.session.workspace(self.path)

    @property
    def settings(self) -> Settings:
        return self.session.folder(self.path).settings

    @property
    def document(self) -> Document:
        return self.workspace.document(self.path)

    # --- places of this document ---------------------------------------------------------------

    def offset(self, position: types.Position) -> int:
        """The offset of a position, which is taken into the text where it is outside."""
        lines = self.document.lines
        line = lines.line(position.line)
        column = to_column(line, position.character, self.session.encoding)
        return lines.offset(Position(position.line, column))

    def offsets(self, range: types.Range) -> tuple[int, int]:
        """Both ends of a range."""
        return self.offset(range.start), self.offset(range.end)

    def position(self, offset: int) -> types.Position:
        """The position of an offset."""
        return self._position(self.document.lines, offset)

    # --- places of any document ----------------------------------------------------------------

    def _position(self, lines: LineIndex, offset: int) -> types.Position:
        at = lines.position(offset)
        units = to_units(lines.line(at.line), at.column, self.session.encoding)
        return types.Position(at.line, units)

    def range(self, span: Span) -> types.Range:
        """The range of a span, in whichever file it is."""
        lines = self.workspace.document(span.file).lines
        return types.Range(self._position(lines, span.start), self._position(lines, span.end))

    def location(self, span: Span) -> types.Location:
        """Where a span is."""
        return types.Location(self.session.uri(span.file), self.range(span))

    def edit(self, edit: Edit) -> types.TextEdit:
        """An edit of the document that its span names, with the line ends of that document."""
        return types.TextEdit(self.range(edit.span), self.written(edit.text, edit.span.file))

    def written(self, text: str, path: str | None = None) -> str:
        """A text with the line ends of a document, by default this one."""
        if "\n" not in text:
            return text
        document = self.workspace.document(self.path if path is None else path)
        return with_line_ends(text, line_end(document.text))

    def edits(self, edits: Iterable[Edit]) -> types.WorkspaceEdit:
        """Edits of one file or several as one change; for open documents it is bound to their version."""
        by_file: dict[str, list[types.TextEdit]] = {}
        for edit in edits:
            by_file.setdefault(edit.span.file, []).append(self.edit(edit))
        if not self.session.client.document_changes:
            return types.WorkspaceEdit(changes={self.session.uri(p): e for p, e in by_file.items()})
        return types.WorkspaceEdit(
            document_changes=[
                types.TextDocumentEdit(
                    types.OptionalVersionedTextDocumentIdentifier(
                        uri=self.session.uri(path), version=self.session.versions.get(path)
                    ),
                    list(found),
                )
                for path, found in by_file.items()
            ]
        )
