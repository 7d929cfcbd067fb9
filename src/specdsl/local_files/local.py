"""``LocalFiles``: the compiler's ``Files`` and the generator's ``DataSource`` over the file system."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.datatypes.types import DataType
from specdsl.files import DataFileSchema, FileProblem, Problem, StoredRows, StoredTable
from specdsl.local_files import folders

if TYPE_CHECKING:
    import pyarrow as pa

    from specdsl.databases.snapshots import Databases

QuerySchema = tuple[tuple[tuple[str, DataType, bool], ...], tuple[str, ...]]


class LocalFiles:
    """Files in the spec's folder (and ``allow``, further folders).

    ``folder`` is the spec's; None means the folder of the first file that is read or mentions another.
    A data file that changes after its columns were told is refused: a build must not mix two versions.
    ``databases``: those whose addresses are given.
    """

    def __init__(
        self,
        folder: str | Path | None = None,
        allow: Sequence[str | Path] = (),
        databases: Databases | None = None,
    ) -> None:
        self._databases = databases
        self._folder = None if folder is None else folders.real(folder)
        self._allowed = [folders.real(f) for f in allow]
        self._versions: dict[str, tuple[int, int]] = {}

    def _folders(self, source: str) -> list[Path]:
        if self._folder is None:
            self._folder = folders.real(Path(source).parent)
        return [self._folder, *self._allowed]

    # --- specdsl.files.Files ---------------------------------------------------------------

    def resolve(self, mentioned_in: str, path: str) -> str:
        """See ``Files.resolve``."""
        if not path.strip():
            raise FileProblem(Problem.MISSING, path, "the name is empty")
        if "\0" in path:
            raise FileProblem(Problem.MISSING, path.replace("\0", "\\0"), "no file name has a NUL in it")
        if "://" in path:
            raise FileProblem(Problem.OUTSIDE, path, "only files on this machine can be read")
        target = folders.joined(mentioned_in, path)
        folders.require_inside(target, self._folders(mentioned_in))
        return target

    def read_text(self, path: str) -> str:
        """See ``Files.read_text``."""
        if self._folder is not None:  # the first file says which folder it is, and needs no permission
            folders.require_inside(path, self._folders(path))
        text = folders.read_text(path)
        self._folders(path)
        return text

    def data_schema(self, path: str, table: str = "") -> DataFileSchema:
        """See ``Files.data_schema``."""
        from specdsl.local_files.data import schema_of

        self._check_data(path)
        return schema_of(path, table)

    def stored_rows(self, wanted: StoredTable) -> StoredRows | None:
        """See ``Files.stored_rows``."""
        return None if self._databases is None else self._databases.rows(wanted)

    def data_rows(self, path: str, columns: Sequence[str]) -> list[tuple[object, ...]]:
        """See ``Files.data_rows``."""
        table = self.read_columns(path, columns)
        return list(zip(*(column.to_pylist() for column in table.columns), strict=True))

    def query_schema(
        self, sql: str, tables: Mapping[str, tuple[tuple[str, DataType, bool], ...]]
    ) -> QuerySchema:
        """See ``Files.query_schema``."""
        from specdsl.local_files.queries import query_schema

        return query_schema(sql, tables)

    def close(self) -> None:
        """End the reads of databases; what was read of them stays."""
        if self._databases is not None:
            self._databases.close()

    # --- specdsl.generate.generator.DataSource ---------------------------------------------

    def read_columns(self, path: str, columns: Sequence[str] | None, table: str = "") -> pa.Table:
        """The rows of a data file (or of ``table`` in it), ``columns`` of it (None: all), of the types that
        ``data_schema`` told. Raises FileProblem."""
        from specdsl.local_files.data import read_columns

        if self._databases is not None and self._databases.holds(path):
            return self._databases.columns(path, None if columns is None else list(columns))
        self._check_data(path)
        return read_columns(path, columns, table)

    def data_version(self, path: str) -> tuple[int, int] | None:
        """The state of a data file at present, None where it cannot be read; from now on it may be read in
        that state, whatever it was before."""
        try:
            folders.require_inside(path, self._folders(path))
            status = folders.regular_file(path)
        except FileProblem:
            self._versions.pop(path, None)
            return None
        self._versions[path] = version = (status.st_mtime_ns, status.st_size)
        return version

    def _check_data(self, path: str) -> None:
        folders.require_inside(path, self._folders(path))
        status = folders.regular_file(path)
        version = (status.st_mtime_ns, status.st_size)
        if self._versions.setdefault(path, version) != version:
            raise FileProblem(Problem.UNREADABLE, path, "it has changed since the spec was checked")
