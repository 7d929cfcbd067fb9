"""Which name means what, in one section: a walk over its tree that follows the rules of the checker, and goes
on where the checker would stop."""

from __future__ import annotations

from collections.abc import Iterable, Mapping

from specdsl.check.dirt import ASPECTS
from specdsl.check.lifecycle_columns import states_of
from specdsl.check.targets import MEASURES
from specdsl.ide.expression_names import ExpressionNames
from specdsl.ide.meanings import UNKNOWN, of_type
from specdsl.ide.naming import Binding, Symbol, SymbolKind
from specdsl.ide.outline import Outline, Table, with_events
from specdsl.plugins.catalogue import Plugins
from specdsl.syntax import tree


def resolved(outline: Outline, path: str, file: tree.File, plugins: Plugins) -> tuple[Binding, ...]:
    """The names in a section of the file at ``path``, in the order of the text; places count from the
    section's start. Never raises."""
    names = _SectionNames(outline, path, plugins)
    for item in file.items:
        names.item(item)
    unique = {(b.span, b.symbol): b for b in names.found}
    return tuple(sorted(unique.values(), key=lambda b: (b.span.start, b.span.end)))


class _SectionNames(ExpressionNames):
    def item(self, item: tree.Item) -> None:
        match item:
            case tree.DatasetDecl():
                self.declare(item.name, SymbolKind.DATASET)
                for setting in item.settings:
                    symbol = Symbol(SymbolKind.SETTING, setting.name.text, "dataset")
                    self.bind(setting.name, symbol)
                    self.infer(setting.value, UNKNOWN)
            case tree.EnumDecl():
                self.declare(item.name, SymbolKind.ENUM)
                for member in item.members:
                    self.declare(member.name, SymbolKind.MEMBER, item.name.text)
            case tree.TypeDecl():
                self.declare(item.name, SymbolKind.TYPE)
                self.type(item.type, item.name.text)
                meaning = of_type(self.outline, item.type, item.name.text, self.path)
                self.modifiers(item.modifiers)
                if item.value is not None:
                    self.infer(item.value, meaning.item)
            case tree.PoolDecl():
                self.declare(item.name, SymbolKind.POOL)
                self.infer(item.value, UNKNOWN)
            case tree.TableDecl():
                self._table(item)
            case _:
                pass

    def _table(self, item: tree.TableDecl) -> None:
        self.declare(item.name, SymbolKind.TABLE)
        table = Table(item)
        if item.count is not None:
            self.infer(item.count, UNKNOWN)
        if item.over is not None:
            self.declare(item.over.column, SymbolKind.COLUMN, table.name)
            self.infer(item.over.range, UNKNOWN)
            if item.over.step is not None:
                self.infer(item.over.step, UNKNOWN)
        if item.query is not None:
            self.function(item.query.function)
        if item.events is not None:
            self.table_name(item.events.table)
            source = self.outline.table(item.events.table.text)
            if source is not None and item.events.column.text in source.histories:
                self.bind(item.events.column, self._history_of(source, item.events.column.text))
            elif source is not None:
                self.column(source, item.events.column)
            table = with_events(table, source)
        self.table = table
        checks = {member.name.text for member in item.members if isinstance(member, tree.CheckDecl)}
        for member in item.members:
            match member:
                case tree.LifecycleDecl():
                    self._lifecycle(table, member)
                case tree.HistoryDecl():
                    self._history(table, member)
                case tree.RecordedDecl():
                    self._recorded(table, member)
                case tree.ColumnDecl():
                    self._column(table, member)
                case (
                    tree.KeyDecl(columns=columns)
                    | tree.UniqueDecl(columns=columns)
                    | tree.PartitionDecl(columns=columns)
                    | tree.CoverDecl(columns=columns)
                ):
                    self.columns(columns)
                case tree.CheckDecl():
                    self.declare(member.name, SymbolKind.CHECK, table.name)
                    self.infer(member.condition, UNKNOWN)
                case tree.ViolateDecl(rule=rule, aspect=None) if rule.text in checks:
                    self.bind(rule, Symbol(SymbolKind.CHECK, rule.text, table.name, self.path))
                case tree.ViolateDecl(rule=column, aspect=aspect):
                    self.columns([column])
                    if aspect is not None and aspect.text in ASPECTS:
                        self.bind(aspect, Symbol(SymbolKind.BUILT_IN, aspect.text))
                case tree.SpoilDecl(column=column):
                    self.columns([column])
                case tree.VariantDecl(name=name, where=where, overrides=overrides):
                    self.declare(name, SymbolKind.VARIANT, table.name)
                    if where is not None:
                        self.infer(where, UNKNOWN)
                    for override in overrides or ():
                        self.columns([override.column])
                        self.infer(override.value, self.of_column(table, override.column.text))
                case tree.TargetDecl():
                    self._target(member)
                case tree.ChangesDecl(changes=changes):
                    for change in changes:
                        self._change(table, change)
                case _:
                    pass
        self.table = None

    def _lifecycle(self, table: Table, decl: tree.LifecycleDecl) -> None:
        """The names in a lifecycle. Of a made enum a state is declared where the text first names it."""
        self.declare(decl.name, SymbolKind.COLUMN, table.name)
        self.column(table, decl.start)
        if decl.type is not None:
            self.type(decl.type, f"{table.name}.{decl.name.text}")
        if decl.until is not None:
            self.infer(decl.until, UNKNOWN)
        states = self.of_column(table, decl.name.text)
        declared = {node.span for node in states_of(decl).values()} if decl.type is None else set()
        for state in decl.states:
            for name in (state.name, *(transition.target for transition in state.transitions)):
                symbol = states.member(name.text)
                if symbol is not None and name.span in declared:
                    self.declare(name, SymbolKind.MEMBER, symbol.owner)
                elif symbol is not None:
                    self.bind(name, symbol)
            if state.time is not None:
                self.declare(state.time, SymbolKind.COLUMN, table.name)
            for transition in state.transitions:
                self.infer(transition.delay, UNKNOWN)

    def _history(self, table: Table, decl: tree.HistoryDecl) -> None:
        """The names in a history: `.name` is a column of the parent."""
        self.declare(decl.name, SymbolKind.HISTORY, table.name)
        counted = table.counted
        clause = None if counted is None else counted.reference
        parent = None if clause is None else self.outline.table(clause.table.text)
        for node in (decl.start, decl.lasting, decl.until):
            if node is not None:
                self.beside(parent, node)

    def _recorded(self, table: Table, decl: tree.RecordedDecl) -> None:
        """The names in what says when versions are known: `.name` is a column of the version."""
        self.declare(decl.name, SymbolKind.HISTORY, table.name)
        events = table.decl.events
        versions = None if events is None else self.outline.table(events.table.text)
        self.beside(versions, decl.delay)
        if decl.corrected is not None:
            self.beside(versions, decl.corrected.delay)

    def _history_of(self, source: Table, name: str) -> Symbol:
        """What the history of another table is called."""
        found = self.outline.find(source.name)
        return Symbol(SymbolKind.HISTORY, name, source.name, "" if found is None else found.path)

    def _target(self, decl: tree.TargetDecl) -> None:
        """The names in a target: columns, and of enums the members that tell groups."""
        word = decl.measure.word
        if word.text in MEASURES:
            self.bind(word, Symbol(SymbolKind.BUILT_IN, word.text))
        for arg in decl.measure.args or ():
            self.infer(arg.value, UNKNOWN)
        meanings = [self.infer(group, UNKNOWN) for group in decl.groups]
        for entry in decl.entries or ():
            keys = entry.key.items if isinstance(entry.key, tree.TupleLiteral) else (entry.key,)
            for key, meaning in zip(keys, meanings, strict=False):
                self.infer(key, meaning)

    def _change(self, table: Table, change: tree.UpdateDecl | tree.PassingDecl | tree.DeleteDecl) -> None:
        """The names in a line of `changes`."""
        if isinstance(change, tree.PassingDecl):
            self.columns(change.columns)
            return
        if change.where is not None:
            self.infer(change.where, UNKNOWN)
        for setting in change.settings if isinstance(change, tree.UpdateDecl) else ():
            self.columns([setting.column])
            if setting.value is not None:
                self.infer(setting.value, self.of_column(table, setting.column.text))

    def columns(self, names: Iterable[tree.Name]) -> None:
        """Names of columns of the table at hand."""
        for name in names:
            if self.table is not None:
                self.column(self.table, name)

    def _column(self, table: Table, decl: tree.ColumnDecl) -> None:
        refers = decl.reference is not None
        target: Table | None = None
        if decl.reference is not None:
            self.table_name(decl.reference.table)
            target = self.outline.table(decl.reference.table.text)
        for name, written in zip(decl.targets, decl.target_types, strict=False):
            if written is not None:
                self.type(written, f"{table.name}.{name.text}")
        if decl.type is not None and decl.targets:
            self.type(decl.type, f"{table.name}.{decl.targets[0].text}")
        self.modifiers(decl.modifiers, target)
        expected = self.expected(table, decl)
        if decl.value is not None:
            self.infer(decl.value, expected)
        takes = self._taken(decl)
        for name in decl.targets:
            self.declare(name, SymbolKind.COLUMN, table.name, is_reference=refers, takes=takes.get(name.text))

    def _taken(self, decl: tree.ColumnDecl) -> Mapping[str, Symbol]:
        """The fields that the columns of a group take by their own names; names before `as` are bound."""
        if not decl.grouped or decl.value is None:
            return {}
        record = self.record_of(decl.value)
        taken: dict[str, Symbol] = {}
        for index, name in enumerate(decl.targets):
            written = decl.fields[index] if index < len(decl.fields) else None
            symbol = record.field((written or name).text)
            if symbol is not None:
                if written is not None:
                    self.bind(written, symbol)
                else:
                    taken[name.text] = symbol
        return taken

    def modifiers(self, modifiers: Iterable[tree.Modifier], target: Table | None = None) -> None:
        """What stands between type and value. ``target``: the table whose rows are the candidates."""
        for modifier in modifiers:
            match modifier:
                case tree.Within(range=bounds):
                    self.infer(bounds, UNKNOWN)
                case tree.NullRate(when=when) if when is not None:
                    self.infer(when, UNKNOWN)
                case tree.Each(count=count, maximum=maximum):
                    for node in (count, maximum):
                        if node is not None:
                            self.beside(target, node)
                case tree.Where(condition=condition):
                    self.beside(target, condition)
                case tree.DistinctPer(columns=columns):
                    self.columns(columns)
                case tree.AsOf(moment=moment):
                    self.infer(moment, UNKNOWN)
                case tree.Skew(call=call):
                    self.infer(call, UNKNOWN)
                case _:
                    pass

    def type(self, node: tree.TypeExpr, owner: str) -> None:
        """The names in a written type; ``owner`` owns its fields."""
        match node:
            case tree.NamedType(name=name, args=args):
                self.type_name(name)
                for arg in args:
                    if arg.name is not None:
                        self.bind(arg.name, Symbol(SymbolKind.PARAMETER, arg.name.text, name.text))
                    self.infer(arg.value, UNKNOWN)
            case tree.ListType(item=item, size=size):
                self.type(item, owner)
                if size is not None:
                    self.infer(size, UNKNOWN)
            case tree.StructType(fields=members) | tree.JsonType(members=members):
                if isinstance(node, tree.JsonType):
                    self.type_name(node.name)
                for number, member in enumerate(members):
                    if isinstance(member, tree.FieldDecl):
                        self.declare(member.name, SymbolKind.FIELD, owner)
                        self.part(member, f"{owner}.{member.name.text}")
                    else:
                        self.part(member, f"{owner}.{number}")
            case tree.VariantType(tag=tag_member, alternatives=alternatives):
                for written in (tag_member, *(a.tag for a in alternatives)):
                    if written is not None and written.span.end - written.span.start == len(written.text):
                        self.declare(written, SymbolKind.FIELD, owner)
                for number, alternative in enumerate(alternatives):
                    tag = alternative.tag.text if alternative.tag is not None else str(number)
                    self.part(alternative, f"{owner}.{tag}")
            case tree.TupleType(items=items):
                for number, element in enumerate(items):
                    self.part(element, f"{owner}.{number}")
            case tree.MapType(key=key, value=value, size=size):
                self.part(key, f"{owner}.key")
                self.part(value, f"{owner}.value")
                if size is not None:
                    self.infer(size, UNKNOWN)
            case _:
                pass

    def part(self, part: tree.FieldDecl | tree.Element | tree.Alternative, owner: str) -> None:
        """The names in a part of a type: its own type, its modifiers, its value."""
        meaning = UNKNOWN
        if part.type is not None:
            self.type(part.type, owner)
            meaning = of_type(self.outline, part.type, owner, self.path)
        self.modifiers(part.modifiers)
        if part.value is not None:
            self.infer(part.value, meaning.item)
