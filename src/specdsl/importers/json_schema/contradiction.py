"""Which clauses contradict each other where nothing satisfies all of them."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from specdsl.importers.json_schema.conjunction import SAYING_NOTHING, Clause, Merged
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.resources import Part, Resources

_AROUND = frozenset({"allOf", "anyOf", "oneOf", "if", "then", "else"})
Related = tuple[tuple[str, str], ...]


def bounds_contradict(made: Merged, low: str, high: str, cause: str) -> Refused:
    """The bound ``low`` is above the bound ``high``; both name fields of ``made``."""
    first, second = made.where.get(low, made.pointer), made.where.get(high, made.pointer)
    related = ((first, "the least is here"),) if first != second else ()
    return Refused("nothing", second, cause, related)


def against(clauses: Sequence[Clause], values: Sequence[Any], resources: Resources) -> Related:
    """The clauses that the listed ``values`` do not satisfy: one that none
    does, else all that some do not."""
    said = [(clause, word) for clause in clauses for word in clause.schema if word not in SAYING_NOTHING]
    found: list[tuple[str, str]] = []
    for clause, word in sorted(said, key=lambda one: one[1] in _AROUND):
        wrong = [v for v in values if not _valid(resources, clause, word, v)]
        if wrong and word in _AROUND and found:
            break
        if wrong and len(wrong) == len(values):
            return ((f"{clause.pointer}/{word}", "none of them satisfies this"),)
        if wrong:
            found.append((f"{clause.pointer}/{word}", "some of them do not satisfy this"))
    return tuple(found)


def _valid(resources: Resources, clause: Clause, word: str, value: Any) -> bool:
    schema = {word: clause.schema[word]}
    if word in ("minimum", "maximum"):
        other = f"exclusive{word.capitalize()}"
        schema |= {other: clause.schema[other]} if other in clause.schema else {}
    try:
        return resources.valid(Part(schema, clause.pointer, made=True), value)
    except Refused:
        return True
