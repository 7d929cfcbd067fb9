"""Values to try in a row that is to be spoiled: the nearest to what it has first."""

from __future__ import annotations

from collections.abc import Callable, Iterator
from typing import Any

import numpy as np
import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.generate.dirt.numbers import NUMERIC, factor, moved, step
from specdsl.generate.dirt.texts import MALFORMED, MARKED, MISENCODED, OFF_PATTERN, TYPOS, Slip, slip
from specdsl.generate.evaluate import evaluate
from specdsl.generate.rows import RowSet
from specdsl.ir import expr as e
from specdsl.ir.required import own_columns
from specdsl.ir.spoiled import VARIANTS, spoiled_enum
from specdsl.ir.walk import walk_row
from specdsl.randomness.streams import Stream
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import Int64Array, UInt64Array, Vector

_DONORS = 16
_MEMBERS = 12
_SPREAD = 1000

Candidate = tuple[str, Vector]
"""A column and its value in every row; a row keeps its own where there is no other."""


def stream(rows: RowSet, name: str) -> Stream:
    """The randomness of dirt called ``name``."""
    return Stream(rows.engine.key(rows.table.name, "dirt", name), rows.plain)


def nulls(rows: RowSet, column: str) -> Iterator[Candidate]:
    """No value."""
    yield column, selection.nulls(rows.table.columns[column].type, rows.n)


def others(rows: RowSet, draw: Stream, lane: int) -> RowSet:
    """For each row one of the rows of its batch."""
    engine, table = rows.engine, rows.table.name
    first = engine.start(table)
    return engine.rowset(table, first + draw.below(engine.row_count(table) - first, lane))


# --- numbers ---------------------------------------------------------------------------------------


def beyond(rows: RowSet, column: str, draw: Stream, *, spread: bool) -> Iterator[Candidate]:
    """Just outside of the column's bounds, at either end; with ``spread`` up to a thousand steps outside,
    for columns whose values are all different, farther out in each batch where there is room."""
    far = 1 + draw.below(_SPREAD, 1) if spread else np.ones(rows.n, dtype=np.int64)
    batch = rows.engine.number
    if spread and batch:
        yield from _outside(rows, column, draw, far + _SPREAD * batch)
    yield from _outside(rows, column, draw, far)


def _outside(rows: RowSet, column: str, draw: Stream, far: Int64Array) -> Iterator[Candidate]:
    """``far`` steps outside of the column's bounds, at either end."""
    bounds = rows.table.columns[column].bounds
    assert bounds is not None
    frame = rows.frame("", (rows.table.name, "dirt"))
    ends = [(end, sign) for end, sign in ((bounds.low, -1), (bounds.high, 1)) if end is not None]
    found = []
    for end, sign in ends:
        bound = evaluate(end, frame)
        at = Vector(rows.table.columns[column].type, bound.data, bound.valid)
        found.append(moved(at, sign * far * step(at.type, selection.array(at))))
    if len(found) == 2:
        turn = draw.below(2)
        yield column, _either(turn == 0, found[0], found[1])
        yield column, _either(turn == 0, found[1], found[0])
    else:
        yield column, found[0]


def _either(first: Any, one: Vector, other: Vector) -> Vector:
    n = selection.length(one)
    places = np.where(first, np.arange(n), np.arange(n) + n)
    return selection.take(selection.concat([one, other], one.type), places)


def far_out(
    rows: RowSet, column: str, draw: Stream, low: float, high: float, signs: tuple[int, ...]
) -> Iterator[Candidate]:
    """Three to ten times as far out as the values ``low .. high`` are apart; ``signs``: at which ends."""
    vector = rows.column(column)
    data = selection.array(vector)
    width = max(high - low, 1.0)
    for sign in signs:
        for shrink in (1.0, 0.25):
            times = 3.0 + 7.0 * draw.uniform(2 + sign)
            target = np.where(sign > 0, high, low) + sign * times * width * shrink
            yield column, moved(vector, target - data.astype(np.float64))


# --- texts -----------------------------------------------------------------------------------------


def slips(
    rows: RowSet, column: str, draw: Stream, kinds: tuple[Slip, ...], turns: int = 6
) -> Iterator[Candidate]:
    """The column's texts, one slip in each."""
    vector = rows.column(column)
    texts = _texts(vector)
    bits = draw.bits()
    for turn in range(turns):
        yield column, _text_vector(vector, texts, bits, lambda s, b, n=turn: slip(kinds, s, b, n))  # type: ignore[misc]


def numbers_kept(rows: RowSet, column: str, draw: Stream, kinds: tuple[Slip, ...]) -> Iterator[Candidate]:
    """The column's texts, one slip in each that leaves its digits alone: texts that differ from row to row
    often do so by a number, and with another one they could be those of a later row."""

    def kept(kind: Slip) -> Slip:
        def change(text: str, bits: int) -> str:
            made = kind(text, bits)
            return made if _digits(made) == _digits(text) else text

        return change

    return slips(rows, column, draw, tuple(map(kept, kinds)), 2 * len(kinds))


def _digits(text: str) -> list[str]:
    return [character for character in text if character.isdigit()]


def typos(rows: RowSet, column: str, draw: Stream) -> Iterator[Candidate]:
    """Slips of the keyboard."""
    return slips(rows, column, draw, TYPOS, 8)


def malformed(rows: RowSet, column: str, draw: Stream) -> Iterator[Candidate]:
    """Other layouts and encodings."""
    return slips(rows, column, draw, MALFORMED, len(MALFORMED))


def misencoded(rows: RowSet, column: str, draw: Stream) -> Iterator[Candidate]:
    """Texts that went through the wrong encoding."""
    return slips(rows, column, draw, MISENCODED, len(MISENCODED))


