"""The one layout.

Line breaks within a statement and empty lines between statements are the writer's; indentation, blanks
and alignment are ours. Names, types and `=` of the columns that stand together are aligned, and so are
the arrows of a match and the comments at the ends of lines. A body is on one line if it was written on
one (and fits), else it has a statement a line. Nothing but blanks, line ends and the commas that these
make needless is changed.
"""

from __future__ import annotations

import dataclasses
from collections.abc import Generator
from dataclasses import dataclass
from enum import Enum
from typing import Any

from specdsl.source import SourceFile, Span
from specdsl.syntax.layout import Laid, lay_out
from specdsl.syntax.lexer import lex
from specdsl.syntax.parser import parse, parse_laid
from specdsl.syntax.pieces import (
    Group,
    Node,
    Piece,
    Remark,
    Statement,
    in_angles,
    last_piece,
    statements_of,
)
from specdsl.syntax.spacing import glue, one_line, text_of, token_text
from specdsl.syntax.tokens import COMMENT, DOC_COMMENT, Lexed, Token, kinds

WIDTH = 100
INDENT = 2
_WIDEST_NAME = 24
_WIDEST_TYPE = 20
_WIDEST_PATTERN = 32
_WIDEST_COMMENTED = 76
_DEEPEST_HANGING = 60
_MOST_PASSES = 3
# Never first in a line, unless a comment ends the line before.
_NOT_FIRST = frozenset({"EQUAL", "COLON", "LBRACE", "COMMA", "ARROW", "FAT_ARROW", "OPTIONAL"})


@dataclass(frozen=True, slots=True)
class _Read:
    """A text without a mistake and its tokens, whose kinds are those that the parser settled on."""

    source: SourceFile
    lexed: Lexed
    laid: Laid


def format_text(source: SourceFile) -> str | None:
    """``source`` in the one layout, or None when it has syntax errors."""
    steps = format_steps(source)
    while True:
        try:
            next(steps)
        except StopIteration as end:
            text: str | None = end.value
            return text


def format_steps(source: SourceFile) -> Generator[None, None, str | None]:
    """As ``format_text``, with a ``yield`` between its steps: a long text can be left in the midst of it."""
    first = read = _read(source)
    if first is None or read is None:
        return None
    yield
    text = layout(read.lexed, read.laid)
    for _ in range(_MOST_PASSES):  # what stood on several lines may fit beside its neighbours now
        if text == read.source.text:
            break
        yield
        read = _read(SourceFile(source.name, text), read)
        if read is None:
            return source.text
        yield
        text = layout(read.lexed, read.laid)
    yield
    if text != read.source.text:
        read = _read(SourceFile(source.name, text), read)
    return text if read is not None and _same(first, read) else source.text


def _read(source: SourceFile, like: _Read | None = None) -> _Read | None:
    """The tokens of a text, None where it has a mistake. Where they are those of ``like``, the parser would
    say of them what it said of those: it does not look at blanks."""
    lexed = lex(source)
    laid = lay_out(lexed, source.name)
    if like is not None and not lexed.diagnostics and not laid.diagnostics and _alike(laid, like.laid):
        for token, other in zip(laid.tokens, like.laid.tokens, strict=True):
            token.kind = other.kind
    elif parse_laid(source, lexed, laid).diagnostics:
        return None
    return _Read(source, lexed, laid)


def _alike(laid: Laid, parsed: Laid) -> bool:
    """Whether the parser would read in ``laid`` what it read in ``parsed``."""
    pairs = zip(laid.tokens, parsed.tokens, strict=False)
    return len(laid.tokens) == len(parsed.tokens) and all(
        one.text == other.text and other.kind in (one.kind, "NAME") for one, other in pairs
    )


def layout(lexed: Lexed, laid: Laid) -> str:
    """The text of tokens that have been parsed without a mistake."""
    writer = _Writer()
    writer.file(*statements_of(lexed, laid))
    return writer.text()


