"""The compiler around the checker: overrides, files, spans, what a broken part hides."""

from __future__ import annotations

import pytest

from specdsl.compiler import Compilation, Overrides, compile_path
from specdsl.diagnostics.model import Severity
from specdsl.ir import expr as ir
from specdsl.ir.model import UniquePlan
from specdsl.ir.walk import walk
from tests.language.memory import MemoryFiles, compiled

SHOP = """
dataset shop {
  seed 42
  now  2025-06-01
}

table users 1_000 {
  id   int key
  name string = "a" 70% | "b" 30%
}

table orders 50 {
  id      int key
  user_id -> users zipf(1.1) where .name == "a"
}

table items {
  order_id -> orders each 1..8 max 6
  line     int in 1..10 = 1 + index_in(order_id)
  key (order_id, line)
  check low: line < 10
}
"""


def errors(compilation: Compilation) -> list[tuple[int, str]]:
    return [
        (compilation.sources[d.span.file].lines.position(d.span.start).line + 1, d.code)
        for d in compilation.diagnostics
        if d.severity is Severity.ERROR
    ]


def test_settings() -> None:
    dataset = compiled(SHOP).dataset
    assert dataset is not None
    assert (dataset.name, dataset.seed, dataset.now, dataset.locale) == (
        "shop",
        42,
        1_748_736_000_000_000,
        "en_US",
    )
    bare = compiled("table t 3 { id int key }").dataset
    assert bare is not None
    assert (bare.name, bare.seed, bare.now) == ("main", 0, 1_735_689_600_000_000)


@pytest.mark.parametrize(
    ("overrides", "rows"),
    [
        (Overrides(), (1_000, 50)),
        (Overrides(rows={"users": 7}), (7, 50)),
        (Overrides(all_rows=9), (9, 9)),
        (Overrides(all_rows=9, rows={"orders": 8}), (9, 8)),
        (Overrides(scale=0.001), (1, 1)),
        (Overrides(scale=2.5), (2_500, 125)),
    ],
)
def test_overridden_rows(overrides: Overrides, rows: tuple[int, int]) -> None:
    dataset = compiled(SHOP, overrides=overrides).dataset
    assert dataset is not None
    assert (dataset.tables["users"].rows, dataset.tables["orders"].rows) == rows
    assert dataset.tables["items"].rows is None


def test_overridden_seed() -> None:
    dataset = compiled(SHOP, overrides=Overrides(seed=3)).dataset
    assert dataset is not None
    assert dataset.seed == 3


def test_spans() -> None:
    compilation = compiled(SHOP)

    def text(span: object) -> str:
        return compilation.sources["main.dgen"].slice(span)  # type: ignore[arg-type]

    tables = compilation.spans.tables
    assert text(tables["users"].count) == "1_000"
    assert text(tables["users"].name) == "users"
    assert text(tables["users"].columns["name"].part("site:0")) == '"a" 70% | "b" 30%'
    assert text(tables["users"].columns["id"].part("key")) == "key"
    user = tables["orders"].columns["user_id"]
    assert text(user.part("where")) == 'where .name == "a"'
    assert text(user.part("skew", "reference")) == "zipf(1.1)"
    assert text(user.part("reference")) == "users"
    order = tables["items"].columns["order_id"]
    assert [text(order.part(p)) for p in ("each", "each.count", "each.max")] == [
        "each 1..8 max 6",
        "1..8",
        "6",
    ]
    line = tables["items"].columns["line"]
    assert [text(line.part(p)) for p in ("type", "in.low", "in.high")] == ["int", "1", "10"]
    assert line.value is not None
    assert text(line.value) == "1 + index_in(order_id)"
    assert text(tables["items"].rules["key"]) == "key (order_id, line)"
    assert text(tables["items"].rules["low"]) == "low"
    assert text(compilation.spans.settings["seed"]) == "42"


def test_counts_of_children_are_cut_at_the_maximum() -> None:
    dataset = compiled(SHOP).dataset
    assert dataset is not None
    each = dataset.tables["items"].references["order_id"].each
    assert each is not None
    assert (each.low, each.high) == (1, 6)
    assert dataset.tables["items"].uniques[0].plan is UniquePlan.STRUCTURAL


def test_sites_are_numbered_in_the_order_of_the_text() -> None:
    dataset = compiled('table t 3 { a int = 1..2 + 3..4 * 5..6\n b string = f"{1..2}{"x" | "y"}" }').dataset
    assert dataset is not None
    for column in dataset.tables["t"].columns.values():
        sites = [n.site for n in walk(column.value) if isinstance(n, (ir.RangeDraw, ir.ChoiceDraw))]
        assert sites == list(range(len(sites)))


