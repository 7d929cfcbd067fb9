"""The annotations that a user's function may have, and how values go in and come out."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass
from datetime import date, datetime, timedelta
from typing import Any, Final

import numpy as np
import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.entry import Accepts
from specdsl.vectors import strings
from specdsl.vectors.vector import BoolArray, Data


class BadResult(Exception):
    """A result that is not what the annotation says; the text goes on "it gave ..."."""


@dataclass(frozen=True, slots=True)
class Kind:
    """``given`` makes what the function sees from a vector's data. ``taken`` makes the data and which values
    are there from what it returned; raises BadResult."""

    type: t.DataType
    accepts: Accepts
    given: Callable[[Any], Any]
    taken: Callable[[Any], tuple[Data, BoolArray | None]]


def _read_only(data: Any) -> Any:
    view = data.view()
    view.flags.writeable = False
    return view


def _moments(unit: str) -> Callable[[Any], Any]:
    return lambda data: _read_only(data.view(unit))


def _array(value: Any, kinds: str, wanted: str) -> Any:
    array = np.asarray(value)
    if array.dtype.kind not in kinds:
        raise BadResult(f"{array.dtype} values where {wanted} belongs")
    return array


def _missing(array: Any, missing: BoolArray) -> BoolArray | None:
    return ~missing if missing.any() else None


def _bools(value: Any) -> tuple[Data, BoolArray | None]:
    return _array(value, "b", "bool").copy(), None


def _ints(value: Any) -> tuple[Data, BoolArray | None]:
    array = _array(value, "iu", "int")
    if array.dtype == np.uint64 and array.size and array.max() >= 1 << 63:
        raise BadResult("a number beyond the 64-bit integers")
    return array.astype(np.int64), None


def _floats(value: Any) -> tuple[Data, BoolArray | None]:
    array = _array(value, "fiu", "float").astype(np.float64)
    if np.isinf(array).any():
        raise BadResult("an infinite number")
    missing = np.isnan(array)
    return np.where(missing, 0.0, array), _missing(array, missing)


def _texts(value: Any) -> tuple[Data, BoolArray | None]:
    if isinstance(value, pa.ChunkedArray):
        value = value.combine_chunks()
    if isinstance(value, pa.Array):
        if pa.types.is_dictionary(value.type):
            value = value.cast(value.type.value_type)
        if not (pa.types.is_string(value.type) or pa.types.is_large_string(value.type)):
            raise BadResult(f"{value.type} values where str belongs")
        items = value.to_pylist()
    else:
        items = np.asarray(value, dtype=object).tolist() if isinstance(value, np.ndarray) else list(value)
    for item in items:
        if item is not None and not isinstance(item, str):
            raise BadResult(f"{type(item).__name__} values where str belongs")
    there = np.array([item is not None for item in items], dtype=np.bool_)
    data = strings.from_python([item or "" for item in items])
    return data, None if there.all() else there


def _times(kind: str, unit: str, wanted: str) -> Callable[[Any], tuple[Data, BoolArray | None]]:
    def taken(value: Any) -> tuple[Data, BoolArray | None]:
        array = _array(value, kind, wanted).astype(unit)
        missing = np.isnat(array)
        return np.where(missing, 0, array.view(np.int64)), _missing(array, missing)

    return taken


def _no_view(data: Any) -> Any:
    return strings.plain(data)


_DAY: Final = Accepts("date", lambda dtype: isinstance(dtype, t.Date))

KINDS: Final[dict[object, Kind]] = {
    bool: Kind(t.BOOL, accepts.BOOLEAN, _read_only, _bools),
    int: Kind(t.INT, accepts.INTEGER, _read_only, _ints),
    float: Kind(t.FLOAT, accepts.REAL, _read_only, _floats),
    str: Kind(t.STRING, accepts.TEXT, _no_view, _texts),
    date: Kind(t.DATE, _DAY, _moments("datetime64[D]"), _times("M", "datetime64[D]", "date")),
    datetime: Kind(
        t.TIMESTAMP,
        accepts.TIMESTAMP,
        _moments("datetime64[us]"),
        _times("M", "datetime64[us]", "datetime"),
    ),
    timedelta: Kind(
        t.DURATION,
        accepts.DURATION,
        _moments("timedelta64[us]"),
        _times("m", "timedelta64[us]", "timedelta"),
    ),
}
NAMES: Final = "bool, int, float, str, date, datetime, timedelta"
