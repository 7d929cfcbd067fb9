"""The tables of a checkpoint, in a DuckDB or SQLite file or in memory, to be read with plain SQL.

``batches``, ``batch_rows`` and ``specs`` say what was built, ``changes`` which rows of earlier batches were
updated or deleted; ``key_tables`` names for each table with a key the one that has its keys (``keys_users``),
with the batch, the row's number, the batch's clock, and the batches that updated it last and deleted it.
"""

from __future__ import annotations

import json
from abc import ABC, abstractmethod
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from pathlib import Path
from typing import Any

import numpy as np

from specdsl.checkpoints.model import (
    Batch,
    ChangedKeys,
    Keys,
    StoredSpec,
    TableRows,
    micros_of,
    moment,
)
from specdsl.generate.changed import Changed, TableChanges
from specdsl.vectors.vector import Int64Array

FORM = 2
"""Of the tables."""

_SHOWN = 5

_TABLES = (
    "CREATE TABLE checkpoint (form INTEGER NOT NULL, dataset VARCHAR NOT NULL)",
    "CREATE TABLE batches (batch INTEGER PRIMARY KEY, now VARCHAR NOT NULL, seed VARCHAR NOT NULL, "
    "spec VARCHAR NOT NULL, folder VARCHAR NOT NULL, specdsl VARCHAR NOT NULL, "
    "stream_version INTEGER NOT NULL, data_versions VARCHAR NOT NULL)",
    "CREATE TABLE batch_rows (batch INTEGER NOT NULL, table_name VARCHAR NOT NULL, "
    "first_row BIGINT NOT NULL, rows BIGINT NOT NULL, updates BIGINT NOT NULL, deletes BIGINT NOT NULL, "
    "first_insert BIGINT NOT NULL, first_update BIGINT NOT NULL, first_delete BIGINT NOT NULL)",
    "CREATE TABLE changes (batch INTEGER NOT NULL, table_name VARCHAR NOT NULL, row_number BIGINT NOT NULL, "
    "kind VARCHAR NOT NULL, rule INTEGER NOT NULL, draw INTEGER NOT NULL)",
    "CREATE TABLE specs (spec VARCHAR PRIMARY KEY, name VARCHAR NOT NULL, main VARCHAR NOT NULL, "
    "sources VARCHAR NOT NULL, data VARCHAR NOT NULL, plugins VARCHAR NOT NULL)",
    "CREATE TABLE key_tables (table_name VARCHAR PRIMARY KEY, keys_in VARCHAR NOT NULL)",
)

Rows = list[tuple[Any, ...]]


class NotACheckpointError(Exception):
    """The file is something else; the message is a clause."""


