"""Names that can be edited together: what is declared and used in one document, and nowhere else."""

from __future__ import annotations

import re
from typing import Final

from specdsl.ide.bindings import binding_at
from specdsl.ide.references import named
from specdsl.ide.rename import Refusal, in_queries, prepare
from specdsl.ide.workspace import Workspace
from specdsl.source import Span

NAME: Final = r"[A-Za-z_\u00aa-\uffff][0-9A-Za-z_\u00aa-\uffff]*"
"""What a name may become while it is edited: a regular expression for JavaScript and Python alike."""


def linked_names(workspace: Workspace, path: str, offset: int) -> tuple[Span, ...]:
    """All places of the name at ``offset``, in order, where editing one of them may edit the others with it:
    a name of the spec's own that no other file of the workspace uses, that no SQL may name, and that is
    written in the same way everywhere. () where that is not so, or where there is one place only."""
    prepared = prepare(workspace, path, offset)
    binding = binding_at(workspace, path, offset)
    if isinstance(prepared, Refusal) or binding is None:
        return ()
    symbol = binding.symbol
    if in_queries(workspace, path, symbol) is not None:
        return ()
    places = named(workspace, path, symbol)
    text = workspace.document(path).text
    if len(places) < 2 or any(p.span.file != path or p.symbol != symbol or p.takes for p in places):
        return ()
    written, *others = (text[p.span.start : p.span.end] for p in places)
    same = all(other == written for other in others)
    return tuple(p.span for p in places) if same and re.fullmatch(NAME, written) else ()
