"""JSON Schemas in, a spec out: the whole pipeline of this importer."""

from __future__ import annotations

from collections.abc import Iterable
from dataclasses import dataclass, replace
from pathlib import PurePath

from specdsl.diagnostics.importing import LeftOut, NotJson, ReferenceDropped, TableLeftOut
from specdsl.diagnostics.json_shapes import TooManyParts
from specdsl.errors import SpecdslError
from specdsl.importers.emit import spec_text
from specdsl.importers.json_schema.bundle import Bundle, stays_inside
from specdsl.importers.json_schema.carried import carried_spec
from specdsl.importers.json_schema.combining import names_in, with_null
from specdsl.importers.json_schema.contents import contents
from specdsl.importers.json_schema.keys import Unrelated, with_relations
from specdsl.importers.json_schema.library import Damaged, Library, Volume, opened
from specdsl.importers.json_schema.lowered import Lowered
from specdsl.importers.json_schema.lowering import Lowering
from specdsl.importers.json_schema.naming import chosen, table_names
from specdsl.importers.json_schema.normalizing import normalized
from specdsl.importers.json_schema.origins import with_origins
from specdsl.importers.json_schema.problems import Refused
from specdsl.importers.json_schema.rehearsal import Compiled, compiled, shortcomings
from specdsl.importers.json_schema.relations import Relations, related
from specdsl.importers.json_schema.resources import Part, Resources
from specdsl.importers.model import Field, Finding, Imported, Outcome, Spec, Struct, Table, Type
from specdsl.importers.registry import Settings
from specdsl.source import SourceFile, Span

_MOST_CUTS = 12
_SHOWN = 5


class ImporterBug(SpecdslError):
    """A spec that turned out wrong before it was written."""


def import_source(source: SourceFile, settings: Settings) -> Imported:
    """The spec of one schema or several, or the reason why there is none. Raises ImporterBug when the spec
    made is wrong, UsageError where there are no such tables as are asked for, FileProblem for a file that a
    reference leads to and that cannot be read."""
    try:
        volumes = [opened(one) for one in (source, *settings.more)]
        carried = _carried(volumes, settings)
        if carried is not None and carried.text is not None:
            return carried
        whole = _gathered(source, volumes, settings)
    except Damaged as damaged:
        at = damaged.problem.offset
        span = Span(damaged.source.name, at, min(at + 1, len(damaged.source.text)))
        said = NotJson(span=span, problem=damaged.problem.message)
        findings = [Finding(Outcome.REFUSED, "", span, said.message(), said)]
        return Imported(source, None, findings, others=(damaged.source,))
    made = _with_own_pointers(_made(whole, settings), whole)
    if carried is not None:
        made.findings[:0] = carried.findings
    return made


def _carried(volumes: list[Volume], settings: Settings) -> Imported | None:
    """The spec that a schema was exported from, where it is but one and carries that."""
    return carried_spec(volumes[0].document, settings) if len(volumes) == 1 else None


@dataclass(frozen=True)
class _Whole:
    """All that is imported: the schemas, and the part of each table with its name. ``unknown``: pointers of
    references to tables that are not made, and what they say."""

    source: SourceFile
    resources: Resources
    tables: dict[str, Part]
    relations: Relations
    unknown: tuple[tuple[str, str], ...] = ()

    @property
    def others(self) -> tuple[SourceFile, ...]:
        document = self.resources.document
        return tuple(document.sources) if isinstance(document, Bundle) else ()


def _gathered(source: SourceFile, volumes: list[Volume], settings: Settings) -> _Whole:
    library = Library(volumes, settings.folders, beside=settings.beside)
    every = [contents(volume, settings.draft) for volume in volumes]
    entries = chosen([entry for one in every for entry in one.entries], settings.tables)
    names = table_names(entries, settings)
    relations, prepared, extended = related(every, dict(zip(names, entries, strict=True)))
    plain = len(every) == 1 and every[0].plain and not extended
    if plain and stays_inside(volumes[0], library):
        resources = Resources(volumes[0].document, settings.draft)
        return _Whole(source, resources, {names[0]: resources.root}, relations)
    bundle = Bundle(prepared, library, settings.draft)
    resources = Resources(bundle, bundle.draft)
    tables = {
        name: resources.at(bundle.place(entry.volume, entry.pointer))
        for name, entry in zip(names, entries, strict=True)
    }
    unknown = tuple((bundle.place(at, pointer), said) for at, pointer, said in relations.unknown)
    return _Whole(source, resources, tables, relations, unknown)


