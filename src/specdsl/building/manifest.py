"""The manifest: which files make a dataset, and what made them. It is written last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass, field
from pathlib import Path
from typing import Any

from specdsl.errors import DataError

MANIFEST_NAME = "manifest.json"
KEY_NAME = "_answers.parquet"
VARIANTS_NAME = "_variants.parquet"
ANSWERS_NAME = "_answers.jsonl"
SCHEMA_NAME = "_schema.json"
"""Files beside the data, which readers of whole folders pass over for the line in front: the key to declared
dirt, the list of the rows of variants, and key and schema of rows that are invalid."""
_FORM = 1  # of the manifest itself


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file. ``path`` is relative, with ``/``. It holds rows ``first_row .. first_row + rows - 1`` of its
    table; ``first_row`` is None where they do not follow each other (a partition), ``rows`` where it cannot
    be said (the files of a Delta table). A container that holds all tables is a file of each of them."""

    path: str
    first_row: int | None
    rows: int | None
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table. ``declared`` is its literal row count (None: it follows from other tables).
    ``partition_by``: the columns whose values name the folders that its files are in. ``bare``: the column
    whose values are the rows themselves, in JSON. ``copies``: how many of the rows, the last ones, are
    declared copies of others."""

    rows: int
    declared: int | None
    files: tuple[FileEntry, ...]
    partition_by: tuple[str, ...] = ()
    bare: str | None = None
    copies: int = 0


@dataclass(frozen=True, slots=True)
class Origin:
    """What decides every byte besides row counts. ``spec`` is a hash of the checked program and the data
    files that it reads, without row counts, seed and documentation. ``edge``: the share of edge rows.
    ``stored``: by table, what was read of databases."""

    name: str
    spec: str
    seed: int
    now: str
    locale: str
    specdsl: str
    stream_version: int
    data_versions: Mapping[str, str]
    plugins: Mapping[str, str] = field(default_factory=dict)
    edge: float = 0.0
    stored: Mapping[str, str] = field(default_factory=dict)

    def written(self) -> dict[str, Any]:
        """The origin as JSON; without edge rows or rows of databases, nothing is said of them."""
        said = asdict(self) | {"data_versions": dict(self.data_versions)}
        return {key: value for key, value in said.items() if key not in ("edge", "stored") or value}


@dataclass(frozen=True, slots=True)
class Invalid:
    """The rows that break their schema on purpose. ``asked``: their share of each table, ``5%``, and the
    hash of a schema that was given. ``rows``: how many there are, by table. ``answers``: the key;
    ``schema``: the schema that they break."""

    asked: Mapping[str, str]
    rows: Mapping[str, int]
    answers: FileEntry
    schema: FileEntry


@dataclass(frozen=True, slots=True)
class Changes:
    """What a batch changes. ``form``: of its change records ("" where it has plain rows), ``options``: those
    of the form that differ from its defaults. ``sequence``: the numbers of its first change and of the last.
    ``tables``: inserts, updates and deletes by table. ``snapshot``: the file of each table with all its rows
    as they are after the batch."""

    form: str
    sequence: tuple[int, int]
    tables: Mapping[str, tuple[int, int, int]]
    snapshot: Mapping[str, FileEntry] = field(default_factory=dict)
    options: Mapping[str, Any] = field(default_factory=dict)

    def written(self) -> dict[str, Any]:
        """As JSON."""
        words = ("inserts", "updates", "deletes")
        return {
            **({"form": self.form} if self.form else {}),
            **({"options": dict(sorted(self.options.items()))} if self.options else {}),
            "first": self.sequence[0],
            "last": self.sequence[1],
            "tables": {n: dict(zip(words, counts, strict=True)) for n, counts in self.tables.items()},
            **({"snapshot": {n: asdict(e) for n, e in self.snapshot.items()}} if self.snapshot else {}),
        }


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of it. ``verification`` is a summary of the report (None: not verified). ``options``: those of
    the format that differ from its defaults. ``answers``: the key to declared dirt (None: there is none).
    ``variants``: the list of their rows. ``invalid``: None where no rows break their schema on purpose.
    ``batch``: which one of a checkpoint it is; ``changes``: what it changes, where that is written or is not
    only new rows. With change records the rows of a table are the records that there are of it."""

    origin: Origin
    format: str
    compression: str
    tables: Mapping[str, TableEntry]
    verification: Mapping[str, Any] | None = None
    options: Mapping[str, Any] = field(default_factory=dict)
    answers: FileEntry | None = None
    invalid: Invalid | None = None
    batch: int | None = None
    variants: FileEntry | None = None
    changes: Changes | None = None

    def text(self) -> str:
        """The manifest as JSON; the same build gives the same text."""
        tables = {
            name: {
                "rows": table.rows,
                "declared": table.declared,
                **({"partition_by": list(table.partition_by)} if table.partition_by else {}),
                **({"bare": table.bare} if table.bare is not None else {}),
                **({"copies": table.copies} if table.copies else {}),
                "files": [asdict(entry) for entry in table.files],
            }
            for name, table in self.tables.items()
        }
        document = {
            "specdsl_manifest": _FORM,
            "dataset": self.origin.written(),
            "format": self.format,
            "compression": self.compression,
            **({} if self.batch is None else {"batch": self.batch}),
            "options": dict(sorted(self.options.items())),
            "tables": tables,
            **({"answers": asdict(self.answers)} if self.answers is not None else {}),
            **({"variants": asdict(self.variants)} if self.variants is not None else {}),
            "verification": self.verification,
            **({"invalid": asdict(self.invalid)} if self.invalid is not None else {}),
            **({"changes": self.changes.written()} if self.changes is not None else {}),
        }
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

    def names(self) -> list[str]:
        """The files of all tables, each once, and those about them."""
        beside = [entry.path for entry in (self.answers, self.variants) if entry is not None]
        beside += [] if self.invalid is None else [self.invalid.answers.path, self.invalid.schema.path]
        of_tables = (entry.path for table in self.tables.values() for entry in table.files)
        snapshot = [] if self.changes is None else [e.path for e in self.changes.snapshot.values()]
        return list(dict.fromkeys([*of_tables, *snapshot, *beside]))


