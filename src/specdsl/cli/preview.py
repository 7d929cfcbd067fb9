"""``specdsl preview``: a few rows on the terminal, made without building the rest."""

from __future__ import annotations

from collections.abc import Callable, Sequence
from dataclasses import dataclass
from typing import TYPE_CHECKING

import click

from specdsl.cli.options import ALLOW, DATABASE, EDGE, PLUGIN, SEED, SPEC, Whole, command_line
from specdsl.cli.tables import cut
from specdsl.cli.terminal import Terminal
from specdsl.diagnostics.cells import printable
from specdsl.errors import UsageError

if TYPE_CHECKING:
    import pyarrow as pa

    from specdsl.cli.tables import Heading
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
@click.option(
    "--columns",
    metavar="A,B",
    help="Only these columns, in this order; of one table, or of all that have them.",
)
@click.option("--hidden", is_flag=True, help="Hidden columns too.")
@click.option(
    "--vertical", "layout", flag_value="vertical", help="A line for each value, so that nothing is cut."
)
@click.option("--wide", "layout", flag_value="wide", help="Lines as long as they need: for `less -S`.")
@SEED
@EDGE
@DATABASE
@ALLOW
@PLUGIN
@click.option(
    "--json", "as_json", is_flag=True, help='As JSON: {"table": [{"column": value, ...}, ...], ...}'
)
@click.option("--csv", "as_csv", is_flag=True, help="As CSV; one table only, so name it with -t.")
@command_line
def command(
    terminal: Terminal,
    spec: str,
    tables: tuple[str, ...],
    rows: int,
    columns: str | None,
    hidden: bool,
    layout: str | None,
    seed: int | None,
    edge: float,
    databases: tuple[tuple[str, str], ...],
    allow: tuple[str, ...],
    plugins: tuple[str, ...],
    as_json: bool,
    as_csv: bool,
) -> None:
    """Show the first rows of each table of FILE, the same that a build makes."""
    from specdsl.cli.compiling import checked
    from specdsl.cli.generating import told
    from specdsl.compiler import Overrides
    from specdsl.generate.generator import Generator
    from specdsl.plan.planner import plan

    if as_json and as_csv:
        raise UsageError("--json and --csv cannot both be had", "leave one of them out")
    overrides = Overrides(seed=seed, edge=edge)
    compilation, dataset, files = checked(spec, terminal, overrides, allow, plugins, databases)
    chosen = _chosen(dataset, tables)
    absent = _not_at_hand(dataset)
    for name in tables:
        if name in absent:
            raise UsageError(*_needs(name, absent[name]))
    named = _named(chosen, columns, hidden, explicit=bool(tables)) if columns is not None else None
    if named is not None:
        chosen = [table for table in chosen if table.name in named]
    if as_csv and len(chosen) != 1:
        raise UsageError("--csv shows one table", f"name it: -t {chosen[0].name}" if chosen else "")
    with told(compilation, terminal):
        for table in chosen:
            if table.name in absent:
                what, how = _needs(table.name, absent[table.name])
                terminal.say(f"{what}: {how}")
        chosen = [table for table in chosen if table.name not in absent]
        if as_csv and not chosen:
            return
        first = _First(Generator(plan(dataset), files), rows, hidden, named)
        if as_json:
            terminal.out(_json(first, chosen))
            return
        if as_csv:
            terminal.out(_csv(first, chosen[0]))
            return
        for i, table in enumerate(chosen):
            terminal.out("\n" if i else "")
            _show(first, table, layout, terminal)


def _not_at_hand(dataset: Dataset) -> dict[str, str]:
    """The tables that have no rows without those of a database whose address is not given, each with its
    name."""
    from specdsl.check.program import mentioned

    found = {
        name: table.source.database
        for name, table in dataset.tables.items()
        if table.source is not None and table.source.rows is None
    }
    pending = bool(found)
    while pending:
        more = {
            name: next(found[other] for other in mentioned(table) if other in found)
            for name, table in dataset.tables.items()
            if name not in found and mentioned(table) & found.keys()
        }
        found |= more
        pending = bool(more)
    return found


def _needs(table: str, database: str) -> tuple[str, str]:
    """Why a table cannot be shown, and what shows it."""
    return (
        f"`{table}` needs rows of database `{database}`, whose address is not given",
        f"--database {database}=ADDRESS",
    )


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


def _named(tables: Sequence[Table], columns: str, hidden: bool, *, explicit: bool) -> dict[str, list[str]]:
    """The columns to show by table. Raises UsageError for one that no table has, or where tables were
    named (``explicit``) that one of them has not."""
    from specdsl.diagnostics.nearest import nearest

    names = list(dict.fromkeys(name.strip() for name in columns.split(",") if name.strip()))
    if not names:
        raise UsageError("--columns names no column", "such as --columns id,name")
    shown = {
        table.name: [c.name for c in table.columns.values() if hidden or not c.hidden] for table in tables
    }
    found = {table: [n for n in names if n in has] for table, has in shown.items()}
    for name in names:
        lacking = [table for table, has in found.items() if name not in has]
        if lacking and (explicit or len(lacking) == len(shown)):
            hidden_one = any(name in t.columns and t.columns[name].hidden for t in tables)
            near = nearest(name, [n for table in lacking for n in shown[table]])
            hint = (
                "it is hidden: --hidden shows it" if hidden_one else f"did you mean `{near}`?" if near else ""
            )
            where = f"table `{lacking[0]}`" if len(lacking) == 1 else "any of the tables"
            has_none = f"there is no column `{name}` in {where}"
            raise UsageError(has_none, hint or f"its columns are {', '.join(shown[lacking[0]])}")
    return {table: has for table, has in found.items() if has}


