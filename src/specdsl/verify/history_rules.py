"""Rules of histories: versions of a key neither overlap nor leave a gap, begin where it does, and differ.

Windows go by the values in the files, not by the order of rows: the rules hold of data from anywhere.
"""

from __future__ import annotations

from collections.abc import Callable, Iterator
from dataclasses import dataclass

from specdsl.ir import expr as e
from specdsl.ir.model import History, Records, Table
from specdsl.verify.lowered import Scope
from specdsl.verify.naming import ROW, table_name
from specdsl.verify.operators import cast
from specdsl.verify.row_tests import row_test
from specdsl.verify.rule import Rule, RuleKind
from specdsl.verify.sql import Context, Lowering


@dataclass(frozen=True, slots=True)
class _Version:
    """SQL of a row of a history, and of what stands around it."""

    begins: str
    ends: str
    next_begins: str
    is_first: str
    unchanged: str
    current: str


def counting_columns(table: Table, context: Context) -> frozenset[str]:
    """The hidden columns of a table by which its versions are counted: what they promise is held against the
    versions."""
    others = context.dataset.tables.values()
    found = [(o, h.reference, h.prefix) for o in others for h in o.histories]
    found += [(o, r.reference, r.prefix) for o in others for r in o.records]
    prefixes = [prefix for other, name, prefix in found if other.references[name].table == table.name]
    return frozenset(name for name in table.columns if any(name.startswith(p) for p in prefixes))


def recorded_columns(table: Table) -> frozenset[str]:
    """The columns that are held against each other and the versions, not against what made them."""
    return frozenset(
        name
        for records in table.records
        for name in (records.valid_to, records.known_from, records.known_to, *records.changing)
    )


def history_rules(table: Table, context: Context) -> Iterator[Rule]:
    """The rules of all histories of a table, and of what was known of one."""
    for history in table.histories:
        yield from _history_rules(table, history, context)
    for records in table.records:
        yield from _records_rules(table, records, context)


def _history_rules(table: Table, history: History, context: Context) -> Iterator[Rule]:
    begin, end, key = history.valid_from, history.valid_to, history.reference

    def rule(
        name: str,
        kind: RuleKind,
        columns: tuple[str, ...],
        broken: Callable[[_Version, Lowering, Scope], tuple[str, str]],
    ) -> Rule:
        def build(lowering: Lowering, scope: Scope) -> tuple[str, str]:
            return broken(_version(table, history, lowering, scope), lowering, scope)

        test = row_test(table, context, (*table.references[key].columns, *columns), build)
        return Rule(f"{table.name}.{name}", kind, table.name, columns, test)

    def moment(expr: e.Expr, lowering: Lowering, scope: Scope) -> str:
        """A time of the parent, as the columns have it."""
        return cast(lowering.expr(expr, scope), expr.type, table.columns[begin].type)

    yield rule(
        f"{end} after {begin}",
        RuleKind.VALUE,
        (begin, end),
        lambda v, *_: ("true", f"{v.ends} <= {v.begins}"),
    )
    yield rule(
        f"{end} where the next version of {key} begins",
        RuleKind.VALUE,
        (begin, end),
        lambda v, *_: (f"{v.next_begins} IS NOT NULL", f"{v.ends} IS DISTINCT FROM {v.next_begins}"),
    )
    yield rule(
        f"{begin} of the first version where {key} begins",
        RuleKind.VALUE,
        (begin,),
        lambda v, low, scope: (
            v.is_first,
            f"{v.begins} IS DISTINCT FROM {moment(history.start, low, scope)}",
        ),
    )
    yield rule(
        f"{end} of the last version",
        RuleKind.VALUE,
        (end,),
        lambda v, low, scope: (
            f"{v.next_begins} IS NULL",
            f"{v.ends} IS NOT NULL"
            if history.until is None
            else f"{v.ends} IS DISTINCT FROM {moment(history.until, low, scope)}",
        ),
    )
    yield rule(
        f"{begin} not too late",
        RuleKind.BOUNDS,
        (begin,),
        lambda v, low, scope: (f"NOT {v.is_first}", f"{v.begins} > {moment(history.last, low, scope)}"),
    )
    yield rule(
        f"{history.current} of one version of {key}",
        RuleKind.VALUE,
        (history.current,),
        lambda v, *_: ("true", f"{v.current} > 1"),
    )
    yield rule(
        f"({', '.join(history.changing)}) not as in the version before",
        RuleKind.VALUE,
        history.changing,
        lambda v, *_: (f"NOT {v.is_first}", v.unchanged),
    )


def _version(table: Table, history: History, lowering: Lowering, scope: Scope) -> _Version:
    def clause(alias: str) -> str:
        inner = lowering.inner()
        own = Scope(table, inner.alias("w"))
        _, keys = inner.reference(own, history.reference)
        begins = inner.column(history.valid_from, own)
        values = [inner.column(name, own) for name in history.changing]
        together = f"PARTITION BY {', '.join(keys)}"
        frame = f"{together} ORDER BY {begins}, {own.alias}.{ROW}"
        same = " AND ".join(f"{v} IS NOT DISTINCT FROM lag({v}) OVER ({frame})" for v in values)
        current = f"count(*) FILTER ({inner.column(history.current, own)}) OVER ({together})"
        selected = (
            f"lead({begins}) OVER ({frame}) AS next_begins, row_number() OVER ({frame}) = 1 AS is_first, "
            f"({same}) AS unchanged, {current} AS current"
        )
        sources = " ".join([f"{table_name(table)} AS {own.alias}", *inner.joins])
        query = f"SELECT {own.alias}.{ROW} AS r, {selected} FROM {sources}"
        return f"LEFT JOIN ({query}) AS {alias} ON {alias}.r = {scope.alias}.{ROW}"

    alias = lowering.join(("version", scope.alias, history.name), clause, "v")
    return _Version(
        lowering.column(history.valid_from, scope),
        lowering.column(history.valid_to, scope),
        f"{alias}.next_begins",
        f"{alias}.is_first",
        f"{alias}.unchanged",
        f"{alias}.current",
    )


