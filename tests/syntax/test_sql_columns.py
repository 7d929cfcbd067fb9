"""Columns and rules as SQL has them: one correction makes each a program."""

from __future__ import annotations

import pytest

from specdsl.compiler import Compilation, compile_source
from specdsl.diagnostics.model import Severity
from specdsl.ide.edits import applied
from specdsl.source import SourceFile
from tests.language.memory import MemoryFiles

HEAD = "table users 3 {\n  id int key\n}\n\ntable t 3 {\n  a int unique = 1..9\n  "
END = "\n}\n"

ROWS = [
    ("x int PRIMARY KEY", "x int key"),
    ("x int not null primary key", "x int key"),
    ("x int AUTO_INCREMENT PRIMARY KEY", "x int key"),
    ("x int auto_increment", "x int = sequence(start: 1)"),
    ("x int identity(1, 1)", "x int = sequence(start: 1)"),
    ("x int not null = 1..5", "x int = 1..5"),
    ("x int = 1..5 NOT NULL", "x int = 1..5"),
    ("x int default 5", "x int = 5"),
    ("x int NOT NULL DEFAULT 5", "x int = 5"),
    ("x int NOT NULL UNIQUE = 1..9", "x int unique = 1..9"),
    ("x int default null", "x int? = null"),
    ("x timestamp default now()", "x timestamp = now"),
    ("x timestamp NOT NULL DEFAULT CURRENT_TIMESTAMP", "x timestamp = now"),
    ("x int NULL = 1..5", "x int? = 1..5"),
    ("x int unsigned = 1..5", "x int = 1..5"),
    ("x int in 1..9 not null = 1..5", "x int in 1..9 = 1..5"),
    ("x int check (x > 5) = 6..9", "x int = 6..9, check x_rule: x > 5"),
    ("x int references users", "x -> users"),
    ("x int not null REFERENCES users (id)", "x -> users"),
    ("x int NULL references users(id)", "x -> users?"),
    ("x int COMMENT 'how many' = 1..5", "## how many\n  x int = 1..5"),
    ('x int NOT NULL COMMENT "how many" DEFAULT 5', "## how many\n  x int = 5"),
    ("x serial = 1..5", "x int = 1..5"),
    ("x tinyint = 1..5", "x int8 = 1..5"),
    ("PRIMARY KEY (a)", "key (a)"),
    ("primary key (a)", "key (a)"),
    ("CONSTRAINT pk PRIMARY KEY (a)", "key (a)"),
    ("x int = 1..2\n  UNIQUE (a, x)", "x int = 1..2\n  unique (a, x)"),
    ("CHECK (a > 0)", "check rule: a > 0"),
    ("constraint positive check (a > 0)", "check positive: a > 0"),
    ("x int = case when a > 1 then 1 else 2 end", "x int = if a > 1 then 1 else 2"),
]


def compiled(text: str) -> Compilation:
    return compile_source(SourceFile("main.dgen", text), MemoryFiles({}))


def corrected(text: str) -> str:
    errors = [d for d in compiled(text).diagnostics if d.severity is Severity.ERROR]
    fixes = [d.fix() for d in errors]
    assert len(fixes) == 1, [d.message() for d in errors]
    assert fixes[0] is not None, errors[0].message()
    after = applied(text, fixes[0].edits)
    assert [d.message() for d in compiled(after).diagnostics if d.severity is Severity.ERROR] == []
    return after


@pytest.mark.parametrize(("row", "right"), ROWS, ids=[row for row, _ in ROWS])
def test_a_row(row: str, right: str) -> None:
    assert corrected(f"{HEAD}{row}{END}") == f"{HEAD}{right}{END}"


@pytest.mark.parametrize("name", ["", "CONSTRAINT fk "])
def test_a_foreign_key_becomes_the_columns(name: str) -> None:
    text = f"{HEAD}u_id int = 1..3\n  {name}FOREIGN KEY (u_id) REFERENCES users (id){END}"
    assert corrected(text) == f"{HEAD}u_id -> users{END}"


def test_an_index_is_left_out() -> None:
    assert corrected(f"{HEAD}INDEX (a){END}") == f"{HEAD}{END}"


@pytest.mark.parametrize("head", ["create table t", "CREATE TABLE IF NOT EXISTS t", "table t"])
def test_columns_in_parentheses(head: str) -> None:
    text = f'{head} (\n  id int key,\n  name string = "a"\n)\n'
    assert corrected(text) == 'table t 100 {\n  id int key,\n  name string = "a"\n}\n'


def test_what_has_no_counterpart_is_left_to_people() -> None:
    text = f"{HEAD}x int default 5 collate nocase{END}"
    assert [d.fix() for d in compiled(text).diagnostics if d.code == "DG125"] == [None]
