"""Schemas of Debezium's messages as Kafka Connect's JSON converter writes them with ``schemas.enable``."""

from __future__ import annotations

import json
from collections.abc import Sequence

from specdsl.changes.formats.connect import Column, Schema


def key_schema(topic: str, columns: Sequence[Column]) -> Schema:
    """The schema of keys of ``columns``."""
    return _struct(f"{topic}.Key", [column.schema() for column in columns])


def value_schema(topic: str, columns: Sequence[Column]) -> Schema:
    """The schema of messages about rows of ``columns``."""
    row = _struct(f"{topic}.Value", [column.schema() for column in columns], optional=True)
    fields = [
        {**row, "field": "before"},
        {**row, "field": "after"},
        {**_SOURCE, "field": "source"},
        {**_TRANSACTION, "field": "transaction"},
        _field("op", "string"),
        *(_field(f"ts_{unit}", "int64", optional=True) for unit in ("ms", "us", "ns")),
    ]
    return _struct(f"{topic}.Envelope", fields, version=2)


def schema_text(schema: Schema) -> str:
    """The schema on one line."""
    return json.dumps(schema, ensure_ascii=False, separators=(",", ":"))


def _struct(
    name: str, fields: Sequence[Schema], *, optional: bool = False, version: int | None = None
) -> Schema:
    numbered: Schema = {} if version is None else {"version": version}
    return {"type": "struct", "fields": list(fields), "optional": optional, "name": name, **numbered}


def _field(name: str, kind: str, *, optional: bool = False) -> Schema:
    return {"type": kind, "optional": optional, "field": name}


_PLACES: Schema = {
    "type": "string",
    "optional": True,
    "name": "io.debezium.data.Enum",
    "version": 1,
    "parameters": {
        "allowed": "true,first,first_in_data_collection,last_in_data_collection,last,false,incremental"
    },
    "default": "false",
    "field": "snapshot",
}
_SOURCE = _struct(
    "io.debezium.connector.postgresql.Source",
    [
        _field("version", "string"),
        _field("connector", "string"),
        _field("name", "string"),
        _field("ts_ms", "int64"),
        _PLACES,
        _field("db", "string"),
        _field("sequence", "string", optional=True),
        _field("ts_us", "int64", optional=True),
        _field("ts_ns", "int64", optional=True),
        _field("schema", "string"),
        _field("table", "string"),
        _field("txId", "int64", optional=True),
        _field("lsn", "int64", optional=True),
        _field("xmin", "int64", optional=True),
        _field("origin", "string", optional=True),
        _field("origin_lsn", "int64", optional=True),
    ],
    version=1,
)
_TRANSACTION = _struct(
    "event.block",
    [_field("id", "string"), _field("total_order", "int64"), _field("data_collection_order", "int64")],
    optional=True,
    version=1,
)
