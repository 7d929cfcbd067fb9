"""Rows of tables and views in all the forms that the API gives them."""

from __future__ import annotations

import datetime as dt
import os
import pickle
import subprocess
import sys
from concurrent.futures import ProcessPoolExecutor
from decimal import Decimal
from html.parser import HTMLParser
from multiprocessing import get_context
from pathlib import Path
from typing import Any
from uuid import UUID

import duckdb
import polars as pl
import pyarrow as pa
import pyarrow.compute as pc
import pyarrow.csv
import pyarrow.parquet as pq
import pytest

import specdsl
from specdsl.errors import DataError, EnvironmentFailure, UsageError

SPEC = """
dataset clinic { seed 3 }
enum Kind { small, large }

## Who is treated.
table patients 300 {
  ## Never shown.
  id      uuid key
  nick    string unique = f"p{row}"
  age     int in 18..90 = normal(mean: 40, sd: 12)
  kind    Kind
  seen    timestamp = 2024-01-01 .. 2024-12-31
  took    duration = 1m..90m
  paid    decimal(8, 2) = 1.0..99.0
  note    json? 50% null = "{}"
  tags    list<string>[0..2] = distinct("a" | "b")
  box     struct { w float = 1.0..2.0 }
  boss    -> patients 20% null
  secret  int hidden = 1..9
}

table visits {
  id         int key
  patient_id -> patients each 0..3
}

table totals = sql("select p.kind, count(*) as n from patients p join visits v on v.patient_id = p.id group by all")
table larger = sql("select * from totals where n > 0 order by n desc")
"""


@pytest.fixture(scope="module")
def data() -> specdsl.Data:
    return specdsl.load(SPEC)


def test_one_record(data: specdsl.Data) -> None:
    patients = data["patients"]
    record = patients.row(7)
    assert record == patients.to_pylist()[7] == patients[7] == patients.row(7 - 300)
    assert isinstance(record["id"], UUID) and isinstance(record["paid"], Decimal)
    assert isinstance(record["seen"], dt.datetime) and record["seen"].tzinfo is not None
    assert isinstance(record["took"], dt.timedelta) and record["kind"] in ("small", "large")
    assert "secret" not in record
    for number in (300, -301):
        with pytest.raises(IndexError, match="`patients` has 300 rows and no row"):
            patients.row(number)


def test_a_record_far_out_is_made_alone() -> None:
    table = specdsl.load("table t 1_000_000_000_000 { id int key = sequence(start: 1) }")["t"]
    assert table.row(999_999_999_999) == {"id": 1_000_000_000_000}
    assert table[-1] == {"id": 1_000_000_000_000}
    assert table[10**11 : 10**11 + 2].to_pylist() == [{"id": 10**11 + 1}, {"id": 10**11 + 2}]
    assert table.sample(3).num_rows == 3


def test_loops_and_slices(data: specdsl.Data) -> None:
    patients = data["patients"]
    assert len(patients) == 300
    assert list(patients) == patients.to_pylist()
    whole = patients.to_arrow()
    assert patients[10:20].to_arrow().equals(whole.slice(10, 10))
    assert len(patients[290:400]) == 10 and len(patients[20:10]) == 0
    assert patients[-5:].to_arrow().equals(whole.slice(295))
    assert patients[10:50][5:8].to_arrow().equals(whole.slice(15, 3))
    assert patients[10:20].row(-1) == patients.row(19)
    assert patients[5:5].to_arrow().num_rows == 0
    with pytest.raises(UsageError, match="without a step"):
        patients[::2]
    with pytest.raises(UsageError, match="not -1"):
        patients.to_arrow(-1)


