"""The same rows in every format give the same report; files that are wrong are told, not raised."""

import datetime as dt
import uuid
from decimal import Decimal

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from specdsl.verify.reading import TableFiles
from specdsl.verify.report import Verdict
from specdsl.verify.verifier import verify
from tests.verify.holding import arrow_table, broken, compiled, hold, result, write

FORMATS = ["parquet", "csv", "jsonl", "json", "arrow"]

EVERYTHING = """
enum Level { low 50%, high 50% }
table t 3 {
  id      uuid key
  flag    bool
  small   int8 = 1..100
  big     uint64 = row
  ratio   float? = 0.1..0.9
  money   decimal(12, 2) = 0.00..100.00
  wide    decimal(30, 10)? = 1.5
  text    string? = "x" | "y"
  blob    bytes? = null
  day     date in 2020-01-01..2024-12-31 = 2021-01-01..2022-01-01
  noon    time = 08:00..18:00
  seen    timestamp = day + 1d
  span    duration = 90s
  level   Level
  doc     json? = null
  items   list<decimal(6, 2)>[0..3] = 1.00..2.00
  point   struct { x int = 1..3, at timestamp? = null }
  check late: seen > day and span == 90s
  check cheap: money <= 50.00 or level > low
}
"""


def rows():
    at = dt.datetime(2021, 5, 6, 7, 8, 9, 250000, tzinfo=dt.UTC)
    base = {
        "flag": True,
        "small": 7,
        "ratio": 0.5,
        "money": Decimal("12.50"),
        "wide": Decimal("1.5"),
        "text": "",
        "blob": b"\x00\xffa",
        "day": dt.date(2021, 6, 1),
        "noon": dt.time(9, 30, 0, 5),
        "seen": dt.datetime(2021, 6, 2, tzinfo=dt.UTC),
        "span": dt.timedelta(seconds=90),
        "level": "low",
        "doc": '{"a": [1, null]}',
        "items": [Decimal("1.25"), Decimal("2.00")],
        "point": {"x": 1, "at": at},
    }
    second = {
        "flag": False,
        "text": None,
        "blob": None,
        "ratio": None,
        "wide": None,
        "doc": None,
        "items": [],
        "level": "high",
        "money": Decimal("99.99"),
        "point": {"x": 2, "at": None},
    }
    third = {"text": 'a,"b"\né🤦', "wide": Decimal("1.5")}
    return [base | more | {"id": uuid.UUID(int=i), "big": i} for i, more in enumerate(({}, second, third))]


@pytest.mark.parametrize("format", FORMATS)
def test_every_type_survives_every_format(tmp_path, format):
    given = rows()
    report = hold(tmp_path, EVERYTHING, {"t": given}, format)
    # What the spec would make is not the point here, but that values come back as they were.
    made = {n for n in broken(report) if n.endswith((" shares", " as drawn"))}
    made |= {"t.wide as computed", "t.blob as computed", "t.doc as computed"}
    assert set(broken(report)) - made == set()
    assert report.rows == {"t": 3}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    ("changes", "expected"),
    [
        (
            {"day": dt.date(2019, 1, 1), "seen": dt.datetime(2019, 1, 2, tzinfo=dt.UTC)},
            "t.day in 2020-01-01..2024-12-31",
        ),
        ({"seen": dt.datetime(2021, 6, 2, 1, tzinfo=dt.UTC)}, "t.seen as computed"),
        ({"money": Decimal("50.01")}, "t.check cheap"),
        ({"level": "none"}, "t.level in Level"),
        ({"small": None}, "t.small not null"),
        ({"id": uuid.UUID(int=0)}, "t.key unique"),
        ({"items": [Decimal(1)] * 4}, "t.items size 0..3"),
    ],
)
def test_broken_rows_are_found_in_every_format(tmp_path, format, changes, expected):
    given = rows()
    given[2] |= changes
    found = broken(hold(tmp_path, EVERYTHING, {"t": given}, format))
    assert expected in {n.replace(" check", ".check") for n in found}


@pytest.mark.parametrize("format", FORMATS)
def test_several_files_are_one_table(tmp_path, format):
    text = "table t 6 { id int key = sequence(start: 1), n int = row }"
    dataset = compiled(text, tmp_path)
    parts = []
    for i in range(3):
        data = [{"id": 2 * i + k + 1, "n": 2 * i + k} for k in range(2)]
        parts.append(write(tmp_path / f"t-{i}", arrow_table(dataset, "t", data), format))
    report = verify(dataset, {"t": TableFiles(parts, format)}, "full", tmp_path, {"t": 6})
    assert broken(report) == {}
    swapped = TableFiles([parts[0], parts[2], parts[1]], format)
    assert broken(verify(dataset, {"t": swapped}, "full", tmp_path, {"t": 6})) == {
        "t.id as computed": 4,
        "t.n as computed": 4,
    }


