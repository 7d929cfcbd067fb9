"""``specdsl fmt``: specs in the one layout."""

from __future__ import annotations

import difflib
import sys
from pathlib import Path

import click

from specdsl.cli.options import command_line, stop
from specdsl.cli.terminal import Terminal
from specdsl.source import SourceFile

_STDIN = "-"


@click.command("fmt")
@click.argument("specs", metavar="FILE...", nargs=-1, required=True, type=click.Path(readable=False))
@click.option("--check", is_flag=True, help="Write nothing; exit with 1 if a file is not in the layout.")
@click.option("--diff", is_flag=True, help="Write nothing; print what would change.")
@command_line
def command(terminal: Terminal, specs: tuple[str, ...], check: bool, diff: bool) -> None:
    """Rewrite each FILE in the one layout; comments stay. `-` formats standard input to standard output.

    A file with syntax errors is left alone.
    """
    from specdsl.errors import ExitStatus, SpecdslError

    status = ExitStatus.DONE
    changed = same = 0
    for spec in dict.fromkeys(specs):
        try:
            before, after = _formatted(spec, terminal)
        except SpecdslError as failure:
            terminal.failure(failure)
            status = max(status, failure.status)
            continue
        if after is None:
            status = max(status, ExitStatus.WRONG)
            continue
        if after == before:
            same += 1
        else:
            changed += 1
        if diff:
            terminal.out(_diff(spec, before, after, terminal))
        if check and after != before:
            terminal.say(f"{spec} is not in the layout")
        if not check and not diff:
            if spec == _STDIN:
                terminal.out(after)
            elif after != before:
                _replace(Path(spec), after)
                terminal.say(f"{spec} formatted")
    if check and changed:
        status = max(status, ExitStatus.WRONG)
    if len(specs) > 1:
        terminal.say(
            f"{changed} {'would change' if check or diff else 'changed'}, {same} already in the layout"
        )
    stop(status)


def _formatted(spec: str, terminal: Terminal) -> tuple[str, str | None]:
    """The text and its layout; None when it has syntax errors, which are printed."""
    from specdsl.cli.compiling import unreadable
    from specdsl.diagnostics.render_text import summary
    from specdsl.files import FileProblem
    from specdsl.local_files import LocalFiles
    from specdsl.syntax.formatter import format_text
    from specdsl.syntax.parser import parse

    try:
        text = _stdin() if spec == _STDIN else LocalFiles().read_text(spec)
    except FileProblem as problem:
        raise unreadable(problem) from None
    source = SourceFile("<stdin>" if spec == _STDIN else spec, text)
    after = format_text(source)
    if after is None:
        found = parse(source).diagnostics
        terminal.diagnostics(found, {source.name: source})
        terminal.tell(f"{summary(found, [source.name])}; not formatted")
    return text, after


def _stdin() -> str:
    from specdsl.files import FileProblem, Problem
    from specdsl.local_files.folders import MAX_TEXT_BYTES, decoded

    data = sys.stdin.buffer.read(MAX_TEXT_BYTES + 1)
    if len(data) > MAX_TEXT_BYTES:
        limit = f"a spec may have {MAX_TEXT_BYTES // 1024 // 1024} MB"
        raise FileProblem(Problem.TOO_LARGE, "<stdin>", limit)
    return decoded("<stdin>", data)


def _diff(spec: str, before: str, after: str, terminal: Terminal) -> str:
    rows = []
    for row in difflib.unified_diff(
        before.splitlines(keepends=True), after.splitlines(keepends=True), spec, f"{spec} (formatted)"
    ):
        text = row if row.endswith("\n") else f"{row}\n\\ No newline at end of file\n"
        color = {"+": "green", "-": "red", "@": "cyan"}.get(row[:1])
        body = text.rstrip("\n")
        rows.append(terminal.style(body, error_stream=False, fg=color) + "\n" if color else text)
    return "".join(rows)


def _replace(path: Path, text: str) -> None:
    """Write ``text`` to ``path``, whole or not at all; a link's target is written, its mode kept."""
    target = path.resolve()
    temporary = target.with_name(f".{target.name}.formatting")
    try:
        temporary.write_text(text, "utf-8", newline="\n")
        temporary.chmod(target.stat().st_mode & 0o7777)
        temporary.replace(target)
    finally:
        temporary.unlink(missing_ok=True)
