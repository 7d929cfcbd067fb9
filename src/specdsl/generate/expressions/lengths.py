"""Strings held to the lengths of their type while rows are made."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.diagnostics.evaluation import LengthOutOfBounds
from specdsl.generate.errors import GenerationError
from specdsl.generate.expressions.failures import first, text_at
from specdsl.generate.expressions.formats import plain_strings
from specdsl.vectors import strings
from specdsl.vectors.vector import Vector


def length_checked(vector: Vector, bounds: t.String) -> Vector:
    """``vector``, n strings, as it is. Raises GenerationError for the first that is not null and whose length
    in code points is out of ``bounds``."""
    lengths = pc.utf8_length(strings.plain(plain_strings(vector))).to_numpy(zero_copy_only=False)
    wrong = lengths < bounds.min_length
    if bounds.max_length is not None:
        wrong |= lengths > bounds.max_length
    row = first(np.asarray(wrong, np.bool_), vector.valid)
    if row is None:
        return vector
    value, length = text_at(vector, row), int(lengths[row])
    raise GenerationError(
        lambda span: LengthOutOfBounds(span=span, value=value, length=length, type=str(bounds))
    )
