"""What a column of a type holds: the type in the language, and the limits that the database sets."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass
from enum import StrEnum
from types import MappingProxyType

from specdsl.importers.sql.schema import SqlType


class Family(StrEnum):
    """Kinds of values."""

    BOOL = "bool"
    INT = "int"
    DECIMAL = "decimal"
    FLOAT = "float"
    STRING = "string"
    BYTES = "bytes"
    DATE = "date"
    TIME = "time"
    TIMESTAMP = "timestamp"
    DURATION = "duration"
    UUID = "uuid"
    JSON = "json"
    ENUM = "enum"
    LIST = "list"


@dataclass(frozen=True, slots=True)
class Shape:
    """``low`` and ``high``: of integers; ``digits`` and ``scale``: of decimals; ``longest``: of strings in
    characters, None for no limit. ``members``: of enums. ``value``: what it is drawn from, where the type
    alone says that. ``item``: of lists."""

    family: Family
    low: int = 0
    high: int = 0
    bits: int = 64
    digits: int = 0
    scale: int = 0
    longest: int | None = None
    members: tuple[str, ...] = ()
    value: str = ""
    item: Shape | None = None


def _integer(bits: int, *, unsigned: bool = False) -> Shape:
    low, high = (0, 2**bits - 1) if unsigned else (-(2 ** (bits - 1)), 2 ** (bits - 1) - 1)
    return Shape(Family.INT, low, high, -bits if unsigned else bits)


def _text(value: str) -> Shape:
    return Shape(Family.STRING, value=value)


_INTEGERS = {
    "TINYINT": 8,
    "INT1": 8,
    "SMALLINT": 16,
    "INT2": 16,
    "SMALLSERIAL": 16,
    "SERIAL2": 16,
    "INT": 32,
    "INTEGER": 32,
    "INT4": 32,
    "SERIAL": 32,
    "SERIAL4": 32,
    "BIGINT": 64,
    "INT8": 64,
    "BIGSERIAL": 64,
    "SERIAL8": 64,
    "INT64": 64,
    "UTINYINT": -8,
    "USMALLINT": -16,
    "UINTEGER": -32,
    "UBIGINT": -64,
    "LONG INTEGER": 64,
    "HUGEINT": 64,
    "UHUGEINT": -64,
}
_STRINGS = frozenset(
    [
        "VARCHAR",
        "VARCHAR2",
        "NVARCHAR",
        "NVARCHAR2",
        "CHAR",
        "NCHAR",
        "CHARACTER",
        "BPCHAR",
        "TEXT",
        "CITEXT",
        "TINYTEXT",
        "MEDIUMTEXT",
        "LONGTEXT",
        "NTEXT",
        "CLOB",
        "NCLOB",
        "STRING",
        "NAME",
        "LONG",
        "SYSNAME",
        "DBCLOB",
        "BLOB_SUB_TYPE_TEXT",
    ]
) | {
    "CHARACTER VARYING",
    "CHAR VARYING",
    "NATIONAL CHARACTER VARYING",
    "NATIONAL CHARACTER",
    "NATIVE CHARACTER",
    "VARYING CHARACTER",
    "LONG VARCHAR",
}
_BYTES = frozenset(
    [
        "BYTEA",
        "BLOB",
        "TINYBLOB",
        "MEDIUMBLOB",
        "LONGBLOB",
        "VARBINARY",
        "BINARY",
        "IMAGE",
        "RAW",
        "BYTES",
        "BINARY",
        "VARYING",
    ]
) | {"LONG RAW", "BINARY LARGE OBJECT"}
_SIMPLE: Mapping[str, Shape] = MappingProxyType(
    {
        "BOOLEAN": Shape(Family.BOOL),
        "BOOL": Shape(Family.BOOL),
        "LOGICAL": Shape(Family.BOOL),
        "FLOAT": Shape(Family.FLOAT),
        "DOUBLE": Shape(Family.FLOAT),
        "DOUBLE PRECISION": Shape(Family.FLOAT),
        "FLOAT8": Shape(Family.FLOAT),
        "BINARY_DOUBLE": Shape(Family.FLOAT),
        "REAL": Shape(Family.FLOAT, bits=32),
        "FLOAT4": Shape(Family.FLOAT, bits=32),
        "BINARY_FLOAT": Shape(Family.FLOAT, bits=32),
        "MONEY": Shape(Family.DECIMAL, digits=15, scale=2),
        "SMALLMONEY": Shape(Family.DECIMAL, digits=8, scale=2),
        "DATE": Shape(Family.DATE),
        "TIME": Shape(Family.TIME),
        "DATETIME": Shape(Family.TIMESTAMP),
        "TIMESTAMP": Shape(Family.TIMESTAMP),
        "TIMESTAMPTZ": Shape(Family.TIMESTAMP),
        "DATETIME2": Shape(Family.TIMESTAMP),
        "SMALLDATETIME": Shape(Family.TIMESTAMP),
        "DATETIMEOFFSET": Shape(Family.TIMESTAMP),
        "TIMETZ": Shape(Family.TIME),
        "INTERVAL": Shape(Family.DURATION),
        "UUID": Shape(Family.UUID),
        "UNIQUEIDENTIFIER": Shape(Family.UUID),
        "JSON": Shape(Family.JSON),
        "JSONB": Shape(Family.JSON),
        "YEAR": Shape(Family.INT, 1901, 2155, 16),
        "INET": _text("ipv4()"),
        "CIDR": _text('f"10.{0..255}.{0..255}.0/24"'),
        "MACADDR": _text("mac_address()"),
        "XML": _text('f"<note>{word()}</note>"'),
        "XMLTYPE": _text('f"<note>{word()}</note>"'),
        "TSVECTOR": _text("words(3..8)"),
        "POINT": _text('f"({-90..90},{-180..180})"'),
        "HIERARCHYID": _text('f"/{1..9}/"'),
        "ROWID": _text("/A[A-Za-z0-9]{17}/"),
    }
)


def shape_of(kind: SqlType, dialect: str, enums: Mapping[str, tuple[str, ...]]) -> Shape | None:
    """The shape of a type; None for one that has no counterpart. ``enums``: the script's own, by name in
    upper case."""
    if kind.dims:
        item = shape_of(SqlType(kind.name, kind.params, kind.unsigned), dialect, enums)
        return Shape(Family.LIST, item=item) if item is not None and kind.dims == 1 else None
    name = (
        kind.name.removesuffix(" WITHOUT TIME ZONE")
        .removesuffix(" WITH TIME ZONE")
        .removesuffix(" WITH LOCAL TIME ZONE")
    )
    if name in enums:
        return Shape(Family.ENUM, members=enums[name])
    if name == "ENUM":
        return Shape(Family.ENUM, members=kind.params)
    if name == "SET" and dialect == "mysql" and kind.params:
        return Shape(Family.STRING, members=kind.params)
    numbers = [int(p) for p in kind.params if p.isdigit()]
    if dialect == "tsql" and name in ("TIMESTAMP", "ROWVERSION"):
        return None
    if name in _INTEGERS or (name.split(" ")[0] in ("INT", "INTEGER") and name.split(" ")[-1] == "UNSIGNED"):
        return _integer_of(name, kind, numbers, dialect)
    if name == "MEDIUMINT":
        return Shape(Family.INT, *((0, 2**24 - 1) if kind.unsigned else (-(2**23), 2**23 - 1)), 32)
    if name == "BIT" or name in ("BIT VARYING", "VARBIT"):
        return _bits(name, numbers, dialect)
    if name in ("DECIMAL", "NUMERIC", "DEC", "NUMBER", "FIXED"):
        return _decimal(numbers, dialect)
    if name == "FLOAT" and numbers and numbers[0] <= 24:
        return Shape(Family.FLOAT, bits=32)
    if name.startswith("INTERVAL"):
        return Shape(Family.DURATION)
    if name in _STRINGS and [p.upper() for p in kind.params] == ["MAX"]:
        return Shape(Family.STRING)
    if name in _STRINGS:
        return Shape(Family.STRING, longest=_longest(name, numbers, dialect))
    if name in _BYTES:
        return Shape(Family.BYTES, longest=numbers[0] if numbers else None)
    found = _SIMPLE.get(name)
    return _by_affinity(name, numbers) if found is None and dialect == "sqlite" else found


def _by_affinity(name: str, numbers: list[int]) -> Shape:
    """What SQLite makes of a type that it does not know: section 3.1 of its "Datatypes in SQLite"."""
    if "INT" in name:
        return _integer(64)
    if not name or any(word in name for word in ("CHAR", "CLOB", "TEXT")):
        return Shape(Family.STRING, longest=numbers[0] if numbers else None)
    if "BLOB" in name:
        return Shape(Family.BYTES)
    return (
        Shape(Family.FLOAT)
        if any(w in name for w in ("REAL", "FLOA", "DOUB"))
        else _decimal(numbers, "sqlite")
    )


def _integer_of(name: str, kind: SqlType, numbers: list[int], dialect: str) -> Shape:
    bits = _INTEGERS.get(name, 32)
    if dialect == "mysql" and name == "TINYINT" and numbers == [1]:
        return Shape(Family.BOOL)
    if dialect in ("sqlite", "oracle") and name in ("INT", "INTEGER"):
        bits = 64
    unsigned = kind.unsigned or bits < 0 or (dialect == "tsql" and name == "TINYINT")
    return _integer(abs(bits), unsigned=unsigned)


def _bits(name: str, numbers: list[int], dialect: str) -> Shape:
    if dialect == "tsql" or (dialect in ("mysql", "sqlite") and numbers in ([], [1])):
        return Shape(Family.BOOL)
    size = numbers[0] if numbers else 1
    return Shape(Family.STRING, longest=size, value=f"/[01]{{{size}}}/")


def _decimal(numbers: list[int], dialect: str) -> Shape:
    """A number without digits holds any in PostgreSQL, SQLite and Oracle, ten or eighteen elsewhere."""
    if not numbers:
        digits, scale = {"mysql": (10, 0), "tsql": (18, 0), "duckdb": (18, 3), "oracle": (18, 0)}.get(
            dialect, (18, 2)
        )
    else:
        digits, scale = numbers[0], numbers[1] if len(numbers) > 1 else 0
    if scale == 0 and digits <= 18:
        most = 10**digits - 1
        return Shape(Family.INT, -most, most, 16 if digits <= 4 else 32 if digits <= 9 else 64)
    return Shape(Family.DECIMAL, digits=min(digits, 38), scale=min(scale, digits))


def _longest(name: str, numbers: list[int], dialect: str) -> int | None:
    if numbers:
        return numbers[0]
    if name in ("CHAR", "NCHAR", "CHARACTER", "BPCHAR") and dialect != "duckdb":
        return 1
    if name == "TINYTEXT":
        return 60
    return 30 if dialect == "tsql" and name in ("VARCHAR", "NVARCHAR") and not numbers else None
