"""Texts that are added with `+`: the f-string that joins them."""

from __future__ import annotations

from collections.abc import Sequence

from specdsl.check.scopes import Scope, poison, poisoned
from specdsl.datatypes import types as t
from specdsl.diagnostics import types
from specdsl.ir import expr as ir
from specdsl.source import Span
from specdsl.syntax import tree

_NOT_IN_TEXT = (t.List, t.Struct, t.Tuple, t.Bytes, t.Json, t.Null)


def added_texts(scope: Scope, node: tree.Binary) -> ir.Expr | None:
    """Tells of a sum with a literal text among its terms, once and with the f-string for all of it; None
    where ``node`` is no such sum."""
    terms = _terms(node)
    if not any(isinstance(term, (tree.String, tree.FString)) for term in terms):
        return None
    values = [scope.infer(term) for term in terms]
    if not poisoned(*values):
        found = [value.type for value in values]
        second = max(1, next(i for i, dtype in enumerate(found) if isinstance(dtype, t.String)))
        report_sum(scope, node, terms, found, second)
    return poison()


def report_sum(
    scope: Scope, node: tree.Binary, terms: Sequence[tree.Expr], found: Sequence[t.DataType], second: int
) -> None:
    """Says that `+` does not join: ``found`` are the types of the terms, ``second`` is the number of the
    first that cannot be added to what stands before it."""
    joined = _joined(scope, terms, second) if not any(isinstance(f, _NOT_IN_TEXT) for f in found) else ""
    remedy = "texts are joined in an f-string"
    if joined:
        remedy += f": {scope.program.line_with(node.span, joined)}"
    scope.report(
        types.OperatorTypes(
            span=node.span,
            op="+",
            left=str(found[second - 1]),
            right=str(found[second]),
            remedy=remedy,
            joined=joined,
        )
    )


def _terms(node: tree.Expr) -> list[tree.Expr]:
    """What a sum adds, from left to right."""
    found: list[tree.Expr] = []
    while isinstance(node, tree.Binary) and node.op is tree.BinaryOp.ADD:
        found.append(node.right)
        node = node.left
    return [node, *reversed(found)]


def _joined(scope: Scope, terms: Sequence[tree.Expr], second: int) -> str:
    """The f-string; "" where the text is not at hand, or goes over several lines. Terms before the first text
    are a sum of their own."""
    first = Span(terms[0].span.file, terms[0].span.start, terms[second - 1].span.end)
    parts = [_part(scope, terms[0]) if second == 1 else f"{{{scope.text(first)}}}"]
    parts += [_part(scope, term) for term in terms[second:]]
    text = "".join(parts)
    return "" if "{}" in parts or "\n" in text or '"""' in text else f'f"{text}"'


def _part(scope: Scope, term: tree.Expr) -> str:
    written = scope.text(term)
    match term:
        case tree.String():
            return written[1:-1].replace("{", "{{").replace("}", "}}")
        case tree.FString():
            return written[2:-1]
        case _:
            return f"{{{written}}}"
