"""Workbooks (.xlsx) read row by row: values as cells hold them."""

from __future__ import annotations

import re
import zipfile
from collections.abc import Iterator
from pathlib import Path
from types import TracebackType
from xml.etree import ElementTree
from xml.parsers import expat

_MAIN = "{http://schemas.openxmlformats.org/spreadsheetml/2006/main}"
_RELATION = "{http://schemas.openxmlformats.org/officeDocument/2006/relationships}id"
_ESCAPED = re.compile(r"_x([0-9A-Fa-f]{4})_")
_BLOCK = 1 << 18

Row = dict[int, object]
"""The cells of a row that are not empty, by column (from 0): bool, float or str."""


class Workbook:
    """A workbook that is open. Raises ValueError where it is none."""

    def __init__(self, path: Path) -> None:
        try:
            self._zip = zipfile.ZipFile(path)
            self.sheets = self._sheets()
            self._strings = self._shared_strings()
        except (zipfile.BadZipFile, KeyError, ElementTree.ParseError) as problem:
            raise ValueError(f"it is not a workbook: {problem}") from problem

    def __enter__(self) -> Workbook:
        return self

    def __exit__(
        self, kind: type[BaseException] | None, value: BaseException | None, trace: TracebackType | None
    ) -> None:
        self._zip.close()

    def rows(self, sheet: str) -> Iterator[Row]:
        """The rows of a sheet from the first on; one without cells is empty. Raises ValueError."""
        reading = _Reading(self._strings)
        try:
            with self._zip.open(self.sheets[sheet]) as stream:
                while block := stream.read(_BLOCK):
                    yield from reading.feed(block)
                yield from reading.feed(b"", final=True)
        except (expat.ExpatError, zipfile.BadZipFile, IndexError) as problem:
            raise ValueError(f"sheet `{sheet}` cannot be read: {problem}") from problem

    def _sheets(self) -> dict[str, str]:
        targets = {}
        for relation in ElementTree.fromstring(self._zip.read("xl/_rels/workbook.xml.rels")):
            target = relation.attrib["Target"]
            targets[relation.attrib["Id"]] = target[1:] if target.startswith("/") else f"xl/{target}"
        book = ElementTree.fromstring(self._zip.read("xl/workbook.xml"))
        return {s.attrib["name"]: targets[s.attrib[_RELATION]] for s in book.iter(f"{_MAIN}sheet")}

    def _shared_strings(self) -> list[str]:
        if "xl/sharedStrings.xml" not in self._zip.namelist():
            return []
        root = ElementTree.fromstring(self._zip.read("xl/sharedStrings.xml"))
        return [
            _plain("".join(text.text or "" for text in item.iter(f"{_MAIN}t")))
            for item in root.iter(f"{_MAIN}si")
        ]


def _plain(text: str) -> str:
    """``_x000D_`` and its like as the characters that they stand for."""
    return _ESCAPED.sub(lambda found: chr(int(found[1], 16)), text) if "_x" in text else text


class _Reading:
    """One sheet, as its XML comes in."""

    def __init__(self, strings: list[str]) -> None:
        self._strings = strings
        self._parser = expat.ParserCreate()
        self._parser.buffer_text = True
        self._parser.StartElementHandler = self._start
        self._parser.EndElementHandler = self._end
        self._parser.CharacterDataHandler = self._characters
        self._rows: list[Row] = []
        self._row: Row = {}
        self._number = 0
        self._column = -1
        self._kind = "n"
        self._texts: list[str] | None = None
        self._held = ""

    def feed(self, data: bytes, *, final: bool = False) -> list[Row]:
        """The rows that are complete now."""
        self._parser.Parse(data, final)
        rows, self._rows = self._rows, []
        return rows

    def _start(self, name: str, attributes: dict[str, str]) -> None:
        if name == "c":
            place = attributes.get("r")
            self._column = self._column + 1 if place is None else _column(place)
            self._kind = attributes.get("t", "n")
            self._held = ""
        elif name in ("v", "t"):
            self._texts = []
        elif name == "row":
            number = int(attributes.get("r", self._number + 1))
            self._rows += [{} for _ in range(number - self._number - 1)]
            self._number, self._column, self._row = number, -1, {}

    def _characters(self, text: str) -> None:
        if self._texts is not None:
            self._texts.append(text)

    def _end(self, name: str) -> None:
        if name in ("v", "t"):
            self._held += "".join(self._texts or ())
            self._texts = None
            if name == "t" or self._kind == "str":
                self._row[self._column] = _plain(self._held)
            elif self._kind == "s":
                self._row[self._column] = self._strings[int(self._held)]
            elif self._kind == "b":
                self._row[self._column] = self._held == "1"
            elif self._kind == "n":
                self._row[self._column] = float(self._held)
            else:
                self._row[self._column] = self._held
        elif name == "row":
            self._rows.append(self._row)


def _column(place: str) -> int:
    """The column of a cell's place: ``C7`` is 2."""
    number = 0
    for character in place:
        if not character.isalpha():
            break
        number = number * 26 + ord(character) - 64
    return number - 1
