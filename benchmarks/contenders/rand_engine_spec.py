"""rand-engine: its declarative spec, nulls and addresses added by pandas.

usage: rand_engine_spec.py w1 ROWS OUT
"""

from __future__ import annotations

import sys
from itertools import product
from pathlib import Path
from string import ascii_uppercase

import numpy as np
import pandas as pd
from lists import FIRST, LAST, NOTES
from rand_engine import DataGenerator

n, out = int(sys.argv[2]), Path(sys.argv[3])
LETTERS = ["".join(letters) for letters in product(ascii_uppercase, repeat=3)]
spec = {
    "id": {"method": "int_zfilled", "kwargs": {"length": 10}},
    "at": {
        "method": "unix_timestamps",
        "kwargs": {"start": "2024-01-01", "end": "2024-12-31", "date_format": "%Y-%m-%d"},
    },
    "amount": {"method": "floats_normal", "kwargs": {"mean": 100, "std": 40, "decimals": 2}},
    "status": {
        "method": "distincts_prop",
        "kwargs": {"distincts": {"new": 50, "paid": 30, "shipped": 15, "returned": 5}},
    },
    "place": {
        "method": "distincts_map",
        "cols": ["country", "currency"],
        "kwargs": {"distincts": {"US": ["USD"], "DE": ["EUR"], "BR": ["BRL"]}},
    },
    "first": {"method": "distincts", "kwargs": {"distincts": FIRST}},
    "last": {"method": "distincts", "kwargs": {"distincts": LAST}},
    "flagged": {"method": "booleans", "kwargs": {"true_prob": 0.01}},
    "note": {"method": "distincts", "kwargs": {"distincts": list(NOTES)}},
    "sku": {
        "method": "complex_distincts",
        "kwargs": {
            "pattern": "x-x",
            "replacement": "x",
            "templates": [
                {"method": "distincts", "kwargs": {"distincts": LETTERS}},
                {"method": "int_zfilled", "kwargs": {"length": 6}},
            ],
        },
    },
}
frame = DataGenerator(spec, seed=42).size(n).get_df()
rows = pd.Series(np.arange(n)).astype(str)
frame["email"] = frame.pop("first") + "." + frame.pop("last") + "." + rows + "@example.com"
frame["note"] = frame["note"].mask(np.random.default_rng(42).random(n) < 0.9)
frame.to_parquet(out / "events.parquet", compression="snappy", index=False)
