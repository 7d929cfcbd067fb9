"""Tables as files hold them, brought into the database of verification in physical form.

Parquet is read in place, column by column, as often as rules ask. All else (CSV, JSON, what is read by its
own sink or container, partitioned tables) is read once into a table on disk, so that it is parsed once and
its rows have numbers.
"""

from __future__ import annotations

import codecs
import csv
import io
from collections.abc import Collection, Iterator, Mapping, Sequence
from dataclasses import dataclass, field
from pathlib import Path
from typing import TYPE_CHECKING, Any

from specdsl.datatypes import types as t
from specdsl.datatypes.counterparts import arrow_type
from specdsl.sinks.base import WriteOptions, documented
from specdsl.sinks.partitions import KEEP, folder_value
from specdsl.sinks.registry import CONTAINERS, READABLE
from specdsl.sinks.text.dialect import Dialect
from specdsl.verify.forms import constant, quote_name, quote_text
from specdsl.verify.json_rows import OBJECTS, JsonRows
from specdsl.verify.naming import ROW, distinct_names
from specdsl.verify.stored import (
    Conversion,
    from_column,
    from_text,
    has_long_numbers,
)
from specdsl.verify.streams import streamed
from specdsl.verify.unpacked import DAMAGED, opened, plain_files, unpacked_path

if TYPE_CHECKING:
    import duckdb
    import pyarrow as pa

_HEADER_BYTES = 1 << 20
_FILE = '"#file"'
_PLACE = '"#place"'


@dataclass(frozen=True, slots=True)
class TableFiles:
    """The files of one table, in the order of its rows. ``format`` is the name of a sink or container (whose
    one path is the file or folder). ``values``: options of the format that differ from its defaults.
    ``partition_by``: columns whose values are in the names of folders. ``order``: for files whose rows are
    in another order, an Arrow file with the number of each (None where it is not known).
    ``json``: what rows of JSON say beyond types. ``first_row``: the number of the first row, where earlier
    ones are elsewhere."""

    paths: Sequence[Path]
    format: str
    values: Mapping[str, Any] = field(default_factory=dict)
    partition_by: tuple[str, ...] = ()
    order: Path | None = None
    json: JsonRows = OBJECTS
    first_row: int = 0

    @property
    def ordered(self) -> bool:
        """Whether the numbers of rows are known."""
        return not self.partition_by or self.order is not None


def readable_paths(files: TableFiles, temp_dir: Path) -> list[Path]:
    """All that DuckDB has to read for a table: its files, and where those are unpacked to."""
    order = [] if files.order is None else [files.order]
    return [*files.paths, *(unpacked_path(path, temp_dir) for path in files.paths), *order]


@dataclass(frozen=True, slots=True)
class Unreadable:
    """Values of a column that cannot be read as its declared type. ``bad`` is a predicate over
    ``source`` (a relation with the row's number); ``raw`` is what the file holds, as text."""

    column: str
    bad: str
    raw: str
    source: str


@dataclass
class ReadTable:
    """One table in the database.

    ``missing``: declared columns that cannot be used, with the reason. ``problems``: what is wrong with
    the files as such. ``extra``: columns of the files that were not declared. ``rows``: how many there are,
    where that is known without counting.
    """

    name: str
    missing: dict[str, str] = field(default_factory=dict)
    problems: list[str] = field(default_factory=list)
    extra: list[str] = field(default_factory=list)
    unreadable: list[Unreadable] = field(default_factory=list)
    rejected: list[dict[str, object]] = field(default_factory=list)
    rejected_count: int = 0
    usable: bool = True
    rows: int | None = None


Columns = Mapping[str, t.DataType]
"""The columns to read and their declared types, in order."""


