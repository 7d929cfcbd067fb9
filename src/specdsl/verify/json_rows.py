"""What rows of JSON say beyond types: bare values, members that may be absent, documents that are null."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from specdsl.datatypes import types as t
from specdsl.ir.model import Table
from specdsl.verify.forms import quote_name, quote_text
from specdsl.verify.stored import Conversion, from_json, with_long_numbers


@dataclass(frozen=True, slots=True)
class JsonRows:
    """How the columns of a table stand in its rows. ``bare``: the column whose value is the row itself.
    ``absent``: those that are left out where they are null. ``documents``: those of type json in which null
    is a document."""

    bare: str | None = None
    absent: frozenset[str] = frozenset()
    documents: frozenset[str] = frozenset()

    def conversion(self, raw: str, column: str, dtype: t.DataType) -> Conversion:
        """The value of ``column`` from ``raw``, of DuckDB's type JSON: null there is JSON's, and SQL's
        where there is no member."""
        held = from_json(raw, dtype, document=column in self.documents)
        if column not in self.absent or column in self.documents:
            return held
        null = f"(json_type({raw}) IS NOT DISTINCT FROM 'NULL')"  # it would have been left out
        return Conversion(held.sql, null if held.bad is None else f"({null} OR {held.bad})")

    def source(self, scan: str, columns: Mapping[str, str], long: frozenset[str]) -> str:
        """SQL of a relation with a column of DuckDB's type JSON for each of ``columns`` (names in the files
        to names in the relation), and "#file". ``scan``: the arguments of a function that reads JSON.
        ``long``: columns that have long numbers."""
        # A line of one bare number would end in it, which ``with_long_numbers`` does not expect.
        marked = with_long_numbers("(CAST(json AS VARCHAR) || ' ')") if long else "json"
        lines = f'SELECT json, CAST({marked} AS JSON) AS long, "#file" FROM read_json_objects({scan})'
        if self.bare is not None and columns:
            (called,) = columns.values()
            return f'(SELECT {"long" if long else "json"} AS {quote_name(called)}, "#file" FROM ({lines}))'
        plain = not (self.absent or self.documents or long)
        if plain and columns and len({c.casefold() for c in columns}) == len(columns):
            types = ", ".join(f"{quote_text(c)}: 'JSON'" for c in columns)
            return f"read_json({scan}, columns = {{{types}}})"
        # DuckDB would read null for what is not there, and short numbers, and one of `a` and `A`.
        return _members(columns, long, lines)


OBJECTS = JsonRows()
"""Rows that are objects with all members, in which null is null."""


def json_rows(table: Table) -> JsonRows:
    """How the rows of ``table`` are written as JSON."""
    written = [c for c in table.columns.values() if not c.hidden]
    absent = frozenset(c.name for c in written if table.absent(c) and not c.bare)
    documents = (c for c in written if isinstance(c.type, t.Json) and (not c.nullable or c.name in absent))
    bare = next((c.name for c in written if c.bare), None)
    return JsonRows(bare, absent, frozenset(c.name for c in documents))


def _members(columns: Mapping[str, str], long: frozenset[str], lines: str) -> str:
    """SQL of the members of JSON objects: the ``columns`` by their names in the objects, as they are to be
    called. ``lines``: a query with ``json``, ``long`` (for the columns in ``long``) and "#file"."""
    if not columns:
        return f"({lines})"
    paths = ", ".join(quote_text(_path(name)) for name in columns)
    held = [f"json_extract(json, [{paths}]) AS held"]
    held += [f"json_extract(long, [{paths}]) AS far"] if long else []
    taken = ", ".join(
        f"{'far' if name in long else 'held'}[{i}] AS {quote_name(called)}"
        for i, (name, called) in enumerate(columns.items(), 1)
    )
    return f'(SELECT {taken}, "#file" FROM (SELECT {", ".join(held)}, "#file" FROM ({lines})))'


def _path(name: str) -> str:
    return '$."' + name.replace("\\", "\\\\").replace('"', '\\"') + '"'
