"""Brackets: pairs them, and mends what does not pair.

After this pass every bracket that the parser sees has its partner, so the parser need only recover
within a bracket. In a file whose brackets pair nothing is questioned. In any other, lines that cannot
be inside the bracket at hand (a table's head inside a table, a column inside parentheses) and the
indentation of closing braces tell where a bracket is missing or too many.
"""

from __future__ import annotations

from bisect import bisect_left
from dataclasses import dataclass

from specdsl.diagnostics import syntax as errors
from specdsl.diagnostics.model import Diagnostic
from specdsl.source import Span
from specdsl.syntax.tokens import LINE_END, TRIVIA, Token

NESTING_LIMIT = 100

CLOSER = {"LPAR": "RPAR", "LSQB": "RSQB", "LBRACE": "RBRACE", "FSTRING_OPEN": "FSTRING_CLOSE"}
OPENER = {closer: opener for opener, closer in CLOSER.items()}
_TOP = frozenset({"SOFT_TABLE", "SOFT_ENUM", "SOFT_DATASET", "SOFT_TYPE", "SOFT_POOL", "SOFT_IMPORT"})
_MIXED_UP = ({"LPAR", "RSQB"}, {"LSQB", "RPAR"})
_NAMES = frozenset({"NAME", "QUOTED_NAME"})


@dataclass(slots=True)
class Significant:
    """A token that is not trivia, with what the layout says about it."""

    token: Token
    starts_line: bool
    indent: int  # of its line, in characters


@dataclass(slots=True)
class _Open:
    token: Token
    indent: int  # of the line that it stands on
    line: int  # where that line begins
    statement_start: bool  # a `(` that begins its line: targets drawn together
    of_match: bool
    of_map: bool = False
    inner_indent: int = -1  # of the first line inside


def significant_tokens(tokens: list[Token]) -> list[Significant]:
    """What is not trivia. A semicolon counts as a line's end."""
    result: list[Significant] = []
    starts_line, indent, line_start = True, 0, 0
    for token in tokens:
        kind = token.kind
        if kind in TRIVIA:
            if kind == LINE_END:
                starts_line, line_start = True, token.end
            continue
        if kind == "SEMICOLON":
            starts_line = True
            continue
        if starts_line and token.start >= line_start:
            indent = token.start - line_start
        result.append(Significant(token, starts_line, indent))
        starts_line = False
    return result


def is_name(token: Token) -> bool:
    """Whether ``token`` can be a name somewhere."""
    return token.kind in _NAMES or token.kind.startswith("SOFT_")


def begins_statement(items: list[Significant], at: int) -> bool:
    """Whether the line at ``items[at]`` can only be a statement of its own, not the rest of an
    expression: two names in a row, ``name ->``, ``name =``, ``key (``."""
    if at + 1 >= len(items) or items[at + 1].starts_line:
        return False
    first, second = items[at].token, items[at + 1].token
    if is_name(first):
        return is_name(second) or second.kind in ("ARROW", "EQUAL")
    return first.kind in ("KEY", "UNIQUE") and second.kind == "LPAR"


def begins_item(items: list[Significant], at: int) -> bool:
    """Whether the line at ``items[at]`` can only stand at the top of a file (and is no column that
    happens to be called ``table`` or so)."""
    if items[at].token.kind not in _TOP or at + 1 >= len(items):
        return False
    kind, second = items[at].token.kind, items[at + 1].token
    if kind == "SOFT_IMPORT":
        return second.kind == "STRING"
    if not is_name(second) or at + 2 >= len(items):
        return False
    third = items[at + 2].token.kind
    if kind == "SOFT_TABLE":
        return third in ("NUMBER", "LBRACE", "SOFT_OVER", "SOFT_FROM")
    return third == "LBRACE" and kind in ("SOFT_ENUM", "SOFT_DATASET")


def pair_brackets(
    items: list[Significant], file: str, reported: list[Diagnostic]
) -> tuple[list[Significant], list[Diagnostic]]:
    """``items`` with every bracket paired, and what was wrong. ``reported`` is what the lexer found:
    a bracket that a broken token may have swallowed is mended in silence."""
    if _paired(items):
        return items, []
    return _Mender(items, file, reported).run()


