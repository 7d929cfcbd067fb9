from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

import pytest

from tests.cli.running import EXAMPLES, GOOD, environment, process, run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("good.dgen").write_text(GOOD, "utf-8")
    return tmp_path


def test_all_tables() -> None:
    ran = run("preview", "-q", "good.dgen")
    assert (ran.status, ran.err) == (0, "")
    assert ran.out.startswith("users: 3 rows\n╭")
    assert "\n\norders: 6 rows\n╭" in ran.out
    assert "int key" in ran.out
    assert "-> users" in ran.out
    assert "decimal(8, 2)" in ran.out
    assert "half" not in ran.out


def test_one_table_and_some_rows() -> None:
    ran = run("preview", "-q", "good.dgen", "-t", "orders", "-n", "2")
    assert ran.out.startswith("orders: 2 of 6 rows\n")
    assert len(ran.out.splitlines()) == 8
    assert "users: " not in ran.out


def test_no_rows() -> None:
    assert "users: 0 of 3 rows" in run("preview", "-q", "good.dgen", "-n", "0").out


def test_hidden() -> None:
    ran = run("preview", "-q", "good.dgen", "-t", "users", "--hidden")
    assert "int hidden" in ran.out


def test_json_is_what_a_build_writes() -> None:
    made = json.loads(run("preview", "-q", "good.dgen", "--json").out)
    assert list(made) == ["users", "orders"]
    assert run("build", "-q", "good.dgen", "-f", "jsonl").status == 0
    for table, rows in made.items():
        lines = Path(f"out/{table}.jsonl").read_text("utf-8").splitlines()
        assert rows == [json.loads(line) for line in lines]
    assert list(made["users"][0]) == ["id", "name", "age", "twin"]
    hidden = json.loads(run("preview", "-q", "good.dgen", "--json", "--hidden", "-t", "users", "-n", "1").out)
    assert list(hidden["users"][0]) == ["id", "name", "age", "half", "twin"]
    assert json.loads(run("preview", "-q", "good.dgen", "--json", "-n", "0").out) == {
        "users": [],
        "orders": [],
    }


def test_seed() -> None:
    one, other = (run("preview", "-q", "good.dgen", "--seed", s).out for s in ("1", "2"))
    assert one == run("preview", "-q", "good.dgen").out  # the seed of the spec is 1
    assert one != other


def test_unknown_table() -> None:
    ran = run("preview", "-q", "good.dgen", "-t", "user")
    assert ran.status == 2
    assert ran.err == "error: there is no table `user`\n  help: did you mean `users`?\n"


def test_ten_rows_of_a_billion() -> None:
    Path("big.dgen").write_text(GOOD.replace("users 3", "users 1_000_000_000"), "utf-8")
    ran = run("preview", "-q", "big.dgen", "-t", "users", "-n", "2")
    assert ran.out.startswith("users: 2 of 1,000,000,000 rows\n")


def test_query() -> None:
    Path("derived.dgen").write_text(
        GOOD + 'table big = sql("select * from orders where total > 10")\n', "utf-8"
    )
    ran = run("preview", "-q", "derived.dgen")
    assert ran.status == 0, ran.err
    assert "big: made by SQL over the built tables" in ran.out
    assert run("preview", "-q", "derived.dgen", "-t", "big").status == 2


@pytest.mark.parametrize("columns", ["40", "80", "200"])
def test_width(columns: str) -> None:
    ran = process(
        "preview", "-q", str(EXAMPLES / "shop" / "shop.dgen"), "-n", "3", env=environment(COLUMNS=columns)
    )
    assert ran.status == 0, ran.err
    lines = [line for line in ran.out.splitlines() if line[:1] in "╭│├╰"]
    assert lines
    assert max(map(len, lines)) <= int(columns)


def test_pipe_that_closes() -> None:
    """`specdsl preview ... | head -1` ends without a word, whatever is left to print."""
    command = f"{sys.executable} -m specdsl preview -q good.dgen -n 10000 --json -t users; echo $? >&2"
    Path("good.dgen").write_text(GOOD.replace("users 3", "users 30_000"), "utf-8")
    ran = subprocess.run(f"({command}) | head -1", shell=True, capture_output=True, text=True, check=False)
    assert ran.stdout == "{\n"
    assert ran.stderr == "0\n"


def test_failure_of_a_row() -> None:
    Path("late.dgen").write_text("table t 50 {\n  a int = 0..3\n  b int = a..2\n}\n", "utf-8")
    ran = run("preview", "late.dgen")
    if ran.status:  # either the compiler sees it or the row does; both tell where
        assert "late.dgen:3:" in ran.err
        assert "error[DG5" in ran.err
    else:
        pytest.fail("a range upside down went through")


def test_a_terminal_without_the_lines_of_tables() -> None:
    Path("ascii.dgen").write_text('table t 1 { name string = "日本 ü" }\n', "utf-8")
    ran = process("preview", "-q", "ascii.dgen", env=environment(PYTHONIOENCODING="ascii"))
    assert ran.status == 0
    assert "| # | name " in ran.out
    assert "+---+---" in ran.out
    assert "\\u65e5\\u672c \\xfc" in ran.out
