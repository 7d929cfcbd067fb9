"""How long the texts of columns are, for dialects whose types depend on it."""

from __future__ import annotations

from collections.abc import Sequence

import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.sinks.container import Content
from specdsl.sinks.relational.model import Relation
from specdsl.sinks.sql_dump.dialect import Size
from specdsl.sinks.text.buffers import plain_strings


def survey(relations: Sequence[Relation], contents: Sequence[Content]) -> dict[tuple[str, str], Size]:
    """The sizes of all columns of strings and bytes, in one pass over each table."""
    sizes: dict[tuple[str, str], Size] = {}
    for relation, content in zip(relations, contents, strict=True):
        wanted = [(i, c) for i, c in enumerate(relation.columns) if isinstance(c.type, (t.String, t.Bytes))]
        for _, column in wanted:
            sizes[relation.name, column.name] = Size(keyed=column.name in relation.keyed)
        if not wanted:
            continue
        for batch in content.batches():
            for i, column in wanted:
                place = (relation.name, column.name)
                sizes[place] = _grown(sizes[place], batch.column(i))
    return sizes


def _grown(size: Size, array: pa.Array) -> Size:
    if pa.types.is_binary(array.type):
        lengths = pc.binary_length(array)
        characters = 0
    else:
        text = plain_strings(array)
        lengths = pc.binary_length(text)
        characters = pc.max(pc.utf8_length(text)).as_py() or 0
    extent = pc.min_max(lengths).as_py()
    return Size(
        max(size.characters, characters),
        max(size.bytes, extent["max"] or 0),
        size.empty or extent["min"] == 0,
        size.keyed,
    )
