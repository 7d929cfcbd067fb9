"""Declared dirt: which rules it breaks, and why some cannot be broken."""

from __future__ import annotations

from collections.abc import Mapping

from specdsl.check.amounts import rows_of
from specdsl.check.expressions import Typing
from specdsl.check.paths import unknown_column
from specdsl.check.scopes import Program, Sites, TableSymbol
from specdsl.check.spans import SpanTable
from specdsl.check.type_expressions import TYPE_NAMES
from specdsl.datatypes import types as t
from specdsl.diagnostics import names
from specdsl.diagnostics.dirt import DirtAmount, ImpossibleDirt, TooMuchDirt, UnknownRule
from specdsl.diagnostics.model import DiagnosticBag
from specdsl.diagnostics.nearest import nearest
from specdsl.diagnostics.runtime import TooMuchDirtForBatches
from specdsl.diagnostics.syntax import DirtForm
from specdsl.ir.expr import RegexDraw
from specdsl.ir.model import COPIES, SLIPS, Column, Dataset, Dirt, DirtKind, Table
from specdsl.ir.required import (
    RequiredKind,
    changeable_columns,
    read_elsewhere,
    required_of,
    tied_columns,
    unique_sets,
)
from specdsl.source import Span
from specdsl.syntax import tree

_WORDS = {"violate": "violate {} 1%", "duplicate": "duplicate {} 1%"}

Elsewhere = Mapping[tuple[str, str], str]
DirtDecl = tree.ViolateDecl | tree.DuplicateDecl | tree.SpoilDecl

ASPECTS = {
    kind.value: kind
    for kind in (
        DirtKind.NULL,
        DirtKind.RANGE,
        DirtKind.LENGTH,
        DirtKind.PATTERN,
        DirtKind.ENUM,
        DirtKind.UNIQUE,
        DirtKind.REFERENCE,
    )
}
"""What can follow a column in ``violate``."""
_OF_REFERENCES = frozenset({DirtKind.NULL, DirtKind.UNIQUE, DirtKind.REFERENCE})
"""What a column that refers to rows can be spoiled by without leading nowhere besides."""
_SPOILS = {kind.value: kind for kind in (*SLIPS, DirtKind.OUTLIERS)}
_FAR = (t.Int, t.Float, t.Decimal, t.Date, t.Timestamp, t.Duration)


# --- the declarations of one table -----------------------------------------------------------------


def dirt_of(program: Program, symbol: TableSymbol, table: Table) -> tuple[Dirt, ...]:
    """The dirt that a table declares, as far as it is known what it means; a diagnostic for the rest."""
    found: dict[str, Dirt] = {}
    spans = program.spans.tables[table.name].rules
    for member in symbol.decl.members:
        if not isinstance(member, (tree.ViolateDecl, tree.DuplicateDecl, tree.SpoilDecl)):
            continue
        what = _subject(program, symbol, table, member)
        amount = rows_of(program, member.amount, DirtAmount, of_rows=True)
        if what is None or amount is None:
            continue
        kind, name, subject = what
        if name in found:
            program.bag.add(
                names.DuplicateRule(
                    span=member.span,
                    what=f"`{_written(member, name)}`",
                    table=table.name,
                    first=spans[f"dirt:{name}"],
                    remedy="keep one of the two, with all the rows that are wanted",
                )
            )
            continue
        spans[f"dirt:{name}"] = member.span
        found[name] = Dirt(kind, name, subject, *amount)
    return tuple(found.values())


def _written(member: DirtDecl, name: str) -> str:
    return f"violate {name}" if isinstance(member, tree.ViolateDecl) else name


def _subject(
    program: Program, symbol: TableSymbol, table: Table, member: DirtDecl
) -> tuple[DirtKind, str, str] | None:
    """Kind, name and subject."""
    match member:
        case tree.DuplicateDecl():
            near = DirtKind.NEAR, "duplicate near", ""
            return near if member.near else (DirtKind.DUPLICATE, "duplicate", "")
        case tree.SpoilDecl(word=word, column=of):
            if of.text not in table.columns:
                program.bag.add(unknown_column(Typing(program, symbol, Sites()), of, symbol))
                return None
            kind, name = _SPOILS[word.text], f"{word.text}({of.text})"
            fits = _fits(program, table, table.columns[of.text], kind, name, member.span)
            return (kind, name, of.text) if fits else None
        case tree.ViolateDecl(rule=rule, aspect=aspect):
            name = rule.text if aspect is None else f"{rule.text}.{aspect.text}"
            if aspect is None and any(check.name == name for check in table.checks):
                return DirtKind.CHECK, name, name
            column = table.columns.get(rule.text)
            if column is not None and aspect is not None and aspect.text in ASPECTS:
                kind = ASPECTS[aspect.text]
                fits = _fits(program, table, column, kind, f"violate {name}", member.span)
                return (kind, name, column.name) if fits else None
            known = rule_names(table)
            end = rule.span if aspect is None else aspect.span
            meant = nearest(name, known)
            told = [one for one in known if column is not None and one.startswith(f"{column.name}.")]
            told = told or [one for one in known if not one.endswith(f".{DirtKind.NULL}")]
            if meant is None and column is not None:  # `age` where only `age.range` can be meant
                likely = [one for one in told if not one.endswith(f".{DirtKind.NULL}")]
                meant = likely[0] if len(likely) == 1 else None
            program.bag.add(
                UnknownRule(
                    span=rule.span.to(end), written=name, table=table.name, near=meant, known=tuple(told)
                )
            )
            return None


