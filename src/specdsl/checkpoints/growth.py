"""What can be in a later batch: rows that earlier ones have made stay as they are, and nothing that is dealt
out once may be dealt out anew."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass

from specdsl.check.moving import moves
from specdsl.ir import expr as x
from specdsl.ir.model import Dataset, Table, Uniqueness
from specdsl.ir.walk import walk
from specdsl.plan.model import Plan, ReferenceKind, TablePlan


def shrinking(dataset: Dataset, old: Mapping[str, int]) -> list[str]:
    """Tables that would have fewer rows than there are, one sentence each."""
    return [
        f"`{name}` would shrink from {old[name]:,} to {table.rows:,} rows"
        for name, table in dataset.tables.items()
        if table.rows is not None and table.rows < old.get(name, 0)
    ]


@dataclass(frozen=True)
class Growth:
    """``old`` and ``new``: the rows of every table before a batch and after it. Tables not in ``old`` are
    new themselves. ``later``: whether the clock has moved since the batch before."""

    plan: Plan
    old: Mapping[str, int]
    new: Mapping[str, int]
    later: bool

    def problems(self) -> list[str]:
        """Why the batch cannot be, one sentence each; empty when it can."""
        found: list[str] = []
        for name, plan in self.plan.tables.items():
            if name not in self.old:
                continue
            if self.new[name] < self.old[name]:
                found.append(f"`{name}` would shrink from {self.old[name]:,} to {self.new[name]:,} rows")
            found += self._dimensions(plan.table)
            if self.grows(name):
                found += self._table(plan)
        return found

    def grows(self, table: str) -> bool:
        """Whether a table that was there gets more rows."""
        return table in self.old and self.new.get(table, 0) > self.old[table]

    def _dimensions(self, table: Table) -> Iterator[str]:
        each = [r for r in table.references.values() if r.each is not None]
        for reference in each[1:]:
            if self.grows(reference.table):
                yield (
                    f"`{table.name}` has rows for pairs of `{each[0].table}` and `{reference.table}`;"
                    f" more of `{reference.table}` come between the rows that it already has"
                )
        if table.rows is not None and each and self.grows(table.name) and not self.grows(each[0].table):
            parent = each[0].table
            yield f"`{table.name}` spreads its new rows over new rows of `{parent}`, and there are none"

    def _table(self, plan: TablePlan) -> Iterator[str]:
        name = plan.table.name
        for target in plan.table.targets:
            yield f"`target {target.name}` is about all rows of `{name}`, of which some are made already"
        for reference_plan in plan.references.values():
            reference = reference_plan.reference
            at = f"`{name}.{reference.name}`"
            anew = self.grows(reference.table) or reference.since is not None
            match reference_plan.kind:
                case ReferenceKind.JOINT if anew:
                    yield f"{at} is part of combinations that are dealt out, and would be dealt anew"
                case ReferenceKind.DRAWN if (
                    anew and reference_plan.distinct and _scattered(plan, reference_plan.distinct_per)
                ):
                    yield f"{at} is distinct among rows that may be anywhere, and would be drawn anew"
                case ReferenceKind.UNIQUE if (
                    reference.nullable and self.new[name] > self.new[reference.table]
                ):
                    yield (
                        f"{at} deals the rows of `{reference.table}` out one to one, and with more rows than"
                        " those it would deal anew"
                    )
                case ReferenceKind.UNIQUE if self.later and moves(reference.where or ()):
                    yield (
                        f"{at} deals out one to one what its `where` leaves, which moves with the clock, and"
                        " would deal anew"
                    )
        for name in self._dealt(plan) if self.later else ():
            yield (
                f"`{plan.table.name}.{name}` must not come twice, and is drawn from values that move with the"
                " clock"
            )
        for column in plan.columns.values():
            yield from self._value(plan, column.column.name, column.value)
        for group in plan.table.groups:
            yield from self._value(plan, group.columns[0], group.value)

    @staticmethod
    def _dealt(plan: TablePlan) -> Iterator[str]:
        """Columns of which each value is dealt out once, from a domain that moves with the clock."""
        for name, column in plan.columns.items():
            once = column.column.uniqueness is Uniqueness.PERMUTED or column.joint is not None
            if (once or column.column.distinct_within is not None) and moves(column.column):
                yield name

    def _value(self, plan: TablePlan, column: str, expr: x.Expr) -> Iterator[str]:
        at = f"`{plan.table.name}.{column}`"
        for node in walk(expr):
            match node:
                case x.Running(reference=along) | x.Neighbour(reference=along) if (
                    along is None or plan.references[along].kind is not ReferenceKind.EACH
                ):
                    yield f"{at} goes along rows of any batch, and those of earlier ones are not made again"
                case x.Split(reference=name) if plan.references[name].kind is not ReferenceKind.EACH:
                    parent = plan.references[name].reference.table
                    yield f"{at} is a share of `{parent}`, and new rows would ask for a share of old ones"


def _scattered(plan: TablePlan, per: tuple[str, ...]) -> bool:
    """Whether rows that agree on ``per`` can be of different batches."""
    each = {c for r in plan.references.values() if r.kind is ReferenceKind.EACH for c in r.reference.columns}
    return not set(per) & each
