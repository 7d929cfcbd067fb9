"""Specs whose rows change: keys of all kinds, nulls, decimals, times, lists, structs, rows that go along, totals."""

from __future__ import annotations

SHOP = """
dataset shop {
  seed 11
  now  2025-01-01T00:00:00Z
  per batch 1d
}

enum Status { open 50%, paid 30%, shipped 20% }

table users 120 grows 12 per batch {
  id      uuid           key
  name    string         = first_name()
  email   string?        20% null = f"{lower(first_name())}@example.com"
  credit  decimal(10, 2) = 0..1_000
  tags    list<string>[0..3] = "new" | "vip" | "it's, \\"so\\""
  home    struct { city string = "Rome" | "Oslo" | "Köln", zip int = 10_000..99_999 }
  seen    timestamp      in .. now = now - exponential(mean: 3d)
  boss_id -> users? 30% null on delete set null

  changes {
    update 8% set email, credit
    update 5% set tags, home
    update 4% where credit > 500 set credit = credit - 100
    delete 3%
  }
}

table orders {
  id      int    key = sequence(start: 1000)
  user_id -> users each poisson(2) max 9 on delete cascade
  status  Status
  total   decimal(8, 2)? 10% null = lognormal(mean: 3, sigma: 1)
  at      timestamp = now - 1h..20h
  slot    time   = 08:00:00 .. 20:00:00
  due     date?  30% null = 2025-01-02 .. 2025-03-01
  took    duration = 10s..90m

  changes {
    update 12% set status, took
    update 3 rows where due == null set due
    delete 2%
  }
}

table items {
  order_id -> orders each 1..4 on delete cascade
  line     int    = 1 + index_in(order_id)
  weight   float  = 0.5..9.5
  note     string? 50% null = "a, b" | "" | "NULL" | "two words"
  extra    json?  40% null = any_json()
  key (order_id, line)

  changes {
    update 10% set weight, note
    update 5% set extra
  }
}
"""

TENANTS = """
dataset tenants {
  seed 5
  now  2025-03-01T08:00:00Z
  per batch 6h
}

table tenants 12 grows 1 per batch {
  code string key = /[A-Z]{3}/
  plan string = "free" 70% | "pro"

  changes {
    update 20% set plan
  }
}

table members 60 grows 8 per batch {
  tenant -> tenants
  number int = 1 + index_in(tenant)
  raw    bytes  = "abc" | "\\u00e9t\\u00e9" | ""
  active bool = true 80% | false
  score  float32 = 0.0..1.0
  level  uint8 = 0..255
  key (tenant, number)

  changes {
    update 25% set active, score
    delete 5% where not active
  }
}

table visits 100 grows 25 per batch {
  id     uuid key
  (tenant, number) -> members on delete cascade
  at     timestamp = now - 0s..6h
  pages  int = geometric(0.3)

  changes {
    update 1 rows set pages
    delete 3 rows
  }
}
"""

TOTALS = """
dataset shop { seed 3, now 2025-01-01T00:00:00Z, per batch 1d }

table customers 40 grows 4 per batch {
  id       int key
  rate     decimal(3, 2)   = 0.50..0.99
  lifetime decimal(18, 2)  = sum(orders.total)
  placed   int             = count(orders)
  biggest  decimal(18, 2)? = max(orders.total)
  tier     string          = if lifetime > 300 then "gold" else "plain"
  pieces   int             = sum(orders.items.qty)
  changes { update 10% set rate
            delete 1 rows }
}

table orders 100 grows 10 per batch {
  id          int key
  customer_id -> customers on delete cascade
  status      string        = "a" | "b" | "c"
  total       decimal(18, 2) = sum(items.amount)
  large       int           = count(items where .amount > 50)
  mean        float?        = avg(items.amount)
  gross       decimal(18, 2) = total * 2
  final       decimal(8, 2)? = last(items.amount)
  changes { update 10% set status
            update 4 rows set customer_id
            delete 2% }
}

table items {
  order_id -> orders each 1..4 on delete cascade
  line   int           = index_in(order_id)
  amount decimal(8, 2) = 1.00..99.00
  qty    int           = 1..5
  note   string        = "x" | "y"
  key (order_id, line)
  changes { update 5% set amount
            update 5% set qty
            update 5% set note
            delete 3% }
}
"""
