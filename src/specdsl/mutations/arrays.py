"""Changed arrays that may break a keyword."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any, Final

_MOST_ADDED = 10_000
_FILLERS: Final[tuple[Any, ...]] = (None, 0, "x", False, [], {})


def fewer(items: list[Any], least: int) -> Iterator[list[Any]]:
    """Too few by one, cut at either end."""
    if least > 0:
        yield items[: least - 1]
        yield items[len(items) - least + 1 :]


def more(
    items: list[Any], most: int, variants: Callable[[Any], Iterator[Any]], examples: list[Any]
) -> Iterator[list[Any]]:
    """Too many by one: items repeated, or items that are not there yet: of ``examples``, or like one that is
    (its ``variants``)."""
    missing = most + 1 - len(items)
    if not 0 < missing <= _MOST_ADDED:
        return
    for item in dict.fromkeys(map(repr, items[-1:] + items[:1])):
        yield items + [next(one for one in items if repr(one) == item)] * missing
    for found in (examples, *(variants(item) for item in items[:3])):
        made, seen = list(items), {repr(one) for one in items}
        for one in found:
            if len(made) > most:
                break
            if repr(one) not in seen:
                made.append(one)
                seen.add(repr(one))
        if len(made) > most:
            yield made
    for filler in _FILLERS:
        yield items + [filler] * missing


def repeating(items: list[Any]) -> Iterator[list[Any]]:
    """An item that is there twice: in the place of another, or added."""
    if len(items) > 1:
        yield [*items[:-1], items[0]]
        yield [items[-1], *items[1:]]
    if items:
        yield [*items, items[0]]
        yield [*items, items[-1]]
    for filler in _FILLERS[:3]:
        yield [*items, filler, filler]


def without(
    items: list[Any], is_match: Callable[[Any], bool], variants: Callable[[Any], Iterator[Any]]
) -> Iterator[list[Any]]:
    """Without the items that match: in their places others, or nothing at all; then with but one of them."""
    matching = [i for i, item in enumerate(items) if is_match(item)]
    others = [item for item in items if not is_match(item)]
    for left in (0, 1) if len(matching) > 1 else (0,):
        gone = set(matching[left:])
        for make in (*others[:1], *_FILLERS):
            yield [make if i in gone else item for i, item in enumerate(items)]
        kept = [item for i, item in enumerate(items) if i not in gone]
        yield kept
        spare = iter(
            one for i in matching for one in variants(items[i]) if not is_match(one) and one not in items
        )
        replaced = [next(spare, item) if i in gone else item for i, item in enumerate(items)]
        yield replaced


def with_more(
    items: list[Any], is_match: Callable[[Any], bool], most: int, examples: list[Any]
) -> Iterator[list[Any]]:
    """With more than ``most`` items that match: one of them, or of ``examples``, repeated, added or in the
    place of others."""
    there = [item for item in items if is_match(item)]
    missing = most + 1 - len(there)
    matching = there or [one for one in (*examples, *_FILLERS) if is_match(one)]
    if not matching or not 0 < missing <= _MOST_ADDED:
        return
    yield items + [matching[0]] * missing
    made = list(items)
    for i, item in enumerate(made):
        if missing and not is_match(item):
            made[i] = matching[0]
            missing -= 1
    if not missing:
        yield made


def beyond(items: list[Any]) -> Iterator[list[Any]]:
    """One more item at the end."""
    yield from ([*items, filler] for filler in (*items[-1:], *_FILLERS))
