"""Diagnostics of the importer of SQL: what a script declares and a spec cannot carry."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Severity

_SHOWN = 6


class NotSql(Diagnostic):
    """The script cannot be cut into statements."""

    code: ClassVar[str] = "DG720"
    name: ClassVar[str] = "not-sql"

    problem: str

    def message(self) -> str:
        return f"this is no SQL script: {self.problem}"


class NoSqlTables(Diagnostic):
    """No CREATE TABLE that could be read."""

    code: ClassVar[str] = "DG721"
    name: ClassVar[str] = "script-without-tables"

    dialect: str

    def message(self) -> str:
        return f"no table is declared here, read as SQL of the dialect `{self.dialect}`"

    def help(self) -> str:
        return "name the dialect with `--dialect`, and give a script with CREATE TABLE statements"


class SqlNotRead(Diagnostic):
    """A part of a statement that is not understood."""

    code: ClassVar[str] = "DG722"
    name: ClassVar[str] = "sql-not-read"
    severity: ClassVar[Severity] = Severity.WARNING

    what: str
    cause: str

    def message(self) -> str:
        return f"{self.what} is left out: {self.cause}"


class SqlColumnLeftOut(Diagnostic):
    """A column whose type or expression has no counterpart."""

    code: ClassVar[str] = "DG723"
    name: ClassVar[str] = "sql-column-left-out"
    severity: ClassVar[Severity] = Severity.WARNING

    table: str
    column: str
    cause: str
    required: bool

    def message(self) -> str:
        return f"the column `{self.table}.{self.column}` is left out: {self.cause}"

    def notes(self) -> tuple[str, ...]:
        return ("it is NOT NULL without a default: the database asks for a value",) if self.required else ()


class SqlCheckLeftOut(Diagnostic):
    """A CHECK that the language cannot say, or that rows are not drawn for."""

    code: ClassVar[str] = "DG724"
    name: ClassVar[str] = "sql-check-left-out"
    severity: ClassVar[Severity] = Severity.WARNING

    table: str
    condition: str
    cause: str

    def message(self) -> str:
        shown = " ".join(self.condition.split())
        shown = shown if len(shown) <= 70 else shown[:67] + "..."
        return f"a CHECK of `{self.table}` is left out: {self.cause}: {shown}"

    def help(self) -> str:
        return "draw the columns so that it holds, or add a `check` of your own to the table"


class SqlReferenceLeftOut(Diagnostic):
    """A foreign key that the spec does not hold to."""

    code: ClassVar[str] = "DG725"
    name: ClassVar[str] = "sql-reference-left-out"
    severity: ClassVar[Severity] = Severity.WARNING

    table: str
    columns: tuple[str, ...]
    target: str
    cause: str

    def message(self) -> str:
        listed = ", ".join(self.columns)
        return f"the reference of `{self.table}` ({listed}) to `{self.target}` is left out: {self.cause}"


class SqlUniqueLeftOut(Diagnostic):
    """A key or a unique set that is not carried."""

    code: ClassVar[str] = "DG726"
    name: ClassVar[str] = "sql-unique-left-out"
    severity: ClassVar[Severity] = Severity.WARNING

    table: str
    columns: tuple[str, ...]
    cause: str

    def message(self) -> str:
        return f"that `{self.table}` ({', '.join(self.columns)}) is unique is left out: {self.cause}"


class SqlStatementsLeftOut(Diagnostic):
    """Statements that make no table."""

    code: ClassVar[str] = "DG727"
    name: ClassVar[str] = "sql-statements-left-out"
    severity: ClassVar[Severity] = Severity.HINT

    kind: str
    names: tuple[str, ...]

    def message(self) -> str:
        plural = {"index": "indexes", "policy": "policies"}.get(self.kind, f"{self.kind}s")
        kind = self.kind if len(self.names) == 1 else plural
        shown = ", ".join(self.names[:_SHOWN])
        more = f" and {len(self.names) - _SHOWN} more" if len(self.names) > _SHOWN else ""
        return f"{len(self.names)} {kind} left out: {shown}{more}"


class SqlRowsLimited(Diagnostic):
    """A table with fewer rows than asked for, because its key or a unique column has no more values."""

    code: ClassVar[str] = "DG728"
    name: ClassVar[str] = "sql-rows-limited"
    severity: ClassVar[Severity] = Severity.HINT

    table: str
    rows: int
    cause: str

    def message(self) -> str:
        return f"`{self.table}` gets {self.rows:,} row{'' if self.rows == 1 else 's'}: {self.cause}"
