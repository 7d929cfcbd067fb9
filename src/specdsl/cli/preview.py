"""``specdsl preview``: a few rows on the terminal, made without building the rest."""

from __future__ import annotations

from collections.abc import Sequence
from typing import TYPE_CHECKING

import click

from specdsl.cli.options import ALLOW, SEED, SPEC, Whole, command_line
from specdsl.cli.tables import cut
from specdsl.cli.terminal import Terminal
from specdsl.diagnostics.cells import printable
from specdsl.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from specdsl.generate.generator import Generator
    from specdsl.ir.model import Column, Dataset, Table


@click.command("preview")
@SPEC
@click.option(
    "-t", "--table", "tables", metavar="TABLE", multiple=True, help="Only this table; may be repeated."
)
@click.option(
    "-n",
    "--rows",
    metavar="N",
    type=Whole(0, 10_000),
    default=10,
    show_default=True,
    help="How many.",
)
@click.option("--hidden", is_flag=True, help="Hidden columns too.")
@SEED
@ALLOW
@click.option(
    "--json", "as_json", is_flag=True, help='As JSON: {"table": [{"column": value, ...}, ...], ...}'
)
@command_line
def command(
    terminal: Terminal,
    spec: str,
    tables: tuple[str, ...],
    rows: int,
    hidden: bool,
    seed: int | None,
    allow: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show the first rows of each table of FILE, the same that a build makes."""
    from specdsl.cli.compiling import checked
    from specdsl.cli.generating import told
    from specdsl.compiler import Overrides
    from specdsl.generate.generator import Generator
    from specdsl.plan.planner import plan

    compilation, dataset, files = checked(spec, terminal, Overrides(seed=seed), allow)
    chosen = _chosen(dataset, tables)
    with told(compilation, terminal):
        generator = Generator(plan(dataset), files)
        if as_json:
            terminal.out(_json(generator, chosen, rows, hidden))
            return
        for i, table in enumerate(chosen):
            terminal.out(("\n" if i else "") + _text(generator, table, rows, hidden, terminal))


def _chosen(dataset: Dataset, names: Sequence[str]) -> list[Table]:
    """The tables to show. Raises UsageError for a name that cannot be."""
    from specdsl.cli.counts import require_tables

    require_tables(dataset, names)
    for name in names:
        if dataset.tables[name].query is not None:
            raise UsageError(
                f"`{name}` is made by SQL over the built tables, so that it has no rows before a build",
                "specdsl build makes it; --rows 100 keeps that short",
            )
    return [dataset.tables[name] for name in dict.fromkeys(names or dataset.tables)]


def _json(generator: Generator, tables: Sequence[Table], rows: int, hidden: bool) -> str:
    from specdsl.sinks.jsonl import object_lines
    from specdsl.sinks.text.json import quoted_name

    parts = []
    for table in tables:
        if table.query is not None:
            continue
        batch = _first(generator, table, rows, hidden)
        lines = bytes(object_lines(batch, batch.schema)).decode().splitlines()
        body = "".join(f"\n    {line}," for line in lines).removesuffix(",")
        parts.append(
            f"\n  {quoted_name(table.name)}: [{body}\n  ]" if lines else f"\n  {quoted_name(table.name)}: []"
        )
    return "{" + ",".join(parts) + "\n}\n"


def _text(generator: Generator, table: Table, rows: int, hidden: bool, terminal: Terminal) -> str:
    from specdsl.cli.tables import Heading, render_table
    from specdsl.cli.values import is_number, least_width, value_text

    title = terminal.style(table.name, error_stream=False, bold=True)
    if table.query is not None:
        return f"{title}: made by SQL over the built tables; specdsl build makes it\n"
    total = generator.row_count(table.name)
    batch = _first(generator, table, rows, hidden)
    shown = f"{batch.num_rows:,} of {total:,} rows" if batch.num_rows < total else _rows(total)
    headings, cells = [], []
    for name, values in zip(batch.schema.names, batch.columns, strict=True):
        column = table.columns[name]
        headings.append(
            Heading(
                name,
                _type_text(table, column),
                is_number(column.type),
                column.hidden,
                least_width(column.type),
            )
        )
        cells.append([None if v is None else value_text(v, column.type) for v in values.to_pylist()])
    about = _about(table, terminal.out_columns - len(f"{table.name}: {shown}"))
    text = f"{title}: {shown}{terminal.style(about, error_stream=False, dim=True)}\n"
    if not headings:
        return text
    body = [[column[i] for column in cells] for i in range(batch.num_rows)]
    return text + render_table(
        headings, body, columns=terminal.out_columns, color=terminal.out_color, numbered=True
    )


def _first(generator: Generator, table: Table, rows: int, hidden: bool) -> pa.RecordBatch:
    count = min(rows, generator.row_count(table.name))
    return generator.batch(table.name, 0, count, hidden)


def _rows(count: int) -> str:
    return f"{count:,} row{'' if count == 1 else 's'}"


def _about(table: Table, room: int) -> str:
    """The first line of the table's documentation, if it fits."""
    line = printable(table.doc.strip().splitlines()[0]) if table.doc.strip() else ""
    text = f"  {cut(line, max(room - 2, 0))}"
    return text if line and room > 20 else ""


def _type_text(table: Table, column: Column) -> str:
    """What stands beneath a column's name: its type or what it refers to, and what is promised of it."""
    parts = [str(column.type)]
    if column.reference is not None and column.reference in table.references:
        parts = [f"-> {table.references[column.reference].table}"]
    parts[0] += "?" if column.nullable else ""
    if table.key == (column.name,):
        parts.append("key")
    elif column.uniqueness != "none":
        parts.append("unique")
    if column.hidden:
        parts.append("hidden")
    return " ".join(parts)
