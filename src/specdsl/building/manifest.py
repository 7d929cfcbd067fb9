"""The manifest: which files make a dataset, and what made them. It is written last."""

from __future__ import annotations

import json
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from specdsl.errors import DataError

MANIFEST_NAME = "manifest.json"
_FORM = 1  # of the manifest itself


@dataclass(frozen=True, slots=True)
class FileEntry:
    """One file: rows ``first_row .. first_row + rows - 1`` of its table. ``path`` is a bare name."""

    path: str
    first_row: int
    rows: int
    bytes: int
    sha256: str


@dataclass(frozen=True, slots=True)
class TableEntry:
    """One table. ``declared`` is its literal row count (None: it follows from other tables)."""

    rows: int
    declared: int | None
    files: tuple[FileEntry, ...]


@dataclass(frozen=True, slots=True)
class Origin:
    """What decides every byte besides row counts. ``spec`` is a hash of the checked program and the data
    files that it reads, without row counts, seed and documentation."""

    name: str
    spec: str
    seed: int
    now: str
    locale: str
    specdsl: str
    stream_version: int
    data_versions: Mapping[str, str]


@dataclass(frozen=True, slots=True)
class Manifest:
    """All of it. ``verification`` is a summary of the report (None: not verified)."""

    origin: Origin
    format: str
    compression: str
    tables: Mapping[str, TableEntry]
    verification: Mapping[str, Any] | None = None

    def text(self) -> str:
        """The manifest as JSON; the same build gives the same text."""
        tables = {
            name: {
                "rows": table.rows,
                "declared": table.declared,
                "files": [asdict(entry) for entry in table.files],
            }
            for name, table in self.tables.items()
        }
        document = {
            "specdsl_manifest": _FORM,
            "dataset": {**asdict(self.origin), "data_versions": dict(self.origin.data_versions)},
            "format": self.format,
            "compression": self.compression,
            "tables": tables,
            "verification": self.verification,
        }
        return json.dumps(document, indent=2, ensure_ascii=False) + "\n"

    def names(self) -> list[str]:
        """The files of all tables."""
        return [entry.path for table in self.tables.values() for entry in table.files]


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
        )
        for name, table in document["tables"].items()
    }
    for table in tables.values():
        for entry in table.files:
            if not is_bare_name(entry.path):
                raise ValueError(f"`{entry.path}` is not a file of this folder")
    return Manifest(
        Origin(**document["dataset"]),
        str(document["format"]),
        str(document["compression"]),
        tables,
        document["verification"],
    )


def is_bare_name(name: object) -> bool:
    """Whether ``name`` can only be a file directly in the folder (a manifest is not to be trusted)."""
    return (
        isinstance(name, str) and name not in ("", ".", "..") and Path(name).name == name and "\0" not in name
    )
