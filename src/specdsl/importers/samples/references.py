"""Columns that refer to the key of a table: by their values, which must all be there, and by their names."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass

import duckdb

from specdsl.importers.propernames import snake
from specdsl.importers.samples.keys import Subject, singular
from specdsl.importers.samples.numbers import is_whole
from specdsl.importers.samples.profile import Profile
from specdsl.importers.samples.recognition import identifier, table, whole

_TELLING = 3
"""A text or identifier with so many different values that are all keys elsewhere refers there, whatever its
name."""


@dataclass(frozen=True, slots=True)
class Reference:
    """``column`` of ``child`` refers to the key of ``parent``. ``used``: how many of the parents are referred
    to; ``named``: whether its name says so too."""

    child: str
    column: str
    parent: str
    used: int
    parents: int
    named: bool

    @property
    def comment(self) -> str:
        also = ", and the name says so" if self.named else ""
        return (
            f"all values are keys of {self.parent}{also}; {self.used:,} of {self.parents:,} are referred to"
        )


def references(database: duckdb.DuckDBPyConnection, subjects: Sequence[Subject]) -> list[Reference]:
    """What refers where; at most one reference for a column."""
    found: list[Reference] = []
    for child in subjects:
        for profile in child.profiles:
            options = [
                r
                for parent in subjects
                if parent.key and (r := _reference(database, child, profile, parent)) is not None
            ]
            if options:
                found.append(max(options, key=lambda r: (r.named, r.used / max(1, r.parents))))
    return found


def without_cycles(found: Sequence[Reference]) -> tuple[list[Reference], list[Reference]]:
    """The references that can stand together, and those that would close a cycle of tables."""
    kept: list[Reference] = []
    cut: list[Reference] = []
    above: dict[str, set[str]] = {}
    for one in sorted(found, key=lambda r: not r.named):
        if one.child != one.parent and one.child in _reached(one.parent, above):
            cut.append(one)
            continue
        kept.append(one)
        if one.child != one.parent:
            above.setdefault(one.child, set()).add(one.parent)
    return kept, cut


def _reached(start: str, above: dict[str, set[str]]) -> set[str]:
    seen, open_ones = {start}, [start]
    while open_ones:
        for parent in above.get(open_ones.pop(), ()):
            if parent not in seen:
                seen.add(parent)
                open_ones.append(parent)
    return seen


def _reference(
    database: duckdb.DuckDBPyConnection, child: Subject, profile: Profile, parent: Subject
) -> Reference | None:
    same = child.sample.name == parent.sample.name
    key = parent.column(parent.key)
    if (same and profile.name == parent.key) or profile.filled == 0 or not _comparable(profile, key):
        return None
    named = _named(snake(profile.name), snake(parent.key), parent.sample.name, same=same)
    if is_whole(profile) and not named:
        return None  # small numbers are in any other table's 1, 2, 3 ...
    if profile.name == child.key and not named:
        return None
    if not named and (profile.distinct < _TELLING or profile.kind == "date"):
        return None
    keys = f"SELECT {identifier(parent.key)} FROM {whole(parent.sample)}"
    column = identifier(profile.name)
    row = database.execute(
        f"SELECT count(*) FROM (SELECT DISTINCT {column} AS c FROM {table(child.sample)} WHERE "
        f"{column} IS NOT NULL) "
        f"WHERE c NOT IN ({keys})"
    ).fetchone()
    if row is None or row[0] != 0:
        return None
    return Reference(
        child.sample.name, profile.name, parent.sample.name, profile.distinct, parent.sample.total, named
    )


def _comparable(one: Profile, other: Profile) -> bool:
    return one.kind == other.kind or (is_whole(one) and is_whole(other))


def _named(column: str, key: str, parent: str, *, same: bool) -> bool:
    """Whether a column's name points at a table: ``user_id``, ``created_by_user_id``, ``user``."""
    names = {parent, singular(parent)}
    last = {n.rsplit("_", 1)[-1] for n in names}
    stems = {column}
    for end in ("_id", "_key", "_code", "_no", "_nr", "_uuid", "_fk", f"_{key}"):
        if column.endswith(end):
            stems.add(column.removesuffix(end))
    if column == key and key not in ("id", "code", "key", "name", "uuid"):
        return not same
    if same:
        selfish = {
            "parent",
            "manager",
            "boss",
            "supervisor",
            "referrer",
            "predecessor",
            "reports_to",
            "mentor",
        }
        return (
            column not in names and any(s in selfish or _ends(s, names) for s in stems - {column})
        ) or column in selfish
    return any(_ends(s, names) or s in last for s in stems)


def _ends(stem: str, names: set[str]) -> bool:
    return any(stem == n or stem.endswith(f"_{n}") for n in names)
