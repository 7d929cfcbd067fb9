"""The layout of a CSV file: what parts its values, and its columns' names."""

from __future__ import annotations

import csv
import gzip
import io
from dataclasses import dataclass
from pathlib import Path

from specdsl.errors import DataError

_LOOKED_AT = 1 << 20
_DELIMITERS = (",", ";", "\t", "|")
_UTF16 = (b"\xff\xfe", b"\xfe\xff")


@dataclass(frozen=True, slots=True)
class Layout:
    """How a CSV file is laid out: what parts its values, and its columns' names."""

    delimiter: str
    names: tuple[str, ...]


def layout(path: Path) -> Layout:
    """How a file is laid out. Raises DataError where it is no text with a header of its own names."""
    text = _beginning(path)
    rows = text.splitlines()
    if not rows or not rows[0].strip():
        raise DataError(f"`{path}` has no header", "the first line of a CSV file names its columns")
    delimiter = _delimiter(path, text)
    names = next(csv.reader(io.StringIO(text), delimiter=delimiter))
    seen: dict[str, str] = {}
    for number, name in enumerate(names, 1):
        plain = name.strip()
        if not plain:
            raise DataError(f"column {number} of `{path}` has no name", "name it in the first line")
        if plain.casefold() in seen:
            said = (
                f"`{plain}`"
                if seen[plain.casefold()] == plain
                else f"`{seen[plain.casefold()]}` and `{plain}`"
            )
            raise DataError(f"two columns of `{path}` have the name {said}", "rename one in the first line")
        seen[plain.casefold()] = plain
    return Layout(delimiter, tuple(n.strip() for n in names))


def _beginning(path: Path) -> str:
    """The first part of a file as text."""
    try:
        with gzip.open(path) if path.suffix.lower() == ".gz" else path.open("rb") as file:
            data = file.read(_LOOKED_AT)
    except (OSError, EOFError):
        raise DataError(f"`{path}` cannot be read: it is damaged", "") from None
    if path.suffix.lower() == ".zst":
        import pyarrow as pa

        with pa.input_stream(str(path), compression="zstd") as stream:
            data = stream.read(_LOOKED_AT)
    if data[:2] in _UTF16:
        raise DataError(f"`{path}` is UTF-16 text", "save it as UTF-8")
    if b"\0" in data:
        raise DataError(f"`{path}` is no CSV: it has bytes that are no text", "give a text file")
    whole = data if len(data) < _LOOKED_AT else data[: data.rfind(b"\n") + 1] or data
    try:
        return whole.decode("utf-8-sig")
    except UnicodeDecodeError as error:
        line = whole.count(b"\n", 0, error.start) + 1
        raise DataError(f"`{path}` is no UTF-8 text: line {line} is not", "save it as UTF-8") from None


def _delimiter(path: Path, text: str) -> str:
    """The delimiter that gives the header the most names, and most of the next lines as many values."""
    if path.name.lower().removesuffix(".gz").endswith(".tsv"):
        return "\t"
    lines = text.splitlines(keepends=True)[:50]

    def fitness(delimiter: str) -> tuple[int, int]:
        rows = list(csv.reader(lines, delimiter=delimiter))
        width = len(rows[0])
        return (sum(len(row) == width for row in rows) if width > 1 else 0, width)

    return max(_DELIMITERS, key=fitness)
