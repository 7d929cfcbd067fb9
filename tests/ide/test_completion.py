"""What completion offers, and what comes first."""

from __future__ import annotations

from pathlib import Path

import pytest

from specdsl.compiler import compile_source
from specdsl.diagnostics.model import Severity
from specdsl.ide.completion import complete, resolve
from specdsl.ide.items import Item
from specdsl.ide.workspace import Workspace
from specdsl.source import SourceFile
from tests.ide.cursors import CURSOR, MAIN, placed
from tests.language.memory import MemoryFiles

SPEC = """\
dataset shop { seed 42 }
enum Status { pending 20%, paid 55%, `in transit` }
type Money = decimal(10, 2) in 0..100_000
pool Plans = load("plans.csv")
table users 100 {
  id uuid key
  plan string = "free" 70% | "pro"
  active bool = chance(0.5)
  friend_id -> users 60% null
  visits int = 1..9
}
table orders {
  id int key
  user_id -> users each 1..3
  status Status
  total Money = 1.0..20.0
  `at` timestamp = now
  dims struct { w float = 1.0..2.0, h float = 1.0..2.0 }
@
}
table notes 5 {
  body string = sentence()
}
"""
FILES = {"plans.csv": "name,weight\nfree,3\npro,1\n"}


def offered(line: str) -> list[Item]:
    text = SPEC.replace("@", line) if not line.startswith("!") else line[1:]
    workspace, offset = placed(text, FILES)
    return complete(workspace, MAIN, offset)


def labels(line: str) -> list[str]:
    return [item.label for item in offered(line)]


