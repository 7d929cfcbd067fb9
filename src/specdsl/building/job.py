"""One build, decided before anything is written: tables, rows, files, and what has to be there."""

from __future__ import annotations

import hashlib
from collections.abc import Callable, Iterable, Mapping
from dataclasses import dataclass, replace
from functools import cached_property
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specdsl.building.dirt import require_room_for_dirt
from specdsl.building.form import Form, form_of
from specdsl.building.growth import Growth
from specdsl.building.identity import origin
from specdsl.building.manifest import (
    ANSWERS_NAME,
    KEY_NAME,
    MANIFEST_NAME,
    SCHEMA_NAME,
    VARIANTS_NAME,
    Manifest,
    Origin,
)
from specdsl.building.options import Breaking, BuildOptions, Mode
from specdsl.building.parts import Assembly, Part, check_names, file_name, intermediate, split
from specdsl.errors import DataError, EnvironmentFailure, UsageError
from specdsl.ir.model import COPIES, Dataset, Table
from specdsl.ir.spoiled import as_written, without_dirt
from specdsl.mutations.rows import FORMATS as BREAKABLE
from specdsl.plan.planner import plan
from specdsl.sinks.base import Sink, WriteOptions
from specdsl.sinks.partitions import KEEP
from specdsl.sinks.registry import SINKS

if TYPE_CHECKING:
    from specdsl.building.changing import Changing
    from specdsl.checkpoints.following import BatchRequest, NextBatch
    from specdsl.compiler import Compilation
    from specdsl.generate.generator import DataSource, Generator

_NAMED = 5  # names in a message before "and so many more"


@dataclass(frozen=True)
class Job:
    """``tables``: those that are written, parents first, derived ones last. ``parts``: the files of those
    that are generated; ``queries``: the one file of each derived table; both are intermediate for tables
    that ``assemblies`` or change records are made of. ``base``: the manifest that is added to. ``old``: rows
    that tables have already in the folder. ``previous``: the manifest that is there. ``invalid``: the rows
    to break on purpose. ``batch``: which batch of a checkpoint it is; ``changing``: what it changes."""

    dataset: Dataset
    generator: Generator
    form: Form
    origin: Origin
    mode: Mode
    files: int
    tables: tuple[str, ...]
    parts: tuple[Part, ...]
    queries: tuple[Part, ...]
    assemblies: tuple[Assembly, ...]
    old: Mapping[str, int]
    base: Manifest | None
    previous: Manifest | None
    invalid: Breaking | None = None
    batch: NextBatch | None = None
    changing: Changing | None = None

    @property
    def recorded(self) -> bool:
        """Whether change records are written, and no plain rows."""
        return self.changing is not None and self.changing.form is not None

    def first_row(self, table: str) -> int:
        """The number of the first row of ``table`` in this batch."""
        return 0 if self.batch is None else self.batch.first.get(table, 0)

    def copies(self, table: str) -> int:
        """How many of the rows that this build writes of ``table`` come after its own, as copies of some."""
        if table not in self.spoiled_tables:
            return 0
        rows = self.generator.row_count(table) - self.first_row(table)
        return _copies(self.dataset.tables[table], rows)

    @property
    def rows(self) -> dict[str, int]:
        """Rows that this build writes, 0 for derived tables."""
        rows = dict.fromkeys(self.tables, 0)
        for part in self.parts:
            rows[part.table] += part.rows
        return rows

    def request(self) -> dict[str, Any]:
        """What decides every byte that this build writes, and what it does with it: for the journal."""
        asked = {} if self.invalid is None else self.invalid.asked()
        base = None if self.base is None else hashlib.sha256(self.base.text().encode()).hexdigest()
        return {
            "mode": str(self.mode),
            "origin": self.origin.written(),
            "format": self.form.name,
            "compression": self.form.compression,
            "options": dict(sorted(self.form.values.items())),
            "files": self.files,
            "rows": self.rows,
            "base": base,
            **({} if self.batch is None else {"batch": self.batch.number}),
            **self._changes_asked(),
            **{f"invalid {key}": value for key, value in asked.items()},
        }

    def _changes_asked(self) -> dict[str, Any]:
        if self.changing is None:
            return {}
        form = self.changing.form
        return {
            **({} if form is None else {"changes": form.name, "of changes": dict(self.form.of_changes)}),
            **({"snapshot": True} if self.changing.snapshot else {}),
        }

    @cached_property
    def spoiled_tables(self) -> tuple[str, ...]:
        """The tables with declared dirt, in the order of the text."""
        return tuple(n for n, t in self.dataset.tables.items() if n in self.tables and t.dirt)

    @cached_property
    def varied_tables(self) -> tuple[str, ...]:
        """The tables with variants of which the folder will hold rows, in the order of the text."""
        plans = self.generator.plan.tables
        here = {*self.tables, *self.old}
        return tuple(n for n in self.dataset.tables if n in here and n in plans and plans[n].variants)

    @cached_property
    def held(self) -> Dataset:
        """The dataset with the types that its files need."""
        return as_written(self.dataset)

    @cached_property
    def assembled(self) -> frozenset[str]:
        """The tables whose parts are intermediate."""
        if self.recorded:
            return frozenset(self.dataset.tables)
        return frozenset(table for assembly in self.assemblies for table in assembly.tables)

    @property
    def written(self) -> Dataset:
        """The dataset with the tables that are written and no others."""
        return replace(self.held, tables={n: t for n, t in self.held.tables.items() if n in self.tables})

    def names(self) -> list[str]:
        """The files that are written first."""
        return [part.name for part in (*self.parts, *self.queries)]

    def targets(self) -> list[str]:
        """What this build puts into the folder: files and folders directly in it."""
        direct = [p.name for p in (*self.parts, *self.queries) if p.table not in self.assembled]
        direct += [assembly.name for assembly in self.assemblies]
        if self.recorded and self.changing is not None:
            direct += [file_name(name, 0, self.form.extension) for name in self.changing.recorded]
        return [*direct, *self.beside]

    @property
    def beside(self) -> tuple[str, ...]:
        """The files about the data, besides the manifest."""
        key: tuple[str, ...] = (KEY_NAME,) if self.spoiled_tables else ()
        key += (VARIANTS_NAME,) if self.varied_tables else ()
        return key if self.invalid is None else (*key, ANSWERS_NAME, SCHEMA_NAME)

    def sink(self, table: str) -> tuple[Sink, WriteOptions]:
        """What the parts of ``table`` are written by, and how."""
        options = self.form.write_options(self.held, table)
        if table not in self.assembled:
            assert self.form.sink is not None
            return self.form.sink, options
        sink = self.intermediate_sink
        packed = "none" if self.recorded else sink.compressions[0]
        return sink, WriteOptions(packed, options.metadata, {}, options.row_values)

    @property
    def intermediate_sink(self) -> Sink:
        """What intermediate files are written by: Arrow keeps every type as it is for partitions, Parquet
        can be read by what makes containers."""
        return SINKS["arrow" if self.form.container is None else "parquet"]

    def stale(self, files: Iterable[str]) -> list[str]:
        """Files of the build before that this one, which made ``files``, does not write."""
        if self.mode is not Mode.OVERWRITE or self.previous is None:
            return []
        return sorted(set(self.previous.names()) - set(files))


