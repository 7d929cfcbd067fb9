"""``specdsl check``: diagnostics, and nothing but."""

from __future__ import annotations

import click

from specdsl.cli.options import ALLOW, DATABASE, PLUGIN, command_line, stop
from specdsl.cli.terminal import Terminal


@click.command("check")
@click.argument("specs", metavar="FILE...", nargs=-1, required=True, type=click.Path(readable=False))
@click.option(
    "--format",
    "form",
    type=click.Choice(["text", "json", "sarif", "github"]),
    default="text",
    help="text goes to standard error, the others to standard output.",
)
@DATABASE
@ALLOW
@PLUGIN
@command_line
def command(
    terminal: Terminal,
    specs: tuple[str, ...],
    form: str,
    databases: tuple[tuple[str, str], ...],
    allow: tuple[str, ...],
    plugins: tuple[str, ...],
) -> None:
    """Say what is wrong in each FILE, without making any data.

    Databases that it names are asked only where --database says where they are. The exit status is 1 when
    there is an error; hints and warnings do not count.
    """
    from specdsl.cli.compiling import (
        STDIN,
        UnusableSpecError,
        compile_spec,
        known_databases,
        loaded_plugins,
        tell_of_settings,
    )
    from specdsl.diagnostics.model import DiagnosticBag
    from specdsl.diagnostics.render_text import summary
    from specdsl.errors import ExitStatus
    from specdsl.local_files import LocalFiles
    from specdsl.source import SourceFile

    tell_of_settings(terminal)
    loaded = loaded_plugins(plugins)
    known = known_databases(databases) if databases else None
    bag = DiagnosticBag()  # a mistake in a file that several import is told once
    sources: dict[str, SourceFile] = {}
    status = ExitStatus.DONE
    read: list[str] = []
    for spec in dict.fromkeys(specs):
        try:
            files = LocalFiles(allow=allow, databases=known)
            try:
                compilation = compile_spec(spec, files, plugins=loaded)
            finally:
                files.close()
        except (
            UnusableSpecError
        ) as failure:  # one file that cannot be read does not hide the others' mistakes
            if form == "text":
                terminal.failure(failure)
            else:
                bag.add(failure.diagnostic)
            status = max(status, failure.status)
            continue
        read.append("<stdin>" if spec == STDIN else spec)
        bag.extend(compilation.diagnostics)
        sources |= compilation.sources
    found = bag.sorted()
    if form == "text":
        terminal.diagnostics(found, sources)
        if read:
            (terminal.tell if bag.has_errors else terminal.say)(summary(found, read))
    elif form == "json":
        from specdsl.diagnostics.render_json import render_json

        terminal.out(render_json(found, sources))
    elif form == "sarif":
        from specdsl.diagnostics.render_sarif import render_sarif

        terminal.out(render_sarif(found, sources))
    else:
        from specdsl.diagnostics.render_github import render_github

        terminal.out(render_github(found, sources))
    if bag.has_errors:
        status = max(status, ExitStatus.WRONG)
    stop(status)
