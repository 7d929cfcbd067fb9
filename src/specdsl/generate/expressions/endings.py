"""Histories that would end before they begin."""

from __future__ import annotations

import numpy as np

from specdsl.datatypes import types as t
from specdsl.diagnostics.evaluation import HistoryEndsFirst
from specdsl.generate.errors import GenerationError
from specdsl.generate.expressions.failures import text_at
from specdsl.generate.expressions.plain import plain_text
from specdsl.generate.frame import Frame
from specdsl.ir import expr as ir
from specdsl.vectors import selection
from specdsl.vectors.vector import Vector


def ends_later(expr: ir.EndsLater, frame: Frame, end: Vector, begin: Vector) -> Vector:
    """``end``; a GenerationError that names the first row in which it does not come after ``begin``."""
    early = selection.array(end) - selection.array(begin) < expr.unit
    valid = selection.both(end.valid, begin.valid)
    if valid is not None:
        early &= valid
    if early.any():
        row = int(np.argmax(early))
        which = ", ".join(f"{name} {text_at(frame.column(name), row)}" for name in frame.table.key)
        times = tuple(plain_text(t.TIMESTAMP, int(selection.array(x)[row])) for x in (begin, end))
        which = (
            f"the row of `{frame.table.name}` with {which}"
            if which
            else f"row {int(frame.rows[row])} of {frame.table.name}"
        )
        raise GenerationError(
            lambda span: HistoryEndsFirst(
                span=span, history=expr.history, row=which, begins=times[0], ends=times[1]
            ),
            table=frame.table.name,
            column=f"{expr.prefix}until",
        )
    return end
