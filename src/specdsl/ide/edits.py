"""Changes to a text."""

from __future__ import annotations

from collections.abc import Iterable

from specdsl.diagnostics.model import Edit


def applied(text: str, edits: Iterable[Edit]) -> str:
    """``text`` with edits of it made; they do not overlap. Several insertions at one place stand in the order
    in which they are given."""
    parts: list[str] = []
    at = 0
    for edit in sorted(edits, key=lambda e: (e.span.start, e.span.end)):
        if edit.span.start < at:
            continue
        parts += [text[at : edit.span.start], edit.text]
        at = edit.span.end
    return "".join([*parts, text[at:]])


def overlap(first: Iterable[Edit], second: Iterable[Edit]) -> bool:
    """Whether some edits of the one touch what the other edits."""
    others = list(second)
    return any(
        a.span.file == b.span.file and a.span.start <= b.span.end and b.span.start <= a.span.end
        for a in first
        for b in others
    )


def line_end(text: str) -> str:
    """How the lines of a text end: ``\\r\\n`` where the first one does, else ``\\n``."""
    first = text.find("\n")
    return "\r\n" if first > 0 and text[first - 1] == "\r" else "\n"


def with_line_ends(text: str, line_end: str) -> str:
    """``text`` with ``line_end`` in place of each ``\\n`` and ``\\r\\n``."""
    text = text.replace("\r\n", "\n")
    return text if line_end == "\n" else text.replace("\n", line_end)