@pytest.mark.parametrize("format", ["csv", "jsonl"])
@pytest.mark.parametrize("compression", ["gzip", "zstd", "bz2"])
def test_compressed_text(tmp_path, format, compression):
    dataset = compiled("table t 2 { id int key = sequence(start: 1) }", tmp_path)
    path = write(tmp_path / "t", arrow_table(dataset, "t", [{"id": 1}, {"id": 2}]), format, compression)
    report = verify(dataset, {"t": TableFiles([path], format)}, "full", tmp_path, {})
    assert broken(report) == {}
    assert report.rows == {"t": 2}


SMALL = "table t 2 { id int key = sequence(start: 1), day date = 2024-01-01..2024-12-31, ok bool }"


def test_csv_values_that_are_no_dates_are_a_finding(tmp_path):
    dataset = compiled(SMALL, tmp_path)
    path = tmp_path / "t.csv"
    path.write_text("id,day,ok\n1,2024-13-01,true\n2.5,2024-01-02,maybe\n")
    report = verify(dataset, {"t": TableFiles([path], "csv")}, "full", tmp_path, {})
    found = broken(report)
    assert found["t.day is date"] == 1
    assert found["t.id is int"] == 1
    assert found["t.ok is bool"] == 1
    assert result(report, "t.day is date").offenders == ({"row": 0, "day": "2024-13-01"},)


def test_csv_lines_of_other_lengths_are_a_finding(tmp_path):
    dataset = compiled(SMALL, tmp_path)
    path = tmp_path / "t.csv"
    path.write_text("id,day,ok\n1,2024-01-01,true\n2\n2,2024-01-01,true,7\n2,2024-01-01,true\n")
    report = verify(dataset, {"t": TableFiles([path], "csv")}, "full", tmp_path, {})
    found = result(report, "t schema")
    assert found.broken == 2
    assert [o["line"] for o in found.offenders] == [3, 4]


@pytest.mark.parametrize(
    ("line", "name"),
    [
        ('{"id": "1", "day": "2024-01-01", "ok": true}', "t.id is int"),
        ('{"id": 1.5, "day": "2024-01-01", "ok": true}', "t.id is int"),
        ('{"id": 1, "day": 20240101, "ok": true}', "t.day is date"),
        ('{"id": 1, "day": "2024-01-01", "ok": "true"}', "t.ok is bool"),
        ('{"id": 1, "day": "2024-01-01"}', "t.ok not null"),
        ("{", "t schema"),
    ],
)
def test_json_values_of_other_types_are_a_finding(tmp_path, line, name):
    dataset = compiled(SMALL, tmp_path)
    path = tmp_path / "t.jsonl"
    path.write_text(line + '\n{"id": 2, "day": "2024-01-01", "ok": true}\n')
    report = verify(dataset, {"t": TableFiles([path], "jsonl")}, "full", tmp_path, {})
    assert name in broken(report)


@pytest.mark.parametrize("format", FORMATS)
def test_missing_files_and_columns(tmp_path, format):
    dataset = compiled(SMALL, tmp_path)
    report = verify(dataset, {"t": TableFiles([tmp_path / "no"], format)}, "full", tmp_path, {})
    assert not report.ok
    assert "there is no file" in result(report, "t schema").note
    other = compiled("table t 2 { id int key = sequence(start: 1), more int = 1 }", tmp_path)
    path = write(
        tmp_path / "t", arrow_table(other, "t", [{"id": 1, "more": 1}, {"id": 2, "more": 1}]), format
    )
    report = verify(dataset, {"t": TableFiles([path], format)}, "full", tmp_path, {})
    schema = result(report, "t schema")
    assert schema.broken == 2
    assert "`day`" in schema.note
    unchecked = result(report, "t.day not null")
    assert unchecked.verdict is Verdict.UNCHECKED
    assert "`day`" in unchecked.note


def test_columns_of_other_types_are_told(tmp_path):
    dataset = compiled(SMALL, tmp_path)
    pq.write_table(pa.table({"id": [1, 2], "day": ["x", "y"], "ok": [True, False]}), tmp_path / "t.parquet")
    report = verify(dataset, {"t": TableFiles([tmp_path / "t.parquet"], "parquet")}, "full", tmp_path, {})
    assert "`day` is varchar, which cannot hold date" in result(report, "t schema").note


@pytest.mark.parametrize("format", FORMATS)
def test_files_that_are_no_such_format(tmp_path, format):
    dataset = compiled(SMALL, tmp_path)
    path = tmp_path / "t.bin"
    path.write_bytes(b"\x00\x01garbage\xff" * 10)
    report = verify(dataset, {"t": TableFiles([path], format)}, "full", tmp_path, {})
    assert not report.ok
    assert result(report, "t schema").broken


