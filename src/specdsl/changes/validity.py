"""From when to when each version of a row was the row: half-open ranges that neither overlap nor gap."""

from __future__ import annotations

import numpy as np
from numpy.typing import NDArray

from specdsl.records import record
from specdsl.vectors.vector import Int64Array


@record
class Versions:
    """The versions of rows, by row and time. ``events``: which of the events began each; ``until``: when it
    ended, of those that ``ended``; ``numbers``: from 1 in each row."""

    events: Int64Array
    until: Int64Array
    ended: NDArray[np.bool_]
    numbers: Int64Array


def versions(rows: Int64Array, moments: Int64Array, deletes: NDArray[np.bool_]) -> Versions:
    """The versions that events make: of ``rows``, all events of a row side by side, at ``moments`` that do
    not decrease within a row. An event begins a version unless it is one of the ``deletes``, and ends the one
    before. What lasted no time at all, because the next event came at the same moment, is left out."""
    count = len(rows)
    followed = np.zeros(count, np.bool_)
    followed[:-1] = rows[1:] == rows[:-1]
    until = np.zeros(count, np.int64)
    until[:-1] = moments[1:]
    kept = ~deletes & ~(followed & (until == moments))
    events = np.flatnonzero(kept)
    if len(events) == 0:
        return Versions(events, events, np.zeros(0, np.bool_), events)
    own = rows[events]
    first = np.append(True, own[1:] != own[:-1])
    places = np.arange(len(events))
    numbers = places - np.maximum.accumulate(np.where(first, places, 0)) + 1
    return Versions(events, until[events], followed[events], numbers)
