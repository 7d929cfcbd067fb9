"""DG59x: values that cannot be made from the row at hand; seen only while rows are made."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic


class ArithmeticOverflow(Diagnostic):
    """A result that its type cannot hold. ``left`` and ``right`` are the operands as text, of one row."""

    code: ClassVar[str] = "DG590"
    name: ClassVar[str] = "arithmetic-overflow"

    operation: str
    left: str
    right: str
    type: str

    def message(self) -> str:
        return f"`{self.left} {self.operation} {self.right}` does not fit into {self.type}"

    def label(self) -> str:
        return "this overflows for some rows"

    def help(self) -> str:
        if self.type in ("date", "timestamp"):
            return "dates go from year 1 to year 9999; start further from the end, or add less"
        if self.type == "duration":
            return "durations go to 292_000 years either way; make the operands smaller"
        return "make the operands smaller, or compute with float"


class ConversionOutOfRange(Diagnostic):
    """A value that has no counterpart in the type it is converted to."""

    code: ClassVar[str] = "DG591"
    name: ClassVar[str] = "conversion-out-of-range"

    value: str
    source: str
    target: str

    def message(self) -> str:
        return f"{self.source} `{self.value}` does not fit into {self.target}"

    def label(self) -> str:
        return f"some rows do not fit into {self.target}"

    def help(self) -> str:
        return "choose a wider type, or bound the value with `in low .. high`"


class NotAMember(Diagnostic):
    """A string that is no member of the enum it is converted to."""

    code: ClassVar[str] = "DG592"
    name: ClassVar[str] = "not-a-member"

    value: str
    enum: str
    members: tuple[str, ...]

    def message(self) -> str:
        return f"`{self.value}` is not a member of enum `{self.enum}`"

    def notes(self) -> tuple[str, ...]:
        shown = ", ".join(self.members[:12]) + (", ..." if len(self.members) > 12 else "")
        return (f"its members are {shown}",)

    def help(self) -> str:
        return f"add the member to `{self.enum}`, or map the value with `match`"


class RangeUpsideDown(Diagnostic):
    """A range whose ends, computed from the row, leave nothing to draw from."""

    code: ClassVar[str] = "DG593"
    name: ClassVar[str] = "range-empty-in-row"

    low: str
    high: str
    rows: int

    def message(self) -> str:
        more = f" (and so in {self.rows - 1} more rows of the batch)" if self.rows > 1 else ""
        return f"the range `{self.low} .. {self.high}` is empty in some row{more}"

    def label(self) -> str:
        return "the low end is above the high end for some rows"

    def help(self) -> str:
        return "make sure that low <= high holds in each row, or make the column nullable with `?`"


class LengthOutOfBounds(Diagnostic):
    """A string in a document that is shorter or longer than its type says. ``value`` is one of them,
    ``length`` its length in code points."""

    code: ClassVar[str] = "DG596"
    name: ClassVar[str] = "length-out-of-bounds"

    value: str
    length: int
    type: str

    def message(self) -> str:
        shown = self.value if len(self.value) <= 40 else f"{self.value[:39]}\u2026"
        return f'"{shown}" has {self.length} characters, which {self.type} does not allow'

    def label(self) -> str:
        return "some values are shorter or longer than the type allows"

    def help(self) -> str:
        return "draw from a pattern of that length, such as `/[a-z]{3,8}/`, or change the bounds of the type"


class TooFewDistinct(Diagnostic):
    """A list of distinct elements that is longer than there are values."""

    code: ClassVar[str] = "DG594"
    name: ClassVar[str] = "too-few-distinct-elements"

    size: int
    domain: int

    def message(self) -> str:
        return f"a list or map needs {self.size} distinct elements but only {self.domain} values can be drawn"

    def label(self) -> str:
        return "too few values for the longest list"

    def help(self) -> str:
        return f"bound the size to at most {self.domain}, draw from more values, or leave out `distinct`"


class HistoryEndsFirst(Diagnostic):
    """A row whose history would end before it begins; which row, and the two times, as text."""

    code: ClassVar[str] = "DG599"
    name: ClassVar[str] = "history-ends-first"

    history: str
    row: str
    begins: str
    ends: str

    def message(self) -> str:
        return f"history `{self.history}` of {self.row} begins at {self.begins} and would end at {self.ends}"

    def label(self) -> str:
        return "not after it begins for some rows"

    def help(self) -> str:
        return "draw the end after the beginning, or make it null in such rows"


class FunctionFailed(Diagnostic):
    """A function was given values, known only from the row, that it has no answer for."""

    code: ClassVar[str] = "DG595"
    name: ClassVar[str] = "function-failed"

    function: str
    problem: str
    advice: str = ""

    def message(self) -> str:
        return f"`{self.function}`: {self.problem}"

    def help(self) -> str:
        return self.advice or "bound the arguments, or leave such rows out with `if ... then ... else null`"
