"""The next batches of a checkpoint, as they are asked for on the command line."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specdsl.cli.terminal import Terminal
from specdsl.errors import UsageError

if TYPE_CHECKING:
    from specdsl.building.ahead import BatchesAsked
    from specdsl.checkpoints.checkpoint import Checkpoint
    from specdsl.checkpoints.following import BatchRequest
    from specdsl.cli.options import RowsAsked
    from specdsl.ir.model import Dataset


@contextmanager
def asked_batch(
    given: dict[str, Any], dataset: Dataset, terminal: Terminal
) -> Iterator[tuple[BatchRequest | None, str]]:
    """What ``--checkpoint``, ``--now`` and ``--rows`` ask for, the checkpoint held meanwhile, and the name
    of the batch's folder; None and "" without a checkpoint. Raises UsageError, EnvironmentFailure,
    DataError."""
    from specdsl.cli.counts import require_tables

    more = {asked.table: asked.rows for asked in given["rows"] if asked.more}
    require_tables(dataset, more)
    if given["checkpoint"] is None:
        if more:
            table = next(iter(more))
            raise UsageError(
                f"rows can be added to `{table}` in a checkpoint only", f"--rows {table}=N gives their number"
            )
        yield None, ""
        return
    _require_name(given["checkpoint"])
    from specdsl.checkpoints.checkpoint import Checkpoint
    from specdsl.checkpoints.following import BatchRequest
    from specdsl.cli.compiling import loaded_plugins
    from specdsl.plugins.catalogue import NO_PLUGINS

    checkpoint = Checkpoint(Path(given["checkpoint"]))
    totals = _totals(given["rows"], more)
    everyone = next((asked.rows for asked in given["rows"] if asked.table is None), None)
    if everyone is not None:
        counted = [name for name, t in dataset.tables.items() if t.rows is not None and name not in more]
        totals = dict.fromkeys(counted, everyone) | totals
    with checkpoint.locked() as notes:
        for note in notes:
            terminal.say(note)
        number = len(checkpoint.batches()) + 1
        plugins = loaded_plugins(given["plugins"]) or NO_PLUGINS
        request = BatchRequest(checkpoint, given["now"], totals, more, plugins)
        yield request, f"batch={number:04d}"


def batches_of_stream(
    given: dict[str, Any], dataset: Dataset
) -> tuple[BatchesAsked, Checkpoint | None, dict[str, str]]:
    """The batches that a stream is asked for, the checkpoint that they follow, and the options that are not
    of the change records. Raises UsageError."""
    from specdsl.building.ahead import BatchesAsked
    from specdsl.changes.formats.registry import change_format
    from specdsl.checkpoints.checkpoint import Checkpoint
    from specdsl.cli.compiling import loaded_plugins
    from specdsl.cli.counts import require_tables
    from specdsl.plugins.catalogue import NO_PLUGINS

    more = {asked.table: asked.rows for asked in given["rows"] if asked.more}
    require_tables(dataset, more)
    path = given["checkpoint"]
    if path is not None:
        _require_name(path)
    elif more:
        table = next(iter(more))
        raise UsageError(
            f"rows can be added to `{table}` in a checkpoint only", f"--rows {table}=N gives their number"
        )
    own = change_format(given["changes"]).options
    asked = BatchesAsked(
        given["changes"],
        tuple(pair for pair in given["values"] if pair[0] in own),
        given["batches"],
        given["now"],
        _totals(given["rows"], more),
        more,
        loaded_plugins(given["plugins"]) or NO_PLUGINS,
    )
    rest = {key: value for key, value in given["values"] if key not in own}
    return asked, None if path is None else Checkpoint(Path(path)), rest


def _require_name(checkpoint: str) -> None:
    if not checkpoint:
        raise UsageError("`--checkpoint` names no file", "for example --checkpoint state.duckdb")


def _totals(rows: Sequence[RowsAsked], more: Mapping[str, int]) -> dict[str, int]:
    """The row counts that are given by table. Raises UsageError."""
    totals = {asked.table: asked.rows for asked in rows if asked.table and not asked.more}
    twice = next((name for name in more if name in totals), None)
    if twice is not None:
        raise UsageError(
            f"--rows says of `{twice}` both how many rows there are and how many more", "say one"
        )
    return totals