class Store(ABC):
    """What checkpoints do with their database, whichever it is."""

    timestamp = "TIMESTAMP"

    @abstractmethod
    def run(self, sql: str, values: Sequence[object] = ()) -> Rows:
        """The rows that a statement gives."""

    @abstractmethod
    def load(self, path: Path, names: Sequence[str]) -> list[tuple[str, str]]:
        """Make the temporary table ``incoming`` of the columns ``names`` of a Parquet file, and say what they
        are: names and SQL types."""

    @abstractmethod
    def numbers(self, sql: str) -> list[Int64Array]:
        """The columns, all of whole numbers, that a query gives."""

    @abstractmethod
    def has_tables(self) -> bool:
        """Whether there is any table."""

    @abstractmethod
    def index(self, relation: str, columns: Sequence[str]) -> None:
        """Make looking up keys quick, where this database needs that."""

    @abstractmethod
    def close(self) -> None:
        """Let go of the file."""

    @contextmanager
    def transaction(self) -> Iterator[None]:
        """All or nothing of what the block runs."""
        self.run("BEGIN TRANSACTION")
        try:
            yield
        except BaseException:
            self.run("ROLLBACK")
            raise
        self.run("COMMIT")

    # --- what was built --------------------------------------------------------------------

    def dataset(self) -> str | None:
        """The name of the dataset; None in an empty database. Raises NotACheckpointError."""
        if not self.has_tables():
            return None
        try:
            found = self.run("SELECT form, dataset FROM checkpoint")
        except Exception as problem:  # whatever this database raises where the table is missing
            raise NotACheckpointError("has other tables") from problem
        if len(found) != 1:
            raise NotACheckpointError("is damaged")
        form, dataset = found[0]
        if form != FORM:
            raise NotACheckpointError(f"was written by another version of specdsl (form {form})")
        return str(dataset)

    def batches(self) -> list[Batch]:
        """All batches, oldest first."""
        if self.dataset() is None:
            return []
        tables: dict[int, dict[str, TableRows]] = {}
        for batch, table, first, rows, updates, deletes, *sequence in self.run(
            "SELECT batch, table_name, first_row, rows, updates, deletes, first_insert, first_update, "
            "first_delete FROM batch_rows ORDER BY batch, rowid"
        ):
            inserted, updated, deleted = map(int, sequence)
            tables.setdefault(int(batch), {})[str(table)] = TableRows(
                int(first), int(rows), int(updates), int(deletes), (inserted, updated, deleted)
            )
        return [
            Batch(
                int(number),
                micros_of(now),
                int(seed),
                spec,
                folder,
                specdsl,
                int(stream_version),
                json.loads(data_versions),
                tables.get(int(number), {}),
            )
            for number, now, seed, spec, folder, specdsl, stream_version, data_versions in self.run(
                "SELECT batch, now, seed, spec, folder, specdsl, stream_version, data_versions "
                "FROM batches ORDER BY batch"
            )
        ]

    def spec(self, spec: str) -> StoredSpec:
        """The texts of the spec of that name."""
        ((name, main, sources, data, plugins),) = self.run(
            "SELECT name, main, sources, data, plugins FROM specs WHERE spec = ?", [spec]
        )
        return StoredSpec(name, main, json.loads(sources), json.loads(data), json.loads(plugins))

    def changes(self) -> dict[str, TableChanges]:
        """See ``Checkpoint.changes``."""
        if self.dataset() is None:
            return {}
        out = {}
        for (table,) in self.run("SELECT DISTINCT table_name FROM changes ORDER BY 1"):
            name = str(table).replace("'", "''")
            some = f"FROM changes WHERE table_name = '{name}' AND kind ="
            batches, rows, rules, draws = self.numbers(
                f"SELECT batch - 1, row_number, rule, draw {some} 'update' ORDER BY batch, row_number"
            )
            followed_in, followed = self.numbers(
                f"SELECT batch - 1, row_number {some} 'follow' ORDER BY batch, row_number"
            )
            updates = {}
            for batch in np.union1d(batches, followed_in).tolist():
                own, more = batches == batch, followed_in == batch
                updates[batch] = Changed(rows[own], rules[own], draws[own], followed[more])
            gone, deleted_in = self.numbers(
                f"SELECT row_number, batch - 1 {some} 'delete' ORDER BY row_number"
            )
            out[str(table)] = TableChanges(updates, gone, deleted_in)
        return out

    # --- writing ---------------------------------------------------------------------------

    def add(
        self, batch: Batch, spec: StoredSpec, keys: Sequence[Keys], changed: ChangedKeys | None = None
    ) -> None:
        """Append a batch with its keys and changes, all or nothing."""
        with self.transaction():
            if self.dataset() is None:
                for statement in _TABLES:
                    self.run(statement)
                self.run("INSERT INTO checkpoint VALUES (?, ?)", [FORM, spec.name])
            if not self.run("SELECT 1 FROM specs WHERE spec = ?", [batch.spec]):
                texts = [
                    json.dumps(dict(x), ensure_ascii=False) for x in (spec.sources, spec.data, spec.plugins)
                ]
                self.run(
                    "INSERT INTO specs VALUES (?, ?, ?, ?, ?, ?)", [batch.spec, spec.name, spec.main, *texts]
                )
            versions = json.dumps(dict(batch.data_versions))
            self.run(
                "INSERT INTO batches VALUES (?, ?, ?, ?, ?, ?, ?, ?)",
                [
                    batch.number,
                    batch.moment,
                    str(batch.seed),
                    batch.spec,
                    batch.folder,
                    batch.specdsl,
                    batch.stream_version,
                    versions,
                ],
            )
            for table, rows in batch.tables.items():
                numbers = [rows.first, rows.rows, rows.updates, rows.deletes, *rows.sequence]
                self.run(
                    "INSERT INTO batch_rows VALUES (?, ?, ?, ?, ?, ?, ?, ?, ?)",
                    [batch.number, table, *numbers],
                )
            for some in keys:
                self._add_keys(batch, some)
            if changed is not None:
                self._add_changes(batch, changed)

    def _add_changes(self, batch: Batch, changed: ChangedKeys) -> None:
        self.load(changed.path, ("table_name", "row", "kind", "rule", "draw"))
        self.run(
            "INSERT INTO changes SELECT ?, table_name, row, kind, rule, draw FROM incoming "
            "ORDER BY table_name, kind, row",
            [batch.number],
        )
        for table, relation in self.run("SELECT table_name, keys_in FROM key_tables"):
            for kind, column in (("update", "_updated_in"), ("delete", "_deleted_in")):
                self.run(
                    f"UPDATE {quoted(relation)} SET {column} = ? WHERE _row IN "
                    "(SELECT row FROM incoming WHERE table_name = ? AND kind = ?)",
                    [batch.number, table, kind],
                )

    def _add_keys(self, batch: Batch, keys: Keys) -> None:
        types = self._load_keys(keys)
        relation = self.relation(keys.table)
        names = [quoted(c) for c in keys.columns]
        if relation is None:
            relation = self._new_relation(keys.table)
            columns = [f"{name} {kind}" for name, (_, kind) in zip(names, types, strict=False)]
            marks = ["_batch INTEGER", "_row BIGINT PRIMARY KEY", f"_created_at {self.timestamp}"]
            if self.timestamp == "TIMESTAMP":  # an index would cost more than it gives
                marks[1] = "_row BIGINT"
            marks += ["_updated_in INTEGER", "_deleted_in INTEGER"]
            self.run(f"CREATE TABLE {quoted(relation)} ({', '.join([*columns, *marks])})")
            self.index(relation, keys.columns)
            self.run("INSERT INTO key_tables VALUES (?, ?)", [keys.table, relation])
        taken = ", ".join([f"k{i}" for i in range(len(names))])
        self.run(
            f"INSERT INTO {quoted(relation)} ({', '.join([*names, '_batch', '_row', '_created_at'])}) "
            f"SELECT {taken}, ?, row, CAST(? AS {self.timestamp}) FROM incoming",
            [batch.number, batch.moment.replace("T", " ").removesuffix("Z")],
        )

    def truncate(self, last: int) -> None:
        """Forget all batches after ``last``."""
        with self.transaction():
            for table in ("changes", "batch_rows", "batches"):
                self.run(f"DELETE FROM {table} WHERE batch > ?", [last])
            for name, relation in self.run("SELECT table_name, keys_in FROM key_tables"):
                keys = quoted(relation)
                self.run(f"DELETE FROM {keys} WHERE _batch > ?", [last])
                self.run(f"UPDATE {keys} SET _deleted_in = NULL WHERE _deleted_in > ?", [last])
                self.run(
                    f"UPDATE {keys} SET _updated_in = (SELECT max(c.batch) FROM changes AS c WHERE "
                    f"c.table_name = ? AND c.kind = 'update' AND c.row_number = {keys}._row) "
                    "WHERE _updated_in > ?",
                    [name, last],
                )
            self.run("DELETE FROM specs WHERE spec NOT IN (SELECT spec FROM batches)")

    # --- keys ------------------------------------------------------------------------------

    def relation(self, table: str) -> str | None:
        """The table that has the keys of ``table``, None where there is none."""
        if self.dataset() is None:
            return None
        found = self.run("SELECT keys_in FROM key_tables WHERE table_name = ?", [table])
        return str(found[0][0]) if found else None

    def _load_keys(self, keys: Keys) -> list[tuple[str, str]]:
        return self.load(keys.path, [*(f"k{i}" for i in range(len(keys.columns))), "row"])

    def _new_relation(self, table: str) -> str:
        """A name that no other table has, whatever the case of letters."""
        taken = {str(name).casefold() for (name,) in self.run("SELECT keys_in FROM key_tables")}
        name, number = f"keys_{table}", 1
        while name.casefold() in taken:
            number += 1
            name = f"keys_{table}_{number}"
        return name

    def repeated(self, keys: Keys) -> tuple[int, Rows]:
        """How many of ``keys`` an earlier batch has, and the first of them."""
        relation = self.relation(keys.table)
        if relation is None:
            return 0, []
        self._load_keys(keys)
        same = " AND ".join(f"k.{quoted(c)} = i.k{n}" for n, c in enumerate(keys.columns))
        return self._counted(
            f"FROM incoming AS i WHERE EXISTS (SELECT 1 FROM {quoted(relation)} AS k WHERE {same})", keys
        )

    def unknown(self, keys: Keys, batch: int) -> tuple[int, Rows]:
        """How many of ``keys`` are not those of the rows with their numbers, which no batch before number
        ``batch`` has deleted, and the first of them."""
        relation = self.relation(keys.table)
        self._load_keys(keys)
        if relation is None:
            return self._counted("FROM incoming AS i WHERE 1 = 1", keys)
        same = " AND ".join(f"k.{quoted(c)} = i.k{n}" for n, c in enumerate(keys.columns))
        return self._counted(
            f"FROM incoming AS i WHERE NOT EXISTS (SELECT 1 FROM {quoted(relation)} AS k "
            f"WHERE k._row = i.row AND coalesce(k._deleted_in >= {batch}, 1 = 1) AND {same})",
            keys,
        )

    def _counted(self, rows: str, keys: Keys) -> tuple[int, Rows]:
        ((count,),) = self.run(f"SELECT count(*) {rows}")
        if not count:
            return 0, []
        names = ", ".join(f"i.k{n}" for n in range(len(keys.columns)))
        return int(count), self.run(f"SELECT {names} {rows} ORDER BY i.row LIMIT {_SHOWN}")


