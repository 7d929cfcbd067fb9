"""SQL dumps: one script that makes the tables and fills them, in the dialect of a database.

Tables with types, keys, unique columns, conditions and documentation; the rows in batched INSERTs or, for
PostgreSQL, COPY ... FROM stdin, in one transaction where the dialect's declarations allow; then indexes and
references, so that cycles are no matter (SQLite has references in the declarations, deferred where they
need to be). Each module in ``sinks/sql_dump`` says what its dialect makes of each type.
"""

from __future__ import annotations

from collections.abc import Iterator, Mapping, Sequence
from pathlib import Path
from typing import Any

import pyarrow as pa

from specdsl.errors import UsageError
from specdsl.ir.model import Dataset
from specdsl.sinks.base import WriteOptions
from specdsl.sinks.compression import LEVEL
from specdsl.sinks.container import Content
from specdsl.sinks.options import Options, choice, flag, options_of, text, whole
from specdsl.sinks.relational.model import parents_first, relations
from specdsl.sinks.relational.names import require_names
from specdsl.sinks.relational.stored import notes_on_columns, notes_on_partitions, stored_type
from specdsl.sinks.sql_dump.ddl import Declaring, enums_of
from specdsl.sinks.sql_dump.dialect import Dialect, Qualify, Rows
from specdsl.sinks.sql_dump.dialects import DIALECTS
from specdsl.sinks.sql_dump.reading import head_lines, read_rows
from specdsl.sinks.sql_dump.rows import statements
from specdsl.sinks.sql_dump.survey import survey
from specdsl.sinks.text.streams import TEXT_COMPRESSIONS, TEXT_EXTENSIONS, TextStream

DIALECT = choice("dialect", "The database that is to run it.", "postgresql", tuple(DIALECTS))
STATEMENT = choice("statement", "How rows are given; `copy` for PostgreSQL.", "insert", ("insert", "copy"))
BATCH_ROWS = whole("batch_rows", "Rows of an INSERT; 0 for the dialect's own number.", 0, 0, 100_000)
CREATE = flag("create", "Make the tables; else only fill those that are there.", default=True)
RULES = flag("rules", "Declare keys, references and conditions.", default=True)
DROP = flag("drop", "Remove tables of the same names first.", default=False)
SCHEMA = text("schema", "The schema (MySQL: database) to make the tables in.", "")

_MARK = "-- specdsl dump"


class SqlDump:
    """See the module's text."""

    name = "sql"
    compressions: tuple[str, ...] = TEXT_COMPRESSIONS
    options: Options = options_of(DIALECT, STATEMENT, BATCH_ROWS, CREATE, RULES, DROP, SCHEMA, LEVEL)
    per_table = False

    def extension(self, compression: str) -> str:
        return ".sql" + TEXT_EXTENSIONS[compression]

    def require(self) -> None:
        """Nothing is required."""

    def examine(self, dataset: Dataset, rows: Mapping[str, int], values: Mapping[str, Any]) -> Iterator[str]:
        plan = _Plan(WriteOptions("none", values=values))
        dialect = plan.dialect
        require_names(
            dataset,
            dialect.title,
            dialect.longest_name,
            in_bytes=dialect.names_in_bytes,
            folds=dialect.folds,
            highest=dialect.highest,
        )
        for enum in enums_of(dataset):
            if (
                not dialect.enum_condition(enum)
                and dialect.name == "postgresql"
                and enum.name in dataset.tables
            ):
                raise UsageError(
                    f"PostgreSQL has types and tables under the same names, and `{enum.name}` is both",
                    "rename the enum or the table",
                )
        yield from notes_on_partitions(dataset)
        yield from notes_on_columns(dataset, dialect.note)

    def write(
        self, target: Path, dataset: Dataset, contents: Sequence[Content], options: WriteOptions
    ) -> None:
        plan = _Plan(options)
        by_name = {content.table.name: content for content in contents}
        order = [name for name in parents_first(dataset) if name in by_name]
        with target.open("wb") as file:
            out = TextStream(file, options.compression, options.get(LEVEL), f"{dataset.name}.sql")
            for piece in _script(plan, dataset, [by_name[name] for name in order]):
                out.write(piece.encode() if isinstance(piece, str) else piece)
            out.close()

    def read(self, target: Path, table: str, schema: pa.Schema) -> pa.RecordBatchReader:
        dialect, qualify = _recognised(target)
        types = [stored_type(field) for field in schema]
        rows = dialect.insert(qualify(table), [dialect.quote(name) for name in schema.names])
        batches = read_rows(target, _heading(qualify(table)), dialect, rows, schema, types)
        return pa.RecordBatchReader.from_batches(schema, batches)


