"""A script of SQL in, a spec out: the whole pipeline of this importer."""

from __future__ import annotations

import re
from pathlib import PurePath

from specdsl.diagnostics.importing_sql import (
    NoSqlTables,
    NotSql,
    SqlNotRead,
    SqlStatementsLeftOut,
)
from specdsl.diagnostics.model import Diagnostic
from specdsl.importers.model import Finding, Imported, Outcome
from specdsl.importers.propernames import snake
from specdsl.importers.registry import Settings
from specdsl.importers.sql.detection import dialect_of
from specdsl.importers.sql.drafts import Notes
from specdsl.importers.sql.lexing import DIALECTS, Unclosed
from specdsl.importers.sql.proving import proven
from specdsl.importers.sql.reading import Reader
from specdsl.importers.sql.schema import Schema, Skipped
from specdsl.source import SourceFile, Span


def import_source(source: SourceFile, settings: Settings) -> Imported:
    """The spec of a script, or the reason why there is none. Raises ImporterBug when the spec made is
    wrong."""
    dialect = settings.dialect or dialect_of(source.text)
    reader = Reader(source, DIALECTS[dialect])
    try:
        schema = reader.read()
    except Unclosed as opened:
        span = Span(source.name, opened.offset, opened.offset + 1)
        return _refused(source, NotSql(span=span, problem="this quote is never closed"))
    notes = Notes()
    for span, what, cause in reader.unread:
        notes.left_out("", SqlNotRead(span=span, what=what, cause=cause))
    _name_skipped(schema, notes)
    heading = f"Imported from {PurePath(source.name).name}"
    made, text = proven(schema, dialect, settings.rows, _dataset(source.name), heading, notes)
    if not text:
        refused = _refused(source, NoSqlTables(span=Span(source.name, 0, 0), dialect=dialect))
        refused.findings[:0] = notes.findings
        return refused
    notes.findings.sort(key=lambda f: f.span.start)
    return Imported(source, text, notes.findings, made.columns)


def _refused(source: SourceFile, said: Diagnostic) -> Imported:
    return Imported(source, None, [Finding(Outcome.REFUSED, "", said.span, said.message(), said)])


def _name_skipped(schema: Schema, notes: Notes) -> None:
    """One diagnostic for each kind of statement; plain indexes and partitions are only in the report."""
    kinds: dict[str, list[Skipped]] = {}
    for one in schema.skipped:
        kinds.setdefault(one.kind, []).append(one)
    for kind, found in kinds.items():
        for one in found:
            message = f"the {kind} `{one.name}` is left out" + (f": {one.why}" if one.why else "")
            notes.findings.append(Finding(Outcome.LEFT_OUT, one.name, one.span, message))
        if kind in ("index", "partition"):
            continue
        names = tuple(dict.fromkeys(one.name for one in found))
        first = next(
            i for i, f in enumerate(notes.findings) if f.span == found[0].span and f.pointer == found[0].name
        )
        said = SqlStatementsLeftOut(span=found[0].span, kind=kind, names=names)
        notes.findings[first] = Finding(Outcome.LEFT_OUT, found[0].name, said.span, said.message(), said)


def _dataset(file: str) -> str:
    """The dataset's name: the file's, as an identifier."""
    name = snake(re.sub(r"\.(sql|ddl)$", "", PurePath(file).name, flags=re.IGNORECASE))
    name = name if name.isidentifier() and name.isascii() else ""
    return name or "imported"
