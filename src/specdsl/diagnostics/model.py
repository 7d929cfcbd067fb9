"""What a diagnostic is.

Every diagnostic of the compiler is a frozen data class with a stable code. A call site passes
facts (names, numbers, spans); the wording stands in the class, once. Diagnostics are collected,
not raised: a stage reports as many as it finds and hands on what it could understand.
"""

from __future__ import annotations

from collections.abc import Iterable, Iterator
from dataclasses import dataclass
from enum import StrEnum
from inspect import get_annotations
from typing import ClassVar, dataclass_transform

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


_MISSING = object()


@dataclass_transform(kw_only_default=True, frozen_default=True)
class Facts:
    """A frozen record of keyword-only facts: an annotation in the class body is a fact, a value behind it
    its default. What a frozen data class would be, without generating code for each class: there are some
    two hundred of them, and every start of the command line would pay for it."""

    __facts__: ClassVar[dict[str, object]] = {}

    def __init_subclass__(cls) -> None:
        super().__init_subclass__()
        declared = get_annotations(cls)
        own = {n: cls.__dict__.get(n, _MISSING) for n, a in declared.items() if "ClassVar" not in str(a)}
        cls.__facts__ = {**cls.__facts__, **own}

    def __init__(self, **facts: object) -> None:
        kind = type(self).__name__
        if unknown := facts.keys() - self.__facts__.keys():
            raise TypeError(f"{kind} has no {', '.join(sorted(unknown))}")
        for name, default in self.__facts__.items():
            value = facts.get(name, default)
            if value is _MISSING:
                raise TypeError(f"{kind} lacks {name}")
            object.__setattr__(self, name, value)

    def __setattr__(self, name: str, value: object) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def __delattr__(self, name: str) -> None:
        raise AttributeError(f"{type(self).__name__} is frozen")

    def _values(self) -> tuple[object, ...]:
        return tuple(getattr(self, name) for name in self.__facts__)

    def __eq__(self, other: object) -> bool:
        return type(self) is type(other) and isinstance(other, Facts) and self._values() == other._values()

    def __hash__(self) -> int:
        return hash((type(self), self._values()))

    def __repr__(self) -> str:
        facts = ", ".join(f"{name}={getattr(self, name)!r}" for name in self.__facts__)
        return f"{type(self).__name__}({facts})"


class Diagnostic(Facts):
    """Base of every diagnostic.

    A subclass sets ``code`` (``DG`` and three digits), ``name`` (a short kebab-case name) and
    ``severity``, adds its facts as annotations, and overrides the methods below.
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

    def options(self) -> tuple[Fix, ...]:
        """Corrections of which the author chooses one, where the help spells them out."""
        return ()


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