def _fits(program: Program, table: Table, column: Column, kind: DirtKind, told: str, span: Span) -> bool:
    """Whether a column has something of a kind to spoil; reports why not."""
    why, remedy = _why_not(table, column, kind)
    if why:
        program.bag.add(ImpossibleDirt(span=span, dirt=told, why=why, remedy=remedy))
    return not why


def rule_names(table: Table) -> tuple[str, ...]:
    """What ``violate`` can name in a table."""
    checks = [check.name for check in table.checks]
    aspects = [
        f"{column.name}.{word}"
        for column in table.columns.values()
        for word, kind in ASPECTS.items()
        if not _why_not(table, column, kind)[0]
    ]
    return (*checks, *aspects)


# --- what can be made --------------------------------------------------------------------------------


def _why_not(table: Table, column: Column, kind: DirtKind) -> tuple[str, str]:
    """Why a column has nothing of a kind to spoil, and what to do ("" where it has)."""
    name = column.name
    if column.hidden:
        return f"`{name}` is hidden, so that nobody would see it", "name a column that is written"
    match kind:
        case DirtKind.NULL if column.nullable or table.absent(column):
            return f"`{name}` may be null", f"make `{name}` required, or raise its own rate: `5% null`"
        case DirtKind.NULL if isinstance(column.type, t.Json):
            return "JSON has one null for no value and for the document null", "break another rule"
        case DirtKind.RANGE if column.bounds is None:
            return f"`{name}` has no range", f"give it one: `{name} {column.type} in low..high`"
        case DirtKind.LENGTH if not _has_length(column.type):
            return f"`{name}` has no bounds on its length", f"give it some: `{name} string(max: 40)`"
        case DirtKind.PATTERN if not isinstance(column.value, RegexDraw):
            return f"`{name}` has no pattern", f"draw it from one: `{name} string = /[A-Z]{{3}}/`"
        case DirtKind.ENUM if not isinstance(column.type, t.Enum):
            return f"`{name}` is {column.type}, no enum", "declare an enum with its values"
        case DirtKind.UNIQUE if (name,) not in unique_sets(table):
            return f"`{name}` alone is not declared unique", _instead_of_unique(table, name)
        case DirtKind.REFERENCE:
            reference = table.references.get(column.reference or "")
            if reference is None:
                return f"`{name}` refers to nothing", "name a column with `->`"
            if len(reference.columns) > 1:
                return "it takes a reference of one column", "break another rule"
        case DirtKind.TYPOS | DirtKind.MALFORMED | DirtKind.MISENCODED if not isinstance(
            column.type, t.String
        ):
            remedy = "name a column of strings"
            if isinstance(column.type, t.Enum):
                remedy += f"; values that `{name}` does not have are written `violate {name}.enum 1%`"
            return f"`{name}` is {_type_of(table, column)}, no text", remedy
        case DirtKind.OUTLIERS if not isinstance(column.type, _FAR):
            return (
                f"`{name}` is {_type_of(table, column)}, which has no far values",
                "name a column of numbers, dates, timestamps or durations",
            )
        case _:
            pass
    return "", ""


def _type_of(table: Table, column: Column) -> str:
    """The type of a column in words: that of a lifecycle has the name of its column."""
    if any(cycle.column == column.name for cycle in table.lifecycles):
        return "the state of a lifecycle"
    return f"enum {column.type}" if isinstance(column.type, t.Enum) else str(column.type)


def _has_length(dtype: t.DataType) -> bool:
    return isinstance(dtype, t.String) and (dtype.min_length > 0 or dtype.max_length is not None)


def _instead_of_unique(table: Table, name: str) -> str:
    if any(name in columns for columns in unique_sets(table)):
        return "repeat whole rows: `duplicate 10 rows`"
    return f"declare it: `{name} ... unique`"


