"""Excel workbooks (.xlsx): a sheet a table, and a sheet about them (needs ``specdsl[excel]``).

======================  ==================================================================
bool                    TRUE and FALSE
ints                    numbers; a column that has one of more than 15 digits is text
float                   number; what is not finite is text
decimal                 number, shown with all its decimals; text where it has more than 15 digits
string, enum            text
json, list, struct      text in JSON
bytes                   text, two hexadecimal digits a byte
date, timestamp         dates, ``yyyy-mm-dd hh:mm:ss`` in UTC; text before 1900-03-01, and where a
                        number of Excel would not keep the microseconds (after 2079)
time                    time of day
duration                a number of days shown as hours; text (``-PT90S``) where negative
uuid                    text of 36 characters
null                    an empty cell
======================  ==================================================================

Excel has 1,048,576 rows and 16,384 columns a sheet and 32,767 characters a cell: what is more is refused.
Names of sheets have at most 31 characters; longer ones are cut and numbered. The bytes depend on the spec,
the seed and the options: its time of creation is the dataset's ``now``.
"""

from __future__ import annotations

import re
from collections.abc import Iterator, Mapping, Sequence
from contextlib import contextmanager
from datetime import UTC, datetime, timedelta
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import Any

import pyarrow as pa

from specdsl.datatypes import types as t
from specdsl.errors import DataError, UsageError
from specdsl.ir.model import Column, Dataset
from specdsl.sinks.base import Rechunker, WriteOptions
from specdsl.sinks.container import Content
from specdsl.sinks.options import Options, options_of
from specdsl.sinks.relational.stored import notes_on_columns, notes_on_partitions, stored_type
from specdsl.sinks.spreadsheet.cells import (
    Exact,
    cell_style,
    cells,
    has_long_integers,
    is_text,
)
from specdsl.sinks.spreadsheet.cells import (
    values as values_of,
)
from specdsl.sinks.spreadsheet.workbook import Row, Workbook

MOST_ROWS = 1_048_575  # beside the header
MOST_COLUMNS = 16_384
MOST_CHARACTERS = 32_767
_NAME = 31
_UNFIT = re.compile(r"[\[\]:*?/\\]|^'|'$")
_ABOUT = "about"
_TABLES = ("table", "sheet", "rows", "description")
_COLUMNS = ("table", "column", "type", "stored as", "null", "description")
_ROWS = 4_096
_HEADER = {"bold": True, "bg_color": "#D9E2F3", "bottom": 1, "valign": "top"}


class ExcelWorkbook:
    """See the module's text."""

    name = "excel"
    compressions: tuple[str, ...] = ("none",)
    options: Options = options_of()
    per_table = False

    def extension(self, compression: str) -> str:
        return ".xlsx"

    def require(self) -> None:
        try:
            import xlsxwriter  # noqa: F401
        except ImportError:
            raise UsageError(
                "format `excel` needs the package xlsxwriter", "pip install 'specdsl[excel]'"
            ) from None

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        for name, table in dataset.tables.items():
            if rows.get(name, 0) > MOST_ROWS:
                raise UsageError(
                    f"a sheet of Excel has room for {MOST_ROWS:,} rows, and `{name}` has {rows[name]:,}",
                    "take fewer with --rows or --scale, or another format",
                )
            count = sum(not c.hidden for c in table.columns.values())
            if count > MOST_COLUMNS:
                raise UsageError(
                    f"a sheet of Excel has {MOST_COLUMNS:,} columns, and `{name}` has {count:,}",
                    "take another format",
                )
        for name, sheet in sheet_names(list(dataset.tables)).items():
            if sheet != name:
                limit = "names of sheets have at most 31 characters, none of []:*?/\\"
                yield f"`{name}` goes to sheet `{sheet}`: {limit}"
        yield from notes_on_partitions(dataset)
        yield from notes_on_columns(dataset, _note)

    def write(
        self, target: Path, dataset: Dataset, contents: Sequence[Content], options: WriteOptions
    ) -> None:
        import xlsxwriter

        sheets = sheet_names([content.table.name for content in contents])
        with _failures(), TemporaryDirectory(dir=target.parent) as folder:
            book = xlsxwriter.Workbook(
                str(target), {"constant_memory": True, "tmpdir": folder, "strings_to_urls": False}
            )
            if sum(len(c.schema) * c.rows for c in contents) > 20_000_000:
                book.use_zip64()
            made = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=dataset.now)
            book.set_properties(
                {"title": dataset.name, "comments": dataset.doc, "created": made.replace(tzinfo=None)}
            )
            styles = _Styles(book)
            try:
                stored = {
                    content.table.name: _write_sheet(book, sheets[content.table.name], content, styles)
                    for content in contents
                }
                _write_about(book, dataset, contents, sheets, stored, styles)
            except BaseException:
                for sheet in book.worksheets():
                    sheet.row_data_fh.close()  # nobody else does
                raise
            book.close()

    def read(self, target: Path, table: str, schema: pa.Schema) -> pa.RecordBatchReader:
        if not target.is_file():
            raise ValueError("there is no such file")
        book = Workbook(target)
        sheet = _sheet_of(book, table)
        rows = book.rows(sheet)
        header = next(rows, {})
        place = {name: i for i, name in header.items()}
        found = pa.schema([field for field in schema if field.name in place], schema.metadata)
        return pa.RecordBatchReader.from_batches(found, _batches(book, rows, found, place))


