"""What is wrong with targets: ``target sum(total) by month(placed_at) { ... }``."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label
from specdsl.source import Span


class TargetForm(Diagnostic):
    """A target that does not say what of the rows is asked for, or in a way that is none. ``near``: the word
    that was meant, at ``span``."""

    code: ClassVar[str] = "DG490"
    name: ClassVar[str] = "target-form"

    why: str
    remedy: str
    near: str = ""

    def message(self) -> str:
        return self.why

    def help(self) -> str:
        return self.remedy

    def fix(self) -> Fix | None:
        return Fix(f"Change to `{self.near}`", (Edit(self.span, self.near),)) if self.near else None


class ImpossibleTarget(Diagnostic):
    """A target that no rows of the table could be made to meet. ``why``: a clause; ``first``: what is in its
    way."""

    code: ClassVar[str] = "DG491"
    name: ClassVar[str] = "impossible-target"

    target: str
    why: str
    remedy: str
    first: Span | None = None

    def message(self) -> str:
        return f"`target {self.target}` cannot be met: {self.why}"

    def label(self) -> str:
        return "cannot be met"

    def labels(self) -> tuple[Label, ...]:
        return () if self.first is None else (Label(self.first, "this is in its way"),)

    def help(self) -> str:
        return self.remedy


class TargetGroups(Diagnostic):
    """Groups that cannot be told, come twice, or cannot be among the rows. ``meant``: what to write at
    ``span``."""

    code: ClassVar[str] = "DG492"
    name: ClassVar[str] = "target-groups"

    why: str
    remedy: str
    first: Span | None = None
    meant: str = ""

    def message(self) -> str:
        return self.why

    def labels(self) -> tuple[Label, ...]:
        return () if self.first is None else (Label(self.first, "first here"),)

    def help(self) -> str:
        return self.remedy

    def fix(self) -> Fix | None:
        return Fix(f"Change to `{self.meant}`", (Edit(self.span, self.meant),)) if self.meant else None


class TargetAmount(Diagnostic):
    """An amount that cannot be. ``group``: whose it is, "" for all rows."""

    code: ClassVar[str] = "DG493"
    name: ClassVar[str] = "target-amount"

    amount: str
    group: str
    why: str
    remedy: str

    def message(self) -> str:
        of = f" of {self.group}" if self.group else ""
        return f"`{self.amount}`{of} cannot be asked for: {self.why}"

    def help(self) -> str:
        return self.remedy


class TargetCounts(Diagnostic):
    """Counts that are not all rows of the table."""

    code: ClassVar[str] = "DG494"
    name: ClassVar[str] = "target-counts"

    target: str
    table: str
    total: int
    groups: int
    rows: int

    def message(self) -> str:
        asks = f"`target {self.target}` asks for {self.total:,} rows in all"
        return f"{asks}, and table `{self.table}` has {self.rows:,}"

    def label(self) -> str:
        return f"{self.groups} groups, {self.total:,} rows"

    def help(self) -> str:
        return f"give the table {self.total:_} rows (without a number it has as many as the target asks for)"
