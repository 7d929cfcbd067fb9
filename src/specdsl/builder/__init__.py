"""Specs made in code, which print as ``.dgen``.

>>> from specdsl import builder as b
>>> shop = b.Dataset("shop", seed=42)
>>> users = shop.table("users", 10_000, doc="People who have signed up.")
>>> _ = users.column("id", "uuid", key=True)
>>> _ = users.column("age", "int", within=(18, 90), value=b.fn.normal(mean=38, sd=12))
>>> _ = users.column("plan", "string", value=b.choice({"free": 70, "pro": 25, "team": 5}))
>>> orders = shop.table("orders")
>>> _ = orders.column("id", "int", key=True)
>>> _ = orders.reference("user_id", users, each=b.fn.poisson(3), max=40)
>>> orders.check("grown_up", orders["user_id"]["age"] >= 18)
>>> print(shop.to_dgen(), end="")
dataset shop {
  seed 42
}
<BLANKLINE>
## People who have signed up.
table users 10_000 {
  id   uuid key
  age  int in 18..90 = normal(mean: 38, sd: 12)
  plan string        = "free" 70% | "pro" 25% | "team" 5%
}
<BLANKLINE>
table orders {
  id      int key
  user_id -> users each poisson(3) max 40
  check grown_up: user_id.age >= 18
}
>>> shop.load(rows={"users": 100})["users"].row_count
100
"""

from __future__ import annotations

from specdsl.builder.datasets import Dataset, EnumType
from specdsl.builder.errors import BuilderError
from specdsl.builder.expressions import Expr
from specdsl.builder.forms import (
    Arm,
    anything,
    between,
    call,
    candidate,
    choice,
    distinct,
    either,
    exact,
    f,
    fn,
    lit,
    match,
    name,
    now,
    null,
    pattern,
    pick,
    row,
    when,
)
from specdsl.builder.parsing import expr
from specdsl.builder.tables import Over, Table, over
from specdsl.builder.types import Type, field, list_of, null_when, struct

__all__ = [
    "Arm",
    "BuilderError",
    "Dataset",
    "EnumType",
    "Expr",
    "Over",
    "Table",
    "Type",
    "anything",
    "between",
    "call",
    "candidate",
    "choice",
    "distinct",
    "either",
    "exact",
    "expr",
    "f",
    "field",
    "fn",
    "list_of",
    "lit",
    "match",
    "name",
    "now",
    "null",
    "null_when",
    "over",
    "pattern",
    "pick",
    "row",
    "struct",
    "when",
]
