"""Generators of small specs for the tests."""

from __future__ import annotations

from pathlib import Path
from typing import Any

import numpy as np
import pyarrow as pa

from specdsl.compiler import Overrides, compile_source
from specdsl.diagnostics.model import Severity
from specdsl.generate.errors import GenerationError
from specdsl.generate.generator import Generator
from specdsl.local_files import LocalFiles
from specdsl.plan.model import Plan
from specdsl.plan.planner import plan
from specdsl.source import SourceFile


def planned(text: str, folder: Path | None = None, edge: float = 0.0) -> Plan:
    """The plan of a spec, which must have no errors; ``edge`` of its rows are edge rows."""
    files = LocalFiles(folder)
    name = str((folder or Path()) / "spec.dgen")
    compilation = compile_source(SourceFile(name, text), files, Overrides(edge=edge))
    errors = [d for d in compilation.diagnostics if d.severity is Severity.ERROR]
    assert not errors, [f"{d.code} {d.message()}" for d in errors]
    assert compilation.dataset is not None
    return plan(compilation.dataset)


def generator(text: str, folder: Path | None = None, edge: float = 0.0) -> Generator:
    """A generator of a spec, which must have no errors; ``edge`` of its rows are edge rows."""
    return Generator(planned(text, folder, edge), LocalFiles(folder))


def made(source: str | Generator, table: str, batch_rows: int = 1000) -> dict[str, list[Any]]:
    """All columns of a table, hidden ones too, as Python values."""
    g = generator(source) if isinstance(source, str) else source
    batches = list(g.batches(table, batch_rows=batch_rows, hidden=True))
    return pa.Table.from_batches(batches, g.schema(table, hidden=True)).to_pydict()


def failure(text: str, table: str) -> str:
    """The code of the diagnostic that making ``table`` ends with."""
    try:
        made(text, table)
    except GenerationError as error:
        from specdsl.source import Span

        diagnostic = error.make(Span("spec.dgen", 0, 0))
        assert diagnostic.message()
        assert diagnostic.help()
        return diagnostic.code
    raise AssertionError("nothing failed")


def counts(values: list[Any]) -> dict[Any, int]:
    """How often each value occurs."""
    found, number = np.unique(np.array(values, dtype=object), return_counts=True)
    return dict(zip(found.tolist(), number.tolist(), strict=True))
