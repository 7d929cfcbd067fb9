"""DG57x-DG58x: what shows only while rows are made, because it depends on the values drawn."""

from __future__ import annotations

import math
import re
from typing import ClassVar

from specdsl.diagnostics.dirt import TooMuchDirt
from specdsl.diagnostics.model import Diagnostic, Severity
from specdsl.diagnostics.names import quoted
from specdsl.diagnostics.variants import TooManyVariants


def _rows(count: int) -> str:
    return f"{count} row" if count == 1 else f"{count} rows"


class NoParentRows(Diagnostic):
    """A reference to a table that turned out empty."""

    code: ClassVar[str] = "DG570"
    name: ClassVar[str] = "no-parent-rows"

    reference: str
    parent: str
    rows: int

    def message(self) -> str:
        return f"`{self.reference}` needs a row of `{self.parent}`, which turned out to have none"

    def label(self) -> str:
        return f"`{self.parent}` has 0 rows"

    def help(self) -> str:
        return f"give `{self.parent}` rows, or make the reference optional: `-> {self.parent}?`"


class NoEligibleParent(Diagnostic):
    """Rows for which no parent satisfies the ``where``."""

    code: ClassVar[str] = "DG571"
    name: ClassVar[str] = "no-eligible-parent"

    reference: str
    parent: str
    rows: int
    looked_at: int
    parents: int
    first_row: int

    def message(self) -> str:
        return (
            f"{_rows(self.rows)} of {self.looked_at} find no row of `{self.parent}` that `{self.reference}` "
            "may refer to"
        )

    def label(self) -> str:
        return f"none of {self.parents} parents fits"

    def notes(self) -> tuple[str, ...]:
        return (f"the first is row {self.first_row}",)

    def help(self) -> str:
        return f"loosen the condition, add parents that satisfy it, or allow null: `-> {self.parent}?`"


class GroupLargerThanParents(Diagnostic):
    """``distinct per``: a group with more rows than there are parents for it."""

    code: ClassVar[str] = "DG572"
    name: ClassVar[str] = "group-larger-than-parents"

    reference: str
    parent: str
    per: str
    size: int
    available: int

    def message(self) -> str:
        return (
            f"a group of {_rows(self.size)} with the same {self.per} needs as many distinct rows of "
            f"`{self.parent}`, but only {self.available} can be chosen"
        )

    def label(self) -> str:
        return f"{self.size} > {self.available}"

    def help(self) -> str:
        return f"bound the groups to {self.available} rows, or give `{self.parent}` at least {self.size}"


class ConditionTooRare(Diagnostic):
    """Draws that hardly ever satisfy a condition. ``empty``: in how many of ``rows`` the lower bound is
    above the upper one, so that none could."""

    code: ClassVar[str] = "DG573"
    name: ClassVar[str] = "condition-too-rare"

    conditions: str
    columns: str
    rows: int
    looked_at: int
    attempts: int
    accepted: int
    tried: int
    empty: int = 0

    def message(self) -> str:
        return (
            f"{_rows(self.rows)} of {self.looked_at} do not satisfy {self.conditions} after {self.attempts} "
            f"redraws of {self.columns}"
        )

    def label(self) -> str:
        if self.empty:
            return f"the lower bound is above the upper one in {_rows(self.empty)}"
        return f"{self._rate()} of all draws satisfy it"

    def notes(self) -> tuple[str, ...]:
        if self.empty == self.rows:
            return ()
        return (
            f"{self.accepted} of {self.tried} draws satisfied it: {self._rate()}; "
            f"none did in the {_rows(self.rows)} that are left",
        )

    def _rate(self) -> str:
        return f"{100 * self.accepted / max(1, self.tried):.3g} %"

    def help(self) -> str:
        if self.empty:
            return "bound it so that every row has a value: `in low .. greatest(low, high)`"
        return f"draw {self.columns} so that the condition holds more often, or loosen the condition"


class NothingDifferent(Diagnostic):
    """A value that shall differ from another one, and never does."""

    code: ClassVar[str] = "DG583"
    name: ClassVar[str] = "nothing-different"

    rows: int
    looked_at: int
    attempts: int

    def message(self) -> str:
        return (
            f"{_rows(self.rows)} of {self.looked_at} draw the value that they must differ from, "
            f"{self.attempts} times in a row"
        )

    def help(self) -> str:
        return "let more values be drawn, or none so much more often than the others"