def _paired(items: list[Significant]) -> bool:
    stack: list[str] = []
    for item in items:
        kind = item.token.kind
        if kind in CLOSER:
            stack.append(CLOSER[kind])
            if len(stack) > NESTING_LIMIT:
                return False
        elif kind in OPENER and (not stack or stack.pop() != kind):
            return False
    return not stack


class _Mender:
    def __init__(self, items: list[Significant], file: str, reported: list[Diagnostic]) -> None:
        self.items = items
        self.file = file
        self.known = sorted((d.span.start, d.span.end) for d in reported)
        self.ends = max((end for _, end in self.known), default=-1)
        self.line = 0  # where the line at hand begins
        self.result: list[Significant] = []
        self.stack: list[_Open] = []
        self.diagnostics: list[Diagnostic] = []
        kinds = [item.token.kind for item in items]
        self.too_many_braces = kinds.count("RBRACE") > kinds.count("LBRACE")
        self.too_deep = False
        self.match_pending = -1  # depth at which a `match` waits for its brace

    def run(self) -> tuple[list[Significant], list[Diagnostic]]:
        index = 0
        while index < len(self.items):
            item = self.items[index]
            if item.starts_line:
                self._line_start(index)
                self.line = item.token.start
            kind = item.token.kind
            if kind in CLOSER:
                if len(self.stack) >= NESTING_LIMIT:
                    index = self._skip_group(index)
                    continue
                self._open(item)
            elif kind in OPENER:
                self._close(index)
                index += 1
                continue
            elif kind == "MATCH":
                self.match_pending = len(self.stack)
            self.result.append(item)
            index += 1
        self._end()
        return self.result, self.diagnostics

    def _open(self, item: Significant) -> None:
        of_match = item.token.kind == "LBRACE" and self.match_pending == len(self.stack)
        if of_match:
            self.match_pending = -1
        before = self.result[-1].token.kind if self.result else ""
        of_map = item.token.kind == "LBRACE" and before in ("LPAR", "EQUAL", "COMMA", "VBAR", "COLON")
        targets = item.starts_line and item.token.kind == "LPAR"
        self.stack.append(_Open(item.token, item.indent, self.line, targets, of_match, of_map))

    def _skip_group(self, index: int) -> int:
        """Leave out the group that begins at ``index``: it is nested too deep."""
        if not self.too_deep:
            span = self._span(self.items[index].token)
            self.diagnostics.append(errors.NestingTooDeep(span=span, limit=NESTING_LIMIT))
            self.too_deep = True
        depth = 0
        while index < len(self.items):
            kind = self.items[index].token.kind
            depth += 1 if kind in CLOSER else -1 if kind in OPENER else 0
            index += 1
            if depth == 0 or (index < len(self.items) and begins_item(self.items, index)):
                break
        return index

    # --- a bracket is missing --------------------------------------------------------------

    def _line_start(self, index: int) -> None:
        """Close what cannot hold the line that begins at ``index``."""
        items = self.items
        if not self.stack:
            return
        item = items[index]
        if begins_item(items, index) or self._back_at_the_margin(index):
            self._insert(len(self.stack), index)
            return
        top = self.stack[-1]
        if top.inner_indent < 0:
            top.inner_indent = item.indent
        if not begins_statement(items, index):
            return
        inner = self._inner()
        if inner and not any(opened.statement_start for opened in inner):
            self._insert(len(inner), index)
        elif top.of_match and not self._has_arm(index):
            self._insert(1, index)

    def _back_at_the_margin(self, index: int) -> bool:
        """A line such as `type X = ...` or `pool X = ...` that stands left of what the brace holds."""
        item, brace = self.items[index], self.stack[0]
        return (
            item.token.kind in _TOP
            and item.indent <= brace.indent
            and brace.inner_indent > brace.indent
            and begins_statement(self.items, index)
        )

    def _inner(self) -> list[_Open]:
        """The open brackets inside the innermost open brace that holds statements."""
        count = 0
        for opened in reversed(self.stack):
            if opened.token.kind == "LBRACE" and not opened.of_map:
                break
            count += 1
        return self.stack[len(self.stack) - count :]

    def _has_arm(self, index: int) -> bool:
        for item in self.items[index + 1 :]:
            if item.starts_line:
                return False
            if item.token.kind == "FAT_ARROW":
                return True
        return False

    def _insert(self, count: int, index: int, *, at_end: bool = False) -> None:
        """Put in the closers of the ``count`` innermost open brackets before ``items[index]``."""
        if count == 0:
            return
        position = self.items[index - 1].token.end if index else 0
        opened = self.stack[len(self.stack) - count :]
        del self.stack[len(self.stack) - count :]
        indent = self.items[index - 1].indent if index else 0
        for one in reversed(opened):
            closer = Token(CLOSER[one.token.kind], "", position, position)
            self.result.append(Significant(closer, False, indent))
        self.match_pending = min(self.match_pending, len(self.stack))
        if self.too_deep or self._lexer_reported(opened[0].token.start, position, at_end):
            return
        self.diagnostics.append(
            errors.UnclosedBracket(
                span=Span(self.file, position, position),
                opening=self._span(opened[-1].token),
                bracket=opened[-1].token.text,
                others=tuple(self._span(one.token) for one in opened[:-1]),
                at_end=at_end,
            )
        )

    def _lexer_reported(self, start: int, end: int, at_end: bool) -> bool:
        """Whether a broken token before ``end`` may have swallowed the bracket: one on the same line,
        or, where the file ends, the file's last."""
        if at_end:
            return self.ends >= end
        low = max(self.line, start)
        found = bisect_left(self.known, (end + 1, 0))
        return any(stop >= low for _, stop in self.known[max(found - 4, 0) : found])

    def _end(self) -> None:
        if self.stack:
            self._insert(len(self.stack), len(self.items), at_end=True)

    # --- a bracket closes --------------------------------------------------------------------

    def _close(self, index: int) -> None:
        item = self.items[index]
        opener = OPENER[item.token.kind]
        if item.token.kind == "RBRACE" and self._is_extra_brace(index):
            self._stray(item)
            return
        depth = self._partner(item, opener)
        if depth is None:
            if self._mistaken_closer(item):
                return
            self._stray(item)
            return
        self._insert(len(self.stack) - 1 - depth, index)
        self.stack.pop()
        self.result.append(item)

    def _mistaken_closer(self, item: Significant) -> bool:
        """Take `]` for `)` (or the other way) where one of that kind is open on the same line."""
        top = self.stack[-1] if self.stack else None
        if top is None or top.line != self.line or {top.token.kind, item.token.kind} not in _MIXED_UP:
            return False
        self.diagnostics.append(
            errors.MismatchedBracket(
                span=self._span(item.token), bracket=item.token.text, opening=self._span(top.token)
            )
        )
        self.stack.pop()
        token = item.token
        item.token = Token(CLOSER[top.token.kind], token.text, token.start, token.end)
        self.result.append(item)
        return True

    def _partner(self, item: Significant, opener: str) -> int | None:
        """How deep the bracket lies that ``item`` closes."""
        stack = self.stack
        for depth in range(len(stack) - 1, -1, -1):
            kind = stack[depth].token.kind
            if kind == opener:
                if opener == "LBRACE" and item.starts_line:
                    return self._partner_by_indent(item, depth)
                return depth
            if kind == "LBRACE" and opener != "LBRACE" and stack[depth].line != self.line:
                return None
            if kind == "FSTRING_OPEN" and opener != "LBRACE":
                return None
        return None

    def _partner_by_indent(self, item: Significant, depth: int) -> int:
        if not self.too_many_braces and item.indent < self.stack[depth].indent:
            for outer in range(depth - 1, -1, -1):
                opened = self.stack[outer]
                if opened.token.kind == "LBRACE" and opened.indent == item.indent:
                    return outer
        return depth

    def _is_extra_brace(self, index: int) -> bool:
        """Whether the lines that follow a `}` still belong to the brace that it would close."""
        brace = next((o for o in reversed(self.stack) if o.token.kind == "LBRACE"), None)
        if not self.too_many_braces or brace is None or brace.line == self.line:
            return False
        item = self.items[index]
        following = self.items[index + 1] if index + 1 < len(self.items) else None
        if following is None or begins_item(self.items, index + 1):
            return False
        if not following.starts_line:
            return True
        return following.indent > brace.indent and not (item.starts_line and item.indent <= brace.indent)

    def _stray(self, item: Significant) -> None:
        token = item.token
        if item.token.kind == "RBRACE":
            self.too_many_braces = False
        if not self._lexer_reported(0, token.start, at_end=False):
            self.diagnostics.append(errors.StrayBracket(span=self._span(token), bracket=token.text))

    def _span(self, token: Token) -> Span:
        return Span(self.file, token.start, token.end)
