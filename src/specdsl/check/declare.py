"""First pass: the names that the files declare, and the columns of each table."""

from __future__ import annotations

from collections.abc import Mapping, Sequence

from specdsl.check.events import expand_events
from specdsl.check.histories import expand_history
from specdsl.check.lifecycles import expand
from specdsl.check.locales import locale_of_table
from specdsl.check.own_nulls import expand_own_nulls
from specdsl.check.scopes import (
    ColumnSymbol,
    EnumSymbol,
    PoolSymbol,
    Program,
    ReferenceSymbol,
    TableSymbol,
    TypeSymbol,
)
from specdsl.check.spans import TableSpans
from specdsl.check.type_expressions import BUILT_IN
from specdsl.check.weights import shares
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.source import Span
from specdsl.syntax import tree

_RESERVED_TYPES = frozenset({*BUILT_IN, "decimal", "list", "struct"})


def in_order(
    main: tree.File, trees: Mapping[str, tree.File], resolved: Mapping[Span, str]
) -> list[tree.File]:
    """The files of a program, imported ones before those that import them, each once. ``resolved`` has the
    path that each import (by its span) stands for."""
    out: list[tree.File] = []
    seen: set[str] = set()

    def visit(file: tree.File) -> None:
        if file.span.file in seen:
            return
        seen.add(file.span.file)
        for item in file.items:
            if isinstance(item, tree.Import):
                imported = trees.get(resolved.get(item.span, item.path.value))
                if imported is not None:
                    visit(imported)
        out.append(file)

    visit(main)
    return out


def declare(program: Program, files: Sequence[tree.File]) -> tree.DatasetDecl | None:
    """Fills the symbol tables; the dataset block, if there is one."""
    places: dict[str, tuple[str, Span]] = {}
    dataset: tree.DatasetDecl | None = None
    tables: list[TableSymbol] = []
    for file in files:
        for item in file.items:
            match item:
                case tree.ErrorItem():
                    program.incomplete = True
                case tree.DatasetDecl():
                    if dataset is not None:
                        program.bag.add(
                            names.SecondDataset(
                                span=item.name.span, written=item.name.text, first=dataset.name.span
                            )
                        )
                    else:
                        dataset = item
                case tree.EnumDecl() if _new(program, places, item.name, "enum"):
                    _enum(program, item)
                case tree.TypeDecl() if _new(program, places, item.name, "type"):
                    program.types[item.name.text] = TypeSymbol(item)
                    program.spans.types[item.name.text] = item.name.span
                case tree.PoolDecl() if _new(program, places, item.name, "pool"):
                    program.pools[item.name.text] = PoolSymbol(item.name.text, item.name.span)
                    program.spans.pools[item.name.text] = item.name.span
                case tree.TableDecl() if _new(program, places, item.name, "table"):
                    symbol = TableSymbol(item.name.text, item)
                    program.tables[item.name.text] = symbol
                    count = item.count.span if item.count is not None else None
                    program.spans.tables[item.name.text] = TableSpans(item.span, item.name.span, count)
                    tables.append(symbol)
                case _:
                    pass
    for symbol in tables:
        expand(program, symbol)
    for symbol in tables:
        expand_own_nulls(symbol)
        expand_history(program, symbol)
    for symbol in tables:
        expand_events(program, symbol)
    for symbol in tables:
        _columns(program, symbol)
    for symbol in tables:
        _targets(program, symbol)
    return dataset


def _new(program: Program, places: dict[str, tuple[str, Span]], name: tree.Name, what: str) -> bool:
    if what in ("enum", "type") and name.text in _RESERVED_TYPES:
        program.bag.add(
            names.DuplicateName(
                span=name.span,
                written=name.text,
                what=what,
                first_what="type of the language",
                first=None,
            )
        )
        return False
    if name.text in places:
        first_what, first = places[name.text]
        program.bag.add(
            names.DuplicateName(
                span=name.span, written=name.text, what=what, first_what=first_what, first=first
            )
        )
        return False
    places[name.text] = (what, name.span)
    return True


