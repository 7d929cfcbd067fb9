"""Every name in a text with what it means.

Names are looked up section by section. What was found of a section is kept for as long as its text and the
texts of the declarations that it named stay the same.
"""

from __future__ import annotations

from bisect import bisect_right
from collections.abc import Iterator
from dataclasses import dataclass
from weakref import WeakKeyDictionary

from specdsl.ide.kept import Store
from specdsl.ide.naming import Binding, Symbol, SymbolKind
from specdsl.ide.outline import Found, Outline, Table, parsed
from specdsl.ide.program import Program
from specdsl.ide.resolution import resolved
from specdsl.ide.workspace import Workspace

__all__ = ["Binding", "Symbol", "SymbolKind", "binding_at", "bindings_in", "declaration_of", "occurrences"]


class _Asking(Outline):
    """An outline that remembers which names it was asked for."""

    def __init__(self, outline: Outline) -> None:
        super().__init__(outline.program)
        self._whole = outline
        self.asked: set[str] = set()

    def find(self, name: str) -> Found | None:
        self.asked.add(name)
        found = self._whole.find(name)
        if found is not None and isinstance(found.what, Table) and found.what.decl.events is not None:
            self.asked.add(found.what.decl.events.table.text)
        return found


@dataclass(frozen=True, slots=True)
class _Kept:
    bindings: tuple[Binding, ...]
    needs: tuple[tuple[str, tuple[tuple[str, str], ...]], ...]


_kept: WeakKeyDictionary[Workspace, Store[_Kept]] = WeakKeyDictionary()
_outlines: WeakKeyDictionary[Workspace, dict[str, Outline]] = WeakKeyDictionary()


def outline_of(workspace: Workspace, path: str) -> Outline:
    """What the program of a document declares."""
    program = workspace.program(path)
    outlines = _outlines.setdefault(workspace, {})
    known = outlines.get(path)
    if known is None or known.program is not program:
        known = outlines[path] = Outline(program)
    return known


def _of_section(workspace: Workspace, outline: Outline, number: int) -> tuple[Binding, ...]:
    """The names of a section; places count from its start."""
    program = outline.program
    path, text = program.paths[number], program.sections[number].text
    kept = _kept.setdefault(workspace, Store())
    known = kept.get((path, text))
    if known is None or any(outline.texts(name) != texts for name, texts in known.needs):
        asking = _Asking(outline)
        found = resolved(asking, path, parsed(text).tree, workspace.plugins)
        known = _Kept(found, tuple((name, outline.texts(name)) for name in sorted(asking.asked)))
        kept.put((path, text), known)
    return known.bindings


def relative_bindings(workspace: Workspace, path: str, number: int) -> tuple[Binding, ...]:
    """The names of a section of a document, by its number in the document; places count from the section's
    start. It is the same object for as long as nothing changes it."""
    return _of_section(workspace, outline_of(workspace, path), number)


def section_bindings(workspace: Workspace, path: str, number: int) -> tuple[Binding, ...]:
    """As ``relative_bindings``, with places of the text."""
    start = workspace.document(path).starts[number]
    return tuple(b.moved(path, start) for b in relative_bindings(workspace, path, number))


def bindings_in(
    workspace: Workspace, path: str, start: int = 0, end: int | None = None
) -> tuple[Binding, ...]:
    """The names in a stretch of a document, in order."""
    document = workspace.document(path)
    last = len(document.text) if end is None else end
    numbers = range(document.section_at(start), document.section_at(max(last - 1, start)) + 1)
    found = (b for number in numbers for b in section_bindings(workspace, path, number))
    return tuple(b for b in found if b.span.end > start and b.span.start < last)


def binding_at(workspace: Workspace, path: str, offset: int) -> Binding | None:
    """The name at ``offset``, or that ends there, with what it means."""
    number = workspace.document(path).section_at(offset)
    bindings = section_bindings(workspace, path, number)
    at = bisect_right(bindings, offset, key=lambda b: b.span.start) - 1
    if at >= 0 and bindings[at].span.start <= offset <= bindings[at].span.end:
        return bindings[at]
    return None


def occurrences(workspace: Workspace, symbol: Symbol, path: str) -> Iterator[Binding]:
    """All places where ``symbol`` is named, as seen from the document at ``path``: in the file that declares
    it, and in all programs of the workspace that this file is part of. Only sections with the word in them
    are looked at."""
    home = symbol.path or path
    roots = workspace.importers(home) if symbol.path else ()
    if path not in roots:
        roots = (path, *roots)
    seen: set[Binding] = set()
    for root in roots:
        outline = outline_of(workspace, root)
        for binding in _in_program(workspace, outline, symbol):
            if binding not in seen:
                seen.add(binding)
                yield binding


def occurrences_in(workspace: Workspace, symbol: Symbol, path: str) -> Iterator[Binding]:
    """The places in one document where ``symbol`` is named, in order."""
    found = _in_program(workspace, outline_of(workspace, path), symbol)
    return (binding for binding in found if binding.span.file == path)


def _in_program(workspace: Workspace, outline: Outline, symbol: Symbol) -> Iterator[Binding]:
    program: Program = outline.program
    for number in range(len(program.sections)):
        if not _may_name(program, number, symbol):
            continue
        for binding in _of_section(workspace, outline, number):
            if symbol in (binding.symbol, binding.takes):
                yield binding.moved(program.paths[number], program.starts[number])


def _may_name(program: Program, number: int, symbol: Symbol) -> bool:
    """Whether a section may name ``symbol``, from its words alone."""
    one = program.sections[number]
    if symbol.name not in one.words and f'"{symbol.name}"' not in one.text:
        return False
    if symbol.kind is not SymbolKind.COLUMN or one.name == symbol.owner:
        return True
    naming = [m for m in one.members if symbol.name in m.after_dots or "via" in m.words]
    if not naming:
        return False
    declared = program.names.declared
    near = {number, *(n for m in naming for word in m.words & declared.keys() for n in declared[word])}
    wanted = set(declared.get(symbol.owner, ()))
    for _ in range(max(m.hops for m in naming) + 1):
        if near & wanted:
            return True
        near |= {n for at in near for t in program.sections[at].targets for n in declared.get(t, ())}
    return bool(near & wanted)


def declaration_of(workspace: Workspace, symbol: Symbol, path: str) -> Binding | None:
    """Where ``symbol`` is declared, as seen from the document at ``path``; None for what no spec declares."""
    if not symbol.is_users:
        return None
    outline = outline_of(workspace, path)
    program = outline.program
    likely = program.names.declared.get(symbol.owner or symbol.name, ())
    for number in (*likely, *range(len(program.sections))):
        if program.paths[number] == symbol.path and symbol.name in program.sections[number].words:
            for binding in _of_section(workspace, outline, number):
                if binding.is_declaration and binding.symbol == symbol:
                    return binding.moved(symbol.path, program.starts[number])
    return None
