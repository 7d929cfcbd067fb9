"""Lists and structs rebuilt with other types inside."""

from __future__ import annotations

from collections.abc import Callable
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.sinks.members import unmarked


def rebuilt(array: Any, field: pa.Field, inner: Callable[[Any, pa.Field], Any]) -> Any:
    """A list or struct array as the type of ``field``, its items or members put through ``inner`` with their
    own fields of that type."""
    kind = field.type
    nulls = array.is_null() if array.null_count else None
    if pa.types.is_list(kind):
        lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy(zero_copy_only=False)
        offsets = np.zeros(len(array) + 1, np.int32)
        np.cumsum(lengths, out=offsets[1:])
        items = inner(array.flatten(), kind.value_field)  # of the lists that are not null
        return pa.ListArray.from_arrays(pa.array(offsets), items, type=kind, mask=nulls)
    fields = [kind.field(i) for i in range(kind.num_fields)]
    children = [inner(child, f) for child, f in zip(array.flatten(), fields, strict=True)]
    children = [c if f.nullable else unmarked(c) for c, f in zip(children, fields, strict=True)]
    return pa.StructArray.from_arrays(children, fields=fields, mask=nulls)
