import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from specdsl.datatypes import types as t
from specdsl.files import FileProblem, Problem
from specdsl.generate.errors import GenerationError
from specdsl.local_files import LocalFiles
from specdsl.local_files.queries import run_query
from specdsl.source import Span
from specdsl.verify.reading import TableFiles

EMPLOYEES = (
    ("id", t.INT, False),
    ("boss_id", t.INT, True),
    ("pay", t.Decimal(10, 2), False),
    ("since", t.TIMESTAMP, False),
)
CLOSURE = """
with recursive up as (
  select id, id as above, 0 as depth from employees
  union all select up.id, e.boss_id, depth + 1 from up join employees e on e.id = up.above where e.boss_id is not null
) select * from up
"""


def refused(sql):
    with pytest.raises(FileProblem) as caught:
        LocalFiles().query_schema(sql, {"employees": EMPLOYEES, "other": EMPLOYEES})
    assert caught.value.problem is Problem.QUERY
    return caught.value.detail


def test_columns_and_the_tables_that_are_read():
    columns, reads = LocalFiles().query_schema(CLOSURE, {"other": EMPLOYEES, "employees": EMPLOYEES})
    assert columns == (("id", t.INT, True), ("above", t.INT, True), ("depth", t.Int(32), True))
    assert reads == ("employees",)


def test_types_of_expressions():
    sql = "select sum(id) s, avg(pay) a, max(since) m, count(*) n, sum(pay) p, [1] l, {'x': 1.5} r from employees"
    columns, _ = LocalFiles().query_schema(sql, {"employees": EMPLOYEES})
    types = {name: dtype for name, dtype, _ in columns}
    assert types["s"] == t.INT
    assert types["a"] == t.FLOAT
    assert types["m"] == t.TIMESTAMP
    assert types["p"] == t.Decimal(38, 2)
    assert types["l"] == t.List(t.Int(32))
    assert types["r"] == t.Struct((t.Field("x", t.Decimal(2, 1), True),))


@pytest.mark.parametrize(
    ("sql", "words"),
    [
        ("select nope from employees", "nope"),
        ("select * from employes", "employees"),
        ("select * from read_csv('/etc/passwd')", "disabled"),
        ("select * from '/etc/passwd'", ""),
        ("drop table employees", "one SELECT"),
        ("select 1; select 2", "several"),
        ("", "nothing"),
        ("selec 1", "syntax error"),
        ("copy employees to '/tmp/x.csv'", "one SELECT"),
        ("select random() from employees", "`random`"),
        ("select age(timestamp '2020-01-01') from employees", "`age`"),
        ("select now()", "`now`"),
        ("select id from employees using sample 10%", "sample"),
        ("select map([1],[2]) m", "`m`"),
    ],
)
def test_queries_that_are_refused(sql, words):
    detail = refused(sql)
    assert words in detail
    assert "\n" not in detail


def test_moments_with_a_zone_may_be_reckoned_with(tmp_path):
    pq.write_table(pa.table({"id": [1]}), tmp_path / "employees.parquet")
    sql = "select year(timestamptz '2020-01-01 00:00:00+00' - interval 1 day) y, age(date '2020-01-01', date '2019-01-01') a, id from employees"
    files = {"employees": TableFiles([tmp_path / "employees.parquet"], "parquet")}
    batches = run_query(
        sql.replace("a, id", "> interval 1 month as a, id"),
        files,
        {"employees": {"id": t.INT}},
        {"y": t.INT, "a": t.BOOL, "id": t.INT},
        tmp_path / "tmp",
    )
    assert pa.Table.from_batches(list(batches)).to_pylist() == [{"y": 2019, "a": True, "id": 1}]


def test_runs_over_files_and_orders_what_has_no_order(tmp_path):
    pq.write_table(
        pa.table({"id": [3, 1, 2], "boss_id": pa.array([1, None, 1], pa.int64())}),
        tmp_path / "employees.parquet",
    )
    files = {"employees": TableFiles([tmp_path / "employees.parquet"], "parquet")}
    columns = {"employees": {"id": t.INT, "boss_id": t.INT}}
    batches = run_query(
        CLOSURE, files, columns, {"id": t.INT, "above": t.INT, "depth": t.Int(32)}, tmp_path / "tmp"
    )
    out = pa.Table.from_batches(list(batches))
    assert out.schema.field("depth").type == pa.int32()
    assert list(zip(*out.to_pydict().values(), strict=True)) == [
        (1, 1, 0),
        (2, 1, 1),
        (2, 2, 0),
        (3, 1, 1),
        (3, 3, 0),
    ]


def test_keeps_types_of_tables(tmp_path):
    import datetime as dt
    import uuid

    key = uuid.UUID(int=7)
    table = pa.table(
        {
            "u": pa.ExtensionArray.from_storage(pa.uuid(), pa.array([key.bytes], pa.binary(16))),
            "d": pa.array([5_000_000], pa.duration("us")),
            "seen": pa.array([dt.datetime(2024, 1, 2, tzinfo=dt.UTC)], pa.timestamp("us", tz="UTC")),
            "pay": pa.array([None], pa.decimal128(10, 2)),
        }
    )
    pq.write_table(table, tmp_path / "x.parquet")
    types = {"u": t.UUID, "d": t.DURATION, "seen": t.TIMESTAMP, "pay": t.Decimal(10, 2)}
    sql = "select u, d, seen, pay from x order by 1"
    told, _ = LocalFiles().query_schema(sql, {"x": tuple((n, d, True) for n, d in types.items())})
    assert {n: d for n, d, _ in told} == types
    files = {"x": TableFiles([tmp_path / "x.parquet"], "parquet")}
    out = pa.Table.from_batches(list(run_query(sql, files, {"x": types}, types, tmp_path / "tmp")))
    assert out.equals(table)


def test_cannot_read_other_files(tmp_path):
    (tmp_path / "a.csv").write_text("a\n1\n")
    sql = f"select * from read_csv('{tmp_path}/a.csv')"
    with pytest.raises(GenerationError, match="table `d`") as told:
        list(run_query(sql, {}, {}, {"a": t.INT}, tmp_path / "tmp", table="d"))
    assert "disabled" in told.value.make(Span("", 0, 0)).notes()[0]


def test_a_window_over_a_range_of_time():
    query = (
        "select id, count(*) over (order by since range between interval 7 days preceding and current row) as n"
        " from employees"
    )
    columns, reads = LocalFiles().query_schema(query, {"employees": EMPLOYEES})
    assert [name for name, _, _ in columns] == ["id", "n"]
    assert reads == ("employees",)
