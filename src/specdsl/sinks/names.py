"""Names of formats, and what people call them elsewhere. Nothing is imported: the command line asks."""

from __future__ import annotations

from collections.abc import Mapping
from difflib import get_close_matches

FORMAT_NAMES = (
    "parquet",
    "csv",
    "jsonl",
    "json",
    "arrow",
    "orc",
    "avro",
    "sqlite",
    "duckdb",
    "sql",
    "excel",
    "delta",
)
"""Names of the sinks and containers, without importing them (a test compares)."""

_CALLED: Mapping[str, str] = {
    **dict.fromkeys(("xlsx", "xls", "xlsm", "ods", "spreadsheet", "workbook"), "excel"),
    **dict.fromkeys(("ndjson", "jsonlines", "ldjson", "jsonnd"), "jsonl"),
    **dict.fromkeys(("sqlite3", "db", "db3"), "sqlite"),
    **dict.fromkeys(("feather", "ipc", "arrows"), "arrow"),
    **dict.fromkeys(("deltalake", "lake"), "delta"),
    **dict.fromkeys(("pq", "parq"), "parquet"),
    **dict.fromkeys(("duck", "ddb"), "duckdb"),
    **dict.fromkeys(("dump", "ddl", "inserts"), "sql"),
    **dict.fromkeys(("tsv", "tab"), "csv -O delimiter=tab"),
    **dict.fromkeys(("psv",), "csv -O delimiter=pipe"),
    **dict.fromkeys(("postgres", "postgresql", "psql", "pg", "pgsql"), "sql -O dialect=postgresql"),
    **dict.fromkeys(("mysql", "mariadb"), "sql -O dialect=mysql"),
    **dict.fromkeys(("mssql", "sqlserver", "tsql"), "sql -O dialect=sqlserver"),
    **dict.fromkeys(("oracle", "plsql"), "sql -O dialect=oracle"),
}

_FILES: Mapping[str, str] = {
    ".sqlite": "sqlite",
    ".sqlite3": "sqlite",
    ".db": "sqlite",
    ".duckdb": "duckdb",
    ".sql": "sql",
    ".xlsx": "excel",
    ".csv": "csv",
    ".json": "json",
    ".jsonl": "jsonl",
    ".ndjson": "jsonl",
    ".parquet": "parquet",
    ".arrow": "arrow",
    ".feather": "arrow",
    ".orc": "orc",
    ".avro": "avro",
}


def meant(name: str) -> str | None:
    """The format that ``name``, which is none, stands for, with the options that it takes; None where nobody
    can know."""
    plain = name.strip().lower().lstrip(".")
    squeezed = "".join(c for c in plain if c.isalnum())
    if squeezed in FORMAT_NAMES:
        return squeezed
    if squeezed in _CALLED:
        return _CALLED[squeezed]
    near = get_close_matches(squeezed, [*FORMAT_NAMES, *_CALLED], 1, 0.75)
    return _CALLED.get(near[0], near[0]) if near else None


def format_of_file(name: str) -> str | None:
    """The format that a file of this name would have; None where the name tells of none."""
    lower = name.lower()
    for packed in (".gz", ".zst", ".bz2", ".xz", ".zip"):
        lower = lower.removesuffix(packed)
    return next((form for ending, form in _FILES.items() if lower.endswith(ending) and lower != ending), None)
