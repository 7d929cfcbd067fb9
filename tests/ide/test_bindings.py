"""What the names of a text mean: wherever a name may stand, and in text that is broken."""

from __future__ import annotations

from pathlib import Path

import pytest

from specdsl.ide.bindings import binding_at, bindings_in, declaration_of, occurrences
from specdsl.ide.document import tokens_of
from specdsl.ide.workspace import Workspace
from tests import examples
from tests.ide.cursors import MAIN, placed, shown

TEXT = """\
enum Level { low 20%, high, `very high` 5% }
enum Tier { gold, silver }
type Dims = struct { w float = 1.0..2.0, inner struct { deep Tier } }
pool Plans = load("plans.csv", weight: "share")
table tenants 5 {
  id int key
  tier Tier
  dims Dims
  total int = sum(users.orders.total where .level == high and .user_id.tenant_id.tier == gold)
  n int = count(users where .tier in [gold, silver], via: tenant_id)
}
table users 20 {
  id int key
  tenant_id -> tenants where .tier != silver
  tier = tenant_id.tier
  (city, region as area) = place("US")
  (a Level, b) = (low, 3) 40% | (high, 4)
  many list<Level>[1..2] = low | high
  deep Tier = tenant_id.dims.inner.deep
  text string = f"{city} {tenant_id.dims.w:.2f} {if tier == gold then 1 else 2}"
  plan string = pick(Plans.name)
  boss_id -> users? 20% null distinct per tenant_id
  m int = match (tier, a) { (gold, low) => 1, (_, `very high`) => 2, else => 3 }
  check rich: tier == Tier.gold or tier == "gold"
  w int? null 40% when tier == gold else 5% = 4
  cased string(max: 9) = coalesce(upper(city), area)
}
table orders {
  user_id -> users each if .tier == gold then 1..3 else 0..1 max 4
  no int = 1 + index_in(user_id)
  level Level = match user_id.tier { gold => high 40% | low, else => low }
  total int = split(user_id.m, by: no)
  k = if no > 1 then level else low
  key (user_id, no)
}
table calendar over day = 2024-01-01..2024-01-31 by 1d { x int = 1 }
table facts {
  day_id -> calendar each
  d date = day_id.day
}
type Node depth 2 = json { level Level, kids list<Node>[0..2] }
table shapes 5 {
  v variant kind { 70% card Dims, other struct { t Tier = gold } }
  p tuple<Level = low | high, ...list<Tier>[1]>
  m map<string = upper("x"), Node>[1]
}
"""

# name with its line, and what it means
MEANINGS = [
    ("9 users", "table users"),
    ("9 orders", "table orders"),
    ("9 total where", "column orders.total"),
    ("9 level", "column orders.level"),
    ("9 high", "member Level.high"),
    ("9 user_id", "column orders.user_id"),
    ("9 tenant_id", "column users.tenant_id"),
    ("9 tier ==", "column tenants.tier"),
    ("9 gold", "member Tier.gold"),
    ("9 sum", "function sum"),
    ("10 tier", "column users.tier"),
    ("10 silver", "member Tier.silver"),
    ("10 via", "parameter count.via"),
    ("10 tenant_id", "column users.tenant_id"),
    ("14 tenants", "table tenants"),
    ("14 tier", "column tenants.tier"),
    ("14 silver", "member Tier.silver"),
    ("16 region", "record field place.region"),
    ("16 area", "column users.area"),
    ("17 low", "member Level.low"),
    ("17 high", "member Level.high"),
    ("18 high", "member Level.high"),
    ("19 dims", "column tenants.dims"),
    ("19 inner", "field Dims.inner"),
    ("19 deep\n", "field Dims.inner.deep"),
    ("20 w:", "field Dims.w"),
    ("20 gold", "member Tier.gold"),
    ("21 Plans", "pool Plans"),
    ("21 name", "pool column Plans.name"),
    ("22 users", "table users"),
    ("22 tenant_id", "column users.tenant_id"),
    ("23 gold", "member Tier.gold"),
    ("23 low", "member Level.low"),
    ("23 `very", "member Level.very high"),
    ("24 rich", "check users.rich"),
    ("24 Tier", "enum Tier"),
    ("24 gold or", "member Tier.gold"),
    ('24 "gold', "member Tier.gold"),
    ("25 gold", "member Tier.gold"),
    ("26 string", "built-in type string"),
    ("26 max", "parameter string.max"),
    ("26 coalesce", "function coalesce"),
    ("26 area", "column users.area"),
    ("29 tier", "column users.tier"),
    ("29 gold", "member Tier.gold"),
    ("30 user_id", "column orders.user_id"),
    ("31 high", "member Level.high"),
    ("31 low,", "member Level.low"),
    ("32 m,", "column users.m"),
    ("32 by", "parameter split.by"),
    ("33 low", "member Level.low"),
    ("34 user_id", "column orders.user_id"),
    ("34 no", "column orders.no"),
    ("39 day\n", "column calendar.day"),
    ("41 json", "built-in type json"),
    ("41 level", "field Node.level"),
    ("41 Node>", "type Node"),
    ("43 kind", "field shapes.v.kind"),
    ("43 card", "field shapes.v.card"),
    ("43 Dims", "type Dims"),
    ("43 t Tier", "field shapes.v.other.t"),
    ("43 gold", "member Tier.gold"),
    ("44 Level", "enum Level"),
    ("44 high", "member Level.high"),
    ("44 Tier", "enum Tier"),
    ("45 upper", "function upper"),
    ("45 Node", "type Node"),
]


