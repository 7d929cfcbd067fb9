"""``specdsl diagram``: the tables of a spec and how they refer to each other, as a picture."""

from __future__ import annotations

from pathlib import Path

import click

from specdsl.cli.options import ALLOW, PLUGIN, SPEC, command_line
from specdsl.cli.terminal import Terminal

_OTHER_PICTURES = {".png", ".jpg", ".jpeg", ".gif", ".webp", ".bmp", ".tif", ".tiff", ".pdf", ".eps", ".html"}


@click.command("diagram")
@SPEC
@click.option(
    "--to",
    "notation",
    type=click.Choice(["mermaid", "svg"]),
    help="Mermaid (an erDiagram) or SVG; if not given, what the name after -o says, else mermaid.",
)
@click.option("-o", "--output", metavar="PATH", type=click.Path(), help="Write to PATH, not to the terminal.")
@click.option(
    "-t", "--table", "tables", metavar="TABLE", multiple=True, help="Only this table; may be repeated."
)
@click.option(
    "--columns",
    "attributes",
    type=click.Choice(["all", "keys", "none"]),
    default="all",
    show_default=True,
    help="Which columns to show; keys: those of keys and references.",
)
@ALLOW
@PLUGIN
@command_line
def command(
    terminal: Terminal,
    spec: str,
    notation: str | None,
    output: str | None,
    tables: tuple[str, ...],
    attributes: str,
    allow: tuple[str, ...],
    plugins: tuple[str, ...],
) -> None:
    """Draw the tables of FILE and their references: an entity-relationship diagram."""
    from specdsl.cli.compiling import checked
    from specdsl.cli.counts import require_tables
    from specdsl.cli.writing import write_text
    from specdsl.diagram.mermaid import mermaid
    from specdsl.diagram.model import Attributes, diagram_of
    from specdsl.diagram.svg import svg

    notation = notation or _notation(output)
    _, dataset, _ = checked(spec, terminal, None, allow, plugins)
    require_tables(dataset, tables)
    diagram = diagram_of(dataset, tables=tables, attributes=Attributes(attributes))
    text = svg(diagram) if notation == "svg" else mermaid(diagram)
    if output is None or output == "-":
        terminal.out(text)
        return
    write_text(Path(output), text, spec)
    count = len(diagram.entities)
    terminal.say(f"drew {count} table{'' if count == 1 else 's'} into {output}")


def _notation(output: str | None) -> str:
    """What the name of a file asks for. Raises UsageError for the endings of other pictures."""
    from specdsl.errors import UsageError

    ending = Path(output or "").suffix.lower()
    if ending in _OTHER_PICTURES:
        raise UsageError(
            f"a diagram is not drawn as `{ending}`", "SVG: -o name.svg; Mermaid: -o name.mmd, or --to mermaid"
        )
    return "svg" if ending == ".svg" else "mermaid"
