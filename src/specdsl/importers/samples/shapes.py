"""Patterns of codes, learnt from their values: ``AB-1234`` and ``XY-0815`` as ``/[A-Z]{2}-[0-9]{4}/``."""

from __future__ import annotations

import itertools
import re
from collections import Counter
from collections.abc import Sequence
from dataclasses import dataclass

_RUN = re.compile(r"[0-9]+|[A-Z]+|[a-z]+|[^0-9A-Za-z]")
_CLASSES = {"d": "[0-9]", "u": "[A-Z]", "l": "[a-z]"}
_MOST_SHAPES = 4
_LONGEST = 60
_MOST_RUNS = 16
_FIXED = 20
"""With so many values a part that is the same in all of them is taken to be fixed."""


@dataclass(frozen=True, slots=True)
class Shape:
    """A pattern, and how many different strings it matches."""

    pattern: str
    many: int


def learnt(values: Sequence[str], *, private: bool) -> Shape | None:
    """A pattern that all ``values`` match and that is no looser than their parts, None where they have no
    common shape. Words alone have none. ``private``: no part of a value but its punctuation is in it."""
    groups: dict[str, list[list[str]]] = {}
    counts: Counter[str] = Counter()
    for value in values:
        if not value or len(value) > _LONGEST or not value.isascii() or not value.isprintable():
            return None
        runs = _RUN.findall(value)
        if len(runs) > _MOST_RUNS:
            return _mixed(values)
        key = "".join(_class(run) for run in runs)
        counts[key] += 1
        groups.setdefault(key, []).append(runs)
        if len(groups) > _MOST_SHAPES:
            return _mixed(values)
    if not any("d" in key or ("u" in key and "l" not in key) for key in groups):
        return None  # words
    if any(" " in key and "d" not in key for key in groups):
        return None
    rare = len(values) >= 50 and min(counts.values()) < 0.01 * len(values)
    if rare:
        return _mixed(values)
    made = [_pattern(rows, private=private) for rows in groups.values()]
    text = made[0].pattern if len(made) == 1 else "(" + "|".join(m.pattern for m in made) + ")"
    return Shape(text, sum(m.many for m in made))


def _class(run: str) -> str:
    if run[0].isdigit():
        return "d"
    return "u" if run[0].isupper() else "l" if run[0].islower() else run


def _pattern(rows: list[list[str]], *, private: bool) -> Shape:
    """The pattern of values with the same classes of runs."""
    text, many = "", 1
    for column in zip(*rows, strict=True):
        kind = _class(column[0])
        parts = set(column)
        if kind not in _CLASSES:
            text += _escaped(kind)
            continue
        if len(parts) == 1 and len(rows) >= _FIXED and not private:
            text += column[0]
            continue
        if 1 < len(parts) <= 4 and len(rows) >= 10 * _FIXED and kind != "d" and not private:
            text += "(" + "|".join(sorted(parts)) + ")"
            many *= len(parts)
            continue
        sizes = [len(run) for run in column]
        least, most = min(sizes), max(sizes)
        positions = _classes(column, kind) if least == most and kind == "d" and not private else None
        size = 10 if kind == "d" else 26
        if positions is None:
            text += _CLASSES[kind] + _times(least, most)
            many *= size**most
        else:
            text += positions
            many *= len({run[0] for run in column}) * size ** (most - 1)
    return Shape(text, many)


def _classes(column: Sequence[str], kind: str) -> str | None:
    """Digits whose first one does not take all values, such as ``[1-9][0-9]{3}``."""
    first = {run[0] for run in column}
    if len(column) < 200 or len(column[0]) < 2 or len(first) >= 10:
        return None
    low, high = min(first), max(first)
    head = low if low == high else f"[{low}-{high}]"
    return head + "[0-9]" + _times(len(column[0]) - 1, len(column[0]) - 1)


def _mixed(values: Sequence[str]) -> Shape | None:
    """Letters and digits in any order, as in hashes and tokens."""
    joined = Counter(itertools.chain.from_iterable(values))
    if not all(c.isascii() and (c.isalnum() or c in "-_") for c in joined):
        return None
    digits = sum(n for c, n in joined.items() if c.isdigit())
    share = digits / sum(joined.values())
    if not 0.08 < share < 0.95:
        return None
    letters = {c for c in joined if c.isalpha()}
    low = "a-f" if letters <= set("abcdef") else "a-z" if any(c.islower() for c in letters) else ""
    high = "A-F" if letters <= set("ABCDEF") else "A-Z" if any(c.isupper() for c in letters) else ""
    marks = "".join(c for c in "_-" if c in joined)
    sizes = [len(v) for v in values]
    kinds = 10 + (6 if low == "a-f" else 26 if low else 0) + (6 if high == "A-F" else 26 if high else 0)
    head = f"[0-9{high}{low}{marks.replace('-', chr(92) + '-')}]"
    return Shape(head + _times(min(sizes), max(sizes)), kinds ** min(max(sizes), 12))


def _times(least: int, most: int) -> str:
    if least == most:
        return "" if most == 1 else f"{{{most}}}"
    return f"{{{least},{most}}}"


def _escaped(character: str) -> str:
    return f"\\{character}" if character in r"\.^$*+?{}[]()|/" else character
