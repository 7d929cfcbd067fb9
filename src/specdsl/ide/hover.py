"""What is said of the thing under the pointer: its type and documentation, how it is drawn, who uses it, and
values of it as they are with the text at hand."""

from __future__ import annotations

import re
from collections.abc import Iterator
from dataclasses import dataclass
from itertools import islice

from specdsl.check.type_expressions import BUILT_IN
from specdsl.datatypes import types as t
from specdsl.diagnostics.pages import PageError, page
from specdsl.files import FileProblem
from specdsl.ide.bindings import Binding, Symbol, SymbolKind, binding_at, occurrences
from specdsl.ide.descriptions import described
from specdsl.ide.design_hovers import design_said
from specdsl.ide.field_hovers import cut, field_said
from specdsl.ide.function_items import function_markdown, parameter_text
from specdsl.ide.inference import ColumnFact
from specdsl.ide.keywords import KEYWORDS, Keyword
from specdsl.ide.literal_hovers import literal_said
from specdsl.ide.origins import origin_said
from specdsl.ide.outline import Column
from specdsl.ide.row_counts import rows_of
from specdsl.ide.samples import PATIENCE, Sample, sample_column, sample_example
from specdsl.ide.spelling import as_code, in_code, spelled, such_as, type_text
from specdsl.ide.surroundings import Surroundings
from specdsl.ide.workspace import Workspace
from specdsl.source import Span
from specdsl.syntax import literals, tree
from specdsl.syntax.tokens import Token

_CODE = re.compile(r"\bDG\d{3}\b")
_MOST_USES = 8
_MOST_MEMBERS = 24
_OF_DESIGN = frozenset({"SOFT_COVER", "SOFT_ALL", "SOFT_PAIRWISE", "SOFT_WISE"})
_IMPORTED = (SymbolKind.TABLE, SymbolKind.COLUMN, SymbolKind.TYPE, SymbolKind.FIELD)


@dataclass(frozen=True, slots=True)
class Hover:
    """Markdown about the text at ``span``."""

    span: Span
    markdown: str


def hover(
    workspace: Workspace, path: str, offset: int, *, samples: bool = True, patience: float = PATIENCE
) -> Hover | None:
    """What there is to say of the place; None for nothing. Without ``samples`` no values are made; where the
    first ones take longer than ``patience`` seconds, there is no histogram."""
    around = Surroundings.at(workspace, path, offset)
    document, offset = around.document, around.offset
    start, _ = document.tokens_at(offset)
    token = document.token_at(offset)
    if token is None:
        return None
    span = Span(path, start + token.start, start + token.end)
    if token.kind in ("COMMENT", "DOC_COMMENT"):
        return _code(document.text, span, offset)
    found = binding_at(workspace, path, offset)
    parts = _of_symbol(around, found, patience if samples else None) if found is not None else []
    if found is not None and parts:
        if found.symbol.kind in _IMPORTED:
            parts.append(origin_said(workspace, found.symbol, path))
        return Hover(found.span, "\n\n".join(part for part in parts if part))
    text = _of_token(around, token)
    return Hover(span, text) if text else None


def _code(text: str, span: Span, offset: int) -> Hover | None:
    """A diagnostic's code in a comment."""
    for found in _CODE.finditer(text, span.start, span.end):
        if found.start() <= offset <= found.end():
            return diagnostic_hover(found[0], Span(span.file, found.start(), found.end()))
    return None


def diagnostic_hover(code: str, span: Span) -> Hover | None:
    """What a diagnostic's page says first."""
    try:
        known = page(code)
    except PageError:
        known = None
    if known is None:
        return None
    return Hover(span, f"**{code}**: {known.name}\n\n{known.lead}\n\n[{code}](docs/errors/{code}.md)")


# --- by what a name means ---------------------------------------------------------------------


