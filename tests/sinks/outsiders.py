"""What programs that know nothing of us say a file's columns are, by format."""

from __future__ import annotations

import csv
import json
import sqlite3
from collections.abc import Callable, Mapping
from contextlib import closing
from pathlib import Path
from typing import Any

import duckdb
import fastavro
import openpyxl
import polars
import pyarrow as pa
import pyarrow.orc
from deltalake import DeltaTable

Seen = dict[str, str]
"""The type of each column."""


def _described(query: str, path: Path) -> Seen:
    with duckdb.connect() as connection:
        return {row[0]: row[1] for row in connection.execute(query, [str(path)]).fetchall()}


def _parquet(path: Path) -> Seen:
    return _described("DESCRIBE SELECT * FROM read_parquet(?)", path)


def _arrow(path: Path) -> Seen:
    return {name: str(kind) for name, kind in polars.read_ipc(path).schema.items()}


def _orc(path: Path) -> Seen:
    return {field.name: str(field.type) for field in pa.orc.read_table(path).schema}


def _avro(path: Path) -> Seen:
    with path.open("rb") as source:
        reader = fastavro.reader(source)
        rows = list(reader)  # all of it can be read
        schema = reader.writer_schema
    assert rows and isinstance(schema, dict)
    return {field["name"]: _avro_name(field["type"]) for field in schema["fields"]}


def _avro_name(kind: Any) -> str:
    match kind:
        case ["null", other]:
            return _avro_name(other)
        case {"logicalType": "decimal", "precision": p, "scale": s, "size": size}:
            return f"fixed({size}) decimal({p}, {s})"
        case {"logicalType": logical, "type": stored}:
            return f"{stored} {logical}"
        case {"type": "array", "items": items}:
            return f"array<{_avro_name(items)}>"
        case {"type": "record", "fields": fields}:
            return "record<" + ", ".join(_avro_name(f["type"]) for f in fields) + ">"
        case {"type": stored}:
            return str(stored)
        case name:
            return str(name).rpartition(".")[2]


def _csv(path: Path) -> Seen:
    with path.open(newline="", encoding="utf-8") as source:
        header, *rows = csv.reader(source)
    return {name: next(row[i] for row in rows if row[i] != "") for i, name in enumerate(header)}


def _jsonl(path: Path) -> Seen:
    rows = [json.loads(line) for line in path.read_text(encoding="utf-8").split("\n")[:-1]]
    return {name: _json_kind([row[name] for row in rows]) for name in rows[0]}


def _json(path: Path) -> Seen:
    rows = json.loads(path.read_text(encoding="utf-8"))
    return {name: _json_kind([row[name] for row in rows]) for name in rows[0]}


_JSON_KINDS = {bool: "boolean", int: "number", float: "number", str: "string", list: "array", dict: "object"}


def _json_kind(values: list[Any]) -> str:
    return " or ".join(sorted({_JSON_KINDS[type(v)] for v in values if v is not None}))


def _sqlite(path: Path) -> Seen:
    with closing(sqlite3.connect(path)) as database:
        declared = {row[1]: row[2] for row in database.execute("PRAGMA table_info(everything)")}
        held = {}
        for name in declared:
            query = f'SELECT DISTINCT typeof("{name}") FROM everything WHERE "{name}" IS NOT NULL'
            held[name] = ", ".join(sorted(row[0] for row in database.execute(query)))
    return {name: f"{kind}: {held[name]}" for name, kind in declared.items()}


def _duckdb(path: Path) -> Seen:
    with duckdb.connect(str(path), read_only=True) as connection:
        return {row[0]: row[1] for row in connection.execute("DESCRIBE everything").fetchall()}


def _excel(path: Path) -> Seen:
    book = openpyxl.load_workbook(path)
    header, *rows = book["everything"].iter_rows(values_only=True)
    return {
        str(name): ", ".join(sorted({type(row[i]).__name__ for row in rows if row[i] is not None}))
        for i, name in enumerate(header)
    }


def _delta(path: Path) -> Seen:
    fields = json.loads(DeltaTable(path).schema().to_json())["fields"]
    return {field["name"]: _delta_name(field["type"]) for field in fields}


def _delta_name(kind: Any) -> str:
    match kind:
        case {"type": "array", "elementType": item}:
            return f"array<{_delta_name(item)}>"
        case {"type": "struct", "fields": fields}:
            return "struct<" + ", ".join(_delta_name(f["type"]) for f in fields) + ">"
        case _:
            return str(kind)


OUTSIDERS: Mapping[str, Callable[[Path], Seen]] = {
    "parquet": _parquet,
    "arrow": _arrow,
    "orc": _orc,
    "avro": _avro,
    "csv": _csv,
    "jsonl": _jsonl,
    "json": _json,
    "sqlite": _sqlite,
    "duckdb": _duckdb,
    "excel": _excel,
    "delta": _delta,
}
