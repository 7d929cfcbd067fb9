"""Holding files against a dataset: every rule, counted by DuckDB, in bounded memory."""

from __future__ import annotations

import time
from collections.abc import Callable, Iterator, Mapping, Sequence
from contextlib import contextmanager
from dataclasses import replace
from itertools import groupby
from math import sqrt
from pathlib import Path
from tempfile import TemporaryDirectory
from typing import TYPE_CHECKING, Any, Literal

from specdsl.errors import EnvironmentFailure
from specdsl.functions.registry import FUNCTIONS
from specdsl.ir.model import Dataset, Table
from specdsl.ir.spoiled import without_dirt
from specdsl.plan.variants import at_edges, variants_of
from specdsl.verify.database import MEMORY_LIMITS, interruptible, open_database
from specdsl.verify.dirty import DirtyTables
from specdsl.verify.display import displayed
from specdsl.verify.earlier import Earlier, add_earlier
from specdsl.verify.forest import rows_on_cycles
from specdsl.verify.increasing import Increasing
from specdsl.verify.naming import ROW, table_name
from specdsl.verify.reading import ReadTable, TableFiles, read_table, readable_paths
from specdsl.verify.report import OFFENDERS, RuleResult, Verdict, VerifyReport
from specdsl.verify.row_tests import ALIAS
from specdsl.verify.rule import (
    ForestTest,
    GroupTest,
    NotCheckable,
    RowCountTest,
    RowTest,
    Rule,
    SchemaTest,
    ShareTest,
    Shown,
    TypeTest,
)
from specdsl.verify.rules import rules_of
from specdsl.verify.scan import Scan
from specdsl.verify.sql import Context
from specdsl.verify.statistics import SIGNIFICANCE, is_improbable, largest_remainders
from specdsl.verify.variants import load as load_variants
from specdsl.verify.whole_numbers import Gapless

if TYPE_CHECKING:
    import duckdb

Level = Literal["full", "sample"]

_SAMPLE_ROWS = 100_000
_TOGETHER = 32  # row tests counted in one scan


def verify(
    dataset: Dataset,
    tables: Mapping[str, TableFiles],
    level: Level = "full",
    temp_dir: Path | None = None,
    expected_rows: Mapping[str, int] | None = None,
    answers: Path | None = None,
    earlier: Earlier | None = None,
    variants: Path | None = None,
    wanted: Callable[[Rule], bool] | None = None,
) -> VerifyReport:
    """Hold the files of ``tables`` against every rule of ``dataset``.

    Tables of the dataset that are not in ``tables`` have no rules; rules of others that need them are not
    checkable. ``expected_rows`` are the rows that a build made; without them the data are from elsewhere,
    and rules that go by row numbers are not checkable. ``level`` "sample" looks at about 100,000 rows (or
    groups of rows) of larger tables. What does not fit into memory goes to ``temp_dir`` (None: the
    system's). ``answers``: the key to declared dirt; without one the files are to be clean. Raises DataError
    where that is no answer key. ``earlier``: of a batch, what its rows refer to in those before.
    ``variants``: the list of the rows of variants; without one what they replace is not checkable.
    ``wanted``: the rules to look at, None for all.
    """
    if answers is None:
        dataset = without_dirt(dataset)
    if temp_dir is None:
        with TemporaryDirectory(prefix="specdsl-verify-") as folder:
            place = Path(folder)
            return verify(dataset, tables, level, place, expected_rows, answers, earlier, variants, wanted)
    started = time.monotonic()
    temp_dir.mkdir(parents=True, exist_ok=True)
    with TemporaryDirectory(prefix="verify-", dir=temp_dir) as folder:
        own = Path(folder)
        readable = [path for files in tables.values() for path in readable_paths(files, own)]
        readable += earlier.paths(own) if earlier is not None else []
        readable += [path for path in (answers, variants) if path is not None]
        for attempt, memory in enumerate(MEMORY_LIMITS, 1):
            place = own / f"attempt-{attempt}"
            connection = open_database(readable, place, memory_limit=memory)
            try:
                with interruptible():
                    run = _Run(
                        connection, dataset, tables, level, own, expected_rows, answers, earlier, variants
                    )
                    if wanted is not None:
                        run.rules = [rule for rule in run.rules if wanted(rule)]
                    results = run.results()
            except _OutOfMemoryError as problem:
                if attempt == len(MEMORY_LIMITS):
                    raise EnvironmentFailure(
                        f"there is not enough memory to check `{problem.rule}`",
                        "--verify sample looks at fewer rows, --verify off at none",
                    ) from problem
            else:
                break
            finally:
                connection.close()
    return VerifyReport(tuple(results), run.written_rows, level, time.monotonic() - started)


