"""SQL: CREATE TABLE statements with keys, references, conditions and documentation, for one of the dialects
that dumps are made in. The declarations are those of a dump, without its rows."""

from __future__ import annotations

from collections.abc import Iterator, Sequence
from typing import Final

from specdsl.exporters.registry import SQL_DIALECTS
from specdsl.exporters.spec import Spec, Wanted
from specdsl.ir.model import Dataset
from specdsl.sinks.duckdb import DIALECT as DUCKDB
from specdsl.sinks.duckdb import DuckDbFile, all_enums
from specdsl.sinks.relational.model import parents_first, relations
from specdsl.sinks.sql import SqlDump
from specdsl.sinks.sql_dump.ddl import Declaring, enums_of
from specdsl.sinks.sql_dump.dialect import Dialect, Qualify
from specdsl.sinks.sql_dump.dialects import DIALECTS

_NAMES: Final = {"postgres": "postgresql", "tsql": "sqlserver"}
"""The dumps' names of dialects, where the exporter and the importer use another one."""


def export(spec: Spec, wanted: Wanted) -> str:
    """The script that declares tables. Raises UsageError for names that the database does not take."""
    return sql_text(spec.dataset, wanted.tables, wanted.variant or SQL_DIALECTS[0])


def sql_text(dataset: Dataset, tables: Sequence[str], dialect: str) -> str:
    """The script that declares ``tables`` (all where there are none). References to tables that are left out
    are left out too. Raises UsageError for names that the database does not take."""
    own = DUCKDB if dialect == "duckdb" else DIALECTS[_NAMES.get(dialect, dialect)]
    return "".join(_script(dataset, tables, own))


def _script(dataset: Dataset, tables: Sequence[str], dialect: Dialect) -> Iterator[str]:
    notes = list(_notes(dataset, dialect))
    wanted = [name for name in parents_first(dataset) if not tables or name in tables]
    found = relations(dataset, wanted)
    declaring = Declaring(dialect, found, {}, Qualify(dialect, ""))
    declared = [declaring.declarations(table) for table in found]
    used = {column.type for table in found for column in table.columns}
    enums = all_enums(dataset) if dialect is DUCKDB else [e for e in enums_of(dataset) if e in used]
    yield f"-- {dataset.name}, for {dialect.title}\n"
    yield from (f"-- {line}".rstrip() + "\n" for line in [*dataset.doc.splitlines(), *notes])
    types = dialect.before_tables(enums, drop=False)
    yield f"\n{types}" if types else ""
    for part in declared:
        yield f"\n{part.table}{part.comments}"
    for statements in ("".join(p.after for p in declared), "".join(p.references for p in declared)):
        yield f"\n{statements}" if statements else ""


def _notes(dataset: Dataset, dialect: Dialect) -> Iterator[str]:
    """What a type or a reference becomes that the database has nothing like."""
    if dialect is DUCKDB:
        yield from DuckDbFile().examine(dataset, {}, {})
    else:
        yield from SqlDump().examine(dataset, {}, {"dialect": dialect.name})
