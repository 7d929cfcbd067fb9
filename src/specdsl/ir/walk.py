"""Walking over typed expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from specdsl.ir.expr import Arm, Candidate, Expr, Follow, FormatPart, JsonMember, MatchArm

_SLOTS: dict[type, tuple[str, ...]] = {}


def _slots(node: Expr) -> tuple[str, ...]:
    kind = type(node)
    if kind not in _SLOTS:
        _SLOTS[kind] = tuple(f.name for f in fields(node) if f.name not in {"type", "nullable", "origin"})
    return _SLOTS[kind]


def _expressions(value: object) -> Iterator[Expr]:
    match value:
        case Expr():
            yield value
        case Arm(value=inner) | MatchArm(value=inner) | FormatPart(value=inner) | JsonMember(value=inner):
            yield inner
        case tuple():
            for item in value:
                yield from _expressions(item)
        case _:
            return


def children(expr: Expr) -> Iterator[Expr]:
    """The direct sub-expressions, in the order of the text."""
    for name in _slots(expr):
        yield from _expressions(getattr(expr, name))


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and all below it, parents first, across scopes."""
    yield expr
    for child in children(expr):
        yield from walk(child)


def walk_row(expr: Expr) -> Iterator[Expr]:
    """The expression and all below it that are evaluated in the same row: not into the bodies of
    ``Follow`` and ``Candidate``."""
    yield expr
    if isinstance(expr, (Follow, Candidate)):
        return
    for child in children(expr):
        yield from walk_row(child)