def unheard_of(rows: RowSet, column: str, draw: Stream) -> Iterator[Candidate]:
    """Texts with a mark that keys hardly have, so that no later row has them either."""
    return slips(rows, column, draw, MARKED, 4)


def off_pattern(rows: RowSet, column: str, draw: Stream) -> Iterator[Candidate]:
    """Texts that are nearly those of the column's pattern."""
    return slips(rows, column, draw, OFF_PATTERN, 12)


def wrong_length(rows: RowSet, column: str, draw: Stream) -> Iterator[Candidate]:
    """One character too many, or too few."""
    dtype = rows.table.columns[column].type
    assert isinstance(dtype, t.String)
    vector = rows.column(column)
    texts, bits = _texts(vector), draw.bits()
    low, high = dtype.min_length, dtype.max_length

    def long(text: str, _: int) -> str:
        assert high is not None
        return (text or "x") + (text or "x")[-1] * max(0, high + 1 - len(text or "x"))

    def short(text: str, _: int) -> str:
        return text[: max(0, low - 1)]

    kinds: list[Callable[[str, int], str]] = [
        *([long] if high is not None else []),
        *([short] if low else []),
    ]
    yield column, _text_vector(vector, texts, bits, lambda s, b: kinds[b % len(kinds)](s, b))
    for kind in kinds:
        yield column, _text_vector(vector, texts, bits, kind)


def no_member(rows: RowSet, column: str, draw: Stream) -> Iterator[Candidate]:
    """Texts that are nearly a member of the column's enum."""
    dtype = rows.table.columns[column].type
    assert isinstance(dtype, t.Enum)
    vector = rows.column(column)
    codes = selection.array(vector).astype(np.int64)
    for turn in range(VARIANTS):
        variant = (draw.below(VARIANTS) + turn) % VARIANTS
        data = (len(dtype.members) + codes * VARIANTS + variant).astype(np.int32)
        yield column, Vector(spoiled_enum(dtype), data, vector.valid)


def _texts(vector: Vector) -> list[str | None]:
    data = vector.data
    assert isinstance(data, pa.Array)
    texts: list[str | None] = strings.plain(data).to_pylist()
    if vector.valid is None:
        return texts
    return [text if there else None for text, there in zip(texts, vector.valid, strict=True)]


def _text_vector(
    vector: Vector, texts: list[str | None], bits: UInt64Array, change: Callable[[str, int], str]
) -> Vector:
    made = [
        "" if text is None else change(text, number)
        for text, number in zip(texts, bits.tolist(), strict=True)
    ]
    return Vector(vector.type, strings.from_python(made), vector.valid)


# --- what breaks a condition -------------------------------------------------------------------------


def for_condition(
    rows: RowSet, condition: e.Expr, columns: tuple[str, ...], draw: Stream
) -> Iterator[Candidate]:
    """Values of ``columns``, those first that lie at the edge of what ``condition`` compares. Rows begin with
    another column each."""
    turn = draw.below(len(columns), 9)
    for offset in range(len(columns)):
        for i, column in enumerate(columns):
            mine = (i - turn) % len(columns) == offset
            if mine.any():
                for name, values in _of_column(rows, condition, column, draw):
                    yield name, _either(mine, values, rows.column(column))


def _of_column(rows: RowSet, condition: e.Expr, column: str, draw: Stream) -> Iterator[Candidate]:
    vector = rows.column(column)
    dtype = vector.type
    if isinstance(dtype, NUMERIC):
        for values in _at_the_edge(rows, condition, column, vector):
            yield column, values
    if isinstance(dtype, t.Bool):
        yield column, Vector(dtype, ~selection.array(vector), vector.valid)
        return
    if isinstance(dtype, t.Enum):
        for by in range(1, min(len(dtype.members), _MEMBERS)):
            data = (selection.array(vector) + by) % len(dtype.members)
            yield column, Vector(dtype, data.astype(np.int32))
    for node in walk_row(condition):
        named = isinstance(node, e.ColumnValue) and node.column != column
        if (named or isinstance(node, e.Const)) and type(node.type) is type(dtype):
            found = evaluate(node, rows.frame("", (rows.table.name, "dirt")))
            if found.valid is None or found.valid.any():
                yield column, Vector(dtype, found.data, found.valid)
    if rows.table.columns[column].nullable:
        yield from nulls(rows, column)
    for lane in range(_DONORS):
        yield column, others(rows, draw, 16 + lane).column(column)
    if isinstance(dtype, t.String):
        yield column, Vector(dtype, strings.constant("", rows.n))
        yield from typos(rows, column, draw)


def _at_the_edge(rows: RowSet, condition: e.Expr, column: str, vector: Vector) -> Iterator[Vector]:
    """The column moved so that the sides of a comparison differ by one step, or are equal: right where the
    column goes into a side as it is, or negated."""
    frame = rows.frame("", (rows.table.name, "dirt"))
    for node in walk_row(condition):
        if not isinstance(node, e.Compare) or column not in own_columns(node, rows.table):
            continue
        units = factor(node.left.type, vector.type)
        if units is None:
            continue
        left, right = evaluate(node.left, frame), evaluate(node.right, frame)
        known = selection.both(selection.both(left.valid, right.valid), vector.valid)
        data = selection.array(vector)
        gap = (selection.array(right).astype(np.float64) - selection.array(left).astype(np.float64)) * units
        gap = gap if known is None else np.where(known, gap, 0.0)
        if data.dtype != np.float64:
            gap = np.rint(gap)
        one = np.asarray(step(vector.type, data), dtype=np.float64)
        for direction in (1.0, -1.0):
            for more in (0.0, 1.0, -1.0):
                yield moved(vector, direction * gap + more * one)