def _same(before: _Read, after: _Read) -> bool:
    """Whether two texts mean the same and have the same comments. (A layout that changes either would
    be a defect; then the text is better left alone.)"""
    if before is after:
        return True
    if _comments(before.lexed.tokens) != _comments(after.lexed.tokens):
        return False
    if _alike(after.laid, before.laid) and _docs(before.laid) == _docs(after.laid):
        return True
    one, two = parse(before.source), parse(after.source)  # commas, for one, may have become line ends
    return not two.diagnostics and without_spans(one.tree) == without_spans(two.tree)


def _docs(laid: Laid) -> list[str | None]:
    return [laid.docs.get(token.start) for token in laid.tokens if token.text]


def _comments(tokens: list[Token]) -> list[str]:
    return [token.text.rstrip() for token in tokens if token.kind in (COMMENT, DOC_COMMENT)]


def without_spans(node: Any) -> Any:
    """A tree as nested tuples, without spans: equal for texts that mean the same."""
    if isinstance(node, Span):
        return None
    if isinstance(node, tuple):
        return tuple(without_spans(item) for item in node)
    if isinstance(node, Enum):
        return node
    if dataclasses.is_dataclass(node):
        fields = dataclasses.fields(node)
        return (type(node).__name__, *(without_spans(getattr(node, field.name)) for field in fields))
    return node


@dataclass(slots=True)
class _Line:
    """A line of output; ``section`` tells which trailing comments are aligned with each other."""

    text: str
    comment: str = ""
    section: tuple[int, int] = (0, 0)


@dataclass(slots=True)
class _Columns:
    """Where the parts of a statement are aligned: what stands at ``nodes[at]`` begins in column
    ``pads[at]`` at least."""

    pads: dict[int, int]


