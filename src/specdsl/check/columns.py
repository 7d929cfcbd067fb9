"""Columns: their types, when they are asked for, and their checked form."""

from __future__ import annotations

from dataclasses import dataclass, field, replace
from decimal import Decimal
from itertools import zip_longest

from specdsl.check import kept_values as changes
from specdsl.check import references, shapes
from specdsl.check.conversions import coerce
from specdsl.check.dirt import meant_as_dirt
from specdsl.check.expressions import DEEPEST, Typing
from specdsl.check.operators import condition
from specdsl.check.records import report_unused_names
from specdsl.check.scopes import ColumnSymbol, Origin, Program, Sites, TableSymbol, poisoned
from specdsl.check.spans import ColumnSpans
from specdsl.check.type_expressions import (
    Shape,
    absent_rate,
    percent,
    report_null_and_absent,
    resolve,
    unknown_shape,
)
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.diagnostics.syntax import NestingTooDeep
from specdsl.ir import expr as ir
from specdsl.ir.model import Bounds, Column, ColumnGroup, NullRule, Reference, Uniqueness
from specdsl.source import Span
from specdsl.syntax import tree


@dataclass(slots=True)
class Checked:
    """A declaration of one or more columns, checked. ``unique``: they are declared so together."""

    columns: list[Column] = field(default_factory=list)
    reference: Reference | None = None
    group: ColumnGroup | None = None


