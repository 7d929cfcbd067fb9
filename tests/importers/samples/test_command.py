"""``specdsl import`` of data files: what it is given, and what it says of what it cannot read."""

from __future__ import annotations

import gzip
from pathlib import Path

import pyarrow as pa
import pyarrow.parquet as pq
import pytest

from specdsl.cli.main import main
from specdsl.errors import ExitStatus

FINE = b"id,city_id\n" + b"".join(b"%d,%d\n" % (n, n % 5) for n in range(40))

WRONG = {
    "empty": ("t.csv", b"", "is empty"),
    "only a header": ("t.csv", b"a,b\n", "has no rows"),
    "blank header": ("t.csv", b"\n1,2\n", "has no header"),
    "more values": ("t.csv", b"a,b\n1,2\n1,2,3\n", "line 3 has 3 values, the header 2"),
    "fewer values": ("t.csv", b"a,b\n1,2\n1\n", "line 3 has 1 value, the header 2"),
    "no text": ("t.csv", bytes(range(256)), "it has bytes that are no text"),
    "Latin 1": ("t.csv", "a\nM\xfcnchen\n".encode("latin-1"), "no UTF-8 text: line 2 is not"),
    "UTF-16": ("t.csv", "a\n1\n".encode("utf-16"), "is UTF-16 text"),
    "two of a name": ("t.csv", b"a,b,a\n1,2,3\n", "two columns of `"),
    "no name": ("t.csv", b"a,,c\n1,2,3\n", "column 2 of `"),
    "no gzip": ("t.csv.gz", b"a,b\n1,2\n", "it is damaged"),
    "no Parquet": ("t.parquet", b"a,b\n1,2\n", "cannot be read as Parquet"),
    "no JSON": ("t.jsonl", b'{"a": 1}\nx\n', "cannot be read as JSON Lines"),
}


@pytest.mark.parametrize("case", WRONG)
def test_wrong_files(case: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    name, data, said = WRONG[case]
    (tmp_path / name).write_bytes(data)
    out = tmp_path / "o.dgen"
    assert main(["import", str(tmp_path / name), "-o", str(out)]) == ExitStatus.WRONG
    told = capsys.readouterr().err
    assert said in told
    assert told.startswith("error: ")
    assert "Traceback" not in told
    assert len(told.splitlines()) <= 3
    assert not out.exists()


def test_wrong_commands(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    file = tmp_path / "t.csv"
    file.write_bytes(FINE)
    (tmp_path / "none").mkdir()
    for words, status, said in [
        ([str(tmp_path / "no.csv")], ExitStatus.ENVIRONMENT, "no such file"),
        ([str(tmp_path / "none"), "--from", "csv"], ExitStatus.USAGE, "no data file is in"),
        ([str(file), "--dialect", "mysql"], ExitStatus.USAGE, "`--dialect` is not for data files"),
        ([str(file), "--table", "x"], ExitStatus.USAGE, "`--table` is not for data files"),
        (["-", "--from", "csv"], ExitStatus.USAGE, "not read from standard input"),
        (["a.json", "b.json"], ExitStatus.USAGE, "several sources are for data files only"),
        (["a.json", "--private"], ExitStatus.USAGE, "`--private` is for data files"),
        ([], ExitStatus.USAGE, "SOURCE"),
    ]:
        assert main(["import", *words]) == status, words
        assert said in capsys.readouterr().err


@pytest.mark.parametrize("separator", [",", ";", "\t", "|"])
def test_delimiters(separator: str, tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    (tmp_path / "t.csv").write_bytes(b"\xef\xbb\xbf" + FINE.replace(b",", separator.encode()))
    assert main(["import", str(tmp_path / "t.csv")]) == ExitStatus.DONE
    text = capsys.readouterr().out
    assert "id      int key = sequence(start: 0)" in text
    assert "city_id int     = 0..4" in text


def test_compressed_and_named_oddly(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    folder = tmp_path / "it's [odd]"
    folder.mkdir()
    (folder / "My Table*.csv.gz").write_bytes(gzip.compress(FINE))
    assert main(["import", str(folder)]) == ExitStatus.DONE
    assert "table my_table 40 {" in capsys.readouterr().out


def test_two_files_of_one_name(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    for folder in ("a", "b"):
        (tmp_path / folder).mkdir()
        (tmp_path / folder / "t.csv").write_bytes(FINE)
    assert main(["import", str(tmp_path / "a"), str(tmp_path / "b"), "--rows", "9"]) == ExitStatus.DONE
    text = capsys.readouterr().out
    assert "table t 9 {" in text
    assert "table t2 9 {" in text


def test_nested_and_unknown_types(tmp_path: Path, capsys: pytest.CaptureFixture[str]) -> None:
    rows = 60
    table = pa.table(
        {
            "id": pa.array(range(rows), pa.int16()),
            "size": [{"w": n / 7, "tags": [{"k": "a" if n % 3 else "b"}] * (n % 3)} for n in range(rows)],
            "raw": [bytes([n]) for n in range(rows)],
            "names": pa.array([[("k", n)] for n in range(rows)], pa.map_(pa.string(), pa.int64())),
        }
    )
    pq.write_table(table, tmp_path / "t.parquet")
    assert main(["import", str(tmp_path / "t.parquet")]) == ExitStatus.DONE
    text, told = capsys.readouterr()
    assert "id   int16 key = sequence(start: 0)" in text
    assert "tags list<struct {" in text
    assert ">[0..2]" in text
    assert "raw" not in text
    assert told.count("warning[DG740]") == 2
