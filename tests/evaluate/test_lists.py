"""Lists written out and drawn, distinct ones too."""

from __future__ import annotations

from collections import Counter
from itertools import permutations

import pytest
from hypothesis import given, settings
from hypothesis import strategies as st

from specdsl.datatypes import types as t
from specdsl.generate.errors import GenerationError
from specdsl.ir import expr as ir
from tests.evaluate.memory import MemoryFrame, MemoryPool, col, const, frame, run, vector
from tests.evaluate.test_draws import between, choice

S = t.STRING


def drawn(element, size, distinct=False):
    size = size if isinstance(size, ir.Expr) else const(t.INT, size)
    return ir.ListDraw(t.List(element.type), True, 9, size, element, distinct)


def test_written_lists():
    at = frame(a=(t.INT, [1, None]), s=(S, ["x", "y"]))
    assert run(ir.ListValue(t.List(t.INT), False, (col(t.INT, "a"), const(t.INT, 7))), at) == [
        [1, 7],
        [None, 7],
    ]
    assert run(ir.ListValue(t.List(S), False, (col(S, "s"), const(S, "z"), const(S, None))), at) == [
        ["x", "z", None],
        ["y", "z", None],
    ]
    assert run(ir.ListValue(t.List(S), False, ()), at) == [[], []]
    nested = ir.ListValue(t.List(t.INT), False, (col(t.INT, "a"),))
    assert run(ir.ListValue(t.List(t.List(t.INT)), False, (nested, nested)), at) == [
        [[1], [1]],
        [[None], [None]],
    ]


def test_sizes_and_independent_elements():
    at = frame(n=(t.INT, [0, 3, None, 2]), label=(S, ["a", "b", "c", "d"]))
    found = run(drawn(between(t.INT, 0, 10**9), col(t.INT, "n")), at)
    assert [None if x is None else len(x) for x in found] == [0, 3, None, 2]
    assert len(set(found[1])) == 3
    element = ir.Format(
        S, False, (ir.FormatPart(col(S, "label"), ""), ir.FormatPart(between(t.INT, 0, 9), ""))
    )
    for label, values in zip("abcd", run(drawn(element, 2), at), strict=True):
        assert all(v[0] == label for v in values)
    assert run(drawn(between(t.INT, 0, 9), None), at) == [None] * 4
    assert run(drawn(between(t.INT, 0, 9), 0), at) == [[]] * 4


def test_lists_of_lists():
    inner = ir.ListDraw(t.List(t.INT), False, 8, between(t.INT, 1, 2, site=7), between(t.INT, 0, 99, site=6))
    found = run(drawn(inner, 3), frame(20))
    assert all(len(x) == 3 and all(1 <= len(y) <= 2 for y in x) for x in found)
    assert len({len(y) for x in found for y in x}) == 2


POOL = MemoryPool(
    {"name": vector(S, ["a", "b", "a", "c"]), "n": vector(t.INT, [1, 2, 3, None])}, [96, 2, 1, 1]
)
DISTINCT = [
    (between(t.INT, 1, 4), [1, 2, 3, 4]),
    (between(t.DATE, 0, 99), None),
    (between(t.FLOAT, 0.0, 1.0), None),
    (choice(("a", 0.25), ("b", 0.25), ("c", 0.25), ("d", 0.25)), ["a", "b", "c", "d"]),
    (choice(("a", 0.97), ("b", 0.01), ("c", 0.01), ("d", 0.01)), ["a", "b", "c", "d"]),
    (choice(("a", 0.2), ("b", 0.3), ("c", 0.2), ("d", 0.2), ("a", 0.1)), ["a", "b", "c", "d"]),
    (ir.PoolDraw(t.INT, True, 0, "p", ("n",)), [1, 2, 3, None]),
]


@pytest.mark.parametrize(("element", "domain"), DISTINCT)
def test_no_element_comes_twice_and_a_full_list_has_them_all(element, domain):
    at = MemoryFrame(60, pools={"p": POOL})
    for found in run(drawn(element, 4, distinct=True), at):
        assert len(found) == 4 == len(set(found))
        if domain is not None:
            assert sorted(map(str, found)) == sorted(map(str, domain))


def test_a_pool_with_equal_values_counts_the_values():
    element = ir.PoolDraw(S, True, 0, "p", ("name",))
    at = MemoryFrame(30, pools={"p": POOL})
    assert all(sorted(x) == ["a", "b", "c"] for x in run(drawn(element, 3, distinct=True), at))
    with pytest.raises(GenerationError, match="needs 4 distinct elements but only 3 values"):
        run(drawn(element, 4, distinct=True), at)


@pytest.mark.parametrize(
    ("element", "domain"),
    [
        (between(t.INT, 1, 3), 3),
        (choice(("a", 0.5), ("b", 0.5)), 2),
        (choice(("a", 0.9), ("b", 0.1), ("c", 0.0)), 2),
    ],
)
def test_a_list_longer_than_the_domain_is_an_error(element, domain):
    with pytest.raises(GenerationError, match=f"needs 4 distinct elements but only {domain} values"):
        run(drawn(element, 4, distinct=True), frame(3))


def test_ends_of_each_row():
    at = frame(low=(t.INT, [0, 10, 20]), n=(t.INT, [1, 3, 2]))
    high = ir.Arithmetic(t.INT, False, ir.ArithmeticOp.ADD, col(t.INT, "low"), const(t.INT, 2))
    element = between(t.INT, col(t.INT, "low"), high)
    found = run(drawn(element, col(t.INT, "n"), distinct=True), at)
    assert sorted(found[1]) == [10, 11, 12]
    assert len(set(found[2])) == 2
    assert set(found[2]) <= {20, 21, 22}
    with pytest.raises(GenerationError, match="needs 4 distinct elements but only 3 values"):
        run(drawn(element, 4, distinct=True), at)


def test_every_order_is_as_likely():
    found = Counter(map(tuple, run(drawn(between(t.INT, 1, 3), 2, distinct=True), frame(6000))))
    assert set(found) == set(permutations([1, 2, 3], 2))
    assert min(found.values()) > 850


def test_weights_hold_for_the_first_element_and_given_it_for_the_second():
    element = choice(("a", 0.6), ("b", 0.3), ("c", 0.1))
    found = run(drawn(element, 2, distinct=True), frame(6000))
    first = Counter(x[0] for x in found)
    assert abs(first["a"] - 3600) < 150
    assert abs(first["b"] - 1800) < 150
    after_a = Counter(x[1] for x in found if x[0] == "a")
    assert abs(after_a["b"] / first["a"] - 0.75) < 0.04


@settings(max_examples=40)
@given(st.lists(st.integers(0, 9), min_size=1, max_size=10), st.integers(9, 10**6))
def test_distinct_for_any_sizes(sizes, high):
    at = frame(n=(t.INT, sizes))
    found = run(drawn(between(t.INT, 1, high), col(t.INT, "n"), distinct=True), at)
    assert [len(x) for x in found] == sizes
    assert all(len(set(x)) == len(x) and all(1 <= v <= high for v in x) for x in found)
