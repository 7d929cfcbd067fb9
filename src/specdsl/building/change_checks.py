"""What holds of changes and of the rows after them: DuckDB looks at the images that change records are made
of, and at the snapshot."""

from __future__ import annotations

from collections.abc import Callable, Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import Literal

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from specdsl.building.batches import BatchKeys, Wanted, made_again, referred, written_keys
from specdsl.building.change_files import IMAGES, image_path
from specdsl.building.changing import Changing
from specdsl.building.job import Job
from specdsl.building.manifest import FileEntry
from specdsl.building.staging import Staging
from specdsl.changes.following import Follow
from specdsl.changes.holding import held_again
from specdsl.check.following import Following, read_by, roll_ups_in
from specdsl.checkpoints.model import Keys
from specdsl.ir import expr as x
from specdsl.ir.changes import lifecycle_columns
from specdsl.ir.model import Dataset, Reference, Table
from specdsl.ir.required import RequiredKind, required_of
from specdsl.ir.walk import walk
from specdsl.vectors.vector import Int64Array
from specdsl.verify.database import MEMORY_LIMITS, open_database
from specdsl.verify.earlier import Earlier, EarlierRows
from specdsl.verify.forms import quote_text
from specdsl.verify.json_rows import json_rows
from specdsl.verify.reading import TableFiles
from specdsl.verify.report import RuleResult, Verdict
from specdsl.verify.rule import NotCheckable, Rule, RuleKind
from specdsl.verify.verifier import verify

Level = Literal["full", "sample"]

_ROWS = 1 << 16
_SHOWN = 5
_REMEDY = "the batch changes what it looks at: limit the changes with `where`, or leave the rule out"
_REMEDY_OF_BOUNDS = (
    "the batch changes what they look at: give the roll-up in them a column of its own, which the draw then "
    "follows, or limit the changes with `where`"
)
_OF_A_ROW = {
    RuleKind.SCHEMA,
    RuleKind.TYPE,
    RuleKind.NOT_NULL,
    RuleKind.REFERENCE,
    RuleKind.ENUM,
    RuleKind.BOUNDS,
    RuleKind.LENGTH,
    RuleKind.PATTERN,
    RuleKind.LIST_SIZE,
    RuleKind.CHECK,
}
_OF_A_STATE = _OF_A_ROW | {RuleKind.KEY, RuleKind.UNIQUE, RuleKind.FOREST}
_ACROSS = (x.Aggregate, x.Running, x.Neighbour, x.IndexIn, x.RowNumber)


def verify_changes(
    job: Job,
    staging: Staging,
    keys: BatchKeys,
    snapshot: Mapping[str, FileEntry],
    level: Level,
    temp_dir: Path,
) -> list[RuleResult]:
    """Hold the changes of the job's batch, and its snapshot, against the rules that they must keep."""
    changing = job.changing
    assert changing is not None
    found: list[RuleResult] = []
    if changing.touched:
        found += _Checks(job, changing, staging, keys, level, temp_dir).results()
    if snapshot:
        form = job.form
        files = {
            name: TableFiles(
                [staging.path(entry.path)], form.name, form.values, json=json_rows(job.dataset.tables[name])
            )
            for name, entry in snapshot.items()
        }
        report = verify(job.dataset, files, level, temp_dir, wanted=rules_of_states(job.dataset))
        found += [_renamed(result, "in the snapshot") for result in report.rules]
    return found


def _renamed(result: RuleResult, where: str) -> RuleResult:
    rule = replace(result.rule, name=f"{result.rule.name}, {where}")
    if result.verdict is Verdict.BROKEN and rule.kind in (RuleKind.CHECK, RuleKind.BOUNDS):
        remedy = _REMEDY if rule.kind is RuleKind.CHECK else _REMEDY_OF_BOUNDS
        return replace(result, rule=rule, note="; ".join(x for x in (result.note, remedy) if x))
    return replace(result, rule=rule)


def rules_of_states(dataset: Dataset) -> Callable[[Rule], bool]:
    """The rules that all rows of all tables keep, as they are at some time."""
    held = _wanted(dataset, _OF_A_STATE, frozenset(_kept(dataset)))
    follow = set(_followed(dataset))
    return lambda rule: held(rule) or (rule.kind is RuleKind.VALUE and (rule.table, *rule.columns) in follow)


