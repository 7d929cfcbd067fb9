"""A script of SQL in, a spec out: the whole pipeline of this importer."""

from __future__ import annotations

import re
from pathlib import PurePath

from specdsl.diagnostics.importing_sql import (
    NoSqlTables,
    NotSql,
    SqlCheckLeftOut,
    SqlNotRead,
    SqlReferenceLeftOut,
    SqlStatementsLeftOut,
    SqlUniqueLeftOut,
)
from specdsl.diagnostics.model import Diagnostic
from specdsl.importers.model import Finding, Imported, Outcome
from specdsl.importers.propernames import snake
from specdsl.importers.registry import Settings
from specdsl.importers.sql.detection import dialect_of
from specdsl.importers.sql.drafts import Notes
from specdsl.importers.sql.lexing import DIALECTS, Unclosed
from specdsl.importers.sql.lowering import Lowered
from specdsl.importers.sql.proving import proven, speaks
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
    exact = _exact(made, notes)
    notes.findings.sort(key=lambda f: f.span.start)
    return Imported(source, text, notes.findings, sum(len(d.columns) for d in made.drafts), exact)


def _exact(made: Lowered, notes: Notes) -> dict[str, Span]:
    """The columns that are carried with all that the script says of them; of the others it is noted."""
    lost: dict[str, set[str]] = {}
    for finding in notes.findings:
        said = finding.diagnostic
        if isinstance(said, SqlCheckLeftOut):
            draft = next(d for d in made.drafts if d.name == said.table)
            spoken = {n for n, c in draft.columns.items() if speaks(said.condition, (c.name,))}
            lost.setdefault(said.table, set()).update(spoken)
        elif isinstance(said, (SqlUniqueLeftOut, SqlReferenceLeftOut)):
            draft = next(d for d in made.drafts if d.name == said.table)
            lost.setdefault(said.table, set()).update(draft.named(said.columns) or ())
    pointed = {f.pointer for f in notes.findings}
    exact = {}
    for draft in made.drafts:
        for name, column in draft.columns.items():
            pointer = f"{draft.name}.{name}"
            if name in lost.get(draft.name, ()):
                notes.narrowed(pointer, column.span, "it is drawn without a rule that is left out")
            elif pointer not in pointed:
                exact[pointer] = column.span
    return exact


def _refused(source: SourceFile, said: Diagnostic) -> Imported:
    return Imported(source, None, [Finding(Outcome.REFUSED, "", said.span, said.message(), said)])


def _name_skipped(schema: Schema, notes: Notes) -> None:
    """One diagnostic for each kind of statement."""
    kinds: dict[str, list[Skipped]] = {}
    for one in schema.skipped:
        kinds.setdefault(one.kind, []).append(one)
    for kind, found in kinds.items():
        if kind == "partition":
            for one in found:
                notes.narrowed(one.name, one.span, f"of the partition `{one.name}`, {one.why}")
            continue
        for one in found:
            message = f"the {kind} `{one.name}` is left out" + (f": {one.why}" if one.why else "")
            notes.findings.append(Finding(Outcome.LEFT_OUT, one.name, one.span, message))
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
