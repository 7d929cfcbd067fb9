"""Tables: their columns, keys, uniques and checks, put together."""

from __future__ import annotations

from dataclasses import dataclass, field, replace

from specdsl.check.changes import changes_of
from specdsl.check.columns import Checked, Columns
from specdsl.check.covering.declared import cover_of, covers
from specdsl.check.dirt import dirt_of
from specdsl.check.expressions import DEEPEST, Typing
from specdsl.check.history_types import bounded_histories, history, records, sound_histories
from specdsl.check.lifecycle_types import lifecycle, sound_lifecycles
from specdsl.check.operators import condition
from specdsl.check.partitions import check_partition, partition_of
from specdsl.check.paths import unknown_column
from specdsl.check.rows import Rows
from specdsl.check.scopes import ColumnSymbol, Program, Sites, TableSymbol, poisoned
from specdsl.check.spans import ColumnSpans
from specdsl.check.targets import counted_rows, counts_rows, has_targets, targets_of
from specdsl.check.variants import variants_of
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.syntax import NestingTooDeep
from specdsl.ir import expr as ir
from specdsl.ir.model import (
    Check,
    Column,
    ColumnGroup,
    Reference,
    Table,
    UniqueConstraint,
    Uniqueness,
    UniquePlan,
)
from specdsl.source import Span
from specdsl.syntax import tree


@dataclass(slots=True)
class _Parts:
    columns: dict[str, Column] = field(default_factory=dict)
    references: dict[str, Reference] = field(default_factory=dict)
    groups: list[ColumnGroup] = field(default_factory=list)
    uniques: list[UniqueConstraint] = field(default_factory=list)
    checks: list[Check] = field(default_factory=list)
    complete: bool = True


def check_table(program: Program, columns: Columns, table: TableSymbol, rows: Rows) -> Table | None:
    """The checked form of a table; None where a part of it is broken."""
    sound_lifecycles(program, table)
    sound_histories(program, table)
    parts = _Parts()
    decls: dict[int, Checked] = {}
    for member in table.decl.members:
        if isinstance(member, tree.ColumnDecl):
            decls[id(member)] = columns.check(table, member)
    for symbol in table.columns.values():
        _take(program, table, symbol, decls, parts)
    for decl in table.groups:
        group = decls[id(decl)].group
        if group is None:
            parts.complete = False
        else:
            parts.groups.append(group)
    for symbol_reference in table.references.values():
        reference = decls[id(symbol_reference.decl)].reference
        if reference is None:
            parts.complete = False
        else:
            parts.references[reference.name] = reference
    _rules(program, table, parts)
    _row_source(program, table, rows, parts)
    if parts.complete and not table.incomplete and all(c.hidden for c in parts.columns.values()):
        if not any(isinstance(m, tree.ErrorMember) for m in table.decl.members):
            hidden = len(parts.columns)
            program.bag.add(names.NoColumns(span=table.decl.name.span, table=table.name, hidden=hidden))
        return None
    if parts.complete and not table.incomplete:
        _bare_row(program, table, parts)
    if not parts.complete or table.incomplete:
        return None
    cycles = tuple(lifecycle(program, symbol, parts.columns) for symbol in table.lifecycles.values())
    if None in cycles or not bounded_histories(program, table, parts.columns):
        return None
    partition = partition_of(program, table.decl)
    cover = cover_of(program, table)
    if cover is None and any(isinstance(m, tree.CoverDecl) for m in table.decl.members):
        return None
    checked = Table(
        name=table.name,
        columns=parts.columns,
        references=parts.references,
        groups=tuple(parts.groups),
        key=table.key,
        uniques=tuple(parts.uniques),
        checks=tuple(parts.checks),
        rows=rows.count,
        over=rows.over,
        source=rows.source,
        query=rows.query,
        partition_by=tuple(n.text for n in partition.columns) if partition is not None else (),
        grows=rows.grows,
        doc=table.decl.doc,
        lifecycles=tuple(cycle for cycle in cycles if cycle is not None),
        cover=cover,
        histories=tuple(history(symbol) for symbol in table.histories.values()),
        records=tuple(records(symbol) for symbol in table.records.values()),
    )
    if partition is not None:
        check_partition(program, checked, partition)
    if has_targets(table.decl):
        met = targets_of(program, table, checked)
        if not met.complete:
            return None
        rows_of = counted_rows(met.targets) if checked.rows is None else checked.rows
        checked = replace(checked, columns=met.columns, targets=tuple(met.targets), rows=rows_of)
    variants = variants_of(program, columns, table, checked)
    if variants is None:
        return None
    updates, deletes = changes_of(program, table, checked)
    dirt = dirt_of(program, table, checked)
    return replace(checked, dirt=dirt, variants=variants, updates=updates, deletes=deletes)


