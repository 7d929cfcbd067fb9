"""Taking a reference's ``where`` apart into what an index answers and what must be tried."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, replace

from specdsl.datatypes.types import BOOL, INT, is_ordered
from specdsl.ir.expr import (
    Candidate,
    ColumnValue,
    Compare,
    CompareOp,
    Const,
    Expr,
    Follow,
    Logic,
    LogicOp,
    ParentKey,
    RowNumber,
)
from specdsl.ir.model import Dataset, Reference, Table, Uniqueness
from specdsl.ir.walk import children, walk
from specdsl.plan.model import KeyPair, OrderBound, WherePlan

_SWAPPED = {
    CompareOp.EQUAL: CompareOp.EQUAL,
    CompareOp.LESS: CompareOp.GREATER,
    CompareOp.LESS_EQUAL: CompareOp.GREATER_EQUAL,
    CompareOp.GREATER: CompareOp.LESS,
    CompareOp.GREATER_EQUAL: CompareOp.LESS_EQUAL,
}


def conjuncts(expr: Expr) -> Iterator[Expr]:
    """The conditions that ``and`` joins, in the order of the text."""
    match expr:
        case Logic(op=LogicOp.AND, left=left, right=right):
            yield from conjuncts(left)
            yield from conjuncts(right)
        case _:
            yield expr


def conjunction(parts: list[Expr]) -> Expr | None:
    """``and`` over ``parts``; None for none."""
    out: Expr | None = None
    for part in parts:
        out = part if out is None else Logic(part.type, out.nullable or part.nullable, LogicOp.AND, out, part)
    return out


def names_candidate(expr: Expr) -> bool:
    """Whether a candidate's value takes part."""
    return any(isinstance(node, Candidate) for node in walk(expr))


def names_row(expr: Expr) -> bool:
    """Whether anything of this row takes part (beside the candidate's values and constants)."""
    if isinstance(expr, (Candidate, Const)):
        return False
    below = list(children(expr))
    return not below or any(names_row(child) for child in below)


def is_candidate_row(expr: Expr) -> bool:
    """Whether ``expr`` is the candidate's ``.row``."""
    return isinstance(expr, Candidate) and isinstance(expr.body, RowNumber)


def decompose(dataset: Dataset, table: Table, reference: Reference) -> WherePlan:
    """The parts of ``reference``'s condition; a forest orders itself by the row number."""
    filters: list[Expr] = []
    row_conditions: list[Expr] = []
    keys: list[KeyPair] = []
    order: Expr | None = None
    order_bounds: list[OrderBound] = []
    row_bounds: list[OrderBound] = []
    residual: list[Expr] = []
    if reference.forest:
        row_bounds.append(OrderBound(CompareOp.LESS, RowNumber(INT, False)))
    for part in conjuncts(reference.where) if reference.where is not None else ():
        if not names_candidate(part):
            row_conditions.append(part)
            continue
        if not names_row(part):
            filters.append(part)
            continue
        sides = _sides(part)
        if sides is None:
            residual.append(part)
            continue
        op, candidate, row = sides
        if op is CompareOp.EQUAL:
            pair = by_row_number(dataset, table, KeyPair(candidate, row))
            candidate, row = pair.candidate, pair.row
        if op is CompareOp.EQUAL and is_candidate_row(candidate):
            row_bounds += [OrderBound(CompareOp.GREATER_EQUAL, row), OrderBound(CompareOp.LESS_EQUAL, row)]
        elif op is CompareOp.EQUAL:
            keys.append(KeyPair(candidate, row))
        elif is_candidate_row(candidate):
            row_bounds.append(OrderBound(op, row))
        elif order in (None, candidate) and is_ordered(candidate.type):
            order = candidate
            order_bounds.append(OrderBound(op, row))
        else:
            residual.append(part)
    if order is not None and row_bounds:
        # Inside the index rows are in the order of `order`: row numbers are compared afterwards.
        for bound in row_bounds:
            left = Candidate(INT, False, reference.table, RowNumber(INT, False))
            nullable = bound.row.nullable
            residual.append(Compare(BOOL, nullable, bound.op, left, bound.row))
        row_bounds = []
    return WherePlan(
        tuple(filters),
        tuple(row_conditions),
        tuple(keys),
        order,
        tuple(order_bounds),
        tuple(row_bounds),
        conjunction(residual),
        reference.as_of
        and bool(dataset.tables[reference.table].histories)
        and _of_one_key(dataset.tables[reference.table], keys),
    )


def _of_one_key(parent: Table, keys: list[KeyPair]) -> bool:
    """Whether the rows that agree on ``keys`` are versions of one key, which come one after the other."""
    history = parent.histories[0]
    reference = parent.references[history.reference]
    own: set[str] = set()
    theirs: set[str] = set()
    for pair in keys:
        match pair.candidate:
            case Candidate(body=Follow(reference=name, body=RowNumber())) if name == history.reference:
                return True
            case Candidate(body=ParentKey(reference=name, column=column)) if name == history.reference:
                theirs.add(column)
            case Candidate(body=ColumnValue(column=column)):
                own.add(column)
    return own >= set(reference.columns) or theirs >= set(reference.key)


def _sides(part: Expr) -> tuple[CompareOp, Expr, Expr] | None:
    """``part`` as (operator, candidate's side, this row's side), None where it is no such comparison."""
    if not isinstance(part, Compare) or part.op not in _SWAPPED:
        return None
    left, right = part.left, part.right
    if not names_row(left) and not names_candidate(right):
        return part.op, left, right
    if not names_row(right) and not names_candidate(left):
        return _SWAPPED[part.op], right, left
    return None


@dataclass(frozen=True, slots=True)
class _KeyOf:
    """An expression that stands for a row of ``table``: equal rows have equal keys and the reverse."""

    table: str
    row: Expr


def by_row_number(dataset: Dataset, table: Table, pair: KeyPair) -> KeyPair:
    """The same condition over row numbers, where both sides are keys of rows of one table: keys need
    not be made then."""
    candidate, row = _key_of(dataset, table, pair.candidate), _key_of(dataset, table, pair.row)
    if candidate is None or row is None or candidate.table != row.table:
        return pair
    return KeyPair(candidate.row, row.row)


def _key_of(dataset: Dataset, table: Table, expr: Expr) -> _KeyOf | None:
    match expr:
        case Candidate(table=name, body=body) | Follow(table=name, body=body):
            inner = _key_of(dataset, dataset.tables[name], body)
            if inner is None:
                return None
            return _KeyOf(inner.table, replace(expr, type=INT, body=inner.row))
        case ColumnValue(column=name):
            return _key_of_column(dataset, table, name, expr)
        case ParentKey(reference=name):
            return _key_of_reference(dataset, table, name, expr)
        case _:
            return None


def _key_of_column(dataset: Dataset, table: Table, name: str, expr: Expr) -> _KeyOf | None:
    column = table.columns[name]
    if column.reference is not None:
        return _key_of_reference(dataset, table, column.reference, expr)
    if column.uniqueness in (Uniqueness.INJECTIVE, Uniqueness.PERMUTED) and not column.nullable:
        return _KeyOf(table.name, RowNumber(INT, False))
    return None


def _key_of_reference(dataset: Dataset, table: Table, name: str, expr: Expr) -> _KeyOf | None:
    reference = table.references[name]
    if len(reference.key) != 1:
        return None
    parent = dataset.tables[reference.table]
    if parent.query is not None:
        return None
    inner = _key_of_column(dataset, parent, reference.key[0], expr)
    if inner is None:
        return None
    return _KeyOf(inner.table, Follow(INT, expr.nullable, name, reference.table, inner.row))
