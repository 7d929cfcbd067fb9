"""Names and paths: columns of this row, of the row a reference points to, of a candidate, fields."""

from __future__ import annotations

from specdsl.check.conversions import unknown_member
from specdsl.check.guesses import bare_texts, instead_of_name, quoted_line
from specdsl.check.nullness import NOTHING, Facts, known, refers
from specdsl.check.records import narrowed
from specdsl.check.scopes import ColumnSymbol, Scope, TableSymbol, poison, poisoned
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.nearest import nearest
from specdsl.ir import expr as ir
from specdsl.syntax import tree


def name_value(scope: Scope, node: tree.NameRef, hint: t.DataType | None) -> ir.Expr:
    """What a plain name means: a column of this row, else a member of the enum that is expected, else
    ``now`` or ``row``."""
    name = node.name.text
    if scope.table is not None and name in scope.table.columns:
        return known(column_value(scope, scope.table.columns[name]), scope.facts)
    if isinstance(hint, t.Enum) and name in hint.members:
        return ir.Const(hint, False, hint.members.index(name))
    if name == "now":
        return ir.Moving(t.TIMESTAMP, False, scope.program.now, None)
    if name == "row":
        return ir.RowNumber(t.INT, False)
    report_unknown_name(scope, node, hint)
    return poison()


def binds(scope: Scope, node: tree.Expr) -> bool:
    """Whether a plain name means something without knowing what type is expected."""
    if not isinstance(node, tree.NameRef):
        return True
    name = node.name.text
    return (scope.table is not None and name in scope.table.columns) or name in {"now", "row"}


def report_unknown_name(scope: Scope, node: tree.NameRef, hint: t.DataType | None) -> None:
    """Says what is wrong with a plain name that is no value here."""
    name, program = node.name.text, scope.program
    written = program.text(node)
    for what, symbols, remedy in (
        ("an enum", program.enums, f"a member of it is written `{written}.member`"),
        ("a pool", program.pools, f"draw from it: {program.line_with(node.span, f'pick({written})')}"),
        ("a table", program.tables, f"count its rows with `count({written})`, or follow a reference to it"),
        ("a type", program.types, "types stand after a column's name, before its `=`"),
    ):
        if name in symbols:
            scope.report(names.NotAValue(span=node.span, written=name, what=what, remedy=remedy))
            return
    table = scope.table
    if isinstance(hint, t.Enum):
        columns = table.written if table is not None else ()
        if nearest(name, hint.members) or not nearest(name, columns):
            if table is None or not table.nameless:
                scope.report(unknown_member(scope, name, hint, node.span))
            return
    if table is None:
        remedy = "only numbers, texts and other constants are known here"
        scope.report(types.NotConstant(span=node.span, what=f"`{name}`", remedy=remedy))
        return
    if table.nameless:
        return
    known = tuple(column for column in table.written if column != scope.owner)
    remedy = instead_of_name(scope, node)
    near = None if remedy else nearest(name, (*known, "now", "row"))
    if remedy:
        pass
    elif near is None and scope.candidate is not None and name in scope.candidate.columns:
        remedy = f"a column of `{scope.candidate.name}` takes a point: " + program.line_with(
            node.span, f".{written}"
        )
    elif near is None and isinstance(hint, t.String):
        bare = bare_texts(scope, node)
        if bare[0] is not node:
            return  # told with the first
        remedy = f"if the text is meant: {quoted_line(scope, bare)}"
    scope.report(unknown_column(scope, node.name, table, near, remedy))


def unknown_column(
    scope: Scope, name: tree.Name, table: TableSymbol, near: str | None = None, remedy: str = ""
) -> names.UnknownColumn:
    """The diagnostic for a name that a table does not have."""
    known = table.written
    if near is None and not remedy:
        near = nearest(name.text, known)
    return names.UnknownColumn(
        span=name.span,
        written=name.text,
        near=near,
        known=known,
        corrected=scope.program.line_with(name.span, names.quoted(near)) if near else "",
        owner=f"table `{table.name}`",
        remedy=remedy,
    )


def column_value(scope: Scope, symbol: ColumnSymbol) -> ir.Expr:
    """The value of a column in the row at hand, with the column's type."""
    scope.program.resolve(symbol)
    if symbol.type is None or symbol.type == t.UNKNOWN:
        return poison()
    return ir.ColumnValue(symbol.type, symbol.nullable, symbol.name)


