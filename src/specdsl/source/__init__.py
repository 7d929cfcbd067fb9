"""Source text: files, spans and line positions. The lowest layer; imports nothing of the project."""

from specdsl.source.model import LineIndex, Position, SourceFile, Span

__all__ = ["LineIndex", "Position", "SourceFile", "Span"]
