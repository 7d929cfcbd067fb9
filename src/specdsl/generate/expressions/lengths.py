"""Strings held to the lengths of their type, or brought to them, while rows are made."""

from __future__ import annotations

import numpy as np
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.diagnostics.evaluation import LengthOutOfBounds
from specdsl.generate.errors import GenerationError
from specdsl.generate.expressions.failures import first, text_at
from specdsl.generate.expressions.formats import plain_strings
from specdsl.randomness.edges import HIGH, LOW, EdgeStream
from specdsl.randomness.streams import Stream
from specdsl.vectors import selection, strings
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


def free_text(vector: Vector, stream: Stream, bounds: t.String) -> Vector:
    """``vector``, n texts of words within ``bounds``; in edge rows of the least length at the low end, of the
    greatest at the high end."""
    if not isinstance(stream, EdgeStream):
        return vector
    short = np.flatnonzero(stream.places == LOW)
    long = np.flatnonzero(stream.places == HIGH) if bounds.max_length is not None else short[:0]
    rest = np.ones(len(stream.places), dtype=np.bool_)
    rest[short] = rest[long] = False
    kept = np.flatnonzero(rest)
    parts = [
        (short, _of_length(selection.take(vector, short), bounds.min_length)),
        (long, _of_length(selection.take(vector, long), bounds.max_length or 0)),
        (kept, selection.take(vector, kept)),
    ]
    return selection.merge(len(rest), parts, vector.type)


def _of_length(vector: Vector, length: int) -> Vector:
    """The texts, again and again, cut to ``length`` code points; none ends in a space."""
    text = strings.plain(plain_strings(vector))
    phrase = pc.binary_join_element_wise(text, "", " ")
    times = pc.add(pc.divide(length, pc.utf8_length(phrase)), 1)
    cut = pc.utf8_slice_codeunits(pc.binary_repeat(phrase, times), 0, length)
    return Vector(vector.type, pc.replace_substring_regex(cut, r"\s$", "s"), vector.valid)
