"""The keys of a batch, and what holds across batches: keys do not come again, references lead to rows that
earlier batches have written."""

from __future__ import annotations

from collections.abc import Iterable, Iterator, Mapping, Sequence
from pathlib import Path

import numpy as np
import pyarrow as pa
import pyarrow.parquet as pq

from specdsl.building.changing import Changing
from specdsl.building.job import Job
from specdsl.building.variants import earlier_variants
from specdsl.checkpoints.checkpoint import Checkpoint
from specdsl.checkpoints.following import NextBatch
from specdsl.checkpoints.model import Batch, ChangedKeys, Keys, TableRows
from specdsl.checkpoints.store import Rows
from specdsl.generate.generator import Generator
from specdsl.ir import expr as x
from specdsl.ir.model import Dataset, Reference, Table
from specdsl.ir.walk import children
from specdsl.vectors.vector import Int64Array
from specdsl.verify.database import MEMORY_LIMITS, open_database
from specdsl.verify.earlier import Earlier, EarlierRows
from specdsl.verify.forms import quote_name, quote_text, to_natural
from specdsl.verify.naming import ROW, distinct_names, table_name
from specdsl.verify.reading import TableFiles, read_table, readable_paths
from specdsl.verify.report import RuleResult, Verdict
from specdsl.verify.restored import Restored, load_key
from specdsl.verify.rule import NotCheckable, Rule, RuleKind

_ROWS = 1 << 17
_ANSWERS = 'stage."#answers"'


class BatchKeys:
    """The keys of the job's batch, as its files in ``tables`` have them, waiting beside ``checkpoint``; where
    keys are spoiled, as they would be by the key ``answers``."""

    def __init__(
        self,
        job: Job,
        checkpoint: Checkpoint,
        tables: Mapping[str, TableFiles],
        folder: Path,
        temp_dir: Path,
        answers: Path | None = None,
    ) -> None:
        assert job.batch is not None
        self._job = job
        self._batch = job.batch
        self._checkpoint = checkpoint
        self._folder = folder
        self._pending = checkpoint.pending
        self._pending.begin()
        keyed = [t for t in job.dataset.tables.values() if t.key and t.query is None and t.name in tables]
        self._keys = [
            written_keys(
                table, tables[table.name], self._pending.keys_path(number), temp_dir, answers=answers
            )
            for number, table in enumerate(keyed)
        ]
        self._spoiled = {
            table.name: spoiled_keys(
                table, tables[table.name], temp_dir / f"spoiled-{number}.parquet", temp_dir, answers
            )
            for number, table in enumerate(keyed)
            if answers is not None and table.dirt and job.batch.number > 1
        }
        self.referred: dict[str, Keys] = {}

    def record(self, manifest: str) -> None:
        """From now on the batch counts if its files get into their places."""
        changing = self._job.changing
        assert changing is not None
        batch = batch_of(self._batch, changing, str(self._folder.resolve()))
        changed = written_changes(changing, self._pending.changes_path) if changing.remembered else None
        self._pending.record(batch, self._batch.spec, self._keys, manifest, changed)

    def commit(self) -> None:
        """The files are in their places."""
        self._checkpoint.commit()

    # --- what rows of earlier batches are needed -------------------------------------------

    def earlier(self, temp_dir: Path) -> Earlier | None:
        """The rows of earlier batches that this one refers to, made again; None in the first batch."""
        if self._batch.number == 1:
            return None
        dataset = self._job.dataset
        grown = frozenset(name for name, rows in self._batch.first.items() if rows and name in dataset.tables)
        wanted = Wanted(dataset)
        rows = {}
        counts = {part.table: self._job.generator.row_count(part.table) for part in self._job.parts}
        parts = ((p.table, p.start, min(p.stop, counts[p.table])) for p in self._job.parts)
        pieces = (
            (name, np.arange(at, min(stop, at + _ROWS), dtype=np.int64))
            for name, start, stop in parts
            for at in range(start, stop, _ROWS)
        )
        found = referred(self._job.generator, pieces, self._batch.first, wanted)
        for number, (name, numbers) in enumerate(found.items()):
            table = dataset.tables[name]
            place = temp_dir / f"earlier-{number}"
            rows[name] = made_again(self._job.generator, name, numbers, wanted.columns(table), place)
            if table.key:
                made, files = place.with_suffix(".keys.parquet"), TableFiles([rows[name].path], "parquet")
                self.referred[name] = written_keys(table, files, made, temp_dir, rows[name])
        listed = earlier_variants(self._job, found, temp_dir / "earlier-variants.parquet")
        return Earlier(grown, rows, () if listed is None else (listed,))

    # --- rules across batches --------------------------------------------------------------

    def across_batches(self) -> Iterator[RuleResult]:
        """Whether keys come again, and whether what is referred to is what was written."""
        if self._batch.number == 1:
            return
        tables = self._job.dataset.tables
        spoiled = list(self._spoiled.values())
        again = dict(zip(self._spoiled, self._checkpoint.repeated(spoiled), strict=True))
        for keys, found in zip(self._keys, self._checkpoint.repeated(self._keys), strict=True):
            if self._batch.first.get(keys.table, 0):
                name = f"{keys.table}.key new in this batch"
                count, shown = again.get(keys.table, (0, []))
                both = (found[0] + count, [*found[1], *shown])
                yield _result(tables[keys.table], name, keys, both)
        for keys, found in self.unknown(list(self.referred.values())):
            name = f"{keys.table} rows of earlier batches referred to"
            yield _result(tables[keys.table], name, keys, found)

    def unknown(self, keys: Sequence[Keys]) -> list[tuple[Keys, tuple[int, Rows]]]:
        """For each of ``keys`` how many are not those of rows that the checkpoint has, and that no batch
        before this one has deleted; and the first of them."""
        return list(zip(keys, self._checkpoint.unknown(keys, self._batch.number), strict=True))


