"""Walking over typed expressions."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import fields

from specdsl.ir.expr import Arm, Candidate, Expr, Follow, FormatPart, JsonMember, MatchArm

_SLOTS: dict[type, tuple[str, ...]] = {}
_HOLDERS = (Arm, MatchArm, FormatPart, JsonMember)
_ELSEWHERE = (Follow, Candidate)


def _slots(kind: type) -> tuple[str, ...]:
    return tuple(f.name for f in fields(kind) if f.name not in {"type", "nullable", "origin"})


def _add(value: object, out: list[Expr]) -> None:
    if isinstance(value, Expr):
        out.append(value)
    elif isinstance(value, tuple):
        for item in value:
            _add(item, out)
    elif isinstance(value, _HOLDERS):
        out.append(value.value)


def children(expr: Expr) -> list[Expr]:
    """The direct sub-expressions, in the order of the text."""
    kind = type(expr)
    names = _SLOTS.get(kind)
    if names is None:
        names = _SLOTS[kind] = _slots(kind)
    out: list[Expr] = []
    for name in names:
        value = getattr(expr, name)
        if type(value) is not str:  # most are, and this is asked very often
            _add(value, out)
    return out


def walk(expr: Expr) -> Iterator[Expr]:
    """The expression and all below it, parents first, across scopes."""
    pending = [expr]
    while pending:
        node = pending.pop()
        yield node
        pending += reversed(children(node))


def walk_row(expr: Expr) -> Iterator[Expr]:
    """The expression and all below it that are evaluated in the same row: not into the bodies of
    ``Follow`` and ``Candidate``."""
    pending = [expr]
    while pending:
        node = pending.pop()
        yield node
        if not isinstance(node, _ELSEWHERE):
            pending += reversed(children(node))
