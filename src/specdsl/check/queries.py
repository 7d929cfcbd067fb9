"""Tables that are queries: their columns, as DuckDB describes them."""

from __future__ import annotations

import re

from specdsl.check.pools import report_file
from specdsl.check.rows import Rows, give
from specdsl.check.scopes import Program, TableSymbol
from specdsl.datatypes import types as t
from specdsl.diagnostics import names, types
from specdsl.files import FileProblem, Problem
from specdsl.ir.model import Query
from specdsl.source import Span
from specdsl.syntax import tree


def check_queries(program: Program, rows: dict[str, Rows]) -> None:
    """Finds the columns of the tables that are queries; they may read each other in any order."""
    told_before = program.bag.has_errors  # a query over a table that is wrong itself is not to blame
    waiting = [s for s in program.tables.values() if s.decl.query is not None]
    texts = {s.name: text for s in waiting if (text := _sql(program, s)) is not None}
    for symbol in waiting:
        if symbol.name not in texts:
            symbol.incomplete = symbol.nameless = True
    waiting = [s for s in waiting if s.name in texts]
    while waiting:
        failed: list[tuple[TableSymbol, FileProblem]] = []
        known = _schemas(program)
        for symbol in waiting:
            assert symbol.decl.query is not None
            try:
                columns, reads = program.files.query_schema(texts[symbol.name], known)
            except FileProblem as problem:
                failed.append((symbol, problem))
                continue
            rows[symbol.name].query = Query(texts[symbol.name], reads)
            give(program, symbol, columns, symbol.decl.query.span)
            known[symbol.name] = columns
        if len(failed) == len(waiting):
            for symbol, _ in failed:
                symbol.incomplete = symbol.nameless = True
            if not told_before:
                _report(program, failed)
            break
        waiting = [s for s, _ in failed]


_MISSING = re.compile(r"Table with name (.+?) does not exist")


def _report(program: Program, failed: list[tuple[TableSymbol, FileProblem]]) -> None:
    """Says why queries fail; of those that read one that fails itself, only where they form a circle."""
    names_of = {symbol.name.casefold() for symbol, _ in failed}
    read = {s.name: m[1] if (m := _MISSING.search(reason.detail)) else "" for s, reason in failed}
    own = [(s, reason.detail) for s, reason in failed if read[s.name].casefold() not in names_of]
    if not own:
        listed = ", ".join(f"`{symbol.name}`" for symbol, _ in failed)
        detail = f"tables that are queries read each other in a circle: {listed}"
        own = [(failed[0][0], detail if len(failed) > 1 else "it reads itself")]
    for symbol, detail in own:
        assert symbol.decl.query is not None
        program.bag.add(names.QueryFails(span=symbol.decl.query.span, table=symbol.name, detail=detail))


def _schemas(program: Program) -> dict[str, tuple[tuple[str, t.DataType, bool], ...]]:
    """The columns of every table that are known so far, hidden ones left out."""
    out: dict[str, tuple[tuple[str, t.DataType, bool], ...]] = {}
    for symbol in program.tables.values():
        if symbol.decl.query is not None and not symbol.given:
            continue
        columns = []
        for column in symbol.columns.values():
            program.resolve(column)
            hidden = column.decl is not None and any(
                isinstance(m, tree.HiddenMark) for m in column.decl.modifiers
            )
            if column.type is not None and column.type != t.UNKNOWN and not hidden:
                columns.append((column.name, column.type, column.nullable))
        out[symbol.name] = tuple(columns)
    return out


def _sql(program: Program, table: TableSymbol) -> str | None:
    """The text of a table's query."""
    call = table.decl.query
    assert call is not None

    def wrong(span: Span, why: str) -> None:
        remedy = (
            f'write `table {names.quoted(table.name)} = sql("select ...")`, or name a file that ends in .sql'
        )
        program.bag.add(types.SpecialForm(span=span, function=call.function.text, why=why, remedy=remedy))

    if call.function.text != "sql":
        wrong(call.span, "does not make a table; `sql` does")
        return None
    if len(call.args) != 1 or (call.args[0].name is not None and call.args[0].name.text != "query"):
        wrong(call.span, "takes one query")
        return None
    text = call.args[0].value
    if not isinstance(text, tree.String):
        if not isinstance(text, tree.ErrorExpr):
            wrong(text.span, "takes a query in quotes")
        return None
    if not text.value.endswith(".sql"):
        if text.value.strip():
            return text.value
        wrong(text.span, "takes a query, and this is empty")
        return None
    try:
        path = program.files.resolve(text.span.file, text.value)
        found = program.files.read_text(path)
    except FileProblem as problem:
        report_file(program, problem, text.value, text.span)
        return None
    if not found.strip():
        report_file(program, FileProblem(Problem.EMPTY, text.value), text.value, text.span)
        return None
    return found
