"""Oracle (12.2 and later), for SQL*Plus and SQLcl.

======================  ==================================================================
bool                    ``NUMBER(1)``: 0 and 1
int8 ... uint64         ``NUMBER(3)`` to ``NUMBER(20)``
float, float32          ``BINARY_DOUBLE``, ``BINARY_FLOAT``
decimal                 ``NUMBER(p, s)``
string, enum            ``VARCHAR2(n CHAR)``; ``CLOB`` where the data has more than 4,000 bytes; an
                        empty string is null
json, list, struct      ``CLOB`` in JSON
bytes                   ``BLOB``, ``RAW(n)`` in keys; at most 2,000 bytes each; an empty value is null
date                    ``DATE``
time                    ``INTERVAL DAY(0) TO SECOND(6)`` since midnight
timestamp               ``TIMESTAMP(6) WITH TIME ZONE``, in UTC
duration                ``INTERVAL DAY(9) TO SECOND(6)``
uuid                    ``CHAR(36)``
======================  ==================================================================

Rows are given by ``INSERT ALL``, which releases before 23ai know too. Line breaks in strings are written
``CHR(10)``: SQL*Plus would take a line's end for that of a statement.
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.errors import DataError
from specdsl.ir.model import Column
from specdsl.sinks.relational import values as v
from specdsl.sinks.relational.model import Relation
from specdsl.sinks.relational.names import is_plain
from specdsl.sinks.sql_dump.dialect import Dialect, Rows, Size, Spelling, bare, one_line, string
from specdsl.sinks.sql_dump.reserved import ORACLE

_DIGITS = {(8, True): 3, (16, True): 5, (32, True): 10, (64, True): 19}
_UNSIGNED = {8: 3, 16: 5, 32: 10, 64: 20}
_NAMED = {
    t.BOOL: "NUMBER(1)",
    t.FLOAT: "BINARY_DOUBLE",
    t.Float(32): "BINARY_FLOAT",
    t.DATE: "DATE",
    t.TIME: "INTERVAL DAY(0) TO SECOND(6)",
    t.TIMESTAMP: "TIMESTAMP(6) WITH TIME ZONE",
    t.DURATION: "INTERVAL DAY(9) TO SECOND(6)",
    t.UUID: "CHAR(36)",
}
_FLOATS = v.floats(nan="BINARY_DOUBLE_NAN", inf="BINARY_DOUBLE_INFINITY", minus_inf="-BINARY_DOUBLE_INFINITY")
_SPELLINGS: dict[type[t.DataType], Spelling] = {
    t.Bool: bare(v.booleans("0", "1")),
    t.Int: bare(v.INTEGER),
    t.Float: bare(_FLOATS),
    t.Decimal: bare(v.DECIMAL),
    t.String: string(v.TEXT),
    t.Enum: string(v.MEMBER),
    t.Json: Spelling(v.TEXT, "TO_CLOB('", "')", quoted=True),
    t.Bytes: Spelling(v.HEX, "HEXTORAW('", "')"),
    t.Date: Spelling(v.DATE, "DATE '", "'"),
    t.Time: Spelling(v.DAY_TIME, "INTERVAL '", "' DAY TO SECOND(6)"),
    t.Timestamp: Spelling(v.instants(" ", " +00:00"), "TIMESTAMP '", "'"),
    t.Duration: Spelling(v.DAY_TIME, "INTERVAL '", "' DAY(9) TO SECOND(6)"),
    t.Uuid: string(v.UUID),
    t.List: Spelling(v.NESTED, "TO_CLOB('", "')", quoted=True),
    t.Struct: Spelling(v.NESTED, "TO_CLOB('", "')", quoted=True),
}
_PIECE = 900  # characters of a literal: quotes doubled and four bytes each, they stay below 4,000 bytes
_MOST_BYTES = 4_000
_LONGEST_DOC = 800
_JOIN = "')||TO_CLOB('"
_BREAKS = {"\n": "'||CHR(10)||'", "\r": "'||CHR(13)||'"}
_INSIDE = re.compile(r"''|'\|\|CHR\((\d+)\)\|\|'|'\)\|\|TO_CLOB\('")


class Oracle(Dialect):
    """See the module's text."""

    name = "oracle"
    title = "Oracle"
    longest_name = 128
    names_in_bytes = True
    rows = 100
    most_rows = 500
    surveys = True
    commits_tables = True

    def quote(self, name: str) -> str:
        plain = is_plain(name, ORACLE) and name[0] != "_"
        return name if plain else '"' + name + '"'

    def type_name(self, dtype: t.DataType, size: Size) -> str:
        match dtype:
            case t.Int(bits, signed):
                return f"NUMBER({_DIGITS[bits, True] if signed else _UNSIGNED[bits]})"
            case t.Decimal(precision, scale):
                return f"NUMBER({precision}, {scale})"
            case t.Enum(_, members):
                return f"VARCHAR2({max(1, *map(len, members))} CHAR)"
            case t.String(_, longest):
                if size.bytes > _MOST_BYTES:
                    if size.keyed:
                        raise DataError(
                            f"a key of Oracle has at most {_MOST_BYTES} bytes, and one of the data has more"
                        )
                    return "CLOB"
                return f"VARCHAR2({longest if longest and longest <= _MOST_BYTES else _MOST_BYTES} CHAR)"
            case t.Bytes():
                return f"RAW({max(255, size.bytes)})" if size.keyed else "BLOB"
            case _:
                return _NAMED.get(dtype, "CLOB")

    def spelling(self, dtype: t.DataType) -> Spelling:
        return _SPELLINGS[type(dtype)]

    def note(self, dtype: t.DataType) -> str | None:
        match dtype:
            case t.String(low) if low == 0:
                return "null where it is empty: Oracle takes the empty string for null"
            case t.Bytes():
                return "null where it is empty, and refused beyond 2,000 bytes"
            case t.Time():
                return "an INTERVAL since midnight: Oracle has no time of day"
            case t.Uuid():
                return "CHAR(36)"
            case t.List() | t.Struct():
                return "a CLOB of JSON"
            case _:
                return None

    def truth(self, name: str) -> str:
        return f"{name} = 1"

    def compares(self, column: Column, *, order: bool) -> bool:
        # A string may become a CLOB, which compares with nothing.
        return super().compares(column, order=order) and not (
            isinstance(column.type, t.Bytes)
            or (isinstance(column.type, t.String) and (column.type.max_length or 1_001) > 1_000)
        )

    def nullable(self, column: Column, size: Size) -> bool:
        return column.nullable or size.empty

    # --- literals ----------------------------------------------------------------------------

    def escape(self, text: pa.StringArray) -> pa.StringArray:
        longest = pc.max(pc.utf8_length(text)).as_py() or 0
        if longest > _PIECE:
            cut = [x if x is None else _cut(x) for x in text.to_pylist()]
            return pa.array(cut, pa.string())
        text = super().escape(text)
        for character, written in _BREAKS.items():
            text = pc.replace_substring(text, character, written)
        return text

    def unescape(self, text: pa.StringArray) -> pa.StringArray:
        if not pc.any(pc.match_substring(text, "||")).as_py():
            return super().unescape(text)
        return pa.array([x if x is None else _INSIDE.sub(_joined, x) for x in text.to_pylist()], pa.string())

    @property
    def inside(self) -> str:
        return r"[^']*(?:(?:''|'\|\|CHR\(1[03]\)\|\|'|'\)\|\|TO_CLOB\(')[^']*)*"

    def literals(self, array: object, field: pa.Field, dtype: t.DataType) -> pa.StringArray:
        text = super().literals(array, field, dtype)
        if isinstance(dtype, t.Bytes) and (pc.max(pc.binary_length(text)).as_py() or 0) > 4_012:
            raise ValueError("more than 2,000 bytes, which a literal of Oracle cannot have")
        if isinstance(dtype, t.String) and pc.any(pc.match_substring(text, _JOIN)).as_py():
            long = pc.match_substring(text, _JOIN)
            return pc.if_else(long, pc.binary_join_element_wise("TO_CLOB(", text, ")", ""), text)
        return text

    def pattern(self, dtype: t.DataType) -> str:
        plain = super().pattern(dtype)
        if not isinstance(dtype, t.String):
            return plain
        return rf"(?:NULL|(?:TO_CLOB\()?'({self.inside})'\)?)"

    # --- statements --------------------------------------------------------------------------

    def insert(self, table: str, columns: Sequence[str]) -> Rows:
        into = f"  INTO {table} ({', '.join(columns)}) VALUES ("
        return Rows("INSERT ALL\n", into, ")", "\n", "\nSELECT 1 FROM dual;\n")

    def head(self) -> str:
        return (
            "SET DEFINE OFF\nSET SQLBLANKLINES ON\nWHENEVER SQLERROR EXIT SQL.SQLCODE\n"
            "ALTER SESSION SET TIME_ZONE = '+00:00';\n"
        )

    def begin(self) -> str:
        return ""

    def use_schema(self, schema: str, *, create: bool) -> str:
        return f"ALTER SESSION SET CURRENT_SCHEMA = {schema};\n"

    def drop(self, tables: Sequence[str]) -> str:
        return "".join(
            f"BEGIN\n  EXECUTE IMMEDIATE {self.text(f'DROP TABLE {table} CASCADE CONSTRAINTS PURGE')};\n"
            "EXCEPTION\n  WHEN OTHERS THEN IF SQLCODE != -942 THEN RAISE; END IF;\nEND;\n/\n"
            for table in tables
        )

    def comments(self, table: str, relation: Relation) -> Iterable[str]:
        if relation.table.doc:
            yield f"COMMENT ON TABLE {table} IS {self.text(one_line(relation.table.doc, _LONGEST_DOC))};\n"
        for column in relation.columns:
            if column.doc:
                said = self.text(one_line(column.doc, _LONGEST_DOC))
                yield f"COMMENT ON COLUMN {table}.{self.quote(column.name)} IS {said};\n"

    def unique(self, table: str, name: str, columns: Sequence[Column]) -> str | None:
        if len(columns) == 1 or not any(c.nullable for c in columns):
            return None
        # Rows with some nulls would count as equal: the index has no entry for them.
        whole = " AND ".join(f"{self.quote(c.name)} IS NOT NULL" for c in columns if c.nullable)
        parts = ", ".join(f"CASE WHEN {whole} THEN {self.quote(c.name)} END" for c in columns)
        return f"CREATE UNIQUE INDEX {self.quote(name)} ON {table} ({parts});\n"


def _cut(text: str) -> str:
    pieces = [text[i : i + _PIECE].replace("'", "''") for i in range(0, max(1, len(text)), _PIECE)]
    whole = _JOIN.join(pieces)
    for character, written in _BREAKS.items():
        whole = whole.replace(character, written)
    return whole


def _joined(found: re.Match[str]) -> str:
    if found[1]:
        return chr(int(found[1]))
    return "'" if found[0] == "''" else ""
