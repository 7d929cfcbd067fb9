"""Rows of a table sorted by a code (a parent's row number, a hash of key values) and then by an order:
what parent and child indexes are made of. One declared pass, flat in memory."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from typing import IO, Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
from numpy.typing import NDArray

from specdsl.generate.storage import ArrayWriter, LongArray, bisect, temporary_file
from specdsl.vectors.vector import BoolArray, Int64Array, UInt64Array

_CHUNK = 1 << 17
_IN_MEMORY_ROWS = 1 << 21
_SAMPLE = 1 << 14
_LANDMARK = 1 << 10


@dataclass(frozen=True, slots=True)
class Keyed:
    """For some rows: the code and the order (None: by row number) to sort by; rows whose ``keep`` is
    false do not take part."""

    codes: UInt64Array
    order: NDArray[Any] | None = None
    keep: BoolArray | None = None


Compute = Callable[[Int64Array], Keyed]


@dataclass(frozen=True, slots=True)
class SortedRows:
    """``rows`` sorted by (code, order, row number). Group g has code ``codes[g]`` (ascending) and the
    positions ``starts[g] .. starts[g + 1] - 1``."""

    codes: LongArray
    starts: LongArray
    order: LongArray | None
    rows: LongArray
    landmarks: UInt64Array
    """Every 1024th code, to narrow a search before it touches the file."""

    def find(self, codes: UInt64Array) -> tuple[Int64Array, Int64Array]:
        """The positions ``low .. high - 1`` of the group of each code; empty where there is none."""
        n = len(codes)
        groups = len(self.codes)
        if groups == 0:
            return np.zeros(n, dtype=np.int64), np.zeros(n, dtype=np.int64)
        memory = self.codes.in_memory
        if memory is not None:
            at = np.searchsorted(memory, codes).astype(np.int64)
        else:
            block = np.searchsorted(self.landmarks, codes).astype(np.int64) * _LANDMARK
            low = np.maximum(block - _LANDMARK, 0)
            at = bisect(self.codes, low, np.minimum(block, groups), codes, right=False)
        np.minimum(at, groups - 1, out=at)
        low = self.starts.gather(at)
        high = self.starts.gather(at + 1)
        return low, np.where(self.codes.gather(at) == codes, high, low)


def sort_rows(n: int, compute: Compute, temp_dir: str | None, first: int = 0) -> SortedRows:
    """The rows ``first .. n - 1`` that ``compute`` keeps, sorted by what it says."""
    out = _Output(temp_dir)
    if n - first <= _IN_MEMORY_ROWS:
        out.add(*_computed(range(first, n, _CHUNK), n, compute))
    else:
        _by_buckets(first, n, compute, temp_dir, out)
    return out.finish()


_Columns = tuple[UInt64Array, "NDArray[Any] | None", Int64Array]


def _computed(starts: range, n: int, compute: Compute) -> _Columns:
    codes, orders, rows = [], [], []
    for start in starts:
        c, o, r = _kept(np.arange(start, min(n, start + _CHUNK), dtype=np.int64), compute)
        codes.append(c)
        rows.append(r)
        if o is not None:
            orders.append(o)
    if not rows:
        return np.empty(0, dtype=np.uint64), None, np.empty(0, dtype=np.int64)
    return np.concatenate(codes), np.concatenate(orders) if orders else None, np.concatenate(rows)


def _kept(rows: Int64Array, compute: Compute) -> _Columns:
    keyed = compute(rows)
    if keyed.keep is None:
        return keyed.codes, keyed.order, rows
    keep = np.flatnonzero(keyed.keep)
    return keyed.codes[keep], None if keyed.order is None else keyed.order[keep], rows[keep]


def _sorted_by(codes: UInt64Array, order: NDArray[Any]) -> Int64Array:
    """The positions sorted by code, then order, then position: Arrow's stable sort takes half of lexsort's
    time."""
    names = ["code", "order"]
    table = pa.Table.from_arrays([_arrow(codes), _arrow(order)], names)
    return np.asarray(pc.sort_indices(table, sort_keys=[(n, "ascending") for n in names])).astype(np.int64)


def _arrow(values: NDArray[Any]) -> Any:
    whole = np.ascontiguousarray(values)
    return pa.Array.from_buffers(pa.from_numpy_dtype(whole.dtype), len(whole), [None, pa.py_buffer(whole)])


class _Output:
    """Takes buckets in ascending order of their codes, each unsorted but in row order."""

    def __init__(self, temp_dir: str | None) -> None:
        self._codes = ArrayWriter(np.uint64, temp_dir)
        self._starts = ArrayWriter(np.int64, temp_dir)
        self._rows = ArrayWriter(np.int64, temp_dir)
        self._order: ArrayWriter | None = None
        self._temp_dir = temp_dir
        self._last: int | None = None
        self._total = 0

    def add(self, codes: UInt64Array, order: NDArray[Any] | None, rows: Int64Array) -> None:
        if len(rows) == 0:
            return
        if order is None:
            by = None if bool(np.all(codes[1:] >= codes[:-1])) else np.argsort(codes, kind="stable")
        else:
            by = _sorted_by(codes, order)
        if by is not None:
            codes, rows = codes[by], rows[by]
        changes = np.flatnonzero(codes[1:] != codes[:-1]) + 1
        starts = np.concatenate([np.zeros(1, dtype=np.int64), changes])
        if self._last == int(codes[0]):
            starts = starts[1:]  # goes on with the group that the bucket before it ended in
        self._codes.append(codes[starts])
        self._starts.append(starts + self._total)
        self._rows.append(rows)
        if order is not None:
            if self._order is None:
                self._order = ArrayWriter(order.dtype, self._temp_dir)
            self._order.append(order if by is None else order[by])
        self._last = int(codes[-1])
        self._total += len(rows)

    def finish(self) -> SortedRows:
        self._starts.append(np.array([self._total], dtype=np.int64))
        order = None if self._order is None else self._order.finish()
        codes = self._codes.finish()
        landmarks = codes.gather(np.arange(0, len(codes), _LANDMARK, dtype=np.int64))
        return SortedRows(codes, self._starts.finish(), order, self._rows.finish(), landmarks)


def _by_buckets(first: int, n: int, compute: Compute, temp_dir: str | None, out: _Output) -> None:
    """Distribute to files by ranges of codes (of orders, where all codes are one), then sort each."""
    sample = _kept(np.unique(np.linspace(first, n - 1, _SAMPLE).astype(np.int64)), compute)
    by_order = sample[1] is not None and len(sample[0]) > 0 and bool(np.all(sample[0] == sample[0][0]))
    keys = sample[1] if by_order else sample[0]
    assert keys is not None
    wanted = -(-(n - first) // (_IN_MEMORY_ROWS // 2))
    ordered = np.sort(keys)
    splitters = np.unique(ordered[np.linspace(0, len(ordered), wanted, endpoint=False).astype(np.int64)[1:]])
    buckets = [_Bucket(temp_dir) for _ in range(len(splitters) + 1)]
    for start in range(first, n, _CHUNK):
        columns = _kept(np.arange(start, min(n, start + _CHUNK), dtype=np.int64), compute)
        chosen = columns[1] if by_order else columns[0]
        assert chosen is not None
        to = np.searchsorted(splitters, chosen, side="right").astype(np.uint16)
        by = np.argsort(to, kind="stable")
        ends = np.searchsorted(to[by], np.arange(len(buckets) + 1))
        for i, bucket in enumerate(buckets):
            part = by[ends[i] : ends[i + 1]]
            if len(part):
                order = None if columns[1] is None else columns[1][part]
                bucket.append(columns[0][part], order, columns[2][part])
    for bucket in buckets:
        bucket.pour(out)


class _Bucket:
    """One range of codes, in files until its turn comes."""

    def __init__(self, temp_dir: str | None) -> None:
        self._temp_dir = temp_dir
        self._files: list[IO[bytes]] = []
        self._order_type: np.dtype[Any] | None = None
        self._constant: int | None = None
        self._mixed = False

    def append(self, codes: UInt64Array, order: NDArray[Any] | None, rows: Int64Array) -> None:
        if not self._files:
            count = 2 if order is None else 3
            self._files = [temporary_file(self._temp_dir) for _ in range(count)]
            self._order_type = None if order is None else order.dtype
            self._constant = int(codes[0])
        self._mixed = self._mixed or bool(np.any(codes != np.uint64(self._constant or 0)))
        for file, data in zip(self._files, (codes, rows, order), strict=False):
            if data is not None:
                file.write(np.ascontiguousarray(data).data)

    def pour(self, out: _Output) -> None:
        if not self._files:
            return
        for file in self._files:
            file.seek(0)
        # A bucket of one code without an order is sorted already: pass it on in pieces, however large.
        piece = -1 if self._mixed or self._order_type is not None else _IN_MEMORY_ROWS * 8
        while True:
            data = self._files[0].read(piece)
            if not data:
                break
            codes = np.frombuffer(data, dtype=np.uint64)
            rows = np.frombuffer(self._files[1].read(piece), dtype=np.int64)
            order = None
            if self._order_type is not None:
                order = np.frombuffer(self._files[2].read(), dtype=self._order_type)
            out.add(codes, order, rows)
        for file in self._files:
            file.close()
        self._files = []
