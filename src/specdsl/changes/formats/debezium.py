"""Changes as Debezium's connector for PostgreSQL sends them to Kafka, through Connect's JSON converter: JSON
Lines, a message a line, with the fields of Debezium 3.6 in its order. Tables have ``REPLICA IDENTITY FULL``,
so that ``before`` is the whole row; for values see ``connect``.

The rows of the first batch are its snapshot (``r``); later ones are what it reads from the log (``c``, ``u``,
``d``). ``lsn`` is the number of the change in the sequence of all changes, ``txId`` that of the batch. Both
times of a message, that of the database and that of the connector, are the time of the commit.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping
from functools import cached_property
from typing import Any, TypeVar

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.changes.formats.base import ChangeFiles
from specdsl.changes.formats.connect import DECIMALS, Column, object_texts
from specdsl.changes.formats.envelope import key_schema, schema_text, value_schema
from specdsl.changes.records import (
    AFTER,
    BEFORE,
    COMMITTED_AT,
    OP,
    SEQ,
    ChangedTable,
    Op,
    TableBatch,
    after_or_before,
)
from specdsl.datatypes import types as t
from specdsl.errors import UsageError
from specdsl.ir.model import Dataset
from specdsl.sinks.base import documented
from specdsl.sinks.options import Option, choice, flag, options_of
from specdsl.sinks.text.buffers import numbers
from specdsl.vectors.json_strings import quoted_text
from specdsl.vectors.vector import Int64Array

T = TypeVar("T")

SCHEMAS = flag("schemas", "Whether messages have their schema with them (`schemas.enable`).", default=False)
KEYS = choice(
    "keys",
    "Where the key of a message is: nowhere, beside it in an object, or on the same line of another file.",
    "none",
    ("none", "member", "file"),
)
TOMBSTONES = flag(
    "tombstones", "Whether a delete is followed by null (`tombstones.on.delete`).", default=False
)
DECIMAL = choice("decimals", "What decimals become (`decimal.handling.mode`).", "string", DECIMALS)
TRANSACTIONS = flag(
    "transactions",
    "Whether messages tell their place in the transaction (`provide.transaction.metadata`).",
    default=False,
)

VERSION = "3.6.1.Final"
"""The version of Debezium that messages name."""

_ROWS = 16_384  # messages made at a time
_BYTES = 1 << 26  # of schemas that are made at a time
_OPS = {Op.INSERT: "c", Op.UPDATE: "u", Op.DELETE: "d"}
_FORMATS = ("jsonl", "json")
LINES = pa.schema([documented(pa.field("message", pa.string(), nullable=False), "", t.JSON, bare=True)])


class Debezium:
    """See the module's text."""

    name = "debezium"
    whole = False
    options = options_of(SCHEMAS, KEYS, TOMBSTONES, DECIMAL, TRANSACTIONS)

    def require(self, format: str, dataset: Dataset, values: Mapping[str, Any]) -> None:
        """Raises UsageError where ``format`` is not JSON."""
        if format not in _FORMATS:
            raise UsageError(
                f"messages of Debezium are JSON, and {format} is not", "--changes debezium goes with -f jsonl"
            )

    def write(self, changed: ChangedTable, files: ChangeFiles, values: Mapping[str, Any]) -> None:
        """A file of messages, and one of keys where they are asked for."""
        messages = Messages(changed, values)
        files.write(LINES, _lines(messages, changed), {})
        if messages.get(KEYS) == "file":
            files.write(LINES, _key_lines(messages, changed), {}, suffix=".keys")


def topic(dataset: str, table: str) -> str:
    """The topic of a table's messages."""
    return f"{dataset}.public.{table}"


