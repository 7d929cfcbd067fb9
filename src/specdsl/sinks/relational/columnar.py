"""Columns in formats that have fewer types than Arrow: Delta Lake, ORC.

======================  ==================================================================
uint8, uint16, uint32   the next wider integer; uint64 decimal(20, 0)
enum                    string
time                    string: ``09:30:00`` or ``09:30:00.250000``
duration                long, microseconds
uuid                    string of 36 characters
list, struct            list, struct of these
======================  ==================================================================

All else is as it is in Arrow.
"""

from __future__ import annotations

from typing import Any

import pyarrow as pa

from specdsl.sinks.relational.nesting import rebuilt
from specdsl.sinks.relational.values import MEMBER, MICROSECONDS, TIME, UUID
from specdsl.sinks.text.buffers import plain_strings
from specdsl.sinks.text.instants import time_text
from specdsl.sinks.text.values import uuid_text

Array = Any  # a pyarrow Array of any type; its stubs have no common base that fits

_WIDER = {
    pa.uint8(): pa.int16(),
    pa.uint16(): pa.int32(),
    pa.uint32(): pa.int64(),
    pa.uint64(): pa.decimal128(20, 0),
}


def physical(field: pa.Field) -> pa.Field:
    """What stands in the files for a field; its metadata and those of what is in it are left out."""
    return pa.field(field.name, _kind(field.type), field.nullable)


def _kind(kind: pa.DataType) -> pa.DataType:
    if pa.types.is_list(kind):
        return pa.list_(physical(kind.value_field))
    if pa.types.is_struct(kind):
        return pa.struct([physical(kind.field(i)) for i in range(kind.num_fields)])
    if kind in _WIDER:
        return _WIDER[kind]
    if pa.types.is_dictionary(kind) or pa.types.is_time(kind) or kind == pa.uuid():
        return pa.string()
    if pa.types.is_duration(kind):
        return pa.int64()
    return kind


def stored(array: Array, kind: pa.DataType) -> Array:
    """``array`` as ``kind``, the physical type of its own."""
    own = array.type
    if pa.types.is_list(own) or pa.types.is_struct(own):
        return rebuilt(array, pa.field("", kind), lambda child, field: stored(child, field.type))
    if pa.types.is_dictionary(own):
        return plain_strings(array)
    if pa.types.is_time(own):
        return time_text(array)
    if own == pa.uuid():
        return uuid_text(array)
    return array if own == kind else array.cast(kind)


def restored(array: Array, field: pa.Field) -> Array:
    """A column of the files in the type of ``field``. Raises ValueError for what is no value of it."""
    kind = field.type
    if pa.types.is_list(kind) or pa.types.is_struct(kind):
        return rebuilt(array, field, restored)
    if pa.types.is_dictionary(kind):
        return MEMBER.parse(array.cast(pa.string()), field)
    if pa.types.is_time(kind):
        return TIME.parse(array.cast(pa.string()), field)
    if kind == pa.uuid():
        return UUID.parse(array.cast(pa.string()), field)
    if pa.types.is_duration(kind):
        return MICROSECONDS.parse(array.cast(pa.string()), field)
    return array.cast(kind)
