"""SQL of a spec: wrong, curious, endless."""

from __future__ import annotations

from pathlib import Path

import pytest

from tests.robustness.outcomes import codes, ended

BASE = "table u 30 { id int key, n int = 1..9 }\n"
REFUSED = {
    "no SQL": ("selec n from u", "syntax error"),
    "no column": ("select nope from u", "nope"),
    "no table": ("select * from nope", "nope"),
    "DuckDB's own tables": ("select * from us", 'Did you mean "u"'),
    "nothing": ("-- nothing", "one SELECT"),
    "two statements": ("select 1; select 2", "several statements"),
    "drop": ("drop table u", "one SELECT"),
    "a file to write": ("copy u to '{}/evil.csv'", "one SELECT"),
    "a file to write, hidden": ("select * from u; copy u to '{}/evil.csv'", "several statements"),
    "an export": ("export database '{}/evil'", "one SELECT"),
    "a database": ("attach '{}/evil.db'", "one SELECT"),
    "a file to read": ("select * from read_csv('{}/secret.csv')", "tables of the spec only"),
    "a text to read": ("select * from read_text('{}/secret.csv')", "tables of the spec only"),
    "a name that is a file": ("select * from '{}/secret.csv'", "tables of the spec only"),
    "a folder to list": ("select * from glob('/etc/*')", "tables of the spec only"),
    "the network": ("select * from 'https://example.com/x.csv'", "tables of the spec only"),
    "an extension": ("install httpfs", "one SELECT"),
    "settings": ("set memory_limit='100GB'", "one SELECT"),
    "chance": ("select random() x from u", "`random` gives another value every time"),
    "the clock": ("select now() x from u", "every time"),
    "a parameter": ("select $1 x from u", "parameters"),
    "a type without a counterpart": ("select map {{'a': 1}} m from u", "cast it"),
    "itself": ("select * from d", "it reads itself"),
    "a cast while building": ("select cast('x' as int) x from u", "Could not convert"),
    "a number too large while building": ("select 99999999999999999999999999::hugeint m from u", "out of range"),
    "a text too large while building": ("select repeat('x', 10000000000) x from u", "maximum supported"),
}  # fmt: skip


@pytest.mark.parametrize("what", REFUSED)
def test_refused(tmp_path: Path, what: str) -> None:
    sql, words = REFUSED[what]
    (tmp_path / "secret.csv").write_text("a\n1\n")
    ran = ended(tmp_path, f'{BASE}table d = sql("""{sql.format(tmp_path)}""")')
    assert ran.status == 1 and codes(ran) == ["DG225"], ran.err
    told = " ".join(ran.err.split())
    assert words in told and "help:" in told
    assert sorted(p.name for p in tmp_path.iterdir()) == ["main.dgen", "secret.csv"]


def test_several_faults_and_what_follows_from_them(tmp_path: Path) -> None:
    """Each is told once; a query over one that fails is not to blame."""
    ran = ended(
        tmp_path,
        f'{BASE}table a = sql("select * from b")\ntable b = sql("select x from u")\ntable c = sql("selec")\n',
    )
    assert codes(ran) == ["DG225", "DG225"] and "table `a`" not in ran.err


def test_queries_in_a_circle(tmp_path: Path) -> None:
    ran = ended(tmp_path, f'{BASE}table a = sql("select * from b")\ntable b = sql("select * from a")\n')
    assert codes(ran) == ["DG225"] and "in a circle: `a`, `b`" in " ".join(ran.err.split())


@pytest.mark.parametrize(
    ("path", "content"), [("nope.sql", None), ("../x.sql", None), ("x.sql", b"\xff\xfe\0"), ("x.sql", b"")]
)
def test_files_of_queries(tmp_path: Path, path: str, content: bytes | None) -> None:
    files = {} if content is None else {path: content}
    assert codes(ended(tmp_path, f'{BASE}table d = sql("{path}")', files=files)) == ["DG216"]


@pytest.mark.parametrize(
    "sql",
    ["select * from u where false", "select n, n from u", "select 1, 2", "select 'nan'::double x, 'a\\u0000b' y", "from u", "describe u"],
)  # fmt: skip
def test_odd_but_sound(tmp_path: Path, sql: str) -> None:
    assert ended(tmp_path, f'{BASE}table d = sql("""{sql}""")').status == 0
