"""Histories end after they begin, and a reference `as of` a time has what was known then."""

from __future__ import annotations

import duckdb
import pytest

import specdsl
from specdsl.errors import SpecdslError

HISTORY = """
dataset crm {{ now 2025-01-01T00:00:00Z }}

table customers 200 {{
  id        int key
  joined_at timestamp = 2022-01-01 .. 2024-06-30
  left_at   timestamp? {left}
}}

table customer_versions {{
  customer_id -> customers each 1..5
  history valid from .joined_at {words} until {until}
  city string 60% changes = city()
}}
"""

RECORDS = """
table customer_records from customer_versions.valid {
  history system after 0s..30d corrected 30% after 5d..60d
}

table tickets 3_000 {
  id        int key
  of        -> customers
  opened_at timestamp = of.joined_at + -10d..300d
  (customer_id, version, record) -> customer_records? where .customer_id == of as of opened_at
  city      string? = record.city
}
"""


def spec(left: str, until: str = ".left_at", words: str = "") -> str:
    return HISTORY.format(left=left, until=until, words=words)


@pytest.mark.parametrize(
    ("left", "until"),
    [
        ("80% null = joined_at - 30d..600d", ".left_at"),
        ("= 2021-01-01 .. 2021-12-31", ".left_at"),
        ("50% null = joined_at", ".left_at"),
        ("50% null = joined_at", ".joined_at - 1d"),
        ("50% null = joined_at + 1d..2d", ".left_at - 3d"),
    ],
)
@pytest.mark.parametrize("words", ["", "lasting 10d..200d"])
def test_an_end_that_never_comes_later_is_told_before_anything_is_made(left, until, words):
    with pytest.raises(specdsl.SpecError, match="DG598"):
        specdsl.load(spec(left, until, words))


@pytest.mark.parametrize("left", ["= 2022-06-01 .. 2024-12-31", "50% null = joined_at + 1h..2d - 1d"])
def test_an_end_that_comes_first_in_some_rows_names_the_row(left):
    data = specdsl.load(spec(left))
    with pytest.raises(SpecdslError, match=r"DG599.*`customers` with id \d+ begins at\s+202") as raised:
        data["customer_versions"].to_arrow()
    number = str(raised.value).split("with id ")[1].split()[0]
    rows = {row["id"]: row for row in data["customers"].to_arrow().to_pylist()}
    assert rows[int(number)]["left_at"] <= rows[int(number)]["joined_at"]


@pytest.mark.parametrize(
    ("left", "until"),
    [
        ("= 2022-06-01 .. 2024-12-31\n  check later: left_at > joined_at", ".left_at"),
        ("= 2022-06-01 .. 2024-12-31", "(if .left_at > .joined_at then .left_at else null)"),
        ("80% null = joined_at + 1d..600d", ".left_at"),
    ],
)
def test_what_the_help_says_makes_it_right(tmp_path, left, until):
    data = specdsl.load(spec(left, until))
    data.build(tmp_path)
    assert data.verify(tmp_path).ok


def test_a_reference_has_what_was_known_then_of_what_was_then_so(tmp_path):
    data = specdsl.load(spec("80% null = joined_at + 1d..600d") + RECORDS)
    data.build(tmp_path)
    assert data.verify(tmp_path).ok
    base = f"read_parquet('{tmp_path}/%s.parquet')"
    found = duckdb.sql(
        f"""
        select count(*), count(r.record), count(*) filter (
          t.record is distinct from r.record or t.version is distinct from r.version
          or t.city is distinct from r.city)
        from {base % "tickets"} t left join {base % "customer_records"} r
        on r.customer_id = t."of" and r.valid_from <= t.opened_at and r.system_from <= t.opened_at
          and (r.valid_to is null or r.valid_to > t.opened_at)
          and (r.system_to is null or r.system_to > t.opened_at)
        """
    ).fetchall()[0]
    rows, known, wrong = found
    assert (rows, wrong) == (3000, 0)
    assert 1000 < known < 3000, "some before anything was known"
