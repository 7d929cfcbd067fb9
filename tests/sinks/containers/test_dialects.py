"""What dumps say in each dialect, and what a dialect cannot say."""

from __future__ import annotations

from pathlib import Path

import pytest
import sqlglot

from specdsl.errors import DataError, UsageError
from specdsl.sinks.sql import SqlDump
from specdsl.sinks.sql_dump.dialects import DIALECTS
from tests.sinks.containers.making import everything_contents, options, spec_contents
from tests.sinks.containers.specs import SHOP

DUMP = SqlDump()
READ_AS = {
    "postgresql": "postgres",
    "mysql": "mysql",
    "sqlite": "sqlite",
    "sqlserver": "tsql",
    "oracle": "oracle",
}


def script(folder: Path, spec: str = SHOP, **values: object) -> str:
    dataset, contents = spec_contents(folder, spec)
    DUMP.write(folder / "made.sql", dataset, contents, options(**values))
    return (folder / "made.sql").read_text()


def statements(text: str, dialect: str) -> list[str]:
    """The SQL of a script, without what is meant for its client."""
    lines = [line for line in text.split("\n") if line not in ("GO", "/")]
    client = ("SET DEFINE", "SET SQLBLANK", "WHENEVER", "PRAGMA", "BEGIN TRANSACTION")
    return ["\n".join(line for line in lines if not line.startswith(client))]


@pytest.mark.parametrize("dialect", ["postgresql", "mysql", "sqlite", "sqlserver"])
def test_scripts_parse_in_their_dialect(dialect: str, tmp_path: Path) -> None:
    (text,) = statements(script(tmp_path, dialect=dialect, batch_rows=10), dialect)
    parsed = [one for one in sqlglot.parse(text, read=READ_AS[dialect]) if one is not None]
    made = [one for one in parsed if one.key == "create" and one.args["kind"] == "TABLE"]
    assert [one.this.this.name for one in made] == ["users", "orders", "lines"]
    inserts = [one for one in parsed if one.key == "insert"]
    assert sum(len(one.expression.expressions) for one in inserts if one.this.this.name == "users") == 40
    assert all(len(one.expression.expressions) <= 10 for one in inserts)


def test_rows_of_oracle_parse(tmp_path: Path) -> None:
    text = script(tmp_path, dialect="oracle", batch_rows=10)
    rows = [line for line in text.split("\n") if line.startswith("  INTO users ")]
    assert len(rows) == 40
    for row in rows:
        parsed = sqlglot.parse_one("INSERT" + row, read="oracle")
        assert len(parsed.expression.expressions[0].expressions) == 7
    assert text.count("INSERT ALL\n  INTO users") == 4
    assert "'two'||CHR(10)||'lines'" in text
    tables = [part for part in text.split("\n\n") if part.startswith("CREATE TABLE")]
    for table in tables:
        assert sqlglot.parse_one(table.partition("\n);")[0] + "\n)", read="oracle").key == "create"


def test_a_dump_looks_as_if_written_by_hand(tmp_path: Path) -> None:
    text = script(tmp_path)
    assert (
        """
CREATE TYPE "Status" AS ENUM ('open', 'paid', 'sent; ''late''');

CREATE TABLE users (
  id      bigint         NOT NULL PRIMARY KEY,
  code    text           NOT NULL UNIQUE,
  boss_id bigint,
  age     bigint         NOT NULL CHECK (age BETWEEN 18 AND 90),
  motto   text,
  money   numeric(10, 2) NOT NULL CHECK (money BETWEEN 0.00 AND 500.00),
  active  boolean        NOT NULL,
  CONSTRAINT users_adult CHECK (age >= 18),
  CONSTRAINT users_known CHECK (active OR money >= 0.00)
);
COMMENT ON TABLE users IS 'People who have signed up. It''s them.';
COMMENT ON COLUMN users.id IS 'A number of their own.';
"""
        in text
    )
    assert text.endswith("""
CREATE INDEX users_boss_id_idx ON users (boss_id);
CREATE INDEX orders_user_id_idx ON orders (user_id);

ALTER TABLE users ADD CONSTRAINT users_boss_id_fkey
  FOREIGN KEY (boss_id) REFERENCES users (id);
ALTER TABLE orders ADD CONSTRAINT orders_user_id_fkey
  FOREIGN KEY (user_id) REFERENCES users (id);
ALTER TABLE lines ADD CONSTRAINT lines_order_id_fkey
  FOREIGN KEY (order_id) REFERENCES orders (id);

COMMIT;
""")


def test_without_rules_and_without_tables(tmp_path: Path) -> None:
    bare = script(tmp_path, rules=False)
    assert "CREATE TABLE users" in bare
    assert not any(word in bare for word in ("PRIMARY KEY", "CHECK", "REFERENCES", "CREATE INDEX"))
    assert "CREATE" not in script(tmp_path, create=False)


