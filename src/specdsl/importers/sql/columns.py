"""The parts of CREATE TABLE and ALTER TABLE ... ADD: columns and the rules of a table."""

from __future__ import annotations

from specdsl.importers.sql.schema import (
    Column,
    Condition,
    Cursor,
    Foreign,
    SqlType,
    Table,
    Unique,
    Unreadable,
)

_RULES = frozenset(
    [
        "CONSTRAINT",
        "NOT",
        "NULL",
        "DEFAULT",
        "PRIMARY",
        "UNIQUE",
        "KEY",
        "CHECK",
        "REFERENCES",
        "GENERATED",
        "AS",
        "IDENTITY",
        "AUTO_INCREMENT",
        "AUTOINCREMENT",
        "COMMENT",
        "COLLATE",
        "ON",
        "CHARSET",
        "SPARSE",
        "ROWGUIDCOL",
        "INVISIBLE",
        "VISIBLE",
        "VIRTUAL",
        "STORED",
        "PERSISTED",
        "ENABLE",
        "DISABLE",
        "DEFERRABLE",
        "INITIALLY",
        "STORAGE",
        "COMPRESSION",
        "ENCODE",
        "USING",
        "CLUSTERED",
        "NONCLUSTERED",
    ]
)
_TABLE_RULES = ("PRIMARY", "UNIQUE", "FOREIGN", "CHECK", "CONSTRAINT", "EXCLUDE")


def add_element(table: Table, part: Cursor, *, indexes: bool) -> str:
    """Add a column or a rule to a table. ``indexes``: whether KEY and INDEX begin one. Returns why something
    of it is left out, '' for nothing. Raises Unreadable."""
    word, after = part.word, part.peek()
    opens = after is not None and (after.kind in ("name", "string") or after.value == "(" or after.word != "")
    if indexes and word in ("KEY", "INDEX", "FULLTEXT", "SPATIAL"):
        return ""
    if word == "PERIOD" and part.take("PERIOD", "FOR"):
        return ""
    if word in _TABLE_RULES and opens:
        return _rule(table, part)
    column = _column(table, part)
    table.columns[column.name] = column
    return ""


def _rule(table: Table, part: Cursor) -> str:
    """A rule of the table, of one or more columns."""
    span, name = part.span_here(), ""
    if part.take("CONSTRAINT") and part.word not in (*_TABLE_RULES, "NOT", "DEFAULT"):
        name = part.name()
    if part.take("PRIMARY", "KEY"):
        table.key = _listed(part)
    elif part.take("UNIQUE"):
        table.uniques.append(Unique(_listed(part), span))
    elif part.take("FOREIGN", "KEY"):
        if part.sign != "(":
            part.name()
        columns = part.names()
        if not part.take("REFERENCES"):
            raise Unreadable("REFERENCES was expected here", part.span_here())
        to = part.path()
        table.foreign.append(Foreign(columns, to, part.names() if part.sign == "(" else (), span))
    elif part.take("CHECK"):
        part.take("NOT", "FOR", "REPLICATION")
        table.conditions.append(Condition(name, part.group().whole(), span))
    elif part.take("NOT", "NULL"):
        column = table.column(part.name())
        if column is not None:
            column.nullable = False
    elif part.take("DEFAULT"):  # SQL Server: DEFAULT (...) FOR column
        start = part.at
        while part and part.word != "FOR":
            part.next()
        text = part.source(start, part.at)
        column = table.column(part.name()) if part.take("FOR") else None
        if column is not None:
            column.default = text
    else:
        return f"a rule that begins with {part.word or 'this sign'}"
    return ""


def _listed(part: Cursor) -> tuple[str, ...]:
    """The columns of a key, after its name and the words that say how it is stored."""
    while part and part.sign != "(":
        part.next()
    columns = part.group()
    names = []
    for piece in columns.pieces():
        names.append(piece.name())
        if piece.sign == "(" and names[-1].casefold() in ("lower", "upper"):
            names[-1] = piece.group().name()  # unique whatever the case: unique
    return tuple(names)


