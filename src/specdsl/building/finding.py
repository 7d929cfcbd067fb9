"""Which files of a folder are which tables of a spec."""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping
from dataclasses import dataclass, field, replace
from pathlib import Path
from typing import TYPE_CHECKING
from urllib.parse import quote

from specdsl.building.manifest import VARIANTS_NAME
from specdsl.errors import DataError, EnvironmentFailure
from specdsl.ir.spoiled import without_dirt
from specdsl.sinks.registry import CONTAINERS
from specdsl.verify.json_rows import json_rows
from specdsl.verify.reading import TableFiles

if TYPE_CHECKING:
    from specdsl.building.manifest import FileEntry, Invalid, Manifest
    from specdsl.ir.model import Dataset

ENDINGS: Mapping[str, tuple[str, ...]] = {
    "parquet": (".parquet", ".pq"),
    "csv": (".csv",),
    "jsonl": (".jsonl", ".ndjson"),
    "json": (".json",),
    "arrow": (".arrow", ".ipc", ".feather"),
    "orc": (".orc",),
    "avro": (".avro",),
    "sqlite": (".sqlite", ".db", ".sqlite3"),
    "duckdb": (".duckdb",),
    "sql": (".sql",),
    "excel": (".xlsx",),
    "delta": (),
}
_COMPRESSED = ("", ".gz", ".zst", ".bz2", ".xz", ".zip")
_INSIDE: Mapping[str, str] = {"delta": "_delta_log"}
"""Formats that make a folder for each table, and what tells such a folder."""


@dataclass(frozen=True, slots=True)
class Found:
    """The files by table, and the tables without any. ``rows``: by table, where the folder is a build of
    this very spec. ``changed``: files that are not what that build wrote. ``notes``: why a manifest that is
    there was not gone by. ``edge``: the share of edge rows that the build was made with. ``answers``: the
    key to declared dirt (None: the data are to be clean). ``variants``: the list of their rows.
    ``invalid``: the folder and its rows that break their schema on purpose."""

    tables: Mapping[str, TableFiles]
    missing: tuple[str, ...]
    rows: Mapping[str, int] | None = None
    changed: tuple[Path, ...] = field(default=())
    notes: tuple[str, ...] = ()
    edge: float = 0.0
    answers: Path | None = None
    invalid: tuple[Path, Invalid] | None = None
    variants: Path | None = None


def find_tables(dataset: Dataset, folder: Path) -> Found:
    """The files of ``dataset`` in ``folder``: those of its manifest if a build of the same spec wrote it,
    else by their names: ``users.csv``, ``users-00001.csv`` and so on, or all files in ``users/``.

    Raises EnvironmentFailure (no such folder) and DataError (nothing in it, one table in two formats).
    """
    from specdsl.building.identity import spec_hash
    from specdsl.building.manifest import KEY_NAME, read_manifest

    if not folder.exists():
        raise EnvironmentFailure(f"there is no folder `{folder}`")
    if not folder.is_dir():
        raise EnvironmentFailure(f"`{folder}` is a file, not a folder with data")
    notes: tuple[str, ...] = ()
    try:
        manifest = read_manifest(folder)
    except DataError as problem:  # of some other program, perhaps
        manifest = None
        notes = (f"{problem.message}: files are taken by their names, and not held against their checksums",)
    if manifest is not None and (manifest.batch or 1) > 1:
        raise DataError(
            f"`{folder}` is batch {manifest.batch} of a checkpoint: its rows refer to earlier batches",
            "name the folder that has all batches, or say what knows where they are: --checkpoint STATE",
        )
    if manifest is not None:
        require_rows(folder, manifest)
    if manifest is not None and manifest.origin.spec in (
        spec_hash(dataset),
        spec_hash(without_dirt(dataset)),
    ):
        return built(dataset, folder, manifest)
    if manifest is not None:
        notes = ("the manifest is of another spec: files are taken by their names",)
    tables: dict[str, TableFiles] = {}
    for name in dataset.tables:
        by_format = {form: paths for form in ENDINGS if (paths := _found(dataset, folder, name, form))}
        if len(by_format) > 1:
            listed = " and ".join(paths[0].name for paths in by_format.values())
            raise DataError(f"table `{name}` is there in several formats: {listed}", "move all but one away")
        for form, paths in by_format.items():
            divided = _divided(paths[0], dataset.tables[name].partition_by)
            tables[name] = TableFiles(paths, form, {}, divided, json=json_rows(dataset.tables[name]))
    if not tables:
        wanted = ", ".join(f"{name}.csv" for name in list(dataset.tables)[:3])
        raise DataError(
            f"no data of this spec is in `{folder}`",
            f"files are found by their tables' names: {wanted} (or .parquet, .jsonl, .arrow)",
        )
    missing = tuple(name for name in dataset.tables if name not in tables)
    key = _key_by_name(dataset, folder)
    if key is None and any(table.dirt for table in dataset.tables.values()):
        notes += (f"there is no {KEY_NAME}, which says what was spoiled: no row may break a rule",)
    rows_of = _variants_by_name(dataset, folder)
    if rows_of is None and any(table.variants for table in dataset.tables.values()):
        notes += (f"there is no {VARIANTS_NAME}: what variants replace is not checked",)
    return Found(tables, missing, notes=notes, answers=key, variants=rows_of)