def _followed(dataset: Dataset) -> Iterator[tuple[str, ...]]:
    """The roll-ups, by table and column, that come to what the rows in a snapshot say: those that follow, and
    are over what rows show."""
    following = Following(dataset)
    for name, column in following.roll_ups:
        own = dataset.tables[name].columns[column]
        if own.hidden or own.nulls is not None or not isinstance(own.value, x.Aggregate):
            continue
        if column in following.columns(name) and _shows(dataset, own.value):
            yield name, column


def _kept(dataset: Dataset) -> Iterator[tuple[str, str]]:
    """The checks and bounds over roll-ups, by table and subject, that batches keep true of all rows."""
    following = Following(dataset)
    unheld = {(r.table, r.subject) for r in following.over_roll_ups if r not in following.held}
    for required in following.held:
        place = required.table, required.subject
        if place not in unheld and all(_shows(dataset, node) for node in roll_ups_in(required.expr)):
            yield place


def _shows(dataset: Dataset, roll_up: x.Aggregate) -> bool:
    """Whether a roll-up is over columns that are written, and does not go by row numbers."""
    read = read_by(dataset, roll_up)
    hidden = any(dataset.tables[t].columns[c].hidden for t, c in read.near if c)
    ends = roll_up.function in (x.AggregateFunction.FIRST, x.AggregateFunction.LAST)
    return not hidden and not ends and not read.far


def _wanted(
    dataset: Dataset, kinds: set[RuleKind], kept: frozenset[tuple[str, str]] = frozenset()
) -> Callable[[Rule], bool]:
    """The rules of these kinds that rows keep one by one, and those of lifecycles. What a row takes from
    others is that of the time when it was made or changed, so that it is not asked for but where it is
    ``kept``."""
    across = {
        (table.name, required.subject)
        for table in dataset.tables.values()
        for required in required_of(table)
        for condition in required.conditions
        if required.kind in (RequiredKind.CHECK, RequiredKind.BOUNDS)
        if any(isinstance(node, _ACROSS) for node in walk(condition))
    } - kept
    states = {
        (table.name, column)
        for table in dataset.tables.values()
        for lifecycle in table.lifecycles
        for column in lifecycle_columns(lifecycle)
    }

    def wanted(rule: Rule) -> bool:
        subject = rule.name.removeprefix(f"{rule.table} check ")
        if rule.kind is RuleKind.CHECK and (rule.table, subject) in across:
            return False
        if rule.kind is RuleKind.BOUNDS and any((rule.table, c) in across for c in rule.columns):
            return False
        lifecycle = rule.kind is RuleKind.VALUE and {(rule.table, c) for c in rule.columns} <= states
        return rule.kind in kinds or (lifecycle and bool(rule.columns))

    return wanted