FIRST = [
    ("  created_at ‸", ["timestamp"]),
    ("  buyer_user_id ‸", ["-> users"]),
    ("  price ‸", ["Money", "decimal"]),
    ("  is_new ‸", ["bool"]),
    ("  email string = ‸", ["email"]),
    ("  s Status = ‸", ["pending | paid | `in transit`", "pending", "paid", "in transit"]),
    ("  s string = if status == ‸", ["pending", "paid", "in transit"]),
    (
        '  s string = match status {\n    paid => "x"\n    ‸\n  }',
        ["All missing arms", "pending", "`in transit`"],
    ),
    ("  s string = match user_id.plan {\n ‸ }", ["All arms", '"free"', '"pro"']),
    ("  s string = match user_id.active {\n ‸ }", ["All arms", "true", "false"]),
    ('  s string = if user_id.plan == "‸"', ["free", "pro"]),
    ("  user_ref -> ‸", ["users"]),
    ("  note_id -> u‸", ["users", "orders", "notes"]),
    ("  r -> users where .‸", ["active"]),
    ("  s string = user_id.‸", ["plan"]),
    ("  b bool = user_id.friend_id.‸", ["active"]),
    ("  n float = dims.‸", ["w", "h"]),
    ("  n Money = lognormal(‸", ["mean:", "sigma:"]),
    ("  n Money = lognormal(mean: 2, ‸", ["sigma:"]),
    ('  n string = date_trunc("‸", at)', ["second", "minute", "hour"]),
    ("  (first, ‸, email) = person()", ["last", "name", "sex"]),
    ("  p string = pick(‸", ["Plans"]),
    ("  p string = pick(Plans.‸", ["name", "weight"]),
    ("  n int = if user_id.active then 1 ‸", ["else"]),
    ("  n int = if user_id.active ‸", ["then"]),
    ("  c string = place().‸", ["city", "region"]),
    ('  c string = place("DE", weighted: true).ci‸', ["city"]),
    ("  c float = place().‸", ["latitude", "longitude"]),
    ("  c string = upper(person().‸", ["first", "last"]),
    ('  s string = f"{at:‸}"', ["%Y-%m-%d", "%d.%m.%Y"]),
    ('  s string = f"on {`at`:%Y-%‸}"', ["%Y-%Y", "%Y-%y", "%Y-%m"]),
    ('  s string = f"{id:0‸} of"', ["08d", ",d"]),
    ('  s string = f"{total:‸}"', [",.2f"]),
    ('  s string = f"{user_id.plan:‸}"', ["<12", ">12"]),
    ('  s string = f"{uuid4():‸}"', ["<12", ">12"]),
    ("  n int = 1..‸", ["100", "id"]),
    ("  n int = 1_000..‸", ["100_000", "id"]),
    ("  n int = -10..‸", ["10"]),
    ("  n int = 1..‸9", ["100", "id"]),
    ("  n decimal(9, 2) = 1.00..‸", ["100.00", "total"]),
    ("  n decimal(9, 2) in 0.50..‸", ["1.00"]),
    ("  d date = 2024-01-01..‸", ["2024-12-31", "now", "date"]),
    ("  d timestamp = 2024-12-31..‸", ["2025-12-31", "now", "at"]),
    ("  d timestamp = at..‸", ["now", "at"]),
    ("  d time = 09:00..‸", ["18:00"]),
    ("  d duration = 2h..‸", ["12h"]),
    ("  b bool = id in 1..‸", ["100", "id"]),
    ("!table t over day = 2024-01-01..‸", ["2024-12-31", "now"]),
    ("  r -> users each ‸", ["1..5", "poisson(3) max 40", "poisson"]),
    ("  r -> users each 1..‸", ["5", ".visits"]),
    ("  r -> users each 1..3 max ‸", ["40"]),
    ("  uid uuid = ‸", ["user_id", "uuid4", "uuid7"]),
    ("  ok bool = ‸", ["true", "false", "chance"]),
    ("  price decimal(10, 2) = ‸", ["1.00 .. 100.00"]),
    ("  user_ip string = ‸", ["ipv4"]),
    ("  lat float = ‸", ["latitude"]),
    ("  charm_price float = ‸", ["charm_price", "0.0 .. 1.0"]),
    ("  n int in ‸", ["1 .. 100"]),
    ("  n date in ‸ = 2024-01-01", ["2024-01-01 .. 2024-12-31"]),
    ("  n decimal(10, 2) in ‸", ["1.00 .. 100.00"]),
    ("  n Money in ‸", ["1.00 .. 100.00"]),
    ("  b bool = id in ‸", ["1 .. 100"]),
    ("  b bool = at in ‸", ["2024-01-01 .. now"]),
    ("  b bool = status in ‸", ["[pending, paid]"]),
    ("  b bool = user_id.plan in ‸", ['["free", "pro"]']),
    ("!type T = int in ‸", ["1 .. 100"]),
    ("  n Status = Status.‸", ["pending", "paid", "in transit"]),
    ('  s string = first_name(locale: "‸")', ["ar_AE"]),
    ("  t timestamp = ‸", ["2024-01-01 .. now", "now"]),
    ("  r -> users ‸", ["each", "where"]),
    ("  n int ‸", ["="]),
    ("!dataset d {\n  seed 1\n  ‸\n}", ["now", "locale"]),
    ('!dataset d { locale "‸" }', ["ar_AE"]),
    ("!ta‸", ["table", "enum", "type", "pool", "dataset", "import"]),
    ("!pool P = ‸", ["load"]),
    ("!table t ‸", ["100"]),
    ("!table t over day = ‸", ["1 .. 100", "2024-01-01 .. 2024-12-31 by 1d"]),
    ("!table t = ‸", ["sql"]),
    ("  s struct { active bool = ‸ }", ["true", "false"]),
    ("  s struct {\n    id Status? 10% null = ‸\n  }", ["pending | paid | `in transit`", "pending", "paid"]),
    ("  v variant { 10% Status = ‸, int = 1..3 }", ["pending | paid | `in transit`", "pending", "paid"]),
    ("  v variant kind { 10% circle date = ‸ }", ["2024-01-01 .. 2024-12-31"]),
    ("  v tuple<int, ...bool = ‸>[1..3]", ["true", "false"]),
    ("  v list<Status>[1..3] = ‸", ["pending | paid | `in transit`", "pending"]),
]


