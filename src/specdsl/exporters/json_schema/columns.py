"""The schemas of columns."""

from __future__ import annotations

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import json_schema, or_null
from specdsl.exporters.json_schema.written import Schema, Written, bounds_of
from specdsl.ir.expr import Const, RegexDraw
from specdsl.ir.model import Column, Table
from specdsl.syntax import tree


def column_schema(written: Written, table: Table, column: Column) -> Schema:
    """What a column has in JSON: with null where it may be null, its documentation, and its expression."""
    schema = _values(written, table, column)
    if column.nullable and not table.absent(column):
        schema = or_null(schema)
    if column.doc.strip():
        schema = schema | {"description": column.doc.strip()}
    return schema


def declared_column(written: Written, table: Table, name: str) -> tree.ColumnDecl | None:
    """The declaration of a column, alone or in a group."""
    for member in written.spec.declarations[table.name].members:
        if isinstance(member, tree.ColumnDecl) and any(target.text == name for target in member.targets):
            return member
    return None


def _values(written: Written, table: Table, column: Column, below: int = 0) -> Schema:
    """The values that are not null. A reference has those of the key that it refers to."""
    decl = declared_column(written, table, column.name)
    reference = table.references.get(column.reference or "")
    if reference is not None and below < len(written.spec.dataset.tables):
        parent = written.spec.dataset.tables[reference.table]
        key = reference.key[reference.columns.index(column.name)]
        return _values(written, parent, parent.columns[key], below + 1)
    if decl is not None and reference is None:
        place = next(i for i, target in enumerate(decl.targets) if target.text == column.name)
        own = decl.target_types[place] if decl.grouped else decl.type
        value = decl.value
        if decl.grouped or written.spec.declarations[table.name].source is not None:
            value = tree.ErrorExpr(decl.span)  # comes from elsewhere
        if own is not None:
            return _bounded(written.schema(own, value, bounds_of(decl.modifiers)), column)
    schema = json_schema(column.type)
    if isinstance(column.value, RegexDraw) and isinstance(column.type, t.String):
        schema["pattern"] = f"^(?:{column.value.pattern})$"
    return _bounded(schema, column)


def _bounded(schema: Schema, column: Column) -> Schema:
    """The constant bounds that the checked program knows besides those that are written out."""
    if column.bounds is None or not t.is_numeric(column.type) or "$ref" in schema or "enum" in schema:
        return schema
    schema = dict(schema)
    for word, bound, tighter in (("minimum", column.bounds.low, max), ("maximum", column.bounds.high, min)):
        if isinstance(bound, Const) and isinstance(bound.value, int | float):
            value: int | float = bound.value
            if isinstance(column.type, t.Decimal) and column.type.scale:
                value = float(f"{bound.value}e-{column.type.scale}")
                value = int(value) if value == int(value) else value
            schema[word] = tighter(value, schema[word]) if word in schema else value
    return schema
