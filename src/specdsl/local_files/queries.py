"""Derived tables: SQL of the spec's author, run by DuckDB over tables of the build and nothing else."""

from __future__ import annotations

import json
from collections.abc import Iterable, Iterator, Mapping
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any

import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import arrow_type, duckdb_type
from specdsl.diagnostics.names import QueryFails
from specdsl.errors import DataError, EnvironmentFailure
from specdsl.files import FileProblem, Problem
from specdsl.generate.errors import GenerationError
from specdsl.verify.database import interruptible, open_database
from specdsl.verify.forms import physical_type, quote_name, to_natural
from specdsl.verify.naming import distinct_names
from specdsl.verify.reading import TableFiles, read_table, readable_paths

if TYPE_CHECKING:
    import duckdb

Columns = tuple[tuple[str, t.DataType, bool], ...]

_WHERE = "the query"
_MEMORY = "1GB"


def query_schema(sql: str, tables: Mapping[str, Columns]) -> tuple[Columns, tuple[str, ...]]:
    """The columns of a query over ``tables`` (all nullable, but for counts), and the names of those that
    it reads, in the order of ``tables``. Raises FileProblem (QUERY)."""
    import duckdb

    connection = open_database((), None)
    try:
        with interruptible():
            return _described(connection, sql, tables)
    except duckdb.Error as problem:
        raise FileProblem(Problem.QUERY, _WHERE, _told(problem, tables)) from None
    finally:
        connection.close()


def _described(
    connection: duckdb.DuckDBPyConnection, sql: str, tables: Mapping[str, Columns]
) -> tuple[Columns, tuple[str, ...]]:
    import duckdb

    statement = _statement(connection, sql)
    for name, columns in tables.items():
        parts = ", ".join(f"{quote_name(c)} {duckdb_type(d)}" for c, d, _ in columns)
        try:
            connection.execute(f"CREATE TABLE {quote_name(name)} ({parts})")
        except duckdb.Error:  # names that differ in case only: no query can tell them apart
            continue
    _require_repeatable(connection, statement)
    relation = connection.sql(statement)
    known = {name.casefold(): name for name in reversed(list(tables))}
    used = {known[n.casefold()] for n in _table_names(connection, statement) if n.casefold() in known}
    columns_out = []
    for name, stored in zip(relation.columns, relation.types, strict=True):
        columns_out.append((name, _value_type(name, stored), True))
    return tuple(columns_out), tuple(n for n in tables if n in used)


def _told(problem: Exception, tables: Iterable[str] = ()) -> str:
    """DuckDB's message in a line, with its guesses; guesses at tables only where the spec has them."""
    lines = [line.strip() for line in str(problem).splitlines() if line.strip()]
    first = lines[0] if lines else "DuckDB refuses it"
    candidates = [line for line in lines[1:] if line.startswith(("Candidate", "Did you mean"))]
    if first.startswith("Catalog Error: Table with name"):  # most guesses are tables of DuckDB's own
        candidates = [line for line in candidates if any(f'"{name}"' in line for name in tables)]
    return "; ".join([first.rstrip("!"), *candidates[:1]])


def _statement(connection: duckdb.DuckDBPyConnection, sql: str) -> str:
    import duckdb

    statements = connection.extract_statements(sql)
    if len(statements) != 1 or statements[0].type != duckdb.StatementType.SELECT:
        found = "several statements" if len(statements) > 1 else "something else"
        raise FileProblem(
            Problem.QUERY, _WHERE, f"it must be one SELECT, not {found if statements else 'nothing'}"
        )
    return str(statements[0].query).strip().rstrip(";")


def _tree(connection: duckdb.DuckDBPyConnection, statement: str) -> dict[str, Any]:
    ((serialized,),) = connection.execute("SELECT json_serialize_sql(?::VARCHAR)", [statement]).fetchall()
    return dict(json.loads(serialized))


def _table_names(connection: duckdb.DuckDBPyConnection, statement: str) -> set[str]:
    """The tables that a statement names; a name that `with` gives may be among them. (DuckDB's own
    ``get_table_names`` refuses windows over a range of time.)"""
    nodes = _nodes(_tree(connection, statement))
    return {str(node["table_name"]) for node in nodes if node.get("type") == "BASE_TABLE"}


