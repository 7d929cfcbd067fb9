"""Every trick known to us, by hand: numpy and Arrow buffers, row-addressable, a thread that writes.

usage: tricks.py WORKLOAD ROWS OUT [limit]

With ``limit`` all batches are made first and kept; then the time of writing them alone is printed as JSON.
"""

from __future__ import annotations

import json
import queue
import resource
import sys
import threading
import time
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
    SECOND,
    STATUS,
    STATUS_SHARES,
    YEAR_2024,
    YEARS_2020_2023,
)

BATCH = 65_536
GROUP = 262_144
BLOCK = 16_384
GOLDEN, M1, M2 = np.uint64(0x9E3779B97F4A7C15), np.uint64(0xBF58476D1CE4E5B9), np.uint64(0x94D049BB133111EB)
S30, S27, S31 = np.uint64(30), np.uint64(27), np.uint64(31)


def bits(key: int, rows: np.ndarray) -> np.ndarray:
    out = rows.astype(np.uint64)
    out *= GOLDEN
    out += np.uint64(key * 0x632BE59BD9B4E019 % 2**64)
    scratch = np.empty(min(BLOCK, len(out)), np.uint64)
    for start in range(0, len(out), BLOCK):
        block = out[start : start + BLOCK]
        tmp = scratch[: len(block)]
        for shift, factor in ((S30, M1), (S27, M2)):
            np.right_shift(block, shift, out=tmp)
            np.bitwise_xor(block, tmp, out=block)
            np.multiply(block, factor, out=block)
        np.right_shift(block, S31, out=tmp)
        np.bitwise_xor(block, tmp, out=block)
    return out


def uniform(key: int, rows: np.ndarray) -> np.ndarray:
    out = (bits(key, rows) >> np.uint64(11)).astype(np.float64)
    out += 0.5
    out *= 2.0**-53
    return out


def below(key: int, rows: np.ndarray, size: int) -> np.ndarray:
    out = bits(key, rows)
    if size < 1 << 32:
        out >>= np.uint64(32)
        out *= np.uint64(size)
        out >>= np.uint64(32)
    else:
        out %= np.uint64(size)
    return out.view(np.int64)


def _normal_table() -> np.ndarray:
    """Quantiles by Acklam's approximation, at 65,537 points, with finite ends."""
    p = np.clip(np.arange(65_537) / 65_536, 1e-7, 1 - 1e-7)
    a = (
        -39.69683028665376,
        220.9460984245205,
        -275.9285104469687,
        138.3577518672690,
        -30.66479806614716,
        2.506628277459239,
    )
    b = (-54.47609879822406, 161.5858368580409, -155.6989798598866, 66.80131188771972, -13.28068155288572)
    c = (
        -0.007784894002430293,
        -0.3223964580411365,
        -2.400758277161838,
        -2.549732539343734,
        4.374664141464968,
        2.938163982698783,
    )
    d = (0.007784695709041462, 0.3224671290700398, 2.445134137142996, 3.754408661907416)
    q = np.sqrt(-2 * np.log(np.minimum(p, 1 - p)))
    tail = (((((c[0] * q + c[1]) * q + c[2]) * q + c[3]) * q + c[4]) * q + c[5]) / (
        (((d[0] * q + d[1]) * q + d[2]) * q + d[3]) * q + 1
    )
    m = p - 0.5
    r = m * m
    middle = (
        (((((a[0] * r + a[1]) * r + a[2]) * r + a[3]) * r + a[4]) * r + a[5])
        * m
        / (((((b[0] * r + b[1]) * r + b[2]) * r + b[3]) * r + b[4]) * r + 1)
    )
    return np.where(np.minimum(p, 1 - p) < 0.02425, np.where(p < 0.5, tail, -tail), middle)


NORMAL = _normal_table()


def normal(key: int, rows: np.ndarray) -> np.ndarray:
    at = uniform(key, rows)
    at *= 65_536
    index = at.astype(np.int64)
    low = NORMAL.take(index)
    at -= index
    at *= NORMAL.take(index + 1) - low
    at += low
    return at


