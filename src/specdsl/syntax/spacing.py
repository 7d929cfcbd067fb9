"""Blanks between tokens on one line."""

from __future__ import annotations

from specdsl.syntax.pieces import ANGLED, Group, Node, Piece
from specdsl.syntax.tokens import ENDS_VALUE, Token, kinds

_TIGHT_AFTER = frozenset({"LPAR", "LSQB", "FSTRING_START", "FSTRING_TEXT", "FSTRING_CLOSE"})
_TIGHT_BEFORE = kinds(
    "RPAR RSQB COMMA COLON OPTIONAL FSTRING_TEXT FSTRING_OPEN FSTRING_CLOSE FSTRING_SPEC FSTRING_END"
)
_SIMPLE_ENDS = frozenset({"NUMBER", "DURATION", "TIME"})
_BEGINS_VALUE = kinds(
    "NAME QUOTED_NAME NUMBER STRING LONG_STRING FSTRING_START REGEX DATE TIMESTAMP TIME DURATION TRUE FALSE "
    "LPAR LSQB DOT"
)
_CALLED = kinds("NAME QUOTED_NAME DISTINCT SOFT_TYPOS SOFT_OUTLIERS SOFT_MALFORMED")


def glue(nodes: list[Node], at: int, *, after_statement_name: bool = False) -> bool:
    """Whether ``nodes[at]`` follows the node before it without a blank. ``after_statement_name``: that
    one is a name that a value follows, as in settings, so a ``(`` begins no call."""
    left, right = _last(nodes[at - 1]), _first(nodes[at])
    before = nodes[at - 1]
    if left.kind in _TIGHT_AFTER and not isinstance(before, Group):
        return True
    if right.kind in _TIGHT_BEFORE:
        return True
    if right.kind == "LPAR":
        return left.kind in _CALLED and not after_statement_name
    if right.kind == "DOT":
        return left.kind in ENDS_VALUE and left.kind != "EACH"  # `each .parts` is the parent's column
    if left.kind in ("DOT", "SPREAD"):
        return True
    if right.kind == "RANGE":
        return left.kind in ENDS_VALUE and _tight_range(nodes, at)
    if left.kind == "RANGE":
        return not _open_above(nodes, at - 1) and _tight_range(nodes, at - 1)
    if right.kind == "SOFT_WISE" or (right.kind == "MINUS" and _kind(nodes, at + 1) == "SOFT_WISE"):
        return _first(nodes[0]).kind == "SOFT_COVER"
    if left.kind == "MINUS" and _is_unary(nodes, at - 1):
        return right.kind != "MINUS"
    if right.kind == "LSQB":
        return _closes_type(nodes, at - 1)
    if right.kind in ("LESSTHAN", "MORETHAN") or left.kind == "LESSTHAN":
        angle = at if right.kind in ("LESSTHAN", "MORETHAN") else at - 1
        return _closes_type(nodes, angle) or _opens_type(nodes, angle)
    return False


def _first(node: Node) -> Token:
    return node.open.token if isinstance(node, Group) else node.token


def _last(node: Node) -> Token:
    return node.close.token if isinstance(node, Group) else node.token


def _kind(nodes: list[Node], at: int) -> str:
    node = nodes[at] if 0 <= at < len(nodes) else None
    return "" if node is None else _first(node).kind


def _is_unary(nodes: list[Node], at: int) -> bool:
    return at == 0 or _last(nodes[at - 1]).kind not in ENDS_VALUE


def _tight_range(nodes: list[Node], at: int) -> bool:
    """`1..5`, `-5..5`, `0..`, but `2024-01-01 .. now`: blanks where an end is more than a number."""
    left = _last(nodes[at - 1]).kind if at else ""
    right = _upper(nodes, at)
    return (left in _SIMPLE_ENDS or left not in ENDS_VALUE) and (
        right in _SIMPLE_ENDS or _open_above(nodes, at)
    )


def _upper(nodes: list[Node], at: int) -> str:
    """The kind of what begins the upper end of the range at ``nodes[at]``, less its sign."""
    right = _kind(nodes, at + 1)
    return _kind(nodes, at + 2) if right == "MINUS" else right


def _open_above(nodes: list[Node], at: int) -> bool:
    return _upper(nodes, at) not in _BEGINS_VALUE


def _opens_type(nodes: list[Node], at: int) -> bool:
    return _kind(nodes, at) == "LESSTHAN" and _kind(nodes, at - 1) in ANGLED


def _closes_type(nodes: list[Node], at: int) -> bool:
    """Whether ``nodes[at]`` is the `>` of a list type."""
    if _kind(nodes, at) != "MORETHAN":
        return False
    depth = 0
    for place in range(at, -1, -1):
        kind = _kind(nodes, place)
        if isinstance(nodes[place], Group):
            continue
        if kind == "MORETHAN":
            depth += 1
        elif kind == "LESSTHAN":
            depth -= 1
            if depth == 0:
                return _opens_type(nodes, place)
    return False


def one_line(nodes: list[Node], *, in_settings: bool = False) -> str:
    """``nodes`` on one line, whatever their breaks."""
    parts: list[str] = []
    for at, node in enumerate(nodes):
        if at and not glue(nodes, at, after_statement_name=in_settings and at == 1):
            parts.append(" ")
        parts.append(text_of(node))
    return "".join(parts)


def text_of(node: Node) -> str:
    """The text of a token, or of a bracket on one line."""
    if isinstance(node, Piece):
        return token_text(node.token)
    opening, closing = node.open.token.text, node.close.token.text
    if node.open.token.kind != "LBRACE":
        nodes = node.nodes
        if nodes and isinstance(nodes[-1], Piece) and nodes[-1].token.kind == "COMMA":
            nodes = nodes[:-1]
        inner = one_line(nodes)
        if node.kind == "FSTRING_OPEN" and nodes:
            # `{{` and `}}` would be escapes
            inner = f" {inner}" if inner.startswith("{") else inner
            inner = f"{inner} " if inner.endswith("}") else inner
        return f"{opening}{inner}{closing}"
    inner = ", ".join(one_line(statement.nodes) for statement in node.statements)
    if not inner:
        return "{}"
    return f"{{{inner}}}" if node.kind == "map" else f"{{ {inner} }}"


def token_text(token: Token) -> str:
    """The spelling of a token, with line ends as everywhere."""
    text = token.text
    return text.replace("\r\n", "\n") if "\r" in text else text
