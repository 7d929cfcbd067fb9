"""MySQL (8) and MariaDB (10.6 and later).

======================  ==================================================================
bool                    ``BOOLEAN``
int8 ... uint64         ``TINYINT`` ``SMALLINT`` ``INT`` ``BIGINT``, ``UNSIGNED`` where they are
float, float32          ``DOUBLE``, ``FLOAT``; what is not finite is refused
decimal                 ``DECIMAL(p, s)``; ``VARCHAR`` of its digits where s is more than 30
string                  ``TEXT`` (``LONGTEXT`` for long ones), ``VARCHAR(n)`` where it has a longest length
                        or is part of a key; compared by code point (``utf8mb4_bin``, where trailing
                        spaces do not count)
enum                    ``ENUM(...)``
json, list, struct      ``JSON``
bytes                   ``LONGBLOB``, ``VARBINARY(n)`` in keys
date                    ``DATE``
time                    ``TIME(6)``
timestamp               ``DATETIME(6)``, in UTC
duration                ``BIGINT``, microseconds
uuid                    ``CHAR(36)``
======================  ==================================================================
"""

from __future__ import annotations

import re
from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.errors import DataError
from specdsl.sinks.relational import values as v
from specdsl.sinks.sql_dump.dialect import Dialect, Size, Spelling, bare, one_line, string

_INTEGERS = {8: "TINYINT", 16: "SMALLINT", 32: "INT", 64: "BIGINT"}
_NAMED = {
    t.BOOL: "BOOLEAN",
    t.FLOAT: "DOUBLE",
    t.Float(32): "FLOAT",
    t.JSON: "JSON",
    t.DATE: "DATE",
    t.TIME: "TIME(6)",
    t.TIMESTAMP: "DATETIME(6)",
    t.DURATION: "BIGINT",
    t.UUID: "CHAR(36)",
}
_SPELLINGS: dict[type[t.DataType], Spelling] = {
    t.Bool: bare(v.booleans("FALSE", "TRUE")),
    t.Int: bare(v.INTEGER),
    t.Float: bare(v.floats()),
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
_KEY_CHARACTERS = 768  # 3,072 bytes of an index
_KEY_BYTES = 3_072
_ROW_CHARACTERS = 1_000  # a longer VARCHAR is a TEXT, for the sake of the 65,535 bytes of a row
_ESCAPES = (("\\", r"\\"), ("'", "''"), ("\0", r"\0"), ("\n", r"\n"), ("\r", r"\r"))  # clients drop a CR
_ESCAPED = re.compile(r"\\[\\0nr]|''")


class MySql(Dialect):
    """See the module's text."""

    name = "mysql"
    title = "MySQL"
    longest_name = 64
    highest = 0xFFFF
    surveys = True
    commits_tables = True
    indexes_references = True
    nul = True

    def quote(self, name: str) -> str:
        return "`" + name.replace("`", "``") + "`"

    def type_name(self, dtype: t.DataType, size: Size) -> str:
        match dtype:
            case t.Int(bits, signed):
                return _INTEGERS[bits] if signed else f"{_INTEGERS[bits]} UNSIGNED"
            case t.Decimal(precision, scale):
                return f"DECIMAL({precision}, {scale})" if scale <= 30 else f"VARCHAR({precision + 2})"
            case t.String(_, longest):
                return _text_type(longest, size)
            case t.Bytes():
                if not size.keyed:
                    return "LONGBLOB"
                return f"VARBINARY({_fits(max(size.bytes, 255), _KEY_BYTES, 'bytes')})"
            case t.Enum(_, members):
                return f"ENUM({', '.join(map(self.text, members))})"
            case t.List() | t.Struct():
                return "JSON"
            case _:
                return _NAMED[dtype]

    def spelling(self, dtype: t.DataType) -> Spelling:
        if isinstance(dtype, t.Decimal) and dtype.scale > 30:
            return string(v.DECIMAL)
        return _SPELLINGS[type(dtype)]

    def enum_condition(self, dtype: t.Enum) -> bool:
        return False

    def note(self, dtype: t.DataType) -> str | None:
        match dtype:
            case t.Duration():
                return "a BIGINT of microseconds"
            case t.Uuid():
                return "CHAR(36)"
            case t.Decimal(_, scale) if scale > 30:
                return f"text: DECIMAL of {self.title} has at most 30 digits after the point"
            case _:
                return None

    def escape(self, text: pa.StringArray) -> pa.StringArray:
        for character, escape in _ESCAPES:
            text = pc.replace_substring(text, character, escape)
        return text

    def unescape(self, text: pa.StringArray) -> pa.StringArray:
        if not pc.any(pc.match_substring(text, "\\")).as_py():
            return super().unescape(text)
        meant = {escape: character for character, escape in _ESCAPES}
        found = [None if x is None else _ESCAPED.sub(lambda m: meant[m[0]], x) for x in text.to_pylist()]
        return pa.array(found, pa.string())

    @property
    def inside(self) -> str:
        return r"[^'\\]*(?:(?:''|\\.)[^'\\]*)*"

    def head(self) -> str:
        return (
            "SET NAMES utf8mb4;\n"
            "SET SESSION time_zone = '+00:00';\n"
            "SET SESSION sql_mode = 'STRICT_ALL_TABLES,NO_AUTO_VALUE_ON_ZERO';\n"
        )

    def begin(self) -> str:
        return "START TRANSACTION;\n"

    def drop(self, tables: Sequence[str]) -> str:
        off, on = (f"SET SESSION foreign_key_checks = {x};\n" for x in (0, 1))
        return f"{off}DROP TABLE IF EXISTS {', '.join(tables)};\n{on}"

    def use_schema(self, schema: str, *, create: bool) -> str:
        made = f"CREATE DATABASE IF NOT EXISTS {schema};\n" if create else ""
        return f"{made}USE {schema};\n"

    def column_comment(self, doc: str) -> str:
        return f" COMMENT {self.text(one_line(doc, 1_024))}"

    def table_options(self, doc: str) -> str:
        comment = f" COMMENT = {self.text(one_line(doc, 2_048))}" if doc else ""
        return f" DEFAULT CHARACTER SET utf8mb4 COLLATE utf8mb4_bin{comment}"

    def index(self, name: str, table: str, columns: Sequence[str]) -> str:
        return ""  # it makes those of references itself


def _text_type(longest: int | None, size: Size) -> str:
    if size.keyed:
        declared = longest if longest is not None and longest <= _KEY_CHARACTERS else 255
        return f"VARCHAR({_fits(max(size.characters, declared), _KEY_CHARACTERS, 'characters')})"
    if longest is not None and longest <= _ROW_CHARACTERS:
        return f"VARCHAR({longest})"
    return "TEXT" if size.bytes <= 65_535 else "LONGTEXT"


def _fits(length: int, most: int, unit: str) -> int:
    if length > most:
        raise DataError(f"a key of MySQL has at most {most} {unit}, and one of the data has {length}")
    return length