def test_take_and_sample(data: specdsl.Data) -> None:
    patients = data["patients"]
    whole = patients.to_arrow()
    assert patients.take([5, 3, 3]).equals(whole.take(pa.array([5, 3, 3])))
    with pytest.raises(IndexError):
        patients.take([300])
    sample = patients.sample(40)
    assert sample.num_rows == 40 and sample.equals(patients.sample(40))
    nicks = sample["nick"].to_pylist()
    assert len(set(nicks)) == 40 and nicks == sorted(nicks, key=lambda n: int(n[1:]))
    assert not sample.equals(patients.sample(40, seed=1))
    assert patients.sample(1_000).equals(whole)


def test_pandas(data: specdsl.Data) -> None:
    frame = data["patients"].to_pandas(rows=50)
    assert len(frame) == 50 and str(frame.dtypes["age"]) == "int64"
    assert str(data["patients"].to_pandas(5, arrow_types=True).dtypes["paid"]) == "decimal128(8, 2)[pyarrow]"


def test_polars(data: specdsl.Data) -> None:
    frame = data["patients"].to_polars(rows=50)
    assert frame.shape == (50, len(data["patients"].schema))
    assert frame.schema["id"] == pl.String and frame["id"][0] == str(data["patients"].row(0)["id"])
    assert frame["boss"].null_count() == data["patients"].to_arrow(50)["boss"].null_count


@pytest.mark.parametrize(("module", "call"), [("pandas", "to_pandas"), ("polars", "to_polars")])
def test_a_library_that_is_missing(
    data: specdsl.Data, monkeypatch: pytest.MonkeyPatch, module: str, call: str
) -> None:
    monkeypatch.setitem(sys.modules, module, None)
    with pytest.raises(UsageError, match="is not installed") as told:
        getattr(data["patients"], call)(5)
    assert told.value.help == f"pip install {module}"


# --- databases -----------------------------------------------------------------------------


def test_a_table_in_duckdb(data: specdsl.Data) -> None:
    con = duckdb.connect()
    relation = data["patients"].to_duckdb(con, rows=120)
    assert relation.aggregate("count(*), min(age) >= 18").fetchall() == [(120, True)]
    types = dict(
        con.execute(
            "select column_name, data_type from duckdb_columns() where table_name = 'patients'"
        ).fetchall()
    )
    assert types["id"] == "UUID" and types["note"] == "JSON" and types["took"] == "INTERVAL"
    with pytest.raises(UsageError, match="has `patients` already"):
        data["patients"].to_duckdb(con)
    data["patients"].to_duckdb(con, replace=True)
    data["patients"].to_duckdb(con, 'odd "name')
    assert con.execute('select count(*) from patients, "odd ""name"').fetchall() == [(90_000,)]
    assert data["patients"].select("age").to_duckdb().columns == ["age"]


def test_all_tables_in_duckdb(data: specdsl.Data) -> None:
    con = data.to_duckdb(keys=True, schema="raw data")
    assert con.execute('select count(*) from "raw data".patients').fetchall() == [(300,)]
    kinds = con.execute("select table_name, constraint_type from duckdb_constraints()").fetchall()
    assert {("visits", "FOREIGN KEY"), ("visits", "PRIMARY KEY"), ("patients", "UNIQUE")} <= set(kinds)
    with pytest.raises(duckdb.ConstraintException):
        con.execute('insert into "raw data".visits values (9999, uuid())')
    assert data.to_duckdb(con, keys=True, schema="raw data", replace=True) is con
    with pytest.raises(UsageError, match="already"):
        data.to_duckdb(con, schema="raw data")
    total = con.execute('select sum(n) from "raw data".totals').fetchall()
    assert total == [(data["visits"].row_count,)]


def test_a_failure_on_the_way_into_duckdb() -> None:
    table = specdsl.load(
        "table t 9 { id int key, a int = 9_000_000_000_000_000_000 + 1_000_000_000_000_000_000 * row }"
    )["t"]
    con = duckdb.connect()
    with pytest.raises(specdsl.SpecError):
        table.to_duckdb(con)
    assert con.execute("select count(*) from duckdb_tables()").fetchall() == [(0,)]


