"""Values as Debezium's connector for PostgreSQL hands them to Kafka Connect, and as its JSON converter writes
them. Columns are those of an SQL dump for PostgreSQL (see ``specdsl.sinks.sql_dump.postgresql``).

======================  ==================================================================
bool                    boolean
int8, int16, uint8      int16; int32, uint16 int32; int, uint32 int64
float, float32          float64, float32; what is not finite is ``"NaN"``, ``"Infinity"``, ``"-Infinity"``
decimal, uint64         by ``decimal.handling.mode``: string ``"12.50"``; precise, the bytes of the unscaled
                        number, in base64; double
string                  string
enum                    string, ``io.debezium.data.Enum``
json, list, struct      string with the JSON text, ``io.debezium.data.Json``
bytes                   bytes, in base64
date                    int32, days since 1970: ``io.debezium.time.Date``
time                    int64, microseconds of the day: ``io.debezium.time.MicroTime``
timestamp               string ``"2024-02-29T09:30:00.000000Z"``: ``io.debezium.time.ZonedTimestamp``
duration                int64, microseconds: ``io.debezium.time.MicroDuration``
uuid                    string, ``io.debezium.data.Uuid``
======================  ==================================================================
"""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.sinks.text.buffers import validity
from specdsl.sinks.text.instants import timestamp_text
from specdsl.sinks.text.json import json_texts
from specdsl.sinks.text.values import base64_text, decimal_text
from specdsl.vectors.json_strings import quoted, quoted_text

Schema = dict[str, Any]
"""A schema of Kafka Connect as its JSON converter writes it."""

_INTEGERS = {8: "int16", 16: "int16", 32: "int32", 64: "int64"}
_NAMED: dict[t.DataType, tuple[str, str | None]] = {
    t.BOOL: ("boolean", None),
    t.FLOAT: ("double", None),
    t.Float(32): ("float", None),
    t.BYTES: ("bytes", None),
    t.DATE: ("int32", "io.debezium.time.Date"),
    t.TIME: ("int64", "io.debezium.time.MicroTime"),
    t.TIMESTAMP: ("string", "io.debezium.time.ZonedTimestamp"),
    t.DURATION: ("int64", "io.debezium.time.MicroDuration"),
    t.UUID: ("string", "io.debezium.data.Uuid"),
}


@dataclass(frozen=True, slots=True)
class Column:
    """A column of a table as Connect has it. ``field`` is the one that is written, ``decimals`` the
    ``decimal.handling.mode`` of the connector."""

    field: pa.Field
    dtype: t.DataType
    optional: bool
    decimals: str

    @property
    def name(self) -> str:
        return str(self.field.name)

    def schema(self) -> Schema:
        """Its schema, with ``field`` last as in a struct."""
        kind, name, parameters = self._kind()
        versioned: Schema = {} if name is None else {"name": name, "version": 1}
        given: Schema = {} if not parameters else {"parameters": parameters}
        return {"type": kind, "optional": self.optional, **versioned, **given, "field": self.name}

    def _kind(self) -> tuple[str, str | None, dict[str, str]]:
        match self.dtype:
            case t.Int(64, False):
                return self._decimal(20, 0)
            case t.Decimal(precision, scale):
                return self._decimal(precision, scale)
            case t.Int(bits, signed):
                return _INTEGERS[bits if signed else bits * 2], None, {}
            case t.String():
                return "string", None, {}
            case t.Enum(_, members):
                return "string", "io.debezium.data.Enum", {"allowed": ",".join(members)}
            case t.Json() | t.List() | t.Struct():
                return "string", "io.debezium.data.Json", {}
            case _:
                kind, name = _NAMED[self.dtype]
                return kind, name, {}

    def _decimal(self, precision: int, scale: int) -> tuple[str, str | None, dict[str, str]]:
        if self.decimals == "precise":
            parameters = {"scale": str(scale), "connect.decimal.precision": str(precision)}
            return "bytes", "org.apache.kafka.connect.data.Decimal", parameters
        return ("double" if self.decimals == "double" else "string"), None, {}

    def texts(self, array: pa.Array[Any]) -> pa.StringArray:
        """Each value as JSON, ``null`` where null."""
        text = self._texts(array)
        return text.fill_null("null") if text.null_count else text

    def _texts(self, array: pa.Array[Any]) -> pa.StringArray:
        match self.dtype:
            case t.Date():
                return array.cast(pa.int32()).cast(pa.string())
            case t.Time() | t.Duration():
                return array.cast(pa.int64()).cast(pa.string())
            case t.Timestamp():
                return pc.binary_join_element_wise('"', timestamp_text(array, always=True), '"', "")
            case t.Float():
                return _floats(array)
            case t.Int(64, False):
                return _DECIMALS[self.decimals](array.cast(pa.decimal128(20, 0)))
            case t.Decimal():
                return _DECIMALS[self.decimals](array)
            case t.Json() | t.List() | t.Struct():
                documents = quoted(json_texts(array, self.field))
                return pc.if_else(pc.is_valid(array), documents, pa.scalar(None, pa.string()))
            case _:
                return json_texts(array, self.field)


