"""One text at one time, cut into sections, with its tokens."""

from __future__ import annotations

from bisect import bisect_right
from dataclasses import dataclass, field
from functools import cached_property
from itertools import accumulate

from specdsl.ide.cutting import cut
from specdsl.ide.kept import kept
from specdsl.ide.sections import Section
from specdsl.source import LineIndex, SourceFile, Span
from specdsl.syntax.lexer import lex
from specdsl.syntax.tokens import Token


@kept
def tokens_of(text: str) -> tuple[Token, ...]:
    """The tokens of a section's text, trivia included; places count from its start."""
    return tuple(lex(SourceFile("", text)).tokens)


@dataclass(frozen=True)
class Document:
    """A file's text. ``version`` counts the changes of an open document, 0 where it is not open."""

    path: str
    text: str = field(repr=False)
    version: int = 0

    @cached_property
    def source(self) -> SourceFile:
        return SourceFile(self.path, self.text)

    @property
    def lines(self) -> LineIndex:
        return self.source.lines

    @cached_property
    def sections(self) -> tuple[Section, ...]:
        return cut(self.text)

    @cached_property
    def starts(self) -> tuple[int, ...]:
        """Where each section begins."""
        return tuple(accumulate((len(one.text) for one in self.sections[:-1]), initial=0))

    def section_at(self, offset: int) -> int:
        """The number of the section at ``offset``; past the end it is the last."""
        return max(bisect_right(self.starts, offset) - 1, 0)

    def section_span(self, number: int) -> Span:
        """The place of a section."""
        start = self.starts[number]
        return Span(self.path, start, start + len(self.sections[number].text))

    def tokens_at(self, offset: int) -> tuple[int, tuple[Token, ...]]:
        """Where the section at ``offset`` begins, and its tokens, whose places count from there."""
        number = self.section_at(offset)
        return self.starts[number], tokens_of(self.sections[number].text)

    def token_at(self, offset: int) -> Token | None:
        """The token that covers ``offset``, trivia included, else the one that ends there. Its places count
        from the start of its section. Tokens without text are passed over."""
        start, tokens = self.tokens_at(offset)
        at = offset - start
        ends = [token.end for token in tokens]
        number = bisect_right(ends, at)
        if number < len(tokens) and tokens[number].start <= at:
            return tokens[number]
        return tokens[-1] if tokens and at == tokens[-1].end else None