class CountsCannotTotal(Diagnostic):
    """A literal row count that the bounds of ``each`` do not allow."""

    code: ClassVar[str] = "DG574"
    name: ClassVar[str] = "counts-cannot-total"

    table: str
    rows: int
    parent: str
    parents: int
    low: int
    high: int | None

    def message(self) -> str:
        most = (
            ""
            if self.high is None
            else f" and at most {self.parents} x {self.high} = {self.parents * self.high}"
        )
        return (
            f"`{self.table}` cannot have {_rows(self.rows)}: {self.parents} rows of `{self.parent}` have at "
            f"least {self.parents} x {self.low} = {self.parents * self.low}{most} children"
        )

    def label(self) -> str:
        return f"{self.low} .. {'' if self.high is None else self.high} children per row of `{self.parent}`"

    def help(self) -> str:
        if self.rows < self.parents * self.low:
            return f"ask for at least {self.parents * self.low} rows, or lower the bound of `each`"
        return f"ask for at most {self.parents * (self.high or 0)} rows, or raise the bound of `each`"


class TooManyRows(Diagnostic):
    """Row numbers past 63 bits."""

    code: ClassVar[str] = "DG575"
    name: ClassVar[str] = "too-many-rows"

    table: str
    rows: int

    def message(self) -> str:
        return f"`{self.table}` would have {self.rows} rows, more than 2**62"

    def help(self) -> str:
        return "lower the counts of `each`, or leave out a dimension"


class TooFewParents(Diagnostic):
    """A one-to-one reference with more rows than parents."""

    code: ClassVar[str] = "DG576"
    name: ClassVar[str] = "too-few-parents"

    reference: str
    parent: str
    rows: int
    parents: int

    def message(self) -> str:
        return (
            f"`{self.reference}` is one to one: {self.rows} rows need as many rows of `{self.parent}`, "
            f"which has {self.parents} to choose from"
        )

    def label(self) -> str:
        return f"{self.rows} > {self.parents}"

    def help(self) -> str:
        return f"use `each` to make one row for each of `{self.parent}`, or leave out `unique`"


class TooFewValues(Diagnostic):
    """More rows than distinct values, or than combinations."""

    code: ClassVar[str] = "DG577"
    name: ClassVar[str] = "too-few-values"

    what: str
    rows: int
    values: int

    def message(self) -> str:
        return f"{self.what} needs {self.rows} distinct values but only {self.values} can be made"

    def label(self) -> str:
        return f"{self.rows} > {self.values}"

    def help(self) -> str:
        return f"ask for at most {self.values} rows, or widen the domain"


class AggregateOverflow(Diagnostic):
    """A sum past 64 bits."""

    code: ClassVar[str] = "DG578"
    name: ClassVar[str] = "aggregate-overflow"

    function: str
    approximate: float

    def message(self) -> str:
        return f"`{self.function}` comes to about {self.approximate:.3g}, which does not fit into 64 bits"

    def help(self) -> str:
        return "sum smaller values, or sum as float"


class NegativeWeight(Diagnostic):
    """A share by a negative weight."""

    code: ClassVar[str] = "DG579"
    name: ClassVar[str] = "negative-weight"

    weight: float
    what: str
    remedy: str = "bound the weights with `in 0 ..`"

    def message(self) -> str:
        if self.weight == 0:
            return f"{self.what} has the weight 0, so that nothing can be drawn"
        if math.isfinite(self.weight) and self.weight > 0:
            return f"{self.what} has the weight {self.weight:g}, and together they exceed what a float holds"
        why = "negative" if math.isfinite(self.weight) else "without an end"
        return f"{self.what} has the weight {self.weight:g}, but weights are never {why}"

    def help(self) -> str:
        return self.remedy


class ChainTooDeep(Diagnostic):
    """A column made from the same column of the parent, along a chain of very many parents."""

    code: ClassVar[str] = "DG580"
    name: ClassVar[str] = "chain-too-deep"

    column: str

    def message(self) -> str:
        return f"`{self.column}` follows references from row to row too many times to be made"

    def label(self) -> str:
        return "each row asks its parent, and that one its own"

    def help(self) -> str:
        return "let the reference draw any earlier row: a forest of a billion rows is about 60 deep"


