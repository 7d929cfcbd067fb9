"""The values that a subject of ``match`` can have, where its type or the way it is drawn names them."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from itertools import product

from specdsl.check import paths
from specdsl.check.conversions import fold
from specdsl.check.scopes import ColumnSymbol, Scope, TableSymbol
from specdsl.check.show import show_value
from specdsl.datatypes import types as t
from specdsl.ir import expr as ir
from specdsl.syntax import tree

_MOST = 10_000
_DEEP = 12


def values(scope: Scope, node: tree.Expr, dtype: t.DataType) -> list[ir.Physical] | None:
    """All values of a subject, None where they are not known."""
    match dtype:
        case t.Enum(_, members):
            return list(range(len(members)))
        case t.Bool():
            return [True, False]
    found = _column(scope, node)
    if found is None or found.decl is None or found.decl.value is None:
        return None
    texts = _leaves(found.table, found.decl.value, found.index if found.decl.grouped else None, _DEEP)
    if texts is None:
        return None
    out: dict[ir.Physical, None] = {}
    for source, value in texts:
        folded = fold(value, source, dtype)
        if folded is None:
            return None
        out[folded] = None
    return list(out)


def _column(scope: Scope, node: tree.Expr) -> ColumnSymbol | None:
    """The column that a name or path means."""
    base, steps = paths.unroll(node)
    table: TableSymbol | None
    if isinstance(base, tree.CandidateRef):
        table, path = scope.candidate, [base.name, *steps]
    elif isinstance(base, tree.NameRef):
        table, path = scope.table, [base.name, *steps]
    else:
        return None
    for i, step in enumerate(path):
        symbol = table.columns.get(step.text) if table is not None else None
        if symbol is None or i == len(path) - 1:
            return symbol
        table = symbol.reference.target if symbol.reference is not None else None
    return None


Leaf = tuple[t.DataType, ir.Physical]


def _leaves(table: TableSymbol, node: tree.Expr, index: int | None, depth: int) -> list[Leaf] | None:
    """The constants that an expression comes out as, None where there are others."""
    if depth == 0:
        return None
    branches: list[tree.Expr]
    match node:
        case tree.String(value=text):
            return [(t.STRING, text)]
        case tree.Number(value=value, is_int=True):
            return [(t.INT, int(value))]
        case tree.Bool(value=flag):
            return [(t.BOOL, flag)]
        case tree.Null():
            return []
        case tree.TupleLiteral(items=items) if index is not None and index < len(items):
            return _leaves(table, items[index], None, depth - 1)
        case tree.Choice(arms=arms):
            branches = [a.value for a in arms]
        case tree.If(then=then, otherwise=otherwise):
            branches = [then, otherwise]
        case tree.Match(arms=match_arms):
            branches = [a.value for a in match_arms]
        case tree.Call(args=(tree.Arg(name=None, value=inner),)) if node.function.text == "exact":
            branches = [inner]
        case tree.Call(args=(tree.Arg(name=None, value=tree.MapLiteral(entries=entries)),)) if (
            node.function.text == "pick"
        ):
            branches = [e.key for e in entries]
        case tree.Call(args=(tree.Arg(name=None, value=tree.ListLiteral(items=items)),)) if (
            node.function.text == "pick"
        ):
            branches = list(items)
        case tree.Range(low=tree.Number(value=low, is_int=True), high=tree.Number(value=high, is_int=True)):
            if high - low > 100:
                return None
            return [(t.INT, v) for v in range(int(low), int(high) + 1)]
        case tree.NameRef(name=name) if index is None:
            symbol = table.columns.get(name.text)
            if symbol is None or symbol.decl is None or symbol.decl.value is None:
                return None
            inner_index = symbol.index if symbol.decl.grouped else None
            return _leaves(table, symbol.decl.value, inner_index, depth - 1)
        case _:
            return None
    out: list[Leaf] = []
    for branch in branches:
        found = _leaves(table, branch, index, depth - 1)
        if found is None:
            return None
        out += found
    return out


def tuples(
    scope: Scope,
    nodes: Sequence[tree.Expr],
    subjects: Sequence[ir.Expr],
    domains: Sequence[Sequence[ir.Physical]],
) -> Iterator[tuple[ir.Physical, ...]] | None:
    """Every combination, None where there are too many to go through."""
    size = 1
    for domain in domains:
        size *= len(domain)
    return None if size > _MOST else product(*domains)


def show(row: Sequence[ir.Physical], subjects: Sequence[ir.Expr]) -> str:
    """A combination as a pattern."""
    parts = [_shown(v, s.type) for v, s in zip(row, subjects, strict=True)]
    return parts[0] if len(parts) == 1 else f"({', '.join(parts)})"


def _shown(value: ir.Physical, dtype: t.DataType) -> str:
    text = show_value(value, dtype)
    return f'"{text}"' if isinstance(dtype, t.Enum) and not text.isidentifier() else text
