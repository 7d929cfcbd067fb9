"""DG6xx: hints on performance, portability and likely slips. A hint never stops a build."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label, Severity
from specdsl.source import Span


class CheckAlwaysHolds(Diagnostic):
    """A check that says nothing."""

    code: ClassVar[str] = "DG601"
    name: ClassVar[str] = "check-always-holds"
    severity: ClassVar[Severity] = Severity.HINT

    check: str

    def message(self) -> str:
        return f"check `{self.check}` holds whatever the values are"

    def help(self) -> str:
        return "make it say something that could fail"


class UnusedDeclaration(Diagnostic):
    """An enum or pool that nothing uses."""

    code: ClassVar[str] = "DG602"
    name: ClassVar[str] = "unused-declaration"
    severity: ClassVar[Severity] = Severity.HINT

    kind: str
    declared: str

    def message(self) -> str:
        return f"{self.kind} `{self.declared}` is never used"

    def help(self) -> str:
        return "use it or delete it"


class UnusedHidden(Diagnostic):
    """A hidden column that nothing uses."""

    code: ClassVar[str] = "DG603"
    name: ClassVar[str] = "unused-hidden-column"
    severity: ClassVar[Severity] = Severity.HINT

    column: str

    def message(self) -> str:
        return f"`{self.column}` is hidden and nothing uses it"

    def help(self) -> str:
        return "a hidden column is not written: use it in an expression, or delete it"


class MoneyAsFloat(Diagnostic):
    """An amount of money held in binary floating point."""

    code: ClassVar[str] = "DG605"
    name: ClassVar[str] = "money-as-float"
    severity: ClassVar[Severity] = Severity.HINT

    column: str

    def message(self) -> str:
        return f"`{self.column}` looks like money but is a float, which cannot hold cents exactly"

    def help(self) -> str:
        return f"`{self.column} decimal(12, 2)` keeps every cent"


class NamesDifferByCase(Diagnostic):
    """Two names that many databases take for one."""

    code: ClassVar[str] = "DG607"
    name: ClassVar[str] = "names-differ-by-case"
    severity: ClassVar[Severity] = Severity.HINT

    first: str
    second: str
    first_span: Span

    def message(self) -> str:
        return (
            f"`{self.first}` and `{self.second}` differ only in case; most databases take them for one name"
        )

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first_span, "the other one"),)

    def help(self) -> str:
        return "rename one of them"


class NameTooLong(Diagnostic):
    """A name that PostgreSQL would cut."""

    code: ClassVar[str] = "DG608"
    name: ClassVar[str] = "name-too-long"
    severity: ClassVar[Severity] = Severity.HINT

    long_name: str
    length: int

    def message(self) -> str:
        return f"`{self.long_name[:24]}...` is {self.length} bytes long; PostgreSQL cuts names after 63"

    def help(self) -> str:
        return "shorten it if the data is going into a database"


class ExtraPass(Diagnostic):
    """A roll-up over scattered children of a big table."""

    code: ClassVar[str] = "DG609"
    name: ClassVar[str] = "extra-pass"
    severity: ClassVar[Severity] = Severity.HINT

    what: str
    table: str
    rows: int

    def message(self) -> str:
        return (
            f"{self.what} needs an extra pass over the {self.rows:_} rows of "
            f"`{self.table}`, whose children are scattered"
        )

    def help(self) -> str:
        return "with `each` on the reference the children of a parent stand together and no pass is needed"


class WhereByTrying(Diagnostic):
    """A reference's condition that no index can solve."""

    code: ClassVar[str] = "DG610"
    name: ClassVar[str] = "where-by-trying"
    severity: ClassVar[Severity] = Severity.HINT

    reference: str

    def message(self) -> str:
        return (
            f"the condition of `{self.reference}` compares rows in a way that no "
            "index can answer, so parents are found by trying"
        )

    def help(self) -> str:
        return (
            "conditions like `.tenant_id == tenant_id` and `.created_at <= "
            "placed_at`, joined by `and`, are answered by an index"
        )


class GroupMayExceed(Diagnostic):
    """A group that might need more distinct parents than there are."""

    code: ClassVar[str] = "DG612"
    name: ClassVar[str] = "group-may-exceed-parents"
    severity: ClassVar[Severity] = Severity.WARNING

    reference: str
    table: str
    parents: int
    most: int | None

    def message(self) -> str:
        most = f"up to {self.most}" if self.most is not None else "any number of"
        return (
            f"`{self.reference}` may need {most} different rows of `{self.table}`, "
            f"but there are {self.parents}"
        )

    def help(self) -> str:
        return (
            f"bound the group: `each ... max {self.parents}`; a group that comes out larger stops the build"
        )


class SqlReservedName(Diagnostic):
    """A table name that SQL reserves."""

    code: ClassVar[str] = "DG613"
    name: ClassVar[str] = "sql-reserved-name"
    severity: ClassVar[Severity] = Severity.HINT

    reserved: str

    def message(self) -> str:
        return f"`{self.reserved}` is a reserved word of SQL and must be quoted there"

    def help(self) -> str:
        return f"`{self.reserved}s` would not need quotes"


