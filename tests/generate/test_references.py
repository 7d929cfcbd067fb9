"""References: draws, skews, conditions, forests, one to one, distinct, joint."""

from collections import defaultdict
from itertools import pairwise

import pytest

import specdsl
from tests.generate.making import counts, failure, made, planned


def test_uniform_and_skewed() -> None:
    text = """
    table p 50 { id int key }
    table c 5_000 { u -> p, z -> p zipf(1.2) }
    """
    t = made(text, "c")
    uniform, skewed = counts(t["u"]), counts(t["z"])
    assert set(uniform) == set(range(1, 51))
    assert max(uniform.values()) < 170
    assert max(skewed.values()) > 900
    assert max(skewed, key=skewed.__getitem__) != 1  # ranks are spread over the rows


def test_null_rates_by_condition() -> None:
    text = """
    table p 10 { id int key }
    table c 4_000 { age int = 1..50, p_id -> p? null 80% when age < 25 else 5% }
    """
    t = made(text, "c")
    young = [p for p, a in zip(t["p_id"], t["age"], strict=True) if a < 25]
    old = [p for p, a in zip(t["p_id"], t["age"], strict=True) if a >= 25]
    assert 0.75 < sum(p is None for p in young) / len(young) < 0.85
    assert 0.02 < sum(p is None for p in old) / len(old) < 0.08


def test_forest_points_to_smaller_rows() -> None:
    t = made("table e 500 { id int key, boss -> e 10% null }", "e")
    assert t["boss"][0] is None
    assert all(b is None or b < i for i, b in zip(t["id"], t["boss"], strict=True))
    assert 30 < sum(b is None for b in t["boss"]) < 80


def test_one_to_one() -> None:
    t = made("table p 40 { id int key }\ntable c 40 { p_id -> p unique }", "c")
    assert sorted(t["p_id"]) == list(range(1, 41))
    assert t["p_id"] != sorted(t["p_id"])


def test_equality_order_and_filter_in_where() -> None:
    text = """
    table tenant 5 { id uuid key }
    table user 400 { id int key, tenant_id -> tenant, active bool = true 60% | false
                     since date = 2020-01-01..2023-12-31 }
    table doc 2_000 {
      tenant_id -> tenant
      day date = 2024-01-01..2024-12-31
      early date = 2022-01-01..2023-12-31
      owner_id -> user where .tenant_id == tenant_id and .active
      reader_id -> user? where .tenant_id == tenant_id and .since <= early and .since > 2021-01-01
      other_id -> user where .id != owner_id
    }
    """
    users = made(text, "user")
    by_id = {row[0]: row for row in zip(*users.values(), strict=True)}
    docs = made(text, "doc")
    for tenant, early, owner, reader, other in zip(
        *(docs[c] for c in ("tenant_id", "early", "owner_id", "reader_id", "other_id")), strict=True
    ):
        assert by_id[owner][1] == tenant
        assert by_id[owner][2]
        assert other != owner
        if reader is not None:
            assert by_id[reader][1] == tenant
            assert by_id[reader][3] <= early
            assert by_id[reader][3].year >= 2021
    assert sum(r is None for r in docs["reader_id"]) < 100
    assert len(set(docs["owner_id"])) > 150


def test_tenants_with_each_need_no_index() -> None:
    text = """
    table tenant 5 { id uuid key }
    table user { tenant_id -> tenant each 3..9, id int key }
    table doc 500 { tenant_id -> tenant, owner_id -> user where .tenant_id == tenant_id }
    """
    tenant_of = dict(zip(*(made(text, "user")[c] for c in ("id", "tenant_id")), strict=True))
    docs = made(text, "doc")
    assert all(tenant_of[o] == t for o, t in zip(docs["owner_id"], docs["tenant_id"], strict=True))
    assert set(docs["owner_id"]) == set(tenant_of)


def test_skew_inside_a_condition() -> None:
    text = """
    table tenant 3 { id int key }
    table user 300 { id int key, tenant_id -> tenant }
    table doc 3_000 { tenant_id -> tenant, owner_id -> user zipf(1.3) where .tenant_id == tenant_id }
    """
    tenant_of = dict(zip(*(made(text, "user")[c] for c in ("id", "tenant_id")), strict=True))
    docs = made(text, "doc")
    per: dict[int, dict[int, int]] = defaultdict(lambda: defaultdict(int))
    for owner, tenant in zip(docs["owner_id"], docs["tenant_id"], strict=True):
        assert tenant_of[owner] == tenant
        per[tenant][owner] += 1
    for owners in per.values():
        assert max(owners.values()) > 150


def test_acyclic_edges() -> None:
    t = made(
        """
        table n 12 { id int key }
        table e 300 { from_id -> n, to_id -> n where .row > from_id.row }
        """,
        "e",
    )
    assert all(a < b for a, b in zip(t["from_id"], t["to_id"], strict=True))
    assert set(t["from_id"]) == set(range(1, 12))


def test_residual_condition_by_enumeration() -> None:
    text = """
    table p 400 { id int key, a int = 0..19, b int = 0..19 }
    table c 200 { x int = 0..30, p_id -> p? where .a + .b == x }
    """
    p = {i: (a, b) for i, a, b in zip(*made(text, "p").values(), strict=True)}
    sums = {a + b for a, b in p.values()}
    t = made(text, "c")
    for x, found in zip(t["x"], t["p_id"], strict=True):
        assert (found is None) == (x not in sums)
        assert found is None or sum(p[found]) == x


