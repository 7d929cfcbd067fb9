"""numpy and pyarrow as most people write it: whole columns, then one call of the writer.

usage: plain.py WORKLOAD ROWS OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.parquet as pq
from lists import (
    COUNTRY,
    COUNTRY_SHARES,
    CURRENCY,
    FIRST,
    LAST,
    NOTES,
    STATUS,
    STATUS_SHARES,
    YEAR_2024,
    YEARS_2020_2023,
)

rng = np.random.default_rng(42)


def instants(seconds: np.ndarray) -> pa.Array:
    return pa.array(seconds.astype("datetime64[s]").astype("datetime64[us]"), pa.timestamp("us", "UTC"))


def pick(
    values: tuple[str, ...] | list[str], count: int, shares: tuple[float, ...] | None = None
) -> np.ndarray:
    return np.array(values, object)[rng.choice(len(values), count, p=shares)]


def money(values: np.ndarray, precision: int) -> pa.Array:
    return pa.array(np.round(values, 2)).cast(pa.decimal128(precision, 2))


def emails(first: np.ndarray, last: np.ndarray) -> pa.Array:
    numbers = pa.array(np.arange(len(first))).cast(pa.string())
    return pc.binary_join_element_wise(
        pc.binary_join_element_wise(pa.array(first), pa.array(last), numbers, "."), "example.com", "@"
    )


def uuids(count: int) -> tuple[np.ndarray, pa.Array]:
    raw = rng.integers(0, 256, (count, 16), np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    return raw, binary(raw)


def binary(raw: np.ndarray) -> pa.Array:
    storage = pa.FixedSizeBinaryArray.from_buffers(
        pa.binary(16), len(raw), [None, pa.py_buffer(np.ascontiguousarray(raw))]
    )
    return pa.ExtensionArray.from_storage(pa.uuid(), storage)


def w1(n: int, out: Path) -> None:
    place = rng.choice(3, n, p=COUNTRY_SHARES)
    letters = rng.integers(65, 91, (n, 3), np.uint8).view("S3").ravel().astype("U3")
    numbers = pc.utf8_lpad(pa.array(rng.integers(0, 1_000_000, n)).cast(pa.string()), 6, "0")
    note = pick(NOTES, n)
    note[rng.random(n) < 0.9] = None
    table = pa.table(
        {
            "id": pc.utf8_lpad(pa.array(np.arange(n)).cast(pa.string()), 10, "0"),
            "at": instants(rng.integers(YEAR_2024[0], YEAR_2024[1] + 1, n)),
            "amount": money(rng.normal(100, 40, n), 10),
            "status": pa.array(pick(STATUS, n, STATUS_SHARES)),
            "country": pa.array(np.array(COUNTRY, object)[place]),
            "currency": pa.array(np.array(CURRENCY, object)[place]),
            "email": emails(pick(FIRST, n), pick(LAST, n)),
            "flagged": pa.array(rng.random(n) < 0.01),
            "note": pa.array(note),
            "sku": pc.binary_join_element_wise(pa.array(letters), numbers, "-"),
        }
    )
    pq.write_table(table, out / "events.parquet")


def w2(n: int, out: Path) -> None:
    people, bought, lines = n // 16, n // 16 * 5, n // 16 * 10
    first, last = pick(FIRST, people), pick(LAST, people)
    raw, keys = uuids(people)
    created = rng.integers(YEARS_2020_2023[0], YEARS_2020_2023[1] + 1, people)
    names = pc.binary_join_element_wise(pc.utf8_title(pa.array(first)), pc.utf8_title(pa.array(last)), " ")
    users = pa.table(
        {"id": keys, "name": names, "email": emails(first, last), "created_at": instants(created)}
    )
    pq.write_table(users, out / "users.parquet")
    user = np.minimum(((people**-0.1 - 1) * rng.random(bought) + 1) ** -10, people).astype(np.int64) - 1
    placed = created[user] + rng.exponential(30 * 86_400, bought).astype(np.int64)
    orders = pa.table(
        {
            "id": pa.array(np.arange(1, bought + 1)),
            "user_id": binary(raw[user]),
            "placed_at": instants(placed),
            "total": money(rng.lognormal(3.5, 0.8, bought), 12),
            "status": pa.array(pick(STATUS, bought, STATUS_SHARES)),
        }
    )
    pq.write_table(orders, out / "orders.parquet")
    items = pa.table(
        {
            "order_id": pa.array(rng.integers(1, bought + 1, lines)),
            "buyer_id": binary(raw[rng.integers(0, people, lines)]),
            "quantity": pa.array(rng.integers(1, 6, lines)),
        }
    )
    pq.write_table(items, out / "items.parquet")


{"w1": w1, "w2": w2}[sys.argv[1]](int(sys.argv[2]), Path(sys.argv[3]))