def read_table(
    connection: duckdb.DuckDBPyConnection,
    name: str,
    view: str,
    columns: Columns,
    files: TableFiles,
    temp_dir: Path | None,
) -> ReadTable:
    """Make ``view`` (a quoted name with schema) over the files of table ``name``, with ``columns`` in
    physical form and the row's number. Whatever is wrong with the files is in the result; the view is
    there in any case (empty when nothing could be read). Raises duckdb.OutOfMemoryException, which says
    nothing about the files."""
    import duckdb

    table = ReadTable(name)
    if not files.paths and files.partition_by:  # without a row there is no folder
        _empty(connection, view, columns, table)
        table.usable = True
        return table
    gone = [p for p in files.paths if not p.exists()]
    if gone or not files.paths:
        table.problems.append(
            f"there is no file {', '.join(f'`{p}`' for p in gone)}" if gone else "there are no files of it"
        )
        _empty(connection, view, columns, table)
        return table
    try:
        match files.format:
            case "parquet":
                _parquet(connection, view, columns, files, table)
            case "csv":
                _csv(connection, view, columns, files, table, temp_dir)
            case "jsonl" | "json":
                _json_objects(connection, view, columns, files, table, temp_dir)
            case form if form in READABLE:
                reader = streamed(READABLE[form], files, _schema(columns))
                _stream(connection, view, columns, reader, files, table)
            case form if form in CONTAINERS:
                reader = CONTAINERS[form].read(files.paths[0], name, _schema(columns))
                _stream(connection, view, columns, reader, files, table)
            case other:
                table.problems.append(f"`{other}` is not a format that can be verified")
                _empty(connection, view, columns, table)
    except duckdb.OutOfMemoryException:
        raise
    except (duckdb.Error, *DAMAGED) as problem:
        table.problems.append(_first_line(problem))
        _empty(connection, view, columns, table)
    return table


def _first_line(problem: Exception) -> str:
    return next((line for line in str(problem).splitlines() if line.strip()), type(problem).__name__)


def _empty(connection: duckdb.DuckDBPyConnection, view: str, columns: Columns, table: ReadTable) -> None:
    names = distinct_names(columns)
    selected = [f"{constant(None, d)} AS {quote_name(names[c])}" for c, d in columns.items()]
    selected.append(f"CAST(0 AS BIGINT) AS {ROW}")
    connection.execute(f"CREATE OR REPLACE VIEW {view} AS SELECT {', '.join(selected)} WHERE false")
    table.usable = False


def _selected(
    columns: Columns, found: Mapping[str, Conversion | str], table: ReadTable
) -> list[tuple[str, str, str | None]]:
    """(name in the database, SQL, predicate of unreadable values) for each declared column. ``found``
    has a conversion, or the reason why there is none."""
    names = distinct_names(columns)
    out = []
    for column, dtype in columns.items():
        held = found.get(column, "the files have no column `" + column + "`")
        if isinstance(held, str):
            table.missing[column] = held
            held = Conversion(constant(None, dtype))
        out.append((names[column], held.sql, held.bad))
    return out


def _by_type(columns: Columns, relation: Any, names: Sequence[str]) -> dict[str, Conversion | str]:
    """Conversions of columns that have types of their own. ``names`` are the files' own names, in the
    order of the relation's columns (DuckDB renames those that differ in case only)."""
    found: dict[str, Conversion | str] = {}
    for own, column, stored in zip(names, relation.columns, relation.types, strict=True):
        if own not in columns:
            continue
        conversion = from_column(quote_name(column), stored, columns[own])
        found[own] = (
            conversion or f"column `{own}` is {str(stored).lower()}, which cannot hold {columns[own]}"
        )
    return found


def _parquet(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    columns: Columns,
    files: TableFiles,
    table: ReadTable,
) -> None:
    import pyarrow.parquet as pq

    paths = files.paths
    counts = []
    names: list[str] = []
    for path in paths:
        with pq.ParquetFile(path) as file:
            counts.append(file.metadata.num_rows)
            names = names or list(file.schema_arrow.names)
    listed = ", ".join(quote_text(str(p)) for p in paths)
    source = f"read_parquet([{listed}], hive_partitioning = false)"
    relation = connection.sql(f"SELECT * FROM {source}")
    found = _by_type(columns, relation, names)
    table.extra = [n for n in names if n not in columns]
    if files.partition_by:
        raw = {c: f"CAST({quote_name(n)} AS VARCHAR)" for c, n in zip(names, relation.columns, strict=True)}
        folders = _folders(columns, files, names, "file_index")
        found |= {c: from_text(text, columns[c]) for c, text in folders.items()}
        _staged(connection, view, columns, found, raw | folders, source, table, files)
        return
    selected = _selected(columns, found, table)
    offsets = [sum(counts[:i]) for i in range(len(counts))]
    row = "file_row_number"
    if len(paths) > 1:
        row = f"(file_row_number + list_extract({offsets}, CAST(file_index AS BIGINT) + 1))"
    if files.first_row:
        row = f"({row} + {files.first_row})"
    parts = [f"{sql} AS {quote_name(n)}" for n, sql, _ in selected]
    connection.execute(f"CREATE VIEW {view} AS SELECT {', '.join([*parts, f'{row} AS {ROW}'])} FROM {source}")
    table.rows = sum(counts)
    raw_source = f"(SELECT *, {row} AS {ROW} FROM {source})"
    for (column, _), (_, _, bad) in zip(columns.items(), selected, strict=True):
        if bad is not None:
            own = quote_name(relation.columns[names.index(column)])
            table.unreadable.append(Unreadable(column, bad, f"CAST({own} AS VARCHAR)", raw_source))