def decide(
    compilation: Compilation,
    options: BuildOptions,
    mode: Mode,
    data: DataSource,
    previous: Manifest | None,
    request: BatchRequest | None = None,
) -> Job:
    """The job, or with ``request`` that of the next batch of a checkpoint. Raises UsageError for what cannot
    be asked, DataError where rows cannot be added to what the manifest or the checkpoint lists,
    GenerationError, OSError."""
    from specdsl.generate.generator import Generator

    dataset = compilation.dataset
    if dataset is None:
        raise ValueError("a compilation with errors cannot be built")
    form = form_of(options)
    dataset = without_dirt(dataset) if options.clean else dataset
    tables = _tables(dataset, options.tables)
    batch = None
    if options.changes is not None or options.snapshot:
        from specdsl.building.changing import require_changes

        require_changes(options, dataset, form, batch=request is not None)
    if request is not None:
        batch = _batch(compilation, dataset, request, options, mode, data)
        dataset = batch.dataset
        if options.changes is not None:
            tables = {n for n in tables if dataset.tables[n].query is None}
        tables = {n for n in tables if batch.number == 1 or dataset.tables[n].query is None}
    require_room_for_dirt(dataset, tables, form, mode)
    source = _origin(dataset)
    if options.invalid is not None:
        _require_breakable(dataset, tables, form, mode)
        _require_schemas(options.invalid, [name for name in dataset.tables if name in tables])
    base = previous if mode is Mode.APPEND else None
    if base is not None:
        _require_same(base, source, form, options.out_dir)
        dataset = _grown(compilation, dataset, base, tables)
    planned = plan(dataset)
    generator = Generator(planned, data, None, None if batch is None else batch.history)
    changing = None
    if batch is not None and request is not None:
        from specdsl.building.changing import decide_changes, require_rows
        from specdsl.checkpoints.following import foreseen, require_growth

        require_growth(planned, batch, generator.row_count)
        batch = foreseen(planned, batch, generator.row_count)
        batches = request.checkpoint.batches()
        changing = decide_changes(planned, data, batch, batches, options, generator)
        generator = changing.now
        require_rows(batch, changing)
    first = {} if batch is None else batch.first
    generated = [n for n in planned.order if n in tables and dataset.tables[n].query is None]
    derived = [n for n in planned.order if n in tables and dataset.tables[n].query is not None]
    old = {} if base is None else {name: entry.rows for name, entry in base.tables.items()}
    if base is not None:
        new = {n: generator.row_count(n) for n, t in dataset.tables.items() if t.query is None}
        _require_growth(Growth(planned, old, old | {n: new[n] for n in generated}), generated, old)
    parts: list[Part] = []
    for name in generated:
        start = old.get(name, first.get(name, 0))
        stop = generator.row_count(name) + _copies(dataset.tables[name], generator.row_count(name) - start)
        if (name not in old and name not in first) or stop > start:
            taken = (
                [] if base is None or name not in base.tables else [f.path for f in base.tables[name].files]
            )
            parts += split(name, start, stop, options.files, form.extension, taken)
    number = 0 if options.files == 1 else 1
    queries = [Part(n, file_name(n, number, form.extension), 0, 0) for n in derived if n not in old]
    written = tuple(n for n in (*generated, *derived) if n in {p.table for p in (*parts, *queries)})
    assemblies = _assemblies(dataset, form, written)
    made = {table for assembly in assemblies for table in assembly.tables}
    if options.changes is not None:
        assemblies, made = (), set(written)
    direct = [(p.table, p.name) for p in (*parts, *queries) if p.table not in made]
    reserved = [MANIFEST_NAME, *((KEY_NAME,) if any(dataset.tables[name].dirt for name in written) else ())]
    reserved += (VARIANTS_NAME,) if any(planned.tables[name].variants for name in generated) else ()
    reserved += (ANSWERS_NAME, SCHEMA_NAME) if options.invalid is not None else ()
    check_names([*direct, *((a.tables[0], a.name) for a in assemblies)], reserved)
    return Job(
        dataset,
        generator,
        form,
        source,
        mode,
        options.files,
        written,
        tuple(intermediate(p) if p.table in made else p for p in parts),
        tuple(intermediate(p) if p.table in made else p for p in queries),
        assemblies,
        old,
        base,
        previous,
        options.invalid,
        batch,
        changing,
    )


