"""Comments that silence hints and warnings: ``# ignore: DG612`` at the end of a line or above it.

At a line's end it is about what begins on the line, and about the statement or declaration that ends there;
alone on its line it is about the line below, and the statement or declaration that begins with that. Errors
cannot be silenced. What silences nothing is told itself, so that such comments do not outlive their reason.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Iterator, Sequence
from dataclasses import dataclass

from specdsl.diagnostics.hints import NotIgnorable, UnneededIgnore
from specdsl.diagnostics.model import Diagnostic, Edit, Severity
from specdsl.diagnostics.registry import registry
from specdsl.source import SourceFile, Span
from specdsl.syntax import tree
from specdsl.syntax.tokens import DOC_COMMENT, Token

_COMMENT = re.compile(r"#[ \t]*ignore:[ \t]*(?=\w)")
_WORD = re.compile(r"(?P<word>[\w-]+)[ \t]*(?:,[ \t]*)?")
_CODE = re.compile(r"DG\d+", re.IGNORECASE)
_LINE_END = re.compile(r"\r\n?|\n")


@dataclass(frozen=True, slots=True)
class Ignored:
    """What one comment silences: ``codes``, written at ``places``, in ``covered``. ``comment``: what to
    take away to be rid of it."""

    codes: tuple[str, ...]
    places: tuple[Span, ...]
    covered: tuple[Span, ...]
    comment: Span

    def silences(self, diagnostic: Diagnostic) -> bool:
        if diagnostic.severity is Severity.ERROR or diagnostic.code not in self.codes:
            return False
        at = diagnostic.span
        return any(c.file == at.file and c.start <= at.start <= c.end for c in self.covered)


def ignored(source: SourceFile, file: tree.File, comments: Iterable[Token]) -> tuple[Ignored, ...]:
    """What the ``comments`` of a file silence, in the order of the text. ``file``: its tree."""
    found = []
    parts: list[tree.Node] = []
    for token in comments:
        if token.kind == DOC_COMMENT and _stands_alone(source.text, token):
            continue
        head = _COMMENT.search(token.text)
        words = [] if head is None else list(_codes(token.text, head.end()))
        if head is None or not words:
            continue
        if not parts:
            parts = list(_parts(file))
        at = token.start + head.start()
        places = tuple(Span(source.name, token.start + a, token.start + b) for a, b in words)
        found.append(
            Ignored(
                tuple(source.slice(place) for place in places),
                places,
                tuple(_covered(source, parts, token)),
                _taken_away(source, at, token),
            )
        )
    return tuple(found)


def covered(source: SourceFile, file: tree.File, comment: Token) -> tuple[Span, ...]:
    """What a comment is about. ``file``: the tree of what it stands in."""
    return tuple(_covered(source, list(_parts(file)), comment))


def heard(diagnostics: Iterable[Diagnostic], comments: Sequence[Ignored]) -> list[Diagnostic]:
    """The ``diagnostics`` that no comment silences."""
    if not comments:
        return list(diagnostics)
    return [d for d in diagnostics if not any(one.silences(d) for one in comments)]


def unneeded(diagnostics: Iterable[Diagnostic], comments: Iterable[Ignored]) -> Iterator[Diagnostic]:
    """Hints on codes in ``comments`` that silence none of ``diagnostics``, all those of a program without
    errors, and on what is no code that could."""
    silent = [d for d in diagnostics if d.severity is not Severity.ERROR]
    for one in comments:
        idle = []
        for code, place in zip(one.codes, one.places, strict=True):
            problem = _not_ignorable(code, place)
            if problem is not None:
                yield problem
            elif not any(d.code == code and one.silences(d) for d in silent):
                idle.append(place)
        if idle:
            yield UnneededIgnore(
                span=idle[0],
                codes=tuple(c for c, place in zip(one.codes, one.places, strict=True) if place in idle),
                edits=tuple(_without(one, idle)),
            )


def _codes(text: str, at: int) -> Iterator[tuple[int, int]]:
    """Where the codes stand that begin at ``at``; what follows them is a reason."""
    while (found := _WORD.match(text, at)) and (_CODE.fullmatch(found["word"]) or found["word"] in _names()):
        yield found.span("word")
        at = found.end()


def _names() -> dict[str, str]:
    """The codes of hints and warnings by their names."""
    return {d.name: code for code, d in registry().items() if d.severity is not Severity.ERROR}


def _not_ignorable(code: str, place: Span) -> NotIgnorable | None:
    known = registry().get(code)
    if known is None:
        meant = _names().get(code, code.upper() if code.upper() in registry() else "")
        return NotIgnorable(span=place, written=code, meant=meant)
    if known.severity is Severity.ERROR or known in (NotIgnorable, UnneededIgnore):
        return NotIgnorable(span=place, written=code, known=known.name)
    return None


def _without(comment: Ignored, idle: Sequence[Span]) -> Iterator[Edit]:
    """The comment less the codes at ``idle``."""
    rest = [code for code, place in zip(comment.codes, comment.places, strict=True) if place not in idle]
    if rest:
        first, last = comment.places[0], comment.places[-1]
        yield Edit(Span(first.file, first.start, last.end), ", ".join(rest))
    else:
        yield Edit(comment.comment, "")


# --- what a comment is about -------------------------------------------------------------------


def _parts(file: tree.File) -> Iterator[tree.Node]:
    for item in file.items:
        yield item
        if isinstance(item, tree.TableDecl | tree.EnumDecl):
            yield from item.members


def _covered(source: SourceFile, parts: Sequence[tree.Node], comment: Token) -> Iterator[Span]:
    text, name = source.text, source.name
    start = _line_start(text, comment.start)
    if not _stands_alone(text, comment):
        yield Span(name, start, comment.start)
        yield from (node.span for node in parts if start < node.span.end <= comment.start)
        return
    line, end = _next_line(text, comment.end)
    at_margin = start == comment.start
    while text[line:end].lstrip().startswith("#"):
        at_margin = at_margin and text[line] == "#"
        line, end = _next_line(text, end)
    if not text[line:end].strip() or not (at_margin or text[line].isspace()):
        return  # what begins at the margin is spoken of at the margin
    yield Span(name, line, end)
    yield from (node.span for node in parts if line <= node.span.start < end)


def _taken_away(source: SourceFile, at: int, comment: Token) -> Span:
    """What is left out with the comment: its line where it has one, else the blanks before it."""
    text = source.text
    start = _line_start(text, comment.start)
    if at == comment.start and _stands_alone(text, comment):
        return Span(source.name, start, _next_line(text, comment.end)[0])
    while at > start and text[at - 1] in " \t":
        at -= 1
    return Span(source.name, at, comment.end)


def _stands_alone(text: str, comment: Token) -> bool:
    return not text[_line_start(text, comment.start) : comment.start].strip()


def _line_start(text: str, at: int) -> int:
    return max(text.rfind("\n", 0, at), text.rfind("\r", 0, at)) + 1


def _next_line(text: str, at: int) -> tuple[int, int]:
    """Where the line after the one at ``at`` begins and ends."""
    found = _LINE_END.search(text, at)
    begin = found.end() if found is not None else len(text)
    found = _LINE_END.search(text, begin)
    return begin, found.start() if found is not None else len(text)