def _staged(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    columns: Columns,
    found: Mapping[str, Conversion | str],
    raw: Mapping[str, str],
    source: str,
    table: ReadTable,
    files: TableFiles,
    place: str | None = None,
) -> None:
    """A table on disk of what ``source`` gives, in the order of rows, and ``view`` over it. Raw texts of
    unreadable values are kept beside them. ``place``: SQL of the number of a row's file, where the source
    does not give one file after the other."""
    selected = _selected(columns, found, table)
    parts = [f"{sql} AS {quote_name(n)}" for n, sql, _ in selected]
    stage = stage_name(view)
    marks = []
    for i, (column, (_, _, bad)) in enumerate(zip(columns, selected, strict=True)):
        if bad is not None:
            parts.append(f"CASE WHEN {bad} THEN {raw[column]} END AS {quote_name(f'#raw{i}')}")
            marks.append((column, quote_name(f"#raw{i}")))
    # A table needs a column; the row numbers are those of the table on disk.
    parts = parts or ['true AS "#none"']
    if place is not None:
        parts.append(f"{place} AS {_PLACE}")
    connection.execute(f"CREATE TABLE {stage} AS SELECT {', '.join(parts)} FROM {source}")
    if place is not None:
        _ordered(connection, stage, f"SELECT * EXCLUDE ({_PLACE}) FROM held ORDER BY {_PLACE}, rowid")
    if files.order is not None:
        numbers = f"(SELECT row, file_row_number AS at FROM read_parquet({quote_text(str(files.order))}))"
        _ordered(
            connection,
            stage,
            f"SELECT held.* FROM held JOIN {numbers} AS numbers ON held.rowid = numbers.at "
            "ORDER BY numbers.row",
        )
    names = [quote_name(n) for n, _, _ in selected]
    row = f"(rowid + {files.first_row})" if files.first_row else "rowid"
    connection.execute(f"CREATE VIEW {view} AS SELECT {', '.join([*names, f'{row} AS {ROW}'])} FROM {stage}")
    raw_source = f"(SELECT *, {row} AS {ROW} FROM {stage})"
    for column, mark in marks:
        table.unreadable.append(Unreadable(column, f"{mark} IS NOT NULL", mark, raw_source))


def stage_name(view: str) -> str:
    """The table that holds what ``view`` shows, where the files cannot be read twice."""
    schema, _, name = view.partition(".")
    return f"{'stage' if schema == 'data' else f'{schema}_stage'}.{name}"


def _ordered(connection: duckdb.DuckDBPyConnection, stage: str, query: str) -> None:
    """Make the table ``stage`` anew with the rows of ``query``, in which it is called ``held``."""
    connection.execute(f"ALTER TABLE {stage} RENAME TO held")
    connection.execute(f"SET search_path = '{stage.partition('.')[0]}'")
    connection.execute(f"CREATE TABLE {stage} AS {query}")
    connection.execute("DROP TABLE held")
    connection.execute("RESET search_path")