@pytest.mark.parametrize(("line", "first"), FIRST)
def test_the_likely_come_first(line: str, first: list[str]) -> None:
    assert labels(line)[: len(first)] == first


OFFERED = [
    ("  j json { ...‸ }", "Money", "map"),
    ("  j json { total int = ‸ }", "total", "normal"),
    ("  j json { a string ‸ }", "=", "10% absent"),
    ("  x tuple<int? ‸>", "10% null", "in"),
    ("  check total: ‸", "total", "id"),
    ("  ‸", "check", "(first, last"),
    ("  n int = ‸", "total", "normal"),
    ("  n int = user_id.active ‸", "and", "or"),
    ("  r -> users distinct ‸", "per", None),
    ("  r -> users each 1..2 ‸", "max", "zipf"),
    ("  n int ‸", "bare", "10% absent"),
    ("  n int 10% ‸", "null", "absent"),
    ("  r -> users 10% ‸", "null", "absent"),
    ("  unique (‸)", "total", "status"),
    ("  n int = if ‸", "not", "status"),
    ('  x string = f"{‸}"', "total", "upper"),
    ("  x list<‸", "string", "Status"),
    ('  x string = to_local(at, "Europe/‸")', "Europe/Berlin", None),
    ('  x string = faker("‸")', "name", "iban"),
]


@pytest.mark.parametrize(("line", "one", "other"), OFFERED)
def test_what_else_is_offered(line: str, one: str, other: str | None) -> None:
    found = labels(line)
    assert one in found
    assert other is None or any(label.startswith(other) for label in found)


NOT_OFFERED = [
    ("  n int = 1..‸", "1 .. 100"),
    ("  n int = 1..‸", "status"),
    ("  n int = 1..‸", "normal"),
    ("  d date = 2024-01-01..‸", "at"),  # a moment is no day
    ("  r -> users each ‸", "total"),
    ("  r -> users each ‸", "id"),
    ("  r -> users each ‸", ".plan"),
    ("  r -> users each 1..‸", "total"),
    ("  n int key ‸", "key"),
    ("  n int ‸", "key"),  # the table has one
    ("  key (id, ‸)", "id"),
    ("  r -> users each 1..2 ‸", "each"),
    ("  s string = match status { paid => 1, ‸ }", "paid"),
    ("  s string = match status {\n ‸\n pending => 2 }", "pending"),
    ("  (first, ‸, email) = person()", "first"),
    ("  n int = ‸", "n"),
    ("  n string = upper(‸)", "n"),
    ('  n string = f"{‸}"', "n"),
    ("  n int null 40% when ‸", "n"),
    ("  n variant { 70% int = ‸, null }", "n"),
    ("  n tuple<int = ‸>", "n"),
    ("  n json { total int = ‸ }", "n"),
    ("  (n, m) = person(sex: ‸)", "m"),
    ("  n variant { 70% int ‸ }", "key"),
    ("  n variant { int ‸ }", "?"),
    ("  n tuple<int ‸>", "hidden"),
    ("  n tuple<int ‸>", "10% absent"),
    ("  n list<int ‸>", "in"),
    ("  n json { a int ‸ }", "unique"),
    ("  n json { a int ‸ }", "bare"),
    ("  n Money {‸", "total"),
]


@pytest.mark.parametrize(("line", "label"), NOT_OFFERED)
def test_what_cannot_stand_there(line: str, label: str) -> None:
    assert label not in labels(line)


@pytest.mark.parametrize(
    "line", ["  # ‸", "  n int = 12‸", '  s string = f"a‸"', "  s string = /a‸/", "  b‸ad ~ "]
)
def test_nothing_in_free_text(line: str) -> None:
    found = labels(line)
    assert not found or "b‸ad" in line


