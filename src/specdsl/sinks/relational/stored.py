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


def notes_on_partitions(dataset: Dataset) -> Iterator[str]:
    """A line for each table whose ``partition by`` a format of one artefact does not heed."""
    for table in dataset.tables.values():
        if table.partition_by:
            by = ", ".join(f"`{column}`" for column in table.partition_by)
            yield f"`{table.name}` is not divided by {by}: its rows are together, in their order"


def notes_on_columns(
    dataset: Dataset, note: Callable[[t.DataType], str | None], *, nested: bool = False
) -> Iterator[str]:
    """What ``note`` says of the types of written columns, a line for all columns of which it says the same.
    ``nested``: lists and structs are kept as such, so that it is asked of what is in them, too."""
    said: dict[tuple[str, str, str], list[str]] = {}
    for table in dataset.tables.values():
        for column in table.columns.values():
            if not column.hidden:
                for inside, becomes in _said(column.type, note, nested).items():
                    key = (str(column.type), inside, becomes)
                    said.setdefault(key, []).append(f"`{table.name}.{column.name}`")
    for (kind, inside, becomes), names in said.items():
        if inside:
            yield f"{', '.join(names)} ({kind}): {inside} in it becomes {becomes}"
        else:
            yield f"{', '.join(names)} ({kind}) {'becomes' if len(names) == 1 else 'become'} {becomes}"


def _said(dtype: t.DataType, note: Callable[[t.DataType], str | None], nested: bool) -> dict[str, str]:
    """What there is to say: of the whole under ``""``, else of the types in it."""
    whole = note(dtype)
    if whole is not None:
        return {"": whole}
    match dtype:
        case _ if not nested:
            return {}
        case t.List(item):
            inner: tuple[t.DataType, ...] = (item,)
        case t.Struct(fields):
            inner = tuple(field.type for field in fields)
        case _:
            return {}
    return {
        inside or str(one): becomes for one in inner for inside, becomes in _said(one, note, nested).items()
    }
