"""Files with declared dirt, seen twice: as they would be without it, by the answer key, and as they are.

All rules are held against the first. What is required of single rows, and what must be unique, is held
against the second too: exactly the rows of the key may break it.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from dataclasses import replace
from pathlib import Path
from typing import TYPE_CHECKING

from specdsl.ir import expr as e
from specdsl.ir.model import COPIES, Column, Dataset, Dirt, DirtKind, Table
from specdsl.verify.forms import quote_name, quote_text
from specdsl.verify.lowered import CannotLowerError
from specdsl.verify.naming import ROW, table_name
from specdsl.verify.report import OFFENDERS, RuleResult, Verdict
from specdsl.verify.restored import Restored, among, load_key, value, written_name
from specdsl.verify.row_tests import ALIAS, row_scope
from specdsl.verify.rule import GroupTest, NotCheckable, RowTest, Rule, RuleKind
from specdsl.verify.sql import Context, Lowering

if TYPE_CHECKING:
    import duckdb

_KEY = 'stage."#answers"'
_REPEATING = (RuleKind.KEY, RuleKind.UNIQUE, RuleKind.DISTINCT_PER)
_OF_ROWS = (
    RuleKind.KEY,
    RuleKind.NOT_NULL,
    RuleKind.ENUM,
    RuleKind.BOUNDS,
    RuleKind.LENGTH,
    RuleKind.LIST_SIZE,
    RuleKind.PATTERN,
    RuleKind.WHERE,
    RuleKind.REFERENCE,
    RuleKind.CHECK,
)


class DirtyTables:
    """The tables with dirt of one verification, and what the answer key says of them."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        dataset: Dataset,
        answers: Path,
        read: Sequence[str],
        first: Mapping[str, int],
    ) -> None:
        """``read``: the tables whose files can be read; ``first``: the numbers of their first rows, from
        which the key counts. Raises DataError where ``answers`` is no key."""
        self._connection = connection
        self._first = dict(first)
        self.tables = [x for x in dataset.tables.values() if x.dirt and x.name in read]
        load_key(connection, answers, _KEY)
        self.clean_rows: dict[str, int] = {}
        for table in self.tables:
            self._restore(table)

    # --- two views of a table --------------------------------------------------------------

    def _restore(self, table: Table) -> None:
        """Put a table with the clean values where the written one was, which gets a name of its own."""
        written = _written(table)
        self._connection.execute(f"ALTER VIEW {table_name(table)} RENAME TO {written.removeprefix('data.')}")
        restored = self._restored(table)
        self.clean_rows[table.name] = restored.rows()
        query = restored.query([column.name for column in _columns(table)])
        kept = f"stage.{quote_name(f'#clean:{table.name}')}"
        self._connection.execute(f"CREATE TABLE {kept} AS {query} ORDER BY w.{ROW}")
        self._connection.execute(f"CREATE VIEW {table_name(table)} AS SELECT * FROM {kept}")

    def _restored(self, table: Table) -> Restored:
        return Restored(self._connection, table, _written(table), _KEY, self._first_row(table))

    def _first_row(self, table: Table) -> int:
        return self._first.get(table.name, 0)

    def _row_of_key(self, table: Table, alias: str) -> str:
        """The number of the row that a line of the key is about."""
        return f'{alias}."row" + {self._first_row(table)}'

    def expected(self, rows: Mapping[str, int]) -> dict[str, int]:
        """Of ``rows``, those that are expected of each table, how many are no copies."""
        return {t.name: rows[t.name] - self._restored(t).copies() for t in self.tables if t.name in rows}

    def show_written(self) -> None:
        """From now on the tables are as they were written."""
        for table in self.tables:
            self._connection.execute(
                f"CREATE OR REPLACE VIEW {table_name(table)} AS SELECT * FROM {_written(table)}"
            )

    def _number(self, sql: str) -> int:
        ((value,),) = self._connection.execute(sql).fetchall()
        return int(value or 0)

    # --- rules of the written rows ------------------------------------------------------------

    def judged(self, results: Sequence[RuleResult], context: Context) -> Iterator[RuleResult]:
        """The results with what breaks each rule in the files as they are, where that is only what the key
        says; then how the key itself agrees with the files."""
        tables = {table.name: table for table in self.tables}
        for result in results:
            table = tables.get(result.rule.table)
            if table is None or result.verdict is not Verdict.OK or not _is_asked_of_rows(table, result.rule):
                yield result
            else:
                yield self._judged(table, result, context)
        for table in self.tables:
            for dirt in table.dirt:
                yield self._agreement(table, dirt)

    def _judged(self, table: Table, result: RuleResult, context: Context) -> RuleResult:
        names = [dirt.name for dirt in table.dirt if breaks(table, dirt, result.rule)]
        key = (
            f"SELECT {self._row_of_key(table, 'k')} FROM {_KEY} AS k "
            f'WHERE k."table" = {quote_text(table.name)} AND {among("rule", names)}'
        )
        rule = result.rule
        if rule.kind in _REPEATING and isinstance(rule.test, GroupTest):
            found = self._repeated(table, _together(table, rule), key, context)
            if found is None:
                return result
            broken, expected, off = found
            offenders: tuple[Mapping[str, object], ...] = ()
        else:
            rows = _broken_rows(rule)
            if rows is None:
                return result
            self._connection.execute(
                f'CREATE OR REPLACE TEMP TABLE "#broken" AS SELECT DISTINCT row FROM ({rows}) AS b(row)'
            )
            broken = self._number('SELECT count(*) FROM "#broken"')
            expected = self._number(f"SELECT count(*) FROM ({key})")
            differ = f'((FROM "#broken" EXCEPT {key}) UNION ALL ({key} EXCEPT FROM "#broken")) AS d(row)'
            off = self._number(f"SELECT count(*) FROM {differ}") if broken or expected else 0
            offenders = ()
            if off:
                listed = self._connection.execute(
                    f"SELECT row FROM {differ} ORDER BY row LIMIT {OFFENDERS}"
                ).fetchall()
                offenders = tuple({"row": int(row)} for (row,) in listed)
        verdict = Verdict.BROKEN if off else Verdict.OK
        note = f"{_rows_are(off)} not as the answer key says" if off else result.note
        return replace(
            result, broken=broken, expected=expected, verdict=verdict, note=note, offenders=offenders
        )

    def _repeated(
        self, table: Table, columns: Sequence[str], key: str, context: Context
    ) -> tuple[int, int, int] | None:
        """How many rows repeat another in ``columns``, how many the key says, and how many are not the same
        in both: of values that come n times, n - 1 rows are in the key."""
        lowering = Lowering(context)
        try:
            values = [lowering.column(c, row_scope(table)) for c in columns]
        except CannotLowerError:
            return None
        hashed = f"hash({', '.join(values)})"
        present = " AND ".join(f"{v} IS NOT NULL" for v in values)
        source = f"{table_name(table)} AS {ALIAS} WHERE {present}"
        again = f"SELECT {hashed} FROM {source} GROUP BY ALL HAVING count(*) > 1"
        named = ", ".join(f"{v} AS k{i}" for i, v in enumerate(values))
        grouped = ", ".join(f"k{i}" for i in range(len(values)))
        query = (
            f"SELECT sum(n - 1), sum(m), sum(abs(n - 1 - m)) FROM (SELECT count(*) AS n, count(a.row) AS m "
            f"FROM (SELECT {named}, {ALIAS}.{ROW} AS row FROM {source} AND {hashed} IN ({again})) AS g "
            f"LEFT JOIN ({key}) AS a(row) ON a.row = g.row GROUP BY {grouped} HAVING count(*) > 1)"
        )
        ((broken, matched, off),) = self._connection.execute(query).fetchall()
        counted = f"SELECT count(*) FROM {source} AND {ALIAS}.{ROW} IN ({key})"
        expected = self._number(counted)
        return int(broken or 0), expected, int(off or 0) + expected - int(matched or 0)

    # --- the key itself -----------------------------------------------------------------------

    def _agreement(self, table: Table, dirt: Dirt) -> RuleResult:
        """How the lines of the key about ``dirt`` agree with the files and with what is declared."""
        rule = Rule(
            f"{table.name} {dirt.written}",
            RuleKind.DIRT,
            table.name,
            (dirt.subject,) if dirt.subject in table.columns else (),
            NotCheckable("rows are held against the answer key"),
        )
        about = f'a."table" = {quote_text(table.name)} AND a.rule = {quote_text(dirt.name)}'
        lines = self._number(f"SELECT count(*) FROM {_KEY} AS a WHERE {about}")
        clean_rows = self.clean_rows[table.name]
        end = self._first_row(table) + clean_rows
        row = self._row_of_key(table, "a")
        wanted = dirt.count(clean_rows)
        notes = [f"the key has {_rows(lines)} of {wanted:,}"] if lines != wanted else []
        source = f"{_KEY} AS a JOIN {_written(table)} AS w ON {row} = w.{ROW} WHERE {about}"
        alike = " OR ".join(
            f'(a."column" = {quote_text(c.name)} AND w.{written_name(table, c.name)} IS NOT DISTINCT FROM '
            f"{value(c.type, 'a.dirty')} AND a.clean IS DISTINCT FROM a.dirty)"
            for c in _columns(table)
        )
        what = [f"{row} < {end}"]
        if dirt.kind in COPIES:
            copied = self._as_copied(table, dirt)
            own = (
                f"SELECT h FROM (SELECT {_hash(table, 'c')} AS h FROM {table_name(table)} AS c "
                f"WHERE c.{ROW} < {end}) WHERE h IN (SELECT {copied} FROM {source})"
            )
            what = [f"{row} >= {end}", f"{copied} IN ({own})"]
        if dirt.kind is not DirtKind.DUPLICATE:
            what.append(f"({alike or 'false'})")
        good = self._number(f"SELECT count(DISTINCT w.{ROW}) FROM {source} AND {' AND '.join(what)}")
        if good != lines:
            notes.append(f"{_rows_are(lines - good)} not in the files as the key says")
        broken = lines - good + abs(lines - wanted)
        verdict = Verdict.BROKEN if broken else Verdict.OK
        return RuleResult(rule, lines, broken, 0, (), verdict, "; ".join(notes))

    def _as_copied(self, table: Table, dirt: Dirt) -> str:
        """A hash of a copy as it was before it was changed."""
        if dirt.kind is DirtKind.DUPLICATE:
            return _hash(table, "w")
        values = [
            f'CASE WHEN a."column" = {quote_text(c.name)} THEN {value(c.type, "a.clean")} '
            f"ELSE w.{written_name(table, c.name)} END"
            for c in _columns(table)
        ]
        return f"hash({', '.join(values)})"


