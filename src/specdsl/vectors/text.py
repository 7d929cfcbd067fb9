"""Text made of pieces, without a Python object per value.

A value is laid out in a row of bytes: every piece has its columns there and is written as a few machine
words per row, looked up in a table (the digits of 0000 to 9999, the days of a calendar, the entries of a
dictionary). Rows are padded with the byte 0xFF, which UTF-8 never has, where a piece is shorter than its
columns; the padding is then left out.
"""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from functools import lru_cache
from typing import Any, TypeAlias

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.vectors import strings
from specdsl.vectors.vector import BoolArray, Int64Array

PAD = 0xFF
_BLOCK = 8192
_WIDEST = 96  # dictionary entries beyond this are joined by Arrow instead
_EXACT = ((16, np.complex128), (8, np.uint64), (4, np.uint32), (2, np.uint16), (1, np.uint8))


@dataclass(frozen=True, slots=True)
class Field:
    """A piece of bounded width: row i has ``table[index[i]]`` less its padding.

    ``table`` is uint8 (k, width); ``index`` int64 (n,), None where row 0 of the table stands for all.
    ``lengths`` is the number of bytes for each *row* (n,), or the same for all: then nothing is padding.
    """

    table: NDArray[np.uint8]
    index: NDArray[Any] | None
    lengths: int | NDArray[Any]

    @property
    def width(self) -> int:
        return int(self.table.shape[1])


Piece: TypeAlias = "bytes | Field | strings.Strings"
"""Constant UTF-8 bytes, a field, or Arrow strings (plain or dictionary)."""


# --- numbers --------------------------------------------------------------------------------


@lru_cache(maxsize=8)
def digits_of(width: int) -> NDArray[np.uint8]:
    """The numbers of ``width`` digits, zero-padded."""
    values = np.arange(10**width, dtype=np.int64)
    out = np.empty((len(values), width), dtype=np.uint8)
    for column in range(width - 1, -1, -1):
        out[:, column] = values % 10 + ord("0")
        values = values // 10
    return out


@lru_cache(maxsize=4)
def _leading_table(width: int, separator: bytes) -> NDArray[np.uint8]:
    """Three variants of each chunk of ``width`` digits: after higher digits (zero-padded, and behind the
    separator); as the first (its leading zeros are padding, 0 is nothing); as the first and last (0 is
    one digit)."""
    size = 10**width
    digits = digits_of(width)
    after = np.full((size, width + len(separator)), PAD, dtype=np.uint8)
    after[:, len(separator) :] = digits
    first = after.copy()
    if separator:
        after[:, 0] = separator[0]
    values = np.arange(size)
    for place in range(width):  # the digit worth 10**place
        first[values < 10**place, first.shape[1] - 1 - place] = PAD
    first[0] = PAD
    last = first.copy()
    last[0, -1] = ord("0")
    return np.concatenate([after, first, last])


def fixed_digits(values: NDArray[Any], width: int) -> list[Piece]:
    """Non-negative integers below ``10**width`` as exactly ``width`` digits."""
    pieces: list[Piece] = []
    while width > 0:
        chunk = min(4, width)
        unit = 10**chunk
        if width > chunk:
            rest = values // unit
            index = values - rest * unit
            values = rest
        else:
            index = values
        pieces.append(Field(digits_of(chunk), index.astype(np.int64, copy=False), chunk))
        width -= chunk
    return pieces[::-1]


def digit_counts(values: NDArray[Any]) -> NDArray[np.int32]:
    """The number of digits of each non-negative integer."""
    out = np.ones(len(values), dtype=np.int32)
    top = int(values.max(initial=0))
    power = 10
    while power <= top:
        out += values >= values.dtype.type(power)
        power *= 10
    return out


