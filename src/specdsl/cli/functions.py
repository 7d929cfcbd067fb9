"""``specdsl functions``: the catalogue, searchable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from specdsl.cli.options import command_line
from specdsl.cli.terminal import Terminal
from specdsl.errors import UsageError

if TYPE_CHECKING:
    from specdsl.functions.entry import Function, Parameter


@click.command("functions")
@click.argument("name", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@command_line
def command(terminal: Terminal, name: str | None, as_json: bool) -> None:
    """Show the function NAME, or those whose name or description has NAME in it.

    Without NAME: all of them, by family.
    """
    from specdsl.functions.registry import FUNCTIONS

    catalogue = sorted(set_of(FUNCTIONS.values()), key=lambda f: (f.family, f.name))
    found = catalogue if name is None else _search(name, catalogue)
    if as_json:
        terminal.out(json.dumps([_object(f) for f in found], ensure_ascii=False, indent=2) + "\n")
    elif name is not None and len(found) == 1:
        terminal.out(_page(found[0], terminal))
    else:
        terminal.out(_list(found, terminal))


def set_of(functions: Any) -> list[Function]:
    """Each function once, though aliases name it again."""
    return list({f.name: f for f in functions}.values())


def _search(name: str, catalogue: Sequence[Function]) -> list[Function]:
    """The function of that name alone, else those that mention it, names first."""
    from specdsl.diagnostics.nearest import nearest

    wanted = name.casefold().removesuffix("()")
    for f in catalogue:
        if wanted == f.name.casefold() or wanted in (a.casefold() for a in f.aliases):
            return [f]
    named = [f for f in catalogue if wanted in f.name.casefold() or wanted == f.family.casefold()]
    told = [f for f in catalogue if f not in named and wanted in f"{f.summary}\n{f.doc}".casefold()]
    if named or told:
        return named + told
    near = nearest(name, [n for f in catalogue for n in (f.name, *f.aliases)])
    hint = f"did you mean `{near}`? " if near else ""
    raise UsageError(f"there is no function `{name}`", f"{hint}`specdsl functions` lists all of them")


def _list(found: Sequence[Function], terminal: Terminal) -> str:
    from specdsl.diagnostics.cells import wrap

    size = min(max((len(f.name) for f in found), default=0), 24)
    columns = min(terminal.out_columns, 120)
    rows: list[str] = []
    family = ""
    for f in sorted(found, key=lambda f: f.family):
        if f.family != family:
            family = f.family
            rows += ["", terminal.style(family, error_stream=False, bold=True)]
        first, *more = wrap(f.summary, max(columns - size - 4, 30))
        rows.append(f"  {terminal.style(f'{f.name:<{size}}', error_stream=False, fg='cyan')}  {first}")
        rows += [" " * (size + 4) + row for row in more]
    return "\n".join(rows[1:]) + "\n"


def _page(f: Function, terminal: Terminal) -> str:
    from specdsl.diagnostics.cells import wrap

    columns = min(terminal.out_columns, 100)
    rows = [terminal.style(f.signature(), error_stream=False, bold=True), ""]
    rows += [*wrap(f.summary, columns), ""]
    if f.doc:
        for paragraph in f.doc.strip().split("\n\n"):
            rows += [*wrap(" ".join(paragraph.split()), columns), ""]
    if f.parameters:
        rows.append(terminal.style("Parameters", error_stream=False, bold=True))
        size = max(len(p.name) for p in f.parameters)
        for p in f.parameters:
            told = ", ".join(filter(None, [p.accepts.name, f"in {p.unit}" if p.unit else "", _default(p)]))
            first, *more = wrap(f"{p.doc} ({told})", max(columns - size - 4, 30))
            rows.append(f"  {terminal.style(f'{p.name:<{size}}', error_stream=False, fg='cyan')}  {first}")
            rows += [" " * (size + 4) + row for row in more]
        rows.append("")
    if f.examples:
        rows.append(
            terminal.style("Examples" if len(f.examples) > 1 else "Example", error_stream=False, bold=True)
        )
        rows += [f"  {e.type} = {e.code}" + (f"    # {e.note}" if e.note else "") for e in f.examples]
        rows.append("")
    if f.aliases:
        rows += [f"Also called: {', '.join(f.aliases)}", ""]
    return "\n".join(rows)


def _default(p: Parameter) -> str:
    from specdsl.functions.entry import REQUIRED

    if p.default is REQUIRED:
        return "required" if not p.variadic else "any number"
    return f"default {'null' if p.default is None else repr(p.default)}"


def _object(f: Function) -> dict[str, Any]:
    from specdsl.functions.entry import REQUIRED

    def parameter(p: Parameter) -> dict[str, Any]:
        shown: dict[str, Any] = {"name": p.name, "type": p.accepts.name, "doc": p.doc, "unit": p.unit}
        shown |= {"required": p.default is REQUIRED and not p.variadic, "variadic": p.variadic}
        if p.default is not REQUIRED:
            shown["default"] = p.default.hex() if isinstance(p.default, bytes) else p.default
        if p.choices:
            shown["choices"] = list(p.choices)
        return shown

    return {
        "name": f.name,
        "family": f.family,
        "signature": f.signature(),
        "summary": f.summary,
        "doc": f.doc,
        "draws": f.draws,
        "parameters": [parameter(p) for p in f.parameters],
        "examples": [{"code": e.code, "type": e.type, "note": e.note} for e in f.examples],
        "aliases": list(f.aliases),
    }
