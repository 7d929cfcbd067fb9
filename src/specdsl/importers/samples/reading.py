"""Data files as tables of a DuckDB database: which files, how they are read, what is wrong with them."""

from __future__ import annotations

import re
from collections.abc import Iterable, Sequence
from dataclasses import dataclass, replace
from pathlib import Path

import duckdb

from specdsl.errors import DataError, EnvironmentFailure, UsageError
from specdsl.importers.propernames import snake
from specdsl.importers.samples.delimited import Layout, layout

ENDINGS = {
    ".csv": "csv",
    ".tsv": "csv",
    ".parquet": "parquet",
    ".pq": "parquet",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
}
_COMPRESSED = (".gz", ".zst")
MAX_ROWS = 2_000_000
"""How many rows of a file are looked at."""
_WHOLE_FILE = ", maximum_object_size=33554432"


@dataclass(frozen=True, slots=True)
class Sample:
    """The rows of a file. ``relation``: the table of the database that holds them; ``whole``: what to select
    from for all rows of the file; ``rows``: how many are held, of ``total`` in the file; ``texts``: whether
    its values are only texts, as in CSV."""

    name: str
    path: Path
    kind: str
    relation: str
    whole: str
    rows: int
    total: int

    @property
    def sampled(self) -> bool:
        return self.rows < self.total


def kind_of(path: Path) -> str | None:
    """The kind of a data file by its ending, None for no kind that is known."""
    return ENDINGS.get(_plain(path).suffix.lower())


def files(paths: Sequence[Path], kind: str | None) -> list[Path]:
    """The data files that are meant: those named, and those in folders named. Raises UsageError and
    EnvironmentFailure."""
    found: list[Path] = []
    for path in paths:
        if path.is_dir():
            inside = sorted(p for p in path.iterdir() if p.is_file() and kind_of(p) and not _hidden(p))
            inside = [p for p in inside if kind is None or kind_of(p) == kind]
            if not inside:
                raise UsageError(f"no data file is in `{path}`", f"files end in {', '.join(ENDINGS)}")
            found += inside
        elif not path.exists():
            raise EnvironmentFailure(f"cannot read `{path}`: no such file")
        else:
            if kind is None and kind_of(path) is None:
                raise UsageError(f"`{path}` is of no kind that is known", "say `--from csv`, or another kind")
            found.append(path)
    return list(dict.fromkeys(found))


def load(database: duckdb.DuckDBPyConnection, paths: Iterable[Path], kind: str | None) -> list[Sample]:
    """Each file as a table. Raises DataError where one holds no rows to learn from, EnvironmentFailure where
    one cannot be read."""
    made: list[Sample] = []
    taken: set[str] = set()
    for path in paths:
        name = _name(path)
        wanted, count = name, 2
        while name in taken:
            name, count = f"{wanted}{count}", count + 1
        taken.add(name)
        made.append(_loaded(database, path, kind or kind_of(path) or "csv", name))
    return made


def _loaded(database: duckdb.DuckDBPyConnection, path: Path, kind: str, name: str) -> Sample:
    try:
        with path.open("rb") as file:
            if not file.read(1):
                raise DataError(f"`{path}` is empty", "give a file with rows to learn from")
    except OSError as error:
        raise EnvironmentFailure(f"cannot read `{path}`: {error.strerror or error}") from None
    read = layout(path) if kind == "csv" else None
    whole = _relation(path, kind, read)
    relation = f'"{name} as read"'
    try:
        database.execute(f"CREATE TABLE {relation} AS SELECT * FROM {whole}")  # names are made here
    except duckdb.Error as error:
        raise DataError(
            f"`{path}` cannot be read as {_shown(kind)}: {_reason(error, path)}", _help(kind)
        ) from None
    total = _count(database, relation)
    if total == 0:
        raise DataError(f"`{path}` has no rows", "give a file with rows to learn from")
    sample = Sample(name, path, kind, relation, relation, total, total)
    if total <= MAX_ROWS:
        return sample
    kept = f'"{name} sampled"'
    database.execute(
        f"CREATE TABLE {kept} AS SELECT * FROM {relation} "
        f"WHERE hash(rowid) % {total} < {MAX_ROWS} LIMIT {MAX_ROWS}"
    )
    return replace(sample, relation=kept, rows=_count(database, kept))


def _relation(path: Path, kind: str, read: Layout | None) -> str:
    file = "'" + str(path).replace("'", "''") + "'"
    file = f"[{file}]" if any(c in str(path) for c in "*?[") else file
    if read is not None:
        delimiter = read.delimiter.replace("'", "''")
        return (
            f"read_csv({file}, all_varchar=true, auto_detect=false, header=true, delim='{delimiter}', "
            f"quote='\"', escape='\"', null_padding=false, strict_mode=true, max_line_size=33554432, "
            f"columns={{{', '.join(map(_column, read.names))}}})"
        )
    if kind == "parquet":
        return f"read_parquet({file})"
    return f"read_json({file}, format='newline_delimited', sample_size=-1{_WHOLE_FILE})"


def _column(name: str) -> str:
    return "'" + name.replace("'", "''") + "': 'VARCHAR'"


def _count(database: duckdb.DuckDBPyConnection, relation: str) -> int:
    row = database.execute(f"SELECT count(*) FROM {relation}").fetchone()
    assert row is not None
    return int(row[0])


def _reason(error: duckdb.Error, path: Path) -> str:
    """The first thing that DuckDB says, in one line."""
    ragged = re.search(
        r"on Line: (\d+).*?Expected Number of Columns: (\d+) Found: (\d+)", str(error), re.DOTALL
    )
    if ragged:
        line, wanted, found = ragged.groups()
        return f"line {line} has {found} value{'s' if found != '1' else ''}, the header {wanted}"
    lines = [line.strip() for line in str(error).splitlines() if line.strip()]
    said = lines[0].split(": ", 1)[-1] if lines else "it is damaged"
    detail = [line for line in lines[1:] if line.startswith(("Expected Number", "Value with", "Invalid"))]
    text = " ".join([said, *detail[:1]]).replace(f' "{path}"', "").replace(f'"{path}"', "it")
    return text[:200].rstrip(". ")


def _help(kind: str) -> str:
    if kind == "csv":
        return "CSV is UTF-8 text with a header and as many values in each line as the header has names"
    return "JSON Lines have an object in each line" if kind == "jsonl" else "give a file that is Parquet"


def _shown(kind: str) -> str:
    return {"csv": "CSV", "jsonl": "JSON Lines", "parquet": "Parquet"}[kind]


def _plain(path: Path) -> Path:
    return path.with_suffix("") if path.suffix.lower() in _COMPRESSED else path


def _hidden(path: Path) -> bool:
    return path.name.startswith((".", "_"))


def _name(path: Path) -> str:
    """The table's name: the file's, as an identifier."""
    name = snake(_plain(path).stem)
    return name if name.isidentifier() and name.isascii() else "rows"
