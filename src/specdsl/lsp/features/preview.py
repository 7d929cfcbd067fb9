"""``specdsl/preview``: rows of a table, for a panel beside the text."""

from __future__ import annotations

from dataclasses import asdict
from typing import TYPE_CHECKING, Any

from lsprotocol import types

from specdsl.lsp.client import plain
from specdsl.lsp.features.feature import Feature
from specdsl.lsp.view import View
from specdsl.lsp.worker import Urgency

if TYPE_CHECKING:
    from specdsl.ide.charts import Chart
    from specdsl.ide.preview import Preview, PreviewColumn


def previewed(view: View, params: Any) -> dict[str, Any]:
    """Rows, columns and charts as plain JSON; ``docs/editors.md`` has their form."""
    from specdsl.ide.preview import preview

    asked = plain(params)
    asked = asked if isinstance(asked, dict) else {}
    found = preview(
        view.workspace,
        view.path,
        offset=_offset(view, asked.get("position")),
        table=asked["table"] if isinstance(asked.get("table"), str) else None,
        first=_count(asked.get("first"), 0),
        rows=_count(asked.get("rows"), 50),
    )
    return _converted(view, found)


def _offset(view: View, position: Any) -> int | None:
    if not isinstance(position, dict):
        return None
    line, character = _count(position.get("line"), 0), _count(position.get("character"), 0)
    return view.offset(types.Position(line, character))


def _count(value: Any, default: int) -> int:
    return max(value, 0) if isinstance(value, int) and not isinstance(value, bool) else default


def _converted(view: View, found: Preview) -> dict[str, Any]:
    return {
        "uri": view.session.uri(view.path),
        "version": view.session.versions.get(view.path),
        "state": found.state.value,
        "message": found.message,
        "table": found.table,
        "doc": found.doc,
        "tables": [asdict(one) for one in found.tables],
        "rowCount": found.row_count,
        "first": found.first,
        "columns": [_column(view, one) for one in found.columns],
        "rows": found.rows,
        "leftOut": found.left_out,
        "parents": found.parents,
    }


def _column(view: View, column: PreviewColumn) -> dict[str, Any]:
    range_ = None
    if column.span is not None:
        found = view.range(column.span)
        range_ = {"start": _position(found.start), "end": _position(found.end)}
    return {
        "name": column.name,
        "type": column.type,
        "nullable": column.nullable,
        "role": column.role,
        "target": column.target,
        "doc": column.doc,
        "numeric": column.numeric,
        "uri": None if column.span is None else view.session.uri(column.span.file),
        "range": range_,
        "chart": None if column.chart is None else _chart(column.chart),
    }


def _position(position: types.Position) -> dict[str, int]:
    return {"line": position.line, "character": position.character}


def _chart(chart: Chart) -> dict[str, Any]:
    from specdsl.ide.charts import ExamplesChart, HistogramChart

    match chart:
        case HistogramChart():
            return {"kind": "histogram", **asdict(chart)}
        case ExamplesChart():
            return {"kind": "examples", **asdict(chart)}
        case _:
            values = [{"text": text, "share": share} for text, share in chart.values]
            return {"kind": "shares", **asdict(chart), "values": values}


FEATURES = (Feature("specdsl/preview", previewed, Urgency.ASKED),)
