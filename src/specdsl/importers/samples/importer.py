"""Sample data in, a spec out: the whole pipeline of this importer."""

from __future__ import annotations

from collections.abc import Sequence
from pathlib import Path
from tempfile import TemporaryDirectory

import duckdb

from specdsl.diagnostics.importing_samples import (
    SampleColumnLeftOut,
    SampleReferenceLeftOut,
    SampleValueShown,
)
from specdsl.diagnostics.model import Diagnostic
from specdsl.errors import SpecdslError
from specdsl.importers.emit import spec_text
from specdsl.importers.model import Finding, Imported, Outcome
from specdsl.importers.rehearsal import problem
from specdsl.importers.samples.lowering import Lowered, Lowering
from specdsl.importers.samples.privacy import values_in
from specdsl.importers.samples.reading import Sample, files, load
from specdsl.source import SourceFile, Span


class ImporterBug(SpecdslError):
    """A spec that turned out wrong before it was written."""


def import_files(
    paths: Sequence[Path], kind: str | None, rows: int | None, *, private: bool = False
) -> Imported:
    """The spec of data files and folders of them. ``kind``: csv, parquet or jsonl, None to see it from the
    endings; ``rows``: of tables that no reference gives their number, None for as many as the files have;
    ``private``: no value of the data is in the spec.

    Raises UsageError, DataError and EnvironmentFailure where the files cannot be learnt from, ImporterBug
    when the spec made is wrong."""
    found = files(paths, kind)
    with TemporaryDirectory(prefix="specdsl-import-") as folder:
        database = duckdb.connect(config={"temp_directory": folder})
        try:
            database.execute("SET TimeZone = 'UTC'")
            database.execute("SET enable_progress_bar = false")
            samples = load(database, found, kind)
            made = Lowering(database, samples, rows, private=private).spec()
            text = spec_text(made.spec, _heading(found))
            shown = values_in(text, database, samples) if private else []
        finally:
            database.close()
    wrong = problem(made.spec, text)
    if wrong is not None:
        help = "nothing was written; please open an issue with some rows of the files"
        raise ImporterBug(f"this is a bug in the importer: {wrong.message}", help)
    source = SourceFile(str(found[0]), "")
    return Imported(source, text, _findings(samples, made, shown), made.columns)


def _heading(found: Sequence[Path]) -> str:
    return f"Imported from {', '.join(p.name for p in found[:6])}{' and others' if len(found) > 6 else ''}"


def _findings(
    samples: Sequence[Sample], made: Lowered, shown: Sequence[tuple[str, str, str]]
) -> list[Finding]:
    files = {s.name: str(s.path) for s in samples}
    said: list[tuple[str, str, Diagnostic]] = []
    for table, column, cause in made.left_out:
        left = SampleColumnLeftOut(span=Span(files[table], 0, 0), table=table, column=column, cause=cause)
        said.append((table, column, left))
    for one in made.cut:
        span = Span(files[one.child], 0, 0)
        cut = SampleReferenceLeftOut(span=span, table=one.child, column=one.column, parent=one.parent)
        said.append((one.child, one.column, cut))
    found = [Finding(Outcome.LEFT_OUT, f"{t}.{c}", d.span, d.message(), d) for t, c, d in said]
    for table, column, word in shown:
        seen = SampleValueShown(span=Span(files[table], 0, 0), table=table, column=column, word=word)
        found.append(Finding(Outcome.APPROXIMATED, f"{table}.{column}", seen.span, seen.message(), seen))
    return found
