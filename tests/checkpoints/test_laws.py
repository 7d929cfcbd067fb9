"""What holds of the batches of a checkpoint, however many there are."""

from __future__ import annotations

from collections import Counter, defaultdict
from datetime import timedelta
from pathlib import Path

import pytest

import specdsl
from specdsl.check.moving import at_time
from specdsl.compiler import Overrides, compile_path
from specdsl.local_files import LocalFiles
from tests import examples
from tests.checkpoints.making import SHOP, Batches

TABLES = ("users", "products", "orders", "payments", "accounts", "notes")
KEYS = {
    "users": ["id"],
    "products": ["sku"],
    "orders": ["id"],
    "payments": ["id"],
    "accounts": ["user_id"],
    "notes": ["order_id", "number"],
}
REFERENCES = [
    ("users", "boss_id", "users", "id"),
    ("orders", "user_id", "users", "id"),
    ("orders", "product_id", "products", "sku"),
    ("payments", "order_id", "orders", "id"),
    ("payments", "payer_id", "users", "id"),
    ("accounts", "user_id", "users", "id"),
    ("notes", "order_id", "orders", "id"),
]


@pytest.fixture(scope="module")
def five(tmp_path_factory: pytest.TempPathFactory) -> Batches:
    batches = Batches(tmp_path_factory.mktemp("five"))
    for _ in range(5):
        batches.add()
    return batches


def test_the_first_batch_is_the_plain_build(five: Batches, tmp_path: Path) -> None:
    specdsl.load(SHOP).build(tmp_path / "plain")
    for name in TABLES:
        plain = (tmp_path / "plain" / f"{name}.parquet").read_bytes()
        assert (five.made[0] / f"{name}.parquet").read_bytes() == plain


def test_keys_do_not_come_again(five: Batches) -> None:
    for name, columns in KEYS.items():
        rows = five.table(name).select(columns).to_pylist()
        assert len({tuple(row.values()) for row in rows}) == len(rows), name


def test_tables_grow_by_what_is_declared(five: Batches) -> None:
    assert [len(five.column("users", "id", n)) for n in range(1, 6)] == [60, 12, 12, 12, 12]
    assert [len(five.column("payments", "id", n)) for n in range(1, 6)] == [100, 20, 20, 20, 20]
    assert all(five.column("orders", "id", n) for n in range(1, 6))


def test_references_lead_to_this_batch_or_an_earlier_one(five: Batches) -> None:
    earlier = 0
    for table, column, parent, key in REFERENCES:
        known: set[object] = set()
        for number in range(1, 6):
            before = set(known)
            known |= set(five.column(parent, key, number))
            found = {v for v in five.column(table, column, number) if v is not None}
            assert found <= known, (table, column, number)
            earlier += len(found & before)
    assert earlier > 50  # it is not that every batch keeps to itself


def test_what_follows_a_reference_is_what_was_written(five: Batches) -> None:
    created = dict(zip(five.column("users", "id"), five.column("users", "created"), strict=True))
    orders = {row["id"]: row for row in five.table("orders").to_pylist()}
    made = dict(zip(five.column("products", "sku"), five.column("products", "made"), strict=True))
    price = dict(zip(five.column("products", "sku"), five.column("products", "price"), strict=True))
    for order in orders.values():
        assert timedelta(hours=1) <= order["at"] - created[order["user_id"]] <= timedelta(hours=2)
        assert made[order["product_id"]] <= order["at"]
    for payment in five.table("payments").to_pylist():
        order = orders[payment["order_id"]]
        assert payment["at"] == order["at"] + timedelta(days=1)
        assert 1 <= payment["amount"] - price[order["product_id"]] <= 5


def test_old_parents_get_no_children_by_each(five: Batches) -> None:
    for number in range(1, 6):
        own = set(five.column("users", "id", number))
        assert set(five.column("orders", "user_id", number)) <= own


def test_the_clock_moves(five: Batches) -> None:
    latest = [max(five.column("users", "created", n)) for n in range(1, 6)]
    days = [(moment - latest[0]).days for moment in latest]
    assert days == sorted(days)
    assert days[-1] >= 2


def test_references_since_some_batches_go_no_farther_back(five: Batches) -> None:
    for number in range(2, 6):
        young = set(five.column("users", "id", number - 1, number))
        assert set(five.column("payments", "payer_id", number)) <= young
    assert set(five.column("payments", "payer_id", 5)) & set(five.column("users", "id", 4))


def test_one_to_one_goes_on_with_new_parents(five: Batches) -> None:
    taken = five.column("accounts", "user_id")
    assert len(set(taken)) == len(taken)
    for number in range(2, 6):
        assert set(five.column("accounts", "user_id", number)) <= set(five.column("users", "id", number))


def test_positions_among_scattered_rows_go_on(five: Batches) -> None:
    numbers = defaultdict(list)
    for row in five.table("notes").to_pylist():
        numbers[row["order_id"]].append(row["number"])
    assert all(found == list(range(1, len(found) + 1)) for found in numbers.values())
    assert max(map(len, numbers.values())) > 1


def test_exact_shares_are_exact_in_every_batch(five: Batches) -> None:
    for number in range(1, 6):
        kinds = five.column("orders", "kind", number)
        assert abs(Counter(kinds)["web"] - 0.3 * len(kinds)) <= 0.5


def test_roll_ups_are_those_of_the_batch(five: Batches) -> None:
    for number in range(1, 6):
        users = five.table("users", number).to_pylist()
        placed = Counter(five.column("orders", "user_id", number))
        assert all(user["placed"] == placed[user["id"]] for user in users)