def sheet_names(tables: Sequence[str]) -> dict[str, str]:
    """A name for each table's sheet: at most 31 characters, none that Excel refuses, all different."""
    taken = {_ABOUT, "history"}  # the latter is Excel's own
    out = {}
    for table in tables:
        base = _UNFIT.sub("_", table)
        name, number = base[:_NAME], 1
        while name.casefold() in taken:
            number += 1
            end = f"_{number}"
            name = base[: _NAME - len(end)] + end
        taken.add(name.casefold())
        out[table] = name
    return out


@contextmanager
def _failures() -> Iterator[None]:
    """What xlsxwriter raises as what it means."""
    from xlsxwriter.exceptions import XlsxFileError

    try:
        yield
    except XlsxFileError as problem:
        cause = problem.args[0] if problem.args and isinstance(problem.args[0], OSError) else None
        raise cause or OSError(str(problem)) from problem


def _note(dtype: t.DataType) -> str | None:
    match dtype:
        case _ if is_text(dtype):
            return "text: numbers of Excel have 15 digits"
        case t.Duration():
            return "a number of days, and text where it is negative"
        case t.Bytes():
            return "text, two hexadecimal digits a byte"
        case t.List() | t.Struct():
            return "text in JSON"
        case _:
            return None


class _Styles:
    """Formats of cells, each made once."""

    def __init__(self, book: Any) -> None:
        self._book = book
        self._made: dict[str, Any] = {}
        self.header = book.add_format(_HEADER)
        self.title = book.add_format({"bold": True, "font_size": 14})
        self.wrapped = book.add_format({"text_wrap": True, "valign": "top"})

    def of(self, number_format: str) -> Any:
        if number_format == "General":
            return None
        if number_format not in self._made:
            self._made[number_format] = self._book.add_format({"num_format": number_format})
        return self._made[number_format]


def _write_sheet(book: Any, name: str, content: Content, styles: _Styles) -> list[str]:
    """The sheet of one table; how each column is stored."""
    if content.rows > MOST_ROWS:
        raise DataError(
            f"a sheet of Excel has room for {MOST_ROWS:,} rows, "
            f"and `{content.table.name}` has {content.rows:,}",
            "take fewer with --rows or --scale, or another format",
        )
    columns = [content.table.columns[field.name] for field in content.schema]
    as_text = _long(content, columns)
    shown = [cell_style(c.type, as_text=as_text[c.name]) for c in columns]
    formats = [styles.of(style.number_format) for style in shown]
    sheet = book.add_worksheet(name)
    sheet.freeze_panes(1, 0)
    if columns:
        sheet.autofilter(0, 0, content.rows, len(columns) - 1)
    at = 1
    for batch in _runs(content):
        found = [
            cells(array, field, column.type, as_text=as_text[column.name])
            for array, field, column in zip(batch.columns, content.schema, columns, strict=True)
        ]
        if at == 1:
            _set_widths(sheet, columns, found, formats)
            _write_header(sheet, columns, styles)
        for row in zip(*found, strict=True):
            for i, value in enumerate(row):
                if value is not None:
                    _write_cell(sheet, at, i, value, formats[i], content, columns[i])
            if all(value is None for value in row):
                sheet.write_blank(at, 0, None, styles.wrapped)  # or there would be no row
            at += 1
    if at == 1:
        _set_widths(sheet, columns, [[] for _ in columns], formats)
        _write_header(sheet, columns, styles)
    return [style.name for style in shown]


def _runs(content: Content) -> Iterator[pa.RecordBatch]:
    """The rows, ``_ROWS`` at a time however the files are cut."""
    chunks = Rechunker(_ROWS)
    for batch in content.batches(_ROWS):
        for pieces in chunks.add(batch):
            yield _joined(pieces)
    for pieces in chunks.rest():
        yield _joined(pieces)


def _joined(pieces: Sequence[pa.RecordBatch]) -> pa.RecordBatch:
    if len(pieces) == 1:
        return pieces[0]
    return pa.Table.from_batches(pieces).unify_dictionaries().combine_chunks().to_batches()[0]


def _write_header(sheet: Any, columns: Sequence[Column], styles: _Styles) -> None:
    for i, column in enumerate(columns):
        sheet.write_string(0, i, column.name, styles.header)


