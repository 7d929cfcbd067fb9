"""Arrays of objects made into tables of their own, whose rows refer to the row that they were in."""

from __future__ import annotations

from collections.abc import Mapping
from dataclasses import replace

from specdsl.importers.json_schema.combining import names_in
from specdsl.importers.model import Field, Form, Link, Mark, Named, Scalar, Sequence, Struct, Table, Type
from specdsl.importers.propernames import snake

_DEEPEST = 8


def normalized(tables: Mapping[str, Table], types: Mapping[str, Type]) -> dict[str, Table]:
    """``tables`` without lists of structs; each becomes a table after that of its parent, which gets a key
    where it has none. Where a list may be missing, there may be no rows for it."""
    made: dict[str, Table] = {}
    for table in tables.values():
        _split(table, types, made, set(tables), 0)
    return made


def _split(
    table: Table, types: Mapping[str, Type], made: dict[str, Table], taken: set[str], depth: int
) -> None:
    lists = {
        one.name: inner
        for one in table.fields
        if isinstance(one, Field) and depth < _DEEPEST and (inner := _rows_of(one, types)) is not None
    }
    if not lists or table.bare:
        made[table.name] = table
        return
    kept = tuple(one for one in table.fields if not isinstance(one, Field) or one.name not in lists)
    table, key = _keyed(replace(table, fields=kept))
    made[table.name] = table
    for name, (fields, low, high) in lists.items():
        child, count = f"{table.name}_{snake(name) or 'items'}", 2
        while child in taken:
            child, count = f"{table.name}_{snake(name) or 'items'}{count}", count + 1
        taken.add(child)
        used = {one.name.casefold() for one in fields}
        column = f"{table.name}_{key}"
        while column.casefold() in used:
            column = f"{column}_of"
        link = Link((column,), table.name, detail=f"each {low}..{high}" if low != high else f"each {high}")
        _split(Table(child, (link, *fields), None), types, made, taken, depth + 1)


def _keyed(table: Table) -> tuple[Table, str]:
    """``table`` with a key of one column, and that column."""
    for one in table.fields:
        if one.mark is Mark.KEY:
            return table, one.columns[0] if isinstance(one, Link) else one.name
    for one in table.fields:
        if isinstance(one, Field) and one.name.lower() in ("id", "uuid", "_id") and not one.absent:
            form = one.form
            unique = _unique(form, table.rows) if isinstance(form, Scalar) and not one.nullable else None
            if unique is not None:
                plain = replace(one, form=unique, mark=Mark.KEY)
                fields = tuple(plain if other is one else other for other in table.fields)
                return replace(table, fields=fields), one.name
    used = {one.name.casefold() for one in table.fields if isinstance(one, Field)}
    used |= {name.casefold() for one in table.fields if isinstance(one, Link) for name in one.columns}
    name = next(n for n in ("id", "row_id", "key_id", f"{table.name}_row_id") if n not in used)
    return replace(table, fields=(Field(name, Scalar("int"), mark=Mark.KEY), *table.fields)), name


def _unique(form: Scalar, rows: int | None) -> Scalar | None:
    """``form`` with different values in all rows, None where that is not certain."""
    low, _, high = form.value.replace("_", "").partition("..")
    whole = all(one.removeprefix("-").isdigit() for one in (low, high))
    if form.type != "int" or form.shared:
        return Scalar("uuid") if form.type == "uuid" else None
    if not whole or rows is None or int(high) - int(low) + 1 < rows:
        return None
    start = 1 if int(low) <= 1 and rows <= int(high) else int(low)
    return Scalar("int", "" if start == 1 else f"sequence(start: {start})")


def _rows_of(field: Field, types: Mapping[str, Type]) -> tuple[tuple[Field, ...], int, int] | None:
    """The columns of a list of structs, and how many items it has; None for anything else."""
    form = field.form
    if not isinstance(form, Sequence) or form.distinct:
        return None
    item = form.item
    if isinstance(item, Named):
        held = types[item.name].form
        if _names_itself(item.name, held, types):
            return None
        item = held
    low = 0 if field.absent or field.nullable else form.low
    return (item.fields, low, form.high) if isinstance(item, Struct) and form.high else None


def _names_itself(name: str, form: Form, types: Mapping[str, Type]) -> bool:
    waiting, seen = set(names_in(form)), set[str]()
    while waiting:
        one = waiting.pop()
        seen.add(one)
        waiting |= names_in(types[one].form) - seen
    return name in seen
