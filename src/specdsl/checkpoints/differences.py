"""What a changed spec does to rows that are there: nothing, or something that rules it out."""

from __future__ import annotations

from collections.abc import Iterator

from specdsl.check.moving import at_time
from specdsl.datatypes.types import Enum
from specdsl.ir.model import Column, Dataset, Table, Uniqueness
from specdsl.records import record


@record
class Difference:
    """One thing that has changed. ``refused``: why that cannot be with the rows that are there ("" where it
    can)."""

    what: str
    refused: str = ""


def differences(old: Dataset, new: Dataset) -> list[Difference]:
    """What ``new`` says otherwise than ``old``, table by table; counts, growth and clock aside."""
    found: list[Difference] = []
    old, new = at_time(old, 0), at_time(new, 0)
    if old.seed != new.seed:
        found.append(
            Difference(
                f"the seed is {new.seed}, and was {old.seed}",
                "keys drawn with another seed could repeat those that are there",
            )
        )
    if old.locale != new.locale:
        found.append(Difference(f"the locale is {new.locale}, and was {old.locale}"))
    for name, table in old.tables.items():
        if name not in new.tables:
            found.append(Difference(f"table `{name}` is gone"))
        else:
            found += _of_table(table, new.tables[name])
    found += [Difference(f"table `{name}` is new") for name in new.tables if name not in old.tables]
    return found


def _of_table(old: Table, new: Table) -> Iterator[Difference]:
    at = f"`{old.name}`"
    if (old.query is None) != (new.query is None):
        yield Difference(f"{at} is made in another way", "its rows are of another kind")
        return
    if _place(old) != _place(new):
        what = "file" if new.source is None or not new.source.database else "table"
        yield Difference(f"{at} takes its rows from another {what}", "rows that are there would be others")
    if old.key != new.key:
        yield Difference(
            f"the key of {at} is {_listed(new.key)}, and was {_listed(old.key)}",
            "rows that are there are known by the old key",
        )
    unique = _unique(old)
    for name, column in old.columns.items():
        if name not in new.columns:
            refused = "rows that are there are known by it" if name in old.key else ""
            yield Difference(f"`{old.name}.{name}` is gone", refused)
            continue
        now = new.columns[name]
        if (now.type, now.nullable) != (column.type, column.nullable):
            yield _of_type(f"`{old.name}.{name}`", column, now, is_key=name in old.key)
        elif _made(old, column) != _made(new, now):
            refused = "new values could repeat those that are there" if name in unique else ""
            yield Difference(f"`{old.name}.{name}` is made in another way", refused)
    for name in new.columns:
        if name not in old.columns:
            yield Difference(f"`{old.name}.{name}` is new")
    if old.targets != new.targets:
        yield Difference(f"the targets of {at} are others")
    yield from _stricter(old, new)
    if (old.updates, old.deletes) != (new.updates, new.deletes):
        yield Difference(f"the changes of {at} are others")
    if [c.condition for c in old.checks] != [c.condition for c in new.checks]:
        yield Difference(f"the checks of {at} are others")


def _of_type(at: str, old: Column, new: Column, *, is_key: bool) -> Difference:
    """Of a column whose type is another one, or may be null now, or may not."""
    refused = "keys of one table have one type" if is_key else ""
    match old.type, new.type:
        case Enum(), Enum() if old.type != new.type and old.nullable == new.nullable:
            gone = [m for m in old.type.members if m not in new.type.members]
            added = [m for m in new.type.members if m not in old.type.members]
            if gone:
                refused = refused or "rows that are there may have it; have the column draw the others"
            named = f"`{(gone or added or [''])[0]}`"
            what = f"has no member {named} any more" if gone else f"has a new member, {named}"
            return Difference(f"the enum of {at} {what if gone or added else 'has another order'}", refused)
    if old.nullable and not new.nullable and _may_be_null(old):
        refused = refused or "rows that are there may have no value in it: leave it the `?`"
    optional, before = ("?" if column.nullable else "" for column in (new, old))
    return Difference(f"{at} is {new.type}{optional}, and was {old.type}{before}", refused)


def _may_be_null(column: Column) -> bool:
    """Whether there is more to it than the type."""
    return column.nulls is not None or column.value.nullable or column.reference is not None


def _place(table: Table) -> object:
    """Where a table's rows come from; of a database not which rows it has."""
    source = table.source
    return source if source is None or not source.database else (source.database, source.stored)


def _stricter(old: Table, new: Table) -> Iterator[Difference]:
    """Columns that must be unique now and need not have been before."""
    before = {frozenset(u.columns) for u in old.uniques} | {frozenset((c,)) for c in _alone(old)}
    for columns in [*(u.columns for u in new.uniques), *((c,) for c in _alone(new))]:
        if frozenset(columns) not in before and all(c in old.columns for c in columns) and columns != new.key:
            yield Difference(
                f"{_listed(columns)} of `{new.name}` must be unique now",
                "rows that are there were not made so",
            )


def _alone(table: Table) -> list[str]:
    return [c.name for c in table.columns.values() if c.uniqueness is not Uniqueness.NONE]


def _unique(table: Table) -> set[str]:
    """The columns whose values must not come again."""
    found = set(table.key) | set(_alone(table))
    return found | {c for constraint in table.uniques for c in constraint.columns}


def _made(table: Table, column: Column) -> object:
    """All that decides a column's values in a row, other columns aside."""
    groups = [g.value for g in table.groups if column.name in g.columns]
    reference = table.references.get(column.reference or "")
    return (
        column.value,
        column.nulls,
        column.bounds,
        column.uniqueness,
        column.distinct_within,
        groups,
        reference,
    )


def _listed(names: tuple[str, ...]) -> str:
    return ", ".join(f"`{n}`" for n in names) if names else "nothing"
