"""From a script to a schema: each statement that declares is carried out, the others are named or passed
over."""

from __future__ import annotations

import re

from specdsl.importers.sql.columns import add_element, read_type
from specdsl.importers.sql.lexing import Habits, tokens
from specdsl.importers.sql.schema import Condition, Cursor, Domain, Schema, Skipped, Table, Unique, Unreadable
from specdsl.importers.sql.statements import Statement, statements
from specdsl.source import SourceFile, Span

_OTHERS = re.compile(
    r"CREATE (?:OR (?:REPLACE|ALTER) )?(?:.*? )??"
    r"(VIEW|TRIGGER|FUNCTION|PROCEDURE|PROC|PACKAGE|EVENT|RULE|AGGREGATE|OPERATOR|POLICY)\b"
)
_PLAIN = re.compile(
    r"CREATE (?:GLOBAL |LOCAL )?(?:UNLOGGED |FOREIGN |COLUMN |EXTERNAL )?TABLE\b|CREATE OR REPLACE TABLE\b"
    r"|ALTER TABLE\b"
    r"|CREATE UNIQUE\b|COMMENT ON\b|CREATE TYPE\b|CREATE DOMAIN\b|CREATE (?:\w+ )?INDEX\b"
)
_TEMPORARY = re.compile(r"CREATE (?:OR REPLACE )?(?:GLOBAL |LOCAL )?TEMP(?:ORARY)? TABLE\b|CREATE TABLE #")


