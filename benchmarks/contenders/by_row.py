"""mimesis and Faker: their providers, one record after another, written by pyarrow in batches.

usage: by_row.py w1 ROWS OUT mimesis|faker
"""

from __future__ import annotations

import datetime as dt
import random
import sys
from collections.abc import Callable, Iterator
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
from lists import COUNTRY, COUNTRY_SHARES, CURRENCY, NOTES, STATUS, STATUS_SHARES

n, out, library = int(sys.argv[2]), Path(sys.argv[3]), sys.argv[4]
BATCH = 65_536
START, END = dt.datetime(2024, 1, 1, tzinfo=dt.UTC), dt.datetime(2024, 12, 31, 23, 59, 59, tzinfo=dt.UTC)
chance = random.Random(42)

first: Callable[[], str]
last: Callable[[], str]
at: Callable[[], dt.datetime]
sku: Callable[[], str]
if library == "mimesis":
    from mimesis import Generic, Locale

    make = Generic(Locale.EN, seed=42)
    first, last = make.person.first_name, make.person.last_name

    def at() -> dt.datetime:
        return make.datetime.datetime(start=2024, end=2024)

    def sku() -> str:
        return make.random.generate_string_by_mask("@@@-######")
else:
    from faker import Faker

    fake = Faker("en_US")
    Faker.seed(42)
    first, last = fake.first_name, fake.last_name

    def at() -> dt.datetime:
        return fake.date_time_between(START, END, tzinfo=dt.UTC)

    def sku() -> str:
        return fake.bothify("???-######").upper()


def record(i: int) -> dict[str, object]:
    place = chance.choices(range(3), COUNTRY_SHARES)[0]
    return {
        "id": f"{i:010d}",
        "at": at(),
        "amount": round(chance.gauss(100, 40), 2),
        "status": chance.choices(STATUS, STATUS_SHARES)[0],
        "country": COUNTRY[place],
        "currency": CURRENCY[place],
        "email": f"{first().lower()}.{last().lower()}.{i}@example.com",
        "flagged": chance.random() < 0.01,
        "note": chance.choice(NOTES) if chance.random() < 0.1 else None,
        "sku": sku(),
    }


def batches() -> Iterator[pa.Table]:
    for start in range(0, n, BATCH):
        yield pa.Table.from_pylist([record(i) for i in range(start, min(n, start + BATCH))])


writer = None
for table in batches():
    writer = writer or pq.ParquetWriter(out / "events.parquet", table.schema, compression="snappy")
    writer.write_table(table.cast(writer.schema))
if writer:
    writer.close()