def _column(table: Table, part: Cursor) -> Column:
    span = part.span_here()
    name = part.name()
    column = Column(name, read_type(part), span)
    if column.type.name.endswith("SERIAL"):
        column.identity, column.nullable = True, False
    rule = ""
    while part:
        start = part.span_here()
        if part.take("CONSTRAINT"):
            rule = part.name()
            continue
        _column_rule(table, column, part, rule)
        if part and part.span_here() == start:
            part.next()  # a word that says nothing about values
        rule = ""
    return column


def _column_rule(table: Table, column: Column, part: Cursor, rule: str) -> None:
    span = part.span_here()
    if part.take("NOT", "NULL"):
        column.nullable = False
    elif part.take("NULL"):
        column.nullable = True
    elif part.take("PRIMARY", "KEY") or (part.word == "KEY" and part.take("KEY")):
        table.key, column.nullable = (column.name,), False
    elif part.take("UNIQUE"):
        part.take("KEY")
        table.uniques.append(Unique((column.name,), span))
    elif part.take("REFERENCES"):
        to = part.path()
        columns = part.names() if part.sign == "(" else ()
        table.foreign.append(Foreign((column.name,), to, columns, column.span))
    elif part.take("CHECK"):
        part.take("NOT", "FOR", "REPLICATION")
        table.conditions.append(Condition(rule, part.group().whole(), span))
    elif part.take("DEFAULT"):
        column.default = _expression(part)
    elif part.take("COMMENT"):
        column.doc = part.next().value
    elif part.take_any("AUTO_INCREMENT", "AUTOINCREMENT", "IDENTITY"):
        column.identity = True
    elif part.take("GENERATED"):
        _generated(column, part)
    elif part.take("AS"):
        column.generated = part.group().whole() if part.sign == "(" else _expression(part)
    elif part.take("ON") and part.take("UPDATE"):
        _expression(part)
    elif part.take_any("COLLATE", "CHARSET", "STORAGE", "COMPRESSION", "ENCODE"):
        part.path()
    elif part.take("CHARACTER", "SET"):
        part.name()


def _generated(column: Column, part: Cursor) -> None:
    if not part.take("ALWAYS"):
        part.take("BY", "DEFAULT")
        part.take("ON", "NULL")
    if part.take("AS", "IDENTITY"):
        column.identity, column.nullable = True, False
    elif part.take("AS") and part.sign == "(":
        column.generated = part.group().whole()


def _expression(part: Cursor) -> str:
    """The text of an expression: up to the next word that begins a rule, at least one token."""
    start, depth = part.at, 0
    while part:
        token = part.tokens[part.at]
        if part.at > start and depth == 0 and token.word in _RULES:
            before = part.tokens[part.at - 1]
            if not (before.kind == "sign" and before.value in ("::", ".")):
                break
        part.next()
        if token.kind == "sign":
            depth += (token.value in "([") - (token.value in ")]")
    return part.source(start, part.at)


def read_type(part: Cursor) -> SqlType:
    """The type here, '' for none (SQLite). Words up to the next that begins a rule belong to it."""
    words: list[str] = []
    params: tuple[str, ...] = ()
    dims = 0
    while part:
        token = part.tokens[part.at]
        if token.word in _RULES or (
            token.word == "CHARACTER" and part.peek() and part.tokens[part.at + 1].word == "SET"
        ):
            break
        if token.kind in ("word", "name"):
            words.append(part.next().value.upper())
        elif part.sign == "." and words:
            part.next()
            words.pop()
        elif part.sign == "(" and not params:
            params = tuple(piece.tokens[0].value for piece in part.group().pieces() if piece.tokens)
        elif part.sign == "[":
            dims += 1
            while part and part.next().value != "]":
                pass
        elif part.sign == "%" and part.peek():
            raise Unreadable("a type that another column has is not followed", part.span_here())
        else:
            break
    unsigned = "UNSIGNED" in words
    kept = [w for w in words if w not in ("UNSIGNED", "SIGNED", "ZEROFILL", "BINARY") or words == [w]]
    if kept[-1:] == ["ARRAY"] and len(kept) > 1:
        kept, dims = kept[:-1], dims + 1
    return SqlType(" ".join(kept), params, unsigned, dims)
