"""Types of columns as a file's schema tells them, and what a format makes of the columns of a dataset."""

from __future__ import annotations

from collections.abc import Callable, Iterator

import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import from_arrow
from specdsl.ir.model import Dataset
from specdsl.sinks.base import is_json_document


def stored_type(field: pa.Field) -> t.DataType:
    """The value type that a written column has; of an enum without its members."""
    if pa.types.is_dictionary(field.type):
        return t.Enum("", ())
    if is_json_document(field):
        return t.JSON
    found = from_arrow(field.type)
    if found is None:
        raise ValueError(f"column `{field.name}` is {field.type}, which no column of specdsl is")
    return found


def notes_on_columns(dataset: Dataset, note: Callable[[t.DataType], str | None]) -> Iterator[str]:
    """A line for each written column that ``note`` says something of; of lists and structs for what is in
    them only where it is said of the whole."""
    for table in dataset.tables.values():
        for column in table.columns.values():
            said = None if column.hidden else note(column.type)
            if said is not None:
                yield f"`{table.name}.{column.name}` ({column.type}) becomes {said}"
