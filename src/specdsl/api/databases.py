"""Rows as tables of a DuckDB database."""

from __future__ import annotations

from collections.abc import Iterator
from typing import TYPE_CHECKING

from specdsl.errors import DataError, UsageError

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

    from specdsl.api.data import Data
    from specdsl.api.rows import Rows
    from specdsl.ir.model import Table as Declared

_INCOMING = "specdsl rows on their way in"


def store(
    rows: Rows,
    con: duckdb.DuckDBPyConnection | None,
    name: str,
    *,
    stop: int | None = None,
    replace: bool = False,
    schema: str | None = None,
    declaration: str | None = None,
) -> duckdb.DuckDBPyRelation:
    """A table of the first ``stop`` rows. ``declaration``: its columns in SQL (None: as Arrow's types are).
    See ``Rows.to_duckdb``."""
    import duckdb
    import pyarrow as pa

    from specdsl.verify.forms import quote_name

    connection = duckdb.connect() if con is None else con
    place = quote_name(name) if schema is None else f"{quote_name(schema)}.{quote_name(name)}"
    incoming = _Incoming(rows.batches(0, stop))
    reader = pa.RecordBatchReader.from_batches(rows.schema, iter(incoming))
    created = "CREATE OR REPLACE TABLE" if replace else "CREATE TABLE"
    declaration = declaration if declaration is not None else rows_declaration(rows)
    try:
        if declaration is None:
            connection.register(_INCOMING, reader)
            connection.execute(f"{created} {place} AS FROM {quote_name(_INCOMING)}")
        else:
            connection.execute(f"{created} {place} ({declaration})")
            connection.register(_INCOMING, reader)
            connection.execute(f"INSERT INTO {place} FROM {quote_name(_INCOMING)}")
    except duckdb.CatalogException as problem:
        if incoming.failure is None and "already exists" in str(problem):
            raise UsageError(f"the database has `{name}` already", "replace=True replaces it") from None
        raise incoming.failure or problem from None
    except duckdb.Error as problem:
        if incoming.failure is not None:
            if declaration is not None:
                connection.execute(f"DROP TABLE IF EXISTS {place}")
            raise incoming.failure from None
        raise DataError(f"DuckDB does not take `{name}`: {str(problem).splitlines()[0]}") from problem
    finally:
        connection.unregister(_INCOMING)
    return connection.table(place)


class _Incoming:
    """Batches for DuckDB, and the failure that ended them: DuckDB would tell its text alone."""

    def __init__(self, batches: Iterator[pa.RecordBatch]) -> None:
        self._batches = batches
        self.failure: Exception | None = None

    def __iter__(self) -> Iterator[pa.RecordBatch]:
        try:
            yield from self._batches
        except Exception as failure:
            self.failure = failure
            raise


def rows_declaration(rows: Rows) -> str | None:
    """The columns of a table of the spec in SQL, by their declared types; None for views."""
    from specdsl.api.table import Table

    return _columns(rows.declared, not_null=False) if isinstance(rows, Table) else None


def store_all(
    data: Data, con: duckdb.DuckDBPyConnection | None, *, schema: str | None, keys: bool, replace: bool
) -> duckdb.DuckDBPyConnection:
    """All tables of ``data``. See ``Data.to_duckdb``."""
    import duckdb

    from specdsl.verify.forms import quote_name

    connection = duckdb.connect() if con is None else con
    if schema is not None:
        connection.execute(f"CREATE SCHEMA IF NOT EXISTS {quote_name(schema)}")
    order = data.generator.plan.order
    if replace:
        for name in reversed(order):  # children first: their keys hold on to their parents
            place = quote_name(name) if schema is None else f"{quote_name(schema)}.{quote_name(name)}"
            connection.execute(f"DROP TABLE IF EXISTS {place}")
    done: set[str] = set()
    for name in order:
        declaration = _declaration(data, name, schema, done) if keys else None
        store(data[name], connection, name, schema=schema, declaration=declaration)
        done.add(name)
    return connection


def _columns(declared: Declared, *, not_null: bool) -> str:
    from specdsl.datatypes.counterparts import duckdb_type
    from specdsl.verify.forms import quote_name

    return ", ".join(
        f"{quote_name(c.name)} {duckdb_type(c.type)}{' NOT NULL' if not_null and not c.nullable else ''}"
        for c in declared.columns.values()
        if not c.hidden
    )


def _declaration(data: Data, name: str, schema: str | None, done: set[str]) -> str:
    """Columns, keys, uniques, and the references to tables that are there. (A reference to the table itself
    DuckDB would check row by row, in an order of its own: it is left out.)"""
    from specdsl.verify.forms import quote_name

    def listed(columns: tuple[str, ...]) -> str:
        return "(" + ", ".join(map(quote_name, columns)) + ")"

    declared = data.dataset.tables[name]
    written = {c.name for c in declared.columns.values() if not c.hidden}
    parts = [_columns(declared, not_null=True)]
    if declared.key and written.issuperset(declared.key):
        parts.append(f"PRIMARY KEY {listed(declared.key)}")
    uniques = {u.columns for u in declared.uniques if not u.primary}
    uniques |= {(c.name,) for c in declared.columns.values() if c.uniqueness != "none"}
    parts += [
        f"UNIQUE {listed(columns)}"
        for columns in sorted(uniques)
        if columns != declared.key and written.issuperset(columns)
    ]
    for reference in declared.references.values():
        parent = data.dataset.tables[reference.table]
        hidden = any(parent.columns[c].hidden for c in reference.key)
        if reference.table not in done or reference.key != parent.key or hidden:
            continue
        if written.issuperset(reference.columns):
            place = quote_name(parent.name)
            place = place if schema is None else f"{quote_name(schema)}.{place}"
            target = f"{place} {listed(parent.key)}"
            parts.append(f"FOREIGN KEY {listed(reference.columns)} REFERENCES {target}")
    return ", ".join(parts)
