"""What is wrong with rows that are taken from a database."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic


class DatabaseNotUsable(Diagnostic):
    """A database that cannot be reached or read, a table that it has not, a value that has no counterpart.
    ``detail`` is one line of why."""

    code: ClassVar[str] = "DG228"
    name: ClassVar[str] = "database-not-usable"

    database: str
    table: str
    problem: str
    detail: str

    def message(self) -> str:
        match self.problem:
            case "table":
                return f"there is no table `{self.table}` in database `{self.database}`"
            case "value":
                return f"table `{self.table}` of database `{self.database}` has a value that fits no column"
            case "missing":
                return f"the file of database `{self.database}` does not exist"
            case _:
                return f"database `{self.database}` cannot be read"

    def label(self) -> str:
        return "named here"

    def notes(self) -> tuple[str, ...]:
        return (self.detail,) if self.detail else ()

    def help(self) -> str:
        match self.problem:
            case "table":
                return f'say which table it is: `from database {self.database} table "schema.name"`'
            case "value":
                return "correct the value, leave its column out, or take a view that does without it"
            case _:
                return f"`--database {self.database}=ADDRESS` says where it is and who asks"


class NoStoredColumns(Diagnostic):
    """A table of a database of which no column is taken."""

    code: ClassVar[str] = "DG229"
    name: ClassVar[str] = "no-stored-columns"

    table: str
    database: str

    def message(self) -> str:
        return f"`{self.table}` takes no column from database `{self.database}`"

    def label(self) -> str:
        return "which columns, of which types?"

    def help(self) -> str:
        return "name those that are wanted, the key at least: `{ id int key }`"


class StoredKeyRepeats(Diagnostic):
    """Rows of a database with the same values in what the spec says is their key."""

    code: ClassVar[str] = "DG230"
    name: ClassVar[str] = "stored-key-repeats"

    table: str
    database: str
    detail: str

    def message(self) -> str:
        return f"the key of `{self.table}` comes twice in database `{self.database}`"

    def label(self) -> str:
        return self.detail

    def help(self) -> str:
        return "let the key have all columns that tell two rows apart: `key (tenant_id, id)`"


class RowsNotAtHand(Diagnostic):
    """Rows are asked for that are in a database whose address is not given."""

    code: ClassVar[str] = "DG231"
    name: ClassVar[str] = "rows-not-at-hand"

    table: str
    database: str

    def message(self) -> str:
        return f"`{self.table}` has the rows of database `{self.database}`, whose address is not given"

    def label(self) -> str:
        return "its rows are needed"

    def help(self) -> str:
        return f"say where it is: `--database {self.database}=postgresql://user@host/name`"
