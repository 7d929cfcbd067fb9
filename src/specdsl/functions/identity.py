"""Identities: numbers and identifiers that are never the same twice in a table."""

from __future__ import annotations

from typing import Final

import numpy as np

from specdsl.datatypes import types as t
from specdsl.functions import accepts
from specdsl.functions.arguments import full, given, ints, stream_of
from specdsl.functions.entry import Constants, Example, Form, Function, Invocation, Parameter
from specdsl.functions.problems import FunctionProblem
from specdsl.ir.expr import Physical
from specdsl.randomness.streams import stream_key
from specdsl.vectors.vector import Int64Array, Vector

_LARGEST = (1 << 63) - 1


def _sequence(call: Invocation) -> Vector:
    return _numbers_at(call, call.rows)


def _numbers_at(call: Invocation, index: Int64Array) -> Vector:
    start, step = ints(call, "start"), ints(call, "step")
    if index.size and isinstance(start, int) and isinstance(step, int):
        ends = (start + step * int(index.min()), start + step * int(index.max()))
        if max(ends) > _LARGEST or min(ends) < -_LARGEST - 1:
            raise FunctionProblem(
                f"`sequence` from {start:,} in steps of {step:,} leaves the 64-bit integers"
            )
    out = index * step
    out += start
    return Vector(t.INT, out)


def _sequence_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    step = args.get("step")
    if not isinstance(step, int):
        return None, None
    return (args.get("start"), None) if step > 0 else (None, args.get("start"))


def _uuid4(call: Invocation) -> Vector:
    stream = stream_of(call)
    out = np.empty((call.n, 2), dtype="<u8")
    out[:, 0] = stream.bits(0)
    out[:, 1] = stream.bits(1)
    data = out.view(np.uint8)
    data[:, 6] &= 0x0F  # the version, 4
    data[:, 6] |= 0x40
    data[:, 8] &= 0x3F  # the variant, binary 10
    data[:, 8] |= 0x80
    return Vector(t.UUID, data)


def _permutation_size(call: Invocation) -> int:
    of = call.args["of"] if given(call, "of") else call.row_count - call.first_row
    assert isinstance(of, int)
    if not given(call, "of"):
        return max(of, 1)
    if of < call.row_count:
        raise FunctionProblem(f"`permutation` has {of:,} numbers for {call.row_count:,} rows")
    return max(of, 1)


def _permutation(call: Invocation) -> Vector:
    from specdsl.randomness.permutation import Permutation

    # Without room to grow, each batch permutes the numbers that follow those of the batches before.
    first = 0 if given(call, "of") else call.first_row
    names = ("permutation", first) if first else ("permutation",)
    order = Permutation(stream_key(stream_of(call).key, *names), _permutation_size(call))
    return full(call, order.at(call.rows - first) + first + ints(call, "start"))


def _permutation_at(call: Invocation, index: Int64Array) -> Vector:
    return Vector(t.INT, index + ints(call, "start"))


def _permutation_domain(args: Constants) -> int | None:
    of = args.get("of")
    return of if isinstance(of, int) else None


def _permutation_bounds(args: Constants) -> tuple[Physical | None, Physical | None]:
    start, of = args.get("start"), args.get("of")
    if not isinstance(start, int):
        return None, None
    return start, start + of - 1 if isinstance(of, int) else None


FUNCTIONS: Final = (
    Function(
        name="sequence",
        family="identity",
        summary="Whole numbers in order: `start`, `start + step`, ...",
        doc="Row `i` (from 0) gets `start + i * step`, so a table that grows keeps its numbers. "
        "`id int key` without a value is `sequence(start: 1)`.",
        result=t.INT,
        kernel=_sequence,
        parameters=(
            Parameter("start", accepts.INTEGER, "The first row's number.", default=1, constant=True),
            Parameter(
                "step", accepts.INTEGER, "The distance from row to row; not 0.", default=1, constant=True
            ),
        ),
        examples=(
            Example("sequence()", "int", "1, 2, 3, ..."),
            Example("sequence(start: 1000)", "int", "1000, 1001, 1002, ..."),
            Example("sequence(start: 0, step: -5)", "int", "0, -5, -10, ..."),
        ),
        injective=True,
        at=_numbers_at,
        bounds=_sequence_bounds,
    ),
    Function(
        name="uuid4",
        family="identity",
        summary="A random UUID (RFC 9562, version 4).",
        doc="122 random bits from the column's own stream: the same spec and seed give the same identifiers. "
        "`id uuid key` without a value is `uuid4()`.",
        result=t.UUID,
        kernel=_uuid4,
        examples=(Example("uuid4()", "uuid"),),
        draws=True,
        domain=lambda _: 1 << 122,
        injective=True,
    ),
    Function(
        name="permutation",
        family="identity",
        summary="Whole numbers from `start`, each once, in random order.",
        doc="With `of` the numbers are drawn from that many without repeats; rows keep theirs when the "
        "table grows "
        "(up to `of` rows). Without it there are as many as the table has rows, and another number of "
        "rows gives another order.",
        result=t.INT,
        kernel=_permutation,
        parameters=(
            Parameter("start", accepts.INTEGER, "The smallest number.", default=1, constant=True),
            Parameter(
                "of",
                accepts.INTEGER,
                "How many numbers there are to draw from; null for the table's number of rows.",
                default=None,
                constant=True,
                minimum=1,
            ),
        ),
        examples=(
            Example("permutation()", "int", "in a table of 4 rows: 3, 1, 4, 2"),
            Example("permutation(start: 100_000, of: 900_000)", "int", "different six-digit numbers"),
        ),
        draws=True,
        injective=True,
        domain=_permutation_domain,
        at=_permutation_at,
        bounds=_permutation_bounds,
    ),
    Function(
        name="row",
        family="identity",
        summary="The number of this row, from 0. A name, not a call.",
        doc="`ref.row` is the parent's row number, and `.row` in a `where` the candidate's. A column "
        "named `row` "
        "hides it.",
        result=t.INT,
        kernel=None,
        examples=(Example('f"user{row}@example.com"', "string"), Example("row % 7", "int")),
        form=Form.SPECIAL,
        injective=True,
        bounds=lambda _: (0, None),
    ),
)
