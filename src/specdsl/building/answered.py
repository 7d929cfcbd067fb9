"""Data with rows that break their schema on purpose, as verification sees it: the clean values are put back,
and the rows are held against the answer key on the way."""

from __future__ import annotations

import json
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import dataclass, replace
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

from specdsl.building.manifest import Invalid
from specdsl.errors import DataError

if TYPE_CHECKING:
    from specdsl.building.finding import Found
    from specdsl.verify.report import RuleResult, VerifyReport


@dataclass(frozen=True, slots=True)
class Answered:
    """``paths``: the restored files by table. ``results``: what the rows say to the key, a result a table."""

    paths: Mapping[str, Sequence[Path]]
    results: tuple[RuleResult, ...]

    def joined(self, report: VerifyReport) -> VerifyReport:
        """``report`` on the restored files, with these results."""
        return replace(report, rules=(*report.rules, *self.results))


@contextmanager
def answered(
    invalid: Invalid,
    form: str,
    folder: Path,
    files: Mapping[str, Sequence[tuple[str, Path]]],
    temp_dir: Path | None = None,
) -> Iterator[Answered]:
    """Restore ``files`` (by table: their names in the key, and where they are) for as long as the block runs.
    ``folder`` has the key and the schema. Raises DataError where one of these is gone or none, OSError."""
    from specdsl.exporters.json_schema.rows import pointers_of
    from specdsl.mutations.answers import read_answers
    from specdsl.mutations.restoring import Restoring
    from specdsl.mutations.schema import RowSchema

    document = _document(folder / invalid.schema.path)
    pointers = pointers_of(document, tuple(files))
    key = folder / invalid.answers.path
    if not key.is_file():
        raise DataError(f"`{key}` is gone, which the manifest lists")
    with TemporaryDirectory(prefix="specdsl-clean-", dir=temp_dir) as place:
        restoring = Restoring(read_answers(key), form)
        restored: dict[str, list[Path]] = {}
        for name, of_table in files.items():
            try:
                rows = RowSchema(document, pointers[name])
            except LookupError:
                raise DataError(f"`{folder / invalid.schema.path}` has no schema of `{name}`") from None
            restored[name] = []
            for called, path in of_table:
                restored[name].append(restoring.restore(name, called, path, Path(place) / called, rows))
        yield Answered(restored, tuple(restoring.results(invalid.rows)))


@contextmanager
def as_verified(found: Found) -> Iterator[tuple[Found, Answered | None]]:
    """``found`` as it is to be verified: with restored files where rows are broken on purpose."""
    if found.invalid is None:
        yield found, None
        return
    folder, invalid = found.invalid
    names = {
        name: [(path.relative_to(folder).as_posix(), path) for path in files.paths]
        for name, files in found.tables.items()
    }
    form = next((files.format for files in found.tables.values()), "jsonl")
    with answered(invalid, form, folder, names) as held:
        tables = {name: replace(files, paths=held.paths[name]) for name, files in found.tables.items()}
        yield replace(found, tables=tables), held


def _document(path: Path) -> Any:
    try:
        return json.loads(path.read_text(encoding="utf-8"))
    except FileNotFoundError:
        raise DataError(f"`{path}` is gone, which the manifest lists") from None
    except (ValueError, RecursionError):
        raise DataError(f"`{path}` is no JSON") from None
