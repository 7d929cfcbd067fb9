"""What is wrong with targets: ``target sum(total) by month(placed_at) { ... }``."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label
from specdsl.source import Span


class TargetForm(Diagnostic):
    """A target that does not say what of the rows is asked for, or in a way that is none. ``near``: the word
    that was meant, at ``span``."""

    code: ClassVar[str] = "DG485"
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

    code: ClassVar[str] = "DG486"
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
    """Groups that cannot be told, come twice, or cannot be among the rows."""

    code: ClassVar[str] = "DG487"
    name: ClassVar[str] = "target-groups"

    why: str
    remedy: str
    first: Span | None = None

    def message(self) -> str:
        return self.why

    def labels(self) -> tuple[Label, ...]:
        return () if self.first is None else (Label(self.first, "first here"),)

    def help(self) -> str:
        return self.remedy


class TargetAmount(Diagnostic):
    """An amount that cannot be. ``group``: whose it is, "" for all rows."""

    code: ClassVar[str] = "DG488"
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

    code: ClassVar[str] = "DG489"
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


class TargetOutOfReach(Diagnostic):
    """A group whose rows cannot come to what is asked. ``least``, ``most``: what they can; ``one_low``,
    ``one_high``: one row."""

    code: ClassVar[str] = "DG585"
    name: ClassVar[str] = "target-out-of-reach"

    target: str
    group: str
    rows: int
    asked: str
    least: str
    most: str
    how: str

    def message(self) -> str:
        rows = "no rows" if self.rows == 0 else "1 row" if self.rows == 1 else f"{self.rows:,} rows"
        of = f"{self.group} has {rows}" if self.group else f"there are {rows}"
        come_to = f", which come to {self._range()}" if self.rows else ""
        return f"`target {self.target}` asks for {self.asked}, but {of}{come_to}"

    def _range(self) -> str:
        return self.least if self.least == self.most else f"{self.least} to {self.most}"

    def label(self) -> str:
        return self.how if self.rows else "nothing to make it of"

    def help(self) -> str:
        if self.rows == 0:
            return "ask for nothing there, or let rows fall into that group (`target count` says how many)"
        return "ask for an amount within that, widen the bounds of the column, or give the group more rows"


class GroupWithoutTarget(Diagnostic):
    """Rows in groups of which the target says nothing."""

    code: ClassVar[str] = "DG586"
    name: ClassVar[str] = "group-without-target"

    target: str
    group: str
    rows: int
    looked_at: int

    def message(self) -> str:
        return (
            f"{self.rows:,} of {self.looked_at:,} rows are in groups that `target {self.target}` does not "
            f"list, such as {self.group}"
        )

    def label(self) -> str:
        return "not all groups are listed"

    def help(self) -> str:
        return "list them, or end the line with `else free`: other groups come to what they come to"
