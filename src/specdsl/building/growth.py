"""Appending: which datasets can grow by new rows alone.

Rows that are on disk stay as they are. So what they hold must still be right when tables grow, and what new
rows take from old ones must be what is on disk. A reference is drawn among the rows that its parent has,
so that the old rows of a drawn reference would be drawn anew if their parent grew (they *drift*). That is
no harm as such: what was written points to rows that are still there. It is harm where something else is
computed from it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field

from specdsl.ir import expr as x
from specdsl.ir.model import Reference, Table
from specdsl.ir.walk import children, walk, walk_row
from specdsl.plan.model import Plan, ReferenceKind, TablePlan


@dataclass
class Growth:
    """``old`` and ``new``: rows of every table on disk (0 where it is not) and of the grown dataset."""

    plan: Plan
    old: Mapping[str, int]
    new: Mapping[str, int]
    _drift: dict[tuple[str, str], bool] = field(default_factory=dict)

    def problems(self) -> list[str]:
        """Why the dataset cannot grow so, one sentence each; empty when it can."""
        found: list[str] = []
        for name, table in self.plan.dataset.tables.items():
            before, after = self.old.get(name, 0), self.new.get(name, 0)
            if after < before:
                found.append(f"`{name}` would shrink from {before:,} to {after:,} rows")
            elif table.query is not None:
                found += self._query(table)
            elif before:
                found += self._table(self.plan.tables[name])
        return found

    def grows(self, table: str) -> bool:
        """Whether a table that has rows gets more."""
        return 0 < self.old.get(table, 0) < self.new.get(table, 0)

    def _query(self, table: Table) -> Iterator[str]:
        assert table.query is not None
        grown = [name for name in table.query.reads if self.grows(name)]
        if grown and self.old.get(table.name, 0):
            yield f"`{table.name}` is made by SQL over `{grown[0]}`, so that rows it already has could change"

    # --- what would make rows on disk wrong ---------------------------------------------------

    def _table(self, plan: TablePlan) -> Iterator[str]:
        table = plan.table
        yield from self._rows(table)
        for reference_plan in plan.references.values():
            reference = reference_plan.reference
            if not self.grows(table.name) or not self.grows(reference.table):
                continue
            at = f"`{table.name}.{reference.name}`"
            match reference_plan.kind:
                case ReferenceKind.UNIQUE:
                    yield f"{at} deals the rows of `{reference.table}` out one to one, and would deal anew"
                case ReferenceKind.JOINT:
                    yield f"{at} is part of combinations that are dealt out, and would be dealt anew"
                case ReferenceKind.DRAWN if reference_plan.distinct and self._scattered(
                    plan, reference_plan.distinct_per
                ):
                    yield f"{at} is distinct among rows that may be anywhere, and would be drawn anew"
            if reference.where is not None and reference_plan.kind is not ReferenceKind.EACH:
                yield from self._candidates(table, reference)
        for name, expr in _values(plan):
            yield from self._value(table, name, expr)
        for variant in table.variants:
            if variant.rows is not None and self.grows(table.name):
                yield (
                    f"variant `{variant.name}` of `{table.name}` is {variant.rows:,} of all its rows, which "
                    "another number of rows deals anew"
                )
            for override in variant.overrides:
                yield from self._value(table, override.column, override.value)

    def _scattered(self, plan: TablePlan, per: tuple[str, ...]) -> bool:
        """Whether rows that agree on ``per`` can be old and new ones."""
        each = {
            c for r in plan.references.values() if r.kind is ReferenceKind.EACH for c in r.reference.columns
        }
        return not set(per) & each

    def _rows(self, table: Table) -> Iterator[str]:
        dimensions = [r for r in table.references.values() if r.each is not None]
        if table.rows is not None and dimensions and self.grows(table.name):
            yield (
                f"`{table.name}` spreads {table.rows:,} rows over `{dimensions[0].table}`, and another number"
                " of rows changes how many each of them has"
            )
            return
        for reference in dimensions[1:]:
            if self.grows(reference.table):
                yield (
                    f"`{table.name}` has rows for pairs of `{dimensions[0].table}` and `{reference.table}`;"
                    f" more of `{reference.table}` come between the rows that it already has"
                )
        for reference in dimensions:
            assert reference.each is not None
            if self._drifts_in(reference.each.count, table.name, reference.table):
                yield f"how many rows of `{table.name}` each of `{reference.table}` has would change"

    def _value(self, table: Table, column: str, expr: x.Expr) -> Iterator[str]:
        at = f"`{table.name}.{column}`"
        for node in walk(expr):
            match node:
                case x.ChoiceDraw(exact=True) if self.grows(table.name):
                    yield f"{at} has exact shares of all rows, which another number of rows deals anew"
                case (
                    x.Fitted(target=number)
                    | x.Rated(target=number)
                    | x.Retained(target=number)
                    | x.Dealt(target=number)
                ) if self.grows(table.name):
                    target = table.targets[number].name
                    yield f"{at} is made so that all rows meet `target {target}`, and would be made anew"
                case x.Call(function="permutation", args=args) if self.grows(table.name) and not _has(
                    args, "of"
                ):
                    yield f"{at} permutes as many numbers as there are rows; `of:` gives it room to grow"
                case x.Aggregate(hops=hops):
                    yield from self._aggregate(at, hops)
        if not self.grows(table.name):
            return
        for node in walk_row(expr):
            match node:
                case x.Split(reference=name) if table.references[name].each is None:
                    parent = table.references[name].table
                    yield f"{at} is a share of `{parent}`, and new rows would ask for a share of old ones"
                case x.IndexIn(reference=name) if self._reference_drifts(self.plan.tables[table.name], name):
                    yield f"{at} counts among rows that may be anywhere, and would count anew"
                case x.Running(reference=group) | x.Neighbour(reference=group) if group is not None:
                    owner = self.plan.tables[table.name]
                    ends = isinstance(node, x.Neighbour) and node.place in (x.Place.LAST, x.Place.NEXT)
                    joins = ends and table.references[group].each is None
                    if joins or self._reference_drifts(owner, group):
                        yield f"{at} goes along rows that may be anywhere, and new ones would come between"
                case x.Follow(reference=name, table=parent, body=body):
                    if table.references[name].each is None and self._drifts(body, parent):
                        yield (
                            f"{at} follows `{name}` to a value of `{parent}` that is drawn among the rows of"
                            " a table that grows"
                        )

    def _aggregate(self, at: str, hops: tuple[x.Hop, ...]) -> Iterator[str]:
        for hop in hops:
            reference = self.plan.dataset.tables[hop.table].references[hop.reference]
            grown = next((t for t in (hop.table, reference.table) if self.grows(t)), None)
            if reference.each is None and grown is not None:
                yield (
                    f"{at} is computed from rows of `{hop.table}` that may be anywhere, and new ones would"
                    " change it in rows that are already written"
                )
                return

    def _candidates(self, table: Table, reference: Reference) -> Iterator[str]:
        assert reference.where is not None
        for node in walk(reference.where):
            if isinstance(node, x.Candidate) and self._drifts(node.body, reference.table):
                yield (
                    f"`{table.name}.{reference.name}` chooses by a value of `{reference.table}` that is drawn"
                    " among the rows of a table that grows"
                )
                return

    # --- what would be drawn anew ---------------------------------------------------------------

    def _drifts(self, expr: x.Expr, table: str) -> bool:
        """Whether ``expr``, in an old row of ``table``, would have another value now."""
        plan = self.plan.tables.get(table)
        if plan is None:
            return False
        match expr:
            case x.ColumnValue(column=column):
                return self._column_drifts(plan, column)
            case x.GroupItem(group=group):
                return self._drifts(plan.table.groups[group].value, table)
            case x.ParentKey(reference=name, column=key):
                reference = plan.table.references[name]
                return self._reference_drifts(plan, name) or self._drifts(
                    x.ColumnValue(expr.type, expr.nullable, key), reference.table
                )
            case x.Follow(reference=name, table=parent, body=body):
                return self._reference_drifts(plan, name) or self._drifts(body, parent)
            case x.IndexIn(reference=name):
                return self._reference_drifts(plan, name)
            case x.Running(reference=group, value=value) | x.Neighbour(reference=group, value=value):
                moved = group is not None and self._reference_drifts(plan, group)
                return moved or self._drifts_in(value, table, table)
            case x.Split(reference=name, amount=amount, weight=weight):
                parent = plan.table.references[name].table
                return (
                    self._reference_drifts(plan, name)
                    or self._drifts(amount, parent)
                    or self._drifts(weight, table)
                )
            case x.Aggregate(hops=hops, value=value, where=where):
                last = hops[-1].table
                return any(e is not None and self._drifts_in(e, table, last) for e in (value, where))
        return any(self._drifts(child, table) for child in children(expr))

    def _drifts_in(self, expr: x.Expr, table: str, candidate: str) -> bool:
        """``_drifts`` for an expression that names a candidate's values too."""
        if isinstance(expr, x.Candidate):
            return self._drifts(expr.body, candidate)
        if isinstance(expr, (x.Follow, x.Aggregate, x.Split)):
            return self._drifts(expr, table)
        parts = list(children(expr))
        if not parts:
            return self._drifts(expr, table)
        return any(self._drifts_in(part, table, candidate) for part in parts)

    def _column_drifts(self, plan: TablePlan, column: str) -> bool:
        key = (plan.table.name, column)
        if key not in self._drift:
            self._drift[key] = False  # columns of one row form no cycle; forests lead to smaller rows
            owner = plan.table.columns[column]
            self._drift[key] = self._drifts(owner.value, plan.table.name)
        return self._drift[key]

    def _reference_drifts(self, plan: TablePlan, name: str) -> bool:
        reference = plan.table.references[name]
        if reference.each is not None:
            return False
        return not reference.forest and self.grows(reference.table)


def _values(plan: TablePlan) -> Iterator[tuple[str, x.Expr]]:
    """Every column's expression, and those of its groups under their first column."""
    for name, column in plan.columns.items():
        yield name, column.value
        if column.column.nulls is not None and column.column.nulls.when is not None:
            yield name, column.column.nulls.when
    for group in plan.table.groups:
        yield group.columns[0], group.value


def _has(args: tuple[tuple[str, x.Expr], ...], name: str) -> bool:
    return any(key == name and not (isinstance(e, x.Const) and e.value is None) for key, e in args)
