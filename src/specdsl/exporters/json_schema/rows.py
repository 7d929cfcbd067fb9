"""The schema that rows of several tables are held against, and where each table stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace
from typing import Any, Final

from specdsl.compiler import Compilation
from specdsl.exporters.json_schema.exporter import schema_of
from specdsl.exporters.json_schema.written import Schema
from specdsl.exporters.spec import Spec, Wanted
from specdsl.ir.model import Dataset
from specdsl.local_files import LocalFiles
from specdsl.syntax.parser import parse

_BY_NAME: Final = (("$defs",), ("definitions",), ("components", "schemas"), ())
"""Where a document may have the schemas of tables, by their names."""

_SAYS: Final = frozenset(
    {"type", "properties", "patternProperties", "additionalProperties", "required", "items", "prefixItems",
     "$ref", "$dynamicRef", "allOf", "anyOf", "oneOf", "not", "if", "enum", "const", "pattern", "format",
     "minimum", "maximum", "minLength", "maxLength", "minItems", "maxItems", "contains", "propertyNames"}
)  # fmt: skip


def schema_of_rows(compilation: Compilation, dataset: Dataset, tables: Sequence[str]) -> Schema:
    """The schema of ``tables`` as ``specdsl export --plain --examples 0`` writes it."""
    if not compilation.trees:  # they are left behind where a dataset goes to another process
        trees = {name: parse(source).tree for name, source in compilation.sources.items()}
        compilation = replace(compilation, trees=trees)
    spec = Spec(compilation, dataset, LocalFiles())
    return schema_of(spec, Wanted(tuple(tables), examples=0, plain=True))


def pointers_of(document: Any, tables: Sequence[str]) -> dict[str, str]:
    """The JSON Pointer of each table's schema in a document: the whole of it where there is one table;
    else the definition, or the member, of the table's name. Tables without a schema are left out."""
    if len(tables) == 1 and not (isinstance(document, dict) and _SAYS.isdisjoint(document)):
        return {tables[0]: ""}
    found = {}
    for name in tables:
        for place in _BY_NAME:
            holds = document
            for step in place:
                holds = holds.get(step) if isinstance(holds, dict) else None
            if isinstance(holds, dict) and isinstance(holds.get(name), dict | bool):
                escaped = name.replace("~", "~0").replace("/", "~1")
                found[name] = "".join(f"/{step}" for step in (*place, escaped))
                break
    return found or ({tables[0]: ""} if len(tables) == 1 else {})