def test_made_again_a_batch_has_the_same_bytes(five: Batches, tmp_path: Path) -> None:
    again = Batches(tmp_path, checkpoint=specdsl.Checkpoint(), workers=1)
    for number in range(3):
        again.add()
        for name in TABLES:
            one, two = (b.made[number] / f"{name}.parquet" for b in (five, again))
            assert one.read_bytes() == two.read_bytes(), (number + 1, name)


def test_files_and_formats_of_a_batch_hold_the_same_rows(five: Batches, tmp_path: Path) -> None:
    other = Batches(tmp_path)
    other.add()
    other.add(files=3, format="parquet")
    parts = sorted(other.made[1].glob("payments-*.parquet"))
    assert len(parts) == 3
    found = [v for part in parts for v in specdsl_rows(part)]
    assert found == five.table("payments", 2).to_pylist()


def specdsl_rows(path: Path) -> list[dict[str, object]]:
    import pyarrow.parquet as pq

    rows: list[dict[str, object]] = pq.read_table(path).to_pylist()
    return rows


@pytest.mark.parametrize("form", ["csv", "jsonl", "arrow", "sqlite", "delta"])
def test_every_format_can_be_a_batch(form: str, tmp_path: Path) -> None:
    batches = Batches(tmp_path, format=form)
    batches.add()
    batches.add()
    assert [b.tables["payments"].rows for b in batches.checkpoint.batches()] == [100, 20]


def test_thirty_batches(tmp_path: Path) -> None:
    spec = """
dataset long { seed 1, now 2025-01-01T00:00:00Z, per batch 1d }
table a 20 grows 4 per batch { id int key = row, at timestamp = now - 1h..24h }
table b 30 grows 9 per batch {
  id int key = sequence(start: 5)
  a_id -> a
  at timestamp = a_id.at + 1m
}
"""
    batches = Batches(tmp_path, spec, specdsl.Checkpoint())
    for _ in range(30):
        batches.add()
    assert len(set(batches.column("b", "id"))) == 30 + 29 * 9
    at = dict(zip(batches.column("a", "id"), batches.column("a", "at"), strict=True))
    for row in batches.table("b", 30).to_pylist():
        assert row["at"] == at[row["a_id"]] + timedelta(minutes=1)
    assert {row["a_id"] // 4 for row in batches.table("b", 25, 30).to_pylist()} > {5, 8}


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda path: path.stem)
def test_examples_grow(path: Path, tmp_path: Path) -> None:
    checkpoint = specdsl.Checkpoint()
    data = specdsl.load(path, scale=0.1)
    fixed = {"trainings", "stores"}  # of which others have rows for pairs
    counted = {name: t.rows for name, t in data.dataset.tables.items() if t.rows and name not in fixed}
    keys: dict[str, set[tuple[object, ...]]] = defaultdict(set)
    for number in range(1, 4):
        more = {} if number == 1 else {name: max(1, rows // 4) for name, rows in counted.items()}
        result = data.build(tmp_path / str(number), checkpoint=checkpoint, more=more)
        assert result.ok, [(r.rule.name, r.offenders, r.note) for r in result.report.broken]  # type: ignore[union-attr]
        for table in result.tables:
            key = data.dataset.tables[table.name].key
            for file in table.paths if key else ():
                found = [tuple(row[k] for k in key) for row in specdsl_rows(file)]
                assert not keys[table.name] & set(found), table.name
                keys[table.name] |= set(found)


@pytest.mark.parametrize("path", examples.ALL, ids=lambda path: path.stem)
def test_a_spec_at_another_time_is_what_the_compiler_makes_of_it(path: Path) -> None:
    dataset = compile_path(str(path), LocalFiles()).dataset
    assert dataset is not None
    now = dataset.now + 37 * 86_400_000_000 + 3_723_000_017
    assert at_time(dataset, now) == compile_path(str(path), LocalFiles(), Overrides(now=now)).dataset


def test_lifecycles_go_on_from_batch_to_batch(tmp_path: Path) -> None:
    spec = """
dataset l { seed 1, now 2025-03-01T00:00:00Z, per batch 5d }
table users 30 grows 10 per batch { id int key, since timestamp = now - 1d..30d }
table orders {
  id        int       key = row
  user_id   -> users each 1..6
  placed_at timestamp = user_id.since + running(1h..3h)
  amount    int       = 1..9
  balance   int       = running(amount)
  lifecycle status from placed_at {
    placed -> paid 92% after 1h..2d -> cancelled 8% after 1h..5d
    paid   -> shipped after 1d..3d
  }
}
table history from orders.status {}
table visits 40 grows 15 per batch {
  order_id -> orders
  balance  int    = order_id.balance
  status   string = f"{order_id.status}"
}
"""
    batches = Batches(tmp_path, spec, specdsl.Checkpoint())
    for _ in range(3):
        batches.add()
    orders = {row["id"]: row for row in batches.table("orders").to_pylist()}
    for visit in batches.table("visits").to_pylist():
        assert visit["balance"] == orders[visit["order_id"]]["balance"]
        assert visit["status"] == orders[visit["order_id"]]["status"]
    assert len(batches.table("history", 2)) > len(batches.table("orders", 2))
    shipped = [[v for v in batches.column("orders", "shipped_at", n) if v is not None] for n in (1, 3)]
    assert max(shipped[0]).day == 1 or max(shipped[0]).month == 2
    assert max(shipped[1]) > max(shipped[0])
