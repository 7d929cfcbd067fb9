"""Snowfakery: a recipe, written as CSV (it writes no Parquet).

usage: snowfakery_recipe.py w1 ROWS OUT
"""

from __future__ import annotations

import sys
from io import StringIO
from pathlib import Path

from snowfakery import generate_data

n, out = int(sys.argv[2]), Path(sys.argv[3])
RECIPE = """
- snowfakery_version: 3
- object: events
  count: COUNT
  fields:
    key: ${{"%010d" % id}}
    at:
      datetime_between:
        start_date: 2024-01-01
        end_date: 2024-12-31
    amount:
      random_number: {min: 0, max: 200}
    status:
      random_choice: {new: 50%, paid: 30%, shipped: 15%, returned: 5%}
    country:
      random_choice: {US: 50%, DE: 30%, BR: 20%}
    currency: ${{dict(US="USD", DE="EUR", BR="BRL")[country]}}
    __first:
      fake: FirstName
    __last:
      fake: LastName
    email: ${{__first}}.${{__last}}.${{id}}@example.com
    flagged:
      random_choice: {"true": 1%, "false": 99%}
    note:
      random_choice: {"": 90%, call back: 3%, gift: 3%, fragile: 2%, leave at the door: 2%}
    sku:
      fake.bothify: {text: "???-######"}
"""
generate_data(StringIO(RECIPE.replace("COUNT", str(n))), output_format="csv", output_folder=str(out))
