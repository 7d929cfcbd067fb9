"""What the compiler asks of the world: other source files, the columns of data files, the rows of
tables in databases, the columns of a query. The compiler itself does no input or output; it is handed one of
these."""

from __future__ import annotations

from collections.abc import Mapping, Sequence
from dataclasses import dataclass
from enum import StrEnum
from typing import Protocol

from specdsl.datatypes.types import DataType


class Problem(StrEnum):
    """Why a file cannot be used."""

    MISSING = "missing"
    UNREADABLE = "unreadable"  # permission, a folder, an input/output error
    OUTSIDE = "outside"  # outside the folders that the spec may read
    NOT_TEXT = "not text"  # binary, or not UTF-8
    TOO_LARGE = "too large"
    MALFORMED = "malformed"  # not the format that its name says
    UNKNOWN_FORMAT = "unknown format"
    EMPTY = "empty"
    QUERY = "query"  # DuckDB refuses the SQL
    TABLE = "table"  # the database has no such table
    DATABASE = "database"  # a database cannot be asked: its address, its server, permission, a driver
    KEY = "key"  # two rows of a table in a database have one key
    VALUE = "value"  # a value of a table in a database has no counterpart


class FileProblem(Exception):
    """A file (or query) that cannot be used; ``detail`` is one line for people."""

    def __init__(self, problem: Problem, path: str, detail: str = "") -> None:
        super().__init__(f"{path}: {problem}: {detail}")
        self.problem = problem
        self.path = path
        self.detail = detail


@dataclass(frozen=True, slots=True)
class DataFileSchema:
    """The columns of a data file (name, type, nullable) and its number of rows."""

    columns: tuple[tuple[str, DataType, bool], ...]
    rows: int


@dataclass(frozen=True, slots=True)
class StoredTable:
    """What a spec takes from a table of a database: some of its columns, ``key`` among them (() without)."""

    database: str
    table: str
    columns: tuple[str, ...]
    key: tuple[str, ...] = ()


@dataclass(frozen=True, slots=True)
class StoredRows:
    """Rows of a table as they were when they were read, in a file at ``path``. ``digest``: a hash of them.
    ``known``: the names of all columns that the table has there."""

    path: str
    columns: tuple[tuple[str, DataType, bool], ...]
    rows: int
    digest: str
    known: tuple[str, ...] = ()


class Files(Protocol):
    """Files as the compiler sees them. Paths are as spans carry them; ``resolve`` makes one from a
    relative path in the file that mentions it."""

    def resolve(self, mentioned_in: str, path: str) -> str:
        """The path to use for ``path`` as written in file ``mentioned_in``. Raises FileProblem (OUTSIDE)."""
        ...

    def read_text(self, path: str) -> str:
        """The text of a source file, without BOM. Raises FileProblem."""
        ...

    def data_schema(self, path: str, table: str = "") -> DataFileSchema:
        """The columns and rows of a CSV, Parquet, JSON or JSON Lines file, or of ``table`` of a file that is
        a DuckDB or SQLite database. Raises FileProblem."""
        ...

    def stored_rows(self, wanted: StoredTable) -> StoredRows | None:
        """Rows of a table of a database; None where its address is not given. Columns that the table does not
        have are left out. Raises FileProblem."""
        ...

    def data_rows(self, path: str, columns: Sequence[str]) -> list[tuple[object, ...]]:
        """The rows of a data file, ``columns`` of it, as Python values. Raises FileProblem."""
        ...

    def query_schema(
        self, sql: str, tables: Mapping[str, tuple[tuple[str, DataType, bool], ...]]
    ) -> tuple[tuple[tuple[str, DataType, bool], ...], tuple[str, ...]]:
        """The columns of a query over ``tables``, and the names of those that it reads. Raises
        FileProblem (QUERY)."""
        ...