def test_a_file_that_cannot_be_read() -> None:
    compilation = compile_path("nowhere.dgen", MemoryFiles())
    assert compilation.dataset is None
    assert [d.code for d in compilation.diagnostics] == ["DG216"]


def test_errors_of_every_stage_in_one_run() -> None:
    compilation = compiled(
        """
table a 10 {
  x int = = 1
}

table b 10 {
  y int = z
}

table c 1_000 {
  code string key = /[a-z]/
}
"""
    )
    assert errors(compilation) == [(3, "DG122"), (7, "DG202"), (11, "DG405")]


def test_a_broken_import_hides_no_local_error() -> None:
    compilation = compiled(
        'import "common.dgen"\ntable t 3 { a Foo\n b int = "x"\n c -> bar }',
        {"common.dgen": "enum E { a 50%, b 40% }\ntabel x"},
    )
    assert ("common.dgen", "DG314") in [(d.span.file, d.code) for d in compilation.diagnostics]
    assert (3, "DG301") in errors(compilation)
    assert "DG201" not in {d.code for d in compilation.diagnostics}


def test_diagnostics_in_other_files_come_with_their_source() -> None:
    compilation = compiled(
        'import "common.dgen"\ntable users 3 { id int key }', {"common.dgen": "table users 3 { id int key }"}
    )
    (found,) = [d for d in compilation.diagnostics if d.severity is Severity.ERROR]
    assert found.code == "DG210"
    assert {found.span.file, found.labels()[0].span.file} == {"main.dgen", "common.dgen"}
    assert set(compilation.sources) == {"main.dgen", "common.dgen"}


def test_a_group_of_another_size_than_its_pool_is_told_what_the_pool_gives() -> None:
    compilation = compiled(
        'pool P = load("p.csv", weight: "share")\ntable t 3 { (a, b, c) = pick(P) }',
        {"p.csv": "size,factor,share\nS,1,70\nM,2,30\n"},
    )
    (found,) = [d for d in compilation.diagnostics if d.severity is Severity.ERROR]
    assert found.code == "DG325"
    assert "`size`, `factor`" in (found.help() or "")


@pytest.mark.parametrize(
    ("columns", "plan"),
    [
        ("a int = 1..20, b string = /[a-z]/", UniquePlan.JOINT),
        ('a int = 1..20, b string = "x" | "y"', UniquePlan.JOINT),
        ("a int = 1..20, b string = /[a-z]{40}/", UniquePlan.STRUCTURAL),
        ("a string = /[a-z]{10}/, b string = /[a-z]{10}/", UniquePlan.STRUCTURAL),
    ],
)
def test_combinations_of_what_has_numbers_are_kept_apart(columns: str, plan: UniquePlan) -> None:
    dataset = compiled(f"table t 20 {{ {columns}, key (a, b) }}").dataset
    assert dataset is not None
    assert [u.plan for u in dataset.tables["t"].uniques] == [plan]


def test_weighted_and_exact_choices_have_shares_to_keep() -> None:
    for choice in ('"x" 70% | "y"', 'exact("x" | "y")'):
        assert errors(compiled(f"table t 20 {{ a int = 1..20, b string = {choice}, key (a, b) }}"))


def test_without_groups_nothing_is_too_large() -> None:
    found = compiled(
        "table a 0 { id int key }\ntable p 0 { id int key }\n"
        "table b {\n  a_id -> a each 1..8\n  p_id -> p distinct per a_id\n}\n"
    ).diagnostics
    assert not [d for d in found if d.code in ("DG430", "DG612")]


_OF_UNKNOWN_TYPE = """
table t 5 {
  id    int key
  s     STATUS
  one   int  = match s { pending => 1, paid, shipped => 2 }
  two   bool = s == pending and pending != s
  three bool = s in [pending, paid]
  four  STATUS = pending 70% | paid
  five  STATUS = if id > 2 then pending else match s { paid => shipped, else => paid }
  six   STATUS = coalesce(s, pending)
}
"""


def test_names_beside_an_unknown_type_are_not_told() -> None:
    found = errors(compiled(_OF_UNKNOWN_TYPE.replace("STATUS", "Statu")))
    assert found == [(4, "DG203"), (8, "DG203"), (9, "DG203"), (10, "DG203")]


def test_a_missing_import_is_told_alone() -> None:
    spec = _OF_UNKNOWN_TYPE.replace("STATUS", "Status")
    spec = spec.replace("in [pending", "in [Status.pending")
    assert errors(compiled('import "common.dgen"' + spec)) == [(1, "DG216")]
    spec = spec.replace("  six ", "  own bool = id == pending\n  six ")
    assert (10, "DG202") in errors(compiled('import "common.dgen"' + spec))
