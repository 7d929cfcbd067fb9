"""Diagnostics of the importer of sample data: what a file has and its spec does not."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Severity


class SampleColumnLeftOut(Diagnostic):
    """A column whose name or type has no counterpart."""

    code: ClassVar[str] = "DG740"
    name: ClassVar[str] = "sample-column-left-out"
    severity: ClassVar[Severity] = Severity.WARNING

    table: str
    column: str
    cause: str

    def message(self) -> str:
        return f"the column `{self.column}` of `{self.table}` is left out: {self.cause}"


class SampleReferenceLeftOut(Diagnostic):
    """A reference that would close a cycle of tables."""

    code: ClassVar[str] = "DG741"
    name: ClassVar[str] = "sample-reference-left-out"
    severity: ClassVar[Severity] = Severity.WARNING

    table: str
    column: str
    parent: str

    def message(self) -> str:
        return (
            f"`{self.table}.{self.column}` looks like a reference to `{self.parent}`, which depends on "
            f"`{self.table}` already; it is drawn as a plain column"
        )


class SampleValueShown(Diagnostic):
    """A value of the data that the spec has by chance, although none was to be in it."""

    code: ClassVar[str] = "DG742"
    name: ClassVar[str] = "sample-value-shown"
    severity: ClassVar[Severity] = Severity.WARNING

    table: str
    column: str
    word: str

    def message(self) -> str:
        return (
            f"the word `{self.word}` is a value of `{self.table}.{self.column}` and in the spec, as a name "
            "of a table, column or function, or in a comment"
        )

    def help(self) -> str:
        return "rename the column or file that has it as its name, if nobody is to see it"
