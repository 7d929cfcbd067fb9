"""The schema that rows of several tables are held against, and where each table stands in it."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import replace

from specdsl.compiler import Compilation
from specdsl.exporters.json_schema.exporter import schema_of
from specdsl.exporters.json_schema.written import Schema
from specdsl.exporters.spec import Spec, Wanted
from specdsl.ir.model import Dataset
from specdsl.local_files import LocalFiles
from specdsl.syntax.parser import parse


def row_schemas(
    compilation: Compilation, dataset: Dataset, tables: Sequence[str]
) -> tuple[Schema, dict[str, str]]:
    """The schema of ``tables`` as ``specdsl export --plain --examples 0`` writes it, and the JSON Pointer of
    each table in it."""
    if not compilation.trees:  # they are left behind where a dataset goes to another process
        trees = {name: parse(source).tree for name, source in compilation.sources.items()}
        compilation = replace(compilation, trees=trees)
    spec = Spec(compilation, dataset, LocalFiles())
    document = schema_of(spec, Wanted(tuple(tables), examples=0, plain=True))
    return document, pointers_of(tables)


def pointers_of(tables: Sequence[str]) -> dict[str, str]:
    """The JSON Pointer of each table in such a schema: one by itself is the whole document."""
    if len(tables) == 1:
        return {tables[0]: ""}
    return {name: f"/$defs/{name.replace('~', '~0').replace('/', '~1')}" for name in tables}
