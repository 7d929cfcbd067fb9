"""What texts are really: integers, decimals, dates, truth values, identifiers, JSON. A type is taken only if
every value of the column has it."""

from __future__ import annotations

import re
from dataclasses import dataclass

import duckdb

from specdsl.importers.samples.reading import Sample

_LOOKED_AT = 2_000
_NULLS = ("", "NULL", "null", "\\N", "NA", "N/A", "n/a", "None", "none", "NaN", "nan", "-")
_NULL_LIST = "(" + ", ".join(f"'{word}'" for word in _NULLS) + ")"
_TRUTHS = (("true", "false"), ("t", "f"), ("yes", "no"), ("y", "n"))
_INT = re.compile(r"-?(0|[1-9]\d{0,18})")
_NUMBER = re.compile(r"-?(0|[1-9]\d*)?(\.\d+)?([eE][-+]?\d+)?")
_COMMA = re.compile(r"-?(0|[1-9]\d*),\d+")
_UUID = re.compile(r"[0-9a-fA-F]{8}(-[0-9a-fA-F]{4}){3}-[0-9a-fA-F]{12}")
_TIME = re.compile(r"\d\d:\d\d(:\d\d(\.\d+)?)?")
_DATE = re.compile(r"\d{4}-\d\d-\d\d")
_STAMP = re.compile(r"\d{4}-\d\d-\d\d[T ]\d\d:\d\d(:\d\d(\.\d+)?)?(Z|[-+]\d\d(:?\d\d)?)?")
_DAYS = (
    (re.compile(r"\d{4}/\d\d/\d\d"), "%Y/%m/%d", "yyyy/mm/dd"),
    (re.compile(r"\d\d?\.\d\d?\.\d{4}"), "%d.%m.%Y", "dd.mm.yyyy"),
    (re.compile(r"\d\d?/\d\d?/\d{4}"), "%d/%m/%Y", "dd/mm/yyyy"),
    (re.compile(r"\d\d?/\d\d?/\d{4}"), "%m/%d/%Y", "mm/dd/yyyy"),
    (re.compile(r"\d\d?-\d\d?-\d{4}"), "%d-%m-%Y", "dd-mm-yyyy"),
)
_MOST_DIGITS = 4
"""Numbers with at most so many digits after the point in all rows are decimals."""
_MOST_EQUAL = 10
"""With the same number of digits after the point in all rows so many are."""
_MOST_PRECISION = 36


@dataclass(frozen=True, slots=True)
class _Reading:
    """A way to read a text: ``expression`` over the column ``$c``. ``test`` is null where a text does not
    fit, as ``expression`` is where it is ''."""

    expression: str
    note: str = ""
    test: str = ""


def typed(database: duckdb.DuckDBPyConnection, sample: Sample) -> dict[str, str]:
    """Make the table ``typed NAME`` and the view ``all of NAME`` with the values as what they are. The result
    says for columns what a reader of the spec should know of how their texts are written."""
    notes: dict[str, str] = {}
    chosen: list[str] = []
    described = database.execute(f"DESCRIBE {sample.relation}").fetchall()
    for name, kind, *_ in described:
        quoted = identifier(name)
        found = None
        if kind == "VARCHAR" and sample.kind != "parquet":
            found = _found(database, sample, quoted, from_text=sample.kind == "csv")
        if kind == "DOUBLE" and sample.kind == "jsonl":
            found = _short_decimals(database, sample, quoted)
            if found is not None:
                chosen.append(f"{found.expression} AS {quoted}")
                continue
        if found is None:
            chosen.append(quoted if sample.kind != "csv" else f"NULLIF({quoted}, '\\N') AS {quoted}")
        else:
            chosen.append(f"{found.expression.replace('$c', quoted)} AS {quoted}")
            if found.note:
                notes[name] = found.note
    columns = ", ".join(chosen)
    database.execute(f"CREATE TABLE {table(sample)} AS SELECT {columns} FROM {sample.relation}")
    if sample.sampled:
        database.execute(f"CREATE VIEW {whole(sample)} AS SELECT {columns} FROM {sample.whole}")
    return notes


def table(sample: Sample) -> str:
    """The rows looked at, typed."""
    return identifier(f"typed {sample.name}")


def whole(sample: Sample) -> str:
    """All rows of the file, typed."""
    return identifier(f"all of {sample.name}") if sample.sampled else table(sample)


def identifier(name: str) -> str:
    """``name`` as SQL writes it."""
    return '"' + name.replace('"', '""') + '"'


def _plain(quoted: str) -> str:
    """The column without what stands for a null."""
    return f"(CASE WHEN trim({quoted}) IN {_NULL_LIST} THEN NULL ELSE trim({quoted}) END)"


def _found(
    database: duckdb.DuckDBPyConnection, sample: Sample, quoted: str, *, from_text: bool
) -> _Reading | None:
    """How all values of a column can be read, None where they are just texts. ``from_text``: also as
    numbers and truth values."""
    rows = database.execute(
        f"SELECT DISTINCT {_plain(quoted)} AS v FROM (SELECT {quoted} FROM {sample.relation} "
        f"WHERE {_plain(quoted)} IS NOT NULL LIMIT {_LOOKED_AT})"
    ).fetchall()
    values = [str(row[0]) for row in rows]
    if not values:
        return None
    for reading in _candidates(database, sample, quoted, values, from_text=from_text):
        test = (reading.test or reading.expression).replace("$c", quoted)
        wrong = database.execute(
            f"SELECT DISTINCT trim({quoted}) FROM {sample.whole} "
            f"WHERE {quoted} IS NOT NULL AND ({test}) IS NULL LIMIT {len(_NULLS) + 1}"
        ).fetchall()
        if all(word in _NULLS for (word,) in wrong):
            return reading
    return None