def require_rows(folder: Path, manifest: Manifest) -> None:
    """Raises DataError where the files that ``manifest`` lists are change records."""
    if manifest.changes is None or not manifest.changes.form:
        return
    told = "what a batch changes was checked when it was built"
    for entry in list(manifest.changes.snapshot.values())[:1]:
        told += f"; `{(folder / entry.path).parent}` has rows that can be verified"
    raise DataError(
        f"`{folder}` has change records ({manifest.changes.form}), and not the rows of tables", told
    )


def _variants_by_name(dataset: Dataset, folder: Path) -> Path | None:
    """The list of rows of variants in a folder that no manifest describes."""
    path = folder / VARIANTS_NAME
    return path if any(t.variants for t in dataset.tables.values()) and path.is_file() else None


def _key_by_name(dataset: Dataset, folder: Path) -> Path | None:
    """The answer key in a folder that no manifest describes, where the spec declares dirt."""
    from specdsl.building.manifest import KEY_NAME

    path = folder / KEY_NAME
    return path if any(t.dirt for t in dataset.tables.values()) and path.is_file() else None


def built(dataset: Dataset, folder: Path, manifest: Manifest) -> Found:
    """The files that ``manifest`` lists. Raises DataError where one is gone."""
    tables: dict[str, TableFiles] = {}
    rows: dict[str, int] = {}
    seen: set[Path] = set()
    invalid = manifest.invalid
    beside = (invalid.answers, invalid.schema) if invalid is not None else ()
    changed = [folder / file.path for file in beside if not is_same(folder / file.path, file)]
    for name, entry in manifest.tables.items():
        paths = [folder / file.path for file in entry.files]
        read, divided = paths, entry.partition_by
        if manifest.format in CONTAINERS:
            read = [folder / entry.files[0].path.split("/")[0]]
        rows_of_json = replace(json_rows(dataset.tables[name]), bare=entry.bare)
        tables[name] = TableFiles(read, manifest.format, manifest.options, divided, json=rows_of_json)
        rows[name] = entry.rows
        for path, file in zip(paths, entry.files, strict=True):
            if path in seen:  # a container holds many tables
                continue
            seen.add(path)
            if not is_same(path, file):
                changed.append(path)
    key = None if manifest.answers is None else folder / manifest.answers.path
    if key is not None and manifest.answers is not None and not is_same(key, manifest.answers):
        changed.append(key)
    listed = None if manifest.variants is None else folder / manifest.variants.path
    if listed is not None and manifest.variants is not None and not is_same(listed, manifest.variants):
        changed.append(listed)
    broken = None if invalid is None else (folder, invalid)
    edge = manifest.origin.edge
    return Found(tables, (), rows, tuple(changed), edge=edge, answers=key, invalid=broken, variants=listed)


def is_same(path: Path, entry: FileEntry) -> bool:
    """Whether a file is what the build wrote. Raises DataError where it is gone."""
    from specdsl.building.identity import file_digest

    try:
        return path.stat().st_size == entry.bytes and file_digest(str(path)) == entry.sha256
    except FileNotFoundError:
        raise DataError(f"`{path}` is gone, which the manifest lists") from None


def _found(dataset: Dataset, folder: Path, table: str, form: str) -> list[Path]:
    """The files of one table in one format; the container where the format is one."""
    from specdsl.building.parts import file_name

    container = CONTAINERS.get(form)
    if container is None:
        return _named(folder, table, form)
    if container.per_table:
        inside = folder / file_name(table, 0, "")
        return [inside] if (inside / _INSIDE[form]).is_dir() else []
    named = [folder / file_name(dataset.name, 0, ending) for ending in _endings(form)]
    there = [path for path in named if path.is_file()]
    if not there:
        there = [p for p in folder.iterdir() if p.is_file() and p.name.endswith(tuple(_endings(form)))]
    return there[:1] if len(there) == 1 else []


def _named(folder: Path, table: str, form: str) -> list[Path]:
    """The files of one table in one format, in the order of their numbers."""
    from specdsl.building.manifest import MANIFEST_NAME
    from specdsl.building.parts import file_name

    plain = {file_name(table, 0, ending) for ending in _endings(form)}
    stem = re.escape(file_name(table, 0, ""))
    numbered = re.compile(rf"{stem}[-_]\d+({'|'.join(map(re.escape, _endings(form)))})")
    files = [p for p in folder.iterdir() if p.is_file()]
    files = [p for p in files if p.name in plain or numbered.fullmatch(p.name)]
    inside = folder / file_name(table, 0, "")
    if inside.is_dir() and not any((inside / mark).exists() for mark in _INSIDE.values()):
        within = inside.rglob("*=*/*") if any(inside.glob("*=*/")) else inside.iterdir()
        files += [p for p in within if p.is_file() and p.name.endswith(tuple(_endings(form)))]
    return sorted(
        (p for p in files if p.name != MANIFEST_NAME),
        key=lambda p: [int(x) if x.isdigit() else x for x in re.split(r"(\d+)", str(p))],
    )


def _divided(path: Path, columns: tuple[str, ...]) -> tuple[str, ...]:
    """The columns whose values are in the names of the folders above ``path``, of those that are declared."""
    above = [folder.partition("=")[0] for folder in path.parts[-len(columns) - 1 : -1]]
    return columns if columns and above == [quote(column, safe="") for column in columns] else ()


def _endings(form: str) -> Iterator[str]:
    return (ending + compressed for ending in ENDINGS[form] for compressed in _COMPRESSED)
