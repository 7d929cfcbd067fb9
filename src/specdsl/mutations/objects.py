"""Changed objects that may break a keyword: a member that is removed, added or renamed."""

from __future__ import annotations

from collections.abc import Iterator, Mapping
from typing import Any, Final

from specdsl.mutations.documents import NOTHING
from specdsl.mutations.strings import unlike

Member = tuple[str, Any]
"""A member's name and its new value; NOTHING removes it."""

_NAMES: Final = ("unexpected", "extra", "x", "Unexpected1", "x-unexpected", "1", "")
_VALUES: Final[tuple[Any, ...]] = (True, 0, "x", None, [], {})


def lacking(value: Mapping[str, Any], names: object, bits: int) -> Iterator[Member]:
    """Without one of the members ``names``, beginning with one that ``bits`` choose."""
    there = [name for name in names if name in value] if isinstance(names, list) else []
    start = bits % len(there) if there else 0
    yield from ((name, NOTHING) for name in there[start:] + there[:start])


def lacking_dependents(value: Mapping[str, Any], dependents: object, bits: int) -> Iterator[Member]:
    """Without a member that another one asks for; with one whose dependents are not there."""
    if not isinstance(dependents, Mapping):
        return
    for name, wanted in dependents.items():
        if name in value:
            yield from lacking(value, wanted, bits)
    for name, wanted in dependents.items():
        if name not in value and isinstance(wanted, list) and any(one not in value for one in wanted):
            yield from ((name, one) for one in (*list(value.values())[:3], *_VALUES))


def added(value: Mapping[str, Any], names: tuple[str, ...] = ()) -> Iterator[Member]:
    """With a member that is not there: one of ``names``, or one that nobody expects."""
    for name in (*names, *_NAMES):
        if name not in value:
            yield from ((name, one) for one in dict.fromkeys((*_simple(value), True, "x")))


def _simple(value: Mapping[str, Any]) -> list[Any]:
    return [one for one in value.values() if isinstance(one, str | int | float)][:2]


def renamed(value: Mapping[str, Any], bits: int) -> Iterator[Member]:
    """With one more member, whose name is like another's; its value, too."""
    for name, one in list(value.items())[:3]:
        yield from ((other, one) for other in (*unlike(name, bits), name * 40) if other not in value)
    yield from added(value)


def emptied(value: Mapping[str, Any], least: int) -> Iterator[dict[str, Any]]:
    """With one member less than ``least``: the first are kept, or the last."""
    if least > 0:
        members = list(value.items())
        yield dict(members[: least - 1])
        yield dict(members[len(members) - least + 1 :])


def filled(value: Mapping[str, Any], most: int, known: object) -> Iterator[dict[str, Any]]:
    """With one member more than ``most``, of the names that the schema knows or others."""
    missing = most + 1 - len(value)
    if not 0 < missing <= 1_000:
        return
    spare = [name for name in known if name not in value] if isinstance(known, Mapping) else []
    fresh = [f"extra{i}" for i in range(missing)]
    for names in ([*fresh], [*spare, *fresh]):
        for one in (*list(value.values())[:2], *_VALUES):
            yield dict(value) | dict.fromkeys(names[:missing], one)
    for pattern in list(value)[:1]:
        made = {f"{pattern}{chr(97 + i % 26) * (i // 26 + 1)}": value[pattern] for i in range(missing)}
        yield made | dict(value)
