"""The tokens before a place, and how statements and brackets divide them."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from functools import cached_property

from specdsl.source import SourceFile
from specdsl.syntax.brackets import CLOSER, is_name
from specdsl.syntax.grammar import NEWLINE, load_grammar
from specdsl.syntax.layout import Laid
from specdsl.syntax.literals import name_text
from specdsl.syntax.pieces import ANGLED
from specdsl.syntax.situation import Situation
from specdsl.syntax.tokens import Token, kinds

__all__ = ["Tokens", "is_name", "path_before", "written_name"]


def written_name(token: Token) -> str:
    """The name that a token says, without backticks."""
    return name_text(token.text) if token.text.startswith("`") and len(token.text) > 1 else token.text


_BEFORE_DOTS = kinds("SOFT_FROM SOFT_LASTING SOFT_UNTIL SOFT_AFTER")
"""Words after which `.name` begins an expression, though they may be names, too."""


@dataclass(frozen=True)
class Tokens:
    """The tokens of a section up to the one at ``index``."""

    laid: Laid
    index: int

    @cached_property
    def _situation(self) -> Situation:
        return Situation(SourceFile("", ""), self.laid, self.index, set(), frozenset(), load_grammar(), [])

    def at(self, index: int) -> Tokens:
        """The same tokens, seen from another one."""
        return Tokens(self.laid, index)

    def token(self, index: int) -> Token | None:
        return self.laid.tokens[index] if 0 <= index < len(self.laid.tokens) else None

    def kind(self, index: int) -> str:
        """The kind of a token, "" where there is none."""
        token = self.token(index)
        return "" if token is None else token.kind

    @property
    def before(self) -> str:
        """The kind of the token before this one."""
        return self.kind(self.index - 1)

    @property
    def dot_begins(self) -> bool:
        """Whether the dot before this token begins a path."""
        before, dot = self.token(self.index - 2), self.token(self.index - 1)
        if before is not None and dot is not None and before.kind in _BEFORE_DOTS and before.end < dot.start:
            return dot.kind == "DOT"
        return self.before == "DOT" and not self._ends_path(self.index - 2)

    @property
    def versions_of(self) -> str:
        """The table whose rows have this table's rows as versions, or whose versions these rows tell of; ""
        where none is counted before this token."""
        inside = self.laid.tokens[self.brace + 1 : self.index]
        places = [at for at, token in enumerate(inside) if token.kind == "EACH"]
        for place in places:
            arrows = [at for at in range(place) if inside[at].kind == "ARROW"]
            if arrows:
                return written_name(inside[arrows[-1] + 1])
        head = self.laid.tokens[self.at(self.brace).statement : self.brace]
        sources = [at for at, token in enumerate(head[:-1]) if token.kind == "SOFT_FROM"]
        return written_name(head[sources[-1] + 1]) if sources else ""

    def _ends_path(self, index: int) -> bool:
        token = self.token(index)
        return token is not None and (is_name(token) or token.kind in ("RPAR", "RSQB", "RBRACE"))

    @cached_property
    def block(self) -> str:
        """What the innermost open brace holds, "file" where none is open."""
        return self._situation.block

    @property
    def brace(self) -> int:
        return self._situation.brace

    @cached_property
    def statement(self) -> int:
        """The place where the statement begins."""
        return self._situation.statement

    @cached_property
    def statement_tokens(self) -> list[Token]:
        """The tokens of the statement before this one."""
        return self.laid.tokens[self.statement : self.index]

    @property
    def enclosing(self) -> int:
        """The place of the innermost bracket that is open here, -1 for none."""
        return self.laid.inside[self.index]

    @property
    def enclosing_kind(self) -> str:
        return self.kind(self.enclosing)

    def partner_of(self, index: int) -> int:
        return self.laid.partner[index] if 0 <= index < len(self.laid.partner) else -1

    def called(self, end: int) -> str | None:
        """The function whose call ends with the token at ``end``, None where none does."""
        name = self.token(self.partner_of(end) - 1) if self.kind(end) == "RPAR" else None
        return written_name(name) if name is not None and is_name(name) else None

    def back(self) -> Iterator[int]:
        """The places before this one in its bracket and its statement, the nearest first; of brackets that
        are closed the closing one only."""
        at = self.index - 1
        floor = max(self.enclosing, self.statement - 1 if self.enclosing == self.brace else -1)
        while at > floor:
            yield at
            other = self.laid.partner[at]
            at = (other if 0 <= other < at else at) - 1

    def back_with_brackets(self) -> Iterator[int]:
        """As ``back``, going on before each bracket that is open, up to the statement's beginning. A bracket
        that is left comes among them."""
        at = self
        while True:
            yield from at.back()
            opener = at.enclosing
            if opener < self.statement or opener < 0:
                return
            yield opener
            at = self.at(opener)

    @cached_property
    def element(self) -> int:
        """The place where the element of a type begins that this token is in: after the `<` of a list, tuple
        or map, or after a comma behind it; -1 outside of `< >`."""
        depth, begins = 0, self.index
        at = self.index - 1
        while at > self.enclosing and self.kind(at) != NEWLINE:
            kind = self.kind(at)
            if kind == "MORETHAN":
                depth += 1
            elif kind == "LESSTHAN" and depth:
                depth -= 1
            elif kind == "LESSTHAN" and self.kind(at - 1) in ANGLED:
                return min(begins, self.index)
            other = self.laid.partner[at]
            if kind != "COMMA" and not depth and begins == at + 1:
                begins = min(begins, other if 0 <= other < at else at)
            at = (other if 0 <= other < at else at) - 1
        return -1

    def level_has(self, kind: str, since: int = 0) -> bool:
        """Whether a token of the kind stands before this one in the statement, outside closed brackets."""
        return any(self.kind(at) == kind and at >= self.statement + since for at in self.back_with_brackets())

    def last_of(self, *wanted: str) -> str:
        """The kind of the nearest token of those kinds, outside closed brackets; "" for none."""
        return next((self.kind(at) for at in self.back_with_brackets() if self.kind(at) in wanted), "")

    @property
    def texts_check(self) -> bool:
        """Whether the statement is a check."""
        return self.statement_tokens[:1] != [] and self.statement_tokens[0].text == "check"

    @property
    def after_per(self) -> bool:
        """Whether this is in the parentheses of `distinct per ( )`."""
        return self.enclosing_kind == "LPAR" and self.kind(self.enclosing - 1) == "PER"

    def names_between(self, start: int, end: int) -> tuple[str, ...]:
        """The names that targets in parentheses give their columns."""
        names: list[str] = []
        fresh = True
        for at in range(start + 1, end):
            token = self.laid.tokens[at]
            if token.kind == "COMMA":
                fresh = True
            elif token.kind == "SOFT_AS":
                if names:
                    names.pop()
                fresh = True
            elif fresh and is_name(token):
                names.append(written_name(token))
                fresh = False
        return tuple(names)

    def match_of(self, brace: int) -> int:
        """The place of the `match` that a brace belongs to."""
        return next((at for at in self.at(brace).back() if self.kind(at) == "MATCH"), brace)

    def patterns(self, brace: int) -> tuple[str, ...]:
        """What the arms of a match before this place match."""
        found: list[str] = []
        arm: list[str] = []
        matched = False
        at = brace + 1
        while at < self.index:
            token = self.laid.tokens[at]
            if token.kind == "FAT_ARROW":
                found += arm
                arm, matched = [], True
            elif token.kind == NEWLINE:
                arm, matched = [], False
            elif token.kind != "COMMA" and not matched:
                arm.append(token.text)
            other = self.laid.partner[at]
            at = (other if at < other < self.index else at) + 1
        return (*found, *arm)

    def candidate(self, default: tuple[str, ...]) -> tuple[str, ...]:
        """Whose columns `.name` means here: within the call of an aggregate those of the table that it goes
        over."""
        at = self
        while at.enclosing >= 0 and at.enclosing > self.brace:
            opener = at.enclosing
            name = self.token(opener - 1)
            if self.kind(opener) == "LPAR" and name is not None and is_name(name):
                first = self.token(opener + 1)
                if any(self.kind(i) == "WHERE" for i in at.back()) and first is not None and is_name(first):
                    return ("table", written_name(first))
            at = self.at(opener)
        return default

    def path_start(self, index: int) -> int:
        """Where the path begins whose last name is at ``index``."""
        at = index
        while self.kind(at - 1) == "DOT":
            at -= 1
            before = self.token(at - 1)
            if before is None or not is_name(before):
                return at
            at -= 1
        return at


def path_before(tokens: Tokens, end: int, stop: int = -1) -> tuple[str, ...]:
    """The names joined by dots that end before ``end``, "" first where a dot begins them; () where something
    else does, or, with ``stop`` a place, where the path does not begin right after it."""
    names: list[str] = []
    at = end - 1
    while True:
        token = tokens.token(at)
        if token is None or not is_name(token):
            return () if not names or tokens.kind(at) in CLOSER.values() else ("", *reversed(names))
        names.append(written_name(token))
        if tokens.kind(at - 1) != "DOT":
            return tuple(reversed(names)) if stop < 0 or at - 1 == stop else ()
        at -= 2
