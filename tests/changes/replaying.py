"""SQL that brings a table from one batch to the next, as docs/changes.md has it for its example (a test compares)."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import dataclass

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import duckdb_type
from specdsl.ir.model import Table


@dataclass(frozen=True)
class Target:
    """A table to bring up to date."""

    name: str
    key: tuple[str, ...]
    columns: Mapping[str, t.DataType]

    @classmethod
    def of(cls, table: Table) -> Target:
        """The target that has the written columns of ``table``."""
        written = {quoted(c.name): c.type for c in table.columns.values() if not c.hidden}
        return cls(quoted(table.name), tuple(quoted(name) for name in table.key), written)

    @property
    def others(self) -> list[str]:
        """The columns that are not of the key."""
        return [name for name in self.columns if name not in self.key]


_RESERVED = frozenset({"at", "order", "end", "group", "user"})


def quoted(name: str) -> str:
    """A name, in quotes where one of the databases needs them."""
    plain = name.replace("_", "a").isalnum() and name.islower() and name not in _RESERVED
    return name if plain else '"' + name.replace('"', '""') + '"'


def _merge(target: Target, source: str, op: str, delete: str) -> str:
    names = ", ".join(target.columns)
    values = ", ".join(f"c.{name}" for name in target.columns)
    settings = ", ".join(f"{name} = c.{name}" for name in target.others or target.key[:1])
    matched = " AND ".join(f"t.{name} = c.{name}" for name in target.key)
    return (
        f"MERGE INTO {target.name} AS t\n"
        f"USING (\n{source}) AS c\n"
        f"ON {matched}\n"
        f"WHEN MATCHED AND c.{op} = '{delete}' THEN DELETE\n"
        f"WHEN MATCHED THEN UPDATE SET {settings}\n"
        f"WHEN NOT MATCHED AND c.{op} <> '{delete}' THEN\n"
        f"  INSERT ({names})\n"
        f"  VALUES ({values});\n"
    )


def duckdb_plain(target: Target, files: str) -> str:
    """Plain changes in Parquet, in DuckDB."""
    source = (
        f"  SELECT * FROM read_parquet('{files}')\n"
        f"  QUALIFY row_number() OVER (PARTITION BY {', '.join(target.key)} ORDER BY _seq DESC) = 1\n"
    )
    return _merge(target, source, "_op", "delete")


def postgres_plain(target: Target) -> str:
    """Plain changes in the table ``<name>_changes``, in PostgreSQL."""
    keys = ", ".join(target.key)
    source = f"  SELECT DISTINCT ON ({keys}) * FROM {target.name}_changes\n  ORDER BY {keys}, _seq DESC\n"
    return _merge(target, source, "_op", "delete")


def duckdb_debezium(target: Target, files: str) -> str:
    """Debezium's messages, in DuckDB."""
    row = ", ".join(f"{name} {_read_as(dtype)}" for name, dtype in target.columns.items())
    values = ",\n    ".join(_converted(name, dtype) for name, dtype in target.columns.items())
    source = (
        f"  SELECT\n    op,\n    {values}\n"
        "  FROM (\n"
        "    SELECT op, source.lsn, coalesce(after, before) AS r\n"
        f"    FROM read_json('{files}', format = 'newline_delimited', columns = {{\n"
        f"      before: 'STRUCT({row})',\n"
        f"      after: 'STRUCT({row})',\n"
        "      source: 'STRUCT(lsn BIGINT)', op: 'VARCHAR'})\n"
        "  )\n"
        f"  QUALIFY row_number() OVER (PARTITION BY {', '.join(f'r.{k}' for k in target.key)} "
        "ORDER BY lsn DESC) = 1\n"
    )
    return _merge(target, source, "op", "d")


def _read_as(dtype: t.DataType) -> str:
    match dtype:
        case t.Bool() | t.Float():
            return duckdb_type(dtype)
        case t.Int(64, False):
            return "VARCHAR"
        case t.Int() | t.Date() | t.Time() | t.Duration():
            return "BIGINT"
        case _:
            return "VARCHAR"


def _converted(name: str, dtype: t.DataType) -> str:
    value = f"r.{name}"
    match dtype:
        case t.Bool() | t.Float() | t.Duration() | t.String() | t.Enum():
            return f"{value} AS {name}"
        case t.Date():
            return f"DATE '1970-01-01' + {value}::INTEGER AS {name}"
        case t.Time():
            return f"TIME '00:00' + to_microseconds({value}) AS {name}"
        case t.Bytes():
            return f"from_base64({value}) AS {name}"
        case t.List() | t.Struct():
            return f"{value}::JSON::{duckdb_type(dtype)} AS {name}"
        case t.Timestamp():
            return f"{value}::TIMESTAMPTZ AS {name}"
        case _:
            return f"{value}::{duckdb_type(dtype)} AS {name}"


_POSTGRES: Mapping[t.DataType, str] = {
    t.BOOL: "boolean",
    t.FLOAT: "float8",
    t.Float(32): "float4",
    t.DATE: "date",
    t.TIME: "time",
    t.TIMESTAMP: "timestamptz",
    t.UUID: "uuid",
}


def postgres_columns(target: Target) -> str:
    """The columns of a table in PostgreSQL that takes the values as CSV has them: base64 and durations are
    text."""
    return ", ".join(f"{name} {_postgres(dtype)}" for name, dtype in target.columns.items())


def _postgres(dtype: t.DataType) -> str:
    match dtype:
        case t.Json() | t.List() | t.Struct():
            return "jsonb"
        case t.Decimal(precision, scale):
            return f"numeric({precision}, {scale})"
        case t.Int():
            return "numeric"
        case _:
            return _POSTGRES.get(dtype, "text")


def as_of(history: str, columns: str, moment: str) -> str:
    """What the table was at a moment, of its history of type 2."""
    return (
        f"SELECT {columns} FROM {history}\n"
        f"WHERE valid_from <= {moment} AND (valid_to IS NULL OR valid_to > {moment});\n"
    )


def broken_ranges(history: str, key: tuple[str, ...]) -> str:
    """The versions of a history whose range is empty, or that a gap or an overlap follows."""
    return (
        "SELECT * FROM (\n"
        f"  SELECT *, lead(valid_from) OVER (PARTITION BY {', '.join(key)} ORDER BY valid_from) AS next\n"
        f"  FROM {history}\n"
        ") AS v\n"
        "WHERE valid_to <= valid_from OR (next IS NOT NULL AND valid_to IS DISTINCT FROM next);\n"
    )