def _of_symbol(around: Surroundings, binding: Binding, patience: float | None) -> list[str]:
    """The parts about a name; ``patience`` None: without values."""
    symbol = binding.symbol
    match symbol.kind:
        case SymbolKind.COLUMN | SymbolKind.GIVEN:
            return _column(around, symbol, patience)
        case SymbolKind.TABLE:
            return _table(around, symbol)
        case SymbolKind.ENUM:
            return _enum(around, symbol)
        case SymbolKind.MEMBER:
            return _member(around, symbol)
        case SymbolKind.TYPE:
            return _type(around, symbol)
        case SymbolKind.BUILT_IN_TYPE if symbol.name == "json":
            return [KEYWORDS["json"].markdown()]
        case SymbolKind.BUILT_IN_TYPE:
            return [f"```dgen\n{symbol.name}\n```", _built_in(symbol.name)]
        case SymbolKind.POOL:
            return _pool(around, symbol)
        case SymbolKind.POOL_COLUMN:
            kind = around.types.pool_columns(symbol.owner).get(symbol.name)
            return [
                f"```dgen\n{_path(symbol)} {kind or ''}\n```",
                f"A column of pool {in_code(symbol.owner)}.",
            ]
        case SymbolKind.FUNCTION:
            return _function(around, symbol.name, samples=patience is not None)
        case SymbolKind.PARAMETER:
            function = around.functions.get(symbol.owner)
            parameters = function.parameters if function is not None else ()
            known = next((p for p in parameters if p.name == symbol.name), None)
            return [] if known is None else [f"```dgen\n{parameter_text(known)}\n```", known.doc]
        case SymbolKind.FIELD:
            return field_said(around.workspace, symbol, around.document.path)
        case SymbolKind.RECORD_FIELD:
            return [f"```dgen\n{spelled(symbol.name)}\n```", f"A field of `{symbol.owner}()`."]
        case SymbolKind.CHECK:
            return _check(around, symbol)
        case SymbolKind.HISTORY:
            return _history(around, symbol)
        case SymbolKind.VARIANT:
            return _variant(around, symbol)
        case SymbolKind.DATASET:
            return [KEYWORDS["dataset"].markdown()]
        case _:
            keyword = KEYWORDS.get(symbol.name)
            return [keyword.markdown()] if keyword is not None else []


def _history(around: Surroundings, symbol: Symbol) -> list[str]:
    """What a history says, and its columns."""
    table = around.outline.table(symbol.owner)
    members = table.decl.members if table is not None else ()
    for member in members:
        if isinstance(member, tree.HistoryDecl | tree.RecordedDecl) and member.name.text == symbol.name:
            written = _source_of(around, symbol.owner)(member)
            made = [in_code(f"{symbol.name}_{end}") for end in ("from", "to")]
            return [f"```dgen\n{written}\n```", member.doc, f"Makes the columns {made[0]} and {made[1]}."]
    return []


def _variant(around: Surroundings, symbol: Symbol) -> list[str]:
    """How many rows a variant has, and which."""
    table = around.outline.table(symbol.owner)
    for member in table.decl.members if table is not None else ():
        if isinstance(member, tree.VariantDecl) and member.name.text == symbol.name:
            source = _source_of(around, symbol.owner)
            which = "" if member.where is None else f" where {source(member.where)}"
            head = f"variant {spelled(symbol.name)} {source(member.amount)}{which}"
            return [
                f"```dgen\n{head}\n```",
                member.doc,
                "`_variants.parquet` lists its rows beside the data.",
            ]
    return []


def _path(symbol: Symbol) -> str:
    """A column or member with its owner, as they are written."""
    return f"{spelled(symbol.owner)}.{spelled(symbol.name)}"


def _shown_type(fact: ColumnFact) -> str:
    """A type outside of code, where a name in backticks would lose them."""
    return fact.type_text.replace("`", "\\`")


def _column(around: Surroundings, symbol: Symbol, patience: float | None) -> list[str]:
    table = around.outline.table(symbol.owner)
    column = table.columns.get(symbol.name) if table is not None else None
    fact = around.types.columns(symbol.owner).get(symbol.name)
    sample = Sample()
    if patience is not None:
        path, owner = around.document.path, symbol.owner
        sample = sample_column(around.workspace, path, owner, symbol.name, many=True, patience=patience)
    source = _source_of(around, symbol.owner)
    absent = column is not None and column.decl is not None and _is_absent(column.decl)
    kind = _type_text(fact, column, sample.type, source, absent=absent)
    parts = [f"```dgen\n{_path(symbol)} {kind}".rstrip() + "\n```"]
    if column is not None and column.decl is not None:
        parts.append(column.decl.doc)
        parts.append(" ".join(described(column.decl, column.index, around.functions, source)))
    elif fact is not None and fact.given:
        parts.append("Comes from the table's file.")
    if patience is not None:
        parts.append(sample_markdown(sample, lack="absent" if absent else "null"))
    parts.append(_uses(around, symbol))
    return parts