def _batch(
    compilation: Compilation,
    dataset: Dataset,
    request: BatchRequest,
    options: BuildOptions,
    mode: Mode,
    data: DataSource,
) -> NextBatch:
    from specdsl.building.variants import require_variants_in_batches
    from specdsl.checkpoints.following import next_batch
    from specdsl.local_files import LocalFiles

    if mode is Mode.APPEND:
        raise UsageError(
            "a batch of a checkpoint is not appended to other data",
            "leave out --mode append, or --checkpoint",
        )
    if options.tables:
        raise UsageError(
            "a batch has rows of all tables: those that are left out could not be referred to later",
            "leave out --table, or --checkpoint",
        )
    if options.invalid is not None or dataset.edge:
        asked = "--invalid" if options.invalid is not None else "--edge"
        raise UsageError(
            f"{asked} does not go with a checkpoint: later batches would refer to such rows",
            f"leave out {asked}, or --checkpoint",
        )
    require_variants_in_batches(dataset)
    files = data if isinstance(data, LocalFiles) else LocalFiles()
    try:
        return next_batch(compilation, dataset, request, files)
    except OSError as error:
        raise EnvironmentFailure(f"cannot read `{error.filename}`: {error.strerror}") from error


def tell_of_batch(batch: NextBatch, changing: Changing | None, note: Callable[[str], None]) -> None:
    """Say which batch it is, and what is not as it was."""
    from specdsl.checkpoints.model import moment

    if batch.number > 1:
        note(f"batch {batch.number}, with the clock at {moment(batch.dataset.now)}")
    for change in batch.changes:
        note(f"note: since the batch before, {change.what}")
    for sentence in batch.coming:
        note(f"note: no batch can follow while tables grow so: {sentence}")
    for sentence in () if changing is None else changing.notes:
        note(f"note: {sentence}")
    for table in batch.dataset.tables.values():
        if table.query is None:
            continue
        if changing is not None and changing.form is not None:
            note(f"note: `{table.name}` is made by SQL over all rows, and has no change records")
        elif batch.number > 1:
            note(f"note: `{table.name}` is made by SQL over all rows, and not part of later batches")


