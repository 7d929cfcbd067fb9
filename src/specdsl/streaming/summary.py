"""What a stream came to."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass, field
from typing import Any

import numpy as np

from specdsl.streaming.histogram import Histogram
from specdsl.streaming.itinerary import DUPLICATE, LATE, OUT_OF_ORDER
from specdsl.streaming.loads import Load
from specdsl.vectors.vector import Float64Array

OPS = ("inserts", "updates", "deletes", "tombstones")
"""What change records are, by the numbers that their sources give them."""


@dataclass(frozen=True, slots=True)
class Percentiles:
    """Of durations, in seconds."""

    p50: float
    p90: float
    p99: float
    most: float

    @staticmethod
    def of(histogram: Histogram) -> Percentiles:
        p50, p90, p99 = (histogram.percentile(share) for share in (0.5, 0.9, 0.99))
        return Percentiles(p50, p90, p99, histogram.most)

    def to_json(self) -> dict[str, float]:
        """In milliseconds."""
        named = {"p50_ms": self.p50, "p90_ms": self.p90, "p99_ms": self.p99, "max_ms": self.most}
        return {name: round(value * 1e3, 3) for name, value in named.items()}


@dataclass(slots=True)
class Delivery:
    """What the target knows. ``messages``: requests, or messages of a broker, that were accepted; ``failed``:
    rows that were given up; ``retries``: sends that were repeated; ``latency``: from sending to the answer;
    ``response``: from the moment the rows were due to the answer; ``until``: the second of the last one;
    ``notes``: lines for people."""

    messages: int = 0
    failed: int = 0
    retries: int = 0
    latency: Histogram = field(default_factory=Histogram)
    response: Histogram = field(default_factory=Histogram)
    until: float = 0.0
    notes: list[str] = field(default_factory=list)
    parts: list[str] = field(default_factory=list)

    def accepted(self, begun: Float64Array | float, due: Float64Array, now: Float64Array | float) -> None:
        """Messages due at ``due`` (one or more), sent at ``begun``, were accepted at ``now``."""
        self.messages += len(due)
        self.latency.add(np.broadcast_to(now - begun, due.shape))
        self.response.add(now - due)
        self.until = max(self.until, float(np.max(now)))


@dataclass(frozen=True, slots=True)
class Summary:
    """A stream to ``target`` that has ended.

    ``rows``: sent of each table; ``ended``: why ("end" of the tables, "rows", "duration", "interrupted",
    "terminated", "closed", "failed"); ``seconds``: from the first row to the last; ``rate``: rows a second
    over that time, ``asked`` those that were due (None: no pace); ``lateness``: how long after it was due a
    row was sent; ``late``, ``out_of_order``, ``duplicates``: how many rows were. ``noun``: what a row is
    called. Of change records: ``changes``, how many of each kind were sent; ``batches``, the first and the
    last that were to be; ``recorded``, whether the checkpoint has them now (None: there is none)."""

    target: str
    rows: dict[str, int]
    ended: str
    seconds: float
    rate: float
    asked: float | None
    lateness: Percentiles | None
    late: int
    out_of_order: int
    duplicates: int
    delivery: Delivery
    noun: str = "row"
    changes: Mapping[str, int] = field(default_factory=dict)
    batches: tuple[int, int] | None = None
    recorded: bool | None = None

    @property
    def total(self) -> int:
        return sum(self.rows.values())

    def to_json(self) -> dict[str, Any]:
        """For programs."""
        out: dict[str, Any] = {
            "to": self.target,
            "rows": self.rows,
            "ended": self.ended,
            "seconds": round(self.seconds, 6),
            "rate": round(self.rate, 3),
            "asked": None if self.asked is None else round(self.asked, 3),
            "lateness": None if self.lateness is None else self.lateness.to_json(),
            "late": self.late,
            "out_of_order": self.out_of_order,
            "duplicates": self.duplicates,
        }
        if self.batches is not None:
            out |= {"changes": dict(self.changes), "batches": list(self.batches), "recorded": self.recorded}
        found = self.delivery
        if found.messages or found.failed:
            out |= {"messages": found.messages, "failed": found.failed, "retries": found.retries}
            out["messages_per_second"] = round(found.messages / found.until, 3) if found.until else 0.0
        if found.latency.count:
            out["latency"] = Percentiles.of(found.latency).to_json()
            if self.asked is not None:
                out["response"] = Percentiles.of(found.response).to_json()
        if found.parts:
            out["files"] = found.parts
        return out


class Tally:
    """Counts what is sent."""

    def __init__(self, names: Sequence[str], *, paced: bool, noun: str = "row") -> None:
        self._names = names
        self._rows = np.zeros(len(names), np.int64)
        self._kinds = np.zeros(4, np.int64)
        self._ops = np.zeros(len(OPS), np.int64)
        self._noun = noun
        self._paced = paced
        self._lateness = Histogram()
        self._first: tuple[float, float] | None = None  # due, sent
        self._last = (0.0, 0.0)
        self.sent = 0

    def add(self, load: Load, part: slice, now: float) -> None:
        """Rows ``part`` of ``load`` were handed over at ``now``."""
        self._rows += np.bincount(load.tables[part], minlength=len(self._rows))
        self._kinds += np.bincount(load.kinds[part], minlength=4)
        if load.ops is not None:
            self._ops += np.bincount(load.ops[part], minlength=len(self._ops))
        self.sent += part.stop - part.start
        if self._paced:
            self._lateness.add(now - load.due[part])
        if self._first is None:
            self._first = (float(load.due[part.start]), now)
        self._last = (float(load.due[part.stop - 1]), now)

    def summary(self, target: str, ended: str, delivery: Delivery) -> Summary:
        first = self._first or (0.0, 0.0)
        due, sent = (self._last[i] - first[i] for i in (0, 1))
        gaps = max(0, self.sent - 1)
        return Summary(
            target,
            {name: int(n) for name, n in zip(self._names, self._rows, strict=True)},
            ended,
            sent,
            gaps / sent if sent > 0 else 0.0,
            (gaps / due if due > 0 else 0.0) if self._paced else None,
            Percentiles.of(self._lateness) if self._paced else None,
            int(self._kinds[LATE]),
            int(self._kinds[OUT_OF_ORDER]),
            int(self._kinds[DUPLICATE]),
            delivery,
            self._noun,
            {name: int(n) for name, n in zip(OPS, self._ops, strict=True) if n},
        )
