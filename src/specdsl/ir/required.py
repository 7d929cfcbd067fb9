"""What is required of a row of a table, beside being what its columns draw: checks, bounds, lengths, patterns
and conditions on parents, each with the columns that it looks at."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import fields, is_dataclass, replace
from enum import StrEnum
from typing import Any, TypeVar

from specdsl.datatypes import types as t
from specdsl.ir import expr as e
from specdsl.ir.model import Column, Dataset, Table, Uniqueness
from specdsl.ir.walk import children, walk
from specdsl.records import record

_T = TypeVar("_T")


class RequiredKind(StrEnum):
    """What a requirement asks."""

    CHECK = "check"
    BOUNDS = "bounds"
    LENGTH = "length"
    PATTERN = "pattern"
    WHERE = "where"


@record
class Required:
    """One requirement: of the check, column or reference ``subject``. ``columns``: those of the row itself
    that decide whether it holds. ``conditions``: what must not be false (for WHERE: must be true); hidden
    columns are in it as what they are computed from."""

    kind: RequiredKind
    subject: str
    columns: frozenset[str]
    conditions: tuple[e.Expr, ...] = ()


def required_of(table: Table) -> tuple[Required, ...]:
    """The requirements of a table that are tests of one row."""
    return tuple(_required(table))


def _required(table: Table) -> Iterator[Required]:
    for check in table.checks:
        condition = seen(check.condition, table)
        yield Required(RequiredKind.CHECK, check.name, own_columns(condition, table), (condition,))
    for column in table.columns.values():
        if column.hidden:
            continue
        if column.bounds is not None:
            value = e.ColumnValue(column.type, column.nullable, column.name)
            ends = (
                (column.bounds.low, e.CompareOp.GREATER_EQUAL),
                (column.bounds.high, e.CompareOp.LESS_EQUAL),
            )
            conditions = tuple(
                e.Compare(t.BOOL, True, op, value, seen(end, table)) for end, op in ends if end is not None
            )
            named = frozenset[str]().union(*(own_columns(c, table) for c in conditions))
            yield Required(RequiredKind.BOUNDS, column.name, named, conditions)
        if isinstance(column.type, t.String) and (
            column.type.min_length or column.type.max_length is not None
        ):
            yield Required(RequiredKind.LENGTH, column.name, frozenset({column.name}))
        if isinstance(column.value, e.RegexDraw):
            yield Required(RequiredKind.PATTERN, column.name, frozenset({column.name}))
    for reference in table.references.values():
        if reference.where is not None:
            condition = seen(reference.where, table)
            named = own_columns(condition, table) | frozenset(reference.columns)
            yield Required(RequiredKind.WHERE, reference.name, named, (condition,))


def unique_sets(table: Table) -> tuple[tuple[str, ...], ...]:
    """The sets of columns on which no two rows agree."""
    found = [table.key] if table.key else []
    found += [unique.columns for unique in table.uniques]
    found += [(c.name,) for c in table.columns.values() if c.uniqueness is not Uniqueness.NONE]
    for reference in table.references.values():
        if reference.unique:
            found.append(reference.columns)
        if reference.distinct_per:
            found.append((*reference.distinct_per, *reference.columns))
    return tuple(dict.fromkeys(found))


def tied_columns(table: Table) -> dict[str, str]:
    """The columns that a lifecycle or a history ties to others, with what does."""
    found = {name: "a lifecycle" for lifecycle in table.lifecycles for name in lifecycle.times.values()}
    for history in table.histories:
        names = (history.valid_from, history.valid_to, history.current, *history.changing)
        found.update(dict.fromkeys((*names, *table.references[history.reference].columns), "a history"))
    for records in table.records:
        names = (records.valid_from, records.valid_to, records.known_from, records.known_to)
        found.update(dict.fromkeys((*names, *table.references[records.reference].columns), "a history"))
    return found


_CHANGEABLE = (t.Bool, t.Int, t.Float, t.Decimal, t.String, t.Enum, t.Date, t.Time, t.Timestamp, t.Duration)


def changeable_columns(
    table: Table, columns: frozenset[str], elsewhere: Mapping[tuple[str, str], str]
) -> tuple[str, ...]:
    """Those of ``columns``, in the order of the text, of which one row may have another value without
    touching others: no keys, no references, no parts of a lifecycle or history, nothing that other rows look
    at (``elsewhere``)."""
    taken = {name for names in unique_sets(table) for name in names} | tied_columns(table).keys()
    taken |= {lifecycle.column for lifecycle in table.lifecycles}
    return tuple(
        column.name
        for column in table.columns.values()
        if column.name in columns
        and not column.hidden
        and column.reference is None
        and isinstance(column.type, _CHANGEABLE)
        and column.name not in taken
        and (table.name, column.name) not in elsewhere
    )


# --- hidden columns ------------------------------------------------------------------------------


def seen(expr: e.Expr, table: Table) -> e.Expr:
    """``expr`` with hidden columns of the row replaced by what they are computed from, as whoever reads the
    files has to. Hidden columns that draw, or may be null, stay."""
    return _replaced(expr, table, ())


def _replaced(node: _T, table: Table, inside: tuple[str, ...]) -> _T:
    match node:
        case e.ColumnValue(column=name) if name not in inside:
            column = table.columns[name]
            if column.hidden and is_computed(column) and not table.is_varied(name):
                return _replaced(column.value, table, (*inside, name))  # type: ignore[return-value]
            return node
        case e.Follow() | e.Candidate() | e.Aggregate() | e.Split():
            return node
        case tuple():
            return tuple(_replaced(item, table, inside) for item in node)  # type: ignore[return-value]
        case t.DataType():
            return node
        case _ if is_dataclass(node) and not isinstance(node, type):
            whole: Any = node
            parts = {f.name: getattr(whole, f.name) for f in fields(whole)}
            new = {n: _replaced(p, table, inside) for n, p in parts.items()}
            same = all(new[n] is p for n, p in parts.items())
            return node if same else replace(whole, **new)
        case _:
            return node


def is_computed(column: Column) -> bool:
    """Whether a column can be computed again from the others of its row."""
    if column.nulls is not None or column.reference is not None:
        return False
    return not any(
        getattr(node, "site", None) is not None or isinstance(node, (e.GroupItem, e.SourceValue, e.Split))
        for node in walk(column.value)
    )


# --- what is looked at ---------------------------------------------------------------------------


def own_columns(expr: e.Expr, table: Table) -> frozenset[str]:
    """The columns of the row itself that a value depends on, those of references that it follows included."""
    found: set[str] = set()
    for node in _in_row(expr):
        match node:
            case e.ColumnValue(column=name):
                found.add(name)
            case e.Follow(reference=name) | e.ParentKey(reference=name) | e.IndexIn(reference=name):
                found.update(table.references[name].columns)
            case e.Running(reference=str(name)) | e.Neighbour(reference=str(name)):
                found.update(table.references[name].columns)
            case _:
                continue
    return frozenset(found)


def _in_row(expr: e.Expr) -> Iterator[e.Expr]:
    yield expr
    if isinstance(expr, (e.Follow, e.Candidate)):
        return
    for child in children(expr):
        yield from _in_row(child)


def read_elsewhere(dataset: Dataset) -> Mapping[tuple[str, str], str]:
    """The columns, by table and name, that requirements of other rows look at, with the name of one that
    does. A column "" stands for the rows of a table as such."""
    found: dict[tuple[str, str], str] = {}
    for table in dataset.tables.values():
        for required in required_of(table):
            for condition in required.conditions:
                what = _called(table, required)
                for place in _elsewhere(condition, dataset, table, None, frozenset()):
                    found.setdefault(place, what)
        for reference in table.references.values():
            for column in reference.key:
                found.setdefault((reference.table, column), f"`{table.name}.{reference.name}`")
    return found


def looked_at(expr: e.Expr, dataset: Dataset, table: Table) -> frozenset[tuple[str, str]]:
    """The columns of other rows, by table and name, that ``expr`` looks at in a row of ``table``. A column ""
    stands for the rows of a table as such."""
    return frozenset(_elsewhere(expr, dataset, table, None, frozenset()))


def looked_at_in(expr: e.Expr, dataset: Dataset, table: Table) -> frozenset[tuple[str, str]]:
    """The columns, by table and name, that ``expr`` looks at in a row of ``table`` that another row looks at:
    its own and those of further rows."""
    return frozenset(_elsewhere(expr, dataset, table, table, frozenset()))


def _called(table: Table, required: Required) -> str:
    match required.kind:
        case RequiredKind.CHECK:
            return f"check `{required.subject}` of `{table.name}`"
        case RequiredKind.WHERE:
            return f"the `where` of `{table.name}.{required.subject}`"
        case _:
            return f"the bounds of `{table.name}.{required.subject}`"


def _elsewhere(
    expr: e.Expr, dataset: Dataset, own: Table, other: Table | None, inside: frozenset[tuple[str, str]]
) -> Iterator[tuple[str, str]]:
    """The columns of other rows that ``expr`` looks at. ``other``: the table of the row at hand, None where
    it is the row that the requirement is of."""
    here = own if other is None else other
    match expr:
        case e.ColumnValue(column=name):
            column = here.columns[name]
            if other is not None:
                yield here.name, name
            if column.hidden and (here.name, name) not in inside:
                yield from _elsewhere(column.value, dataset, own, other, inside | {(here.name, name)})
        case e.Follow(reference=name, table=target, body=body):
            if other is not None:
                yield from ((here.name, c) for c in here.references[name].columns)
            yield from _elsewhere(body, dataset, own, dataset.tables[target], inside)
        case e.Candidate(table=target, body=body):
            yield from _elsewhere(body, dataset, own, dataset.tables[target], inside)
        case e.Aggregate(hops=hops):
            for hop in hops:
                yield hop.table, ""
                yield from (
                    (hop.table, c) for c in dataset.tables[hop.table].references[hop.reference].columns
                )
            for child in children(expr):
                yield from _elsewhere(child, dataset, own, other, inside)
        case e.IndexIn(reference=name):
            yield here.name, ""
            yield from ((here.name, c) for c in here.references[name].columns)
        case e.Running(reference=name, value=value) | e.Neighbour(reference=name, value=value):
            yield here.name, ""
            if name is not None:
                yield from ((here.name, c) for c in here.references[name].columns)
            yield from _elsewhere(value, dataset, own, other, inside)
        case e.RowNumber():
            yield here.name, ""
        case _:
            for child in children(expr):
                yield from _elsewhere(child, dataset, own, other, inside)