@pytest.mark.parametrize(("place", "meaning"), MEANINGS, ids=[p.strip() for p, _ in MEANINGS])
def test_meaning(place: str, meaning: str) -> None:
    workspace, _ = placed(TEXT)
    line, name = place.split(" ", 1)
    lines = TEXT.splitlines(keepends=True)
    before = "".join(lines[: int(line) - 1])
    binding = binding_at(workspace, MAIN, len(before) + lines[int(line) - 1].index(name) + 1)
    assert binding is not None
    symbol = binding.symbol
    assert f"{symbol.kind} {symbol.owner}.{symbol.name}".replace(" .", " ") == meaning
    assert symbol.path == ("" if symbol.kind in _OF_THE_LANGUAGE else MAIN)


_OF_THE_LANGUAGE = {"function", "parameter", "built-in type", "record field"}


@pytest.mark.parametrize("path", examples.ALL, ids=lambda p: p.stem)
def test_every_name_of_an_example_means_something(path: Path) -> None:
    workspace = Workspace(root=path.parent)
    document = workspace.open(str(path), path.read_text("utf-8"))
    known = {b.span.start for b in bindings_in(workspace, str(path))}
    names = [
        (start + token.start, token.text)
        for start, one in zip(document.starts, document.sections, strict=True)
        for token in tokens_of(one.text)
        if token.kind in ("NAME", "QUOTED_NAME") and token.text != "_"
    ]
    assert len(names) > 30
    assert [name for at, name in names if at not in known] == []


def test_occurrences_across_files() -> None:
    shared = "enum Kind { a, b }\n"
    main = 'import "shared.dgen"\ntable t 3 {\n  id int key\n  kind Kind\n  x int = if kind == ‸a then 1 else 2\n}\n'
    workspace, at = placed(main, {"shared.dgen": shared, "other.dgen": main.replace("‸", "")})
    binding = binding_at(workspace, MAIN, at)
    assert binding is not None
    found = {shown(workspace, b.span) for b in occurrences(workspace, binding.symbol, MAIN)}
    assert found == {"shared.dgen:1:13 a", "5:22 a", "other.dgen:5:22 a"}
    declared = declaration_of(workspace, binding.symbol, MAIN)
    assert declared is not None
    assert shown(workspace, declared.span) == "shared.dgen:1:13 a"


def test_a_change_elsewhere_changes_meanings() -> None:
    workspace, at = placed(
        "enum Kind { a }\nenum Sort { a }\ntable t 3 {\n  id int key\n  kind Kind = ‸a\n}\n"
    )
    text = workspace.document(MAIN).text
    first = binding_at(workspace, MAIN, at)
    assert first is not None
    assert first.symbol.owner == "Kind"
    workspace.change(MAIN, text.replace("Kind { a }", "Kind { b }"))
    assert binding_at(workspace, MAIN, at) is None
    workspace.change(MAIN, text.replace("kind Kind", "kind Sort"))
    third = binding_at(workspace, MAIN, at)
    assert third is not None
    assert third.symbol.owner == "Sort"


@pytest.mark.parametrize(
    ("text", "meaning"),
    [
        ("table t 3 {\n  id int key\n  x int = ‸id +\n}\n", "id"),
        ("table t 3 {\n  id int key\n  y ((\n  x int = ‸id + 1\n", "id"),
        ("table t 3 {\n  id int key\n  t_id -> ‸t each\n  = 4\n}\ntable", "t"),
    ],
)
def test_broken_text(text: str, meaning: str) -> None:
    workspace, at = placed(text)
    binding = binding_at(workspace, MAIN, at)
    assert binding is not None
    assert binding.symbol.name == meaning
