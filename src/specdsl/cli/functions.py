"""``specdsl functions``: the catalogue, searchable."""

from __future__ import annotations

import json
from collections.abc import Sequence
from typing import TYPE_CHECKING, Any

import click

from specdsl.cli.options import PLUGIN, command_line
from specdsl.cli.terminal import Terminal
from specdsl.errors import UsageError

if TYPE_CHECKING:
    from specdsl.functions.entry import Example, Function, Parameter
    from specdsl.plugins.catalogue import Plugins


@click.command("functions")
@click.argument("words", metavar="[NAME | WORD...]", nargs=-1)
@click.option("--family", metavar="F", help="Only those of a family, such as dates.")
@PLUGIN
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@command_line
def command(
    terminal: Terminal,
    words: tuple[str, ...],
    family: str | None,
    plugins: tuple[str, ...],
    as_json: bool,
) -> None:
    """Show the function NAME, with values drawn by its examples, or search for functions.

    Words are looked for in names, families and descriptions; the best match comes first. Without any: all
    functions, by family.
    """
    from specdsl.functions.registry import FUNCTIONS
    from specdsl.functions.search import named
    from specdsl.plugins.loading import load_plugins

    loaded = load_plugins(plugins)
    functions = _of_family([*FUNCTIONS.values(), *loaded.functions.values()], family)
    one = named(words[0], functions) if len(words) == 1 else None
    found = [one] if one is not None else _search(words, functions) if words else functions
    if as_json:
        terminal.out(json.dumps([_object(f) for f in found], ensure_ascii=False, indent=2) + "\n")
    elif one is not None:
        terminal.out(_page(one, terminal, loaded))
    else:
        terminal.out(_ranked(found, terminal) if words else _list(found, terminal))


def _of_family(functions: list[Function], family: str | None) -> list[Function]:
    from specdsl.diagnostics.nearest import nearest

    if family is None:
        return functions
    families = list(dict.fromkeys(f.family for f in functions))
    wanted = family.casefold()
    if wanted not in families:
        near = nearest(wanted, families)
        hint = f"did you mean `{near}`?" if near else f"there are {', '.join(families)}"
        raise UsageError(f"there is no family `{family}`", hint)
    return [f for f in functions if f.family == wanted]


def _search(words: Sequence[str], functions: Sequence[Function]) -> list[Function]:
    from specdsl.functions.search import form_of, near_name, search

    found = search(words, functions)
    if found:
        return found
    shown, form = " ".join(words), form_of(words)
    if form is not None:
        raise UsageError(f"there is no function `{shown}`", f"the language has a form for it: `{form}`")
    near = near_name(shown, functions)
    hint = f"did you mean `{near}`? " if near else ""
    raise UsageError(f"there is no function `{shown}`", f"{hint}`specdsl functions` lists all of them")


def _list(found: Sequence[Function], terminal: Terminal) -> str:
    """By family."""
    from specdsl.functions.reference import by_family

    size = _name_width(found)
    rows: list[str] = []
    for family, functions in by_family(found).items():
        rows += ["", terminal.style(family, error_stream=False, bold=True)]
        for f in functions:
            rows += _told(f, f.summary, size, terminal)
    return "\n".join(rows[1:]) + "\n"


def _ranked(found: Sequence[Function], terminal: Terminal) -> str:
    """As they were found."""
    size = _name_width(found)
    rows = [row for f in found for row in _told(f, f"{f.summary} [{f.family}]", size, terminal)]
    return "\n".join(rows) + "\n"


def _name_width(found: Sequence[Function]) -> int:
    return min(max((len(f.name) for f in found), default=0), 24)


def _told(f: Function, text: str, size: int, terminal: Terminal) -> list[str]:
    from specdsl.diagnostics.cells import wrap

    columns = min(terminal.out_columns, 120)
    first, *more = wrap(text, max(columns - size - 4, 30)) or [""]
    head = f"  {terminal.style(f'{f.name:<{size}}', error_stream=False, fg='cyan')}  {first}".rstrip()
    return [head, *(" " * (size + 4) + row for row in more)]


