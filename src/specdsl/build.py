"""The build: generate -> write -> assemble -> verify -> (break) -> publish, whole or not at all.

Files are written into a staging folder inside the output folder, checked there by DuckDB, and moved to
their names when all of them are good, the manifest last. A build that is interrupted leaves its finished
files for ``resume``; one that fails leaves nothing.
"""

from __future__ import annotations

import time
from collections.abc import Iterable, Iterator, Mapping
from contextlib import contextmanager
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING, Literal

import pyarrow as pa

from specdsl.building.assembling import assemble, final_files, written_rows
from specdsl.building.failures import environment
from specdsl.building.job import Job, decide, require_room, tell_of_batch
from specdsl.building.lock import locked
from specdsl.building.manifest import FileEntry, Invalid, Manifest, TableEntry, read_manifest
from specdsl.building.options import BuildListener, BuildOptions, BuildResult, BuiltTable, Mode, VerifyLevel
from specdsl.building.parts import Part
from specdsl.building.progress import OneAtATime, Progress
from specdsl.building.schemas import written_schema
from specdsl.building.staging import Staging
from specdsl.building.writing import Hooks, Target, write_parts
from specdsl.errors import DataError, ExitStatus, SpecdslError
from specdsl.files import FileProblem
from specdsl.local_files import LocalFiles
from specdsl.sinks.base import ALIGNMENT
from specdsl.sinks.sizes import row_values, rows_for

if TYPE_CHECKING:
    from specdsl.building.batches import BatchKeys
    from specdsl.checkpoints.following import BatchRequest
    from specdsl.checkpoints.model import Known
    from specdsl.compiler import Compilation
    from specdsl.generate.generator import DataSource
    from specdsl.verify.reading import TableFiles
    from specdsl.verify.report import VerifyReport

__all__ = [
    "BuildInterruptedError",
    "BuildListener",
    "BuildOptions",
    "BuildResult",
    "Mode",
    "VerifyLevel",
    "build",
]

_BATCH_CELLS = 1 << 21  # wide tables are made in smaller batches, so that memory stays flat


class BuildInterruptedError(SpecdslError):
    """Ctrl-C; what is finished is kept."""

    status = ExitStatus.INTERRUPTED


@contextmanager
def _keeping(staging: Staging, interrupted: str, then: str) -> Iterator[None]:
    """What is finished is kept where a person or the machine stops the block, for ``then``; what goes wrong
    in itself leaves nothing. Raises BuildInterruptedError at Ctrl-C, and what the block raises."""
    try:
        yield
    except KeyboardInterrupt:
        raise BuildInterruptedError(interrupted, then) from None
    except OSError:
        raise
    except BaseException:
        staging.remove()
        raise


