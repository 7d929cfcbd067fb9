"""Searching the catalogue: by name, alias, family, summary and text."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from typing import Final

from specdsl.diagnostics.nearest import nearest
from specdsl.functions.entry import Function

_NAME, _ALIAS, _START, _PART, _FAMILY, _SUMMARY, _DOC = 100, 90, 60, 45, 40, 20, 5
_NO_MATCH: Final = 0

_FORMS: Final = (
    ("grid every", "table readings over at = 2024-01-01T00:00:00Z .. 2024-01-31T23:45:00Z by 15m { ... }"),
    ("drift walk", "price float = previous(price, 100.0) * lognormal(mean: 0.0004, sigma: 0.015)"),
    (
        "autoregressive autocorrelated ar1",
        "x float = previous(x, 0.0) * 0.9 + normal(sd: 0.1)",
    ),
    ("missing missingness mar mnar mcar dropout", "income int? null 60% when income > 90_000 else 5% = ..."),
    (
        "outage burst bursts gap gaps downtime markov",
        "down bool = chance(if previous(down, false) then 0.9 else 0.01)",
    ),
    ("scd scd2 history histories bitemporal versions temporal", "history valid from .joined_at"),
    ("lifecycle states state workflow transitions", "lifecycle status from placed_at { ... }"),
    ("dirty dirt duplicates corrupt", "violate email.unique 1%"),
)
"""What people look for that is a form of the language, not a function: words, and how it is written."""


def form_of(words: Sequence[str]) -> str | None:
    """The form of the language that ``words`` speak of, None for none."""
    wanted = {w for text in words for w in re.findall(r"\w+", text.casefold())}
    return next((form for known, form in _FORMS if wanted & set(known.split())), None)


def named(name: str, functions: Iterable[Function]) -> Function | None:
    """The function of that name or alias, however its letters are cased; ``()`` after it does no harm."""
    wanted = name.strip().casefold().removesuffix("()")
    listed = list(functions)
    exact = next((f for f in listed if wanted == f.name.casefold()), None)
    return exact or next((f for f in listed if wanted in (a.casefold() for a in f.aliases)), None)


def search(words: Sequence[str], functions: Iterable[Function]) -> list[Function]:
    """The functions that all ``words`` speak of, the best match first; where none does, those that most of
    the words speak of; [] where no word is found."""
    wanted = [w for text in words for w in re.findall(r"\w+", text.casefold())]
    if not wanted:
        return []
    ranked: list[tuple[int, int, Function]] = []
    for function in functions:
        scores = [_score(word, function) for word in wanted]
        hits = sum(score > _NO_MATCH for score in scores)
        if hits:
            ranked.append((hits, sum(scores), function))
    most = max((hits for hits, _, _ in ranked), default=0)
    best = [r for r in ranked if r[0] == most]
    return [f for _, _, f in sorted(best, key=lambda r: (-r[1], r[2].name))]


def near_name(name: str, functions: Iterable[Function]) -> str | None:
    """The name or alias that ``name`` is a slip of."""
    return nearest(name, [n for f in functions for n in (f.name, *f.aliases)])


def _score(word: str, function: Function) -> int:
    """How well a word fits: by the best place where it stands."""
    name, aliases = function.name.casefold(), [a.casefold() for a in function.aliases]
    stem = word.removesuffix("s") if len(word) > 3 else word
    if word == name:
        return _NAME
    if word in aliases:
        return _ALIAS
    if name.startswith(stem):
        return _START
    if stem in name or any(stem in alias for alias in aliases):
        return _PART
    if function.family.casefold().startswith(stem):
        return _FAMILY
    told = re.compile(rf"\b{re.escape(stem)}")
    if told.search(function.summary.casefold()):
        return _SUMMARY
    texts = [function.doc, *(p.doc for p in function.parameters), *(e.note for e in function.examples)]
    return _DOC if any(told.search(text.casefold()) for text in texts) else _NO_MATCH