def object_texts(columns: Sequence[Column], arrays: Sequence[pa.Array[Any]]) -> pa.StringArray:
    """Each row of one column or more as a JSON object."""
    pieces: list[pa.StringArray | str] = []
    for number, (column, array) in enumerate(zip(columns, arrays, strict=True)):
        pieces += [("," if number else "{") + quoted_text(column.name) + ":", column.texts(array)]
    return pc.binary_join_element_wise(*pieces, "}", "")


def _floats(array: pa.Array[Any]) -> pa.StringArray:
    """Numbers, and in quotes the names that Java gives to what is none."""
    text = array.cast(pa.string())
    finite = pc.is_finite(array)
    if pc.all(finite).as_py() is not False:
        return text
    named = pc.if_else(
        pc.is_nan(array), '"NaN"', pc.if_else(pc.greater(array, 0), '"Infinity"', '"-Infinity"')
    )
    return pc.if_else(finite, text, named)


def _decimal_strings(array: pa.Array[Any]) -> pa.StringArray:
    return pc.binary_join_element_wise('"', decimal_text(array), '"', "")


def _decimal_bytes(array: pa.Array[Any]) -> pa.StringArray:
    """The unscaled numbers as Java's ``BigInteger.toByteArray``: two's complement, the highest byte first,
    no more bytes than are needed."""
    count = len(array)
    data = np.frombuffer(array.buffers()[1], np.uint8)[array.offset * 16 : (array.offset + count) * 16]
    matrix = data.reshape(count, 16)[:, ::-1]
    fill = np.where(matrix[:, 0] & 0x80, 0xFF, 0).astype(np.uint8)
    other = matrix != fill[:, None]
    first = np.where(other.any(axis=1), other.argmax(axis=1), 15)
    # The first byte tells the sign: one more where it would tell the other one.
    first -= (matrix[np.arange(count), first] ^ fill) >> 7 if count else 0
    taken = np.arange(16) >= first[:, None]
    offsets = np.zeros(count + 1, np.int32)
    np.cumsum(16 - first, out=offsets[1:])
    raw = pa.BinaryArray.from_buffers(
        pa.binary(), count, [validity(array), pa.py_buffer(offsets), pa.py_buffer(matrix[taken])]
    )
    return pc.binary_join_element_wise('"', base64_text(raw), '"', "")


def _decimal_doubles(array: pa.Array[Any]) -> pa.StringArray:
    return array.cast(pa.float64()).cast(pa.string())


DECIMALS = ("string", "precise", "double")
"""Values of ``decimal.handling.mode``."""

_DECIMALS: dict[str, Callable[[pa.Array[Any]], pa.StringArray]] = dict(
    zip(DECIMALS, (_decimal_strings, _decimal_bytes, _decimal_doubles), strict=True)
)