def build(
    compilation: Compilation,
    options: BuildOptions,
    listener: BuildListener | None = None,
    data: DataSource | None = None,
    batch: BatchRequest | None = None,
) -> BuildResult:
    """Build the dataset of ``compilation`` (which has no errors) into ``options.out_dir``; with ``batch`` the
    next batch of a checkpoint, which the caller holds.

    Where verification finds something, the result says so and nothing is published. Raises GenerationError,
    UsageError (what cannot be asked), DataError (the folder holds something that is in the way, or new
    rows would not fit), EnvironmentFailure (disk, permission, another build) and BuildInterruptedError.
    """
    started = time.monotonic()
    told = OneAtATime(listener or BuildListener())
    folder = options.out_dir
    with environment(folder), _output_folder(folder), locked(folder):
        staging = Staging(folder)
        if staging.complete():
            told.note("completed the publication of a build that was cut off")
        previous = read_manifest(folder)
        try:
            mode = _mode(options, staging)
            if batch is not None and previous is not None:
                from specdsl.building.taken import require_no_batch, was_completed

                if was_completed(batch, compilation, folder, previous):
                    told.note(f"`{folder}` is the folder of that batch: nothing is left to do")
                    return _there(folder, previous, started)
                require_no_batch(batch, folder, previous, mode)
            job = decide(compilation, options, mode, data or LocalFiles(), previous, batch)
            if job.batch is not None:
                tell_of_batch(job.batch, job.changing, told.note)
            if options.resume and staging.journal() is None and _is_built(job):
                staging.remove()
                told.note("the build is complete already")
                return _result(job, folder, {}, None, started)
            require_room(job, folder)
            for note in job.form.format.examine(job.written, job.rows, job.form.values):
                told.note(f"note: {note}")
            done = _begin(job, options, staging, told)
            entries = _write(job, options, staging, done, told)
            files, snapshot = _assemble(job, options, staging, entries, told)
            answers = _answers(job, staging)
            keys = None if batch is None else _keys(job, batch.checkpoint, staging, files, answers, options)
            variants = _variants(job, staging)
            beside = answers, variants
            report = _verify(job, options, staging, entries, files, beside, told, keys, snapshot)
            told.written(final_files(job, staging, files, folder))
            invalid = None
            if job.invalid is not None and (report is None or report.ok):
                files, invalid, report = _break(job, compilation, options, staging, files, report, told)
        except FileProblem as problem:
            raise DataError(f"cannot use `{problem.path}`: {problem.detail or problem.problem}") from problem
        if report is not None and not report.ok:
            staging.remove()
            return _result(job, folder, entries, report, started)
        told.publishing()
        manifest = _manifest(job, entries, files, report, beside, invalid, snapshot)
        paths = [entry.path for made in (*files.values(), tuple(snapshot.values())) for entry in made]
        names = list(dict.fromkeys([*paths, *job.beside]))
        if keys is not None:
            keys.record(manifest.text())
        staging.publish(names, job.stale(names), manifest.text())
        if keys is not None:
            keys.commit()
        return _result(job, folder, entries, report, started, manifest)


@contextmanager
def _output_folder(folder: Path) -> Iterator[None]:
    """``folder`` and those above it, made where they are missing; empty ones that were made are removed
    when the build comes to nothing."""
    made = [path for path in reversed([folder, *folder.parents]) if not path.exists()]
    folder.mkdir(parents=True, exist_ok=True)
    try:
        yield
    finally:
        for path in reversed(made):
            try:
                path.rmdir()
            except OSError:
                break


def _mode(options: BuildOptions, staging: Staging) -> Mode:
    """The mode asked for; a build that is resumed without one keeps its own."""
    if options.resume and options.mode is Mode.ERROR and (journal := staging.journal()) is not None:
        try:
            return Mode(journal.request["mode"])
        except (KeyError, ValueError):
            pass
    return options.mode


def _is_built(job: Job) -> bool:
    """Whether the folder holds exactly what the job would write."""
    previous = job.previous
    return (
        previous is not None
        and previous.batch is None
        and job.batch is None
        and previous.origin == job.origin
        and (previous.format, previous.compression) == (job.form.name, job.form.compression)
        and dict(previous.options) == dict(job.form.values)
        and (previous.invalid and previous.invalid.asked) == (job.invalid and job.invalid.asked())
        and {name.split("/")[0] for name in previous.names()} == set(job.targets())
        and all(previous.tables[part.table].rows == job.rows[part.table] for part in job.parts)
    )


def _begin(job: Job, options: BuildOptions, staging: Staging, told: BuildListener) -> dict[str, FileEntry]:
    """A staging folder for the job, and its files that are finished already."""
    request = job.request()
    journal = staging.journal()
    if not options.resume or journal is None:
        if staging.exists():
            told.note(f"threw away what an interrupted build had left in {staging.folder}")
        staging.begin(request)
        return {}
    differences = list(_differences(dict(journal.request), request))
    if differences:
        raise DataError(
            f"the interrupted build in `{staging.folder}` was another one: {'; '.join(differences)}",
            "without --resume it is thrown away",
        )
    done = {name: entry for name, (_, entry) in journal.entries.items() if staging.is_whole(entry)}
    told.note(f"resumed: {len(done)} of {len(job.names())} files were finished")
    return done


