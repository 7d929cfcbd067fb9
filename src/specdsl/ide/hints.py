"""What a text leaves out and the compiler knows, to show between its words: types of columns without one,
numbers of rows, what the arms of a choice without a weight share."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from dataclasses import dataclass
from decimal import Decimal
from enum import StrEnum

from specdsl.check.weights import plain
from specdsl.ide.bindings import outline_of
from specdsl.ide.definition import children
from specdsl.ide.document import Document
from specdsl.ide.estimates import Rows, estimated_rows
from specdsl.ide.outline import parsed
from specdsl.ide.row_counts import row_counts
from specdsl.ide.workspace import Workspace
from specdsl.ir.model import Dataset
from specdsl.syntax import tree


class HintKind(StrEnum):
    """What a hint tells."""

    TYPE = "type"
    ROWS = "rows"
    SHARE = "share"


@dataclass(frozen=True, slots=True)
class InlayHint:
    """A few words to show at ``offset``. ``inserts``: whether the label, put into the text there, says the
    same."""

    offset: int
    label: str
    kind: HintKind
    tooltip: str = ""
    inserts: bool = False


def inlay_hints(workspace: Workspace, path: str, start: int = 0, end: int | None = None) -> list[InlayHint]:
    """The hints in a stretch of a document, in order. Sections with mistakes have no types."""
    document = workspace.document(path)
    last = len(document.text) if end is None else end
    found: list[InlayHint] = []
    for number in range(document.section_at(start), document.section_at(max(last - 1, 0)) + 1):
        found += _of_section(workspace, document, number)
    return sorted((h for h in found if start <= h.offset <= last), key=lambda h: h.offset)


def _of_section(workspace: Workspace, document: Document, number: int) -> Iterator[InlayHint]:
    begin = document.starts[number]
    items = parsed(document.sections[number].text).tree.items
    for item in items:
        yield from _shares(item, begin)
    tables = [item for item in items if isinstance(item, tree.TableDecl)]
    if not any(_has_something_to_tell(table) for table in tables):
        return
    compilation = workspace.slice_at(document.path, begin)
    if compilation is not None and compilation.dataset is not None:
        for table in tables:
            yield from _rows(estimated_rows(compilation.dataset, table.name.text), table, begin)
            yield from _types(compilation.dataset, table, begin)
    elif any(table.count is None for table in tables):  # a mistake elsewhere does not change the number
        counts = row_counts(outline_of(workspace, document.path), workspace.files(document.path))
        for table in tables:
            yield from _rows(counts.get(table.name.text), table, begin)


def _has_something_to_tell(table: tree.TableDecl) -> bool:
    if table.count is None:
        return True
    columns = (m for m in table.members if isinstance(m, tree.ColumnDecl) and m.reference is None)
    return any(column.type is None for column in columns)


def _rows(rows: Rows | None, table: tree.TableDecl, begin: int) -> Iterator[InlayHint]:
    if table.count is None and rows is not None:
        tooltip = "" if rows.exact else "the mean of what the spec draws"
        yield InlayHint(begin + table.name.span.end, f" {rows}", HintKind.ROWS, tooltip)


def _types(dataset: Dataset, table: tree.TableDecl, begin: int) -> Iterator[InlayHint]:
    known = dataset.tables.get(table.name.text)
    if known is None:
        return
    for member in table.members:
        if not isinstance(member, tree.ColumnDecl):
            continue
        for name, written in zip(member.targets, member.target_types, strict=False):
            column = known.columns.get(name.text)
            if column is None or (written if member.grouped else member.type) is not None:
                continue
            label = f" {column.type}{'?' if column.nullable else ''}"
            if member.reference is None:
                yield InlayHint(begin + name.span.end, label, HintKind.TYPE, inserts=True)


def _shares(item: tree.Node, begin: int) -> Iterator[InlayHint]:
    """What is left for the members of an enum, the arms of a choice and the alternatives of a variant that
    have no weight. An alternative's stands before it."""
    pending: list[tree.Node] = [item]
    while pending:
        node = pending.pop()
        pending += children(node)
        weights: list[tuple[tree.Percent | None, tree.Node]]
        if isinstance(node, tree.EnumDecl):
            weights = [(member.weight, member.name) for member in node.members]
        elif isinstance(node, tree.Choice):
            weights = [(arm.weight, arm.value) for arm in node.arms]
        elif isinstance(node, tree.VariantType):
            share = _rest([alternative.weight for alternative in node.alternatives])
            for alternative in node.alternatives if share else ():
                if alternative.weight is None:
                    at = (alternative.tag or alternative.type or alternative).span.start
                    yield InlayHint(begin + at, f"{share}% ", HintKind.SHARE, inserts=True)
            continue
        else:
            continue
        share = _rest([weight for weight, _ in weights])
        if share:
            places = (what.span.end for weight, what in weights if weight is None)
            yield from (InlayHint(begin + at, f" {share}%", HintKind.SHARE, inserts=True) for at in places)


def _rest(weights: Sequence[tree.Percent | None]) -> str:
    """The percentage of each that has no weight, "" where none has one or nothing is left."""
    given = [weight.value for weight in weights if weight is not None]
    rest = len(weights) - len(given)
    left = Decimal(100) - sum(given, Decimal(0))
    if not given or not rest or left <= 0:
        return ""
    return plain((left / rest).quantize(Decimal("0.01")))