def _copies(table: Table, rows: int) -> int:
    """How many copies are written after ``rows`` new rows of a table; after none there are none."""
    return sum(dirt.count(rows) for dirt in table.dirt if dirt.kind in COPIES) if rows else 0


def _assemblies(dataset: Dataset, form: Form, tables: tuple[str, ...]) -> tuple[Assembly, ...]:
    """What is made of intermediate files: a container, or folders of tables."""
    container = form.container
    if container is None:
        divided = [name for name in tables if dataset.tables[name].partition_by]
        return tuple(Assembly(file_name(name, 0, ""), (name,), folder=True) for name in divided)
    if container.per_table:
        return tuple(Assembly(file_name(n, 0, form.extension), (n,), folder=True) for n in tables)
    return (Assembly(file_name(dataset.name, 0, form.extension), tables, folder=False),)


def _origin(dataset: Dataset) -> Origin:
    try:
        return origin(dataset)
    except OSError as error:
        raise EnvironmentFailure(f"cannot read `{error.filename}`: {error.strerror}") from error


def _tables(dataset: Dataset, asked: tuple[str, ...]) -> set[str]:
    """The tables to write: those asked for and what derived ones among them read."""
    for name in asked:
        if name not in dataset.tables:
            known = ", ".join(f"`{t}`" for t in dataset.tables)
            raise UsageError(f"there is no table `{name}`", f"the spec has {known}")
    pending = list(asked or dataset.tables)
    found: set[str] = set()
    while pending:
        name = pending.pop()
        if name not in found:
            found.add(name)
            query = dataset.tables[name].query
            pending += query.reads if query is not None else ()
    return found


def _require_breakable(dataset: Dataset, tables: set[str], form: Form, mode: Mode) -> None:
    """Raises UsageError where rows cannot be broken on purpose."""
    if form.name not in BREAKABLE:
        raise UsageError(
            f"in {form.name} a column holds values of its type alone, so that rows cannot be broken",
            "--invalid is for -f json and -f jsonl",
        )
    spoiled = next((n for n in dataset.tables if n in tables and dataset.tables[n].dirt), None)
    if spoiled is not None:
        raise UsageError(
            f"the spec says itself which rows of `{spoiled}` are spoiled", "--clean leaves that out"
        )
    if mode is Mode.APPEND:
        raise UsageError(
            "--invalid cannot add rows to data that is there", "build into another folder with -o"
        )
    divided = next((n for n in dataset.tables if n in tables and dataset.tables[n].partition_by), None)
    if divided is not None and not form.values.get(KEEP.name):
        raise UsageError(
            f"the rows of `{divided}` lack the columns that they are partitioned by, and break their schema "
            "as they are",
            "with -O partition_columns=true the files keep them",
        )


def _require_schemas(invalid: Breaking, tables: list[str]) -> None:
    """Raises DataError where a schema that is given is none, or says nothing of a table."""
    if invalid.schema is None:
        return
    from specdsl.exporters.json_schema.rows import pointers_of
    from specdsl.mutations.schema import mistake

    wrong = mistake(invalid.schema)
    if wrong:
        raise DataError(f"the schema to break is none: {wrong}")
    missing = [name for name in tables if name not in pointers_of(invalid.schema, tables)]
    if missing:
        raise DataError(
            f"the schema to break says nothing of `{missing[0]}`",
            "it needs a definition of that name; -t leaves tables out",
        )


# --- appending -------------------------------------------------------------------------------


def _require_same(base: Manifest, now: Origin, form: Form, folder: Path) -> None:
    """Raises DataError where new rows would not belong to the old ones."""
    then = base.origin
    if base.batch is not None:
        raise DataError(
            f"the data in `{folder}` is batch {base.batch} of a checkpoint, to which no rows are added",
            "make the next batch, into a folder of its own",
        )
    help = "--mode overwrite builds everything anew"
    if base.invalid is not None:
        raise DataError(f"the data in `{folder}` has rows that are broken on purpose; none are added", help)
    if then.spec != now.spec:
        raise DataError(f"the data in `{folder}` was made by another spec (or other data files)", help)
    if then.seed != now.seed:
        raise DataError(
            f"the data in `{folder}` was made with seed {then.seed}, not {now.seed}", f"--seed {then.seed}"
        )
    if then.edge != now.edge:
        share = f"{then.edge * 100:g}%"
        raise DataError(
            f"the data in `{folder}` was made {f'with {share}' if then.edge else 'without'} edge rows",
            f"--edge {share}" if then.edge else "leave --edge out",
        )
    if then.stored != now.stored:
        raise DataError(f"the rows in the database are not those that `{folder}` was made with", help)
    if (then.stream_version, then.data_versions) != (now.stream_version, now.data_versions):
        raise DataError(f"the data in `{folder}` was made by a version of specdsl with other values", help)
    if (base.format, base.compression) != (form.name, form.compression):
        raise DataError(
            f"the data in `{folder}` is {base.format} ({base.compression}), not {form.name} "
            f"({form.compression})",
            f"-f {base.format} --compression {base.compression}",
        )
    if form.container is not None:
        raise DataError(f"rows cannot be added to {form.name} data that is there", help)
    if dict(base.options) != dict(form.values):
        told = ", ".join(f"{key}={value}" for key, value in sorted(base.options.items())) or "no options"
        raise DataError(
            f"the data in `{folder}` was written with {told}", "give the same options, or --mode overwrite"
        )


