"""The second stage of a build: containers and partitioned tables, made of intermediate files."""

from __future__ import annotations

import hashlib
import os
import re
import shutil
from collections.abc import Mapping
from pathlib import Path
from tempfile import TemporaryDirectory

from specdsl.building.dividing import Division, divide
from specdsl.building.job import Job
from specdsl.building.manifest import FileEntry
from specdsl.building.options import BuildListener
from specdsl.building.parts import Assembly, file_name
from specdsl.building.schemas import written_schema
from specdsl.building.staging import Staging, sync_folder
from specdsl.sinks.container import Container, Content
from specdsl.sinks.partitions import KEEP
from specdsl.verify.json_rows import json_rows
from specdsl.verify.reading import TableFiles


def assemble(
    job: Job,
    staging: Staging,
    entries: Mapping[str, FileEntry],
    told: BuildListener,
) -> dict[str, tuple[FileEntry, ...]]:
    """Make what the job's assemblies name, in the staging folder. ``entries``: the files that are written,
    by name. Gives the files of every table as they will be published. Raises
    DataError for what a format cannot hold, OSError."""
    if job.recorded:
        from specdsl.building.change_files import write_changes

        return write_changes(job, staging, entries, told)
    files: dict[str, tuple[FileEntry, ...]] = dict.fromkeys(job.tables, ())
    for part in (*job.parts, *job.queries):
        if part.table not in job.assembled:
            files[part.table] += (entries[part.name],)
    for assembly in job.assemblies:
        told.assembling(assembly.name)
        target = staging.path(assembly.name)
        _cleared(target)
        if job.form.container is None:
            files |= _divided(job, staging, assembly, entries, target)
            continue
        contents = [_content(job, staging, name, entries) for name in assembly.tables]
        files |= _contained(job, job.form.container, assembly, target, contents)
    return files


def final_files(
    job: Job, staging: Staging, made: Mapping[str, tuple[FileEntry, ...]], folder: Path
) -> dict[str, TableFiles]:
    """The files of every table as it will be, for verification; where change records are written, those of
    the new rows that they are made of."""
    if job.recorded:
        return {
            name: TableFiles(
                [staging.path(part.name) for part in job.parts if part.table == name],
                job.intermediate_sink.name,
                first_row=job.first_row(name),
            )
            for name in job.tables
        }
    form = job.form
    base = {} if job.base is None else job.base.tables
    paths = {name: [folder / entry.path for entry in table.files] for name, table in base.items()}
    for name, files in made.items():
        paths.setdefault(name, []).extend(staging.path(entry.path) for entry in files)
    if form.container is not None:
        paths |= {name: [staging.path(a.name)] for a in job.assemblies for name in a.tables}
        return {
            name: TableFiles(found, form.name, form.values, first_row=job.first_row(name))
            for name, found in paths.items()
        }
    tables = {}
    for name, found in paths.items():
        order = staging.path(_order_name(name))
        known = order.exists() and name not in base
        divided = job.dataset.tables[name].partition_by
        rows = json_rows(job.dataset.tables[name])
        numbers, first = order if known else None, job.first_row(name)
        tables[name] = TableFiles(found, form.name, form.values, divided, numbers, rows, first)
    return tables


def written_rows(job: Job, entries: Mapping[str, FileEntry]) -> dict[str, int]:
    """Rows that this build has written of each table."""
    rows = dict.fromkeys(job.tables, 0)
    for part in (*job.parts, *job.queries):
        rows[part.table] += entries[part.name].rows or 0
    return rows


def _content(job: Job, staging: Staging, table: str, entries: Mapping[str, FileEntry]) -> Content:
    parts = [part for part in (*job.parts, *job.queries) if part.table == table]
    rows = sum(entries[part.name].rows or 0 for part in parts)
    paths = tuple(staging.path(part.name) for part in parts)
    return Content(job.held.tables[table], written_schema(job, table), rows, paths)


def _divided(
    job: Job, staging: Staging, assembly: Assembly, entries: Mapping[str, FileEntry], target: Path
) -> dict[str, tuple[FileEntry, ...]]:
    (name,) = assembly.tables
    content = _content(job, staging, name, entries)
    sink = job.form.sink
    assert sink is not None
    taken = job.base.tables[name].files if job.base is not None and name in job.base.tables else ()
    options = job.form.write_options(job.dataset, name)
    division = Division(
        table=name,
        columns=job.dataset.tables[name].partition_by,
        schema=content.schema,
        paths=content.paths,
        sink=sink,
        options=options,
        keep=options.get(KEEP),
        name=assembly.name,
        number=1 + max((_number(entry.path) for entry in taken), default=0),
        first_row=job.old.get(name, 0),
    )
    with TemporaryDirectory(prefix="divide-", dir=staging.folder) as spill:
        return {name: divide(division, target, Path(spill), staging.path(_order_name(name)))}


def _number(path: str) -> int:
    """The number in the name of a file of a partition, 0 without one."""
    found = re.search(r"-(\d+)\.[^/]*$", path)
    return int(found[1]) if found else 0


def _order_name(table: str) -> str:
    return f".order-{file_name(table, 0, '.parquet')}"


def _contained(
    job: Job, container: Container, assembly: Assembly, target: Path, contents: list[Content]
) -> dict[str, tuple[FileEntry, ...]]:
    options = job.form.write_options(job.held, assembly.tables[0])
    container.write(target, job.written, contents, options)
    if not assembly.folder:
        size, digest = _kept(target)
        return {
            content.table.name: (
                FileEntry(assembly.name, job.first_row(content.table.name), content.rows, size, digest),
            )
            for content in contents
        }
    found = sorted(path for path in target.rglob("*") if path.is_file())
    entries = []
    for path in found:
        size, digest = _kept(path)
        name = f"{assembly.name}/{path.relative_to(target).as_posix()}"
        entries.append(FileEntry(name, None, None, size, digest))
    return {assembly.tables[0]: tuple(entries)}


def _cleared(target: Path) -> None:
    """Nothing is at ``target`` afterwards: what an interrupted build has left is made anew."""
    if target.is_dir():
        shutil.rmtree(target)
    else:
        target.unlink(missing_ok=True)


def _kept(path: Path) -> tuple[int, str]:
    """Size and SHA-256 of a file that was written by others, which is on disk afterwards."""
    with path.open("rb") as file:
        digest = hashlib.file_digest(file, "sha256").hexdigest()
        size = os.fstat(file.fileno()).st_size
    with path.open("rb+") as file:
        os.fsync(file.fileno())
    sync_folder(path.parent)
    return size, digest
