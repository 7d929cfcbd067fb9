"""Did you mean: the one known name that a misspelt one is nearest to."""

from __future__ import annotations

from collections.abc import Iterable

_LONGEST = 64  # names above this length are compared whole, not by distance


def nearest(name: str, candidates: Iterable[str]) -> str | None:
    """The candidate that ``name`` was most likely meant to be, or None when nothing is near.

    Near is an edit distance (insert, delete, replace, swap two neighbours) of at most a third of the
    name's length, and at least 1. Letters that differ only in case cost nothing against the threshold
    and break ties, after which the earlier in the alphabet wins. A name that shares no letter with
    ``name`` is never near.
    """
    folded = name.casefold()
    threshold = max(len(folded) / 3, 1)
    best: tuple[int, int, str] | None = None
    for candidate in candidates:
        other = candidate.casefold()
        if abs(len(other) - len(folded)) > threshold:
            continue
        limit = int(threshold)
        apart = distance(folded, other, limit)
        if apart > limit or apart >= max(len(folded), len(other), 1):
            continue
        rank = (apart, distance(name, candidate, len(name) + len(candidate)), candidate)
        if best is None or rank < best:
            best = rank
    return None if best is None else best[2]


def distance(a: str, b: str, limit: int) -> int:
    """The Damerau-Levenshtein distance of two strings (optimal string alignment: no substring is edited
    twice), or ``limit + 1`` when it is greater than ``limit``."""
    if a == b:
        return 0
    if len(a) > _LONGEST or len(b) > _LONGEST:
        return limit + 1
    before: list[int] = []
    above = list(range(len(b) + 1))
    for i, x in enumerate(a, 1):
        row = [i]
        for j, y in enumerate(b, 1):
            cost = min(above[j] + 1, row[j - 1] + 1, above[j - 1] + (x != y))
            if i > 1 and j > 1 and x == b[j - 2] and y == a[i - 2]:
                cost = min(cost, before[j - 2] + 1)
            row.append(cost)
        if min(row) > limit:
            return limit + 1
        before, above = above, row
    return min(above[-1], limit + 1)