class Reader:
    """Reads one script. ``indexes`` are the plain ones, which say nothing about values."""

    def __init__(self, source: SourceFile, habits: Habits) -> None:
        self._source = source
        self._habits = habits
        self.schema = Schema()
        self.unread: list[tuple[Span, str, str]] = []
        self.statements = 0

    def read(self) -> Schema:
        """The schema. Raises Unclosed."""
        for statement in statements(self._source.text, self._habits):
            self.statements += 1
            if _PLAIN.match(statement.head):
                self._declare(statement)
            elif _TEMPORARY.match(statement.head):
                self._skip(statement, "temporary table")
            elif other := _OTHERS.match(statement.head):
                kind = {"PROC": "procedure"}.get(other[1], other[1].lower())
                self._skip(statement, kind)
        return self.schema

    def _cursor(self, statement: Statement) -> Cursor:
        text = self._source.text
        found = tokens(text, statement.start, statement.end, self._habits)
        return Cursor(found, text, self._source.name, folds=self._habits.folds)

    def _skip(self, statement: Statement, kind: str, why: str = "") -> None:
        """Name a statement that is left out."""
        cursor = self._cursor(statement)
        words = {kind.rpartition(" ")[2].upper(), "PROC"}
        while cursor and cursor.next().word not in words:
            pass
        cursor.take("IF", "NOT", "EXISTS")
        cursor.take("IF", "EXISTS")
        try:
            name = cursor.path()[-1]
        except Unreadable:
            name = "?"
        span = Span(self._source.name, statement.start, min(statement.end, statement.start + 60))
        if cursor.tokens:
            last = cursor.tokens[min(max(cursor.at, 1), len(cursor.tokens)) - 1]
            span = Span(self._source.name, statement.start, last.end)
        self.schema.skipped.append(Skipped(kind, name, span, why))

    def _declare(self, statement: Statement) -> None:
        cursor = self._cursor(statement)
        try:
            if cursor.take("ALTER", "TABLE"):
                self._alter(cursor)
            elif cursor.take("COMMENT", "ON"):
                self._comment(cursor)
            elif cursor.take("CREATE", "TYPE"):
                self._type(cursor, statement)
            elif cursor.take("CREATE", "DOMAIN"):
                self._domain(cursor)
            elif re.match(r"CREATE (?:UNIQUE |\w+ )?(?:\w+ )?INDEX\b", statement.head):
                self._index(cursor, statement)
            else:
                self._table(cursor, statement)
        except Unreadable as problem:
            what = " ".join(statement.head.split()[:2])
            self.unread.append((problem.span, what, problem.why))

    # --- tables --------------------------------------------------------------------------------

    def _table(self, cursor: Cursor, statement: Statement) -> None:
        while cursor.next().word != "TABLE":
            pass
        cursor.take("IF", "NOT", "EXISTS")
        start = cursor.at
        path = cursor.path()
        span = cursor.span(cursor.at - 1)
        if cursor.take("PARTITION", "OF"):
            parent = cursor.path()
            self._skip(statement, "partition", f"its rows are rows of {parent[-1]}")
            if owner := self.schema.table(parent):
                owner.partitions.append(_bounds(cursor))
            return
        if cursor.sign != "(":
            self._skip(statement, "table", "it has no list of columns")
            return
        body = cursor.group()
        if cursor.take("INHERITS"):
            self._skip(statement, "table", f"it inherits from {cursor.names()[0]}")
            return
        bare = all(len(piece.tokens) == 1 for piece in body.pieces())
        if not body.tokens or (cursor.word == "AS" and bare):
            self._skip(statement, "table", "it is made by a query")
            return
        body.at = 0
        table = Table(path, Span(span.file, cursor.tokens[start].start, span.end))
        for part in body.pieces():
            self._element(table, part)
        while cursor:
            if cursor.take("COMMENT"):
                if cursor.sign == "=":
                    cursor.next()
                table.doc = cursor.next().value
            elif cursor.take("PARTITION", "BY", "RANGE") and cursor.sign == "(" and self._habits.dollars:
                by = cursor.names()
                table.partition_by = by[0] if len(by) == 1 else ""
            else:
                cursor.next()
        _not_null(table)
        self.schema.tables = [t for t in self.schema.tables if t.path != path]
        self.schema.tables.append(table)

    def _element(self, table: Table, part: Cursor) -> None:
        if not part.tokens:
            return
        if part.word == "LIKE" and part.peek() is not None and part.take("LIKE"):
            other = self.schema.table(part.path())
            if other is not None:
                table.columns.update(other.columns)
            return
        try:
            why = add_element(table, part, indexes=self._habits.sqlglot == "mysql")
        except Unreadable as problem:
            self.unread.append((problem.span, f"a part of {table.name}", problem.why))
            return
        if why:
            self.unread.append((part.span(0), f"a part of {table.name}", why))

    def _alter(self, cursor: Cursor) -> None:
        cursor.take("IF", "EXISTS")
        cursor.take("ONLY")
        path = cursor.path()
        table = self.schema.table(path)
        if cursor.take("WITH"):
            cursor.take_any("CHECK", "NOCHECK")
        if table is None:
            return  # a view, a sequence, or a table that is named already
        if cursor.take("ATTACH", "PARTITION"):
            self._attach(table, cursor)
            return
        pieces = list(cursor.pieces())
        adds = False
        for piece in pieces:
            adds = self._action(table, piece, adds)
        _not_null(table)

    def _attach(self, table: Table, cursor: Cursor) -> None:
        """Rows of a partition are rows of its table: one table in the spec."""
        span = cursor.span_here()
        part = self.schema.table(cursor.path())
        table.partitions.append(_bounds(cursor))
        if part is not None:
            self.schema.tables.remove(part)
            self.schema.skipped.append(
                Skipped("partition", part.name, span, f"its rows are rows of {table.name}")
            )
            known = {(f.columns, f.table[-1]) for f in table.foreign}
            table.foreign += [f for f in part.foreign if (f.columns, f.table[-1]) not in known]

    def _action(self, table: Table, part: Cursor, adds: bool) -> bool:
        """One action of ALTER TABLE; whether the next one, without a verb, adds too."""
        mysql = self._habits.sqlglot == "mysql"
        if part.take("ADD") or (adds and not part.word.startswith(("ALTER", "DROP", "MODIFY", "OWNER"))):
            part.take("COLUMN")
            part.take("IF", "NOT", "EXISTS")
            inner = (
                list(part.group().pieces()) if part.sign == "(" else [part.part(part.at, len(part.tokens))]
            )
            for each in inner:
                self._element(table, each)
            return True
        if part.take("ALTER"):
            part.take("COLUMN")
            self._alter_column(table, part)
        elif part.take_any("MODIFY", "CHANGE"):
            part.take("COLUMN")
            changed = part.tokens[0].word == "CHANGE" and part.name()
            if changed:
                table.columns.pop(changed, None)
            key = table.key
            add_element(table, part.part(part.at, len(part.tokens)), indexes=mysql)
            table.key = table.key or key
        elif part.take("DROP"):
            part.take("COLUMN")
            part.take("IF", "EXISTS")
            if part.word not in ("CONSTRAINT", "PRIMARY", "INDEX", "KEY", "FOREIGN"):
                table.columns.pop(part.name(), None)
        return False

    def _alter_column(self, table: Table, part: Cursor) -> None:
        column = table.column(part.name())
        if column is None:
            return
        if part.take("SET", "NOT", "NULL"):
            column.nullable = False
        elif part.take("DROP", "NOT", "NULL"):
            column.nullable = True
        elif part.take("SET", "DEFAULT"):
            column.default = part.source(part.at, len(part.tokens))
        elif part.take("ADD", "GENERATED"):
            column.identity = True
        elif part.take("SET", "DATA", "TYPE") or part.take("TYPE"):
            column.type = read_type(part)

    # --- all else ------------------------------------------------------------------------------

    def _index(self, cursor: Cursor, statement: Statement) -> None:
        """A unique index is a rule; another one says nothing about values."""
        unique = "UNIQUE" in statement.head.split("INDEX")[0]
        while cursor.next().word != "INDEX":
            pass
        span = cursor.span(0)
        cursor.take("CONCURRENTLY")
        cursor.take("IF", "NOT", "EXISTS")
        name = "" if cursor.word == "ON" else cursor.path()[-1]
        if not unique:
            here = Span(span.file, span.start, cursor.tokens[max(cursor.at - 1, 0)].end)
            self.schema.skipped.append(Skipped("index", name or "?", here))
            return
        cursor.take("ON")
        cursor.take("ONLY")
        table = self.schema.table(cursor.path())
        if cursor.take("USING"):
            cursor.name()
        here = Span(span.file, span.start, cursor.tokens[min(cursor.at, len(cursor.tokens)) - 1].end)
        names = []
        for piece in cursor.group().pieces():
            names.append(piece.name())
            if piece.sign == "(":
                inner = piece.group()
                if names[-1].casefold() not in ("lower", "upper") or len(inner.tokens) != 1:
                    self.schema.skipped.append(Skipped("unique index", name, here, "it is of an expression"))
                    return
                names[-1] = inner.name()
        if table is not None:
            table.uniques.append(Unique(tuple(names), here))

    def _comment(self, cursor: Cursor) -> None:
        kind = cursor.take_any("TABLE", "COLUMN")
        if not kind:
            return
        path = cursor.path()
        text = cursor.next().value if cursor.take("IS") else ""
        table = (
            self.schema.table(path if kind == "TABLE" else path[:-1])
            if len(path) > (kind == "COLUMN")
            else None
        )
        if table is None or text.upper() == "NULL":
            return
        column = table.column(path[-1]) if kind == "COLUMN" else None
        if column is not None:
            column.doc = text
        elif kind == "TABLE":
            table.doc = text

    def _type(self, cursor: Cursor, statement: Statement) -> None:
        name = cursor.path()[-1].upper()
        cursor.take("AS")
        if cursor.take("ENUM"):
            members = tuple(p.tokens[0].value for p in cursor.group().pieces() if p.tokens)
            if members:
                self.schema.enums[name] = members
            return
        if cursor.take("FROM"):  # SQL Server: an alias
            kind = read_type(cursor)
            self.schema.domains[name] = Domain(kind, not cursor.take("NOT", "NULL"), "", ())
            return
        self._skip(statement, "type")

    def _domain(self, cursor: Cursor) -> None:
        name = cursor.path()[-1].upper()
        cursor.take("AS")
        table = Table(("VALUE",), cursor.span_here())
        rest = cursor.part(cursor.at, len(cursor.tokens))
        if not rest.tokens:
            raise Unreadable("it ends too early", cursor.span_here())
        rest.tokens.insert(
            0,
            rest.tokens[0].__class__(
                rest.tokens[0].kind.NAME, "VALUE", rest.tokens[0].start, rest.tokens[0].start
            ),
        )
        add_element(table, rest, indexes=False)
        made = table.columns["VALUE"]
        conditions = tuple(Condition(name.lower(), c.text, c.span) for c in table.conditions)
        self.schema.domains[name] = Domain(made.type, made.nullable, made.default, conditions)


def _bounds(cursor: Cursor) -> tuple[str, str]:
    """``FOR VALUES FROM (low) TO (high)`` of one column, in SQL; ('', '') for any other form."""
    if cursor.take("FOR", "VALUES", "FROM"):
        low = cursor.group()
        if cursor.take("TO"):
            high = cursor.group()
            if len(low.tokens) == len(high.tokens) == 1:
                return low.whole(), high.whole()
    return "", ""


def _not_null(table: Table) -> None:
    for name in table.key:
        column = table.column(name)
        if column is not None:
            column.nullable = False
