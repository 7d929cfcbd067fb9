"""Rows of tables in databases, read once and kept in files of Arrow.

All tables of a database are read in one state of it; rows are in the order of their keys, so that they have
the same numbers whenever nothing has changed.
"""

from __future__ import annotations

import hashlib
import tempfile
import weakref
from collections.abc import Iterator, Mapping
from pathlib import Path
from shutil import rmtree

import pyarrow as pa

from specdsl.databases.addresses import Address, parsed, variable
from specdsl.databases.connection import BATCH_ROWS, Connection, StoredColumn
from specdsl.databases.files import record_batch
from specdsl.databases.registry import connect
from specdsl.databases.values import stored_type
from specdsl.files import FileProblem, Problem, StoredRows, StoredTable


class Databases:
    """The databases that a spec may read: their addresses by name (or by that of an environment variable, see
    ``addresses.variable``), and what has been read of them.

    ``folder`` is where rows are kept (None: a folder among the system's temporary ones, until this object is
    gone).
    """

    def __init__(self, addresses: Mapping[str, str], folder: str | Path | None = None) -> None:
        self._addresses = dict(addresses)
        self._folder = None if folder is None else Path(folder)
        self._connections: dict[str, Connection] = {}
        self._known: dict[StoredTable, StoredRows] = {}
        self._paths: set[str] = set()

    def rows(self, wanted: StoredTable) -> StoredRows | None:
        """The rows; None where the address of the database is not given. Raises FileProblem, and UsageError
        where it is no address."""
        name = wanted.database
        written = self._addresses.get(name) or self._addresses.get(variable(name))
        if written is None:
            return None
        if wanted not in self._known:
            self._known[wanted] = self._read(wanted, parsed(name, written))
        return self._known[wanted]

    def holds(self, path: str) -> bool:
        """Whether the file at ``path`` is one of rows that were read here."""
        return path in self._paths

    def columns(self, path: str, names: list[str] | None) -> pa.Table:
        """Columns of rows that were read here, over the memory of their file."""
        return _table(path) if names is None else _table(path).select(names)

    def close(self) -> None:
        """End all reads; what was read stays."""
        for connection in self._connections.values():
            connection.close()
        self._connections.clear()

    def _read(self, wanted: StoredTable, address: Address) -> StoredRows:
        connection = self._connections.get(wanted.database)
        if connection is None:
            connection = self._connections[wanted.database] = connect(address)
        there = {c.name: c for c in connection.columns(wanted.table)}
        columns = [there[name] for name in wanted.columns if name in there]
        if len(columns) < len(wanted.columns) or not columns:
            found = tuple((c.name, c.type, False) for c in columns)
            return StoredRows("", found, 0, "", tuple(there))
        path = self._place() / f"{len(self._paths) + 1:04}.arrow"
        order = [there[name] for name in wanted.key] or None
        rows, nulls = _write(path, connection, wanted.table, columns, order)
        self._paths.add(str(path))
        found = tuple((c.name, c.type, c.name in nulls) for c in columns)
        return StoredRows(str(path), found, rows, digest(str(path), rows), tuple(there))

    def _place(self) -> Path:
        if self._folder is None:
            self._folder = Path(tempfile.mkdtemp(prefix="specdsl-rows-"))
            weakref.finalize(self, rmtree, self._folder, ignore_errors=True)
        self._folder.mkdir(parents=True, exist_ok=True)
        return self._folder


def digest(path: str, rows: int) -> str:
    """A hash of the first ``rows`` rows of a file, their types and the names of their columns."""
    hashed = hashlib.blake2b(digest_size=20, person=b"specdsl-rows")
    for batch in _batches(path, rows):
        hashed.update(batch.schema.to_string().encode())
        hashed.update(batch.serialize())
    return f"blake2b:{hashed.hexdigest()}"


def _batches(path: str, rows: int) -> Iterator[pa.RecordBatch]:
    left = rows
    for batch in _table(path).to_batches(max_chunksize=BATCH_ROWS):
        if left <= 0:
            return
        if left >= batch.num_rows:
            yield batch
        else:  # made anew, as if there were no rows after them
            cut = batch.slice(0, left)
            arrays = [pa.array(column.to_pylist(), column.type) for column in cut.columns]
            yield pa.RecordBatch.from_arrays(arrays, schema=cut.schema)
        left -= batch.num_rows


def _table(path: str) -> pa.Table:
    with pa.ipc.open_file(pa.memory_map(path)) as reader:
        return reader.read_all()


def _write(
    path: Path,
    connection: Connection,
    table: str,
    columns: list[StoredColumn],
    order: list[StoredColumn] | None,
) -> tuple[int, set[str]]:
    """Writes the rows; their number, and the columns with nulls. Raises FileProblem (KEY, VALUE)."""
    schema = pa.schema([pa.field(c.name, stored_type(c.type)) for c in columns])
    at = [[c.name for c in columns].index(c.name) for c in order or ()]
    rows, nulls, last = 0, set[str](), None
    with pa.OSFile(str(path), "wb") as file, pa.ipc.new_file(file, schema) as writer:
        for batch in connection.rows(table, columns, order or columns):
            for row in batch if at else ():
                key = tuple(row[i] for i in at)
                if key == last:
                    shown = ", ".join(map(str, key))
                    raise FileProblem(Problem.KEY, table, f"two rows have the key {shown}")
                last = key
            made = record_batch(batch, columns, schema, table, rows)
            nulls |= {n for n, c in zip(schema.names, made.columns, strict=True) if c.null_count}
            writer.write_batch(made)
            rows += len(batch)
    return rows, nulls