# --- derived tables ------------------------------------------------------------------------


def test_derived_tables_equal_those_of_a_build(data: specdsl.Data, tmp_path: Path) -> None:
    assert data.build(tmp_path / "out").ok
    for name in ("totals", "larger"):
        table = data[name]
        assert table.is_derived and table.row_count == 2
        built = pq.read_table(tmp_path / "out" / f"{name}.parquet")
        assert table.to_pylist() == built.to_pylist()
        assert table.row(1) == built.to_pylist()[1]
        assert table.take([1]).to_pylist() == [table.row(1)]
    assert repr(data["totals"]) == "<table totals: derived>"


def test_a_query_that_fails() -> None:
    spec = "table t 3 { id int key = sequence(start: 1) }\ntable d = sql(\"select error('no ' || id) as x from t\")"
    with pytest.raises(specdsl.SpecError, match="DG225"):
        specdsl.load(spec)["d"].to_arrow()


# --- views ---------------------------------------------------------------------------------


def doubled(batch: pa.RecordBatch) -> pa.RecordBatch:
    return pa.RecordBatch.from_pydict({"nick": batch["nick"], "twice": pc.multiply(batch["age"], 2)})


def test_map(data: specdsl.Data) -> None:
    view = data["patients"].map(doubled)
    assert view.schema.names == ["nick", "twice"] and len(view) == 300
    whole = view.to_arrow()
    assert whole["twice"].to_pylist() == [2 * age for age in data["patients"].to_arrow()["age"].to_pylist()]
    assert view.row(250) == whole.to_pylist()[250]
    assert view[10:12].select("twice").to_pylist() == [
        {"twice": r["twice"]} for r in whole.to_pylist()[10:12]
    ]
    pieces = list(view.batches(5, 25, batch_rows=7))
    assert [p.num_rows for p in pieces] == [7, 7, 6] and pa.Table.from_batches(pieces).equals(
        whole.slice(5, 20)
    )
    assert "map doubled" in repr(view)


def test_filter(data: specdsl.Data) -> None:
    whole = data["patients"].to_arrow()
    wanted = whole.filter(pc.greater(whole["age"], 45))
    for condition in (pc.field("age") > 45, lambda batch: pc.greater(batch["age"], 45)):
        view = data["patients"].filter(condition)
        assert not view.is_counted
        assert view.to_arrow().combine_chunks().equals(wanted.combine_chunks())
        assert view.row_count == wanted.num_rows
        assert view.row(3) == wanted.to_pylist()[3] and list(view) == wanted.to_pylist()
        assert (
            view[2:9].to_pylist() == wanted.to_pylist()[2:9]
            and view[-2:].to_pylist() == wanted.to_pylist()[-2:]
        )
        assert [b.num_rows for b in view.batches(3, 9, batch_rows=5)].__len__() >= 2
        assert view.to_arrow(4).num_rows == 4
        with pytest.raises(TypeError, match="row_count"):
            len(view)
        with pytest.raises(IndexError):
            view.row(wanted.num_rows)
    mapped = data["patients"].filter(pc.field("age") > 45).map(doubled).select("twice")
    assert mapped.to_arrow()["twice"].to_pylist() == [2 * age for age in wanted["age"].to_pylist()]


def test_a_filter_reads_no_more_than_it_needs() -> None:
    table = specdsl.load("table t 1_000_000_000_000 { id int key = sequence(start: 1) }")["t"]
    assert table.filter(pc.field("id") > 70_000).head(1).to_pylist() == [{"id": 70_001}]


