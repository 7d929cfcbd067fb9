"""Rows of a spec loaded into a PostgreSQL that has the original script's tables, with all their rules on."""

from __future__ import annotations

import json
import subprocess
import sys
from pathlib import Path

from specdsl.importers.sql.lexing import DIALECTS
from specdsl.importers.sql.statements import statements
from tests.sinks.containers.servers import Server

_PASSED_OVER = (
    "INSERT",
    "COPY",
    "DROP DATABASE",
    "CREATE DATABASE",
    "CREATE OR REPLACE PROCEDURAL",
    "ALTER PROCEDURAL",
)
_DEFER = """
DO $$ DECLARE r record; BEGIN
  FOR r IN SELECT conrelid::regclass AS t, conname FROM pg_constraint WHERE contype = 'f' LOOP
    EXECUTE format('ALTER TABLE %s ALTER CONSTRAINT %I DEFERRABLE INITIALLY DEFERRED', r.t, r.conname);
  END LOOP;
END $$;
"""


def specdsl(*words: str) -> str:
    """Run the command; what it says on standard error."""
    ran = subprocess.run(
        [sys.executable, "-m", "specdsl", *words], capture_output=True, text=True, check=False
    )
    assert ran.returncode == 0, ran.stderr
    return ran.stderr


def declare(server: Server, script: str) -> None:
    """Run what declares in the original script, unchanged."""
    found = [s for s in statements(script, DIALECTS["postgres"]) if not s.head.startswith(_PASSED_OVER)]
    server.run("".join(script[s.start : s.end] + ";\n" for s in found))


def load(server: Server, folder: Path, schemas: dict[str, str] | None = None) -> dict[str, int]:
    """Load the JSON Lines of ``folder``, each file into the table of its name (``schemas``: the path of those that
    have another), in one transaction whose end checks all references. How many rows the tables have then."""
    generated = set(
        server.run(
            "SELECT table_name || '.' || column_name FROM information_schema.columns WHERE is_generated = 'ALWAYS';"
        ).split()
    )
    script, paths = ["BEGIN;", _DEFER], {}
    for file in sorted(folder.glob("*.jsonl")):
        paths[file.stem] = (schemas or {}).get(file.stem, f'"{file.stem}"')
        lines = file.read_text("utf-8").splitlines()
        table = paths[file.stem].rpartition(".")[2].strip('"')
        names = [f'"{n}"' for n in json.loads(lines[0]) if f"{table}.{n}" not in generated]
        columns, taken = ", ".join(names), ", ".join(f"made.{name}" for name in names)
        script.append("CREATE TEMP TABLE stage (whole json) ON COMMIT DROP;")
        script.append("COPY stage FROM stdin (FORMAT csv, QUOTE E'\\x01', DELIMITER E'\\x02');")
        script += [*lines, "\\."]
        script.append(
            f"INSERT INTO {paths[file.stem]} ({columns}) OVERRIDING SYSTEM VALUE"
            f" SELECT {taken} FROM stage, json_populate_record(NULL::{paths[file.stem]}, whole) AS made;"
        )
        script.append("DROP TABLE stage;")
    server.run("\n".join([*script, "COMMIT;\n"]))
    return {name: int(server.run(f"SELECT count(*) FROM {path};")) for name, path in paths.items()}
