"""DuckDB SQL by hand: ``COPY (SELECT ... FROM range(N))``.

usage: duckdb_sql.py WORKLOAD ROWS OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import duckdb
from lists import FIRST, LAST

workload, rows, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
first = "[" + ", ".join(f"'{n}'" for n in FIRST) + "]"
last = "[" + ", ".join(f"'{n}'" for n in LAST) + "]"
status = (
    "CASE WHEN s < 0.5 THEN 'new' WHEN s < 0.8 THEN 'paid' WHEN s < 0.95 THEN 'shipped' ELSE 'returned' END"
)
db = duckdb.connect()
db.execute("SELECT setseed(0.42)")
db.execute("SET enable_progress_bar = false")
# Box-Muller: DuckDB has no normal distribution.
normal = "sqrt(-2 * ln(1 - random())) * cos(2 * pi() * random())"


def letter() -> str:
    return "chr(65 + (random() * 26)::INTEGER % 26)"


def copy(query: str, name: str) -> None:
    db.execute(f"COPY ({query}) TO '{out}/{name}.parquet' (FORMAT parquet, COMPRESSION snappy)")


if workload == "w1":
    copy(
        f"""
        SELECT lpad(i::VARCHAR, 10, '0') AS id, made AS "at", amount, {status} AS status,
               CASE WHEN c < 0.5 THEN 'US' WHEN c < 0.8 THEN 'DE' ELSE 'BR' END AS country,
               CASE WHEN c < 0.5 THEN 'USD' WHEN c < 0.8 THEN 'EUR' ELSE 'BRL' END AS currency,
               f || '.' || l || '.' || i || '@example.com' AS email, flagged,
               CASE WHEN n < 0.1 THEN
                 ['call back', 'gift', 'fragile', 'leave at the door'][1 + (n * 40)::INTEGER % 4] END AS note,
               sku
        FROM (SELECT range AS i,
                     make_timestamptz(1704067200000000 + (random() * 31622399)::BIGINT * 1000000) AS made,
                     (100 + 40 * {normal})::DECIMAL(10, 2) AS amount, random() AS s, random() AS c,
                     {first}[1 + (random() * 64)::INTEGER % 64] AS f,
                     {last}[1 + (random() * 64)::INTEGER % 64] AS l,
                     random() < 0.01 AS flagged, random() AS n,
                     {letter()} || {letter()} || {letter()} || '-'
                       || lpad((random() * 999999)::INTEGER::VARCHAR, 6, '0') AS sku
              FROM range({rows}))
        """,
        "events",
    )
else:
    people, bought, lines = rows // 16, rows // 16 * 5, rows // 16 * 10
    db.execute(
        f"""
        CREATE TABLE users AS
        SELECT i, id, f || ' ' || l AS name,
               lower(f) || '.' || lower(l) || '.' || i || '@example.com' AS email, created_at
        FROM (SELECT range AS i, uuid() AS id,
                     make_timestamptz(1577836800000000 + (random() * 126230399)::BIGINT * 1000000)
                       AS created_at,
                     {first}[1 + (random() * 64)::INTEGER % 64] AS f,
                     {last}[1 + (random() * 64)::INTEGER % 64] AS l
              FROM range({people}))
        """
    )
    copy("SELECT id, name, email, created_at FROM users", "users")
    copy(
        f"""
        SELECT o.i + 1 AS id, u.id AS user_id,
               u.created_at + to_microseconds((-ln(1 - r) * 2592000000000)::BIGINT) AS placed_at,
               total, {status} AS status
        FROM (SELECT range AS i, random() AS r, random() AS s,
                     least(pow((pow({people}, -0.1) - 1) * random() + 1, -10)::BIGINT, {people}) - 1 AS u,
                     exp(3.5 + 0.8 * {normal})::DECIMAL(12, 2) AS total
              FROM range({bought})) o JOIN users u ON u.i = o.u
        """,
        "orders",
    )
    copy(
        f"""
        SELECT t.o AS order_id, u.id AS buyer_id, t.quantity
        FROM (SELECT 1 + (random() * {bought})::BIGINT % {bought} AS o,
                     (random() * {people})::BIGINT % {people} AS u, 1 + (random() * 5)::BIGINT % 5 AS quantity
              FROM range({lines})) t JOIN users u ON u.i = t.u
        """,
        "items",
    )
