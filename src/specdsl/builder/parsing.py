"""Text that the user writes in the language itself, held against the real grammar at once."""

from __future__ import annotations

from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr, Level
from specdsl.source import SourceFile
from specdsl.syntax import tree
from specdsl.syntax.lexer import lex
from specdsl.syntax.parser import parse
from specdsl.syntax.tokens import COMMENT, DOC_COMMENT

_OPERATORS = {
    tree.BinaryOp.OR: Level.OR,
    tree.BinaryOp.AND: Level.AND,
    tree.BinaryOp.ADD: Level.SUM,
    tree.BinaryOp.SUBTRACT: Level.SUM,
    tree.BinaryOp.MULTIPLY: Level.PRODUCT,
    tree.BinaryOp.DIVIDE: Level.PRODUCT,
    tree.BinaryOp.FLOOR_DIVIDE: Level.PRODUCT,
    tree.BinaryOp.MODULO: Level.PRODUCT,
}


def expr(text: str) -> Expr:
    """An expression in the language's own words: ``expr("sum(orders.total where .paid)")``. Raises
    BuilderError where it is none."""
    member = _member(f"c = {text}", text, "an expression")
    if member.type is not None or member.reference is not None or member.modifiers or member.value is None:
        raise BuilderError(f"`{text}` is not an expression")
    return Expr(text.strip(), _level(member.value))


def type_text(text: str) -> tuple[str, bool]:
    """A written type, and whether it is nullable. Raises BuilderError where it is none."""
    member = _member(f"c {text}", text, "a type")
    if member.type is None or member.modifiers or member.value is not None:
        raise BuilderError(f"`{text}` is not a type")
    return text.strip(), member.type.optional


def _member(statement: str, text: str, what: str) -> tree.ColumnDecl:
    source = SourceFile("", f"table t {{\n{statement}\n}}")
    if any(token.kind in (COMMENT, DOC_COMMENT) for token in lex(source).tokens):
        raise BuilderError(f"`{text}` has a comment in it", "doc= documents")
    parsed = parse(source)
    if parsed.diagnostics:
        raise BuilderError(f"`{text}` is not {what}: {parsed.diagnostics[0].message()}")
    items = parsed.tree.items
    members = items[0].members if len(items) == 1 and isinstance(items[0], tree.TableDecl) else ()
    if len(members) != 1 or not isinstance(members[0], tree.ColumnDecl) or members[0].grouped:
        raise BuilderError(f"`{text}` is not {what}")
    return members[0]


def _level(node: tree.Expr) -> Level:
    match node:
        case tree.Choice() | tree.If():
            return Level.CHOICE
        case tree.Match() | tree.MapLiteral():
            return Level.CLOSED
        case tree.Call(function=function) if function.text == "distinct":
            return Level.CLOSED
        case tree.Unary(op=op):
            return Level.NOT if op is tree.UnaryOp.NOT else Level.UNARY
        case tree.Binary(op=op):
            return _OPERATORS.get(op, Level.COMPARISON)
        case tree.Range():
            return Level.RANGE
        case tree.Null():
            return Level.COMPARAND
        case _:
            return Level.ATOM
