"""Dumps read back: the rows of one table, by regular expressions made of the dialect's literals."""

from __future__ import annotations

import bz2
import gzip
import lzma
import re
import zipfile
import zlib
from collections.abc import Callable, Iterator
from pathlib import Path
from typing import Any

import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.sinks.sql_dump.dialect import Dialect, Rows

_BLOCK = 1 << 20


_MAGIC: tuple[tuple[bytes, Callable[[Path], Any]], ...] = (
    (b"\x1f\x8b", gzip.open),
    (b"BZh", bz2.open),
    (b"\xfd7zXZ\x00", lzma.open),
    (b"\x28\xb5\x2f\xfd", lambda path: pa.CompressedInputStream(pa.OSFile(str(path)), "zstd")),
    (b"PK\x03\x04", lambda path: _member(zipfile.ZipFile(path))),
)
"""How files begin that are compressed, and how they are opened."""


def _opened(path: Path) -> Any:
    """A file unpacked, as a stream of bytes. Raises ValueError where there is none."""
    if not path.is_file():
        raise ValueError("there is no such file")
    with path.open("rb") as file:
        start = file.read(8)
    for magic, open_ in _MAGIC:
        if start.startswith(magic):
            return open_(path)
    return path.open("rb")


def _member(archive: zipfile.ZipFile) -> Any:
    return archive.open(archive.namelist()[0])


class _Text:
    """The text of a file, a window of it at a time."""

    def __init__(self, path: Path) -> None:
        self._stream = _opened(path)
        self._rest = b""
        self.window = ""
        self.at = 0
        self.ended = False

    def more(self) -> bool:
        """Read on; what is before ``at`` is forgotten. False at the end."""
        if self.ended:
            return False
        try:
            data = self._rest + self._stream.read(_BLOCK)
        except (EOFError, zlib.error, lzma.LZMAError, pa.ArrowException) as problem:
            raise ValueError(f"it cannot be unpacked: {problem}") from problem
        self.ended = len(data) == len(self._rest)
        cut = len(data) if self.ended else _whole_characters(data)
        self._rest = data[cut:]
        self.window = self.window[self.at :] + data[:cut].decode()
        self.at = 0
        return True

    def close(self) -> None:
        self._stream.close()


def _whole_characters(data: bytes) -> int:
    """How many bytes there are without a character that is cut off."""
    for back in range(1, min(4, len(data)) + 1):
        byte = data[-back]
        if byte & 0xC0 != 0x80:
            length = 1 if byte < 0x80 else 2 if byte < 0xE0 else 3 if byte < 0xF0 else 4
            return len(data) - back if length > back else len(data)
    return len(data)


def head_lines(path: Path, count: int) -> list[str]:
    """The first lines of a dump."""
    text = _Text(path)
    try:
        text.more()
        return text.window.split("\n", count)[:count]
    finally:
        text.close()


def read_rows(
    path: Path, heading: str, dialect: Dialect, rows: Rows, schema: pa.Schema, types: list[t.DataType]
) -> Iterator[pa.RecordBatch]:
    """The rows of the table whose part begins with ``heading``. Raises ValueError where there is none, and
    where something between its rows is not a row."""
    comma = re.escape(rows.comma)
    row = re.compile(
        re.escape(rows.left) + comma.join(map(dialect.pattern, types)) + re.escape(rows.right), re.DOTALL
    )
    text = _Text(path)
    try:
        found: list[tuple[str | None, ...]] = []
        if not _go_past(text, f"\n{heading}"):
            raise ValueError("the dump has no such table")
        while _go_past(text, f"\n{rows.before}{rows.left}", len(rows.left)):
            for values in _rows(text, row, rows):
                found.append(values)
                if len(found) == 65_536:
                    yield _batch(found, dialect, schema, types)
                    found = []
        if found:
            yield _batch(found, dialect, schema, types)
    finally:
        text.close()


def _go_past(text: _Text, mark: str, kept: int = 0) -> bool:
    """Go to the end of the next ``mark``, less ``kept`` characters; False where there is none."""
    while True:
        at = text.window.find(mark, text.at)
        if at >= 0:
            text.at = at + len(mark) - kept
            return True
        text.at = max(text.at, len(text.window) - len(mark) + 1)
        if not text.more():
            return False


def _rows(text: _Text, row: re.Pattern[str], rows: Rows) -> Iterator[tuple[str | None, ...]]:
    between, after = rows.between, rows.after
    while True:
        found = row.match(text.window, text.at)
        # What follows a row decides; a row at the end of the window may go on beyond it.
        if found is None or len(text.window) - found.end() < max(len(between), len(after)):
            if text.more():
                continue
            if found is None:
                line = text.window[text.at : text.at + 80].partition("\n")[0]
                raise ValueError(f"`{line}` is not a row of the table")
        assert found is not None
        yield found.groups()
        if text.window.startswith(after, found.end()):
            text.at = found.end() + len(after) - 1  # its line's end stands before the next statement
            return
        if not text.window.startswith(between, found.end()):
            raise ValueError("a row is followed by neither another one nor the end of its statement")
        text.at = found.end() + len(between)


def _batch(
    found: list[tuple[str | None, ...]], dialect: Dialect, schema: pa.Schema, types: list[t.DataType]
) -> pa.RecordBatch:
    columns = list(zip(*found, strict=True)) or [()] * len(types)
    arrays = [
        dialect.values(texts, field, dtype)
        for texts, field, dtype in zip(columns, schema, types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
