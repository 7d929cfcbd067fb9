"""The pace: an open loop. When a row is due does not depend on how long those before it took to send, so a
target that is slow cannot slow down what is asked of it; how late rows are is measured from when they were
due (Gil Tene, "How NOT to Measure Latency", calls the opposite coordinated omission)."""

from __future__ import annotations

import threading
import time
from collections.abc import Callable, Iterator

import numpy as np

from specdsl.streaming.loads import Load

TICK = 0.002
"""Seconds between two sends at least: at high rates rows go out in small groups."""

GROUP = 8_192
"""Rows sent at once at most, so that whoever wants the stream to stop does not wait long."""

_SHORTEST = 2e-5  # seconds that are worth a wait

Clock = Callable[[], float]


class Stop:
    """Whether the stream is to end, and who says so. It may be set from a signal's handler."""

    def __init__(self) -> None:
        self._event = threading.Event()
        self.reason = ""

    def set(self, reason: str) -> None:
        """End the stream; the first reason counts."""
        self.reason = self.reason or reason
        self._event.set()

    def is_set(self) -> bool:
        return self._event.is_set()

    def wait(self, seconds: float) -> None:
        """Wait so long, or until somebody says stop."""
        self._event.wait(seconds)


class Pacer:
    """Cuts loads into slices, each sent when all its rows are due. ``now``: seconds since the start."""

    def __init__(self, clock: Clock = time.perf_counter) -> None:
        self._clock = clock
        self._begun: float | None = None
        self._last = -TICK

    def now(self) -> float:
        """Seconds since the first row was ready."""
        if self._begun is None:
            self._begun = self._clock()
        return self._clock() - self._begun

    def steps(self, load: Load) -> Iterator[float | slice]:
        """What to do next: wait for so many seconds (or fewer) and ask again, or send a slice of rows."""
        at = 0
        while at < len(load):
            now = self.now()
            due = int(np.searchsorted(load.due, now, "right"))
            if due > at and now - self._last >= TICK:
                self._last = now
                stop = min(due, at + GROUP)
                yield slice(at, stop)
                at = stop
                while at < due:  # what has piled up goes out without waiting
                    stop = min(due, at + GROUP)
                    yield slice(at, stop)
                    at = stop
            else:
                yield max(float(load.due[at]) - now, self._last + TICK - now, _SHORTEST)
