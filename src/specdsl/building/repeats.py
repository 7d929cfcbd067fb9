"""Which columns hold few strings that repeat, as the spec tells: files encode them as dictionaries."""

from __future__ import annotations

from specdsl.check.domains import domain
from specdsl.datatypes.types import String
from specdsl.ir import expr as x
from specdsl.ir.model import Dataset, Table

FEW = 10_000


def repeats(dataset: Dataset, table: str, column: str) -> bool:
    """Whether a string column has at most ``FEW`` distinct values, whatever its rows."""
    found = dataset.tables[table].columns[column]
    return (
        isinstance(found.type, String)
        and (_size(dataset, dataset.tables[table], found.value) or FEW + 1) <= FEW
    )


def _size(dataset: Dataset, table: Table, expr: x.Expr) -> int | None:
    """A bound on the number of distinct values."""
    match expr:
        case x.ColumnValue(column=name):
            return _size(dataset, table, table.columns[name].value)
        case x.Follow(table=parent, body=body):
            return _size(dataset, dataset.tables[parent], body)
        case x.GroupItem(group=group, index=index):
            return _item_size(dataset, table, table.groups[group].value, index)
        case x.If(then=then, otherwise=otherwise):
            return _total(dataset, table, [then, otherwise])
        case x.Match(arms=arms, otherwise=otherwise):
            rest = [otherwise] if otherwise is not None else []
            return _total(dataset, table, [*(arm.value for arm in arms), *rest])
        case x.ChoiceDraw(arms=arms):
            return _total(dataset, table, [arm.value for arm in arms])
        case _:
            known = domain(dataset, table, expr)
            return None if known is None else known.size


def _item_size(dataset: Dataset, table: Table, value: x.Expr, index: int) -> int | None:
    match value:
        case x.ChoiceDraw(arms=arms):
            return _sum([_item_size(dataset, table, arm.value, index) for arm in arms])
        case x.TupleValue(items=items):
            return _size(dataset, table, items[index])
        case x.PoolDraw(pool=name):
            return dataset.pools[name].rows
        case _:
            return None


def _total(dataset: Dataset, table: Table, options: list[x.Expr]) -> int | None:
    return _sum([_size(dataset, table, option) for option in options])


def _sum(sizes: list[int | None]) -> int | None:
    known = [size for size in sizes if size is not None]
    return sum(known) if len(known) == len(sizes) else None
