"""A batch between its files and its place in the checkpoint.

The folder beside the checkpoint is complete before the first file of the batch gets its name, and gone when
the batch is in the checkpoint. Whatever kills a build, the files say which of the two it came to.
"""

from __future__ import annotations

import hashlib
import json
import os
import shutil
from collections.abc import Sequence
from dataclasses import asdict
from pathlib import Path
from typing import Any

from specdsl.building.lock import locked
from specdsl.building.manifest import MANIFEST_NAME
from specdsl.building.staging import Staging, sync_folder, write_durably
from specdsl.checkpoints.model import Batch, ChangedKeys, Keys, StoredSpec
from specdsl.checkpoints.store import as_json, from_json

_RECORD = "batch.json"


class Pending:
    """The folder ``folder``."""

    def __init__(self, folder: Path) -> None:
        self.folder = folder

    def begin(self) -> None:
        """An empty folder, into which keys can be written."""
        self.remove()
        self.folder.mkdir(parents=True)

    def keys_path(self, number: int) -> Path:
        """Where the keys of the table with that number go."""
        return self.folder / f"keys-{number}.parquet"

    @property
    def changes_path(self) -> Path:
        """Where the rows go that the batch has changed."""
        return self.folder / "changes.parquet"

    def record(
        self,
        batch: Batch,
        spec: StoredSpec,
        keys: Sequence[Keys],
        manifest: str,
        changed: ChangedKeys | None = None,
    ) -> None:
        """From now on the batch counts if the folder of its files has ``manifest``."""
        for path in [*(some.path for some in keys), *([] if changed is None else [changed.path])]:
            with path.open("rb") as file:
                os.fsync(file.fileno())
        value = {
            "batch": as_json(batch),
            "spec": {key: _plain(part) for key, part in asdict(spec).items()},
            "keys": [{"table": k.table, "columns": list(k.columns), "file": k.path.name} for k in keys],
            "changes": None if changed is None else changed.path.name,
            "manifest": _digest(manifest),
        }
        write_durably(self.folder / _RECORD, json.dumps(value, ensure_ascii=False))
        sync_folder(self.folder.parent)

    def read(self) -> tuple[Batch, StoredSpec, list[Keys], ChangedKeys | None, str] | None:
        """The batch that is recorded, its spec, keys and changes, and the hash of its manifest."""
        try:
            value: dict[str, Any] = json.loads((self.folder / _RECORD).read_text(encoding="utf-8"))
        except (OSError, ValueError):
            return None
        keys = [
            Keys(str(k["table"]), tuple(map(str, k["columns"])), self.folder / str(k["file"]))
            for k in value["keys"]
        ]
        name = value["changes"]
        changed = None if name is None else ChangedKeys(self.folder / str(name))
        return from_json(value["batch"]), StoredSpec(**value["spec"]), keys, changed, str(value["manifest"])

    def remove(self) -> None:
        """The record first: without it nothing else in the folder counts."""
        if self.folder.exists():
            (self.folder / _RECORD).unlink(missing_ok=True)
            shutil.rmtree(self.folder)


def is_published(folder: Path, manifest: str) -> bool:
    """Whether the files of a batch are in ``folder``, with the manifest of that hash; a publication that was
    cut off is completed."""
    if not folder.is_dir():
        return False
    with locked(folder):
        staging = Staging(folder)
        text = staging.published()
        if text is not None and _digest(text) == manifest:
            staging.complete()
    try:
        return _digest((folder / MANIFEST_NAME).read_text(encoding="utf-8")) == manifest
    except (OSError, UnicodeDecodeError):
        return False


def _digest(text: str) -> str:
    return hashlib.sha256(text.encode()).hexdigest()


def _plain(part: Any) -> Any:
    return dict(part) if hasattr(part, "items") else part
