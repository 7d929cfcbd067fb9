"""Values along a group of rows: running totals, the previous row, the first and the last."""

from collections import defaultdict
from decimal import Decimal
from typing import Any

import numpy as np
import pytest

from specdsl.generate import in_order, scalar_recursion
from tests.generate.making import failure, generator, made

FORMS = {
    "each": ("", "p_id -> p each 0..9"),
    "scattered": (" 400", "p_id -> p? 10% null"),
    "between": ("", "q_id -> q each 2, p_id -> p each 0..3"),
    "over": (" over day = 2024-01-01 .. 2024-01-07", "p_id -> p each 1"),
}
COLUMNS = """
    n      int = -50..50
    m      decimal(6, 2)? 20% null = 0.00..9.99
    w      float = -1.0..1.0
    total  int? = running(n, per: p_id)
    money  decimal(15, 2)? = running(m, per: p_id)
    weight float? = running(w * 2.0, per: p_id)
    drawn  duration? = running(exponential(mean: 1h), per: p_id)
    before int? = previous(n, per: p_id)
    or0    int = previous(n, 0, per: p_id)
    one    int? = first_in(p_id, n)
    end    int? = last_in(p_id, n)
    x      float = previous(x, 100.0, per: p_id) * 0.5 + w
    fee    int = if previous(rest, 10, per: p_id) < 0 then 1 else 0
    rest   int = previous(rest, 10, per: p_id) + n - fee
"""


def of(form: str) -> str:
    head, references = FORMS[form]
    parents = "table p 60 { id int key }\ntable q 3 { id int key }"
    return f"{parents}\ntable c{head} {{ {references}\n{COLUMNS} }}"


@pytest.mark.parametrize("form", FORMS)
def test_values_follow_the_rows_before(form: str) -> None:
    rows = made(of(form), "c", batch_rows=7)
    groups: dict[Any, list[int]] = defaultdict(list)
    for i, parent in enumerate(rows["p_id"]):
        groups[(i, None) if parent is None else parent].append(i)
    assert len(groups) > 30
    for parent, members in groups.items():
        total, money, weight = 0, Decimal(0), 0.0
        before, x, rest = None, 100.0, 10
        alone = isinstance(parent, tuple)
        for i in members:
            n, w = rows["n"][i], rows["w"][i]
            total, money, weight = total + n, money + (rows["m"][i] or 0), weight + w * 2.0
            fee = int(rest < 0)
            x, rest = x * 0.5 + w, rest + n - fee
            assert rows["or0"][i] == (0 if before is None else before)
            assert (rows["x"][i], rows["fee"][i], rows["rest"][i]) == (x, fee, rest)
            found = [rows[name][i] for name in ("total", "money", "weight", "before", "one", "end")]
            wanted = [total, money, weight, before, rows["n"][members[0]], rows["n"][members[-1]]]
            assert found == ([None] * 6 if alone else wanted)
            before = n
        times = [rows["drawn"][i] for i in members]
        assert alone or (times == sorted(times) and len(set(times)) == len(times))


@pytest.mark.parametrize("form", FORMS)
def test_batches_make_no_difference(form: str) -> None:
    whole = made(of(form), "c", batch_rows=100_000)
    for size in (5, 61):
        assert made(of(form), "c", batch_rows=size) == whole


WHOLE = """
table days over day = 2020-01-01 .. 2024-12-31 {
  visits int = 0..100
  part   float = 0.0..1.0
  so_far int = running(visits)
  share  float = running(part)
  before int = previous(visits, -1)
}
"""


def test_a_table_without_each_is_one_group(monkeypatch: pytest.MonkeyPatch) -> None:
    rows = made(WHOLE, "days")
    assert rows["so_far"] == np.cumsum(rows["visits"]).tolist()
    assert rows["share"] == np.cumsum(rows["part"]).tolist()
    assert rows["before"] == [-1, *rows["visits"][:-1]]
    monkeypatch.setattr(in_order, "_BLOCK", 16)
    assert made(WHOLE, "days", batch_rows=7) == rows


LONG = """
table p 2 { id int key }
table c over day = 2024-01-01 .. 2024-04-29 {
  p_id   -> p each 1
  w      float = -1.0..1.0
  total  float = running(w)
  x      float in -3.0..3.0 = previous(x, 0.0) + normal(mean: 0, sd: 0.5)
}
"""


def test_long_groups_go_on_where_the_batch_before_stopped(monkeypatch: pytest.MonkeyPatch) -> None:
    whole = made(LONG, "c", batch_rows=1_000)
    monkeypatch.setattr(in_order, "_LONG", 8)
    monkeypatch.setattr(in_order.Remembered, "long", 8)
    g = generator(LONG)
    assert made(g, "c", batch_rows=50) == whole
    assert made(g, "c", batch_rows=37) == whole  # what is remembered does not mislead
    monkeypatch.setattr(in_order, "CHUNK", 64)
    assert made(LONG, "c", batch_rows=33) == whole
    assert all(-3.0 <= x <= 3.0 for x in whole["x"])
    assert max(whole["x"]) > 2.0


SCALAR = """
table p 7 { id int key, first float = 0.0..9.0 }
table c over day = 2024-01-01 .. 2024-02-09 {
  p_id  -> p each 0..3
  walk  float = previous(walk, p_id.first) + normal(mean: 0, sd: 0.5)
  ar    float = previous(ar, 3.0) + 0.1 * (2.5 - previous(ar, 3.0)) - (0.0..1.0)
  gain  float = (0.9..1.1) * previous(gain, 1.0)
  big   float = previous(big, 1e300) * 1000.0       # infinite after some days
}
"""


def test_the_quick_way_gives_the_same_values(monkeypatch: pytest.MonkeyPatch) -> None:
    quick = made(SCALAR, "c", batch_rows=11)
    monkeypatch.setattr(in_order.Remembered, "long", 4)
    monkeypatch.setattr(scalar_recursion, "CHUNK", 64)
    assert made(SCALAR, "c", batch_rows=50) == quick
    monkeypatch.setattr(scalar_recursion, "_operands", lambda *_: None)
    assert made(SCALAR, "c", batch_rows=50) == quick


def test_a_sum_past_64_bits() -> None:
    text = f"table t over n = 1..4 {{ big int = running({2**61} + n) }}"
    assert failure(text, "t") == "DG578"


def test_what_wraps_on_the_way_comes_back() -> None:
    text = """
    table p 1 { id int key }
    table t over n = 0..5 { p_id -> p each 1, big int = if n % 2 == 0 then 4_000_000_000_000_000_000 else -4_000_000_000_000_000_000
                            total int = running(big), even int = previous(total, 0) }
    """
    rows = made(text, "t")
    assert rows["total"] == [4_000_000_000_000_000_000, 0] * 3
    assert rows["even"] == [0, *rows["total"][:-1]]
