"""``specdsl export``: a spec as other tools read it."""

from __future__ import annotations

from pathlib import Path
from typing import TYPE_CHECKING

import click

from specdsl.cli.options import ALLOW, PLUGIN, SPEC, Whole, command_line
from specdsl.cli.terminal import Terminal
from specdsl.exporters.registry import DRAFTS, EXPORTERS, SQL_DIALECTS

if TYPE_CHECKING:
    from specdsl.exporters.registry import Exporter
    from specdsl.exporters.spec import Spec, Wanted


@click.command("export")
@SPEC
@click.option(
    "--to",
    "kind",
    type=click.Choice(tuple(EXPORTERS)),
    default="json-schema",
    show_default=True,
    help="What.",
)
@click.option("--dialect", type=click.Choice(SQL_DIALECTS), help="SQL: its dialect.  [default: postgres]")
@click.option(
    "-o",
    "--output",
    metavar="PATH",
    type=click.Path(),
    help="Write to PATH, not to the terminal; into a folder, one file for each table.",
)
@click.option(
    "-t", "--table", "tables", metavar="TABLE", multiple=True, help="Only this table; may be repeated."
)
@click.option("--draft", type=click.Choice(DRAFTS), help="JSON Schema: its draft.  [default: 2020-12]")
@click.option("--examples", metavar="N", type=Whole(0, 100), help="JSON Schema: rows to show.  [default: 1]")
@click.option("--plain", is_flag=True, help="JSON Schema: without the texts of the spec.")
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
    draft: str | None,
    examples: int | None,
    plain: bool,
    allow: tuple[str, ...],
    plugins: tuple[str, ...],
) -> None:
    """Describe the tables of FILE for other tools.

    json-schema: every row that `build -f jsonl` writes validates against it, and `specdsl import` makes the
    same spec of it.

    pydantic: a Python module with a model for each table. typescript: a type for each table.

    sql: CREATE TABLE with keys, references, checks and comments, in one of the dialects.
    """
    from specdsl.cli.compiling import checked
    from specdsl.cli.counts import require_tables
    from specdsl.cli.writing import write_text
    from specdsl.exporters.spec import Spec, Wanted

    exporter = EXPORTERS[kind]
    given = {
        "draft": draft is not None,
        "dialect": dialect is not None,
        "examples": examples is not None and kind != "json-schema",
        "plain": plain and kind != "json-schema",
    }
    require_options(kind, given)
    compilation, dataset, files = checked(spec, terminal, None, allow, plugins)
    require_tables(dataset, tables)
    wanted = Wanted(tables, draft or dialect or "", 1 if examples is None else examples, plain)
    described = Spec(compilation, dataset, files)
    if output is not None and (Path(output).is_dir() or output.endswith(("/", "\\"))):
        _write_each(terminal, exporter, described, wanted, Path(output), spec)
        return
    text = exporter.text(described, wanted)
    if output is None or output == "-":
        terminal.out(text)
        return
    write_text(Path(output), text, spec, f"schema{exporter.ending}")
    count = len(described.tables(wanted))
    terminal.say(f"described {count} table{'' if count == 1 else 's'} in {output}")


def require_options(kind: str, given: dict[str, bool]) -> None:
    """Raises UsageError where an option is given (``given``: by name) that is for another kind."""
    from specdsl.errors import UsageError

    for option, is_given in given.items():
        if is_given and EXPORTERS[kind].option != option:
            name = next((k for k, one in EXPORTERS.items() if one.option == option), "json-schema")
            raise UsageError(f"`--{option}` is not for {kind}", f"leave it out, or say `--to {name}`")


def _write_each(
    terminal: Terminal, exporter: Exporter, spec: Spec, wanted: Wanted, folder: Path, source: str
) -> None:
    """One file for each table, all texts made before the first is written."""
    from dataclasses import replace

    from specdsl.cli.writing import write_text
    from specdsl.errors import EnvironmentFailure, UsageError

    names = [table.name for table in spec.tables(wanted)]
    for name in names:
        if name in (".", "..") or any(c in name for c in "/\\:\0"):
            raise UsageError(f"table `{name}` makes no file's name", "write one file: -o FILE")
    texts = {name: exporter.text(spec, replace(wanted, tables=(name,))) for name in names}
    try:
        folder.mkdir(exist_ok=True)
    except OSError as error:
        raise EnvironmentFailure(f"cannot make `{folder}`: {error.strerror or error}") from error
    for name, text in texts.items():
        write_text(folder / f"{name}{exporter.ending}", text, source)
    terminal.say(f"described {len(names)} table{'' if len(names) == 1 else 's'} in {folder}")