def batch_of(batch: NextBatch, changing: Changing, folder: str) -> Batch:
    """The batch as a checkpoint keeps it."""
    from specdsl.building.identity import edition

    tables = {
        name: TableRows(log.first, log.inserts, log.updates, log.deletes, log.sequence)
        for name, log in changing.log.tables.items()
    }
    return batch.batch(folder, tables, edition(batch.dataset))


def written_changes(changing: Changing, path: Path) -> ChangedKeys:
    """The rows that the batch changes, as the Parquet file ``path``."""
    pieces = []
    for name in changing.remembered:
        updated, gone = changing.updated.get(name), changing.deletes(name)[::-1]
        none = np.zeros(len(gone), dtype=np.int64)
        kinds = [("delete", gone, none, none)]
        if updated is not None:
            kinds.append(("update", updated.rows, updated.rules, updated.draws))
            none = np.zeros(len(updated.followed), dtype=np.int64)
            kinds.append(("follow", updated.followed, none, none))
        for kind, rows, rules, draws in kinds:
            columns = {
                "table_name": pa.repeat(pa.scalar(name), len(rows)),
                "row": pa.array(rows),
                "kind": pa.repeat(pa.scalar(kind), len(rows)),
                "rule": pa.array(rules),
                "draw": pa.array(draws),
            }
            pieces.append(pa.table(columns))
    pq.write_table(pa.concat_tables(pieces), path)
    return ChangedKeys(path)


def _result(table: Table, name: str, keys: Keys, found: tuple[int, Rows]) -> RuleResult:
    broken, rows = found
    kind = RuleKind.KEY if name.endswith("batch") else RuleKind.REFERENCE
    rule = Rule(name, kind, table.name, tuple(keys.columns), NotCheckable("it is asked of the checkpoint"))
    shown = tuple({c: _plain(v) for c, v in zip(keys.columns, row, strict=True)} for row in rows)
    looked_at = pq.read_metadata(keys.path).num_rows
    verdict = Verdict.BROKEN if broken else Verdict.OK
    return RuleResult(rule, looked_at, broken, 0, shown, verdict)


def _plain(value: object) -> object:
    return value if isinstance(value, (int, float, str, bool)) or value is None else str(value)


def made_again(
    generator: Generator, name: str, numbers: Int64Array, columns: Sequence[str], place: Path
) -> EarlierRows:
    """Some rows of a table, made by ``generator``, in files that are named after ``place``."""
    path, at = place.with_suffix(".parquet"), place.with_suffix(".numbers.parquet")
    writer: pq.ParquetWriter | None = None
    for start in range(0, max(1, len(numbers)), _ROWS):
        piece = generator.some_columns(name, numbers[start : start + _ROWS], columns)
        writer = writer or pq.ParquetWriter(path, piece.schema)
        writer.write_batch(piece)
    assert writer is not None
    writer.close()
    pq.write_table(pa.table({"row": numbers}), at)
    return EarlierRows(tuple(columns), path, at)