@pytest.mark.parametrize(
    ("function", "told"),
    [
        (lambda b: b.to_pylist(), "gave builtins.list of"),
        (lambda b: b.slice(1), "made 63 rows of 64"),
        (lambda b: b.select(["age"] if b.num_rows == 64 else ["nick"]), "gave the columns nick where age"),
        (
            lambda b: pa.RecordBatch.from_pydict(
                {"x": list(range(b.num_rows)) if b.num_rows == 64 else ["a"] * b.num_rows}
            ),
            "gave column `x` as string after int64",
        ),
    ],
)
def test_a_function_that_does_not_keep_its_word(data: specdsl.Data, function: Any, told: str) -> None:
    with pytest.raises(DataError, match=told):
        data["patients"].map(function).to_arrow()


def test_a_schema_for_a_function(data: specdsl.Data) -> None:
    rare = lambda b: pa.RecordBatch.from_pydict({"x": pa.array([None] * b.num_rows)})  # noqa: E731
    schema = pa.schema([pa.field("x", pa.int32())])
    assert data["patients"].map(rare, schema).to_arrow().schema == schema
    with pytest.raises(DataError, match="made null of `x`"):
        data["patients"].map(rare, pa.schema([pa.field("x", pa.int32(), nullable=False)])).to_arrow()
    with pytest.raises(DataError, match=r"column `nick` .* is no int32"):
        data["patients"].map(
            lambda b: b.select(["nick"]), pa.schema([pa.field("nick", pa.int32())])
        ).to_arrow()


def test_what_a_function_raises_says_where(data: specdsl.Data) -> None:
    with pytest.raises(ZeroDivisionError) as told:
        data["patients"].map(lambda _: 1 / 0).to_arrow()
    assert told.value.__notes__ == ["while making rows of `patients`"]


def test_wrong_views(data: specdsl.Data) -> None:
    with pytest.raises(UsageError, match="has no column `agee`") as told:
        data["patients"].select("agee")
    assert told.value.help == "did you mean `age`?"
    with pytest.raises(UsageError, match="twice"):
        data["patients"].select("age", "age")
    with pytest.raises(DataError, match="the filter of `patients` gave"):
        data["patients"].filter(lambda _: True).to_arrow()
    with pytest.raises(DataError, match="cannot be filtered"):
        data["patients"].filter(pc.field("nope") > 1).to_arrow()


# --- files ---------------------------------------------------------------------------------


def test_one_file(data: specdsl.Data, tmp_path: Path) -> None:
    patients = data["patients"]
    assert patients.write(tmp_path / "p.parquet", rows=100) == 100
    read = pq.read_table(tmp_path / "p.parquet")
    assert read["age"].to_pylist() == patients.to_arrow(100)["age"].to_pylist()
    assert read.schema.metadata[b"description"] == b"Who is treated."
    assert patients.select("nick", "age").write(str(tmp_path / "p.csv.gz")) == 300
    assert pa.csv.read_csv(tmp_path / "p.csv.gz").column_names == ["nick", "age"]
    assert patients.map(doubled).write(tmp_path / "odd.name", "jsonl", rows=1) == 1
    assert '"twice":' in (tmp_path / "odd.name").read_text()
    before = (tmp_path / "p.parquet").read_bytes()
    patients.write(tmp_path / "p.parquet", rows=100, workers=2)
    assert (tmp_path / "p.parquet").read_bytes() == before
    assert sorted(p.name for p in tmp_path.iterdir()) == ["odd.name", "p.csv.gz", "p.parquet"]
    if os.name == "posix":
        (tmp_path / "plain").touch()
        assert (tmp_path / "p.parquet").stat().st_mode == (tmp_path / "plain").stat().st_mode


def test_the_same_bytes_as_a_build(data: specdsl.Data, tmp_path: Path) -> None:
    data.build(tmp_path / "out", "csv", tables=["visits", "patients"])
    data["visits"].write(tmp_path / "visits.csv")
    assert (tmp_path / "visits.csv").read_bytes() == (tmp_path / "out" / "visits.csv").read_bytes()


