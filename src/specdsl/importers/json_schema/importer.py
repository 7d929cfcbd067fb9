"""A JSON Schema in, a spec out: the whole pipeline of this importer."""

from __future__ import annotations

import re
from pathlib import PurePath

from specdsl.diagnostics.importing import NoColumns, NotJson
from specdsl.diagnostics.model import Diagnostic
from specdsl.errors import SpecdslError
from specdsl.importers.emit import spec_text
from specdsl.importers.json_schema.document import Document, JsonProblem
from specdsl.importers.json_schema.lowering import Lowering
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.rehearsal import shortcomings
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.model import Field, Finding, Imported, Outcome, Struct, Table
from specdsl.importers.propernames import snake
from specdsl.importers.registry import Settings
from specdsl.source import SourceFile, Span

_LONGEST_NAME = 60


class ImporterBug(SpecdslError):
    """A spec that turned out wrong before it was written."""


def import_source(source: SourceFile, settings: Settings) -> Imported:
    """The spec of a schema, or the reason why there is none. Raises ImporterBug when the spec made is
    wrong."""
    try:
        document = Document(source)
    except JsonProblem as problem:
        span = Span(source.name, problem.offset, min(problem.offset + 1, len(source.text)))
        said = NotJson(span=span, problem=problem.message)
        return Imported(source, None, [Finding(Outcome.REFUSED, "", span, said.message(), said)])
    if not isinstance(document.value, dict | bool):
        said_so = NoColumns(span=document.span(""), pointer="", cause="a schema is an object or a boolean")
        return Imported(source, None, [_refused(said_so, "")])
    resources = Resources(document, settings.draft)
    lowering = Lowering(resources, settings.taken)
    try:
        form = lowering.root().form
        if not isinstance(form, Struct):
            raise Refused("columns", "", "the values that it describes are no objects with properties")
    except Refused as problem:
        span = document.span(problem.pointer)
        refusal = problem.diagnostic(span)
        return Imported(
            source, None, [Finding(Outcome.REFUSED, problem.pointer, span, refusal.message(), refusal)]
        )
    table = _table(form.fields, document, lowering, settings)
    file = PurePath(source.name).name
    text = spec_text(table, f"Imported from {file}" if file else "")
    wrong = shortcomings(text, table.name, resources)
    if wrong:
        help = "nothing was written; please open an issue with the schema"
        raise ImporterBug(f"this is a bug in the importer: {wrong}", help)
    return Imported(source, text, lowering.findings, lowering.fields)


def _refused(said: Diagnostic, pointer: str) -> Finding:
    return Finding(Outcome.REFUSED, pointer, said.span, said.message(), said)


def _table(fields: tuple[Field, ...], document: Document, lowering: Lowering, settings: Settings) -> Table:
    schema = document.value
    title = schema.get("title", "") if isinstance(schema, dict) else ""
    doc = schema.get("description", "") if isinstance(schema, dict) else ""
    wanted = settings.table or _name(title) or _name(_stem(document.source.name)) or "rows"
    name, count = wanted, 2
    while name in settings.taken:
        name, count = f"{wanted}{count}", count + 1
    types = tuple((n, s) for n, s in sorted(lowering.types.items()) if n != name)
    return Table(name, fields, settings.rows, doc if isinstance(doc, str) else "", types)


def _stem(file: str) -> str:
    return re.sub(r"(\.schema)?(\.json)?$", "", PurePath(file).name, flags=re.IGNORECASE)


def _name(text: object) -> str:
    """An identifier made of ``text``, '' where it has no letter or is no short title."""
    plain = snake(text) if isinstance(text, str) and len(text) <= _LONGEST_NAME else ""
    return plain if plain.isidentifier() and plain.isascii() else ""
