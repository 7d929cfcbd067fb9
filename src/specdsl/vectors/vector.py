"""Vectors: a column's values for some rows, as numpy or Arrow buffers without a Python object per value."""

from __future__ import annotations

from dataclasses import dataclass
from typing import TYPE_CHECKING, Any, TypeAlias

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes.types import DataType

if TYPE_CHECKING:
    import pyarrow as pa

BoolArray: TypeAlias = NDArray[np.bool_]
UInt8Array: TypeAlias = NDArray[np.uint8]
Int64Array: TypeAlias = NDArray[np.int64]
UInt64Array: TypeAlias = NDArray[np.uint64]
Float64Array: TypeAlias = NDArray[np.float64]


@dataclass(frozen=True, slots=True)
class Lists:
    """List values: list ``i`` is ``items[offsets[i]:offsets[i + 1]]``; offsets int64, n + 1 of them."""

    offsets: Int64Array
    items: Vector


Data: TypeAlias = "NDArray[Any] | pa.Array[Any] | Lists | tuple[Vector, ...]"


@dataclass(frozen=True, slots=True)
class Vector:
    """``n`` values of one type.

    ``valid`` is None when nothing is null, else bool of shape (n,), false where null (the data there is
    arbitrary but well-formed). ``data`` by type:

    ==========================  ===========================================================
    bool                        numpy bool (n,)
    int, int8 ... uint32        numpy int64 (n,)
    uint64                      numpy uint64 (n,)
    float, float32              numpy float64 (n,)
    decimal                     numpy int64 (n,), unscaled
    date                        numpy int64 (n,), days
    time, timestamp, duration   numpy int64 (n,), microseconds
    uuid                        numpy uint8 (n, 16)
    enum                        numpy int32 (n,), member positions
    string, json                ``pa.StringArray`` or ``pa.DictionaryArray`` of int32 codes over a
                                ``pa.StringArray``; no Arrow validity bitmap and offset 0: nulls are
                                in ``valid`` only
    bytes                       ``pa.BinaryArray``, the same way
    list                        ``Lists``
    struct, tuple               a tuple of Vectors, one an item
    ==========================  ===========================================================
    """

    type: DataType
    data: Data
    valid: BoolArray | None = None