@pytest.mark.parametrize(
    "column",
    [
        "int = 1..9",
        "float = 1.0..2.0",
        "decimal(9, 2) = 1.00..2.00",
        "string = word()",
        "bool = chance(0.5)",
        "uuid = uuid4()",
        "duration = 1h..2h",
        "date = 2024-01-01..2024-02-01",
        "time = 08:00..09:00",
        "timestamp = 2024-01-01..now",
    ],
)
@pytest.mark.parametrize("typed", ["", "%"])
def test_format_specs_are_right_for_the_type(column: str, typed: str) -> None:
    table = f'table t 3 {{\n  id int key\n  x {column}\n  s string = f"{{x:FORMAT}}"\n}}\n'
    workspace, at = placed(table.replace("FORMAT", typed + CURSOR))
    found = complete(workspace, MAIN, at)
    assert found
    for item in found:
        text = table.replace("FORMAT", item.insert)
        errors = compile_source(SourceFile(MAIN, text), MemoryFiles({})).diagnostics
        assert [d.message() for d in errors if d.severity is Severity.ERROR] == [], item.label


def test_a_format_spec_of_what_cannot_be_told() -> None:
    assert labels('  s string = f"{1 + id:‸}"') == []


def test_what_a_format_spec_replaces() -> None:
    line = '  s string = f"{at:%Y‸-%m}"'
    text = SPEC.replace("@", line).replace(CURSOR, "")
    assert {text[item.span.start : item.span.end] for item in offered(line)} == {"%Y-%m"}


@pytest.mark.parametrize("start", ["0x1F", "9" * 400, "1e400", "5_", "9999-12-31", "2024-13-99", "9999999w"])
def test_ends_of_strange_ranges(start: str) -> None:
    assert f"{start} .. 100" not in labels(f"  n int = {start}..‸")


@pytest.mark.parametrize(
    ("line", "function", "column"),
    [
        ("  uid uuid = ‸", "uuid7", "status"),
        ("  ok bool = ‸", "chance", "total"),
        ("  s string = ‸", "word", "total"),
        ("  d date = ‸", "business_day", "at"),
        ("  s string = upper(‸", "trim", "id"),
    ],
)
def test_columns_of_another_type_come_after_functions(line: str, function: str, column: str) -> None:
    found = labels(line)
    assert found.index(function) < found.index(column)


def test_tables_that_are_counted_by_this_one_come_last() -> None:
    text = """\
table parts { item_id -> items each 1..2, id int key }
table items { order_id -> orders each 1..5, id int key }
table users 5 { id int key }
table orders 3 {
  id int key
  ref -> ‸
}
"""
    workspace, offset = placed(text)
    found = [item.label for item in complete(workspace, MAIN, offset)]
    assert found == ["users", "orders", "parts", "items"]


@pytest.mark.parametrize(
    ("rows", "expected"),
    [
        ("fee float = 1.0..2.0  # ignore: ‸", ["DG605"]),
        ("# ignore: ‸\n  fee float = 1.0..2.0", ["DG605"]),
        ("fee float = 1.0..2.0  # a share  # ignore: DG602, DG6‸", ["DG605"]),
        ("fee float = 1.0..2.0  # ignore: DG605, ‸", []),
        ("fee float = 1.0..2.0  # ignored: ‸", []),
        ("fee float = 1.0..2.0\n  x int = 3  # ignore: ‸", []),
        ("fee float = true  # ignore: ‸", []),
    ],
)
def test_codes_to_ignore(rows: str, expected: list[str]) -> None:
    workspace, offset = placed(f"table t 3 {{\n  id int key\n  {rows}\n}}\n")
    items = complete(workspace, MAIN, offset)
    assert [item.label for item in items] == expected
    text = workspace.document(MAIN).text
    assert all(text[item.span.start : item.span.end] in ("", "DG6") for item in items)


def test_names_are_quoted_where_they_must_be() -> None:
    items = {item.label: item for item in offered("  s string = if status == ‸")}
    assert items["in transit"].insert == "`in transit`"