DIGITS4 = np.array([b"%04d" % i for i in range(10_000)], "S4").view(np.uint32)
LETTERS3 = np.array(
    [bytes((65 + i // 676, 65 + i // 26 % 26, 65 + i % 26, 45)) for i in range(17_576)], "S4"
).view(np.uint32)


def strings(matrix: np.ndarray) -> pa.Array:
    count, width = matrix.shape
    offsets = np.arange(0, (count + 1) * width, width, dtype=np.int32)
    return pa.StringArray.from_buffers(count, pa.py_buffer(offsets), pa.py_buffer(matrix))


def padded_id(rows: np.ndarray) -> pa.Array:
    words = np.empty((len(rows), 3), np.uint32)
    high, low = np.divmod(rows, 10_000)
    top, high = np.divmod(high, 10_000)
    words[:, 0], words[:, 1], words[:, 2] = DIGITS4.take(top), DIGITS4.take(high), DIGITS4.take(low)
    return strings(np.ascontiguousarray(words.view(np.uint8).reshape(-1, 12)[:, 2:]))


def sku(key: int, rows: np.ndarray) -> pa.Array:
    letters, number = np.divmod(below(key, rows, 17_576 * 1_000_000), 1_000_000)
    words = np.empty((len(rows), 3), np.uint32)
    high, low = np.divmod(number, 100)
    words[:, 0], words[:, 1] = LETTERS3.take(letters), DIGITS4.take(high)
    out = np.empty((len(rows), 10), np.uint8)
    out[:, :8] = words[:, :2].copy().view(np.uint8).reshape(-1, 8)
    out[:, 8:] = DIGITS4.take(low).view(np.uint8).reshape(-1, 4)[:, 2:]
    return strings(out)


def codes(key: int, rows: np.ndarray, shares: tuple[float, ...]) -> np.ndarray:
    draw = bits(key, rows) >> np.uint64(32)
    out = np.zeros(len(rows), np.int8)
    for threshold in np.cumsum(shares)[:-1]:
        out += draw >= np.uint64(int(threshold * 2**32))
    return out


def dictionary(index: np.ndarray, values: pa.Array, valid: np.ndarray | None = None) -> pa.Array:
    bitmap = None if valid is None else pa.py_buffer(np.packbits(valid, bitorder="little"))
    indices = pa.Array.from_buffers(pa.int8(), len(index), [bitmap, pa.py_buffer(index)])
    return pa.DictionaryArray.from_arrays(indices, values, safe=False)


def decimal(unscaled: np.ndarray, precision: int) -> pa.Array:
    wide = np.empty((len(unscaled), 2), np.int64)
    wide[:, 0] = unscaled
    wide[:, 1] = unscaled >> 63
    return pa.Array.from_buffers(pa.decimal128(precision, 2), len(unscaled), [None, pa.py_buffer(wide)])


def micros(values: np.ndarray) -> pa.Array:
    return pa.Array.from_buffers(pa.timestamp("us", "UTC"), len(values), [None, pa.py_buffer(values)])


def ints(values: np.ndarray) -> pa.Array:
    return pa.Array.from_buffers(pa.int64(), len(values), [None, pa.py_buffer(values)])


def seconds(key: int, rows: np.ndarray, span: tuple[int, int]) -> np.ndarray:
    out = below(key, rows, span[1] - span[0] + 1)
    out += span[0]
    out *= SECOND
    return out


def uuids(key: int, rows: np.ndarray) -> pa.Array:
    out = np.empty((len(rows), 2), np.uint64)
    out[:, 0], out[:, 1] = bits(key, rows), bits(key + 1, rows)
    raw = out.view(np.uint8)
    raw[:, 6] = raw[:, 6] & 0x0F | 0x40
    raw[:, 8] = raw[:, 8] & 0x3F | 0x80
    storage = pa.Array.from_buffers(pa.binary(16), len(rows), [None, pa.py_buffer(out)])
    return pa.ExtensionArray.from_storage(pa.uuid(), storage)


TEXTS = {
    name: pa.array(values, pa.string())
    for name, values in (
        ("status", STATUS),
        ("country", COUNTRY),
        ("currency", CURRENCY),
        ("notes", NOTES),
        ("mail", [f"{a}.{b}." for a in FIRST for b in LAST]),
        ("name", [f"{a.title()} {b.title()}" for a in FIRST for b in LAST]),
    )
}


def email(who: np.ndarray, rows: np.ndarray) -> pa.Array:
    return pc.binary_join_element_wise(
        TEXTS["mail"].take(ints(who)), pc.cast(ints(rows), pa.string()), "@example.com", ""
    )


def events(rows: np.ndarray) -> dict[str, pa.Array]:
    amount = normal(3, rows)
    amount *= 4_000
    amount += 10_000
    place = codes(5, rows, COUNTRY_SHARES)
    flag = bits(7, rows) < np.uint64(int(0.01 * 2**64))
    noted = bits(8, rows) < np.uint64(int(0.1 * 2**64))
    return {
        "id": padded_id(rows),
        "at": micros(seconds(2, rows, YEAR_2024)),
        "amount": decimal(np.rint(amount).astype(np.int64), 10),
        "status": dictionary(codes(4, rows, STATUS_SHARES), TEXTS["status"]),
        "country": dictionary(place, TEXTS["country"]),
        "currency": dictionary(place, TEXTS["currency"]),
        "email": email(below(6, rows, len(FIRST) * len(LAST)), rows),
        "flagged": pa.Array.from_buffers(
            pa.bool_(), len(rows), [None, pa.py_buffer(np.packbits(flag, bitorder="little"))]
        ),
        "note": dictionary(below(9, rows, 4).astype(np.int8), TEXTS["notes"], noted),
        "sku": sku(10, rows),
    }


def users(rows: np.ndarray) -> dict[str, pa.Array]:
    who = below(20, rows, len(FIRST) * len(LAST))
    return {
        "id": uuids(21, rows),
        "name": TEXTS["name"].take(ints(who)),
        "email": email(who, rows),
        "created_at": micros(seconds(23, rows, YEARS_2020_2023)),
    }


def orders(rows: np.ndarray, parents: int) -> dict[str, pa.Array]:
    rank = uniform(30, rows)
    rank *= parents**-0.1 - 1
    rank += 1
    np.power(rank, -10, out=rank)
    user = np.minimum(rank.astype(np.int64) - 1, parents - 1)
    wait = np.log(uniform(31, rows))
    wait *= -30 * 86_400 * SECOND
    at = seconds(23, user, YEARS_2020_2023)
    at += wait.astype(np.int64)
    total = normal(32, rows)
    total *= 0.8
    total += 3.5
    np.exp(total, out=total)
    total *= 100
    return {
        "id": ints(rows + 1),
        "user_id": uuids(21, user),
        "placed_at": micros(at),
        "total": decimal(np.rint(total).astype(np.int64), 12),
        "status": dictionary(codes(33, rows, STATUS_SHARES), TEXTS["status"]),
    }


def items(rows: np.ndarray, orders: int, users: int) -> dict[str, pa.Array]:
    order = below(40, rows, orders)
    order += 1
    quantity = below(42, rows, 5)
    quantity += 1
    return {
        "order_id": ints(order),
        "buyer_id": uuids(21, below(41, rows, users)),
        "quantity": ints(quantity),
    }


def tables(workload: str, rows: int) -> dict[str, tuple[int, object]]:
    if workload == "w1":
        return {"events": (rows, events)}
    people, bought, lines = rows // 16, rows // 16 * 5, rows // 16 * 10
    return {
        "users": (people, users),
        "orders": (bought, lambda r: orders(r, people)),
        "items": (lines, lambda r: items(r, bought, people)),
    }


def batches(count: int, make: object):
    for start in range(0, count, BATCH):
        columns = make(np.arange(start, min(start + BATCH, count), dtype=np.int64))
        yield pa.RecordBatch.from_pydict(columns)


class Writer:
    """Row groups of a fixed size."""

    def __init__(self, path: Path, schema: pa.Schema, form: str) -> None:
        self.form, self.pending = form, []
        if form == "parquet":
            encoded = [f.name for f in schema if pa.types.is_dictionary(f.type)]
            self.out = pq.ParquetWriter(path, schema, compression="snappy", use_dictionary=encoded)
        else:
            raise SystemExit(f"no {form} here")

    def write(self, batch: pa.RecordBatch) -> None:
        self.pending.append(batch)
        if len(self.pending) * BATCH >= GROUP:
            self.flush()

    def flush(self) -> None:
        if self.pending:
            self.out.write_table(pa.Table.from_batches(self.pending), row_group_size=GROUP)
            self.pending = []

    def close(self) -> None:
        self.flush()
        self.out.close()


def write(path: Path, rows, form: str) -> None:
    """Encode and write in this thread while another one makes what comes next."""
    waiting: queue.Queue = queue.Queue(2)

    def produce() -> None:
        for batch in rows:
            waiting.put(batch)
        waiting.put(None)

    threading.Thread(target=produce, daemon=True).start()
    writer = None
    while (batch := waiting.get()) is not None:
        writer = writer or Writer(path, batch.schema, form)
        writer.write(batch)
    if writer:
        writer.close()


def cpu() -> float:
    used = resource.getrusage(resource.RUSAGE_SELF)
    return used.ru_utime + used.ru_stime


def main() -> None:
    workload, rows, out = sys.argv[1], int(sys.argv[2]), Path(sys.argv[3])
    made = tables(workload, rows)
    if "limit" not in sys.argv[4:]:
        for name, (count, make) in made.items():
            write(out / f"{name}.parquet", batches(count, make), "parquet")
        return
    spent = waited = 0.0
    for name, (count, make) in made.items():
        ready = list(batches(count, make))
        start, clock = cpu(), time.perf_counter()
        writer = Writer(out / f"{name}.parquet", ready[0].schema, "parquet")
        for batch in ready:
            writer.write(batch)
        writer.close()
        spent += cpu() - start
        waited += time.perf_counter() - clock
    print(json.dumps({"cpu": spent, "wall": waited}))


main()
