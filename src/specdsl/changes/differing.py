"""Which rows look otherwise in two row sets."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.generate.rows import RowSet
from specdsl.vectors.arrow import to_arrow
from specdsl.vectors.vector import BoolArray


def differing(one: RowSet, other: RowSet, columns: Sequence[str]) -> BoolArray:
    """Where one of ``columns`` is not the same in ``one`` and ``other``, which have the same rows."""
    out = np.zeros(one.n, dtype=np.bool_)
    for name in columns:
        out |= ~_same(to_arrow(one.column(name)), to_arrow(other.column(name)))
    return out


def _same(a: pa.Array[Any], b: pa.Array[Any]) -> BoolArray:
    if isinstance(a, pa.ExtensionArray) and isinstance(b, pa.ExtensionArray):
        a, b = a.storage, b.storage
    if pa.types.is_nested(a.type):
        return np.array(
            [repr(x) == repr(y) for x, y in zip(a.to_pylist(), b.to_pylist(), strict=True)], np.bool_
        )
    equal = pc.equal(a, b)
    if pa.types.is_floating(a.type):
        equal = pc.or_(equal, pc.and_(pc.is_nan(a), pc.is_nan(b)))
    both = pc.and_(a.is_null(), b.is_null())
    found: BoolArray = pc.or_(pc.fill_null(equal, False), both).to_numpy(zero_copy_only=False)
    return found