class _OutOfMemoryError(Exception):
    """A rule that needs more memory than it was given."""

    def __init__(self, rule: str) -> None:
        super().__init__(rule)
        self.rule = rule


@contextmanager
def _enough_memory(rule: str) -> Iterator[None]:
    """Raises _OutOfMemoryError where DuckDB has too little for what is done."""
    import duckdb

    try:
        yield
    except duckdb.OutOfMemoryException as problem:
        raise _OutOfMemoryError(rule) from problem


class _Run:
    """One verification under way."""

    def __init__(
        self,
        connection: duckdb.DuckDBPyConnection,
        dataset: Dataset,
        tables: Mapping[str, TableFiles],
        level: Level,
        temp_dir: Path,
        expected_rows: Mapping[str, int] | None,
        answers: Path | None = None,
        earlier: Earlier | None = None,
        variants: Path | None = None,
    ) -> None:
        self.connection = connection
        self.dataset = dataset
        self.read: dict[str, ReadTable] = {}
        self.rows: dict[str, int] = {}
        self.looked_at: dict[str, int] = {}  # by rules about groups, as scans have counted
        self.matched: set[str] = set()  # rules whose references all found a parent in a scan
        self.gapless: Gapless = {}
        connection.execute("CREATE SCHEMA data; CREATE SCHEMA stage")
        for table in dataset.tables.values():
            if table.name in tables:
                self._read(table, tables[table.name], temp_dir)
        lists: tuple[Path, ...] = () if variants is None else (variants,)
        lists += () if earlier is None else earlier.variants
        load_variants(connection, lists)
        self.dirty: DirtyTables | None = None
        self.written_rows = self.rows
        if answers is not None:
            usable = [name for name, read in self.read.items() if read.usable]
            with _enough_memory("the answer key"):
                first = {name: files.first_row for name, files in tables.items()}
                self.dirty = DirtyTables(connection, dataset, answers, usable, first)
            self.written_rows = dict(self.rows)
            self.rows |= self.dirty.clean_rows
            if expected_rows is not None:
                expected_rows = {**expected_rows, **self.dirty.expected(expected_rows)}
        missing = {
            (name, column): reason
            for name, read in self.read.items()
            for column, reason in read.missing.items()
        }
        here = set(self.read)
        if earlier is not None:
            here |= add_earlier(connection, dataset, earlier, here, temp_dir)
        for table in dataset.tables.values():
            if table.name not in here:
                missing |= {(table.name, c): f"table `{table.name}` is not here" for c in table.columns}
        sample = {}
        if level == "sample":
            sample = {name: max(1, rows // _SAMPLE_ROWS) for name, rows in self.rows.items()}
        ordered = all(files.ordered for files in tables.values()) and (earlier is None or earlier.ordered)
        generated = expected_rows is not None and ordered
        grown = frozenset() if earlier is None else earlier.grown
        known = frozenset() if earlier is None else frozenset(earlier.rows)
        varied = frozenset(here) if lists and ordered else frozenset()
        self.context = Context(dataset, FUNCTIONS, missing, sample, generated, ordered, grown, known, varied)
        self.rules = [r for r in rules_of(self.context, expected_rows) if r.table in self.read]

    def _read(self, table: Table, files: TableFiles, temp_dir: Path) -> None:
        columns = {c.name: c.type for c in table.columns.values() if not c.hidden}
        import duckdb

        try:
            name, view = table.name, table_name(table)
            read = read_table(self.connection, name, view, columns, files, temp_dir)
        except duckdb.OutOfMemoryException as problem:
            raise _OutOfMemoryError(f"{table.name} schema") from problem
        if not read.usable:
            reason = f"the files of `{table.name}` cannot be read"
            read.missing.update(dict.fromkeys(columns, reason))
        self.read[table.name] = read
        rows = read.rows
        self.rows[table.name] = (
            self._number(f"SELECT count(*) FROM {table_name(table)}") if rows is None else rows
        )

    # --- queries ---------------------------------------------------------------------------

    def _number(self, sql: str) -> int:
        ((value,),) = self.connection.execute(sql).fetchall()
        return int(value or 0)

    def _fetch(self, sql: str, shown: Sequence[Shown]) -> tuple[dict[str, Any], ...]:
        rows = self.connection.execute(sql).fetchall()
        return tuple(
            {s.name: displayed(value, s.type) for s, value in zip(shown, row, strict=True)} for row in rows
        )

    # --- results ---------------------------------------------------------------------------

    def results(self) -> list[RuleResult]:
        """The results of all rules, in their order. Row tests of the same source and joins share scans."""
        out: dict[str, RuleResult] = {}

        def together(rule: Rule) -> tuple[str, str, tuple[str, ...]]:
            assert isinstance(rule.test, RowTest)
            return rule.table, rule.test.source, rule.test.joins

        row_rules = sorted((r for r in self.rules if isinstance(r.test, RowTest)), key=together)
        for _, group in groupby(row_rules, key=together):
            same = list(group)
            for start in range(0, len(same), _TOGETHER):
                some = same[start : start + _TOGETHER]
                for result in self._scanned(some):
                    out[result.rule.name] = result
        for rule in self.rules:
            if rule.name not in out:
                out[rule.name] = self._guarded(rule)
        found = [out[rule.name] for rule in self.rules]
        if self.dirty is None:
            return found
        with _enough_memory("the answer key"):
            self.dirty.show_written()
            return list(self.dirty.judged(found, self.context))

    def _guarded(self, rule: Rule) -> RuleResult:
        """The result of a rule; a query that fails on the data (an overflow) is told, not raised."""
        import duckdb

        try:
            return self._result(rule)
        except duckdb.OutOfMemoryException as problem:
            raise _OutOfMemoryError(rule.name) from problem
        except duckdb.IOException as problem:  # what is spilled needs room, too
            raise EnvironmentFailure(
                f"cannot check `{rule.name}`: {_first_line(problem)}", "is there room on the disk?"
            ) from problem
        except (duckdb.BinderException, duckdb.ParserException, duckdb.CatalogException) as problem:
            note = f"DuckDB does not take its SQL: {_first_line(problem)}"  # no fault of the data
            return RuleResult(rule, 0, 0, verdict=Verdict.UNCHECKED, note=note)
        except duckdb.Error as problem:
            note = _first_line(problem)
            return RuleResult(rule, self.rows[rule.table], 0, verdict=Verdict.BROKEN, note=note)

    def _result(self, rule: Rule) -> RuleResult:
        match rule.test:
            case NotCheckable(reason):
                return RuleResult(rule, 0, 0, verdict=Verdict.UNCHECKED, note=reason)
            case SchemaTest():
                return self._schema(rule)
            case RowCountTest(expected):
                return self._row_count(rule, expected)
            case TypeTest(column):
                return self._type(rule, column)
            case RowTest():
                return self._row(rule, rule.test)
            case GroupTest() as test:
                return self._group(rule, test)
            case ShareTest() as test:
                return self._shares(rule, test)
            case ForestTest() as test:
                return self._forest(rule, test)

    def _schema(self, rule: Rule) -> RuleResult:
        read = self.read[rule.table]
        problems = list(read.problems)
        if read.usable:
            problems += read.missing.values()
        if read.rejected_count:
            problems.append(f"{read.rejected_count} lines have another number of fields than the header")
        note = "; ".join(problems)
        if not problems and read.extra:
            note = f"not declared, not looked at: {', '.join(read.extra)}"
        broken = read.rejected_count if read.rejected_count and len(problems) == 1 else len(problems)
        return _counted(rule, self.rows[rule.table] + read.rejected_count, broken, tuple(read.rejected), note)

    def _row_count(self, rule: Rule, expected: int) -> RuleResult:
        rows = self.rows[rule.table]
        note = "" if rows == expected else f"{rows} rows where {expected} were expected"
        return _counted(rule, rows, abs(rows - expected), (), note)

    def _type(self, rule: Rule, column: str) -> RuleResult:
        read = self.read[rule.table]
        if column in read.missing:
            return RuleResult(rule, 0, 0, verdict=Verdict.UNCHECKED, note=read.missing[column])
        found = next((u for u in read.unreadable if u.column == column), None)
        rows = self.rows[rule.table]
        if found is None:
            return _counted(rule, rows, 0, (), "")
        broken = self._number(f"SELECT count(*) FROM {found.source} AS {ALIAS} WHERE {found.bad}")
        offenders: tuple[dict[str, Any], ...] = ()
        if broken:
            listed = self.connection.execute(
                f"SELECT {ROW}, {found.raw} FROM {found.source} AS {ALIAS} "
                f"WHERE {found.bad} ORDER BY {ROW} LIMIT {OFFENDERS}"
            ).fetchall()
            offenders = tuple({"row": row, column: raw} for row, raw in listed)
        return _counted(rule, rows, broken, offenders, "")

    def _from(self, rule: Rule, test: RowTest) -> str:
        """What follows FROM in the queries of a row test."""
        sample = self.context.sampled(self.dataset.tables[rule.table], f"hash({ALIAS}.{ROW})")
        return f"{' '.join([f'{test.source} AS {ALIAS}', *test.joins])} WHERE true{sample}"

    def _scanned(self, rules: Sequence[Rule]) -> list[RuleResult]:
        """Row tests of one table with the same joins, in one scan; one by one where that fails. Rules about
        groups of the table's rows let it count what they need, too."""
        import duckdb

        tests = [r.test for r in rules if isinstance(r.test, RowTest)]
        scan = Scan()
        applied, broken = scan.applied(tests), scan.broken_by_any(tests)
        present, unmatched = self._for_groups(rules[0].table, tests[0], scan)
        try:
            (row,) = self.connection.execute(scan.query(self._from(rules[0], tests[0]))).fetchall()
        except duckdb.InterruptException:
            raise
        except duckdb.Error:
            return [self._guarded(rule) for rule in rules]
        self.looked_at |= {name: int(row[column]) for name, column in present.items()}
        self.matched |= {name for name, column in unmatched.items() if row[column] == 0}
        if row[broken]:
            return [self._guarded(rule) for rule in rules]
        return [_counted(rule, int(row[i]), 0, (), "") for rule, i in zip(rules, applied, strict=True)]

    def _for_groups(self, table: str, test: RowTest, scan: Scan) -> tuple[dict[str, int], dict[str, int]]:
        """Columns of the scan for rules about groups: with the rows that they look at, and with the rows
        that a reference finds no parent for."""
        present, unmatched = {}, {}
        plain = test.source == table_name(self.dataset.tables[table])
        for rule in self.rules:
            match rule.test:
                case GroupTest(present=str(condition)) if rule.table == table and plain and not test.joins:
                    if rule.name not in self.looked_at:
                        present[rule.name] = scan.count(condition)
                case GroupTest(unmatched=(join, condition)) if rule.table == table and plain:
                    if join in test.joins and rule.name not in self.matched:
                        unmatched[rule.name] = scan.count(condition)
                case _:
                    continue
        return present, unmatched

    def _row(self, rule: Rule, test: RowTest) -> RuleResult:
        rows = self._from(rule, test)
        scan = Scan()
        (looked_at,), (broken,) = scan.applied([test]), scan.broken([test])
        (row,) = self.connection.execute(scan.query(rows)).fetchall()
        offenders: tuple[dict[str, Any], ...] = ()
        if row[broken]:
            selected = ", ".join(s.sql for s in test.shown)
            offenders = self._fetch(
                f"SELECT {selected} FROM {rows} AND {test.applies} AND {test.broken} "
                f"ORDER BY {ALIAS}.{ROW} LIMIT {OFFENDERS}",
                test.shown,
            )
        return _counted(rule, int(row[looked_at]), int(row[broken]), offenders, "")

    def _group(self, rule: Rule, test: GroupTest) -> RuleResult:
        looked_at = self.looked_at.get(rule.name)
        if looked_at is None:
            looked_at = self._number(test.looked_at)
        if rule.name in self.matched or self._holds(test):
            return _counted(rule, looked_at, 0, (), test.note)
        broken = self._number(f"SELECT sum(broken) FROM ({test.offending})")
        offenders: tuple[dict[str, Any], ...] = ()
        if broken:
            selected = ", ".join(s.sql for s in test.shown)
            offenders = self._fetch(
                f"SELECT {selected} FROM ({test.offending}) ORDER BY 1 LIMIT {OFFENDERS}", test.shown
            )
        return _counted(rule, looked_at, broken, offenders, "" if broken else test.note)

    def _holds(self, test: GroupTest) -> bool:
        """Whether the quick way already says that nothing is broken."""
        match test.quick:
            case None:
                return False
            case Increasing() as quick:
                return quick.holds(self.connection)
            case quick:
                return quick.holds(self.connection, self.gapless)

    def _shares(self, rule: Rule, test: ShareTest) -> RuleResult:
        table = self.dataset.tables[rule.table]
        source = " ".join([f"{table_name(table)} AS {ALIAS}", *test.joins])
        sample = "" if test.exact else self.context.sampled(table, f"hash({ALIAS}.{ROW})")
        rows = f"{source} WHERE {test.applies}{sample}"
        if len(test.outcomes) > _TOGETHER:
            total = self._number(f"SELECT count(*) FROM {rows}")
            found = self._counts(rows, test)
        else:
            counts = ", ".join(f"count(*) FILTER (WHERE {o.predicate})" for o in test.outcomes)
            (row,) = self.connection.execute(f"SELECT count(*), {counts} FROM {rows}").fetchall()
            total, found = int(row[0]), [int(n) for n in row[1:]]
        shares = [o.share for o in test.outcomes]
        if test.exact:
            wanted = largest_remainders(shares, total)
            off = [i for i, n in enumerate(found) if n != wanted[i]]
            told = [f"{test.outcomes[i].label}: {found[i]} rows instead of {wanted[i]}" for i in off]
        else:
            level = SIGNIFICANCE / len(shares)
            edge = self._edge_share(table, sample, total)
            off = [
                i
                for i, n in enumerate(found)
                if is_improbable(n, total, shares[i], significance=level, at_least=test.at_least, edge=edge)
            ]
            told = [
                f"{test.outcomes[i].label}: {found[i] / total:.2%} of {total} rows instead of {shares[i]:.2%}"
                for i in off
            ]
        broken = sum(abs(found[i] - round(shares[i] * total)) for i in off)
        result = _counted(rule, total, max(broken, len(off)), (), "; ".join(told))
        return replace(result, counts=tuple(found))

    def _edge_share(self, table: Table, sample: str, total: int) -> float:
        """At most this share of ``total`` rows of ``table``, chosen by a condition, are edge rows."""
        number = at_edges(variants := variants_of(table, self.dataset.edge))
        if number is None or table.name in self.context.varied:  # whose rule leaves them out
            return 0.0
        every = self._number(f"SELECT count(*) FROM {table_name(table)} AS {ALIAS} WHERE true{sample}")
        rows = variants[number].rows
        share = variants[number].share or min(1.0, (rows or 0) / max(every, 1))
        many = every * share + 8 * sqrt(every * share * (1 - share))
        return min(1.0, many / total) if total else 0.0

    def _counts(self, rows: str, test: ShareTest) -> list[int]:
        """The rows of each of many outcomes: grouped once, then looked up."""
        names = [f"c{i}" for i in range(len(test.values))]
        listed = ", ".join(f"({i}, {', '.join(o.values)})" for i, o in enumerate(test.outcomes))
        selected = ", ".join(f"{v} AS {n}" for v, n in zip(test.values, names, strict=True))
        same = " AND ".join(f"g.{n} IS NOT DISTINCT FROM o.{n}" for n in names)
        found = [0] * len(test.outcomes)
        for number, count in self.connection.execute(
            f"SELECT o.i, sum(g.n) FROM (VALUES {listed}) o(i, {', '.join(names)}) JOIN "
            f"(SELECT {selected}, count(*) AS n FROM {rows} GROUP BY ALL) g ON {same} GROUP BY 1"
        ).fetchall():
            found[int(number)] = int(count)
        return found

    def _forest(self, rule: Rule, test: ForestTest) -> RuleResult:
        links, cyclic = rows_on_cycles(self.connection, test.links)
        if cyclic is None:
            return _counted(rule, links, 0, (), "")
        broken = self._number(f"SELECT count(*) FROM {cyclic}")
        table = self.dataset.tables[rule.table]
        selected = ", ".join(s.sql for s in test.shown)
        offenders = self._fetch(
            f'SELECT {selected} FROM {table_name(table)} AS {ALIAS} JOIN {cyclic} ON {cyclic}."row" = '
            f"{ALIAS}.{ROW} ORDER BY {ALIAS}.{ROW} LIMIT {OFFENDERS}",
            test.shown,
        )
        return _counted(rule, links, broken, offenders, "")


def _first_line(problem: Exception) -> str:
    return next((x for x in str(problem).splitlines() if x.strip()), "it failed")


def _counted(
    rule: Rule, looked_at: int, broken: int, offenders: tuple[Mapping[str, Any], ...], note: str
) -> RuleResult:
    verdict = Verdict.BROKEN if broken else Verdict.OK
    return RuleResult(rule, looked_at, broken, 0, offenders, verdict, note)
