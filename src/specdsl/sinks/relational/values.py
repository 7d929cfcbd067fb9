"""Values as the text that databases take them in, and back: what is between the quotes of a literal."""

from __future__ import annotations

import binascii
from collections.abc import Callable
from dataclasses import dataclass
from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.sinks.relational.nested import nested_values
from specdsl.sinks.text.buffers import numbers, plain_strings, text_bytes, validity
from specdsl.sinks.text.instants import date_text, time_text, timestamp_text
from specdsl.sinks.text.json import json_texts
from specdsl.sinks.text.values import decimal_text, uuid_text

Array = Any  # a pyarrow Array of any type; its stubs have no common base that fits


@dataclass(frozen=True, slots=True)
class Form:
    """One way to write values of a type.

    ``render`` gives the text of a column's values, null where null; ``parse`` the values of texts, in the
    type of the field. Both raise ValueError (ArrowInvalid is one) for what does not fit. ``pattern`` is a
    regular expression of all texts, None where a text may be anything.
    """

    render: Callable[[Array, pa.Field], pa.StringArray]
    parse: Callable[[pa.StringArray, pa.Field], Array]
    pattern: str | None


def _cast_text(array: Array, field: pa.Field) -> pa.StringArray:
    return array.cast(pa.string())


def _cast(text: pa.StringArray, field: pa.Field) -> Array:
    return text.cast(field.type)


INTEGER = Form(_cast_text, _cast, r"-?\d+")
DECIMAL = Form(lambda array, field: decimal_text(array), _cast, r"-?\d+(?:\.\d+)?")
DATE = Form(lambda array, field: date_text(array), _cast, r"[\d-]+")


def times(text: pa.StringArray) -> pa.Int64Array:
    """Microseconds since midnight of ``HH:MM:SS`` with or without a fraction."""
    return pc.binary_join_element_wise("1970-01-01", text, " ").cast(pa.timestamp("us")).cast(pa.int64())


TIME = Form(
    lambda array, field: time_text(array), lambda text, field: times(text).cast(field.type), r"[\d:.]+"
)


def booleans(false: str, true: str) -> Form:
    """bool as one of two words."""

    def render(array: Array, field: pa.Field) -> pa.StringArray:
        return pc.if_else(array, pa.scalar(true), pa.scalar(false))

    def parse(text: pa.StringArray, field: pa.Field) -> Array:
        known = pc.or_kleene(pc.equal(text, true), pc.equal(text, false))
        if pc.any(pc.invert(known)).as_py():
            raise ValueError(f"a bool is `{true}` or `{false}`")
        return pc.equal(text, true)

    return Form(render, parse, f"{true}|{false}")


def floats(**words: str) -> Form:
    """Floats by the shortest digits that read back. ``words`` says how ``nan``, ``inf`` and ``minus_inf`` are
    written; without them such values are refused."""
    named = {"nan": words.get("nan"), "inf": words.get("inf"), "-inf": words.get("minus_inf")}

    def render(array: Array, field: pa.Field) -> pa.StringArray:
        text = array.cast(pa.string())
        if pc.all(pc.is_finite(array)).as_py() is not False:
            return text
        for own, word in named.items():
            found = pc.equal(text, own)
            if word is None and pc.any(found).as_py():
                raise ValueError(f"{own} is not a value of its floats")
            text = pc.if_else(found, pa.scalar(word, pa.string()), text)
        return text

    def parse(text: pa.StringArray, field: pa.Field) -> Array:
        for own, word in named.items():
            if word is not None:
                text = pc.if_else(pc.equal(text, word), pa.scalar(own), text)
        return text.cast(field.type)

    return Form(render, parse, r"-?[\w.+]+(?:e-\d+)?")


def instants(separator: str, zone: str) -> Form:
    """Timestamps in UTC: a date, ``separator``, a time, ``zone``."""

    def render(array: Array, field: pa.Field) -> pa.StringArray:
        text = pc.replace_substring(timestamp_text(array), "Z", zone)
        return pc.replace_substring(text, "T", separator)

    def parse(text: pa.StringArray, field: pa.Field) -> Array:
        if zone:
            text = pc.utf8_slice_codeunits(text, 0, -len(zone))
        naive = text.cast(pa.timestamp("us"))
        return naive.cast(pa.int64()).cast(field.type)

    return Form(render, parse, r"[\d:. +-]+")


def _micros(array: Array, field: pa.Field) -> pa.StringArray:
    return array.cast(pa.int64()).cast(pa.string())


MICROSECONDS = Form(_micros, lambda text, field: text.cast(pa.int64()).cast(field.type), r"-?\d+")
"""Durations as whole microseconds."""


def durations(unit: str) -> Form:
    """Durations as seconds with six digits after the point, and a word: ``-90.250000 seconds``."""
    seconds = pa.decimal128(38, 6)

    def render(array: Array, field: pa.Field) -> pa.StringArray:
        whole = array.cast(pa.int64()).cast(pa.decimal128(38, 0))
        text = pa.Array.from_buffers(seconds, len(whole), whole.buffers(), offset=whole.offset)
        return pc.binary_join_element_wise(text.cast(pa.string()), unit, " ")

    def parse(text: pa.StringArray, field: pa.Field) -> Array:
        number = pc.utf8_slice_codeunits(text, 0, -len(unit) - 1).cast(seconds)
        whole = pa.Array.from_buffers(
            pa.decimal128(38, 0), len(number), number.buffers(), offset=number.offset
        )
        return whole.cast(pa.int64()).cast(field.type)

    return Form(render, parse, rf"-?\d+\.\d+ {unit}")


