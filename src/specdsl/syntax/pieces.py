"""A parsed file as the formatter sees it: statements, brackets, and what comments go with what."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field

from specdsl.syntax.brackets import CLOSER, OPENER
from specdsl.syntax.grammar import END, NEWLINE
from specdsl.syntax.layout import Laid
from specdsl.syntax.tokens import COMMENT, DOC_COMMENT, LINE_END, Lexed, Token, kinds


@dataclass(slots=True)
class Remark:
    """A comment on a line of its own."""

    text: str
    blank_before: bool


@dataclass(slots=True)
class Piece:
    """A token with the comments around it. ``breaks``: it begins a line; ``blank``: an empty line
    stands before it; ``trail``: the comment that ends its line."""

    token: Token
    breaks: bool
    blank: bool
    lead: list[Remark]
    trail: str = ""


@dataclass(slots=True)
class Group:
    """A bracket: ``nodes`` between ( ) and [ ], ``statements`` between { }."""

    open: Piece
    close: Piece
    kind: str  # the opener's kind, or match, variant, map, lifecycle, changes, block for braces
    nodes: list[Node] = field(default_factory=list)
    statements: list[Statement] = field(default_factory=list)

    @property
    def on_lines(self) -> bool:
        """Whether the braces hold a statement a line: as soon as they were written on several."""
        if self.close.breaks or self.close.lead:
            return True
        return any(piece.breaks or piece.trail or piece.lead for piece in _pieces_inside(self))


@dataclass(slots=True)
class Statement:
    """What stands between separators."""

    nodes: list[Node]
    lead: list[Remark]
    blank: bool
    closed_by_comma: bool = False

    @property
    def first(self) -> Piece:
        node = self.nodes[0]
        return node.open if isinstance(node, Group) else node


Node = Piece | Group

ANGLED = kinds("SOFT_LIST SOFT_TUPLE SOFT_MAP")
"""Types that have a `<`."""


def last_piece(nodes: list[Node]) -> Piece:
    """The last token of ``nodes``."""
    node = nodes[-1]
    return node.close if isinstance(node, Group) else node


def statements_of(lexed: Lexed, laid: Laid) -> tuple[list[Statement], list[Remark]]:
    """The statements of a file without syntax errors, and the comments after the last."""
    pieces, rest = _pieces(lexed, laid)
    reader = _Reader(pieces)
    statements, _ = reader.statements("")
    return statements, rest


def _pieces(lexed: Lexed, laid: Laid) -> tuple[list[Piece], list[Remark]]:
    """A piece for each token of ``laid`` (line ends of statements included), and comments left over."""
    around: dict[int, Piece] = {}
    lead: list[Remark] = []
    starts = laid.starts
    last: Piece | None = None
    ends, breaks = 0, True
    for token in lexed.tokens:
        kind = token.kind
        if kind == LINE_END:
            ends += 1
            breaks = True
        elif kind in (COMMENT, DOC_COMMENT):
            if breaks:
                lead.append(Remark(token.text.rstrip(), ends > 1))
            elif last is not None:
                last.trail = token.text.rstrip()
            ends = 0
        elif token.start in starts and token.text:
            last = Piece(token, breaks, ends > 1, lead)
            around[token.start] = last
            lead, ends, breaks = [], 0, False
    pieces = []
    for token in laid.tokens:
        if token.kind == NEWLINE:
            pieces.append(Piece(token, False, False, []))
        elif token.kind != END:
            piece = around[token.start]
            piece.token = token
            pieces.append(piece)
    return pieces, lead


class _Reader:
    def __init__(self, pieces: list[Piece]) -> None:
        self.pieces = pieces
        self.at = 0

    def statements(self, kind: str) -> tuple[list[Statement], Piece | None]:
        """The statements up to the closing brace, and that brace (None at the file's end)."""
        result: list[Statement] = []
        nodes: list[Node] = []
        left: list[Remark] = []  # comments of a separator that is dropped
        while self.at < len(self.pieces):
            piece = self.pieces[self.at]
            token = piece.token
            if token.kind == "RBRACE":
                self.at += 1
                self._finish(result, nodes, left)
                return result, piece
            separates = token.kind == NEWLINE or (token.kind == "COMMA" and not in_angles(nodes))
            if separates and not (token.kind == "COMMA" and _within_statement(kind, nodes)):
                self.at += 1
                self._finish(result, nodes, left, comma=token.kind == "COMMA")
                if token.kind == "COMMA":
                    left = [*left, *piece.lead] if not nodes else left
                    if piece.trail and result:
                        _add_trail(result[-1], piece.trail)
                nodes = []
                continue
            nodes.append(self._node(nodes))
        self._finish(result, nodes, left)
        return result, None

    def _finish(
        self, result: list[Statement], nodes: list[Node], left: list[Remark], *, comma: bool = False
    ) -> None:
        if not nodes:
            return
        first = nodes[0].open if isinstance(nodes[0], Group) else nodes[0]
        result.append(Statement(nodes, [*left, *first.lead], first.blank, comma))
        left.clear()
        first.lead = []

    def _node(self, before: list[Node]) -> Node:
        piece = self.pieces[self.at]
        self.at += 1
        kind = piece.token.kind
        if kind not in CLOSER:
            return piece
        if kind == "LBRACE":
            role = _role(before)
            statements, close = self.statements(role)
            assert close is not None
            return Group(piece, close, role, statements=statements)
        nodes: list[Node] = []
        while self.pieces[self.at].token.kind not in OPENER:
            nodes.append(self._node(nodes))
        close = self.pieces[self.at]
        self.at += 1
        return Group(piece, close, kind, nodes)


def _within_statement(kind: str, nodes: list[Node]) -> bool:
    """Whether a comma belongs to a statement: between patterns of a match (no `=>` before it in its arm), and
    between the columns of a change."""
    return kind == "changes" or (
        kind == "match"
        and not any(isinstance(node, Piece) and node.token.kind == "FAT_ARROW" for node in nodes)
    )


def in_angles(nodes: list[Node]) -> bool:
    """Whether the `<` of a type is still open after ``nodes``."""
    depth, before = 0, ""
    for node in nodes:
        kind = "" if isinstance(node, Group) else node.token.kind
        if kind == "LESSTHAN" and before in ANGLED:
            depth += 1
        elif kind == "MORETHAN" and depth:
            depth -= 1
        before = kind
    return depth > 0


def _role(before: list[Node]) -> str:
    """What a brace holds, by what stands before it in its statement."""
    for node in reversed(before):
        if isinstance(node, Group):
            if node.kind == "match":
                break
            continue
        if node.token.kind == "MATCH":
            return "match"
        if node.token.kind in ("EQUAL", "FAT_ARROW", "VBAR"):
            break
    if not before:
        return "map"
    first = before[0]
    if isinstance(first, Piece) and first.token.kind == "SOFT_LIFECYCLE":
        return "lifecycle"
    if isinstance(first, Piece) and first.token.kind == "SOFT_CHANGES" and len(before) == 1:
        return "changes"
    if any(isinstance(node, Piece) and node.token.kind == "SOFT_VARIANT" for node in before[-2:]):
        return "variant"
    previous = before[-1]
    if isinstance(previous, Piece) and previous.token.kind in (
        "EQUAL",
        "COMMA",
        "VBAR",
        "COLON",
        "FAT_ARROW",
    ):
        return "map"
    return "block"


def _add_trail(statement: Statement, text: str) -> None:
    piece = last_piece(statement.nodes)
    piece.trail = f"{piece.trail}  {text}" if piece.trail else text


def _pieces_inside(group: Group) -> Iterator[Piece]:
    """All pieces between the braces, and the opening one if a comment follows it."""
    if group.open.trail:
        yield group.open
    for statement in group.statements:
        if statement.lead:
            yield Piece(statement.first.token, True, False, [])
        for node in statement.nodes:
            yield from _all_pieces(node)


def _all_pieces(node: Node) -> Iterator[Piece]:
    if isinstance(node, Piece):
        yield node
        return
    yield node.open
    for inner in node.nodes:
        yield from _all_pieces(inner)
    for statement in node.statements:
        for inner in statement.nodes:
            yield from _all_pieces(inner)
    yield node.close
