"""Arrays and indexes beyond memory, exact shares, hashes, permutations."""

from __future__ import annotations

import pickle

import numpy as np
import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdsl.datatypes import types as t
from specdsl.generate import sorted_rows
from specdsl.generate.exact_shares import scaled_floor
from specdsl.generate.hashing import hashes
from specdsl.generate.sorted_rows import Keyed, sort_rows
from specdsl.generate.storage import ArrayWriter, bisect
from specdsl.randomness.permutation import Permutation, keyed_positions
from specdsl.vectors import strings
from specdsl.vectors.vector import Vector
from tests.generate.making import planned


@pytest.mark.parametrize("limit", [0, 1 << 20])
def test_long_arrays_read_what_was_written(limit: int) -> None:
    writer = ArrayWriter(np.int64, None, limit)
    for start in range(0, 10_000, 1000):
        writer.append(np.arange(start, start + 1000))
    array = writer.finish()
    assert (array.in_memory is None) == (limit == 0)
    assert len(array) == 10_000
    assert array.gather(np.array([9_999, 0, 5])).tolist() == [9_999, 0, 5]
    assert array.read(7, 9).tolist() == [7, 8]


def test_an_empty_long_array() -> None:
    assert len(ArrayWriter(np.int64, None, 0).finish()) == 0


@given(st.lists(st.integers(-20, 20)), st.lists(st.integers(-25, 25), min_size=1), st.booleans())
def test_bisect_is_searchsorted(values: list[int], targets: list[int], right: bool) -> None:
    ordered = np.sort(np.array(values, dtype=np.int64))
    writer = ArrayWriter(np.int64, None)
    writer.append(ordered)
    n = len(targets)
    low, high = np.zeros(n, dtype=np.int64), np.full(n, len(ordered), dtype=np.int64)
    found = bisect(writer.finish(), low, high, np.array(targets), right=right)
    assert found.tolist() == np.searchsorted(ordered, targets, side="right" if right else "left").tolist()


@pytest.mark.parametrize("in_memory", [True, False])
@pytest.mark.parametrize("distinct", [1, 7, 5_000])
@pytest.mark.parametrize("ordered", [True, False])
def test_sorted_rows(in_memory: bool, distinct: int, ordered: bool, monkeypatch: pytest.MonkeyPatch) -> None:
    random = np.random.default_rng(distinct)
    n = 20_000
    codes = random.integers(0, distinct, n).astype(np.uint64) * np.uint64(0x9E3779B97F4A7C15)
    order = random.integers(0, 50, n)
    keep = random.random(n) < 0.9
    if not in_memory:
        monkeypatch.setattr(sorted_rows, "_IN_MEMORY_ROWS", 1 << 11)
        monkeypatch.setattr(sorted_rows, "_CHUNK", 1 << 10)

    def compute(rows: np.ndarray) -> Keyed:
        return Keyed(codes[rows], order[rows] if ordered else None, keep[rows])

    index = sort_rows(n, compute, None)
    live = np.flatnonzero(keep)
    by = live[np.lexsort((live, order[live] if ordered else live, codes[live]))]
    assert index.rows.read(0, len(index.rows)).tolist() == by.tolist()
    low, high = index.find(np.append(codes[:300], np.uint64(12345)))
    for code, a, b in zip(codes[:300], low, high, strict=False):
        assert (codes[by[a:b]] == code).all()
        assert b - a == np.count_nonzero(codes[live] == code)
    assert low[-1] == high[-1]


@given(
    st.lists(st.integers(0, 1 << 61), min_size=1, max_size=50),
    st.integers(0, (1 << 50) - 1),
    st.integers(1, 1 << 61),
)
def test_scaled_floor_is_exact(values: list[int], numerator: int, denominator: int) -> None:
    numerator = min(numerator, denominator)
    kept = [min(v, denominator) for v in values]
    found = scaled_floor(np.array(kept, dtype=np.int64), numerator, denominator)
    assert found.tolist() == [v * numerator // denominator for v in kept]


def test_equal_values_have_equal_hashes_whatever_their_form() -> None:
    texts = ["", "a", "b", "ab", "ba", "a\0", "日本"]
    plain = Vector(t.STRING, strings.from_python(texts))
    coded = Vector(
        t.STRING, strings.dictionary(np.arange(7, dtype=np.int32)[::-1].copy(), strings.from_python(texts))
    )
    assert len(set(hashes(plain).tolist())) == 7
    assert hashes(coded).tolist() == hashes(plain)[::-1].tolist()
    floats = Vector(t.FLOAT, np.array([0.0, -0.0, 1.5]))
    assert hashes(floats)[0] == hashes(floats)[1] != hashes(floats)[2]


@pytest.mark.parametrize("size", [1, 2, 3, 31, 100, 4095, 4096, 4097, 70_001])
def test_permutations_are_permutations(size: int) -> None:
    p = Permutation(7, size)
    image = p.at(np.arange(size))
    assert np.array_equal(np.sort(image), np.arange(size))
    assert np.array_equal(p.inverse(image), np.arange(size))
    if size > 30:
        assert abs(np.corrcoef(image, np.arange(size))[0, 1]) < 4 / np.sqrt(size)
        assert not np.array_equal(image, Permutation(8, size).at(np.arange(size)))


@given(st.integers(2, 1 << 63), st.lists(st.integers(0, (1 << 63) - 1), min_size=1), st.integers(0, 1 << 63))
def test_huge_permutations_have_inverses(size: int, index: list[int], key: int) -> None:
    rows = np.array([i % size for i in index], dtype=np.int64)
    p = Permutation(key, size)
    image = p.at(rows)
    assert (image >= 0).all()
    assert all(int(i) < size for i in image)
    assert np.array_equal(p.inverse(image), rows)


@pytest.mark.parametrize("size", [1, 2, 5, 32, 33, 64, 65, 300])
def test_keyed_positions_permute_for_each_key_evenly(size: int) -> None:
    keys = np.random.default_rng(size).integers(0, 1 << 63, 400).astype(np.uint64)
    index = np.tile(np.arange(size), 400)
    found = keyed_positions(np.repeat(keys, size), np.full(400 * size, size), index).reshape(400, size)
    assert np.array_equal(np.sort(found, axis=1), np.tile(np.arange(size), (400, 1)))
    expected = 400 / size
    first = np.bincount(found[:, 0], minlength=size)
    assert ((first - expected) ** 2 / expected).sum() < size + 6 * np.sqrt(2 * size) + 4


def test_plans_can_be_sent_to_another_process() -> None:
    plan = planned("""
    enum E { a, b }
    table p 10 { id uuid key, e E, n int in 0..5 = normal(mean: 2, sd: 2), check c: n > 1 }
    table q { p_id -> p each 1..3, other -> p? where .e == p_id.e distinct per p_id }
    """)
    assert pickle.loads(pickle.dumps(plan)) == plan
