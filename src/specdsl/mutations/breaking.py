"""One row broken: a keyword is chosen, and a change found that breaks it and nothing else."""

from __future__ import annotations

from collections import Counter
from dataclasses import dataclass
from itertools import islice
from typing import Any

from specdsl.mutations.documents import Path, at, replaced, same
from specdsl.mutations.places import Place, places
from specdsl.mutations.schema import Failure, RowSchema, Unanswerable
from specdsl.mutations.values import changes
from specdsl.randomness.streams import stream_key

_CHANGES = 40  # tried of a keyword
_PLACES = 60  # keywords tried of a row


@dataclass(frozen=True, slots=True)
class Broken:
    """A row that breaks one keyword. ``changed``: the path of what was changed, ``clean`` what was there,
    ``broken`` what is there now; ``documents.NOTHING`` where there was, or is, no such member or item."""

    row: Any
    failure: Failure
    changed: Path
    clean: Any
    broken: Any


class Breaker:
    """Breaks rows of one table, one after the other, so that keywords come up about equally often: the ones
    that came up least are tried first. What becomes of a row follows from ``seed``, ``table`` and the rows
    that were broken before. ``unfit``: how many rows were not valid as they are, and ``problem`` what is
    wrong with the first of them."""

    def __init__(self, rows: RowSchema, seed: int, table: str) -> None:
        self._rows = rows
        self._seed = seed
        self._table = table
        self._keywords: Counter[str] = Counter()
        self._places: Counter[Path] = Counter()
        self.unfit = 0
        self.problem = ""

    def broken(self, row: Any, number: int) -> Broken | None:
        """``row`` (the ``number``-th of its table) broken; None where no change breaks it as it should, or it
        is not valid as it is."""
        try:
            if self._rows.failures(row):
                self.unfit += 1
                self.problem = self.problem or self._rows.problem(row)
                return None
            found = list(places(self._rows, row))
        except Unanswerable:
            return None
        bits = stream_key(self._seed, "invalid", self._table, number)
        order = sorted(
            range(len(found)),
            key=lambda i: (
                self._keywords[found[i].keyword],
                self._places[found[i].way],
                stream_key(bits, i),
            ),
        )
        for i in islice(order, _PLACES):
            self._keywords[found[i].keyword] += 1  # those that cannot be broken must not be tried for ever
            self._places[found[i].way] += 1
            made = self._at(row, found[i], stream_key(bits, "choice", i))
            if made is not None:
                return made
        return None

    def _at(self, row: Any, place: Place, bits: int) -> Broken | None:
        for path, new in islice(changes(self._rows, place, bits), _CHANGES):
            clean = at(row, path)
            if same(clean, new):
                continue
            try:
                made = replaced(row, path, new)
                failures = self._rows.failures(made)
            except (Unanswerable, LookupError):
                continue
            if len(failures) == 1 and _is_meant(failures[0], place):
                return Broken(made, failures[0], path, clean, at(made, path) if path else made)
        return None


def _is_meant(failure: Failure, place: Place) -> bool:
    said = place.schema[place.keyword]
    if place.keyword == "additionalProperties" and said is not False:  # a member that is not valid in itself
        inside = failure.path[: len(place.path)] == place.path and len(failure.path) > len(place.path)
        return inside and failure.way[: len(place.way)] == place.way
    if failure.path != place.path:
        return False
    if place.keyword == "propertyNames":  # the error is that of a keyword inside
        return failure.way[: len(place.way)] == place.way and failure.keyword != "false"
    if place.keyword in ("contains", "minContains", "maxContains"):
        return failure.keyword == place.keyword and failure.way[:-1] == place.way[:-1]
    return failure.way == place.way