def digits(values: NDArray[Any], grouped: bool = False) -> list[Piece]:
    """Non-negative integers (int64 or uint64) without leading zeros; ``grouped`` puts a comma before each
    three digits from the right."""
    high = int(values.max(initial=0))
    low = int(values.min(initial=high))
    if not grouped and len(str(low)) == len(str(high)):
        return fixed_digits(values, len(str(high)))
    chunk = 3 if grouped else 4
    unit = 10**chunk
    table = _leading_table(chunk, b"," if grouped else b"")
    counts = digit_counts(values)
    if grouped:
        counts = counts + (counts - 1) // 3
    fields: list[Piece] = []
    number = -(-len(str(high)) // chunk)
    for place in range(number):
        rest = values // unit
        index = (values - rest * unit).astype(np.int64, copy=False)
        variant = 2 * unit if place == 0 else unit
        index = index + (rest == 0) * np.int64(variant)
        used = table
        if place == number - 1 and not grouped:  # the first chunk need not have all columns
            used = table[:, number * chunk - len(str(high)) :]
        # The lengths of all chunks together are told by the last one; the others add nothing.
        fields.append(Field(used, index, counts if place == 0 else np.zeros(1, dtype=np.int32)))
        values = rest
    return fields[::-1]


def magnitudes(values: Int64Array) -> NDArray[np.uint64]:
    """Absolute values of int64, the smallest included."""
    return np.abs(values).view(np.uint64)


def sign(negative: BoolArray) -> list[Piece]:
    """``-`` where ``negative``."""
    if not negative.any():
        return []
    table = np.array([[PAD], [ord("-")]], dtype=np.uint8)
    return [Field(table, negative.astype(np.int64), negative.astype(np.int32))]


def integers(values: NDArray[Any], grouped: bool = False) -> list[Piece]:
    """Integers (int64 or uint64) as Python prints them."""
    if values.dtype.kind == "u" or int(values.min(initial=0)) >= 0:
        return digits(values, grouped)
    return [*sign(values < 0), *digits(magnitudes(values), grouped)]


def decimals(unscaled: Int64Array, scale: int, grouped: bool = False) -> list[Piece]:
    """Unscaled decimals with all their ``scale`` digits after the point."""
    return signed_decimals(unscaled < 0, magnitudes(unscaled), scale, grouped)


def signed_decimals(
    negative: BoolArray, unscaled: NDArray[np.uint64], scale: int, grouped: bool = False
) -> list[Piece]:
    """The same from signs and magnitudes (a float has a negative zero)."""
    if scale == 0:
        return [*sign(negative), *digits(unscaled, grouped)]
    if scale > 19:  # more digits than the magnitude can have
        zeros = b"0." + b"0" * (scale - 19)
        return [*sign(negative), zeros, *_tail(unscaled, 19)]
    if scale == 19:
        unit = np.uint64(10**19)
        whole = unscaled // unit
        return [*sign(negative), *digits(whole, grouped), b".", *_tail(unscaled - whole * unit, 19)]
    unit = np.uint64(10**scale)
    whole = unscaled // unit
    return [*sign(negative), *digits(whole, grouped), b".", *fixed_digits(unscaled - whole * unit, scale)]


def _tail(values: NDArray[np.uint64], width: int) -> list[Piece]:
    return fixed_digits(values, width)


# --- tables ---------------------------------------------------------------------------------


@lru_cache(maxsize=1)
def _hex_table() -> NDArray[np.uint8]:
    nibbles = np.frombuffer(b"0123456789abcdef", dtype=np.uint8)
    values = np.arange(1 << 16)
    return np.stack([nibbles[(values >> shift) & 15] for shift in (12, 8, 4, 0)], axis=1)


def uuids(values: NDArray[np.uint8]) -> list[Piece]:
    """16-byte uuids (n, 16) as 8-4-4-4-12 hexadecimal digits."""
    parts = np.ascontiguousarray(values).view(">u2")
    out: list[Piece] = []
    for column in range(8):
        if column in (2, 3, 4, 5):
            out.append(b"-")
        out.append(Field(_hex_table(), parts[:, column].astype(np.int64), 4))
    return out


def table_of(entries: Sequence[str | bytes], index: NDArray[Any]) -> Field:
    """Row i has ``entries[index[i]]``; a few short entries."""
    return _coded(strings.from_python(list(entries)), index)


def _coded(values: strings.Strings, codes: NDArray[Any]) -> Field:
    """A field over the entries of a plain string array."""
    offsets, data = strings.buffers_of(values)
    lengths = np.diff(offsets)
    width = int(lengths.max(initial=0))
    inside = np.arange(width, dtype=np.int32)[None, :] < lengths[:, None]
    table = np.full((max(1, len(lengths)), width), PAD, dtype=np.uint8)
    table[: len(lengths)][inside] = data[int(offsets[0]) : int(offsets[-1])]
    if len(lengths) and int(lengths.min()) == width:
        return Field(table, codes, width)
    return Field(table, codes, np.take(lengths, codes) if len(lengths) else 0)


def from_matrix(matrix: NDArray[np.uint8]) -> strings.Strings:
    """A StringArray of n values of ``width`` bytes each from a C-ordered matrix (n, width)."""
    n, width = matrix.shape
    strings.check_size(n * width)
    offsets = np.arange(n + 1, dtype=np.int32)
    offsets *= np.int32(width)
    return strings.from_buffers(offsets, np.ascontiguousarray(matrix).reshape(-1))


# --- joining --------------------------------------------------------------------------------


def join(pieces: Sequence[Piece], n: int) -> strings.Strings:
    """The ``n`` strings that the pieces make side by side. A single dictionary among constants gives a
    dictionary again."""
    merged = _merged(pieces)
    loose: list[Any] = [p for p in merged if not isinstance(p, bytes)]
    if not loose:
        return strings.constant(_joined(merged).decode(), n)
    if len(loose) == 1 and not isinstance(loose[0], Field) and strings.is_dictionary(loose[0]):
        if len(merged) == 1:
            return loose[0]
        if len(loose[0].dictionary) <= n:
            inner = [p if isinstance(p, bytes) else loose[0].dictionary for p in merged]
            return strings.dictionary(strings.codes_of(loose[0]), _join_arrow(inner))
    laid_out = [_laid_out(p, n) for p in merged]
    if all(isinstance(p, (bytes, Field)) for p in laid_out):
        return _join_fields(laid_out, n)
    return _join_arrow(_runs(laid_out, n))


def _merged(pieces: Sequence[Piece]) -> list[Piece]:
    """The pieces with neighbouring constants made one and empty ones left out."""
    out: list[Piece] = []
    for piece in pieces:
        if isinstance(piece, bytes):
            if not piece:
                continue
            if out and isinstance(out[-1], bytes):
                out[-1] += piece
                continue
        out.append(piece)
    return out


def _joined(constants: Sequence[Piece]) -> bytes:
    return b"".join(p for p in constants if isinstance(p, bytes))


def _laid_out(piece: Piece, n: int) -> Piece:
    """A piece as a field where that pays: short dictionary entries, strings of one length."""
    if isinstance(piece, (bytes, Field)):
        return piece
    if strings.is_dictionary(piece):
        values = piece.dictionary
        if len(values) <= max(n, 64):
            lengths = strings.byte_lengths(values)
            if int(lengths.max(initial=0)) <= _WIDEST:
                return _coded(values, strings.codes_of(piece))
        return strings.plain(piece)
    lengths = strings.byte_lengths(piece)
    if n and int(lengths[0]) <= _WIDEST and bool((lengths == lengths[0]).all()):
        offsets, data = strings.buffers_of(piece)
        width = int(lengths[0])
        if width:
            matrix = data[int(offsets[0]) : int(offsets[-1])].reshape(n, width)
            return Field(matrix, np.arange(n, dtype=np.int64), width)
        return b""
    return piece


def _runs(pieces: Sequence[Piece], n: int) -> list[Any]:
    """Neighbouring fields and constants joined, so that Arrow gets strings and constants only."""
    out: list[Any] = []
    run: list[Piece] = []

    def flush() -> None:
        if any(isinstance(p, Field) for p in run):
            out.append(_join_fields(run, n))
        elif run:
            out.append(_joined(run))
        run.clear()

    for piece in pieces:
        if isinstance(piece, (bytes, Field)):
            run.append(piece)
        else:
            flush()
            out.append(piece)
    flush()
    return out


def _join_arrow(pieces: Sequence[Any]) -> strings.Strings:
    """Constants and plain string arrays, joined by Arrow."""
    arrays = [p.decode() if isinstance(p, bytes) else p for p in pieces]
    if len(arrays) == 1:
        return arrays[0]
    n = max(len(p) for p in arrays if not isinstance(p, str))
    strings.check_size(
        sum(
            len(p.encode()) * n if isinstance(p, str) else int(strings.byte_lengths(p).sum(dtype=np.int64))
            for p in arrays
        )
    )
    return pc.binary_join_element_wise(*arrays, "")


@dataclass(frozen=True, slots=True)
class _Word:
    """One machine word of each row: ``table[index[i]]`` at byte ``offset``."""

    offset: int
    table: NDArray[Any]
    index: NDArray[Any] | None


def _words(pieces: Sequence[Piece], exact: bool) -> tuple[list[_Word], int]:
    """All words in the order in which they are to be written, and the width of a row. Unless ``exact`` a
    word may reach beyond its piece: what it overwrites is written after it."""
    out: list[_Word] = []
    offset = 0
    for piece in pieces:
        field = _constant_field(piece) if isinstance(piece, bytes) else piece
        out.extend(_words_of(field, offset, exact))
        offset += field.width
    return out, offset


def _constant_field(data: bytes) -> Field:
    return Field(np.frombuffer(data, dtype=np.uint8).reshape(1, -1), None, len(data))


def _words_of(field: Field, offset: int, exact: bool) -> list[_Word]:
    out = []
    at = 0
    while at < field.width:
        left = field.width - at
        if exact:
            size, dtype = next((s, d) for s, d in _EXACT if s <= left)
        else:
            size, dtype = next(((s, d) for s, d in reversed(_EXACT) if s >= left), _EXACT[0])
        out.append(_Word(offset + at, _column(field.table, at, size).view(dtype).reshape(-1), field.index))
        at += size
    return out


def _column(table: NDArray[np.uint8], at: int, size: int) -> NDArray[np.uint8]:
    """Columns ``at .. at + size - 1``, contiguous; padding beyond the last."""
    part = table[:, at : at + size]
    if part.shape[1] == size:
        return np.ascontiguousarray(part)
    out = np.full((len(table), size), PAD, dtype=np.uint8)
    out[:, : part.shape[1]] = part
    return out


def _join_fields(pieces: Sequence[Piece], n: int) -> strings.Strings:
    fixed = all(isinstance(p, bytes) or isinstance(p.lengths, int) for p in pieces)
    words, width = _words(pieces, exact=fixed)
    if fixed:
        strings.check_size(n * width)
        matrix = np.empty((n, width), dtype=np.uint8)
        for start in range(0, n, _BLOCK):
            _write(words, matrix[start : start + _BLOCK], start)
        return from_matrix(matrix)
    lengths = np.zeros(n, dtype=np.int32)
    constant = 0
    for piece in pieces:
        if isinstance(piece, bytes):
            constant += len(piece)
        elif isinstance(piece.lengths, int):
            constant += piece.lengths
        else:
            lengths += piece.lengths
    lengths += constant
    offsets = strings.offsets_of(lengths)
    data = np.empty(int(offsets[-1]), dtype=np.uint8)
    # A last word may be wider than what is left of the row: room for it, which stays padding.
    stride = max(width, *(w.offset + w.table.itemsize for w in words))
    rows = np.full((min(n, _BLOCK), stride), PAD, dtype=np.uint8)
    for start in range(0, n, _BLOCK):
        stop = min(n, start + _BLOCK)
        block = rows[: stop - start]
        _write(words, block, start)
        data[int(offsets[start]) : int(offsets[stop])] = _without_padding(block)
    return strings.from_buffers(offsets, data)


def _without_padding(block: NDArray[np.uint8]) -> NDArray[np.uint8]:
    """The bytes of a C-ordered block that are not padding (Arrow's filter takes a third of the time of
    numpy's)."""
    kept = np.packbits(np.not_equal(block, PAD).reshape(-1), bitorder="little")
    mask = pa.Array.from_buffers(pa.bool_(), block.size, [None, strings.buffer(kept)])
    values = pa.Array.from_buffers(pa.uint8(), block.size, [None, strings.buffer(block.reshape(-1))])
    found: Any = pc.filter(values, mask)
    return np.frombuffer(found.buffers()[1], dtype=np.uint8, count=len(found))


def _write(words: Sequence[_Word], rows: NDArray[np.uint8], start: int) -> None:
    """Writes the words of rows ``start ...`` into a C-ordered block of rows."""
    count, stride = rows.shape
    for word in words:
        target: NDArray[Any] = np.ndarray(
            (count,), dtype=word.table.dtype, buffer=rows, offset=word.offset, strides=(stride,)
        )
        if word.index is None:
            target[...] = word.table[0]
        else:
            index = word.index[start : start + count].astype(np.int64, copy=False)
            target[...] = word.table.take(index, mode="wrap")
