"""Texts into sections, again and again: what has not changed since a text much like it is not looked at.

A section's borders depend on its own text and on the line of the next declaration's keyword, and on nothing
else. So the sections before the change stay, and from the first border after it that was one before, too.
"""

from __future__ import annotations

from bisect import bisect_left, bisect_right
from dataclasses import dataclass
from typing import Final

from specdsl.ide.sections import Section, boundaries, section

_MOST_KEPT: Final = 16
_SAMPLE: Final = 200
"""Texts that begin or end with so many equal characters are taken for versions of one document."""


@dataclass(frozen=True, slots=True)
class _Cut:
    """``starts``: where the sections begin."""

    text: str
    starts: tuple[int, ...]
    sections: tuple[Section, ...]


_recent: list[tuple[_Cut, ...]] = [()]
"""The latest first; replaced as a whole, so that threads do not disturb each other."""


def cut(text: str) -> tuple[Section, ...]:
    """The sections of ``text``, in order."""
    (recent,) = _recent
    like = next((known for known in recent if _is_like(known.text, text)), None)
    if like is not None and like.text == text:
        return like.sections
    made = _whole(text) if like is None else _again(like, text)
    _recent[0] = (made, *(known for known in recent if known is not like))[:_MOST_KEPT]
    return made.sections


def _is_like(one: str, other: str) -> bool:
    return one[:_SAMPLE] == other[:_SAMPLE] or one[-_SAMPLE:] == other[-_SAMPLE:]


def _whole(text: str) -> _Cut:
    starts = (0, *boundaries(text, 0))
    return _Cut(text, starts, _sections(text, starts, len(text)))


def _sections(text: str, starts: tuple[int, ...], end: int) -> tuple[Section, ...]:
    ends = (*starts[1:], end)
    return tuple(section(text[a:b]) for a, b in zip(starts, ends, strict=True))


def _again(known: _Cut, text: str) -> _Cut:
    """The sections of ``text`` with what it shares with ``known``."""
    prefix = _common_prefix(known.text, text)
    longest = min(len(text), len(known.text)) - prefix
    suffix = _common_suffix(known.text, text, longest)
    # the last section that, with the place where the next begins, lies before the change
    kept = max(bisect_right(known.starts, prefix) - 2, 0)
    begin = known.starts[kept]
    by, changed_to = len(text) - len(known.text), len(text) - suffix
    fresh = [begin]
    rest = len(known.starts)
    for at in boundaries(text, begin):
        place = bisect_left(known.starts, at - by)
        if at >= changed_to and place < len(known.starts) and known.starts[place] == at - by:
            rest = place
            break
        fresh.append(at)
    moved = tuple(start + by for start in known.starts[rest:])
    end = moved[0] if moved else len(text)
    middle = _sections(text, tuple(fresh), end)
    return _Cut(
        text,
        (*known.starts[:kept], *fresh, *moved),
        (*known.sections[:kept], *middle, *known.sections[rest:]),
    )


def _common_prefix(one: str, other: str) -> int:
    low, high = 0, min(len(one), len(other))
    while low < high:
        middle = (low + high + 1) // 2
        if one[low:middle] == other[low:middle]:
            low = middle
        else:
            high = middle - 1
    return low


def _common_suffix(one: str, other: str, longest: int) -> int:
    low, high = 0, longest
    while low < high:
        middle = (low + high + 1) // 2
        if one[len(one) - middle : len(one) - low] == other[len(other) - middle : len(other) - low]:
            low = middle
        else:
            high = middle - 1
    return low
