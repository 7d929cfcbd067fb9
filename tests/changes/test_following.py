"""Roll-ups follow the rows that they are over: held against SQL over the snapshot, whatever the spec."""

from __future__ import annotations

from collections.abc import Iterator
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import duckdb
import pytest
from hypothesis import HealthCheck, given, settings
from hypothesis import strategies as st

import specdsl
from specdsl.generate import state
from specdsl.verify.report import Verdict
from tests.changes.making import Changes
from tests.changes.specs import TOTALS
from tests.changes.test_laws import the_same

ORDERS = """
  SELECT o.id FROM orders AS o LEFT JOIN (
    SELECT order_id, sum(amount) AS total, count(*) FILTER (amount > 50) AS large, avg(amount) AS mean,
           last(amount ORDER BY line) AS final
    FROM items GROUP BY 1
  ) AS i ON i.order_id = o.id
  WHERE o.total <> coalesce(i.total, 0) OR o.large <> coalesce(i.large, 0) OR o.gross <> 2 * o.total
    OR (o.mean IS NULL) <> (i.mean IS NULL) OR abs(o.mean - i.mean) > 1e-9 OR o.final IS DISTINCT FROM i.final
"""

CUSTOMERS = """
  SELECT c.id FROM customers AS c LEFT JOIN (
    SELECT customer_id, sum(total) AS lifetime, count(*) AS placed, max(total) AS biggest
    FROM orders GROUP BY 1
  ) AS o ON o.customer_id = c.id LEFT JOIN (
    SELECT customer_id, sum(qty) AS pieces FROM items AS i JOIN orders AS o ON o.id = i.order_id GROUP BY 1
  ) AS p ON p.customer_id = c.id
  WHERE c.lifetime <> coalesce(o.lifetime, 0) OR c.placed <> coalesce(o.placed, 0)
    OR c.biggest IS DISTINCT FROM o.biggest OR c.tier <> if(c.lifetime > 300, 'gold', 'plain')
    OR c.pieces <> coalesce(p.pieces, 0)
"""


def found(made: Changes, batch: int, query: str) -> list[tuple[Any, ...]]:
    """What a query gives over the snapshot of a batch."""
    connection = duckdb.connect()
    for path in (made.made[batch - 1] / "snapshot").glob("*.parquet"):
        name = path.stem
        connection.execute(f"CREATE VIEW {name} AS SELECT * FROM read_parquet('{path}')")
    return connection.execute(query).fetchall()


@pytest.fixture(scope="module")
def shop(tmp_path_factory: pytest.TempPathFactory) -> Changes:
    made = Changes(tmp_path_factory.mktemp("shop"), TOTALS, verify="full")
    for _ in range(4):
        made.add()
    return made


# --- what rows come to -------------------------------------------------------------------------------


def test_totals_are_those_of_the_rows_that_are_there(shop: Changes) -> None:
    for batch in range(1, 5):
        assert found(shop, batch, ORDERS) == []
        assert found(shop, batch, CUSTOMERS) == []


def test_replaying_gives_the_snapshot(shop: Changes) -> None:
    the_same(shop)


def test_rows_are_updated_that_nothing_else_changes(shop: Changes) -> None:
    records = [(t, r) for t, r in shop.records(3) if r["_op"] == "update"]
    alone = [r for t, r in records if t == "orders" and r["status"] == r["_before"]["status"]]
    assert any(r["total"] != r["_before"]["total"] for r in alone)
    both = [r for t, r in records if t == "orders" and r["status"] != r["_before"]["status"]]
    assert any(r["total"] != r["_before"]["total"] for b in range(2, 5) for r in _updates(shop, b, "orders"))
    assert both
    follow = _sql(shop, "SELECT count(*) FROM changes WHERE kind = 'follow' AND table_name = 'orders'")
    assert follow[0][0] > 0


def test_what_follows_comes_after_what_it_follows(shop: Changes) -> None:
    for batch in range(2, 5):
        last: dict[str, int] = {}
        first: dict[str, int] = {}
        for table, record in shop.records(batch):
            if record["_op"] != "insert":
                last[table] = record["_seq"]
                if record["_op"] == "update":
                    first.setdefault(table, record["_seq"])
        assert last["items"] < first["orders"]
        assert last["orders"] < first["customers"]


def test_no_update_says_what_was_there(shop: Changes) -> None:
    for batch in range(2, 5):
        for table in shop.keys:
            for record in _updates(shop, batch, table):
                after = {name: value for name, value in record.items() if not name.startswith("_")}
                assert after != record["_before"]


def test_a_note_moves_no_order(tmp_path: Path) -> None:
    """Updates of what no roll-up looks at touch no other row."""
    spec = TOTALS.replace("update 5% set amount\n", "").replace("update 5% set qty\n", "")
    spec = "\n".join(line for line in spec.splitlines() if "delete " not in line or "cascade" in line)
    spec = spec.replace("update 5% set note", "update 5% set note }").replace(
        "update 10% set rate", "update 10% set rate }"
    )
    spec = (
        spec.replace("update 4 rows set customer_id", "}")
        .replace("grows 4 per batch", "")
        .replace("grows 10 per batch", "")
    )
    made = Changes(tmp_path, spec)
    made.add()
    made.add()
    assert _updates(made, 2, "items")
    for record in _updates(made, 2, "orders"):
        assert record["total"] == record["_before"]["total"]
    assert _sql(made, "SELECT count(*) FROM changes WHERE kind = 'follow'") == [(0,)]