def quoted(name: str) -> str:
    """A name in SQL."""
    return '"' + name.replace('"', '""') + '"'


def _three(numbers: Sequence[int]) -> tuple[int, int, int]:
    inserts, updates, deletes = map(int, numbers)
    return inserts, updates, deletes


def as_json(batch: Batch) -> Mapping[str, Any]:
    """A batch as plain values."""
    return {
        "batch": batch.number,
        "now": moment(batch.now),
        "seed": batch.seed,
        "spec": batch.spec,
        "folder": batch.folder,
        "specdsl": batch.specdsl,
        "stream_version": batch.stream_version,
        "data_versions": dict(batch.data_versions),
        "tables": {
            n: {
                "first_row": t.first,
                "rows": t.rows,
                "updates": t.updates,
                "deletes": t.deletes,
                "sequence": list(t.sequence),
            }
            for n, t in batch.tables.items()
        },
    }


def from_json(value: Mapping[str, Any]) -> Batch:
    """What ``as_json`` has made."""
    return Batch(
        int(value["batch"]),
        micros_of(value["now"]),
        int(value["seed"]),
        str(value["spec"]),
        str(value["folder"]),
        str(value["specdsl"]),
        int(value["stream_version"]),
        dict(value["data_versions"]),
        {
            n: TableRows(
                int(t["first_row"]),
                int(t["rows"]),
                int(t["updates"]),
                int(t["deletes"]),
                _three(t["sequence"]),
            )
            for n, t in value["tables"].items()
        },
    )