def _differences(then: Mapping[str, object], now: Mapping[str, object], at: str = "") -> Iterator[str]:
    for key in {**then, **now}:
        a, b = then.get(key), now.get(key)
        if isinstance(a, dict) and isinstance(b, dict):
            yield from _differences(a, b, f"{key} ")
        elif a != b:
            yield "the spec has changed" if key == "spec" else f"{at}{key} {a} then, {b} now"


# --- writing -----------------------------------------------------------------------------------


def _write(
    job: Job, options: BuildOptions, staging: Staging, done: dict[str, FileEntry], told: BuildListener
) -> dict[str, FileEntry]:
    """Write what is not ``done``; all entries by name, in the order of the tables. What was finished is
    kept when the disk or the user ends it; any other failure leaves nothing."""
    progress = Progress(job, staging, done, told)
    try:
        told.planned(job.rows)
        for name in job.spoiled_tables:
            job.generator.spoiled(name)  # where that cannot be, nothing is written
        target = Target(staging.folder, job.sink)
        hooks = Hooks(progress.started, progress.written, progress.finished)
        rows = _Rows(job, options, staging, progress)
        generated = [part for part in job.parts if part.name not in done]
        write_parts(generated, rows.generated, target, hooks, options.processors)
        for query in job.queries:
            if query.name not in done:
                write_parts([query], rows.derived, target, hooks, options.processors)
        return {name: progress.entries[name] for name in job.names()}
    except KeyboardInterrupt:
        kept = len(progress.entries)
        if not kept:
            staging.remove()
            raise BuildInterruptedError("interrupted; nothing was written") from None
        raise BuildInterruptedError(
            f"interrupted with {kept} of {len(job.names())} files finished", "--resume goes on from there"
        ) from None
    except OSError:
        if not progress.entries:
            staging.remove()
        raise
    except BaseException:
        staging.remove()
        raise


def _assemble(
    job: Job, options: BuildOptions, staging: Staging, entries: Mapping[str, FileEntry], told: BuildListener
) -> tuple[dict[str, tuple[FileEntry, ...]], dict[str, FileEntry]]:
    """The files of every table, those included that are made of others; and those of the snapshot."""
    with _keeping(staging, "interrupted with all rows written", "--resume makes the files of them"):
        if job.changing is None:
            return assemble(job, staging, entries, told), {}
        from specdsl.building.change_files import write_images, write_snapshot

        write_images(job, staging, options.processors)
        files = assemble(job, staging, entries, told)
        return files, write_snapshot(job, staging, options.processors, told)


class _Rows:
    """Schemas and batches of parts."""

    def __init__(self, job: Job, options: BuildOptions, staging: Staging, progress: Progress) -> None:
        self._job = job
        self._options = options
        self._staging = staging
        self._progress = progress

    def generated(self, part: Part, workers: int) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
        generator = self._job.generator
        schema = written_schema(self._job, part.table)
        columns = self._job.dataset.tables[part.table].columns.values()
        values = row_values(column.type for column in columns)
        batch_rows = rows_for(_BATCH_CELLS, values, self._options.batch_rows, ALIGNMENT)
        if part.table in self._job.spoiled_tables:
            spoiled = generator.spoiled(part.table)
            return schema, spoiled.batches(part.start, part.stop, batch_rows, workers)
        batches = generator.batches(
            part.table,
            part.start,
            part.stop,
            batch_rows=batch_rows,
            workers=workers,
            keep_dictionaries=True,
        )
        return schema, batches

    def derived(self, part: Part, workers: int) -> tuple[pa.Schema, Iterable[pa.RecordBatch]]:
        from specdsl.local_files.queries import run_query

        job = self._job
        tables = job.dataset.tables
        table = tables[part.table]
        assert table.query is not None
        columns = {
            name: {c.name: c.type for c in tables[name].columns.values() if not c.hidden}
            for name in table.query.reads
        }
        files = _table_files(job, self._staging, self._progress.entries, self._options.out_dir)
        types = {c.name: c.type for c in table.columns.values()}
        return written_schema(job, part.table), run_query(
            table.query.sql,
            {name: files[name] for name in table.query.reads},
            columns,
            types,
            _temporary(self._staging),
            table=part.table,
        )


