"""A spec that changes between batches: what keeps the rows that are there, and what does not."""

from __future__ import annotations

from pathlib import Path

import pytest

import specdsl
from specdsl.checkpoints.differences import differences
from specdsl.errors import DataError
from tests.checkpoints.making import SHOP, Batches

GROWING = """
dataset d { seed 1, now 2025-01-01T00:00:00Z }
pool Colours = load("colours.csv")
table a 10 grows 5 per batch {
  id   int    key    = row
  code string unique = /[A-Z]{4}/
  x    int           = 1..9
  hue  string        = pick(Colours)
}
table b 10 grows 5 per batch { id int key = row, a_id -> a, y int = a_id.x }
"""


@pytest.mark.parametrize(
    ("old", "new", "what", "why"),
    [
        ("seed 1", "seed 2", "seed 1, not 2", ""),
        ("/[A-Z]{4}/", "/[A-Z]{5}/", "`a.code` is made in another way", "could repeat"),
        (
            "int    key    = row",
            "int    key    = sequence(start: 3)",
            "`a.id` is made in another way",
            "repeat",
        ),
        (
            "id   int    key    = row",
            "id   uuid   key",
            "`a.id` is uuid, and was int",
            "one type",
        ),
        ("x    int   ", "x    int unique", "`x` of `a` must be unique now", "were not made so"),
        ("dataset d", "dataset e", "is of dataset `d`, not `e`", ""),
    ],
)
def test_refused(tmp_path: Path, old: str, new: str, what: str, why: str) -> None:
    (tmp_path / "colours.csv").write_text("name\nred\nblue\n")
    spec = tmp_path / "d.dgen"
    spec.write_text(GROWING)
    checkpoint = specdsl.Checkpoint(tmp_path / "state.duckdb")
    specdsl.load(spec).build(tmp_path / "1", checkpoint=checkpoint)
    spec.write_text(GROWING.replace(old, new).replace("= 1..9\n", "= 1..900\n"))
    with pytest.raises(DataError) as failure:
        specdsl.load(spec).build(tmp_path / "2", checkpoint=checkpoint)
    assert what in failure.value.message
    assert why in failure.value.message
    assert failure.value.help
    assert not (tmp_path / "2").exists()
    assert len(checkpoint.batches()) == 1


def test_rows_keep_the_spec_of_their_batch(tmp_path: Path) -> None:
    (tmp_path / "colours.csv").write_text("name\nred\nblue\n")
    path = tmp_path / "d.dgen"
    path.write_text(GROWING)
    batches = Batches(tmp_path, str(path))
    batches.add()
    new = GROWING.replace("x    int           = 1..9", "x    int = 100..109\n  z int = x * 2")
    new = new.replace("y int = a_id.x", "y int = a_id.x, z int = a_id.z")
    path.write_text(new.replace("table b", "table c 4 { id int key, a_id -> a }\ntable b"))
    batches.add()
    batches.add()
    x = dict(zip(batches.column("a", "id"), batches.column("a", "x"), strict=True))
    assert all(v <= 9 for k, v in x.items() if k < 10)
    assert all(v >= 100 for k, v in x.items() if k >= 10)
    for row in batches.table("b", 2, 3).to_pylist():
        assert row["y"] == x[row["a_id"]]
        assert row["z"] == 2 * x[row["a_id"]]
    assert {k < 10 for k in batches.column("b", "a_id", 2, 3)} == {True, False}
    assert len(batches.column("c", "id", 2)) == 4
    assert not (batches.made[2] / "c.parquet").exists()


TYPED = """
dataset d { seed 4 }
enum Status { new 60%, paid 40% }
table orders 80 grows 20 per batch {
  id     int key
  status Status
  before Status? 30% null
  amount decimal(8, 2) = 1..100
  (a, b) = ("x", 1) 50% | ("y", 2)
  code   string(max: 9) = /[a-z]{4}/
  count  int = 1..9
  day    date = 2025-01-01..2025-02-01
}
table payments 60 grows 60 per batch {
  id       int key
  order_id -> orders
  status   Status  = order_id.status
  text     string  = f"{order_id.status}"
  before   Status? = order_id.before
  amount   decimal(8, 2) = order_id.amount
  a        string  = order_id.a
  b        int     = order_id.b
  code     string  = order_id.code
  count    int     = order_id.count
  day      date    = order_id.day
}
table reminders 30 grows 60 per batch { id int key, order_id -> orders where .status == "paid" }
"""


def test_values_of_old_rows_are_read_as_the_new_type(tmp_path: Path) -> None:
    """Members of an enum are kept by name, not by place; numbers become one another."""
    path = tmp_path / "d.dgen"
    path.write_text(TYPED)
    batches = Batches(tmp_path, str(path))
    batches.add()
    new = TYPED
    for old, other in (
        ("new 60%, paid 40%", "void 10%, paid 30%, new 60%"),
        ("decimal(8, 2)", "float"),
        ('("x", 1) 50% | ("y", 2)', '("x", 1.5) 50% | ("zz", 2.5)'),
        ("b        int  ", "b        float"),
        ("string(max: 9) = /[a-z]{4}/", "string(max: 20) = /[a-z]{7}/"),
        ("count  int = 1..9", "count  string = /n[0-9]/"),
        ("count    int ", "count    string "),
        ("day    date = 2025-01-01..2025-02-01", "day    timestamp = 2025-01-01..2025-02-01"),
        ("day      date ", "day      timestamp "),
    ):
        assert old in new
        new = new.replace(old, other)
    path.write_text(new)
    batches.add()
    written = {row["id"]: row for row in batches.table("orders", 1).to_pylist()}
    old_ones = [row for row in batches.table("payments", 2).to_pylist() if row["order_id"] in written]
    assert len(old_ones) > 20
    for row in old_ones:
        then = written[row["order_id"]]
        assert (row["status"], row["text"], row["before"]) == (then["status"], then["status"], then["before"])
        assert (row["a"], row["b"], row["code"]) == (then["a"], then["b"], then["code"])
        assert (row["amount"], row["count"]) == (float(then["amount"]), str(then["count"]))
        assert row["day"].date() == then["day"]
    paid = [written[i]["status"] for i in batches.column("reminders", "order_id", 2) if i in written]
    assert set(paid) == {"paid"}