def test_files_that_cannot_be(data: specdsl.Data, tmp_path: Path) -> None:
    visits = data["visits"]
    with pytest.raises(UsageError, match="does not say which format"):
        visits.write(tmp_path / "visits.nope")
    with pytest.raises(UsageError, match="`nope` is not a format"):
        visits.write(tmp_path / "visits.csv", "nope")
    with pytest.raises(UsageError, match="csv cannot be compressed by `snappy`"):
        visits.write(tmp_path / "visits.csv", compression="snappy")
    with pytest.raises(UsageError):
        visits.write(tmp_path / "visits.csv", options={"nope": "1"})
    with pytest.raises(EnvironmentFailure):
        visits.write(tmp_path / "no" / "such" / "visits.csv")
    with pytest.raises(ZeroDivisionError):
        visits.map(lambda _: 1 / 0).write(tmp_path / "visits.csv")
    assert list(tmp_path.iterdir()) == []


def test_verify(data: specdsl.Data, tmp_path: Path) -> None:
    data.build(tmp_path / "out", "csv")
    assert data.verify(tmp_path / "out").ok
    assert data.verify(tmp_path / "out", "sample").ok
    path = tmp_path / "out" / "visits.csv"
    lines = path.read_text().splitlines()
    path.write_text("\n".join([*lines, lines[-1]]) + "\n")
    report = data.verify(tmp_path / "out")
    assert not report.ok and "visits" in {r.rule.table for r in report.broken}
    path.unlink()
    (tmp_path / "out" / "manifest.json").unlink()
    with pytest.raises(DataError, match="no data of table `visits`"):
        data.verify(tmp_path / "out")
    with pytest.raises(UsageError, match="`half` is not a level"):
        data.verify(tmp_path / "out", "half")  # type: ignore[arg-type]


# --- elsewhere -----------------------------------------------------------------------------


def make(table: specdsl.Rows, start: int, stop: int) -> list[dict[str, Any]]:
    return [r for batch in table.batches(start, stop) for r in batch.to_pylist()]


def fail(table: specdsl.Rows) -> None:
    table.to_arrow()


def test_processes_make_row_ranges(data: specdsl.Data) -> None:
    spawned = ProcessPoolExecutor(2, mp_context=get_context("spawn"))
    view = data["patients"].filter(pc.field("age") > 30).map(doubled)
    broken = specdsl.load("table t 9 { id int key, a int = 9_000_000_000_000_000_000 * row }")["t"]
    with spawned as pool:
        parts = [pool.submit(make, data["patients"], start, start + 100) for start in (0, 100, 200)]
        mapped = pool.submit(make, view, 0, 50)
        failed = pool.submit(fail, broken)
        assert [r for part in parts for r in part.result()] == data["patients"].to_pylist()
        assert mapped.result() == view.to_pylist(50)
        with pytest.raises(specdsl.SpecError, match=r"spec\.dgen:1:"):
            failed.result()


def test_what_is_pickled_is_the_spec_alone(data: specdsl.Data) -> None:
    fresh = pickle.dumps(specdsl.load(SPEC)["patients"])
    data["patients"].to_arrow()
    assert len(pickle.dumps(data["patients"])) == len(fresh)
    again = pickle.loads(fresh)
    assert again.to_arrow().equals(data["patients"].to_arrow())
    assert again.columns == data["patients"].columns


def test_functions_of_the_user_go_along(tmp_path: Path) -> None:
    plugin = tmp_path / "scoring.py"
    plugin.write_text(
        "from specdsl.plugins import function\n\n@function\ndef twice(x: int) -> int:\n"
        '    """Doubled."""\n    return x * 2\n'
    )
    spec = "table t 5 { id int key = sequence(start: 1), b int = twice(id) }"
    packed = tmp_path / "t.pickle"
    packed.write_bytes(pickle.dumps(specdsl.load(spec, plugins=[str(plugin)])["t"]))
    script = f"import pickle; print(pickle.load(open({str(packed)!r}, 'rb')).row(3))"
    done = subprocess.run([sys.executable, "-c", script], capture_output=True, text=True, check=True)
    assert done.stdout.strip() == "{'id': 4, 'b': 8}"


