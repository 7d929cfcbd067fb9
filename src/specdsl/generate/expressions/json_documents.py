"""Arrays, objects and maps as JSON documents."""

from __future__ import annotations

from collections.abc import Sequence
from dataclasses import dataclass
from typing import cast

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.generate.expressions.distinct import distinct_elements
from specdsl.generate.expressions.formats import plain_strings
from specdsl.generate.expressions.json_text import json_texts, member_texts
from specdsl.generate.expressions.lists import sizes_of
from specdsl.generate.expressions.operands import Evaluate, broadcast
from specdsl.generate.frame import Frame
from specdsl.ir import expr as ir
from specdsl.vectors import selection, strings
from specdsl.vectors.json_strings import element, enclosed, leading_comma, quoted
from specdsl.vectors.vector import BoolArray, Int64Array, Lists, Vector


def to_json(value: Vector) -> Vector:
    """Values as JSON documents; null becomes the document ``null``."""
    return Vector(t.JSON, json_texts(value))


def json_array(expr: ir.JsonArray, frame: Frame, evaluate: Evaluate) -> Vector:
    """Items side by side; a list that is spread gives its elements."""
    pieces = []
    for item, spread in zip(expr.items, expr.spread, strict=True):
        value = broadcast(evaluate(item, frame), frame.n)
        if spread:
            lists = cast("Lists", value.data)
            pieces.append(leading_comma(lists.offsets, json_texts(lists.items)))
        else:
            pieces.append(element(json_texts(value)))
    return Vector(expr.type, enclosed("[", pieces, "]", frame.n))


def json_map(expr: ir.JsonMap, frame: Frame, evaluate: Evaluate) -> Vector:
    """An object whose keys are drawn."""
    drawn = _Members.draw(expr, frame, evaluate)
    return Vector(expr.type, enclosed("{", [drawn.texts()], "}", frame.n))


def json_object(expr: ir.JsonObject, frame: Frame, evaluate: Evaluate) -> Vector:
    """Members in their order. Of a map that is spread, what has the name of another member is left out."""
    declared: list[str] = []
    pieces: list[strings.Strings | _Members] = []
    for part in expr.members:
        if isinstance(part.value, ir.JsonMap) and part.name is None:
            pieces.append(_Members.draw(part.value, frame, evaluate))
            continue
        value = broadcast(evaluate(part.value, frame), frame.n)
        for name, texts in _named(part, value):
            declared.append(name)
            pieces.append(texts)
    earlier: list[_Members] = []
    made = []
    for piece in pieces:
        if isinstance(piece, _Members):
            kept = piece.without(declared, earlier)
            earlier.append(kept)
            made.append(kept.texts())
        else:
            made.append(piece)
    return Vector(expr.type, enclosed("{", made, "}", frame.n))


def _named(part: ir.JsonMember, value: Vector) -> list[tuple[str, strings.Strings]]:
    """A member, or those of a struct that is spread."""
    if part.name is not None:
        return [(part.name, member_texts(part.name, value, absent=part.absent))]
    fields = cast("t.Struct", value.type).fields
    items = cast("tuple[Vector, ...]", value.data)
    return [
        (f.name, member_texts(f.name, item, absent=f.absent)) for f, item in zip(fields, items, strict=True)
    ]


@dataclass(frozen=True, slots=True)
class _Members:
    """Members drawn for ``n`` rows: ``rows`` has the row of each, in order, int64."""

    n: int
    rows: Int64Array
    keys: strings.Strings
    values: strings.Strings

    @classmethod
    def draw(cls, expr: ir.JsonMap, frame: Frame, evaluate: Evaluate) -> _Members:
        counts = sizes_of(broadcast(evaluate(expr.size, frame.sizing()), frame.n))
        elements = frame.elements(counts, expr.site)
        rows = np.repeat(np.arange(frame.n, dtype=np.int64), counts)
        if elements.n == 0:
            nothing = strings.from_python([])
            return cls(frame.n, rows, nothing, nothing)
        keys = distinct_elements(expr.key, elements.ordinary(), counts, evaluate, expr.site)
        values = json_texts(broadcast(evaluate(expr.value, elements), elements.n))
        return cls(frame.n, rows, strings.plain(plain_strings(keys)), values)

    def texts(self) -> strings.Strings:
        """The members of each row, a comma before every one."""
        offsets = selection.offsets_of(np.bincount(self.rows, minlength=self.n))
        return leading_comma(offsets, pc.binary_join_element_wise(quoted(self.keys), self.values, ":"))

    def without(self, names: Sequence[str], others: Sequence[_Members]) -> _Members:
        """These members less those that have one of ``names``, or a key that their row has in ``others``."""
        taken = self._has(names)
        for other in others:
            taken |= self._shares(other)
        if not taken.any():
            return self
        kept = np.flatnonzero(~taken)
        return _Members(
            self.n, self.rows[kept], strings.take(self.keys, kept), strings.take(self.values, kept)
        )

    def _has(self, names: Sequence[str]) -> BoolArray:
        if not names or len(self.rows) == 0:
            return np.zeros(len(self.rows), dtype=np.bool_)
        return strings.bool_numpy(pc.is_in(self.keys, value_set=pa.array(list(names)))).copy()

    def _shares(self, other: _Members) -> BoolArray:
        codes = strings.distinct_codes(strings.concat([self.keys, other.keys])).astype(np.int64)
        many = int(codes.max(initial=0)) + 1
        mine = self.rows * many + codes[: len(self.rows)]
        theirs = other.rows * many + codes[len(self.rows) :]
        return np.isin(mine, theirs)
