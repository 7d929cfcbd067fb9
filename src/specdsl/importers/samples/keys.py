"""Which column, or columns, tell the rows of a table apart."""

from __future__ import annotations

import itertools
import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass

import duckdb

from specdsl.importers.propernames import snake
from specdsl.importers.samples.numbers import is_whole
from specdsl.importers.samples.profile import Profile
from specdsl.importers.samples.reading import Sample
from specdsl.importers.samples.recognition import identifier, table

_NAMES = re.compile(r"(.*_)?(id|key|uuid|guid|code|number|no|nr|sku|isbn|iban|slug)")
_BY_CHANCE = 20
"""In fewer rows a column without a name like a key's may be unique by chance."""


@dataclass(frozen=True, slots=True)
class Subject:
    """A table with its columns and, where one was found, the column that is its key."""

    sample: Sample
    profiles: tuple[Profile, ...]
    key: str = ""

    def column(self, name: str) -> Profile:
        return next(p for p in self.profiles if p.name == name)


def primary(sample: Sample, columns: Sequence[Profile]) -> str:
    """The best of the columns that are unique and never null, '' for none."""
    best, most = "", 0
    for at, profile in enumerate(columns):
        if not profile.unique or profile.count < 2 or not _could_be_key(profile):
            continue
        score = _fitness(profile, sample.name, first=at == 0)
        if profile.count < _BY_CHANCE and score < 40:
            continue
        if score > most:
            best, most = profile.name, score
    return best


def singular(name: str) -> str:
    """``order`` of ``orders``, ``category`` of ``categories``."""
    if name.endswith("ies") and len(name) > 4:
        return name[:-3] + "y"
    if re.search(r"(ss|x|ch|sh)es$", name):
        return name[:-2]
    return name[:-1] if name.endswith("s") and not name.endswith("ss") else name


def composite(
    database: duckdb.DuckDBPyConnection, subject: Subject, references: Iterable[str], ordinals: Iterable[str]
) -> tuple[str, ...]:
    """Two columns that tell the rows apart together, () where none clearly do: a reference and another one,
    or the number within it."""
    refers, numbered = list(references), list(ordinals)
    pairs = [(r, o) for r in refers for o in numbered] + list(itertools.combinations(refers, 2))
    for one, other in pairs:
        if subject.column(one).nulls or subject.column(other).nulls:
            continue
        row = database.execute(
            f"SELECT count(*) FROM (SELECT DISTINCT {identifier(one)}, {identifier(other)} "
            f"FROM {table(subject.sample)})"
        ).fetchone()
        if row is not None and row[0] == subject.sample.rows >= _BY_CHANCE:
            return (one, other)
    return ()


def _could_be_key(profile: Profile) -> bool:
    if profile.kind == "varchar":
        return all(0 < len(v) <= 64 for v in profile.values[:100])
    return is_whole(profile) or profile.kind in ("uuid", "date")


def _fitness(profile: Profile, table: str, *, first: bool) -> int:
    """How much a unique column looks like the key; 0 for not at all."""
    name, of = snake(profile.name), singular(table)
    score = 5 if first else 0
    if name in ("id", f"{of}_id", f"{table}_id", f"id_{of}", "uuid", "guid"):
        score += 100
    elif name in (f"{of}_{end}" for end in ("key", "code", "no", "nr", "number", "uuid")):
        score += 80
    elif _NAMES.fullmatch(name):
        score += 40
    if profile.kind in ("uuid", "bigint", "integer"):
        score += 10
    spaced = profile.kind == "varchar" and any(" " in v or "@" in v for v in profile.values[:100])
    return 0 if spaced and score < 50 else score + (1 if profile.kind != "date" else 0)