def _enum(program: Program, decl: tree.EnumDecl) -> None:
    seen: dict[str, Span] = {}
    members: list[tree.EnumMember] = []
    for member in decl.members:
        if member.name.text in seen:
            program.bag.add(
                names.DuplicateMember(
                    span=member.name.span,
                    written=member.name.text,
                    what="member",
                    owner=f"enum `{decl.name.text}`",
                    first=seen[member.name.text],
                )
            )
            continue
        seen[member.name.text] = member.name.span
        members.append(member)
    if not members:
        program.bag.add(
            types.TypeArguments(
                span=decl.name.span,
                type=decl.name.text,
                why="has no members",
                remedy=f"name them: `enum {names.quoted(decl.name.text)} {{ first, second }}`",
            )
        )
        program.incomplete = True
        return
    arms = [(f"`{m.name.text}`", m.weight, m.span) for m in members]
    weighted = any(m.weight is not None for m in members)
    parts = (
        shares(program, f"enum `{decl.name.text}`", arms, decl.name.span)
        if weighted
        else tuple(1 / len(members) for _ in members)
    )
    dtype = t.Enum(decl.name.text, tuple(m.name.text for m in members))
    program.enums[decl.name.text] = EnumSymbol(decl, dtype, parts)
    program.spans.enums[decl.name.text] = decl.name.span


# --- tables --------------------------------------------------------------------------------


def _columns(program: Program, table: TableSymbol) -> None:
    """The columns, references and key of a table, as far as their names go."""
    decl = table.decl
    key: tuple[tuple[str, ...], Span] | None = None
    if decl.over is not None and not _declares(decl, decl.over.column.text):
        _add(program, table, ColumnSymbol(decl.over.column.text, table, decl.over.column.span))
    for member in decl.members:
        match member:
            case tree.ErrorMember(name=name):
                table.incomplete = True
                table.nameless |= name is None
                if name is not None and name.text not in table.columns:
                    table.columns[name.text] = ColumnSymbol(name.text, table, name.span, type=t.UNKNOWN)
            case tree.ColumnDecl():
                _column(program, table, member)
                mark = next((m for m in member.modifiers if isinstance(m, tree.KeyMark)), None)
                if mark is not None:
                    columns = tuple(n.text for n in member.targets)
                    key = _key(program, table, key, columns, mark.span)
            case tree.KeyDecl(columns=names_):
                key = _key(program, table, key, tuple(dict.fromkeys(n.text for n in names_)), member.span)
            case _:
                pass
    table.locale = locale_of_table(program, decl)
    if key is not None:
        table.key, table.key_span = key


def _declares(decl: tree.TableDecl, name: str) -> bool:
    """Whether the body has a column of that name without a value of its own."""
    return any(
        isinstance(m, tree.ColumnDecl) and not m.grouped and m.reference is None and m.targets[0].text == name
        for m in decl.members
    )


def _key(
    program: Program,
    table: TableSymbol,
    before: tuple[tuple[str, ...], Span] | None,
    columns: tuple[str, ...],
    span: Span,
) -> tuple[tuple[str, ...], Span]:
    if before is None:
        return columns, span
    together = ", ".join(names.quoted(c) for c in dict.fromkeys((*before[0], *columns)))
    program.bag.add(
        names.DuplicateRule(
            span=span,
            what="its key",
            table=table.name,
            first=before[1],
            remedy=f"for a key of several columns write `key ({together})` on a line of its own, "
            "and otherwise make one of them `unique`",
        )
    )
    return before


def _add(program: Program, table: TableSymbol, symbol: ColumnSymbol) -> None:
    first = table.columns.get(symbol.name)
    if first is not None:
        program.bag.add(
            names.DuplicateColumn(
                span=symbol.span, written=symbol.name, owner=f"table `{table.name}`", first=first.span
            )
        )
        return
    table.columns[symbol.name] = symbol


def _column(program: Program, table: TableSymbol, decl: tree.ColumnDecl) -> None:
    symbols = [ColumnSymbol(n.text, table, n.span, decl, i) for i, n in enumerate(decl.targets)]
    for symbol in symbols:
        _add(program, table, symbol)
    if decl.reference is not None:
        nullable = decl.reference.optional or any(isinstance(m, tree.NullRate) for m in decl.modifiers)
        columns = tuple(n.text for n in decl.targets)
        reference = ReferenceSymbol(columns[0], columns, decl, nullable, None)
        if table.columns[columns[0]] is symbols[0]:
            table.references[columns[0]] = reference
        for symbol in symbols:
            symbol.reference = reference
    elif decl.grouped:
        table.groups.append(decl)


def _targets(program: Program, table: TableSymbol) -> None:
    """Which tables the references of a table point to."""
    for reference in table.references.values():
        clause = reference.decl.reference
        assert clause is not None
        target = program.tables.get(clause.table.text)
        if target is None:
            if not program.incomplete:
                known = tuple(program.tables)
                near = nearest(clause.table.text, known)
                program.bag.add(
                    names.UnknownTable(
                        span=clause.table.span,
                        written=clause.table.text,
                        near=near,
                        known=known,
                        corrected=program.line_with(clause.table.span, names.quoted(near)) if near else "",
                    )
                )
            continue
        reference.target = target