def _write_cell(
    sheet: Any, row: int, i: int, value: object, style: Any, content: Content, column: Column
) -> None:
    if isinstance(value, str):
        if len(value) > MOST_CHARACTERS or (
            len(value) * 2 > MOST_CHARACTERS and len(value.encode("utf-16-le")) // 2 > MOST_CHARACTERS
        ):
            raise DataError(
                f"a cell of Excel has at most {MOST_CHARACTERS:,} characters, and "
                f"`{content.table.name}.{column.name}` has {len(value):,} in row {row - 1}",
                "make it shorter, or take another format",
            )
        sheet.write_string(row, i, value, style)
    elif isinstance(value, bool):
        sheet.write_boolean(row, i, value, style)
    else:
        sheet.write_number(row, i, value if isinstance(value, Exact) else Exact(value), style)  # type: ignore[arg-type]


def _long(content: Content, columns: Sequence[Column]) -> dict[str, bool]:
    """Which integer columns have to be text."""
    wide = [i for i, c in enumerate(columns) if isinstance(c.type, t.Int) and c.type.bits == 64]
    found = {column.name: False for column in columns}
    if wide:
        for batch in content.batches():
            for i in wide:
                found[columns[i].name] = found[columns[i].name] or has_long_integers(batch.column(i))
    return found


def _set_widths(
    sheet: Any, columns: Sequence[Column], found: Sequence[Sequence[object]], formats: Sequence[Any]
) -> None:
    """As wide as the names and the first rows need, within reason."""
    for i, column in enumerate(columns):
        longest = max((len(x) for x in found[i][:200] if isinstance(x, str)), default=0)
        usual = {t.Timestamp: 19, t.Date: 10, t.Decimal: 12}.get(type(column.type), 6)
        sheet.set_column(i, i, min(60, max(len(column.name) + 4, longest, usual) + 1), formats[i])


def _write_about(
    book: Any,
    dataset: Dataset,
    contents: Sequence[Content],
    sheets: Mapping[str, str],
    stored: Mapping[str, Sequence[str]],
    styles: _Styles,
) -> None:
    """The last sheet: the dataset, its tables, their columns."""
    sheet = book.add_worksheet(_ABOUT)
    for i, width in enumerate((24, 28, 24, 26, 8, 80)):
        sheet.set_column(i, i, width)
    made = datetime(1970, 1, 1, tzinfo=UTC) + timedelta(microseconds=dataset.now)
    lines: list[tuple[tuple[object, ...], Any]] = [
        ((dataset.name,), styles.title),
        *(((line,), None) for line in dataset.doc.splitlines()),
        (("seed", dataset.seed), None),
        (("now", made.isoformat().replace("+00:00", "Z")), None),
        ((), None),
        (_TABLES, styles.header),
    ]
    for content in contents:
        table = content.table
        lines.append(((table.name, sheets[table.name], content.rows, table.doc), None))
    lines += [((), None), (_COLUMNS, styles.header)]
    for content in contents:
        for field, kind in zip(content.schema, stored[content.table.name], strict=True):
            column = content.table.columns[field.name]
            null = "yes" if column.nullable else "no"
            lines.append(((content.table.name, column.name, str(column.type), kind, null, column.doc), None))
    for row, (values, style) in enumerate(lines):
        for i, value in enumerate(values):
            if isinstance(value, int) and abs(value) < 10**15:
                sheet.write_number(row, i, value, style)
            elif value != "":
                sheet.write_string(row, i, str(value)[:MOST_CHARACTERS], style)


# --- reading -----------------------------------------------------------------------------------


def _sheet_of(book: Workbook, table: str) -> str:
    """The sheet of a table, as the sheet about them says; else the one of the same name."""
    about = next(reversed(book.sheets), "")
    if about == _ABOUT:
        listed = False
        for row in book.rows(about):
            values = tuple(row.get(i) for i in range(len(_TABLES)))
            if listed and not row:
                break
            if listed and values[0] == table:
                return str(values[1])
            listed = listed or values == _TABLES
    if table in book.sheets:
        return table
    raise ValueError(f"the workbook has no sheet of `{table}`")


def _batches(
    book: Workbook, rows: Iterator[Row], schema: pa.Schema, place: Mapping[object, int]
) -> Iterator[pa.RecordBatch]:
    types = [stored_type(field) for field in schema]
    with book:
        some: list[Row] = []
        for row in rows:
            some.append(row)
            if len(some) == 16_384:
                yield _batch(some, schema, types, place)
                some = []
        if some:
            yield _batch(some, schema, types, place)


def _batch(
    some: Sequence[Row], schema: pa.Schema, types: Sequence[t.DataType], place: Mapping[object, int]
) -> pa.RecordBatch:
    arrays = [
        values_of([row.get(place[field.name]) for row in some], field, dtype)
        for field, dtype in zip(schema, types, strict=True)
    ]
    return pa.RecordBatch.from_arrays(arrays, schema=schema)
