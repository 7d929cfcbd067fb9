"""Specs on their way to tables: what each column is drawn from, and the constraints as they are written."""

from __future__ import annotations

from collections.abc import Iterator
from dataclasses import dataclass, field
from typing import Any

from specdsl.diagnostics.importing_rand_engine import (
    RandColumnLeftOut,
    RandConstraintLeftOut,
    RandPartIgnored,
)
from specdsl.importers.emit import can_be_name
from specdsl.importers.json_schema.document import Document, escaped
from specdsl.importers.model import Finding, Link, Mark, Outcome
from specdsl.importers.rand_engine.arguments import PARAMETERS, Arguments, Unfit
from specdsl.importers.rand_engine.correlated import CORRELATED, correlated
from specdsl.importers.rand_engine.detection import CONSTRAINTS, METHODS
from specdsl.importers.rand_engine.methods import Drawn, drawn
from specdsl.source import Span

_MEANT = frozenset({"method", "kwargs", "args", "cols", "splitable", "sep"})


@dataclass(slots=True)
class Column:
    """A column. ``remarks`` are comments on it."""

    name: str
    pointer: str
    drawn: Drawn
    remarks: list[str] = field(default_factory=list)


@dataclass(frozen=True, slots=True)
class Foreign:
    """``columns`` have the values of ``fields`` of a row that the key ``target`` tells. ``name`` is what it
    is called; ``watermark``: how old that row may be, '' for any age."""

    name: str
    pointer: str
    target: str
    columns: tuple[str, ...]
    fields: tuple[str, ...]
    watermark: str = ""


@dataclass(slots=True)
class Draft:
    """A table of at most ``rows`` rows. ``outside``: columns whose method draws them from another table;
    ``links``: the references in it; ``key`` and ``uniques`` by columns; ``apart``: columns that are drawn so
    that rows are told apart, with their marks; ``copies``: columns that take an expression's value,
    by type and text."""

    name: str
    document: Document
    pointer: str
    rows: int
    columns: dict[str, Column] = field(default_factory=dict)
    outside: list[Foreign] = field(default_factory=list)
    links: list[Link] = field(default_factory=list)
    key: tuple[str, ...] = ()
    uniques: list[tuple[str, ...]] = field(default_factory=list)
    apart: dict[str, Mark] = field(default_factory=dict)
    copies: dict[str, tuple[str, str]] = field(default_factory=dict)

    @property
    def spec(self) -> dict[str, Any]:
        """The spec as it is written."""
        value = self.document.value
        for step in self.pointer.split("/")[1:]:
            value = value[step.replace("~1", "/").replace("~0", "~")]
        members: dict[str, Any] = value
        return members

    def span(self, pointer: str) -> Span:
        """A place in the source."""
        return self.document.span(pointer)


class Notes:
    """Collects what a person should know."""

    def __init__(self) -> None:
        self.findings: list[Finding] = []

    def column_left_out(self, draft: Draft, pointer: str, column: str, cause: str) -> None:
        """A column that will not be there."""
        said = RandColumnLeftOut(span=draft.span(pointer), column=column, cause=cause)
        self.findings.append(Finding(Outcome.LEFT_OUT, pointer, said.span, said.message(), said))

    def ignored(self, draft: Draft, pointer: str, part: str, cause: str) -> None:
        """A part of a column that does not count."""
        said = RandPartIgnored(span=draft.span(pointer), part=part, cause=cause)
        self.findings.append(Finding(Outcome.LEFT_OUT, pointer, said.span, said.message(), said))

    def constraint_left_out(self, draft: Draft, pointer: str, name: str, cause: str) -> None:
        """A key or a reference that will not hold."""
        said = RandConstraintLeftOut(span=draft.span(pointer), constraint=name, cause=cause)
        self.findings.append(Finding(Outcome.LEFT_OUT, pointer, said.span, said.message(), said))

    def approximated(self, draft: Draft, pointer: str, message: str) -> None:
        """Something that is made in another way; the report and a comment tell."""
        self.findings.append(Finding(Outcome.APPROXIMATED, pointer, draft.span(pointer), message))


def read_columns(draft: Draft, notes: Notes) -> None:
    """Fill in the columns of ``draft``; one of a name that comes again gives way to the later one."""
    for name, config in draft.spec.items():
        if name == CONSTRAINTS and not (isinstance(config, dict) and "method" in config):
            continue
        pointer = f"{draft.pointer}/{escaped(name)}"
        try:
            made = dict(_columns(draft, name, config, pointer, notes))
        except Unfit as unfit:
            notes.column_left_out(draft, pointer, name, unfit.cause)
            continue
        for column, one in made.items():
            if column in draft.columns:
                notes.column_left_out(
                    draft, draft.columns[column].pointer, column, "a later column has that name"
                )
            remarks = [one.comment] if one.comment else []
            draft.columns[column] = Column(column, pointer, one, remarks)
            for remark in remarks:
                notes.approximated(draft, pointer, remark)


def _columns(draft: Draft, name: str, config: Any, pointer: str, notes: Notes) -> Iterator[tuple[str, Drawn]]:
    if not isinstance(config, dict):
        raise Unfit("it is no object")
    method = config.get("method")
    if not isinstance(method, str):
        raise Unfit("it has no `method`")
    if method not in METHODS:
        raise Unfit(f"there is no method `{method}`")
    columns = config.get("cols", [name])
    if not isinstance(columns, list) or not columns or not all(isinstance(c, str) for c in columns):
        raise Unfit("`cols` is no array of names")
    for column in columns:
        if not can_be_name(column):
            raise Unfit(f"the language has no spelling for the name `{column}`")
    if len(set(columns)) < len(columns):
        raise Unfit("`cols` has a name twice")
    arguments = Arguments(method, config)
    if method in CORRELATED:
        if "cols" not in config:
            raise Unfit(f"`{method}` needs `cols`, the names of its columns")
        made = correlated(method, arguments, columns)
    elif method == "distincts_external":
        draft.outside.append(_outside(name, columns, arguments, pointer))
        made = {}
    elif len(columns) > 1:
        raise Unfit(f"`{method}` makes one column, and `cols` names {len(columns)}")
    else:
        made = {columns[0]: drawn(method, arguments)}
    for unknown in arguments.unknown:
        known = ", ".join(f"`{p}`" for p in PARAMETERS[method])
        cause = f"`{method}` has {known}"
        notes.ignored(draft, f"{pointer}/kwargs/{escaped(unknown)}", f"the parameter `{unknown}`", cause)
    if config.get("transformers"):
        cause = "they are functions of Python; write the column's expression instead"
        notes.ignored(draft, f"{pointer}/transformers", f"`transformers` of `{name}`", cause)
    for other in sorted(config.keys() - _MEANT - {"transformers"}):
        cause = f"a column has {', '.join(f'`{m}`' for m in sorted(_MEANT))}"
        notes.ignored(draft, f"{pointer}/{escaped(other)}", f"`{other}`", cause)
    yield from made.items()


def _outside(name: str, columns: list[str], arguments: Arguments, pointer: str) -> Foreign:
    fields = arguments.array("fields")
    if not all(isinstance(one, str) for one in fields):
        raise Unfit("`fields` is no array of names")
    if len(fields) != len(columns):
        raise Unfit(f"it has {len(fields)} fields for {len(columns)} columns")
    watermark = arguments.text("watermark", "")
    return Foreign(name, pointer, arguments.text("name"), tuple(columns), tuple(fields), watermark)
