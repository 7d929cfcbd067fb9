"""Row counts: literal, each, over, from, and both together."""

import pytest

from tests.generate.making import counts, failure, generator, made, planned


def test_literal_count_and_sequence() -> None:
    t = made("table t 7 { id int key = sequence(start: 5, step: 2) }", "t")
    assert t["id"] == [5, 7, 9, 11, 13, 15, 17]


def test_each_gives_children_within_bounds_in_parent_order() -> None:
    g = generator("table p 300 { id int key }\ntable c { p_id -> p each poisson(3) max 5 }")
    children = made(g, "c")["p_id"]
    assert children == sorted(children)
    assert 0 < max(counts(children).values()) <= 5
    assert g.row_count("c") == len(children)
    assert 2.4 < len(children) / 300 < 3.2


def test_each_may_depend_on_the_parent() -> None:
    text = """
    table p 200 { id int key, vip bool = true 30% | false }
    table c { p_id -> p each if .vip then 5..10 else 1..2 }
    """
    vip = dict(zip(*made(text, "p").values(), strict=True))
    for parent, number in counts(made(text, "c")["p_id"]).items():
        assert (5 <= number <= 10) if vip[parent] else (1 <= number <= 2)


@pytest.mark.parametrize("total", [200, 205, 500, 1333, 1600])
def test_literal_count_is_spread_within_the_bounds(total: int) -> None:
    g = generator(f"table p 200 {{ id int key }}\ntable c {total} {{ p_id -> p each 1..8 }}")
    found = counts(made(g, "c")["p_id"])
    assert sum(found.values()) == total == g.row_count("c")
    assert len(found) == 200
    assert max(found.values()) <= 8


@pytest.mark.parametrize("total", [200, 201, 950, 20_000])
def test_literal_count_with_an_open_bound(total: int) -> None:
    found = counts(
        made(f"table p 200 {{ id int key }}\ntable c {total} {{ p_id -> p each 1.. }}", "c")["p_id"]
    )
    assert sum(found.values()) == total
    assert len(found) == 200
    if total > 900:
        assert len(set(found.values())) > 3  # parents differ


def test_counts_that_cannot_total_are_refused() -> None:
    text = """
    table p { q_id -> q each 2..3, id int key }
    table q 50 { id int key }
    table c 1_000 { p_id -> p each 1..2 }
    """
    assert failure(text, "c") == "DG574"


def test_cross_product_of_two_each() -> None:
    text = """
    table a 3 { id int key }
    table b 4 { id int key }
    table c { a_id -> a each 2, b_id -> b each, n int = index_in(a_id), m int = index_in(b_id) }
    """
    t = made(text, "c", batch_rows=5)
    assert list(zip(t["a_id"], t["b_id"], strict=True)) == [
        (a, b) for a in (1, 2, 3) for _ in range(2) for b in (1, 2, 3, 4)
    ]
    assert t["n"] == list(range(8)) * 3
    for b in (1, 2, 3, 4):
        assert [m for m, own in zip(t["m"], t["b_id"], strict=True) if own == b] == list(range(6))


def test_over_and_each() -> None:
    text = """
    table room 2 { id int key }
    table slot over day = 2024-01-01..2024-01-07 by 2d { room_id -> room each }
    """
    t = made(text, "slot")
    assert t["room_id"] == [1] * 4 + [2] * 4
    assert [d.day for d in t["day"]] == [1, 3, 5, 7] * 2


def test_scattered_rows_find_their_parents_like_contiguous_ones() -> None:
    import numpy as np

    text = "table p 5_000 { id int key }\ntable c { p_id -> p each 0..9, n int = index_in(p_id) }"
    g = generator(text)
    whole = made(g, "c")
    rows = np.random.default_rng(1).integers(0, g.row_count("c"), 700)
    some = generator(text).take("c", rows).to_pydict()
    assert some["p_id"] == [whole["p_id"][i] for i in rows]
    assert some["n"] == [whole["n"][i] for i in rows]


def test_growing_the_parents_keeps_the_children_that_were() -> None:
    text = "table p {rows} {{ id int key }}\ntable c {{ p_id -> p each 0..9, x int = 0..1000 }}"
    few, many = (made(text.format(rows=n), "c") for n in (100, 150))
    n = len(few["x"])
    assert {k: v[:n] for k, v in many.items()} == few


def test_explain_names_passes_and_bounds() -> None:
    lines = "\n".join(
        planned("""
        table p 10 { id int key, n int = count(c) }
        table c 30 { p_id -> p, age int in 18..90 = normal(mean: 40, sd: 20) }
        """).explain()
    )
    assert "needs the rows of c by p_id" in lines
    assert "age is drawn within its bounds" in lines
