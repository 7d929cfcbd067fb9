"""Reading files back, each format by tools other than the ones that wrote it where there are any.

What comes back is a list of rows of plain Python values in one form (``plain``), so that formats compare.
"""

from __future__ import annotations

import base64
import csv
import io
import json
import re
import uuid
from collections.abc import Callable
from datetime import date, datetime, time, timedelta
from decimal import Decimal
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa
import pyarrow.parquet as pq

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import arrow_type
from specdsl.datatypes.types import DataType
from specdsl.sinks.base import documented
from specdsl.sinks.registry import READABLE


def plain(dtype: DataType, value: Any) -> Any:
    """What Arrow gives for a value, in the one form."""
    if value is None:
        return None
    match dtype:
        case t.Uuid():
            return value if isinstance(value, uuid.UUID) else uuid.UUID(bytes=value)
        case t.List(item):
            return [plain(item, v) for v in value]
        case t.Struct(fields):
            return {f.name: plain(f.type, value[f.name]) for f in fields}
        case t.Json():
            return json.loads(value)
        case _:
            return value


def arrow_rows(table: pa.Table, types: dict[str, DataType]) -> list[dict[str, Any]]:
    return [{name: plain(types[name], row[name]) for name in row} for row in table.to_pylist()]


def from_text(dtype: DataType, text: str) -> Any:
    """A scalar from what stands in a CSV field or between the quotes of a JSON string."""
    match dtype:
        case t.Bool():
            return {"true": True, "false": False}[text]
        case t.Int():
            return int(text)
        case t.Float():
            return float(text)
        case t.Decimal(_, scale):
            assert re.fullmatch(rf"-?\d+\.\d{{{scale}}}" if scale else r"-?\d+", text)
            return Decimal(text)
        case t.Bytes():
            return base64.b64decode(text, validate=True)
        case t.Date():
            return date.fromisoformat(text)
        case t.Time():
            return time.fromisoformat(text)
        case t.Timestamp():
            assert re.fullmatch(r"\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d(\.\d{6})?Z", text)
            return datetime.fromisoformat(text)
        case t.Duration():
            sign, seconds, micros = re.fullmatch(r"(-?)PT(\d+)(?:\.(\d{6}))?S", text).groups()  # type: ignore[union-attr]
            size = timedelta(seconds=int(seconds), microseconds=int(micros or 0))
            return -size if sign else size
        case t.Uuid():
            assert text == text.lower()
            return uuid.UUID(text)
        case _:
            return text


def from_json(dtype: DataType, value: Any) -> Any:
    """A value from what a JSON parser gives (numbers as ``Number``)."""
    match dtype:
        case t.Json():
            return _numbers(value)
        case _ if value is None:
            return None
        case t.List(item):
            return [from_json(item, v) for v in value]
        case t.Struct(fields):
            assert list(value) == [f.name for f in fields]
            return {f.name: from_json(f.type, value[f.name]) for f in fields}
        case t.Int() | t.Float() | t.Decimal():
            assert isinstance(value, Number)
            return from_text(dtype, value.text)
        case t.Bool():
            assert isinstance(value, bool)
            return value
        case _:
            assert isinstance(value, str)
            return from_text(dtype, value)


class Number:
    """A JSON number with its digits."""

    def __init__(self, text: str) -> None:
        self.text = text


def _numbers(value: Any) -> Any:
    match value:
        case Number():
            return json.loads(value.text)
        case list():
            return [_numbers(v) for v in value]
        case dict():
            return {k: _numbers(v) for k, v in value.items()}
        case _:
            return value


def parse_json(text: str) -> Any:
    return json.loads(text, parse_int=Number, parse_float=Number)


def read_jsonl(data: bytes, types: dict[str, DataType]) -> list[dict[str, Any]]:
    rows = []
    for line in data.decode().split("\n")[:-1]:
        row = parse_json(line)
        assert list(row) == list(types)
        rows.append({name: from_json(dtype, row[name]) for name, dtype in types.items()})
    return rows


def read_array(data: bytes, types: dict[str, DataType]) -> list[dict[str, Any]]:
    rows = parse_json(data.decode())
    assert all(list(row) == list(types) for row in rows)
    return [{name: from_json(dtype, row[name]) for name, dtype in types.items()} for row in rows]


_QUOTED_EMPTY = "\x00empty"


def read_csv(data: bytes, types: dict[str, DataType]) -> list[dict[str, Any]]:
    """Python's csv cannot tell an empty field from ``""``, so that the latter is marked beforehand."""
    text = re.sub(r'(?<=[,\n])""(?=[,\n])', _QUOTED_EMPTY, data.decode())
    lines = csv.reader(io.StringIO(text, newline=""), strict=True)
    assert next(lines) == list(types)
    return [
        {name: _csv_value(types[name], field) for name, field in zip(types, line or [""], strict=True)}
        for line in lines
    ]


def _csv_value(dtype: DataType, field: str) -> Any:
    if field == "":
        return None
    if field == _QUOTED_EMPTY:
        field = ""
    if isinstance(dtype, t.List | t.Struct):
        return from_json(dtype, parse_json(field))
    if isinstance(dtype, t.Json):
        return json.loads(field)
    return from_text(dtype, field)


def read_by_sink(name: str, data: bytes, types: dict[str, DataType]) -> list[dict[str, Any]]:
    """As verification reads it: the sink's own mapping undone."""
    fields = [documented(pa.field(column, arrow_type(dtype)), "", dtype) for column, dtype in types.items()]
    with TemporaryDirectory() as folder:
        path = Path(folder, "file")
        path.write_bytes(data)
        with READABLE[name].read(path, pa.schema(fields)) as reader:
            return arrow_rows(reader.read_all(), types)


READERS: dict[str, Callable[[bytes, dict[str, DataType]], list[dict[str, Any]]]] = {
    "parquet": lambda data, types: arrow_rows(pq.read_table(io.BytesIO(data)), types),
    "orc": lambda data, types: read_by_sink("orc", data, types),
    "avro": lambda data, types: read_by_sink("avro", data, types),
    "arrow": lambda data, types: arrow_rows(pa.ipc.open_file(data).read_all(), types),
    "csv": read_csv,
    "jsonl": read_jsonl,
    "json": read_array,
}