def _made(whole: _Whole, settings: Settings) -> Imported:
    resources = whole.resources
    lowering = Lowering(resources, settings.taken | set(whole.tables))
    tables: dict[str, Table] = {}
    refused: dict[str, Finding] = {}
    for name, part in whole.tables.items():
        mark = lowering.telling.mark()
        try:
            if not isinstance(part.schema, dict | bool):
                raise Refused("schema", part.pointer, "a schema is an object or a boolean")
            made = lowering.root(name, part)
        except Refused as problem:
            lowering.telling.undo(mark)
            refused[name] = _refusal(problem, whole)
            if settings.tables:
                break
            continue
        tables[name] = _table(made, name, part, settings.rows)
    told = lowering.telling
    if not tables or (settings.tables and refused):
        return Imported(whole.source, None, list(refused.values())[:1], others=whole.others)
    findings = [*told.findings, *(_left_out(name, one) for name, one in refused.items())]
    findings += [_unknown(pointer, said, whole) for pointer, said in whole.unknown]
    if whole.relations.any:
        try:
            tables = _related(tables, whole, findings)
        except Refused as problem:
            return Imported(whole.source, None, [_refusal(problem, whole)], others=whole.others)
    tables = _with_rules(tables, lowering, whole, findings)
    text = _proven(tables, {name: whole.tables[name] for name in tables}, lowering, whole)
    if settings.normalize:  # after the proof: then no table has whole rows of a schema
        text = _proven(normalized(tables, lowering.declared.types), {}, lowering, whole)
    exact = {pointer: resources.document.span(pointer) for pointer in told.exact()}
    return Imported(whole.source, text, findings, told.count(), exact, whole.others)


def _proven(tables: dict[str, Table], parts: dict[str, Part], lowering: Lowering, whole: _Whole) -> str:
    """The text of the spec of ``tables``, after rows of those in ``parts`` were held against their schemas.
    Raises ImporterBug."""
    made = _compiled(tables, lowering, whole)
    wrong = shortcomings(made, parts, whole.resources)
    if wrong:
        help = "nothing was written; please open an issue with the schema"
        raise ImporterBug(f"this is a bug in the importer: {wrong}", help)
    return made.source.text


def _compiled(tables: dict[str, Table], lowering: Lowering, whole: _Whole) -> Compiled:
    spec = Spec(tuple(tables.values()), types=_used(tables.values(), lowering))
    return _bounded(with_origins(spec, whole.resources, _pointers(whole)), _heading(whole))


def _pointers(whole: _Whole) -> dict[str, str]:
    """Where in the documents the schema of each table is; nothing where that goes without saying."""
    found = {name: part.pointer for name, part in whole.tables.items()}
    return found if len(found) > 1 or whole.others else {n: p for n, p in found.items() if p}


def _unknown(pointer: str, said: str, whole: _Whole) -> Finding:
    table = said.rpartition(".")[0]
    cause = f"no table that is made here is called `{table}`" if table else "it names no table"
    dropped = ReferenceDropped(span=whole.resources.document.span(pointer), pointer=pointer, cause=cause)
    return Finding(Outcome.APPROXIMATED, pointer, dropped.span, dropped.message(), dropped)


def _refusal(problem: Refused, whole: _Whole) -> Finding:
    said = problem.diagnostic(whole.resources.document.span)
    return Finding(Outcome.REFUSED, problem.pointer, said.span, said.message(), said)


def _related(tables: dict[str, Table], whole: _Whole, findings: list[Finding]) -> dict[str, Table]:
    """``tables`` with their keys and references; a reference that cannot be kept is left out. Raises
    Refused."""
    while True:
        try:
            return with_relations(tables, whole.tables, whole.relations, whole.resources)
        except Unrelated as problem:
            refused = problem.refused
            span = whole.resources.document.span(refused.pointer)
            facts = {"pointer": refused.pointer, "cause": refused.cause, "property": problem.name}
            said = LeftOut(span=span, **facts)
            findings.append(Finding(Outcome.LEFT_OUT, refused.pointer, span, said.message(), said))
            table = tables[problem.table]
            kept = tuple(
                one for one in table.fields if not isinstance(one, Field) or one.name != problem.name
            )
            tables = {**tables, problem.table: replace(table, fields=kept)}