def _is_absent(decl: tree.ColumnDecl) -> bool:
    return any(isinstance(modifier, tree.NullRate) and modifier.absent for modifier in decl.modifiers)


def _type_text(
    fact: ColumnFact | None,
    column: Column | None,
    checked: t.DataType | None,
    source: _Source,
    *,
    absent: bool,
) -> str:
    """The type of a column: a declared one and a shape of JSON as written, with what they are; else as
    checked."""
    if fact is not None and fact.target is not None:
        return fact.type_text
    kind = checked if checked is not None else fact.type if fact is not None else None
    if kind is None:
        return ""
    mark = "?" if fact is not None and fact.optional and not absent else ""
    written = column.type if column is not None else None
    if isinstance(written, (tree.VariantType, tree.TupleType, tree.MapType, tree.JsonType)):
        return f"{cut(source(written))}  # {type_text(kind)}"
    name = written.name.text if isinstance(written, tree.NamedType) and not written.args else ""
    if not name or name in BUILT_IN:
        return f"{type_text(kind)}{mark}"
    return f"{spelled(name)}{mark}" if name == str(kind) else f"{spelled(name)}{mark}  # {type_text(kind)}"


def _source_of(around: Surroundings, declared: str) -> _Source:
    """The text of nodes of a declaration's section, whose places count from the section's start."""
    found = around.outline.find(declared)
    return _Source("" if found is None else around.program.sections[found.number].text)


@dataclass(frozen=True, slots=True)
class _Source:
    text: str

    def __call__(self, node: tree.Node) -> str:
        return self.text[node.span.start : node.span.end]


def sample_markdown(sample: Sample, *, lack: str = "null") -> str:
    """Values, how numbers lie and how often what comes; or why there are none. ``lack``: what a value that is
    not there is called."""
    if sample.reason:
        return f"*No sample values: {sample.reason}.*"
    lines = []
    shown = sample.examples or sample.values
    if sample.shares:
        lines.append(" · ".join(f"{as_code(value)} {share * 100:.0f} %" for value, share in sample.shares))
    elif shown:
        lines.append(such_as(dict.fromkeys(shown[:5])))
    if sample.histogram is not None:
        lines.append(f"`{sample.histogram}`")
    if sample.nulls:
        lines.append(f"{sample.nulls * 100:.0f} % {lack}")
    return "  \n".join(lines)


def _uses(around: Surroundings, symbol: Symbol) -> str:
    """Which columns, checks and tables name it."""
    program, here = around.program, around.document.path
    places: dict[str, None] = {}
    more = False
    for binding in islice(occurrences(around.workspace, symbol, here), 200):
        if binding.is_declaration:
            continue
        name = _statement_name(around, binding.span)
        if name and name != in_code(symbol.owner, symbol.name):
            if len(places) == _MOST_USES:
                more = True
                break
            places.setdefault(name)
    if not places or not program.sections:
        return ""
    listed = ", ".join(places)
    return f"Used by {listed}{' and others' if more else ''}."


def _statement_name(around: Surroundings, span: Span) -> str:
    """The column or check that a place is in, with its table, as code; of what is no table its name."""
    number = around.program.section_at(span.file, span.start)
    if number is None:
        return ""
    section, start = around.program.sections[number], around.program.starts[number]
    table = around.outline.table(section.name) if section.kind == "table" else None
    at = span.start - start
    for member in table.decl.members if table is not None else ():
        if member.span.start <= at < member.span.end:
            match member:
                case tree.ColumnDecl(targets=(first, *_)):
                    return in_code(section.name, first.text)
                case (
                    tree.CheckDecl(name=name)
                    | tree.LifecycleDecl(name=name)
                    | tree.HistoryDecl(name=name)
                    | tree.RecordedDecl(name=name)
                ):
                    return in_code(section.name, name.text)
    return in_code(section.name) if section.name else ""


