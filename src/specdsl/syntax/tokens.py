"""Tokens: what the lexer makes of a text, lossless, and what of it reaches the parser."""

from __future__ import annotations

from dataclasses import dataclass, field

from specdsl.diagnostics.model import Diagnostic


def kinds(names: str) -> frozenset[str]:
    """A set of kinds, written as a text."""
    return frozenset(names.split())


SPACE, LINE_END, COMMENT, DOC_COMMENT = "SPACE", "LINE_END", "COMMENT", "DOC_COMMENT"
TRIVIA = frozenset({SPACE, LINE_END, COMMENT, DOC_COMMENT, "SKIPPED"})

# Kinds after which a value has ended: a `/` divides there, and elsewhere begins a regex.
ENDS_VALUE = kinds(
    "NAME QUOTED_NAME NUMBER STRING LONG_STRING FSTRING_END REGEX DATE TIMESTAMP TIME DURATION PERCENT "
    "NULL TRUE FALSE RPAR RSQB RBRACE KEY UNIQUE HIDDEN EACH OPTIONAL"
)


class Token:
    """A piece of the text. ``kind`` is the grammar's terminal that it stands for, ``text`` the text
    itself: joined, the texts of all tokens of a file are the file. A token without text was put in by
    the layout pass (a statement's end) or by a repair (a missing bracket)."""

    __slots__ = ("end", "kind", "start", "text")

    def __init__(self, kind: str, text: str, start: int, end: int) -> None:
        self.kind = kind
        self.text = text
        self.start = start
        self.end = end

    def __repr__(self) -> str:
        return f"{self.kind}({self.text!r})@{self.start}"


@dataclass(slots=True)
class Lexed:
    """All tokens of a text, trivia included, and what was wrong with them."""

    tokens: list[Token]
    diagnostics: list[Diagnostic] = field(default_factory=list)
