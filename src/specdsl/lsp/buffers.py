"""The text of a document that is open in the editor, kept by the client's incremental changes.

A line ends at ``\\n``, ``\\r\\n`` or ``\\r`` and nowhere else, as the protocol has it.
"""

from __future__ import annotations

import re
from bisect import bisect_right

from specdsl.lsp.positions import Encoding, to_column

_LINE_END = re.compile(r"\r\n|\n|\r")
_SURROGATE = re.compile("[\ud800-\udfff]")
_STRETCH = 1 << 16


class Buffer:
    """A text and its version. Line starts are found as far as they are asked for, and those before a change
    stay known: many cursors, whose changes come from the last to the first, cost what they touch."""

    def __init__(self, uri: str, text: str, version: int, encoding: Encoding) -> None:
        self.uri = uri
        self.version = version
        self._encoding = encoding
        self._text = _whole(text)
        self._starts = [0]
        self._scanned = 0  # the starts of all lines that begin up to here are known

    @property
    def text(self) -> str:
        return self._text

    def offset(self, line: int, units: int) -> int:
        """The offset of a position; past the end of its line or of the text it is that end."""
        self._scan(line + 1)
        if line >= len(self._starts):
            return len(self._text)
        start = self._starts[max(line, 0)]
        end = self._starts[line + 1] if line + 1 < len(self._starts) else len(self._text)
        written = self._text[start:end].rstrip("\r\n")
        return start + to_column(written, units if line >= 0 else 0, self._encoding)

    def replace(self, start: tuple[int, int], end: tuple[int, int], text: str) -> tuple[int, int]:
        """Put ``text`` in place of what lies between two positions (line, units); where that began and how
        many characters it had."""
        low, high = self.offset(*start), self.offset(*end)
        low, high = min(low, high), max(low, high)
        text = _whole(text)
        self._text = self._text[:low] + text + self._text[high:]
        # A line feed put in after a carriage return moves the start of its line, so that one goes too.
        kept = max(bisect_right(self._starts, low) - 1, 1)
        del self._starts[kept:]
        self._scanned = self._starts[-1]
        return low, high - low

    def reset(self, text: str) -> None:
        """Take a whole new text."""
        self._text = _whole(text)
        self._starts, self._scanned = [0], 0

    def _scan(self, lines: int) -> None:
        """Find line starts until that of line ``lines`` (counted from 0) is known, or the text ends."""
        text, length = self._text, len(self._text)
        while len(self._starts) <= lines and self._scanned < length:
            until = min(self._scanned + _STRETCH, length)
            if text[until - 1] == "\r" and until < length:
                until += 1  # not between the two characters of one line end
            self._starts += [m.end() for m in _LINE_END.finditer(text, self._scanned, until)]
            self._scanned = until


def _whole(text: str) -> str:
    """Halves of surrogate pairs, which JSON can carry and no file can, become replacement characters."""
    return text if text.isascii() else _SURROGATE.sub("\ufffd", text)
