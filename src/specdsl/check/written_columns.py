"""Columns that nobody wrote, from the text that one would have written."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import fields, replace
from functools import cache
from typing import Any, cast

from specdsl.source import SourceFile, Span
from specdsl.syntax import tree
from specdsl.syntax.parser import parse


def written(text: str, span: Span, parts: Mapping[str, tree.Expr]) -> list[tree.Member]:
    """The members of a table that ``text`` is the body of, put in at ``span``. Names in capitals that
    ``parts`` has stand for those expressions."""
    return [_placed(member, span, parts) for member in _members(text)]


@cache
def _members(text: str) -> tuple[tree.Member, ...]:
    parsed = parse(SourceFile("", f"table t {{\n{text}\n}}\n"))
    (table,) = parsed.tree.items
    if not isinstance(table, tree.TableDecl) or parsed.diagnostics:
        raise ValueError(f"columns that are put in do not parse: {parsed.diagnostics}")
    return table.members


def _placed(node: Any, span: Span, parts: Mapping[str, tree.Expr]) -> Any:
    if isinstance(node, tuple):
        return tuple(_placed(item, span, parts) for item in node)
    if isinstance(node, tree.NameRef) and node.name.text in parts:
        return parts[node.name.text]
    if not isinstance(node, tree.Node):
        return node
    values = {f.name: _placed(getattr(node, f.name), span, parts) for f in fields(cast("Any", node))}
    return replace(cast("Any", node), **{**values, **_spans(values, span)})


def _spans(values: Mapping[str, Any], span: Span) -> dict[str, Span]:
    return {name: span for name, value in values.items() if isinstance(value, Span)}


def in_parent(node: tree.Expr) -> tree.Expr:
    """The same expression in the row of the parent itself: there ``.name`` is its own column."""
    found: tree.Expr = _in_parent(node)
    return found


def _in_parent(node: Any) -> Any:
    match node:
        case tuple():
            return tuple(_in_parent(item) for item in node)
        case tree.CandidateRef(span=span, name=name):
            return tree.NameRef(span, name)
        case tree.Node():
            changed = {f.name: _in_parent(getattr(node, f.name)) for f in fields(cast("Any", node))}
            same = all(value is getattr(node, name) for name, value in changed.items())
            return node if same else replace(cast("Any", node), **changed)
        case _:
            return node


def renamed(node: Any, old: str, new: str) -> Any:
    """An expression in which another name stands for one."""
    match node:
        case tuple():
            return tuple(renamed(item, old, new) for item in node)
        case tree.NameRef(name=name) if name.text == old:
            return replace(node, name=replace(name, text=new))
        case tree.Node():
            values = {f.name: renamed(getattr(node, f.name), old, new) for f in fields(cast("Any", node))}
            same = all(value is getattr(node, name) for name, value in values.items())
            return node if same else replace(cast("Any", node), **values)
        case _:
            return node


def plain_names(node: Any) -> list[tree.Name]:
    """The names that an expression has without a dot before them."""
    match node:
        case tree.NameRef(name=name):
            return [name]
        case tree.Node():
            return [name for f in fields(cast("Any", node)) for name in plain_names(getattr(node, f.name))]
        case tuple():
            return [name for item in node for name in plain_names(item)]
        case _:
            return []
