"""``specdsl export``: a spec as other tools read it."""

from __future__ import annotations

from pathlib import Path

import click

from specdsl.cli.options import ALLOW, PLUGIN, SPEC, command_line
from specdsl.cli.terminal import Terminal

KINDS = ("json-schema", "sql")
"""The names of the registry, which is imported only when something is exported."""

DIALECTS = ("postgres", "mysql", "sqlite", "duckdb", "tsql", "oracle")
"""The dialects of SQL."""


@click.command("export")
@SPEC
@click.option("--to", "kind", type=click.Choice(KINDS), default=KINDS[0], show_default=True, help="What.")
@click.option(
    "--dialect", type=click.Choice(DIALECTS), default=None, help="SQL: its dialect.  [default: postgres]"
)
@click.option("-o", "--output", metavar="PATH", type=click.Path(), help="Write to PATH, not to the terminal.")
@click.option(
    "-t", "--table", "tables", metavar="TABLE", multiple=True, help="Only this table; may be repeated."
)
@ALLOW
@PLUGIN
@command_line
def command(
    terminal: Terminal,
    spec: str,
    kind: str,
    dialect: str | None,
    output: str | None,
    tables: tuple[str, ...],
    allow: tuple[str, ...],
    plugins: tuple[str, ...],
) -> None:
    """Describe the tables of FILE for other tools.

    json-schema: JSON Schema 2020-12. Every row that `build -f jsonl` writes validates against it.

    sql: CREATE TABLE with keys, references, checks and comments, in one of the dialects.
    """
    from specdsl.cli.compiling import checked
    from specdsl.cli.counts import require_tables
    from specdsl.cli.writing import write_text
    from specdsl.errors import UsageError
    from specdsl.exporters.registry import EXPORTERS

    exporter = EXPORTERS[kind]
    if dialect is not None and not exporter.dialects:
        raise UsageError(f"`--dialect` is not for {kind}", "leave it out, or say `--to sql`")
    _, dataset, _ = checked(spec, terminal, None, allow, plugins)
    require_tables(dataset, tables)
    text = exporter.text(dataset, tables, dialect or next(iter(exporter.dialects), ""))
    if output is None or output == "-":
        terminal.out(text)
        return
    write_text(Path(output), text, spec, "schema.json")
    count = len(tables or dataset.tables)
    terminal.say(f"described {count} table{'' if count == 1 else 's'} in {output}")
