"""Specs of rand-engine in, a spec out: the whole pipeline of this importer."""

from __future__ import annotations

import re
from pathlib import PurePath

from specdsl.diagnostics.importing import NotJson
from specdsl.diagnostics.importing_rand_engine import NotRandEngine
from specdsl.diagnostics.model import Diagnostic
from specdsl.errors import SpecdslError, UsageError
from specdsl.importers.emit import can_be_name, name_text, spec_text
from specdsl.importers.json_schema.document import Document, JsonProblem, escaped
from specdsl.importers.model import Field, Finding, Imported, Link, Mark, Outcome, Scalar, Spec, Table
from specdsl.importers.propernames import snake
from specdsl.importers.rand_engine.constraints import Constraints
from specdsl.importers.rand_engine.detection import is_several, is_spec
from specdsl.importers.rand_engine.drafts import Draft, Notes, read_columns
from specdsl.importers.registry import Settings
from specdsl.importers.rehearsal import problem
from specdsl.source import SourceFile, Span


class ImporterBug(SpecdslError):
    """A spec that turned out wrong before it was written."""


def import_source(source: SourceFile, settings: Settings) -> Imported:
    """The spec of one file or several, each with one spec or more; or the reason why there is none.

    Raises UsageError where a table is asked for that is not there, ImporterBug when the spec is wrong."""
    drafts: list[Draft] = []
    for one in (source, *settings.more):
        try:
            document = Document(one)
        except JsonProblem as damage:
            span = Span(one.name, damage.offset, damage.offset + 1)
            return _refused(source, settings, NotJson(span=span, problem=damage.message))
        whole = document.value
        if is_several(whole):
            drafts += [Draft(name, document, f"/{escaped(name)}", settings.rows) for name in whole]
        elif is_spec(whole):
            drafts.append(Draft(_stem(one.name), document, "", settings.rows))
        else:
            said = NotRandEngine(span=document.span(""), problem="no column of it has a method that is known")
            return _refused(source, settings, said)
    drafts = _named(drafts, settings.tables)
    notes = Notes()
    for draft in drafts:
        read_columns(draft, notes)
    Constraints(drafts, notes).add()
    tables = tuple(table for draft in drafts if (table := _table(draft)).fields)
    if not tables:
        said = NotRandEngine(span=drafts[0].span(drafts[0].pointer), problem="no column of it can be made")
        refused = _refused(source, settings, said)
        refused.findings[:0] = notes.findings
        return refused
    spec = Spec(tables, dataset=_identifier(_stem(source.name)))
    text = spec_text(spec, f"Imported from {PurePath(source.name).name}, a spec of rand-engine")
    wrong = problem(spec, text)
    if wrong is not None:
        help = "nothing was written; please open an issue with the file"
        raise ImporterBug(f"this is a bug in the importer: {wrong.message}", help)
    return _imported(source, settings, text, drafts, notes)


def _imported(
    source: SourceFile, settings: Settings, text: str, drafts: list[Draft], notes: Notes
) -> Imported:
    told = {(f.span.file, f.pointer) for f in notes.findings}
    places = {
        (draft.document.source.name, one.pointer): draft.span(one.pointer)
        for draft in drafts
        for one in draft.columns.values()
    }
    exact = {
        pointer if file == source.name else f"{file}#{pointer}": span
        for (file, pointer), span in places.items()
        if (file, pointer) not in told
    }
    order = {one.name: at for at, one in enumerate((source, *settings.more))}
    notes.findings.sort(key=lambda f: (order[f.span.file], f.span.start))
    return Imported(source, text, notes.findings, len(places), exact, settings.more)


def _refused(source: SourceFile, settings: Settings, said: Diagnostic) -> Imported:
    finding = Finding(Outcome.REFUSED, "", said.span, said.message(), said)
    return Imported(source, None, [finding], others=settings.more)


def _named(drafts: list[Draft], wanted: tuple[str, ...]) -> list[Draft]:
    """The tables that are asked for, with names that the language has, each once."""
    for draft in drafts:
        draft.name = draft.name if can_be_name(draft.name) else _identifier(snake(draft.name))
    if len(drafts) == 1 and len(wanted) == 1:
        drafts[0].name = wanted[0]
    elif wanted:
        known = [draft.name for draft in drafts]
        for name in wanted:
            if name not in known:
                raise UsageError(f"there is no spec for the table `{name}`", f"there are {', '.join(known)}")
        drafts = [draft for draft in drafts if draft.name in wanted]
    taken: set[str] = set()
    for draft in drafts:
        base, at = draft.name, 2
        while draft.name in taken:
            draft.name, at = f"{base}_{at}", at + 1
        taken.add(draft.name)
    return drafts


def _stem(file: str) -> str:
    """A name from a file's."""
    return _identifier(snake(re.sub(r"\.json$", "", PurePath(file).name, flags=re.IGNORECASE)))


def _identifier(name: str) -> str:
    return name if name.isidentifier() and name.isascii() else "imported"


def _table(draft: Draft) -> Table:
    """The table with its fields in the order of the spec; those that only references name come last."""
    linked = {name: link for link in draft.links for name in link.columns}
    fields: list[Field | Link] = [link for link in draft.links if link.mark is Mark.HIDDEN]
    for name in dict.fromkeys([*draft.columns, *draft.copies, *linked]):
        column = draft.columns.get(name)
        remarks = tuple(column.remarks) if column else ()
        if name in linked:
            if linked[name] not in fields:
                fields.append(linked[name])
        elif name in draft.copies:
            type, value = draft.copies[name]
            own = any(link.nullable and value in map(name_text, link.columns) for link in draft.links)
            fields.append(Field(name, Scalar(type, value), own, comments=remarks, nulls=False))
        elif column is not None:
            drawn, mark = column.drawn, draft.apart.get(name)
            value = drawn.value if mark is None or not drawn.value else drawn.apart
            fields.append(Field(name, Scalar(drawn.type, value), comments=remarks, mark=mark or Mark.NONE))
    several = draft.key if len(draft.key) > 1 else ()
    if any(set(link.columns) == set(several) and link.mark is Mark.KEY for link in draft.links):
        several = ()
    return Table(draft.name, tuple(fields), draft.rows, key=several, uniques=tuple(draft.uniques))