def _updates(made: Changes, batch: int, table: str) -> list[dict[str, Any]]:
    return [r for t, r in made.records(batch) if t == table and r["_op"] == "update"]


def _sql(made: Changes, query: str) -> list[tuple[Any, ...]]:
    connection = duckdb.connect(str(made.folder / "state.duckdb"), read_only=True)
    try:
        return connection.execute(query).fetchall()
    finally:
        connection.close()


# --- histories, bytes --------------------------------------------------------------------------------


def test_a_history_is_the_snapshots_one_after_another(tmp_path: Path) -> None:
    made = Changes(tmp_path, TOTALS, changes="scd2")
    for _ in range(4):
        made.add()
    for table in ("orders", "customers"):
        path = made.made[-1] / f"{table}.parquet"
        broken = duckdb.sql(
            f"""SELECT * FROM (SELECT *, lead(valid_from) OVER (PARTITION BY id ORDER BY valid_from) AS next
                FROM read_parquet('{path}'))
                WHERE valid_to <= valid_from OR (next IS NOT NULL AND valid_to IS DISTINCT FROM next)"""
        ).fetchall()
        assert broken == []
        for batch in range(1, 5):
            moment = f"TIMESTAMPTZ '2025-01-0{batch} 00:00:00+00'"
            columns = ", ".join(c.name for c in made.dataset.tables[table].columns.values() if not c.hidden)
            then = f"SELECT {columns} FROM '{path}' WHERE valid_from <= {moment} AND coalesce(valid_to > {moment}, true)"
            snapshot = f"SELECT {columns} FROM '{made.made[batch - 1]}/snapshot/{table}.parquet'"
            assert (
                duckdb.sql(
                    f"({then} EXCEPT ALL {snapshot}) UNION ALL ({snapshot} EXCEPT ALL {then})"
                ).fetchall()
                == []
            )


