"""What is wrong with lifecycles, and with tables of their events."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic, Label
from specdsl.diagnostics.names import listed
from specdsl.diagnostics.types import article
from specdsl.source import Span


class UnknownState(Diagnostic):
    """A state that the lifecycle's enum does not have."""

    code: ClassVar[str] = "DG520"
    name: ClassVar[str] = "unknown-state"

    state: str
    enum: str
    known: tuple[str, ...]
    near: str | None
    corrected: str

    def message(self) -> str:
        return f"enum `{self.enum}` has no member `{self.state}`"

    def label(self) -> str:
        return "not a state"

    def help(self) -> str:
        if self.near is not None:
            return f"did you mean `{self.near}`? {self.corrected}"
        return f"its members are {listed(self.known)}; add it to the enum, or leave the enum's name out here"


class UnreachableState(Diagnostic):
    """A state that no transition leads to."""

    code: ClassVar[str] = "DG521"
    name: ClassVar[str] = "unreachable-state"

    state: str
    first: str
    first_span: Span
    near: str | None
    corrected: str

    def message(self) -> str:
        return f"no transition leads to state `{self.state}`"

    def label(self) -> str:
        return "never entered"

    def labels(self) -> tuple[Label, ...]:
        return (Label(self.first_span, f"every row begins as `{self.first}`"),)

    def help(self) -> str:
        if self.near is not None:
            return f"did you mean `{self.near}`? {self.corrected}"
        return f"lead to it from another state, such as `{self.first} -> {self.state} 10% after 1d`"


class TransitionShares(Diagnostic):
    """Transitions from one state whose shares are more than all."""

    code: ClassVar[str] = "DG522"
    name: ClassVar[str] = "transition-shares"

    state: str
    arithmetic: str
    open: int

    def message(self) -> str:
        if self.open:
            left = "leave nothing for the transitions without one"
            return f"the shares of `{self.state}` {left}: {self.arithmetic}"
        return f"the shares of what follows `{self.state}` are more than 100%: {self.arithmetic}"

    def help(self) -> str:
        return "lower them; rows that take none of the transitions stay as they are"


class LifecycleCycle(Diagnostic):
    """States that follow each other in a circle."""

    code: ClassVar[str] = "DG523"
    name: ClassVar[str] = "lifecycle-cycle"

    path: tuple[str, ...]

    def message(self) -> str:
        return f"the states go round in a circle: {' -> '.join(f'`{s}`' for s in self.path)}"

    def label(self) -> str:
        return "leads back"

    def help(self) -> str:
        first = self.path[0]
        return (
            f"each state has one time, so that a row enters it once: lead to a state of its own, such as "
            f"`{first}_again`"
        )


class TransitionDelay(Diagnostic):
    """A delay that is no duration, or can be negative."""

    code: ClassVar[str] = "DG524"
    name: ClassVar[str] = "transition-delay"

    source: str
    target: str
    type: str
    least: str = ""

    def message(self) -> str:
        which = f"the delay of `{self.source} -> {self.target}`"
        if self.least:
            return f"{which} can be {self.least}"
        return f"{which} is {article(self.type)}, and a delay is a duration"

    def label(self) -> str:
        return "before it began" if self.least else f"this is {article(self.type)}"

    def help(self) -> str:
        if self.least:
            return "a state is entered after the one before it: let the delay begin at 0s or later"
        return "durations have units: `after 2d`, `after 1h..2d`, `after exponential(mean: 3d)`"


class LifecycleForm(Diagnostic):
    """A lifecycle without states, or over something that is no enum."""

    code: ClassVar[str] = "DG525"
    name: ClassVar[str] = "lifecycle-form"

    column: str
    why: str
    remedy: str

    def message(self) -> str:
        return f"lifecycle `{self.column}` {self.why}"

    def help(self) -> str:
        return self.remedy


class NoLifecycle(Diagnostic):
    """A table of events of something that has no lifecycle."""

    code: ClassVar[str] = "DG526"
    name: ClassVar[str] = "no-lifecycle"

    table: str
    column: str
    known: tuple[str, ...]
    near: str | None
    corrected: str

    def message(self) -> str:
        return f"table `{self.table}` has no lifecycle or history `{self.column}`"

    def label(self) -> str:
        return "no lifecycle"

    def help(self) -> str:
        if self.near is not None:
            return f"did you mean `{self.near}`? {self.corrected}"
        if self.known:
            return f"it has {listed(self.known)}"
        return (
            "events are made from a lifecycle: give the table one, `lifecycle status from created_at { ... }`"
        )
