"""DG5xx: constraints that cannot hold, with the arithmetic."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Edit, Fix, Label, Severity
from specdsl.source import Span


class RangeUpsideDown(Diagnostic):
    """A range whose low end is above its high end."""

    code: ClassVar[str] = "DG501"
    name: ClassVar[str] = "range-upside-down"

    low: str
    high: str
    low_span: Span | None = None
    high_span: Span | None = None
    low_text: str = ""
    high_text: str = ""

    def message(self) -> str:
        return f"the range {self.low} .. {self.high} is upside down: {self.low} is above {self.high}"

    def label(self) -> str:
        return "no value lies in it"

    def help(self) -> str:
        return f"write the smaller end first: `{self.high_text or self.high} .. {self.low_text or self.low}`"

    def fix(self) -> Fix | None:
        if self.low_span is None or self.high_span is None:
            return None
        edits = (Edit(self.low_span, self.high_text), Edit(self.high_span, self.low_text))
        return Fix("Swap the two ends", edits)


class NeverInBounds(Diagnostic):
    """A value that can never lie in the column's bounds."""

    code: ClassVar[str] = "DG503"
    name: ClassVar[str] = "never-in-bounds"

    column: str
    bounds: str
    values: str
    bounds_span: Span | None = None

    def message(self) -> str:
        must = "be" if self.bounds.startswith("at ") else "lie in"
        return f"`{self.column}` must {must} {self.bounds}, but its value is always {self.values}"

    def label(self) -> str:
        return f"always {self.values}"

    def labels(self) -> tuple[Label, ...]:
        if self.bounds_span is None:
            return ()
        at_end = self.bounds.startswith("at ")
        allowed = f"it must be {self.bounds}" if at_end else f"only {self.bounds} is allowed"
        return (Label(self.bounds_span, allowed),)

    def help(self) -> str:
        return "widen the bounds, or draw the value inside them"


class OutsideType(Diagnostic):
    """Computed values that the column's type may not hold."""

    code: ClassVar[str] = "DG504"
    name: ClassVar[str] = "outside-type"
    severity: ClassVar[Severity] = Severity.WARNING

    column: str
    type: str
    type_low: str
    type_high: str
    value: str
    remedy: str

    def message(self) -> str:
        return f"`{self.column}` can be {self.value}, which does not fit in {self.type}"

    def label(self) -> str:
        return f"{self.type} holds {self.type_low} .. {self.type_high}"

    def help(self) -> str:
        return self.remedy


class CheckNeverHolds(Diagnostic):
    """A check that no row can pass."""

    code: ClassVar[str] = "DG505"
    name: ClassVar[str] = "check-never-holds"

    check: str
    facts: tuple[str, ...]
    others: tuple[Label, ...] = ()

    def message(self) -> str:
        return f"check `{self.check}` can never hold"

    def label(self) -> str:
        return "false in every row"

    def labels(self) -> tuple[Label, ...]:
        return self.others

    def notes(self) -> tuple[str, ...]:
        return self.facts

    def help(self) -> str:
        return "change the check, or the values that it looks at"


class LengthOutOfReach(Diagnostic):
    """Text that does not fit the declared length."""

    code: ClassVar[str] = "DG506"
    name: ClassVar[str] = "length-out-of-reach"

    column: str
    made: str
    allowed: str
    type_span: Span | None = None

    def message(self) -> str:
        return f"`{self.column}` allows {self.allowed}, but its value has {self.made}"

    def label(self) -> str:
        return self.made

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.type_span, self.allowed),) if self.type_span else ()

    def help(self) -> str:
        return "change the length in the type, or the value"


class DistinctListTooLong(Diagnostic):
    """A list of distinct elements longer than the values there are, or a map (``is_map``) of more keys."""

    code: ClassVar[str] = "DG507"
    name: ClassVar[str] = "distinct-list-too-long"

    column: str
    size: int
    values: int
    arithmetic: str
    is_map: bool = False

    def message(self) -> str:
        if self.is_map:
            return f"a map of `{self.column}` may have {self.size} keys, but there are only {self.values}"
        return (
            f"a list of `{self.column}` may have {self.size} distinct elements, but "
            f"there are only {self.values} values"
        )

    def label(self) -> str:
        return self.arithmetic

    def help(self) -> str:
        if self.is_map:
            return (
                f"let the map have at most {self.values}: `[0..{self.values}]`, or draw keys from more values"
            )
        return f"let the list have at most {self.values} elements: `[0..{self.values}]`, or drop `distinct`"


class OverNothing(Diagnostic):
    """An ``over`` range without a value."""

    code: ClassVar[str] = "DG508"
    name: ClassVar[str] = "over-nothing"

    table: str
    low: str
    high: str

    def message(self) -> str:
        return f"`{self.table}` goes over an empty range: {self.low} is above {self.high}"

    def help(self) -> str:
        return f"write the smaller end first: `{self.high}..{self.low}`"


class SequenceRunsOut(Diagnostic):
    """A sequence that leaves its column's type or bounds before the last row."""

    code: ClassVar[str] = "DG509"
    name: ClassVar[str] = "sequence-runs-out"

    column: str
    start: int
    step: int
    rows: int
    last: int
    limit: str

    def message(self) -> str:
        return f"`{self.column}` runs out of numbers: row {self.rows} would be {self.last}, but {self.limit}"

    def label(self) -> str:
        return f"{self.start} + {self.step} x {self.rows - 1} = {self.last}"

    def help(self) -> str:
        return "start lower, use a wider type, or ask for fewer rows"


class ChecksContradict(Diagnostic):
    """Checks that no row can pass together."""

    code: ClassVar[str] = "DG510"
    name: ClassVar[str] = "checks-contradict"

    first: str
    second: str
    column: str
    first_span: Span

    def message(self) -> str:
        return f"checks `{self.first}` and `{self.second}` leave no value for `{self.column}`"

    def label(self) -> str:
        return "cannot hold as well"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first_span, "when this holds"),)

    def help(self) -> str:
        return "loosen one of the two"


class WhereNeverHolds(Diagnostic):
    """A reference's condition that no parent can meet."""

    code: ClassVar[str] = "DG511"
    name: ClassVar[str] = "where-never-holds"

    reference: str
    table: str
    facts: tuple[str, ...] = ()

    def message(self) -> str:
        return f"no row of `{self.table}` can meet the condition of `{self.reference}`"

    def label(self) -> str:
        return "false for every row"

    def notes(self) -> tuple[str, ...]:
        return self.facts

    def help(self) -> str:
        return "change the condition, or the values that it looks at"
