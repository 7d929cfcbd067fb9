"""Data files: their columns with types, their rows as Arrow.

Parquet and Arrow files say their types. CSV and JSON do not: there a column gets the narrowest of bool,
int, float, date, timestamp that all its values have, else string. Numbers with leading zeros or more digits
than an int has stay strings (they are codes, not numbers); only empty unquoted fields are null.
"""

from __future__ import annotations

import csv
import io
import json
from collections import Counter
from collections.abc import Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa
import pyarrow.compute as pc

from specdsl.databases.addresses import FILE_DATABASES
from specdsl.databases.files import table_columns, table_schema
from specdsl.datatypes.counterparts import arrow_type, from_arrow
from specdsl.datatypes.types import DataType
from specdsl.files import DataFileSchema, FileProblem, Problem
from specdsl.local_files.folders import decoded

_HEADER_BYTES = 1 << 20
_MAX_JSON_BYTES = 256 * 1024 * 1024
_COMPRESSED = {".gz", ".zst", ".bz2"}
_DELIMITERS = ",;\t|"


def kind_of(path: str) -> str:
    """The format that a file's name says: parquet, arrow, csv, json or jsonl. Raises FileProblem."""
    suffixes = [s.lower() for s in Path(path).suffixes]
    if suffixes and suffixes[-1] in _COMPRESSED:
        suffixes.pop()
    known = {
        ".parquet": "parquet",
        ".pq": "parquet",
        ".arrow": "arrow",
        ".feather": "arrow",
        ".ipc": "arrow",
        ".csv": "csv",
        ".tsv": "csv",
        ".json": "json",
        ".jsonl": "jsonl",
        ".ndjson": "jsonl",
        **FILE_DATABASES,
    }
    last = suffixes[-1] if suffixes else ""
    if last not in known:
        raise FileProblem(
            Problem.UNKNOWN_FORMAT,
            path,
            "known are .csv, .tsv, .parquet, .arrow, .json, .jsonl and .ndjson, and .duckdb and .sqlite",
        )
    return known[last]


def schema_of(path: str, stored: str = "") -> DataFileSchema:
    """The columns and rows of a data file, or of table ``stored`` in it. Raises FileProblem."""
    kind = _kind(path, stored)
    if stored:
        return table_schema(path, kind, stored)
    if kind in {"parquet", "arrow"}:
        return _typed_schema(path, kind)
    table = _read(path, kind, None)
    columns = tuple(
        (name, _known(path, name, column.type), column.null_count > 0)
        for name, column in zip(table.column_names, table.columns, strict=True)
    )
    return DataFileSchema(columns, table.num_rows)


def _kind(path: str, stored: str) -> str:
    """The format of a file from which table ``stored`` is taken ("": it holds one table)."""
    kind = kind_of(path)
    is_database = kind in FILE_DATABASES.values()
    if stored and not is_database:
        raise FileProblem(Problem.UNKNOWN_FORMAT, path, "`table` is for .duckdb and .sqlite files")
    if is_database and not stored:
        raise FileProblem(Problem.UNKNOWN_FORMAT, path, "it is a database, which tables can be taken from")
    return kind


def read_columns(path: str, columns: Sequence[str] | None, stored: str = "") -> pa.Table:
    """``columns`` of a data file (None: all), or of table ``stored`` in it. Raises FileProblem."""
    kind = _kind(path, stored)
    if stored:
        return table_columns(path, kind, stored, columns)
    table = _read(path, kind, columns)
    wanted = list(table.column_names if columns is None else columns)
    gone = [c for c in wanted if c not in table.column_names]
    if gone:
        raise FileProblem(Problem.MALFORMED, path, f"there is no column `{gone[0]}`")
    table = table.select(wanted)
    for i, name in enumerate(wanted):
        declared = arrow_type(_known(path, name, table.column(i).type))
        if not pa.types.is_dictionary(table.column(i).type) and table.column(i).type != declared:
            table = table.set_column(i, name, table.column(i).cast(declared))
    return table


def _read(path: str, kind: str, columns: Sequence[str] | None) -> pa.Table:
    try:
        match kind:
            case "parquet":
                import pyarrow.parquet as pq

                with pq.ParquetFile(path) as file:
                    held = file.schema_arrow.names
                    wanted = None if columns is None else [c for c in columns if c in held]
                    return file.read(columns=wanted)
            case "arrow":
                with pa.OSFile(path) as handle, pa.ipc.open_file(handle) as reader:
                    return reader.read_all()
            case "csv":
                return _csv(path)
            case _:
                return _json(path)
    except (pa.ArrowException, UnicodeError) as problem:
        if "invalid UTF8" in str(problem):
            raise _not_utf8(path) from None
        raise FileProblem(Problem.MALFORMED, path, _one_line(problem)) from None
    except OSError as problem:  # Arrow raises it for damaged compression, too
        raise FileProblem(Problem.UNREADABLE, path, _one_line(problem)) from None


