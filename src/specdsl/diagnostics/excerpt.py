"""Excerpts of source files with labelled spans: which lines, where to cut them, where labels go.

The layout is the one that rustc made known: the line, its spans underlined beneath, the last label
beside its underline and the others hung below theirs; a span over several lines runs down a lane at
the left.
"""

from __future__ import annotations

from collections.abc import Collection, Iterable, Sequence
from dataclasses import dataclass

from specdsl.diagnostics.cells import TAB, Canvas, Segments, Style, char_width, visible, width, wrap
from specdsl.source import SourceFile, Span

_FEW = 5  # a span over more lines than this is shown by its ends
_ROOM = 24  # cells that a label wants beside its underline
_NEAR = 2_000  # code points looked at around the spans of a very long line
_CUT = "..."


@dataclass(frozen=True, slots=True)
class Mark:
    """A span to underline: ``char`` is what with, ``text`` the label ('' for none)."""

    span: Span
    text: str
    char: str
    style: Style


@dataclass(frozen=True, slots=True)
class _Placed:
    """A mark with its first and last place: zero-based lines, columns in code points, the end excluded."""

    mark: Mark
    line: int
    column: int
    last_line: int
    end: int

    @property
    def multiline(self) -> bool:
        return self.last_line > self.line


@dataclass(frozen=True, slots=True)
class Row:
    """A row of the excerpt; ``number`` is the zero-based line where it shows one, ``gap`` where lines of
    a span are left out."""

    pieces: Segments
    number: int | None = None
    gap: bool = False


def excerpt(source: SourceFile, marks: Sequence[Mark], columns: int) -> list[Row]:
    """The rows that show ``marks`` (all of ``source``) within ``columns`` cells, without line numbers."""
    placed = [_place(source, m) for m in marks]
    lanes = _lanes([p for p in placed if p.multiline])
    shown = _lines(placed)
    rows: list[Row] = []
    for i, number in enumerate(shown):
        if i and number > shown[i - 1] + 1:
            inside = _open_lanes(lanes, number)
            if inside:
                rows.append(Row(inside, gap=True))
        rows.extend(_line(source, number, placed, lanes, columns))
    return rows


def _place(source: SourceFile, mark: Mark) -> _Placed:
    index = source.lines
    first = index.position(mark.span.start)
    last = index.position(max(mark.span.start, mark.span.end))
    if last.line > first.line and last.column == 0:  # it ends with a line end: not worth a line of its own
        line = last.line - 1
        return _Placed(mark, first.line, first.column, line, max(len(index.line(line)), 1))
    return _Placed(mark, first.line, first.column, last.line, last.column)


def _lanes(multiline: list[_Placed]) -> dict[_Placed, int]:
    """A lane for each span over several lines; the longest are leftmost."""
    lanes: dict[_Placed, int] = {}
    for p in sorted(multiline, key=lambda p: (p.line - p.last_line, p.line, p.column)):
        taken = {lane for q, lane in lanes.items() if q.line <= p.last_line and p.line <= q.last_line}
        lanes[p] = next(n for n in range(len(multiline)) if n not in taken)
    return lanes


def _lines(placed: Iterable[_Placed]) -> list[int]:
    """The lines to show: those with marks, all of a short span, both ends of a long one."""
    lines: set[int] = set()
    for p in placed:
        if p.last_line - p.line < _FEW:
            lines.update(range(p.line, p.last_line + 1))
        else:
            lines.update((p.line, p.line + 1, p.last_line - 1, p.last_line))
    for line in sorted(lines):
        if line + 2 in lines:
            lines.add(line + 1)  # a single line left out saves nothing
    return sorted(lines)


def _open_lanes(lanes: dict[_Placed, int], number: int) -> Segments:
    """The bars of the spans that come down to line ``number`` from above; [] for none."""
    bars = {lane: p.mark.style for p, lane in lanes.items() if p.line < number <= p.last_line}
    if not bars:
        return []
    row: Segments = []
    for lane in range(max(bars) + 1):
        row += [("|", bars[lane]), (" ", Style.PLAIN)] if lane in bars else [("  ", Style.PLAIN)]
    return row