class _Writer:
    def __init__(self) -> None:
        self.lines: list[_Line] = []
        self.current = ""
        self.indent = 0  # of the current line
        self.blocks = 0
        self.section = (0, 0)
        self.value_column: int | None = None
        self.match_column = 0

    def text(self) -> str:
        """All lines, trailing comments aligned."""
        widths: dict[tuple[int, int], int] = {}
        for line in self.lines:
            width = len(line.text.rpartition("\n")[2])
            if line.comment and width <= _WIDEST_COMMENTED:
                widths[line.section] = max(widths.get(line.section, 0), width)
        result = []
        for line in self.lines:
            text = line.text
            if line.comment:
                width = len(text.rpartition("\n")[2])
                text += " " * max(widths.get(line.section, 0) - width, 0) + "  " + line.comment
            result.append(text)
        return "\n".join(result) + "\n" if result else ""

    # --- lines ---------------------------------------------------------------------------

    def start_line(self, indent: int) -> None:
        self.indent = indent
        self.current = " " * indent

    def end_line(self, comment: str = "") -> None:
        text = self.current.rstrip(" ") if not self.current.strip() else self.current
        self.lines.append(_Line(text, comment, self.section))
        self.current = ""

    def blank_line(self) -> None:
        if self.lines and self.lines[-1].text:
            self.lines.append(_Line(""))
        block, number = self.section
        self.section = (block, number + 1)

    def remarks(self, remarks: list[Remark], indent: int, *, first: bool) -> None:
        for number, remark in enumerate(remarks):
            if remark.blank_before and not (first and number == 0):
                self.blank_line()
            self.lines.append(_Line(" " * indent + remark.text))

    @property
    def column(self) -> int:
        return len(self.current.rpartition("\n")[2])

    # --- statements ----------------------------------------------------------------------

    def file(self, statements: list[Statement], rest: list[Remark]) -> None:
        apart = False
        for number, statement in enumerate(statements):
            on_lines = _takes_lines(statement)
            if number and (apart or on_lines) and not _blank_before(statement):
                self.blank_line()
            self.statement(statement, 0, _Columns({}), first=number == 0)
            apart = on_lines
        self.remarks(rest, 0, first=not statements)

    def body(self, group: Group, indent: int) -> None:
        """The statements of a brace that has one a line, and the comments before its end."""
        outer, outer_value = self.section, self.value_column
        self.blocks += 1
        self.section = (self.blocks, 0)
        columns = _aligned(group, indent)
        for number, (statement, pads) in enumerate(zip(group.statements, columns, strict=True)):
            self.statement(statement, indent, pads, first=number == 0, named=group.kind == "block")
        self.remarks(group.close.lead, indent, first=not group.statements)
        self.section, self.value_column = outer, outer_value

    def statement(
        self, statement: Statement, indent: int, columns: _Columns, *, first: bool, named: bool = True
    ) -> None:
        """``named``: it begins with a name or a word of the language, not with a type or a value."""
        self.remarks(statement.lead, indent, first=first)
        if statement.blank and not (first and not statement.lead):
            self.blank_line()
        self.start_line(indent)
        self.value_column = None
        wide = indent == 0 and len(one_line(statement.nodes)) > WIDTH
        self.nodes(statement.nodes, indent + 2 * INDENT, indent, columns.pads, wide=wide, named=named)
        self.end_line(last_piece(statement.nodes).trail)

    def nodes(
        self,
        nodes: list[Node],
        continuation: int,
        closing: int,
        pads: dict[int, int],
        *,
        wide: bool = False,
        in_bracket: bool = False,
        named: bool = False,
    ) -> None:
        """Write ``nodes``; lines that begin among them are indented by ``continuation`` (a brace by
        ``closing``) or, where the statement has a value, to stand under it."""
        first_line = len(self.lines)
        arrow_column = -1
        for at, node in enumerate(nodes):
            piece = node.open if isinstance(node, Group) else node
            if at:
                before = last_piece(nodes[at - 1 : at])
                if arrow_column >= 0 and piece.token.kind == "ARROW" and piece.breaks:
                    self.value_column = None  # of the delay before it
                    self.break_before(before, piece, arrow_column, in_bracket=in_bracket)
                elif self._breaks(before, piece):
                    if piece.token.kind == "LBRACE":
                        self.break_before(before, piece, closing, in_bracket=True)
                    else:
                        self.break_before(before, piece, continuation, in_bracket=in_bracket)
                elif at in pads and len(self.lines) == first_line:
                    self.current += " " * max(pads[at] - self.column, 1)
                elif not glue(nodes, at, after_statement_name=named and _names_a_value(nodes, at)):
                    self.current += " "
            if isinstance(node, Group):
                self.group(node, wide=wide)
            else:
                if piece.token.kind == "MATCH":
                    self.match_column = self.column
                if piece.token.kind == "ARROW" and arrow_column < 0:
                    arrow_column = self.column
                self.current += token_text(piece.token)
                if piece.token.kind in ("EQUAL", "FAT_ARROW") and not in_bracket:
                    self.value_column = self.column + 1

    def _breaks(self, before: Piece, piece: Piece) -> bool:
        if before.trail or piece.lead:
            return True
        if not piece.breaks or piece.token.kind in _NOT_FIRST:
            return False
        return before.token.kind != "EQUAL"

    def break_before(self, before: Piece, piece: Piece, continuation: int, *, in_bracket: bool) -> None:
        self.end_line(before.trail)
        indent = continuation
        if not in_bracket and self.value_column is not None:
            indent = self.value_column - (2 if piece.token.kind == "VBAR" else 0)
        self.remarks(piece.lead, indent, first=True)
        self.start_line(indent)

    # --- brackets ------------------------------------------------------------------------

    def group(self, group: Group, *, wide: bool) -> None:
        if group.open.token.kind == "LBRACE":
            if group.on_lines or (wide and group.kind == "block" and group.statements):
                self.brace(group)
            else:
                self.current += text_of(group)
            return
        if not any(_breaks_inside(node) for node in [*group.nodes, group.close]) and not group.open.trail:
            self.current += text_of(group)
            return
        base = self.indent
        outer = self.value_column
        self.current += group.open.token.text
        opening = [group.open, *group.nodes]
        closing = group.close
        tail = last_piece(opening)
        if not self._breaks(tail, closing) and tail.token.kind == "COMMA":
            opening = opening[:-1]
            tail = last_piece(opening)
        self._inside(opening, base)
        if self._breaks(tail, closing):
            self.end_line(tail.trail)
            self.remarks(closing.lead, base + INDENT, first=True)
            self.start_line(base)
        elif group.kind == "FSTRING_OPEN" and self.current.endswith("}"):
            self.current += " "
        self.current += closing.token.text
        self.value_column = outer

    def _inside(self, nodes: list[Node], base: int) -> None:
        """What follows the opening bracket ``nodes[0]``, which is written already."""
        for at in range(1, len(nodes)):
            node = nodes[at]
            piece = node.open if isinstance(node, Group) else node
            before = last_piece(nodes[at - 1 : at])
            if self._breaks(before, piece):
                self.break_before(before, piece, base + INDENT, in_bracket=True)
            elif at == 1:
                opener = nodes[0]
                hole = isinstance(opener, Piece) and opener.token.kind == "FSTRING_OPEN"
                self.current += " " if hole and piece.token.kind == "LBRACE" else ""
            elif not glue(nodes, at):
                self.current += " "
            if isinstance(node, Group):
                self.group(node, wide=False)
            else:
                if piece.token.kind == "MATCH":
                    self.match_column = self.column
                self.current += token_text(piece.token)

    def brace(self, group: Group) -> None:
        """A brace with a statement a line."""
        closing = self.indent
        if group.kind == "match" and self.match_column <= _DEEPEST_HANGING:
            closing = self.match_column
        self.current += "{"
        self.end_line(group.open.trail)
        self.body(group, closing + INDENT)
        self.start_line(closing)
        self.current += "}"