# --- what tables are -----------------------------------------------------------------------


def test_columns(data: specdsl.Data) -> None:
    columns = {c.name: c for c in data["patients"].columns}
    assert columns["id"].key and columns["id"].doc == "Never shown." and not columns["id"].unique
    assert columns["nick"].unique and columns["boss"].references == "patients" and columns["boss"].nullable
    assert columns["secret"].hidden and str(columns["paid"].type) == "decimal(8, 2)"
    text = data["patients"].describe()
    assert text.splitlines()[:3] == [
        "table patients: 300 rows",
        "Who is treated.",
        "  id uuid key  # Never shown.",
    ]
    assert data.name == "clinic" and data.seed == 3


def test_preview(data: specdsl.Data) -> None:
    preview = data.preview(2)
    assert list(preview.tables) == ["patients", "visits"]
    lines = repr(preview).splitlines()
    assert lines[0] == "patients: 2 of 300 rows" and lines[1].split()[:3] == ["id", "nick", "age"]
    with pytest.raises(UsageError):
        data.preview(-1)


def test_diagnose_and_format(tmp_path: Path) -> None:
    assert [d.code for d in specdsl.diagnose("table t 3 { a int = nope }")] == ["DG202"]
    assert specdsl.diagnose("table t 3 { id int key }") == []
    (tmp_path / "x.dgen").write_text("table t 3 { id int key, id int }")
    assert [d.severity.value for d in specdsl.diagnose(tmp_path / "x.dgen")] == ["error"]
    assert specdsl.format("table   t 3 {\nid int   key\n}\n") == "table t 3 {\n  id int key\n}\n"
    with pytest.raises(specdsl.SpecError, match="error\\[DG1"):
        specdsl.format("table t 3 { id int key")


def test_counts_that_cannot_be_replaced() -> None:
    with pytest.raises(UsageError, match="`visits` has no row count to replace"):
        specdsl.load(SPEC, rows={"visits": 3})
    with pytest.raises(UsageError, match="there is no table `patient`") as told:
        specdsl.load(SPEC, rows={"patient": 3})
    assert told.value.help == "did you mean `patients`?"


class Page(HTMLParser):
    """Whether elements are closed in the order that they were opened, and the text."""

    def __init__(self, text: str) -> None:
        super().__init__()
        self.open: list[str] = []
        self.words = ""
        self.feed(text)
        self.close()
        assert self.open == []

    def handle_starttag(self, tag: str, attrs: object) -> None:
        if tag != "br":
            self.open.append(tag)

    def handle_endtag(self, tag: str) -> None:
        assert self.open.pop() == tag

    def handle_data(self, data: str) -> None:
        self.words += f"{data} "


def test_notebooks(data: specdsl.Data) -> None:
    spec = 'dataset d { seed 1 }\n## <b>a & b</b>\ntable t 3 { id int key = sequence(start: 1), `x<y` string = "<i>&" }'
    odd = specdsl.load(spec)
    words = Page(odd["t"]._repr_html_()).words
    assert "<b>a & b</b>" in words and "<i>&" in words and "x<y" in words and "3 rows" in words
    assert "made by SQL" in Page(data["totals"]._repr_html_()).words
    whole = Page(data._repr_html_()).words
    assert "clinic" in whole and "300 rows" in whole and "Who is treated." in whole
    view = data["patients"].filter(pc.field("age") > 45).select("age", "kind")
    assert "view, the first 10" in Page(view._repr_html_()).words and view._repr_html_().count("<tr>") == 11
    assert "2 of 300 rows" in Page(data.preview(2)._repr_html_()).words
    for html in (odd["t"]._repr_html_(), data._repr_html_()):
        assert "color:" not in html and "background" not in html  # the page's own fit any theme
