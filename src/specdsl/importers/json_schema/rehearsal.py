"""Rows of the finished spec held against the schema, before anything is written: the importer's own proof."""

from __future__ import annotations

import json

import pyarrow as pa

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Severity
from specdsl.generate.errors import GenerationError
from specdsl.generate.generator import Generator
from specdsl.importers.json_schema.resources import Resources
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from specdsl.sinks.base import documented
from specdsl.sinks.jsonl import object_lines
from specdsl.source import SourceFile

ROWS = 50


def shortcomings(text: str, table: str, resources: Resources) -> str:
    """What is wrong with a spec: '' for nothing, else a sentence. Anything is a bug of the importer."""
    files = LocalFiles()
    compilation = compile_source(SourceFile("imported.dgen", text), files)
    if compilation.dataset is None:
        first = next(d for d in compilation.diagnostics if d.severity is Severity.ERROR)
        line = text.splitlines()[compilation.sources["imported.dgen"].lines.position(first.span.start).line]
        return f"it does not compile: {first.message()}, in `{line.strip()[:120]}`"
    generator = Generator(plan(compilation.dataset), files)
    try:
        declared = compilation.dataset.tables[table]
        columns = {f: declared.columns[f.name] for f in generator.schema(table)}
        schema = pa.schema(
            [documented(f, "", c.type, absent=declared.absent(c), bare=c.bare) for f, c in columns.items()]
        )
        lines = b"".join(bytes(object_lines(b, schema)) for b in generator.batches(table, 0, ROWS))
    except GenerationError as failure:
        return f"its rows cannot be made: {failure.diagnostic(compilation.spans).message()}"
    for line in lines.decode().splitlines():
        problems = resources.problems(json.loads(line))
        if problems:
            return f"a row is not valid: {problems[0]}"
    return ""
