"""Rows with another value in one column, and which requirements they break then."""

from __future__ import annotations

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc

from specdsl.datatypes import types as t
from specdsl.generate.conditions import is_false, is_true
from specdsl.generate.rows import RowSet
from specdsl.ir.expr import RegexDraw
from specdsl.ir.required import Required, RequiredKind
from specdsl.randomness.regexset import compile_regex
from specdsl.vectors import strings
from specdsl.vectors.vector import BoolArray, Vector


def broken(required: Required, rows: RowSet) -> BoolArray:
    """Which rows break a requirement."""
    out = np.zeros(rows.n, dtype=np.bool_)
    frame = rows.frame("", (rows.table.name, "dirt"))
    match required.kind:
        case RequiredKind.LENGTH:
            return _too_short_or_long(rows.column(required.subject))
        case RequiredKind.PATTERN:
            value = rows.plan.table.columns[required.subject].value
            assert isinstance(value, RegexDraw)
            return off_pattern(rows.column(required.subject), value.pattern)
        case RequiredKind.WHERE:
            _, valid = rows.parents(required.subject)
            positions = np.flatnonzero(np.ones(rows.n, dtype=np.bool_) if valid is None else valid)
            if len(positions):
                some = frame.take(positions)
                parent, _ = some.follow(required.subject)
                for condition in required.conditions:
                    out[positions] |= ~is_true(condition, some.with_candidate(parent))
            return out
        case _:
            for condition in required.conditions:
                out |= is_false(condition, frame)
            return out


def _too_short_or_long(vector: Vector) -> BoolArray:
    dtype = vector.type
    assert isinstance(dtype, t.String)
    lengths = np.asarray(pc.utf8_length(_texts(vector)))
    out: BoolArray = lengths < dtype.min_length
    if dtype.max_length is not None:
        out |= lengths > dtype.max_length
    return out if vector.valid is None else out & vector.valid


def off_pattern(vector: Vector, pattern: str) -> BoolArray:
    """Which texts are not among those of a pattern. Patterns that RE2 cannot say are not matched by any."""
    expression = compile_regex(pattern).sql_pattern()
    if expression is None:
        return np.ones(len(_texts(vector)), dtype=np.bool_)
    matched = pc.match_substring_regex(_texts(vector), f"\\A(?:{expression})\\z")
    out = ~strings.bool_numpy(matched)
    return out if vector.valid is None else out & vector.valid


def _texts(vector: Vector) -> pa.StringArray:
    data = vector.data
    assert isinstance(data, pa.Array)
    return strings.plain(data)
