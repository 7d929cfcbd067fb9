"""Conditions that speak of one another: rows are drawn so that they hold, or what they do not hold to is told with its
place, and stands above the table."""

from __future__ import annotations

from pathlib import Path

import duckdb
import pytest

from specdsl.cli.main import main
from specdsl.errors import SpecdslError
from specdsl.importers.model import Check, Field, Scalar, Spec, Table
from specdsl.importers.rehearsal import Problem, problem
from specdsl.importers.sql import proving
from specdsl.importers.sql.proving import ImporterBug
from tests.importers.sql.test_conditions import imported, text_of

HELD = {
    "bounds reach the one before": (
        "lo int NOT NULL, hi int NOT NULL CHECK (hi <= 10), CHECK (lo < hi)",
        ["lo int32 in ..9  = 1..9", "check lo_and_hi: lo < hi"],
    ),
    "bounds of both": (
        "s date CHECK (s>='2024-12-01'), e date CHECK (e<='2024-12-31'), CHECK (e>s)",
        ["s date? in 2024-12-01 .. 2024-12-30", "e date? in 2024-12-02 .. 2024-12-31"],
    ),
    "after a key": ("a int PRIMARY KEY, b int UNIQUE, CHECK (a<b)", ["b int32? unique 10% null = a + 10"]),
    "before a key": ("a int PRIMARY KEY, b int, CHECK (b<a)", ["b int32? 10% null = a - 1..100"]),
    "within a key": (
        "a int, b int, PRIMARY KEY (a,b), CHECK (a<b)",
        ["a int32 unique = 1..1000", "b int32        = a + 1..100"],
    ),
    "an expression": ("a int, b int, CHECK (b > a*2), CHECK (b<3000)", ["check b_and_a: b > (a * 2)"]),
    "a chain": (
        "lo int, mid int, hi int, CHECK(lo<hi), CHECK(mid>lo AND mid<hi)",
        ["mid int32?          = lo + 1..100", "hi  int32?          = mid + 1..100"],
    ),
    "a bounded chain": (
        "lo int NOT NULL, hi int NOT NULL, mid int NOT NULL, CHECK(lo<hi), CHECK(mid>lo AND mid<hi), CHECK(hi<20)",
        ["lo  int32 in ..19 = 1..19", "check mid_and_hi: mid < hi"],
    ),
    "a pattern and a length": (
        "code varchar(8) CHECK (code LIKE 'X-%' AND char_length(code)=6)",
        [r"code string(min: 6, max: 6)? 10% null = /X\-[a-z]{4}/"],
    ),
    "two patterns": ("a varchar(9) CHECK (a LIKE 'A%' AND a LIKE '%Z')", ["= /A[a-z]{2,6}Z/"]),
    "a pattern in capitals": ("a varchar(9) CHECK (a = upper(a) AND a LIKE 'A%')", ["= /A[A-Z]{2,6}/"]),
    "members and bounds": ("n int CHECK (n IN (1, 2, 30) AND n < 5)", ["n int32? 10% null = 1 | 2\n"]),
    "members and lengths": ("s varchar(9) CHECK (s IN ('a', 'bbb') AND length(s) > 2)", ['= "bbb"\n']),
}
LEFT_OUT = {
    "contradicting bounds": ("a int CHECK (a>5 AND a<3)", ["a>5 AND a<3"], "a int32? 10% null = 1..1000"),
    "of a key": ("a int PRIMARY KEY CHECK (a>5 AND a<3), b int", ["a>5 AND a<3"], "a int32 key"),
    "bounds that cannot be ordered": (
        "a int NOT NULL CHECK (a >= 10), b int NOT NULL CHECK (b <= 5), CHECK (a < b)",
        ["a < b"],
        "a int32 in 10.. = 10..1000",
    ),
    "a circle": (
        "a int NOT NULL, b int NOT NULL, CHECK (a < b), CHECK (b < a)",
        ["b < a"],
        "b int32 = a + 1..100",
    ),
    "what is hardly ever drawn": (
        "a int NOT NULL, b int NOT NULL, c int NOT NULL, CHECK (a + b + c = 17)",
        ["a + b + c = 17"],
        "c int32 = 1..1000",
    ),
}


@pytest.mark.parametrize("name", HELD)
def test_held(name: str) -> None:
    columns, said = HELD[name]
    made = imported(f"CREATE TABLE t ({columns});", rows=1_000)
    assert made.text is not None
    assert not made.diagnostics
    for piece in said:
        assert piece in made.text


