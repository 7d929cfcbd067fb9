"""Checks over roll-ups after a batch that changes rows: in the rows that it leaves otherwise."""

from __future__ import annotations

from collections.abc import Iterator

import numpy as np

from specdsl.changes.following import Follow
from specdsl.check.following import Requirement, roll_ups_in
from specdsl.generate.conditions import is_false
from specdsl.generate.errors import GenerationError
from specdsl.vectors.vector import Int64Array

_ROWS = 1 << 16


def held_again(follow: Follow) -> Iterator[tuple[Requirement, int, Int64Array]]:
    """Each check, or bound, over roll-ups, how many rows of earlier batches it was held against, and those
    that break it, ascending: rows that the batch changes, and those of which it changes, makes or deletes
    what the roll-ups are over. Raises GenerationError."""
    for required in follow.engine.following.held:
        rows = follow.reached(required.table, roll_ups_in(required.expr))
        changed = follow.updated.get(required.table)
        if changed is not None:
            rows = np.union1d(rows, changed.rows)
        if not len(rows):
            continue
        broken = [np.empty(0, dtype=np.int64)]
        for start in range(0, len(rows), _ROWS):
            some = rows[start : start + _ROWS]
            frame = follow.after.rowset(required.table, some).frame("", (required.table, "conditions"))
            try:
                broken.append(some[is_false(required.expr, frame)])
            except GenerationError as error:
                raise error.at(required.table, None) from None
        yield required, len(rows), np.concatenate(broken)