def _grown(compilation: Compilation, dataset: Dataset, base: Manifest, tables: set[str]) -> Dataset:
    """``dataset`` with the rows that are there added to its literal counts, checked again."""
    from specdsl.check.analysis import analyse
    from specdsl.diagnostics.model import DiagnosticBag, Severity

    grown = {}
    for name, table in dataset.tables.items():
        entry = base.tables.get(name)
        there = None if entry is None else entry.declared
        if table.rows is None or there is None:
            grown[name] = table
        else:
            grown[name] = replace(table, rows=there + (table.rows if name in tables else 0))
    bag = DiagnosticBag()
    main = next(iter(compilation.sources), "")
    checked = analyse(replace(dataset, tables=grown), main, compilation.spans, compilation.sources, bag)
    for diagnostic in bag.sorted():
        if diagnostic.severity is Severity.ERROR:
            raise DataError(
                f"with the rows to add, {diagnostic.message()} ({diagnostic.code})", diagnostic.help()
            )
    return checked


def _require_growth(growth: Growth, tables: list[str], old: Mapping[str, int]) -> None:
    problems = growth.problems()
    if problems:
        more = f" (and {len(problems) - 1} more reasons)" if len(problems) > 1 else ""
        raise DataError(f"cannot append: {problems[0]}{more}", "--mode overwrite builds everything anew")
    if all(growth.new.get(n, 0) == old.get(n) for n in tables):
        raise DataError(
            "nothing to append: no table has a literal row count to add",
            "give one in the spec, or with --rows",
        )


# --- what is there -----------------------------------------------------------------------------


def require_room(job: Job, folder: Path) -> None:
    """Raises DataError where data is in the way, EnvironmentFailure where a folder is one instead of a file
    or the other way round."""
    targets = job.targets()
    folders = {assembly.name for assembly in job.assemblies if assembly.folder}
    for name in (*targets, MANIFEST_NAME):
        path = folder / name
        if path.is_dir() and name not in folders:
            raise EnvironmentFailure(f"`{path}` is a folder where a file should be written")
        if path.exists() and not path.is_dir() and name in folders:
            raise EnvironmentFailure(f"`{path}` is a file where a folder should be made")
    if job.mode is Mode.OVERWRITE:
        _require_own(job, folder, folders)
        return
    previous = [] if job.previous is None else job.previous.names()
    tops = {name.split("/")[0] for name in previous} if job.base is not None else set()
    there = [n for n in targets if (folder / n).exists() and not (n in folders and n in tops)]
    if job.base is not None and job.base.variants is not None:
        there = [n for n in there if n != VARIANTS_NAME]  # written anew for all rows
    if job.base is not None:
        missing = [name for name in job.base.names() if not (folder / name).exists()]
        if missing:
            raise DataError(
                f"`{folder / missing[0]}` is missing, so that nothing can be added to the data in `{folder}`",
                "--mode overwrite builds everything anew",
            )
    elif job.previous is not None:
        there = [n for n in previous if (folder / n).exists() or n in there] + [
            n for n in there if n not in previous
        ]
    if there:
        more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
        adding = "--mode append adds rows, " if job.batch is None else ""
        raise DataError(
            f"`{folder}` already holds {', '.join(there[:_NAMED])}{more}",
            f"--mode overwrite replaces the data, {adding}-o names another folder",
        )


def _require_own(job: Job, folder: Path, folders: set[str]) -> None:
    """Raises DataError where a folder to be made holds files that no build has put there: whoever reads the
    folder would read them too."""
    own = set() if job.previous is None else set(job.previous.names())
    for name in sorted(folders):
        for path in sorted((folder / name).rglob("*")):
            if not path.is_dir() and path.relative_to(folder).as_posix() not in own:
                raise DataError(
                    f"`{path}` is no file of a build, and would be taken for data of `{folder / name}`",
                    "move it away, or choose another folder with -o",
                )
