"""What is wrong with changes: ``changes { update ... delete ... }`` and ``on delete``."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label
from specdsl.source import Span


class ChangeAmount(Diagnostic):
    """``written``: the amount; ``why``: a clause about it; ``corrected``: one that can be."""

    code: ClassVar[str] = "DG478"
    name: ClassVar[str] = "change-amount"

    written: str
    why: str
    corrected: str

    def message(self) -> str:
        return f"`{self.written}` is no number of rows to change: {self.why}"

    def label(self) -> str:
        return f"`{self.corrected}`?"

    def help(self) -> str:
        return "say a share of the rows that are there (`3%`, `3% of rows`) or how many of them (`200 rows`)"

    def fix(self) -> Fix | None:
        return Fix(f"Change to `{self.corrected}`", (Edit(self.span, self.corrected),))


class FixedColumn(Diagnostic):
    """A column that no update can change. ``why``: a clause."""

    code: ClassVar[str] = "DG479"
    name: ClassVar[str] = "fixed-column"

    column: str
    why: str
    remedy: str

    def message(self) -> str:
        return f"`{self.column}` cannot be updated: {self.why}"

    def label(self) -> str:
        return "stays as it is"

    def help(self) -> str:
        return self.remedy


class RuleBrokenByChange(Diagnostic):
    """A change after which a rule of other rows need not hold. ``change``: "an update of `price`"; ``rule``:
    what looks at it, such as "check `x` of `items`". ``why`` it depends on the change."""

    code: ClassVar[str] = "DG472"
    name: ClassVar[str] = "rule-broken-by-change"

    change: str
    rule: str
    place: Span | None
    remedy: str
    why: str = "other rows look at what this changes"

    def message(self) -> str:
        return f"{self.change} could break {self.rule}"

    def label(self) -> str:
        return self.why

    def labels(self) -> tuple[Label, ...]:
        return () if self.place is None else (Label(self.place, "this would not hold any more"),)

    def help(self) -> str:
        return self.remedy


class ChangesWithoutKey(Diagnostic):
    """Rows that change but cannot be told apart. ``how``: how they come to change."""

    code: ClassVar[str] = "DG473"
    name: ClassVar[str] = "changes-without-key"

    table: str
    how: str

    def message(self) -> str:
        return f"rows of `{self.table}` {self.how}, and the table has no key to tell them by"

    def label(self) -> str:
        return "which row?"

    def help(self) -> str:
        return f"give `{self.table}` a key: `id int key`"


class LifecycleSet(Diagnostic):
    """A column of a lifecycle that would be drawn anew."""

    code: ClassVar[str] = "DG474"
    name: ClassVar[str] = "lifecycle-set"

    column: str
    state: str
    through: str  # the column of `set` that it follows from, "" where it is that itself

    def message(self) -> str:
        if self.through:
            return f"the lifecycle `{self.state}` follows from `{self.through}`, which this update sets"
        return (
            f"`{self.column}` belongs to the lifecycle `{self.state}`, which goes on and does not start over"
        )

    def label(self) -> str:
        return "a row would leave its path"

    def help(self) -> str:
        return f"let it go on: `update {self.state} as time passes`"


class NothingPasses(Diagnostic):
    """``as time passes`` of a column that does not depend on the clock."""

    code: ClassVar[str] = "DG475"
    name: ClassVar[str] = "nothing-passes"

    column: str

    def message(self) -> str:
        return f"`{self.column}` does not depend on `now`, so that no time changes it"

    def label(self) -> str:
        return "always the same"

    def help(self) -> str:
        return f"draw it anew: `update 1% of rows set {self.column}`; or name a column whose value has `now`"


class DeleteAction(Diagnostic):
    """``on delete`` that cannot be. ``why``: a clause."""

    code: ClassVar[str] = "DG476"
    name: ClassVar[str] = "delete-action"

    reference: str
    action: str
    why: str
    remedy: str
    insert_at: Span | None = None

    def message(self) -> str:
        return f"`{self.reference}` cannot have `on delete {self.action}`: {self.why}"

    def label(self) -> str:
        return "cannot be"

    def help(self) -> str:
        return self.remedy

    def fix(self) -> Fix | None:
        return None if self.insert_at is None else Fix("Add `?`", (Edit(self.insert_at, "?"),))


class DealtParent(Diagnostic):
    """A reference that deals its parents out, to a table whose rows are deleted."""

    code: ClassVar[str] = "DG477"
    name: ClassVar[str] = "dealt-parent"

    reference: str
    parent: str

    def message(self) -> str:
        return (
            f"`{self.reference}` deals out the rows of `{self.parent}` without repetition, and later batches "
            "delete some of them"
        )

    def label(self) -> str:
        return "new rows could refer to deleted ones"

    def help(self) -> str:
        return f"draw it freely (without `unique`), or delete no rows of `{self.parent}`"
