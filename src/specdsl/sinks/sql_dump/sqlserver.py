"""SQL Server (2017 and later), for ``sqlcmd -x -f 65001 -i FILE``.

======================  ==================================================================
bool                    ``BIT``
int8, int16             ``SMALLINT``; uint8 ``TINYINT``; int32, uint16 ``INT``; int, uint32 ``BIGINT``;
                        uint64 ``DECIMAL(20, 0)``
float, float32          ``FLOAT``, ``REAL``; what is not finite is refused
decimal                 ``DECIMAL(p, s)``
string, enum            ``NVARCHAR(n)``, ``NVARCHAR(MAX)``; in keys compared by code point (``BIN2``); n is
                        twice the longest length, since characters beyond U+FFFF take two places
json, list, struct      ``NVARCHAR(MAX)`` in JSON
bytes                   ``VARBINARY(MAX)``, ``VARBINARY(n)`` in keys
date, time              ``DATE``, ``TIME(6)``
timestamp               ``DATETIME2(6)``, in UTC
duration                ``BIGINT``, microseconds
uuid                    ``UNIQUEIDENTIFIER``
======================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Iterable, Sequence

from specdsl.datatypes import types as t
from specdsl.errors import DataError
from specdsl.ir.model import Column
from specdsl.sinks.relational import values as v
from specdsl.sinks.relational.model import Relation
from specdsl.sinks.sql_dump.dialect import Dialect, Rows, Size, Spelling, bare, one_line, string

_INTEGERS = {
    (8, True): "SMALLINT",
    (16, True): "SMALLINT",
    (32, True): "INT",
    (64, True): "BIGINT",
    (8, False): "TINYINT",
    (16, False): "INT",
    (32, False): "BIGINT",
    (64, False): "DECIMAL(20, 0)",
}
_NAMED = {
    t.BOOL: "BIT",
    t.FLOAT: "FLOAT",
    t.Float(32): "REAL",
    t.DATE: "DATE",
    t.TIME: "TIME(6)",
    t.TIMESTAMP: "DATETIME2(6)",
    t.DURATION: "BIGINT",
    t.UUID: "UNIQUEIDENTIFIER",
}
_SPELLINGS: dict[type[t.DataType], Spelling] = {
    t.Bool: bare(v.booleans("0", "1")),
    t.Int: bare(v.INTEGER),
    t.Float: bare(v.floats()),
    t.Decimal: bare(v.DECIMAL),
    t.String: string(v.TEXT, "N"),
    t.Enum: string(v.MEMBER, "N"),
    t.Json: string(v.TEXT, "N"),
    t.Bytes: Spelling(v.HEX, "0x"),
    t.Date: string(v.DATE),
    t.Time: string(v.TIME),
    t.Timestamp: string(v.instants(" ", "")),
    t.Duration: bare(v.MICROSECONDS),
    t.Uuid: string(v.UUID),
    t.List: string(v.NESTED, "N"),
    t.Struct: string(v.NESTED, "N"),
}
_KEY_PLACES = 450  # 900 bytes of a key
_COLLATION = " COLLATE Latin1_General_100_BIN2"

_LONGEST_DOC = 3_750


class SqlServer(Dialect):
    """See the module's text."""

    name = "sqlserver"
    title = "SQL Server"
    longest_name = 128
    rows = most_rows = 1_000
    surveys = True
    qualifies = True

    def quote(self, name: str) -> str:
        return "[" + name.replace("]", "]]") + "]"

    def type_name(self, dtype: t.DataType, size: Size) -> str:
        match dtype:
            case t.Int(bits, signed):
                return _INTEGERS[bits, signed]
            case t.Decimal(precision, scale):
                return f"DECIMAL({precision}, {scale})"
            case t.Enum(_, members):
                return f"NVARCHAR({max(1, *(_places(m) for m in members))}){_COLLATION}"
            case t.String(_, longest) if size.keyed:
                places = longest * 2 if longest is not None and longest * 2 <= _KEY_PLACES else 255
                return f"NVARCHAR({_key(max(size.characters * 2, places), size.characters)}){_COLLATION}"
            case t.String(_, longest) if longest is not None and longest <= 2_000:
                return f"NVARCHAR({max(1, longest * 2)})"
            case t.Bytes() if size.keyed:
                return f"VARBINARY({max(size.bytes, 255)})"
            case t.Bytes():
                return "VARBINARY(MAX)"
            case _:
                return _NAMED.get(dtype, "NVARCHAR(MAX)")

    def spelling(self, dtype: t.DataType) -> Spelling:
        return _SPELLINGS[type(dtype)]

    def note(self, dtype: t.DataType) -> str | None:
        match dtype:
            case t.Duration():
                return "a BIGINT of microseconds"
            case t.List() | t.Struct():
                return "NVARCHAR(MAX) with JSON"
            case _:
                return None

    def truth(self, name: str) -> str:
        return f"{name} = 1"

    def insert(self, table: str, columns: Sequence[str]) -> Rows:
        return Rows(f"INSERT INTO {table} ({', '.join(columns)}) VALUES\n", "  (", ")", ",\n", ";\nGO\n")

    def head(self) -> str:
        return (
            "SET XACT_ABORT ON;\nSET NOCOUNT ON;\nSET ANSI_NULLS ON;\nSET QUOTED_IDENTIFIER ON;\n"
            "SET DATEFORMAT ymd;\nGO\n"
        )

    def begin(self) -> str:
        return "BEGIN TRANSACTION;\nGO\n"

    def commit(self) -> str:
        return "COMMIT TRANSACTION;\nGO\n"

    def use_schema(self, schema: str, *, create: bool) -> str:
        if not create:
            return ""
        made = self.text(f"CREATE SCHEMA {schema}")
        return f"IF SCHEMA_ID({self.text(schema[1:-1].replace(']]', ']'))}) IS NULL EXEC({made});\nGO\n"

    def unique(self, table: str, name: str, columns: Sequence[Column]) -> str | None:
        nullable = [self.quote(c.name) for c in columns if c.nullable]
        if not nullable:
            return None
        listed = ", ".join(self.quote(c.name) for c in columns)  # a UNIQUE would take one null only
        condition = " AND ".join(f"{c} IS NOT NULL" for c in nullable)
        return f"CREATE UNIQUE INDEX {self.quote(name)} ON {table} ({listed}) WHERE {condition};\n"

    def comments(self, table: str, relation: Relation) -> Iterable[str]:
        schema = table.rpartition("].[")[0]
        where = self.text(schema[1:].replace("]]", "]")) if schema else "@schema"
        target = f"@level0type = N'SCHEMA', @level0name = {where}"
        target += f",\n  @level1type = N'TABLE', @level1name = {self.text(relation.name)}"
        documented = [("", relation.table.doc)] if relation.table.doc else []
        documented += [(c.name, c.doc) for c in relation.columns if c.doc]
        if not documented:
            return
        yield "" if schema else "DECLARE @schema sysname = SCHEMA_NAME();\n"
        for column, doc in documented:
            place = f",\n  @level2type = N'COLUMN', @level2name = {self.text(column)}" if column else ""
            said = self.text(one_line(doc, _LONGEST_DOC))
            added = f"EXEC sp_addextendedproperty @name = N'MS_Description', @value = {said}"
            yield f"{added},\n  {target}{place};\n"
        yield "GO\n"


def _places(text: str) -> int:
    return len(text.encode("utf-16-le")) // 2


def _key(places: int, characters: int) -> int:
    if characters > _KEY_PLACES:
        raise DataError(
            f"a key of SQL Server has at most {_KEY_PLACES} characters, and one of the data has {characters}"
        )
    return min(places, _KEY_PLACES)