class MissingF(Diagnostic):
    """A plain text with a column's name in braces."""

    code: ClassVar[str] = "DG616"
    name: ClassVar[str] = "missing-f"
    severity: ClassVar[Severity] = Severity.HINT

    column: str
    text: str

    def message(self) -> str:
        return f"this text has `{{{self.column}}}` in it as it stands, not the value of `{self.column}`"

    def help(self) -> str:
        return f"for the value put an `f` before the quotes: `f{self.text}`"

    def fix(self) -> Fix | None:
        return Fix("Make it an f-string", (Edit(self.span.at_start(), "f"),))


class DifferenceAsRange(Diagnostic):
    """``18-65``: one number, the same in every row."""

    code: ClassVar[str] = "DG617"
    name: ClassVar[str] = "difference-as-range"
    severity: ClassVar[Severity] = Severity.HINT

    column: str
    value: str
    corrected: str

    def message(self) -> str:
        return f"`{self.column}` is {self.value} in every row: `-` subtracts"

    def help(self) -> str:
        return f"a range is written with two dots: `{self.corrected}`"

    def fix(self) -> Fix | None:
        return Fix("Make it a range", (Edit(self.span, self.corrected),))


class NeverNull(Diagnostic):
    """A nullable column that is never null."""

    code: ClassVar[str] = "DG614"
    name: ClassVar[str] = "never-null"
    severity: ClassVar[Severity] = Severity.HINT

    column: str

    def message(self) -> str:
        return f"`{self.column}` allows nulls but never is null"

    def help(self) -> str:
        return f"say how often, as in `{self.column} ... ? 10% null`, or take away the `?`"


class AlwaysNull(Diagnostic):
    """A column that is null, or absent, in every row."""

    code: ClassVar[str] = "DG615"
    name: ClassVar[str] = "always-null"
    severity: ClassVar[Severity] = Severity.HINT

    column: str
    absent: bool = False

    def message(self) -> str:
        return f"`{self.column}` is {'absent' if self.absent else 'null'} in every row"

    def help(self) -> str:
        return f"lower the {'rate' if self.absent else 'null rate'} if it should ever hold a value"


class UnneededIgnore(Diagnostic):
    """A comment that silences what is not said. ``edits`` take it away."""

    code: ClassVar[str] = "DG618"
    name: ClassVar[str] = "unneeded-ignore"
    severity: ClassVar[Severity] = Severity.HINT

    codes: tuple[str, ...]
    edits: tuple[Edit, ...]

    def message(self) -> str:
        return f"nothing here gives {' or '.join(f'`{code}`' for code in self.codes)}, which is ignored"

    def help(self) -> str:
        return "take it out, or put it at the end of the line that it is about"

    def fix(self) -> Fix | None:
        return Fix("Take out what is ignored needlessly", self.edits)


class NotIgnorable(Diagnostic):
    """A word where a comment says which hints and warnings to ignore. ``known``: the name of the diagnostic
    with this code; ``meant``: the code that was meant; "" for none."""

    code: ClassVar[str] = "DG619"
    name: ClassVar[str] = "not-ignorable"
    severity: ClassVar[Severity] = Severity.HINT

    written: str
    known: str = ""
    meant: str = ""

    def message(self) -> str:
        if self.known:
            return f"`{self.written}` ({self.known}) cannot be ignored"
        return f"no diagnostic has the code `{self.written}`"

    def help(self) -> str:
        if self.known:
            return "only warnings, and hints on the spec, can be: correct what it is about"
        if self.meant:
            return f"did you mean `{self.meant}`?"
        return "the code stands in front of the message, as in `hint[DG614]`"

    def fix(self) -> Fix | None:
        return Fix(f"Write `{self.meant}`", (Edit(self.span, self.meant),)) if self.meant else None


class UnboundedRunning(Diagnostic):
    """Bounds of a running total of what is drawn: nothing keeps it within them."""

    code: ClassVar[str] = "DG630"
    name: ClassVar[str] = "unbounded-running-total"
    severity: ClassVar[Severity] = Severity.WARNING

    column: str
    total: Span
    group: str

    def message(self) -> str:
        return f"nothing keeps the running total in `{self.column}` within these bounds"

    def label(self) -> str:
        return "a build fails where it leaves them"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.total, "adds up what is drawn, however far that leads"),)

    def help(self) -> str:
        end = f"last_in({self.group}, steps)" if self.group else "what all steps come to"
        return (
            "take the bounds away; or share out what there is: with `steps` a hidden column of the running "
            f"total, `low + (high - low) * (steps / {end})` ends in time"
        )


class SlowProvider(Diagnostic):
    """A provider of another library, which is called once a row. ``instead``: what the catalogue has for it,
    "" for nothing."""

    code: ClassVar[str] = "DG638"
    name: ClassVar[str] = "slow-provider"
    severity: ClassVar[Severity] = Severity.HINT

    library: str
    provider: str
    instead: str

    def message(self) -> str:
        return f'`{self.library}("{self.provider}")` is called once a row, and is slow'

    def label(self) -> str:
        return "a Python call for every row"

    def help(self) -> str:
        if self.instead:
            return f"`{self.instead}` draws whole columns at once, hundreds of times faster"
        return "for many rows draw from a pool of values: `pick(pool.column)`"
