"""What a column's name suggests: a type, a table, a function."""

from __future__ import annotations

import re
from collections.abc import Iterable
from typing import Final

from specdsl.functions.entry import Form, Function

_PARTS: Final = re.compile(r"[A-Z]?[a-z0-9]+|[A-Z]+(?![a-z])")
_SHORT: Final = {
    "ip": "ipv4",
    "lat": "latitude",
    "lng": "longitude",
    "lon": "longitude",
    "mac": "mac_address",
    "tel": "phone",
    "tz": "time_zone",
    "zip": "postcode",
    "zipcode": "postcode",
}
"""What the short words of columns' names stand for among the functions."""
_BY_NAME: Final = (
    (re.compile(r"(^|_)(at|time|timestamp|when)$"), "timestamp"),
    (re.compile(r"(^|_)(on|date|day|birthday|born|from|until|since)$"), "date"),
    (re.compile(r"^(is|has|can|was|wants|allow|allows)_|(^|_)(active|enabled|deleted|flag|paid)$"), "bool"),
    (re.compile(r"(^|_)(price|amount|total|cost|fee|balance|salary|tax|revenue|sum)$"), "decimal"),
    (re.compile(r"(^|_)(count|number|no|qty|quantity|age|year|month|size|stock|rank|position)$"), "int"),
    (re.compile(r"(^|_)(rate|ratio|score|lat|lon|latitude|longitude|weight|height|width|share)$"), "float"),
    (re.compile(r"(^|_)(uuid|guid)$"), "uuid"),
    (re.compile(r"(^|_)(duration|delay|took|elapsed|age_of)$"), "duration"),
    (re.compile(r"^id$"), "int"),
    (re.compile(r"(^|_)(tags|labels|items)$"), "list"),
    (re.compile(r"(^|_)(meta|metadata|payload|data|json|settings|attributes)$"), "json"),
)


def words_of(name: str) -> tuple[str, ...]:
    """The words of a name: `createdAt` and `created_at` have two."""
    return tuple(part.lower() for part in _PARTS.findall(name))


def type_for(column: str) -> str:
    """The built-in type that a column of that name most often has."""
    lowered = "_".join(words_of(column))
    return next((kind for pattern, kind in _BY_NAME if pattern.search(lowered)), "string")


def table_for(column: str, tables: Iterable[str]) -> list[str]:
    """The tables that a column of that name may refer to, the likeliest first: `user_id` to `users`."""
    stem = set(words_of(column)) - {"id", "key", "ref", "code", "no"}
    found = []
    for place, table in enumerate(tables):
        parts = {singular(word) for word in words_of(table)}
        hits = len({singular(word) for word in stem} & parts)
        if hits:
            found.append((-hits, len(parts), place, table))
    return [table for *_, table in sorted(found)]


def singular(word: str) -> str:
    """An English plural without its ending, near enough to compare names."""
    if word.endswith("ies") and len(word) > 4:
        return word[:-3] + "y"
    for ending in ("ses", "xes", "ches", "shes"):
        if word.endswith(ending):
            return word[:-2]
    return word[:-1] if word.endswith("s") and not word.endswith("ss") and len(word) > 2 else word


def suits(function: Function, column: str) -> int:
    """How well a function's name fits a column's: 3 the same, 2 by another name of it, 1 in part, 0 not."""
    wanted = "_".join(_SHORT.get(word, word) for word in words_of(column))
    if not wanted or function.form is not Form.FUNCTION:
        return 0
    if function.name == wanted:
        return 3
    if wanted in function.aliases:
        return 2
    own = set(function.name.split("_"))
    if own <= set(wanted.split("_")) or any(
        set(a.split("_")) <= set(wanted.split("_")) for a in function.aliases
    ):
        return 2
    return 1 if function.draws and own & set(wanted.split("_")) else 0
