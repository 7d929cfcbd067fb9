"""Rules of references, aggregates and parts of amounts."""

from decimal import Decimal

import pytest

from tests.verify.holding import broken, hold, result

SHOP = """
table users 3 {
  id    int key = sequence(start: 1)
  vip   bool
  boss_id -> users 50% null
  spent decimal(10, 2) = sum(orders.total, via: user_id)
  n     int = count(orders where .total > 5, via: user_id)
}
table orders {
  id      int key = sequence(start: 1)
  user_id -> users each 1..2
  no      int = 1 + index_in(user_id)
  total   decimal(10, 2) = 1.00..100.00
  other_id -> users where .vip
  check not_own: other_id != user_id or user_id.vip
}
table likes 3 {
  user_id  -> users
  order_id -> orders distinct per user_id
  once_id  -> orders unique
}
"""


def D(x):
    return Decimal(x).quantize(Decimal("0.01"))


def good():
    users = [
        {"id": 1, "vip": True, "boss_id": None, "spent": D(30), "n": 2},
        {"id": 2, "vip": False, "boss_id": 1, "spent": D(5), "n": 0},
        {"id": 3, "vip": False, "boss_id": 2, "spent": D(7), "n": 1},
    ]
    orders = [
        {"id": 1, "user_id": 1, "no": 1, "total": D(10), "other_id": 1},
        {"id": 2, "user_id": 1, "no": 2, "total": D(20), "other_id": 1},
        {"id": 3, "user_id": 2, "no": 1, "total": D(5), "other_id": 1},
        {"id": 4, "user_id": 3, "no": 1, "total": D(7), "other_id": 1},
    ]
    likes = [
        {"user_id": 1, "order_id": 1, "once_id": 1},
        {"user_id": 1, "order_id": 2, "once_id": 2},
        {"user_id": 2, "order_id": 1, "once_id": 3},
    ]
    return {"users": users, "orders": orders, "likes": likes}


def test_good_rows_break_nothing(tmp_path):
    report = hold(tmp_path, SHOP, good())
    assert broken(report) == {}
    assert [r.rule.name for r in report.unchecked] == []


@pytest.mark.parametrize(
    ("table", "row", "changes", "expected"),
    [
        ("users", 0, {"spent": D(31)}, {"users.spent as computed": 1}),
        ("users", 0, {"n": 1}, {"users.n as computed": 1}),
        ("users", 0, {"boss_id": 3}, {"users.boss_id has no cycles": 3}),
        ("users", 1, {"boss_id": 9}, {"users.boss_id -> users": 1}),
        ("likes", 0, {"user_id": 9}, {"likes.user_id -> users": 1}),
        ("likes", 1, {"order_id": 1}, {"likes.order_id distinct per user_id": 1}),
        ("likes", 1, {"once_id": 1}, {"likes.once_id one to one": 1}),
        ("orders", 1, {"no": 3}, {"orders.no as computed": 1}),
        ("orders", 2, {"other_id": 2}, {"orders.other_id where .vip": 1, "orders check not_own": 1}),
        (
            "orders",
            3,
            {"user_id": 1, "no": 3},
            {
                "orders.no as computed": 1,  # the rows of a parent lie together
                "orders.user_id each 1..2": 2,
                "users.spent as computed": 2,
                "users.n as computed": 2,
            },
        ),
    ],
)
def test_the_broken_row_is_found(tmp_path, table, row, changes, expected):
    data = good()
    data[table][row] |= changes
    assert broken(hold(tmp_path, SHOP, data)) == expected


def test_offenders_show_what_the_rule_names(tmp_path):
    data = good()
    data["orders"][2]["other_id"] = 2
    report = hold(tmp_path, SHOP, data)
    (offender,) = result(report, "orders check not_own").offenders
    assert offender == {"row": 2, "id": 3, "other_id": 2, "user_id": 2, "user_id.vip": False}


def test_a_cycle_shows_its_rows_and_not_what_leads_to_it(tmp_path):
    text = "table t 4 {\n id int key = sequence(start: 1)\n up_id -> t 50% null\n}"
    rows = [{"id": 1, "up_id": 2}, {"id": 2, "up_id": 1}, {"id": 3, "up_id": 2}, {"id": 4, "up_id": None}]
    report = hold(tmp_path, text, {"t": rows})
    found = result(report, "t.up_id has no cycles")
    assert [o["id"] for o in found.offenders] == [1, 2]


def test_rows_out_of_order_without_a_cycle_are_fine(tmp_path):
    text = "table t 4 {\n id int key = row\n up_id -> t 50% null\n}"
    rows = [{"id": 0, "up_id": 3}, {"id": 1, "up_id": 0}, {"id": 2, "up_id": None}, {"id": 3, "up_id": 2}]
    assert "t.up_id has no cycles" not in broken(hold(tmp_path, text, {"t": rows}))


def test_split_amounts(tmp_path):
    text = """
table bills 2 { id int key = sequence(start: 1), amount decimal(10, 2) = 1.00..9.99 }
table parts { bill_id -> bills each 1..3, part decimal(10, 2) = split(bill_id.amount) }
"""
    data = {
        "bills": [{"id": 1, "amount": D("1.00")}, {"id": 2, "amount": D("2.00")}],
        "parts": [
            {"bill_id": 1, "part": D("0.33")},
            {"bill_id": 1, "part": D("0.67")},
            {"bill_id": 2, "part": D(2)},
        ],
    }
    assert broken(hold(tmp_path, text, data)) == {}
    data["parts"][1]["part"] = D("0.66")
    report = hold(tmp_path, text, data)
    assert broken(report) == {"parts.part totals its amount per bill_id": 2}
    (offender,) = result(report, "parts.part totals its amount per bill_id").offenders
    assert offender == {"bill_id": 1, "amount": "1.00", "total of the parts": "0.99"}


def test_composite_references(tmp_path):
    text = """
table clients 2 { id int unique = sequence(start: 1), kind string = "a" | "b", key (id, kind) }
table payments 3 { (client_id, client_kind) -> clients 50% null }
"""
    clients = [{"id": 1, "kind": "a"}, {"id": 2, "kind": "b"}]
    payments = [
        {"client_id": 1, "client_kind": "a"},
        {"client_id": None, "client_kind": None},
        {"client_id": 2, "client_kind": "b"},
    ]
    assert broken(hold(tmp_path, text, {"clients": clients, "payments": payments})) == {}
    payments[0]["client_kind"] = "b"
    payments[1]["client_kind"] = "b"
    assert broken(hold(tmp_path, text, {"clients": clients, "payments": payments})) == {
        "payments.(client_id, client_kind) -> clients": 1,
        "payments.(client_id, client_kind) null together": 1,
    }


def test_cross_products_count_both_dimensions(tmp_path):
    text = """
table a 2 { id int key = sequence(start: 1) }
table b 2 { id int key = sequence(start: 1) }
table ab { a_id -> a each, b_id -> b each, key (a_id, b_id) }
"""
    ids = [{"id": 1}, {"id": 2}]
    pairs = [{"a_id": x, "b_id": y} for x in (1, 2) for y in (1, 2)]
    assert broken(hold(tmp_path, text, {"a": ids, "b": ids, "ab": pairs})) == {}
    assert broken(hold(tmp_path, text, {"a": ids, "b": ids, "ab": pairs[:3]})) == {
        "ab.a_id each 1..1": 1,
        "ab.b_id each 1..1": 1,
    }
