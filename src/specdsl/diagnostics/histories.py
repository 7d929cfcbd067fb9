"""What is wrong with histories, with columns that change along a group, and with references as of a time."""

from __future__ import annotations

from typing import ClassVar

from specdsl.diagnostics.model import Diagnostic
from specdsl.diagnostics.names import listed


class HistoryForm(Diagnostic):
    """A history that lacks something, or has something that does not go with one."""

    code: ClassVar[str] = "DG530"
    name: ClassVar[str] = "history-form"

    history: str
    why: str
    remedy: str

    def message(self) -> str:
        return f"history `{self.history}` {self.why}"

    def help(self) -> str:
        return self.remedy


class VersionLength(Diagnostic):
    """How long a version lasts, or how long it takes to be known, that is no duration or too short."""

    code: ClassVar[str] = "DG531"
    name: ClassVar[str] = "version-length"

    history: str
    word: str
    type: str
    least: str = ""
    limit: str = ""

    def message(self) -> str:
        what = f"`{self.word}` of history `{self.history}`"
        if self.least:
            return f"{what} can be {self.least}, and is at least {self.limit}"
        return f"{what} is {self.type}, not a duration"

    def help(self) -> str:
        if self.least:
            return f"let it begin at {self.limit} or later, for example `{self.word} 1d..30d`"
        return f"durations have units: `{self.word} 20d..200d`, `{self.word} exponential(mean: 90d)`"


class HistoryNeverEndsLater(Diagnostic):
    """A history whose end always comes before its beginning."""

    code: ClassVar[str] = "DG598"
    name: ClassVar[str] = "history-never-ends-later"

    history: str
    arithmetic: str

    def message(self) -> str:
        return f"history `{self.history}` always ends before it begins"

    def label(self) -> str:
        return self.arithmetic

    def help(self) -> str:
        return "let `until` name a time after the one that the history begins at, or null"


class NoHistory(Diagnostic):
    """``as of`` after a reference to a table whose rows are no versions of anything."""

    code: ClassVar[str] = "DG532"
    name: ClassVar[str] = "no-history"

    table: str
    known: tuple[str, ...]

    def message(self) -> str:
        return f"table `{self.table}` has no history to look up a version in"

    def label(self) -> str:
        return "no version is valid at a time"

    def help(self) -> str:
        if self.known:
            return f"tables with a history are {listed(self.known)}"
        return "give the table one, `history valid from .joined_at`, or choose the row with `where`"


class ChangesForm(Diagnostic):
    """``changes`` where a column cannot keep the value of the row before, or draw another one."""

    code: ClassVar[str] = "DG533"
    name: ClassVar[str] = "changes-form"

    column: str
    why: str
    remedy: str

    def message(self) -> str:
        return f"`{self.column}` {self.why}"

    def help(self) -> str:
        return self.remedy
