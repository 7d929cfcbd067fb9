"""Diagnostics as text for people: on a terminal, in a log."""

from __future__ import annotations

from collections.abc import Iterable, Mapping, Sequence

from specdsl.diagnostics.cells import Segments, Style, printable, width, wrap
from specdsl.diagnostics.excerpt import Mark, excerpt
from specdsl.diagnostics.model import Diagnostic, Fix, Severity
from specdsl.source import SourceFile, Span

_COLORS: Mapping[Style, Mapping[str, object]] = {
    Style.BOLD: {"bold": True},
    Style.GUTTER: {"fg": "blue", "bold": True},
    Style.ERROR: {"fg": "red", "bold": True},
    Style.WARNING: {"fg": "yellow", "bold": True},
    Style.HINT: {"fg": "cyan", "bold": True},
    Style.SECONDARY: {"fg": "blue", "bold": True},
    Style.HELP: {"fg": "green", "bold": True},
}
_SEVERITY = {Severity.ERROR: Style.ERROR, Severity.WARNING: Style.WARNING, Severity.HINT: Style.HINT}


def render_text(
    diagnostics: Iterable[Diagnostic],
    sources: Mapping[str, SourceFile],
    *,
    color: bool = False,
    columns: int = 100,
) -> str:
    """All ``diagnostics``, a blank line after each; '' for none. ``sources`` by the names that spans
    carry; a diagnostic of an unknown file has no excerpt. ``columns`` is the width to keep where that
    can be done (at least 40)."""
    return "".join(render_one(d, sources, color=color, columns=columns) + "\n" for d in diagnostics)


def render_one(
    diagnostic: Diagnostic, sources: Mapping[str, SourceFile], *, color: bool = False, columns: int = 100
) -> str:
    """One diagnostic; ends with a line end."""
    rows = _rows(diagnostic, sources, max(columns, 40))
    return "".join(_print(row, color) + "\n" for row in rows)


def summary(diagnostics: Sequence[Diagnostic], files: Sequence[str] = ()) -> str:
    """``3 errors, 1 hint in shop.dgen``; ``no problems in shop.dgen`` where there are none. ``files``
    are those that were looked at (default: those that the diagnostics are about)."""
    names = sorted(set(files) or {d.span.file for d in diagnostics})
    place = f" in {printable(names[0])}" if len(names) == 1 else f" in {len(names)} files" if names else ""
    return (counts(diagnostics) or "no problems") + place


def counts(diagnostics: Iterable[Diagnostic]) -> str:
    """``3 errors, 1 hint``; '' for none."""
    severities = [d.severity for d in diagnostics]
    numbers = ((severities.count(s), s) for s in Severity)
    return ", ".join(f"{n:,} {s}{'' if n == 1 else 's'}" for n, s in numbers if n)


def _print(row: Segments, color: bool) -> str:
    if not color:
        return "".join(text for text, _ in row).rstrip()
    import click

    return "".join(
        click.style(text, **_COLORS[style]) if style in _COLORS and text.strip() else text  # type: ignore[arg-type]
        for text, style in row
    ).rstrip()


def _rows(d: Diagnostic, sources: Mapping[str, SourceFile], columns: int) -> list[Segments]:
    style = _SEVERITY[d.severity]
    rows = _header(d, style, columns)
    marks = [Mark(d.span, d.label(), "^", style)]
    marks += [Mark(label.span, label.text, "-", Style.SECONDARY) for label in d.labels()]
    by_file: dict[str, list[Mark]] = {}
    for mark in marks:
        by_file.setdefault(mark.span.file, []).append(mark)

    numbers = [
        sources[m.span.file].lines.position(max(m.span.start, m.span.end)).line + 1
        for m in marks
        if m.span.file in sources
    ]
    gutter = len(str(max(numbers, default=1)))
    bar: Segments = [(" " * gutter + " |", Style.GUTTER)]
    for i, (file, group) in enumerate(by_file.items()):
        source = sources.get(file)
        arrow = "-->" if i == 0 else ":::"
        rows.append([(f"{' ' * gutter}{arrow} ", Style.GUTTER), (place(group[0].span, source), Style.PLAIN)])
        if source is None:
            continue
        rows.append(bar)
        for row in excerpt(source, group, columns - gutter - 3):
            number = "..." if row.gap else "" if row.number is None else str(row.number + 1)
            edge = f"{number:<{gutter + 2}}" if row.gap else f"{number:>{gutter}} |"
            lead = "" if row.gap else " "
            rows.append([(edge + lead, Style.GUTTER), *row.pieces])
    told = [("note", note) for note in d.notes() if note]
    help, code = d.help(), ""
    if fix := d.fix():
        code = _corrected(fix, sources)
        help = help or fix.title
        code = "" if _squeezed(code) in _squeezed(help) else code
        if code and "`" not in code and _names_a_piece(help, code):
            help, code = f"write `{code}`", ""
    for word, text in [*told, *([("help", help)] if help else [])]:
        rows.extend(_told(word, text, gutter, columns))
    if code:
        lead = " " * (gutter + 9)
        rows.append([(lead, Style.PLAIN), (code[: max(columns - len(lead), 20)], Style.HELP)])
    return rows


def _names_a_piece(help: str, code: str) -> bool:
    """Whether the help says no more than which piece of the corrected line is to be written."""
    piece = help.removeprefix("write ").strip("`")
    return help.startswith("write ") and piece in code and " or " not in help.replace(piece, "")


def _squeezed(text: str) -> str:
    return " ".join(text.split())


def _header(d: Diagnostic, style: Style, columns: int) -> list[Segments]:
    head = f"{d.severity}[{d.code}]"
    message = wrap(d.message(), max(columns - len(head) - 2, 30))
    rows: list[Segments] = [[(head, style), (f": {message[0]}", Style.BOLD)]]
    return rows + [[(" " * (len(head) + 2) + more, Style.BOLD)] for more in message[1:]]


def _told(word: str, text: str, gutter: int, columns: int) -> list[Segments]:
    lead = f"{' ' * gutter} = "
    hang = len(lead) + len(word) + 2
    first, *more = wrap(text, max(columns - hang, 30))
    word_style = Style.HELP if word == "help" else Style.BOLD
    rows: list[Segments] = [[(lead, Style.GUTTER), (f"{word}: ", word_style), (first, Style.PLAIN)]]
    return rows + [[(" " * hang + row, Style.PLAIN)] for row in more]


def place(span: Span, source: SourceFile | None) -> str:
    """``file:line:column`` (one-based, in code points), or the file alone where its text is unknown."""
    if source is None:
        return printable(span.file)
    at = source.lines.position(span.start)
    return f"{printable(span.file)}:{at.line + 1}:{at.column + 1}"


def _corrected(fix: Fix, sources: Mapping[str, SourceFile]) -> str:
    """The user's line as ``fix`` makes it, without indentation; '' when that is not one short line."""
    files = {e.span.file for e in fix.edits}
    source = sources.get(next(iter(files), ""))
    if len(files) != 1 or source is None:
        return ""
    index = source.lines
    lines = {index.position(at).line for e in fix.edits for at in (e.span.start, e.span.end)}
    if len(lines) != 1:
        return ""
    line = next(iter(lines))
    text = index.line(line)
    begin = min(e.span.start for e in fix.edits)
    start = begin - index.position(begin).column
    for edit in sorted(fix.edits, key=lambda e: e.span, reverse=True):
        text = text[: edit.span.start - start] + edit.text + text[edit.span.end - start :]
    text = text.strip()
    return printable(text) if "\n" not in text and width(text) <= 200 else ""