def test_functions_come_with_placeholders_and_without_parentheses_that_are_there() -> None:
    items = {item.label: item for item in offered("  n float = ‸")}
    assert items["normal"].insert == "normal(mean: ${1:38}, sd: ${2:12})"
    assert items["normal"].snippet
    assert items["beta"].insert.startswith("beta(${1:")
    called = {item.label: item for item in offered("  n float = nor‸(3)")}
    assert called["normal"].insert == "normal"


def test_what_an_item_replaces() -> None:
    line = "  n Status = pen‸ding"
    text = SPEC.replace("@", line).replace(CURSOR, "")
    item = next(i for i in offered(line) if i.label == "paid")
    assert text[item.span.start : item.span.end] == "pending"


def test_documentation_has_values_of_the_text_at_hand() -> None:
    workspace, offset = placed(SPEC.replace("@", "  s string = user_id.‸"), FILES)
    item = next(i for i in complete(workspace, MAIN, offset) if i.label == "plan")
    assert "`free`" in resolve(workspace, MAIN, offset, item).documentation
    workspace, offset = placed(SPEC.replace("@", "  n int = ‸"), FILES)
    item = next(i for i in complete(workspace, MAIN, offset) if i.label == "poisson")
    documentation = resolve(workspace, MAIN, offset, item).documentation
    assert "```dgen\npoisson(" in documentation
    assert "Such as `" in documentation


@pytest.mark.parametrize("line", ["  x int = ‸", "  r -> ‸", "  x ‸", "  s Status = Status.‸"])
def test_every_item_can_be_looked_at(line: str) -> None:
    workspace, offset = placed(SPEC.replace("@", line), FILES)
    for item in complete(workspace, MAIN, offset):
        assert resolve(workspace, MAIN, offset, item).label == item.label


def test_files_beside_the_document(tmp_path: Path) -> None:
    for name in ("a.csv", "b.parquet", "c.txt", "common.dgen", "main.dgen", "totals.sql"):
        (tmp_path / name).write_text("", "utf-8")
    (tmp_path / "more").mkdir()
    (tmp_path / "more" / "d.csv.gz").write_text("", "utf-8")
    path = str(tmp_path / "main.dgen")

    def names(text: str) -> list[str]:
        workspace = Workspace()
        workspace.open(path, text.replace(CURSOR, ""))
        return [item.insert for item in complete(workspace, path, text.index(CURSOR))]

    assert names('pool P = load("‸")') == ["a.csv", "b.parquet", "more/"]
    assert names('pool P = load("more/‸")') == ["more/d.csv.gz"]
    assert names('import "‸"') == ["common.dgen", "more/"]
    assert names('import "nowhere/‸"') == []
    assert names('table t = sql("‸")') == ["totals.sql", "more/"]


@pytest.mark.parametrize(
    ("line", "expected"),
    [
        ("  wait duration = 3‸", ["3d", "3h", "3m", "3s", "3w", "3ms", "3us"]),
        ("  wait duration = 1d..1.5m‸", ["1.5m", "1.5ms"]),
        ("  seen timestamp = `at` + 2‸", ["2d", "2h", "2m", "2s", "2w", "2ms", "2us"]),
        ("  seen timestamp = `at` + exponential(mean: 30‸)", ["30d", "30h"]),
        ("  n int = 3‸", []),
        ("  n int = id + 3‸", []),
        ('  s string = "3‸"', []),
        ("  # 3‸", []),
        ("  d3‸", []),
    ],
)
def test_units(line: str, expected: list[str]) -> None:
    found = offered(line)
    wanted = [item.label for item in found if item.detail.endswith("s") and item.label[:1].isdigit()]
    assert wanted[: len(expected)] == expected if expected else wanted == []
    for item in found:
        if item.label in expected:
            text = SPEC.replace("@", line).replace(CURSOR, "")
            assert text[: item.span.end].endswith(item.label[: item.span.end - item.span.start])
