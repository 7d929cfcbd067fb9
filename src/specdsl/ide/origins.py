"""Where an imported table, type, column or field comes from: its place in the JSON Schema, found again by its
name."""

from __future__ import annotations

from collections.abc import Iterator
from functools import lru_cache
from typing import Any

from specdsl.files import FileProblem
from specdsl.ide.bindings import Symbol, declaration_of
from specdsl.ide.definition import enclosing
from specdsl.ide.spelling import as_code
from specdsl.ide.workspace import Workspace
from specdsl.importers.json_schema.document import Document, JsonProblem, escaped
from specdsl.importers.json_schema.origins import Origin, heading_origin, origin
from specdsl.importers.json_schema.walking import at
from specdsl.source import SourceFile, Span
from specdsl.syntax import tree

_MOST_PLACES = 2_000
_MOST_TEXT = 2_000_000
_INNER = ("allOf", "anyOf", "oneOf", "prefixItems", "items")
_INNER_ONE = ("items", "additionalProperties", "if", "then", "else", "contains", "additionalItems")
_INNER_NAMED = ("patternProperties", "dependentSchemas")


def origin_said(workspace: Workspace, symbol: Symbol, path: str) -> str:
    """The file, line and JSON Pointer of what ``symbol`` was imported from; "" where that is not known."""
    declared = declaration_of(workspace, symbol, path)
    if declared is None:
        return ""
    names: list[str] = []
    for node, span in enclosing(workspace, declared.span):
        match node:
            case tree.ColumnDecl():
                names.append(symbol.name if not names else node.targets[0].text)
            case tree.FieldDecl(name=name):
                names.append(name.text)
            case tree.TableDecl() | tree.TypeDecl():
                known = _owner(workspace, span, single=isinstance(node, tree.TableDecl))
                return _said(workspace, declared.span.file, known, names[::-1]) if known else ""
    return ""


def _owner(workspace: Workspace, span: Span, *, single: bool) -> Origin | None:
    """Where a table or type comes from, by the comments above it or, of a ``single`` table, the heading."""
    text = workspace.document(span.file).text
    heading = text.partition("\n")[0]
    above: list[str] = []
    for line in reversed(text[: span.start].splitlines()):
        if not line.lstrip().startswith("#"):
            break
        above.append(line)
    inside = [line for line in text[span.start : span.end].splitlines()[:40] if line.startswith("#")]
    return origin("\n".join([*above, *inside]), heading) or (heading_origin(heading) if single else None)


def _said(workspace: Workspace, path: str, known: Origin, names: list[str]) -> str:
    document = _document(workspace, path, known.file)
    if document is None:
        inside = "Inside of what was imported" if names else "Imported"
        return f"{inside} from {as_code(known.text)}."
    pointer = known.pointer
    for name in names:
        inner = next((p for p in _places(document.value, pointer) if _is_property(p, name)), None)
        if inner is None:
            return f"Inside of what was imported from {_shown(document, known.file, pointer)}."
        pointer = inner
    return f"Imported from {_shown(document, known.file, pointer)}."


def _shown(document: Document, file: str, pointer: str) -> str:
    return f"{as_code(f'{file}#{pointer}')}, line {document.line(pointer)}"


def _is_property(pointer: str, name: str) -> bool:
    return pointer.endswith(f"/properties/{escaped(name)}")


def _document(workspace: Workspace, path: str, file: str) -> Document | None:
    """The document beside the spec; None where it is not there, or not JSON."""
    files = workspace.files(path)
    try:
        text = files.read_text(files.resolve(path, file)) if file else ""
    except FileProblem:
        return None
    return _parsed(file, text) if 0 < len(text) <= _MOST_TEXT else None


@lru_cache(maxsize=8)
def _parsed(file: str, text: str) -> Document | None:
    try:
        return Document(SourceFile(file, text))
    except JsonProblem:
        return None


def _places(whole: Any, start: str) -> Iterator[str]:
    """The pointers of properties that the schema at ``start`` has, directly or by way of its branches and of
    references within the document; the nearest first."""
    waiting, seen = [start], {start}
    while waiting and len(seen) < _MOST_PLACES:
        pointer = waiting.pop(0)
        schema = at(whole, pointer)
        if not isinstance(schema, dict):
            continue
        properties = schema.get("properties")
        yield from (f"{pointer}/properties/{escaped(n)}" for n in properties or () if isinstance(n, str))
        for inner in _inner(schema, pointer):
            if inner not in seen:
                seen.add(inner)
                waiting.append(inner)


def _inner(schema: dict[str, Any], pointer: str) -> Iterator[str]:
    reference = schema.get("$ref")
    if isinstance(reference, str) and (reference == "#" or reference.startswith("#/")):
        yield reference[1:]
    for word in _INNER:
        given = schema.get(word)
        count = len(given) if isinstance(given, list) else 0
        yield from (f"{pointer}/{word}/{n}" for n in range(count))
    yield from (f"{pointer}/{word}" for word in _INNER_ONE if isinstance(schema.get(word), dict))
    for word in _INNER_NAMED:
        given = schema.get(word)
        yield from (f"{pointer}/{word}/{escaped(n)}" for n in given or () if isinstance(given, dict))
