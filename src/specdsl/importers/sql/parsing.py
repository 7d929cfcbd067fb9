"""Expressions of SQL as trees in one form: every negation is a NOT, every string a plain literal; what else a
node says is known."""

from __future__ import annotations

from collections.abc import Mapping

import sqlglot
from sqlglot import exp
from sqlglot.errors import SqlglotError


class CannotSay(Exception):
    """An expression that has no counterpart."""


_ALWAYS = frozenset({"this", "expression", "expressions"})
_PARTS: Mapping[type[exp.Expr], frozenset[str]] = {
    exp.Array: frozenset({"bracket_notation"}),
    exp.Between: frozenset({"low", "high"}),
    exp.Case: frozenset({"ifs", "default"}),
    exp.Cast: frozenset({"to", "safe"}),
    exp.Coalesce: frozenset({"is_nvl", "is_null"}),
    exp.Column: frozenset({"table", "db", "catalog"}),
    exp.Concat: frozenset({"safe", "coalesce"}),
    exp.CurrentTimestamp: frozenset({"sysdate"}),
    exp.DPipe: frozenset({"safe"}),
    exp.Div: frozenset({"typed", "safe"}),
    exp.Greatest: frozenset({"ignore_nulls"}),
    exp.Identifier: frozenset({"quoted"}),
    exp.If: frozenset({"true", "false"}),
    exp.Least: frozenset({"ignore_nulls"}),
    exp.Length: frozenset({"binary"}),
    exp.Literal: frozenset({"is_string"}),
    exp.RegexpLike: frozenset({"full_match"}),
    exp.Round: frozenset({"decimals"}),
    exp.TryCast: frozenset({"to", "safe"}),
}
"""What nodes say besides ``_ALWAYS`` that is either followed or without a meaning for values."""


def parsed(text: str, dialect: str) -> exp.Expression:
    """An expression of SQL. Raises CannotSay for what is none."""
    try:
        made = sqlglot.parse_one(f"SELECT {text}", dialect=dialect)
    except (SqlglotError, RecursionError) as problem:
        raise CannotSay from problem
    if not isinstance(made, exp.Select) or len(made.expressions) != 1 or len(made.args) < 1:
        raise CannotSay
    found = made.expressions[0]
    if not isinstance(found, exp.Expression):
        raise CannotSay
    return bare(found.transform(_plain))


def bare(expr: exp.Expression) -> exp.Expression:
    """``expr`` without parentheses around it and without casts of columns and constants."""
    while True:
        if isinstance(expr, exp.Paren):
            expr = expr.this
        elif isinstance(expr, (exp.Cast, exp.TryCast)) and isinstance(
            bare(expr.this), (exp.Column, exp.Literal, exp.Neg, exp.Array)
        ):
            expr = bare(expr.this)
        else:
            return expr


def require_known(expr: exp.Expression) -> None:
    """Raises CannotSay where a node has a part that nothing here knows: it may change what the node means."""
    for node in expr.walk(prune=lambda n: isinstance(n, exp.DataType)):
        if isinstance(node, exp.DataType):
            continue
        known = _ALWAYS | _PARTS.get(type(node), frozenset())
        if any(part for name, part in node.args.items() if name not in known):
            raise CannotSay


def _plain(node: exp.Expression) -> exp.Expression:
    """``a IS NOT NULL`` as ``NOT a IS NULL``, ``N'a'`` and ``_utf8mb4'a'`` as ``'a'``."""
    if node.args.get("negate"):
        node.set("negate", None)
        return exp.Not(this=exp.Paren(this=node))
    if isinstance(node, exp.National):
        return exp.Literal.string(node.name)
    if isinstance(node, exp.Introducer) and isinstance(node.expression, exp.Literal):
        return node.expression
    return node