def _temporary(staging: Staging) -> Path:
    """Where DuckDB may put what does not fit into memory."""
    path = staging.path(".tmp")
    path.mkdir(exist_ok=True)
    return path


def _table_files(
    job: Job, staging: Staging, entries: Mapping[str, FileEntry], folder: Path
) -> dict[str, TableFiles]:
    """The files of every table before anything is made of them, in the order of rows."""
    from specdsl.verify.json_rows import json_rows
    from specdsl.verify.reading import TableFiles

    base = {} if job.base is None else job.base.tables
    paths = {name: [folder / entry.path for entry in table.files] for name, table in base.items()}
    for part in (*job.parts, *job.queries):
        if part.name in entries:
            paths.setdefault(part.table, []).append(staging.path(part.name))
    return {
        name: TableFiles(
            found, job.sink(name)[0].name, job.sink(name)[1].values, json=json_rows(job.dataset.tables[name])
        )
        for name, found in paths.items()
    }


def _keys(
    job: Job,
    known: Known,
    staging: Staging,
    made: Mapping[str, tuple[FileEntry, ...]],
    answers: FileEntry | None,
    options: BuildOptions,
) -> BatchKeys:
    """The keys of the batch, read from its files."""
    from specdsl.building.batches import BatchKeys
    from specdsl.checkpoints.checkpoint import Checkpoint

    assert isinstance(known, Checkpoint), "what a build makes is recorded in a checkpoint"
    with _keeping(
        staging, "interrupted while reading keys; all files are finished", "--resume goes on from there"
    ):
        tables = final_files(job, staging, made, options.out_dir)
        key = None if answers is None else staging.path(answers.path)
        return BatchKeys(job, known, tables, options.out_dir, _temporary(staging), key)


# --- the end -------------------------------------------------------------------------------------


def _answers(job: Job, staging: Staging) -> FileEntry | None:
    """The key to what was spoiled, in the staging folder."""
    if not job.spoiled_tables:
        return None
    from specdsl.building.answers import write_answers

    with _keeping(
        staging,
        "interrupted while listing what was spoiled; all rows are written",
        "--resume goes on from there",
    ):
        return write_answers(job, staging.folder)


def _variants(job: Job, staging: Staging) -> FileEntry | None:
    """The list of the rows of variants, in the staging folder."""
    if not job.varied_tables:
        return None
    from specdsl.building.variants import write_variants

    with _keeping(
        staging,
        "interrupted while listing the rows of variants; all rows are written",
        "--resume goes on from there",
    ):
        return write_variants(job, staging.folder)


_Beside = tuple[FileEntry | None, FileEntry | None]
"""The key to declared dirt, and the list of the rows of variants."""


def _verify(
    job: Job,
    options: BuildOptions,
    staging: Staging,
    entries: Mapping[str, FileEntry],
    made: Mapping[str, tuple[FileEntry, ...]],
    beside: _Beside,
    told: BuildListener,
    keys: BatchKeys | None,
    snapshot: Mapping[str, FileEntry],
) -> VerifyReport | None:
    """The report on all files as they will be, or None where none is wanted."""
    if options.verify is VerifyLevel.OFF:
        return None
    from specdsl.verify.memory import give_back
    from specdsl.verify.verifier import verify

    told.verifying()
    give_back()
    tables = final_files(job, staging, made, options.out_dir)
    written = written_rows(job, entries)
    generated = {part.table for part in job.parts}
    expected = dict(job.old) | {name: job.old.get(name, 0) + written[name] for name in generated}
    with _keeping(
        staging, "interrupted while verifying; all files are finished", "--resume verifies and publishes them"
    ):
        level: Literal["full", "sample"] = "full" if options.verify is VerifyLevel.FULL else "sample"
        key, listed = (None if entry is None else staging.path(entry.path) for entry in beside)
        earlier = None if keys is None else keys.earlier(_temporary(staging))
        report = verify(job.dataset, tables, level, _temporary(staging), expected, key, earlier, listed)
        if keys is not None:
            report = replace(report, rules=(*report.rules, *keys.across_batches()))
            from specdsl.building.change_checks import verify_changes

            found = verify_changes(job, staging, keys, snapshot, level, _temporary(staging))
            report = replace(report, rules=(*report.rules, *found))
    told.verified(report)
    return report


