"""Scalar columns as text: what is between the quotes, before any quoting or escaping."""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.sinks.text.buffers import fixed_width, plain_strings, validity
from specdsl.sinks.text.instants import date_text, duration_text, time_text, timestamp_text

_FIXED_NOTATION = 6  # Arrow writes decimals of a larger scale as 1E-10


def is_free_text(kind: pa.DataType) -> bool:
    """Whether values may hold any character (and so may need quoting)."""
    if pa.types.is_dictionary(kind):
        kind = kind.value_type
    return bool(pa.types.is_string(kind) or pa.types.is_large_string(kind) or pa.types.is_string_view(kind))


def scalar_text(array: pa.Array[Any]) -> pa.StringArray:
    """The values of a column that is neither list nor struct as text, null where null.

    true/false; shortest digits that read back for floats; all digits of the scale for decimals; ISO 8601;
    lower-case uuids with hyphens; base64 for bytes.
    """
    kind = array.type
    if is_free_text(kind):
        return plain_strings(array)
    if pa.types.is_decimal(kind):
        return decimal_text(array)
    if pa.types.is_timestamp(kind):
        return timestamp_text(array)
    if pa.types.is_date32(kind):
        return date_text(array)
    if pa.types.is_time64(kind):
        return time_text(array)
    if pa.types.is_duration(kind):
        return duration_text(array)
    if kind == pa.uuid():
        return uuid_text(array)
    if pa.types.is_binary(kind) or pa.types.is_large_binary(kind):
        return base64_text(array.cast(pa.binary()))
    return array.cast(pa.string())  # bool, ints, floats


def decimal_text(array: pa.Array[Any]) -> pa.StringArray:
    """``-12.50``: always as many digits after the point as the scale, never an exponent."""
    scale = array.type.scale
    if scale <= _FIXED_NOTATION:
        return array.cast(pa.string())
    size = pc.abs(array)
    whole = pa.Array.from_buffers(
        pa.decimal128(38, 0), len(size), [validity(size), size.buffers()[1]], offset=size.offset
    )
    digits = pc.utf8_lpad(whole.cast(pa.string()), scale + 1, "0")
    text = pc.binary_join_element_wise(
        pc.utf8_slice_codeunits(digits, 0, -scale), pc.utf8_slice_codeunits(digits, -scale), "."
    )
    negative = pc.less(array, pa.scalar(0, array.type))
    return pc.if_else(negative, pc.binary_join_element_wise("-", text, ""), text)


@lru_cache(maxsize=1)
def _hex_pairs() -> NDArray[np.uint32]:
    """The four hexadecimal digits of every 16-bit number, as they are laid out in memory."""
    return np.array([b"%04x" % i for i in range(65_536)], "S4").view(np.uint32)


def uuid_text(array: pa.Array[Any]) -> pa.StringArray:
    """``xxxxxxxx-xxxx-xxxx-xxxx-xxxxxxxxxxxx``."""
    storage = array.storage
    count = len(storage)
    data = np.frombuffer(storage.buffers()[1], np.uint8)[storage.offset * 16 : (storage.offset + count) * 16]
    words = data.view(">u2").reshape(count, 8)
    matrix = np.empty((count, 36), np.uint8)
    at = 0
    for word in range(8):
        if word in (2, 3, 4, 5):
            matrix[:, at] = ord("-")
            at += 1
        matrix[:, at : at + 4] = _hex_pairs().take(words[:, word]).view(np.uint8).reshape(count, 4)
        at += 4
    return fixed_width(matrix, validity(storage))


@lru_cache(maxsize=1)
def _base64_pairs() -> NDArray[np.uint16]:
    """The two base64 digits of every 12-bit number."""
    letters = b"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789+/"
    pairs = [bytes((letters[i >> 6], letters[i & 63])) for i in range(4_096)]
    return np.array(pairs, "S2").view(np.uint16)


def base64_text(array: pa.BinaryArray) -> pa.StringArray:
    """RFC 4648 base64 with padding."""
    valid = validity(array)
    if array.null_count:
        array = pc.fill_null(array, b"")
    count = len(array)
    ends = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + count + 1]
    lengths = np.diff(ends).astype(np.int64)
    groups = (lengths + 2) // 3
    starts = np.zeros(count + 1, np.int64)
    np.cumsum(groups, out=starts[1:])
    # Each value starts at a multiple of three bytes, padded with zeros.
    padded = np.zeros(int(starts[-1]) * 3, np.uint8)
    if padded.size:
        source = np.frombuffer(array.buffers()[2], np.uint8)[int(ends[0]) : int(ends[-1])]
        shift = starts[:-1] * 3 - (ends[:-1] - ends[0])
        padded[np.arange(len(source)) + np.repeat(shift, lengths)] = source
    triples = padded.reshape(-1, 3).astype(np.int64)
    bits = triples[:, 0] << 16 | triples[:, 1] << 8 | triples[:, 2]
    out = np.empty((len(bits), 2), np.uint16)
    out[:, 0] = _base64_pairs().take(bits >> 12)
    out[:, 1] = _base64_pairs().take(bits & 4_095)
    data = out.view(np.uint8).reshape(-1)
    last = starts[1:] * 4 - 1
    data[last[lengths % 3 != 0]] = ord("=")
    data[last[lengths % 3 == 1] - 1] = ord("=")
    offsets = (starts * 4).astype(np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(data), valid)
