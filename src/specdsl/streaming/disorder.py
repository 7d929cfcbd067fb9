"""Declared disorder: rows that come late, in the wrong order, or twice; the same ones for the same seed."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, fields
from typing import Any

import numpy as np
from numpy.typing import NDArray

from specdsl.randomness.streams import Stream, stream_key
from specdsl.streaming.itinerary import DUPLICATE, LATE, OUT_OF_ORDER, Stretch
from specdsl.streaming.quantities import Share
from specdsl.vectors.vector import BoolArray, Float64Array, Int64Array

_UNKNOWN = -2


@dataclass(frozen=True, slots=True)
class Disorder:
    """``late``: held back by up to so long; ``out_of_order``: overtaken by up to so many rows;
    ``duplicates``: sent once more, up to so many rows later."""

    late: Share | None = None
    out_of_order: Share | None = None
    duplicates: Share | None = None

    def __bool__(self) -> bool:
        return any((self.late, self.out_of_order, self.duplicates))

    def apply(self, stretches: Iterator[Stretch], seed: int) -> Iterator[Stretch]:
        """``stretches`` with the disorder. What is held back are numbers of rows, not rows."""
        held = _Held.none()
        at = 0
        now = 0.0
        for stretch in stretches:
            places = np.arange(at, at + len(stretch), dtype=np.int64)
            draws = _Draws(seed, places)
            late = draws.chosen("late", self.late)
            moved = draws.chosen("out of order", self.out_of_order) & ~late
            twice = draws.chosen("duplicates", self.duplicates)
            held = _Held.all(
                held,
                _Held.of(stretch, late, places, draws.delays(self.late), None, LATE),
                _Held.of(
                    stretch, moved, places, None, draws.steps("out of order", self.out_of_order), OUT_OF_ORDER
                ),
                _Held.of(
                    stretch, twice, places, None, draws.steps("duplicates", self.duplicates) - 1, DUPLICATE
                ),
            )
            freed, held = held.by(places, stretch.seconds)
            yield _woven(stretch, ~(late | moved), places, freed)
            at += len(stretch)
            now = float(stretch.seconds[-1]) if len(stretch) else now
        rest = held.rest(now)
        if len(rest):
            yield rest


class _Draws:
    """What chance says of rows by their places in the stream."""

    def __init__(self, seed: int, places: Int64Array) -> None:
        self._seed = seed
        self._addresses = places.astype(np.uint64)

    def chosen(self, name: str, share: Share | None) -> BoolArray:
        if share is None:
            return np.zeros(len(self._addresses), np.bool_)
        return self._uniform(name, "share") < share.probability

    def delays(self, share: Share | None) -> Float64Array:
        """In seconds."""
        longest = 0.0 if share is None else share.seconds or 0.0
        return self._uniform("late", "delay") * longest

    def steps(self, name: str, share: Share | None) -> Int64Array:
        """In rows, from 1."""
        most = 1 if share is None else share.rows or 1
        return np.floor(self._uniform(name, "step") * most).astype(np.int64) + 1

    def _uniform(self, name: str, what: str) -> Float64Array:
        return Stream(stream_key(self._seed, "stream", name, what), self._addresses).uniform()


@dataclass(frozen=True, slots=True)
class _Held:
    """Rows to be sent later: directly behind the row at place ``after``, or at the moment ``due`` in seconds
    (NaN: none), whose place is not known yet. ``places`` are their own, and break ties."""

    tables: NDArray[np.int16]
    rows: Int64Array
    kinds: NDArray[np.uint8]
    places: Int64Array
    after: Int64Array
    due: Float64Array

    def __len__(self) -> int:
        return len(self.rows)

    @staticmethod
    def none() -> _Held:
        whole = np.empty(0, np.int64)
        return _Held(np.empty(0, np.int16), whole, np.empty(0, np.uint8), whole, whole, np.empty(0))

    @staticmethod
    def of(
        stretch: Stretch,
        chosen: BoolArray,
        places: Int64Array,
        delays: Float64Array | None,
        steps: Int64Array | None,
        kind: int,
    ) -> _Held:
        at = np.flatnonzero(chosen)
        after = np.full(len(at), _UNKNOWN, np.int64) if steps is None else places[at] + steps[at]
        due = np.full(len(at), np.nan) if delays is None else stretch.seconds[at] + delays[at]
        kinds = np.full(len(at), kind, np.uint8)
        return _Held(stretch.tables[at], stretch.rows[at], kinds, places[at], after, due)

    @staticmethod
    def all(*every: _Held) -> _Held:
        return _Held(*(np.concatenate([getattr(h, f.name) for h in every]) for f in fields(_Held)))

    def by(self, places: Int64Array, seconds: Float64Array) -> tuple[_Held, _Held]:
        """Those that follow one of the rows at ``places``, which happen at ``seconds``, in order and with
        their ``after`` known; and the others."""
        if not len(places):
            return _Held.none(), self
        after = self.after.copy()
        timed = (after == _UNKNOWN) & (self.due < seconds[-1])
        after[timed] = places[0] - 1 + np.searchsorted(seconds, self.due[timed], "right")
        known = _Held(self.tables, self.rows, self.kinds, self.places, after, self.due)
        ready = (after != _UNKNOWN) & (after <= places[-1])
        freed = known.only(ready)
        order = np.lexsort((freed.places, np.nan_to_num(freed.due), freed.after))
        return freed.only(order), known.only(~ready)

    def rest(self, now: float) -> Stretch:
        """All of them, when no other row is left: at once, or at their moments."""
        due = np.maximum(np.nan_to_num(self.due, nan=now), now)
        order = np.lexsort((self.places, self.after, due))
        last = self.only(order)
        return Stretch(last.tables, last.rows, due[order], last.kinds)

    def only(self, which: NDArray[Any]) -> _Held:
        return _Held(*(getattr(self, f.name)[which] for f in fields(_Held)))


def _woven(stretch: Stretch, stays: BoolArray, places: Int64Array, freed: _Held) -> Stretch:
    """The rows of ``stretch`` that stay where they are, and the freed ones behind theirs."""
    kept = np.flatnonzero(stays)
    order = np.argsort(np.concatenate([places[kept], freed.after]), kind="stable")
    happened = stretch.seconds[np.clip(freed.after - places[0], 0, None)] if len(places) else freed.due
    moments = np.where(np.isnan(freed.due), happened, freed.due)
    seconds = np.concatenate([stretch.seconds[kept], moments])[order]
    return Stretch(
        np.concatenate([stretch.tables[kept], freed.tables])[order],
        np.concatenate([stretch.rows[kept], freed.rows])[order],
        np.maximum.accumulate(seconds) if len(seconds) else seconds,
        np.concatenate([stretch.kinds[kept], freed.kinds])[order],
    )
