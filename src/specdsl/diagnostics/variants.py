"""What is wrong with variants: rows that differ on purpose and keep all rules."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic


class ImpossibleVariant(Diagnostic):
    """Something that a variant cannot ask of its rows. ``why``: a clause."""

    code: ClassVar[str] = "DG470"
    name: ClassVar[str] = "impossible-variant"

    what: str
    why: str
    remedy: str

    def message(self) -> str:
        return f"{self.what}: {self.why}"

    def label(self) -> str:
        return "cannot be"

    def help(self) -> str:
        return self.remedy


class TooManyVariants(Diagnostic):
    """The variants of a table take more rows than there are. ``arithmetic``: their shares, or numbers."""

    code: ClassVar[str] = "DG471"
    name: ClassVar[str] = "too-many-variants"

    table: str
    arithmetic: str
    there_are: str

    def message(self) -> str:
        return f"the variants of table `{self.table}` take {self.arithmetic}, and there are {self.there_are}"

    def label(self) -> str:
        return "no rows are left for it"

    def notes(self) -> tuple[str, ...]:
        return ("no row is of two variants",)

    def help(self) -> str:
        if "%" in self.arithmetic:
            return "lower the shares"
        return "say lower numbers, or a share, or give the table more rows"
