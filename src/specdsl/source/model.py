"""Source files, spans in code points, and the line index that turns one into the other.

A line ends at ``\\n``, ``\\r\\n`` or ``\\r`` and nowhere else: form feeds, NEL and U+2028 are
ordinary characters, as the language server protocol has it.
"""

from __future__ import annotations

import re
from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

_LINE_END = re.compile(r"\r\n|\n|\r")


@dataclass(frozen=True, slots=True, order=True)
class Span:
    """A half-open stretch ``[start, end)`` of a file, in code points."""

    file: str
    start: int
    end: int

    def to(self, other: Span) -> Span:
        """The smallest span that covers this one and ``other`` (of the same file)."""
        return Span(self.file, min(self.start, other.start), max(self.end, other.end))

    @property
    def empty(self) -> bool:
        return self.start == self.end

    def at_start(self) -> Span:
        """The empty span where this one begins (for insertions)."""
        return Span(self.file, self.start, self.start)

    def at_end(self) -> Span:
        """The empty span where this one ends (for insertions)."""
        return Span(self.file, self.end, self.end)


@dataclass(frozen=True, slots=True, order=True)
class Position:
    """A place in a file: zero-based line and zero-based column in code points."""

    line: int
    column: int


class LineIndex:
    """Maps offsets to lines and back for one text."""

    def __init__(self, text: str) -> None:
        self._text = text
        if "\r" in text:
            self._starts = [0, *(m.end() for m in _LINE_END.finditer(text))]
        else:  # several times as fast, and most texts are so
            lengths = map(len, text.split("\n")[:-1])
            self._starts = list(accumulate((n + 1 for n in lengths), initial=0))

    @property
    def line_count(self) -> int:
        return len(self._starts)

    def position(self, offset: int) -> Position:
        """The position of ``offset``; offsets past the end are taken as the end."""
        offset = max(0, min(offset, len(self._text)))
        line = bisect_right(self._starts, offset) - 1
        return Position(line, offset - self._starts[line])

    def offset(self, position: Position) -> int:
        """The offset of ``position``; a column past the line's end is taken as the line's end."""
        if position.line >= len(self._starts):
            return len(self._text)
        start = self._starts[max(position.line, 0)]
        return min(start + max(position.column, 0), start + len(self.line(position.line)))

    def line(self, number: int) -> str:
        """The text of a zero-based line without its line end ('' when there is no such line)."""
        if not 0 <= number < len(self._starts):
            return ""
        end = self._starts[number + 1] if number + 1 < len(self._starts) else len(self._text)
        return self._text[self._starts[number] : end].rstrip("\r\n")


@dataclass(frozen=True)
class SourceFile:
    """A named text. ``name`` is what diagnostics print and what spans carry."""

    name: str
    text: str = field(repr=False)

    @cached_property
    def lines(self) -> LineIndex:
        return LineIndex(self.text)

    def slice(self, span: Span) -> str:
        """The text that ``span`` covers."""
        return self.text[span.start : span.end]
