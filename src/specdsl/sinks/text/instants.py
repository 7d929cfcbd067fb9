"""Dates, times, timestamps and durations as ISO 8601 text.

Seconds have no fraction where it is zero, else six digits (as ``datetime.isoformat`` has it). Durations
are seconds: ``PT90S``, ``PT0.250000S``, ``-PT5S``.
"""

from __future__ import annotations

from functools import lru_cache
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.sinks.text.buffers import fixed_width, left_parts, numbers, validity

_DAY = 86_400_000_000
_FIRST_DAY, _LAST_DAY = -719_162, 2_932_896  # 0001-01-01 and 9999-12-31
_SPAN = 4_096  # tables of days start and end at multiples of it
_FEW = 16  # a table is worth it where it has at most so many days for each value


@lru_cache(maxsize=16)
def _dates(first: int, last: int) -> NDArray[np.bytes_]:
    return _formatted(np.arange(first, last))


def _formatted(days: NDArray[np.int64]) -> NDArray[np.bytes_]:
    return np.datetime_as_string(days.astype("datetime64[D]")).astype("S10")


@lru_cache(maxsize=1)
def _seconds() -> NDArray[np.bytes_]:
    """``HH:MM:SS`` of every second of a day."""
    return np.array([b"%02d:%02d:%02d" % (s // 3600, s // 60 % 60, s % 60) for s in range(86_400)], "S8")


@lru_cache(maxsize=1)
def _thousandths() -> NDArray[np.bytes_]:
    return np.array([b"%03d" % i for i in range(1_000)], "S3")


def _date_texts(days: NDArray[np.int64]) -> NDArray[np.bytes_] | None:
    """``YYYY-MM-DD`` of days since 1970, or None where a year does not have four digits."""
    if len(days) == 0:
        return np.empty(0, "S10")
    low, high = int(days.min()), int(days.max())
    if low < _FIRST_DAY or high > _LAST_DAY:
        return None
    first = max(low // _SPAN * _SPAN, _FIRST_DAY)
    last = min((high // _SPAN + 1) * _SPAN, _LAST_DAY + 1)
    if last - first > max(8 * _SPAN, _FEW * len(days)):
        return _formatted(days)
    return _dates(first, last).take(days - first)


def date_text(array: pa.Array[Any]) -> pa.StringArray:
    """``2024-02-29``."""
    texts = _date_texts(numbers(array, np.int32).astype(np.int64))
    if texts is None:
        return array.cast(pa.string())
    return fixed_width(texts.view(np.uint8).reshape(len(array), 10), validity(array))


def time_text(array: pa.Array[Any]) -> pa.StringArray:
    """``09:30:00`` or ``09:30:00.250000``."""
    micros = numbers(array, np.int64)
    seconds = micros // 1_000_000
    return _assemble([_seconds().take(seconds)], micros - seconds * 1_000_000, b"", validity(array))


def timestamp_text(array: pa.Array[Any], *, always: bool = False) -> pa.StringArray:
    """``2024-02-29T09:30:00Z``; with ``always`` six digits also where they are zero."""
    micros = numbers(array, np.int64)
    days = micros // _DAY
    rest = micros - days * _DAY
    seconds = rest // 1_000_000
    dates = _date_texts(days)
    if dates is None:  # a year beyond 9999 or before 1: Arrow's own text, which has six digits always
        text = pc.replace_substring(array.cast(pa.string()), " ", "T")
        return text if always else pc.replace_substring(text, ".000000Z", "Z")
    separator = np.full(len(array), b"T", "S1")
    parts = [dates, separator, _seconds().take(seconds)]
    return _assemble(parts, rest - seconds * 1_000_000, b"Z", validity(array), always=always)


def duration_text(array: pa.Array[Any]) -> pa.StringArray:
    """``PT90S``."""
    micros = numbers(array, np.int64)
    sizes = np.abs(micros).view(np.uint64)
    seconds = sizes // np.uint64(1_000_000)
    rest = (sizes - seconds * np.uint64(1_000_000)).astype(np.int64)
    fraction = _assemble([], rest, b"S", None)
    text = pc.binary_join_element_wise(
        pc.take(pa.array(["PT", "-PT"]), pa.array((micros < 0).view(np.int8))),
        pa.array(seconds).cast(pa.string()),
        fraction,
        "",
    )
    if array.null_count:
        text = pc.if_else(pc.is_valid(array), text, pa.scalar(None, pa.string()))
    return text


def _assemble(
    parts: list[NDArray[np.bytes_]],
    micros: NDArray[np.int64],
    end: bytes,
    valid: pa.Buffer | None,
    *,
    always: bool = False,
) -> pa.StringArray:
    """``parts``, a fraction where ``micros`` is not zero (or ``always``), and ``end``, row by row."""
    count = len(micros)
    fractional = np.full(count, True) if always else micros != 0
    with_fraction = bool(fractional.any())
    widths = [part.dtype.itemsize for part in parts]
    stem = sum(widths)
    matrix = np.empty((count, stem + (7 if with_fraction else 0) + len(end)), np.uint8)
    at = 0
    for part, width in zip(parts, widths, strict=True):
        matrix[:, at : at + width] = part.view(np.uint8).reshape(count, width)
        at += width
    if with_fraction:
        high = micros // 1_000
        matrix[:, at] = ord(".")
        matrix[:, at + 1 : at + 4] = _thousandths().take(high).view(np.uint8).reshape(count, 3)
        low = _thousandths().take(micros - high * 1_000)
        matrix[:, at + 4 : at + 7] = low.view(np.uint8).reshape(count, 3)
        at += 7
    if end:
        matrix[:, at] = end[0]
    if not with_fraction or fractional.all():
        return fixed_width(matrix, valid)
    lengths = np.where(fractional, matrix.shape[1], stem + len(end))
    if end:
        matrix[~fractional, stem] = end[0]
    return left_parts(matrix, lengths, valid)
