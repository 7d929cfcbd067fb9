"""All formats by name. A new one is a file of its own and one row here, and its name in ``names.py``.

A format's module is imported when the format is asked for: most runs need one of a dozen.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from importlib import import_module
from typing import Generic, TypeVar, cast

from specdsl.sinks.base import ReadableSink, Sink
from specdsl.sinks.container import Container

T = TypeVar("T")


class _Formats(Mapping[str, T], Generic[T]):
    """Formats by name, each made of a class (``module:Class``) when it is first asked for."""

    def __init__(self, places: Mapping[str, str]) -> None:
        self._places = places
        self._made: dict[str, T] = {}

    def __getitem__(self, name: str) -> T:
        if name not in self._made:
            module, _, kind = self._places[name].partition(":")
            self._made[name] = cast("T", getattr(import_module(f"specdsl.sinks.{module}"), kind)())
        return self._made[name]

    def __contains__(self, name: object) -> bool:
        return name in self._places

    def __iter__(self) -> Iterator[str]:
        return iter(self._places)

    def __len__(self) -> int:
        return len(self._places)


_SINKS = {
    "parquet": "parquet:ParquetSink",
    "csv": "csv:CsvSink",
    "jsonl": "jsonl:JsonLinesSink",
    "json": "json:JsonSink",
    "arrow": "arrow:ArrowSink",
    "orc": "orc:OrcSink",
    "avro": "avro:AvroSink",
}
_CONTAINERS = {
    "sqlite": "sqlite:SqliteFile",
    "duckdb": "duckdb:DuckDbFile",
    "sql": "sql:SqlDump",
    "excel": "excel:ExcelWorkbook",
    "delta": "delta:DeltaLake",
}

SINKS: Mapping[str, Sink] = _Formats(_SINKS)
"""Formats of which each file holds rows of one table."""

CONTAINERS: Mapping[str, Container] = _Formats(_CONTAINERS)
"""Formats that take the tables of a dataset together."""

READABLE: Mapping[str, ReadableSink] = _Formats({name: _SINKS[name] for name in ("arrow", "orc", "avro")})
"""Those whose files are read by the sinks themselves; DuckDB reads the others."""

FORMATS: Mapping[str, Sink | Container] = _Formats({**_SINKS, **_CONTAINERS})
"""All of them."""
