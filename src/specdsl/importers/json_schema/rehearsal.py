"""Rows of the finished spec held against the schema, before anything is written: the importer's own proof."""

from __future__ import annotations

import json
from collections.abc import Sequence

import pyarrow as pa

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Severity
from specdsl.generate.errors import GenerationError
from specdsl.generate.generator import Generator
from specdsl.importers.json_schema.resources import Resources
from specdsl.ir.model import Table
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from specdsl.sinks.base import documented
from specdsl.sinks.jsonl import object_lines
from specdsl.source import SourceFile

ROWS = 50


def shortcomings(text: str, tables: Sequence[str], resources: Resources, path: str = "imported.dgen") -> str:
    """What is wrong with a spec: '' for nothing, else a sentence. ``tables``: those whose rows the schema is
    about; ``path``: where the spec would stand, for the data files that it names."""
    files = LocalFiles()
    compilation = compile_source(SourceFile(path, text), files)
    if compilation.dataset is None:
        first = next(d for d in compilation.diagnostics if d.severity is Severity.ERROR)
        source = compilation.sources[first.span.file]
        line = source.text.splitlines()[source.lines.position(first.span.start).line]
        return f"it does not compile: {first.message()}, in `{line.strip()[:120]}`"
    missing = next((name for name in tables if name not in compilation.dataset.tables), None)
    if missing is not None:
        return f"it has no table `{missing}`"
    try:
        generator = Generator(plan(compilation.dataset), files)
        for name in tables:
            found = _invalid(generator, compilation.dataset.tables[name], resources)
            if found:
                return f"a row is not valid: {found}"
    except GenerationError as failure:
        return f"its rows cannot be made: {failure.diagnostic(compilation.spans).message()}"
    return ""


def _invalid(generator: Generator, table: Table, resources: Resources) -> str:
    """The first problem among the first rows of a table; '' where there is none, or where SQL makes the rows
    from built tables."""
    if table.query is not None:
        return ""
    columns = {f: table.columns[f.name] for f in generator.schema(table.name)}
    schema = pa.schema(
        [documented(f, "", c.type, absent=table.absent(c), bare=c.bare) for f, c in columns.items()]
    )
    lines = b"".join(bytes(object_lines(b, schema)) for b in generator.batches(table.name, 0, ROWS))
    for line in lines.decode().splitlines():
        problems = resources.problems(json.loads(line))
        if problems:
            return problems[0]
    return ""