def _written(table: Table) -> str:
    """What the table as it was written is called."""
    return table_name(table)[:-1] + '#written"'


def _columns(table: Table) -> list[Column]:
    """The written columns."""
    return [column for column in table.columns.values() if not column.hidden]


def _hash(table: Table, alias: str) -> str:
    names = (f"{alias}.{written_name(table, c.name)}" for c in table.columns.values() if not c.hidden)
    return f"hash({', '.join(names)})"


def _rows(count: int) -> str:
    return f"{count:,} row" if count == 1 else f"{count:,} rows"


def _rows_are(count: int) -> str:
    return f"{_rows(count)} {'is' if count == 1 else 'are'}"


# --- which dirt breaks which rule ------------------------------------------------------------------


def _is_asked_of_rows(table: Table, rule: Rule) -> bool:
    """Whether a rule asks something of rows as they stand, not of how they were made."""
    if rule.kind in _REPEATING and isinstance(rule.test, GroupTest):
        return True
    if rule.kind is RuleKind.BOUNDS:  # not `over its range`, which is how rows are made
        return not isinstance(table.columns[rule.columns[0]].value, e.DimensionValue)
    return rule.kind in _OF_ROWS


def breaks(table: Table, dirt: Dirt, rule: Rule) -> bool:
    """Whether rows with this dirt break this rule of their table."""
    subject = dirt.subject
    match dirt.kind:
        case DirtKind.CHECK:
            return rule.kind is RuleKind.CHECK and rule.name == f"{table.name} check {subject}"
        case DirtKind.NULL:
            of_key = rule.kind is RuleKind.KEY and isinstance(rule.test, RowTest) and subject in table.key
            return of_key or rule.name == f"{table.name}.{subject} not null"  # not of a field of it
        case DirtKind.RANGE:
            return rule.kind is RuleKind.BOUNDS and rule.columns == (subject,)
        case DirtKind.OUTLIERS:
            bounds = table.columns[subject].bounds
            closed = bounds is not None and bounds.low is not None and bounds.high is not None
            return closed and rule.kind is RuleKind.BOUNDS and rule.columns == (subject,)
        case DirtKind.LENGTH:
            return rule.kind is RuleKind.LENGTH and rule.columns == (subject,)
        case DirtKind.PATTERN:
            return rule.kind is RuleKind.PATTERN and rule.columns == (subject,)
        case DirtKind.ENUM:
            return rule.kind is RuleKind.ENUM and rule.columns == (subject,)
        case DirtKind.REFERENCE:
            return rule.kind is RuleKind.REFERENCE and rule.columns == (subject,)
        case DirtKind.UNIQUE:
            return _is_repeating(rule) and _together(table, rule) == (subject,)
        case DirtKind.DUPLICATE | DirtKind.NEAR:
            return _is_repeating(rule)
        case _:
            return False


def _is_repeating(rule: Rule) -> bool:
    return rule.kind in _REPEATING and isinstance(rule.test, GroupTest)


def _together(table: Table, rule: Rule) -> tuple[str, ...]:
    """The columns on which no two rows agree, by a rule that says so."""
    if rule.kind is not RuleKind.DISTINCT_PER:
        return rule.columns
    reference = table.references[rule.columns[0]]
    return (*reference.distinct_per, *reference.columns)


def _broken_rows(rule: Rule) -> str | None:
    """A query of the numbers of the rows that break a rule; None where there is none."""
    match rule.test:
        case RowTest(source=source, broken=broken, applies=applies, joins=joins):
            rows = " ".join([f"{source} AS {ALIAS}", *joins])
            return f"SELECT {ALIAS}.{ROW} FROM {rows} WHERE {applies} AND {broken}"
        case GroupTest(offending=offending, shown=shown) if shown and shown[0].name == "row":
            return f"SELECT {shown[0].sql} FROM ({offending})"
        case _:
            return None
