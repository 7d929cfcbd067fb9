import datetime as dt
import os

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from specdsl.datatypes import types as t
from specdsl.files import FileProblem, Problem
from specdsl.local_files import LocalFiles


def schema(tmp_path, name, text):
    (tmp_path / name).write_text(text, encoding="utf-8")
    return LocalFiles(tmp_path).data_schema(str(tmp_path / name))


@pytest.mark.parametrize(
    ("values", "dtype", "nullable"),
    [
        (["1", "-20"], t.INT, False),
        (["1", "", "3"], t.INT, True),
        (["1.5", "2"], t.FLOAT, False),
        (["1e3", "2"], t.FLOAT, False),
        (["007", "123"], t.STRING, False),
        (["99999999999999999999", "1"], t.STRING, False),
        (["true", "False"], t.BOOL, False),
        (["2024-02-29", "2023-01-01"], t.DATE, False),
        (["2024-02-30", "2023-01-01"], t.STRING, False),
        (["2024-02-29T10:00:00Z", "2024-02-29 10:00"], t.TIMESTAMP, False),
        (["NA", "null"], t.STRING, False),
        (["", ""], t.STRING, True),
        (["é🤦", "x"], t.STRING, False),
    ],
)
def test_csv_columns_get_the_narrowest_type(tmp_path, values, dtype, nullable):
    told = schema(tmp_path, "a.csv", "k,v\n" + "".join(f"x,{v}\n" for v in values))
    assert told.columns == (("k", t.STRING, False), ("v", dtype, nullable))
    assert told.rows == len(values)


def test_csv_with_quotes_bom_and_other_delimiters(tmp_path):
    told = schema(tmp_path, "a.csv", '\ufeffname;note\n"a;b";"x\ny"\nc;""\n')
    assert told.columns == (("name", t.STRING, False), ("note", t.STRING, False))
    table = LocalFiles(tmp_path).read_columns(str(tmp_path / "a.csv"), ["note"])
    assert table.to_pydict() == {"note": ["x\ny", ""]}


@pytest.mark.parametrize(
    ("name", "text", "problem", "words"),
    [
        ("a.csv", "", Problem.EMPTY, "header"),
        ("a.csv", "a,b\n1\n", Problem.MALFORMED, "2 columns"),
        ("a.csv", "a,a\n1,2\n", Problem.MALFORMED, "`a` comes twice"),
        ("a.csv", "a,\n1,2\n", Problem.MALFORMED, "column 2 has no name"),
        ("a.parquet", "not parquet", Problem.MALFORMED, ""),
        ("a.json", "{", Problem.MALFORMED, ""),
        ("a.json", "[1, {}]", Problem.MALFORMED, "element 1"),
        ("a.jsonl", '{"a": 1}\n{', Problem.MALFORMED, "line 2"),
        ("a.json", "", Problem.EMPTY, ""),
        ("a.xlsx", "", Problem.UNKNOWN_FORMAT, ".csv"),
    ],
)
def test_files_that_cannot_be_used(tmp_path, name, text, problem, words):
    with pytest.raises(FileProblem) as caught:
        schema(tmp_path, name, text)
    assert caught.value.problem is problem
    assert words in caught.value.detail
    assert "\n" not in caught.value.detail


def test_what_is_not_utf8_is_told_with_its_line(tmp_path):
    (tmp_path / "a.csv").write_bytes(b"a\n\xff\n")
    with pytest.raises(FileProblem) as caught:
        LocalFiles(tmp_path).data_schema(str(tmp_path / "a.csv"))
    assert caught.value.problem is Problem.NOT_TEXT
    assert caught.value.detail == "byte 0xff in line 2 is not UTF-8"


def test_json_objects_lines_and_scalars(tmp_path):
    expected = (("a", t.INT, False), ("b", t.STRING, True), ("d", t.DATE, False))
    rows = '{"a": 1, "b": "007", "d": "2024-01-01"}', '{"a": 2, "b": null, "d": "2024-01-02"}'
    assert schema(tmp_path, "a.json", f"[{','.join(rows)}]").columns == expected
    assert schema(tmp_path, "a.jsonl", "\n".join(rows) + "\n").columns == expected
    assert schema(tmp_path, "b.json", '["x", "y"]').columns == (("value", t.STRING, False),)


def test_parquet_and_arrow_say_their_types(tmp_path):
    table = pa.table(
        {
            "n": pa.array([1, None], pa.int32()),
            "m": pa.array([dt.date(2024, 1, 1)] * 2),
            "e": pa.array(["a", "b"]).dictionary_encode(),
        }
    )
    pq.write_table(table, tmp_path / "a.parquet")
    with pa.OSFile(str(tmp_path / "a.arrow"), "wb") as sink, pa.ipc.new_file(sink, table.schema) as writer:
        writer.write_table(table)
    for name in ("a.parquet", "a.arrow"):
        told = LocalFiles(tmp_path).data_schema(str(tmp_path / name))
        assert told.columns == (("n", t.Int(32), True), ("m", t.DATE, False), ("e", t.STRING, False))
        assert told.rows == 2
        assert LocalFiles(tmp_path).read_columns(str(tmp_path / name), None).num_rows == 2


def test_types_that_have_no_counterpart_are_named(tmp_path):
    pq.write_table(
        pa.table({"m": pa.array([[("a", 1)]], pa.map_(pa.string(), pa.int64()))}), tmp_path / "a.parquet"
    )
    with pytest.raises(FileProblem, match="`m`"):
        LocalFiles(tmp_path).data_schema(str(tmp_path / "a.parquet"))


def test_a_file_that_changes_under_way_is_refused(tmp_path):
    path = tmp_path / "a.csv"
    path.write_text("a\n1\n")
    files = LocalFiles(tmp_path)
    files.data_schema(str(path))
    assert files.read_columns(str(path), ["a"]).num_rows == 1
    path.write_text("a\n1\n2\n")
    os.utime(path, (1, 1))
    with pytest.raises(FileProblem, match="changed"):
        files.read_columns(str(path), ["a"])
