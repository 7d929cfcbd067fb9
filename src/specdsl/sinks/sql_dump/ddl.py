"""The declarations of a dump: tables, references, indexes, comments."""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import dataclass

from specdsl.datatypes import types as t
from specdsl.ir.model import Column, Dataset
from specdsl.sinks.relational.conditions import check_conditions, members_condition, range_condition
from specdsl.sinks.relational.model import Relation
from specdsl.sinks.relational.names import Fresh
from specdsl.sinks.sql_dump.dialect import Dialect, Qualify, Size

Sizes = Mapping[tuple[str, str], Size]
"""How long the texts of (table, column) are; what is not there has the default."""


@dataclass(frozen=True, slots=True)
class Declarations:
    """The statements that declare one table: ``table`` itself, ``after`` its rows are there (unique indexes,
    indexes of references), ``references`` to add when all tables are full, ``comments``."""

    table: str
    after: str
    references: str
    comments: str


class Declaring:
    """Declares the tables of one dataset. ``rules``: whether keys, references and conditions are."""

    def __init__(
        self,
        dialect: Dialect,
        relations: Sequence[Relation],
        sizes: Sizes,
        qualify: Qualify,
        *,
        rules: bool = True,
    ) -> None:
        self._dialect = dialect
        self._relations = {r.name: r for r in relations}
        self._sizes = sizes
        self._qualify = qualify
        self._rules = rules
        self._fresh = Fresh(dialect.longest_name, self._relations)

    def declarations(self, relation: Relation) -> Declarations:
        """The statements of one table."""
        dialect, name = self._dialect, self._qualify(relation.name)
        uniques, after = self._uniques(relation)
        lines = [(doc, text) for doc, text in self._columns(relation, uniques)]
        if self._rules:
            lines += self._constraints(relation, uniques)
        body = []
        for i, (doc, text) in enumerate(lines):
            above = "".join(f"  {line}\n" for line in dialect.comment_above(doc).splitlines())
            body.append(f"{above}  {text}{',' if i + 1 < len(lines) else ''}\n")
        # Documentation stands inside the parentheses: SQLite keeps the text from CREATE on.
        own = "".join(f"  {line}\n" for line in dialect.comment_above(relation.table.doc).splitlines())
        options = dialect.table_options(relation.table.doc)
        table = f"CREATE TABLE {name} (\n{own}{''.join(body)}){options};\n"
        references = self._references(relation) if self._rules and dialect.later else ""
        if self._rules and not dialect.indexes_references:
            after += self._indexes(relation)
        return Declarations(table, after, references, "".join(dialect.comments(name, relation)))

    def type_name(self, relation: Relation, column: Column) -> str:
        """The type of a column; one that refers has the type of what it refers to."""
        table, name = relation, column.name
        for _ in range(len(self._relations) + 1):
            found = next((r for r in table.references if name in r.columns), None)
            if found is None or (found.table, found.key[found.columns.index(name)]) == (table.name, name):
                break
            name = found.key[found.columns.index(name)]
            table = self._relations[found.table]
        size = self._sizes.get((table.name, name), Size(keyed=name in table.keyed))
        text = self._dialect.type_name(table.column(name).type, size)
        if (column.name,) == relation.key and self._rules:
            return self._dialect.key_type(column, text)
        return text

    def _columns(self, relation: Relation, uniques: Sequence[tuple[str, ...]]) -> Iterator[tuple[str, str]]:
        dialect = self._dialect
        names = [dialect.quote(c.name) for c in relation.columns]
        types = [self.type_name(relation, c) for c in relation.columns]
        wide = max((len(n) for n in names), default=0)
        wide_type = max((len(k) for k in types), default=0)
        for column, name, kind in zip(relation.columns, names, types, strict=True):
            size = self._sizes.get((relation.name, column.name), Size())
            nullable = dialect.nullable(column, size) and column.name not in relation.key
            parts = [f"{name:<{wide}} {kind:<{wide_type}} {'' if nullable else 'NOT NULL'}".rstrip()]
            if self._rules:
                parts += self._column_rules(relation, column, uniques)
            comment = dialect.column_comment(column.doc) if column.doc else ""
            yield column.doc, " ".join(parts) + comment

    def _column_rules(
        self, relation: Relation, column: Column, uniques: Sequence[tuple[str, ...]]
    ) -> Iterator[str]:
        dialect = self._dialect
        if relation.key == (column.name,):
            yield "PRIMARY KEY"
        elif (column.name,) in uniques:
            yield "UNIQUE"
        if isinstance(column.type, t.Enum) and dialect.enum_condition(column.type):
            yield f"CHECK ({members_condition(column, dialect)})"
        condition = range_condition(relation, column, dialect)
        if condition is not None:
            yield f"CHECK ({condition})"

    def _uniques(self, relation: Relation) -> tuple[list[tuple[str, ...]], str]:
        """The unique sets to declare in the table, and statements for the others."""
        inside, after = [], ""
        if not self._rules:
            return [], ""
        for names in relation.uniques:
            columns = [relation.column(n) for n in names]
            name = self._fresh.name(relation.name, *names, "key")
            statement = self._dialect.unique(self._qualify(relation.name), name, columns)
            if statement is None:
                inside.append(names)
            after += statement or ""
        return inside, after

    def _constraints(
        self, relation: Relation, uniques: Sequence[tuple[str, ...]]
    ) -> Iterator[tuple[str, str]]:
        dialect = self._dialect
        if len(relation.key) > 1:
            yield "", f"PRIMARY KEY ({self._listed(relation.key)})"
        for names in uniques:
            if len(names) > 1:
                yield "", f"UNIQUE ({self._listed(names)})"
        for check, doc, condition in check_conditions(relation, dialect):
            name = dialect.quote(self._fresh.name(relation.name, check))
            yield doc, f"CONSTRAINT {name} CHECK ({condition})"
        if not dialect.later:
            for key in filter(dialect.declares, relation.references):
                target = f"{self._qualify(key.table)} ({self._listed(key.key)}){dialect.references(key)}"
                yield "", f"FOREIGN KEY ({self._listed(key.columns)}) REFERENCES {target}"

    def _references(self, relation: Relation) -> str:
        dialect, out = self._dialect, []
        for key in relation.references:
            name = dialect.quote(self._fresh.name(relation.name, *key.columns, "fkey"))
            target = f"{self._qualify(key.table)} ({self._listed(key.key)})"
            out.append(
                f"ALTER TABLE {self._qualify(relation.name)} ADD CONSTRAINT {name}\n"
                f"  FOREIGN KEY ({self._listed(key.columns)}) REFERENCES {target};\n"
            )
        return "".join(out)

    def _indexes(self, relation: Relation) -> str:
        return "".join(
            self._dialect.index(
                self._fresh.name(relation.name, *columns, "idx"),
                self._qualify(relation.name),
                [self._dialect.quote(c) for c in columns],
            )
            for columns in relation.to_index()
        )

    def _listed(self, names: Sequence[str]) -> str:
        return ", ".join(map(self._dialect.quote, names))


def enums_of(dataset: Dataset) -> list[t.Enum]:
    """The enums that written columns have as their type, in the order of their first use."""
    found: dict[t.Enum, None] = {}
    for table in dataset.tables.values():
        for column in table.columns.values():
            if isinstance(column.type, t.Enum) and not column.hidden:
                found[column.type] = None
    return list(found)
