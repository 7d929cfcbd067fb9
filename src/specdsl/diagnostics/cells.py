"""Text in the cells of a terminal: widths, safe characters, wrapping, and a canvas to draw on."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterator
from enum import StrEnum

TAB = 4
_TOGETHER = 40  # the longest code that is not broken

Segments = list[tuple[str, "Style"]]
"""A row of text in pieces, each with its style."""


class Style(StrEnum):
    """What a piece of text is; colours are chosen when it is printed."""

    PLAIN = "plain"
    BOLD = "bold"
    GUTTER = "gutter"
    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"
    SECONDARY = "secondary"
    HELP = "help"


def char_width(char: str) -> int:
    """The cells that one code point takes: 0 for combining and format characters, 2 for wide ones."""
    if char < "\u0300":
        return 0 if char == "\u00ad" else 1
    if unicodedata.category(char) in {"Mn", "Me", "Cf"}:
        return 0
    return 2 if unicodedata.east_asian_width(char) in {"W", "F"} else 1


def width(text: str) -> int:
    """The cells that ``text`` (without tabs and line ends) takes."""
    return len(text) if text.isascii() else sum(map(char_width, text))


_DIRECTION = frozenset("\u061c\u200e\u200f\u202a\u202b\u202c\u202d\u202e\u2066\u2067\u2068\u2069")


def visible(char: str) -> str:
    """``char``, or what stands for it where it would move the cursor, reorder the line or end it: a spec
    must not be able to write control sequences to the terminal of whoever checks it."""
    if " " <= char <= "~":
        return char
    if char < " ":
        return chr(0x2400 + ord(char))
    if char == "\x7f":
        return "\u2421"
    if "\x7f" < char < "\xa0" or char in _DIRECTION or char in "\u2028\u2029" or "\ud800" <= char <= "\udfff":
        return "\ufffd"
    if ord(char) & 0xFFFE == 0xFFFE or "\ufdd0" <= char <= "\ufdef":  # no characters at all
        return "\ufffd"
    return char


def printable(text: str) -> str:
    """``text`` with every unsafe character made visible; line ends stay."""
    if text.isascii() and text.isprintable():
        return text
    return "".join(c if c == "\n" else " " if c == "\t" else visible(c) for c in text)


def wrap(text: str, columns: int) -> list[str]:
    """``text`` broken at spaces into rows of at most ``columns`` cells; a longer word has a row of its
    own. Line ends in the text stay, and so does the indentation of lines."""
    rows: list[str] = []
    for paragraph in printable(text).split("\n"):
        if width(paragraph) <= columns:
            rows.append(paragraph.rstrip())
            continue
        indent = paragraph[: len(paragraph) - len(paragraph.lstrip())]
        row = ""
        for word in _words(paragraph.strip()):
            if row and width(row) + 1 + width(word) > columns:
                rows.append(row)
                row = ""
            row = f"{row} {word}" if row else indent + word
        rows.append(row)
    return rows


def _words(text: str) -> Iterator[str]:
    """The words of ``text``; what stands in backticks counts as one word if it is short."""
    held: list[str] = []
    for piece in text.split(" "):
        held.append(piece)
        joined = " ".join(held)
        if joined.count("`") % 2 == 0:
            yield joined
            held = []
        elif width(joined) > _TOGETHER:
            yield from held
            held = []
    yield from held


class Canvas:
    """Rows of cells, each with a character and a style; grows as it is drawn on."""

    def __init__(self) -> None:
        self._rows: list[list[tuple[str, Style]]] = []

    def __len__(self) -> int:
        return len(self._rows)

    def put(self, row: int, column: int, text: str, style: Style, *, over: bool = True) -> None:
        """Draw ``text`` from a cell on; with ``over`` false only where nothing stands yet."""
        while len(self._rows) <= row:
            self._rows.append([])
        cells = self._rows[row]
        for char in text:
            size = char_width(char)
            if size == 0:
                if 0 < column <= len(cells):
                    before, kept = cells[column - 1]
                    cells[column - 1] = (before + char, kept)
                continue
            while len(cells) < column + size:
                cells.append((" ", Style.PLAIN))
            if over or cells[column][0] == " ":
                cells[column] = (char, style)
                for extra in range(1, size):
                    cells[column + extra] = ("", style)
            column += size

    def free(self, row: int, column: int) -> bool:
        """Whether nothing stands in ``row`` from ``column`` on."""
        return row >= len(self._rows) or all(c == " " for c, _ in self._rows[row][column:])

    def row(self, number: int) -> Segments:
        """A row in pieces of one style, without trailing blanks."""
        cells = list(self._rows[number])
        while cells and cells[-1][0] == " ":
            cells.pop()
        pieces: Segments = []
        for char, style in cells:
            if pieces and (pieces[-1][1] is style or char == " "):
                pieces[-1] = (pieces[-1][0] + char, pieces[-1][1])
            else:
                pieces.append((char, style))
        return pieces