def _plain(array: Array, field: pa.Field) -> pa.StringArray:
    return plain_strings(array)


TEXT = Form(_plain, lambda text, field: text, None)


def _member(text: pa.StringArray, field: pa.Field) -> Array:
    coded = text.dictionary_encode()
    return pa.DictionaryArray.from_arrays(coded.indices.cast(field.type.index_type), coded.dictionary)


MEMBER = Form(_plain, _member, None)
"""Enums as their members' texts."""


def _json(array: Array, field: pa.Field) -> pa.StringArray:
    text = json_texts(array, field)
    return (
        text if array.null_count == 0 else pc.if_else(pc.is_valid(array), text, pa.scalar(None, pa.string()))
    )


NESTED = Form(_json, nested_values, None)
"""Lists and structs as JSON (see ``specdsl.sinks.jsonl``)."""


@lru_cache(maxsize=1)
def _hex_digits() -> NDArray[np.uint16]:
    return np.array([b"%02x" % i for i in range(256)], "S2").view(np.uint16)


def hex_text(array: pa.BinaryArray) -> pa.StringArray:
    """Bytes as two hexadecimal digits each."""
    valid = validity(array)
    if array.null_count:
        array = pc.fill_null(array, b"")
    ends = np.frombuffer(array.buffers()[1], np.int32)[array.offset : array.offset + len(array) + 1]
    data = np.frombuffer(array.buffers()[2] or b"", np.uint8)[int(ends[0]) : int(ends[-1])]
    offsets = ((ends - ends[0]) * 2).astype(np.int32)
    digits = pa.py_buffer(_hex_digits().take(data))
    return pa.StringArray.from_buffers(len(array), pa.py_buffer(offsets), digits, valid)


def unhex(text: pa.StringArray) -> pa.BinaryArray:
    """The bytes of hexadecimal digits."""
    valid = validity(text)
    filled = pc.fill_null(text, "")
    ends = np.frombuffer(filled.buffers()[1], np.int32)[filled.offset : filled.offset + len(text) + 1]
    if ((ends[1:] - ends[:-1]) % 2).any():
        raise ValueError("bytes have two hexadecimal digits each")
    try:
        data = binascii.unhexlify(text_bytes(filled))
    except binascii.Error as problem:
        raise ValueError(str(problem)) from None
    offsets = ((ends - ends[0]) // 2).astype(np.int32)
    return pa.Array.from_buffers(pa.binary(), len(text), [valid, pa.py_buffer(offsets), pa.py_buffer(data)])


HEX = Form(
    lambda array, field: hex_text(array.cast(pa.binary())), lambda text, field: unhex(text), r"[0-9a-f]*"
)


def _uuid(text: pa.StringArray, field: pa.Field) -> Array:
    data = unhex(pc.replace_substring(text, "-", ""))
    return pa.ExtensionArray.from_storage(field.type, data.cast(pa.binary(16)))


UUID = Form(lambda array, field: uuid_text(array), _uuid, r"[0-9a-f-]{36}")


def day_time(array: Array, field: pa.Field) -> pa.StringArray:
    """Durations and times of day as ``-3 00:00:00.000007``: days, then a time of six digits."""
    micros = numbers(array.cast(pa.int64()), np.int64)
    size = np.abs(micros)
    days = size // 86_400_000_000
    rest = pa.array(size - days * 86_400_000_000).cast(pa.time64("us")).cast(pa.string())
    sign = pc.take(pa.array(["", "-"]), pa.array((micros < 0).view(np.int8)))
    whole = pc.binary_join_element_wise(sign, pa.array(days).cast(pa.string()), "")
    text = pc.binary_join_element_wise(whole, rest, " ")
    return pc.if_else(pc.is_valid(array), text, pa.scalar(None, pa.string()))


def from_day_time(text: pa.StringArray, field: pa.Field) -> Array:
    """What ``day_time`` made, back."""
    parts = pc.extract_regex(text, r"^(?P<sign>-?)(?P<days>\d+) (?P<time>[\d:.]+)$")
    if parts.null_count > text.null_count:
        raise ValueError("an interval is days and a time")
    sign, days, time = parts.flatten()
    micros = pc.add(pc.multiply(days.cast(pa.int64()), 86_400_000_000), times(time))
    return pc.if_else(pc.equal(sign, "-"), pc.negate(micros), micros).cast(field.type)


DAY_TIME = Form(day_time, from_day_time, r"-?\d+ [\d:.]+")

__all__ = [
    "DATE",
    "DAY_TIME",
    "DECIMAL",
    "HEX",
    "INTEGER",
    "MEMBER",
    "MICROSECONDS",
    "NESTED",
    "TEXT",
    "TIME",
    "UUID",
    "Form",
    "booleans",
    "durations",
    "floats",
    "hex_text",
    "instants",
    "times",
    "unhex",
]
