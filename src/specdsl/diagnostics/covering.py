"""What is wrong with ``cover``: columns without a list of values, too few rows, too many combinations."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label
from specdsl.source import Span


class CoverColumn(Diagnostic):
    """A column whose values are no list, or do not follow from covered columns alone. ``why``: a clause."""

    code: ClassVar[str] = "DG480"
    name: ClassVar[str] = "cover-column"

    column: str
    why: str
    remedy: str

    def message(self) -> str:
        return self.why

    def label(self) -> str:
        return "cannot be covered"

    def help(self) -> str:
        return self.remedy


class CoverRows(Diagnostic):
    """``cover`` in a table whose rows come from elsewhere. ``source``: from where."""

    code: ClassVar[str] = "DG481"
    name: ClassVar[str] = "cover-rows"

    table: str
    source: str
    place: Span | None = None

    def message(self) -> str:
        return f"the rows of `{self.table}` come from {self.source}, so that no design can say what they are"

    def label(self) -> str:
        return "makes rows of its own"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.place, "the rows come from here"),) if self.place is not None else ()

    def help(self) -> str:
        return (
            "make the combinations in a table of their own, with nothing else to give it rows, and let this "
            "table refer to it"
        )


class TooFewRowsToCover(Diagnostic):
    """A row count below what the design needs."""

    code: ClassVar[str] = "DG482"
    name: ClassVar[str] = "too-few-rows-to-cover"

    table: str
    rows: int
    needed: int
    combinations: int
    what: str
    place: Span | None = None

    def message(self) -> str:
        asked = f"{self.rows:,} {'is' if self.rows == 1 else 'are'} asked for"
        return f"{self.combinations:,} {self.what} take {self.needed:,} rows, and {asked}"

    def label(self) -> str:
        return f"{self.needed:,} rows"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.place, f"{self.rows:,} rows"),) if self.place is not None else ()

    def help(self) -> str:
        return f"make it {self.needed:,} rows or more, or leave the count out: then it follows"


class CoverTooLarge(Diagnostic):
    """More than a design may be made of. ``why``: a clause with the arithmetic."""

    code: ClassVar[str] = "DG483"
    name: ClassVar[str] = "cover-too-large"

    why: str
    remedy: str

    def message(self) -> str:
        return f"this design is too large: {self.why}"

    def label(self) -> str:
        return "too large"

    def help(self) -> str:
        return self.remedy


class NothingToCover(Diagnostic):
    """No row keeps all checks."""

    code: ClassVar[str] = "DG484"
    name: ClassVar[str] = "nothing-to-cover"

    table: str
    combinations: int
    checks: tuple[str, ...]

    def message(self) -> str:
        return f"none of the {self.combinations:,} combinations is allowed by the rules of `{self.table}`"

    def label(self) -> str:
        return "nothing is left to cover"

    def help(self) -> str:
        if not self.checks:
            return "the values that columns draw for each other leave no row"
        listed = ", ".join(f"`{name}`" for name in self.checks)
        return f"loosen one of the checks that look at these columns: {listed}"


class CoverStrength(Diagnostic):
    """``written``: how many columns are combined; ``why``: a clause; ``corrected``: what can be written."""

    code: ClassVar[str] = "DG485"
    name: ClassVar[str] = "cover-strength"

    written: str
    why: str
    corrected: str

    def message(self) -> str:
        return f"`cover {self.written}` {self.why}"

    def label(self) -> str:
        return f"`{self.corrected}`?" if self.corrected else "too few columns"

    def help(self) -> str:
        if not self.corrected:
            return "name at least two columns, such as `cover all (browser, os)`"
        return f"write `cover {self.corrected} (...)`"

    def fix(self) -> Fix | None:
        if not self.corrected:
            return None
        return Fix(f"Change to `{self.corrected}`", (Edit(self.span, self.corrected),))


class CoverCheck(Diagnostic):
    """A check of covered columns that cannot be decided before rows are made. ``why``: a clause."""

    code: ClassVar[str] = "DG486"
    name: ClassVar[str] = "cover-check"

    check: str
    why: str
    place: Span | None = None

    def message(self) -> str:
        return f"which combinations check `{self.check}` allows cannot be said beforehand: {self.why}"

    def label(self) -> str:
        return "names covered columns only"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.place, "the combinations are made here"),) if self.place is not None else ()

    def help(self) -> str:
        return (
            "write it with comparisons of values, `and`, `or`, `in` and functions of one row, or put what it "
            "compares into a column that is not covered"
        )