# --- what was known ------------------------------------------------------------------------


def _records_rules(table: Table, records: Records, context: Context) -> Iterator[Rule]:
    known_from, known_to = records.known_from, records.known_to
    times = (records.valid_from, records.valid_to, known_from, known_to)

    def after(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        start, end = lowering.column(known_from, scope), lowering.column(known_to, scope)
        return "true", f"{end} <= {start}"

    test = row_test(table, context, times, after)
    name = f"{table.name}.{known_to} after {known_from}"
    yield Rule(name, RuleKind.VALUE, table.name, (known_from, known_to), test)

    def replaced(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        alias = _record(table, records, lowering, scope)
        return f"{alias}.next_known IS NOT NULL", (
            f"{lowering.column(known_to, scope)} IS DISTINCT FROM {alias}.next_known"
        )

    test = row_test(table, context, times, replaced)
    name = f"{table.name}.{known_to} where the next record of its version begins"
    yield Rule(name, RuleKind.VALUE, table.name, (known_from, known_to), test)

    def unchanged(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        return "true", f"{_record(table, records, lowering, scope)}.unchanged"

    test = row_test(table, context, times, unchanged)
    told = (records.valid_to, *records.changing)
    name = f"{table.name}.({', '.join(told)}) not as in the record before"
    yield Rule(name, RuleKind.VALUE, table.name, told, test)

    def true(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        version = lowering.parent(scope, records.reference)
        differs = [
            f"{lowering.column(name, scope)} IS DISTINCT FROM {lowering.column(name, version)}"
            for name in records.changing
        ]
        return f"{lowering.column(known_to, scope)} IS NULL", f"({' OR '.join(differs)})"

    test = row_test(table, context, (known_to, *records.changing), true)
    name = f"{table.name}.({', '.join(records.changing)}) of the latest record as in its version"
    yield Rule(name, RuleKind.VALUE, table.name, records.changing, test)

    def tiled(lowering: Lowering, scope: Scope) -> tuple[str, str]:
        alias = _tiling(table, records, lowering, scope)
        return "true", f"{alias}.r IS NOT NULL"

    test = row_test(table, context, times, tiled)
    axis = records.valid_from.removesuffix("_from")
    name = f"{table.name} at any {records.name} time has one version at any {axis} time"
    yield Rule(name, RuleKind.VALUE, table.name, times, test)


def _record(table: Table, records: Records, lowering: Lowering, scope: Scope) -> str:
    """The alias of a join that has when the next record of the row's version begins."""

    def clause(alias: str) -> str:
        inner = lowering.inner()
        own = Scope(table, inner.alias("w"))
        _, keys = inner.reference(own, records.reference)
        known = inner.column(records.known_from, own)
        frame = f"PARTITION BY {', '.join(keys)} ORDER BY {known}, {own.alias}.{ROW}"
        values = [inner.column(name, own) for name in (records.valid_to, *records.changing)]
        same = " AND ".join(f"{v} IS NOT DISTINCT FROM lag({v}) OVER ({frame})" for v in values)
        query = (
            f"SELECT {own.alias}.{ROW} AS r, lead({known}) OVER ({frame}) AS next_known, "
            f"(row_number() OVER ({frame}) > 1 AND {same}) AS unchanged "
            f"FROM {table_name(table)} AS {own.alias}"
        )
        return f"LEFT JOIN ({query}) AS {alias} ON {alias}.r = {scope.alias}.{ROW}"

    return lowering.join(("record", scope.alias, records.name), clause, "v")


def _tiling(table: Table, records: Records, lowering: Lowering, scope: Scope) -> str:
    """The alias of a join that finds the rows after which, at some time when something became known, another
    one does not follow where it ends. What is known changes at those times only."""

    def clause(alias: str) -> str:
        inner = lowering.inner()
        own, other = Scope(table, inner.alias("w")), Scope(table, inner.alias("w"))
        keys = [inner.column(c, own) for c in records.key]
        theirs = [inner.column(c, other) for c in records.key]
        begins, ends = inner.column(records.valid_from, own), inner.column(records.valid_to, own)
        since, until = inner.column(records.known_from, own), inner.column(records.known_to, own)
        named = [f"k{i}" for i in range(len(keys))]
        instants = ", ".join(f"{a} AS {b}" for a, b in zip(theirs, named, strict=True))
        when = inner.column(records.known_from, other)
        moments = f"SELECT DISTINCT {instants}, {when} AS moment FROM {table_name(table)} AS {other.alias}"
        on = " AND ".join(f"{a} = m.{b}" for a, b in zip(keys, named, strict=True))
        frame = f"PARTITION BY {', '.join(keys)}, m.moment ORDER BY {begins}, {own.alias}.{ROW}"
        known = (
            f"SELECT {own.alias}.{ROW} AS r, {ends} AS ends, lead({begins}) OVER ({frame}) AS next_begins "
            f"FROM {table_name(table)} AS {own.alias} JOIN ({moments}) AS m ON {on} "
            f"AND {since} <= m.moment AND ({until} IS NULL OR {until} > m.moment)"
        )
        query = (
            f"SELECT DISTINCT r FROM ({known}) WHERE next_begins IS NOT NULL "
            "AND ends IS DISTINCT FROM next_begins"
        )
        return f"LEFT JOIN ({query}) AS {alias} ON {alias}.r = {scope.alias}.{ROW}"

    return lowering.join(("tiling", scope.alias, records.name), clause, "v")