class Messages:
    """The messages of one table in one batch. ``values``: the options that differ from their defaults."""

    def __init__(self, changed: TableBatch, values: Mapping[str, Any]) -> None:
        self._values = values
        self._changed = changed
        self._snapshot = changed.batch == 1
        self._columns = [
            Column(field, changed.table.columns[field.name].type, field.nullable, self.get(DECIMAL))
            for field in changed.schema
        ]
        self._key_indexes = [changed.schema.get_field_index(name) for name in changed.table.key]
        self._dataset, self._table = quoted_text(changed.dataset.name), quoted_text(changed.table.name)

    def get(self, option: Option[T]) -> T:
        """The value of ``option``."""
        return self._values.get(option.name, option.default)  # type: ignore[no-any-return]

    @property
    def step(self) -> int:
        """How many to make at a time."""
        return max(1, min(_ROWS, _BYTES // (1 + len(self._value_head))))

    def values(self, piece: pa.RecordBatch, ordinals: Int64Array) -> pa.StringArray:
        """The message of each of some changes; ``ordinals``: which of the table's in the batch they are, from
        1."""
        value = pc.binary_join_element_wise(*self._value(piece, ordinals), "")
        if self.get(KEYS) != "member":
            return value
        return pc.binary_join_element_wise('{"key":', self.keys(piece), ',"value":', value, "}", "")

    def tombstones(self, piece: pa.RecordBatch) -> pa.StringArray:
        """The message that follows each of some deletes."""
        if self.get(KEYS) != "member":
            return pa.repeat("null", piece.num_rows)
        return pc.binary_join_element_wise('{"key":', self.keys(piece), ',"value":null}', "")

    def keys(self, piece: pa.RecordBatch) -> pa.StringArray:
        """The key of each message; ``null`` where rows have none."""
        if not self._key_indexes:
            return pa.repeat("null", piece.num_rows)
        rows = after_or_before(piece).flatten()
        texts = object_texts(
            [self._columns[i] for i in self._key_indexes], [rows[i] for i in self._key_indexes]
        )
        return pc.binary_join_element_wise(self._key_head, texts, "}" if self._key_head else "", "")

    # --- what a message is made of ------------------------------------------------------------

    def _value(self, piece: pa.RecordBatch, ordinals: Int64Array) -> list[Any]:
        seq = numbers(piece.column(SEQ), np.int64)
        millis, micros, nanos = times = _times(piece.column(COMMITTED_AT))
        return [
            f'{self._value_head}{{"before":',
            self._rows(piece.column(BEFORE)),
            ',"after":',
            self._rows(piece.column(AFTER)),
            ',"source":',
            *self._source(seq, times, ordinals),
            ',"transaction":',
            *self._transaction(seq, ordinals),
            ',"op":"',
            self._ops(piece),
            '","ts_ms":',
            millis,
            ',"ts_us":',
            micros,
            ',"ts_ns":',
            nanos,
            "}}" if self._value_head else "}",
        ]

    def _ops(self, piece: pa.RecordBatch) -> pa.StringArray:
        if self._snapshot:
            return pa.repeat("r", piece.num_rows)
        names = pa.array([str(op) for op in _OPS])
        return pc.take(pa.array(list(_OPS.values())), pc.index_in(piece.column(OP), value_set=names))

    def _rows(self, rows: pa.StructArray) -> pa.StringArray | str:
        """Each row as an object, ``null`` where there is none."""
        if rows.null_count == 0:
            return object_texts(self._columns, rows.flatten())
        if rows.null_count == len(rows):
            return "null"
        there = pc.is_valid(rows)
        texts = object_texts(self._columns, rows.filter(there).flatten())
        places = pc.subtract(pc.cumulative_sum(there.cast(pa.int64())), 1)
        return pc.take(texts, pc.if_else(there, places, pa.scalar(None, pa.int64()))).fill_null("null")

    def _source(self, seq: Int64Array, times: tuple[Any, Any, Any], ordinals: Int64Array) -> list[Any]:
        """Where a change comes from."""
        changed, (millis, micros, nanos) = self._changed, times
        committed = "null" if self._snapshot else f'\\"{changed.begin - 1}\\"'
        lsn = pa.array(seq).cast(pa.string())
        return [
            f'{{"version":"{VERSION}","connector":"postgresql","name":{self._dataset},"ts_ms":',
            millis,
            ',"snapshot":"',
            self._places(seq, ordinals),
            f'","db":{self._dataset},"sequence":"[{committed},\\"',
            lsn,
            '\\"]","ts_us":',
            micros,
            ',"ts_ns":',
            nanos,
            f',"schema":"public","table":{self._table},"txId":{changed.batch},"lsn":',
            lsn,
            ',"xmin":null,"origin":null,"origin_lsn":null}',
        ]

    def _places(self, seq: Int64Array, ordinals: Int64Array) -> pa.StringArray | str:
        """Where in the snapshot rows are; ``false`` for what is not of it."""
        if not self._snapshot:
            return "false"
        changed = self._changed
        # In the order in which Debezium asks: of a table with one row it says that it is the last one.
        asked = {
            "last": seq == changed.end,
            "first": seq == changed.begin,
            "last_in_data_collection": ordinals == changed.total,
            "first_in_data_collection": ordinals == 1,
        }
        return pa.array(np.select(list(asked.values()), list(asked), "true").astype(object), pa.string())

    def _transaction(self, seq: Int64Array, ordinals: Int64Array) -> list[Any]:
        """The place of each message among all of its batch, and among those of its table."""
        begin = self._changed.begin
        if self._snapshot or not self.get(TRANSACTIONS):
            return ["null"]
        return [
            f'{{"id":"{self._changed.batch}:{begin}","total_order":',
            pa.array(seq - (begin - 1)).cast(pa.string()),
            ',"data_collection_order":',
            pa.array(ordinals).cast(pa.string()),
            "}",
        ]

    # --- schemas ------------------------------------------------------------------------------

    @property
    def _topic(self) -> str:
        return topic(self._changed.dataset.name, self._changed.table.name)

    @cached_property
    def _value_head(self) -> str:
        """What stands before a message, ended by a brace: nothing without schemas."""
        if not self.get(SCHEMAS):
            return ""
        return f'{{"schema":{schema_text(value_schema(self._topic, self._columns))},"payload":'

    @cached_property
    def _key_head(self) -> str:
        if not self.get(SCHEMAS):
            return ""
        columns = [self._columns[i] for i in self._key_indexes]
        return f'{{"schema":{schema_text(key_schema(self._topic, columns))},"payload":'


def _lines(messages: Messages, changed: ChangedTable) -> Iterator[pa.RecordBatch]:
    """The messages, in the order of the changes."""
    for piece, ordinals in _pieces(messages, changed):
        yield _with_tombstones(messages, piece, messages.values(piece, ordinals), messages.tombstones)


def _key_lines(messages: Messages, changed: ChangedTable) -> Iterator[pa.RecordBatch]:
    """The key of each message."""
    for piece, _ in _pieces(messages, changed):
        yield _with_tombstones(messages, piece, messages.keys(piece), messages.keys)


def _pieces(messages: Messages, changed: ChangedTable) -> Iterator[tuple[pa.RecordBatch, Int64Array]]:
    """The changes, a few at a time, and which of them they are, from 1."""
    before = 0
    for batch in changed.changes():
        for start in range(0, batch.num_rows, messages.step):
            piece = batch.slice(start, messages.step)
            yield piece, np.arange(before + 1, before + 1 + piece.num_rows, dtype=np.int64)
            before += piece.num_rows


def _with_tombstones(
    messages: Messages,
    piece: pa.RecordBatch,
    texts: pa.StringArray,
    tombstones: Callable[[pa.RecordBatch], pa.StringArray],
) -> pa.RecordBatch:
    """``texts`` as rows; behind each that deletes its tombstone, where they are asked for."""
    if messages.get(TOMBSTONES):
        deletes = numbers(pc.equal(piece.column(OP), str(Op.DELETE)).cast(pa.uint8()), np.uint8)
        places = np.repeat(np.arange(len(texts)), deletes + 1)
        places[1:] += np.where(places[1:] == places[:-1], len(texts), 0)
        texts = pa.concat_arrays([texts, tombstones(piece)]).take(pa.array(places))
    return pa.record_batch([texts], schema=LINES)


def _times(committed: pa.Array[Any]) -> tuple[Any, Any, Any]:
    """Milliseconds, microseconds and nanoseconds since 1970 as digits; one text where all are the same."""
    micros = numbers(committed, np.int64)
    if len(micros) and (micros == micros[0]).all():
        one = int(micros[0])
        return str(one // 1_000), str(one), str(one * 1_000)
    millis, same, nanos = (pa.array(n).cast(pa.string()) for n in (micros // 1_000, micros, micros * 1_000))
    return millis, same, nanos
