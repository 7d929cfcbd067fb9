"""Specs whose tables have the rules that databases can be told of."""

SHOP = """
## A small shop.
dataset shop { seed 7, now 2025-06-01T00:00:00Z }

enum Status { open 50%, paid 30%, "sent; 'late'" 20% }

## People who have signed up. It's them.
table users 40 {
  ## A number of their own.
  id       int key          = sequence(start: 1)
  code     string unique    = /[A-Z]{3}-[0-9]{4}/
  boss_id  -> users 40% null
  age      int in 18..90    = 18..90
  motto    string?          = "it's; -- so" | "two\\nlines" | null 20%
  money    decimal(10, 2) in 0..500 = 0.00..500.00
  active   bool             = true | false

  ## Nobody is too young.
  check adult: age >= 18
  check known: active or money >= 0.00
}

table orders {
  id      uuid key
  user_id -> users each 0..4
  status  Status
  placed  timestamp = 2024-01-01 .. 2024-12-31
  sent    timestamp? = if status == paid then placed + 1d else null
  check order_of_dates: sent == null or sent > placed
}

table lines {
  order_id -> orders each 1..3
  no       int = 1 + index_in(order_id)
  tags     list<string>[0..3] = distinct("a" | "b'c" | "d")
  key (order_id, no)
}
"""

AWKWARD_NAMES = """
dataset odd { seed 1 }

table select 5 {
  order    int key = sequence(start: 1)
  group    string  = "x"
  MixedCase int    = 3
}
"""

CYCLE = """
dataset c { seed 1 }

table a 5 {
  id   int key = permutation()
  b_id -> b
}

table b 5 {
  id   int key = sequence(start: 1)
  a_id -> a 20% null
}
"""
