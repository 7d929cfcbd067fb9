"""Tables with designs, built: the same rows however they are made, and found out where they are not there."""

from __future__ import annotations

from pathlib import Path

import pyarrow.parquet as pq
import pytest

import specdsl
from specdsl.building.finding import find_tables
from specdsl.compiler import Overrides, compile_source
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from specdsl.sinks.registry import SINKS
from specdsl.source import SourceFile
from specdsl.verify.rule import RuleKind
from specdsl.verify.verifier import verify
from tests.build.specs import built, compiled
from tests.checkpoints.making import Batches
from tests.generate.making import generator, made

SPEC = """
dataset d { seed 7, now 2025-01-01T00:00:00Z, per batch 1d }
enum Plan { free 90%, pro, team }

table cases {
  id      int key
  browser string = "chrome" 80% | "firefox" | "safari"
  os      string = "windows" | "macos" | "linux"
  plan    Plan
  seats   int? 5% null in 1..3
  price   decimal(4, 1) = 0.0 | 9.5
  trial   bool
  note    string = f"{browser} {first_name()}"
  limit   int = 1..9
  check apple: browser != "safari" or os == "macos"
  check paid: plan != free or price == 0.0
  check room: limit > seats
  cover pairwise (browser, os, plan, seats, price, trial)
}

table runs 300 {
  id      int key
  case_id -> cases
  browser string = case_id.browser
}
"""
COLUMNS = ("browser", "os", "plan", "seats", "price", "trial")
COUNTED = SPEC.replace("table cases {", "table cases 400 grows 10 per batch {")


def test_rows_do_not_depend_on_how_they_are_made(tmp_path: Path) -> None:
    for number, spec in enumerate((SPEC, COUNTED)):
        one, four = tmp_path / f"one{number}", tmp_path / f"four{number}"
        built(one, spec, workers=1)
        built(four, spec, workers=4)
        for table in ("cases", "runs"):
            assert (one / f"{table}.parquet").read_bytes() == (four / f"{table}.parquet").read_bytes()
        assert made(generator(spec), "cases", batch_rows=3) == made(spec, "cases")


def test_the_design_is_that_of_the_spec_alone() -> None:
    """Not of the seed: it says what else stands in the rows."""
    first = made(SPEC, "cases")
    other = made(SPEC.replace("seed 7", "seed 8"), "cases")
    assert all(other[name] == first[name] for name in COLUMNS)
    assert other["note"] != first["note"]
    longer = made(COUNTED, "cases")
    count = len(first["id"])
    assert all(longer[name][:count] == first[name] for name in COLUMNS)
    assert set(longer["browser"][count:]) == {"chrome", "firefox", "safari"}
    assert longer["browser"][count:].count("chrome") > 200  # drawn by their shares again


def test_columns_beside_the_design_depend_on_it() -> None:
    rows = made(SPEC, "cases")
    assert all(n.startswith(b) for n, b in zip(rows["note"], rows["browser"], strict=True))
    assert all(s is None or s < x for s, x in zip(rows["seats"], rows["limit"], strict=True))


@pytest.mark.parametrize("name", SINKS)
def test_every_format_is_verified(tmp_path: Path, name: str) -> None:
    result = built(tmp_path, SPEC, format=name)
    assert result.ok and result.report is not None
    rules = [r for r in result.report.rules if r.rule.kind is RuleKind.COVER]
    assert [r.rule.name for r in rules] == [f"cases cover pairwise ({', '.join(COLUMNS)})"]
    assert rules[0].looked_at == 116
    assert rules[0].note.startswith("116 pairs in ") and rules[0].note.endswith("; 3 more cannot be")


def test_a_missing_pair_is_found(tmp_path: Path) -> None:
    built(tmp_path, SPEC)
    dataset = compiled(SPEC).dataset
    assert dataset is not None
    table = pq.read_table(tmp_path / "cases.parquet")
    keep = [
        not (b == "safari" and p == "team")
        for b, p in zip(table["browser"].to_pylist(), table["plan"].to_pylist(), strict=True)
    ]
    pq.write_table(table.filter(keep), tmp_path / "cases.parquet")
    report = verify(dataset, find_tables(dataset, tmp_path).tables)
    (broken,) = [r for r in report.broken if r.rule.kind is RuleKind.COVER]
    assert broken.looked_at == 116 and broken.broken >= 1
    assert 'browser = "safari", plan = team' in [row["missing"] for row in broken.offenders]


