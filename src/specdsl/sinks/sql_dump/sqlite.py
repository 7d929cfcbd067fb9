"""SQLite (3.24 and later).

======================  ==================================================================
bool                    ``BOOLEAN``: 0 and 1
int8 ... int, uint32    ``INTEGER``
uint64                  ``TEXT`` of its digits: an INTEGER has 63 bits and a sign
float, float32          ``REAL``; NaN is refused
decimal                 ``DECIMAL(p, s)``, stored as the nearest REAL: the value again, rounded to s digits;
                        ``TEXT`` of its digits where p is more than 15
string, enum            ``TEXT``, with a CHECK of an enum's members
json, list, struct      ``TEXT`` in JSON
bytes                   ``BLOB``
date                    ``DATE``: text, ``2024-02-29``
time                    ``TIME``: text, ``09:30:00`` or ``09:30:00.250000``
timestamp               ``DATETIME``: text in UTC, ``2024-02-29 09:30:00``, as SQLite's own functions write it
duration                ``INTEGER``, microseconds
uuid                    ``TEXT`` of 36 characters
======================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Sequence

from specdsl.datatypes import types as t
from specdsl.errors import UsageError
from specdsl.ir.model import Column
from specdsl.sinks.relational import values as v
from specdsl.sinks.relational.model import ForeignKey, counts_up
from specdsl.sinks.relational.names import is_plain
from specdsl.sinks.sql_dump.dialect import Dialect, Size, Spelling, bare, string
from specdsl.sinks.sql_dump.reserved import SQLITE

EXACT_DIGITS = 15
"""Decimals of so many digits come back from a double when rounded to their scale."""

_NAMED = {
    t.BOOL: "BOOLEAN",
    t.FLOAT: "REAL",
    t.Float(32): "REAL",
    t.BYTES: "BLOB",
    t.DATE: "DATE",
    t.TIME: "TIME",
    t.TIMESTAMP: "DATETIME",
    t.DURATION: "INTEGER",
}
_SPELLINGS: dict[type[t.DataType], Spelling] = {
    t.Bool: bare(v.booleans("0", "1")),
    t.Int: bare(v.INTEGER),
    t.Float: bare(v.floats(inf="9e999", minus_inf="-9e999")),
    t.Decimal: bare(v.DECIMAL),
    t.String: string(v.TEXT),
    t.Enum: string(v.MEMBER),
    t.Json: string(v.TEXT),
    t.Bytes: Spelling(v.HEX, "X'", "'"),
    t.Date: string(v.DATE),
    t.Time: string(v.TIME),
    t.Timestamp: string(v.instants(" ", "")),
    t.Duration: bare(v.MICROSECONDS),
    t.Uuid: string(v.UUID),
    t.List: string(v.NESTED),
    t.Struct: string(v.NESTED),
}


def is_text(dtype: t.DataType) -> bool:
    """Whether numbers of the type are stored as text, for want of one that holds them."""
    match dtype:
        case t.Int(64, signed=False):
            return True
        case t.Decimal(precision):
            return precision > EXACT_DIGITS
        case _:
            return False


class Sqlite(Dialect):
    """See the module's text."""

    name = "sqlite"
    title = "SQLite"
    longest_name = 1_000_000
    rows = 500
    later = False

    def quote(self, name: str) -> str:
        return name if is_plain(name, SQLITE) else '"' + name.replace('"', '""') + '"'

    def type_name(self, dtype: t.DataType, size: Size) -> str:
        match dtype:
            case _ if is_text(dtype):
                return "TEXT"
            case t.Int():
                return "INTEGER"
            case t.Decimal(precision, scale):
                return f"DECIMAL({precision}, {scale})"
            case _:
                return _NAMED.get(dtype, "TEXT")

    def spelling(self, dtype: t.DataType) -> Spelling:
        if is_text(dtype):
            return string(v.INTEGER if isinstance(dtype, t.Int) else v.DECIMAL)
        return _SPELLINGS[type(dtype)]

    def note(self, dtype: t.DataType) -> str | None:
        match dtype:
            case t.Int() if is_text(dtype):
                return "text of its digits: integers of SQLite have 63 bits and a sign"
            case t.Decimal(precision) if is_text(dtype):
                return f"text of its digits: numbers of SQLite have 15 exact ones, not {precision}"
            case t.Duration():
                return "an INTEGER of microseconds"
            case t.Uuid():
                return "text of 36 characters"
            case t.List() | t.Struct():
                return "text in JSON"
            case _:
                return None

    def compares(self, column: Column, *, order: bool) -> bool:
        return super().compares(column, order=order) and not (order and is_text(column.type))

    def key_type(self, column: Column, type_name: str) -> str:
        # INTEGER PRIMARY KEY is the row's number in the file: rows would be kept in the order of the key.
        return "BIGINT" if type_name == "INTEGER" and not counts_up(column) else type_name

    def references(self, key: ForeignKey) -> str:
        return " DEFERRABLE INITIALLY DEFERRED" if key.later else ""

    def comment_above(self, doc: str) -> str:
        return "".join(f"-- {line}\n" if line else "--\n" for line in doc.splitlines())

    def drop(self, tables: Sequence[str]) -> str:
        return f"PRAGMA foreign_keys = OFF;\n{super().drop(tables)}PRAGMA foreign_keys = ON;\n"

    def use_schema(self, schema: str, *, create: bool) -> str:
        raise UsageError("SQLite has no schemas", "leave `schema` out")

    def head(self) -> str:
        return "PRAGMA foreign_keys = ON;\n"