def test_any_number_of_workers_makes_the_same_bytes(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    one = Changes(tmp_path / "one", TOTALS, checkpoint=specdsl.Checkpoint(), workers=1)
    for _ in range(3):
        one.add()
    monkeypatch.setattr("specdsl.changes.following._ROWS", 7)
    monkeypatch.setattr("specdsl.generate.aggregates._LISTED", 5)
    monkeypatch.setattr("specdsl.generate.state._ROWS", 3)
    other = Changes(tmp_path / "other", TOTALS, checkpoint=specdsl.Checkpoint(), workers=3)
    for _ in range(3):
        other.add()
    for a, b in zip(one.made, other.made, strict=True):
        files = sorted(p.relative_to(a) for p in a.rglob("*.parquet"))
        assert files == sorted(p.relative_to(b) for p in b.rglob("*.parquet"))
        for file in files:
            assert (a / file).read_bytes() == (b / file).read_bytes(), file


def test_no_index_is_made_of_rows_by_each(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> None:
    asked = []
    made_index = state._as_made

    def counted(engine: Any, table: str, reference: str) -> Any:
        asked.append((table, reference))
        return made_index(engine, table, reference)

    monkeypatch.setattr(state, "_as_made", counted)
    made = Changes(tmp_path, TOTALS)
    for _ in range(3):
        made.add()
    assert set(asked) == {("orders", "customer_id")}
    assert len(asked) == 2  # once a batch


# --- one thing at a time -----------------------------------------------------------------------------


def batches(folder: Path, spec: str, count: int = 4) -> Changes:
    made = Changes(
        folder, "dataset d { seed 5, now 2025-01-01T00:00:00Z, per batch 1d }\n" + spec, verify="full"
    )
    for _ in range(count):
        made.add()
    the_same(made)
    return made


def every(made: Changes, query: str) -> Iterator[list[tuple[Any, ...]]]:
    for batch in range(1, len(made.made) + 1):
        yield found(made, batch, query)


def test_rows_follow_those_that_lead_elsewhere(tmp_path: Path) -> None:
    made = batches(
        tmp_path,
        """
        table boxes 12 grows 2 per batch {
          id int key
          kind string = "s" | "m"
          held int = count(things)
          light int = count(things where .weight < 5)
          changes { update 1 rows set kind
                    delete 1 rows }
        }
        table things 60 grows 6 per batch {
          id     int key
          kind   string = "s" | "m"
          box_id -> boxes? 10% null where .kind == kind on delete set null
          weight int = 1..9
          changes { update 20% set box_id
                    update 10% set weight
                    delete 5% }
        }
        """,
        6,
    )
    query = """
      SELECT b.id FROM boxes AS b WHERE b.held <> (SELECT count(*) FROM things WHERE box_id = b.id)
        OR b.light <> (SELECT count(*) FROM things WHERE box_id = b.id AND weight < 5)
    """
    assert not any(every(made, query))


def test_rows_of_a_forest_follow_those_below(tmp_path: Path) -> None:
    made = batches(
        tmp_path,
        """
        table staff 40 grows 5 per batch {
          id      int key
          boss_id -> staff? 20% null on delete set null
          pay     int = 100..900
          reports int = count(staff)
          paid    int? = max(staff.pay)
          changes { update 10% set pay
                    delete 2 rows }
        }
        """,
    )
    query = """
      SELECT s.id FROM staff AS s WHERE s.reports <> (SELECT count(*) FROM staff WHERE boss_id = s.id)
        OR s.paid IS DISTINCT FROM (SELECT max(pay) FROM staff WHERE boss_id = s.id)
    """
    assert not any(every(made, query))


def test_hidden_roll_ups_follow_unseen(tmp_path: Path) -> None:
    made = batches(
        tmp_path,
        """
        table orders 40 grows 4 per batch {
          id    int key
          total int hidden = sum(items.amount)
          large bool = total > 150
          user_id -> users
          changes { update 2 rows where total > 150 set user_id }
        }
        table users 8 { id int key, spent int = sum(orders.total) }
        table items { order_id -> orders each 1..4, line int = index_in(order_id), amount int = 1..99
          key (order_id, line)
          changes { update 10% set amount } }
        """,
    )
    query = """
      SELECT o.id FROM orders AS o
      WHERE o.large <> ((SELECT coalesce(sum(amount), 0) FROM items WHERE order_id = o.id) > 150)
    """
    assert not any(every(made, query))
    query = """
      SELECT u.id FROM users AS u WHERE u.spent <> (
        SELECT coalesce(sum(amount), 0) FROM items AS i JOIN orders AS o ON o.id = i.order_id WHERE user_id = u.id)
    """
    assert not any(every(made, query))
    unseen = """
      SELECT count(*) FROM changes AS f WHERE kind = 'follow' AND table_name = 'orders' AND NOT EXISTS (
        FROM changes WHERE kind = 'update' AND table_name = 'orders' AND row_number = f.row_number AND batch = f.batch)
    """
    assert _sql(made, unseen)[0][0] > 0


def test_new_rows_of_old_ones_count(tmp_path: Path) -> None:
    """Also where nothing but a name changes."""
    made = batches(
        tmp_path,
        """
        table users 20 { id int key, name string = first_name(), placed int = count(orders), last timestamp? = max(orders.at)
          changes { update 1 rows set name } }
        table orders 50 grows 20 per batch { id int key, user_id -> users, at timestamp = now - 0s..1d }
        """,
    )
    query = """
      SELECT u.id FROM users AS u WHERE u.placed <> (SELECT count(*) FROM orders WHERE user_id = u.id)
        OR u.last IS DISTINCT FROM (SELECT max("at") FROM orders WHERE user_id = u.id)
    """
    assert not any(every(made, query))


def test_roll_ups_in_changes_see_what_there_was(tmp_path: Path) -> None:
    made = batches(
        tmp_path,
        """
        table orders 50 grows 5 per batch {
          id    int key
          bonus int = 1..9
          changes { update 20% where sum(items.amount) > 60 set bonus = sum(items.amount) + 1000
                    delete 5% where count(items) == 1 }
        }
        table items { order_id -> orders each 1..4 on delete cascade, line int = index_in(order_id), amount int = 1..99
          key (order_id, line)
          changes { update 10% set amount
                    delete 3% } }
        """,
    )
    before: dict[int, int] = {}
    looked_at = 0
    for batch in range(1, 5):
        for record in _updates(made, batch, "orders"):
            assert record["bonus"] == before[record["id"]] + 1000
            assert before[record["id"]] > 60
            looked_at += 1
        before = dict(found(made, batch, "SELECT order_id, sum(amount)::INT FROM items GROUP BY 1"))
    assert looked_at > 10


def test_a_spec_without_changes_stays_as_it_is(tmp_path: Path) -> None:
    spec = """
    dataset d { seed 5, now 2025-01-01T00:00:00Z, per batch 1d }
    table users 20 { id int key, placed int = count(orders) }
    table orders 50 grows 20 per batch { id int key, user_id -> users }
    """
    made = Changes(tmp_path, spec)
    made.add()
    made.add()
    assert _updates(made, 2, "users") == []


def test_a_spec_that_changes_goes_on(tmp_path: Path) -> None:
    """Roll-ups of another spec are those of their batch until something moves them."""
    spec = """
    dataset d { seed 5, now 2025-01-01T00:00:00Z, per batch 1d }
    table users 20 grows 2 per batch { id int key, placed int = count(orders) }
    table orders 50 grows 20 per batch { id int key, user_id -> users, cost int = 1..9 }
    """
    changing = spec.replace("cost int = 1..9", "cost int = 1..9\n changes { update 5% set cost }")
    changing = changing.replace(
        "placed int = count(orders)", "placed int = count(orders), spent int = sum(orders.cost)"
    )
    made = Changes(tmp_path, spec)
    made.add()
    made.add()
    made = Changes(tmp_path / "more", changing, checkpoint=specdsl.Checkpoint(tmp_path / "state.duckdb"))
    for _ in range(3):
        made.add()
    moved = {row["id"]: row for row in _updates(made, 3, "users")}
    assert moved
    for number, row in moved.items():
        (real,) = found(made, 3, f"SELECT count(*), sum(cost)::INT FROM orders WHERE user_id = {number}")
        assert (row["placed"], row["spent"]) == real


# --- any spec ----------------------------------------------------------------------------------------


@st.composite
def specs(draw: st.DrawFn) -> str:
    """Three tables in a chain, and a fourth that both ends lead to."""
    action = draw(st.sampled_from((" on delete cascade", " on delete restrict")))
    link = draw(st.sampled_from(("", "? 20% null", " zipf(1.3)", "where .kind == kind")))
    link = f"? {link}" if "where" in link else link
    each = draw(st.sampled_from((" each 0..3", " each 2", " zipf(1.1)", "")))
    rows = "" if "each" in each else f"{draw(st.integers(10, 60))} grows {draw(st.integers(0, 9))} per batch"
    top = draw(
        st.sets(st.sampled_from(("update 20% set kind", "delete 1 rows", "update 2 rows set own = own + 1")))
    )
    middle = draw(
        st.sets(
            st.sampled_from(
                (
                    "update 20% set kind",
                    "update 3 rows set a_id",
                    "delete 10%",
                    "update late as time passes",
                    "update 3 rows where total > 50 set own",
                )
            )
        )
    )
    low = draw(
        st.sets(
            st.sampled_from(
                (
                    "update 10% set n",
                    "delete 10%",
                    "update 10% set n = n + 1",
                    "update 2 rows set flag",
                    *(() if "each" in each else ("update 10% set b_id",)),
                )
            ),
            min_size=1,
        )
    )
    hidden = draw(st.sampled_from(("", "hidden ")))
    lines = "\n".join
    return f"""
dataset d {{ seed {draw(st.integers(0, 99))}, now 2025-01-01T00:00:00Z, per batch {draw(st.sampled_from(("1d", "0s")))} }}
table a {draw(st.integers(5, 20))} grows {draw(st.integers(0, 3))} per batch {{
  id int key = 10 * row
  kind string = "x" | "y"
  own int = 1..9
  grand int = sum(b.total)
  deep int? = min(b.c.n)
  flagged int = count(b where .any > 0)
  seen int = count(d)
  changes {{
{lines(sorted(top))}
  }}
}}
table b {draw(st.integers(10, 40))} grows {draw(st.integers(0, 6))} per batch {{
  id int key
  kind string = "x" | "y"
  own int = 1..5
  at timestamp = now - 0s..4d
  late bool = at < now - 2d
  a_id -> a{link}{action}
  total int = sum(c.n)
  any int {hidden}= count(c where .flag)
  twice int = 2 * total + own
  changes {{
{lines(sorted(middle))}
  }}
}}
table c {rows} {{
  {"" if rows == "" else "id int key"}
  b_id -> b{each}{action}
  {"line int = index_in(b_id)" if rows == "" else ""}
  n int = 1..60
  flag bool = true 30% | false
  {"key (b_id, line)" if rows == "" else ""}
  changes {{
{lines(sorted(low))}
  }}
}}
table d 20 grows 5 per batch {{
  id int key
  a_id -> a{action}
  b_id -> b? on delete set null
}}
"""


ALL = (
    """SELECT b.id FROM b LEFT JOIN (SELECT b_id, sum(n) AS t, count(*) FILTER (flag) AS f FROM c GROUP BY 1) AS s
         ON s.b_id = b.id
       WHERE b.total <> coalesce(s.t, 0) OR b.twice <> 2 * b.total + b.own""",
    """SELECT a.id FROM a
         LEFT JOIN (SELECT a_id, sum(total) AS t FROM b GROUP BY 1) AS s ON s.a_id = a.id
         LEFT JOIN (SELECT a_id, min(n) AS m FROM b JOIN c ON c.b_id = b.id GROUP BY 1) AS m ON m.a_id = a.id
         LEFT JOIN (SELECT a_id, count(DISTINCT b.id) AS k FROM b JOIN c ON c.b_id = b.id AND c.flag GROUP BY 1)
           AS f ON f.a_id = a.id
         LEFT JOIN (SELECT a_id, count(*) AS k FROM d GROUP BY 1) AS d ON d.a_id = a.id
       WHERE a.grand <> coalesce(s.t, 0) OR a.deep IS DISTINCT FROM m.m OR a.flagged <> coalesce(f.k, 0)
          OR a.seen <> coalesce(d.k, 0)""",
)


@settings(max_examples=6, deadline=None, suppress_health_check=list(HealthCheck))
@given(specs())
def test_roll_ups_are_those_of_the_rows_whatever_the_spec(spec: str) -> None:
    with TemporaryDirectory() as folder:
        made = Changes(Path(folder), spec, checkpoint=specdsl.Checkpoint())
        for _ in range(4):
            made.add()
        the_same(made)
        for query in ALL:
            assert not any(every(made, query))


# --- what else tables are like -----------------------------------------------------------------------


def test_rows_follow_lifecycles(tmp_path: Path) -> None:
    made = batches(
        tmp_path,
        """
        table orders 30 grows 3 per batch { id int key, open int = count(jobs where .status == "open"), ended timestamp? = max(jobs.done_at) }
        table jobs {
          id       int key = row
          order_id -> orders each 1..4
          made_at  timestamp = now - 0s..2d
          lifecycle status from made_at { open -> done 80% after 1h..4d }
          changes { update status as time passes }
        }
        """,
    )
    query = """
      SELECT o.id FROM orders AS o WHERE o.open <> (SELECT count(*) FROM jobs WHERE order_id = o.id AND status = 'open')
        OR o.ended IS DISTINCT FROM (SELECT max(done_at) FROM jobs WHERE order_id = o.id)
    """
    assert not any(every(made, query))
    assert _updates(made, 3, "orders")


def test_rows_for_pairs_are_found(tmp_path: Path) -> None:
    made = batches(
        tmp_path,
        """
        table shops 6 grows 1 per batch { id int key, stock int = sum(stocks.amount) }
        table goods 5 { id int key, stock int = sum(stocks.amount), places int = count(stocks where .amount > 0) }
        table stocks {
          shop_id -> shops each
          good_id -> goods each
          amount  int = 0..9
          key (shop_id, good_id)
          changes { update 20% set amount
                    delete 5% }
        }
        """,
    )
    query = """
      SELECT 's', id FROM shops AS s WHERE stock <> (SELECT coalesce(sum(amount), 0) FROM stocks WHERE shop_id = s.id)
      UNION ALL
      SELECT 'g', id FROM goods AS g WHERE stock <> (SELECT coalesce(sum(amount), 0) FROM stocks WHERE good_id = g.id)
         OR places <> (SELECT count(*) FROM stocks WHERE good_id = g.id AND amount > 0)
    """
    assert not any(every(made, query))


def test_keys_of_two_columns_in_sqlite(tmp_path: Path) -> None:
    spec = """
        dataset d { seed 5, now 2025-01-01T00:00:00Z, per batch 1d }
        table tenants 5 grows 1 per batch { code string key = /[A-Z]{4}/, visits int = sum(members.visited) }
        table members 40 grows 4 per batch {
          tenant  -> tenants
          number  int = 1 + index_in(tenant)
          visited int = count(visits)
          longest duration? = max(visits.took)
          key (tenant, number)
          changes { update 1 rows set }
        }
        table visits 90 grows 20 per batch {
          id uuid key
          (tenant, number) -> members
          took duration = 10s..90m
          changes { update 10% set took
                    delete 5% }
        }
    """.replace("          changes { update 1 rows set }\n", "")
    made = Changes(tmp_path, spec, checkpoint=specdsl.Checkpoint(tmp_path / "state.sqlite"))
    for _ in range(4):
        made.add()
    the_same(made)
    query = """
      SELECT m.tenant, m.number FROM members AS m
      WHERE m.visited <> (SELECT count(*) FROM visits AS v WHERE v.tenant = m.tenant AND v.number = m.number)
         OR m.longest IS DISTINCT FROM (SELECT max(took) FROM visits AS v WHERE v.tenant = m.tenant AND v.number = m.number)
      UNION ALL SELECT code, 0 FROM tenants AS t
      WHERE t.visits <> (SELECT coalesce(sum(visited), 0) FROM members WHERE tenant = t.code)
    """
    assert not any(every(made, query))


def test_references_are_set_to_null_before_the_deletes(tmp_path: Path) -> None:
    """The rows that lose one may follow others in the same batch."""
    made = batches(
        tmp_path,
        """
        table users 30 grows 3 per batch { id int key, name string = first_name(), changes { delete 3 rows } }
        """.replace(", changes", "\n changes")
        + """
        table orders 60 grows 5 per batch {
          id int key
          user_id -> users? on delete set null
          total int = sum(items.price)
        }
        table items { order_id -> orders each 1..3, line int = index_in(order_id), price int = 1..9
          key (order_id, line)
          changes { update 20% set price
                    delete 5% } }
        """,
    )
    both = [r for b in range(2, 5) for r in _updates(made, b, "orders")]
    both = [r for r in both if r["user_id"] is None and r["_before"]["user_id"] is not None]
    assert any(r["total"] != r["_before"]["total"] for r in both)
    query = "SELECT o.id FROM orders AS o WHERE total <> (SELECT coalesce(sum(price), 0) FROM items WHERE order_id = o.id)"
    assert not any(every(made, query))


def test_checks_of_the_row_stop_the_batch(tmp_path: Path) -> None:
    spec = """
      dataset d { seed 5, now 2025-01-01T00:00:00Z, per batch 1d }
      table orders 50 { id int key, total int = sum(items.price), check small: total <= 1_000 }
      table items 100 { id int key, order_id -> orders, price int = 1..9
        changes { update 30% set price = price + 2_000 } }
    """.replace(", check small", "\n check small")
    checkpoint = specdsl.Checkpoint()
    data = specdsl.load(spec)
    assert data.build(tmp_path / "1", checkpoint=checkpoint, changes="plain").ok
    result = data.build(tmp_path / "2", checkpoint=checkpoint, changes="plain")
    assert not result.ok
    assert "orders check small, after updates" in [r.rule.name for r in result.report.broken]
    assert len(checkpoint.batches()) == 1
    assert not (tmp_path / "2").exists()


def test_draws_within_a_roll_up_are_fitted_again(tmp_path: Path) -> None:
    made = batches(
        tmp_path,
        """
        table orders 60 grows 5 per batch {
          id       int key
          total    int = sum(items.price)
          discount int in 0..total = 0..40
          net      int = total - discount
          note     string = "a" | "b"
          check less: discount <= total
          changes { update 20% set note }
        }
        table items { order_id -> orders each 1..3, line int = index_in(order_id), price int = 1..30
          key (order_id, line)
          changes { update 20% set price
                    delete 5% } }
        """,
    )
    query = """
      SELECT o.id FROM orders AS o WHERE net <> total - discount OR discount > total
        OR total <> (SELECT coalesce(sum(price), 0) FROM items WHERE order_id = o.id)
    """
    assert not any(every(made, query))
    kept = [r for r in _updates(made, 3, "orders") if r["total"] > 40 and r["_before"]["total"] > 40]
    assert kept
    assert all(r["discount"] == r["_before"]["discount"] for r in kept)


def test_roll_ups_follow_their_own_row(tmp_path: Path) -> None:
    made = batches(
        tmp_path,
        """
        table people 20 grows 2 per batch { id int key, wealth int = sum(accounts.balance) }
        table accounts 60 grows 5 per batch {
          id        int key
          person_id -> people
          opening   int = 0..500
          least     int = 10..40
          balance   int = opening + sum(bookings.amount)
          large     int = count(bookings where .amount > least)
          check rich: balance + opening > 0
          changes { update 20% set opening
                    update 10% set least }
        }
        table bookings 150 grows 20 per batch { id int key, account_id -> accounts, amount int = 1..90
          changes { update 10% set amount
                    delete 5% } }
        """,
    )
    query = """
      SELECT 'a', id FROM accounts AS a
      WHERE balance <> opening + (SELECT coalesce(sum(amount), 0) FROM bookings WHERE account_id = a.id)
         OR large <> (SELECT count(*) FROM bookings WHERE account_id = a.id AND amount > a.least)
      UNION ALL
      SELECT 'p', id FROM people AS p WHERE wealth <> (SELECT coalesce(sum(balance), 0) FROM accounts WHERE person_id = p.id)
    """
    assert not any(every(made, query))
    assert any(r["opening"] != r["_before"]["opening"] for r in _updates(made, 3, "accounts"))


# --- specs that change between batches -----------------------------------------------------------------

GROWING = """
dataset d { seed 3, now 2025-06-01T00:00:00Z, per batch 1d }
table cust 40 grows 4 per batch { id int key, n int = count(ord), tot decimal(18, 2) = sum(ord.amt) MORE }
table ord 200 grows 20 per batch { id int key, cust_id -> cust, amt decimal(8, 2) = 1.00..99.00 CHANGES }
"""

WITH_CHANGES = "\n changes {\n update 3% of rows set amt\n delete 2% of rows\n }\n"

WRONG = """
  SELECT c.id FROM cust AS c LEFT JOIN (
    SELECT cust_id, count(*) AS n, sum(amt) AS tot, avg(amt) AS av, max(amt) AS most FROM ord GROUP BY 1
  ) AS o ON o.cust_id = c.id
  WHERE c.n <> coalesce(o.n, 0) OR c.tot <> coalesce(o.tot, 0)
"""


def growing(more: str, changes: str = WITH_CHANGES) -> str:
    return GROWING.replace("MORE", more).replace("CHANGES", changes)


def test_roll_ups_catch_up_where_changes_come_later(tmp_path: Path) -> None:
    made = Changes(tmp_path, growing("", ""), verify="full")
    made.add()
    made.add()
    assert found(made, 2, WRONG)
    for batch in (3, 4):
        made.add(growing(""))
        assert found(made, batch, WRONG) == []


def test_a_roll_up_that_is_new_is_that_of_the_rows_that_are_there(tmp_path: Path) -> None:
    made = Changes(tmp_path, growing(""), verify="full")
    for _ in range(3):
        made.add()
    mean = ", av float? = avg(ord.amt), twice float? = av * 2"
    most = mean + ", most decimal(8, 2)? = max(ord.amt)"
    both = " OR (c.av IS NULL) <> (o.av IS NULL) OR abs(c.av - o.av) > 1e-9 OR abs(c.twice - 2 * o.av) > 1e-9"
    last = both + " OR c.most IS DISTINCT FROM o.most"
    for batch, (more, wrong) in enumerate([(mean, both), (mean, both), (most, last), (most, last)], 4):
        made.add(growing(more))
        assert found(made, batch, WRONG + wrong) == []
        updates = [r for t, r in made.records(batch) if t == "cust" and r["_op"] == "update"]
        assert all(r["_before"] != {k: v for k, v in r.items() if k[0] != "_"} for r in updates)


def test_a_roll_up_that_is_another_is_computed_again(tmp_path: Path) -> None:
    made = Changes(tmp_path, growing(", large int = count(ord where .amt > 50)"), verify="full")
    made.add()
    made.add()
    made.add(growing(", large int = count(ord where .amt > 90)"))
    query = (
        "SELECT id FROM cust WHERE large <> (SELECT count(*) FROM ord WHERE cust_id = cust.id AND amt > 90)"
    )
    assert found(made, 3, query) == []
    ((_, *states),) = [[*made.replayed()][1:]]
    assert {k[0]: r["large"] for k, r in states[-1]["cust"].items()} == {
        k[0]: r["large"] for k, r in made.snapshot(3)["cust"].items()
    }


# --- the clock -----------------------------------------------------------------------------------------

VISITS = """
dataset d { seed 3, now 2025-06-01T00:00:00Z, per batch 1d }
table pages 30 grows 3 per batch { id int key, recent int = count(hits where .fresh) }
table hits 60 grows 10 per batch {
  id      int key
  page_id -> pages
  at      timestamp = now - 0s..2d
  n       int = 1..9
  fresh   bool = at > now - 1d
  changes {
    update 60% set n
    update fresh as time passes
    delete 3%
  }
}
"""


def test_what_goes_by_the_clock_goes_by_that_of_the_batch(tmp_path: Path) -> None:
    """The way out of a roll-up that names the clock; and updates of other columns take no row from it."""
    made = Changes(tmp_path, VISITS, verify="full")
    counted = "SELECT count(*) FROM hits WHERE page_id = pages.id AND fresh"
    for batch in range(1, 5):
        made.add()
        assert found(made, batch, f"SELECT id FROM pages WHERE recent <> ({counted})") == []
        since = f"epoch(TIMESTAMP '2025-06-0{batch} 00:00:00') - 86400"
        assert found(made, batch, f"SELECT id FROM hits AS h WHERE fresh <> (epoch(h.at) > {since})") == []


def test_time_passes_for_all_rows_whatever_else_changes(tmp_path: Path) -> None:
    """Two lines by which time passes, behind an update that would take most rows."""
    made = Changes(
        tmp_path,
        VISITS.replace("fresh   bool", "old     bool = at < now - 2d\n  fresh   bool").replace(
            "delete 3%", "update old as time passes"
        ),
        verify="full",
    )
    for batch in range(1, 5):
        made.add()
        now = f"epoch(TIMESTAMP '2025-06-0{batch} 00:00:00')"
        for what in (f"fresh <> (epoch(h.at) > {now} - 86400)", f"old <> (epoch(h.at) < {now} - 172800)"):
            assert found(made, batch, f"SELECT id FROM hits AS h WHERE {what}") == []
    drawn = [r for t, r in made.records(3) if t == "hits" and r["_before"] and r["n"] != r["_before"]["n"]]
    assert drawn
    the_same(made)


# --- roll-ups over what earlier batches did not have ---------------------------------------------------

WITH_MORE = """
dataset s {{ seed 1, now 2025-06-01T00:00:00Z, per batch 1d }}
table stores 9 grows 1 per batch {{
  id int key
  {roll_ups}
}}
table orders 60 grows 9 per batch {{
  id       int key
  store_id -> stores
  {columns}
  {changes}
}}
{tables}
"""


@pytest.mark.parametrize("changes", ["changes { delete 2 rows }", ""])
@pytest.mark.parametrize(
    ("columns", "tables", "roll_up", "query"),
    [
        ("fee decimal(8, 2) = 0.00..9.00", "", "decimal(18, 2) = sum(orders.fee)", "sum(fee) FROM orders"),
        (
            "fee decimal(8, 2) = 0.00..9.00",
            "",
            "int = count(orders where .fee > 4)",
            "count_if(fee > 4) FROM orders",
        ),
        ("twice int = id * 2", "", "decimal(30, 0) = sum(orders.twice)", "sum(twice) FROM orders"),
        ("boss_id -> stores", "", "int = count(orders, via: boss_id)", "count(*) FROM orders: boss_id"),
        (
            "",
            "table reviews 5 grows 3 per batch { id int key, store_id -> stores }",
            "int = count(reviews)",
            "count(*) FROM reviews",
        ),
    ],
)
@pytest.mark.parametrize("at_once", [True, False])
def test_what_earlier_batches_did_not_have(
    tmp_path: Path, columns: str, tables: str, roll_up: str, query: str, changes: str, *, at_once: bool
) -> None:
    first = WITH_MORE.format(
        roll_ups="n int = count(orders, via: store_id)", columns="", tables="", changes=changes
    )
    middle = WITH_MORE.format(
        roll_ups="n int = count(orders, via: store_id)", columns=columns, tables=tables, changes=changes
    )
    last = WITH_MORE.format(
        roll_ups=f"n int = count(orders, via: store_id)\n  more {roll_up}",
        columns=columns,
        tables=tables,
        changes=changes,
    )
    made = Changes(tmp_path, first, verify="full")
    for spec in (first, *([] if at_once else [middle]), last, last):
        made.spec = spec
        made.add()
    if changes:  # without, what old rows come to stays that of their batch
        what, _, by = query.partition(": ")
        wanted = f"SELECT {by or 'store_id'} AS s, {what} GROUP BY 1"
        for batch in (len(made.made) - 1, len(made.made)):
            off = f"SELECT id FROM stores LEFT JOIN ({wanted}) AS w(s, c) ON s = id WHERE more <> coalesce(c, 0)"
            assert found(made, batch, off) == []


def test_values_without_an_order_of_their_own_are_updated(tmp_path: Path) -> None:
    batches(
        tmp_path,
        """
        table parents 9 { id uuid key, f uuid? = first(kids.u) }
        table kids 40 grows 5 per batch {
          id int key
          u  uuid
          p  -> parents
          changes {
            update 5 rows set u
            update 3 rows set p
          }
        }
        """,
    )


# --- checks over roll-ups ------------------------------------------------------------------------------

CHECKED = """
dataset d {{ seed 3 }}
table orders 200 grows 5 per batch {{
  id    int key
  n     int = count(items)
  total int = sum(items.price)
  check adds_up: total == sum(items.price)
  {rule}
}}
table items {{
  order_id -> orders each 1..3 on delete cascade
  line     int = index_in(order_id)
  price    int = 1..9
  key (order_id, line)
  changes {{ {changes} }}
}}
"""


def checked(folder: Path, rule: str, changes: str) -> list[specdsl.BuildResult]:
    """What came of two batches of such orders."""
    return two_batches(folder, CHECKED.format(rule=rule, changes=changes))


def two_batches(folder: Path, spec: str) -> list[specdsl.BuildResult]:
    """What came of them."""
    folder.mkdir(exist_ok=True)
    data, state = specdsl.load(spec), specdsl.Checkpoint(folder / "state.duckdb")
    return [data.build(folder / str(n), checkpoint=state, changes="plain", snapshot=True) for n in range(2)]


def test_checks_over_roll_ups_are_looked_at_again(tmp_path: Path) -> None:
    _, last = checked(tmp_path, "check few: count(items) <= 3", "update 20% of rows set price\ndelete 9%")
    assert last.ok
    assert last.report is not None
    held = {r.rule.name: r.looked_at for r in last.report.rules if "after changes" in r.rule.name}
    assert set(held) == {"orders check adds_up, after changes", "orders check few, after changes"}
    assert all(0 < count < 200 for count in held.values())
    of_all = {r.rule.name: r.looked_at for r in last.report.rules if "in the snapshot" in r.rule.name}
    assert of_all["orders check few, in the snapshot"] == 205


@pytest.mark.parametrize(
    ("rule", "changes", "name", "query"),
    [
        (
            "check some: count(items) >= 1",
            "delete 40% of rows",
            "check some",
            "SELECT id FROM orders ANTI JOIN items ON order_id = id",
        ),
        (
            "least int in 1..count(items) = 1",
            "delete 40% of rows",
            "least in its bounds",
            "SELECT id FROM orders ANTI JOIN items ON order_id = id",
        ),
        (
            "check dear: max(items.price) <= 9",
            "update 5% of rows set price = price * 2",
            "check dear",
            "SELECT order_id FROM items GROUP BY 1 HAVING max(price) > 9",
        ),
    ],
)
def test_rows_that_a_batch_leaves_otherwise_are_told(
    tmp_path: Path, rule: str, changes: str, name: str, query: str
) -> None:
    first, last = checked(tmp_path, rule, changes)
    assert first.ok
    assert not last.ok
    assert not (tmp_path / "1").exists()
    assert last.report is not None
    found = {r.rule.name: r for r in last.report.rules if r.verdict is not Verdict.OK}
    again = found.pop(f"orders {name}, after changes")
    (in_snapshot,) = found.values()
    assert again.broken == in_snapshot.broken > 0
    assert "limit the changes with `where`" in again.note
    # The same batch without the rule, by SQL over its snapshot.
    checked(tmp_path / "other", "", changes)
    connection = duckdb.connect()
    for table in ("orders", "items"):
        path = tmp_path / "other" / "1" / "snapshot" / f"{table}.parquet"
        connection.execute(f"CREATE VIEW {table} AS SELECT * FROM read_parquet('{path}')")
    assert len(connection.execute(query).fetchall()) == again.broken


def test_a_row_that_an_update_changes_is_held_against_its_checks(tmp_path: Path) -> None:
    spec = """
    table orders 50 {
      id  int key
      cap int = 9
      check room: count(items) <= cap
      changes { update 5 rows set cap = 0 }
    }
    table items { order_id -> orders each 1..3, line int = index_in(order_id), key (order_id, line) }
    """
    first, last = two_batches(tmp_path, spec)
    assert first.ok
    assert last.report is not None
    assert [
        (r.rule.name, r.looked_at, r.broken) for r in last.report.rules if r.verdict is not Verdict.OK
    ] == [("orders check room, after changes", 5, 5), ("orders check room, in the snapshot", 50, 5)]
