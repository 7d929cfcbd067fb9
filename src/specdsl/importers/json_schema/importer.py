"""A JSON Schema in, a spec out: the whole pipeline of this importer."""

from __future__ import annotations

import re
from dataclasses import replace
from pathlib import PurePath

from specdsl.compiler import compile_source
from specdsl.diagnostics.importing import NoColumns, NotJson
from specdsl.diagnostics.json_shapes import TooManyParts
from specdsl.diagnostics.model import Diagnostic
from specdsl.errors import SpecdslError
from specdsl.importers.emit import spec_text
from specdsl.importers.json_schema.carried import carried_spec
from specdsl.importers.json_schema.combining import names_in, with_null
from specdsl.importers.json_schema.document import Document, JsonProblem
from specdsl.importers.json_schema.lowered import Lowered
from specdsl.importers.json_schema.lowering import Lowering
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.rehearsal import shortcomings
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.model import Field, Finding, Imported, Outcome, Struct, Table, Type
from specdsl.importers.propernames import snake
from specdsl.importers.registry import Settings
from specdsl.local_files import LocalFiles
from specdsl.source import SourceFile, Span

_LONGEST_NAME = 60
_MOST_CUTS = 12


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
    carried = carried_spec(document, resources, settings)
    if carried is not None and carried.text is not None:
        return carried
    lowering = Lowering(resources, settings.taken)
    if carried is not None:
        lowering.findings += carried.findings
    name, doc = _heading(document, settings)
    try:
        made = lowering.root(name)
    except Refused as problem:
        span = document.span(problem.pointer)
        refusal = problem.diagnostic(span)
        refused = Finding(Outcome.REFUSED, problem.pointer, span, refusal.message(), refusal)
        return Imported(source, None, [*(carried.findings if carried else ()), refused])
    table = _table(made, lowering, name, doc, settings.rows)
    file = PurePath(source.name).name
    text = _bounded(table, f"Imported from {file}" if file else "")
    wrong = shortcomings(text, (table.name,), resources)
    if wrong:
        help = "nothing was written; please open an issue with the schema"
        raise ImporterBug(f"this is a bug in the importer: {wrong}", help)
    return Imported(source, text, lowering.findings, lowering.fields)


def _bounded(table: Table, heading: str) -> str:
    """The text of the spec, its recursive types no deeper than the language makes them."""
    text = spec_text(table, heading)
    for _ in range(_MOST_CUTS):
        found = compile_source(SourceFile("imported.dgen", text), LocalFiles()).diagnostics
        deep = {d.type: max(d.depth - 1, 1) for d in found if isinstance(d, TooManyParts) and d.depth > 1}
        if not deep:
            return text
        types = tuple(replace(one, depth=deep.get(one.name, one.depth)) for one in table.types)
        table = replace(table, types=types)
        text = spec_text(table, heading)
    return text


def _refused(said: Diagnostic, pointer: str) -> Finding:
    return Finding(Outcome.REFUSED, pointer, said.span, said.message(), said)


def _heading(document: Document, settings: Settings) -> tuple[str, str]:
    """The table's name and documentation."""
    schema = document.value
    title = schema.get("title", "") if isinstance(schema, dict) else ""
    doc = schema.get("description", "") if isinstance(schema, dict) else ""
    wanted = settings.table or _name(title) or _name(_stem(document.source.name)) or "rows"
    name, count = wanted, 2
    while name in settings.taken:
        name, count = f"{wanted}{count}", count + 1
    return name, doc if isinstance(doc, str) else ""


def _table(made: Lowered, lowering: Lowering, name: str, doc: str, rows: int) -> Table:
    if isinstance(made.form, Struct) and not made.nullable:
        fields, bare = made.form.fields, False
    else:
        fields, bare = (Field("value", with_null(made).form, comments=made.comments),), True
    waiting = {n for one in fields for n in names_in(one.form)}
    used: dict[str, Type] = {}
    while waiting:
        one = lowering.types[waiting.pop()]
        used[one.name] = one
        waiting |= names_in(one.form) - set(used)
    types = tuple(used[n] for n in sorted(used))
    return Table(name, fields, rows, doc, types, bare=bare)


def _stem(file: str) -> str:
    return re.sub(r"(\.schema)?(\.json)?$", "", PurePath(file).name, flags=re.IGNORECASE)


def _name(text: object) -> str:
    """An identifier made of ``text``, '' where it has no letter or is no short title."""
    plain = snake(text) if isinstance(text, str) and len(text) <= _LONGEST_NAME else ""
    return plain if plain.isidentifier() and plain.isascii() else ""
