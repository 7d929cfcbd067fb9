"""What a diagnostic is.

Every diagnostic of the compiler is a frozen data class with a stable code. A call site passes
facts (names, numbers, spans); the wording stands in the class, once. Diagnostics are collected,
not raised: a stage reports as many as it finds and hands on what it could understand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from typing import ClassVar

from specdsl.source import Span


class Severity(StrEnum):
    """How bad it is. Only errors stop a build."""

    ERROR = "error"
    WARNING = "warning"
    HINT = "hint"


@dataclass(frozen=True, slots=True)
class Label:
    """A span with a few words about it."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Edit:
    """Replace what ``span`` covers by ``text``."""

    span: Span
    text: str


@dataclass(frozen=True, slots=True)
class Fix:
    """A machine-applicable correction: what an editor shows, and the edits that make it."""

    title: str
    edits: tuple[Edit, ...]


@dataclass(frozen=True, kw_only=True)
class Diagnostic:
    """Base of every diagnostic.

    A subclass sets ``code`` (``DG`` and three digits), ``name`` (a short kebab-case name) and
    ``severity``, adds its facts as fields, and overrides the methods below.
    """

    code: ClassVar[str]
    name: ClassVar[str]
    severity: ClassVar[Severity] = Severity.ERROR

    span: Span

    def message(self) -> str:
        """One sentence, without a full stop, that stands alone."""
        raise NotImplementedError  # every registered subclass overrides it; a test holds that

    def label(self) -> str:
        """A few words at the primary span ('' for none)."""
        return ""

    def labels(self) -> tuple[Label, ...]:
        """Secondary spans, other files included."""
        return ()

    def notes(self) -> tuple[str, ...]:
        """Facts worth knowing, such as the arithmetic."""
        return ()

    def help(self) -> str:
        """What to do, with the corrected line of the user's own code where it can be made."""
        return ""

    def fix(self) -> Fix | None:
        """The one correction, where there is exactly one."""
        return None


class DiagnosticBag:
    """Collects diagnostics; the same one at the same place is kept once."""

    def __init__(self) -> None:
        self._seen: dict[tuple[str, Span, str], Diagnostic] = {}

    def add(self, diagnostic: Diagnostic) -> None:
        self._seen.setdefault((diagnostic.code, diagnostic.span, diagnostic.message()), diagnostic)

    def extend(self, diagnostics: Iterable[Diagnostic]) -> None:
        for diagnostic in diagnostics:
            self.add(diagnostic)

    @property
    def has_errors(self) -> bool:
        return any(d.severity is Severity.ERROR for d in self._seen.values())

    def __iter__(self) -> Iterator[Diagnostic]:
        return iter(self._seen.values())

    def __len__(self) -> int:
        return len(self._seen)

    def sorted(self) -> list[Diagnostic]:
        """In the order of the text: by file, then by place."""
        return sorted(self._seen.values(), key=lambda d: (d.span, d.code))