def _take(
    program: Program, table: TableSymbol, symbol: ColumnSymbol, decls: dict[int, Checked], parts: _Parts
) -> None:
    """Puts one column where it belongs."""
    if symbol.decl is not None:
        checked = decls[id(symbol.decl)]
        column = next((c for c in checked.columns if c.name == symbol.name), None)
        if column is None or column.type == t.UNKNOWN or poisoned(column.value):
            parts.complete = False
        if column is not None:
            parts.columns[symbol.name] = column
        return
    program.spans.tables[table.name].columns.setdefault(symbol.name, ColumnSpans(symbol.span, symbol.span))
    if symbol.type is None or symbol.type == t.UNKNOWN:
        parts.complete = False
        return
    value: ir.Expr
    if symbol.name in table.given:
        value = ir.SourceValue(symbol.type, symbol.nullable, symbol.name)
    else:
        value = ir.DimensionValue(symbol.type, False)
    parts.columns[symbol.name] = Column(symbol.name, symbol.type, symbol.nullable, value)


def _rules(program: Program, table: TableSymbol, parts: _Parts) -> None:
    spans = program.spans.tables[table.name].rules
    seen: dict[tuple[str, ...], Span] = {}
    if table.key_span is not None:
        spans["key"] = table.key_span
        _unique(program, table, table.key, parts, primary=True)
        seen[table.key] = table.key_span
    for member in table.decl.members:
        match member:
            case tree.KeyDecl(columns=listed):
                _known(table, program, listed, "a key", parts)
            case tree.PartitionDecl(columns=listed):
                _known(table, program, listed, "`partition by`", parts)
            case tree.CoverDecl(columns=listed):
                _known(table, program, listed, "`cover`", parts)
            case tree.UniqueDecl(columns=listed):
                columns = tuple(dict.fromkeys(n.text for n in listed))
                if not _known(table, program, listed, "`unique`", parts):
                    continue
                if columns in seen:
                    program.bag.add(
                        names.DuplicateRule(
                            span=member.span,
                            what=f"unique ({', '.join(columns)})",
                            table=table.name,
                            first=seen[columns],
                            remedy="remove one of them",
                        )
                    )
                    continue
                seen[columns] = member.span
                spans[f"unique:{','.join(columns)}"] = member.span
                _unique(program, table, columns, parts, primary=False)
            case tree.ColumnDecl(grouped=True, modifiers=modifiers):
                mark = next((m for m in modifiers if isinstance(m, tree.UniqueMark)), None)
                columns = tuple(n.text for n in member.targets)
                if mark is not None and columns not in seen:
                    seen[columns] = mark.span
                    spans[f"unique:{','.join(columns)}"] = mark.span
                    _unique(program, table, columns, parts, primary=False)
            case tree.CheckDecl():
                _check(program, table, member, parts)
            case _:
                pass


def _bare_row(program: Program, table: TableSymbol, parts: _Parts) -> None:
    """A row that is one value has room for no other column."""
    written = [c.name for c in parts.columns.values() if not c.hidden]
    for member in table.decl.members:
        mark = next((m for m in getattr(member, "modifiers", ()) if isinstance(m, tree.BareMark)), None)
        if mark is None or not isinstance(member, tree.ColumnDecl):
            continue
        name = member.targets[0].text
        if name not in written or len(written) > 1:
            others = tuple(c for c in written if c != name) if name in written else ()
            program.bag.add(types.BareRow(span=mark.span, column=name, others=others))


def _known(
    table: TableSymbol, program: Program, listed: tuple[tree.Name, ...], what: str, parts: _Parts
) -> bool:
    fine = True
    scope = Typing(program, table, Sites())
    seen: dict[str, Span] = {}
    for name in listed:
        if name.text not in table.columns:
            fine = parts.complete = False
            if not table.nameless:
                scope.report(unknown_column(scope, name, table))
        elif name.text in seen:
            scope.report(
                names.DuplicateMember(
                    span=name.span, written=name.text, what="column", owner=what, first=seen[name.text]
                )
            )
        seen.setdefault(name.text, name.span)
    return fine


