"""Members of structs that can be null, and are never null themselves."""

from __future__ import annotations

from typing import Any

import pyarrow as pa


def unmarked(array: Any) -> Any:
    """A member that is never null without the marks that it is, which stand where its struct is null: Arrow
    hands no array with such marks on as one of a member that has none."""
    if not array.null_count:
        return array
    kind = array.type
    if isinstance(array, pa.ExtensionArray):
        return pa.ExtensionArray.from_storage(kind, unmarked(array.storage))
    if pa.types.is_dictionary(kind):
        return pa.DictionaryArray.from_arrays(unmarked(array.indices), array.dictionary, ordered=kind.ordered)
    if pa.types.is_struct(kind):
        members = [array.field(i) for i in range(kind.num_fields)]
        members = [m if f.nullable else unmarked(m) for m, f in zip(members, kind, strict=True)]
        return pa.StructArray.from_arrays(members, fields=list(kind))
    if pa.types.is_list(kind):
        return pa.ListArray.from_arrays(array.offsets, array.values, type=kind)
    held = array.buffers()
    return pa.Array.from_buffers(kind, len(array), [None, *held[1:]], offset=array.offset)