@pytest.mark.parametrize("format", FORMATS)
def test_odd_names(tmp_path, format):
    text = 'table `Od"d %_tab` 2 { `a"b` int key = sequence(start: 1), `A"B` int = 1, `x.y` string = "z" }'
    data = [{'a"b': 1, 'A"B': 1, "x.y": "z"}, {'a"b': 2, 'A"B': 1, "x.y": "z"}]
    dataset = compiled(text, tmp_path)
    path = write(tmp_path / "we[i]rd 'name*", arrow_table(dataset, 'Od"d %_tab', data), format)
    report = verify(dataset, {'Od"d %_tab': TableFiles([path], format)}, "full", tmp_path, {})
    assert broken(report) == {}
    assert report.rows == {'Od"d %_tab': 2}


@pytest.mark.parametrize("format", FORMATS)
@pytest.mark.parametrize(
    "precision, scale, most",
    [
        (18, 2, "9999999999999999.99"),
        (18, 6, "999999999999.999999"),
        (18, 17, "9.99999999999999999"),
        (10, 9, "9.999999999"),
    ],
)
def test_the_largest_decimals_are_held_against_their_rules(tmp_path, format, precision, scale, most):
    spec = f"table t 2 {{\n  a decimal({precision}, {scale}) in 0.. = 0..1\n  b decimal({precision}, {scale}) = a\n}}\n"
    given = [{"a": Decimal(most), "b": Decimal(most)}, {"a": Decimal(most), "b": Decimal(0)}]
    assert broken(hold(tmp_path, spec, {"t": given}, format)) == {"t.a as drawn": 2, "t.b as computed": 1}


@pytest.mark.parametrize("format", FORMATS)
def test_json_is_compared_as_json(tmp_path, format):
    spec = 'table t 2 {\n  n int = 1..9\n  doc json = f"{{ \\"n\\": [{n},  1.50] }}"\n}\n'
    given = [{"n": 3, "doc": '{ "n": [3,  1.50] }'}, {"n": 3, "doc": '{ "n": [4,  1.50] }'}]
    assert broken(hold(tmp_path, spec, {"t": given}, format)) == {"t.doc as computed": 1}


@pytest.mark.parametrize("format", FORMATS)
def test_long_numbers_beside_others(tmp_path, format):
    spec = """
    table t 2 {
      a struct { m decimal(18, 2) = 0..1, f float = 0.0..1.0, n int = 1..9, s string = "x" }
      l list<decimal(18, 6)>[1..2] = 0..1
      f float = 0.0..1.0
      text string = "x" | "y"
      m decimal(18, 2)? = a.m
    }"""
    odd = '\\"1234567890123456789, {"m": 1234567890123456789}'
    row = {
        "a": {
            "m": Decimal("-9999999999999999.99"),
            "f": 0.12345678901234568,
            "n": 9,
            "s": "1234567890123456789",
        },
        "l": [Decimal("999999999999.999999"), Decimal("0.000001")],
        "f": 1.2345678901234567e-05,
        "text": odd,
        "m": Decimal("-9999999999999999.99"),
    }
    found = broken(hold(tmp_path, spec, {"t": [row, row | {"m": Decimal("-9999999999999999.98")}]}, format))
    assert found["t.m as computed"] == 1
    assert not [name for name in found if " is " in name or "schema" in name]


@pytest.mark.parametrize("format", FORMATS)
def test_a_table_without_rows(tmp_path, format):
    spec = "table t 0 {\n  id int key\n  n int = 1..9\n}\n"
    report = hold(tmp_path, spec, {"t": []}, format)
    assert broken(report) == {}
    assert [r.rule.name for r in report.rules if r.verdict is Verdict.UNCHECKED] == []


@pytest.mark.parametrize("format", ["jsonl", "json", "csv"])
def test_spaces_in_documents_do_not_count(tmp_path, format):
    """JSON files hold the document, not its text; a choice among constants knows only the text."""
    text = r"""table t 3 {
      doc  json       = "{\"a\": 1}" | "[ 1, 2 ]"
      docs list<json>[1] = "{ \"b\": \"x  y\" }"
      nest struct { one json = "{ \"c\": [ 1 ] }", n int? = null }
    }"""
    row = {"doc": '{"a": 1}', "docs": ['{ "b": "x  y" }'], "nest": {"one": '{ "c": [ 1 ] }', "n": None}}
    assert broken(hold(tmp_path, text, {"t": [row, row | {"doc": "[ 1, 2 ]"}, row]}, format)) == {}
    found = broken(hold(tmp_path, text, {"t": [row, row | {"doc": "[1, 3]"}, row]}, format))
    assert found == {"t.doc as drawn": 1}
