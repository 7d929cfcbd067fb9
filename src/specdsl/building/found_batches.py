"""Batches of a checkpoint that were written, found again: by the folder of all, or by the checkpoint.

Rows of a batch are looked up in the files of those before it; nothing is made again.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass, replace
from datetime import datetime
from pathlib import Path

import pyarrow.parquet as pq

from specdsl.building.batches import spoiled_keys, written_keys
from specdsl.building.finding import Found, built, require_rows
from specdsl.building.identity import spec_hash
from specdsl.building.manifest import Manifest, read_manifest
from specdsl.check.moving import at_time
from specdsl.checkpoints.checkpoint import Checkpoint
from specdsl.checkpoints.model import Keys, micros_between
from specdsl.errors import DataError, EnvironmentFailure
from specdsl.ir.model import Dataset
from specdsl.ir.spoiled import without_dirt
from specdsl.verify.database import open_database
from specdsl.verify.earlier import Earlier, EarlierFiles
from specdsl.verify.forms import quote_text
from specdsl.verify.json_rows import json_rows
from specdsl.verify.reading import TableFiles
from specdsl.verify.report import RuleResult, Verdict
from specdsl.verify.rule import NotCheckable, Rule, RuleKind

_SHOWN = 3


@dataclass(frozen=True, slots=True)
class FoundBatch:
    """A batch and its files. ``dataset``: the spec with the clock and the rows of this batch; ``first``: the
    rows that tables had before it; ``snapshot``: files with all rows as they are after it, by table."""

    number: int
    folder: Path
    dataset: Dataset
    found: Found
    first: Mapping[str, int]
    snapshot: Mapping[str, TableFiles]

    @property
    def rows(self) -> Mapping[str, int]:
        """The rows that the batch has written, by table."""
        return self.found.rows or {}


def find_batches(dataset: Dataset, folder: Path, checkpoint: Checkpoint | None) -> list[FoundBatch]:
    """The batches up to that in ``folder``, or all that ``folder`` holds in folders of its own; [] where
    there is no batch but a first one alone. Raises DataError where one is missing, of another spec, or change
    records."""
    manifests = _manifests(folder, checkpoint)
    if not manifests:
        return []
    for place, manifest in manifests.values():
        require_rows(place, manifest)
    last = max(manifests)
    if last == 1 and checkpoint is None and manifests[1][0] == folder:
        return []  # data like any other
    missing = next((n for n in range(1, last + 1) if n not in manifests), None)
    if missing is not None:
        _require_files(missing, last, checkpoint)
        raise DataError(
            f"batch {last} refers to rows of those before it, and batch {missing} is not there",
            "name the folder that has all batches, or say what knows where they are: --checkpoint STATE",
        )
    batches: list[FoundBatch] = []
    totals: dict[str, int] = {}
    for number in range(1, last + 1):
        place, manifest = manifests[number]
        batches.append(_found(dataset, number, place, manifest, dict(totals)))
        for name in manifest.tables:
            totals[name] = totals.get(name, 0) + _rows(manifest, name)
    return batches


def _require_files(missing: int, last: int, checkpoint: Checkpoint | None) -> None:
    """Raises DataError where batch ``missing`` was sent somewhere, and no files were made of it."""
    for batch in [] if checkpoint is None else checkpoint.batches():
        place = Path(batch.folder)
        sent = not place.is_absolute() or (place.is_dir() and _manifest(place) is None)
        if batch.number == missing and sent:
            raise DataError(
                f"batch {last} refers to rows of those before it, and of batch {missing} there are no files: "
                f"it went to {batch.folder}",
                "a build checks its batch in any case; files can be verified where all batches are in files",
            )


def _manifests(folder: Path, checkpoint: Checkpoint | None) -> dict[int, tuple[Path, Manifest]]:
    """Folder and manifest by the number of the batch."""
    if not folder.is_dir():
        raise EnvironmentFailure(f"there is no folder `{folder}`")
    own = _manifest(folder)
    places = [folder] if own is not None else sorted(p for p in folder.iterdir() if p.is_dir())
    found = {m.batch: (p, m) for p in places if (m := _manifest(p)) is not None and m.batch is not None}
    numbers = {number: found[number] for number in found if number is not None}
    if own is None or not numbers:
        return numbers
    (last,) = numbers
    known = {} if checkpoint is None else {b.number: Path(b.folder) for b in checkpoint.batches()}
    for number in range(1, last):
        for place in (known.get(number), folder.parent / f"batch={number:04d}"):
            manifest = None if place is None else _manifest(place)
            if place is not None and manifest is not None and manifest.batch == number:
                numbers[number] = (place, manifest)
                break
    return numbers


def _manifest(folder: Path) -> Manifest | None:
    try:
        return read_manifest(folder) if folder.is_dir() else None
    except DataError:  # of some other program
        return None


def _found(
    dataset: Dataset, number: int, folder: Path, manifest: Manifest, before: dict[str, int]
) -> FoundBatch:
    moved = at_batch(dataset, manifest)
    if not is_of_spec(dataset, manifest):
        raise DataError(
            f"batch {number} in `{folder}` was made with another spec",
            "give the spec that it was made with, and the folder of that batch",
        )
    tables = {
        name: table
        if table.rows is None
        else replace(table, rows=before.get(name, 0) + _rows(manifest, name))
        for name, table in moved.tables.items()
    }
    found = built(moved, folder, manifest)
    files = {name: replace(f, first_row=before.get(name, 0)) for name, f in found.tables.items()}
    dataset = replace(moved, tables=tables, edge=found.edge)
    snapshot = snapshot_files(dataset, folder, manifest)
    return FoundBatch(number, folder, dataset, replace(found, tables=files), before, snapshot)


def snapshot_files(dataset: Dataset, folder: Path, manifest: Manifest) -> dict[str, TableFiles]:
    """The files of a batch's snapshot, by table."""
    entries = {} if manifest.changes is None else manifest.changes.snapshot
    return {
        name: TableFiles(
            [folder / entry.path], manifest.format, manifest.options, json=json_rows(dataset.tables[name])
        )
        for name, entry in entries.items()
    }


