"""What stands above declarations: rows and size, what to do with a table, how often it is used."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass
from enum import StrEnum

from specdsl.ide.bindings import occurrences, outline_of
from specdsl.ide.document import Document
from specdsl.ide.estimates import estimated_rows, row_bytes, size_text
from specdsl.ide.naming import Symbol, SymbolKind
from specdsl.ide.outline import parsed
from specdsl.ide.row_counts import row_counts
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax import tree


class LensKind(StrEnum):
    """What a lens does when it is clicked."""

    ROWS = "rows"  # nothing
    PREVIEW = "preview"
    BUILD = "build"
    REFERENCES = "references"


@dataclass(frozen=True, slots=True)
class Lens:
    """A line above a declaration. ``span``: the declaration's name; ``symbol``: what it declares. ``title``
    is "" until ``resolved`` where telling it takes work."""

    span: Span
    kind: LensKind
    symbol: Symbol
    title: str = ""


_KINDS = {
    tree.TableDecl: SymbolKind.TABLE,
    tree.EnumDecl: SymbolKind.ENUM,
    tree.TypeDecl: SymbolKind.TYPE,
    tree.PoolDecl: SymbolKind.POOL,
}


def lenses(workspace: Workspace, path: str) -> list[Lens]:
    """The lenses of a document, in order, most of them without a title yet."""
    document = workspace.document(path)
    return [lens for number in range(len(document.sections)) for lens in _of_section(document, number)]


def _of_section(document: Document, number: int) -> Iterator[Lens]:
    begin = document.starts[number]
    for item in parsed(document.sections[number].text).tree.items:
        if not isinstance(item, tree.TableDecl | tree.EnumDecl | tree.TypeDecl | tree.PoolDecl):
            continue
        name = item.name
        span = Span(document.path, begin + name.span.start, begin + name.span.end)
        symbol = Symbol(_KINDS[type(item)], name.text, "", document.path)
        if symbol.kind is SymbolKind.TABLE:
            yield Lens(span, LensKind.ROWS, symbol)
            if isinstance(item, tree.TableDecl) and item.query is None:
                yield Lens(span, LensKind.PREVIEW, symbol, "Preview")
            yield Lens(span, LensKind.BUILD, symbol, "Build")
        yield Lens(span, LensKind.REFERENCES, symbol)


def resolved(workspace: Workspace, lens: Lens) -> Lens | None:
    """The lens with its title; None where there is nothing to tell."""
    if lens.title:
        return lens
    title = _uses(workspace, lens) if lens.kind is LensKind.REFERENCES else _size(workspace, lens)
    return Lens(lens.span, lens.kind, lens.symbol, title) if title else None


def _uses(workspace: Workspace, lens: Lens) -> str:
    found = occurrences(workspace, lens.symbol, lens.span.file)
    count = sum(not binding.is_declaration for binding in found)
    return "1 reference" if count == 1 else f"{count} references"


def _size(workspace: Workspace, lens: Lens) -> str:
    """``~30,000 rows, 1.2 MB``"""
    compilation = workspace.slice_at(lens.span.file, lens.span.start)
    if compilation is None or compilation.dataset is None:  # a mistake elsewhere does not change the number
        path = lens.span.file
        counts = row_counts(outline_of(workspace, path), workspace.files(path))
        return str(counts.get(lens.symbol.name) or "")
    table = compilation.dataset.tables.get(lens.symbol.name)
    rows = estimated_rows(compilation.dataset, lens.symbol.name)
    if table is None or rows is None:
        return ""
    return f"{rows}, about {size_text(rows.count * row_bytes(table))}"