def _not_utf8(path: str) -> FileProblem:
    """Which byte of a file is not UTF-8, as far as its beginning tells."""
    try:
        with pa.input_stream(path, compression="detect") as stream:
            decoded(path, bytes(stream.read(_MAX_JSON_BYTES)))
    except FileProblem as problem:
        return problem
    except OSError:
        pass
    return FileProblem(Problem.NOT_TEXT, path, "there are bytes that are not UTF-8")


def _one_line(problem: Exception) -> str:
    return next((line.strip() for line in str(problem).splitlines() if line.strip()), "it cannot be read")


def _known(path: str, column: str, atype: pa.DataType) -> DataType:
    dtype = from_arrow(atype)
    if dtype is None or dtype == from_arrow(pa.null()):
        raise FileProblem(
            Problem.MALFORMED, path, f"column `{column}` is {atype}, which has no counterpart here"
        )
    return dtype


def _typed_schema(path: str, kind: str) -> DataFileSchema:
    """Types from the file's own schema; a column is nullable when it has nulls."""
    try:
        if kind == "parquet":
            import pyarrow.parquet as pq

            with pq.ParquetFile(path) as file:
                schema, rows = file.schema_arrow, file.metadata.num_rows
                nulls = [0] * len(schema)
                for group in range(file.metadata.num_row_groups):
                    batch = file.read_row_group(group)
                    nulls = [n + c.null_count for n, c in zip(nulls, batch.columns, strict=True)]
        else:
            with pa.OSFile(path) as handle, pa.ipc.open_file(handle) as reader:
                schema, rows = reader.schema, 0
                nulls = [0] * len(schema)
                for i in range(reader.num_record_batches):
                    part = reader.get_batch(i)
                    rows += part.num_rows
                    nulls = [n + c.null_count for n, c in zip(nulls, part.columns, strict=True)]
    except pa.ArrowException as problem:
        raise FileProblem(Problem.MALFORMED, path, _one_line(problem)) from None
    except OSError as problem:
        raise FileProblem(Problem.UNREADABLE, path, _one_line(problem)) from None
    _distinct(path, schema.names)
    columns = tuple((f.name, _known(path, f.name, f.type), n > 0) for f, n in zip(schema, nulls, strict=True))
    return DataFileSchema(columns, rows)


def _distinct(path: str, names: Sequence[str]) -> None:
    twice = [name for name, count in Counter(names).items() if count > 1]
    if twice:
        raise FileProblem(Problem.MALFORMED, path, f"column `{twice[0]}` comes twice")
    blank = next((i for i, name in enumerate(names) if not name.strip()), None)
    if blank is not None:
        raise FileProblem(Problem.MALFORMED, path, f"column {blank + 1} has no name")


# --- CSV -----------------------------------------------------------------------------------


def _csv(path: str) -> pa.Table:
    import pyarrow.csv as arrow_csv

    with pa.input_stream(path, compression="detect") as stream:
        start = bytes(stream.read(_HEADER_BYTES))
    if not start.strip():
        raise FileProblem(Problem.EMPTY, path, "there is not even a header")
    if start.startswith((b"\xff\xfe", b"\xfe\xff")) or b"\0" in start:
        decoded(path, start)
    first = start.decode("utf-8-sig", errors="replace").splitlines()[0]
    delimiter = "\t" if ".tsv" in Path(path).suffixes else max(_DELIMITERS, key=first.count)
    names = next(csv.reader(io.StringIO(start.decode("utf-8-sig", errors="replace")), delimiter=delimiter))
    _distinct(path, names)
    table = arrow_csv.read_csv(
        path,
        read_options=arrow_csv.ReadOptions(use_threads=False, column_names=names, skip_rows=0),
        parse_options=arrow_csv.ParseOptions(delimiter=delimiter, newlines_in_values=True),
        convert_options=arrow_csv.ConvertOptions(
            column_types={name: pa.string() for name in names},
            strings_can_be_null=True,
            quoted_strings_can_be_null=False,
            null_values=[""],
        ),
    ).slice(1)
    return pa.table([_inferred(column) for column in table.columns], names=names)


_FORMS: tuple[tuple[str, str, pa.DataType], ...] = (
    ("int", r"^-?(0|[1-9][0-9]{0,18})$", pa.int64()),
    ("float", r"^-?(0|[1-9][0-9]{0,16})(\.[0-9]+)?([eE][+-]?[0-9]+)?$", pa.float64()),
    ("bool", r"^(true|false|True|False|TRUE|FALSE)$", pa.bool_()),
    ("date", r"^[0-9]{4}-[0-9]{2}-[0-9]{2}$", pa.date32()),
    (
        "timestamp",
        r"^[0-9]{4}-[0-9]{2}-[0-9]{2}[T ][0-9]{2}:[0-9]{2}(:[0-9]{2}(\.[0-9]{1,6})?)?"
        r"(Z|[+-][0-9]{2}:?[0-9]{2})?$",
        pa.timestamp("us", tz="UTC"),
    ),
)


