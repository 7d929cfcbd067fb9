"""Rows of values one beneath the other, a line for each value: for tables wider than the terminal."""

from __future__ import annotations

from collections.abc import Sequence

from specdsl.cli.tables import Cell, Heading
from specdsl.diagnostics.cells import char_width, printable, width

_LEAST = 16  # cells that values get on the narrowest terminal
_GAP = 2


def render_records(
    headings: Sequence[Heading], rows: Sequence[Sequence[Cell]], *, columns: int, color: bool
) -> str:
    """Each of ``rows`` as a block of lines: name, value, and the line that stands beneath the name in a
    table. Nothing is cut: a value too long for ``columns`` cells goes on in the next line."""
    from rich.console import Console
    from rich.text import Text

    names = max((width(printable(h.name)) for h in headings), default=0)
    types = max((width(printable(h.below)) for h in headings), default=0)
    room = columns - names - types - 2 * _GAP
    if room < 2 * _LEAST:  # on a narrow terminal the types are left out
        types, room = 0, columns - names - _GAP
    room = max(room, _LEAST)
    out = Text()
    for number, row in enumerate(rows):
        title = f"row {number} "
        out.append(f"{title}{'─' * max(columns - len(title), 0)}\n", "dim")
        for h, value in zip(headings, row, strict=True):
            style = "dim italic" if value is None else h.style(value) if h.style is not None else ""
            name = printable(h.name)
            for i, piece in enumerate(folded("null" if value is None else value, room)):
                out.append(name if i == 0 else "", "bold dim italic" if h.marked else "bold")
                out.append(" " * (names - (width(name) if i == 0 else 0) + _GAP))
                if types:
                    below = printable(h.below) if i == 0 else ""
                    out.append(below, h.below_style)
                    out.append(" " * (types - width(below) + _GAP))
                out.append(piece, style)
                out.append("\n")
    if not color:
        return "\n".join(line.rstrip() for line in out.plain.splitlines()) + ("\n" if rows else "")
    console = Console(
        width=columns, force_terminal=True, color_system="standard", legacy_windows=False, highlight=False
    )
    with console.capture() as captured:
        console.print(out, end="", soft_wrap=True)
    return captured.get()


def folded(text: str, size: int) -> list[str]:
    """``text`` in pieces of at most ``size`` cells, whole words where there are blanks to break at."""
    out: list[str] = []
    line, used, blank = "", 0, -1
    for char in text:
        cells = char_width(char)
        if used + cells > size and line:
            if char != " " and blank > 0:
                out.append(line[:blank])
                line = line[blank + 1 :]
            else:
                out.append(line)
                line = ""
            used, blank = width(line), -1
            if char == " " and not line:
                continue
        if char == " ":
            blank = len(line)
        line += char
        used += cells
    return [*out, line]
