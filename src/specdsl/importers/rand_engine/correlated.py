"""Methods that draw several columns which belong together: the first is a choice, the others depend on it."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

from specdsl.importers.emit import name_text
from specdsl.importers.rand_engine.arguments import Arguments, Unfit
from specdsl.importers.rand_engine.choices import literal, plain, type_of, weighted
from specdsl.importers.rand_engine.methods import Drawn, weight_of

CORRELATED = frozenset({"distincts_map", "distincts_map_prop", "distincts_multi_map"})

_Weighted = list[tuple[Any, int]]


def correlated(method: str, arguments: Arguments, columns: Sequence[str]) -> dict[str, Drawn]:
    """The columns of such a method by name. Raises Unfit."""
    groups = {name: _choices(method, name, given) for name, given in arguments.members("distincts").items()}
    groups = {name: choices for name, choices in groups.items() if _size(choices)}
    if not groups:
        raise Unfit("there is nothing to choose from")
    counts = {len(choices) for choices in groups.values()}
    if len(counts) > 1:
        raise Unfit("its lists are not equally many everywhere")
    wanted = counts.pop() + 1
    if len(columns) != wanted:
        raise Unfit(f"it makes {wanted} columns, and `cols` names {len(columns)}")
    made = {columns[0]: _first(groups)}
    for at, column in enumerate(columns[1:]):
        made[column] = _dependent(columns[0], {name: choices[at] for name, choices in groups.items()})
    return made


def _choices(method: str, name: str, given: Any) -> list[_Weighted]:
    """What each further column is chosen from, in the rows of ``name``."""
    if not isinstance(given, list):
        raise Unfit(f"what belongs to `{name}` is no array")
    if method == "distincts_map":
        return [[(value, 1) for value in given]]
    if method == "distincts_multi_map":
        if not all(isinstance(one, list) for one in given):
            raise Unfit(f"what belongs to `{name}` is no array of arrays")
        return [[(value, 1) for value in one] for one in given]
    if not all(isinstance(one, list) and len(one) == 2 for one in given):
        raise Unfit(f"what belongs to `{name}` are no pairs of a value and its weight")
    return [[(value, weight_of(value, weight)) for value, weight in given]]


def _size(choices: Sequence[_Weighted]) -> int:
    """In how many ways, weights counted, rows of a group come about."""
    size = 1
    for one in choices:
        size *= sum(weight for _, weight in one)
    return size


def _first(groups: dict[str, list[_Weighted]]) -> Drawn:
    value = weighted([(name, _size(choices)) for name, choices in groups.items()])
    apart = plain(groups) if len(groups) > 1 else ""
    return Drawn("string", value, apart, len(groups), weighted=value != apart)


def _dependent(on: str, choices: dict[str, _Weighted]) -> Drawn:
    type = type_of(value for one in choices.values() for value, weight in one if weight)
    texts = {name: weighted(one) for name, one in choices.items()}
    if len(set(texts.values())) == 1:
        return Drawn(type, next(iter(texts.values())))
    arms = "\n".join(f"{literal(name)} => {text}" for name, text in texts.items())
    return Drawn(type, f"match {name_text(on)} {{\n{arms}\n}}", on=on)
