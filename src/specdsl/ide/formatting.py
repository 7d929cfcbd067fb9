"""The one layout, as small edits: of a document, of a stretch, and while typing.

A document keeps its own line ends. What has mistakes of syntax is left as it is.
"""

from __future__ import annotations

import re
from collections.abc import Generator, Iterator
from difflib import SequenceMatcher
from typing import TypeVar

from specdsl.diagnostics.model import Edit
from specdsl.ide.document import Document
from specdsl.ide.edits import line_end, with_line_ends
from specdsl.ide.kept import Store
from specdsl.ide.workspace import Workspace
from specdsl.source import SourceFile, Span
from specdsl.syntax.formatter import format_steps

R = TypeVar("R")
Steps = Generator[None, None, R]
"""Work that can be left at each ``yield``."""

_MOST_COMPARED = 4_000
_EMPTY_END = re.compile(r"\n[ \t]*\n\Z")
_EMPTY_START = re.compile(r"\A(?:[ \t]*\n)+")
_laid_out: Store[tuple[str | None]] = Store()
TYPED = ("\n", "}")
"""The characters after which ``format_typed`` is worth asking."""


def format_document(workspace: Workspace, path: str) -> list[Edit]:
    """The edits that bring a document into the one layout. A declaration with mistakes of syntax is left
    alone."""
    return _whole(format_document_steps(workspace, path))


def format_document_steps(workspace: Workspace, path: str) -> Steps[list[Edit]]:
    """As ``format_document``."""
    document = workspace.document(path)
    lines = _with_line_feeds(document)
    parts: list[str] = []
    for chunk in _chunks(lines):
        yield
        parts.append((yield from _chunk_laid_out(chunk)))
    wanted = "\n".join(f"{part}\n" for part in parts if part)
    yield
    if lines.text.startswith("\ufeff"):
        wanted = wanted.removeprefix("\ufeff")
    return list(changes(path, document.text, with_line_ends(wanted, line_end(document.text))))


def _with_line_feeds(document: Document) -> Document:
    """The document as it would be with ``\\n`` at the ends of lines."""
    if "\r" not in document.text:
        return document
    return Document(document.path, document.text.replace("\r\n", "\n"))


def _chunks(document: Document) -> Iterator[list[str]]:
    """The texts of sections, parted where empty lines stand between two: nothing is aligned across those."""
    chunk: list[str] = []
    for one in document.sections:
        if chunk and _EMPTY_END.search(chunk[-1]):
            yield chunk
            chunk = []
        chunk.append(one.text)
    yield chunk


def _chunk_laid_out(chunk: list[str]) -> Steps[str]:
    """A chunk in the one layout, without the empty lines around it. Where it cannot be read as a whole, the
    sections of it are laid out that can be."""
    body = _without_margins("".join(chunk))
    if not body:
        return ""
    whole = yield from _laid_out_steps(body)
    if whole is not None:
        return whole
    parts: list[str] = []
    for section in chunk:
        yield
        lead, rest = _lead(section)
        neat = (yield from _laid_out_steps(rest)) if rest else None
        parts.append(section if neat is None else f"{lead}{neat}{section[len(lead) + len(rest) :]}")
    return _without_margins("".join(parts))


def _without_margins(chunk: str) -> str:
    """A chunk from the first line with something in it, to the last."""
    return _EMPTY_START.sub("", chunk).rstrip("\n \t")


def _lead(section: str) -> tuple[str, str]:
    """The empty lines at the start of a section, and the rest without the blanks at its end."""
    stripped = section.rstrip()
    start = len(stripped) - len(stripped.lstrip("\r\n"))
    return stripped[:start], stripped[start:]


def laid_out(text: str) -> str | None:
    """A text in the one layout, with its own line ends but none at its end; None where it has mistakes of
    syntax."""
    return _whole(_laid_out_steps(text))


def _laid_out_steps(text: str) -> Steps[str | None]:
    known = _laid_out.get((text,))
    if known is None:
        made = yield from format_steps(SourceFile("", with_line_ends(text, "\n")))
        known = (None if made is None else with_line_ends(made.rstrip("\n"), line_end(text)),)
        _laid_out.put((text,), known)
    return known[0]


def _whole(steps: Steps[R]) -> R:
    """What steps come to, without leaving off."""
    while True:
        try:
            next(steps)
        except StopIteration as end:
            result: R = end.value
            return result


def format_range(workspace: Workspace, path: str, start: int, end: int) -> list[Edit]:
    """As ``format_document``, for the lines that hold a part of ``start`` to ``end``."""
    return _whole(format_range_steps(workspace, path, start, end))


def format_range_steps(workspace: Workspace, path: str, start: int, end: int) -> Steps[list[Edit]]:
    """As ``format_range``."""
    document = workspace.document(path)
    first = document.lines.position(start).line
    last = document.lines.position(max(end - 1, start)).line
    edits = yield from format_document_steps(workspace, path)
    return [edit for edit in edits if _within(document, edit, first, last)]


def format_typed(workspace: Workspace, path: str, offset: int, typed: str) -> list[Edit]:
    """What to change when ``typed`` has just been put in before ``offset``: the declaration there, up to the
    line before where a line has been ended, up to this line where a bracket has been closed."""
    return _whole(format_typed_steps(workspace, path, offset, typed))


def format_typed_steps(workspace: Workspace, path: str, offset: int, typed: str) -> Steps[list[Edit]]:
    """As ``format_typed``."""
    document = workspace.document(path)
    if typed not in TYPED:
        return []
    last = document.lines.position(offset).line - (typed == "\n")
    before = max(offset - len(typed), 0)
    number = document.section_at(before)
    first = document.lines.position(document.starts[number]).line
    edits = yield from _section(document, number)
    return [edit for edit in edits if _within(document, edit, first, last)]


def _section(document: Document, number: int) -> Steps[list[Edit]]:
    """The edits of one section, if it can be read."""
    lead, body = _lead(document.sections[number].text)
    neat = yield from _laid_out_steps(body)
    if neat is None:
        return []
    begin = document.starts[number] + len(lead)
    return list(changes(document.path, body, neat, begin))


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