def _breaks_inside(node: Node) -> bool:
    if isinstance(node, Piece):
        return node.breaks or bool(node.trail and node.token.kind != "RPAR") or bool(node.lead)
    inner = [*node.nodes, *(n for s in node.statements for n in s.nodes)]
    if any(statement.lead for statement in node.statements) or node.open.trail or node.close.lead:
        return True
    return node.open.breaks or node.close.breaks or any(_breaks_inside(n) for n in inner)


def _takes_lines(statement: Statement) -> bool:
    """Whether a statement at the top has a body of several lines."""
    wide = len(one_line(statement.nodes)) > WIDTH
    braces = [n for n in statement.nodes if isinstance(n, Group) and n.open.token.kind == "LBRACE"]
    return any(group.on_lines or wide for group in braces)


def _blank_before(statement: Statement) -> bool:
    return statement.lead[0].blank_before if statement.lead else statement.blank


def _names_a_value(nodes: list[Node], at: int) -> bool:
    """Whether a `(` at ``nodes[at]`` begins a value after a name: a setting's, a table's count."""
    first = nodes[0]
    kind = first.token.kind if isinstance(first, Piece) else ""
    return kind not in _SPOILS and at == (2 if kind == "SOFT_TABLE" else 1)


# --- alignment ---------------------------------------------------------------------------------


def _aligned(group: Group, indent: int) -> list[_Columns]:
    """Where the parts of each statement of a body begin: together for those that stand together."""
    result = [_Columns({}) for _ in group.statements]
    run: list[int] = []
    for number, statement in enumerate(group.statements):
        if run and _blank_before(statement):
            _align_run(group, run, indent, result)
            run = []
        run.append(number)
    _align_run(group, run, indent, result)
    return result


def _align_run(group: Group, run: list[int], indent: int, result: list[_Columns]) -> None:
    statements = [group.statements[number] for number in run]
    if group.kind in ("match", "lifecycle"):
        pads = _arrow_pads(statements, indent, "FAT_ARROW" if group.kind == "match" else "ARROW")
    elif group.kind == "block":
        pads = _column_pads(statements, indent)
    else:
        return
    for number, pad in zip(run, pads, strict=True):
        result[number] = _Columns(pad)