def _candidates(
    database: duckdb.DuckDBPyConnection, sample: Sample, quoted: str, values: list[str], *, from_text: bool
) -> list[_Reading]:
    found: list[_Reading] = []
    if from_text:
        words = {v.lower() for v in values}
        for yes, no in _TRUTHS:
            if words == {yes, no} or (yes == "true" and words <= {yes, no}):
                case = f"CASE lower($c) WHEN '{yes}' THEN true WHEN '{no}' THEN false END"
                found.append(_Reading(case, "" if yes == "true" else f'"{yes}" and "{no}" in the file'))
        found += _numbers(database, sample, quoted, values)
    if _all(_UUID, values):
        found.append(_Reading("TRY_CAST($c AS UUID)"))
    if _all(_DATE, values):
        found.append(_Reading("CASE WHEN length($c) = 10 THEN TRY_CAST($c AS DATE) END"))
    if _all(_STAMP, values):
        found.append(_Reading("TRY_CAST($c AS TIMESTAMPTZ)"))
    if _all(_TIME, values):
        found.append(_Reading("TRY_CAST($c AS TIME)"))
    for pattern, form, shown in _DAYS:
        if _all(pattern, values):
            day = f"CAST(try_strptime($c, '{form}') AS DATE)"
            found.append(_Reading(day, f"written {shown} in the file"))
    if from_text and all(v[:1] in "[{" and v[-1:] in "]}" for v in values):
        found += _json(database, sample, quoted)
    return found


def _numbers(
    database: duckdb.DuckDBPyConnection, sample: Sample, quoted: str, values: list[str]
) -> list[_Reading]:
    if _all(_INT, values):
        whole_numbers = [
            _Reading(
                "TRY_CAST($c AS BIGINT)",
                test="CASE WHEN length($c) = length(CAST(TRY_CAST($c AS BIGINT) AS VARCHAR)) THEN 1 END",
            )
        ]
        return whole_numbers + _fractions(database, sample, quoted, values, "$c", "")
    if _all(_NUMBER, values):
        return _fractions(database, sample, quoted, values, "$c", "")
    if _all(_COMMA, values):
        return _fractions(
            database, sample, quoted, values, "replace($c, ',', '.')", "with a decimal comma in the file"
        )
    return []


def _fractions(
    database: duckdb.DuckDBPyConnection,
    sample: Sample,
    quoted: str,
    values: list[str],
    number: str,
    note: str,
) -> list[_Reading]:
    """As decimals where the digits are few, else as floats."""
    floats = _Reading(f"nullif(TRY_CAST({number} AS DOUBLE), 'NaN'::DOUBLE)", note)
    sizes = {len(v.replace(",", ".").partition(".")[2]) for v in values}
    if (max(sizes) > _MOST_DIGITS and len(sizes) > 1) or any("e" in v.lower() for v in values):
        return [floats]
    text = number.replace("$c", quoted)
    row = database.execute(
        f"SELECT coalesce(max(length(v) - strpos(v, '.')) FILTER (contains(v, '.')), 0), "
        f"max(abs(d)) FILTER (isfinite(d)) FROM (SELECT v, TRY_CAST(v AS DOUBLE) AS d "
        f"FROM (SELECT {text} AS v FROM {sample.whole}))"
    ).fetchone()
    assert row is not None
    most, before = int(row[0]), len(str(int(row[1] or 0)))
    if (most > _MOST_DIGITS and sizes != {most}) or most > _MOST_EQUAL or before + most > _MOST_PRECISION:
        return [floats]
    precision = max(before + most, 10 if before + most <= 10 else before + most + 2)
    decimal = f"TRY_CAST({number} AS DECIMAL({precision}, {most}))"
    test = f"CASE WHEN regexp_full_match(trim({number}), '-?([0-9]*)(\\.[0-9]+)?') THEN {decimal} END"
    return [_Reading(decimal, note, test), floats]


def _short_decimals(database: duckdb.DuckDBPyConnection, sample: Sample, quoted: str) -> _Reading | None:
    """JSON's numbers as decimals, where all have few digits after the point and not all are whole."""
    row = database.execute(
        f"SELECT max(length(rtrim(split_part(v, '.', 2), '0'))), "
        f"max(length(ltrim(split_part(v, '.', 1), '-'))), "
        f"count(*) FILTER (v SIMILAR TO '.*[a-z].*') FROM (SELECT CAST({quoted} AS VARCHAR) AS "
        f"v FROM {sample.whole})"
    ).fetchone()
    if row is None or row[0] is None or not 0 < row[0] <= _MOST_DIGITS or row[2] or row[0] + row[1] > 15:
        return None
    scale = max(2, int(row[0]))
    return _Reading(f"CAST({quoted} AS DECIMAL({max(10, row[1] + scale)}, {scale}))")


def _json(database: duckdb.DuckDBPyConnection, sample: Sample, quoted: str) -> list[_Reading]:
    """Texts that are JSON objects or lists of one structure."""
    try:
        row = database.execute(
            f"SELECT json_group_structure({_plain(quoted)}::JSON) FROM {sample.relation}"
        ).fetchone()
    except duckdb.Error:
        return []
    if row is None or row[0] is None or '"JSON"' in str(row[0]) or '"NULL"' in str(row[0]):
        return []
    structure = str(row[0]).replace("'", "''")
    return [_Reading(f"from_json(TRY_CAST($c AS JSON), '{structure}')", "JSON text in the file")]


def _all(pattern: re.Pattern[str], values: list[str]) -> bool:
    return all(v and pattern.fullmatch(v) for v in values)