_OBSTACLE = re.compile(r"the (?P<aspect>range|length|pattern) of `(?P<column>[^`]+)`")
_SPOILED = re.compile(r"\w+\((?P<column>.+)\)")


class DirtNotFound(Diagnostic):
    """Too few rows that can be spoiled in one way without breaking another rule."""

    code: ClassVar[str] = "DG581"
    name: ClassVar[str] = "dirt-not-found"

    dirt: str
    wanted: int
    found: int
    tried: int
    obstacle: str = ""
    batch: int = 0  # 0: the first, or no batch

    def message(self) -> str:
        of = f" of batch {self.batch}" if self.batch else ""
        return (
            f"`{self.dirt}` needs {_rows(self.wanted)}{of}, but of {self.tried:,} that were tried only "
            f"{self.found:,} can be spoiled so that no other rule breaks"
        )

    def notes(self) -> tuple[str, ...]:
        return (f"what breaks with it most often is {self.obstacle}",) if self.obstacle else ()

    def label(self) -> str:
        return f"{self.found:,} of {self.wanted:,}"

    def help(self) -> str:
        rule = self._rule_in_the_way()
        if rule:
            return f"`violate {rule}` breaks that rule on purpose; or loosen it, or ask for fewer rows"
        return "ask for fewer rows, loosen the rules that get in the way, or leave the line out"

    def _rule_in_the_way(self) -> str:
        """What ``violate`` calls the obstacle, where it is a rule of the very column that is spoiled; "" for
        any other."""
        found = _OBSTACLE.fullmatch(self.obstacle)
        spoiled = _SPOILED.fullmatch(self.dirt)
        if found is None or spoiled is None or found["column"] != spoiled["column"]:
            return ""
        return f"{quoted(found['column'])}.{found['aspect']}"


class VariantBreaksRules(Diagnostic):
    """Rows of a variant that break a rule of their table, whatever is drawn."""

    code: ClassVar[str] = "DG586"
    name: ClassVar[str] = "variant-breaks-rules"

    variant: str
    rule: str
    rows: int
    looked_at: int

    def message(self) -> str:
        verb = "breaks" if self.rows == 1 else "break"
        return (
            f"{_rows(self.rows)} of variant `{self.variant}` {verb} {self.rule}, whatever is drawn "
            f"(of {self.looked_at:,} that were looked at)"
        )

    def label(self) -> str:
        return "its values do not go with the rest of the row"

    def help(self) -> str:
        return (
            "rows of variants keep all rules: give it values that do, choose its rows by `where`, or declare "
            "broken rows with `violate`"
        )


class MoreVariantsThanRows(TooManyVariants):
    """More rows of variants than a table turned out to have."""

    code: ClassVar[str] = "DG587"

    batch: int = 0  # 0: the first, or no batch

    def help(self) -> str:
        if self.batch:
            return "say a share, which is of each batch's rows, or lower numbers, or give it more rows"
        return super().help()


class MoreDirtThanRows(TooMuchDirt):
    """More dirt than a table turned out to have rows."""

    code: ClassVar[str] = "DG582"

    batch: int = 0  # 0: the first, or no batch

    def message(self) -> str:
        where = f" in batch {self.batch}" if self.batch else ""
        return (
            f"the dirt of table `{self.table}` takes {self.needed:,} rows, and there are {self.rows:,}{where}"
        )

    def help(self) -> str:
        if self.batch:
            return "say shares, which are of each batch's rows, or give the batch more rows"
        return "lower the shares, or give the table more rows"


class TooMuchDirtForBatches(TooMuchDirt):
    """More dirt than each later batch has rows, as the text says how many those are. Those are not
    made yet, so it is said when the text is checked, and is no error."""

    code: ClassVar[str] = "DG584"
    name: ClassVar[str] = "too-much-dirt-for-batches"
    severity: ClassVar[Severity] = Severity.WARNING

    def message(self) -> str:
        return (
            f"the dirt of table `{self.table}` takes {self.needed:,} rows of each batch, and later ones have "
            f"{self.rows:,}"
        )

    def help(self) -> str:
        return "say shares, which are of each batch's rows, or let the table grow by more"


class TargetOutOfReach(Diagnostic):
    """A group whose rows cannot come to what is asked. ``least``, ``most``: what they can; ``one_low``,
    ``one_high``: one row."""

    code: ClassVar[str] = "DG588"
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

    code: ClassVar[str] = "DG589"
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