def _place(nodes: list[Node], kind: str) -> int:
    for at, node in enumerate(nodes):
        if isinstance(node, Piece) and node.token.kind == kind:
            return at
    return -1


def _value_place(nodes: list[Node]) -> int:
    """The place of the `=` before the value, -1 for none; elements of a type have their own."""
    for at, node in enumerate(nodes):
        if isinstance(node, Piece) and node.token.kind == "EQUAL" and not in_angles(nodes[:at]):
            return at
    return -1


def _arrow_pads(statements: list[Statement], indent: int, kind: str) -> list[dict[int, int]]:
    places = [_place(statement.nodes, kind) for statement in statements]
    widths = [
        len(one_line(statement.nodes[:place])) if place > 0 else 0
        for statement, place in zip(statements, places, strict=True)
    ]
    width = max((w for w in widths if w <= _WIDEST_PATTERN), default=0)
    return [
        {place: indent + width + 1} if w <= width and place > 0 else {}
        for place, w in zip(places, widths, strict=True)
    ]


@dataclass(slots=True)
class _Cells:
    """A column's statement in parts: widths of name and of what stands between it and the `=` (whose
    place is ``equal``, -1 for none)."""

    name: int
    type: int
    equal: int
    grouped: bool


_SPOILS = kinds("SOFT_TYPOS SOFT_OUTLIERS SOFT_MALFORMED SOFT_MISENCODED")
_WITHOUT_CELLS = _SPOILS | kinds(
    "SPREAD SOFT_CHECK SOFT_COVER SOFT_LIFECYCLE SOFT_HISTORY SOFT_LOCALE SOFT_PARTITION SOFT_VARIANT "
    "SOFT_VIOLATE SOFT_DUPLICATE SOFT_TARGET SOFT_CHANGES KEY UNIQUE PER"
)


def _cells(statement: Statement) -> _Cells | None:
    """The parts of a column, field or setting; None for other statements."""
    nodes = statement.nodes
    first = nodes[0]
    if isinstance(first, Piece) and (first.token.kind in _WITHOUT_CELLS or len(nodes) < 2):
        return None
    equal = _value_place(nodes)
    head = nodes[: equal if equal >= 0 else len(nodes)]
    if any(_breaks_inside(node) for node in head[1:]):
        equal, head = -1, head[:2]
    grouped = isinstance(first, Group)
    name = len(text_of(first))
    rest = len(one_line(head)) - name - 1 if len(head) > 1 else 0
    return _Cells(name, rest, equal, grouped)


def _column_pads(statements: list[Statement], indent: int) -> list[dict[int, int]]:
    cells = [_cells(statement) for statement in statements]
    names = [c.name for c in cells if c and not c.grouped and c.name <= _WIDEST_NAME]
    name = max(names, default=0)
    types = [c.type for c in cells if c and not c.grouped and c.equal > 1 and c.type <= _WIDEST_TYPE]
    type = max(types, default=0)
    result = []
    for statement, cell in zip(statements, cells, strict=True):
        pads: dict[int, int] = {}
        if cell is not None:
            if not cell.grouped and cell.equal != 1:
                pads[1] = indent + name + 1
            if cell.equal > 0:
                pads[cell.equal] = indent + name + 1 + (type + 1 if type else 0)
            pads = _unless_too_wide(statement, cell, pads, indent)
        result.append(pads)
    return result


def _unless_too_wide(statement: Statement, cell: _Cells, pads: dict[int, int], indent: int) -> dict[int, int]:
    """``pads``, less that of the `=` where it would push a line beyond the width."""
    if cell.equal not in pads or cell.equal < 0:
        return pads
    value = len(one_line(statement.nodes[cell.equal :]))
    if pads[cell.equal] + value <= WIDTH or indent + len(one_line(statement.nodes)) > WIDTH:
        return pads
    return {at: pad for at, pad in pads.items() if at != cell.equal}