class _Checks:
    def __init__(
        self,
        job: Job,
        changing: Changing,
        staging: Staging,
        keys: BatchKeys,
        level: Level,
        temp_dir: Path,
    ) -> None:
        self._job = job
        self._changing = changing
        self._staging = staging
        self._keys = keys
        self._level: Level = level
        self._temp_dir = temp_dir
        self._tables = job.dataset.tables
        self._before = {name: self._image_keys(name, "before") for name in changing.touched}

    def results(self) -> Iterator[RuleResult]:
        """All of them."""
        for name, keys in self._before.items():
            yield self._once(name, keys)
        for keys, (count, rows) in self._keys.unknown(list(self._before.values())):
            shown = tuple({c: str(v) for c, v in zip(keys.columns, row, strict=True)} for row in rows)
            yield self._result(
                keys.table,
                "changes rows that are there",
                RuleKind.KEY,
                keys.columns,
                _size(keys),
                count,
                shown,
            )
        for name in self._before:
            if self._changing.updates(name).size:
                yield self._same_keys(name)
        yield from self._after()
        yield from self._held()
        for name in self._changing.deleted:
            yield from self._unreferred(name)

    # --- keys ------------------------------------------------------------------------------

    def _place(self, name: str, what: str) -> Path:
        number = list(self._tables).index(name)
        return self._temp_dir / f"changes-{number}-{what}"

    def _image_keys(self, name: str, when: str) -> Keys:
        """The keys of an image, with the numbers of its rows."""
        changing, table = self._changing, self._tables[name]
        rows = changing.before_rows(name) if when == "before" else (changing.updates(name),)
        place = self._place(name, when)
        numbers, path = place.with_suffix(".numbers.parquet"), image_path(self._staging, name, when)
        pq.write_table(pa.table({"row": np.concatenate(rows)}), numbers)
        written = tuple(c.name for c in table.columns.values() if not c.hidden)
        made = place.with_suffix(".keys.parquet")
        files = TableFiles([path], IMAGES)
        return written_keys(table, files, made, self._temp_dir, EarlierRows(written, path, numbers))

    def _once(self, name: str, keys: Keys) -> RuleResult:
        listed = ", ".join(f"k{i}" for i in range(len(keys.columns)))
        query = f"SELECT count(*) - count(DISTINCT ({listed})) FROM {_read(keys.path)}"
        broken = self._number([keys.path], query)
        return self._result(name, "changes a row once", RuleKind.KEY, keys.columns, _size(keys), broken)

    def _same_keys(self, name: str) -> RuleResult:
        before, after = self._before[name], self._image_keys(name, "after")
        same = " AND ".join(f"a.k{i} = b.k{i}" for i in range(len(after.columns)))
        broken = self._number(
            [before.path, after.path],
            f"SELECT count(*) FROM {_read(after.path)} AS a LEFT JOIN {_read(before.path)} AS b "
            f"ON a.row = b.row AND {same} WHERE b.row IS NULL",
        )
        return self._result(name, "keeps keys", RuleKind.KEY, after.columns, _size(after), broken)

    # --- rows after updates ----------------------------------------------------------------

    def _after(self) -> Iterator[RuleResult]:
        """What updated rows must keep, with the rows that they refer to as they are then."""
        changing, dataset = self._changing, self._job.dataset
        images = {
            name: TableFiles([image_path(self._staging, name, "after")], IMAGES)
            for name in changing.touched
            if changing.updates(name).size
        }
        if not images:
            return
        wanted = Wanted(dataset)
        every = {name: changing.after.row_count(name) for name in changing.after.plan.tables}
        pieces = (
            (name, changing.updates(name)[at : at + _ROWS])
            for name in images
            for at in range(0, len(changing.updates(name)), _ROWS)
        )
        rows, keys = {}, []
        for name, numbers in referred(changing.after, pieces, every, wanted).items():
            table = dataset.tables[name]
            place = self._place(name, "parents")
            rows[name] = made_again(changing.after, name, numbers, wanted.columns(table), place)
            keys.append(self._old_parents(table, numbers, wanted))
        grown = frozenset(every)
        report = verify(
            dataset,
            images,
            self._level,
            self._temp_dir,
            earlier=Earlier(grown, rows),
            wanted=_wanted(dataset, _OF_A_ROW),
        )
        yield from (_renamed(result, "after updates") for result in report.rules)
        for some, (count, _) in self._keys.unknown(keys):
            yield self._result(
                some.table, "referred to after updates", RuleKind.REFERENCE, some.columns, _size(some), count
            )

    def _old_parents(self, table: Table, numbers: Int64Array, wanted: Wanted) -> Keys:
        """The keys of those of the rows that earlier batches have made."""
        place = self._place(table.name, "old-parents")
        numbers = numbers[numbers < self._changing.log.tables[table.name].first]
        rows = made_again(self._changing.after, table.name, numbers, wanted.columns(table), place)
        files = TableFiles([rows.path], "parquet")
        return written_keys(table, files, place.with_suffix(".keys.parquet"), self._temp_dir, rows)

    # --- rows whose roll-ups come to something else ------------------------------------------

    def _held(self) -> Iterator[RuleResult]:
        """Checks over roll-ups. No file of the batch has all rows that they are over, so the rows are made
        again for it, and not read."""
        changing, tables = self._changing, self._job.dataset.tables
        generator = changing.after
        generations = generator.engine.generations
        assert generations is not None
        first = {name: log.first for name, log in changing.log.tables.items()}
        engine = generations.engine(generations.last - 1)
        for required, count, broken in held_again(Follow(engine, first, changing.updated, changing.deleted)):
            table = tables[required.table]
            what, kind = f"check {required.subject}", RuleKind.CHECK
            if required.part != "check":
                what, kind = f"{required.subject} in its bounds", RuleKind.BOUNDS
            shown = generator.some_columns(table.name, broken[:_SHOWN], table.key or tuple(table.columns))
            rows = tuple({name: str(value) for name, value in row.items()} for row in shown.to_pylist())
            found = self._result(table.name, what, kind, (), count, len(broken), rows)
            yield _renamed(found, "after changes")

    # --- rows that are deleted -------------------------------------------------------------

    def _unreferred(self, name: str) -> Iterator[RuleResult]:
        """No row that is left refers to a row that the batch deletes."""
        keys = self._before[name]
        for table in self._tables.values():
            for reference in table.references.values():
                if reference.table != name:
                    continue
                links = self._links(table, reference)
                on = " AND ".join(f"l.k{i} = d.k{i}" for i in range(len(keys.columns)))
                chosen = f"SELECT row FROM {_read(self._gone(name))}"
                gone = f"(SELECT * FROM {_read(keys.path)} WHERE row IN ({chosen}))"
                broken = self._number(
                    [keys.path, links.path, self._gone(name)],
                    f"SELECT count(*) FROM {_read(links.path)} AS l SEMI JOIN {gone} AS d ON {on}",
                )
                what = f"{', '.join(reference.columns)} -> {name} not deleted"
                yield self._result(
                    table.name, what, RuleKind.REFERENCE, reference.columns, _size(links), broken
                )

    def _gone(self, name: str) -> Path:
        path = self._place(name, "gone").with_suffix(".parquet")
        if not path.exists():
            pq.write_table(pa.table({"row": self._changing.deletes(name)}), path)
        return path

    def _links(self, table: Table, reference: Reference) -> Keys:
        """What all rows that are left refer to, new ones included."""
        generator = self._changing.after
        alive = generator.engine.alive(table.name)
        place = self._place(table.name, f"links-{list(table.references).index(reference.name)}")
        path = place.with_suffix(".parquet")
        writer: pq.ParquetWriter | None = None
        count = generator.row_count(table.name)
        for start in range(0, max(1, count), _ROWS):
            rows = np.arange(start, min(count, start + _ROWS), dtype=np.int64)
            rows = rows if alive is None else rows[alive.has(rows)]
            piece = generator.some_columns(table.name, rows, reference.columns)
            writer = writer or pq.ParquetWriter(path, piece.schema)
            writer.write_batch(piece)
        assert writer is not None
        writer.close()
        numbers = place.with_suffix(".numbers.parquet")
        pq.write_table(pa.table({"row": np.arange(pq.read_metadata(path).num_rows)}), numbers)
        rows_of = EarlierRows(reference.columns, path, numbers)
        made = place.with_suffix(".keys.parquet")
        files = TableFiles([path], "parquet")
        return written_keys(table, files, made, self._temp_dir, rows_of, reference.columns)

    # --- results ---------------------------------------------------------------------------

    def _number(self, paths: Sequence[Path], query: str) -> int:
        connection = open_database(paths, self._temp_dir / "changes", memory_limit=MEMORY_LIMITS[1])
        try:
            ((number,),) = connection.execute(query).fetchall()
        finally:
            connection.close()
        (self._temp_dir / "changes" / "verify.duckdb").unlink(missing_ok=True)
        return int(number or 0)

    def _result(
        self,
        table: str,
        what: str,
        kind: RuleKind,
        columns: Sequence[str],
        looked_at: int,
        broken: int,
        shown: tuple[dict[str, str], ...] = (),
    ) -> RuleResult:
        test = NotCheckable("it is asked of changes")
        rule = Rule(f"{table} {what}", kind, table, tuple(columns), test)
        return RuleResult(rule, looked_at, broken, 0, shown, Verdict.BROKEN if broken else Verdict.OK)


def _read(path: Path) -> str:
    return f"read_parquet({quote_text(str(path))})"


def _size(keys: Keys) -> int:
    return int(pq.read_metadata(keys.path).num_rows)
