"""Arrays that may be longer than memory should hold: in memory up to a limit, else in an unlinked
temporary file whose pages are given back after each use, so that a build's memory stays flat."""

from __future__ import annotations

import itertools
import mmap
import tempfile
from typing import IO, Any, cast

import numpy as np
from numpy.typing import NDArray

from specdsl.vectors.vector import Int64Array

MEMORY_LIMIT = 16 << 20
"""Bytes of one array that stay in memory."""

_STRETCH = 16 << 20
_FEW = 64


class LongArray:
    """A finished array, read by position. Safe to read from several threads."""

    def __init__(self, data: NDArray[Any]) -> None:
        self._data = data
        self._mapped = isinstance(data, np.memmap)  # the map keeps the unlinked file alive

    def __len__(self) -> int:
        return len(self._data)

    @property
    def in_memory(self) -> NDArray[Any] | None:
        """The whole array, None when it lies in a file."""
        return None if self._mapped else self._data

    def gather(self, positions: Int64Array) -> NDArray[Any]:
        """The items at ``positions``."""
        if not self._mapped or len(positions) <= _FEW:
            return np.take(self._data, positions)
        # One stretch of the file after another: the system maps whole neighbourhoods of what is touched.
        order = np.argsort(positions)
        ascending = positions[order]
        out = np.empty(len(positions), dtype=self._data.dtype)
        stretch = _STRETCH // self._data.itemsize
        first, last = int(ascending[0]) // stretch, int(ascending[-1]) // stretch
        edges = np.searchsorted(ascending, np.arange(first, last + 2, dtype=np.int64) * stretch)
        for start, stop in itertools.pairwise(edges.tolist()):
            if start < stop:
                out[order[start:stop]] = np.take(self._data, ascending[start:stop])
                self._release()
        return out

    def read(self, start: int, stop: int) -> NDArray[Any]:
        """A copy of the items ``start .. stop - 1``."""
        out = np.array(self._data[start:stop])
        self._release()
        return out

    def _release(self) -> None:
        if self._mapped:
            cast("mmap.mmap", cast("Any", self._data)._mmap).madvise(mmap.MADV_DONTNEED)


def temporary_file(temp_dir: str | None) -> IO[bytes]:
    """A file without a name, gone when it is closed (at the latest when the process ends)."""
    return tempfile.TemporaryFile(dir=temp_dir, prefix="specdsl-")


class ArrayWriter:
    """Appends pieces to what becomes a LongArray."""

    def __init__(self, dtype: Any, temp_dir: str | None, limit: int = MEMORY_LIMIT) -> None:
        self._dtype = np.dtype(dtype)
        self._temp_dir = temp_dir
        self._limit = limit
        self._pieces: list[NDArray[Any]] = []
        self._bytes = 0
        self._file: IO[bytes] | None = None

    def append(self, piece: NDArray[Any]) -> None:
        """Add the items of ``piece`` at the end."""
        piece = np.ascontiguousarray(piece, dtype=self._dtype)
        self._bytes += piece.nbytes
        if self._file is None and self._bytes > self._limit:
            self._file = temporary_file(self._temp_dir)
            for earlier in self._pieces:
                self._file.write(earlier.data)
            self._pieces = []
        if self._file is None:
            self._pieces.append(piece)
        else:
            self._file.write(piece.data)

    def finish(self) -> LongArray:
        """The array of all that was appended."""
        if self._file is None:
            empty = np.empty(0, dtype=self._dtype)
            return LongArray(np.concatenate(self._pieces) if self._pieces else empty)
        self._file.flush()
        with self._file as file:
            return LongArray(np.memmap(file, dtype=self._dtype, mode="r"))


def bisect(
    values: LongArray, low: Int64Array, high: Int64Array, targets: NDArray[Any], *, right: bool
) -> Int64Array:
    """For each element the first position in ``low .. high`` whose value is not less than (with
    ``right``: greater than) the target; ``values`` ascend in each ``low .. high - 1``. All (n,)."""
    low, high = low.copy(), high.copy()
    active = np.flatnonzero(low < high)
    while len(active):
        lo, hi = low[active], high[active]
        middle = lo + (hi - lo) // 2
        found = values.gather(middle)
        goal = targets[active]
        before = found <= goal if right else found < goal
        low[active] = np.where(before, middle + 1, lo)
        high[active] = np.where(before, hi, middle)
        active = active[low[active] < high[active]]
    return low
