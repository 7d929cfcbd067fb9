"""Tables whose rows are those of a table in a database."""

from __future__ import annotations

from pathlib import PurePath

from specdsl.check.scopes import Program, TableSymbol
from specdsl.datatypes import types as t
from specdsl.diagnostics import databases, names
from specdsl.diagnostics.nearest import nearest
from specdsl.files import FileProblem, Problem, StoredRows, StoredTable
from specdsl.ir.model import SourceFileRows
from specdsl.syntax import tree

DATABASE_SUFFIXES = (".duckdb", ".ddb", ".sqlite", ".sqlite3", ".db")
"""How the names of files end that are databases."""


def stored_name(decl: tree.TableDecl, source: tree.String) -> str:
    """The table to look for in a file: the one that is named, else the one of the same name; "" in files that
    are no databases."""
    if decl.stored is not None:
        return decl.stored.value
    is_database = PurePath(source.value).suffix.lower() in DATABASE_SUFFIXES
    return decl.name.text if is_database else ""


def taken(decl: tree.TableDecl) -> list[tree.ColumnDecl]:
    """The columns that a table takes from its database: those that have a type and nothing else to come
    from."""
    return [
        m
        for m in decl.members
        if isinstance(m, tree.ColumnDecl)
        and not m.grouped
        and m.value is None
        and m.reference is None
        and m.type is not None
    ]


def stored_rows(program: Program, table: TableSymbol, database: tree.Name) -> SourceFileRows | None:
    """The rows of a table in a database; its columns become known. Without the address of the database they
    are what the spec says that they are."""
    decl = table.decl
    name = decl.stored.value if decl.stored is not None else table.name
    wanted = taken(decl)
    if not wanted:
        if not any(isinstance(m, tree.ErrorMember) for m in decl.members):
            program.bag.add(
                databases.NoStoredColumns(span=decl.name.span, table=table.name, database=database.text)
            )
        table.incomplete = True
        return None
    columns = tuple(dict.fromkeys(m.targets[0].text for m in wanted))
    key = table.key if set(table.key) <= set(columns) else ()
    table.given.update(dict.fromkeys(columns, (t.UNKNOWN, False)))  # until they are known
    try:
        found = program.files.stored_rows(StoredTable(database.text, name, columns, key))
    except FileProblem as problem:
        _report(program, table, database, name, problem)
        table.incomplete = True
        return None
    if found is None:
        return SourceFileRows("", None, name, database.text)
    table.given.update({column: (dtype, nullable) for column, dtype, nullable in found.columns})
    if not _all_there(program, table, wanted, found, f"table `{name}` of database `{database.text}`"):
        return None
    return SourceFileRows(found.path, found.rows, name, database.text, found.digest)


def _all_there(
    program: Program, table: TableSymbol, wanted: list[tree.ColumnDecl], found: StoredRows, owner: str
) -> bool:
    """Whether the table has all columns that are taken from it; a diagnostic for each that it has not."""
    for decl in wanted:
        name = decl.targets[0]
        if name.text in found.known:
            continue
        table.incomplete = True
        near = nearest(name.text, found.known)
        program.bag.add(
            names.UnknownColumn(
                span=name.span,
                written=name.text,
                near=near,
                known=found.known,
                corrected=program.line_with(name.span, names.quoted(near)) if near else "",
                owner=owner,
            )
        )
    return not table.incomplete


def _report(
    program: Program, table: TableSymbol, database: tree.Name, stored: str, problem: FileProblem
) -> None:
    if problem.problem is Problem.KEY and table.key_span is not None:
        program.bag.add(
            databases.StoredKeyRepeats(
                span=table.key_span, table=table.name, database=database.text, detail=problem.detail
            )
        )
        return
    at = table.decl.stored if problem.problem is Problem.TABLE else None
    program.bag.add(
        databases.DatabaseNotUsable(
            span=database.span if at is None else at.span,
            database=database.text,
            table=stored,
            problem=str(problem.problem),
            detail=problem.detail,
        )
    )
