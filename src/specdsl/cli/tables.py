"""Tables of values on a terminal: fitted to its width, and in several blocks where one is too narrow."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass

from specdsl.diagnostics.cells import printable, width

_WIDEST = (12, 36)  # cells that a column gets before the others have what they need: a quarter, within these
_BETWEEN = 3  # cells between two columns: blank, rule, blank


@dataclass(frozen=True, slots=True)
class Heading:
    """A column's heading: its name, a dim line beneath it ('' for none) and how it is set. ``least``: the
    cells that its values may be cut to where that saves a block; None for values that must be whole.
    ``style`` gives the style of a value by its text, ``below_style`` is that of the line beneath."""

    name: str
    below: str = ""
    right: bool = False
    marked: bool = False
    least: int | None = None
    style: Callable[[str], str] | None = None
    below_style: str = "cyan"


Cell = str | None
"""The text of a cell; None is null."""


def render_table(
    headings: Sequence[Heading],
    rows: Sequence[Sequence[Cell]],
    *,
    columns: int,
    color: bool,
    numbered: bool = False,
    whole: bool = False,
) -> str:
    """``rows`` under ``headings`` within ``columns`` cells; with ``numbered`` a row number leads each row.

    A cell too long is cut with an ellipsis. Columns that do not fit beside each other follow in a block
    beneath, under the same row numbers. With ``whole`` nothing is cut and all columns stand in one block,
    however wide it becomes.
    """
    import io

    from rich import box
    from rich.console import Console
    from rich.table import Table
    from rich.text import Text

    lead = len(f"{len(rows) - 1}") if numbered else 0
    sizes = [_sizes(h, [r[i] for r in rows]) for i, h in enumerate(headings)]
    if whole:
        columns = 1 + sum(size + _BETWEEN for size, _ in sizes) + (lead + _BETWEEN if lead else 0)
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
    for block in arranged(sizes, columns, lead):
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
            title = Text(cut(printable(h.name), size), style="bold dim italic" if h.marked else "bold")
            if below:
                title.append("\n")
                title.append(cut(printable(h.below), size), style=f"{h.below_style} not bold not italic")
            table.add_column(title, justify="right" if h.right else "left", width=size, no_wrap=True)
        for number, row in enumerate(rows):
            cells = [
                Text("null", style="dim italic")
                if (value := row[i]) is None
                else Text(cut(value, size), style=_style(headings[i], value))
                for i, size in block
            ]
            table.add_row(*([Text(str(number))] if numbered else []), *cells)
        console.print(table)
    return "\n".join(line.rstrip() for line in stream.getvalue().splitlines()) + "\n"


def _style(heading: Heading, value: str) -> str:
    return heading.style(value) if heading.style is not None else ""


def _sizes(heading: Heading, cells: Sequence[Cell]) -> tuple[int, int]:
    """The cells that a column wants, and those that it can do with."""
    values = max([1, width(printable(heading.name)), *(4 if c is None else width(c) for c in cells)])
    whole = max(values, width(printable(heading.below)))
    return whole, values if heading.least is None else min(values, heading.least)


def arranged(sizes: Sequence[tuple[int, int]], columns: int, lead: int) -> list[list[tuple[int, int]]]:
    """Which columns stand beside each other, and how wide: lists of (column, cells). ``sizes``: what each
    wants and what it can do with. Columns are cut to the latter only where that saves a block."""
    natural = [whole for whole, _ in sizes]
    widest = max(_WIDEST[0], min(columns // 4, _WIDEST[1]))
    floor = [least for _, least in sizes]
    roomy = blocks(natural, [max(min(whole, widest), least) for whole, least in sizes], floor, columns, lead)
    tight = blocks(natural, floor, floor, columns, lead)
    return tight if len(tight) < len(roomy) else roomy


def blocks(
    natural: Sequence[int], first: Sequence[int], floor: Sequence[int], columns: int, lead: int
) -> list[list[tuple[int, int]]]:
    """Columns set beside each other as long as there is room. A column wants ``natural`` cells and first
    gets ``first``; what a block leaves over goes to its columns that were cut. The last of a block may be
    cut down to its ``floor``."""
    room = columns - 1 - (lead + _BETWEEN if lead else 0)
    wanted = [max(1, min(n, room - _BETWEEN)) for n in first]
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
            if short >= floor[i]:
                wanted[i] = short  # nearly fits: cut a little more, rather than begin a block
            else:
                close()
                block, used = [], 0
        block.append(i)
        used += wanted[i] + _BETWEEN
    if block:
        close()
    return out


def cut(text: str, size: int) -> str:
    """``text`` within ``size`` cells, an ellipsis at its end where it was longer."""
    if width(text) <= size:
        return text
    kept = ""
    for char in text:
        if width(kept + char) > size - 1:
            break
        kept += char
    return kept + "…"


def cut_columns(
    headings: Sequence[Heading], rows: Sequence[Sequence[Cell]], *, columns: int, numbered: bool = False
) -> list[str]:
    """The names of the columns of which ``render_table`` cuts a value within ``columns`` cells."""
    lead = len(f"{len(rows) - 1}") if numbered else 0
    sizes = [_sizes(h, [r[i] for r in rows]) for i, h in enumerate(headings)]
    given = {i: size for block in arranged(sizes, columns, lead) for i, size in block}
    return [h.name for i, h in enumerate(headings) if any(width(row[i] or "") > given[i] for row in rows)]
