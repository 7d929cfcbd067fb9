"""Where in its statement a token stands: what the diagnosis of a mistake goes by."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from functools import cached_property
from typing import Any

from specdsl.diagnostics.model import Diagnostic
from specdsl.source import SourceFile, Span
from specdsl.syntax.brackets import OPENER, is_name
from specdsl.syntax.grammar import END, NEWLINE, Grammar
from specdsl.syntax.layout import Laid, opens_variant
from specdsl.syntax.tokens import Token

NOTHING = Token(END, "", 0, 0)
_BLOCKS = {"SOFT_TABLE": "table", "SOFT_ENUM": "enum", "SOFT_DATASET": "dataset"}


@dataclass(frozen=True)
class Situation:
    """The parser's view of an error: the token at ``index`` is none of ``expected``. ``values`` is what
    the parser has made and not used yet, ``breaks`` the places where it took a statement to begin though
    nothing separates it from the one before."""

    source: SourceFile
    laid: Laid
    index: int
    breaks: frozenset[int] | set[int]
    expected: frozenset[str]
    grammar: Grammar
    values: list[Any]

    @property
    def tokens(self) -> list[Token]:
        return self.laid.tokens

    @property
    def partner(self) -> list[int]:
        return self.laid.partner

    @property
    def token(self) -> Token:
        return self.tokens[self.index]

    def at(self, offset: int) -> Token:
        """The token ``offset`` places from the one in error."""
        place = self.index + offset
        return self.tokens[place] if 0 <= place < len(self.tokens) else NOTHING

    def expects(self, *kinds: str) -> bool:
        return all(kind in self.expected for kind in kinds)

    @property
    def wants_value(self) -> bool:
        """Whether a value could stand here."""
        return "NUMBER" in self.expected

    @property
    def ends_something(self) -> bool:
        """Whether the token ends a statement or a bracket."""
        kind = self.token.kind
        return kind in (NEWLINE, END, "COMMA") or kind in OPENER

    @cached_property
    def enclosing(self) -> int:
        """The place of the innermost bracket that is open here, -1 for none."""
        return self.opener_of(self.index)

    def opener_of(self, index: int) -> int:
        """The place of the innermost bracket that is open at ``index``, -1 for none."""
        return self.laid.inside[index]

    @cached_property
    def brace(self) -> int:
        """The place of the innermost open brace, -1 for none."""
        at = self.enclosing
        while at >= 0 and self.tokens[at].kind != "LBRACE":
            at = self.opener_of(at)
        return at

    @cached_property
    def statement(self) -> int:
        """The place where the statement begins that the token is in (or that it ends)."""
        return self.statement_of(self.index)

    def statement_of(self, index: int) -> int:
        at = index
        opener = self.opener_of(index)
        while opener >= 0 and self.tokens[opener].kind != "LBRACE":
            at, opener = opener, self.opener_of(opener)
        while at - 1 > opener and at not in self.breaks:
            before = self.tokens[at - 1].kind
            if before in (NEWLINE, "COMMA"):
                break
            at = self.partner[at - 1] if before in OPENER and self.partner[at - 1] >= 0 else at - 1
        return at

    @property
    def first(self) -> Token:
        """The first token of the statement."""
        return self.tokens[self.statement]

    @cached_property
    def block(self) -> str:
        """What the innermost open brace holds: table, enum, dataset, struct (an object of JSON as well),
        variant, match, lifecycle, overrides, changes or map; "file" at the top."""
        if self.brace < 0:
            return "file"
        if self.tokens[self.brace - 1].kind == "SOFT_STRUCT":
            return "struct"
        if opens_variant(self.tokens, self.brace):
            return "variant"
        start = self.statement_of(self.brace)
        at = self.brace - 1
        while at >= start:
            if self.tokens[at].kind == "MATCH":
                return "match"
            at = self.partner[at] if 0 <= self.partner[at] < at else at
            at -= 1
        if self.tokens[self.brace - 1].text == "json":
            return "struct"
        first = self.tokens[start]
        if first.kind == "SOFT_LIFECYCLE":
            return "lifecycle"
        if first.kind == "SOFT_VARIANT" and self.brace - start > 1:
            return "overrides"
        if first.kind == "SOFT_CHANGES" and self.brace == start + 1:
            return "changes"
        if self.opener_of(self.brace) < 0 and first.kind in _BLOCKS:
            return _BLOCKS[first.kind]
        return "map"

    def earlier(self, *kinds: str) -> int:
        """The place of the last token of one of ``kinds`` before this one, in its statement and not
        inside a bracket that has closed; -1 for none."""
        at = self.index - 1
        while at >= self.statement:
            if self.tokens[at].kind in kinds:
                return at
            at = self.partner[at] if 0 <= self.partner[at] < at else at
            at -= 1
        return -1

    @cached_property
    def statement_end(self) -> int:
        """The place after the statement's last token."""
        at = self.index
        while at < len(self.tokens):
            kind = self.tokens[at].kind
            if kind in (NEWLINE, END, "COMMA") or (kind in OPENER and self.partner[at] < self.statement):
                return at
            at = max(at, self.partner[at])
            at += 1
        return len(self.tokens) - 1

    def alike(self, until: str = "") -> tuple[Span, ...]:
        """The spans of later tokens like the one in error, in the same bracket and not in one within
        it, up to one of kind ``until``."""
        found = []
        at = self.index + 1
        while at < len(self.tokens):
            token = self.tokens[at]
            if token.kind in (until, END) or (token.kind in OPENER and self.partner[at] < self.index):
                break
            if token.kind == self.token.kind:
                found.append(Span(self.source.name, token.start, token.end))
            at = max(at, self.partner[at]) + 1
        return tuple(found)

    def text(self, start: int, stop: int) -> str:
        """The source from token ``start`` up to before token ``stop``, on one line."""
        if start >= stop:
            return ""
        return " ".join(self.source.text[self.tokens[start].start : self.tokens[stop - 1].end].split())

    @property
    def statement_text(self) -> str:
        return self.text(self.statement, self.statement_end)

    def span(self, token: Token | None = None) -> Span:
        """The span of ``token``, by default the one in error; for one without text (an end of line)
        that of the token before it."""
        token = token or self.token
        if not token.text:
            at = self.index - 1
            while at >= 0 and not self.tokens[at].text:
                at -= 1
            if at >= 0:
                token = self.tokens[at]
        return Span(self.source.name, token.start, token.end)

    def names(self, *offsets: int) -> bool:
        """Whether the tokens at ``offsets`` can be names."""
        return all(is_name(self.at(offset)) for offset in offsets)

    def words(self, kinds: Iterable[str]) -> list[str]:
        """The spellings of terminals."""
        return [self.grammar.texts[kind] for kind in kinds if kind in self.grammar.texts]


@dataclass(frozen=True, slots=True)
class Diagnosis:
    """A diagnostic, and how to go on: take the token as another kind, leave out some, or put one in."""

    diagnostic: Diagnostic
    replace: str | None = None
    skip: int = 0
    insert: str | None = None
    close: str | None = None  # give up this production


def found_in_words(token: Token) -> str:
    """A token as a message names it."""
    text = token.text or {"RPAR": ")", "RSQB": "]", "RBRACE": "}", "FSTRING_CLOSE": "}"}.get(token.kind, "")
    if token.kind == NEWLINE:
        return "the end of the line"
    if token.kind == "STRING":
        return f"the text {text}" if len(text) <= 30 else "this text"
    if token.kind == "REGEX":
        return "a regex"
    text = " ".join(text.split()) if "\n" in text or "\r" in text else text
    return f"`{text}`" if len(text) <= 40 else f"`{text[:37]}...`"