def _table(around: Surroundings, symbol: Symbol) -> list[str]:
    table = around.outline.table(symbol.name)
    if table is None:
        return []
    facts = list(around.types.columns(symbol.name).values())
    source = _source_of(around, symbol.name)
    decl = table.decl
    head = f"table {spelled(symbol.name)}"
    if decl.count is not None:
        head += f" {source(decl.count)}"
    if decl.source is not None:
        head += f" from {source(decl.source)}"
    if decl.database is not None:
        head += f" from database {source(decl.database)}"
    if decl.stored is not None:
        head += f" table {source(decl.stored)}"
    parts = [f"```dgen\n{head}\n```", decl.doc]
    lines = [
        f"- {in_code(f.name)} {_shown_type(f)}{' key' if f.name in table.key else ''}"
        for f in facts[:_MOST_MEMBERS]
    ]
    if len(facts) > _MOST_MEMBERS:
        lines.append(f"- and {len(facts) - _MOST_MEMBERS} more")
    parts.append("\n".join(lines))
    if any(isinstance(member, tree.CoverDecl) for member in decl.members):
        parts.append(design_said(around, symbol.name))
    rows = rows_of(around.outline, around.files, symbol.name)
    if rows is not None and not isinstance(decl.count, tree.Number):
        parts.append(f"{'' if rows.exact else 'About '}{rows.said}.")
    if decl.query is not None:
        parts.append("SQL makes its rows, when all other tables are built.")
    each = [f for f in facts if f.target is not None]
    if each:
        parts.append(
            "Refers to " + ", ".join(map(in_code, dict.fromkeys(f.target or "" for f in each))) + "."
        )
    users = list(_referring(around, symbol.name))
    if users:
        shown = ", ".join(users[:_MOST_USES])
        parts.append(f"Referred to by {shown}{' and others' if len(users) > _MOST_USES else ''}.")
    return parts


def _referring(around: Surroundings, table: str) -> Iterator[str]:
    for child in around.children(table):
        there = around.outline.table(child)
        for name, column in (there.columns if there is not None else {}).items():
            if column.reference is not None and column.reference.table.text == table and column.index == 0:
                yield in_code(child, name)


def _enum(around: Surroundings, symbol: Symbol) -> list[str]:
    shares = _shares(around, symbol.name)
    if shares is None:
        return []
    found = around.outline.find(symbol.name)
    doc = found.what.doc if found is not None and isinstance(found.what, tree.EnumDecl) else ""
    lines = [f"- {in_code(name)} {share:.3g} %" for name, share in list(shares.items())[:_MOST_MEMBERS]]
    if len(shares) > _MOST_MEMBERS:
        lines.append(f"- and {len(shares) - _MOST_MEMBERS} more")
    return [f"```dgen\nenum {spelled(symbol.name)}\n```", doc, "\n".join(lines), _uses(around, symbol)]


def _member(around: Surroundings, symbol: Symbol) -> list[str]:
    share = (_shares(around, symbol.owner) or {}).get(symbol.name)
    said = f"{share:.3g} % of its values, where a column says nothing else." if share is not None else ""
    found = around.outline.find(symbol.owner)
    members = found.what.members if found is not None and isinstance(found.what, tree.EnumDecl) else ()
    doc = next((m.doc for m in members if m.name.text == symbol.name), "")
    return [f"```dgen\n{_path(symbol)}\n```", doc, said]


def _shares(around: Surroundings, name: str) -> dict[str, float] | None:
    """The share of each member in per cent; those without one share what is left."""
    found = around.outline.find(name)
    if found is None or not isinstance(found.what, tree.EnumDecl):
        return None
    members = found.what.members
    left = max(100 - sum(float(m.weight.value) for m in members if m.weight is not None), 0.0)
    free = sum(m.weight is None for m in members)
    return {
        m.name.text: float(m.weight.value) if m.weight is not None else left / max(free, 1) for m in members
    }


def _type(around: Surroundings, symbol: Symbol) -> list[str]:
    found = around.outline.find(symbol.name)
    if found is None or not isinstance(found.what, tree.TypeDecl):
        return []
    decl = found.what
    text = _source_of(around, symbol.name)(decl)
    known = around.types.named(symbol.name)
    kind = "" if known is None else type_text(known)
    told = "" if kind in text else f"Is {as_code(kind)}."
    return [f"```dgen\n{text}\n```", decl.doc, told, _uses(around, symbol)]


def _built_in(name: str) -> str:
    from specdsl.ide.word_items import TYPE_TEXTS

    return TYPE_TEXTS.get(name, f"A whole number of {name.lstrip('uint')} bits") + "."


