"""The one layout, as small edits: of a document, of a stretch, and while typing."""

from __future__ import annotations

import re
from collections.abc import Iterator
from difflib import SequenceMatcher

from specdsl.diagnostics.model import Edit
from specdsl.ide.document import Document
from specdsl.ide.kept import kept
from specdsl.ide.workspace import Workspace
from specdsl.source import SourceFile, Span
from specdsl.syntax.formatter import format_text

_MOST_COMPARED = 4_000
_EMPTY_END = re.compile(r"\n[ \t]*\n\Z")
_EMPTY_START = re.compile(r"\A(?:[ \t]*\n)+")
TYPED = ("\n", "}")
"""The characters after which ``format_typed`` is worth asking."""


def format_document(workspace: Workspace, path: str) -> list[Edit]:
    """The edits that bring a document into the one layout. What has mistakes of syntax is left alone, up to
    the next empty line between declarations."""
    document = workspace.document(path)
    text = document.text
    if "\r" in text or text.startswith("\ufeff"):  # one line end for the whole file
        whole = format_text(document.source)
        return [] if whole is None else list(changes(path, text, whole))
    parts: list[str] = []
    for chunk in _chunks(document):
        body = _without_margins(chunk)
        if body:
            wanted = laid_out(body)
            parts.append(body if wanted is None else wanted)
    return list(changes(path, text, "".join(f"{part}\n" for part in _joined(parts))))


def _joined(parts: list[str]) -> Iterator[str]:
    """The parts with an empty line between them."""
    for number, part in enumerate(parts):
        yield part if number == 0 else f"\n{part}"


def _chunks(document: Document) -> Iterator[str]:
    """The text, cut where empty lines stand between two sections: nothing is aligned across those."""
    chunk = ""
    for one in document.sections:
        if chunk and _EMPTY_END.search(chunk):
            yield chunk
            chunk = ""
        chunk += one.text
    yield chunk


def _without_margins(chunk: str) -> str:
    """A chunk from the first line with something in it, to the last."""
    return _EMPTY_START.sub("", chunk).rstrip("\n \t")


@kept
def laid_out(text: str) -> str | None:
    """A chunk in the one layout, without the line end at its end; None where it has mistakes of syntax."""
    wanted = format_text(SourceFile("", text))
    return None if wanted is None else wanted.rstrip("\n")


def format_range(workspace: Workspace, path: str, start: int, end: int) -> list[Edit]:
    """As ``format_document``, for the lines that hold a part of ``start`` to ``end``."""
    document = workspace.document(path)
    first = document.lines.position(start).line
    last = document.lines.position(max(end - 1, start)).line
    return [edit for edit in format_document(workspace, path) if _within(document, edit, first, last)]


def format_typed(workspace: Workspace, path: str, offset: int, typed: str) -> list[Edit]:
    """What to change when ``typed`` has just been put in before ``offset``: the declaration there, up to the
    line before where a line has been ended, up to this line where a bracket has been closed."""
    document = workspace.document(path)
    if typed not in TYPED:
        return []
    last = document.lines.position(offset).line - (typed == "\n")
    before = max(offset - len(typed), 0)
    number = document.section_at(before)
    first = document.lines.position(document.starts[number]).line
    return [edit for edit in _section(document, number) if _within(document, edit, first, last)]


def _section(document: Document, number: int) -> Iterator[Edit]:
    """The edits of one section, if it can be read."""
    text = document.sections[number].text
    body = text.rstrip()
    lead = body[: len(body) - len(body.lstrip("\r\n"))]
    wanted = laid_out(body[len(lead) :])
    if wanted is not None:
        begin = document.starts[number] + len(lead)
        yield from changes(document.path, body[len(lead) :], wanted, begin)


def _within(document: Document, edit: Edit, first: int, last: int) -> bool:
    start = document.lines.position(edit.span.start).line
    end = document.lines.position(max(edit.span.end - 1, edit.span.start)).line
    return first <= start and end <= last


# --- edits from one text to another --------------------------------------------------------


def changes(path: str, before: str, after: str, begin: int = 0) -> Iterator[Edit]:
    """The edits that make ``after`` of ``before``, a text that begins at ``begin`` of the file: line by line,
    and within a line only what differs."""
    if before == after:
        return
    old, new = before.splitlines(keepends=True), after.splitlines(keepends=True)
    same = _common(old, new)
    tail = _common(old[same:][::-1], new[same:][::-1])
    at = begin + sum(map(len, old[:same]))
    old, new = old[same : len(old) - tail], new[same : len(new) - tail]
    if len(old) + len(new) > _MOST_COMPARED and len(old) != len(new):  # comparing would take too long
        yield Edit(Span(path, at, at + sum(map(len, old))), "".join(new))
        return
    starts = [at]
    for line in old:
        starts.append(starts[-1] + len(line))
    bare, others = ["".join(line.split()) for line in old], ["".join(line.split()) for line in new]
    if bare == others:  # lines were only moved sideways
        blocks = [("equal", 0, len(old), 0, len(new))]
    else:
        blocks = list(SequenceMatcher(None, bare, others, autojunk=False).get_opcodes())
    for kind, a, b, c, d in blocks:
        if kind == "equal" or b - a == d - c:
            for number in range(b - a):
                yield from _line(path, starts[a + number], old[a + number], new[c + number])
        else:
            yield Edit(Span(path, starts[a], starts[b]), "".join(new[c:d]))


def _common(one: list[str], other: list[str]) -> int:
    """How many lines two lists have in common at the start."""
    count = 0
    for a, b in zip(one, other, strict=False):
        if a != b:
            break
        count += 1
    return count


def _line(path: str, start: int, old: str, new: str) -> Iterator[Edit]:
    """The edits within a line."""
    if old == new:
        return
    if old.split() and "".join(old.split()) == "".join(new.split()):
        yield from _blanks(path, start, old, new)
        return
    low = _common(list(old), list(new))
    high = _common(list(old[low:][::-1]), list(new[low:][::-1]))
    yield Edit(Span(path, start + low, start + len(old) - high), new[low : len(new) - high])


def _blanks(path: str, start: int, old: str, new: str) -> Iterator[Edit]:
    """The edits within a line of which only the blanks change."""
    at = there = 0
    while at < len(old) or there < len(new):
        gap, other = at, there
        while gap < len(old) and old[gap].isspace():
            gap += 1
        while other < len(new) and new[other].isspace():
            other += 1
        if old[at:gap] != new[there:other]:
            yield Edit(Span(path, start + at, start + gap), new[there:other])
        at, there = gap + 1, other + 1
