"""Targets: what groups of rows are to come to, and the columns that are made so that they do."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from specdsl.check.expressions import Typing
from specdsl.check.operators import condition
from specdsl.check.paths import unknown_column
from specdsl.check.scopes import Program, Sites, TableSymbol, poisoned
from specdsl.check.spans import ColumnSpans, SpanTable
from specdsl.check.target_amounts import amounts_of
from specdsl.check.target_columns import (
    Impossible,
    counted_columns,
    dealt_columns,
    fitted_column,
    rated_column,
    retained_column,
)
from specdsl.check.target_groups import Grouping, curves_of, grouping, listed_groups, period_grouping
from specdsl.datatypes import types as t
from specdsl.diagnostics import names
from specdsl.diagnostics.model import DiagnosticBag
from specdsl.diagnostics.nearest import nearest
from specdsl.diagnostics.targets import ImpossibleTarget, TargetCounts, TargetForm
from specdsl.ir import expr as ir
from specdsl.ir.model import Column, Dataset, Table, Target, TargetKind
from specdsl.ir.required import unique_sets
from specdsl.ir.walk import walk, walk_row
from specdsl.source import Span
from specdsl.syntax import tree

_OF_OTHER_ROWS = (ir.Aggregate, ir.Split, ir.Running, ir.Neighbour, ir.IndexIn)
"""What a column takes from other rows; its values are theirs to say."""

MEASURES: Mapping[str, str] = {
    "sum": "sum(total)",
    "avg": "avg(total)",
    "count": "count",
    "share": "share(status == refunded)",
    "retention": "retention(months)",
}
"""What a target can be about, and how it is written."""
_MEANT: Mapping[str, str] = {
    **dict.fromkeys(
        ("rate", "ratio", "proportion", "fraction", "percentage", "percent", "probability"), "share"
    ),
    **dict.fromkeys(("mean", "average"), "avg"),
    **dict.fromkeys(("number", "rows"), "count"),
    "total": "sum",
}
"""What others call them."""


@dataclass(slots=True)
class Met:
    """The targets of a table, and its columns as they are made so that it meets them."""

    targets: list[Target]
    columns: dict[str, Column]
    complete: bool = True


def has_targets(decl: tree.TableDecl) -> bool:
    """Whether a table declares targets."""
    return any(isinstance(member, tree.TargetDecl) for member in decl.members)


def counts_rows(decl: tree.TableDecl) -> bool:
    """Whether a target says how many rows a table has."""
    return any(
        isinstance(member, tree.TargetDecl) and member.measure.word.text == TargetKind.COUNT
        for member in decl.members
    )


def targets_of(program: Program, symbol: TableSymbol, table: Table) -> Met:
    """The targets that ``table``, finished but for them, declares; a diagnostic for each that cannot be."""
    met = Met([], dict(table.columns))
    claimed: dict[str, Span] = {}
    for member in symbol.decl.members:
        if isinstance(member, tree.TargetDecl):
            reader = _Reader(program, symbol, table, member)
            target = reader.target()
            if target is None or not reader.claims(target, met, claimed):
                met.complete = False
    return met


class _Reader:
    """One declaration."""

    def __init__(self, program: Program, symbol: TableSymbol, table: Table, decl: tree.TargetDecl) -> None:
        self.program = program
        self.symbol = symbol
        self.table = table
        self.decl = decl
        self.scope = Typing(program, symbol, Sites(ColumnSpans(decl.span, decl.span)), owner="target")
        by = "" if not decl.groups else f" by {', '.join(program.text(g) for g in decl.groups)}"
        written = " ".join(program.text(decl.measure).split())
        self.name = f"{written}{by}"

    # --- what is asked ---------------------------------------------------------------------

    def target(self) -> Target | None:
        """What is declared, as far as it can be read; None where it cannot."""
        word = self.decl.measure.word
        if word.text not in MEASURES:
            meant = _MEANT.get(word.text) or nearest(word.text, MEASURES) or ""
            amount = "3%" if meant == "share" else "20_000"
            rest = f"= {amount}" if self.decl.amount is not None else "by country { ... }"
            self._form(
                word.span,
                f"a target is about {names.listed(tuple(MEASURES))}, not about `{word.text}`",
                f"for example `target {MEASURES.get(meant, MEASURES['sum'])} {rest}`",
                meant,
            )
            return None
        kind = TargetKind(word.text)
        by_column = kind in (TargetKind.SUM, TargetKind.AVG, TargetKind.RETENTION)
        asked = self._column(kind) if by_column else self._condition(kind)
        found = [grouping(self.scope, node, self.decl) for node in self.decl.groups]
        groups = [group for group in found if group is not None]
        if asked is None or len(groups) < len(found):
            return None
        column, test = asked
        if kind is TargetKind.RETENTION:
            return self._curves(column, groups)
        listed = listed_groups(self.scope, self.decl, groups, self._value_name(kind, column))
        if listed is None:
            return None
        dtype = self.table.columns[column].type if column else t.INT
        amounts = amounts_of(self.program, kind, dtype, listed, groups)
        if amounts is None:
            return None
        values, unit = amounts
        return Target(
            name=self.name,
            kind=kind,
            column=column,
            condition=test,
            groups=tuple(group.value for group in groups),
            labels=tuple(group.label for group in groups),
            keys=tuple(row.key for row in listed),
            amounts=values,
            unit=unit,
            spans=_spans(kind, groups, [row.key for row in listed]),
            free=self.decl.free,
        )

    def _curves(self, column: str, groups: list[Grouping]) -> Target | None:
        """The target of retention curves: one for each group, of a share for each period."""
        every = [*groups, period_grouping(column, self.decl)]
        name = self._value_name(TargetKind.RETENTION, "")
        listed = listed_groups(self.scope, self.decl, every, name)
        if listed is None:
            return None
        found = curves_of(self.program, listed, every, self.decl)
        amounts = amounts_of(self.program, TargetKind.RETENTION, t.INT, listed, every)
        if found is None or amounts is None:
            return None
        values, unit = amounts
        of = {row.key: value for row, value in zip(listed, values, strict=True)}
        periods = max(found.values()) + 1  # beyond the last nobody stays
        return Target(
            name=self.name,
            kind=TargetKind.RETENTION,
            column=column,
            condition=None,
            groups=tuple(group.value for group in groups),
            labels=tuple(group.label for group in groups),
            keys=tuple(found),
            amounts=tuple(of.get((*key, period), 0) for key in found for period in range(periods)),
            unit=unit,
            periods=periods,
            free=self.decl.free,
        )

    def _form(self, span: Span, why: str, remedy: str, near: str = "") -> None:
        self.program.bag.add(TargetForm(span=span, why=why, remedy=remedy, near=near))

    def _value_name(self, kind: TargetKind, column: str) -> str:
        written = self.decl.measure.column
        if written is not None:
            return written.text
        if kind is TargetKind.RETENTION:
            return TargetKind.SHARE.value
        return kind.value if kind in (TargetKind.COUNT, TargetKind.SHARE) else column

    def _column(self, kind: TargetKind) -> tuple[str, None] | None:
        """The column of ``sum(total)``."""
        measure = self.decl.measure
        args = measure.args or ()
        if len(args) != 1 or args[0].name is not None or args[0].where is not None:
            self._form(measure.span, f"`{kind}` takes one column", f"for example `target {kind}(total)`")
            return None
        node = args[0].value
        if isinstance(node, tree.ErrorExpr):
            return None
        if not isinstance(node, tree.NameRef):
            remedy = "give what it goes by a column of its own (`hidden` if it is not wanted), and name that"
            self._form(node.span, f"`{kind}` is of a column, whose values it moves", remedy)
            return None
        if node.name.text not in self.table.columns:
            self.program.bag.add(unknown_column(self.scope, node.name, self.symbol))
            return None
        return node.name.text, None

    def _condition(self, kind: TargetKind) -> tuple[str, ir.Expr | None] | None:
        """The one column that a share looks at, and what it counts; ("", None) for a count."""
        measure = self.decl.measure
        args = measure.args
        if kind is TargetKind.COUNT:
            if args:
                why = "`count` is of all rows of a group, and takes nothing in brackets"
                self._form(
                    measure.span,
                    why,
                    f"write `target count`, or `target share({self.program.text(args[0])})`",
                )
                return None
            return "", None
        if not args or len(args) != 1 or args[0].name is not None or args[0].where is not None:
            why, remedy = "`share` takes one condition", f"for example `target {MEASURES['share']}`"
            self._form(measure.span, why, remedy)
            return None
        test = condition(self.scope, args[0].value, "what `share` counts")
        if poisoned(test):
            return None
        named = {node.column for node in walk_row(test) if isinstance(node, ir.ColumnValue)}
        if len(named) != 1 or any(isinstance(node, (ir.Follow, ir.Aggregate)) for node in walk_row(test)):
            why = "`share` counts rows by the value of one column, which is then drawn so that it comes out"
            self._form(
                args[0].value.span, why, "compare one column with constants, and say the others after `by`"
            )
            return None
        return named.pop(), test

    # --- what is moved ---------------------------------------------------------------------

    def claims(self, target: Target, met: Met, claimed: dict[str, Span]) -> bool:
        """Puts the target, and the columns that it decides, into ``met``; whether it could."""
        number = len(met.targets)
        try:
            self._not_of_others(target)
            for name in [target.column] if target.column else counted_columns(met.columns, target):
                self._own(name, claimed)
            if target.kind is TargetKind.COUNT:
                made = dealt_columns(met.columns, target, number)
            elif target.kind is TargetKind.RETENTION:
                made = {target.column: retained_column(met.columns[target.column], target, number)}
            elif target.kind is TargetKind.SHARE:
                made = {target.column: rated_column(met.columns[target.column], target, number)}
            else:
                made = {target.column: fitted_column(met.columns[target.column], target, number)}
        except Impossible as problem:
            self.program.bag.add(
                ImpossibleTarget(
                    span=self.decl.span,
                    target=target.name,
                    why=problem.why,
                    remedy=problem.remedy,
                    first=problem.first,
                )
            )
            return False
        met.columns.update(made)
        met.targets.append(target)
        self.program.spans.tables[self.table.name].rules[f"target:{number}"] = self.decl.span
        return True

    def _not_of_others(self, target: Target) -> None:
        """Raises Impossible where the rows are not the table's own."""
        table = self.table
        if table.query is not None:
            raise Impossible("the table is computed from others", "set a target for what it is computed from")
        if table.grows:
            raise Impossible(
                "the table grows with each batch, and a target is about all of its rows",
                "leave out `grows` or the target",
            )
        if target.kind is not TargetKind.COUNT:
            return
        if table.cover is not None:
            why = "`cover` says which rows there are"
            raise Impossible(why, "leave out one of the two")
        rows = next((r for r in table.references.values() if r.each is not None), None)
        if table.source is not None or table.over is not None or rows is not None:
            raise Impossible(
                "how many rows there are, and of which kind, follows from a file, `over` or `each`",
                "count what belongs to those: their rows, or the children of each",
            )
        if target.free:
            raise Impossible(
                "a count deals out all rows of the table", "list all groups, and leave out `else free`"
            )

    def _own(self, name: str, claimed: dict[str, Span]) -> None:
        """Raises Impossible where something else decides the values of a column."""
        table, column = self.table, self.table.columns[name]
        if name in claimed:
            raise Impossible(
                f"another target decides `{name}` already",
                "keep one of them: that of the finer groups decides what the coarser come to",
                claimed[name],
            )
        if any(name in columns for columns in unique_sets(table)):
            raise Impossible(
                f"`{name}` is unique, or part of a key", "set a target for a column that may repeat"
            )
        if column.reference is not None:
            raise Impossible(
                f"`{name}` is a reference, and which parent a row has is drawn",
                f"go by a column of its own, or say how many children each parent has: `{name} -> ... each`",
            )
        if table.cover is not None and name in table.cover.columns:
            raise Impossible(
                f"`cover` says which values of `{name}` there are", "leave that column out of one"
            )
        cycles = [*table.lifecycles]
        if any(name == c.column or name in list(c.times.values())[1:] for c in cycles):
            raise Impossible(
                f"a lifecycle decides `{name}`", "give its transitions the shares that are wanted"
            )
        if name in self.symbol.changing:
            raise Impossible(
                f"`{name}` keeps the value of the row before (`changes`), and would lose it",
                "leave out `changes`, or set a target for another column",
            )
        if name in self.symbol.told:
            tie = "a history" if table.histories or table.records else "a lifecycle"
            raise Impossible(f"{tie} decides `{name}`", "set a target for a column of another kind")
        if any(isinstance(node, _OF_OTHER_ROWS) for node in walk(column.value)):
            raise Impossible(
                f"`{name}` follows from other rows, and would not any more",
                "set a target for the column that it is made of",
            )
        claimed[name] = self.decl.span


def _spans(
    kind: TargetKind, groups: list[Grouping], keys: list[tuple[ir.Physical, ...]]
) -> dict[int, tuple[tuple[int, int], ...]]:
    """The stretches of time that a count deals out."""
    if kind is not TargetKind.COUNT:
        return {}
    return {
        i: tuple(group.span(key[i]) for key in keys)
        for i, group in enumerate(groups)
        if group.period is not None
    }


def counted_rows(targets: list[Target]) -> int | None:
    """The rows of a table whose number follows from a count."""
    return next((sum(x.amounts) for x in targets if x.kind is TargetKind.COUNT), None)


def check_targets(dataset: Dataset, spans: SpanTable, bag: DiagnosticBag) -> None:
    """Reports counts that are not the rows of their table."""
    for table in dataset.tables.values():
        for number, target in enumerate(table.targets):
            total = sum(target.amounts)
            if target.kind is TargetKind.COUNT and table.rows is not None and table.rows != total:
                bag.add(
                    TargetCounts(
                        span=spans.tables[table.name].rules[f"target:{number}"],
                        target=target.name,
                        table=table.name,
                        total=total,
                        groups=len(target.keys),
                        rows=table.rows,
                    )
                )
