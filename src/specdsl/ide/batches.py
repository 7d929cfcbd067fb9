"""Which of the sections that wait to be compiled are compiled next, so that one batch takes little time and
all batches together hardly more than everything at once."""

from __future__ import annotations

from collections.abc import Collection, Sequence

from specdsl.ide.reach import Names, reach
from specdsl.ide.sections import Section


def batch(names: Names, waiting: Collection[int], near: int, size: int) -> list[int]:
    """The waiting sections nearest to ``near`` with about ``size`` characters together; all are numbers.

    What they need is compiled with them, batch for batch. Where that is longer than they are, more of them
    go together: then no more than twice the text is compiled in all. Sections that need everything (a query
    in a file) come last.
    """
    order = sorted(waiting, key=lambda n: (names.sections[n].opaque, abs(n - near), n))
    while True:
        taken = _first(names.sections, order, size)
        own = sum(len(names.sections[n].text) for n in taken)
        if len(taken) == len(order) or _needed(names, taken) <= 2 * own:
            return sorted(taken)
        size = 2 * own


def _first(sections: Sequence[Section], order: Sequence[int], size: int) -> list[int]:
    """So many of the first that they have at least ``size`` characters; those that need everything stay
    among themselves."""
    taken: list[int] = []
    length = 0
    for number in order:
        if taken and (length >= size or sections[number].opaque != sections[taken[0]].opaque):
            break
        taken.append(number)
        length += len(sections[number].text)
    return taken


def _needed(names: Names, roots: Sequence[int]) -> int:
    """The characters of all that ``roots`` need, themselves included."""
    total = 0
    for number, members in reach(names, roots).items():
        one = names.sections[number]
        total += len(one.text) if len(members) == len(one.members) else _length(one, members)
    return total


def _length(section: Section, members: Collection[int]) -> int:
    return sum(len(section.members[n].text) for n in members)