def written_keys(
    table: Table,
    files: TableFiles,
    path: Path,
    temp_dir: Path,
    rows: EarlierRows | None = None,
    key: Sequence[str] = (),
    answers: Path | None = None,
    *,
    spoiled: bool = False,
) -> Keys:
    """The keys that the files of ``table`` have, as the Parquet file ``path``; the files may be ``rows``.
    ``key``: other columns instead. ``answers``: the key to the table's dirt, by which they are put right;
    ``spoiled``: instead, those that are to be put right, as they are."""
    temp_dir.mkdir(parents=True, exist_ok=True)
    place = temp_dir / "keys"
    readable = [*readable_paths(files, temp_dir), path, *([] if rows is None else [rows.numbers])]
    readable += [] if answers is None else [answers]
    connection = open_database(readable, place, memory_limit=MEMORY_LIMITS[1])
    view, number = table_name(table), ROW
    names = [c.name for c in table.columns.values() if not c.hidden] if rows is None else rows.columns
    try:
        connection.execute("CREATE SCHEMA data; CREATE SCHEMA stage")
        columns = {name: table.columns[name].type for name in names}
        read_table(connection, table.name, view, columns, files, temp_dir)
        if rows is not None:
            numbers = f"read_parquet({quote_text(str(rows.numbers))}, file_row_number = true)"
            view, number = f"{view} AS v JOIN {numbers} AS n ON n.file_row_number = v.{ROW}", "n.row"
        if answers is not None and table.dirt:
            load_key(connection, answers, _ANSWERS)
            restored = Restored(connection, table, view, _ANSWERS, files.first_row)
            view = f"({restored.query(key or table.key)})"
            if spoiled:
                view = f"(FROM {table_name(table)} WHERE {ROW} IN ({restored.spoiled(key or table.key)}))"
        called = distinct_names(columns)
        taken = [
            f"{to_natural(quote_name(called[c]), table.columns[c].type)} AS k{i}"
            for i, c in enumerate(key or table.key)
        ]
        connection.execute(
            f"COPY (SELECT {', '.join(taken)}, {number} AS row FROM {view}) "
            f"TO {quote_text(str(path))} (FORMAT parquet, USE_TMP_FILE false)"
        )
    finally:
        connection.close()
    (place / "verify.duckdb").unlink(missing_ok=True)
    return Keys(table.name, tuple(key) or table.key, path)


def spoiled_keys(table: Table, files: TableFiles, path: Path, temp_dir: Path, answers: Path) -> Keys:
    """The keys that were spoiled on purpose, as the files have them."""
    return written_keys(table, files, path, temp_dir, answers=answers, spoiled=True)


# --- which rows, which columns -----------------------------------------------------------------


class Wanted:
    """What rules ask of rows that others refer to: columns by table, references that are followed on."""

    def __init__(self, dataset: Dataset) -> None:
        self._columns: dict[str, set[str]] = {name: set(table.key) for name, table in dataset.tables.items()}
        self.followed: set[tuple[str, str]] = set()
        self._dataset = dataset
        for table in dataset.tables.values():
            for expr in _expressions(table):
                self._visit(expr, table.name)
            for reference in table.references.values():
                self._columns[reference.table].update(reference.key)

    def columns(self, table: Table) -> list[str]:
        """The columns to make of ``table``, in its order; all of them where two differ in case only."""
        written = [c.name for c in table.columns.values() if not c.hidden]
        if len({name.casefold() for name in written}) < len(written):
            return written
        wanted = self._columns[table.name]
        return [name for name in written if name in wanted]

    def _visit(self, expr: x.Expr, table: str) -> None:
        match expr:
            case x.ColumnValue(column=name):
                self._columns[table].add(name)
            case x.Follow(reference=name, table=parent, body=body):
                self.followed.add((table, name))
                self._columns[table].update(self._dataset.tables[table].references[name].columns)
                self._visit(body, parent)
                return
            case x.Candidate(table=other, body=body):
                self._visit(body, other)
                return
            case x.Split(reference=name, amount=amount, weight=weight):
                self._visit(amount, table)
                self._visit(weight, table)
                return
        for child in children(expr):
            self._visit(child, table)


def _expressions(table: Table) -> Iterator[x.Expr]:
    for column in table.columns.values():
        yield column.value
        if column.bounds is not None:
            yield from (end for end in (column.bounds.low, column.bounds.high) if end is not None)
        if column.nulls is not None and column.nulls.when is not None:
            yield column.nulls.when
    yield from (group.value for group in table.groups)
    yield from (check.condition for check in table.checks)
    for reference in table.references.values():
        yield from (e for e in (reference.where, reference.skew) if e is not None)
        if reference.each is not None:
            yield reference.each.count


def referred(
    generator: Generator,
    rows: Iterable[tuple[str, Int64Array]],
    first: Mapping[str, int],
    wanted: Wanted,
) -> dict[str, Int64Array]:
    """The rows below ``first`` that ``rows`` refer to, and those that rules follow on to."""
    found: dict[str, Int64Array] = {}
    tables = generator.plan.dataset.tables
    for name, some in rows:
        pending = [(name, some, False)]
        while pending:
            table, mine, only_followed = pending.pop()
            for reference in tables[table].references.values():
                if only_followed and (table, reference.name) not in wanted.followed:
                    continue
                new = _new_parents(generator, table, reference, mine, first, found)
                if len(new):
                    pending.append((reference.table, new, True))
    return found


def _new_parents(
    generator: Generator,
    table: str,
    reference: Reference,
    rows: Int64Array,
    first: Mapping[str, int],
    found: dict[str, Int64Array],
) -> Int64Array:
    """The parents of ``rows`` in earlier batches that were not ``found`` yet, added to it."""
    before = first.get(reference.table, 0)
    if not before:
        return rows[:0]
    parents = generator.parents(table, reference.name, rows)
    parents = parents[parents < before]
    known = found.get(reference.table)
    new = parents if known is None else np.setdiff1d(parents, known, assume_unique=True)
    if known is None or len(new):
        found[reference.table] = new if known is None else np.union1d(known, new)
    return new
