"""Datasets, tables and rows to be looked at: HTML for notebooks, text elsewhere.

Styles stand on the elements and take the page's own colours, so that light and dark themes both fit, and
pages that allow no style sheets too.
"""

from __future__ import annotations

import datetime as dt
from collections.abc import Mapping, Sequence
from decimal import Decimal
from html import escape
from typing import TYPE_CHECKING, Any

from specdsl.errors import SpecdslError

if TYPE_CHECKING:
    import pyarrow as pa

    from specdsl.api.data import Data
    from specdsl.api.rows import Rows
    from specdsl.api.table import Table

_ROWS = 10
_COLUMNS = 40
_WIDEST = 60

_LINE = "1px solid rgba(127, 127, 127, 0.35)"
_TABLE = "border-collapse: collapse; margin: 0.4em 0; font-size: 0.9em"
_CELL = f"padding: 0.2em 0.7em; border-bottom: {_LINE}; white-space: nowrap; vertical-align: top"
_FAINT = "opacity: 0.65; font-weight: normal; font-size: 0.9em"


class Preview:
    """The first rows of several tables."""

    def __init__(self, tables: Mapping[str, pa.Table], counts: Mapping[str, int]) -> None:
        self.tables = dict(tables)
        self._counts = dict(counts)

    def __repr__(self) -> str:
        return "\n\n".join(
            f"{name}: {self._shown(name)}\n{_text(rows)}" for name, rows in self.tables.items()
        )

    def _repr_html_(self) -> str:
        parts = [
            _block(_title(name, self._shown(name)), _grid(rows.schema.names, _types(rows.schema), rows))
            for name, rows in self.tables.items()
        ]
        return "".join(parts)

    def _shown(self, name: str) -> str:
        total, rows = self._counts[name], self.tables[name].num_rows
        return _count(total) if rows >= total else f"{rows:,} of {_count(total)}"


def data_html(data: Data) -> str:
    """A dataset: its tables, how many rows each has, what they are about and refer to."""
    body = []
    for name in data.tables:
        table = data[name]
        written = [c for c in table.columns if not c.hidden]
        parents = dict.fromkeys(c.references for c in written if c.references is not None)
        body.append(
            [
                f"<b>{escape(name)}</b>",
                escape(_row_count(table)),
                str(len(written)),
                escape(", ".join(parents)),
                escape(_cut(table.doc.splitlines()[0]) if table.doc else ""),
            ]
        )
    title = _title(data.name, f"dataset, seed {data.seed}")
    heads = ["table", "rows", "columns", "refers to", ""]
    return _block(title, _doc(data.dataset.doc) + _html(heads, [], body, right={1, 2}))


def table_html(table: Table) -> str:
    """A table: its documentation and its first rows. One that is derived by SQL shows its columns alone:
    for a row all that it reads would have to be made."""
    written = [c for c in table.columns if not c.hidden]
    types = [str(c).removeprefix(c.name).strip() for c in written]
    rows = None if table.is_derived else table.head(_ROWS)
    grid = _grid([c.name for c in written], types, rows, [c.doc for c in written])
    return _block(_title(table.name, _row_count(table)), _doc(table.doc) + grid)


def rows_html(rows: Rows) -> str:
    """The first rows of a view."""
    first = rows.head(_ROWS)
    about = _count(rows.row_count) if rows.is_counted else f"the first {first.num_rows}"
    grid = _grid(first.schema.names, _types(first.schema), first)
    return _block(_title(rows.name, f"view, {about}"), grid)


def _row_count(table: Table) -> str:
    if table.is_derived:
        return "made by SQL"
    try:
        return _count(table.row_count)
    except SpecdslError as problem:  # shown where the rows are asked for; here it would hide the rest
        return problem.message


def _count(rows: int) -> str:
    return f"{rows:,} row{'' if rows == 1 else 's'}"


def _types(schema: pa.Schema) -> list[str]:
    import pyarrow as pa

    plain = (f.type.value_type if pa.types.is_dictionary(f.type) else f.type for f in schema)
    return [str(kind).replace("extension<arrow.uuid>", "uuid") for kind in plain]