def _csv(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    columns: Columns,
    files: TableFiles,
    table: ReadTable,
    temp_dir: Path | None,
) -> None:
    dialect = Dialect.of(WriteOptions("none", (), files.values))
    paths = files.paths
    folded = () if KEEP.name in files.values else files.partition_by
    header = csv_header(paths[0], dialect) if dialect.header else [c for c in columns if c not in folded]
    for path in paths[1:] if dialect.header else ():
        if csv_header(path, dialect) != header:
            table.problems.append(f"`{path.name}` has other columns than `{paths[0].name}`")
            return _empty(connection, view, columns, table)
    twice = sorted({name for name in header if header.count(name) > 1})
    if twice:
        table.problems.append(f"column `{twice[0]}` comes twice in the header")
        return _empty(connection, view, columns, table)
    names = distinct_names(header)
    found: dict[str, Conversion | str] = {
        c: from_text(_word(quote_name(names[c]), columns[c], dialect), columns[c])
        for c in header
        if c in columns
    }
    table.extra = [n for n in header if n not in columns]
    plain = plain_files(paths, temp_dir, dialect.encoding)
    listed = ", ".join(quote_text(str(p)) for p in plain)
    types = ", ".join(f"{quote_text(n)}: 'VARCHAR'" for n in names.values())
    named = f", filename = {quote_text(_FILE[1:-1])}" if len(plain) > 1 or files.partition_by else ""
    quote = quote_text("" if dialect.quoting == "none" else dialect.quote)
    line_end = "\\r\\n" if dialect.line_end == "\r\n" else "\\n"
    source = (
        f"read_csv([{listed}], header = {str(dialect.header).lower()}, auto_detect = false, "
        f"delim = {quote_text(dialect.delimiter)}, quote = {quote}, escape = {quote}, "
        f"new_line = '{line_end}', nullstr = {quote_text(dialect.null)}, allow_quoted_nulls = false, "
        f"columns = {{{types}}}, store_rejects = true, rejects_limit = 0{named})"
    )
    raw = {c: quote_name(names[c]) for c in header}
    place = _place(connection, plain, table) if named else None
    folders = _folders(columns, files, header, place) if place else {}
    found |= {c: from_text(sql, columns[c]) for c, sql in folders.items()}
    several = place if len(plain) > 1 else None  # DuckDB may read the second before the first
    _staged(connection, view, columns, found, raw | folders, source, table, files, several)
    ((table.rejected_count,),) = connection.execute(
        "SELECT count(DISTINCT (file_id, line)) FROM reject_errors"
    ).fetchall()
    rows = connection.execute(
        "SELECT line, any_value(csv_line), any_value(error_message) FROM reject_errors "
        "GROUP BY file_id, line ORDER BY file_id, line LIMIT 5"
    ).fetchall()
    table.rejected = [{"line": line, "text": text, "problem": why} for line, text, why in rows]
    connection.execute("DELETE FROM reject_errors")
    connection.execute("DELETE FROM reject_scans")
    return None


def _word(raw: str, dtype: t.DataType, dialect: Dialect) -> str:
    """A bool in the words of the language."""
    if not isinstance(dtype, t.Bool) or (dialect.true, dialect.false) == ("true", "false"):
        return raw
    words = f"WHEN {quote_text(dialect.true)} THEN 'true' WHEN {quote_text(dialect.false)} THEN 'false'"
    return f"CASE {raw} {words} ELSE {raw} || '?' END"


def csv_header(path: Path, dialect: Dialect) -> list[str]:
    """The names in the first line of a CSV file, decompressed where its name says so. Raises
    ValueError where there is none."""
    encoding = "utf-8-sig" if dialect.encoding == "utf-8" else dialect.encoding
    with opened(path) as stream:
        text = codecs.getincrementaldecoder(encoding)("replace").decode(stream.read(_HEADER_BYTES))
    header = next(csv.reader(io.StringIO(text), delimiter=dialect.delimiter, quotechar=dialect.quote), None)
    if not header:
        raise ValueError(f"`{path.name}` is empty: not even a header")
    return header


