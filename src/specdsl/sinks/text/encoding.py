"""Text in encodings other than UTF-8."""

from __future__ import annotations

import codecs

import pyarrow as pa

from specdsl.errors import DataError
from specdsl.sinks.base import WriteOptions
from specdsl.sinks.text.dialect import ERRORS

_CODECS = {"utf-8": "utf-8", "utf-8-sig": "utf-8", "utf-16": "utf-16-le"}
_MARKS = {"utf-8-sig": codecs.BOM_UTF8, "utf-16": codecs.BOM_UTF16_LE}


class Encoder:
    """From UTF-8 to ``encoding``. ``mark`` is what the file begins with."""

    def __init__(self, encoding: str, options: WriteOptions) -> None:
        self._encoding = encoding
        self._codec = _CODECS.get(encoding, encoding)
        self._errors = options.get(ERRORS)
        self._table = dict(options.metadata).get("specdsl.table", "")
        self.mark = _MARKS.get(encoding, b"")

    def line(self, text: str) -> bytes:
        """A line of names. Raises DataError where the encoding lacks a character."""
        try:
            return text.encode(self._codec, self._errors)
        except UnicodeEncodeError as problem:
            lacking = text[problem.start]
            raise self._lacking(lacking, f"the name of a column of `{self._table}`") from None

    def encode(
        self, lines: memoryview, texts: list[pa.StringArray], names: list[str], row: int
    ) -> memoryview | bytes:
        """``lines``, which ``texts`` by column were joined to. ``row``: how many the file has before. Raises
        DataError where the encoding lacks a character."""
        if self._codec == "utf-8":
            return lines
        text = str(lines, "utf-8")
        try:
            return text.encode(self._codec, self._errors)
        except UnicodeEncodeError as problem:
            lacking = text[problem.start]
        for name, column in zip(names, texts, strict=True):
            for place, value in enumerate(column.to_pylist()):
                if value is not None and lacking in value:
                    where = f"`{self._table}.{name}`, row {row + place} of the file,"
                    raise self._lacking(lacking, where)
        raise self._lacking(lacking, f"`{self._table}`")

    def _lacking(self, character: str, where: str) -> DataError:
        return DataError(
            f"{where} has `{character}` (U+{ord(character):04X}), which {self._encoding} lacks",
            "-O errors=replace writes ? instead; -O encoding=utf-8 has every character",
        )
