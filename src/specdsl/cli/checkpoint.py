"""``specdsl checkpoint``: what was built batch by batch."""

from __future__ import annotations

import json
from pathlib import Path
from typing import TYPE_CHECKING, Any

import click

from specdsl.cli.options import ALLOW, DATABASE, PLUGIN, Whole, command_line, stop
from specdsl.cli.terminal import Terminal
from specdsl.errors import DataError, EnvironmentFailure, ExitStatus, UsageError

if TYPE_CHECKING:
    from specdsl.checkpoints.checkpoint import Checkpoint
    from specdsl.checkpoints.model import Batch, TableRows

ACTIONS = ("show", "reset", "diff")


@click.command("checkpoint")
@click.argument("action", metavar="show|reset|diff", type=click.Choice(ACTIONS))
@click.argument("state", metavar="STATE", type=click.Path())
@click.argument("spec", metavar="[FILE]", required=False, type=click.Path(readable=False))
@click.option(
    "--to", "last", metavar="N", type=Whole(1, 2**31), help="reset: keep the batches up to number N."
)
@click.option("--all", "everything", is_flag=True, help="reset: forget all batches.")
@DATABASE
@ALLOW
@PLUGIN
@click.option("--json", "as_json", is_flag=True, help="Print what is shown as JSON.")
@command_line
def command(terminal: Terminal, action: str, state: str, spec: str | None, **given: Any) -> None:
    """Look after STATE, the file that `specdsl build --checkpoint STATE` keeps.

    show: the batches, with clock, rows and folder. reset: forget the latest ones; their files stay. diff:
    what FILE says otherwise than the spec of the last batch, and whether the rows that are there allow it.
    """
    if (spec is not None) != (action == "diff"):
        raise UsageError(
            f"`checkpoint {action}` takes {'a spec to compare' if action == 'diff' else 'no spec'}",
            f"specdsl checkpoint {action} {state}{' FILE' if action == 'diff' else ''}",
        )
    if action != "reset" and (given["last"] is not None or given["everything"]):
        raise UsageError("--to and --all go with `checkpoint reset`", f"specdsl checkpoint {action} {state}")
    match action:
        case "show":
            _show(terminal, state, as_json=given["as_json"])
        case "reset":
            _reset(terminal, state, given["last"], everything=given["everything"])
        case _:
            assert spec is not None
            _diff(terminal, state, spec, given)


def _show(terminal: Terminal, state: str, *, as_json: bool) -> None:
    from specdsl.checkpoints.store import as_json as plain

    checkpoint = opened(state)
    batches = checkpoint.batches()
    if as_json:
        document = {"dataset": checkpoint.dataset(), "batches": [plain(batch) for batch in batches]}
        terminal.out(json.dumps(document, indent=2, ensure_ascii=False) + "\n")
        return
    terminal.out(_listed(batches, terminal))
    totals: dict[str, int] = {}
    for batch in batches:
        for name, rows in batch.tables.items():
            totals[name] = totals.get(name, 0) + rows.rows - rows.deletes
    told = ", ".join(f"{rows:,} {name}" for name, rows in totals.items())
    terminal.say(f"{checkpoint.dataset()}: {_counted(len(batches))}, {told}")


def _reset(terminal: Terminal, state: str, last: int | None, *, everything: bool) -> None:
    if (last is None) != everything:
        raise UsageError("which batches are to be forgotten?", "--to N keeps those up to N, --all keeps none")
    checkpoint = opened(state)
    with checkpoint.locked() as notes:
        for note in notes:
            terminal.say(note)
        batches = checkpoint.batches()
        if last is not None and last > len(batches):
            raise DataError(f"there is no batch {last}", f"`{state}` has {_counted(len(batches))}")
        forgotten = batches[last or 0 :]
        if forgotten:
            checkpoint.reset(last or 0)
    terminal.say(f"forgot {_counted(len(forgotten))}")
    for batch in forgotten:
        if Path(batch.folder).exists():
            terminal.say(f"the files of batch {batch.number} are still in {batch.folder}")


def _diff(terminal: Terminal, state: str, spec: str, given: dict[str, Any]) -> None:
    from specdsl.checkpoints.differences import differences
    from specdsl.checkpoints.editions import Editions
    from specdsl.cli.compiling import checked, loaded_plugins
    from specdsl.plugins.catalogue import NO_PLUGINS

    checkpoint = opened(state)
    asked = (given["allow"], given["plugins"], given["databases"])
    compilation, dataset, files = checked(spec, terminal, None, *asked)
    batches = checkpoint.batches()
    plugins = loaded_plugins(given["plugins"]) or NO_PLUGINS
    editions = Editions(checkpoint, compilation, dataset, files, plugins)
    found = differences(editions.past(batches[-1:])[0].dataset, dataset)
    if given["as_json"]:
        plain = [{"what": d.what, "accepted": not d.refused, "why": d.refused} for d in found]
        terminal.out(json.dumps(plain, indent=2, ensure_ascii=False) + "\n")
    else:
        for difference in found:
            verdict = f"refused: {difference.refused}" if difference.refused else "accepted"
            terminal.out(f"{difference.what} ({verdict})\n")
        if not found:
            terminal.say(f"no difference to the spec of batch {batches[-1].number}")
    stop(ExitStatus.WRONG if any(d.refused for d in found) else ExitStatus.DONE)


def opened(state: str) -> Checkpoint:
    """The checkpoint in that file, which has batches. Raises EnvironmentFailure, DataError."""
    from specdsl.checkpoints.checkpoint import Checkpoint

    path = Path(state)
    if not path.is_file():
        what = "a folder" if path.is_dir() else "not there"
        raise EnvironmentFailure(
            f"`{state}` is {what}, and a checkpoint is a file",
            "`specdsl build --checkpoint FILE` or `specdsl stream --changes --checkpoint FILE` makes one",
        )
    checkpoint = Checkpoint(path)
    if not checkpoint.batches():
        raise DataError(f"`{state}` has no batch yet", f"`specdsl build --checkpoint {state}` makes one")
    return checkpoint


def _listed(batches: list[Batch], terminal: Terminal) -> str:
    from specdsl.cli.tables import Heading, render_table

    names = list(dict.fromkeys(name for batch in batches for name in batch.tables))
    headings = [Heading("batch", right=True), Heading("clock")]
    headings += [Heading(name, right=True) for name in names]
    headings.append(Heading("folder", least=20))
    rows = [
        [
            str(batch.number),
            batch.moment,
            *(_told(batch.tables[name]) if name in batch.tables else "" for name in names),
            batch.folder,
        ]
        for batch in batches
    ]
    return render_table(headings, rows, columns=terminal.out_columns, color=terminal.out_color)


def _told(rows: TableRows) -> str:
    """What a batch did to a table: `20`, `20 new, 3 updated, 1 deleted`."""
    told = [f"{rows.rows:,}"]
    if rows.updates or rows.deletes:
        told = [f"{rows.rows:,} new"]
    told += [f"{n:,} {word}" for n, word in ((rows.updates, "updated"), (rows.deletes, "deleted")) if n]
    return ", ".join(told)


def _counted(batches: int) -> str:
    return "1 batch" if batches == 1 else f"{batches} batches"