def _json_objects(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    columns: Columns,
    files: TableFiles,
    table: ReadTable,
    temp_dir: Path | None,
) -> None:
    plain = plain_files(files.paths, temp_dir)
    listed = ", ".join(quote_text(str(p)) for p in plain)
    named = f", filename = {quote_text(_FILE[1:-1])}"
    layout = "newline_delimited" if files.format == "jsonl" else "array"
    format_ = f"format = '{layout}', hive_partitioning = false"  # the files themselves have the values
    keys = connection.execute(
        f"SELECT DISTINCT unnest(json_keys(json)) FROM (SELECT json FROM read_json_objects([{listed}], "
        f"{format_}) LIMIT 1000)"
    ).fetchall()
    if (
        not keys
        and not connection.execute(
            f"SELECT 1 FROM read_json_objects([{listed}], {format_}) LIMIT 1"
        ).fetchall()
    ):
        _empty(connection, view, columns, table)
        table.usable = True  # without a row there is none that lacks a column
        return
    rows = files.json
    folded = () if KEEP.name in files.values else files.partition_by
    present = {str(k) for (k,) in keys} | (rows.absent & set(columns) - set(folded))
    if rows.bare is not None:  # the row is the value
        present = {rows.bare}
    names = distinct_names([*columns, *sorted(present - set(columns))])
    found: dict[str, Conversion | str] = {}
    raw = {}
    for column, dtype in columns.items():
        held = quote_name(names[column])
        if column in present:
            found[column] = rows.conversion(held, column, dtype)
            raw[column] = f"CAST({held} AS VARCHAR)"
    table.extra = sorted(present - set(columns))
    read = [c for c in columns if c in present]
    long = frozenset(c for c in read if has_long_numbers(columns[c]))
    source = rows.source(f"[{listed}], {format_}{named}", {c: names[c] for c in read}, long)
    place = _place(connection, plain, table)
    folders = _folders(columns, files, present, place)
    found |= {c: from_text(sql, columns[c]) for c, sql in folders.items()}
    several = place if len(plain) > 1 else None  # DuckDB may read the second before the first
    _staged(connection, view, columns, found, raw | folders, source, table, files, several)


# --- names of folders ----------------------------------------------------------------------------


def _folders(columns: Columns, files: TableFiles, held: Collection[str], place: str) -> dict[str, str]:
    """Texts from the names of folders: SQL by column, for columns that the files do not have themselves.
    ``place``: SQL of the number of the row's file."""
    out = {}
    for i, column in enumerate(files.partition_by):
        if column in columns and column not in held:
            above = i - len(files.partition_by) - 1
            values = [folder_value(column, path.parts[above]) for path in files.paths]
            listed = ", ".join("NULL" if v is None else quote_text(v) for v in values)
            out[column] = f"list_extract(CAST([{listed}] AS VARCHAR[]), CAST({place} AS BIGINT) + 1)"
    return out


def _place(connection: duckdb.DuckDBPyConnection, plain: Sequence[Path], table: ReadTable) -> str:
    """SQL of the number of a row's file among those that were read (``plain``), by its name."""
    kind = f"stage.{quote_name(f'files:{table.name}')}"
    names = ", ".join(quote_text(str(path)) for path in plain)
    connection.execute(f"DROP TYPE IF EXISTS {kind}")  # of the same table in an earlier batch
    connection.execute(f"CREATE TYPE {kind} AS ENUM ({names})")
    return f"enum_code(CAST({_FILE} AS {kind}))"


# --- rows that others read -----------------------------------------------------------------------


def _schema(columns: Columns) -> pa.Schema:
    import pyarrow as pa

    return pa.schema([documented(pa.field(c, arrow_type(d)), "", d) for c, d in columns.items()])


def _stream(
    connection: duckdb.DuckDBPyConnection,
    view: str,
    columns: Columns,
    reader: pa.RecordBatchReader,
    files: TableFiles,
    table: ReadTable,
) -> None:
    """Rows that are read by others than DuckDB, kept in a table on disk."""
    import duckdb
    import pyarrow as pa

    held = reader.schema.names
    failures: list[ValueError] = []
    batches = _until_failure(reader, failures)
    connection.register("held_rows", pa.RecordBatchReader.from_batches(reader.schema, batches))
    try:
        relation = connection.sql("SELECT * FROM held_rows LIMIT 0")
        found = _by_type(columns, relation, held)
        texts = [n for n in files.partition_by if n in held and KEEP.name not in files.values]
        found |= {n: from_text(quote_name(n), columns[n]) for n in texts if n in columns}
        table.extra = [n for n in held if n not in columns]
        raw = {
            own: f"CAST({quote_name(column)} AS VARCHAR)"
            for own, column in zip(held, relation.columns, strict=True)
        }
        _staged(connection, view, columns, found, raw, "held_rows", table, files)
    except duckdb.Error:
        if failures:  # said plainer than after its way through DuckDB
            raise failures[0] from None
        raise
    finally:
        connection.unregister("held_rows")


def _until_failure(reader: pa.RecordBatchReader, failures: list[ValueError]) -> Iterator[pa.RecordBatch]:
    try:
        yield from reader
    except ValueError as problem:
        failures.append(problem)
        raise
