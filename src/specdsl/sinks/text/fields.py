"""Columns as the fields of CSV, enclosed where the dialect asks for it."""

from __future__ import annotations

from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from specdsl.errors import DataError
from specdsl.sinks.base import WriteOptions
from specdsl.sinks.text.buffers import has_empty, plain_strings, text_bytes
from specdsl.sinks.text.dialect import Dialect
from specdsl.sinks.text.json import json_texts
from specdsl.sinks.text.values import is_free_text, scalar_text


class Fields:
    """The fields of one table's files in one dialect."""

    def __init__(self, schema: pa.Schema, dialect: Dialect, options: WriteOptions) -> None:
        self._schema = schema
        self._dialect = dialect
        self._table = dict(options.metadata).get("specdsl.table", "")

    def header(self) -> str:
        """The first line."""
        names = pa.array(self._schema.names, pa.string())
        if self._dialect.quoting == "none":
            self._require_plain(names, "the header", 0)
        else:
            names, _ = self._enclosed(names, free=True, numeric=False)
        return self._dialect.delimiter.join(names.to_pylist()) + self._dialect.line_end

    def of(self, batch: pa.RecordBatch, row: int) -> tuple[list[pa.StringArray], bool]:
        """The fields by column, null where null, and whether any is enclosed. ``row``: how many the file has
        before. Raises DataError where a dialect without quotes cannot say a value."""
        texts = []
        structural = False
        for column, field in zip(batch.columns, self._schema, strict=True):
            text, enclosed = self._column(column, field, row)
            texts.append(text)
            structural |= enclosed
        return texts, structural

    def _column(self, column: pa.Array[Any], field: pa.Field, row: int) -> tuple[pa.StringArray, bool]:
        kind = column.type
        numeric = pa.types.is_integer(kind) or pa.types.is_floating(kind) or pa.types.is_decimal(kind)
        # base64 has no marks, but may be empty
        free = is_free_text(kind) or pa.types.is_nested(kind) or _is_bytes(kind) or self._is_unusual(kind)
        if is_free_text(kind) and pa.types.is_dictionary(kind):
            values = plain_strings(column.dictionary)
            if self._dialect.quoting != "none":
                enclosed, structural = self._enclosed(values, free=True, numeric=False)
                return pc.take(enclosed, column.indices), structural
            text = pc.take(values, column.indices)
        elif pa.types.is_nested(kind):
            text = json_texts(column, field)  # whose type, not the column's, knows of JSON documents inside
            if column.null_count:
                text = pc.if_else(pc.is_valid(column), text, pa.scalar(None, pa.string()))
        elif pa.types.is_boolean(kind):
            text = pc.if_else(column, self._dialect.true, self._dialect.false)
        else:
            text = plain_strings(column) if is_free_text(kind) else scalar_text(column)
        if self._dialect.quoting == "none":
            if free:
                self._require_plain(text, field.name, row)
            return text, False
        return self._enclosed(text, free=free, numeric=numeric)

    def _is_unusual(self, kind: pa.DataType) -> bool:
        """Whether the texts of other types may hold the dialect's own marks: 12:30 where `:` separates."""
        usual = self._dialect.delimiter in ",;\t|" and self._dialect.quote in "\"'"
        return not usual and not pa.types.is_boolean(kind)

    def _enclosed(self, text: pa.StringArray, *, free: bool, numeric: bool) -> tuple[pa.StringArray, bool]:
        """``text`` with quotes around the values that get them, and whether any does. ``free``: whether
        values may hold any mark."""
        dialect = self._dialect
        quote = dialect.quote
        if dialect.quoting == "all" or (dialect.quoting == "nonnumeric" and not numeric):
            doubled = pc.replace_substring(text, quote, quote * 2) if free else text
            return pc.binary_join_element_wise(quote, doubled, quote, ""), True
        if not free:
            return text, False
        data = bytes(text_bytes(text))
        present = [mark for mark in dialect.structural if mark.encode() in data]
        named = [word for word in (dialect.null,) if word and word.encode() in data]
        if not present and not named and not has_empty(text):
            return text, False
        needed = pc.equal(text, "")
        for word in named:
            needed = pc.or_(needed, pc.equal(text, word))
        for mark in present:
            needed = pc.or_(needed, pc.match_substring(text, mark))
        doubled = pc.replace_substring(text, quote, quote * 2) if quote in present else text
        return pc.if_else(needed, pc.binary_join_element_wise(quote, doubled, quote, ""), text), True

    def _require_plain(self, text: pa.StringArray, name: str, row: int) -> None:
        bad = pc.equal(text, self._dialect.null)
        for mark in self._dialect.structural:
            bad = pc.or_(bad, pc.match_substring(text, mark))
        place = pc.index(bad.fill_null(False), True).as_py()
        if place < 0:
            return
        value = text[place].as_py()
        what = "would read as null" if value == self._dialect.null else "has a mark of the dialect"
        where = f"`{self._table}.{name}`, row {row + place} of the file,"
        raise DataError(
            f"{where} is {value[:40]!r}, which {what} without quotes",
            "leave out -O quoting=none, or choose another delimiter or null",
        )


def _is_bytes(kind: pa.DataType) -> bool:
    return bool(pa.types.is_binary(kind) or pa.types.is_large_binary(kind)) and kind != pa.uuid()