@dataclass(frozen=True)
class _First:
    """The first rows of tables. ``named``: the columns to show by table, None for all."""

    generator: Generator
    rows: int
    hidden: bool
    named: dict[str, list[str]] | None

    def of(self, table: Table) -> pa.RecordBatch:
        count = min(self.rows, self.generator.row_count(table.name))
        batch = self.generator.batch(table.name, 0, count, self.hidden)
        return batch if self.named is None else batch.select(self.named[table.name])


def _json(first: _First, tables: Sequence[Table]) -> str:
    from specdsl.sinks.jsonl import object_lines
    from specdsl.vectors.json_strings import quoted_text

    parts = []
    for table in tables:
        if table.query is not None:
            continue
        batch = first.of(table)
        lines = bytes(object_lines(batch, _marked(batch.schema, table))).decode().splitlines()
        body = "".join(f"\n    {line}," for line in lines).removesuffix(",")
        parts.append(
            f"\n  {quoted_text(table.name)}: [{body}\n  ]" if lines else f"\n  {quoted_text(table.name)}: []"
        )
    return "{" + ",".join(parts) + "\n}\n"


def _marked(schema: pa.Schema, table: Table) -> pa.Schema:
    """The schema with what JSON goes by: documents, members that may be absent, bare rows."""
    import pyarrow as pa

    from specdsl.sinks.base import documented

    marked = []
    for field in schema:
        column = table.columns[field.name]
        absent = table.absent(column)
        marked.append(documented(field, "", column.type, absent=absent, bare=column.bare))
    return pa.schema(marked)


def _csv(first: _First, table: Table) -> str:
    import io

    from specdsl.sinks.base import WriteOptions
    from specdsl.sinks.registry import SINKS

    if table.query is not None:
        raise UsageError(f"`{table.name}` is made by SQL, so that it has no rows before a build")
    batch = first.of(table)
    target = io.BytesIO()
    writer = SINKS["csv"].open(target, batch.schema, WriteOptions("none"))
    writer.write(batch)
    writer.close()
    return target.getvalue().decode()


def _show(first: _First, table: Table, layout: str | None, terminal: Terminal) -> None:
    from specdsl.cli.records import render_records
    from specdsl.cli.tables import cut_columns, render_table

    title = terminal.style(table.name, error_stream=False, bold=True)
    if table.query is not None:
        terminal.out(f"{title}: made by SQL over the built tables; specdsl build makes it\n")
        return
    total = first.generator.row_count(table.name)
    batch = first.of(table)
    shown = f"{batch.num_rows:,} of {total:,} rows" if batch.num_rows < total else _rows(total)
    headings = [_heading(table, table.columns[name]) for name in batch.schema.names]
    cells = [
        [_cell(table, table.columns[name], value) for value in values.to_pylist()]
        for name, values in zip(batch.schema.names, batch.columns, strict=True)
    ]
    width = terminal.out_columns
    about = _about(table, width - len(f"{table.name}: {shown}"))
    terminal.out(f"{title}: {shown}{terminal.style(about, error_stream=False, dim=True)}\n")
    if not headings:
        return
    body = [[column[i] for column in cells] for i in range(batch.num_rows)]
    if layout == "vertical":
        terminal.out(render_records(headings, body, columns=width, color=terminal.out_color))
        return
    wide = layout == "wide"
    terminal.out(
        render_table(headings, body, columns=width, color=terminal.out_color, numbered=True, whole=wide)
    )
    cut_ones = [] if wide else cut_columns(headings, body, columns=width, numbered=True)
    if cut_ones:
        terminal.say(terminal.style(_cut_note(cut_ones, width), dim=True))


def _cell(table: Table, column: Column, value: object) -> str | None:
    """The text of a value, None for null; nothing where JSON leaves it out."""
    from specdsl.cli.values import value_text

    if value is None:
        return "" if table.absent(column) else None
    return value_text(value, column.type)


def _cut_note(names: Sequence[str], room: int) -> str:
    """Which columns have values that were cut, in a line."""
    hint = "; --vertical shows them whole"
    return cut(f"cut: {printable(', '.join(names))}", max(room - len(hint), 20)) + hint


def _heading(table: Table, column: Column) -> Heading:
    from specdsl.cli.tables import Heading
    from specdsl.cli.values import is_number, least_width

    refers = column.reference is not None and column.reference in table.references
    return Heading(
        column.name,
        _type_text(table, column),
        is_number(column.type),
        column.hidden,
        least_width(column.type),
        _value_style(table, column),
        "blue" if refers else "cyan",
    )


_ENUM_STYLES = ("green", "yellow", "magenta", "blue", "cyan", "red")


def _value_style(table: Table, column: Column) -> Callable[[str], str] | None:
    """How values are coloured: references, the members of an enum, true and false, keys."""
    from specdsl.datatypes import types as t

    if column.reference is not None and column.reference in table.references:
        return lambda _: "blue"
    if column.name in table.key:
        return lambda _: "bold"
    match column.type:
        case t.Enum(members=members):
            place = {member: i for i, member in enumerate(members)}
            return lambda value: _ENUM_STYLES[place.get(value, 0) % len(_ENUM_STYLES)]
        case t.Bool():
            return lambda value: "green" if value == "true" else "red"
        case _:
            return None


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
    absent = table.absent(column)
    parts[0] += "?" if column.nullable and not absent else ""
    parts += ["absent"] if absent else []
    if table.key == (column.name,):
        parts.append("key")
    elif column.uniqueness != "none":
        parts.append("unique")
    if column.hidden:
        parts.append("hidden")
    if column.bare:
        parts.append("bare")
    return " ".join(parts)
