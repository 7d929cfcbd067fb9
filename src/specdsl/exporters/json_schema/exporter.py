"""JSON Schema of the rows that a build writes as JSON or JSON Lines: the whole pipeline of this exporter."""

from __future__ import annotations

import json
from typing import Any, Final

from specdsl.datatypes.counterparts import object_schema
from specdsl.exporters.json_schema import vocabulary as v
from specdsl.exporters.json_schema.carried import declaration, expression, others, rules
from specdsl.exporters.json_schema.columns import column_schema
from specdsl.exporters.json_schema.drafts import in_draft
from specdsl.exporters.json_schema.examples import example_rows
from specdsl.exporters.json_schema.written import Schema, Written, pointer
from specdsl.exporters.spec import Spec, Wanted
from specdsl.ir.model import Table

NEWEST: Final = "2020-12"


def export(spec: Spec, wanted: Wanted) -> str:
    """The text of the schema. Raises KeyError for a table that there is not."""
    return json.dumps(schema_of(spec, wanted), ensure_ascii=False, indent=2) + "\n"


def schema_of(spec: Spec, wanted: Wanted) -> dict[str, Any]:
    """One table as a schema by itself; several as definitions, of which any one describes a row. Raises
    KeyError for a table that there is not."""
    tables = spec.tables(wanted)
    written = Written(spec)
    schemas = {table.name: _table(written, table, wanted) for table in tables}
    if len(tables) == 1:
        document: Schema = dict(schemas[tables[0].name])
        definitions = {}
    else:
        document = {"title": spec.dataset.name}
        if spec.dataset.doc.strip():
            document["description"] = spec.dataset.doc.strip()
        document["anyOf"] = [{"$ref": f"#/$defs/{pointer(name)}"} for name in schemas]
        definitions = dict(schemas)
    for name, schema in written.definitions.items():
        carried = {} if wanted.plain else {v.DECLARATION: declaration(written, spec.types[name])}
        definitions[name] = schema | carried
    if not wanted.plain:
        document |= _whole(written, tables)
    if definitions:
        document["$defs"] = definitions
    finished = in_draft(document, wanted.variant or NEWEST)
    return finished if wanted.plain else finished | {v.DIGEST: v.digest(finished)}


def _table(written: Written, table: Table, wanted: Wanted) -> Schema:
    """The schema of a table's rows: of objects, in which columns that may be null are there all the same, as
    null, and those that may be absent are not required; or of the values of a bare column."""
    shown = {name: column for name, column in table.columns.items() if not column.hidden}
    schemas = {name: column_schema(written, table, column) for name, column in shown.items()}
    if not wanted.plain:
        schemas = {name: one | dict(expression(written, table, name)) for name, one in schemas.items()}
    schema: Schema = {"title": table.name}
    if table.doc.strip():
        schema["description"] = table.doc.strip()
    if table.bare:
        (schema_of_rows,) = schemas.values()
        schema = {**schema_of_rows, **schema}
    else:
        schema |= object_schema(schemas, [name for name, column in shown.items() if not table.absent(column)])
    rows = example_rows(written.spec, table, wanted.examples)
    if rows:
        schema["examples"] = rows
    schema |= dict(rules(written, table))
    if not wanted.plain:
        schema[v.DECLARATION] = declaration(written, written.spec.declarations[table.name])
    return schema


def _whole(written: Written, tables: list[Table]) -> Schema:
    """What belongs to the spec and to none of its tables."""
    settings, rest = written.spec.settings, others(written, tables)
    found: Schema = {v.DATASET: declaration(written, settings)} if settings is not None else {}
    return found | {v.OTHERS: rest} if rest else found
