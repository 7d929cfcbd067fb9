"""All formats by name. A new one is a file of its own and one row here."""

from __future__ import annotations

from collections.abc import Mapping

from specdsl.sinks.arrow import ArrowSink
from specdsl.sinks.avro import AvroSink
from specdsl.sinks.base import ReadableSink, Sink
from specdsl.sinks.container import Container
from specdsl.sinks.csv import CsvSink
from specdsl.sinks.delta import DeltaLake
from specdsl.sinks.duckdb import DuckDbFile
from specdsl.sinks.excel import ExcelWorkbook
from specdsl.sinks.json import JsonSink
from specdsl.sinks.jsonl import JsonLinesSink
from specdsl.sinks.orc import OrcSink
from specdsl.sinks.parquet import ParquetSink
from specdsl.sinks.sql import SqlDump
from specdsl.sinks.sqlite import SqliteFile

SINKS: Mapping[str, Sink] = {
    sink.name: sink
    for sink in (
        ParquetSink(),
        CsvSink(),
        JsonLinesSink(),
        JsonSink(),
        ArrowSink(),
        OrcSink(),
        AvroSink(),
    )
}

_CONTAINERS: tuple[Container, ...] = (
    SqliteFile(),
    DuckDbFile(),
    SqlDump(),
    ExcelWorkbook(),
    DeltaLake(),
)

CONTAINERS: Mapping[str, Container] = {container.name: container for container in _CONTAINERS}

READABLE: Mapping[str, ReadableSink] = {sink.name: sink for sink in (ArrowSink(), OrcSink(), AvroSink())}
"""Those whose files are read by the sinks themselves; DuckDB reads the others."""

FORMATS: Mapping[str, Sink | Container] = {**SINKS, **CONTAINERS}
