"""JSON that is pasted into a spec: tables at the cursor, of a sample of data or of a JSON Schema."""

from __future__ import annotations

import json
from dataclasses import dataclass

from specdsl.diagnostics.model import Edit
from specdsl.ide.bindings import outline_of
from specdsl.ide.document import Document
from specdsl.ide.json_paste import is_schema, tables_of_json
from specdsl.ide.workspace import Workspace
from specdsl.importers.registry import Settings, importer
from specdsl.source import SourceFile, Span

_ROWS = 100
_LARGEST = 20_000_000
"""So many characters of JSON are looked at; more would keep the editor waiting."""


@dataclass(frozen=True, slots=True)
class Pasted:
    """What pasting does. ``edit``: None where there is nothing to paste, and ``message`` says why, in one
    sentence. ``notes``: what of a schema could not be carried over exactly."""

    edit: Edit | None
    message: str = ""
    notes: tuple[str, ...] = ()


def pasted(workspace: Workspace, path: str, offset: int, text: str) -> Pasted:
    """The edit that puts the tables which JSON describes between the declarations nearest to ``offset``, laid
    out, under names that the spec does not have yet."""
    if len(text) > _LARGEST:
        return Pasted(None, f"The JSON has more than {_LARGEST:_} characters.")
    document = workspace.document(path)
    taken = outline_of(workspace, path).program.names.declared
    if _is_one_schema(text):
        made = importer("json-schema")(SourceFile("", text), Settings(rows=_ROWS, taken=frozenset(taken)))
        notes = tuple(found.message for found in made.findings if not found.minor)
        if made.text is None:
            return Pasted(None, f"No table can be made of this JSON Schema: {'; '.join(notes)}.")
        return Pasted(_between(document, offset, made.text), notes=notes)
    tables = tables_of_json(text, taken=taken)
    if tables is None:
        return Pasted(None, "This is no JSON with objects, which the rows of a table could look like.")
    return Pasted(_between(document, offset, tables))


def _is_one_schema(text: str) -> bool:
    try:
        return is_schema(json.loads(text))
    except (ValueError, RecursionError):
        return False


def _between(document: Document, offset: int, tables: str) -> Edit:
    """Puts tables after the section at an offset, or before it where nothing of it stands before."""
    number = document.section_at(offset)
    start, section = document.starts[number], document.sections[number]
    if not document.text[start:offset].strip() and section.kind not in ("dataset", "import"):
        if number == 0:
            lead = len(section.text) - len(section.text.lstrip())
            follows = "\n" if document.text.strip() else ""
            return Edit(Span(document.path, start, start + lead), f"{tables.strip()}\n{follows}")
        number -= 1
        start, section = document.starts[number], document.sections[number]
    body = len(section.text.rstrip())
    above = "\n\n" if body else ""
    follows = "\n\n" if number + 1 < len(document.sections) else "\n"
    gap = Span(document.path, start + body, start + len(section.text))
    return Edit(gap, f"{above}{tables.strip()}{follows}")
