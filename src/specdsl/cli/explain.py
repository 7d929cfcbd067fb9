"""``specdsl explain``: the page behind a diagnostic."""

from __future__ import annotations

import json
from collections.abc import Mapping

import click

from specdsl.cli.options import command_line
from specdsl.cli.terminal import Terminal
from specdsl.diagnostics.model import Diagnostic
from specdsl.errors import UsageError

_RANGES = {
    "1": "Syntax",
    "2": "Names",
    "3": "Types",
    "4": "Keys and references",
    "5": "Constraints and feasibility",
    "6": "Performance and portability",
    "7": "Import and conversion",
}


@click.command("explain")
@click.argument("code", required=False)
@click.option("--json", "as_json", is_flag=True, help="As JSON.")
@command_line
def command(terminal: Terminal, code: str | None, as_json: bool) -> None:
    """Explain the diagnostic CODE (DG405, 405 or cannot-keep-unique) with a wrong and a right example.

    Without CODE: a list of all.
    """
    from specdsl.diagnostics.pages import explain_text, page
    from specdsl.diagnostics.registry import registry

    known = registry()
    if code is None:
        terminal.out(_json_list(known) if as_json else _list(known, terminal))
        return
    found = _find(code, known)
    text = page(found.code)
    if text is None:
        raise UsageError(f"there is no page about {found.code}")
    if as_json:
        terminal.out(json.dumps(_about(found) | {"page": text.text}, ensure_ascii=False, indent=2) + "\n")
    else:
        shown = explain_text(text, found.severity, color=terminal.out_color, columns=terminal.out_columns)
        terminal.out(shown)


def _find(code: str, known: Mapping[str, type[Diagnostic]]) -> type[Diagnostic]:
    """The diagnostic that ``code`` means: its code in any case, its number alone, or its name."""
    from specdsl.diagnostics.nearest import nearest

    wanted = code.strip().upper()
    if wanted.isdecimal():
        wanted = f"DG{wanted}"
    if wanted in known:
        return known[wanted]
    names = {kind.name for kind in known.values()}
    named = [kind for kind in known.values() if kind.name == code.strip().lower()]
    if len(named) == 1:
        return named[0]
    if named:
        raise UsageError(
            f"`{code}` has several codes", f"choose from {', '.join(kind.code for kind in named)}"
        )
    near = nearest(wanted, known) if wanted.startswith("DG") else nearest(code, names)
    hint = f"did you mean `{near}`? " if near else ""
    raise UsageError(f"there is no diagnostic `{code}`", f"{hint}`specdsl explain` lists all of them")


def _about(kind: type[Diagnostic]) -> dict[str, str]:
    return {"code": kind.code, "name": kind.name, "severity": kind.severity.value}


def _json_list(known: Mapping[str, type[Diagnostic]]) -> str:
    return json.dumps([_about(kind) for kind in known.values()], indent=2) + "\n"


def _list(known: Mapping[str, type[Diagnostic]], terminal: Terminal) -> str:
    rows: list[str] = []
    heading = ""
    for code, kind in known.items():
        if (now := _RANGES.get(code[2], "Others")) != heading:
            heading = now
            rows += ["", terminal.style(heading, error_stream=False, bold=True)]
        severity = "" if kind.severity == "error" else f"  ({kind.severity})"
        rows.append(f"  {code}  {kind.name}{severity}")
    return "\n".join(rows[1:]) + "\n"