def attribute(scope: Scope, node: tree.Attribute) -> ir.Expr:
    """A path: ``ref.column.deeper``, ``struct.field``, ``.candidate.column``, ``Enum.member``."""
    base, steps = unroll(node)
    if isinstance(base, tree.NameRef):
        name = base.name.text
        if scope.table is not None and name in scope.table.columns:
            return known(walk(scope, scope.table, [base.name, *steps], scope.facts), scope.facts)
        program = scope.program
        if name in program.enums and len(steps) == 1:
            enum = program.enums[name].type
            member = steps[0]
            if member.text in enum.members:
                return ir.Const(enum, False, enum.members.index(member.text))
            scope.report(unknown_member(scope, member.text, enum, member.span))
            return poison()
        path = program.text(node)
        if name in program.pools:
            remedy = f"draw from it: {program.line_with(node.span, f'pick({path})')}"
            scope.report(names.NotAValue(span=node.span, written=path, what="a pool's column", remedy=remedy))
            return poison()
        if name in program.tables:
            remedy = f"go over its rows with a function, such as `max({path})`, or follow a reference to it"
            what = f"a column of every row of `{name}`"
            scope.report(names.NotAValue(span=node.span, written=path, what=what, remedy=remedy))
            return poison()
        report_unknown_name(scope, base, None)
        return poison()
    if isinstance(base, tree.CandidateRef):
        return candidate(scope, base, steps)
    value = scope.infer(base)
    return fields(scope, value, steps, scope.text(base))


def unroll(node: tree.Expr) -> tuple[tree.Expr, list[tree.Name]]:
    """The root of a path and the names after it."""
    steps: list[tree.Name] = []
    while isinstance(node, tree.Attribute):
        steps.append(node.name)
        node = node.base
    steps.reverse()
    return node, steps


def candidate(scope: Scope, base: tree.CandidateRef, steps: list[tree.Name]) -> ir.Expr:
    """``.name`` and what follows it, in the candidate row."""
    table = scope.candidate
    if table is None:
        exists = scope.table is not None and base.name.text in scope.table.columns
        scope.report(names.NoCandidate(span=base.span, written=base.name.text, column_exists=exists))
        return poison()
    inner = frozenset(f.body for f in scope.facts if isinstance(f, ir.Candidate) and f.table == table.name)
    body = known(walk(scope, table, [base.name, *steps], inner), inner)
    return body if poisoned(body) else ir.Candidate(body.type, body.nullable, table.name, body)


def walk(scope: Scope, table: TableSymbol, steps: list[tree.Name], facts: Facts = NOTHING) -> ir.Expr:
    """The value of a path that begins at a column of ``table``, seen from a row of ``table``; ``facts`` are
    about that row."""
    first, rest = steps[0], steps[1:]
    symbol = table.columns.get(first.text)
    if symbol is None:
        if first.text == "row" and not rest:
            return ir.RowNumber(t.INT, False)
        if not table.nameless:
            scope.report(unknown_column(scope, first, table))
        return poison()
    if not rest:
        return column_value(scope, symbol)
    reference = symbol.reference
    if reference is None:
        value = column_value(scope, symbol)
        return fields(scope, value, rest, first.text, table)
    if reference.target is None:
        return poison()
    inner = frozenset(f.body for f in facts if isinstance(f, ir.Follow) and f.reference == reference.name)
    body = known(walk(scope, reference.target, rest, inner), inner)
    if poisoned(body):
        return body
    is_set = reference.nullable and any(
        refers(facts, column_value(scope, table.columns[c])) for c in reference.columns if c in table.columns
    )
    nullable = (reference.nullable and not is_set) or body.nullable
    return ir.Follow(body.type, nullable, reference.name, reference.target.name, body)


def _has_field(value: ir.Expr, name: str) -> bool:
    return isinstance(value.type, t.Struct) and any(f.name == name for f in value.type.fields)


def fields(
    scope: Scope, value: ir.Expr, steps: list[tree.Name], base: str, table: TableSymbol | None = None
) -> ir.Expr:
    """``value.field.field``."""
    if steps:
        value = narrowed(value, [steps[0].text]) if _has_field(value, steps[0].text) else value
    for step in steps:
        if poisoned(value):
            return value
        if not isinstance(value.type, t.Struct):
            scope.report(
                names.NotAReference(
                    span=step.span,
                    base=base,
                    type=f"of type {value.type}",
                    wanted=step.text,
                    references=tuple(table.references) if table is not None else (),
                )
            )
            return poison()
        found = next((f for f in value.type.fields if f.name == step.text), None)
        if found is None:
            known = tuple(f.name for f in value.type.fields)
            near = nearest(step.text, known)
            scope.report(
                names.UnknownField(
                    span=step.span,
                    written=step.text,
                    near=near,
                    known=known,
                    corrected=scope.program.line_with(step.span, names.quoted(near)) if near else "",
                    struct=f"`{base}`",
                )
            )
            return poison()
        value = ir.FieldValue(found.type, value.nullable or found.nullable, value, step.text)
        base = f"{base}.{step.text}"
    return value
