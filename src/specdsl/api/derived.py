"""Derived tables without a build: the tables that they read are written to a folder of our own, as a build
would, and the query runs over those files."""

from __future__ import annotations

import shutil
import threading
import weakref
from pathlib import Path
from tempfile import mkdtemp
from typing import TYPE_CHECKING

if TYPE_CHECKING:
    import pyarrow as pa

    from specdsl.generate.generator import Generator
    from specdsl.ir.model import Dataset


class DerivedTables:
    """The derived tables of a dataset, each made once and kept in memory. What they read lies in temporary
    files until this object goes."""

    def __init__(self, dataset: Dataset, generator: Generator) -> None:
        self._dataset = dataset
        self._generator = generator
        self._folder: Path | None = None
        self._files: dict[str, Path] = {}
        self._made: dict[str, pa.Table] = {}
        self._lock = threading.RLock()

    def table(self, name: str) -> pa.Table:
        """All rows of derived table ``name``. Raises GenerationError, DataError, EnvironmentFailure."""
        with self._lock:
            if name not in self._made:
                self._made[name] = self._run(name)
            return self._made[name]

    def _run(self, name: str) -> pa.Table:
        import pyarrow as pa

        from specdsl.local_files.queries import run_query
        from specdsl.verify.reading import TableFiles

        table = self._dataset.tables[name]
        assert table.query is not None
        reads = table.query.reads
        files = {other: TableFiles([self._file(other)], "parquet") for other in reads}
        columns = {
            other: {c.name: c.type for c in self._dataset.tables[other].columns.values() if not c.hidden}
            for other in reads
        }
        types = {c.name: c.type for c in table.columns.values()}
        batches = run_query(table.query.sql, files, columns, types, self._place(), table=name)
        schema = self._generator.schema(name)
        return pa.Table.from_batches(
            [pa.RecordBatch.from_arrays(b.columns, schema=schema) for b in batches], schema
        )

    def _file(self, name: str) -> Path:
        """A Parquet file of table ``name``."""
        from specdsl.sinks.base import WriteOptions
        from specdsl.sinks.registry import SINKS

        if name not in self._files:
            derived = self._dataset.tables[name].query is not None
            batches = self.table(name).to_batches() if derived else self._generator.batches(name)
            path = self._place() / f"{len(self._files)}.parquet"
            with path.open("wb") as file:
                writer = SINKS["parquet"].open(file, self._generator.schema(name), WriteOptions("none"))
                for batch in batches:
                    writer.write(batch)
                writer.close()
            self._files[name] = path
        return self._files[name]

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = Path(mkdtemp(prefix="specdsl-"))
            weakref.finalize(self, shutil.rmtree, self._folder, ignore_errors=True)
        return self._folder
