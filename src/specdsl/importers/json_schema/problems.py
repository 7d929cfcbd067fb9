"""Why a part of a schema is refused: raised where it is seen, caught where something else may be tried."""

from __future__ import annotations

from collections.abc import Callable

from specdsl.diagnostics.importing import (
    BranchNotProven,
    KeywordNotCarried,
    NoColumns,
    NothingSatisfies,
    PatternNotCarried,
    RecursiveSchema,
    ReferenceNotFound,
)
from specdsl.diagnostics.model import Diagnostic
from specdsl.source import Span

_KINDS: dict[str, Callable[..., Diagnostic]] = {
    "reference": ReferenceNotFound,
    "keyword": KeywordNotCarried,
    "nothing": NothingSatisfies,
    "columns": NoColumns,
    "branch": BranchNotProven,
    "recursive": RecursiveSchema,
    "pattern": PatternNotCarried,
}


class Refused(Exception):
    """A schema that is not carried. ``kind`` chooses the diagnostic, ``facts`` are its own ones."""

    def __init__(self, kind: str, pointer: str, cause: str, **facts: str) -> None:
        super().__init__(cause)
        self.kind = kind
        self.pointer = pointer
        self.cause = cause
        self.facts = facts

    def diagnostic(self, span: Span) -> Diagnostic:
        """The same as a diagnostic at ``span``."""
        return _KINDS[self.kind](span=span, pointer=self.pointer, cause=self.cause, **self.facts)


def keyword(pointer: str, word: str, cause: str) -> Refused:
    """``word``, at ``pointer`` below its schema, cannot be carried."""
    return Refused("keyword", pointer, cause, keyword=word)
