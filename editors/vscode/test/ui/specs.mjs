// The specs that the scenarios are about.

export const SHOP = `dataset shop {
  seed 7
  now  2025-06-01T00:00:00Z
}

enum Status { pending 20%, paid 80% }

## People who have signed up.
table users 1_000 {
  id         int key       = sequence(start: 1)
  first      string        = first_name()
  email      string unique = f"{lower(first)}{row}@example.com"
  age        int in 18..90 = normal(mean: 38, sd: 12)
  plan       string        = "free" 70% | "pro" 30%
  created_at timestamp     = 2023-01-01 .. 2025-05-31
  bio        string?       = null 50% | "hello" 50%
}

## What they ordered.
table orders {
  id        int key             = sequence(start: 1000)
  user_id   -> users each 1..5
  placed_at timestamp in .. now = user_id.created_at + exponential(mean: 30d)
  status    Status
  total     decimal(10, 2) in 1..5_000 = lognormal(mean: 3.5, sigma: 0.8)
}
`;

/** The same in two files: `shop.dgen` imports `people.dgen`. */
export const PEOPLE_FILE = `## People who have signed up.
table users 100 {
  id         int key   = sequence(start: 1)
  first      string    = first_name()
  created_at timestamp = 2023-01-01 .. 2025-05-31
}
`;

export const SHOP_FILE = `import "people.dgen"

dataset shop { seed 7 }

table orders {
  id        int key   = sequence(start: 1000)
  user_id   -> users each 1..5
  placed_at timestamp = user_id.created_at + 1d
}
`;

/** A spec to show around. */
export const SHOWN = `dataset shop {
  seed 42
  now  2025-06-01T00:00:00Z
}

enum Status { pending 20%, paid 55%, shipped 20%, cancelled 5% }

## People who have signed up.
table users 10_000 {
  id         int key       = sequence(start: 1)
  first      string        = first_name()
  email      string unique = f"{lower(first)}{row}@example.com"
  age        int in 18..90 = normal(mean: 38, sd: 12)
  plan       string        = "free" 70% | "pro" 25% | "team"
  created_at timestamp     = 2023-01-01 .. 2025-05-31
}

table orders {
  id        int key             = sequence(start: 1000)
  user_id   -> users each poisson(3) max 40
  placed_at timestamp in .. now = user_id.created_at + 0d..90d
  status    Status
  total     decimal(10, 2) in 1..5_000 = lognormal(mean: 3.5, sigma: 0.8)
}
`;

/** A JSON Schema that can be imported exactly. */
export const SCHEMA = {
  $schema: "https://json-schema.org/draft/2020-12/schema",
  title: "Person",
  type: "object",
  properties: {
    name: { type: "string", minLength: 1, maxLength: 20 },
    age: { type: "integer", minimum: 18, maximum: 90 },
  },
  required: ["name", "age"],
  additionalProperties: false,
};