def read_manifest(folder: Path) -> Manifest | None:
    """The manifest in ``folder``, None when there is none. Raises DataError when the file of that name is
    not one, or is from a later version."""
    path = folder / MANIFEST_NAME
    try:
        text = path.read_text(encoding="utf-8")
    except (FileNotFoundError, NotADirectoryError):
        return None
    except UnicodeDecodeError:
        text = ""
    try:
        document = json.loads(text)
        form = document["specdsl_manifest"]
    except (ValueError, KeyError, TypeError):
        raise DataError(
            f"`{path}` is not one of specdsl's", "choose another folder with -o, or move the file away"
        ) from None
    if form != _FORM:
        raise DataError(f"`{path}` was written by another version of specdsl (form {form})")
    try:
        return _manifest(document)
    except (KeyError, TypeError, ValueError) as error:
        raise DataError(f"`{path}` is damaged: {error!r}", "--mode overwrite builds the data anew") from None


def _manifest(document: Mapping[str, Any]) -> Manifest:
    tables = {
        str(name): TableEntry(
            int(table["rows"]),
            None if table["declared"] is None else int(table["declared"]),
            tuple(FileEntry(**entry) for entry in table["files"]),
            tuple(map(str, table.get("partition_by", ()))),
            None if table.get("bare") is None else str(table["bare"]),
            int(table.get("copies", 0)),
        )
        for name, table in document["tables"].items()
    }
    invalid = _invalid(document["invalid"]) if document.get("invalid") is not None else None
    made = Manifest(
        Origin(**document["dataset"]),
        str(document["format"]),
        str(document["compression"]),
        tables,
        document["verification"],
        dict(document.get("options", {})),
        FileEntry(**document["answers"]) if document.get("answers") is not None else None,
        invalid,
        None if document.get("batch") is None else int(document["batch"]),
        FileEntry(**document["variants"]) if document.get("variants") is not None else None,
        _changes(document["changes"]) if document.get("changes") is not None else None,
    )
    for path in made.names():
        if not is_safe_path(path):
            raise ValueError(f"`{path}` is not a file of this folder")
    return made


def _changes(told: Mapping[str, Any]) -> Changes:
    tables = {
        str(n): (int(t["inserts"]), int(t["updates"]), int(t["deletes"])) for n, t in told["tables"].items()
    }
    snapshot = {str(n): FileEntry(**entry) for n, entry in told.get("snapshot", {}).items()}
    numbers = int(told["first"]), int(told["last"])
    return Changes(str(told.get("form", "")), numbers, tables, snapshot, dict(told.get("options", {})))


def _invalid(told: Mapping[str, Any]) -> Invalid:
    rows = {str(name): int(count) for name, count in told["rows"].items()}
    return Invalid(dict(told["asked"]), rows, FileEntry(**told["answers"]), FileEntry(**told["schema"]))


def is_safe_path(path: object) -> bool:
    """Whether ``path`` can only be a file below the folder (a manifest is not to be trusted): relative, with
    ``/`` between names, none of them ``.`` or ``..``, and nothing that any system takes for more."""
    return (
        isinstance(path, str)
        and not any(mark in path for mark in "\\:\0")
        and all(part not in ("", ".", "..") for part in path.split("/"))
    )
