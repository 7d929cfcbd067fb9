"""Positions as the protocol counts them, written without regard to how the server does it: character by
character."""

from __future__ import annotations

from collections.abc import Callable

UNITS: dict[str, Callable[[str], int]] = {
    "utf-8": lambda c: len(c.encode()),
    "utf-16": lambda c: 1 + (ord(c) > 0xFFFF),
    "utf-32": lambda c: 1,
}


def lines_of(text: str) -> list[tuple[int, int]]:
    """Where each line begins, and where what is written on it ends."""
    lines, start, at = [], 0, 0
    while at < len(text):
        if text[at] in "\r\n":
            lines.append((start, at))
            at += 2 if text[at : at + 2] == "\r\n" else 1
            start = at
        else:
            at += 1
    return [*lines, (start, len(text))]


def position_of(text: str, offset: int, encoding: str) -> tuple[int, int]:
    """Line and column of an offset; between the characters of a line end it is the end of the line."""
    number, (start, end) = max((n, one) for n, one in enumerate(lines_of(text)) if one[0] <= offset)
    return number, sum(UNITS[encoding](c) for c in text[start : min(offset, end)])


def offset_of(text: str, line: int, units: int, encoding: str) -> int:
    """The offset of a position; past the end of the line or text it is that end, and within a character it is
    that character's start."""
    lines = lines_of(text)
    if line >= len(lines):
        return len(text)
    at, end = lines[line]
    while at < end and (width := UNITS[encoding](text[at])) <= units:
        units -= width
        at += 1
    return at