def _break(
    job: Job,
    compilation: Compilation,
    options: BuildOptions,
    staging: Staging,
    made: Mapping[str, tuple[FileEntry, ...]],
    report: VerifyReport | None,
    told: BuildListener,
) -> tuple[dict[str, tuple[FileEntry, ...]], Invalid, VerifyReport | None]:
    """Break rows on purpose, and hold what is written then against the answer key; the report with that."""
    from specdsl.building.answered import answered
    from specdsl.building.invalid import break_rows

    with _keeping(
        staging, "interrupted while breaking rows", "--resume goes on with the files that are as they were"
    ):
        files, invalid = break_rows(job, compilation, staging, made, told)
        if report is None:
            return files, invalid, None
        paths = {name: [(e.path, staging.path(e.path)) for e in entries] for name, entries in files.items()}
        with answered(invalid, job.form.name, staging.folder, paths, _temporary(staging)) as held:
            return files, invalid, replace(report, rules=(*report.rules, *held.results))


def _manifest(
    job: Job,
    entries: Mapping[str, FileEntry],
    made: Mapping[str, tuple[FileEntry, ...]],
    report: VerifyReport | None,
    beside: _Beside,
    invalid: Invalid | None,
    snapshot: Mapping[str, FileEntry],
) -> Manifest:
    base = {} if job.base is None else job.base.tables
    rows = written_rows(job, entries)
    tables: dict[str, TableEntry] = {}
    for name, table in job.dataset.tables.items():
        files = (base[name].files if name in base else ()) + made.get(name, ())
        if files or name in made:
            divided = table.partition_by if job.form.container is None else ()
            count = job.old.get(name, 0) + rows.get(name, 0)
            if job.recorded:
                count = files[0].rows or 0
            bare = next((c.name for c in table.columns.values() if c.bare), None)
            bare = bare if job.form.name in ("json", "jsonl") else None
            tables[name] = TableEntry(count, table.rows, files, divided, bare, job.copies(name))
    summary = None
    if report is not None:
        unchecked = len(report.unchecked)
        summary = {"level": report.level, "rules": len(report.rules) - unchecked, "unchecked": unchecked}
    form = job.form
    values, number = form.values, None if job.batch is None else job.batch.number
    answers, variants = beside
    changes = None
    if job.changing is not None:
        from specdsl.building.change_files import manifest_changes

        changes = manifest_changes(job, snapshot)
    return Manifest(
        job.origin,
        form.name,
        form.compression,
        tables,
        summary,
        values,
        answers,
        invalid,
        number,
        variants,
        changes,
    )


def _result(
    job: Job,
    folder: Path,
    entries: Mapping[str, FileEntry],
    report: VerifyReport | None,
    started: float,
    manifest: Manifest | None = None,
) -> BuildResult:
    ok = report is None or report.ok
    shown = manifest or (job.previous if ok else None)
    written = written_rows(job, entries) if entries else {}
    if entries and job.recorded and job.changing is not None:
        written = {name: sum(job.changing.rows(name)) for name in job.changing.tables}
    return BuildResult(
        ok, folder, _built_tables(folder, shown, written), report, shown, time.monotonic() - started
    )


def _there(folder: Path, manifest: Manifest, started: float) -> BuildResult:
    """The result of a build that had nothing left to do."""
    return BuildResult(
        True, folder, _built_tables(folder, manifest, {}), None, manifest, time.monotonic() - started
    )


def _built_tables(
    folder: Path, manifest: Manifest | None, written: Mapping[str, int]
) -> tuple[BuiltTable, ...]:
    """The tables that ``manifest`` lists, with the rows ``written`` now."""
    tables = []
    for name, table in ({} if manifest is None else manifest.tables).items():
        paths = tuple(folder / e.path for e in table.files)
        size = sum(e.bytes for e in table.files)
        tables.append(BuiltTable(name, table.rows, written.get(name, 0), paths, size))
    return tuple(tables)
