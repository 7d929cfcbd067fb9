from __future__ import annotations

import re
from pathlib import Path

import pytest
from hypothesis import given
from hypothesis import strategies as st

from specdsl.cli.records import folded, render_records
from specdsl.cli.tables import Heading, cut_columns, render_table
from specdsl.diagnostics.cells import width
from tests.cli.running import GOOD, run


@pytest.fixture(autouse=True)
def folder(tmp_path: Path, monkeypatch: pytest.MonkeyPatch) -> Path:
    monkeypatch.chdir(tmp_path)
    Path("good.dgen").write_text(GOOD, "utf-8")
    return tmp_path


def test_columns_in_the_order_asked_for() -> None:
    ran = run("preview", "-q", "good.dgen", "-t", "users", "--columns", "name, id")
    assert ran.out.splitlines()[2].split() == ["│", "#", "│", "name", "│", "id", "│"]


def test_columns_of_every_table_that_has_them() -> None:
    assert run("preview", "-q", "good.dgen", "--columns", "id").out.count("╭") == 2
    assert run("preview", "-q", "good.dgen", "--columns", "total").out.startswith("orders: ")


@pytest.mark.parametrize(
    ("arguments", "message"),
    [
        (["--columns", "nme"], "did you mean `name`?"),
        (["--columns", "half", "-t", "users"], "it is hidden: --hidden shows it"),
        (["--columns", "total", "-t", "users"], "there is no column `total` in table `users`"),
        (["--columns", " , "], "--columns names no column"),
        (["--csv"], "name it: -t users"),
        (["--csv", "--json"], "cannot both be had"),
    ],
)
def test_what_cannot_be_shown(arguments: list[str], message: str) -> None:
    ran = run("preview", "-q", "good.dgen", *arguments)
    assert (ran.status, ran.out) == (2, "")
    assert message in ran.err


def test_csv_is_what_a_build_writes() -> None:
    made = run("preview", "-q", "good.dgen", "-t", "users", "--csv").out
    assert run("build", "-q", "good.dgen", "-f", "csv").status == 0
    assert made == Path("out/users.csv").read_text("utf-8")


def test_vertical() -> None:
    ran = run("preview", "-q", "good.dgen", "-t", "orders", "--vertical", "-n", "1")
    lines = ran.out.splitlines()
    assert lines[1].startswith("row 0 ───")
    assert lines[2].split() == ["id", "int", "key", "100"]
    assert lines[3].split()[:3] == ["user_id", "->", "users"]


def test_wide_tables_are_cut_and_say_so() -> None:
    Path("long.dgen").write_text(f'table t 1 {{ name string = "{"x" * 300}" }}\n', "utf-8")
    ran = run("preview", "long.dgen")
    assert "…" in ran.out
    assert ran.err == "cut: name; --vertical shows them whole\n"
    wide = run("preview", "long.dgen", "--wide")
    assert "x" * 300 in wide.out
    assert wide.err == ""


def test_colours() -> None:
    ran = run("preview", "-q", "good.dgen", "-t", "orders", "-n", "1", "--color", "always")
    assert re.search(r"\x1b\[1m *100\x1b\[0m", ran.out)  # a key
    assert re.search(r"\x1b\[34m *-> users", ran.out)  # a reference


def test_styles_are_those_of_values() -> None:
    heading = Heading("b", style=lambda value: "green" if value == "true" else "red")
    made = render_table([heading], [["true"], ["false"], [None]], columns=40, color=True)
    assert "\x1b[32mtrue" in made
    assert "\x1b[31mfalse" in made
    assert "\x1b[2;3mnull" in made


def test_cut_columns() -> None:
    headings = [Heading("a", least=5), Heading("b")]
    assert cut_columns(headings, [["x" * 50, "y"]], columns=30) == ["a"]
    assert cut_columns(headings, [["x" * 5, "y"]], columns=30) == []


@given(st.text("ab 日é\u0301😀", max_size=80), st.integers(2, 30))
def test_folding_loses_nothing_but_blanks(text: str, size: int) -> None:
    pieces = folded(text, size)
    assert all(width(piece) <= size for piece in pieces)
    assert "".join(pieces).replace(" ", "") == text.replace(" ", "")


@given(
    st.lists(st.one_of(st.none(), st.text("ab 日", max_size=60)), min_size=3, max_size=3),
    st.integers(40, 120),
)
def test_records_fit(row: list[str | None], columns: int) -> None:
    headings = [Heading(f"c{i}", "string") for i in range(3)]
    made = render_records(headings, [row], columns=columns, color=False)
    assert all(width(line) <= columns for line in made.splitlines())