def test_no_eligible_parent_is_counted() -> None:
    text = """
    table p 40 { id int key, n int = 0..9 }
    table c 30 { x int = 5..15, p_id -> p where .n == x }
    """
    assert failure(text, "c") == "DG571"


def test_no_parents_at_all() -> None:
    text = "table q 3 { id int key }\ntable p { q_id -> q each poisson(0.0001) max 1, id int key }\ntable c 5 { p_id -> p% }"
    assert failure(text.replace("%", ""), "c") == "DG570"
    assert made(text.replace("%", "?"), "c")["p_id"] == [None] * 5


@pytest.mark.parametrize("skew", ["", "zipf(1.1)"])
@pytest.mark.parametrize("per", ["each 1..8", ""])
def test_distinct_per_parent(skew: str, per: str) -> None:
    text = f"""
    table product 9 {{ id int key }}
    table o 120 {{ id int key }}
    table item {"" if per else 400} {{ order_id -> o {per}, product_id -> product {skew} distinct per order_id }}
    """
    if not per:
        text = text.replace("product 9", "product 15")
    t = made(text, "item", batch_rows=37)
    pairs = list(zip(t["order_id"], t["product_id"], strict=True))
    assert len(pairs) == len(set(pairs))
    assert len(set(t["product_id"])) >= 9


def test_distinct_fills_a_group_completely() -> None:
    text = """
    table product 6 { id int key }
    table o 40 { id int key }
    table item { order_id -> o each 6, product_id -> product zipf(2) distinct per order_id }
    """
    t = made(text, "item")
    for i in range(0, 240, 6):
        assert sorted(t["product_id"][i : i + 6]) == [1, 2, 3, 4, 5, 6]


def test_distinct_within_a_condition() -> None:
    text = """
    table shop 4 { id int key }
    table product 200 { id int key, shop_id -> shop }
    table o 100 { id int key, shop_id -> shop }
    table item { order_id -> o each 1..8, product_id -> product where .shop_id == order_id.shop_id distinct per order_id }
    """
    shop_of = dict(zip(*(made(text, "product")[c] for c in ("id", "shop_id")), strict=True))
    order_shop = dict(zip(*(made(text, "o")[c] for c in ("id", "shop_id")), strict=True))
    t = made(text, "item")
    pairs = list(zip(t["order_id"], t["product_id"], strict=True))
    assert len(set(pairs)) == len(pairs)
    assert all(shop_of[p] == order_shop[o] for o, p in pairs)


def test_a_group_larger_than_the_parents_is_refused() -> None:
    text = """
    table b { a_id -> a each 3, id int key }
    table a 1 { id int key }
    table o 20 { id int key }
    table item { order_id -> o each 2..6, b_id -> b distinct per order_id }
    """
    assert failure(text, "item") == "DG572"


def test_joint_key_of_two_references() -> None:
    text = """
    table s 30 { id int key }
    table c 20 { id int key }
    table e 600 { s_id -> s, c_id -> c, key (s_id, c_id) }
    """
    t = made(text, "e")
    assert len(set(zip(t["s_id"], t["c_id"], strict=True))) == 600
    assert t["s_id"] != sorted(t["s_id"])


def test_joint_key_of_ordered_pairs() -> None:
    text = "table n 25 { id int key }\ntable f 300 { a -> n, b -> n where .row > a.row, key (a, b) }"
    t = made(text, "f")
    pairs = set(zip(t["a"], t["b"], strict=True))
    assert len(pairs) == 300 == 25 * 24 // 2
    assert all(a < b for a, b in pairs)


def test_composite_reference_takes_one_row() -> None:
    text = """
    table client 30 { id int, kind string = "a" | "b", n int = 0..99, key (id, kind) }
    table pay 100 { (client_id, client_kind) -> client, n int = client_id.n }
    """
    text = text.replace("id int,", "id int unique = sequence(start: 1),")
    clients = set(zip(*made(text, "client").values(), strict=True))
    assert set(zip(*made(text, "pay").values(), strict=True)) <= clients


def test_paths_and_reference_as_key() -> None:
    text = """
    table region 3 { id int key, name string = f"r{row}" }
    table city 9 { id int key, region_id -> region }
    table u 50 { id int key, city_id -> city }
    table profile { user_id -> u each key, region string = user_id.city_id.region_id.name }
    """
    city_of = made(text, "u")["city_id"]
    region_of = made(text, "city")["region_id"]
    t = made(text, "profile")
    assert t["user_id"] == list(range(1, 51))
    assert t["region"] == [f"r{region_of[c - 1] - 1}" for c in city_of]


def test_self_reference_ordered_by_a_level() -> None:
    text = "table e 200 { id int key, level int = 1..4, boss -> e? where .level < level }"
    t = made(text, "e")
    level = dict(zip(t["id"], t["level"], strict=True))
    for own, boss in zip(t["level"], t["boss"], strict=True):
        assert (boss is None) == (own == 1)
        assert boss is None or level[boss] < own


def test_order_of_tables() -> None:
    plan = planned("table c 3 { b_id -> b }\ntable b 2 { id int key, a_id -> a }\ntable a 2 { id int key }")
    assert plan.order == ("a", "b", "c")
    assert all(plan.order.index(x) < plan.order.index(y) for x, y in pairwise(("a", "b", "c")))


def test_a_reference_that_may_be_null_to_nobody() -> None:
    found = specdsl.load("table a 0 { id int key }\ntable b 3 { id int key, a_id -> a? }")
    assert found["b"].to_arrow()["a_id"].to_pylist() == [None, None, None]
