"""Trees as short texts, for tests."""

from __future__ import annotations

import datetime as dt
from decimal import Decimal
from enum import Enum
from pathlib import Path
from typing import Any

from specdsl.source import SourceFile, Span
from specdsl.syntax import tree
from specdsl.syntax.parser import Parsed, parse
from tests import examples

SHOP = examples.SHOP.read_text("utf-8")
FORMS = (Path(__file__).parent / "forms.dgen").read_text("utf-8")
EXAMPLES = {path.stem: path.read_text("utf-8") for path in examples.VARIED}


def parsed(text: str) -> Parsed:
    return parse(SourceFile("test.dgen", text))


def codes(text: str) -> list[str]:
    return [d.code for d in parsed(text).diagnostics]


def shape(node: Any) -> str:
    """A node without spans, defaults and class names that its parts imply."""
    match node:
        case None:
            return "-"
        case tree.Name(text=text):
            return text
        case tree.NameRef(name=name):
            return name.text
        case tree.Number(value=value):
            return str(value)
        case tree.Percent(value=value):
            return f"{value}%"
        case tree.String(value=value):
            return repr(value)
        case tree.Binary(op=op, left=left, right=right):
            return f"({shape(left)} {op} {shape(right)})"
        case tree.Unary(op=op, operand=operand):
            return f"({op} {shape(operand)})"
        case tree.Range(low=low, high=high):
            return f"[{shape(low)}..{shape(high)}]"
        case tree.Attribute(base=base, name=name):
            return f"{shape(base)}.{name.text}"
        case tree.CandidateRef(name=name):
            return f".{name.text}"
        case str() | int() | bool() | Decimal() | dt.date():
            return repr(node)
        case Enum():
            return str(node)
        case tuple():
            return "(" + " ".join(shape(item) for item in node) + ")"
        case tree.Node():
            parts = [
                shape(getattr(node, name))
                for name in type(node).__match_args__
                if name != "span" and getattr(node, name) not in (None, (), "", False)
            ]
            return f"{type(node).__name__}<{' '.join(parts)}>"
        case _:
            raise AssertionError(node)


def column(text: str) -> tree.ColumnDecl:
    """The column that ``text`` declares in a table."""
    result = parsed(f"table t 1 {{\n  {text}\n}}")
    assert not result.diagnostics, [d.message() for d in result.diagnostics]
    (table,) = result.tree.items
    assert isinstance(table, tree.TableDecl)
    (member,) = table.members
    assert isinstance(member, tree.ColumnDecl)
    return member


def value(text: str) -> tree.Expr:
    """The expression ``text`` as a column's value."""
    found = column(f"c int = {text}").value
    assert found is not None
    return found


def nodes(node: Any) -> list[tree.Node]:
    """All nodes of a tree, parents first."""
    if isinstance(node, tuple):
        return [found for item in node for found in nodes(item)]
    if not isinstance(node, tree.Node):
        return []
    inner = [
        found
        for name in type(node).__match_args__
        if not isinstance(getattr(node, name), Span)
        for found in nodes(getattr(node, name))
    ]
    return [node, *inner]


def names_of(result: Parsed) -> list[str]:
    """What a file declares: items, and members of tables as table.member; what is broken has a `!`."""
    found: list[str] = []
    for item in result.tree.items:
        name = getattr(item, "name", None)
        own = name.text if name else "?"
        found.append(own + ("!" if isinstance(item, tree.ErrorItem) else ""))
        for member in getattr(item, "members", ()):
            found += [f"{own}.{text}" for text in _member_names(member)]
    return found


def _member_names(member: tree.Node) -> list[str]:
    match member:
        case tree.ColumnDecl(targets=targets):
            mark = "!" if any(isinstance(n, tree.ErrorExpr) for n in nodes(member)) else ""
            return [target.text + mark for target in targets]
        case tree.ErrorMember(name=name):
            return [(name.text if name else "?") + "!"]
        case tree.CheckDecl(name=name):
            return [f"check {name.text}"]
        case tree.EnumMember(name=name):
            return [name.text]
        case _:
            return [type(member).__name__]
