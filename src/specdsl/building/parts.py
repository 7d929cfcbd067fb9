"""Which files a build writes: contiguous ranges of rows and their names."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass
from urllib.parse import quote

from specdsl.errors import DataError

_PLAIN = " !#$&'()+,;=@[]{}^~"  # besides letters, digits and _.-


@dataclass(frozen=True, slots=True)
class Part:
    """Rows ``start .. stop - 1`` of a table, as file ``name``."""

    table: str
    name: str
    start: int
    stop: int

    @property
    def rows(self) -> int:
        return self.stop - self.start


def file_name(table: str, number: int, extension: str) -> str:
    """``users.parquet``, or for numbers from 1 ``users-00001.parquet``. Characters that names of files
    cannot have come out percent-encoded."""
    stem = "".join(c if c.isalnum() or c in _PLAIN else quote(c, safe="") for c in table)
    if stem.startswith("."):
        stem = "%2E" + stem[1:]
    return f"{stem}{f'-{number:05d}' if number else ''}{extension}"


def split(
    table: str, start: int, stop: int, files: int, extension: str, taken: Iterable[str] = ()
) -> list[Part]:
    """The parts that hold rows ``start .. stop - 1``: ``files`` of nearly equal size, the larger ones first,
    numbered after those in ``taken`` (names already there). A single file has no number where it is
    the table's first."""
    names = set(taken)
    if files == 1 and not names:
        return [Part(table, file_name(table, 0, extension), start, stop)]
    number = len(names) + 1
    while any(file_name(table, number + i, extension) in names for i in range(files)):
        number += 1
    rows, larger = divmod(stop - start, files)
    parts = []
    for i in range(files):
        end = start + rows + (1 if i < larger else 0)
        parts.append(Part(table, file_name(table, number + i, extension), start, end))
        start = end
    return parts


def check_names(parts: Iterable[Part], reserved: Iterable[str]) -> None:
    """Raises DataError where two parts (or a part and a name of the build itself) share a name."""
    owner = dict.fromkeys(reserved, "the build itself")
    for part in parts:
        other = owner.setdefault(part.name, f"`{part.table}`")
        if other != f"`{part.table}`":
            raise DataError(
                f"table `{part.table}` and {other} would both be written to `{part.name}`",
                "rename the table, or write another format",
            )
