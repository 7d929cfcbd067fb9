"""The API as type checkers see it: a user's program under ``mypy --strict``."""

from __future__ import annotations

from pathlib import Path

from mypy import api

PROGRAM = """
import datetime as dt

import specdsl
from specdsl import builder as b

data: specdsl.Data = specdsl.load("shop.dgen", seed=7, rows={"users": 5})
users: specdsl.Table = data["users"]
for record in users:
    reveal_type(record)
reveal_type(users[3])
reveal_type(users[3:5])
reveal_type(users[3:5].select("id").filter(lambda batch: batch["id"]).row_count)
reveal_type(users.to_pandas(5))
reveal_type(users.to_polars(5))
reveal_type(users.to_duckdb())
reveal_type(data.to_duckdb(keys=True))
reveal_type(data.build("out", "csv", tables=["users"]).ok)
reveal_type(specdsl.diagnose("table t 3 { id int key }"))
reveal_type(specdsl.format("table t 3 { id int key }"))
reveal_type([column.references for column in users.columns])
try:
    data.verify("out")
except specdsl.SpecError as error:
    reveal_type(error.diagnostics[0].code)

shop = b.Dataset("shop", seed=42, now=dt.datetime(2025, 6, 1))
people = shop.table("users", 10)
age = people.column("age", "int", within=(18, None), value=b.fn.normal(mean=38, sd=12))
people.check("adult", (age >= 18) & ~(age == 5) | age.is_null())
reveal_type(age + 1 > 2)
reveal_type(shop.load()["users"].row(1))

users[3:5].take([1])
data["users"].to_arrow(rows="x")
people.column("plan", value=3, nul=5)
"""

REVEALED = [
    "dict[str, Any]",
    "dict[str, Any]",
    "specdsl.api.views.View",
    "int",
    "DataFrame",
    "DataFrame",
    "DuckDBPyRelation",
    "DuckDBPyConnection",
    "bool",
    "list[specdsl.diagnostics.model.Diagnostic]",
    "str",
    "list[str | None]",
    "str",
    "specdsl.builder.expressions.Expr",
    "dict[str, Any]",
]


def test_a_program_is_typed(tmp_path: Path) -> None:
    program = tmp_path / "program.py"
    program.write_text(PROGRAM)
    out, told, _ = api.run(
        [
            "--strict",
            "--config-file=",
            f"--cache-dir={tmp_path / 'cache'}",
            "--follow-imports=silent",
            str(program),
        ]
    )
    assert not told
    notes = [line.split("Revealed type is ")[1] for line in out.splitlines() if "Revealed type is" in line]
    assert len(notes) == len(REVEALED), out
    for note, wanted in zip(notes, REVEALED, strict=True):
        assert wanted in note.replace("builtins.", ""), (note, wanted)
    errors = [line.rsplit("[", 1)[1] for line in out.splitlines() if ": error:" in line]
    assert errors == ["attr-defined]", "arg-type]", "call-arg]"], out