def _with_rules(
    tables: dict[str, Table], lowering: Lowering, whole: _Whole, findings: list[Finding]
) -> dict[str, Table]:
    """``tables`` with the keys of several columns and the checks that their schemas say, as far as rows can
    be made that hold them."""
    for name, rules in whole.relations.rules.items():
        for said, one in rules.each() if name in tables else ():
            table = tables[name]
            put = replace(
                table,
                key=one.key or table.key,
                uniques=(*table.uniques, *one.uniques),
                checks=(*table.checks, *one.checks),
            )
            tried = {**tables, name: put}
            made = _compiled(tried, lowering, whole)
            wrong = shortcomings(made, {n: whole.tables[n] for n in tables}, whole.resources)
            if wrong:
                pointer = whole.tables[name].pointer
                span = whole.resources.document.span(pointer)
                findings.append(Finding(Outcome.APPROXIMATED, pointer, span, f"{said} is not kept: {wrong}"))
            else:
                tables = tried
    return tables


def _with_own_pointers(made: Imported, whole: _Whole) -> Imported:
    """``made`` with the pointers that the documents themselves have."""
    document = whole.resources.document
    if isinstance(document, Bundle):
        made.findings = [_own(one, document) for one in made.findings]
        made.exact = {document.own(pointer): span for pointer, span in made.exact.items()}
    return made


def _own(finding: Finding, bundle: Bundle) -> Finding:
    said = finding.diagnostic
    pointer = bundle.own(finding.pointer)
    if said is not None and "pointer" in said.__facts__:
        facts = {name: getattr(said, name) for name in said.__facts__}
        facts = {n: bundle.reworded(told) if isinstance(told, str) else told for n, told in facts.items()}
        said = type(said)(**{**facts, "pointer": pointer})
    message = said.message() if said is not None else bundle.reworded(finding.message)
    return replace(finding, pointer=pointer, message=message, diagnostic=said)


def _left_out(name: str, finding: Finding) -> Finding:
    """A table that is refused where there are others."""
    said = TableLeftOut(span=finding.span, pointer=finding.pointer, cause=finding.message, table=name)
    return Finding(Outcome.LEFT_OUT, finding.pointer, finding.span, said.message(), said)


def _bounded(spec: Spec, heading: str) -> Compiled:
    """The spec as text, its recursive types no deeper than the language makes them, compiled."""
    made = compiled(spec_text(spec, heading))
    for _ in range(_MOST_CUTS):
        found = [d for d in made.compilation.diagnostics if isinstance(d, TooManyParts) and d.depth > 1]
        if not found:
            break
        deep = {d.type: d.depth - 1 for d in found}
        spec = replace(
            spec, types=tuple(replace(one, depth=deep.get(one.name, one.depth)) for one in spec.types)
        )
        made = compiled(spec_text(spec, heading))
    return made


def _heading(whole: _Whole) -> str:
    names = [whole.source, *(one for one in whole.others if one.name != whole.source.name)]
    files = [name for one in names if (name := PurePath(one.name).name)]
    shown = ", ".join(files[:_SHOWN]) + (f" and {len(files) - _SHOWN} more" if len(files) > _SHOWN else "")
    return f"Imported from {shown}" if files else ""


def _table(made: Lowered, name: str, part: Part, rows: int) -> Table:
    said = part.schema.get("description", "") if isinstance(part.schema, dict) else ""
    doc = said if isinstance(said, str) else ""
    if isinstance(made.form, Struct) and not made.nullable:
        return Table(name, made.form.fields, rows, doc)
    field = Field("value", with_null(made).form, comments=made.comments)
    return Table(name, (field,), rows, doc, bare=True)


def _used(tables: Iterable[Table], lowering: Lowering) -> tuple[Type, ...]:
    """The types that are named, directly or by one another."""
    fields = [one for table in tables for one in table.fields if isinstance(one, Field)]
    waiting = {n for one in fields for n in names_in(one.form)}
    used: dict[str, Type] = {}
    while waiting:
        one = lowering.declared.types[waiting.pop()]
        used[one.name] = one
        waiting |= names_in(one.form) - set(used)
    return tuple(used[n] for n in sorted(used))