def _page(f: Function, terminal: Terminal, plugins: Plugins) -> str:
    from specdsl.diagnostics.cells import wrap

    columns = min(terminal.out_columns, 100)
    rows = [terminal.style(f.signature(), error_stream=False, bold=True), ""]
    rows += [*wrap(f.summary, columns), ""] if f.summary else []
    for paragraph in f.doc.strip().split("\n\n") if f.doc else ():
        rows += [*wrap(" ".join(paragraph.split()), columns), ""]
    if f.parameters:
        rows.append(terminal.style("Parameters", error_stream=False, bold=True))
        size = max(len(p.name) for p in f.parameters)
        for p in f.parameters:
            first, *more = wrap(_parameter(p), max(columns - size - 4, 30))
            rows.append(f"  {terminal.style(f'{p.name:<{size}}', error_stream=False, fg='cyan')}  {first}")
            rows += [" " * (size + 4) + row for row in more]
        rows.append("")
    if f.examples:
        title = "Examples" if len(f.examples) > 1 else "Example"
        rows.append(terminal.style(title, error_stream=False, bold=True))
        for example in f.examples:
            rows += _example(example, terminal, columns, plugins)
        rows.append("")
    if promises := _promises(f):
        rows += [*wrap(promises, columns), ""]
    if f.aliases:
        rows += [f"Also called: {', '.join(f.aliases)}", ""]
    return "\n".join(rows)


def _parameter(p: Parameter) -> str:
    from specdsl.functions.reference import limits

    told = ", ".join(filter(None, [p.accepts.name, _default(p), *limits(p)]))
    return f"{p.doc} ({told})" if p.doc else told


def _example(example: Example, terminal: Terminal, columns: int, plugins: Plugins) -> list[str]:
    from specdsl.cli.samples import in_a_line, samples

    rows = [f"  {example.type} = {example.code}" + (f"    # {example.note}" if example.note else "")]
    values = samples(example, plugins)
    if values:
        shown = in_a_line(values, max(columns - 7, 30))
        rows.append("    " + terminal.style(f"-> {shown}", error_stream=False, fg="green"))
    return rows


def _promises(f: Function) -> str:
    """What holds for all values, in a sentence or two."""
    told = ["Draws another value in each row and at each place where it is called."] if f.draws else []
    if f.truncates:
        told.append("Keeps the bounds of a column (`in low..high`) without clipping.")
    if f.at is not None or f.injective:
        told.append("Can make a `unique` column.")
    if f.skew:
        told.append("May stand after a reference.")
    return " ".join(told)


def _default(p: Parameter) -> str:
    from specdsl.functions.entry import REQUIRED

    if p.default is REQUIRED:
        return "" if p.variadic else "required"
    return f"default {p.written_default()}"


def _object(f: Function) -> dict[str, Any]:
    from specdsl.functions.entry import REQUIRED

    def parameter(p: Parameter) -> dict[str, Any]:
        shown: dict[str, Any] = {"name": p.name, "type": p.accepts.name, "doc": p.doc, "unit": p.unit}
        shown |= {"required": p.default is REQUIRED and not p.variadic, "variadic": p.variadic}
        shown["constant"] = p.constant
        if p.default is not REQUIRED:
            shown["default"] = p.default.hex() if isinstance(p.default, bytes) else p.default
        for limit in ("minimum", "maximum"):
            if (value := getattr(p, limit)) is not None:
                shown[limit] = value
                shown[f"exclusive_{limit}"] = getattr(p, f"exclusive_{limit}")
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
        "truncates": f.truncates,
        "unique": f.at is not None or f.injective,
        "parameters": [parameter(p) for p in f.parameters],
        "examples": [{"code": e.code, "type": e.type, "note": e.note} for e in f.examples],
        "aliases": list(f.aliases),
    }
