"""The specs that the batches of a checkpoint were made with: kept as texts, compiled again when needed."""

from __future__ import annotations

import os
from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.building.identity import data_files, edition, file_digest
from specdsl.checkpoints.model import Batch, Known, StoredSpec
from specdsl.errors import DataError
from specdsl.files import DataFileSchema, FileProblem, Files, Problem, StoredRows, StoredTable
from specdsl.generate.history import Past
from specdsl.ir.spoiled import without_dirt
from specdsl.source import SourceFile

if TYPE_CHECKING:
    from specdsl.compiler import Compilation
    from specdsl.datatypes.types import DataType
    from specdsl.ir.model import Dataset
    from specdsl.plugins.catalogue import Plugins


def stored_spec(compilation: Compilation, dataset: Dataset) -> StoredSpec:
    """What a checkpoint keeps of the spec of ``compilation``. Raises OSError."""
    main = next(iter(compilation.sources))
    folder = os.path.dirname(main)  # noqa: PTH120
    return StoredSpec(
        dataset.name,
        _relative(main, folder),
        {_relative(path, folder): source.text for path, source in compilation.sources.items()},
        {_relative(path, folder): file_digest(path) for path in sorted(set(data_files(dataset)))},
        {p.name: p.digest for p in dataset.plugins},
    )


class Editions:
    """The datasets that the batches of ``checkpoint`` were made with. ``now`` is the spec at hand."""

    def __init__(
        self,
        checkpoint: Known,
        compilation: Compilation,
        dataset: Dataset,
        files: Files,
        plugins: Plugins,
    ) -> None:
        self._checkpoint = checkpoint
        self._main = next(iter(compilation.sources))
        self._files = files
        self._plugins = plugins
        clean = without_dirt(dataset)  # which rows there are, dirt does not decide
        self.name = edition(clean)
        names = edition(dataset), self.name
        self._known: dict[str, tuple[str, Dataset]] = dict.fromkeys(names, (self.name, clean))

    def past(self, batches: Sequence[Batch]) -> tuple[Past, ...]:
        """The batches as the generator takes them. Raises DataError where a spec cannot be had again."""
        totals: dict[str, int] = {}
        found = []
        for batch in batches:
            totals = totals | {name: rows.end for name, rows in batch.tables.items()}
            name, dataset = self._edition(batch)
            found.append(Past(name, dataset, batch.now, totals))
        return tuple(found)

    def _edition(self, batch: Batch) -> tuple[str, Dataset]:
        """The spec of ``batch``, and its name as this version of specdsl gives it."""
        found = self._known.get(batch.spec)
        if found is None:
            dataset = self._compiled(batch)
            name = edition(dataset)
            found = self._known[batch.spec] = (name, self._known[name][1] if name in self._known else dataset)
            self._known.setdefault(name, found)
        return found

    def _compiled(self, batch: Batch) -> Dataset:
        from specdsl.compiler import Overrides, compile_source

        stored = self._checkpoint.spec(batch.spec)
        folder = os.path.dirname(self._main)  # noqa: PTH120
        for path, digest in stored.data.items():
            self._require_data(batch, _joined(folder, path), digest)
        sources = {_joined(folder, path): text for path, text in stored.sources.items()}
        main = _joined(folder, stored.main)
        compilation = compile_source(
            SourceFile(main, sources[main]),
            _StoredFiles(self._files, sources),
            Overrides(seed=batch.seed),
            self._plugins,
        )
        if compilation.dataset is None:
            problem = next(d for d in compilation.diagnostics if d.severity.value == "error")
            raise DataError(
                f"the spec of batch {batch.number} cannot be compiled any more: {problem.message()} "
                f"({problem.code})",
                "its rows cannot be referred to; build with the version of specdsl that made them",
            )
        plugins = {p.name: p.digest for p in compilation.dataset.plugins}
        if plugins != stored.plugins:
            raise DataError(
                f"the plugins are not those that batch {batch.number} was made with",
                "its rows cannot be referred to without them",
            )
        return without_dirt(compilation.dataset)

    def _require_data(self, batch: Batch, path: str, digest: str) -> None:
        try:
            same = file_digest(path) == digest
        except OSError as problem:
            raise DataError(
                f"`{path}`, which batch {batch.number} was made with, cannot be read: {problem.strerror}"
            ) from problem
        if not same:
            raise DataError(
                f"`{path}` has changed since batch {batch.number} was made with it",
                "give the new data another file name, so that rows of earlier batches stay what they are",
            )


class _StoredFiles:
    """The texts of a spec as they were; data files as they are."""

    def __init__(self, files: Files, sources: Mapping[str, str]) -> None:
        self._files = files
        self._sources = sources

    def resolve(self, mentioned_in: str, path: str) -> str:
        """See ``Files.resolve``."""
        return self._files.resolve(mentioned_in, path)

    def read_text(self, path: str) -> str:
        """See ``Files.read_text``."""
        if path not in self._sources:
            raise FileProblem(Problem.MISSING, path)
        return self._sources[path]

    def data_schema(self, path: str, table: str = "") -> DataFileSchema:
        """See ``Files.data_schema``."""
        return self._files.data_schema(path, table)

    def stored_rows(self, wanted: StoredTable) -> StoredRows | None:
        """See ``Files.stored_rows``."""
        return self._files.stored_rows(wanted)

    def data_rows(self, path: str, columns: Sequence[str]) -> list[tuple[object, ...]]:
        """See ``Files.data_rows``."""
        return self._files.data_rows(path, columns)

    def query_schema(
        self, sql: str, tables: Mapping[str, tuple[tuple[str, DataType, bool], ...]]
    ) -> tuple[tuple[tuple[str, DataType, bool], ...], tuple[str, ...]]:
        """See ``Files.query_schema``."""
        return self._files.query_schema(sql, tables)


def _relative(path: str, folder: str) -> str:
    return Path(os.path.relpath(path, folder or ".")).as_posix()


def _joined(folder: str, path: str) -> str:
    return os.path.normpath(os.path.join(folder, path))  # noqa: PTH118