@pytest.mark.parametrize("name", HELD)
def test_the_original_table_takes_the_rows(name: str, tmp_path: Path) -> None:
    script = f"CREATE TABLE t ({HELD[name][0]});"
    (tmp_path / "s.dgen").write_text(text_of(script), "utf-8")
    assert main(["build", str(tmp_path / "s.dgen"), "--seed", "7", "-o", str(tmp_path / "out")]) == 0
    with duckdb.connect() as database:
        database.execute(script)
        database.execute(f"INSERT INTO t BY NAME SELECT * FROM '{tmp_path / 'out' / 't.parquet'}'")
        assert database.execute("SELECT count(*) FROM t").fetchall() == [(300,)]


@pytest.mark.parametrize("name", LEFT_OUT)
def test_left_out(name: str) -> None:
    columns, conditions, kept = LEFT_OUT[name]
    script = f"CREATE TABLE t (\n  {columns}\n);"
    made = imported(script, rows=1_000)
    assert made.text is not None
    assert kept in made.text
    for condition, said in zip(conditions, made.diagnostics, strict=True):
        assert said.code == "DG724"
        assert script[said.span.start :].startswith("CHECK")
        assert condition in said.message()
        assert f"# left out: CHECK ({condition})\ntable t" in made.text


def test_a_column_that_nothing_needs_is_left_out() -> None:
    made = imported("CREATE TABLE t (a int, q int CHECK (q > 9 AND q < 7), CHECK (q > a * 2));")
    assert sorted(d.code for d in made.diagnostics) == ["DG723", "DG724"]
    assert "q" not in (made.text or "").partition("table t")[2].partition("}")[0]


def test_what_no_check_is_blamed_for(monkeypatch: pytest.MonkeyPatch) -> None:
    """Rules of the columns go first, then those of the table, until rows hold to the spec."""

    def wrong(spec: object, text: str) -> Problem | None:
        return Problem("wrong", "t", ("b",)) if "in 4.." in text or "b int32? unique" in text else None

    monkeypatch.setattr(proving, "problem", wrong)
    made = imported("CREATE TABLE t (a int CHECK (a > 1), b int UNIQUE CHECK (b > 3));")
    assert [d.code for d in made.diagnostics] == ["DG726", "DG724"]
    assert made.text is not None
    assert "# left out: UNIQUE (b)\n" in made.text
    assert "# left out: CHECK (b > 3)\n" in made.text
    assert "a int32? in 2.." in made.text  # nothing was wrong with it


def test_only_plain_tables_that_are_wrong_are_a_bug(monkeypatch: pytest.MonkeyPatch) -> None:
    monkeypatch.setattr(proving, "problem", lambda spec, text: Problem("wrong", "t"))
    with pytest.raises(ImporterBug) as raised:
        imported("CREATE TABLE t (a int UNIQUE CHECK (a > 1), b int, CHECK (a < b));")
    assert isinstance(raised.value, SpecdslError)
    assert "please open an issue" in raised.value.help


def test_the_rehearsal_names_the_check_that_is_drawn_for_too_rarely() -> None:
    fields = tuple(Field(n, Scalar("int", "1..1000")) for n in "ab")
    checks = (Check("fits", "a + b == 2001"),)
    spec = Spec((Table("t", fields, 100, checks=checks),))
    text = "table t 100 {\n  a int = 1..1000\n  b int = 1..1000\n  check fits: a + b == 2001\n}\n"
    found = problem(spec, text)
    assert found is not None
    assert found.check == ("t", "fits")


def test_strings_of_national_character_sets() -> None:
    script = (
        "CREATE TABLE [t] ([s] NVARCHAR(8) NOT NULL CHECK ([s] IN (N'new', N'it''s')), [m] NVARCHAR(MAX));"
    )
    made = imported(script, "tsql")
    assert not made.diagnostics
    assert made.text is not None
    assert '= "new" | "it\'s"\n' in made.text
    assert "m string?" in made.text
    text = "CREATE TABLE t (s varchar(8) NOT NULL CHECK (s in (_utf8mb4'new',_utf8mb4'old')));"
    assert 's string(max: 8) = "new" | "old"' in text_of(text, "mysql")


def test_the_exported_script_of_sql_server_comes_back(tmp_path_factory: pytest.TempPathFactory) -> None:
    folder = tmp_path_factory.mktemp("exported")
    spec, script, back = folder / "s.dgen", folder / "s.sql", folder / "back.dgen"
    spec.write_text(
        "enum state { new, paid }\n\ntable a 100 {\n  id int key\n  s state\n  o string? 20% null = word()\n"
        "  check paid: s != paid or o != null\n}\n".replace("s != paid or", "s == new or"),
        "utf-8",
    )
    assert main(["export", str(spec), "--to", "sql", "--dialect", "tsql", "-o", str(script)]) == 0
    assert "N'new'" in script.read_text("utf-8")
    assert main(["import", str(script), "--dialect", "tsql", "-o", str(back)]) == 0
    text = back.read_text("utf-8")
    assert '"new"' in text
    assert 'check paid: (s == "new") or (o != null)' in text
    assert "left out" not in text
