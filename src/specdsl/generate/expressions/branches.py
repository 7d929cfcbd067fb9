"""If and match: the rows of each branch are found first, and a branch is evaluated in those rows only."""

from __future__ import annotations

from collections.abc import Sequence
from typing import Any

import numpy as np
from numpy.typing import NDArray

from specdsl.datatypes import types as t
from specdsl.generate.expressions.comparison import compare
from specdsl.generate.expressions.logic import truth
from specdsl.generate.expressions.operands import Evaluate, Operand, Scalar, broadcast, is_null
from specdsl.generate.frame import Frame
from specdsl.ir import expr as ir
from specdsl.vectors import selection, strings
from specdsl.vectors.vector import BoolArray, Vector

NO_BRANCH = -1

_TABLE_DTYPES = (t.Bool, t.Int, t.Float, t.Decimal, t.Date, t.Time, t.Timestamp, t.Duration, t.Enum)
_TEXT = (t.String, t.Json)


def conditional(expr: ir.If, frame: Frame, evaluate: Evaluate) -> Operand:
    """``if``: a null condition is not true."""
    holds = truth(evaluate(expr.condition, frame), frame.n)
    if isinstance(holds, bool):
        return evaluate(expr.then if holds else expr.otherwise, frame)
    # Branch 0 is `then`.
    branches = np.where(holds, np.int32(0), np.int32(1))
    return merge_branches(branches, (expr.then, expr.otherwise), expr.type, frame, evaluate)


def match(expr: ir.Match, frame: Frame, evaluate: Evaluate) -> Operand:
    """``match``: the first arm that matches wins; without one and without ``else`` the value is null."""
    subjects = [evaluate(subject, frame) for subject in expr.subjects]
    branches = _arm_numbers(subjects, expr.arms, frame.n)
    values = [arm.value for arm in expr.arms]
    if expr.otherwise is not None:
        branches[branches == NO_BRANCH] = len(values)
        values.append(expr.otherwise)
    return merge_branches(branches, values, expr.type, frame, evaluate)


def _arm_numbers(subjects: Sequence[Operand], arms: Sequence[ir.MatchArm], n: int) -> NDArray[np.int32]:
    """The first matching arm of each row, int32 (n,)."""
    if len(subjects) == 1 and isinstance(subjects[0], Vector):
        found = _by_look_up(subjects[0], arms)
        if found is not None:
            return found
    branches = np.full(n, NO_BRANCH, dtype=np.int32)
    for number, arm in reversed(list(enumerate(arms))):
        for values in arm.values:
            hit: BoolArray | None = None
            for subject, value in zip(subjects, values, strict=True):
                if value is None:
                    continue
                same = compare(ir.CompareOp.EQUAL, subject, Scalar(subject.type, value), n)
                one = selection.array(same) if same.valid is None else selection.array(same) & same.valid
                hit = one if hit is None else hit & one
            if hit is None:
                branches[:] = number
            else:
                branches[hit] = number
    return branches


def _by_look_up(subject: Vector, arms: Sequence[ir.MatchArm]) -> NDArray[np.int32] | None:
    """The arms of one subject with few possible values (an enum, codes of a dictionary) by a table."""
    first: dict[Any, int] = {}
    for number, arm in enumerate(arms):
        for (value,) in arm.values:
            if value is None:
                return None
            first.setdefault(value, number)
    match subject.type:
        case t.Enum(_, members):
            table = [first.get(i, NO_BRANCH) for i in range(len(members))]
            codes = selection.array(subject)
        case t.String() | t.Json():
            if not strings.is_dictionary(subject.data) and len(first) < 4:
                return None  # comparing is quicker than making codes
            codes, values = strings.encode(subject.data)
            table = [first.get(value, NO_BRANCH) for value in values.to_pylist()]
        case _:
            return None
    branches = np.take(np.array(table or [NO_BRANCH], dtype=np.int32), codes)
    if subject.valid is not None:
        branches[~subject.valid] = NO_BRANCH
    return branches


def merge_branches(
    branches: NDArray[Any], values: Sequence[ir.Expr], dtype: t.DataType, frame: Frame, evaluate: Evaluate
) -> Operand:
    """The value of branch ``branches[i]`` in row i (NO_BRANCH: null). Constants come from a table; other
    branches are evaluated in the rows that take them and nowhere else."""
    constants = [_constant(value) for value in values]
    if all(c is not None for c in constants):
        return from_table(branches, [c for c in constants if c is not None], dtype)
    counts = np.bincount(branches + 1, minlength=len(values) + 1)
    for number, value in enumerate(values):
        if counts[number + 1] == frame.n:
            # Not a Scalar: kernels may treat one value for all rows in another way than values by row,
            # and which it is must not depend on the rows at hand.
            return broadcast(evaluate(value, frame), frame.n)
    parts = []
    for number, value in enumerate(values):
        if counts[number + 1] == 0:
            continue
        positions = np.flatnonzero(branches == number)
        known = constants[number]
        if known is not None:
            part = broadcast(Scalar(dtype, known.value), len(positions))
        else:
            sub = frame.take(positions)
            part = broadcast(evaluate(value, sub), sub.n)
        parts.append((positions, part))
    return selection.merge(frame.n, parts, dtype)


def _constant(value: ir.Expr) -> Scalar | None:
    return Scalar(value.type, value.value) if isinstance(value, ir.Const) else None


def from_table(codes: NDArray[Any], entries: Sequence[Scalar], dtype: t.DataType) -> Operand:
    """Row i has the value of ``entries[codes[i]]``; a negative code is null."""
    present = np.array([not is_null(e) for e in entries] + [False], dtype=np.bool_)
    valid = None
    if not present[:-1].all() or bool((codes < 0).any()):
        valid = np.take(present, codes)  # -1 takes the last entry
        codes = np.where(valid, codes, 0)
    if isinstance(dtype, _TEXT):
        known: dict[str, int] = {}
        table = np.array([known.setdefault(str(e.value or ""), len(known)) for e in entries], dtype=np.int32)
        if len(known) < len(entries):
            codes = np.take(table, codes)
        return Vector(dtype, strings.dictionary(codes, strings.from_python(list(known))), valid)
    if isinstance(dtype, _TABLE_DTYPES):
        data = np.array([0 if e.value is None else e.value for e in entries], selection.numpy_dtype(dtype))
        return Vector(dtype, np.take(data, codes), valid)
    rows = selection.concat([broadcast(Scalar(dtype, e.value), 1) for e in entries], dtype)
    taken = selection.take(selection.with_valid(rows, None), np.asarray(codes, dtype=np.int64))
    return selection.with_valid(taken, valid)
