"""Rows of the finished spec held against the schema, before anything is written: the importer's own proof."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import dataclass
from typing import Any

import pyarrow as pa

from specdsl.compiler import Compilation, compile_source
from specdsl.diagnostics.model import Severity
from specdsl.generate.errors import GenerationError
from specdsl.generate.generator import Generator
from specdsl.importers.json_schema.resources import Part, Resources
from specdsl.ir.model import Table
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from specdsl.sinks.base import documented
from specdsl.sinks.jsonl import object_lines
from specdsl.source import SourceFile

ROWS = 50


@dataclass(frozen=True, slots=True)
class Compiled:
    """A spec that was compiled; ``files`` are those that it may read."""

    source: SourceFile
    compilation: Compilation
    files: LocalFiles


def compiled(text: str, path: str = "imported.dgen") -> Compiled:
    """A spec compiled. ``path``: where it would stand, for the data files that it names."""
    source, files = SourceFile(path, text), LocalFiles()
    return Compiled(source, compile_source(source, files), files)


def shortcomings(spec: Compiled, tables: Mapping[str, Part], resources: Resources) -> str:
    """What is wrong with a spec whose ``tables`` have the rows of those schemas: '' for nothing, else a
    sentence. Rows that SQL makes of built tables are not looked at."""
    compilation = spec.compilation
    if compilation.dataset is None:
        first = next(d for d in compilation.diagnostics if d.severity is Severity.ERROR)
        line = spec.source.lines.line(spec.source.lines.position(first.span.start).line)
        return f"it does not compile: {first.message()}, in `{line.strip()[:120]}`"
    generator = Generator(plan(compilation.dataset), spec.files)
    for table, part in tables.items():
        if table not in compilation.dataset.tables:
            return f"it has no table `{table}`"
        if compilation.dataset.tables[table].query is not None:
            continue
        try:
            rows = _rows(generator, compilation.dataset.tables[table])
        except GenerationError as failure:
            return f"its rows cannot be made: {failure.diagnostic(compilation.spans).message()}"
        for row in rows:
            problems = resources.problems(row, part)
            if problems:
                return f"a row of {table} is not valid: {problems[0]}"
    return ""


def undrawable(type_: str, value: str) -> str:
    """The first mistake in a column of ``type_`` that is drawn from ``value``, '' for none."""
    found = compiled(f"table values 1 {{\n  v {type_} = {value}\n}}\n").compilation.diagnostics
    return next((d.message() for d in found if d.severity is Severity.ERROR), "")


def drawn(type_: str, value: str, rows: int = ROWS) -> list[Any]:
    """Values of a column of ``type_`` that is drawn from ``value``, as JSON has them; none where there is no
    such column."""
    column = f"{type_} = {value}" if value else type_
    spec = compiled(f"table values {max(rows, 1_000)} {{\n  v {column}\n}}\n")
    dataset = spec.compilation.dataset
    if dataset is None:
        return []
    try:
        made = _rows(Generator(plan(dataset), spec.files), dataset.tables["values"], rows)
    except GenerationError:
        return []
    return [row["v"] for row in made]


def _rows(generator: Generator, table: Table, rows: int = ROWS) -> list[Any]:
    """The first rows of a table as JSON has them. Raises GenerationError."""
    columns = {f: table.columns[f.name] for f in generator.schema(table.name)}
    schema = pa.schema(
        [documented(f, "", c.type, absent=table.absent(c), bare=c.bare) for f, c in columns.items()]
    )
    lines = b"".join(bytes(object_lines(b, schema)) for b in generator.batches(table.name, 0, rows))
    return [json.loads(line) for line in lines.splitlines()]
