"""Columns as JSON texts (RFC 8259), nested ones included."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.sinks.base import is_absent, is_json_document
from specdsl.sinks.text.buffers import plain_strings, text_bytes
from specdsl.sinks.text.values import is_free_text, scalar_text
from specdsl.vectors.json_strings import escaped, quoted_text


def json_texts(array: pa.Array[Any], field: pa.Field) -> pa.StringArray:
    """Each value as JSON: ``null`` where null, so that nothing in the result is null."""
    kind = array.type
    if pa.types.is_list(kind) or pa.types.is_large_list(kind):
        text = _list_texts(array, field.type.value_field)
    elif pa.types.is_struct(kind):
        text = _struct_texts(array, field.type)
    elif is_free_text(kind) and is_json_document(field):
        text = _one_line(plain_strings(array))
    elif is_free_text(kind):
        text = _strings(array)
    elif pa.types.is_floating(kind):
        # JSON has no way to write what is not finite.
        text = scalar_text(pc.if_else(pc.is_finite(array), array, pa.scalar(None, kind)))
    elif pa.types.is_boolean(kind) or pa.types.is_integer(kind) or pa.types.is_decimal(kind):
        text = scalar_text(array)
    else:
        text = _enclosed(scalar_text(array))
    return text.fill_null("null") if text.null_count else text


def is_quoted(field: pa.Field) -> bool:
    """Whether values of the column's type are JSON strings."""
    kind = field.type
    bare = (
        pa.types.is_nested(kind)
        or pa.types.is_boolean(kind)
        or pa.types.is_integer(kind)
        or pa.types.is_floating(kind)
        or pa.types.is_decimal(kind)
    )
    return not bare and not is_json_document(field)


def _strings(array: pa.Array[Any]) -> pa.StringArray:
    if pa.types.is_dictionary(array.type):
        return pc.take(_enclosed(escaped(plain_strings(array.dictionary))), array.indices)
    return _enclosed(escaped(plain_strings(array)))


def _one_line(documents: pa.StringArray) -> pa.StringArray:
    """JSON documents without line breaks, which stand only between tokens (in strings they are escaped)."""
    data = bytes(text_bytes(documents))
    for mark in ("\n", "\r"):
        if mark.encode() in data:
            documents = pc.replace_substring(documents, mark, " ")
    return documents


def _enclosed(text: pa.StringArray) -> pa.StringArray:
    return pc.binary_join_element_wise('"', text, '"', "")


def _list_texts(array: pa.Array[Any], item: pa.Field) -> pa.StringArray:
    items = json_texts(array.flatten(), item)  # of the lists that are not null
    lengths = pc.fill_null(pc.list_value_length(array), 0).to_numpy()
    offsets = np.zeros(len(array) + 1, np.int32)
    np.cumsum(lengths, out=offsets[1:])
    lists = pa.ListArray.from_arrays(pa.array(offsets), items)
    text = pc.binary_join_element_wise("[", pc.binary_join(lists, ","), "]", "")
    return _where_valid(array, text)


def object_texts(columns: Sequence[pa.Array[Any]], fields: Sequence[pa.Field]) -> pa.StringArray:
    """Objects of one member or more, without those that may be absent and are null."""
    pieces: list[pa.StringArray | str] = []
    for column, field in zip(columns, fields, strict=True):
        name, text = f",{quoted_text(field.name)}:", json_texts(column, field)
        if is_absent(field) and column.null_count:
            member = pc.binary_join_element_wise(name, text, "")
            pieces.append(pc.if_else(pc.is_valid(column), member, ""))
        else:
            pieces += [name, text]
    # Every member comes with a comma before it, also the first that is there.
    joined = pc.utf8_slice_codeunits(pc.binary_join_element_wise(*pieces, ""), 1)
    return pc.binary_join_element_wise("{", joined, "}", "")


def _struct_texts(array: pa.StructArray, kind: pa.StructType) -> pa.StringArray:
    fields = [kind.field(i) for i in range(kind.num_fields)]
    if any(map(is_absent, fields)):
        return _where_valid(array, object_texts(array.flatten(), fields))
    pieces: list[pa.StringArray | str] = []
    for i, child in enumerate(array.flatten()):
        field = kind.field(i)
        pieces += ["," if i else "{", f"{quoted_text(field.name)}:", json_texts(child, field)]
    text = pc.binary_join_element_wise(*pieces, "}", "") if pieces else pa.repeat("{}", len(array))
    return _where_valid(array, text)


def _where_valid(array: pa.Array[Any], text: pa.StringArray) -> pa.StringArray:
    if array.null_count == 0:
        return text
    return pc.if_else(pc.is_valid(array), text, pa.scalar(None, pa.string()))