def check_dirt(dataset: Dataset, spans: SpanTable, bag: DiagnosticBag, *, counted: bool = True) -> bool:
    """Reports the dirt of a finished program that cannot be made, or would break more than it says. Whether
    there is none. ``counted``: numbers of rows are those of the text, and so may be too few for it."""
    if not any(table.dirt for table in dataset.tables.values()):
        return True
    fine = True
    elsewhere = read_elsewhere(dataset)
    queried = {
        name: table.name for table in dataset.tables.values() if table.query for name in table.query.reads
    }
    for table in dataset.tables.values():
        rules = spans.tables[table.name].rules if table.dirt else {}
        for dirt in table.dirt:
            why, remedy = _impossible(table, dirt, elsewhere, queried.get(table.name))
            if why:
                fine = False
                bag.add(ImpossibleDirt(span=_place(rules, dirt), dirt=dirt.written, why=why, remedy=remedy))
        if counted and table.dirt and table.rows is not None:
            needed = sum(dirt.taken(table.rows) for dirt in table.dirt)
            if needed > table.rows:
                last = _place(rules, table.dirt[-1])
                fine = False
                bag.add(TooMuchDirt(span=last, table=table.name, needed=needed, rows=table.rows))
            batch = sum(dirt.taken(table.grows) for dirt in table.dirt)
            if needed <= table.rows and batch > table.grows > 0:
                last = _place(rules, table.dirt[-1])
                bag.add(TooMuchDirtForBatches(span=last, table=table.name, needed=batch, rows=table.grows))
    return fine


def _place(rules: dict[str, Span], dirt: Dirt) -> Span:
    return rules[f"dirt:{dirt.name}"]


def _impossible(table: Table, dirt: Dirt, elsewhere: Elsewhere, query: str | None) -> tuple[str, str]:
    """Why dirt cannot be made, and what to do; "" where it can."""
    if table.query is not None:
        return "the table is computed from others", "spoil the tables that it reads"
    if query is not None:
        return (
            f"table `{query}` is computed from the files of this one, and would be spoiled with it",
            f"build `{query}` from a spec without the dirt, or leave the line out",
        )
    if table.partition_by:
        return "rows in partitions have no numbers to name them by", "leave out `partition by` or the line"
    if dirt.kind in COPIES and (table.histories or table.records):
        return (
            "a copy of a version is one too many at its time, which breaks more than its key",
            "spoil a column that does not change from version to version, or leave the line out",
        )
    if dirt.kind in COPIES:
        reader = elsewhere.get((table.name, ""))
        if reader is not None:
            return f"{reader} counts the rows of `{table.name}`, or goes by their numbers", "leave one out"
        if dirt.kind is DirtKind.NEAR and not changeable_columns(table, frozenset(table.columns), elsewhere):
            return "there is no text, number or time outside of its keys and rules to change", "`duplicate`"
        return "", ""
    if dirt.kind is DirtKind.CHECK:
        return _impossible_check(table, dirt.subject, elsewhere)
    tie = tied_columns(table).get(dirt.subject)
    if tie is not None:
        others = "the times of the other states" if tie == "a lifecycle" else "the other versions"
        return (
            f"{tie} ties `{dirt.subject}` to {others}, which would not go with it",
            "spoil a column that is no time of a state, and no part of a history",
        )
    reference = table.references.get(table.columns[dirt.subject].reference or "")
    if reference is not None and dirt.kind not in _OF_REFERENCES:
        single = len(reference.columns) == 1
        return (
            f"`{dirt.subject}` refers to `{reference.table}`, and the value would be the key of no row there",
            f"`violate {dirt.subject}.reference` says that" if single else "break another rule",
        )
    reader = elsewhere.get((table.name, dirt.subject))
    if reader is not None:
        return (
            f"{reader} looks at `{table.name}.{dirt.subject}` from other rows, which would be broken too",
            "break a rule of the rows that look, or a column that nobody looks at",
        )
    return "", ""


def _impossible_check(table: Table, name: str, elsewhere: Elsewhere) -> tuple[str, str]:
    required = next(r for r in required_of(table) if r.kind is RequiredKind.CHECK and r.subject == name)
    hidden = sorted(c for c in required.columns if table.columns[c].hidden)
    if hidden:
        return f"it needs the hidden column `{hidden[0]}`, which verification cannot see", "write the column"
    if changeable_columns(table, required.columns, elsewhere):
        return "", ""
    named = ", ".join(f"`{column}`" for column in sorted(required.columns))
    return (
        f"every column that it looks at ({named}) is a key, a reference, or looked at by other rows, so that "
        "changing it would break more",
        "let the check compare a column of its own",
    )


def meant_as_dirt(program: Program, decl: tree.ColumnDecl) -> DirtForm | None:
    """What to say of ``violate adult`` and ``duplicate rows``, which without a share are a column and its
    type; None where there is such a type, or more is said of the column."""
    form = _WORDS.get(decl.targets[0].text)
    node = decl.type
    if form is None or not isinstance(node, tree.NamedType) or decl.value is not None or decl.modifiers:
        return None
    name = node.name.text
    known = name in TYPE_NAMES or name in program.enums or name in program.types
    if known or program.incomplete or len(decl.targets) > 1 or node.args:
        return None
    corrected = form.format(names.quoted(name))
    return DirtForm(span=decl.targets[0].span, corrected=corrected, statement=decl.span)
