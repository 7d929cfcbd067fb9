"""Strings that match a pattern, uniformly from the indexable set of all of them."""

from __future__ import annotations

from typing import TYPE_CHECKING

from specdsl.datatypes import types as t
from specdsl.randomness.streams import Stream
from specdsl.vectors.vector import Vector

if TYPE_CHECKING:
    from specdsl.randomness.regexset import RegexSet


def regex_set(pattern: str) -> RegexSet:
    """The set of the strings that ``pattern`` matches."""
    from specdsl.randomness.regexset import compile_regex

    return compile_regex(pattern)


def draw_regex(stream: Stream, pattern: str, dtype: t.DataType) -> Vector:
    """One string for each address."""
    return Vector(dtype, regex_set(pattern).draw(stream))
