"""Productions to nodes: one method for each rule (or alias) of the grammar.

A method gets the offsets that the production covers and its values: tokens for terminals, nodes for
rules, None for what an ``[optional]`` part left out. Methods decide nothing about meaning, but a few
slips that the grammar lets pass are reported here.
"""

from __future__ import annotations

from collections.abc import Callable, Mapping
from typing import Any, cast

from specdsl.diagnostics import syntax as errors
from specdsl.diagnostics.model import Diagnostic
from specdsl.source import Span
from specdsl.syntax import literals, tree
from specdsl.syntax.sql_columns import primary_key
from specdsl.syntax.tokens import Token


class Broken:
    """Stands for a type that could not be parsed, until the declaration around it is made."""


BROKEN = Broken()

Action = Callable[["Builder", int, int, list[Any]], Any]

_OPERATORS = {op.value: op for op in tree.BinaryOp}
_LOWER_CASE = {
    "NULL": "null",
    "Null": "null",
    "TRUE": "true",
    "True": "true",
    "FALSE": "false",
    "False": "false",
}


class Builder:
    """Makes the nodes of one file. ``docs`` has the documentation of what begins at an offset,
    ``declared`` the names that some declaration of the file introduces."""

    def __init__(self, file: str, docs: Mapping[int, str], declared: frozenset[str] = frozenset()) -> None:
        self.file = file
        self.docs = docs
        self.declared = declared
        self.diagnostics: list[Diagnostic] = []
        self.report = self.diagnostics.append
        self.equals = 0  # where the value at hand has its `=`

    def span(self, start: int, end: int) -> Span:
        return Span(self.file, start, end)

    def token_span(self, token: Token) -> Span:
        return Span(self.file, token.start, token.end)

    def doc(self, start: int) -> str:
        return self.docs.get(start, "") if self.docs else ""

    # --- at the top ----------------------------------------------------------------------

    def start(self, start: int, end: int, kids: list[Any]) -> tree.File:
        return tree.File(self.span(start, end), tuple(item for item in kids if item is not None))

    def import_decl(self, start: int, end: int, kids: list[Any]) -> tree.Import:
        return tree.Import(self.span(start, end), kids[1])

    def dataset(self, start: int, end: int, kids: list[Any]) -> tree.DatasetDecl:
        return tree.DatasetDecl(self.span(start, end), kids[1], present(kids[2:]), self.doc(start))

    def setting(self, start: int, end: int, kids: list[Any]) -> tree.Setting:
        return tree.Setting(self.span(start, end), kids[0], kids[1])

    def batch_setting(self, start: int, end: int, kids: list[Any]) -> tree.Setting:
        name = tree.Name(self.span(start, kids[0].end), "per batch")
        return tree.Setting(self.span(start, end), name, kids[1])

    def enum(self, start: int, end: int, kids: list[Any]) -> tree.EnumDecl:
        return tree.EnumDecl(self.span(start, end), kids[1], present(kids[2:]), self.doc(start))

    def enum_member(self, start: int, end: int, kids: list[Any]) -> tree.EnumMember:
        name = kids[0]
        if isinstance(name, tree.String):
            name = tree.Name(name.span, name.value)
        weight = kids[1] if len(kids) > 1 else None
        return tree.EnumMember(self.span(start, end), name, weight, self.doc(start))

    def type_decl(self, start: int, end: int, kids: list[Any]) -> tree.Item:
        _, name, depth, type, modifiers, *value = kids
        if type is BROKEN:
            return tree.ErrorItem(self.span(start, end))
        span, doc = self.span(start, end), self.doc(start)
        return tree.TypeDecl(span, name, type, modifiers, value[0] if value else None, doc, depth)

    def type_depth(self, start: int, end: int, kids: list[Any]) -> tree.Number:
        return self.number(kids[1].start, kids[1].end, kids[1:])

    def pool(self, start: int, end: int, kids: list[Any]) -> tree.PoolDecl:
        return tree.PoolDecl(self.span(start, end), kids[1], kids[2], self.doc(start))

    def table(self, start: int, end: int, kids: list[Any]) -> tree.TableDecl:
        count, over, grows = kids[2]
        doc = self.doc(start)
        return tree.TableDecl(self.span(start, end), kids[1], count, over, None, None, kids[3], doc, grows)

    def table_from(self, start: int, end: int, kids: list[Any]) -> tree.TableDecl:
        (count, over, grows), source, members = kids[2], kids[4], kids[6] or ()
        doc = self.doc(start)
        return tree.TableDecl(
            self.span(start, end), kids[1], count, over, source, None, members, doc, grows, stored=kids[5]
        )

    def table_stored(self, start: int, end: int, kids: list[Any]) -> tree.TableDecl:
        (count, over, grows), database, stored, members = kids[2], kids[5], kids[6], kids[7] or ()
        return tree.TableDecl(
            self.span(start, end),
            kids[1],
            count,
            over,
            None,
            None,
            members,
            self.doc(start),
            grows,
            database=database,
            stored=stored,
        )

    def stored(self, start: int, end: int, kids: list[Any]) -> tree.String:
        return cast("tree.String", kids[1])

    def table_query(self, start: int, end: int, kids: list[Any]) -> tree.TableDecl:
        doc = self.doc(start)
        return tree.TableDecl(self.span(start, end), kids[1], None, None, None, kids[2], (), doc)

    def table_events(self, start: int, end: int, kids: list[Any]) -> tree.TableDecl:
        (count, over, grows), table, column, members = kids[2], kids[4], kids[5], kids[6] or ()
        events = tree.Events(Span(self.file, table.span.start, column.span.end), table, column)
        doc = self.doc(start)
        return tree.TableDecl(
            self.span(start, end), kids[1], count, over, None, None, members, doc, grows, events
        )

    def table_head(self, start: int, end: int, kids: list[Any]) -> tuple[Any, Any, Any]:
        """The count, the `over` and the growth, None for what is not there."""
        return kids[0], kids[1], kids[2]

    def grows(self, start: int, end: int, kids: list[Any]) -> tree.Growth:
        return tree.Growth(self.span(start, end), kids[1])

    def over(self, start: int, end: int, kids: list[Any]) -> tree.Over:
        return tree.Over(self.span(start, end), kids[1], kids[2], kids[4])

    # --- in a table ----------------------------------------------------------------------

    def typed_column(self, start: int, end: int, kids: list[Any]) -> tree.Member:
        name, type, modifiers, *value = kids
        if type is BROKEN:
            return tree.ErrorMember(self.span(start, end), name)
        if name.text.upper() == "PRIMARY" and isinstance(type, tree.NamedType) and type.name.text == "KEY":
            self.report(primary_key(self.span(start, end), name, type))
            return tree.ErrorMember(self.span(start, end))
        return self.column(start, end, (name,), type=type, modifiers=modifiers, value=value)

    def reference_column(self, start: int, end: int, kids: list[Any]) -> tree.ColumnDecl:
        name, reference, modifiers, *value = kids
        value = self.unless_compared(modifiers, value)
        return self.column(start, end, (name,), reference=reference, modifiers=modifiers, value=value)

    def untyped_column(self, start: int, end: int, kids: list[Any]) -> tree.ColumnDecl:
        return self.column(start, end, (kids[0],), value=kids[1:])

    def untyped_hidden_column(self, start: int, end: int, kids: list[Any]) -> tree.ColumnDecl:
        return self.column(start, end, (kids[0],), modifiers=(kids[1],), value=kids[2:])

    def grouped_column(self, start: int, end: int, kids: list[Any]) -> tree.ColumnDecl:
        targets, modifiers, *value = kids
        return self.group(start, end, targets, None, modifiers, value)

    def grouped_reference(self, start: int, end: int, kids: list[Any]) -> tree.ColumnDecl:
        targets, reference, modifiers, *value = kids
        value = self.unless_compared(modifiers, value)
        return self.group(start, end, targets, reference, modifiers, value)

    def unless_compared(self, modifiers: tuple[tree.Modifier, ...], value: list[Any]) -> list[Any]:
        """``value``, unless its `=` was meant to compare: ``where .tenant_id = tenant_id``."""
        last = modifiers[-1] if modifiers else None
        condition = last.condition if isinstance(last, tree.Where) else None
        if not value or condition is None or isinstance(condition, tree.Binary):
            return value
        self.report(errors.EqualsInCondition(span=self.span(self.equals, self.equals + 1)))
        return []

    def column(
        self,
        start: int,
        end: int,
        names: tuple[tree.Name, ...],
        *,
        type: tree.TypeExpr | None = None,
        reference: tree.RefClause | None = None,
        modifiers: tuple[tree.Modifier, ...] = (),
        value: list[Any],
    ) -> tree.ColumnDecl:
        return tree.ColumnDecl(
            self.span(start, end),
            targets=names,
            grouped=False,
            target_types=(None,) * len(names),
            type=type,
            reference=reference,
            modifiers=modifiers,
            value=value[0] if value else None,
            doc=self.doc(start),
        )

    def group(
        self,
        start: int,
        end: int,
        targets: list[tuple[tree.Name, tree.Name | None, tree.TypeExpr | None]],
        reference: tree.RefClause | None,
        modifiers: tuple[tree.Modifier, ...],
        value: list[Any],
    ) -> tree.ColumnDecl:
        fields = tuple(name if alias is not None else None for name, alias, _ in targets)
        return tree.ColumnDecl(
            self.span(start, end),
            targets=tuple(alias or name for name, alias, _ in targets),
            grouped=True,
            target_types=tuple(type for _, _, type in targets),
            fields=fields if any(fields) else (),
            type=None,
            reference=reference,
            modifiers=modifiers,
            value=value[0] if value else None,
            doc=self.doc(start),
        )

    def target(
        self, start: int, end: int, kids: list[Any]
    ) -> tuple[tree.Name, tree.Name | None, tree.TypeExpr | None]:
        """Name, the name that it is to have here, and type: ``city as home_city string``."""
        name, *renamed, type = kids
        alias = next((k for k in renamed if isinstance(k, tree.Name)), None)
        return name, alias, None if type is BROKEN else type

    def reference(self, start: int, end: int, kids: list[Any]) -> tree.RefClause:
        return tree.RefClause(self.span(start, end), kids[0], kids[1] is not None)

    def target_decl(self, start: int, end: int, kids: list[Any]) -> tree.TargetDecl:
        _, measure, by, given, free = kids
        groups, columns = by or ((), ())
        entries, file, amount = given
        return tree.TargetDecl(
            self.span(start, end),
            measure,
            groups,
            columns,
            entries,
            file,
            amount,
            bool(free),
            self.doc(start),
        )

    def measure(self, start: int, end: int, kids: list[Any]) -> tree.TargetMeasure:
        word, *rest = kids
        args = next((k for k in rest if isinstance(k, tuple)), None)
        column = next((k for k in rest if isinstance(k, tree.Name)), None)
        return tree.TargetMeasure(self.span(start, end), word, args, column)

    def total_by(
        self, start: int, end: int, kids: list[Any]
    ) -> tuple[tuple[tree.Expr, ...], tuple[tree.Name, ...]]:
        value, *rest = (k for k in kids if not isinstance(k, Token))
        named = rest[-1] if rest else ()
        columns = named if isinstance(named, tuple) else (named,)
        return value.items if isinstance(value, tree.TupleLiteral) else (value,), columns

    def total_entries(self, start: int, end: int, kids: list[Any]) -> tuple[Any, Any, Any]:
        return present(kids), None, None

    def total_file(self, start: int, end: int, kids: list[Any]) -> tuple[Any, Any, Any]:
        return None, kids[-1], None

    def total_whole(self, start: int, end: int, kids: list[Any]) -> tuple[Any, Any, Any]:
        return None, None, kids[-1]

    def total_entry(self, start: int, end: int, kids: list[Any]) -> tree.TargetEntry:
        return tree.TargetEntry(self.span(start, end), kids[0], kids[1])

    def total_else(self, start: int, end: int, kids: list[Any]) -> bool:
        return True

    def lifecycle(self, start: int, end: int, kids: list[Any]) -> tree.Member:
        _, name, type, _, begin, until, *states = kids
        if type is BROKEN:
            return tree.ErrorMember(self.span(start, end), name)
        return tree.LifecycleDecl(
            self.span(start, end), name, type, begin, until, present(states), self.doc(start)
        )

    def history(self, start: int, end: int, kids: list[Any]) -> tree.HistoryDecl:
        _, name, _, begin, lasting, until = kids
        return tree.HistoryDecl(self.span(start, end), name, begin, lasting, until, self.doc(start))

    def recorded_history(self, start: int, end: int, kids: list[Any]) -> tree.RecordedDecl:
        _, name, _, delay, corrected = kids
        return tree.RecordedDecl(self.span(start, end), name, delay, corrected, self.doc(start))

    def lasting(self, start: int, end: int, kids: list[Any]) -> tree.Expr:
        duration: tree.Expr = kids[1]
        return duration

    def corrected(self, start: int, end: int, kids: list[Any]) -> tree.Corrected:
        return tree.Corrected(self.span(start, end), kids[1], kids[3])

    def until(self, start: int, end: int, kids: list[Any]) -> tree.Expr:
        moment: tree.Expr = kids[1]
        return moment

    def state(self, start: int, end: int, kids: list[Any]) -> tree.LifecycleState:
        name, *rest = kids
        time = next((k for k in rest if isinstance(k, tree.Name)), None)
        transitions = tuple(k for k in rest if isinstance(k, tree.Transition))
        return tree.LifecycleState(self.span(start, end), name, time, transitions, self.doc(start))

    def transition(self, start: int, end: int, kids: list[Any]) -> tree.Transition:
        target, share, _, delay = kids
        if share is None and isinstance(delay, tree.Choice) and len(delay.arms) == 1:
            arm = delay.arms[0]
            if arm.weight is not None:  # `-> paid after 1h..2d 92%`
                self.report(_share_after_delay(target.text, arm.weight))
                share, delay = arm.weight, arm.value
        return tree.Transition(self.span(start, end), target, share, delay)

    def key_decl(self, start: int, end: int, kids: list[Any]) -> tree.KeyDecl:
        return tree.KeyDecl(self.span(start, end), kids[0])

    def unique_decl(self, start: int, end: int, kids: list[Any]) -> tree.UniqueDecl:
        return tree.UniqueDecl(self.span(start, end), kids[0])

    def partition_decl(self, start: int, end: int, kids: list[Any]) -> tree.PartitionDecl:
        columns = kids[-1] if isinstance(kids[-1], tuple) else (kids[-1],)
        return tree.PartitionDecl(self.span(start, end), columns)

    def cover_decl(self, start: int, end: int, kids: list[Any]) -> tree.CoverDecl:
        return tree.CoverDecl(self.span(start, end), kids[1], kids[2])

    def strength(self, start: int, end: int, kids: list[Any]) -> tree.Strength:
        first = kids[0]
        if first.kind != "NUMBER":
            return tree.Strength(self.span(start, end), None if first.kind == "SOFT_ALL" else 2)
        number = self.number(first.start, first.end, [first])
        return tree.Strength(self.span(start, end), int(number.value) if number.is_int else 0)

    def table_setting(self, start: int, end: int, kids: list[Any]) -> tree.LocaleDecl:
        return tree.LocaleDecl(self.span(start, end), kids[-1])

    def check(self, start: int, end: int, kids: list[Any]) -> tree.CheckDecl:
        return tree.CheckDecl(self.span(start, end), kids[1], kids[2], self.doc(start))

    def violate(self, start: int, end: int, kids: list[Any]) -> tree.ViolateDecl:
        return tree.ViolateDecl(self.span(start, end), kids[1], kids[2], kids[3])

    def duplicate(self, start: int, end: int, kids: list[Any]) -> tree.DuplicateDecl:
        near = kids[1] is not None
        if isinstance(kids[-1], tree.Percent):
            counted = kids[-2] is not None and kids[-2].kind == "SOFT_ROWS"
            amount = tree.Amount(kids[-1].span, kids[-1], None, counted)
        else:
            number, word = kids[2], kids[3]
            rows = self.number(number.start, number.end, [number])
            amount = tree.Amount(self.span(number.start, word.end), None, rows)
        return tree.DuplicateDecl(self.span(start, end), near, amount)

    def spoil(self, start: int, end: int, kids: list[Any]) -> tree.SpoilDecl:
        word = tree.Name(self.token_span(kids[0]), kids[0].text)
        return tree.SpoilDecl(self.span(start, end), word, kids[1], kids[2])

    def variant(self, start: int, end: int, kids: list[Any]) -> tree.VariantDecl:
        _, name, amount, where, overrides = kids
        return tree.VariantDecl(self.span(start, end), name, amount, where, overrides, self.doc(start))

    def variant_where(self, start: int, end: int, kids: list[Any]) -> tree.Expr:
        condition: tree.Expr = kids[-1]
        return condition

    def overrides(self, start: int, end: int, kids: list[Any]) -> tuple[tree.Override, ...]:
        return present(kids)

    def override(self, start: int, end: int, kids: list[Any]) -> tree.Override:
        return tree.Override(self.span(start, end), kids[0], kids[1])

    def aspect(self, start: int, end: int, kids: list[Any]) -> tree.Name:
        if isinstance(kids[0], tree.Name):
            return kids[0]
        return tree.Name(self.span(start, end), kids[0].text)

    def amount(self, start: int, end: int, kids: list[Any]) -> tree.Amount:
        if isinstance(kids[0], tree.Percent):
            return tree.Amount(self.span(start, end), kids[0], None)
        number = kids[0]
        rows = self.number(number.start, number.end, [number])
        return tree.Amount(self.span(start, end), None, rows, kids[1] is not None)

    def changes(self, start: int, end: int, kids: list[Any]) -> tree.ChangesDecl:
        return tree.ChangesDecl(self.span(start, end), present(kids[1:]))

    def update(self, start: int, end: int, kids: list[Any]) -> tree.UpdateDecl:
        _, amount, where, _, *settings = kids
        condition = None if where is None else where.condition
        return tree.UpdateDecl(self.span(start, end), amount, condition, tuple(settings))

    def assignment(self, start: int, end: int, kids: list[Any]) -> tree.Assignment:
        name, *value = kids
        return tree.Assignment(self.span(start, end), name, value[0] if value else None)

    def passing(self, start: int, end: int, kids: list[Any]) -> tree.PassingDecl:
        names = tuple(k for k in kids if isinstance(k, tree.Name))
        return tree.PassingDecl(self.span(start, end), names)

    def delete(self, start: int, end: int, kids: list[Any]) -> tree.DeleteDecl:
        _, amount, where = kids
        return tree.DeleteDecl(self.span(start, end), amount, None if where is None else where.condition)

    def amount_of(self, start: int, end: int, kids: list[Any]) -> tree.Amount:
        if isinstance(kids[0], tree.Percent):
            return tree.Amount(self.span(start, end), kids[0], None)
        return self.amount(start, end, kids)

    def on_delete(self, start: int, end: int, kids: list[Any]) -> tree.OnDelete:
        word = kids[-1].text if isinstance(kids[-1], Token) else "set"
        action = tree.DeleteAction.SET_NULL if word == "set" else tree.DeleteAction(word)
        return tree.OnDelete(self.span(start, end), action)

    # --- types and modifiers -------------------------------------------------------------

    def named_type(self, start: int, end: int, kids: list[Any]) -> tree.NamedType:
        return tree.NamedType(self.span(start, end), kids[1] is not None, kids[0], ())

    def parametrized_type(self, start: int, end: int, kids: list[Any]) -> tree.NamedType:
        return tree.NamedType(self.span(start, end), kids[2] is not None, kids[0], kids[1])

    def list_type(self, start: int, end: int, kids: list[Any]) -> tree.ListType | Broken:
        item: tree.TypeExpr | Broken = kids[1]
        if isinstance(item, Broken):
            return item
        return tree.ListType(self.span(start, end), kids[3] is not None, item, kids[2])

    def struct_type(self, start: int, end: int, kids: list[Any]) -> tree.StructType:
        _, *members, optional = kids
        fields = tuple(m for m in members if isinstance(m, tree.FieldDecl))
        spreads = tuple(m for m in members if isinstance(m, tree.Element))
        return tree.StructType(self.span(start, end), optional is not None, fields, spreads)

    def json_type(self, start: int, end: int, kids: list[Any]) -> tree.JsonType:
        name, *members, optional = kids
        known = tuple(m for m in members if isinstance(m, (tree.FieldDecl, tree.Element)))
        return tree.JsonType(self.span(start, end), optional is not None, name, known)

    def variant_type(self, start: int, end: int, kids: list[Any]) -> tree.VariantType:
        _, tag, *alternatives, optional = kids
        return tree.VariantType(self.span(start, end), optional is not None, tag, present(alternatives))

    def tuple_type(self, start: int, end: int, kids: list[Any]) -> tree.TypeExpr | Broken:
        _, *items, optional = kids
        if any(isinstance(item, Broken) for item in items):
            return BROKEN
        return tree.TupleType(self.span(start, end), optional is not None, present(items))

    def map_type(self, start: int, end: int, kids: list[Any]) -> tree.TypeExpr | Broken:
        _, key, value, size, optional = kids
        if isinstance(key, Broken) or isinstance(value, Broken):
            return BROKEN
        return tree.MapType(self.span(start, end), optional is not None, key, value, size)

    def element(self, start: int, end: int, kids: list[Any]) -> tree.Element | Broken:
        type, modifiers, *value = kids
        if isinstance(type, Broken):
            return type
        return tree.Element(self.span(start, end), type, modifiers, value[0] if value else None)

    def spread(self, start: int, end: int, kids: list[Any]) -> tree.Element | Broken | None:
        element: tree.Element | Broken = kids[1]
        if isinstance(element, Broken):
            return element
        return tree.Element(self.span(start, end), element.type, element.modifiers, element.value, True)

    def alternative(self, start: int, end: int, kids: list[Any]) -> tree.Alternative | None:
        weight = kids.pop(0) if isinstance(kids[0], tree.Percent) else None
        tag, type, modifiers, *value = kids
        if type is BROKEN:
            return None
        span, doc = self.span(start, end), self.doc(start)
        return tree.Alternative(span, weight, tag, type, modifiers, value[0] if value else None, doc)

    def null_alternative(self, start: int, end: int, kids: list[Any]) -> tree.Alternative:
        weight = kids[0] if isinstance(kids[0], tree.Percent) else None
        return tree.Alternative(self.span(start, end), weight, None, None, doc=self.doc(start))

    def tag(self, start: int, end: int, kids: list[Any]) -> tree.Name:
        tag: tree.Name | tree.String = kids[0]
        return tree.Name(tag.span, tag.value) if isinstance(tag, tree.String) else tag

    def typed_field(self, start: int, end: int, kids: list[Any]) -> tree.FieldDecl:
        value = kids[3] if len(kids) > 3 else None
        if kids[1] is BROKEN:
            return tree.FieldDecl(self.span(start, end), kids[0], None, (), tree.ErrorExpr(kids[0].span))
        return tree.FieldDecl(self.span(start, end), kids[0], kids[1], kids[2], value, self.doc(start))

    def untyped_field(self, start: int, end: int, kids: list[Any]) -> tree.FieldDecl:
        return tree.FieldDecl(self.span(start, end), kids[0], None, (), kids[1], self.doc(start))

    def within(self, start: int, end: int, kids: list[Any]) -> tree.Within:
        return tree.Within(self.span(start, end), kids[0])

    def each(self, start: int, end: int, kids: list[Any]) -> tree.Each:
        return tree.Each(self.span(start, end), kids[0], kids[2])

    def each_open(self, start: int, end: int, kids: list[Any]) -> tree.Each:
        return tree.Each(self.span(start, end), kids[0] if kids else None, None)

    def where(self, start: int, end: int, kids: list[Any]) -> tree.Where:
        return tree.Where(self.span(start, end), kids[0])

    def distinct_per(self, start: int, end: int, kids: list[Any]) -> tree.DistinctPer:
        columns = kids[0] if isinstance(kids[0], tuple) else (kids[0],)
        return tree.DistinctPer(self.span(start, end), columns)

    def skew(self, start: int, end: int, kids: list[Any]) -> tree.Skew:
        return tree.Skew(self.span(start, end), kids[0])

    def since_time(self, start: int, end: int, kids: list[Any]) -> tree.Since:
        span = self.token_span(kids[1])
        micros = literals.duration(kids[1].text, span, self.report)
        return tree.Since(self.span(start, end), tree.Duration(span, micros))

    def since_batches(self, start: int, end: int, kids: list[Any]) -> tree.Since:
        text, span = kids[1].text, self.token_span(kids[1])
        whole = text.replace("_", "").isdecimal()
        return tree.Since(
            self.span(start, end), tree.Number(span, literals.number(text, span, self.report), whole)
        )

    def as_of(self, start: int, end: int, kids: list[Any]) -> tree.AsOf:
        return tree.AsOf(self.span(start, end), kids[-1])

    def changing(self, start: int, end: int, kids: list[Any]) -> tree.Changes:
        share = kids[0] if isinstance(kids[0], tree.Percent) else None
        return tree.Changes(self.span(start, end), share)

    def null_rate(self, start: int, end: int, kids: list[Any]) -> tree.NullRate:
        return tree.NullRate(self.span(start, end), kids[0])

    def null_when(self, start: int, end: int, kids: list[Any]) -> tree.NullRate:
        return tree.NullRate(self.span(start, end), kids[0], kids[1], kids[2])

    def absent_rate(self, start: int, end: int, kids: list[Any]) -> tree.NullRate:
        return tree.NullRate(self.span(start, end), kids[0], absent=True)

    def absent_when(self, start: int, end: int, kids: list[Any]) -> tree.NullRate:
        return tree.NullRate(self.span(start, end), kids[1], kids[2], kids[3], absent=True)

    def bare_mark(self, start: int, end: int, kids: list[Any]) -> tree.BareMark:
        return tree.BareMark(self.span(start, end))

    def key_mark(self, start: int, end: int, kids: list[Any]) -> tree.KeyMark:
        return tree.KeyMark(self.span(start, end))

    def unique_mark(self, start: int, end: int, kids: list[Any]) -> tree.UniqueMark:
        return tree.UniqueMark(self.span(start, end))

    def hidden_mark(self, start: int, end: int, kids: list[Any]) -> tree.HiddenMark:
        return tree.HiddenMark(self.span(start, end))

    # --- expressions ---------------------------------------------------------------------

    def choice(self, start: int, end: int, kids: list[Any]) -> tree.Expr:
        arms = present(kids)
        if len(arms) == 1 and arms[0].weight is None:
            value: tree.Expr = arms[0].value
            return value
        return tree.Choice(self.span(start, end), arms)

    def arm(self, start: int, end: int, kids: list[Any]) -> tree.Arm:
        return tree.Arm(self.span(start, end), kids[0], kids[1] if len(kids) > 1 else None)

    def if_else(self, start: int, end: int, kids: list[Any]) -> tree.If:
        return tree.If(self.span(start, end), kids[0], kids[1], kids[2])

    def match(self, start: int, end: int, kids: list[Any]) -> tree.Match:
        return tree.Match(self.span(start, end), kids[0], present(kids[1:]))

    def match_arm(self, start: int, end: int, kids: list[Any]) -> tree.MatchArm:
        return tree.MatchArm(self.span(start, end), tuple(kids[:-1]), kids[-1])

    def match_else(self, start: int, end: int, kids: list[Any]) -> tree.MatchArm:
        return tree.MatchArm(self.span(start, end), (), kids[0])

    def binary(self, start: int, end: int, kids: list[Any]) -> tree.Binary:
        left, token, right = kids
        return tree.Binary(self.span(start, end), _operator(token), left, right, self.token_span(token))

    def binary_not_in(self, start: int, end: int, kids: list[Any]) -> tree.Binary:
        left, first, last, right = kids
        operator = Span(self.file, first.start, last.end)
        return tree.Binary(self.span(start, end), tree.BinaryOp.NOT_IN, left, right, operator)

    def unary_operation(self, start: int, end: int, kids: list[Any]) -> tree.Unary:
        operator = tree.UnaryOp.NEGATE if kids[0].kind == "MINUS" else tree.UnaryOp.NOT
        return tree.Unary(self.span(start, end), operator, kids[1])

    def closed_range(self, start: int, end: int, kids: list[Any]) -> tree.Range:
        return tree.Range(self.span(start, end), kids[0], kids[1])

    def range_from(self, start: int, end: int, kids: list[Any]) -> tree.Range:
        return tree.Range(self.span(start, end), kids[0], None)

    def range_to(self, start: int, end: int, kids: list[Any]) -> tree.Range:
        return tree.Range(self.span(start, end), None, kids[0])

    def attribute(self, start: int, end: int, kids: list[Any]) -> tree.Attribute:
        return tree.Attribute(self.span(start, end), kids[0], kids[1])

    def candidate(self, start: int, end: int, kids: list[Any]) -> tree.CandidateRef:
        return tree.CandidateRef(self.span(start, end), kids[0])

    def name_ref(self, start: int, end: int, kids: list[Any]) -> tree.Expr:
        name: tree.Name = kids[0]
        intended = _LOWER_CASE.get(name.text)
        if intended and name.text not in self.declared and end - start == len(name.text):
            self.report(errors.KeywordCase(span=name.span, text=name.text, intended=intended))
            return tree.Null(name.span) if intended == "null" else tree.Bool(name.span, intended == "true")
        return tree.NameRef(name.span, name)

    def null(self, start: int, end: int, kids: list[Any]) -> tree.Null:
        return tree.Null(self.span(start, end))

    def true(self, start: int, end: int, kids: list[Any]) -> tree.Bool:
        return tree.Bool(self.span(start, end), True)

    def false(self, start: int, end: int, kids: list[Any]) -> tree.Bool:
        return tree.Bool(self.span(start, end), False)

    def call(self, start: int, end: int, kids: list[Any]) -> tree.Call:
        return tree.Call(self.span(start, end), kids[0], kids[1])

    def distinct(self, start: int, end: int, kids: list[Any]) -> tree.Call:
        return tree.Call(self.span(start, end), self.name(start, kids[0].end, kids[:1]), kids[1])

    def argument(self, start: int, end: int, kids: list[Any]) -> tree.Arg:
        return tree.Arg(self.span(start, end), None, kids[0], kids[1])

    def named_argument(self, start: int, end: int, kids: list[Any]) -> tree.Arg:
        return tree.Arg(self.span(start, end), kids[0], kids[1], kids[2])

    def per(self, start: int, end: int, kids: list[Any]) -> tree.Name:
        return tree.Name(self.span(start, end), "per")

    def tuple_literal(self, start: int, end: int, kids: list[Any]) -> tree.TupleLiteral:
        return tree.TupleLiteral(self.span(start, end), present(kids))

    def list_literal(self, start: int, end: int, kids: list[Any]) -> tree.ListLiteral:
        return tree.ListLiteral(self.span(start, end), present(kids))

    def map_literal(self, start: int, end: int, kids: list[Any]) -> tree.MapLiteral:
        return tree.MapLiteral(self.span(start, end), present(kids))

    def entry(self, start: int, end: int, kids: list[Any]) -> tree.MapEntry:
        return tree.MapEntry(self.span(start, end), kids[0], kids[1])

    # --- literals and names --------------------------------------------------------------

    def number(self, start: int, end: int, kids: list[Any]) -> tree.Number:
        text, span = kids[0].text, self.span(start, end)
        return tree.Number(span, literals.number(text, span, self.report), text.replace("_", "").isdecimal())

    def percent(self, start: int, end: int, kids: list[Any]) -> tree.Percent:
        span = self.span(start, end)
        return tree.Percent(span, literals.number(kids[0].text.rstrip("%"), span, self.report))

    def string(self, start: int, end: int, kids: list[Any]) -> tree.String:
        return tree.String(
            self.span(start, end), literals.string(kids[0].text, start, self.file, self.report)
        )

    def fstring(self, start: int, end: int, kids: list[Any]) -> tree.FString:
        parts: list[str | tree.FormatPart] = []
        for part in kids[1:-1]:
            if isinstance(part, str) and parts and isinstance(parts[-1], str):
                parts[-1] += part
            else:
                parts.append(part)
        return tree.FString(self.span(start, end), tuple(parts))

    def fstring_text(self, start: int, end: int, kids: list[Any]) -> str:
        return literals.fstring_text(kids[0].text, start, self.file, self.report)

    def fstring_part(self, start: int, end: int, kids: list[Any]) -> tree.FormatPart:
        spec = kids[2].text[1:].strip() if kids[2] is not None else ""
        return tree.FormatPart(self.span(start, end), kids[1], spec)

    def regex(self, start: int, end: int, kids: list[Any]) -> tree.Regex:
        return tree.Regex(self.span(start, end), literals.regex(kids[0].text))

    def date(self, start: int, end: int, kids: list[Any]) -> tree.Date:
        span = self.span(start, end)
        return tree.Date(span, literals.date(kids[0].text, span, self.report))

    def timestamp(self, start: int, end: int, kids: list[Any]) -> tree.Timestamp:
        span = self.span(start, end)
        return tree.Timestamp(span, literals.timestamp(kids[0].text, span, self.report))

    def time(self, start: int, end: int, kids: list[Any]) -> tree.Time:
        span = self.span(start, end)
        return tree.Time(span, literals.clock(kids[0].text, span, self.report))

    def duration(self, start: int, end: int, kids: list[Any]) -> tree.Duration:
        span = self.span(start, end)
        return tree.Duration(span, literals.duration(kids[0].text, span, self.report))

    def name(self, start: int, end: int, kids: list[Any]) -> tree.Name:
        return tree.Name(self.span(start, end), literals.name_text(kids[0].text))

    def value(self, start: int, end: int, kids: list[Any]) -> tree.Expr:
        self.equals = start
        value: tree.Expr = kids[0]
        return value

    # --- what is no node -----------------------------------------------------------------

    def only(self, start: int, end: int, kids: list[Any]) -> Any:
        """The one value itself."""
        return kids[0]

    def all(self, start: int, end: int, kids: list[Any]) -> Any:
        """The values that are there."""
        return present(kids)


