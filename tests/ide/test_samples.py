"""Sample values are those that a build makes, from any text that can be made sense of."""

from __future__ import annotations

import datetime as dt
import math
from pathlib import Path

import pytest

from specdsl.compiler import compile_path
from specdsl.datatypes import types as t
from specdsl.datatypes.value_text import value_text
from specdsl.generate.generator import Generator
from specdsl.ide.burden import burden, row_estimate
from specdsl.ide.histogram import histogram
from specdsl.ide.samples import ROWS, Sample, sample_column
from specdsl.ide.workspace import Workspace
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from tests import examples

SPEC = """\
dataset d { seed 3 }
enum Status { paid 80%, late }
table users 100 {
  id int key
  name string = first_name()
  age int in 18..90 = normal(mean: 40, sd: 12)
  status Status
  nick string? 90% null = first_name()
  spent int = sum(orders.total)
}
table orders {
  id int key
  user_id -> users each 1..3
  total int = 1..9
  copy int = total * 2
}
table summary = sql("select count(*) as n from users")
"""


def sampled(text: str, table: str, column: str, *, many: bool = False) -> Sample:
    workspace = Workspace(LocalFiles("."))
    workspace.open("main.dgen", text)
    return sample_column(workspace, "main.dgen", table, column, many=many, patience=math.inf)


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_samples_are_the_first_rows_of_a_build(path: Path) -> None:
    files = LocalFiles(path.parent)
    dataset = compile_path(str(path), files).dataset
    assert dataset is not None
    generator = Generator(plan(dataset), files)
    workspace = Workspace()
    workspace.open(str(path), path.read_text("utf-8"))
    compared = 0
    for table in dataset.tables.values():
        for column in list(table.columns.values())[:6]:
            sample = sample_column(workspace, str(path), table.name, column.name)
            if table.query is not None or burden(dataset, table.name, column.name) > 100_000:
                continue
            values = generator.values(table.name, column.name, 0, ROWS).to_pylist()
            wanted = [value_text(value, column.type) for value in values]
            shown = [text.removesuffix("...") for text in sample.values]
            assert sample.reason == ""
            assert [w[: len(s)] for w, s in zip(wanted, shown, strict=True)] == shown
            compared += 1
    assert compared > 5


def test_what_some_hundred_rows_look_like() -> None:
    age = sampled(SPEC, "users", "age", many=True)
    assert age.histogram is not None
    assert age.histogram.low >= "18"
    assert len(age.histogram.bars) == 16
    status = dict(sampled(SPEC, "users", "status", many=True).shares)
    assert list(status) == ["paid", "late"]
    assert status["paid"] == pytest.approx(0.8, abs=0.1)
    nick = sampled(SPEC, "users", "nick", many=True)
    assert nick.nulls == pytest.approx(0.9, abs=0.1)
    assert nick.examples
    assert "null" not in nick.examples


BROKEN = [
    ("  name string = first_name()", "  name string = ", "users", "age"),
    ("  name string = first_name()", "  name string = nope(", "users", "age"),
    ("  name string = first_name()", "  name strin", "users", "status"),
    ("  total int = 1..9", "  total int = (", "users", "name"),
    ("  status Status", "  status Statu", "orders", "copy"),
]


@pytest.mark.parametrize(("line", "instead", "table", "column"), BROKEN)
def test_what_is_broken_elsewhere_changes_nothing(line: str, instead: str, table: str, column: str) -> None:
    assert line in SPEC
    broken = sampled(SPEC.replace(line, instead), table, column)
    assert broken.values == sampled(SPEC, table, column).values
    assert broken.values


REASONS = [
    (SPEC, "summary", "n", "SQL makes this table"),
    (SPEC, "nowhere", "n", "there is no table `nowhere`"),
    (SPEC, "users", "nothing", "there is no column `nothing`"),
    (SPEC.replace("= 1..9", "= "), "orders", "total", "a value is missing"),
    (SPEC.replace("= 1..9", "= "), "users", "spent", "`total`"),
    (SPEC.replace("-> users each 1..3", "-> people each 1..3"), "orders", "total", "people"),
    (SPEC.replace("users 100", "users 2_000_000"), "orders", "total", "rows would have to be made first"),
    (SPEC.replace("users 100", "users 0"), "users", "name", "the table has no rows"),
]


@pytest.mark.parametrize(("text", "table", "column", "reason"), REASONS)
def test_why_there_are_none(text: str, table: str, column: str, reason: str) -> None:
    sample = sampled(text, table, column)
    assert sample.values == ()
    assert reason in sample.reason


def test_they_follow_the_text() -> None:
    workspace = Workspace(LocalFiles("."))
    workspace.open("main.dgen", SPEC)
    before = sample_column(workspace, "main.dgen", "orders", "copy").values
    workspace.change("main.dgen", SPEC.replace("1..9", "100..900"))
    after = sample_column(workspace, "main.dgen", "orders", "copy").values
    assert all(int(value) < 20 for value in before)
    assert all(int(value) >= 200 for value in after)


def test_tables_of_other_files_are_made_as_the_program_says() -> None:
    workspace = Workspace(LocalFiles("."))
    workspace.open(
        str(Path("users.dgen").absolute()), "table users 9 {\n  id int key\n  n = 0..1_000_000\n}\n"
    )
    main = str(Path("main.dgen").absolute())
    for seed in (1, 2):
        workspace.open(
            main, f'import "users.dgen"\ndataset d {{ seed {seed} }}\ntable a 1 {{ id int key }}\n'
        )
    first = sample_column(workspace, main, "users", "n").values
    workspace.change(main, workspace.document(main).text.replace("seed 2", "seed 3"))
    assert len(first) == ROWS
    assert sample_column(workspace, main, "users", "n").values != first


def test_rows_are_estimated_from_what_is_written() -> None:
    text = SPEC.replace("users 100", "users 1_000").replace("each 1..3", "each poisson(4)")
    workspace = Workspace(LocalFiles("."))
    workspace.open("main.dgen", text)
    slice_ = workspace.slice_at("main.dgen", text.index("table orders") + 1)
    assert slice_ is not None
    assert slice_.dataset is not None
    assert row_estimate(slice_.dataset, "orders") == 4_000
    assert burden(slice_.dataset, "orders", "total") == 1_000


def test_histograms() -> None:
    found = histogram([*range(100), 0, 0], t.INT)
    assert found is not None
    assert (found.low, found.high, len(found.bars)) == ("0", "99", 16)
    few = histogram([1, 2, 2, 3, 3, 3] * 10, t.INT)
    assert str(few) == "1 ▃▆█ 3"
    days = histogram([dt.date(2024, 1, d) for d in range(1, 31)], t.DATE)
    assert days is not None
    assert (days.low, days.high) == ("2024-01-01", "2024-01-30")
    assert histogram([1] * 50, t.INT) is None
    assert histogram([1, 2, 3], t.INT) is None
    assert histogram(["a"] * 50, t.STRING) is None
