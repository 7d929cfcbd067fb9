"""Tables of values on a terminal: fitted to its width, and in several blocks where one is too narrow."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

from specdsl.diagnostics.cells import printable, width

_WIDEST = (12, 36)  # cells that a column gets before the others have what they need: a quarter, within these
_NARROWEST = 6
_BETWEEN = 3  # cells between two columns: blank, rule, blank


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: its name, a dim line beneath it ('' for none) and how it is set."""

    name: str
    below: str = ""
    right: bool = False
    marked: bool = False


Cell = str | None
"""The text of a cell; None is null."""


def render_table(
    headings: Sequence[Heading],
    rows: Sequence[Sequence[Cell]],
    *,
    columns: int,
    color: bool,
    numbered: bool = False,
) -> str:
    """``rows`` under ``headings`` within ``columns`` cells; with ``numbered`` a row number leads each row.

    A cell too long is cut with an ellipsis. Columns that do not fit beside each other follow in a block
    beneath, under the same row numbers.
    """
    import io

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    stream = io.StringIO()
    console = Console(
        file=stream,
        width=columns,
        force_terminal=color,
        color_system="standard" if color else None,
        no_color=not color,
        legacy_windows=False,
        highlight=False,
        markup=False,
        emoji=False,
    )
    lead = len(f"{len(rows) - 1}") if numbered else 0
    for block in blocks([_natural(h, [r[i] for r in rows]) for i, h in enumerate(headings)], columns, lead):
        table = Table(box=box.ROUNDED, border_style="dim", header_style="", show_lines=False, padding=(0, 1))
        below = any(headings[i].below for i, _ in block)
        if numbered:
            table.add_column(
                Text("#\n" if below else "#", style="dim"),
                justify="right",
                width=lead,
                no_wrap=True,
                style="dim",
            )
        for index, size in block:
            h = headings[index]
            title = Text(_cut(printable(h.name), size), style="bold dim italic" if h.marked else "bold")
            if below:
                title.append("\n")
                title.append(_cut(printable(h.below), size), style="cyan not bold not italic")
            table.add_column(title, justify="right" if h.right else "left", width=size, no_wrap=True)
        for number, row in enumerate(rows):
            cells = [
                Text("null", style="dim italic") if row[i] is None else Text(_cut(row[i] or "", size))
                for i, size in block
            ]
            table.add_row(*([Text(str(number))] if numbered else []), *cells)
        console.print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _natural(heading: Heading, cells: Sequence[Cell]) -> int:
    """The cells that a column wants."""
    texts = [printable(heading.name), printable(heading.below), *("null" if c is None else c for c in cells)]
    return max(map(width, texts), default=1) or 1


def blocks(natural: Sequence[int], columns: int, lead: int) -> list[list[tuple[int, int]]]:
    """Which columns stand beside each other, and how wide: lists of (column, cells).

    A column wants ``natural`` cells and first gets at most a quarter of the width; what a block leaves
    over goes to its columns that were cut.
    """
    room = columns - 1 - (lead + _BETWEEN if lead else 0)
    widest = max(_WIDEST[0], min(columns // 4, _WIDEST[1]))
    wanted = [max(1, min(n, widest, room - _BETWEEN)) for n in natural]
    out: list[list[tuple[int, int]]] = []
    block: list[int] = []
    used = 0

    def close() -> None:
        sizes = {i: wanted[i] for i in block}
        spare = room - sum(sizes.values()) - _BETWEEN * len(block)
        for i in sorted(block, key=lambda i: natural[i] - wanted[i]):
            more = min(natural[i] - sizes[i], spare)
            sizes[i] += more
            spare -= more
        out.append(list(sizes.items()))

    for i, size in enumerate(wanted):
        if block and used + size + _BETWEEN > room:
            short = room - used - _BETWEEN
            if size <= short or (short >= max(_NARROWEST, size * 2 // 3)):
                wanted[i] = short  # nearly fits: cut a little more, rather than begin a block
            else:
                close()
                block, used = [], 0
        block.append(i)
        used += wanted[i] + _BETWEEN
    if block:
        close()
    return out


def _cut(text: str, size: int) -> str:
    if width(text) <= size:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > size - 1:
            break
        kept += char
    return kept + "…"
