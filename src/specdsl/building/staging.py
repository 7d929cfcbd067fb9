"""The folder inside the output folder where a build writes until all of it is good.

It holds finished files under their final paths, a journal of them, and for a moment the record of a
publication. Whatever kills the process, files under their final names in the output folder are whole:
they get there by rename alone.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Mapping
from dataclasses import asdict, dataclass
from pathlib import Path
from typing import Any

from specdsl.building.manifest import MANIFEST_NAME, FileEntry, is_safe_path

STAGING_NAME = ".specdsl-build"
_JOURNAL = ".journal.jsonl"  # no table is written to a name with a dot in front
_RECORD = ".publish.json"


def sync_folder(folder: Path) -> None:
    """Make renames in ``folder`` last. Systems that cannot sync folders are left alone."""
    try:
        descriptor = os.open(folder, os.O_RDONLY)
    except OSError:
        return
    try:
        os.fsync(descriptor)
    except OSError:
        pass
    finally:
        os.close(descriptor)


def write_durably(path: Path, text: str) -> None:
    """Write a small file whole or not at all."""
    temporary = path.with_name(path.name + ".new")
    with temporary.open("w", encoding="utf-8") as file:
        file.write(text)
        file.flush()
        os.fsync(file.fileno())
    temporary.replace(path)
    sync_folder(path.parent)


def remove_below(folder: Path, path: str) -> None:
    """Remove the file at the relative ``path``, and the folders above it that are empty then. What a link
    leads to elsewhere is left alone."""
    file = folder / path
    if not file.parent.resolve().is_relative_to(folder.resolve()):
        return
    file.unlink(missing_ok=True)
    for parent in list(file.parents)[: path.count("/")]:
        try:
            parent.rmdir()
        except OSError:
            break


@dataclass(frozen=True, slots=True)
class Journal:
    """What an interrupted build has left: what it was asked for, and the files that are whole."""

    request: Mapping[str, Any]
    entries: Mapping[str, tuple[str, FileEntry]]  # name -> table, entry


class Staging:
    """The staging folder of one output folder."""

    def __init__(self, out_dir: Path) -> None:
        self.out_dir = out_dir
        self.folder = out_dir / STAGING_NAME

    def path(self, name: str) -> Path:
        return self.folder / name

    def exists(self) -> bool:
        return self.folder.exists()

    def begin(self, request: Mapping[str, Any]) -> None:
        """An empty folder with a journal for ``request``."""
        self.remove()
        self.folder.mkdir()
        write_durably(self.path(_JOURNAL), json.dumps({"request": request}) + "\n")

    def record(self, table: str, entry: FileEntry) -> None:
        """Note that a file is whole and on disk."""
        with self.path(_JOURNAL).open("a", encoding="utf-8") as file:
            file.write(json.dumps({"table": table, **asdict(entry)}) + "\n")
            file.flush()
            os.fsync(file.fileno())

    def journal(self) -> Journal | None:
        """The journal, as far as it is readable; None without one. A last line cut off is left out."""
        try:
            lines = self.path(_JOURNAL).read_text(encoding="utf-8").split("\n")
            request = json.loads(lines[0])["request"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        entries: dict[str, tuple[str, FileEntry]] = {}
        for line in lines[1:-1]:
            try:
                fields = json.loads(line)
                table = fields.pop("table")
                entry = FileEntry(**fields)
            except (ValueError, KeyError, TypeError, AttributeError):
                break
            entries[entry.path] = (table, entry)
        return Journal(request, entries)

    def is_whole(self, entry: FileEntry) -> bool:
        """Whether the file of a journal entry is there with the bytes that were written."""
        path = self.path(entry.path)
        try:
            if path.stat().st_size != entry.bytes:
                return False
            with path.open("rb") as file:
                return hashlib.file_digest(file, "sha256").hexdigest() == entry.sha256
        except OSError:
            return False

    def remove(self) -> None:
        """Everything in the folder, and the folder."""
        if self.folder.is_symlink() or self.folder.is_file():
            self.folder.unlink()
        elif self.folder.exists():
            shutil.rmtree(self.folder)

    # --- publishing ---------------------------------------------------------------------------

    def publish(self, names: list[str], stale: list[str], manifest: str) -> None:
        """Move ``names`` to the output folder, then the manifest; remove ``stale`` files and this folder.

        The record is written first, so that a publication that was cut off can be completed.
        """
        record = {"names": names, "stale": stale, "manifest": manifest}
        write_durably(self.path(_RECORD), json.dumps(record))
        self._move(names, stale, manifest)

    def published(self) -> str | None:
        """The manifest of a publication that was cut off; None where there is none."""
        try:
            manifest = json.loads(self.path(_RECORD).read_text(encoding="utf-8"))["manifest"]
        except (OSError, ValueError, KeyError, TypeError):
            return None
        return str(manifest)

    def complete(self) -> bool:
        """Complete a publication that was cut off; whether there was one."""
        try:
            record = json.loads(self.path(_RECORD).read_text(encoding="utf-8"))
            names, stale, manifest = record["names"], record["stale"], record["manifest"]
        except (OSError, ValueError, KeyError, TypeError):
            return False
        if not all(map(is_safe_path, [*names, *stale])):
            return False
        self._move(names, stale, manifest)
        return True

    def _move(self, names: list[str], stale: list[str], manifest: str) -> None:
        made: set[Path] = set()
        for name in names:
            if self.path(name).exists():
                target = self.out_dir / name
                if target.parent not in made:
                    target.parent.mkdir(parents=True, exist_ok=True)
                    made.add(target.parent)
                self.path(name).replace(target)
        for folder in made:
            sync_folder(folder)
        sync_folder(self.out_dir)
        write_durably(self.path(MANIFEST_NAME), manifest)
        self.path(MANIFEST_NAME).replace(self.out_dir / MANIFEST_NAME)
        for name in stale:
            remove_below(self.out_dir, name)
        sync_folder(self.out_dir)
        # The record goes last: as long as anything else is there, a publication can be told from a build.
        for path in self.folder.iterdir():
            if path.name != _RECORD:
                shutil.rmtree(path) if path.is_dir() else path.unlink()
        self.remove()
