"""PostgreSQL (12 and later).

======================  ==================================================================
bool                    ``boolean``
int8, int16, uint8      ``smallint``; int32, uint16 ``integer``; int, uint32 ``bigint``;
                        uint64 ``numeric(20)``
float, float32          ``double precision``, ``real``
decimal                 ``numeric(p, s)``
string                  ``text``, ``varchar(n)`` where it has a longest length
enum                    a type of its own, ``CREATE TYPE ... AS ENUM``
json, list, struct      ``jsonb`` (which orders members and drops spaces)
bytes                   ``bytea``
date, time              ``date``, ``time``
timestamp               ``timestamptz``
duration                ``interval``, of seconds
uuid                    ``uuid``
======================  ==================================================================
"""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence

import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.sinks.relational import values as v
from specdsl.sinks.relational.model import Relation
from specdsl.sinks.relational.names import is_plain
from specdsl.sinks.sql_dump.dialect import Dialect, Rows, Size, Spelling, bare, one_line, string
from specdsl.sinks.sql_dump.reserved import POSTGRESQL

_INTEGERS = {
    (8, True): "smallint",
    (16, True): "smallint",
    (32, True): "integer",
    (64, True): "bigint",
    (8, False): "smallint",
    (16, False): "integer",
    (32, False): "bigint",
    (64, False): "numeric(20)",
}
_NAMED = {
    t.BOOL: "boolean",
    t.FLOAT: "double precision",
    t.Float(32): "real",
    t.BYTES: "bytea",
    t.DATE: "date",
    t.TIME: "time",
    t.TIMESTAMP: "timestamptz",
    t.DURATION: "interval",
    t.UUID: "uuid",
}
_FLOATS = v.floats(nan="'NaN'", inf="'Infinity'", minus_inf="'-Infinity'")
_SPELLINGS: dict[type[t.DataType], Spelling] = {
    t.Bool: bare(v.booleans("false", "true")),
    t.Int: bare(v.INTEGER),
    t.Float: bare(v.Form(_FLOATS.render, _FLOATS.parse, r"'?-?[\w.+]+(?:e-\d+)?'?")),
    t.Decimal: bare(v.DECIMAL),
    t.String: string(v.TEXT),
    t.Enum: string(v.MEMBER),
    t.Json: string(v.TEXT),
    t.Bytes: Spelling(v.HEX, r"'\x", "'"),
    t.Date: string(v.DATE),
    t.Time: string(v.TIME),
    t.Timestamp: string(v.instants(" ", "+00")),
    t.Duration: string(v.durations("seconds")),
    t.Uuid: string(v.UUID),
    t.List: string(v.NESTED),
    t.Struct: string(v.NESTED),
}

_ESCAPES = (("\\", r"\\"), ("\n", r"\n"), ("\r", r"\r"), ("\t", r"\t"))
_ESCAPED = re.compile(r"\\[\\nrt]")

_LONGEST_DOC = 100_000


class PostgreSql(Dialect):
    """See the module's text."""

    name = "postgresql"
    title = "PostgreSQL"
    longest_name = 63
    names_in_bytes = True
    folds = False

    def quote(self, name: str) -> str:
        return name if is_plain(name, POSTGRESQL) else '"' + name.replace('"', '""') + '"'

    def type_name(self, dtype: t.DataType, size: Size) -> str:
        match dtype:
            case t.Int(bits, signed):
                return _INTEGERS[bits, signed]
            case t.Decimal(precision, scale):
                return f"numeric({precision}, {scale})"
            case t.String(_, longest):
                return "text" if longest is None or longest > 10_485_760 else f"varchar({longest})"
            case t.Enum():
                return self.quote(dtype.name)
            case t.Json() | t.List() | t.Struct():
                return "jsonb"
            case _:
                return _NAMED[dtype]

    def spelling(self, dtype: t.DataType) -> Spelling:
        return _SPELLINGS[type(dtype)]

    def enum_condition(self, dtype: t.Enum) -> bool:
        return False

    def data(self, statement: str) -> Dialect:
        return PostgreSqlCopy() if statement == "copy" else self

    def use_schema(self, schema: str, *, create: bool) -> str:
        made = f"CREATE SCHEMA IF NOT EXISTS {schema};\n" if create else ""
        return f"{made}SET search_path TO {schema};\n"

    def head(self) -> str:
        return "SET client_encoding = 'UTF8';\nSET standard_conforming_strings = on;\n"

    def drop(self, tables: Sequence[str]) -> str:
        return f"DROP TABLE IF EXISTS {', '.join(tables)} CASCADE;\n"

    def before_tables(self, enums: Sequence[t.Enum], *, drop: bool) -> str:
        out = []
        for enum in enums:
            members = ", ".join(self.text(m) for m in enum.members)
            if drop:
                out.append(f"DROP TYPE IF EXISTS {self.quote(enum.name)};\n")
            out.append(f"CREATE TYPE {self.quote(enum.name)} AS ENUM ({members});\n")
        return "".join(out)

    def comments(self, table: str, relation: Relation) -> Iterable[str]:
        if relation.table.doc:
            yield f"COMMENT ON TABLE {table} IS {self.text(one_line(relation.table.doc, _LONGEST_DOC))};\n"
        for column in relation.columns:
            if column.doc:
                said = self.text(one_line(column.doc, _LONGEST_DOC))
                yield f"COMMENT ON COLUMN {table}.{self.quote(column.name)} IS {said};\n"


class PostgreSqlCopy(PostgreSql):
    """Rows as COPY ... FROM stdin takes them: tabs between values, backslashes before what is special."""

    rows = most_rows = 1 << 62
    null = r"\N"

    def insert(self, table: str, columns: Sequence[str]) -> Rows:
        before = f"COPY {table} ({', '.join(columns)}) FROM stdin;\n"
        return Rows(before, "", "", "\n", "\n\\.\n", "\t")

    def spelling(self, dtype: t.DataType) -> Spelling:
        if isinstance(dtype, t.Float):
            return bare(v.floats(nan="NaN", inf="Infinity", minus_inf="-Infinity"))
        own = super().spelling(dtype)
        before = r"\\x" if isinstance(dtype, t.Bytes) else ""
        return Spelling(own.form, before, "", own.quoted)

    def escape(self, text: pa.StringArray) -> pa.StringArray:
        for character, escape in _ESCAPES:
            text = pc.replace_substring(text, character, escape)
        return text

    def unescape(self, text: pa.StringArray) -> pa.StringArray:
        if not pc.any(pc.match_substring(text, "\\")).as_py():
            return text
        marked = {escape: character for character, escape in _ESCAPES}
        found = [None if x is None else _ESCAPED.sub(lambda m: marked[m[0]], x) for x in text.to_pylist()]
        return pa.array(found, pa.string())

    @property
    def inside(self) -> str:
        return r"[^\t\n]*"

    def pattern(self, dtype: t.DataType) -> str:
        return super().pattern(dtype).replace("\\\\N|", "\\\\N(?=[\\t\\n])|", 1)
