"""All kinds of export."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Final

from specdsl.exporters.json_schema import json_schema_text
from specdsl.ir.model import Dataset


@dataclass(frozen=True, slots=True)
class Exporter:
    """``text`` gets a dataset, the names of its tables that are wanted (all where there are none) and one of
    ``dialects`` ('' where there are none, else the first is the default)."""

    name: str
    description: str
    text: Callable[[Dataset, Sequence[str], str], str]
    dialects: tuple[str, ...] = ()


SQL_DIALECTS: Final = ("postgres", "mysql", "sqlite", "duckdb", "tsql", "oracle")


def _json_schema(dataset: Dataset, tables: Sequence[str], dialect: str) -> str:
    return json_schema_text(dataset, tables)


def _sql(dataset: Dataset, tables: Sequence[str], dialect: str) -> str:
    from specdsl.exporters.sql import sql_text

    return sql_text(dataset, tables, dialect)


EXPORTERS: Final[dict[str, Exporter]] = {
    one.name: one
    for one in (
        Exporter("json-schema", "JSON Schema 2020-12 of the rows in JSON and JSON Lines", _json_schema),
        Exporter("sql", "CREATE TABLE with keys, references, checks and comments", _sql, SQL_DIALECTS),
    )
}
