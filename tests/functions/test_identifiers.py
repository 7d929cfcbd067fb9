"""Identifiers: their layout, their order, and that they never repeat."""

from __future__ import annotations

import uuid
from itertools import pairwise

import numpy as np
import pytest

from specdsl.datatypes import types as t
from specdsl.functions.problems import FunctionProblem
from specdsl.vectors.vector import Vector
from tests.functions.calling import invoke, numbers, values

AT = int(np.datetime64("2024-05-01T12:00:00.123456", "us").astype(int))
ROWS = 20_000


def _at(micros: list[int]) -> Vector:
    return Vector(t.TIMESTAMP, np.array(micros, dtype=np.int64))


def test_uuid7_is_laid_out_as_the_rfc_says():
    data = invoke("uuid7", rows=ROWS, at=AT).data
    made = [uuid.UUID(bytes=bytes(row)) for row in data]
    assert {u.version for u in made} == {7}
    assert {u.variant for u in made} == {uuid.RFC_4122}
    assert {u.int >> 80 for u in made} == {AT // 1000}
    assert len(set(made)) == ROWS
    ones = np.unpackbits(data[:, 6:], axis=1).mean(axis=0)
    fixed = {0, 1, 2, 3, 16, 17}  # version and variant
    assert all(0.47 < share < 0.53 for bit, share in enumerate(ones) if bit not in fixed)


@pytest.mark.parametrize("name", ["ulid", "object_id", "snowflake"])
def test_identifiers_sort_by_time_and_never_repeat(name):
    step = 1_000_000  # an ObjectId counts seconds
    made = values(invoke(name, rows=1000, at=_at([AT + i * step for i in range(1000)])))
    assert made == sorted(made)
    assert len(set(values(invoke(name, rows=ROWS, at=AT)))) == ROWS


def test_ulid_layout():
    alphabet = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"
    for made in values(invoke("ulid", rows=50, at=AT)):
        assert len(made) == 26
        number = 0
        for letter in made:
            number = number * 32 + alphabet.index(letter)
        assert number >> 80 == AT // 1000


def test_object_id_layout():
    made = values(invoke("object_id", rows=3, first_row=(1 << 24) - 1, at=AT))
    assert all(int(x[:8], 16) == AT // 1_000_000 and len(x) == 24 for x in made)
    counters = [int(x[18:], 16) for x in made]
    assert [(b - a) % (1 << 24) for a, b in pairwise(counters)] == [1, 1]
    assert made[0][8:18] != made[1][8:18], "the next round of the counter is another process's"


def test_snowflake_layout_and_limits():
    epoch = int(np.datetime64("2015-01-01", "us").astype(int))
    made = numbers("snowflake", rows=100, at=AT, epoch=epoch)
    assert set((made >> 22).tolist()) == {(AT - epoch) // 1000}
    with pytest.raises(FunctionProblem, match="4,194,304 rows"):
        invoke("snowflake", rows=1, first_row=1 << 22, at=AT)
    with pytest.raises(FunctionProblem, match="cannot hold"):
        invoke("snowflake", rows=1, at=epoch - 1, epoch=epoch)


@pytest.mark.parametrize("name", ["uuid7", "ulid", "object_id"])
def test_times_before_1970_do_not_fit(name):
    with pytest.raises(FunctionProblem, match="1969-12-31"):
        invoke(name, rows=1, at=-1)


def test_nanoid():
    made = values(invoke("nanoid", rows=2000))
    assert {len(x) for x in made} == {21}
    assert len(set("".join(made))) == 64
    short = values(invoke("nanoid", rows=500, size=3, alphabet="ab"))
    assert set(short) == {a + b + c for a in "ab" for b in "ab" for c in "ab"}
    with pytest.raises(FunctionProblem, match="twice"):
        invoke("nanoid", rows=1, alphabet="aa")
