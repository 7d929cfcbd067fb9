"""Where a name is used."""

from __future__ import annotations

from dataclasses import dataclass

from specdsl.ide.bindings import binding_at, occurrences, occurrences_in
from specdsl.ide.naming import Binding, Symbol
from specdsl.ide.workspace import Workspace
from specdsl.source import Span


@dataclass(frozen=True, slots=True)
class Highlight:
    """A place where the name at hand stands in the same document; ``writes``: it is declared there."""

    span: Span
    writes: bool


def references(
    workspace: Workspace, path: str, offset: int, *, with_declaration: bool = True
) -> list[Binding]:
    """All places where what is named at ``offset`` is named, in all files that may name it, in order."""
    binding = binding_at(workspace, path, offset)
    if binding is None:
        return []
    found = named(workspace, path, binding.symbol)
    return found if with_declaration else [b for b in found if not b.is_declaration]


def named(workspace: Workspace, path: str, symbol: Symbol) -> list[Binding]:
    """All places where ``symbol`` is named, in order."""
    return sorted(occurrences(workspace, symbol, path), key=lambda b: b.span)


def highlights(workspace: Workspace, path: str, offset: int) -> list[Highlight]:
    """The places in the same document where what is named at ``offset`` is named."""
    binding = binding_at(workspace, path, offset)
    if binding is None:
        return []
    found = occurrences_in(workspace, binding.symbol, path)
    return [Highlight(other.span, other.is_declaration) for other in found]
