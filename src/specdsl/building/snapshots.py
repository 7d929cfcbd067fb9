"""Snapshots of batches, found again: all rows of every table as they are after a batch."""

from __future__ import annotations

from collections.abc import Callable
from dataclasses import dataclass, replace
from pathlib import Path

from specdsl.building.change_checks import rules_of_states
from specdsl.building.change_files import SNAPSHOT
from specdsl.building.finding import Found, is_same
from specdsl.building.found_batches import at_batch, is_of_spec, snapshot_files
from specdsl.building.manifest import read_manifest
from specdsl.errors import DataError
from specdsl.ir.model import Dataset
from specdsl.verify.rule import Rule, RuleKind


@dataclass(frozen=True, slots=True)
class FoundSnapshot:
    """The snapshot of a batch. ``dataset``: the spec with the clock of the batch and the rows that are left
    after it; ``wanted``: the rules that such rows keep."""

    dataset: Dataset
    found: Found
    wanted: Callable[[Rule], bool]


def find_snapshot(dataset: Dataset, folder: Path) -> FoundSnapshot | None:
    """The snapshot that ``folder`` is; None where it is none. Raises DataError where it is of another spec,
    or files are gone."""
    batch = folder.resolve().parent
    if folder.resolve().name != SNAPSHOT:
        return None
    try:
        manifest = read_manifest(batch)
    except DataError:  # of some other program
        return None
    if manifest is None or manifest.changes is None or not manifest.changes.snapshot:
        return None
    moved = at_batch(dataset, manifest)
    if not is_of_spec(dataset, manifest):
        raise DataError(
            f"the snapshot in `{folder}` was made with another spec", "give the spec that it was made with"
        )
    files = snapshot_files(moved, batch, manifest)
    tables = dict(moved.tables)
    changed = []
    for name, entry in manifest.changes.snapshot.items():
        path, table = batch / entry.path, moved.tables[name]
        if not is_same(path, entry):
            changed.append(path)
        if table.rows is not None:
            tables[name] = replace(table, rows=entry.rows)
    held = rules_of_states(moved)
    return FoundSnapshot(
        replace(moved, tables=tables),
        Found(files, (), changed=tuple(changed)),
        lambda rule: held(rule) or rule.kind is RuleKind.ROW_COUNT,
    )
