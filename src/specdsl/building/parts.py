"""Which files a build writes: contiguous ranges of rows and their names."""

from __future__ import annotations

import unicodedata
from collections.abc import Iterable
from dataclasses import dataclass, replace
from urllib.parse import quote

from specdsl.errors import DataError

_PLAIN = " !#$&'()+,;=@[]{}^~"  # besides letters, digits and _.-
_DEVICES = {"con", "prn", "aux", "nul", *(f"{port}{n}" for port in ("com", "lpt") for n in "0123456789")}


INTERMEDIATE = ".rows-"
"""Names of files that are made into others begin so. No file of a table does."""


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
    cannot have come out percent-encoded, as do the first ones of names that Windows keeps for devices."""
    stem = "".join(c if c.isalnum() or c in _PLAIN else quote(c, safe="") for c in table)
    if stem.startswith(".") or stem.split(".")[0].strip().casefold() in _DEVICES:
        stem = f"%{ord(stem[0]):02X}{stem[1:]}"
    return f"{stem}{f'-{number:05d}' if number else ''}{extension}"


@dataclass(frozen=True, slots=True)
class Assembly:
    """A file or folder ``name`` that is made of the intermediate files of ``tables``."""

    name: str
    tables: tuple[str, ...]
    folder: bool


def intermediate(part: Part) -> Part:
    """``part`` as an intermediate file."""
    return replace(part, name=f"{INTERMEDIATE}{part.name}")


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


def check_names(names: Iterable[tuple[str, str]], reserved: Iterable[str]) -> None:
    """Raises DataError where two of the tables and ``names`` (or one and a name of the build itself) share a
    name, on disks that take capitals for small letters too: there the one would replace the other."""
    owner = {_folded(name): ("the build itself", name) for name in reserved}
    for table, own in names:
        other, name = owner.setdefault(_folded(own), (f"`{table}`", own))
        if other == f"`{table}`":
            continue
        if name == own:
            raise DataError(
                f"table `{table}` and {other} would both be written to `{own}`",
                "rename the table, or write another format",
            )
        raise DataError(
            f"table `{table}` and {other} would be written to `{own}` and `{name}`, which many "
            "disks take for the same file",
            "rename one of them, so that they differ in more than capitals",
        )


def _folded(name: str) -> str:
    return unicodedata.normalize("NFC", name).casefold()