class _Plan:
    """The options of a dump, made sense of. Raises UsageError where they do not go together."""

    def __init__(self, options: WriteOptions) -> None:
        self.dialect: Dialect = DIALECTS[options.get(DIALECT)]
        self.statement = options.get(STATEMENT)
        self.data = self.dialect.data(self.statement)
        given = options.get(BATCH_ROWS)
        self.batch_rows = given or self.data.rows
        if given > self.data.most_rows:
            raise UsageError(
                f"`batch_rows={given}` is too many: {self.dialect.title} takes at most "
                f"{self.data.most_rows:,} rows in a statement"
            )
        self.create = options.get(CREATE)
        self.rules = options.get(RULES)
        self.drop = options.get(DROP)
        self.schema = options.get(SCHEMA)
        if self.drop and not self.create:
            raise UsageError("`drop=true` and `create=false` would leave no table to fill")
        self.use_schema = ""
        if self.schema:
            self.use_schema = self.dialect.use_schema(self.dialect.quote(self.schema), create=self.create)
        self.qualify = Qualify(self.dialect, self.schema)


def _heading(table: str) -> str:
    return f"-- rows of {table}: "


def _recognised(target: Path) -> tuple[Dialect, Qualify]:
    """The dialect of a dump, as its first lines tell."""
    for line in head_lines(target, 40):
        words = line.removeprefix(_MARK).split()
        if line.startswith(_MARK) and len(words) >= 2 and words[0] in DIALECTS:
            dialect = DIALECTS[words[0]]
            schema = line.partition(" schema ")[2]
            return dialect.data(words[1]), Qualify(dialect, schema)
    raise ValueError("it is not a dump of specdsl")


def _script(plan: _Plan, dataset: Dataset, contents: Sequence[Content]) -> Iterator[str | bytes | memoryview]:
    dialect, qualify = plan.dialect, plan.qualify
    tables = relations(dataset, [content.table.name for content in contents])
    sizes = survey(tables, contents) if plan.create and dialect.surveys else {}
    declaring = Declaring(dialect, tables, sizes, qualify, rules=plan.rules)
    declared = [declaring.declarations(table) for table in tables]

    yield _head(plan, dataset)
    if plan.drop:
        yield "\n" + dialect.drop([qualify(table.name) for table in reversed(tables)])
    begin = f"\n{dialect.begin()}" if dialect.begin() else ""
    yield "" if dialect.commits_tables else begin
    if plan.create:
        types = dialect.before_tables(enums_of(dataset), drop=plan.drop)
        yield f"\n{types}" if types else ""
        for part in declared:
            yield f"\n{part.table}"
            yield part.comments
    yield begin if dialect.commits_tables else ""
    for table, content in zip(tables, contents, strict=True):
        yield f"\n{_heading(qualify(table.name))}{content.rows:,}\n"
        columns = [dialect.quote(column.name) for column in table.columns]
        rows: Rows = plan.data.insert(qualify(table.name), columns)
        yield from statements(plan.data, table, content, rows, plan.batch_rows)
    if plan.create:
        for statement in ("".join(p.after for p in declared), "".join(p.references for p in declared)):
            yield f"\n{statement}" if statement else ""
    yield f"\n{dialect.commit()}"


def _head(plan: _Plan, dataset: Dataset) -> str:
    said = "".join(f"-- {line}".rstrip() + "\n" for line in dataset.doc.splitlines())
    schema = f" schema {plan.schema}" if plan.schema else ""
    about = f"-- {dataset.name}, for {plan.dialect.title}: made data, seed {dataset.seed}\n"
    mark = f"{_MARK} {plan.dialect.name} {plan.statement}{schema}\n"
    return f"{about}{said}{mark}\n{plan.dialect.head()}{plan.use_schema}"
