"""What becomes of single CHECKs: the condition of the spec, which says the same, or that it is left out."""

from __future__ import annotations

import pytest
from sqlglot import exp

from specdsl.importers.model import Imported
from specdsl.importers.registry import Settings, importer
from specdsl.importers.sql.lexing import DIALECTS
from specdsl.importers.sql.parsing import CannotSay, parsed, require_known
from specdsl.source import SourceFile


def imported(script: str, dialect: str = "postgres", rows: int = 300) -> Imported:
    return importer("sql")(SourceFile("s.sql", script), Settings(rows=rows, dialect=dialect))


def text_of(script: str, dialect: str = "postgres") -> str:
    made = imported(script, dialect)
    assert made.text is not None
    return made.text


@pytest.mark.parametrize("dialect", DIALECTS)
def test_not_null(dialect: str) -> None:
    made = text_of(
        "CREATE TABLE t (id int PRIMARY KEY, a varchar(40), b varchar(40), c varchar(40) CHECK (c IS NOT NULL),"
        " CHECK (a IS NOT NULL OR b IS NOT NULL));",
        dialect,
    )
    assert "(a != null) or (b != null)" in made
    assert "== null" not in made
    assert "c  string(max: 40) " in made  # never null, and no check says so
    assert "check c" not in made


@pytest.mark.parametrize(
    ("condition", "said"),
    [
        ("f IS TRUE", "coalesce(f, false)"),
        ("f IS NOT TRUE", "not (coalesce(f, false))"),
        ("f IS FALSE", "not coalesce(f, true)"),
        ("NOT (a IS NOT NULL AND b IS NULL)", "not ((a != null) and (b == null))"),
        ("a NOTNULL OR b ISNULL", "(a != null) or (b == null)"),
        ("a NOT LIKE 'x%'", 'not (starts_with(a, "x"))'),
        ("a NOT ILIKE '%X'", 'not (ends_with(lower(a), "x"))'),
        ("n NOT IN (1, 2)", "not (n in [1, 2])"),
        ("n NOT BETWEEN 1 AND 5", "not (n >= 1 and n <= 5)"),
    ],
)
def test_negations(condition: str, said: str) -> None:
    columns = "a varchar(20), b varchar(20), f boolean, n int"
    assert f": {said}\n" in text_of(f"CREATE TABLE t ({columns}, CONSTRAINT c CHECK ({condition}));")


@pytest.mark.parametrize("dialect", ["mysql", "sqlite", "tsql"])
def test_patterns_of_any_case(dialect: str) -> None:
    made = text_of("CREATE TABLE t (a varchar(20), CHECK (a NOT LIKE 'Ab%'));", dialect)
    assert 'not (starts_with(lower(a), "ab"))' in made


@pytest.mark.parametrize(
    "condition", ["n BETWEEN SYMMETRIC 9 AND 1", "trim(LEADING 'x' FROM a) <> ''", "floor(n, 2) = 3"]
)
def test_what_a_node_says_besides_is_never_passed_over(condition: str) -> None:
    with pytest.raises(CannotSay):
        require_known(parsed(condition, "postgres"))
    made = imported(f"CREATE TABLE t (a varchar(20), n int, CHECK ({condition}));")
    assert [d.code for d in made.diagnostics] == ["DG724"]
    assert "check " not in (made.text or "").replace("CHECK", "")


def test_an_unknown_part_of_a_node_is_not_understood() -> None:
    """A later sqlglot may say more on a node than this one."""
    like = parsed("a LIKE 'x%'", "postgres")
    require_known(like)
    like.set("another", exp.true())
    with pytest.raises(CannotSay):
        require_known(like)
