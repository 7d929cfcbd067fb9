"""Diagnostics of the importer of rand-engine's specs: what a spec says and the language has no words for."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Severity


class NotRandEngine(Diagnostic):
    """The source is no spec of rand-engine, or has no column that can be made."""

    code: ClassVar[str] = "DG750"
    name: ClassVar[str] = "not-rand-engine"

    problem: str

    def message(self) -> str:
        return f"this is no spec of rand-engine: {self.problem}"

    def help(self) -> str:
        column = '{"age": {"method": "integers", "kwargs": {"min": 18, "max": 65}}}'
        return f"write columns by their names, such as {column}"


class RandColumnLeftOut(Diagnostic):
    """A column whose method or arguments cannot be carried. ``cause`` is a clause without a full stop."""

    code: ClassVar[str] = "DG751"
    name: ClassVar[str] = "rand-engine-column-left-out"
    severity: ClassVar[Severity] = Severity.WARNING

    column: str
    cause: str

    def message(self) -> str:
        return f"the column `{self.column}` is left out: {self.cause}"


class RandPartIgnored(Diagnostic):
    """A part of a column that does not count; the column is there."""

    code: ClassVar[str] = "DG752"
    name: ClassVar[str] = "rand-engine-part-ignored"
    severity: ClassVar[Severity] = Severity.WARNING

    part: str
    cause: str

    def message(self) -> str:
        return f"{self.part} does not count: {self.cause}"


class RandConstraintLeftOut(Diagnostic):
    """A key or a reference that cannot be held to."""

    code: ClassVar[str] = "DG753"
    name: ClassVar[str] = "rand-engine-constraint-left-out"
    severity: ClassVar[Severity] = Severity.WARNING

    constraint: str
    cause: str

    def message(self) -> str:
        return f"the constraint `{self.constraint}` is left out: {self.cause}"
