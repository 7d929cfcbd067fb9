"""A refactoring keeps the one layout of a text that had it."""

from __future__ import annotations

from dataclasses import replace

from specdsl.ide.edits import applied
from specdsl.ide.formatting import changes, laid_out
from specdsl.ide.refactor.place import Action, Place


def with_layout(place: Place, action: Action) -> Action:
    """``action`` with edits that also lay out the declaration that it changes, where that had the one layout
    before and has no mistake of syntax after."""
    span = place.document.section_span(place.number)
    if any(e.span.file != place.path or not span.start <= e.span.start <= span.end for e in action.edits):
        return action
    head, body = _body(place.text)
    if laid_out(body) != body:
        return action
    after = applied(place.document.text[: span.end], action.edits)[span.start :]
    _, new = _body(after)
    wanted = laid_out(new)
    if wanted is None or wanted == new:
        return action
    begin = span.start + len(head)
    return replace(action, edits=tuple(changes(place.path, body, wanted, begin)))


def _body(text: str) -> tuple[str, str]:
    """The empty lines at the start of a section, and the rest without the blanks at its end."""
    stripped = text.rstrip()
    start = len(stripped) - len(stripped.lstrip("\r\n"))
    return stripped[:start], stripped[start:]