@pytest.mark.parametrize("dialect", ["mysql", "sqlserver", "oracle"])
def test_keys_of_text_have_a_length(dialect: str, tmp_path: Path) -> None:
    text = script(tmp_path, dialect=dialect)
    line = next(line for line in text.split("\n") if line.strip().startswith(("`code`", "[code]", "code ")))
    assert {"mysql": "VARCHAR(255)", "sqlserver": "NVARCHAR(255)", "oracle": "VARCHAR2(4000 CHAR)"}[
        dialect
    ] in line


def examined(folder: Path, spec: str, **values: object) -> list[str]:
    dataset, _ = spec_contents(folder, spec)
    return list(DUMP.examine(dataset, {}, values))


@pytest.mark.parametrize(
    ("values", "why"),
    [
        ({"dialect": "mysql", "statement": "copy"}, "statement=copy"),
        ({"dialect": "sqlserver", "batch_rows": 1_001}, "at most 1,000"),
        ({"dialect": "oracle", "batch_rows": 501}, "at most 500"),
        ({"dialect": "sqlite", "schema": "x"}, "no schemas"),
        ({"create": False, "drop": True}, "drop"),
    ],
)
def test_options_that_do_not_go_together(values: dict[str, object], why: str, tmp_path: Path) -> None:
    with pytest.raises(UsageError, match=why):
        examined(tmp_path, SHOP, **values)


@pytest.mark.parametrize("dialect", [d for d in DIALECTS if d != "postgresql"])
def test_names_that_are_one_to_the_database(dialect: str, tmp_path: Path) -> None:
    spec = "dataset d { seed 1 }\ntable t 1 { a int = 1  \n A int = 2 }\n"
    with pytest.raises(UsageError, match="`a` and `A`"):
        examined(tmp_path, spec, dialect=dialect)
    assert examined(tmp_path, spec) == []


@pytest.mark.parametrize(
    ("dialect", "longest"), [("postgresql", 63), ("mysql", 64), ("oracle", 128), ("sqlserver", 128)]
)
def test_names_that_are_too_long(dialect: str, longest: int, tmp_path: Path) -> None:
    name = "x" * (longest + 1)
    with pytest.raises(UsageError, match=f"at most {longest}"):
        examined(tmp_path, f"dataset d {{ seed 1 }}\ntable t 1 {{ {name} int = 1 }}\n", dialect=dialect)
    examined(tmp_path, f"dataset d {{ seed 1 }}\ntable t 1 {{ {name[1:]} int = 1 }}\n", dialect=dialect)


def test_what_changes_is_told(tmp_path: Path) -> None:
    dataset, _ = everything_contents(tmp_path)

    def told(dialect: str) -> list[str]:
        notes = list(DUMP.examine(dataset, {}, {"dialect": dialect}))
        return [note.partition("`")[2].partition("`")[0].removeprefix("everything.") for note in notes]

    assert told("postgresql") == []
    nested = ["tags", "scores", "levels", "point", "path", "matrix", "mixed"]
    assert told("mysql") == ["span", "id"]
    assert told("sqlite") == ["u64", "whole", "fine", "span", "id", *nested]
    assert told("sqlserver") == ["span", *nested]
    assert told("oracle") == ["text", "raw", "clock", "id", *nested]


def test_what_a_dialect_cannot_hold_names_the_column(tmp_path: Path) -> None:
    spec = 'dataset d { seed 1 }\ntable t 1 { a string = "x\\u{0}y" }\n'
    dataset, contents = spec_contents(tmp_path, spec)
    for dialect in ("postgresql", "sqlite", "sqlserver", "oracle"):
        with pytest.raises(DataError, match=r"`t\.a`"):
            DUMP.write(tmp_path / "made.sql", dataset, contents, options(dialect=dialect))
    DUMP.write(tmp_path / "made.sql", dataset, contents, options(dialect="mysql"))
    read = DUMP.read(tmp_path / "made.sql", "t", contents[0].schema).read_all()
    assert read.to_pylist() == [{"a": "x\0y"}]


def test_long_strings_of_oracle(tmp_path: Path) -> None:
    long = "it's \u00e9" * 700
    spec = f'dataset d {{ seed 1 }}\ntable t 2 {{ a string = "{long}"\n b string = "short" }}\n'
    dataset, contents = spec_contents(tmp_path, spec)
    DUMP.write(tmp_path / "made.sql", dataset, contents, options(dialect="oracle"))
    text = (tmp_path / "made.sql").read_text()
    assert "a CLOB " in text
    assert max(len(piece.encode()) for piece in text.split("TO_CLOB(")[1:]) < 4_000
    read = DUMP.read(tmp_path / "made.sql", "t", contents[0].schema).read_all()
    assert read.to_pylist() == [{"a": long, "b": "short"}] * 2


def test_names_with_characters_that_mysql_has_not(tmp_path: Path) -> None:
    spec = "dataset d { seed 1 }\ntable t 1 { `é😀` int = 1 }\n"
    with pytest.raises(UsageError, match="no names with `😀`"):
        examined(tmp_path, spec, dialect="mysql")
    assert examined(tmp_path, spec) == []
