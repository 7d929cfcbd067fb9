"""polars by hand: whole columns from numpy, expressions for text, then one call of the writer.

usage: polars_frames.py w1 ROWS OUT
"""

from __future__ import annotations

import sys
from pathlib import Path

import numpy as np
import polars as pl
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
)

n, out = int(sys.argv[2]), Path(sys.argv[3])
rng = np.random.default_rng(42)


def pick(values: tuple[str, ...] | list[str], codes: np.ndarray) -> pl.Series:
    return pl.Series(codes.astype(np.uint32)).replace_strict(
        range(len(values)), list(values), return_dtype=pl.String
    )


place = rng.choice(3, n, p=COUNTRY_SHARES)
note = pick(NOTES, rng.integers(0, 4, n))
letters = rng.integers(65, 91, (n, 3), np.uint8).view("S3").ravel().astype("U3")
frame = pl.DataFrame(
    {
        "row": np.arange(n),
        "at": rng.integers(YEAR_2024[0], YEAR_2024[1] + 1, n) * SECOND,
        "amount": rng.normal(100, 40, n),
        "status": pick(STATUS, rng.choice(4, n, p=STATUS_SHARES)),
        "country": pick(COUNTRY, place),
        "currency": pick(CURRENCY, place),
        "first": pick(FIRST, rng.integers(0, len(FIRST), n)),
        "last": pick(LAST, rng.integers(0, len(LAST), n)),
        "flagged": rng.random(n) < 0.01,
        "noted": rng.random(n) < 0.1,
        "note": note,
        "letters": letters,
        "number": rng.integers(0, 1_000_000, n),
    }
)
frame.select(
    pl.col("row").cast(pl.String).str.zfill(10).alias("id"),
    pl.col("at").cast(pl.Datetime("us", "UTC")),
    pl.col("amount").round(2).cast(pl.Decimal(10, 2)),
    "status",
    "country",
    "currency",
    pl.format("{}.{}.{}@example.com", "first", "last", "row").alias("email"),
    "flagged",
    pl.when("noted").then("note").alias("note"),
    pl.format("{}-{}", "letters", pl.col("number").cast(pl.String).str.zfill(6)).alias("sku"),
).write_parquet(out / "events.parquet", compression="snappy")
