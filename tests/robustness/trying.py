"""What must hold of any text whatever."""

from __future__ import annotations

import json
import shutil
from collections.abc import Mapping
from dataclasses import dataclass
from pathlib import Path

from specdsl.build import BuildOptions, build
from specdsl.compiler import Overrides, compile_source
from specdsl.diagnostics.render_text import render_text
from specdsl.errors import SpecdslError
from specdsl.generate.generator import Generator
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text

_MOST_ROWS = 3_000


@dataclass(frozen=True)
class Tried:
    """How far a text got: ``told`` (by diagnostics), ``failed`` (while rows were made), ``built``."""

    end: str
    message: str = ""


def tried(text: str, folder: Path, *, rows: int = 12, built: bool = True) -> Tried:
    """Compile, format, preview and build ``text``, with ``rows`` in place of literal counts. Raises
    whatever is not a failure that the language foresees, and AssertionError where a law is broken."""
    files = LocalFiles(folder)
    source = SourceFile(str(folder / "main.dgen"), text)
    compilation = compile_source(source, files, Overrides(all_rows=rows))
    for diagnostic in compilation.diagnostics[:20]:
        assert diagnostic.message() and "\n" not in diagnostic.message()
    if compilation.diagnostics:
        assert render_text(compilation.diagnostics[:20], compilation.sources)
    formatted = format_text(source)
    if formatted is not None:
        again = format_text(SourceFile(source.name, formatted))
        assert again == formatted, "the layout is not stable"
    dataset = compilation.dataset
    if dataset is None:
        assert any(str(d.severity) == "error" for d in compilation.diagnostics)
        return Tried("told")
    if formatted is not None:
        other = compile_source(SourceFile(source.name, formatted), files, Overrides(all_rows=rows))
        assert other.dataset == dataset, "the layout changes the meaning"
    try:
        generator = Generator(plan(dataset), files)
        counts = {name: generator.row_count(name) for name, t in dataset.tables.items() if t.query is None}
        for name, count in counts.items():
            generator.batch(name, 0, min(count, 10), hidden=True)
        if not built or sum(counts.values()) > _MOST_ROWS:
            return Tried("previewed")
        out = folder / "out"
        shutil.rmtree(out, ignore_errors=True)
        result = build(compilation, BuildOptions(out, workers=1), None, files)
    except SpecdslError as failure:
        assert failure.message and "\n" not in failure.message
        if hasattr(failure, "diagnostic"):
            assert render_text([failure.diagnostic(compilation.spans)], compilation.sources)
        return Tried("failed", f"{failure.message} | {failure.help}")
    assert result.report is not None
    for rule in result.report.broken:
        if rule.rule.name.endswith(" is json") and all(map(_holds_no_json, rule.offenders)):
            continue  # a text that is none, in a column for documents: verification is who tells
        raise AssertionError(f"what was built breaks `{rule.rule.name}`: {rule.note} {rule.offenders[:2]}")
    for rule in result.report.unchecked:
        assert "Error" not in rule.note, f"`{rule.rule.name}` is refused: {rule.note}"
    return Tried("built")


def _holds_no_json(offender: Mapping[str, object]) -> bool:
    """Whether the value that verification shows is indeed no JSON document."""
    (text,) = (value for name, value in offender.items() if name != "row")
    try:
        json.loads(str(text))
    except ValueError:
        return True
    return False