def test_what_an_enum_has_become_is_told(tmp_path: Path) -> None:
    path = tmp_path / "d.dgen"
    path.write_text(TYPED)
    batches = Batches(tmp_path, str(path))
    batches.add()
    path.write_text(TYPED.replace("new 60%, paid 40%", "paid"))
    with pytest.raises(DataError) as failure:
        batches.add()
    assert "the enum of `orders.status` has no member `new` any more" in failure.value.message
    for members, told in (
        ("paid, void, new", "has a new member, `void`"),
        ("paid, new", "has another order"),
    ):
        old, new = (
            specdsl.load(TYPED.replace("new 60%, paid 40%", text)).dataset
            for text in ("new 60%, paid 40%", members)
        )
        found = differences(old, new)
        assert found[0].what == f"the enum of `orders.status` {told}"
        assert not any(d.refused for d in found)


def test_a_data_file_that_changes_under_a_changed_spec(tmp_path: Path) -> None:
    (tmp_path / "colours.csv").write_text("name\nred\nblue\n")
    path = tmp_path / "d.dgen"
    path.write_text(GROWING)
    batches = Batches(tmp_path, str(path))
    batches.add()
    (tmp_path / "colours.csv").write_text("name\ngreen\n")
    with pytest.raises(DataError, match=r"colours\.csv` has changed since batch 1"):
        specdsl.load(path).build(tmp_path / "2", checkpoint=batches.checkpoint)


@pytest.mark.parametrize(
    ("spec", "more", "message"),
    [
        (
            "table a 5 { id int key = row }\ntable b 5 { id int key = row }\n"
            "table p { a_id -> a each 1, b_id -> b each 1, key (a_id, b_id) }",
            {"b": 2},
            "`p` has rows for pairs of `a` and `b`; more of `b` come between the rows that it already has",
        ),
        (
            "table a 20 { id int key = row }\ntable p 9 { x_id -> a, y_id -> a, key (x_id, y_id) }",
            {"a": 2, "p": 2},
            "is part of combinations that are dealt out, and would be dealt anew",
        ),
        (
            "table a 5 { id int key = row, t int = 100 }\ntable p 9 { a_id -> a, part int = split(a_id.t) }",
            {"p": 2},
            "`p.part` is a share of `a`, and new rows would ask for a share of old ones",
        ),
        (
            "table a 5 { id int key = row }\ntable p 20 { a_id -> a each 1.. }",
            {"p": 5},
            "`p` spreads its new rows over new rows of `a`, and there are none",
        ),
        (
            "dataset d { now 2025-01-01T00:00:00Z, per batch 1d }\n"
            "table a 5 { id int key = row, day timestamp unique = 2024-01-01 .. now }",
            {"a": 3},
            "`a.day` must not come twice, and is drawn from values that move with the clock",
        ),
        (
            "table a 5 { id int key = row }\ntable p 9 { a_id -> a, x int = 1..9, t int = running(x, per: a_id) }",
            {"p": 2},
            "`p.t` goes along rows of any batch",
        ),
        ("table a 5 { id int key = row }", {}, "batch 2 would have no rows: no table grows"),
        (
            "table a 5 { id int key = 1..6 }",
            {"a": 3},
            "with the rows and the clock of the next batch, ",
        ),
    ],
)
def test_growth_that_old_rows_do_not_allow(
    tmp_path: Path, spec: str, more: dict[str, int], message: str
) -> None:
    batches = Batches(tmp_path, spec, specdsl.Checkpoint())
    batches.add()
    with pytest.raises(DataError) as failure:
        batches.add(more=more)
    assert message in failure.value.message
    assert failure.value.help


def test_the_spec_that_is_there_again_is_no_change(tmp_path: Path) -> None:
    batches = Batches(tmp_path)
    batches.add()
    batches.add(SHOP.replace("1..100", "1..50"))
    batches.add()
    assert len({b.spec for b in batches.checkpoint.batches()}) == 2


def test_a_value_that_rows_may_lack_stays_optional(tmp_path: Path) -> None:
    spec = "table t 40 grows 5 per batch { id int key, v int? 60% null = 1..9, w int? = 1..9 }"
    batches = Batches(tmp_path, spec)
    batches.add()
    with pytest.raises(DataError, match=r"`t.v` is int, and was int\?; .* leave it the `\?`"):
        batches.add(spec.replace("v int? 60% null", "v int"))
    batches.add(spec.replace("w int?", "w int"))  # which none lacks