def _pool(around: Surroundings, symbol: Symbol) -> list[str]:
    found = around.outline.find(symbol.name)
    if found is None or not isinstance(found.what, tree.PoolDecl):
        return []
    decl = found.what
    text = _source_of(around, symbol.name)(decl)
    parts = [f"```dgen\n{text}\n```", decl.doc]
    value = decl.value
    if isinstance(value, tree.Call) and value.args and isinstance(value.args[0].value, tree.String):
        try:
            path = around.files.resolve(found.path, value.args[0].value.value)
            schema = around.files.data_schema(path)
            parts.append(f"{schema.rows:,} rows")
            parts.append(
                "\n".join(
                    f"- {in_code(n)} {kind}{'?' if nullable else ''}"
                    for n, kind, nullable in schema.columns[:20]
                )
            )
        except FileProblem as problem:
            parts.append(f"*{problem.detail or problem.problem.value}*")
    return [*parts, _uses(around, symbol)]


def _function(around: Surroundings, name: str, *, samples: bool) -> list[str]:
    function = around.functions.get(name)
    if function is None:
        return []
    values = sample_example(function, around.plugins) if samples else ()
    return [function_markdown(function, values=[such_as(dict.fromkeys(values))] if values else [])]


def _check(around: Surroundings, symbol: Symbol) -> list[str]:
    table = around.outline.table(symbol.owner)
    members = table.decl.members if table is not None else ()
    decl = next((m for m in members if isinstance(m, tree.CheckDecl) and m.name.text == symbol.name), None)
    if decl is None:
        return []
    text = _source_of(around, symbol.owner)(decl)
    return [f"```dgen\n{text}\n```", decl.doc, "Holds in every row; where the condition is null it passes."]


# --- by what stands there -----------------------------------------------------------------------


def _of_token(around: Surroundings, token: Token) -> str:
    match token.kind:
        case "DURATION" | "DATE" | "TIME" | "TIMESTAMP" | "FSTRING_SPEC":
            return literal_said(token.kind, token.text)
        case "PERCENT":
            return _percent(around, token.text)
        case "ARROW":
            return "```dgen\nuser_id -> users\n```\nRefers to a row of a table by its key."
        case "RANGE":
            sentence = "From one value to another, both included. As a value: any of them, equally likely."
            return Keyword("..", sentence, "1..5", "values").markdown()
        case "SPREAD":
            sentence = "Puts in the elements of a list, or the members of a map or an object."
            example = "j json { a int = 1, ...map<string = word(), int in 1..9>[0..3] }"
            return Keyword("...", sentence, example, "json-shapes").markdown()
        case "VBAR":
            sentence = "One of the arms, by their shares; arms without one share what is left."
            return Keyword("|", sentence, '"a" 70% | "b"', "values").markdown()
        case "REGEX":
            return _regex(token.text)
        case "NAME" | "STRING" | "QUOTED_NAME" | "NUMBER":
            return ""
    word = token.text
    if word == "by" and around.context.texts[:1] == ("partition",):
        word = "partition"
    if word == "per" and {"grows", "batch"} & set(around.context.texts[:5]):
        word = "grows" if "grows" in around.context.texts else "batch"
    if token.kind in _OF_DESIGN:
        return "\n\n".join(part for part in (KEYWORDS[word].markdown(), design_said(around)) if part)
    if word == "in" and around.context.place == "after value":
        return KEYWORDS["in"].markdown()
    return KEYWORDS[word].markdown() if word in KEYWORDS else ""


def _regex(text: str) -> str:
    from specdsl.randomness.regex_syntax import RegexProblem
    from specdsl.randomness.regexset import RegexSet

    try:
        size = RegexSet.parse(literals.regex(text)).size
    except RegexProblem:
        return ""
    number = f"{size:,}" if size < 10**15 else f"about {float(min(size, 10**300)):.0e}"
    return f"A string that the pattern matches: one of {number}."


def _percent(around: Surroundings, text: str) -> str:
    share = float(text.rstrip("%").replace("_", ""))
    said = f"`{text}`: {share:g} in 100"
    table = around.own_table
    count = table.decl.count if table is not None else None
    if isinstance(count, tree.Number):
        rows = float(count.value) * share / 100
        said += f", about {rows:,.0f} of the table's {float(count.value):,.0f} rows"
    return said