def test_what_is_left_out_is_explained() -> None:
    dataset = compiled(SPEC).dataset
    assert dataset is not None
    lines = plan(dataset).explain()
    assert any("116 pairs in the first" in line for line in lines)
    (left_out,) = [line for line in lines if "no row can have" in line]
    assert "no row can have 3 of 119 pairs" in left_out
    for pair in (
        'browser = "safari" with os = "windows"',
        'browser = "safari" with os = "linux"',
        "plan = free with price = 9.5",
    ):
        assert pair in left_out


def test_counts_of_the_command_line() -> None:
    def codes(overrides: Overrides) -> list[str]:
        found = compile_source(SourceFile("spec.dgen", COUNTED), LocalFiles(), overrides)
        return [d.code for d in found.diagnostics if d.severity.value == "error"]

    assert codes(Overrides(rows={"cases": 3})) == codes(Overrides(scale=0.01)) == ["DG482"]
    assert codes(Overrides(rows={"cases": 50})) == codes(Overrides(scale=2)) == []


def test_batches_append_rows_that_are_drawn(tmp_path: Path) -> None:
    batches = Batches(tmp_path, COUNTED)
    for _ in range(3):
        batches.add()
    assert [len(batches.column("cases", "id", n)) for n in (1, 2, 3)] == [400, 10, 10]
    whole = made(COUNTED.replace("400 grows 10", "420 grows 10"), "cases")
    assert batches.column("cases", "browser") == whole["browser"]
    uncounted = Batches(tmp_path / "own", SPEC.replace("runs 300", "runs 300 grows 5 per batch"))
    (tmp_path / "own").mkdir()
    uncounted.add()
    uncounted.add()
    assert len(uncounted.table("cases")) == len(made(SPEC, "cases")["id"])


def test_dirt_is_put_on_afterwards(tmp_path: Path) -> None:
    result = built(tmp_path, SPEC.replace("  cover", "  violate apple 1 rows\n  typos(note) 2 rows\n  cover"))
    assert result.ok and result.report is not None
    assert result.report.expected("cases") == 1


def test_edge_rows_leave_the_design_alone() -> None:
    plain, edged = made(SPEC, "cases"), made(generator(SPEC, edge=0.5), "cases")
    assert all(edged[name] == plain[name] for name in COLUMNS)


def test_rows_of_the_python_api() -> None:
    data = specdsl.load(SPEC)
    rows = data["cases"].to_pylist()
    assert len({tuple(row[name] for name in COLUMNS) for row in rows}) == len(rows)
    assert {row["browser"] for row in data["runs"].to_pylist()} == {"chrome", "firefox", "safari"}


def test_a_key_of_the_combination(tmp_path: Path) -> None:
    spec = """
    table cases {
      a string = "x" | "y"
      b int = 1..3
      cost float = 0.5..1.5
      key (a, b)
      cover all (a, b)
    }
    table runs 50 { (a, b) -> cases, seconds int = 1..9 }
    """
    result = built(tmp_path, spec)
    assert result.ok and result.report is not None and not result.report.unchecked
    assert pq.read_table(tmp_path / "cases.parquet").num_rows == 6


KINDS = """
enum Plan { free, pro }
type Level = int in 1..3
table cases {
  a string = "x" | "yy" | "Zzz"
  b int = 0..3
  c string = /[AB][01]/
  d Level
  e decimal(4, 1) = 0.0 | 1.5 | 20.0
  f date = 2025-01-01 .. 2025-01-03
  g duration = 1h | 2h
  `weird name` bool
  p Plan
  t time = 08:00 | 09:00
  v string = if b > 1 then "big" | "huge" else "small"
  w string? = match p { free => null, pro => "w" }
  x int? null 50% when p == free else 0% = 7
  z float = 0.5 | 1.5
  check k1: length(a) != b
  check k2: lower(a) != "zzz" or starts_with(c, "A")
  check k3: e * 2 < 10 or d in [1, 2]
  check k5: z + d > 2.0 or `weird name`
  check k6: v != "huge" or greatest(b, d) == 3
  cover pairwise (a, b, c, d, e, f, g, `weird name`, p, t, v, w, x, z)
}
"""


@pytest.mark.parametrize("name", ["csv", "jsonl", "parquet"])
def test_values_of_every_kind(tmp_path: Path, name: str) -> None:
    """Nulls, names in backticks, patterns, moments, values that go by others, functions in checks."""
    result = built(tmp_path, KINDS, format=name)
    assert result.ok and result.report is not None and not result.report.unchecked
    (cover,) = [r for r in result.report.rules if r.rule.kind is RuleKind.COVER]
    assert cover.looked_at > 600