def _require_repeatable(connection: duckdb.DuckDBPyConnection, statement: str) -> None:
    """Refuses what gives another result on another day: random functions, the clock, samples."""
    # A function with some forms that always give the same depends on the session's time zone in the others,
    # and that is set; `age` of one moment is its distance from today.
    rows = connection.execute(
        "SELECT lower(function_name) FROM duckdb_functions() GROUP BY ALL "
        "HAVING bool_and(stability IN ('VOLATILE', 'CONSISTENT_WITHIN_QUERY'))"
    ).fetchall()
    ambient = {str(name) for (name,) in rows} - {"error"}
    ambient |= {"current_timestamp", "localtimestamp", "current_time", "localtime", "current_date"}
    for node in _nodes(_tree(connection, statement)):
        name = str(node.get("function_name", "")).lower()
        given = node.get("arguments", node.get("children")) or ()
        is_age = name == "age" and len(given) == 1
        if node.get("class") == "FUNCTION" and (name in ambient or is_age):
            raise FileProblem(Problem.QUERY, _WHERE, f"`{name}` gives another value every time")
        if node.get("class") == "COLUMN_REF":
            column = str((node.get("column_names") or [""])[-1]).lower()
            if column in {"current_timestamp", "current_date", "current_time", "localtime", "localtimestamp"}:
                raise FileProblem(Problem.QUERY, _WHERE, f"`{column}` gives another value every time")
        if isinstance(node.get("sample"), dict):
            raise FileProblem(Problem.QUERY, _WHERE, "a sample gives other rows every time")


def _nodes(value: Any) -> Iterator[dict[str, Any]]:
    if isinstance(value, dict):
        yield value
        for inner in value.values():
            yield from _nodes(inner)
    elif isinstance(value, list):
        for inner in value:
            yield from _nodes(inner)


_SIMPLE: Mapping[str, t.DataType] = {
    "BOOLEAN": t.BOOL,
    "TINYINT": t.Int(8),
    "SMALLINT": t.Int(16),
    "INTEGER": t.Int(32),
    "BIGINT": t.INT,
    "HUGEINT": t.INT,  # what sums of integers are; out of range is an error of the build
    "UTINYINT": t.Int(8, signed=False),
    "USMALLINT": t.Int(16, signed=False),
    "UINTEGER": t.Int(32, signed=False),
    "UBIGINT": t.Int(64, signed=False),
    "FLOAT": t.Float(32),
    "DOUBLE": t.FLOAT,
    "VARCHAR": t.STRING,
    "BLOB": t.BYTES,
    "DATE": t.DATE,
    "TIME": t.TIME,
    "INTERVAL": t.DURATION,
    "UUID": t.UUID,
    "JSON": t.JSON,
}


def _value_type(column: str, stored: Any) -> t.DataType:
    name = str(stored).upper()
    if name in _SIMPLE:
        return _SIMPLE[name]
    if name.startswith("TIMESTAMP"):
        return t.TIMESTAMP
    match stored.id:
        case "decimal":
            held = dict(stored.children)
            return t.Decimal(int(held["precision"]), int(held["scale"]))
        case "enum":
            return t.STRING
        case "list" | "array":
            return t.List(_value_type(column, dict(stored.children)["child"]))
        case "struct":
            return t.Struct(tuple(t.Field(n, _value_type(column, c), True) for n, c in stored.children))
        case _:
            raise FileProblem(
                Problem.QUERY, _WHERE, f"column `{column}` is {name}; cast it to a type of the language"
            )


def run_query(
    sql: str,
    tables: Mapping[str, TableFiles],
    columns: Mapping[str, Mapping[str, t.DataType]],
    schema: Mapping[str, t.DataType],
    temp_dir: Path,
    batch_rows: int = 65_536,
    table: str = "",
) -> Iterator[pa.RecordBatch]:
    """The rows of derived table ``table``.

    ``tables`` are the files of the tables that it reads, ``columns`` their written columns with types,
    ``schema`` the columns of the result as ``query_schema`` told them. A query without an ORDER BY of
    its own is ordered by all its columns, so that its rows do not depend on how DuckDB went about it.
    Memory is bounded; what does not fit goes to ``temp_dir``. Raises GenerationError (DG225), DataError
    and EnvironmentFailure.
    """
    import duckdb

    temp_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="query-", dir=temp_dir) as folder:
        batches = _batches(sql, tables, columns, schema, Path(folder), batch_rows)
        try:
            with interruptible():
                yield from batches
        except duckdb.OutOfMemoryException as problem:
            raise EnvironmentFailure(
                f"the query of table `{table}` needs more than {_MEMORY} of memory, or more room on the disk",
                "let it read or join less",
            ) from problem
        except duckdb.Error as problem:
            raise _failed(table, _told(problem)) from None
        except FileProblem as problem:
            raise _failed(table, problem.detail) from None