# --- HTML --------------------------------------------------------------------------------------


def _block(title: str, body: str) -> str:
    return f'<div style="overflow-x: auto">{title}{body}</div>'


def _title(name: str, about: str) -> str:
    return f'<div><b>{escape(name)}</b> <span style="{_FAINT}">{escape(about)}</span></div>'


def _doc(text: str) -> str:
    return f'<div style="{_FAINT}; white-space: pre-line">{escape(text)}</div>' if text else ""


def _grid(names: Sequence[str], types: Sequence[str], rows: pa.Table | None, docs: Sequence[str] = ()) -> str:
    shown = names[:_COLUMNS]
    records = [] if rows is None else rows.select(list(shown)).to_pylist()
    right = {i for i, name in enumerate(shown) if _is_number([r[name] for r in records])}
    body = [[_value_html(record[name]) for name in shown] for record in records]
    more = len(names) - len(shown)
    note = f'<div style="{_FAINT}">and {more} more columns</div>' if more else ""
    heads = [escape(name) for name in shown]
    return _html(heads, [escape(t) for t in types[:_COLUMNS]], body, right, [escape(d) for d in docs]) + note


def _html(
    heads: Sequence[str],
    types: Sequence[str],
    body: Sequence[Sequence[str]],
    right: set[int],
    docs: Sequence[str] = (),
) -> str:
    def align(i: int) -> str:
        return f"text-align: {'right' if i in right else 'left'}"

    cells = []
    for i, head in enumerate(heads):
        about = f' title="{docs[i]}"' if i < len(docs) and docs[i] else ""
        kind = f'<br><span style="{_FAINT}">{types[i]}</span>' if i < len(types) else ""
        cells.append(f'<th{about} style="{_CELL}; {align(i)}">{head}{kind}</th>')
    lines = [f"<thead><tr>{''.join(cells)}</tr></thead>"]
    for row in body:
        tds = "".join(f'<td style="{_CELL}; {align(i)}">{cell}</td>' for i, cell in enumerate(row))
        lines.append(f"<tr>{tds}</tr>")
    return f'<table style="{_TABLE}">{"".join(lines)}</table>'


def _value_html(value: Any) -> str:
    if value is None:
        return '<i style="opacity: 0.5">null</i>'
    text = _plain(value)
    short = _cut(text)
    return escape(short) if short == text else f'<span title="{escape(text)}">{escape(short)}</span>'


# --- text --------------------------------------------------------------------------------------


def _text(rows: pa.Table) -> str:
    """Rows as columns of text, numbers to the right."""
    records = rows.to_pylist()
    columns = []
    for name in rows.schema.names:
        values = [record[name] for record in records]
        cells = [name, *("null" if v is None else _cut(_plain(v), 32) for v in values)]
        width = max(map(len, cells))
        columns.append([c.rjust(width) if _is_number(values) else c.ljust(width) for c in cells])
    return "\n".join("  ".join(line).rstrip() for line in zip(*columns, strict=True))


def _is_number(values: Sequence[Any]) -> bool:
    there = [v for v in values if v is not None]
    return bool(there) and all(
        isinstance(v, int | float | Decimal) and not isinstance(v, bool) for v in there
    )


def _plain(value: Any) -> str:
    match value:
        case bool():
            return "true" if value else "false"
        case float():
            return f"{value:.6g}" if len(repr(value)) > 10 else repr(value)
        case dt.datetime():
            return value.replace(tzinfo=None).isoformat(" ", "milliseconds").removesuffix(".000") + (
                "Z" if value.tzinfo is not None else ""
            )
        case bytes():
            return f"0x{value.hex()}"
        case list():
            return f"[{', '.join('null' if v is None else _plain(v) for v in value)}]"
        case dict():
            inner = (f"{k}: {'null' if v is None else _plain(v)}" for k, v in value.items())
            return "{" + ", ".join(inner) + "}"
        case _:
            return "".join(c if c.isprintable() else f"\\x{ord(c):02x}" for c in str(value))


def _cut(text: str, widest: int = _WIDEST) -> str:
    return text if len(text) <= widest else text[: widest - 1] + "…"
