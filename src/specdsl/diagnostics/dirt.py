"""What is wrong with declared dirt: ``violate``, ``duplicate``, ``typos``, ``outliers``, ``malformed``,
``misencoded``."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix
from specdsl.diagnostics.names import quoted


class UnknownRule(Diagnostic):
    """A rule that the table does not have. ``known``: what could be written instead."""

    code: ClassVar[str] = "DG460"
    name: ClassVar[str] = "unknown-rule"

    written: str
    table: str
    near: str | None
    known: tuple[str, ...]

    def message(self) -> str:
        return f"table `{self.table}` has no rule `{self.written}`"

    def label(self) -> str:
        return f"did you mean `{self.near}`?" if self.near else "not known"

    def help(self) -> str:
        if not self.known:
            return f"table `{self.table}` has no rule that could be broken: give it a check, a range or a key"
        return f"what can be broken: {', '.join(f'`{name}`' for name in self.known)}"

    def fix(self) -> Fix | None:
        if self.near is None:
            return None
        written = ".".join(quoted(part) for part in self.near.split("."))
        return Fix(f"Change to `{self.near}`", (Edit(self.span, written),))


class ImpossibleDirt(Diagnostic):
    """Dirt that cannot be made, or that would break more than it says. ``why``: a clause."""

    code: ClassVar[str] = "DG461"
    name: ClassVar[str] = "impossible-dirt"

    dirt: str
    why: str
    remedy: str

    def message(self) -> str:
        return f"`{self.dirt}` cannot be: {self.why}"

    def label(self) -> str:
        return "cannot be made"

    def help(self) -> str:
        return self.remedy


class DirtAmount(Diagnostic):
    """``written``: the amount; ``why``: a clause about it; ``corrected``: one that can be."""

    code: ClassVar[str] = "DG462"
    name: ClassVar[str] = "dirt-amount"

    written: str
    why: str
    corrected: str

    def message(self) -> str:
        return f"`{self.written}` is no number of rows: {self.why}"

    def label(self) -> str:
        return f"`{self.corrected}`?"

    def help(self) -> str:
        return "say a share of the table's rows (`0.5%`) or how many of them (`30 rows`)"

    def fix(self) -> Fix | None:
        return Fix(f"Change to `{self.corrected}`", (Edit(self.span, self.corrected),))


class TooMuchDirt(Diagnostic):
    """More dirt than rows: each spoiled row is spoiled in one way."""

    code: ClassVar[str] = "DG463"
    name: ClassVar[str] = "too-much-dirt"

    table: str
    needed: int
    rows: int

    def message(self) -> str:
        return f"the dirt of table `{self.table}` takes {self.needed:,} rows, and there are {self.rows:,}"

    def label(self) -> str:
        return f"{self.needed:,} > {self.rows:,}"

    def notes(self) -> tuple[str, ...]:
        return (
            "a row is spoiled in one way only; `.unique` takes two rows, a copy the row that it is made from",
        )

    def help(self) -> str:
        return "lower the shares, or give the table more rows"