def _inferred(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Strings as the narrowest type that all of them have."""
    if column.null_count == len(column):
        return column
    for name, pattern, atype in _FORMS:
        if not pc.all(pc.match_substring_regex(column, pattern)).as_py():
            continue
        try:
            return _timestamps(column) if name == "timestamp" else column.cast(atype)
        except pa.ArrowInvalid:  # 99 where a month should be, 20 digits
            continue
    return column


def _timestamps(column: pa.ChunkedArray) -> pa.ChunkedArray:
    """Instants in UTC; those without a zone are taken to be in UTC."""
    zoned = pc.match_substring_regex(column, r"(Z|[+-][0-9]{2}:?[0-9]{2})$")
    text = pc.if_else(zoned, column, pc.binary_join_element_wise(column, "Z", ""))
    return text.cast(pa.timestamp("us", tz="UTC"))


# --- JSON ----------------------------------------------------------------------------------


def _json(path: str) -> pa.Table:
    """An array of objects (or of scalars, as column ``value``), or one object a line."""
    with pa.input_stream(path, compression="detect") as stream:
        data = bytes(stream.read(_MAX_JSON_BYTES + 1))
    if len(data) > _MAX_JSON_BYTES:
        limit = f"{_MAX_JSON_BYTES // 1024 // 1024} MB"
        raise FileProblem(Problem.TOO_LARGE, path, f"JSON files may have {limit}; use Parquet")
    text = decoded(path, data)
    if not text.strip():
        raise FileProblem(Problem.EMPTY, path)
    rows = _json_rows(path, text)
    names: dict[str, None] = {}
    for row in rows:
        names.update(dict.fromkeys(row))
    if not names:
        raise FileProblem(Problem.EMPTY, path, "no object in it has a member")
    _distinct(path, list(names))
    return pa.table([_json_column(path, n, [row.get(n) for row in rows]) for n in names], names=list(names))


def _json_rows(path: str, text: str) -> list[dict[str, Any]]:
    values: list[Any] = []
    try:
        if text.lstrip().startswith("["):
            values = json.loads(text)
        else:
            for number, line in enumerate(text.split("\n"), 1):
                if line.strip():
                    values.append(_json_line(line, number))
    except _JsonLineError:
        try:
            values = [json.loads(text)]  # one object over several lines
        except (ValueError, RecursionError) as problem:
            raise FileProblem(Problem.MALFORMED, path, _json_problem(problem)) from None
    except (ValueError, RecursionError) as problem:
        raise FileProblem(Problem.MALFORMED, path, _json_problem(problem)) from None
    if values and not any(isinstance(v, (dict, list)) for v in values):
        return [{"value": v} for v in values]
    wrong = next((i for i, v in enumerate(values) if not isinstance(v, dict)), None)
    if wrong is not None:
        raise FileProblem(Problem.MALFORMED, path, f"element {wrong + 1} is not an object")
    return values


def _json_problem(problem: Exception) -> str:
    if isinstance(problem, RecursionError):
        return "it is nested too deep"
    if "integer string conversion" in str(problem):
        return "it has a number with thousands of digits"
    return _one_line(problem)


class _JsonLineError(ValueError):
    pass


def _json_line(line: str, number: int) -> Any:
    try:
        return json.loads(line)
    except (ValueError, RecursionError) as problem:
        if number == 1:
            raise _JsonLineError(str(problem)) from None
        raise ValueError(f"line {number}: {_json_problem(problem)}") from None


def _json_column(path: str, name: str, values: list[Any]) -> pa.ChunkedArray:
    present = [v for v in values if v is not None]
    try:
        if all(isinstance(v, str) for v in present):
            return _inferred_text(values)
        if all(isinstance(v, (int, float)) and not isinstance(v, bool) for v in present):
            whole = all(isinstance(v, int) for v in present)
            return pa.chunked_array([pa.array(values, pa.int64() if whole else pa.float64())])
        return pa.chunked_array([pa.array(values)])
    except UnicodeError:
        raise FileProblem(
            Problem.MALFORMED, path, f"column `{name}` has half of a surrogate pair, which is no character"
        ) from None
    except OverflowError:
        raise FileProblem(Problem.MALFORMED, path, f"column `{name}` has integers beyond 64 bits") from None
    except pa.ArrowException as problem:
        kinds = sorted({_JSON_KINDS.get(type(v), "numbers") for v in present})
        told = f"mixes {' and '.join(kinds)}" if len(kinds) > 1 else _one_line(problem)
        raise FileProblem(Problem.MALFORMED, path, f"column `{name}` {told}") from None


_JSON_KINDS = {str: "texts", bool: "true or false", dict: "objects", list: "arrays"}


def _inferred_text(values: list[str | None]) -> pa.ChunkedArray:
    """Strings stay strings unless all are dates or timestamps: JSON has its own numbers and bools."""
    column = pa.chunked_array([pa.array(values, pa.string())])
    inferred = _inferred(column)
    return inferred if pa.types.is_temporal(inferred.type) else column