def action_for(name: str) -> Action:
    """The method of Builder for a rule or an alias of the grammar."""
    method: Action = getattr(Builder, _METHODS.get(name, name))
    return method


def present(values: list[Any]) -> tuple[Any, ...]:
    """``values`` without None."""
    return tuple([value for value in values if value is not None])


def _operator(token: Token) -> tree.BinaryOp:
    found = _OPERATORS.get(token.text)
    return found if found is not None else _BY_KIND[token.kind]


# A wrong spelling has the kind of what was meant.
_BY_KIND = {
    "AND": tree.BinaryOp.AND,
    "OR": tree.BinaryOp.OR,
    "DIFFERS": tree.BinaryOp.NOT_EQUAL,
    "EQUALS": tree.BinaryOp.EQUAL,
    "AT_MOST": tree.BinaryOp.LESS_EQUAL,
    "AT_LEAST": tree.BinaryOp.GREATER_EQUAL,
    "STAR": tree.BinaryOp.MULTIPLY,
    "IN": tree.BinaryOp.IN,
}

_METHODS = {
    "tuple": "tuple_literal",
    "list": "list_literal",
    "map": "map_literal",
    "count": "only",
    "list_size": "only",
    "parenthesized": "only",
    "body": "all",
    "targets": "all",
    "names": "all",
    "arguments": "all",
    "type_modifiers": "all",
    "element_modifiers": "all",
    "reference_modifiers": "all",
}


def _share_after_delay(state: str, weight: tree.Percent) -> errors.UnexpectedToken:
    share = f"{weight.value:f}%"
    return errors.UnexpectedToken(
        span=weight.span,
        found=f"`{share}`",
        context="after the delay of a transition",
        expected=(),
        advice=f"how often a state is led to stands before `after`: `-> {state} {share} after ...`",
    )