def _unique(
    program: Program, table: TableSymbol, columns: tuple[str, ...], parts: _Parts, *, primary: bool
) -> None:
    """Records that no two rows agree on ``columns``; how that is kept is decided later."""
    if any(c not in parts.columns for c in columns):
        return
    if len(columns) > 1:
        parts.uniques.append(UniqueConstraint(columns, UniquePlan.STRUCTURAL, primary))
        return
    column = parts.columns[columns[0]]
    if column.uniqueness is Uniqueness.NONE:
        parts.columns[columns[0]] = replace(column, uniqueness=Uniqueness.INJECTIVE)
    reference = parts.references.get(columns[0])
    if reference is not None and reference.columns == columns:
        parts.references[columns[0]] = replace(reference, unique=True)


def _check(program: Program, table: TableSymbol, decl: tree.CheckDecl, parts: _Parts) -> None:
    spans = program.spans.tables[table.name].rules
    name = decl.name.text
    if name in spans:
        program.bag.add(
            names.DuplicateRule(
                span=decl.name.span,
                what=f"check `{name}`",
                table=table.name,
                first=spans[name],
                remedy="rename one of them: reports tell checks apart by their names",
            )
        )
        return
    spans[name] = decl.name.span
    sites = Sites(ColumnSpans(decl.span, decl.name.span))
    scope = Typing(program, table, sites, root=decl.condition, owner=name)
    try:
        test = condition(scope, decl.condition, f"check `{name}`")
    except RecursionError:
        program.bag.add(NestingTooDeep(span=decl.name.span, limit=DEEPEST // 2))
        parts.complete = False
        return
    if poisoned(test):
        parts.complete = False
        return
    if sites.count and sites.spans is not None:
        program.bag.add(
            types.SpecialForm(
                span=sites.spans.parts["site:0"],
                function="check",
                why="looks at values that a row has, and this draws new ones",
                remedy="draw it in a column (`hidden` if it is not wanted), and compare that",
            )
        )
        parts.complete = False
        return
    parts.checks.append(Check(name, test, decl.doc))


def _row_source(program: Program, table: TableSymbol, rows: Rows, parts: _Parts) -> None:
    """A table's rows come from one place."""
    decl = table.decl
    each = [
        (r.decl, m) for r in table.references.values() for m in r.decl.modifiers if isinstance(m, tree.Each)
    ]
    given = [
        (node.span, word)
        for node, word in ((decl.query, "a query"), (decl.source, "a file"), (decl.database, "a database"))
        if node is not None
    ]
    counted = [
        (node.span, word) for node, word in ((decl.count, "a row count"), (decl.over, "`over`")) if node
    ]
    counted += [(m.span, "`each`") for _, m in each]
    if given and counted:
        _two_sources(program, table, given[0], counted[0])
        parts.complete = False
    elif decl.count is not None and decl.over is not None:
        _two_sources(program, table, (decl.over.span, "`over`"), (decl.count.span, "a row count"))
        parts.complete = False
    elif decl.count is not None and len(each) > 1:
        program.bag.add(
            types.RowCount(
                span=each[1][1].span,
                why="a row count goes with one `each`, and this table has two",
                remedy="remove the row count, and the two multiply; or remove one `each`",
            )
        )
        parts.complete = False
    elif not (given or counted or table.incomplete or counts_rows(decl) or covers(decl)):
        line = program.line_with(decl.name.span.at_end(), " 1_000")
        program.bag.add(types.NoRowCount(span=decl.name.span, table=table.name, corrected=line.strip("`")))
        parts.complete = False
    if (decl.count is not None and rows.count is None) or (decl.over is not None and rows.over is None):
        parts.complete = False
    from_elsewhere = decl.source is not None or decl.database is not None
    if (from_elsewhere and rows.source is None) or (decl.query is not None and rows.query is None):
        parts.complete = False


def _two_sources(program: Program, table: TableSymbol, one: tuple[Span, str], two: tuple[Span, str]) -> None:
    program.bag.add(
        types.RowCount(
            span=two[0],
            why=f"the rows of `{table.name}` come from {one[1]}, so {two[1]} cannot say how many there are",
            remedy="keep one of the two",
        )
    )