@dataclass(frozen=True, slots=True)
class _Window:
    """The part of a line that is shown: its text, and the cell of each code point in it."""

    text: str
    first: int
    cells: tuple[int, ...]

    def cell(self, column: int) -> int:
        """The cell where code point ``column`` begins, clipped to the window."""
        return self.cells[max(0, min(column - self.first, len(self.cells) - 1))]


def _window(line: str, spans: Sequence[tuple[int, int]], label: int, columns: int) -> _Window:
    """Expand ``line`` and cut it to ``columns`` cells around ``spans`` (code points; the first matters
    most) with ``label`` cells to spare at their right."""
    first = 0
    if len(line) > 2 * _NEAR:
        first = max(0, (spans[0][0] if spans else 0) - _NEAR)
        line = line[first : first + 2 * _NEAR]
    chars: list[str] = []
    starts: list[int] = []
    at = 0
    for char in line:
        starts.append(at)
        text = " " * (TAB - at % TAB) if char == "\t" else visible(char)
        chars.append(text)
        at += len(text) if char == "\t" else char_width(text)
    starts.append(at)
    if at <= columns and first == 0:
        return _Window("".join(chars), 0, tuple(starts))

    def cell(column: int) -> int:
        return starts[max(0, min(column - first, len(starts) - 1))]

    low, high = (min(cell(s) for s, _ in spans), max(cell(e) for _, e in spans)) if spans else (0, 0)
    if high - low + 2 * len(_CUT) > columns and spans:
        low, high = cell(spans[0][0]), cell(spans[0][1])
    left = max(0, min(high + min(label, _ROOM) + len(_CUT) - columns, low - 2 * len(_CUT)))
    right = left + columns
    cut_left, cut_right = left > 0 or first > 0, right < at
    inner_left = left + len(_CUT) if cut_left else left
    inner_right = right - len(_CUT) if cut_right else right
    kept = "".join(
        c for c, s, e in zip(chars, starts, starts[1:], strict=False) if inner_left <= s and e <= inner_right
    )
    lead = next((s for s in starts if s >= inner_left), inner_left)
    text = (_CUT + " " * (lead - inner_left) if cut_left else "") + kept + (_CUT if cut_right else "")
    return _Window(
        text,
        first,
        tuple(
            max(0, min(s, inner_right) - left) if s > inner_left else (len(_CUT) if cut_left else 0)
            for s in starts
        ),
    )


def _line(
    source: SourceFile, number: int, placed: list[_Placed], lanes: dict[_Placed, int], columns: int
) -> list[Row]:
    """A line of the text and the rows with its marks."""
    line = source.lines.line(number)
    singles = [p for p in placed if not p.multiline and p.line == number]
    starts = [p for p in lanes if p.line == number]
    ends = [p for p in lanes if p.last_line == number]
    indent = 2 * (max(lanes.values()) + 1) if lanes else 0
    room = max(columns - indent, 20)
    spans = [(p.column, max(p.end, p.column + 1)) for p in singles]
    spans += [(p.column, p.column + 1) for p in starts] + [(p.end - 1, p.end) for p in ends]
    label = max((width(p.mark.text) + 1 for p in singles + ends), default=0)
    window = _window(line, spans, label, room)

    blank = len(line) - len(line.lstrip())
    slashes = {p for p in starts if p.column <= blank}
    canvas = Canvas()
    canvas.put(0, indent, window.text, Style.PLAIN)
    for p, lane in lanes.items():
        if p in slashes:
            canvas.put(0, 2 * lane, "/", p.mark.style)
        elif p.line < number <= p.last_line:
            canvas.put(0, 2 * lane, "|", p.mark.style)

    _underline(canvas, singles, window, indent, room)
    begun = set(slashes)
    for p in (s for s in starts if s not in slashes):
        row = len(canvas)
        column = indent + window.cell(p.column)
        canvas.put(row, 2 * lanes[p] + 1, "_" * (column - 2 * lanes[p] - 1), p.mark.style)
        canvas.put(row, column, p.mark.char, p.mark.style)
        _bars(canvas, row, lanes, number, begun=begun)
        begun.add(p)
    ended: set[_Placed] = set()
    for p in ends:
        row = len(canvas)
        column = indent + window.cell(max(p.end - 1, 0))
        canvas.put(row, 2 * lanes[p], "|" + "_" * (column - 2 * lanes[p] - 1), p.mark.style)
        canvas.put(row, column, p.mark.char, p.mark.style)
        _label(canvas, row, column + 2, p.mark, columns)
        ended.add(p)
        for below in range(row, len(canvas)):
            _bars(canvas, below, lanes, number, begun=begun, ended=ended)
    for row in range(1, len(canvas)):
        _bars(canvas, row, lanes, number, ended=set(ends) | set(starts))
    return [Row(canvas.row(r), number=number if r == 0 else None) for r in range(len(canvas))]


