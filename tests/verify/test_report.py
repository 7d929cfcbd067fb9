"""Samples, the report's JSON and its form for people, what may be read, tables that are not here."""

import json

import pytest
from rich.console import Console

from specdsl.verify.database import open_database
from specdsl.verify.reading import TableFiles
from specdsl.verify.render import render
from specdsl.verify.report import Verdict
from specdsl.verify.verifier import verify
from tests.verify.holding import arrow_table, broken, compiled, hold, result, write

SPEC = """
table parents 30 { id int key = row }
table t 60 {
  parent_id -> parents each 2
  n     int = 1..9
  secret int hidden = 1..9
  twice int = secret * 2
  check small: n < 10
  check open: secret > 0
}
"""


def data(**changes):
    rows = [{"parent_id": i // 2, "n": 1 + i % 9, "twice": 4} for i in range(60)]
    rows[10] |= changes
    return {"parents": [{"id": i} for i in range(30)], "t": rows}


def text_of(report, **options):
    console = Console(width=100, color_system=None, file=None)
    with console.capture() as captured:
        console.print(render(report, **options))
    return captured.get()


def test_the_report_for_people(tmp_path):
    report = hold(tmp_path, SPEC, data(n=10))
    told = text_of(report)
    assert "✓ parents  30 rows" in told
    assert "✗ t  60 rows" in told
    assert "broken: t check small: 1 of 60 rows" in told
    assert "not checked" not in told
    assert "t check open" in text_of(report, unchecked=True)


def test_what_needs_hidden_columns_is_said_to_be_unchecked(tmp_path):
    report = hold(tmp_path, SPEC, data())
    assert broken(report) == {}
    for name in ("t check open", "t.twice as computed"):
        found = result(report, name)
        assert found.verdict is Verdict.UNCHECKED
        assert "hidden column `t.secret`" in found.note


def test_a_hidden_column_that_draws_nothing_is_computed(tmp_path):
    text = "table t 2 { id int key = row, h int hidden = id + 1, twice int = h * 2, check c: h > 1 }"
    report = hold(tmp_path, text, {"t": [{"id": 0, "twice": 2}, {"id": 1, "twice": 4}]})
    assert broken(report) == {"t check c": 1}
    assert report.unchecked == ()


def test_json(tmp_path):
    report = hold(tmp_path, SPEC, data(n=10))
    found = json.loads(json.dumps(report.to_json()))
    assert found["ok"] is False
    assert found["tables"] == {"parents": {"rows": 30}, "t": {"rows": 60}}
    (rule,) = [r for r in found["rules"] if r["rule"] == "t check small"]
    assert rule["broken"] == 1
    assert rule["offenders"] == [{"row": 10, "n": 10}]
    assert report.summary()["broken"] == [r.rule.name for r in report.broken]


def test_a_sample_looks_at_fewer_rows_and_breaks_nothing(tmp_path, monkeypatch):
    monkeypatch.setattr("specdsl.verify.verifier._SAMPLE_ROWS", 10)
    report = hold(tmp_path, SPEC, data(), level="sample")
    assert broken(report) == {}
    assert 0 < result(report, "t check small").looked_at < 60
    assert 0 < result(report, "t.parent_id each 2..2").looked_at < 30
    bad = [{"parent_id": 0, "n": 99, "twice": 4} for _ in range(60)]
    report = hold(tmp_path, SPEC, data() | {"t": bad}, level="sample")
    assert {"t check small", "t.parent_id each 2..2"} <= set(broken(report))


def test_tables_that_are_not_here(tmp_path):
    dataset = compiled(SPEC, tmp_path)
    path = write(tmp_path / "t", arrow_table(dataset, "t", data()["t"]), "parquet")
    report = verify(dataset, {"t": TableFiles([path], "parquet")}, "full", tmp_path, {})
    assert report.ok
    assert set(report.rows) == {"t"}
    assert "`parents`" in result(report, "t.parent_id -> parents").note


def test_data_from_elsewhere_has_no_row_numbers(tmp_path):
    text = "table t 2 { id int key = sequence(start: 1), n int = 1..9 }"
    rows = [{"id": 7, "n": 1}, {"id": 3, "n": 2}]
    report = hold(tmp_path, text, {"t": rows}, expected_rows=None)
    assert broken(report) == {}
    assert result(report, "t.id as computed").verdict is Verdict.UNCHECKED


def test_other_files_cannot_be_read(tmp_path):
    import duckdb

    (tmp_path / "a.csv").write_text("a\n1\n")
    (tmp_path / "b.csv").write_text("a\n1\n")
    connection = open_database([tmp_path / "a.csv"], tmp_path / "db")
    assert connection.execute(f"SELECT * FROM read_csv('{tmp_path}/a.csv')").fetchall() == [(1,)]
    for sql in (
        f"SELECT * FROM read_csv('{tmp_path}/b.csv')",
        f"COPY (SELECT 1) TO '{tmp_path}/c.csv'",
        "SET enable_external_access = true",
        "INSTALL httpfs",
    ):
        with pytest.raises(duckdb.Error):
            connection.execute(sql)
    connection.close()