class Columns:
    """Checks column declarations, each once; types of columns that have none written are found on the
    way, when something names them."""

    def __init__(self, program: Program) -> None:
        self._program = program
        self._shapes: dict[int, Shape] = {}
        self._checked: dict[int, Checked] = {}
        self._open: list[tree.ColumnDecl] = []
        program.resolve = self.resolve

    # --- types -----------------------------------------------------------------------------

    def resolve(self, symbol: ColumnSymbol) -> None:
        """Finds type and nullability of a column; unknown where they depend on themselves."""
        if symbol.type is not None:
            return
        decl = symbol.decl
        if decl is None:
            symbol.type = t.UNKNOWN
            return
        if symbol.open:
            self._report_cycle(symbol)
            symbol.type = t.UNKNOWN
            return
        symbol.open = True
        try:
            if symbol.reference is not None:
                found, nullable = references.key_type(self._program, symbol), symbol.reference.nullable
            else:
                found, nullable = self._value_type(symbol, decl)
        finally:
            symbol.open = False
        if symbol.type is None:
            symbol.type, symbol.nullable = found, nullable

    def _value_type(self, symbol: ColumnSymbol, decl: tree.ColumnDecl) -> tuple[t.DataType, bool]:
        shape = self.shape(decl, symbol.index)
        if shape is not None:
            return shape.type, shape.optional
        if any(d is decl for d in self._open):
            self._report_cycle(symbol)
            return t.UNKNOWN, False
        checked = self.check(symbol.table, decl)
        column = next((c for c in checked.columns if c.name == symbol.name), None)
        return (t.UNKNOWN, False) if column is None else (column.type, column.nullable)

    def shape(self, decl: tree.ColumnDecl, index: int) -> Shape | None:
        """The shape of the written type of a target, None where none is written."""
        node = decl.target_types[index] if decl.grouped and index < len(decl.target_types) else decl.type
        if node is None:
            return None
        if id(node) not in self._shapes:
            meant = meant_as_dirt(self._program, decl)
            if meant is not None:
                self._program.bag.add(meant)
            known = meant is None
            self._shapes[id(node)] = resolve(self._program, node) if known else unknown_shape(node.span)
        shape = self._shapes[id(node)]
        return replace(shape, optional=True) if absent_rate(decl.modifiers) is not None else shape

    def _report_cycle(self, symbol: ColumnSymbol) -> None:
        chain = [d.targets[0].text for d in self._open]
        name = symbol.name
        start = chain.index(name) if name in chain else 0
        parts = (*(chain[start:] or [name]), name)
        line = self._program.line_with(symbol.span.at_end(), " int")
        remedy = f"write a type after the name of one of them, such as {line}"
        if symbol.reference is not None:
            remedy = "give one of the tables a key that is not a reference"
        self._program.bag.add(
            types.TypeCycle(span=symbol.span, what=f"the type of `{name}`", chain=parts, remedy=remedy)
        )

    # --- declarations ----------------------------------------------------------------------

    def check(self, table: TableSymbol, decl: tree.ColumnDecl) -> Checked:
        """The checked form of a declaration."""
        done = self._checked.get(id(decl))
        if done is None:
            self._open.append(decl)
            try:
                done = self._check(table, decl)
            except RecursionError:
                self._program.bag.add(NestingTooDeep(span=decl.targets[0].span, limit=DEEPEST // 2))
                done = Checked()
            finally:
                self._open.pop()
            self._checked[id(decl)] = done
        return done

    def _check(self, table: TableSymbol, decl: tree.ColumnDecl) -> Checked:
        spans = column_spans(decl)
        owner = self._program.spans.tables.get(table.name)
        mine = [table.columns[n.text] for n in decl.targets if _owns(table, n, decl)]
        if owner is not None:
            for symbol in mine:
                owner.columns[symbol.name] = (
                    spans
                    if symbol.index == 0
                    else ColumnSpans(decl.span, symbol.span, spans.value, spans.parts)
                )
        scope = Typing(
            self._program,
            table,
            Sites(spans),
            root=decl.value,
            owner=decl.targets[0].text,
            locale=table.locale,
        )
        _report_misplaced(scope, decl)
        if decl.reference is not None:
            return self._reference(scope, table, decl, mine)
        if decl.grouped:
            return self._group(scope, table, decl, mine)
        return self._plain(scope, table, decl, mine)

    def _reference(
        self, scope: Typing, table: TableSymbol, decl: tree.ColumnDecl, mine: list[ColumnSymbol]
    ) -> Checked:
        nulls = self.nulls(scope, decl, None)
        report_unused_names(scope, ir.Const(t.NULL, True, None), decl.fields)
        reference = references.check(scope, table, decl, nulls)
        columns: list[Column] = []
        for symbol in mine:
            self.resolve(symbol)
        if reference is None:
            return Checked()
        unique = reference.unique and len(reference.columns) == 1
        for symbol in mine:
            dtype = symbol.type or t.UNKNOWN
            value = ir.ParentKey(dtype, reference.nullable, reference.name, reference.key[symbol.index])
            columns.append(
                Column(
                    symbol.name,
                    dtype,
                    reference.nullable,
                    value,
                    hidden=_has(decl, tree.HiddenMark),
                    bare=_has(decl, tree.BareMark),
                    uniqueness=Uniqueness.INJECTIVE if unique else Uniqueness.NONE,
                    reference=reference.name,
                    doc=decl.doc,
                )
            )
        return Checked(columns, reference)

    def _group(
        self, scope: Typing, table: TableSymbol, decl: tree.ColumnDecl, mine: list[ColumnSymbol]
    ) -> Checked:
        found = [self.shape(decl, i) for i in range(len(decl.targets))]
        if decl.value is None:
            scope.report(
                types.NoValue(
                    span=decl.targets[0].span.to(decl.targets[-1].span),
                    column=", ".join(n.text for n in decl.targets),
                    type="tuple",
                    corrected=scope.program.line_with(decl.span.at_end(), ' = ("a", 1) | ("b", 2)'),
                )
            )
            return Checked()
        names_span = decl.targets[0].span.to(decl.targets[-1].span)
        origin = Origin(names_span, f"{len(found)} columns are named here")
        target = t.Tuple(tuple(t.UNKNOWN if shape is None else shape.type for shape in found))
        scope.fields = tuple(field or column for field, column in zip_longest(decl.fields, decl.targets))
        value = scope.check(decl.value, target, origin)
        made = decl.targets[0].text in table.made  # of records, which need the names, and tuples alike
        if report_unused_names(scope, value, () if made else decl.fields):
            return Checked()
        if poisoned(value) or not isinstance(value.type, t.Tuple):
            return Checked()
        items = value.type.items
        group = next((i for i, g in enumerate(table.groups) if g is decl), 0)
        changing = table.changing.get(decl.targets[0].text)
        if changing is not None:
            value = changes.kept_together(scope, decl, changing, value)
        elif made and decl.targets[0].text in table.unlike:
            value = changes.another(scope, table.unlike[decl.targets[0].text], value)
        columns: list[Column] = []
        for symbol in mine:
            shape, dtype = found[symbol.index], items[symbol.index]
            nullable = item_nullable(value, symbol.index)
            if shape is not None and nullable and not shape.optional:
                subject = shapes.Subject(symbol.name, symbol.span, decl.span)
                shapes.report_null(
                    scope, f"`{symbol.name}`", value, decl.value, decl.target_types[symbol.index], subject
                )
            if dtype == t.NULL:
                scope.report(
                    types.NoValue(
                        span=symbol.span,
                        column=symbol.name,
                        type="null",
                        corrected="a value that is not null",
                    )
                )
                dtype = t.UNKNOWN
            bounds = self._bounds(scope, shape) if shape is not None else None
            item: ir.Expr = ir.GroupItem(dtype, nullable, group, symbol.index)
            if changing is not None:
                item = changes.kept_item(scope, changing, symbol.name, item)
            columns.append(
                Column(
                    symbol.name,
                    dtype,
                    shape.optional if shape is not None else nullable,
                    item,
                    hidden=_has(decl, tree.HiddenMark),
                    bare=_has(decl, tree.BareMark),
                    bounds=bounds,
                    doc=decl.doc,
                )
            )
        return Checked(columns, group=ColumnGroup(tuple(n.text for n in decl.targets), value))

    def _plain(
        self, scope: Typing, table: TableSymbol, decl: tree.ColumnDecl, mine: list[ColumnSymbol]
    ) -> Checked:
        name = decl.targets[0]
        shape = self.shape(decl, 0)
        key = _has(decl, tree.KeyMark) or table.key == (name.text,)
        subject = shapes.Subject(name.text, name.span, decl.span, key or _has(decl, tree.UniqueMark))
        nulls = self.nulls(scope, decl, shape)
        value = self._given(scope, table, decl, shape)
        if value is None and shape is None:
            if decl.value is None:
                line = scope.program.line_with(decl.span.at_end(), " int = 1..100")
                scope.report(types.NoValue(span=name.span, column=name.text, type="column", corrected=line))
                return Checked()
            value = scope.infer(decl.value)
            if not poisoned(value) and isinstance(value.type, t.Tuple):
                scope.report(
                    types.TupleShape(
                        span=decl.value.span, what=f"`{name.text}`", wanted=1, found=len(value.type.items)
                    )
                )
                return Checked()
            if value.type == t.NULL:
                line = scope.program.line_with(name.span.at_end(), " string?")
                scope.report(types.NoValue(span=name.span, column=name.text, type="null", corrected=line))
                return Checked()
        if shape is None:
            assert value is not None
            shape = Shape(value.type, name.span, optional=value.nullable or nulls is not None)
        bounds = scope.ends = self._bounds(scope, _with_own(shape, decl))
        if value is None:
            value = shapes.value(scope, _with_own(shape, decl), decl.value, subject, key=key)
        if not mine:
            return Checked()
        absent = nulls is not None and nulls.absent
        changing, unlike = table.changing.get(name.text), table.unlike.get(name.text)
        if unlike is not None and not poisoned(value):
            value, nulls = changes.another(scope, unlike, changes.with_null(scope, decl, value, nulls)), None
        elif changing is not None and not poisoned(value):
            value, nulls = changes.kept(scope, decl, shape, changing, value, nulls)
        elif value.nullable and (absent or not shape.optional) and not poisoned(value):
            shapes.report_null(scope, f"`{name.text}`", value, decl.value, decl.type, subject, absent=absent)
        unique = subject.unique
        return Checked(
            [
                Column(
                    name.text,
                    shape.type,
                    shape.optional,
                    value,
                    hidden=_has(decl, tree.HiddenMark),
                    bare=_has(decl, tree.BareMark),
                    nulls=nulls,
                    bounds=bounds,
                    uniqueness=Uniqueness.INJECTIVE if unique else Uniqueness.NONE,
                    doc=decl.doc,
                )
            ]
        )

    def _given(
        self, scope: Typing, table: TableSymbol, decl: tree.ColumnDecl, shape: Shape | None
    ) -> ir.Expr | None:
        """The value that the table's rows come with, for a column without one of its own."""
        if decl.value is not None:
            return None
        name = decl.targets[0].text
        over = table.decl.over
        if over is not None and over.column.text == name and table.over_type is not None:
            return ir.DimensionValue(table.over_type, False) if shape is None or shape.known else None
        given = table.given.get(name)
        if given is None:
            return None
        dtype, nullable = given
        if dtype == t.UNKNOWN and shape is not None and shape.known:  # of a database that is not at hand
            dtype, nullable = shape.type, shape.optional
        value: ir.Expr = ir.SourceValue(dtype, nullable, name)
        if shape is None or not shape.known:
            return value
        at = decl.type.span if decl.type is not None else decl.span
        return coerce(scope, value, shape.type, at)

    def _bounds(self, scope: Typing, shape: Shape) -> Bounds | None:
        if not shape.within or not shape.known:
            return None
        return shapes.bounds(scope, shape)

    def nulls(self, scope: Typing, decl: tree.ColumnDecl, shape: Shape | None) -> NullRule | None:
        """The rule for nulls that stands after a type or reference."""
        rate = next((m for m in decl.modifiers if isinstance(m, tree.NullRate)), None)
        if rate is None:
            return None
        for given in (rate.rate, rate.otherwise):
            if given is not None and not 0 <= given.value <= Decimal(100):
                always = "for a column that is always null write `= null`, and otherwise a lower rate"
                scope.report(
                    types.ArgumentOutOfRange(
                        span=given.span,
                        what="a rate of absence" if rate.absent else "a rate of nulls",
                        found=f"{given.value}%",
                        limit="0% to 100%",
                        remedy="write a lower rate" if rate.absent else always,
                    )
                )
                return None
        written = decl.type or decl.reference
        optional = decl.reference is not None and decl.reference.optional
        if decl.type is not None and decl.reference is None:
            optional = self._shapes[id(decl.type)].optional
        name = decl.targets[0].text
        if report_null_and_absent(
            self._program, decl.modifiers, name, optional, written.span if written is not None else None
        ):
            return None
        if (
            not rate.absent
            and shape is not None
            and not shape.optional
            and decl.reference is None
            and shape.known
        ):
            text = scope.text(decl.type) if decl.type is not None else str(shape.type)
            at = decl.type.span.at_end() if decl.type is not None else None
            scope.report(
                types.NullRateNeedsOptional(
                    span=rate.span, column=decl.targets[0].text, type_text=text, insert_at=at
                )
            )
        when = condition(scope, rate.when, "the condition of a null rate") if rate.when is not None else None
        if when is not None and poisoned(when):
            return None
        otherwise = percent(rate.otherwise.value) if rate.otherwise is not None else 0.0
        return NullRule(percent(rate.rate.value), when, otherwise, rate.absent)


def item_nullable(value: ir.Expr, index: int) -> bool:
    """Whether item ``index`` of a tuple can be null."""
    match value:
        case ir.TupleValue(items=items):
            return items[index].nullable
        case ir.StructFields(base=base, fields=fields) if isinstance(base.type, t.Struct):
            return base.nullable or any(f.nullable for f in base.type.fields if f.name == fields[index])
        case ir.ChoiceDraw(arms=arms):
            return any(item_nullable(a.value, index) for a in arms)
        case ir.If(then=then, otherwise=otherwise):
            return item_nullable(then, index) or item_nullable(otherwise, index)
        case ir.Match(arms=match_arms, otherwise=rest, subjects=subjects):
            options = [a.value for a in match_arms] + ([rest] if rest is not None else [])
            missed = rest is None and any(s.nullable for s in subjects)
            return missed or any(item_nullable(o, index) for o in options)
        case _:
            return value.nullable


def _owns(table: TableSymbol, name: tree.Name, decl: tree.ColumnDecl) -> bool:
    """Whether a target is the column of its name (not a second one of the same name)."""
    symbol = table.columns.get(name.text)
    return symbol is not None and symbol.span == name.span


def _has(decl: tree.ColumnDecl, *kinds: type[tree.Modifier]) -> bool:
    return any(isinstance(m, kinds) for m in decl.modifiers)


def _with_own(shape: Shape, decl: tree.ColumnDecl) -> Shape:
    """The shape with the bounds that the column itself adds."""
    own = tuple(m.range for m in decl.modifiers if isinstance(m, tree.Within))
    return replace(shape, within=(*shape.within, *own)) if own else shape


# --- modifiers -----------------------------------------------------------------------------

_WORDS: dict[type[tree.Modifier], str] = {
    tree.Within: "in",
    tree.NullRate: "null",
    tree.KeyMark: "key",
    tree.UniqueMark: "unique",
    tree.HiddenMark: "hidden",
    tree.BareMark: "bare",
    tree.Each: "each",
    tree.Where: "where",
    tree.DistinctPer: "distinct",
    tree.Skew: "skew",
    tree.Since: "since",
    tree.AsOf: "as of",
    tree.Changes: "changes",
    tree.OnDelete: "on delete",
}
_DRAWING = (tree.NullRate, tree.DistinctPer, tree.Skew, tree.Since, tree.AsOf)
_OF_REFERENCES = (
    *(tree.Each, tree.Where, tree.DistinctPer, tree.Skew, tree.Since, tree.AsOf),
    tree.OnDelete,
)


def _word(modifier: tree.Modifier) -> str:
    if isinstance(modifier, tree.NullRate) and modifier.absent:
        return "absent"
    return _WORDS.get(type(modifier), "")


def column_spans(decl: tree.ColumnDecl) -> ColumnSpans:
    """The places of a declaration's parts."""
    parts: dict[str, Span] = {}
    if decl.type is not None:
        parts["type"] = decl.type.span
    if decl.reference is not None:
        parts["reference"] = decl.reference.span
    for modifier in decl.modifiers:
        parts.setdefault(_word(modifier) or "modifier", modifier.span)
        match modifier:
            case tree.Within(range=bounds):
                for end, word in ((bounds.low, "in.low"), (bounds.high, "in.high")):
                    if end is not None:
                        parts[word] = end.span
            case tree.Each(count=count, maximum=maximum):
                for end, word in ((count, "each.count"), (maximum, "each.max")):
                    if end is not None:
                        parts[word] = end.span
    value = decl.value.span if decl.value is not None else None
    return ColumnSpans(decl.span, decl.targets[0].span, value, parts)


def _report_misplaced(scope: Typing, decl: tree.ColumnDecl) -> None:
    """Modifiers that this kind of column cannot have, or has twice."""
    seen: set[str] = set()
    for modifier in decl.modifiers:
        word = _word(modifier)
        shown = _shown(scope, modifier, word)
        why = remedy = ""
        if word in seen:
            why, remedy = "stands here twice", "remove one of them"
        elif isinstance(modifier, _OF_REFERENCES) and decl.reference is None:
            why = "goes with a reference, and this is none"
            remedy = f"a reference is written `{names.quoted(decl.targets[0].text)} -> table {shown}`"
        elif isinstance(modifier, tree.Within) and decl.reference is not None:
            why = "bounds a value, and this is a reference"
            remedy = "to choose among the rows write `where .column >= low`"
        elif word == "absent" and _has(decl, tree.BareMark):
            why, remedy = "does not go with `bare`: a row is always there", "write a rate of nulls instead"
        elif decl.grouped and decl.reference is None and isinstance(modifier, (tree.Within, tree.NullRate)):
            why, remedy = "does not go with columns drawn together", "put it into the arms of the choice"
            if word == "absent":
                remedy = "draw them in hidden columns, and give each a column with a rate of its own"
        elif isinstance(modifier, tree.Since) and _has(decl, tree.UniqueMark, tree.KeyMark):
            why = "does not go with rows that are dealt out one to one: those are the new ones as it is"
            remedy = "remove it"
        elif isinstance(modifier, _DRAWING) and _has_each(decl):
            why = "contradicts `each`, which makes every row for a parent of its own accord"
            remedy = "remove one of them: `each` says how many rows every parent has, and the others say "
            remedy += "which parent a row draws"
        if why:
            scope.report(types.MisplacedModifier(span=modifier.span, modifier=shown, why=why, remedy=remedy))
        seen.add(word)
    if decl.reference is not None and decl.value is not None:
        scope.report(
            types.MisplacedModifier(
                span=decl.value.span,
                modifier="=",
                why="does not go with a reference: its value is the key of the row that it refers to",
                remedy="remove it; `where`, `distinct per` and a skew say which rows are drawn",
            )
        )


def _has_each(decl: tree.ColumnDecl) -> bool:
    return any(isinstance(modifier, tree.Each) for modifier in decl.modifiers)


def _shown(scope: Typing, modifier: tree.Modifier, word: str) -> str:
    if isinstance(modifier, tree.Skew):
        return modifier.call.function.text
    return "distinct per" if word == "distinct" else word
