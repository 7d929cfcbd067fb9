"""One build, decided before anything is written: tables, rows, files, and what has to be there."""

from __future__ import annotations

import hashlib
from collections.abc import Mapping
from dataclasses import asdict, dataclass, replace
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specdsl.building.growth import Growth
from specdsl.building.identity import origin
from specdsl.building.manifest import MANIFEST_NAME, Manifest, Origin
from specdsl.building.options import BuildOptions, Mode
from specdsl.building.parts import Part, check_names, file_name, split
from specdsl.errors import DataError, EnvironmentFailure, UsageError
from specdsl.ir.model import Dataset
from specdsl.plan.planner import plan
from specdsl.sinks.base import Sink
from specdsl.sinks.registry import SINKS

if TYPE_CHECKING:
    from specdsl.compiler import Compilation
    from specdsl.generate.generator import DataSource, Generator

_NAMED = 5  # names in a message before "and so many more"


@dataclass(frozen=True)
class Job:
    """``tables``: those that are written, parents first, derived ones last. ``parts``: the files of those
    that are generated; ``queries``: the one file of each derived table. ``base``: the manifest that is added
    to. ``old``: rows that tables have already. ``previous``: the manifest that is there."""

    dataset: Dataset
    generator: Generator
    sink: Sink
    compression: str
    origin: Origin
    mode: Mode
    files: int
    tables: tuple[str, ...]
    parts: tuple[Part, ...]
    queries: tuple[Part, ...]
    old: Mapping[str, int]
    base: Manifest | None
    previous: Manifest | None

    @property
    def rows(self) -> dict[str, int]:
        """Rows that this build writes, 0 for derived tables."""
        rows = dict.fromkeys(self.tables, 0)
        for part in self.parts:
            rows[part.table] += part.rows
        return rows

    def request(self) -> dict[str, Any]:
        """What decides every byte that this build writes, and what it does with it: for the journal."""
        base = None if self.base is None else hashlib.sha256(self.base.text().encode()).hexdigest()
        return {
            "mode": str(self.mode),
            "origin": asdict(self.origin) | {"data_versions": dict(self.origin.data_versions)},
            "format": self.sink.name,
            "compression": self.compression,
            "files": self.files,
            "rows": self.rows,
            "base": base,
        }

    def names(self) -> list[str]:
        return [part.name for part in (*self.parts, *self.queries)]

    def stale(self) -> list[str]:
        """Files of the build before that this one does not write."""
        if self.mode is not Mode.OVERWRITE or self.previous is None:
            return []
        return sorted(set(self.previous.names()) - set(self.names()))


def decide(
    compilation: Compilation, options: BuildOptions, mode: Mode, data: DataSource, previous: Manifest | None
) -> Job:
    """The job. Raises UsageError for what cannot be asked, DataError where rows cannot be added to what the
    manifest lists, GenerationError, OSError."""
    from specdsl.generate.generator import Generator

    dataset = compilation.dataset
    if dataset is None:
        raise ValueError("a compilation with errors cannot be built")
    sink, compression = _sink(options)
    tables = _tables(dataset, options.tables)
    source = _origin(dataset)
    base = previous if mode is Mode.APPEND else None
    if base is not None:
        _require_same(base, source, sink.name, compression, options.out_dir)
        dataset = _grown(compilation, dataset, base, tables)
    planned = plan(dataset)
    generator = Generator(planned, data)
    generated = [n for n in planned.order if n in tables and dataset.tables[n].query is None]
    derived = [n for n in planned.order if n in tables and dataset.tables[n].query is not None]
    old = {} if base is None else {name: entry.rows for name, entry in base.tables.items()}
    if base is not None:
        new = {n: generator.row_count(n) for n, t in dataset.tables.items() if t.query is None}
        _require_growth(Growth(planned, old, old | {n: new[n] for n in generated}), generated, old)
    extension = sink.extension(compression)
    parts: list[Part] = []
    for name in generated:
        start, stop = old.get(name, 0), generator.row_count(name)
        if name not in old or stop > start:
            taken = (
                [] if base is None or name not in base.tables else [f.path for f in base.tables[name].files]
            )
            parts += split(name, start, stop, options.files, extension, taken)
    number = 0 if options.files == 1 else 1
    queries = [Part(n, file_name(n, number, extension), 0, 0) for n in derived if n not in old]
    check_names([*parts, *queries], [MANIFEST_NAME])
    written = tuple(n for n in (*generated, *derived) if n in {p.table for p in (*parts, *queries)})
    return Job(
        dataset,
        generator,
        sink,
        compression,
        source,
        mode,
        options.files,
        written,
        tuple(parts),
        tuple(queries),
        old,
        base,
        previous,
    )


def _sink(options: BuildOptions) -> tuple[Sink, str]:
    sink = SINKS.get(options.format)
    if sink is None:
        raise UsageError(f"there is no format `{options.format}`", f"one of: {', '.join(SINKS)}")
    compression = options.compression or sink.compressions[0]
    if compression not in sink.compressions:
        raise UsageError(
            f"{sink.name} cannot be compressed by `{compression}`", f"one of: {', '.join(sink.compressions)}"
        )
    if options.files < 1:
        raise UsageError(f"a table is split into at least 1 file, not {options.files}")
    return sink, compression


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


# --- appending -------------------------------------------------------------------------------


def _require_same(base: Manifest, now: Origin, format: str, compression: str, folder: Path) -> None:
    """Raises DataError where new rows would not belong to the old ones."""
    then = base.origin
    help = "--mode overwrite builds everything anew"
    if then.spec != now.spec:
        raise DataError(f"the data in `{folder}` was made by another spec (or other data files)", help)
    if then.seed != now.seed:
        raise DataError(
            f"the data in `{folder}` was made with seed {then.seed}, not {now.seed}", f"--seed {then.seed}"
        )
    if (then.stream_version, then.data_versions) != (now.stream_version, now.data_versions):
        raise DataError(f"the data in `{folder}` was made by a version of specdsl with other values", help)
    if (base.format, base.compression) != (format, compression):
        raise DataError(
            f"the data in `{folder}` is {base.format} ({base.compression}), not {format} ({compression})",
            f"-f {base.format} --compression {base.compression}",
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
    """Raises DataError where data is in the way, EnvironmentFailure where a folder is."""
    names = job.names()
    for name in (*names, MANIFEST_NAME):
        if (folder / name).is_dir():
            raise EnvironmentFailure(f"`{folder / name}` is a folder where a file should be written")
    there = [name for name in names if (folder / name).exists()]
    if job.mode is Mode.OVERWRITE:
        return
    if job.base is not None:
        missing = [name for name in job.base.names() if not (folder / name).exists()]
        if missing:
            raise DataError(
                f"`{folder / missing[0]}` is missing, so that nothing can be added to the data in `{folder}`",
                "--mode overwrite builds everything anew",
            )
    elif job.previous is not None:
        there = [n for n in job.previous.names() if (folder / n).exists() or n in there] + [
            n for n in there if n not in job.previous.names()
        ]
    if there:
        more = f" and {len(there) - _NAMED} more" if len(there) > _NAMED else ""
        raise DataError(
            f"`{folder}` already holds {', '.join(there[:_NAMED])}{more}",
            "--mode overwrite replaces the data, --mode append adds rows, -o names another folder",
        )
