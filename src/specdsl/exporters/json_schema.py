"""JSON Schema of the rows that a build writes as JSON or JSON Lines.

Every row of every build validates, formats asserted. The schema is as narrow as JSON Schema can say: types,
bounds, lengths, enums, patterns, nulls. What it cannot say stands in members that begin with ``x-``: keys,
unique columns, references and the names of checks.
"""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from typing import Any, Final

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import json_schema
from specdsl.ir.expr import Const, RegexDraw
from specdsl.ir.model import Column, Dataset, Table

DIALECT: Final = "https://json-schema.org/draft/2020-12/schema"
_NUMBERS: Final = (t.Int, t.Float, t.Decimal)
_TIME: Final = r"^([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,6})?$"
Schema = dict[str, Any]


def json_schema_text(dataset: Dataset, tables: Sequence[str] = ()) -> str:
    """One table as a schema by itself; several as ``$defs``, of which any one describes the document."""
    chosen = [dataset.tables[name] for name in tables or dataset.tables]
    if len(chosen) == 1:
        document = {"$schema": DIALECT, **table_schema(chosen[0])}
    else:
        document = {"$schema": DIALECT, "title": dataset.name}
        if dataset.doc.strip():
            document["description"] = dataset.doc.strip()
        document["$defs"] = {table.name: table_schema(table) for table in chosen}
        document["anyOf"] = [{"$ref": f"#/$defs/{_pointer(table.name)}"} for table in chosen]
    return json.dumps(document, ensure_ascii=False, indent=2) + "\n"


def _pointer(name: str) -> str:
    """A name within a JSON Pointer that is the fragment of an address."""
    from urllib.parse import quote

    return quote(name.replace("~", "~0").replace("/", "~1"))


def table_schema(table: Table) -> Schema:
    """The schema of a table's rows: of objects, in which columns that may be null are there all the same, as
    null, and those that may be absent are not required; or of the values of a bare column."""
    written = {name: column for name, column in table.columns.items() if not column.hidden}
    schema: Schema = {"title": table.name}
    if table.doc.strip():
        schema["description"] = table.doc.strip()
    if table.bare:
        (column,) = written.values()
        return schema | _column(table, column) | dict(_rules(table, written))
    schema |= {
        "type": "object",
        "properties": {name: _column(table, column) for name, column in written.items()},
        "required": [name for name, column in written.items() if not table.absent(column)],
        "additionalProperties": False,
    }
    return schema | dict(_rules(table, written))


def _rules(table: Table, written: Mapping[str, Column]) -> Iterator[tuple[str, Any]]:
    """What JSON Schema has no words for."""
    if table.key:
        yield "x-key", list(table.key)
    unique = [[name] for name, c in written.items() if c.uniqueness != "none" and (name,) != table.key]
    unique += [list(one.columns) for one in table.uniques if not one.primary]
    if unique:
        yield "x-unique", unique
    references = [
        {"columns": list(one.columns), "table": one.table, "key": list(one.key)}
        for one in table.references.values()
        if all(name in written for name in one.columns)
    ]
    if references:
        yield "x-references", references
    if table.checks:
        yield "x-checks", [check.name for check in table.checks]


def _column(table: Table, column: Column) -> Schema:
    schema = _value(column.type)
    if isinstance(column.value, RegexDraw) and isinstance(column.type, t.String):
        schema["pattern"] = f"^(?:{column.value.pattern})$"
    if column.bounds is not None and isinstance(column.type, _NUMBERS):
        low, high = column.bounds.low, column.bounds.high
        schema |= {
            word: value
            for word, bound in (("minimum", low), ("maximum", high))
            if (value := _number(bound, column.type)) is not None
        }
    if column.nullable and not table.absent(column):
        schema = _nullable(schema)
    if column.doc.strip():
        schema["description"] = column.doc.strip()
    return schema


def _number(bound: object, kind: t.DataType) -> int | float | None:
    """A constant bound as JSON has it."""
    if not isinstance(bound, Const) or not isinstance(bound.value, int | float):
        return None
    if isinstance(kind, t.Decimal) and kind.scale:
        return float(f"{bound.value}e-{kind.scale}")
    return bound.value


def _value(kind: t.DataType) -> Schema:
    """The schema of one value that is not null."""
    match kind:
        case t.List(item, low, high):
            schema: Schema = {"type": "array", "items": _value(item)}
            if low:
                schema["minItems"] = low
            if high is not None:
                schema["maxItems"] = high
            return schema
        case t.Struct(fields):
            return {
                "type": "object",
                "properties": {
                    f.name: _nullable(_value(f.type)) if f.nullable and not f.absent else _value(f.type)
                    for f in fields
                },
                "required": [f.name for f in fields if not f.absent],
                "additionalProperties": False,
            }
        case t.Decimal(precision, scale) if scale:  # many validators take 0.29 for no multiple of 0.01
            return {"type": "number", "x-decimal": [precision, scale]}
        case t.Time():  # JSON Schema's own times have an offset from UTC
            return {"type": "string", "pattern": _TIME}
        case _:
            return dict(json_schema(kind))


def _nullable(schema: Schema) -> Schema:
    """The schema, and null."""
    if not schema:
        return schema
    if "enum" in schema:
        return schema | {"enum": [*schema["enum"], None]}
    return schema | {"type": [schema["type"], "null"]}
