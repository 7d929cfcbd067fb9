"""DG405 and DG420-DG449: keys, uniqueness and references that cannot hold."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Label
from specdsl.source import Span


def listed(names: tuple[str, ...]) -> str:
    """``(a, b)`` for several names, plain for one."""
    return names[0] if len(names) == 1 else f"({', '.join(names)})"


class TooFewValues(Diagnostic):
    """A unique column with fewer possible values than rows."""

    code: ClassVar[str] = "DG405"
    name: ClassVar[str] = "too-few-values"

    column: str
    table: str
    needed: int
    size: int
    arithmetic: str
    remedy: str
    count_span: Span | None = None
    per: str = ""

    def message(self) -> str:
        return f"`{self.column}` needs {self.needed} distinct values but can only make {self.size}"

    def label(self) -> str:
        return self.arithmetic

    def labels(self) -> tuple[Label, ...]:
        asked = self.per or f"{self.needed} rows are asked for here"
        return (Label(self.count_span, asked),) if self.count_span else ()

    def help(self) -> str:
        return self.remedy


class CannotKeepUnique(Diagnostic):
    """A column is declared unique, but nothing about its value keeps it so."""

    code: ClassVar[str] = "DG420"
    name: ClassVar[str] = "cannot-keep-unique"

    column: str
    reason: str
    remedy: str

    def message(self) -> str:
        return f"`{self.column}` must be unique, but {self.reason}"

    def label(self) -> str:
        return "two rows can get the same value here"

    def help(self) -> str:
        return self.remedy


class CannotKeepUniqueTogether(Diagnostic):
    """A composite key or unique rule that nothing keeps."""

    code: ClassVar[str] = "DG421"
    name: ClassVar[str] = "cannot-keep-unique-together"

    columns: tuple[str, ...]
    remedy: str

    def message(self) -> str:
        return f"nothing keeps the combination {listed(self.columns)} unique"

    def label(self) -> str:
        return "two rows can agree on all of these"

    def help(self) -> str:
        return self.remedy


class NullableKey(Diagnostic):
    """A key column that may be null."""

    code: ClassVar[str] = "DG422"
    name: ClassVar[str] = "nullable-key"

    column: str
    null_span: Span | None = None

    def message(self) -> str:
        return f"`{self.column}` is part of a key, so it cannot be null"

    def label(self) -> str:
        return "part of the key"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.null_span, "nulls are allowed here"),) if self.null_span else ()

    def help(self) -> str:
        return "take away the `?` or the null rate, or use `unique`, which lets nulls through"


class EmptyParents(Diagnostic):
    """A reference to a table without rows."""

    code: ClassVar[str] = "DG423"
    name: ClassVar[str] = "no-rows-to-refer-to"

    reference: str
    table: str
    children: int
    parent_span: Span | None = None

    def message(self) -> str:
        return f"`{self.reference}` needs a row of `{self.table}` to refer to, but `{self.table}` has none"

    def label(self) -> str:
        return f"{self.children} rows would refer to nothing" if self.children else "refers to nothing"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.parent_span, "this makes 0 rows"),) if self.parent_span else ()

    def help(self) -> str:
        return (
            f"give `{self.table}` at least one row, or let it be null where there is nobody to refer to: "
            f"`{self.reference} -> {self.table}?`"
        )


class TooFewParents(Diagnostic):
    """A one-to-one reference with more rows than parents."""

    code: ClassVar[str] = "DG424"
    name: ClassVar[str] = "too-few-parents"

    reference: str
    table: str
    needed: int
    parents: int
    count_span: Span | None = None

    def message(self) -> str:
        return (
            f"`{self.reference}` refers to a different row of `{self.table}` each time: "
            f"{self.needed} are needed, `{self.table}` has {self.parents}"
        )

    def label(self) -> str:
        return f"one to one, but {self.needed} > {self.parents}"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.count_span, f"{self.needed} rows are asked for here"),) if self.count_span else ()

    def help(self) -> str:
        return (
            f"ask for at most {self.parents} rows, or let several rows share a parent (no `unique`, no `key`)"
        )


class EachOutOfReach(Diagnostic):
    """A row count that the bounds of ``each`` cannot total."""

    code: ClassVar[str] = "DG425"
    name: ClassVar[str] = "each-out-of-reach"

    table: str
    rows: int
    parent: str
    parents: int
    low: int
    high: int | None
    each_span: Span

    def message(self) -> str:
        return f"`{self.table}` cannot have {self.rows} rows: {self._sum()}"

    def _sum(self) -> str:
        if self.rows < self.low * self.parents:
            return (
                f"{self.parents} {self.parent} x at least {self.low} each = {self.low * self.parents} or more"
            )
        high = self.high or 0
        return f"{self.parents} {self.parent} x at most {high} each = {high * self.parents} or fewer"

    def label(self) -> str:
        return f"{self.rows} rows are asked for here"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.each_span, "the children of one parent"),)

    def help(self) -> str:
        if self.rows < self.low * self.parents:
            return f"ask for {self.low * self.parents} rows or more, or let a parent have fewer: `each 0..`"
        high = -(-self.rows // max(self.parents, 1))
        return (
            f"ask for {(self.high or 0) * self.parents} rows or fewer, or widen it: `each {self.low}..{high}`"
        )


class EachUpsideDown(Diagnostic):
    """An ``each`` whose least is above its most, or below zero."""

    code: ClassVar[str] = "DG426"
    name: ClassVar[str] = "each-upside-down"

    low: int
    high: int | None

    def message(self) -> str:
        if self.high is not None and self.low > self.high:
            return f"no parent can have at least {self.low} and at most {self.high} children"
        return f"a parent cannot have {self.low} children"

    def help(self) -> str:
        if self.high is not None and self.low > self.high:
            return f"write the smaller number first: `each {self.high}..{self.low}`"
        return "counts of children start at 0"


class RowCountCycle(Diagnostic):
    """Tables whose row counts depend on each other."""

    code: ClassVar[str] = "DG427"
    name: ClassVar[str] = "row-count-cycle"

    path: tuple[str, ...]
    others: tuple[Label, ...] = ()

    def message(self) -> str:
        return f"the row counts of these tables depend on each other: {' -> '.join(self.path)}"

    def labels(self) -> tuple[Label, ...]:
        return self.others

    def help(self) -> str:
        return f"give one of them a number of its own: `table {self.path[0]} 1_000 {{`"


class ColumnCycle(Diagnostic):
    """Columns whose values depend on each other."""

    code: ClassVar[str] = "DG428"
    name: ClassVar[str] = "column-cycle"

    path: tuple[str, ...]
    others: tuple[Label, ...] = ()
    remedy: str = ""

    def message(self) -> str:
        if len(self.path) == 2:
            return f"`{self.path[0]}` is made from itself"
        return f"these columns are made from each other: {' -> '.join(self.path)}"

    def label(self) -> str:
        return f"needs `{self.path[1]}`"

    def labels(self) -> tuple[Label, ...]:
        return self.others

    def help(self) -> str:
        return self.remedy or "draw one of them on its own and derive the others from it"


class TooManyRows(Diagnostic):
    """More rows than the engine can number."""

    code: ClassVar[str] = "DG429"
    name: ClassVar[str] = "too-many-rows"

    table: str
    rows: str
    limit: int

    def message(self) -> str:
        return f"`{self.table}` could have {self.rows} rows; the limit is {self.limit:_}"

    def help(self) -> str:
        return "lower the count, or the bounds of `each`"


class GroupTooLarge(Diagnostic):
    """Every group needs more distinct parents than there are."""

    code: ClassVar[str] = "DG430"
    name: ClassVar[str] = "group-larger-than-parents"

    reference: str
    table: str
    parents: int
    group: str
    least: int

    def message(self) -> str:
        return (
            f"`{self.reference}` needs {self.least} different rows of `{self.table}` for each {self.group}, "
            f"but there are only {self.parents}"
        )

    def label(self) -> str:
        return f"{self.least} > {self.parents}"

    def help(self) -> str:
        return (
            f"lower the `each` of {self.group} to {self.parents} or fewer, or give `{self.table}` more rows"
        )


class TooFewCombinations(Diagnostic):
    """A composite key over fewer combinations than rows."""

    code: ClassVar[str] = "DG431"
    name: ClassVar[str] = "too-few-combinations"

    columns: tuple[str, ...]
    needed: int
    size: int
    arithmetic: str
    count_span: Span | None = None

    def message(self) -> str:
        return (
            f"{listed(self.columns)} needs {self.needed} different combinations but "
            f"there are only {self.size}"
        )

    def label(self) -> str:
        return self.arithmetic

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.count_span, f"{self.needed} rows are asked for here"),) if self.count_span else ()

    def help(self) -> str:
        return f"ask for at most {self.size} rows, or add a column to the combination"


class KeyRepeats(Diagnostic):
    """A key that the form of the table repeats."""

    code: ClassVar[str] = "DG432"
    name: ClassVar[str] = "key-repeats"

    column: str
    reason: str
    remedy: str

    def message(self) -> str:
        return f"`{self.column}` cannot be unique: {self.reason}"

    def help(self) -> str:
        return self.remedy


class WeightsOfUnique(Diagnostic):
    """Weights on a choice whose arms can each come once."""

    code: ClassVar[str] = "DG434"
    name: ClassVar[str] = "weights-of-unique-choice"

    column: str

    def message(self) -> str:
        return f"the weights of `{self.column}` have no meaning: it is unique, so each arm comes at most once"

    def help(self) -> str:
        return "take away the weights, or the `unique`"
