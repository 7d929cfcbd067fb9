"""What is wrong with ``partition by``."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic

MOST_PARTITIONS = 10_000


class PartitionColumn(Diagnostic):
    """A column by whose values files cannot be divided."""

    code: ClassVar[str] = "DG449"
    name: ClassVar[str] = "partition-column"

    column: str
    type: str
    hidden: bool

    def message(self) -> str:
        if self.hidden:
            return f"`{self.column}` is hidden, so that files cannot be divided by it"
        return f"files cannot be divided by `{self.column}`, which is {self.type}"

    def label(self) -> str:
        return "is not written" if self.hidden else "its values cannot name folders"

    def help(self) -> str:
        if self.hidden:
            return f"remove the `hidden` of `{self.column}`, or divide by a column that is written"
        return "divide by a string, an enum, an int, a decimal, a bool, a date, a time or a uuid"


class TooManyPartitions(Diagnostic):
    """A column that has another value in every row."""

    code: ClassVar[str] = "DG450"
    name: ClassVar[str] = "too-many-partitions"

    column: str
    rows: int

    def message(self) -> str:
        return (
            f"no two rows agree on `{self.column}`, so that {self.rows:,} rows would be divided into "
            f"{self.rows:,} folders; {MOST_PARTITIONS:,} are the most"
        )

    def label(self) -> str:
        return "another folder for every row"

    def help(self) -> str:
        return "divide by a column with few values, such as a status, a country or a month"


class NothingLeft(Diagnostic):
    """All columns name folders, so that the files have none."""

    code: ClassVar[str] = "DG451"
    name: ClassVar[str] = "nothing-beside-partitions"

    table: str

    def message(self) -> str:
        return f"`partition by` names all columns of table `{self.table}`, so that none is left for its files"

    def label(self) -> str:
        return "every column is here"

    def help(self) -> str:
        return "leave one of them out"