def at_batch(dataset: Dataset, manifest: Manifest) -> Dataset:
    """``dataset`` with the clock of a batch."""
    return at_time(dataset, micros_between(datetime.fromisoformat(manifest.origin.now)))


def is_of_spec(dataset: Dataset, manifest: Manifest) -> bool:
    """Whether a batch was made with the spec of ``dataset``, with its dirt or without."""
    moved = at_batch(dataset, manifest)
    return manifest.origin.spec in (spec_hash(moved), spec_hash(without_dirt(moved)))


def _rows(manifest: Manifest, table: str) -> int:
    """How many new rows of ``table`` a batch has; copies are none."""
    entry = manifest.tables.get(table)
    return 0 if entry is None else entry.rows - entry.copies


def earlier(batches: Sequence[FoundBatch], number: int) -> Earlier | None:
    """What was written before batch ``number``; None for the first."""
    before = batches[: number - 1]
    if not before:
        return None
    changing = len(before) > 1 and any(t.changes for b in before for t in b.dataset.tables.values())
    left = before[-1].snapshot if changing else {}
    rows: dict[str, EarlierFiles] = {}
    for name, table in batches[number - 1].dataset.tables.items():
        found = [b.found for b in before if name in b.found.tables]
        if found:
            files = tuple(f.tables[name] for f in found)
            rows[name] = EarlierFiles(files, tuple(f.answers for f in found), table.dirt, left.get(name))
    grown = frozenset(name for name, count in batches[number - 1].first.items() if count)
    return Earlier(grown, rows, tuple(b.found.variants for b in before if b.found.variants is not None))


class KeysOfBatches:
    """The keys of batches, read from their files into ``folder``, and what holds across batches."""

    def __init__(self, folder: Path, checkpoint: Checkpoint | None) -> None:
        self._folder = folder
        self._checkpoint = checkpoint
        self._before: dict[str, list[Path]] = {}

    def results(self, batch: FoundBatch, *, told: bool) -> Iterator[RuleResult]:
        """Whether keys of earlier batches come again in ``batch``, the next one, and whether the checkpoint
        has them. ``told``: else the keys are only kept for batches that follow."""
        for table in batch.dataset.tables.values():
            files = batch.found.tables.get(table.name)
            if files is None or not table.key or table.query is not None:
                continue
            place = self._folder / f"keys-{batch.number}-{len(self._before)}"
            number = len(self._before.setdefault(table.name, []))
            path = self._folder / f"{list(self._before).index(table.name)}-{number}.parquet"
            answers = batch.found.answers
            keys = written_keys(table, files, path, place, answers=answers)
            if told:
                spoiled = []
                if answers is not None and table.dirt:
                    spoiled = [spoiled_keys(table, files, place / "spoiled.parquet", place, answers).path]
                yield from self._of_table(batch, keys, spoiled)
            self._before[table.name].append(path)

    def _of_table(self, batch: FoundBatch, keys: Keys, spoiled: Sequence[Path]) -> Iterator[RuleResult]:
        """``spoiled``: files with the keys that were spoiled on purpose, as they were written."""
        if batch.first.get(keys.table, 0):
            name, kind = f"{keys.table}.key new in this batch", RuleKind.KEY
            found = _again([keys.path, *spoiled], keys.columns, self._before[keys.table], self._folder)
            yield _result(name, kind, keys, found)
        if self._checkpoint is not None:
            name, kind = f"{keys.table}.key as the checkpoint has it", RuleKind.KEY
            (found,) = self._checkpoint.unknown([keys], batch.number)
            yield _result(name, kind, keys, found)


def _again(
    keys: Sequence[Path], key: Sequence[str], before: Sequence[Path], folder: Path
) -> tuple[int, list[tuple[object, ...]]]:
    """How many of the keys in the files ``keys`` are in files of earlier batches, too, and the first of
    them."""
    connection = open_database([*keys, *before], folder / "again")
    try:
        columns = ", ".join(f"k{i}" for i in range(len(key)))
        mine, theirs = (", ".join(quote_text(str(path)) for path in paths) for paths in (keys, before))
        rows = f"FROM read_parquet([{mine}]) SEMI JOIN read_parquet([{theirs}]) AS e USING ({columns})"
        counted = connection.execute(f"SELECT count(*) {rows}").fetchone()
        shown = connection.execute(f"SELECT {columns} {rows} ORDER BY row LIMIT {_SHOWN}").fetchall()
        return (0 if counted is None else int(counted[0])), shown
    finally:
        connection.close()


def _result(
    name: str, kind: RuleKind, keys: Keys, found: tuple[int, Sequence[Sequence[object]]]
) -> RuleResult:
    broken, rows = found
    rule = Rule(name, kind, keys.table, tuple(keys.columns), NotCheckable("it is asked of several batches"))
    shown = tuple({c: _plain(v) for c, v in zip(keys.columns, row, strict=True)} for row in rows)
    looked_at = pq.read_metadata(keys.path).num_rows
    return RuleResult(rule, looked_at, broken, 0, shown, Verdict.BROKEN if broken else Verdict.OK)


def _plain(value: object) -> object:
    return value if isinstance(value, (int, float, str, bool)) or value is None else str(value)
