"""The ``x-specdsl`` members: what JSON Schema has no words for."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Any

from specdsl.exporters.json_schema import vocabulary as v
from specdsl.exporters.json_schema.columns import declared_column
from specdsl.exporters.json_schema.written import Written
from specdsl.ir.model import Table
from specdsl.syntax import tree


def rules(written: Written, table: Table) -> Iterator[tuple[str, Any]]:
    """Keys, unique columns, references and checks of a table, as far as they are about columns that are
    written."""
    shown = {name for name, column in table.columns.items() if not column.hidden}
    if table.key and shown.issuperset(table.key):
        yield v.KEY, list(table.key)
    unique = [
        [name]
        for name, column in table.columns.items()
        if name in shown and column.uniqueness != "none" and (name,) != table.key
    ]
    unique += [list(one.columns) for one in table.uniques if not one.primary]
    if unique:
        yield v.UNIQUE, unique
    references = [
        {"columns": list(one.columns), "table": one.table, "key": list(one.key)}
        for one in table.references.values()
        if shown.issuperset(one.columns)
    ]
    if references:
        yield v.REFERENCES, references
    conditions = {
        one.name.text: one.condition
        for one in written.spec.declarations[table.name].members
        if isinstance(one, tree.CheckDecl)
    }
    if table.checks:
        yield v.CHECKS, {one.name: written.spec.text(conditions[one.name]) for one in table.checks}


def expression(written: Written, table: Table, name: str) -> Iterator[tuple[str, str]]:
    """The type and the expression of a column, as they are written."""
    decl = declared_column(written, table, name)
    if decl is None or decl.grouped:
        return
    if decl.type is not None:
        yield v.TYPE, written.spec.text(decl.type)
    if decl.value is not None:
        yield v.VALUE, written.spec.text(decl.value)


def declaration(
    written: Written, item: tree.DatasetDecl | tree.TableDecl | tree.TypeDecl | tree.EnumDecl | tree.PoolDecl
) -> str:
    """The text of a declaration, with its documentation."""
    doc = item.doc
    text = written.spec.text(item)
    if not doc.strip() or text.startswith("##"):
        return text
    return "\n".join([*(f"## {row}".rstrip() for row in doc.strip().splitlines()), text])


def others(written: Written, tables: Sequence[Table]) -> list[str]:
    """The declarations that no part of the schema has: of pools, of types that only expressions name, of
    tables that are not described."""
    spec, described = written.spec, {table.name for table in tables}
    found: list[str] = [declaration(written, one) for one in spec.pools.values()]
    found += [
        declaration(written, one) for name, one in spec.types.items() if name not in written.definitions
    ]
    found += [declaration(written, one) for name, one in spec.declarations.items() if name not in described]
    return found
