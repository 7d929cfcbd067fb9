"""Diagnostics of importers: what a source in another language says and a spec cannot carry."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Label, Severity


def _at(pointer: str) -> str:
    return f"JSON Pointer: {pointer or '(the whole document)'}"


class NotJson(Diagnostic):
    """The source is no JSON document."""

    code: ClassVar[str] = "DG701"
    name: ClassVar[str] = "not-json"

    problem: str

    def message(self) -> str:
        return f"this is no JSON: {self.problem}"


class _AtPointer(Diagnostic):
    """Base of what has a place in a JSON document. ``cause`` is a clause without a full stop."""

    pointer: str
    cause: str

    def notes(self) -> tuple[str, ...]:
        return (_at(self.pointer),)


class ReferenceNotFound(_AtPointer):
    """A ``$ref`` that leads nowhere, or out of the document."""

    code: ClassVar[str] = "DG702"
    name: ClassVar[str] = "schema-reference-not-found"

    def message(self) -> str:
        return f"this reference cannot be followed: {self.cause}"

    def help(self) -> str:
        return (
            "put the schema below `$defs` here, name its file too, or the folder it is in with --ref-dir DIR"
        )


class KeywordNotCarried(_AtPointer):
    """A keyword that no spec can hold to."""

    code: ClassVar[str] = "DG703"
    name: ClassVar[str] = "keyword-not-carried"

    keyword: str

    def message(self) -> str:
        return f"`{self.keyword}` cannot be carried into a spec: {self.cause}"


class NothingSatisfies(_AtPointer):
    """A schema that no value satisfies. ``others``: the clauses that contradict the one at ``pointer``, with
    their JSON Pointers."""

    code: ClassVar[str] = "DG704"
    name: ClassVar[str] = "unsatisfiable-schema"

    others: tuple[tuple[Label, str], ...] = ()

    def message(self) -> str:
        return f"no value satisfies this schema: {self.cause}"

    def labels(self) -> tuple[Label, ...]:
        return tuple(label for label, _ in self.others)

    def notes(self) -> tuple[str, ...]:
        against = (f"against it: {pointer or '(the whole document)'}" for _, pointer in self.others)
        return (_at(self.pointer), *against)


class NotASchema(_AtPointer):
    """A document that is JSON and no schema, or a part of one that JSON Schema has otherwise."""

    code: ClassVar[str] = "DG705"
    name: ClassVar[str] = "not-a-schema"

    def message(self) -> str:
        return f"this is no valid JSON Schema: {self.cause}"


class BranchNotProven(_AtPointer):
    """A value of one branch might satisfy what must not hold as well."""

    code: ClassVar[str] = "DG706"
    name: ClassVar[str] = "branch-not-proven"

    keyword: str

    def message(self) -> str:
        return f"`{self.keyword}` cannot be held to: {self.cause}"

    def help(self) -> str:
        return "tell the branches apart by `type`, or by a required property with a `const` in each"


class LeftOut(_AtPointer):
    """An optional property that the spec does without."""

    code: ClassVar[str] = "DG707"
    name: ClassVar[str] = "property-left-out"
    severity: ClassVar[Severity] = Severity.WARNING

    property: str

    def message(self) -> str:
        return f"the optional property `{self.property}` is left out: {self.cause}"


class RecursiveSchema(_AtPointer):
    """A schema that needs itself."""

    code: ClassVar[str] = "DG708"
    name: ClassVar[str] = "recursive-schema"

    def message(self) -> str:
        return f"this schema contains itself without an end: {self.cause}"

    def help(self) -> str:
        return "make the property optional that leads back here, or allow its list to be empty"


class PatternNotCarried(_AtPointer):
    """A pattern from which no strings can be drawn."""

    code: ClassVar[str] = "DG709"
    name: ClassVar[str] = "pattern-not-carried"

    pattern: str

    def message(self) -> str:
        shown = self.pattern if len(self.pattern) <= 60 else self.pattern[:57] + "..."
        return f"no strings can be drawn from the pattern {shown}: {self.cause}"


class ReferenceDropped(_AtPointer):
    """A reference in words of its own that leads to no table."""

    code: ClassVar[str] = "DG716"
    name: ClassVar[str] = "schema-reference-dropped"
    severity: ClassVar[Severity] = Severity.WARNING

    def message(self) -> str:
        return f"the values of this property refer to nothing: {self.cause}"

    def help(self) -> str:
        return "name a table of this source and its key, or import the schema of the table with it"


class NotHeeded(_AtPointer):
    """A word that asks for what is to be drawn, and is passed over."""

    code: ClassVar[str] = "DG717"
    name: ClassVar[str] = "request-not-heeded"
    severity: ClassVar[Severity] = Severity.WARNING

    keyword: str

    def message(self) -> str:
        return f"`{self.keyword}` is not heeded: {self.cause}"

    def help(self) -> str:
        return "the values are drawn by the rest of the schema; `specdsl functions` lists what can be drawn"


class TableLeftOut(_AtPointer):
    """A schema of several that the spec does without."""

    code: ClassVar[str] = "DG719"
    name: ClassVar[str] = "table-left-out"
    severity: ClassVar[Severity] = Severity.WARNING

    table: str

    def message(self) -> str:
        return f"there will be no table `{self.table}`: {self.cause}"

    def help(self) -> str:
        return "mend the schema, or name the tables to make with --table"


class Approximated(_AtPointer):
    """All that is made is valid, and less than everything that is valid. ``cause`` is why, '' where that is
    plain."""

    code: ClassVar[str] = "DG710"
    name: ClassVar[str] = "schema-approximated"
    severity: ClassVar[Severity] = Severity.HINT

    how: str

    def message(self) -> str:
        why = f", as {self.cause}" if self.cause else ""
        return f"less is made than the schema allows: {self.how}{why}"


class TextNotUsed(_AtPointer):
    """The text of a spec in a schema that was exported, which is not what the schema says."""

    code: ClassVar[str] = "DG715"
    name: ClassVar[str] = "carried-text-not-used"
    severity: ClassVar[Severity] = Severity.WARNING

    def message(self) -> str:
        return f"the spec that this schema was exported from is not used: {self.cause}"

    def help(self) -> str:
        return "the spec is made of the schema alone; export the spec again to have its expressions"
