"""Structs and lists: what is inside of them, looked at like columns."""

from __future__ import annotations

from collections.abc import Callable

import duckdb

from specdsl.importers.emit import can_be_name
from specdsl.importers.model import Field, Form, Scalar, Sequence, Struct
from specdsl.importers.samples.draft import Drawn
from specdsl.importers.samples.profile import Profile, profile
from specdsl.importers.samples.recognition import identifier
from specdsl.importers.samples.wording import percent, rows

Lower = Callable[[Profile], Drawn | None]
_ITEMS = 200_000


def drawn(database: duckdb.DuckDBPyConnection, whole: Profile, lower: Lower) -> Drawn | None:
    """A struct or list as a type, None where nothing of it can be said. ``lower`` is asked for what is
    inside."""
    form = _form(database, whole, lower)
    if form is None:
        return None
    what = "structs" if isinstance(form, Struct) else "lists"
    if isinstance(form, Sequence):
        what = (
            f"lists of {form.low} to {form.high} items"
            if form.low < form.high
            else f"lists of {form.low} items"
        )
    return Drawn("", form=form, comment=f"{what} in {rows(whole.filled)}")


def _form(database: duckdb.DuckDBPyConnection, whole: Profile, lower: Lower) -> Form | None:
    if whole.kind == "struct":
        return _struct(database, whole, lower)
    return _list(database, whole, lower)


def _struct(database: duckdb.DuckDBPyConnection, whole: Profile, lower: Lower) -> Form | None:
    fields: list[Field] = []
    where = f"(SELECT rowid, * FROM {whole.relation} WHERE {whole.expression} IS NOT NULL)"
    for name, type in whole.type.children:
        inner = profile(database, where, f"struct_extract({whole.expression}, '{_text(name)}')", name, type)
        made = lower(inner) if can_be_name(name) else None
        if made is None:
            continue
        form = _with_bounds(made)
        share = percent(inner.nulls, inner.count) if inner.nulls else ""
        fields.append(
            Field(
                name,
                form,
                bool(inner.nulls),
                comments=(made.comment,),
                within=made.within,
                null_share=share or "10%",
            )
        )
    return Struct(tuple(fields)) if fields else None


def _list(database: duckdb.DuckDBPyConnection, whole: Profile, lower: Lower) -> Form | None:
    row = database.execute(
        f"SELECT min(len({whole.expression})), max(len({whole.expression})) FROM {whole.relation}"
    ).fetchone()
    assert row is not None
    low, high = int(row[0] or 0), int(row[1] or 0)
    (_, type), *_ = whole.type.children
    items = identifier(f"items {abs(hash((whole.relation, whole.expression)))}")
    database.execute(
        f"CREATE OR REPLACE TEMP TABLE {items} AS SELECT * FROM (SELECT unnest({whole.expression}) AS item, "
        f"FROM {whole.relation}) WHERE item IS NOT NULL LIMIT {_ITEMS}"
    )
    inner = profile(database, items, "item", whole.name, type)
    if inner.count == 0:
        return Sequence(Scalar("string", "word()"), 0, 0)
    made = lower(inner)
    if made is None:
        return None
    distinct = database.execute(
        f"SELECT bool_and(len({whole.expression}) = len(list_distinct({whole.expression}))) "
        f"FROM {whole.relation}"
    ).fetchone()
    many = len(inner.top)
    alone = distinct is not None and bool(distinct[0]) and 1 < high <= many and " | " in made.value
    item = _with_bounds(made)
    if alone and isinstance(item, Scalar):
        item = Scalar(item.type, item.value, distinct=many)
    return Sequence(item, low, high, distinct=alone)


def _with_bounds(made: Drawn) -> Form:
    if made.form is not None:
        return made.form
    return Scalar(made.type, made.value, distinct=made.many)


def _text(name: str) -> str:
    return name.replace("'", "''")