def _bars(
    canvas: Canvas,
    row: int,
    lanes: dict[_Placed, int],
    number: int,
    *,
    begun: Collection[_Placed] = (),
    ended: Collection[_Placed] = (),
) -> None:
    """Draw the lanes that are open in an annotation row of line ``number``."""
    for p, lane in lanes.items():
        if (p in begun or p.line < number) and number <= p.last_line and p not in ended:
            canvas.put(row, 2 * lane, "|", p.mark.style, over=False)


def _underline(canvas: Canvas, singles: list[_Placed], window: _Window, indent: int, room: int) -> None:
    """Underline the marks of one line and put their labels."""
    if not singles:
        return
    extent: dict[_Placed, tuple[int, int]] = {}
    for p in singles:
        start = window.cell(p.column)
        extent[p] = (indent + start, indent + max(window.cell(p.end), start + 1))
    for p in sorted(
        singles, key=lambda p: p.mark.char == "^"
    ):  # the primary mark is drawn last: it stays whole
        start, end = extent[p]
        canvas.put(1, start, p.mark.char * (end - start), p.mark.style)

    labelled = sorted((p for p in singles if p.mark.text), key=lambda p: extent[p], reverse=True)
    if not labelled:
        return
    edge = indent + room
    last = labelled[0]
    column = extent[last][1] + 1
    hung = labelled
    if canvas.free(1, column - 1) and (edge - column >= min(width(last.mark.text), _ROOM)):
        beside = labelled[1:]
        if beside:  # leave the rows below free for the others' labels
            if edge - column >= width(last.mark.text):
                canvas.put(1, column, _one_line(last.mark.text), last.mark.style)
                hung = beside
        else:
            _label(canvas, 1, column, last.mark, edge)
            hung = []
    if not hung:
        return
    row = 2
    for p in hung:
        canvas.put(row, extent[p][0], "|", p.mark.style)
    row += 1
    for i, p in enumerate(hung):
        column = extent[p][0]
        if edge - column < min(width(p.mark.text), _ROOM):
            column = max(indent, edge - min(width(p.mark.text), 2 * _ROOM))
        before = max(row, len(canvas))
        _label(canvas, before, column, p.mark, edge)
        for below in range(before, len(canvas)):
            for q in hung[i + 1 :]:
                canvas.put(below, extent[q][0], "|", q.mark.style, over=False)
        row = len(canvas)


def _one_line(text: str) -> str:
    return " ".join(wrap(text, 10_000))


def _label(canvas: Canvas, row: int, column: int, mark: Mark, edge: int) -> None:
    """Write a label from a cell on, wrapped before ``edge``."""
    if not mark.text:
        return
    for i, text in enumerate(wrap(mark.text, max(edge - column, _ROOM))):
        canvas.put(row + i, column, text, mark.style)
