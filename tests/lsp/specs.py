"""Texts that the tests have open."""

from __future__ import annotations

COMMON = """\
## Money, in euros.
type Money = decimal(10, 2) in 0..100_000
enum Status { pending 20%, paid 80% }
"""

SHOP = """\
import "common.dgen"

dataset shop {
  seed 42
}

## People.
table users 100 {
  id   int key
  name string           = full_name()
  age  int in 18..90    = normal(mean: 38, sd: 12)
}

# A comment
# of two lines.
table orders {
  id      int key
  user_id -> users each 1..3
  status  Status
  total   Money = lognormal(mean: 3, sigma: 0.8)
  older   int = user_id.age + 1
  kind    = "a" 60% | "b"
}
"""
