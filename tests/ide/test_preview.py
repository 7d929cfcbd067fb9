"""Previews show the rows that a build makes, whatever the state of the text."""

from __future__ import annotations

import json
from pathlib import Path

import pyarrow as pa
import pytest
from pyarrow import parquet

from specdsl.compiler import compile_path
from specdsl.datatypes.value_text import value_text
from specdsl.generate.generator import Generator
from specdsl.ide.bindings import outline_of
from specdsl.ide.burden import burden
from specdsl.ide.charts import ExamplesChart, HistogramChart, SharesChart
from specdsl.ide.estimates import estimated_rows
from specdsl.ide.live import MOST_BURDEN
from specdsl.ide.preview import Preview, PreviewState, preview
from specdsl.ide.row_counts import row_counts
from specdsl.ide.workspace import Workspace
from specdsl.local_files import LocalFiles
from specdsl.plan.planner import plan
from tests import examples
from tests.cli.running import run
from tests.ide.cursors import MAIN, placed

SPEC = """\
dataset d { seed 3 }
enum Status { paid 80%, late }
## Who buys.
table users 100 {
  id int key = sequence(start: 10)
  name string = first_name()
  ## In years.
  age int in 18..90 = normal(mean: 40, sd: 12)
  status Status
  nick string? 90% null = first_name()
  luck int hidden = 0..9
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


def shown(text: str, table: str | None = None, **settings: int) -> Preview:
    workspace, _ = placed(text)
    return preview(workspace, "main.dgen", table=table, **settings)


def names(found: Preview) -> list[str]:
    return [column.name for column in found.columns]


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_rows_are_those_of_a_build(path: Path) -> None:
    files = LocalFiles(path.parent)
    dataset = compile_path(str(path), files).dataset
    assert dataset is not None
    generator = Generator(plan(dataset), files)
    workspace = Workspace()
    workspace.open(str(path), path.read_text("utf-8"))
    compared = 0
    for table in dataset.tables.values():
        found = preview(workspace, str(path), table=table.name, first=3, rows=7)
        if table.query is not None:
            assert found.state is PreviewState.BROKEN
            continue
        columns = [c for c in table.columns.values() if not c.hidden]
        light = [c for c in columns if burden(dataset, table.name, c.name) <= MOST_BURDEN]
        assert found.state is (PreviewState.OK if light else PreviewState.BROKEN), found.message
        assert names(found) == [c.name for c in light]
        for column, cells in zip(light, zip(*found.rows, strict=True), strict=False):
            values = generator.values(table.name, column.name, 3, 7).to_pylist()
            assert cells == tuple(None if v is None else value_text(v, column.type) for v in values)
            compared += 1
        if light:
            assert found.row_count == generator.row_count(table.name)
    assert compared > 5


@pytest.mark.parametrize("path", examples.VARIED, ids=lambda p: p.stem)
def test_parents_are_the_rows_that_have_the_key(path: Path) -> None:
    files = LocalFiles(path.parent)
    dataset = compile_path(str(path), files).dataset
    assert dataset is not None
    generator = Generator(plan(dataset), files)
    workspace = Workspace()
    workspace.open(str(path), path.read_text("utf-8"))
    followed = 0
    for table in dataset.tables.values():
        found = preview(workspace, str(path), table=table.name, rows=12)
        for name, numbers in found.parents.items():
            reference = table.references[table.columns[name].reference or ""]
            key = reference.key[reference.columns.index(name)]
            kind = dataset.tables[reference.table].columns[key].type
            at = names(found).index(name)
            for row, number in zip(found.rows, numbers, strict=True):
                assert (row[at] is None) == (number is None)
                if number is not None:
                    parent = generator.values(reference.table, key, number, 1).to_pylist()[0]
                    assert row[at] == value_text(parent, kind)
                    followed += 1
    assert followed or path.stem == "weblogs"


def test_cells_are_the_texts_of_the_command(tmp_path: Path) -> None:
    spec = tmp_path / "main.dgen"
    spec.write_text(
        "dataset d { seed 3 }\ntable t 4 {\n  id int key\n  price decimal(9, 3) = 1.0..9.0\n  share float = 0.0..1.0\n"
        '  empty string = ""\n  took duration = 1m..3h\n  tags list<string>[0..2] = "a" | "b"\n'
        "  at timestamp = 2024-01-01 .. 2024-02-01\n}\n"
    )
    workspace = Workspace()
    workspace.open(str(spec), spec.read_text())
    found = preview(workspace, str(spec), table="t")
    assert found.state is PreviewState.OK, found.message
    vertical = run("preview", str(spec), "--vertical").out
    for row in found.rows:
        for cell in row:
            assert cell is not None
            assert cell in vertical
    empty = names(found).index("empty")
    assert found.rows[0][empty] == '""'


def test_columns_are_told_of() -> None:
    found = shown(SPEC, "users")
    columns = {column.name: column for column in found.columns}
    assert found.state is PreviewState.OK
    assert found.message == ""
    assert found.doc.strip() == "Who buys."
    assert "luck" not in columns
    assert columns["id"].role == "key"
    assert columns["age"].doc.strip() == "In years."
    assert columns["age"].numeric
    assert not columns["name"].numeric
    assert columns["nick"].nullable
    assert columns["status"].type == "Status"
    span = columns["age"].span
    assert span is not None
    assert SPEC[span.start : span.end] == "age"
    user = {column.name: column for column in shown(SPEC, "orders").columns}["user_id"]
    assert (user.role, user.target, user.type) == ("reference", "users", "int")


def test_charts() -> None:
    charts = {column.name: column.chart for column in shown(SPEC, "users", rows=2).columns}
    age, status, nick, key = charts["age"], charts["status"], charts["nick"], charts["id"]
    assert isinstance(age, HistogramChart)
    assert int(age.low) >= 18
    assert sum(age.bins) == age.rows == 100
    assert isinstance(status, SharesChart)
    assert [text for text, _ in status.values] == ["paid", "late"]
    assert sum(share for _, share in status.values) + status.other == pytest.approx(1)
    assert isinstance(nick, ExamplesChart)
    assert nick.nulls == pytest.approx(0.9, abs=0.1)
    assert "null" not in nick.examples
    assert isinstance(key, ExamplesChart)
    assert key.distinct == 100
    assert key.examples[0] == "10"


def test_pages() -> None:
    whole = shown(SPEC, "users", rows=100)
    page = shown(SPEC, "users", first=95, rows=50)
    assert page.rows == whole.rows[95:]
    assert (page.first, page.row_count) == (95, 100)
    beyond = shown(SPEC, "users", first=1_000)
    assert (beyond.state, beyond.first, beyond.rows) == (PreviewState.OK, 100, ())
    assert shown(SPEC, "users", first=-3, rows=-1).rows == ()


def test_no_rows_have_columns() -> None:
    found = shown(SPEC.replace("users 100", "users 0"), "users")
    assert (found.state, found.row_count, found.rows) == (PreviewState.OK, 0, ())
    assert "name" in names(found)
    assert all(column.chart is None for column in found.columns)


WHICH = [
    ("‸" + SPEC, "users"),
    (SPEC.replace("total int", "to‸tal int"), "orders"),
    (SPEC.replace("enum Status", "enum St‸atus"), "users"),
    (SPEC + "‸", "summary"),
]


@pytest.mark.parametrize(("text", "table"), WHICH)
def test_the_table_at_the_cursor_else_the_first(text: str, table: str) -> None:
    workspace, at = placed(text)
    assert preview(workspace, "main.dgen", offset=at).table == table


def test_nothing_to_show() -> None:
    assert shown("dataset d { seed 1 }\n").state is PreviewState.NONE
    assert shown("").state is PreviewState.NONE


BROKEN = [
    (SPEC, "summary", "SQL makes this table"),
    (SPEC, "nowhere", "there is no table `nowhere`"),
    (SPEC.replace("-> users each 1..3", "-> people each 1..3"), "orders", "people"),
    (SPEC.replace("users 100", "users 2_000_000"), "orders", "rows would have to be made first"),
    (SPEC.replace("users 100", "users nope"), "users", "nope"),
]


@pytest.mark.parametrize(("text", "table", "reason"), BROKEN)
def test_why_there_is_nothing(text: str, table: str, reason: str) -> None:
    found = shown(text, table)
    assert found.state is PreviewState.BROKEN
    assert reason in found.message
    assert found.table == table
    assert not found.columns
    assert [one.name for one in found.tables] == ["users", "orders", "summary"]


LEFT_OUT = [
    ("  name string = first_name()", "  name string = ", "`name` is left out: "),
    ("  name string = first_name()", "  name string = nope()", "`name` is left out: "),
    ("  name string = first_name()", '  name string = "a" 1% | "b" 99%"', "`name` is left out: this string"),
    ("  status Status", "  status Statu", "`status` is left out: "),
    ("  total int = 1..9", "  total int = (", "`spent` is left out: "),
    ("  status Status", "  status Status\n  check odd: nope > 1", "nope"),
]


@pytest.mark.parametrize(("line", "instead", "message"), LEFT_OUT)
def test_what_can_be_made_is_shown(line: str, instead: str, message: str) -> None:
    assert line in SPEC
    whole, found = shown(SPEC, "users"), shown(SPEC.replace(line, instead), "users")
    assert found.state is PreviewState.OK
    assert message in found.message
    kept = names(found)
    assert set(found.left_out) == set(names(whole)) - set(kept)
    assert {"id", "age", "nick"} <= set(kept)
    for name in kept:
        at, before = kept.index(name), names(whole).index(name)
        assert [row[at] for row in found.rows] == [row[before] for row in whole.rows]


def test_what_is_wrong_elsewhere_is_not_told_here() -> None:
    found = shown(
        SPEC.replace("  copy int = total * 2", "  copy int = total * 2\n  check odd: nope > 1"), "users"
    )
    assert found.state is PreviewState.OK
    assert "spent" in names(found)
    assert found.message == ""


def test_columns_that_fail_are_left_out() -> None:
    text = (
        "dataset d { seed 1 }\ntable a 5 {\n  id int key\n  n int = 1..9\n}\ntable b 4 {\n  id int key\n"
        "  a_id -> a where .n > 90\n  x int = 1..3\n}\n"
    )
    found = shown(text, "b")
    assert names(found) == ["id", "x"]
    assert found.left_out == ("a_id",)
    assert "`a_id` is left out: " in found.message
    heavy = SPEC.replace("users 100", "users 900_000").replace("each 1..3", "")
    found = shown(heavy.replace("orders {", "orders 10 {"), "users")
    assert "spent" in names(found)
    found = shown(heavy.replace("orders {", "orders 5_000_000 {"), "users")
    assert "spent" not in names(found)
    assert "`spent` is left out: about 5,000,000 rows" in found.message
    assert found.row_count == 900_000


def test_all_tables_are_listed_with_their_rows() -> None:
    listed = {one.name: (one.rows, one.exact) for one in shown(SPEC, "users").tables}
    assert listed == {"users": (100, True), "orders": (200, False), "summary": (None, False)}
    listed = {one.name: (one.rows, one.exact) for one in shown(SPEC, "orders").tables}
    assert listed["orders"][1]


def test_composite_references_have_parents() -> None:
    text = (
        "dataset d { seed 1 }\ntable a {\n  x_id -> x each 1..2\n  no int = 1 + index_in(x_id)\n"
        "  key (x_id, no)\n}\ntable x 5 { id int key }\ntable b 6 {\n  id int key\n  (a_x, a_no) -> a\n}\n"
    )
    found, parents = shown(text, "b"), shown(text, "a")
    assert found.state is PreviewState.OK, found.message
    assert set(found.parents) == {"a_x", "a_no"}
    assert found.parents["a_x"] == found.parents["a_no"]
    for row, number in zip(found.rows, found.parents["a_x"], strict=True):
        assert number is not None
        assert row[1:] == parents.rows[number]


def test_tables_of_imported_files() -> None:
    workspace, _ = placed(
        'import "users.dgen"\ndataset d { seed 1 }\ntable a 1 { id int key }\n',
        {"users.dgen": "table users 9 {\n  id int key\n  n = 0..1_000_000\n}\n"},
    )
    found = preview(workspace, "main.dgen", table="users")
    assert found.row_count == 9
    span = found.columns[1].span
    assert span is not None
    assert span.file == "users.dgen"
    workspace.change("users.dgen", "table users 7 {\n  id int key\n  n = 0..1_000_000\n}\n")
    again = preview(workspace, "main.dgen", table="users")
    assert again.row_count == 7
    assert again.rows == found.rows[:7]


def test_rows_from_a_file(tmp_path: Path) -> None:
    towns = {"name": ["Ulm", "Jena"], "people": [120_000, 110_000], "arms": [b"\x01\xff", None]}
    parquet.write_table(pa.table(towns), tmp_path / "towns.parquet")
    workspace = Workspace()
    main_file = str(tmp_path / "main.dgen")
    workspace.open(
        main_file, 'dataset d { seed 1 }\ntable towns from "towns.parquet" { sign string = "x" | "y" }\n'
    )
    found = preview(workspace, main_file)
    assert names(found) == ["name", "people", "arms", "sign"]
    assert found.row_count == 2
    assert [row[:3] for row in found.rows] == [("Ulm", "120000", "0x01ff"), ("Jena", "110000", None)]
    assert found.tables[0].rows == 2


def test_they_follow_the_text() -> None:
    workspace, _ = placed(SPEC)
    before = preview(workspace, "main.dgen", table="orders")
    workspace.change("main.dgen", SPEC.replace("1..9", "100..900"))
    after = preview(workspace, "main.dgen", table="orders")
    at = names(before).index("total")
    assert all(int(row[at] or 0) < 10 for row in before.rows)
    assert all(int(row[at] or 0) >= 100 for row in after.rows)
    assert before.columns[at].chart != after.columns[at].chart


def test_counts_read_from_trees_are_those_of_the_compiler() -> None:
    compared = 0
    for path in examples.ALL:
        files = LocalFiles(path.parent)
        dataset = compile_path(str(path), files).dataset
        if dataset is None:
            continue  # one that needs a plugin
        workspace = Workspace()
        workspace.open(str(path), path.read_text("utf-8"))
        counts = row_counts(outline_of(workspace, str(path)), workspace.files(str(path)))
        assert list(counts) == list(dataset.tables)
        for name, count in counts.items():
            table = dataset.tables[name]
            if table.histories or table.records:
                assert count is None or not count.exact  # how many there are yet depends on times
            elif count is not None:
                assert count == estimated_rows(dataset, name), (path.stem, name)
                compared += 1
    assert compared > 60


def test_command_line_agrees_on_json() -> None:
    workspace = Workspace()
    workspace.open(str(examples.SHOP), examples.SHOP.read_text("utf-8"))
    told = json.loads(run("preview", str(examples.SHOP), "-t", "orders", "-n", "5", "--json").out)
    found = preview(workspace, str(examples.SHOP), table="orders", rows=5)
    assert names(found) == list(told["orders"][0])
    assert [row[0] for row in found.rows] == [str(row["id"]) for row in told["orders"]]


def test_types_are_as_they_are_written() -> None:
    workspace, _ = placed("table p 3 { id int key, a struct { `postal code` int = 1, `match` int = 3 } }\n")
    found = preview(workspace, MAIN, table="p")
    assert [column.type for column in found.columns] == ["int", "struct { `postal code` int, `match` int }"]
