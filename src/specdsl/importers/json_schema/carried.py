"""Schemas that were exported from a spec: the spec again, from the texts that they carry."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import PurePath
from typing import Any

from specdsl.diagnostics.importing import TextNotUsed
from specdsl.exporters.json_schema import vocabulary as v
from specdsl.importers.json_schema.document import Document, escaped
from specdsl.importers.json_schema.rehearsal import compiled, shortcomings
from specdsl.importers.json_schema.resources import Resources
from specdsl.importers.model import Finding, Imported, Outcome
from specdsl.importers.registry import Settings
from specdsl.source import SourceFile
from specdsl.syntax.formatter import format_text


def carried_spec(document: Document, settings: Settings) -> Imported | None:
    """The spec that ``document`` was exported from; None where it was not, or where something else is asked
    for (another name, a place in another spec). Where the schema says something else by now there is no
    text but a finding."""
    schema = document.value
    if not isinstance(schema, dict) or v.DIGEST not in schema or settings.tables or settings.taken:
        return None
    tables = list(_tables(schema))
    if schema[v.DIGEST] != v.digest(schema):
        return _unused(document, v.DIGEST, "the schema was changed after it was exported")
    texts = [text for text in _texts(schema) if isinstance(text, str)]
    file = PurePath(document.source.name).name
    heading = [f"# Imported from {file}"] if file else []
    text = format_text(SourceFile("imported.dgen", "\n\n".join([*heading, *texts]) + "\n"))
    if text is None:
        return _unused(document, v.DECLARATION, "its text has a mistake")
    path = str(PurePath(document.source.name).parent / "imported.dgen")
    resources = Resources(document, settings.draft)
    wrong = shortcomings(compiled(text, path), dict.fromkeys(tables, resources.root), resources)
    if wrong:
        return _unused(document, v.DECLARATION, wrong)
    return Imported(document.source, text, properties=sum(map(_properties, _described(schema))))


def _definitions(schema: dict[str, Any]) -> dict[str, Any]:
    found = schema.get("$defs", schema.get("definitions"))
    return {n: one for n, one in found.items() if isinstance(one, dict)} if isinstance(found, dict) else {}


def _is_table(schema: dict[str, Any]) -> bool:
    text = schema.get(v.DECLARATION)
    rows = text.splitlines() if isinstance(text, str) else []
    return next((row for row in rows if not row.startswith("#")), "").startswith("table ")


def _tables(schema: dict[str, Any]) -> Iterator[str]:
    """The names of the tables whose rows the schema describes."""
    if v.DECLARATION in schema:
        yield str(schema.get("title", ""))
    else:
        yield from (name for name, one in _definitions(schema).items() if _is_table(one))


def _described(schema: dict[str, Any]) -> Iterator[dict[str, Any]]:
    if v.DECLARATION in schema:
        yield schema
    else:
        yield from (one for one in _definitions(schema).values() if _is_table(one))


def _texts(schema: dict[str, Any]) -> Iterator[Any]:
    """The declarations, what others need first."""
    yield schema.get(v.DATASET)
    definitions = _definitions(schema)
    yield from (one.get(v.DECLARATION) for one in definitions.values() if not _is_table(one))
    others = schema.get(v.OTHERS)
    yield from others if isinstance(others, list) else ()
    yield from (one.get(v.DECLARATION) for one in definitions.values() if _is_table(one))
    yield schema.get(v.DECLARATION)


def _properties(schema: dict[str, Any]) -> int:
    properties = schema.get("properties")
    return len(properties) if isinstance(properties, dict) else 1


def _unused(document: Document, word: str, cause: str) -> Imported:
    pointer = f"/{escaped(word)}"
    said = TextNotUsed(span=document.span(pointer), pointer=pointer, cause=cause)
    return Imported(
        document.source, None, [Finding(Outcome.APPROXIMATED, pointer, said.span, said.message(), said)]
    )