def _failed(table: str, detail: str) -> GenerationError:
    return GenerationError(lambda span: QueryFails(span=span, table=table, detail=detail), table=table)


def _batches(
    sql: str,
    tables: Mapping[str, TableFiles],
    columns: Mapping[str, Mapping[str, t.DataType]],
    schema: Mapping[str, t.DataType],
    temp_dir: Path,
    batch_rows: int,
) -> Iterator[pa.RecordBatch]:
    paths = [path for files in tables.values() for path in readable_paths(files, temp_dir)]
    connection = open_database(paths, temp_dir, threads=1, memory_limit=_MEMORY)
    try:
        statement = _statement(connection, sql)
        connection.execute("CREATE SCHEMA data; CREATE SCHEMA stage")
        for name, files in tables.items():
            _natural_view(connection, name, columns[name], files, temp_dir)
        if not _is_ordered(connection, statement):
            statement = f"SELECT * FROM ({statement}) ORDER BY ALL"
        names = [f"c{i}" for i in range(len(schema))]
        outs = ", ".join(_out(n, d) for n, d in zip(names, schema.values(), strict=True))
        relation = connection.sql(f"SELECT {outs} FROM ({statement}) AS q({', '.join(names)})")
        target = pa.schema([pa.field(n, arrow_type(d)) for n, d in schema.items()])
        for batch in relation.to_arrow_reader(batch_rows):
            arrays = [_as_declared(a, f.type) for a, f in zip(list(batch.columns), target, strict=True)]
            yield pa.RecordBatch.from_arrays(arrays, schema=target)
    finally:
        connection.close()


def _is_ordered(connection: duckdb.DuckDBPyConnection, statement: str) -> bool:
    modifiers: list[dict[str, Any]] = _tree(connection, statement)["statements"][0]["node"]["modifiers"]
    return any(m.get("type") == "ORDER_MODIFIER" for m in modifiers)


def _natural_view(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    columns: Mapping[str, t.DataType],
    files: TableFiles,
    temp_dir: Path,
) -> None:
    read = read_table(connection, name, f"data.{quote_name(name)}", columns, files, temp_dir)
    if read.problems or read.missing:
        what = [*read.problems, *read.missing.values()][0]
        raise DataError(f"table `{name}` cannot be read: {what}")
    inner = distinct_names(columns)
    parts = ", ".join(f"{_declared(quote_name(inner[c]), d)} AS {quote_name(c)}" for c, d in columns.items())
    connection.execute(f"CREATE VIEW {quote_name(name)} AS SELECT {parts} FROM data.{quote_name(name)}")


def _declared(sql: str, dtype: t.DataType) -> str:
    """A physical value as the type that ``query_schema`` promised."""
    match dtype:
        case t.Duration():
            return f"to_microseconds({sql})"
        case t.Timestamp():
            return f"CAST({to_natural(sql, dtype)} AS TIMESTAMP WITH TIME ZONE)"
        case _:
            return f"CAST({to_natural(sql, dtype)} AS {duckdb_type(dtype)})"


def _out(name: str, dtype: t.DataType) -> str:
    match dtype:
        case t.Duration():
            return f"epoch_us({name})"
        case t.Timestamp():
            return f"epoch_us({name})"
        case t.Uuid():
            return f"unhex(replace(CAST({name} AS VARCHAR), '-', ''))"
        case t.Json():
            return f"CAST({name} AS {physical_type(dtype)})"
        case _:
            return f"CAST({name} AS {duckdb_type(dtype)})"


def _as_declared(array: pa.Array, target: pa.DataType) -> pa.Array:
    if target == pa.uuid():
        return pa.ExtensionArray.from_storage(target, array.cast(pa.binary(16)))
    return array if array.type == target else array.cast(target)
